//! A disk on which things happen at a chosen step.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::disk::Disk;
use super::super::system::System;

thread_local! {
    static BEING_REMOVED: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// For what happens: the file that goes in this very step.
pub(super) fn being_removed() -> Option<PathBuf> {
    BEING_REMOVED.with_borrow(Clone::clone)
}

type Happening<'a> = (usize, Box<dyn Fn() + Sync + 'a>);

/// The real disk, rigged. Nothing waits for the platter, so that thousands of commits take a moment.
pub(super) struct Rigged<'a> {
    steps: AtomicUsize,
    dies_at: usize,
    full_at: usize,
    refused: Vec<usize>,
    has_flags: bool,
    happenings: Vec<Happening<'a>>,
}

impl<'a> Rigged<'a> {
    pub(super) fn new() -> Self {
        let never = usize::MAX;
        Self {
            steps: AtomicUsize::new(0),
            dies_at: never,
            full_at: never,
            refused: Vec::new(),
            has_flags: true,
            happenings: Vec::new(),
        }
    }

    /// From this step on nothing works any more, as if the process had been killed; a file that is being written is left
    /// half-written.
    pub(super) fn dies_at(mut self, step: usize) -> Self {
        self.dies_at = step;
        self
    }

    /// From this step on there is no room for anything new.
    pub(super) fn full_at(mut self, step: usize) -> Self {
        self.full_at = step;
        self
    }

    /// The system refuses this step, and no other.
    pub(super) fn refuses(mut self, step: usize) -> Self {
        self.refused.push(step);
        self
    }

    /// Names can't be exchanged, and a name is taken only if it is free by linking and removing, each a step of its
    /// own.
    pub(super) fn without_flags(mut self) -> Self {
        self.has_flags = false;
        self
    }

    /// Just before this step, somebody does something.
    pub(super) fn meanwhile(mut self, step: usize, what: impl Fn() + Sync + 'a) -> Self {
        self.happenings.push((step, Box::new(what)));
        self
    }

    /// The same kind of disk, untouched.
    pub(super) fn fresh<'b>(&self) -> Rigged<'b> {
        Rigged { has_flags: self.has_flags, ..Rigged::new() }
    }

    /// How many steps there were.
    pub(super) fn steps(&self) -> usize {
        self.steps.load(Ordering::SeqCst)
    }

    fn step(&self) -> io::Result<usize> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        if step >= self.dies_at {
            return Err(io::Error::other("dead"));
        }
        if self.refused.contains(&step) {
            return Err(io::Error::other("refused"));
        }
        self.happenings.iter().filter(|(at, _)| *at == step).for_each(|(_, what)| what());
        Ok(step)
    }

    fn step_with_room(&self) -> io::Result<()> {
        if self.step()? >= self.full_at { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Disk for Rigged<'_> {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        self.step()?;
        System.read(path)
    }

    fn create(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        let half = &bytes[..bytes.len() / 2];
        // Being killed while it is written is one step, being killed before it another.
        self.step_with_room().or_else(|error| match error.kind() {
            io::ErrorKind::StorageFull => System.create(path, half, like).and(Err(error)),
            _ => Err(error),
        })?;
        if self.step().is_err() {
            System.create(path, half, like)?;
            return Err(io::Error::other("dead"));
        }
        System.create(path, bytes, like)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        path.symlink_metadata().map(|_| ())
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step_with_room()?;
        System.make_folder(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        System.remove_folder(path)
    }

    fn take(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        if self.has_flags { System.take(from, to) } else { fs::rename(from, to) }
    }

    fn place(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        if self.has_flags {
            return System.place(from, to);
        }
        fs::hard_link(from, to)?;
        self.remove(from)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        if !self.has_flags {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.step()?;
        System.exchange(one, other)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        System.replace(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        BEING_REMOVED.with_borrow_mut(|being_removed| *being_removed = Some(path.to_owned()));
        let step = self.step();
        BEING_REMOVED.with_borrow_mut(|being_removed| *being_removed = None);
        step?;
        System.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        path.symlink_metadata().map(|_| ())
    }

    fn may_write(&self, path: &Path) -> bool {
        System.may_write(path)
    }
}
