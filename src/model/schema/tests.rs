use serde_json::json;

use super::*;
use crate::model::kind::{Kind, Target};

/// What the issue's table lists for each type, beside the fields of every card.
const TABLE: &[(&str, &str)] = &[
    (
        "lead",
        "kind company contacts email phone website address language campaign referred_by client initiated_by class \
         potential do_not_contact converted_to disqualified_reason",
    ),
    (
        "client",
        "kind legal_name tax_id contacts email phone website address language class potential parent payment_terms \
         do_not_contact not_same_as",
    ),
    (
        "opportunity",
        "client lead stakeholders campaign case value currency rate expected_close probability needs budget products \
         competitors credit won_reason lost_reason lost_to lesson",
    ),
    (
        "offer",
        "number version client opportunity contact value currency rate valid_until products reject_reason supersedes \
         alternative_to",
    ),
    ("contract", "number client opportunity value currency rate starts ends renews notice"),
    ("invoice", "number kind corrects client opportunity value gross currency rate due payments"),
    ("delivery", "number client opportunity planned shipped products"),
    ("case", "kind client contact invoice delivery case_cost resolution"),
    ("campaign", "segment channel starts ends budget members"),
    ("competitor", "aliases website strengths weaknesses"),
];
const EVERY_CARD: &str =
    "type name owner stage pipeline tags next_contact next_step created history former_ids source files";

fn words(list: &str) -> Vec<&str> {
    let mut words: Vec<&str> = list.split_whitespace().collect();
    words.sort_unstable();
    words
}

