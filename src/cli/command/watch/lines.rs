//! What a watch tells, for programs: a JSON object a line.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::output::{diagnostics, json_line};
use crate::text::SourcePath;
use crate::watch::{Cause, Change, ChangeKind, Event};
use crate::workspace::{CardName, FileEvent, Workspace};

/// Writes an event; `at` is the moment.
pub(super) fn tell(event: &Event<'_>, workspace: &Workspace, at: &str, out: &mut dyn Write) -> io::Result<()> {
    match event {
        Event::Ready { files, findings } => {
            let root = workspace.root().display().to_string();
            json_line(&json!({"event": "ready", "at": at, "root": root, "files": files, "findings": findings}), out)
        }
        Event::Lost => json_line(&json!({"event": "rescan", "at": at}), out),
        Event::Polling { why, every } => {
            let why = why.as_ref().map(ToString::to_string);
            json_line(&json!({"event": "polling", "at": at, "seconds": every.as_secs_f64(), "why": why}), out)
        }
        Event::NoIndex(error) => json_line(&json!({"event": "no-index", "at": at, "why": error.to_string()}), out),
        Event::News(news) => {
            if news.cause == Cause::Rules {
                json_line(&json!({"event": "rules", "at": at, "files": news.files}), out)?;
            }
            news.changes.iter().try_for_each(|change| json_line(&change_line(change, workspace, at), out))
        }
    }
}

/// Every key is always there; what is not known is `null`.
fn change_line(change: &Change, workspace: &Workspace, at: &str) -> Value {
    let (event, from) = match &change.what {
        ChangeKind::File(FileEvent::Added) => ("added", None),
        ChangeKind::File(FileEvent::Changed) => ("changed", None),
        ChangeKind::File(FileEvent::Removed) => ("removed", None),
        ChangeKind::File(FileEvent::Renamed { from }) => ("renamed", Some(from.as_str())),
        ChangeKind::Affected => ("affected", None),
    };
    let (id, record_type, name) = match &change.card {
        Some(CardName::Record { id, record_type, name }) => (Some(id), Some(record_type.as_str()), Some(name)),
        Some(CardName::Note { id, title }) => (Some(id), Some("note"), Some(title)),
        Some(CardName::Unreadable) | None => (None, None, None),
    };
    let mut line = Map::new();
    line.insert("event".into(), json!(event));
    line.insert("at".into(), json!(at));
    line.insert("path".into(), json!(change.path.as_ref().map(SourcePath::as_str)));
    line.insert("from".into(), json!(from));
    line.insert("id".into(), json!(id));
    line.insert("type".into(), json!(record_type));
    line.insert("name".into(), json!(name));
    let sources = |path: &SourcePath| workspace.text_of(path);
    line.insert("findings".into(), Value::Array(diagnostics::values(&change.findings, &sources)));
    line.insert("mended".into(), json!(change.mended));
    Value::Object(line)
}
