//! What queries mean, told by examples over a small team's cards.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::model::read_card;
use crate::model::schema::Schemas;
use crate::text::{Document, SourcePath};

const CONFIG: &str = "\
currency: PLN
rates: {EUR: 4}
people:
  anna: {name: Anna Nowak}
  piotr: {name: Piotr Zieliński}
pipelines:
  sales:
    type: opportunity
    stages:
      - {id: identification, label: Identyfikacja, probability: 10}
      - {id: offer, label: Oferta, probability: 50}
      - {id: won, outcome: won}
      - {id: lost, outcome: lost}
segments:
  big: value:400000..
  mine: owner:me
  my-big: seg:big seg:mine
  round: seg:trip
  trip: tag:x OR seg:round
  wrong: stagee:offer
";

const CARDS: &[(&str, &str)] = &[
    (
        "clients/acme.md",
        "type: client\nname: Acme Łódź\nstage: active\nowner: anna\nclass: A\ntags: [Pompy, vip]\n\
      contacts:\n  - {id: nowak, name: Jan Nowak, email: jan@acme.example, phone: +48 600 100 200}\n\
      birthday: 1999-05-01\nemployees: 250\n",
    ),
    ("clients/beta.md", "type: client\nname: Beta\nstage: prospect\nowner: kasia\nformer_ids: [old-beta]\n"),
    (
        "opportunities/erp.md",
        "type: opportunity\nname: ERP rollout\nclient: acme\nstage: offer\nowner: anna\n\
      value: 500000\nexpected_close: 2026-12-15\nnext_contact: 2026-11-25T09:00\n",
    ),
    (
        "opportunities/eur.md",
        "type: opportunity\nname: Euro deal\nclient: old-beta\nstage: identification\n\
      owner: piotr\nvalue: 100000\ncurrency: EUR\nexpected_close: 2027-01-10\n",
    ),
    (
        "opportunities/usd.md",
        "type: opportunity\nname: Dollar deal\nclient: beta\nstage: identification\n\
      owner: piotr\nvalue: 9\ncurrency: USD\n",
    ),
    ("leads/lead-x.md", "type: lead\nname: Żółw, Sp. z o.o.\nstage: new\n"),
];

struct Team {
    catalog: Catalog,
    config: Config,
    fields: Fields,
    hits: Hits,
}

impl Team {
    fn new() -> Self {
        let path = |text: &str| SourcePath::new(text).unwrap();
        let (config, _) = Config::read(&path("karto.yaml"), CONFIG, Schemas::builtin());
        let card = |(at, front): &(&str, &str)| {
            let text = format!("---\n{front}---\nPompa ciepła dla {at} #zima\n");
            read_card(&path(at), &Document::parse(text.into_bytes()), &config).0
        };
        let catalog = Catalog::build(CARDS.iter().map(card).collect(), &config);
        let fields = Fields::new(&config, &catalog);
        Self { catalog, config, fields, hits: Hits::default() }
    }

    fn ctx(&self) -> Context<'_> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let Self { catalog, config, hits, .. } = self;
        Context { catalog, config, today, me: Some("anna"), hits }
    }

    fn bound(&self, query: &str) -> Result<Bound, Vec<QueryError>> {
        Query::parse(query)?.bind(&self.fields, &self.ctx())
    }

    /// The ids of the records that answer, after `?` those that are left out, or the mistakes.
    fn ask(&self, query: &str) -> String {
        match self.bound(query) {
            Ok(bound) => {
                let selection = bound.select(&self.ctx());
                let id = |index: RecordIndex| self.catalog.record(index).id.as_str();
                let mut words: Vec<&str> = selection.records.iter().map(|index| id(*index)).collect();
                if !selection.left_out.is_empty() {
                    words.push("?");
                    words.extend(selection.left_out.iter().map(|left| id(left.record)));
                }
                words.join(" ")
            }
            Err(errors) => {
                errors.iter().map(|e| format!("{e} at `{}`", e.span.of(&e.text))).collect::<Vec<_>>().join("; ")
            }
        }
    }

    fn expect(&self, cases: &[(&str, &str)]) {
        for (query, expected) in cases {
            assert_eq!(self.ask(query), *expected, "{query}");
        }
    }
}

