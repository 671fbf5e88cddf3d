//! What the merge driver asks of git and of the disk: a merge of lines, and a file written whole.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The three versions of a file, as git lays them out for its driver.
#[derive(Clone, Copy, Debug)]
pub struct ThreeFiles<'f> {
    /// What both began with.
    pub base: &'f Path,
    /// Ours.
    pub ours: &'f Path,
    /// Theirs.
    pub theirs: &'f Path,
}

/// What `git merge-file` makes of three files: the bytes, and whether there are conflicts in them.
///
/// A file that git takes for no text is one place from its first to its last line, for without marks the next commit would
/// drop theirs.
///
/// # Errors
/// What the system or git says.
pub fn merge_lines(files: ThreeFiles<'_>, folder: &Path, size: usize, names: [&str; 2]) -> io::Result<(Vec<u8>, bool)> {
    let [ours_name, theirs_name] = names;
    let mut git = Command::new("git");
    git.args(["merge-file", "-p", &format!("--marker-size={size}")]);
    git.args(["-L", ours_name, "-L", "base", "-L", theirs_name, "--"]);
    let output = git.args([files.ours, files.base, files.theirs]).current_dir(folder).stdin(Stdio::null()).output()?;
    // Git gives the number of conflicts, and 255 for trouble.
    match output.status.code() {
        Some(0) => Ok((output.stdout, false)),
        Some(1..=127) => Ok((output.stdout, true)),
        _ => whole(files, folder, size, names)?.map(|bytes| (bytes, true)).ok_or_else(|| {
            io::Error::other(format!("git merge-file: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }),
    }
}

/// Both versions between marks, where one of the three is no text.
fn whole(files: ThreeFiles<'_>, folder: &Path, size: usize, names: [&str; 2]) -> io::Result<Option<Vec<u8>>> {
    let read = |path: &Path| fs::read(folder.join(path));
    let (base, ours, theirs) = (read(files.base)?, read(files.ours)?, read(files.theirs)?);
    if ![&base, &ours, &theirs].iter().any(|bytes| bytes.contains(&0)) {
        return Ok(None);
    }
    let [ours_name, theirs_name] = names;
    let mark = |sign: &str, name: &str| format!("{}{name}\n", sign.repeat(size)).into_bytes();
    let ended = |mut bytes: Vec<u8>| {
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes
    };
    let begin = mark("<", &format!(" {ours_name}"));
    let parts = [begin, ended(ours), mark("=", ""), ended(theirs), mark(">", &format!(" {theirs_name}"))];
    Ok(Some(parts.concat()))
}

/// Writes the whole file or nothing of it: half of one would pass for the merge.
///
/// # Errors
/// What the system says; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Git's own list of what it leaves alone knows this name, should the process be killed.
    let beside = path.with_file_name(format!(".karto-merge-{}", std::process::id()));
    write_by_way_of(&beside, path, bytes, || fs::set_permissions(&beside, fs::metadata(path)?.permissions()))
}

/// Writes a file beside another, permits what is to be permitted, and gives it the other's name; what can't be finished is
/// taken away again.
pub(super) fn write_by_way_of(
    beside: &Path,
    path: &Path,
    bytes: &[u8],
    permit: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let written = fs::write(beside, bytes).and_then(|()| permit()).and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        let _ = fs::remove_file(beside);
    }
    written
}
