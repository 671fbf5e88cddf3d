//! A card that is made: from its type's template, under the id that the type's pattern gives, with its first line of
//! history.

use super::draft::{Author, Draft};
use super::log::{NewLog, log};
use super::{Assignment, Refusal, fields, history, naming, next_step, stage};
use crate::model::schema::TypeDef;
use crate::model::{Record, check_id};
use crate::query::Context;
use crate::text::yaml::Value;
use crate::text::{SourcePath, When};

/// A card to be made.
#[derive(Clone, Debug)]
pub struct NewCard<'a> {
    /// Its type.
    pub type_def: &'a TypeDef,
    /// Its name.
    pub name: &'a str,
    /// Its id, where it is not to be made by the type's pattern.
    pub id: Option<&'a str>,
    /// Its fields; `stage=` may be one of them.
    pub assignments: &'a [Assignment],
    /// The day of the next contact, and what is to be done then.
    pub next: Option<(When, &'a str)>,
    /// What happened already, such as the call in which they were found.
    pub log: Option<&'a NewLog>,
    /// The text to begin with, and where it lies.
    pub template: Option<(&'a SourcePath, &'a [u8])>,
    /// The names of the files that lie in the type's folder already.
    pub files: &'a [String],
}

/// Makes a card: the template's text with the name, the fields, the first stage, the owner (who calls, unless another is
/// said) and the day filled in, and a first line of history for what is tracked.
///
/// # Errors
/// [`Refusal`] if the template can't be read as a card of the type, a field can't be set so, or the id is taken or no id.
pub fn create<'c>(card: &NewCard<'_>, ctx: &Context<'c>, author: &Author) -> Result<Draft<'c>, Refusal> {
    let mut draft = begin(card, ctx)?;
    draft.set("name", &Value::Text(card.name.to_owned()))?;
    Refusal::unless_none(card.assignments.iter().filter_map(|assignment| check(assignment).err()).collect())?;
    let (stages, others): (Vec<_>, Vec<_>) =
        card.assignments.iter().cloned().partition(|assignment| assignment.field == "stage");
    fields::assign(&mut draft, &others, ctx)?;
    fill_in_client(&mut draft, ctx)?;
    fill_in_stage(&mut draft, stages.last().map(|stage| stage.value.as_str()))?;
    if let (Some(me), None) = (&author.person, draft.record().owner())
        && knows(&draft, "owner")
        && !others.iter().any(|assignment| assignment.field == "owner")
    {
        draft.set("owner", &Value::Text(me.clone()))?;
    }
    fill_in_created(&mut draft, ctx.today.to_string())?;
    if let Some((day, step)) = card.next {
        next_step::promise(&mut draft, day, Some(step), ctx.today)?;
    }
    let draft = name_it(draft, card, ctx)?;
    let mut draft = begin_history(draft, ctx, author)?;
    match card.log {
        Some(entry) => log(&mut draft, entry, ctx, author).map(|()| draft),
        None => Ok(draft),
    }
}

/// The text to begin with, as a draft that lies where the template does, or nowhere yet.
fn begin<'c>(card: &NewCard<'_>, ctx: &Context<'c>) -> Result<Draft<'c>, Refusal> {
    let def = card.type_def;
    let Some((path, text)) = card.template else {
        let text = format!("---\ntype: {}\n---\n", def.name);
        return Draft::create(path_of(def, "new")?, text, ctx.config);
    };
    let draft = Draft::create(path.clone(), text, ctx.config).map_err(|refusal| match refusal {
        Refusal::Unreadable { findings } => {
            Refusal::Template { path: path.clone(), article: def.noun(), findings: findings.into() }
        }
        other => other,
    })?;
    if draft.record().record_type != def.name {
        let message =
            format!("the template {path} is for {}", draft.type_def().map_or_else(String::new, TypeDef::noun));
        return Err(Refusal::value(message, format!("write `type: {}` into it", def.name)));
    }
    Ok(draft)
}