#[test]
fn text_is_compared_folded_and_lists_by_any_element() {
    Team::new().expect(&[
        ("", "acme beta lead-x erp eur usd"),
        ("name:\"acme lodz\"", "acme"),
        ("name:acme*", "acme"),
        ("name~LODZ", "acme"),
        ("name~\"zolw, sp\"", "lead-x"),
        ("tag:pompy", "acme"),
        ("tag:#zima type:client", "acme beta"),
        ("tags!=vip type:client", "beta"),
        ("contacts.email:jan@acme.example", "acme"),
        ("contacts~nowak", "acme"),
        ("contacts.phone:+48600100*", "acme"),
        ("path~leads", "lead-x"),
        ("id:acme,beta", "acme beta"),
        ("employees:200..300", "acme"),
        ("birthday:1999", "acme"),
        ("name:a..b", "acme beta"),
    ]);
}

#[test]
fn absent_values_answer_nothing_but_none_and_unequal() {
    Team::new().expect(&[
        ("owner:none", "lead-x"),
        ("owner:any type:lead", ""),
        ("value:none", "acme beta lead-x"),
        ("value:..1000000 type:client", ""),
        ("owner!=anna", "beta lead-x eur usd"),
        ("owner!=none type:client", "acme beta"),
        ("owner:anna,none", "acme lead-x erp"),
        ("owner!=anna,none", "beta eur usd"),
        ("NOT value:1.. type:client", "acme beta"),
    ]);
}

#[test]
fn dates_cover_their_days_and_months() {
    Team::new().expect(&[
        ("expected_close:2026-12", "erp"),
        ("expected_close:2026-12-15", "erp"),
        ("expected_close:..2026-12", "erp"),
        ("expected_close:2026-12..2027-01", "erp eur"),
        ("expected_close>2026-12", "eur"),
        ("expected_close<2027-01-10", "erp"),
        ("expected_close<=2027-01-10", "erp eur"),
        ("expected_close:..+30d", "erp"),
        ("next_contact:wednesday", "erp"),
        ("next_contact:2026-11-25T09:00", "erp"),
        ("next_contact:2026-11-25T10:00..", ""),
        ("next_contact:this-month", "erp"),
    ]);
}

#[test]
fn money_compares_in_the_base_currency_and_nobody_vanishes_without_a_rate() {
    let team = Team::new();
    team.expect(&[
        ("value:400000", "eur ? usd"),
        ("value:400000..", "erp eur ? usd"),
        ("value:450000..", "erp ? usd"),
        ("NOT value:450000..", "acme beta lead-x eur ? usd"),
        ("value:450000.. OR owner:piotr", "erp eur usd"),
        ("value:450000.. owner:anna", "erp"),
        ("value:any", "erp eur usd"),
    ]);
    let left = team.bound("value:1..").unwrap().select(&team.ctx()).left_out;
    assert_eq!((left[0].field.as_str(), left[0].reason.to_string()), ("value", "no rate is known for USD".into()));
}

#[test]
fn names_are_those_of_the_team() {
    Team::new().expect(&[
        ("owner:me", "acme erp"),
        ("owner:\"Anna Nowak\"", "acme erp"),
        ("owner:kasia", "beta"),
        ("stage:oferta", "erp"),
        ("client:old-beta", "eur usd"),
        ("client:\"[[acme]]\"", "erp"),
        ("seg:big", "erp eur ? usd"),
        ("seg:my-big", "erp"),
        ("seg!=big type:opportunity", "? usd"),
        ("type:opportunity seg:mine,big", "erp eur ? usd"),
    ]);
}

