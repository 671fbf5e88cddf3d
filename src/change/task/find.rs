//! Which task is meant.

use crate::change::Refusal;
use crate::model::{OpenTask, Record};
use crate::text::fold;

/// Which of the open tasks is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The only one.
    Only,
    /// The one with this number, from 1, in the order of the file.
    Number(usize),
    /// The one that says this, wholly or in part, whatever the letters' case and marks.
    Text(&'a str),
}

/// The place of the task that is meant.
///
/// # Errors
/// [`Refusal::NoTask`] if there is none or more than one.
pub fn find_task(record: &Record, which: Which<'_>) -> Result<usize, Refusal> {
    let open: Vec<OpenTask<'_>> = record.open_tasks().collect();
    let unclear = |message: String| {
        let tasks = open.iter().map(|open| (open.number, open.task.clone())).collect();
        Refusal::NoTask { message, tasks }
    };
    if open.is_empty() {
        return Err(unclear("it has no open task".to_owned()));
    }
    let text = match which {
        Which::Only => {
            let only = open.first().filter(|_| open.len() == 1).map(|only| only.place);
            return only.ok_or_else(|| unclear(format!("it has {} open tasks", open.len())));
        }
        Which::Number(number) => {
            let named = open.iter().find(|open| open.number == number).map(|open| open.place);
            return named.ok_or_else(|| unclear(format!("it has no open task number {number}")));
        }
        Which::Text(text) => text,
    };
    let wanted = fold(text);
    let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    let exact = open.iter().filter(|open| !wanted.is_empty() && fold(&open.task.text) == *wanted);
    let part = open.iter().filter(|open| !wanted.is_empty() && fold(&open.task.text).contains(&*wanted));
    let (exact, part): (Vec<usize>, Vec<usize>) =
        (exact.map(|open| open.place).collect(), part.map(|open| open.place).collect());
    match (exact.as_slice(), part.as_slice()) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => Err(unclear(format!("it has no open task `{text}`"))),
        _ => Err(unclear(format!("`{text}` could be more than one task"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::done;
    use super::*;

    #[test]
    fn a_task_is_named_by_its_number_or_its_text() {
        let body = "- [x] Old\n- [ ] Oferta dla Łodzi\n- [ ] Oferta\n- [-] Not\n- [ ] Room 3 of 2026\n";
        let found = |which: Which<'_>| done(body, which, "2026-11-22").map(|now| now.find("@anna").is_some());
        for which in [Which::Number(1), Which::Text("lodz"), Which::Text("OFERTA"), Which::Text("3 of")] {
            assert_eq!(found(which), Ok(true), "{which:?}");
        }
        for (which, why) in [
            (Which::Only, "it has 3 open tasks"),
            (Which::Number(4), "it has no open task number 4"),
            (Which::Number(0), "it has no open task number 0"),
            (Which::Text(""), "it has no open task ``"),
            (Which::Text("old"), "it has no open task `old`"),
            (Which::Text("ofert"), "`ofert` could be more than one task"),
        ] {
            assert_eq!(found(which).unwrap_err(), why);
        }
        assert_eq!(done("", Which::Only, "2026-11-22").unwrap_err(), "it has no open task");
        assert_eq!(done(body, Which::Number(1), "2026-11-23").unwrap_err(), "2026-11-23 is still to come");
    }
}
