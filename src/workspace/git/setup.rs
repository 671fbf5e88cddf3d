//! Git told of Karto: the merge driver, the attribute that uses it, and the hooks that look after a merge.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{ask, set};

/// The hooks after which cards are looked at.
const HOOKS: [&str; 2] = ["post-merge", "post-rewrite"];
/// By this a hook of ours is known.
const OURS: &str = "# Written by `karto git setup`; run it again to renew it.";
/// What a hook that was there before is called now.
const BEFORE: &str = ".before-karto";

/// What is to be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    root: PathBuf,
    driver: String,
    /// Each hook's file and text, where it is not what it should be.
    hooks: Vec<(PathBuf, String)>,
    has_driver: bool,
}

/// Why git can't be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The workspace is in no repository, or git is not there.
    #[error("{root} is in no git repository")]
    NoRepository {
        /// The workspace.
        root: PathBuf,
    },
    /// The program's own path is no text that a shell could be given.
    #[error("the path of the program, {path}, is no plain text")]
    Program {
        /// The path.
        path: PathBuf,
    },
    /// A file can't be read or written.
    #[error("can't write {path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SetupError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            SetupError::NoRepository { .. } => "`git init` makes one, and git must be installed",
            SetupError::Program { .. } => "put karto into a folder of PATH with a plain name",
            SetupError::Io { .. } => "check that you may read and write there",
        }
    }
}

impl Setup {
    /// Looks at what git knows of the workspace at `root`; `program` is what a shell is to call.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is written here.
    pub fn new(root: &Path, program: &Program) -> Result<Self, SetupError> {
        let none = || SetupError::NoRepository { root: root.to_owned() };
        let top = ask(root, &["rev-parse", "--show-toplevel"]).ok_or_else(none)?;
        let hooks = ask(root, &["rev-parse", "--git-path", "hooks"]).ok_or_else(none)?;
        let folder = root.join(hooks);
        let below = root.strip_prefix(Path::new(&top)).ok().and_then(Path::to_str).unwrap_or_default().to_owned();
        let driver = program.driver();
        let mut setup = Self {
            root: root.to_owned(),
            has_driver: ask(root, &["config", "--get", "merge.karto.driver"]).as_deref() == Some(&driver),
            driver,
            hooks: Vec::new(),
        };
        for name in HOOKS {
            let path = folder.join(name);
            let text = hook(name, &program.word, &below);
            match fs::read(&path) {
                Ok(bytes) if bytes == text.as_bytes() => {}
                Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(SetupError::Io { path, source }),
                _ => setup.hooks.push((path, text)),
            }
        }
        Ok(setup)
    }

    /// True if git knows all of it.
    pub fn is_done(&self) -> bool {
        self.has_driver && self.hooks.is_empty()
    }

    /// The hooks that are to be written.
    pub fn hooks(&self) -> impl Iterator<Item = &Path> {
        self.hooks.iter().map(|(path, _)| path.as_path())
    }

    /// The line that git calls.
    pub fn driver(&self) -> &str {
        &self.driver
    }

    /// Tells git. A hook that is there already is kept and called first.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn carry_out(&self) -> Result<(), SetupError> {
        let trouble = |path: &Path| {
            let path = path.to_owned();
            move |source| SetupError::Io { path, source }
        };
        set(&self.root, "merge.karto.name", "Karto: cards by field, task and log entry")
            .map_err(trouble(&self.root))?;
        set(&self.root, "merge.karto.driver", &self.driver).map_err(trouble(&self.root))?;
        for (path, text) in &self.hooks {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(trouble(folder))?;
            }
            let theirs = fs::read_to_string(path).is_ok_and(|text| !text.contains(OURS));
            let kept = with_ending(path, BEFORE);
            if theirs && !kept.exists() {
                fs::rename(path, &kept).map_err(trouble(path))?;
            }
            write_program(path, text).map_err(trouble(path))?;
        }
        Ok(())
    }
}

/// How a shell calls the program that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// A word for the shell, quoted.
    word: String,
}

impl Program {
    /// `karto` where a shell finds this very program under that name, else its path.
    ///
    /// # Errors
    /// [`SetupError::Program`] if the path is no text.
    pub fn new(path: &Path, search: Option<&OsString>) -> Result<Self, SetupError> {
        let real = |path: &Path| path.canonicalize().ok();
        let found = search.into_iter().flat_map(std::env::split_paths).map(|folder| folder.join("karto"));
        let by_name = found.into_iter().find(|file| file.is_file()).and_then(|file| real(&file));
        if by_name.is_some() && by_name == real(path) {
            return Ok(Self { word: "karto".to_owned() });
        }
        let text = path.to_str().filter(|text| !text.contains(char::is_control));
        let text = text.ok_or_else(|| SetupError::Program { path: path.to_owned() })?;
        Ok(Self { word: format!("'{}'", text.replace('\'', r"'\''")) })
    }

    /// The line that git gives to a shell. Where the program is missing or fails, git's own merge of lines takes over, so
    /// that no status is ever left that passes for a conflict without marks.
    fn driver(&self) -> String {
        // Git reads `%` as its own.
        let word = self.word.replace('%', "%%");
        format!(
            "{word} merge-driver --marker-size %L --ours-name %X --theirs-name %Y %O %A %B %P; s=$?; \
             [ $s -le 1 ] && exit $s; \
             git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
        )
    }
}

/// A hook that calls the one that was there before, and then looks at the cards. It never fails by itself.
fn hook(name: &str, program: &str, below: &str) -> String {
    let only = if name == "post-rewrite" { "[ \"$1\" = rebase ] || exit 0\n" } else { "" };
    let folder = if below.is_empty() { ".".to_owned() } else { format!("'{}'", below.replace('\'', r"'\''")) };
    format!(
        "#!/bin/sh\n{OURS}\n\
         before=\"$0{BEFORE}\"\n\
         if [ -x \"$before\" ]; then \"$before\" \"$@\" || exit $?; fi\n\
         {only}\
         if command -v {program} >/dev/null 2>&1; then {program} -C {folder} git check || :; fi\n"
    )
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn write_program(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_line_is_safe_for_shell_and_git() {
        let program = Program::new(Path::new("/home/o'neil/100%/karto"), None).unwrap();
        assert!(program.driver().starts_with(r"'/home/o'\''neil/100%%/karto' merge-driver "), "{}", program.driver());
        assert!(Program::new(Path::new("/a\nb/karto"), None).is_err());
    }

    #[test]
    fn a_hook_calls_the_one_before_it_first() {
        let hook = hook("post-merge", "karto", "sales/crm");
        let (first, then) = (hook.find("\"$before\" \"$@\"").unwrap(), hook.find("-C 'sales/crm' git check").unwrap());
        assert!(first < then);
    }
}