/// What a card that is made can't be told by an assignment.
fn check(assignment: &Assignment) -> Result<(), Refusal> {
    let refused = |message: &str, hint: String| Err(Refusal::value(message, hint));
    match assignment.field.as_str() {
        "id" => refused("the id is the file's name", format!("say --id {}", assignment.value)),
        "type" => refused("the type is the first word", format!("karto new {} …", assignment.value)),
        "history" => refused("`history` can't be set", "its first line is written by itself".to_owned()),
        _ => Ok(()),
    }
}

/// A paper's client is that of the sale that it names.
fn fill_in_client(draft: &mut Draft<'_>, ctx: &Context<'_>) -> Result<(), Refusal> {
    let has_client = draft.type_def().is_some_and(|def| def.field("client").is_some());
    if !has_client || draft.record().value("client").is_some() {
        return Ok(());
    }
    let sale = draft.record().reference("opportunity").and_then(|sale| ctx.catalog.resolve(sale));
    match sale.and_then(|sale| sale.reference("client")) {
        Some(client) => draft.set("client", &Value::Text(client.to_string())),
        None => Ok(()),
    }
}

/// The stage that was said, else the template's, else the first of the pipeline.
fn fill_in_stage(draft: &mut Draft<'_>, said: Option<&str>) -> Result<(), Refusal> {
    let config = draft.config();
    let record = draft.record();
    // Of a pipeline that there is not, validation will speak.
    let pipeline = config.pipeline_for(record).or_else(|| config.pipelines_of(&draft.type_def()?.name).next());
    let Some(pipeline) = pipeline else {
        return match said {
            Some(_) => Err(Refusal::NoPipeline { article: draft.type_def().map_or_else(String::new, TypeDef::noun) }),
            None => Ok(()),
        };
    };
    let stage = match said.filter(|said| !said.is_empty()) {
        Some(said) => Some(stage::find(pipeline, said)?),
        None if config.stage_of(record).is_some() => return Ok(()),
        None => pipeline.stages.first(),
    };
    stage.map_or(Ok(()), |stage| draft.set("stage", &Value::Text(stage.id.clone())))
}

/// The day on which the card is made. Where the template has no place for it, it stands after the template's own order.
fn fill_in_created(draft: &mut Draft<'_>, today: String) -> Result<(), Refusal> {
    if !knows(draft, "created") || draft.record().value("created").is_some() {
        return Ok(());
    }
    let has_key = draft.document().front().is_some_and(|front| front.get("created").is_some());
    match has_key {
        true => draft.set("created", &Value::Text(today)),
        false => draft.add_last("created", &Value::Text(today)),
    }
}

/// The draft at the place where its card is to lie.
fn name_it<'c>(draft: Draft<'c>, card: &NewCard<'_>, ctx: &Context<'_>) -> Result<Draft<'c>, Refusal> {
    let def = card.type_def;
    let taken_by = |id: &str| taken(id, card, ctx);
    let id = match card.id {
        Some(id) => {
            check_id(id).map_err(|problem| naming::no_id(id, problem, def))?;
            id.to_owned()
        }
        None => naming::make(def, draft.record(), ctx, &|id| taken_by(id).is_some())?,
    };
    if let Some(why) = taken_by(&id) {
        let free = (2..1000).map(|number| format!("{id}-{number}")).find(|free| taken_by(free).is_none());
        let free = free.filter(|free| check_id(free).is_ok());
        let hint = free.map_or_else(|| "say another: --id …".to_owned(), |free| format!("say another: --id {free}"));
        return Err(Refusal::value(why, hint));
    }
    let path = path_of(def, &id)?;
    draft.moved_to(path)
}

/// Why an id is not free.
fn taken(id: &str, card: &NewCard<'_>, ctx: &Context<'_>) -> Option<String> {
    if let Some(record) = ctx.catalog.get(id) {
        let Record { path, .. } = record;
        return Some(match record.id == id {
            true => format!("the id `{id}` is taken by {path} ({})", record.name()),
            false => format!("the id `{id}` was once that of {path} ({}), and links may still name it", record.name()),
        });
    }
    let same = |name: &str| {
        name.rsplit_once('.').is_some_and(|(stem, end)| stem.eq_ignore_ascii_case(id) && end.eq_ignore_ascii_case("md"))
    };
    let unreadable = ctx.catalog.unreadable().iter().find(|path| same(path.file_name())).map(ToString::to_string);
    let file = || card.files.iter().find(|name| same(name)).map(|name| format!("{}/{name}", card.type_def.dir));
    unreadable.or_else(file).map(|path| format!("the id `{id}` is taken by the file {path}"))
}

