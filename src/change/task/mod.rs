//! A task more, and a task done.

mod add;
mod complete;
mod find;
mod repeat;

pub use add::{NewTask, task};
pub use complete::{Completion, complete};
pub use find::{Which, find_task};

#[cfg(test)]
mod sample {
    use super::*;
    use crate::change::{Author, Draft, Refusal};
    use crate::query::Context;
    use crate::query::sample::Sample;
    use crate::text::{SourcePath, When};

    pub(super) fn day(text: &str) -> When {
        When::parse(text).unwrap()
    }

    /// The body of a card after a change of anna's on 2026-11-22, or why there was none.
    pub(super) fn changed(
        body: &str,
        change: impl Fn(&mut Draft<'_>, &Context<'_>, &Author) -> Result<(), Refusal>,
    ) -> Result<String, String> {
        let sample = Sample::of(&[]);
        let ctx = Context { me: Some("anna"), ..sample.context() };
        let text = format!("---\ntype: lead\nname: N\nstage: new\n---\n{body}");
        let mut draft = Draft::create(SourcePath::new("leads/lead-n.md").unwrap(), text, ctx.config).unwrap();
        let author = Author { person: Some("anna".to_owned()), at: day("2026-11-22") };
        change(&mut draft, &ctx, &author).map_err(|refusal| refusal.to_string())?;
        let text = draft.document().text();
        Ok(text.splitn(3, "---\n").nth(2).unwrap().to_owned())
    }

    pub(super) fn done(body: &str, which: Which<'_>, at: &str) -> Result<String, String> {
        let completion = Completion { which, result: None, at: Some(day(at)), cancelled: false };
        changed(body, |draft, _, author| complete(draft, &completion, author))
    }
}
