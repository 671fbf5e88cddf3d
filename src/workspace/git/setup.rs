//! Git told of Karto: the merge driver, the attribute that uses it, and the hooks that look after a merge.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::merge_file::write_by_way_of;
use super::{ask, set};

/// A hook after which cards are looked at.
struct Hook {
    name: &'static str,
    /// What ends it where there is nothing to look at.
    unless: &'static str,
    /// The revision before it.
    since: &'static str,
}

const HOOKS: [Hook; 3] = [
    Hook { name: "post-merge", unless: "", since: "ORIG_HEAD" },
    Hook { name: "post-rewrite", unless: "[ \"$1\" = rebase ] || exit 0\n", since: "ORIG_HEAD" },
    // A merge with conflicts ends with `git commit`, and then no other hook is called.
    Hook { name: "post-commit", unless: "git rev-parse -q --verify HEAD^2 >/dev/null || exit 0\n", since: "HEAD^1" },
];
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
    /// What git is told to take for the folder of hooks, if it is none.
    no_hooks: Option<PathBuf>,
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
    /// A hook of ours has lines that are not ours.
    #[error("{path} was written by `karto git setup`, and somebody changed it since")]
    Changed {
        /// The hook.
        path: PathBuf,
    },
    /// A hook was kept before, and now there is another one.
    #[error("{path} is not ours, and {kept} was kept from an earlier time")]
    TwoHooks {
        /// The hook.
        path: PathBuf,
        /// The one that was kept.
        kept: PathBuf,
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
            SetupError::Changed { .. } => {
                "put those lines into a file beside it that ends in .before-karto, delete the hook, and run it again"
            }
            SetupError::TwoHooks { .. } => {
                "put what both do into the one that was kept, delete the other one, and run it again"
            }
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
        let below = ask(root, &["rev-parse", "--show-prefix"]).ok_or_else(none)?;
        let below = below.trim_end_matches('/');
        let hooks = ask(root, &["rev-parse", "--git-path", "hooks"]).ok_or_else(none)?;
        let folder = root.join(hooks);
        let driver = program.driver();
        let mut setup = Self {
            root: root.to_owned(),
            has_driver: ask(root, &["config", "--get", "merge.karto.driver"]).as_deref() == Some(&driver),
            driver,
            hooks: Vec::new(),
            no_hooks: None,
        };
        if folder.exists() && !folder.is_dir() {
            setup.no_hooks = Some(folder);
            return Ok(setup);
        }
        for hook in &HOOKS {
            let path = folder.join(hook.name);
            let there = match fs::read(&path) {
                Ok(bytes) => Some(bytes),
                // A link that leads nowhere is somebody's all the same.
                Err(_) if path.is_symlink() => Some(Vec::new()),
                Err(source) if source.kind() == io::ErrorKind::NotFound => None,
                Err(source) => return Err(SetupError::Io { path, source }),
            };
            let checks = match there.as_deref().map(|bytes| hook.checks_in(bytes)) {
                None => Vec::new(),
                Some(Ok(checks)) => checks,
                Some(Err(NotOurs::Changed)) => return Err(SetupError::Changed { path }),
                Some(Err(NotOurs::Other)) => {
                    let kept = with_ending(&path, BEFORE);
                    if kept.symlink_metadata().is_ok() {
                        return Err(SetupError::TwoHooks { path, kept });
                    }
                    Vec::new()
                }
            };
            let text = hook.text(&checks, &program.word, below);
            if there.as_deref() != Some(text.as_bytes()) {
                setup.hooks.push((path, text));
            }
        }
        Ok(setup)
    }

    /// True if git knows all of it.
    pub fn is_done(&self) -> bool {
        self.has_driver && self.hooks.is_empty()
    }

    /// What git is told to take for the folder of hooks where it is no folder, such as `/dev/null`: there are no hooks then.
    pub fn no_hooks(&self) -> Option<&Path> {
        self.no_hooks.as_deref()
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
            let is_theirs = path.is_symlink() || fs::read(path).is_ok_and(|bytes| !holds(&bytes, OURS));
            let kept = with_ending(path, BEFORE);
            if is_theirs && kept.symlink_metadata().is_err() {
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
            "{word} merge-driver --marker-size %L --ours-name %X --theirs-name %Y -- %O %A %B %P; s=$?; \
             [ $s -le 1 ] && exit $s; \
             git merge-file --marker-size=%L -L ours -L base -L theirs -- %A %O %B"
        )
    }
}