fn path_of(def: &TypeDef, id: &str) -> Result<SourcePath, Refusal> {
    SourcePath::new(format!("{}/{id}.md", def.dir)).map_err(|error| {
        Refusal::value(format!("a card can't lie in `{}`: {error}", def.dir), "mend `dir` in the type's schema")
    })
}

/// The first line of history, of a type that has stages to move through.
fn begin_history<'c>(mut draft: Draft<'c>, ctx: &Context<'_>, author: &Author) -> Result<Draft<'c>, Refusal> {
    if draft.config().pipelines_of(&draft.record().record_type).next().is_none() {
        return Ok(draft);
    }
    let nothing = Record { fields: Vec::new(), history: Vec::new(), ..draft.record().clone() };
    let created = draft.record().when("created").map(|when| when.date).filter(|day| *day <= ctx.today);
    let author = Author { at: When::day(created.unwrap_or(ctx.today)), ..author.clone() };
    history::tell(&mut draft, &nothing, &author)?;
    Ok(draft)
}

fn knows(draft: &Draft<'_>, field: &str) -> bool {
    draft.type_def().is_some_and(|def| def.field(field).is_some())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;
    use crate::model::schema::Schemas;
    use crate::model::{Config, read_card};
    use crate::query::Hits;
    use crate::text::Document;

    /// The text of a card that is made beside a client `acme`, its lead and its sale, with its path in front.
    fn make(record_type: &str, name: &str, words: &[&str], template: Option<&str>) -> Result<String, Refusal> {
        let config = Config::builtin(Schemas::builtin());
        let card = |path: &str, text: &str| {
            read_card(
                &SourcePath::new(path).unwrap(),
                &Document::parse(format!("---\n{text}\nstage: x\n---\n")),
                &config,
            )
            .0
        };
        let cards = vec![
            card("clients/acme.md", "type: client\nname: Acme"),
            card("leads/lead-jan.md", "type: lead\nname: Jan"),
            card("opportunities/acme-erp.md", "type: opportunity\nname: ERP\nclient: acme"),
            card("offers/acme-erp-offer-2.md", "type: offer\nname: ERP\nformer_ids: [acme-erp-offer-4]"),
        ];
        let (catalog, hits) = (Catalog::build(cards, &config), Hits::default());
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let ctx = Context { catalog: &catalog, config: &config, today, me: Some("anna"), hits: &hits };
        let author = Author { person: Some("anna".to_owned()), at: When::day(today) };
        let path = SourcePath::new("templates/x.md").unwrap();
        let card = NewCard {
            type_def: config.schemas.get(record_type).unwrap(),
            name,
            id: None,
            assignments: &words.iter().map(|word| word.parse().unwrap()).collect::<Vec<_>>(),
            next: None,
            log: None,
            template: template.map(|text| (&path, text.as_bytes())),
            files: &["acme-service.MD".to_owned()],
        };
        let (path, change) = create(&card, &ctx, &author)?.into_change();
        assert_eq!(change.before, None);
        Ok(format!("{path}\n{}", String::from_utf8(change.after.unwrap()).unwrap()))
    }

    #[test]
    fn a_card_says_what_was_said_who_owns_it_and_how_it_began() {
        let made = make("opportunity", "Second line", &["client=ac", "value=1500,50", "region=east"], None).unwrap();
        let expected = "opportunities/acme-second-line.md\n---\ntype: opportunity\nname: Second line\nclient: acme\n\
            owner: anna\nstage: identification\nvalue: 1500.50\nregion: east\ncreated: 2026-11-23\nhistory:\n  \
            - 2026-11-23 identification owner=anna value=1500.50 @anna\n---\n";
        assert_eq!(made, expected);
        // One that began earlier has been where it is since then; without stages there is nothing to tell.
        let older = make("lead", "Ewa", &["created=2026-10-01", "stage=contacted", "owner="], None).unwrap();
        assert!(older.contains("  - 2026-10-01 contacted @anna\n") && !older.contains("owner"), "{older}");
        assert!(!make("competitor", "Solaris", &[], None).unwrap().contains("history"));
    }

    #[test]
    fn an_id_is_made_of_what_the_card_belongs_to() {
        let path = |record_type: &str, name: &str, words: &[&str]| {
            make(record_type, name, words, None).map(|made| made.lines().next().unwrap_or_default().to_owned())
        };
        assert_eq!(path("lead", "Łódź Tools", &[]).unwrap(), "leads/lead-lodz-tools.md");
        assert_eq!(path("opportunity", "CRM", &["lead=lead-jan"]).unwrap(), "opportunities/lead-jan-crm.md");
        assert_eq!(path("offer", "ERP", &["opportunity=acme-e"]).unwrap(), "offers/acme-erp-offer-5.md");
        assert_eq!(path("offer", "ERP", &["client=acme"]).unwrap(), "offers/acme-offer-1.md");
        assert_eq!(path("invoice", "ERP", &["opportunity=acme-erp"]).unwrap(), "invoices/acme-invoice-1.md");
        assert_eq!(path("case", "Too slow", &[]).unwrap(), "cases/too-slow.md");
        for (record_type, name, words) in [
            ("client", "Acme", &[][..]),
            ("case", "Service", &["client=acme"]),
            ("client", "None", &[]),
            ("client", "?", &[]),
        ] {
            assert!(path(record_type, name, words).is_err(), "{record_type} {name}");
        }
    }

    #[test]
    fn a_template_begins_the_card_and_its_blank_keys_wait() {
        let template = "---\n# who\ntype: lead\nname:\nowner: piotr # for now\nphone:\nstage: contacted\n---\nAsk.\n";
        let made = make("lead", "Ewa", &["source=fair"], Some(template)).unwrap();
        assert!(
            made.contains(
                "# who\ntype: lead\nname: Ewa\nowner: piotr # for now\nphone:\nsource: fair\nstage: contacted\n"
            ),
            "{made}"
        );
        assert!(made.ends_with("  - 2026-11-23 contacted owner=piotr @anna\n---\nAsk.\n"), "{made}");
        for wrong in ["# no card\n", "---\ntype: client\n---\n", "---\ntype: lead\nname: [\n---\n"] {
            assert!(make("lead", "Ewa", &[], Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_no_new_field_unless_somebody_uses_it() {
        assert!(make("lead", "Ewa", &["sorce=fair"], None).is_err());
        assert!(make("lead", "Ewa", &["sorce=fair"], Some("---\ntype: lead\nsorce:\n---\n")).is_ok());
        assert!(make("lead", "Ewa", &["favourite_colour=red"], None).is_ok());
    }

    #[test]
    fn a_contact_is_added_as_on_a_card_that_is_there_and_none_can_be_taken_away() {
        let made = |word: &str| make("client", "Nowa", &[word], None);
        assert_eq!(made("contact=Jan Kowalski").unwrap(), made("contacts+=Jan Kowalski").unwrap());
        assert_eq!(made("contact+=Jan Kowalski").unwrap(), made("contacts+=Jan Kowalski").unwrap());
        let refused = made("contact-=Jan Kowalski").unwrap_err().to_string();
        assert_eq!(refused, "`contact` only adds one");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_name_is_kept_or_refused(name in "\\PC{1,100}") {
            if let Ok(made) = make("campaign", &name, &[], None) {
                let (path, text) = made.split_once('\n').unwrap();
                let document = Document::parse(text);
                let said = document.front().and_then(|front| front.get("name")).map(|name| name.raw().into_owned());
                prop_assert_eq!(said, Some(name));
                let id = path.strip_prefix("campaigns/").and_then(|path| path.strip_suffix(".md")).unwrap();
                prop_assert_eq!(check_id(id), Ok(()));
            }
        }
    }
}