#[test]
fn mistakes_are_shown_under_the_word_with_what_there_is() {
    let team = Team::new();
    team.expect(&[
        ("stagee:offer valu:1", "there is no field `stagee` at `stagee`; there is no field `valu` at `valu`"),
        ("stage:ofer", "no stage is called `ofer` at `ofer`"),
        ("owner:ana", "no person is called `ana` at `ana`"),
        ("type:leed", "no type is called `leed` at `leed`"),
        ("kind:firm", "no choice is called `firm` at `firm`"),
        ("value:lots", "`value` can't be compared with `lots` at `lots`"),
        ("value:\"120 000,50\"..", "`120 000,50` is not written as a number at `\"120 000,50\"`"),
        ("value:5..1", "the range runs backwards at `5..1`"),
        ("next_contact:25.11.2026", "`25.11.2026` is no date at `25.11.2026`"),
        ("next_contact:..7d", "`7d` could lie ahead or behind: write +7d or -7d at `7d`"),
        ("stage>offer", "values of `stage` have no order at `offer`"),
        ("stale:perhaps", "`stale` can't be compared with `perhaps` at `perhaps`"),
        ("type:opportunity value", "`value` is a field, but nothing is asked of it at `value`"),
        ("stage=offer", "`=` does not compare at `stage=offer`"),
        ("seg:bgi", "there is no segment `bgi` at `bgi`"),
        ("seg:wrong x", "in segment `wrong`: there is no field `stagee` at `stagee`"),
        ("seg:round", "in segment `trip`: the segment asks for itself: round -> trip -> round at `round`"),
    ]);
    let help = |query: &str| team.bound(query).unwrap_err()[0].help().unwrap_or_default();
    assert!(help("stagee:offer type:lead").starts_with("Did you mean `stage`"), "{}", help("stagee:x"));
    assert!(!help("stagee:offer type:lead").contains("expected_close"));
    assert!(help("owner:ana").starts_with("did you mean `anna`? there are: anna, piotr"));
    assert!(help("value").starts_with("did the shell take your `>` or `<`?"));
    assert!(
        help("14:30 x").starts_with("To search for this text, put it in quotes: `\"14:30\"`."),
        "{}",
        help("14:30")
    );
    assert_eq!(help("stage=offer"), "write `stage:offer`");
    assert!(help("-tag:cold").contains("`tag!=…`"));
}

#[test]
fn who_me_is_must_be_known() {
    let team = Team::new();
    let ctx = Context { me: None, ..team.ctx() };
    let errors = Query::parse("owner:me").unwrap().bind(&team.fields, &ctx).unwrap_err();
    assert_eq!(errors[0].problem, Problem::WhoIsMe);
    let names_me = |query: &str| Query::parse(query).unwrap().names_me(&team.config);
    assert!(names_me("owner:piotr OR NOT seg:my-big") && !names_me("owner:\"me\" seg:round"));
    assert!(Query::parse("owner:\"me\"").unwrap().bind(&team.fields, &ctx).is_err());
}

#[test]
fn mistakes_of_segments_are_findings_about_the_configuration() {
    let team = Team::new();
    let errors = check_segments(&team.fields, &team.ctx());
    let names: Vec<&str> = errors.iter().filter_map(|error| error.segment.as_deref()).collect();
    assert_eq!(names, ["trip", "wrong"]);
    let wrong = &errors[1];
    let finding = wrong.in_config(&team.config.segments["wrong"]);
    assert_eq!(finding.code.as_str(), "segment-invalid");
    assert_eq!(finding.span.unwrap().of(CONFIG), "stagee");
}

#[test]
fn texts_are_asked_of_the_hits() {
    let mut team = Team::new();
    let bound = team.bound("\"pompa ciepla\" NOT lodz*").unwrap();
    let keys: Vec<&str> = bound.text_terms().iter().map(|term| term.key.as_str()).collect();
    assert_eq!(keys, ["pompa ciepla", "lodz*"]);
    let (acme, beta) = (team.catalog.index_of("acme").unwrap(), team.catalog.index_of("beta").unwrap());
    team.hits.insert("pompa ciepla".into(), [acme, beta]);
    team.hits.insert("lodz*".into(), [acme]);
    assert_eq!(bound.select(&team.ctx()).records, [beta]);
}

