//! Where there is to look, and what is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Mirror;
use crate::diagnostic::Diagnostic;
use crate::text::SourcePath;
use crate::workspace::{WorkspaceError, walk};

/// From so many places on it is less work to walk through the whole folder.
const MANY: usize = 200;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct WhereToLook {
    /// Files and folders that may have changed, as absolute paths; folders with all that is below them.
    pub paths: BTreeSet<PathBuf>,
    /// Anything may have changed.
    pub everything: bool,
    /// Those of the paths that are to be taken for what they are now, also if that is gone or empty: they were so before.
    pub settled: BTreeSet<PathBuf>,
}

impl WhereToLook {
    /// True if these are so many places that everything is looked at.
    pub(super) fn is_everything(&self) -> bool {
        self.everything || self.paths.len() > MANY
    }

    pub(super) fn is_settled(&self, path: &Path) -> bool {
        !self.settled.is_empty() && path.ancestors().any(|path| self.settled.contains(path))
    }
}

/// What a look takes in.
pub(super) enum Scope {
    Everything,
    Below(Vec<PathBuf>),
}

impl Mirror {
    /// Walks where there is to look, each place once.
    pub(super) fn walk(&self, look: &WhereToLook, anew: bool) -> Result<(Scope, walk::Found), WorkspaceError> {
        let (root, include) = (self.workspace.root(), &self.workspace.config().include);
        let concerns_all = |path: &PathBuf| path == root || path.file_name().is_some_and(|name| name == ".gitignore");
        // A link is read or not by what else is read, so that it can't be told from a part.
        let whole = anew || look.is_everything() || self.has_links || look.paths.iter().any(concerns_all);
        if whole {
            return Ok((Scope::Everything, walk::walk(root, include)?));
        }
        let mut starts: Vec<PathBuf> = Vec::new();
        let mut all = walk::Found::default();
        // In the order of paths a folder comes before what is in it.
        for path in &look.paths {
            if starts.last().is_some_and(|last| path.starts_with(last)) {
                continue;
            }
            let found = walk::walk_below(root, include, path)?;
            if found.has_links {
                return Ok((Scope::Everything, walk::walk(root, include)?));
            }
            all.files.extend(found.files);
            all.folders.extend(found.folders);
            all.findings.extend(found.findings);
            starts.push(path.clone());
        }
        all.files.sort();
        Ok((Scope::Below(starts), all))
    }

    /// Keeps what a walk says beside the files.
    pub(super) fn keep_walk(&mut self, scope: &Scope, found: walk::Found) {
        let walk::Found { folders, has_links, findings, .. } = found;
        match scope {
            Scope::Everything => {
                self.folders = folders.into_iter().collect();
                self.has_links = has_links;
                self.walk_findings = findings;
            }
            Scope::Below(starts) => {
                self.folders.retain(|folder| !starts.iter().any(|start| folder.starts_with(start)));
                self.folders.extend(folders);
                let root = self.workspace.root();
                let in_scope = |finding: &Diagnostic| {
                    let path = finding.path.as_ref().map(|path| path.under(root));
                    path.is_some_and(|path| starts.iter().any(|start| path.starts_with(start)))
                };
                self.walk_findings.retain(|finding| !in_scope(finding));
                self.walk_findings.extend(findings.into_iter().filter(|finding| in_scope(finding)));
            }
        }
    }

    /// The known files in a scope that are as asked.
    pub(super) fn known_in(&self, scope: &Scope, asked: impl Fn(&SourcePath) -> bool) -> Vec<SourcePath> {
        match scope {
            Scope::Everything => self.files.keys().filter(|path| asked(path)).cloned().collect(),
            Scope::Below(starts) => {
                let starts = starts.iter().filter_map(|start| start.strip_prefix(self.workspace.root()).ok());
                let starts = starts.filter_map(|start| SourcePath::new(start).ok());
                let below = |start: SourcePath| self.known_below(&start).filter(|path| asked(path)).cloned().collect();
                starts.flat_map::<Vec<_>, _>(below).collect()
            }
        }
    }

    /// The known file of this path, and those in the folder of this path.
    fn known_below<'a>(&'a self, start: &'a SourcePath) -> impl Iterator<Item = &'a SourcePath> {
        // Between a path and what is below it may stand others that begin alike: `a`, `a-b`, `a/b`.
        let alike = self.files.range(start.clone()..).map(|(path, _)| path);
        let alike = alike.map_while(|path| Some((path, path.as_str().strip_prefix(start.as_str())?)));
        alike.filter(|(_, rest)| rest.is_empty() || rest.starts_with('/')).map(|(path, _)| path)
    }
}