fn names(fields: &[FieldDef]) -> Vec<&str> {
    let mut names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_built_in_schema_is_a_valid_schema() {
    for (name, text) in BUILT_IN.iter().chain(&[("karto", CONFIGURATION)]) {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$id"], format!("karto:{name}"));
    }
    let schemas = Schemas::builtin();
    assert_eq!(schemas.types().len(), TABLE.len());
    for definition in schemas.types() {
        assert_eq!(definition.rules.compile(), Ok(()), "{}", definition.name);
    }
    assert_eq!(schemas.configuration.rules.compile(), Ok(()));
}

#[test]
fn each_type_has_the_fields_of_the_table() {
    let schemas = Schemas::builtin();
    for (name, own) in TABLE {
        let definition = schemas.get(name).unwrap();
        assert_eq!(names(&definition.fields), words(&format!("{EVERY_CARD} {own}")), "{name}");
        assert_eq!(definition.field("type").unwrap().kind, Kind::RecordType);
    }
}

#[test]
fn what_must_be_there_is_type_name_stage_and_a_client_of_papers() {
    for definition in Schemas::builtin().types() {
        let mut required: Vec<&str> = definition.required().collect();
        required.sort_unstable();
        let expected: &[&str] = match &*definition.name {
            "competitor" => &["name", "type"],
            "invoice" | "contract" | "delivery" => &["client", "name", "stage", "type"],
            _ => &["name", "stage", "type"],
        };
        assert_eq!(required, expected, "{}", definition.name);
    }
}

#[test]
fn lists_of_maps_have_their_fields_and_their_key() {
    let schemas = Schemas::builtin();
    for (path, fields, key) in [
        ("lead.contacts", "id name role email phone decides consent consent_source do_not_contact", "id"),
        ("client.contacts", "id name role email phone decides consent consent_source do_not_contact", "id"),
        ("opportunity.products", "id name quantity unit price discount vat cost", "id"),
        ("offer.products", "id name quantity unit price discount vat cost", "id"),
        ("delivery.products", "id name quantity unit price discount vat cost", "id"),
        ("opportunity.credit", "person share", "person"),
        ("invoice.payments", "id date amount ref", "id"),
    ] {
        let (type_name, name) = path.split_once('.').unwrap();
        let field = schemas.get(type_name).unwrap().field(name).unwrap();
        assert_eq!(field.kind, Kind::List(Box::new(Kind::Map)), "{path}");
        assert_eq!(names(&field.fields), words(fields), "{path}");
        assert_eq!(field.key.as_deref(), Some(key), "{path}");
    }
}

fn each_field<'a>(fields: &'a [FieldDef], visit: &mut impl FnMut(&'a FieldDef)) {
    for field in fields {
        visit(field);
        each_field(&field.fields, visit);
        each_field(field.rest.as_deref().map(std::slice::from_ref).unwrap_or_default(), visit);
    }
}

#[test]
fn each_field_says_in_plain_words_what_it_is_for() {
    let schemas = Schemas::builtin();
    let mut check = |field: &FieldDef| {
        assert!(field.title.starts_with(char::is_uppercase), "title of {}", field.name);
        assert!(field.description.ends_with(['.', '…']), "description of {}", field.name);
    };
    for definition in schemas.types() {
        each_field(&definition.fields, &mut check);
    }
    each_field(schemas.config_fields(), &mut check);
}

#[test]
fn a_field_name_has_one_kind_wherever_it_stands() {
    let schemas = Schemas::builtin();
    let mut known: Vec<&FieldDef> = Vec::new();
    for definition in schemas.types() {
        each_field(&definition.fields, &mut |field| {
            assert_ne!(field.kind, Kind::Any, "{}", field.name);
            match known.iter().find(|other| other.name == field.name) {
                Some(other) => assert!(other.kind.agrees_with(&field.kind), "{} of {}", field.name, definition.name),
                None => known.push(field),
            }
        });
    }
}

#[test]
fn references_money_people_and_what_is_tracked_are_known() {
    let schemas = Schemas::builtin();
    let kind = |type_name: &str, field: &str| schemas.get(type_name).unwrap().field(field).unwrap().kind.clone();
    let to = |names: &[&str]| Kind::Reference(names.iter().filter_map(|name| Target::parse(name)).collect());
    let list = |kind| Kind::List(Box::new(kind));
    assert_eq!(kind("opportunity", "client"), to(&["client"]));
    assert_eq!(kind("offer", "contact"), to(&["client#contact"]));
    assert_eq!(kind("opportunity", "stakeholders"), list(to(&["client#contact", "lead#contact"])));
    assert_eq!(kind("campaign", "budget"), Kind::Money);
    assert_eq!(kind("case", "case_cost"), Kind::Money);
    assert_eq!(kind("lead", "potential"), Kind::Percent);
    assert_eq!(kind("lead", "owner"), Kind::Person);
    assert_eq!(kind("lead", "stage"), Kind::Stage);
    assert_eq!(kind("lead", "next_contact"), Kind::Date);
    assert_eq!(kind("client", "tax_id"), Kind::Text);
    assert_eq!(kind("contract", "notice"), Kind::Duration);
    let channels = ["call", "message", "email", "letter", "visit"].map(str::to_owned).to_vec();
    assert_eq!(kind("lead", "do_not_contact"), Kind::YesOr(Box::new(list(Kind::Choice(channels)))));
    let contacts = schemas.get("lead").unwrap().field("contacts").unwrap();
    assert_eq!(contacts.field("consent").unwrap().kind, Kind::YesOr(Box::new(Kind::Date)));
    let tracked = |name: &str| {
        let fields = schemas.get(name).unwrap().fields.iter().filter(|field| field.tracked);
        fields.map(|field| field.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(tracked("offer"), ["owner", "stage", "pipeline"]);
    let mut opportunity = tracked("opportunity");
    opportunity.sort_unstable();
    let all = "owner stage pipeline value currency probability expected_close lost_reason lost_to won_reason";
    assert_eq!(opportunity, words(all));
    let lost = schemas.get("opportunity").unwrap().field("lost_reason").unwrap();
    assert_eq!((lost.choice_list.as_deref(), &lost.kind), (Some("lost_reason"), &Kind::Choice(vec![])));
}

#[test]
fn folders_and_id_patterns_are_those_of_the_contract() {
    let schemas = Schemas::builtin();
    for (name, dir, id) in [
        ("lead", "leads", "lead-{name}"),
        ("client", "clients", "{name}"),
        ("opportunity", "opportunities", "{client}-{name}"),
        ("offer", "offers", "{opportunity}-offer-{n}"),
        ("contract", "contracts", "{client}-{type}-{n}"),
        ("invoice", "invoices", "{client}-{type}-{n}"),
        ("delivery", "deliveries", "{client}-{type}-{n}"),
        ("case", "cases", "{client}-{name}"),
        ("campaign", "campaigns", "{name}"),
        ("competitor", "competitors", "{name}"),
    ] {
        let definition = schemas.get(name).unwrap();
        assert_eq!((definition.dir.as_str(), definition.id_pattern.as_str()), (dir, id), "{name}");
    }
}

// Cards against their schema.

fn check(type_name: &str, card: Value) -> Vec<(&'static str, String)> {
    let mut whole = json!({"type": type_name, "name": "X", "stage": "new"});
    for (key, value) in card.as_object().unwrap() {
        whole[key] = value.clone();
    }
    let findings = Schemas::builtin().get(type_name).unwrap().validate(&whole);
    findings.into_iter().map(|finding| (finding.code.as_str(), finding.message)).collect()
}

fn only(type_name: &str, card: Value) -> (&'static str, String) {
    let mut findings = check(type_name, card);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[test]
fn the_card_of_the_contract_is_sound() {
    let card = json!({
        "type": "opportunity", "name": "ERP rollout", "client": "acme-trade", "owner": "anna", "stage": "offer",
        "next_contact": "2026-11-25", "next_step": "Ask whether the board has met", "value": "120000",
        "currency": "PLN", "expected_close": "2026-12-15T00:00:00.000Z", "stakeholders": ["acme-trade#kowalski"],
        "tags": ["erp", "2026"], "history": ["2026-10-01 identification @anna"], "own_parameter": {"a": [1]},
        "probability": null,
    });
    assert_eq!(Schemas::builtin().get("opportunity").unwrap().validate(&card), []);
}

#[test]
fn what_is_wrong_is_said_in_plain_words() {
    for (type_name, card, code, message) in [
        ("lead", json!({"name": null}), "field-missing", "a lead needs `name`"),
        ("invoice", json!({}), "field-missing", "an invoice needs `client`"),
        ("opportunity", json!({"probability": 150}), "field-range", "`probability` must be between 0 and 100, not 150"),
        (
            "lead",
            json!({"kind": "compnay"}),
            "field-value",
            "`kind` must be one of company, person, not `compnay`; did you mean `company`?",
        ),
        (
            "lead",
            json!({"potential": "high"}),
            "field-type",
            "`potential` must be a number between 0 and 100, not `high`",
        ),
        (
            "lead",
            json!({"next_contact": "25.11.2026"}),
            "field-date",
            "`next_contact` must be a date such as 2026-11-25, not `25.11.2026`; did you mean `2026-11-25`?",
        ),
        (
            "lead",
            json!({"next_contact": "2026-02-30"}),
            "field-date",
            "`next_contact` must be a date such as 2026-11-25, not `2026-02-30`",
        ),
        (
            "opportunity",
            json!({"value": "120 000,50"}),
            "field-money",
            "`value` must be an amount such as 120000.50, not `120 000,50`; did you mean `120000.50`?",
        ),
        ("lead", json!({"tags": "erp"}), "field-type", "`tags` must be a list, each text, not `erp`"),
        ("lead", json!({"tags": ["a", ["b"]]}), "field-type", "no. 2 of `tags` must be text, not a list"),
        (
            "client",
            json!({"contacts": [{"id": "kowalski", "email": "kowalski"}]}),
            "field-format",
            "`email` of `kowalski` in `contacts` must be an e-mail address, not `kowalski`",
        ),
        (
            "client",
            json!({"contacts": [{"decides": "tak"}]}),
            "field-type",
            "`decides` of no. 1 in `contacts` must be true or false, not `tak`",
        ),
        (
            "client",
            json!({"contacts": [{"id": "a"}, {"id": "b"}, {"id": "a"}]}),
            "field-duplicate",
            "two entries of `contacts` have the same `id`, `a`",
        ),
        (
            "lead",
            json!({"do_not_contact": ["call", "emial"]}),
            "field-value",
            "no. 2 of `do_not_contact` must be one of call, message, email, letter, visit, not `emial`; did you mean \
             `email`?",
        ),
        (
            "lead",
            json!({"do_not_contact": "never"}),
            "field-type",
            "`do_not_contact` must be true, false or a list, each one of call, message, email, letter, visit, not \
             `never`",
        ),
        (
            "opportunity",
            json!({"currency": "zł"}),
            "field-format",
            "`currency` must be a currency in three capital letters, such as PLN, not `zł`",
        ),
        ("opportunity", json!({"rate": 0}), "field-range", "`rate` must be more than 0, not 0"),
        ("lead", json!({"name": {"a": 1}}), "field-type", "`name` must be text, not a group of fields"),
    ] {
        assert_eq!(only(type_name, card), (code, message.to_owned()));
    }
}

#[test]
fn a_finding_leads_to_its_place_and_to_what_was_meant() {
    let schemas = Schemas::builtin();
    let card = json!({"type": "lead", "name": "X", "contacts": [{"id": "a"}, {"email": "x"}]});
    let findings = schemas.get("lead").unwrap().validate(&card);
    let missing = findings.iter().find(|finding| finding.code == codes::FIELD_MISSING).unwrap();
    assert_eq!((missing.path.as_slice(), missing.missing.as_deref()), (&[][..], Some("stage")));
    let email = findings.iter().find(|finding| finding.code == codes::FIELD_FORMAT).unwrap();
    assert_eq!(email.path, [Step::Key("contacts".into()), Step::Item(1), Step::Key("email".into())]);
}

#[test]
fn text_that_yaml_made_something_else_of_is_still_text() {
    let card = json!({"name": 2024, "tax_id": 5_261_040_828_u64, "phone": 48_600_100_200_u64, "legal_name": true});
    assert_eq!(check("client", card), []);
}

#[test]
fn front_matter_that_is_no_map_is_a_finding_and_no_crash() {
    for odd in [json!([]), json!("text"), json!(7), json!(null)] {
        assert_eq!(Schemas::builtin().get("lead").unwrap().validate(&odd).len(), 1, "{odd}");
    }
}

// The configuration.

#[test]
fn the_configuration_of_the_contract_is_sound_and_so_is_an_empty_one() {
    let schemas = Schemas::builtin();
    let config = json!({
        "format": 1, "currency": "PLN",
        "rates": {"EUR": 4.28, "RON": [{"from": "2026-01-01", "rate": 0.86}, {"from": "2026-07-01", "rate": 0.84}]},
        "timezone": "Europe/Warsaw",
        "people": {"anna": {"name": "Anna Nowak", "email": "anna@example.com"}, "piotr": null},
        "pipelines": {"sales": {"type": "opportunity", "requires": ["next_action"], "stages": [
            {"id": "identification", "label": "Identyfikacja", "probability": 10, "stale_after": "14d"},
            {"id": "on-hold", "parked": true},
            {"id": "won", "label": "Wygrana", "outcome": "won", "requires": ["won_reason"]},
        ]}},
        "choices": {"lost_reason": ["price", "product"]},
        "log": {"kinds": {"fair": {"label": "Targi", "counts": "contact", "aliases": ["targi", "târg", "vásár"]}}},
        "contact_interval": {"A": "30d", "B": "90d"},
        "limits": {"open_leads_per_owner": 30},
        "segments": {"key-neglected": "type:client class:A (last_contact:..-90d OR last_contact:none)"},
    });
    assert_eq!(schemas.validate_config(&config), []);
    assert_eq!(schemas.validate_config(&json!({})), []);
    assert_eq!(schemas.validate_config(&json!(null)), []);
}

#[test]
fn mistakes_in_the_configuration_are_said_in_plain_words() {
    let schemas = Schemas::builtin();
    for (config, message) in [
        (json!({"curency": "PLN"}), "karto.yaml has no field `curency`; did you mean `currency`?"),
        (
            json!({"pipelines": {"sales": {"type": "lead", "stages": [{"id": "new", "probability": 120}]}}}),
            "`probability` of `new` in `stages` must be between 0 and 100, not 120",
        ),
        (json!({"pipelines": {"sales": {"type": "lead"}}}), "`sales` in `pipelines` needs `stages`"),
        (
            json!({"pipelines": {"s": {"type": "lead", "stages": [{"id": "new", "stale_afer": "1d"}]}}}),
            "`new` of `stages` has no field `stale_afer`; did you mean `stale_after`?",
        ),
        (
            json!({"rates": {"RON": [{"from": "1.1.2026", "rate": 1}]}}),
            "`from` of no. 1 in `RON` must be a date such as 2026-11-25, not `1.1.2026`; did you mean `2026-01-01`?",
        ),
        (
            json!({"contact_interval": {"A": "monthly"}}),
            "`A` in `contact_interval` must be a length of time such as 14d, 2w, 3m or 1y, not `monthly`",
        ),
    ] {
        let messages: Vec<String> = schemas.validate_config(&config).into_iter().map(|f| f.message).collect();
        assert_eq!(messages, [message]);
    }
}

// Schemas of a workspace.

fn with(files: &[(&str, &str)]) -> (Schemas, Vec<(String, String)>) {
    let files: Vec<(SourcePath, String)> =
        files.iter().map(|(path, text)| (SourcePath::new(path).unwrap(), (*text).to_owned())).collect();
    let (schemas, diagnostics) = Schemas::with(&files);
    let shown = diagnostics.into_iter().map(|found| {
        let text = files.iter().find(|(path, _)| Some(path) == found.path.as_ref()).map_or("", |(_, text)| text);
        let place = found.span.map_or(String::new(), |span| span.of(text).to_owned());
        (found.code.to_string(), place)
    });
    (schemas, shown.collect())
}

#[test]
fn a_workspace_extends_a_type() {
    let text = r#"{"$ref": "karto:client", "required": ["region"],
        "properties": {"region": {"title": "Region", "enum": ["north", "south"]}, "class": {"x-tracked": true}}}"#;
    for path in ["schemas/client.schema.json", "schemas/our-clients.schema.json"] {
        let (schemas, found) = with(&[(path, text)]);
        assert_eq!(found, []);
        assert_eq!(schemas.types().len(), TABLE.len());
        let client = schemas.get("client").unwrap();
        assert_eq!((client.dir.as_str(), client.title.as_str()), ("clients", "Client"));
        assert!(client.field("class").unwrap().tracked);
        assert_eq!(client.fields.last().unwrap().name, "region");
        let findings = client.validate(&json!({"type": "client", "name": "A", "stage": "active", "region": "nroth"}));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].suggestion.as_deref(), Some("north"));
        let findings = client.validate(&json!({"type": "client", "stage": "active"}));
        let missing: Vec<_> = findings.iter().filter_map(|finding| finding.missing.as_deref()).collect();
        assert_eq!(missing.len(), 2, "{missing:?}");
    }
}

#[test]
fn a_workspace_adds_a_type() {
    let (schemas, found) = with(&[(
        "schemas/partner.schema.json",
        r#"{"$ref": "karto:common#/$defs/record", "title": "Partner",
            "x-type": {"name": "partner", "dir": "partners", "id": "{name}"},
            "properties": {"commission": {"$ref": "karto:common#/$defs/percent", "title": "Commission"},
                           "client": {"$ref": "karto:common#/$defs/client"}}}"#,
    )]);
    assert_eq!(found, []);
    let partner = schemas.get("partner").unwrap();
    assert_eq!((partner.dir.as_str(), partner.id_pattern.as_str()), ("partners", "{name}"));
    assert_eq!(partner.field("commission").unwrap().kind, Kind::Percent);
    assert_eq!(partner.field("commission").unwrap().title, "Commission");
    assert_eq!(partner.fields.len(), words(EVERY_CARD).len() + 2);
    assert_eq!(partner.required().collect::<Vec<_>>(), ["type", "name"]);
}