#[test]
fn records_are_sorted_by_fields() {
    let team = Team::new();
    let sorted = |by: &str| {
        let mut records: Vec<RecordIndex> = team.catalog.entries().map(|(index, _)| index).collect();
        Order::parse(by, &team.fields).unwrap().sort(&team.ctx(), &mut records);
        records.iter().map(|index| team.catalog.record(*index).id.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(sorted("-value"), "erp eur usd acme beta lead-x");
    assert_eq!(sorted("value,name"), "eur erp usd acme beta lead-x");
    assert_eq!(sorted("expected_close,-name"), "erp eur lead-x usd beta acme");
    assert_eq!(sorted("type,-stage"), "acme beta lead-x erp eur usd");
    let errors = Order::parse("name,-valeu,", &team.fields).unwrap_err();
    assert_eq!(errors.iter().map(|e| e.span.of(&e.text)).collect::<Vec<_>>(), ["-valeu", ""]);
}

#[test]
fn every_field_has_a_kind_and_those_of_no_schema_are_found() {
    let team = Team::new();
    assert_eq!(team.fields.get("value").unwrap().kind, crate::model::kind::Kind::Money);
    assert_eq!(team.fields.get("birthday").unwrap().types, ["client"]);
    assert!(matches!(team.fields.get("last_contact").unwrap().source, Source::Derived(_)));
    assert!(team.fields.get("history").is_none());
}

fn queries() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        "type:client",
        "value:450000..",
        "value!=1",
        "owner:me",
        "owner:none",
        "stage!=offer",
        "tag:vip",
        "seg:big",
        "expected_close:2026-12",
        "name~a",
        "client:beta",
        "value:any",
    ]);
    let term = term.prop_map(str::to_owned);
    term.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|q| format!("NOT ({q})")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|q| format!("({})", q.join(" "))),
            prop::collection::vec(inner, 2..4).prop_map(|q| format!("({})", q.join(" OR "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn logic_holds_for_what_is_unknown_too(a in queries(), b in queries()) {
        thread_local!(static TEAM: Team = Team::new());
        TEAM.with(|team| {
            let ask = |query: &str| team.ask(query);
            prop_assert_eq!(ask(&format!("NOT NOT ({a})")), ask(&a));
            prop_assert_eq!(ask(&format!("NOT ({a} OR {b})")), ask(&format!("NOT ({a}) NOT ({b})")));
            prop_assert_eq!(ask(&format!("({a}) ({b})")), ask(&format!("({b}) ({a})")));
            let printed = Query::parse(&a).unwrap().to_string();
            prop_assert_eq!(ask(&printed), ask(&a));
            Ok(())
        })?;
    }
}

#[test]
fn every_example_of_the_documentation_is_a_query() {
    let rules = "people: {anna: {}}\nsegments:\n  key-neglected: type:client class:A";
    let team = sample::Sample::with_all(rules, &[]);
    let ctx = Context { me: Some("anna"), ..team.context() };
    let fields = Fields::new(ctx.config, ctx.catalog);
    let page = include_str!("../../docs/queries.md");
    let examples: Vec<&str> = page.split("```query\n").skip(1).flat_map(|rest| rest.split("```").next()).collect();
    let queries = examples.iter().flat_map(|block| block.lines()).map(|line| line.split("  ").next().unwrap_or(line));
    let mut count = 0;
    for query in queries {
        let bound = Query::parse(query).and_then(|query| query.bind(&fields, &ctx));
        assert!(bound.is_ok(), "{query}: {bound:?}");
        count += 1;
    }
    assert!(count > 35, "{count}");
}
