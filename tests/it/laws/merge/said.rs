//! What a card's file says, without the order of what has none: read in the plainest way, by no code of the merge.

use karto::text::Document;
use karto::text::yaml::Value;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) prose: Vec<String>,
    pub(crate) tasks: Vec<String>,
    pub(crate) entries: Vec<String>,
}

pub(crate) fn said(text: &str) -> Said {
    let document = Document::parse(text.replace("\r\n", "\n"));
    let fields = match document.front().map(Value::of).map(sorted) {
        Some(Value::Map(fields)) => fields,
        _ => Vec::new(),
    };
    let mut said = Said { fields, prose: Vec::new(), tasks: Vec::new(), entries: Vec::new() };
    // An empty list is as good as none.
    said.fields.retain(|(_, value)| *value != Value::List(Vec::new()));
    let (mut in_entry, mut section) = (false, "");
    for line in document.body().lines().filter(|line| !line.trim().is_empty()) {
        let into = match line {
            _ if line.starts_with("### 2") => {
                in_entry = true;
                said.entries.push(format!("{section}: {line}"));
                continue;
            }
            // A heading is nothing by itself, but it is not to go from above what it stands over.
            _ if line.starts_with('#') => {
                (in_entry, section) = (false, line);
                continue;
            }
            _ if in_entry => {
                if let Some(entry) = said.entries.last_mut() {
                    *entry += "\n";
                    *entry += line;
                }
                continue;
            }
            // The order of a task's words says nothing.
            _ if line.starts_with("- [") => {
                let mut words: Vec<&str> = line.split(' ').collect();
                words.sort_unstable();
                said.tasks.push(format!("{section}: {}", words.join(" ")));
                continue;
            }
            _ if line.starts_with("  ") && !said.tasks.is_empty() => {
                if let Some(task) = said.tasks.last_mut() {
                    *task += "\n";
                    *task += line;
                }
                continue;
            }
            _ => &mut said.prose,
        };
        into.push(format!("{section}: {line}"));
    }
    said.tasks.sort();
    said.entries.sort();
    said
}

fn sorted(value: Value) -> Value {
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(|item| format!("{item:?}"));
            Value::List(items)
        }
        Value::Map(entries) => {
            let mut entries: Vec<(String, Value)> =
                entries.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(entries)
        }
        other => other,
    }
}
