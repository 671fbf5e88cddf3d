//! The program, run in process on a workspace of its own.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};

use chrono::DateTime;
use karto::cli::{self, Io, TerminalSize};
use tempfile::TempDir;

/// The day on which the example is told.
pub(crate) const TODAY: &str = "2026-11-23";

/// `karto` in a private copy of a workspace, where nothing of the machine shines through: no user, no git address, no
/// clock. `Karto::on_example().width(100).run(["due"])` gives what it says.
pub(crate) struct Karto {
    outer: TempDir,
    folder: PathBuf,
    width: Option<usize>,
    typed: Option<String>,
    piped_in: Option<String>,
    environment: HashMap<String, String>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
    /// The exit status.
    pub(crate) status: u8,
}

impl Karto {
    /// In a copy of `example_workspace`.
    pub(crate) fn on_example() -> Self {
        let karto = Self::on_nothing();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("example_workspace"), &karto.root());
        git_of(&karto.root(), "email = nobody@nowhere.example");
        karto
    }

    /// In an empty folder, which is no workspace yet.
    pub(crate) fn on_nothing() -> Self {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("example_workspace");
        fs::create_dir_all(&folder).unwrap();
        git_of(outer.path(), "email =\n\tname =");
        let home = outer.path().join("home").display().to_string();
        let environment = [("KARTO_TODAY", TODAY.to_owned()), ("HOME", home), ("LANG", "C.UTF-8".to_owned())];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        Self { outer, folder, width: None, typed: None, piped_in: None, environment }
    }

    /// With somebody in the folder's git configuration.
    pub(crate) fn git_user(self, name: &str, email: &str) -> Self {
        git_of(&self.root(), &format!("name = {name}\n\temail = {email}"));
        self
    }

    /// The workspace's folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.outer.path().join("example_workspace")
    }

    /// With this in the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// On a terminal so many characters wide, in place of a pipe. Colours stay off unless they are asked for.
    pub(crate) fn width(mut self, width: usize) -> Self {
        self.width = Some(width);
        self
    }

    /// With somebody at the terminal who types these lines, one for each question.
    pub(crate) fn typing(mut self, lines: &str) -> Self {
        self.typed = Some(lines.to_owned());
        self
    }

    /// With this on standard input, which is no terminal.
    pub(crate) fn reading(mut self, text: &str) -> Self {
        self.piped_in = Some(text.to_owned());
        self
    }

    /// To a pipe.
    pub(crate) fn piped(mut self) -> Self {
        self.width = None;
        self
    }

    /// Called from this folder, as seen from the workspace.
    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        self.folder = self.root().join(folder);
        self
    }

    /// With this file in the workspace.
    pub(crate) fn with_file(self, path: &str, text: &str) -> Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Without this file of the workspace.
    pub(crate) fn without_file(self, path: &str) -> Self {
        fs::remove_file(self.root().join(path)).unwrap();
        self
    }

    /// With one text of a file put in another's place; it must be there.
    pub(crate) fn with_replaced(self, path: &str, old: &str, new: &str) -> Self {
        let text = fs::read_to_string(self.root().join(path)).unwrap();
        assert!(text.contains(old), "{path} does not hold `{old}`");
        self.with_file(path, &text.replacen(old, new, 1))
    }

    /// Runs a command; its arguments do not hold the program's name.
    pub(crate) fn run<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut environment: HashMap<OsString, OsString> =
            self.environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        // A terminal as wide as asked, but plain: what is held as text has no colours.
        environment.entry("NO_COLOR".into()).or_insert_with(|| "1".into());
        let mut io = Io {
            out: &mut out,
            err: &mut err,
            reader_has_gone: std::rc::Rc::default(),
            terminal: self.width.map(|width| TerminalSize { width, height: 50 }),
            err_is_terminal: self.typed.is_some(),
            input: &mut self.typed.as_deref().or(self.piped_in.as_deref()).unwrap_or_default().as_bytes(),
            input_is_terminal: self.typed.is_some(),
            environment,
            folder: self.folder.clone(),
            now: DateTime::UNIX_EPOCH,
            may_page: false,
        };
        let arguments = std::iter::once("karto".to_owned()).chain(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        let status = cli::run(arguments.map(OsString::from), &mut io);
        Answer { out: self.masked(out), err: self.masked(err), status }
    }

    /// Runs the program itself while its standard output is a full disk.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_unheard<S: AsRef<str>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        let mut program = Command::new(env!("CARGO_BIN_EXE_karto"));
        program.args(arguments.into_iter().map(|argument| argument.as_ref().to_owned())).envs(&self.environment);
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = program.current_dir(&self.folder).stdin(Stdio::null()).stdout(full).output().unwrap();
        let status = ended.status.code().unwrap().try_into().unwrap();
        Answer { out: String::new(), err: self.masked(ended.stderr), status }
    }

    /// Text in which the private folder is called `/home/anna/crm`.
    fn masked(&self, bytes: Vec<u8>) -> String {
        let mut text = String::from_utf8(bytes).unwrap();
        let outer = self.outer.path().to_path_buf();
        for outer in [outer.canonicalize().unwrap_or_else(|_| outer.clone()), outer] {
            text = text.replace(&outer.join("example_workspace").display().to_string(), "/home/anna/crm");
            text = text.replace(&outer.display().to_string(), "/home/anna");
        }
        text
    }
}

/// A repository: what its own configuration says of the user goes before what the machine's does.
fn git_of(folder: &Path, user: &str) {
    let git = folder.join(".git");
    fs::create_dir_all(git.join("objects")).unwrap();
    fs::create_dir_all(git.join("refs")).unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(git.join("config"), format!("[user]\n\t{user}\n")).unwrap();
}

/// Every file of a workspace with its bytes, but for what is derived.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_file() {
                found.insert(path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap());
            } else if entry.file_name() != ".karto" {
                collect(&path, root, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(root, root, &mut found);
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            // What is derived is made anew.
            if entry.file_name() != ".karto" {
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