/// Why a hook is not to be written anew.
enum NotOurs {
    /// It is another's.
    Other,
    /// It was ours, and has other lines now.
    Changed,
}

impl Hook {
    /// What it begins with: it calls the one that was there before, and then looks at the cards. It never fails by itself.
    fn head(&self) -> String {
        format!(
            "#!/bin/sh\n{OURS}\nbefore=\"$0{BEFORE}\"\n\
             if [ -x \"$before\" ]; then \"$before\" \"$@\" || exit $?; fi\n{}",
            self.unless
        )
    }

    /// All of it: the checks that there were, of other workspaces in the same repository too, with ours renewed.
    fn text(&self, checks: &[String], program: &str, below: &str) -> String {
        // Git tells hooks of its folders in variables that hold for where they are called, not for the workspace. Where
        // several repositories share their hooks, not all of them hold one.
        let folder = place(below);
        let check = format!(
            "if [ -f {folder}/karto.yaml ] && command -v {program} >/dev/null 2>&1; then (unset $(git rev-parse --local-env-vars); \
             {program} -C {folder} git check --since {}) || :; fi",
            self.since
        );
        let mut checks = checks.to_vec();
        match checks.iter_mut().find(|known| is_of(known, below)) {
            Some(known) => *known = check,
            None => checks.push(check),
        }
        format!("{}{}\n", self.head(), checks.join("\n"))
    }

    /// The checks in a hook that was written here, a line each.
    fn checks_in(&self, bytes: &[u8]) -> Result<Vec<String>, NotOurs> {
        if !holds(bytes, OURS) {
            return Err(NotOurs::Other);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NotOurs::Changed)?;
        let checks = text.strip_prefix(&self.head()).ok_or(NotOurs::Changed)?;
        let is_check =
            |line: &&str| line.starts_with("if ") && line.contains(" git check") && line.ends_with(" || :; fi");
        match checks.lines().all(|line| is_check(&line)) {
            true => Ok(checks.lines().map(str::to_owned).collect()),
            false => Err(NotOurs::Changed),
        }
    }
}

/// Which workspace a check looks at, as a word for the shell.
fn place(below: &str) -> String {
    if below.is_empty() { ".".to_owned() } else { format!("'{}'", below.replace('\'', r"'\''")) }
}

fn is_of(check: &str, below: &str) -> bool {
    check.contains(&format!(" -C {} git check", place(below)))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Written beside and renamed, for git may be calling it, and half of one would do half of it.
fn write_program(path: &Path, text: &str) -> io::Result<()> {
    let beside = with_ending(path, ".karto-new");
    write_by_way_of(&beside, path, text.as_bytes(), || {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&beside, fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    })
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
        let hook = HOOKS[0].text(&[], "karto", "sales/crm");
        let (first, then) = (hook.find("\"$before\" \"$@\"").unwrap(), hook.find("-C 'sales/crm' git check").unwrap());
        assert!(first < then);
    }

    #[test]
    fn of_a_hook_of_ours_the_checks_of_other_workspaces_stay() {
        let [hook, ..] = &HOOKS;
        let first = hook.text(&[], "karto", "sales");
        let checks = hook.checks_in(first.as_bytes()).ok().unwrap();
        assert!(is_of(&checks[0], "sales") && !is_of(&checks[0], "") && !is_of(&checks[0], "sal"));
        let both = hook.text(&checks, "karto", "");
        assert_eq!(hook.checks_in(both.as_bytes()).ok().unwrap().len(), 2);
        let changed = format!("{both}echo mine\n");
        assert!(matches!(hook.checks_in(changed.as_bytes()), Err(NotOurs::Changed)));
        assert!(matches!(hook.checks_in(b"\x7fELF\xff"), Err(NotOurs::Other)));
    }
}
