//! `karto` alone: the day in brief.

use super::Report;
use super::agenda::{AgendaOptions, Urgency, agenda};
use super::funnel::{FunnelOptions, funnel};
use crate::query::Context;

/// The day in brief: what is due, and where the sales stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// What is due until today, and how much comes soon.
    pub due: Report,
    /// The open stages of the first pipeline, and what this year has brought.
    pub funnel: Report,
}

/// What is due for the one who asks, or for everybody, and the funnel of the whole team in brief.
pub fn brief(ctx: &Context<'_>) -> Brief {
    let options = AgendaOptions { person: ctx.me, ..AgendaOptions::default() };
    let mut due = agenda(ctx, &|_| true, &options);
    due.sections.retain(|section| section.title.as_deref() != Some(Urgency::Soon.title()));
    let first = ctx.config.pipelines_of("opportunity").next().map(|pipeline| pipeline.name.as_str());
    let mut funnel = funnel(ctx, &|_| true, &FunnelOptions { pipeline: first, ..FunnelOptions::default() });
    funnel.sections.truncate(1);
    funnel.title = Some("The whole team's funnel".to_owned());
    let others = ctx.config.pipelines_of("opportunity").skip(1).map(|pipeline| pipeline.name.as_str());
    let others: Vec<&str> = others.collect();
    if !others.is_empty() {
        funnel.summary.push(format!("`karto funnel` shows {}, too", others.join(", ")));
    }
    Brief { due, funnel }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample::Sample;

    #[test]
    fn the_day_is_what_is_due_for_me_and_the_teams_funnel() {
        let sample = Sample::of(&[
            "lead mine
            stage: new
            owner: anna
            next_contact: 2026-11-22",
            "lead mine-soon
            stage: new
            owner: anna
            next_contact: 2026-11-24",
            "opportunity theirs
            stage: offer
            owner: piotr
            next_contact: 2026-11-22
            value: 100",
        ]);
        let mine = brief(&Context { me: Some("anna"), ..sample.context() });
        assert_eq!(mine.due.lines(&["who_id"]), ["# Today", "mine"]);
        assert_eq!(mine.due.summary, ["1 today, 1 soon"]);
        assert_eq!(mine.funnel.lines(&["label", "count"])[3], "Offer | 1");
        assert_eq!(brief(&sample.context()).due.lines(&["who_id"]), ["# Today", "mine", "theirs"]);
    }
}
