//! What must hold for any cards under any configuration: findings have their place, and every question has an answer.

use chrono::NaiveDate;
use karto::catalog::Catalog;
use karto::check::{CheckOptions, check};
use karto::diagnostic::Diagnostic;
use karto::model::schema::Schemas;
use karto::model::{Card, Config, read_card};
use karto::query::{Bound, Context, Fields, Hits, Order, Query};
use karto::report::agenda::{AgendaOptions, agenda};
use karto::report::card::card;
use karto::report::funnel::{FunnelOptions, funnel};
use karto::report::listing::{ListOptions, listing};
use karto::text::{Document, SourcePath};

/// Any bytes as `karto.yaml`: it is read, and what is wrong with it has its place.
pub(crate) fn configuration(source: &[u8]) -> Config {
    let document = Document::parse_yaml(source);
    let (config, findings) = Config::read(&path("karto.yaml"), source, Schemas::builtin());
    have_places(&document, &findings);
    config
}

/// Any bytes as a card: it is read, and what is wrong with it has its place.
pub(crate) fn any_card(name: &str, source: &[u8], config: &Config) -> Card {
    let document = Document::parse(source);
    let (card, findings) = read_card(&path(name), &document, config);
    have_places(&document, &findings);
    assert!(!matches!(card, Card::Unreadable(_)) || !findings.is_empty(), "left out in silence");
    card
}

/// Any cards under any configuration: rules, lists, agenda, funnel and views come to an end.
pub(crate) fn any_workspace<'a>(config: &[u8], cards: impl IntoIterator<Item = &'a [u8]>) {
    let config = configuration(config);
    let folders = ["clients", "leads", "opportunities", "notes"];
    let read = cards.into_iter().enumerate().map(|(number, source)| {
        let folder = folders[number % folders.len()];
        any_card(&format!("{folder}/c{number}.md"), source, &config)
    });
    let catalog = Catalog::build(read.collect(), &config);
    let hits = Hits::default();
    for today in [NaiveDate::MIN, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(), NaiveDate::MAX] {
        answer(&Context { catalog: &catalog, config: &config, today, me: Some("anna"), hits: &hits });
    }
}

fn answer(ctx: &Context<'_>) {
    check(ctx, CheckOptions { strict: true });
    let fields = Fields::new(ctx.config, ctx.catalog);
    let everything: Vec<_> = ctx.catalog.entries().map(|(index, _)| index).collect();
    for field in fields.iter() {
        for record in &everything {
            field.value(ctx, *record);
        }
        let mut records = everything.clone();
        if let Ok(order) = Order::parse(&field.name, &fields) {
            order.sort(ctx, &mut records);
        }
    }
    let columns = fields.iter().cloned().collect();
    listing(ctx, &fields, &everything, &ListOptions { columns, ..ListOptions::default() });
    let bound: Option<Bound> =
        Query::parse("value:1.. owner:me -stage:won tag:a").ok().and_then(|q| q.bind(&fields, ctx).ok());
    if let Some(bound) = bound {
        bound.select(ctx);
    }
    agenda(ctx, &|_| true, &AgendaOptions { within_days: u32::MAX, ..AgendaOptions::default() });
    funnel(ctx, &|_| true, &FunnelOptions::default());
    for record in everything {
        card(ctx, record);
    }
}

fn have_places(document: &Document, findings: &[Diagnostic]) {
    for finding in findings {
        assert!(finding.path.is_some(), "{finding:?}");
        if let Some(span) = finding.span {
            assert!(document.text().get(span.range()).is_some(), "{finding:?}");
        }
        if let Some(fix) = &finding.fix {
            assert!(document.apply(&fix.edits).is_ok(), "the fix of {finding:?} does not apply");
        }
    }
}

fn path(path: &str) -> SourcePath {
    SourcePath::new(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