#[test]
fn a_new_type_has_the_fields_of_every_card_even_if_it_forgets_them() {
    let (schemas, found) = with(&[(
        "schemas/partner.schema.json",
        r#"{"x-type": {"name": "partner"}, "properties": {"stage": {"title": "Step"}, "region": {"type": "string"}}}"#,
    )]);
    assert_eq!(found, []);
    let partner = schemas.get("partner").unwrap();
    assert_eq!(partner.fields.len(), words(EVERY_CARD).len() + 1);
    assert_eq!(partner.field("next_contact").unwrap().kind, Kind::Date);
    let stage = partner.field("stage").unwrap();
    assert_eq!((stage.title.as_str(), &stage.kind), ("Step", &Kind::Stage));
    let card = json!({"type": "partner", "name": "A", "next_contact": "soon"});
    assert_eq!(partner.validate(&card)[0].code, codes::FIELD_DATE);
}

#[test]
fn a_broken_schema_is_a_finding_and_the_built_in_one_serves() {
    for (text, code, place) in [
        ("{\n  \"properties\": {,}\n}", "schema-syntax", ","),
        ("", "schema-syntax", ""),
        (r#"{"properties": {"a": {"type": "text"}}}"#, "schema-invalid", "\"text\""),
        (r#"{"properties": {"a": {"pattern": "("}}}"#, "schema-invalid", ""),
        (r#"{"$ref": "karto:laed"}"#, "schema-ref", "\"karto:laed\""),
        (r#"{"$ref": "https://example.com/lead.json"}"#, "schema-ref", "\"https://example.com/lead.json\""),
        (r#"{"$id": "karto:lead", "properties": {}}"#, "schema-invalid", "\"karto:lead\""),
        (
            r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#,
            "schema-invalid",
            "\"http://json-schema.org/draft-07/schema#\"",
        ),
        (r#"{"x-type": {"name": "../x"}}"#, "schema-type", "\"../x\""),
        (r#"{"x-type": {"name": "x", "dir": "../x"}}"#, "schema-type", "\"../x\""),
        (r#"{"x-type": {"name": "x", "id": "{x}"}}"#, "schema-type", "\"{x}\""),
        ("[]", "schema-invalid", "[]"),
    ] {
        let (schemas, found) = with(&[("schemas/lead.schema.json", text)]);
        assert_eq!(found, [(code.to_owned(), place.to_owned())], "{text}");
        let lead = schemas.get("lead").unwrap();
        assert_eq!((lead.fields.len(), &lead.source), (30, &None), "{text}");
        assert_eq!(schemas.types().len(), TABLE.len());
    }
}

#[test]
fn a_schema_that_refers_to_itself_without_end_is_no_crash() {
    let card = json!({"type": "lead", "name": "A", "stage": "new", "x": {"x": {}}});
    for text in [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#"}], "properties": {"x": {"$ref": "#"}}}"##,
        r##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##,
        r##"{"not": {"$ref": "#"}}"##,
        r##"{"$ref": "lead.schema.json", "anyOf": [{"$ref": "#"}, {"$ref": "#/anyOf/1"}]}"##,
    ] {
        let (schemas, _) = with(&[("schemas/lead.schema.json", text)]);
        schemas.get("lead").unwrap().validate(&card);
    }
}

#[test]
fn definitions_for_others_need_no_type_and_a_schema_without_one_is_a_finding() {
    let shared = ("schemas/shared.json", r#"{"$defs": {"region": {"title": "Region", "enum": ["north"]}}}"#);
    let lead = (
        "schemas/lead.schema.json",
        r#"{"$ref": "karto:lead", "properties": {"region": {"$ref": "shared.json#/$defs/region"}}}"#,
    );
    let (schemas, found) = with(&[lead, shared]);
    assert_eq!(found, []);
    assert_eq!(schemas.get("lead").unwrap().field("region").unwrap().title, "Region");
    let (_, found) = with(&[("schemas/partner.schema.json", r#"{"properties": {}}"#)]);
    assert_eq!(found[0].0, "schema-type");
}

#[test]
fn kinds_that_disagree_and_words_that_mean_nothing_are_findings() {
    let (_, found) = with(&[(
        "schemas/lead.schema.json",
        r#"{"$ref": "karto:lead", "properties": {"value": {"type": "string"}, "a": {"x-ref": "nobody"}, "b": {"x-money": 1}}}"#,
    )]);
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["schema-annotation", "schema-conflict", "schema-annotation"]);
    assert_eq!(found[1].1, r#"{"type": "string"}"#);
    assert_eq!(found[2].1, r#"{"x-ref": "nobody"}"#);
}

#[test]
fn of_two_schemas_for_one_type_the_first_is_used() {
    let (schemas, found) = with(&[
        ("schemas/b.schema.json", r#"{"$ref": "karto:lead", "title": "B"}"#),
        ("schemas/a.schema.json", r#"{"$ref": "karto:lead", "title": "A"}"#),
    ]);
    assert_eq!(found[0].0, "schema-duplicate");
    assert_eq!(schemas.get("lead").unwrap().title, "A");
}

#[test]
fn an_effective_schema_stands_on_its_own_and_names_what_the_workspace_has() {
    let schemas = Schemas::builtin();
    let words = Words {
        stages: vec!["offer", "won"],
        people: vec!["anna"],
        choices: vec![("lost_reason", vec!["price"])],
        ..Words::default()
    };
    let schema = schemas.get("opportunity").unwrap().effective_schema(&words);
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    assert!(!schema.to_string().contains("karto:"));
    let validator = jsonschema::draft202012::options().offline().build(&schema).unwrap();
    let card = |key: &str, value: &str| {
        let mut card = json!({"type": "opportunity", "name": "A", "stage": "offer", "owner": "anna"});
        card[key] = value.into();
        card
    };
    for (key, value, fits) in [
        ("stage", "won", true),
        ("stage", "new", false),
        ("owner", "piotr", false),
        ("lost_reason", "price", true),
        ("lost_reason", "rain", false),
        ("type", "lead", false),
        ("won_reason", "anything", true),
    ] {
        assert_eq!(validator.is_valid(&card(key, value)), fits, "{key}: {value}");
    }
}

#[test]
fn the_words_of_a_type_are_those_of_its_pipelines() {
    let config = crate::model::Config::builtin(Schemas::builtin());
    let words = Words::of(&config, "opportunity");
    let stages = ["identification", "qualification", "offer", "negotiation", "on-hold", "won", "lost"];
    assert_eq!(words.stages, stages);
    assert!(words.choices.iter().any(|(name, values)| *name == "lost_reason" && values.contains(&"price")));
    assert_eq!(Words::of(&config, "competitor").stages, [""; 0]);
}
