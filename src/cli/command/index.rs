//! `karto index`: looks after the full-text index in `.karto/`.

use crate::cli::CliError;
use crate::cli::error::status;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::output::clean;
use crate::workspace::fulltext::{FullTextIndex, IndexDifference, IndexStatus};

pub(super) fn run(session: Session<'_, '_>, rebuild: bool, show_status: bool, verify: bool) -> Result<u8, CliError> {
    let index = FullTextIndex::new(&session.workspace, &session.snapshot.catalog);
    if show_status {
        let text = describe(&index.status()?, &session);
        session.io.out.write_all(text.as_bytes())?;
        return session.finish();
    }
    if verify {
        let differences = index.verify()?;
        return report_differences(session, &differences);
    }
    let mut progress = Progress::new("indexing", session.io.err_is_terminal);
    let mut step = |done, total| progress.step(done, total);
    let update = if rebuild { index.rebuild(&mut step) } else { index.update(&mut step) };
    drop(progress);
    let update = update?;
    if let Some(how) = &update.was_damaged {
        writeln!(session.io.err, "the index was damaged and has been built anew ({})", clean(how))?;
    }
    writeln!(session.io.out, "{} of {} read into the index", update.updated, files(update.documents))?;
    session.finish()
}

fn files(count: usize) -> String {
    format!("{count} {}", if count == 1 { "file" } else { "files" })
}

fn describe(status: &IndexStatus, session: &Session<'_, '_>) -> String {
    let folder = status.folder.strip_prefix(session.workspace.root()).unwrap_or(&status.folder).display().to_string();
    let cache = session.workspace.cache_status();
    let cards = match cache.files {
        0 => "nothing is kept of them".to_owned(),
        kept => format!("what was read of {} is kept, {}", files(kept), size(cache.bytes)),
    };
    let mut lines = vec![
        format!("cards    {cards}"),
        format!("place    {}", clean(&folder)),
        format!("version  {}", status.version),
    ];
    if let Some(damage) = &status.damaged {
        lines.push(format!("damaged  {}; the next search builds it anew", clean(damage)));
    } else if status.exists {
        lines.push(format!("holds    {}, {}", files(status.documents), size(status.bytes)));
        if let Some(updated) = status.updated {
            let updated: chrono::DateTime<chrono::Local> = updated.into();
            lines.push(format!("updated  {}", updated.format("%Y-%m-%d %H:%M:%S")));
        }
        let stale = if status.stale == 0 { "nothing".to_owned() } else { files(status.stale) };
        lines.push(format!("changed  {stale} since"));
    } else {
        lines.push("holds    nothing yet; the first search builds it".to_owned());
    }
    lines.join("\n") + "\n"
}

fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

fn report_differences(session: Session<'_, '_>, differences: &[IndexDifference]) -> Result<u8, CliError> {
    let mut wrong = false;
    for difference in differences {
        let (path, said) = match difference {
            IndexDifference::Missing(path) => (path, "is not in the index yet"),
            IndexDifference::Stale(path) => (path, "has changed since"),
            IndexDifference::Gone(path) => (path, "is gone, but still in the index"),
            IndexDifference::Differs(path) => {
                wrong = true;
                (path, "differs from the index: `karto index --rebuild` mends it")
            }
        };
        writeln!(session.io.out, "{}: {said}", clean(path.as_str()))?;
    }
    if differences.is_empty() {
        writeln!(session.io.out, "the index agrees with all files")?;
    } else if !wrong {
        writeln!(session.io.out, "the next search takes this in")?;
    }
    let finished = session.finish()?;
    Ok(if wrong { status::FINDINGS } else { finished })
}
