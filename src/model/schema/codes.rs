//! The findings of schemas, and of cards against them.

use crate::diagnostic::codes;

codes! {
    SCHEMA_SYNTAX = Error "schema-syntax", "A schema file is not valid JSON",
        "A file in `schemas/` can't be read as JSON, so it is not used; the built-in schema serves in its place. \
         Mend the place that is shown: most often a comma or a quote is missing or too many, or a comment stands \
         there, which JSON does not have.";
    SCHEMA_INVALID = Error "schema-invalid", "A schema file is not a valid JSON Schema",
        "The file is JSON, but a keyword in it has a value that JSON Schema (draft 2020-12) does not allow, for \
         example `\"type\": \"text\"` in place of `\"type\": \"string\"`. The file is not used; the built-in schema \
         serves in its place.";
    SCHEMA_REF = Error "schema-ref", "A `$ref` of a schema leads nowhere",
        "A `$ref` may name a built-in schema (`karto:lead`, `karto:common#/$defs/money`), another file in \
         `schemas/`, or a place in the same file (`#/$defs/…`). Nothing is ever fetched from the network. The file \
         is not used until the `$ref` is right; the built-in schema serves in its place.";
    SCHEMA_TYPE = Error "schema-type", "A schema does not say which type it is for",
        "A schema extends a built-in type by `\"$ref\": \"karto:lead\"`, replaces one by its file name \
         (`lead.schema.json`), or adds a type by `\"x-type\": {\"name\": \"partner\", \"dir\": \"partners\", \"id\": \
         \"{name}\"}`. The name is written as ids are, the folder lies within the workspace, and the id pattern is \
         made of small letters, digits, hyphens and `{name}`, `{client}`, `{opportunity}`, `{type}` or `{n}`. Files \
         that hold nothing but `$defs` for others need none of it.";
    SCHEMA_DUPLICATE = Error "schema-duplicate", "Two schema files are for one type",
        "Only the first of them, by file name, is used. Join them into one file, or give one another type.";
    SCHEMA_CONFLICT = Error "schema-conflict", "A field has two kinds in one workspace",
        "A field name means the same everywhere, so that a question such as `value:50000..` has one answer. A schema \
         gives a field another kind of value than another type has for it. Give the field another name, or the same \
         kind.";
    SCHEMA_ANNOTATION = Warning "schema-annotation", "An `x-…` keyword of a schema is not understood",
        "`x-ref` names one type or a list of them (`client`, `client#contact`), `x-key` the field by which the maps \
         of a list are told apart, `x-choice` a list of `choices:` in karto.yaml; `x-person`, `x-money` and \
         `x-tracked` are `true`; `x-kind` is one of `id`, `type`, `stage`, `pipeline`, `percent`, `duration`, \
         `currency`, `email`, `phone`, `url`. What is not understood is left aside.";
    FIELD_MISSING = Error "field-missing", "A field that must be there is missing",
        "Every card has a `type`, a `name` and a `stage` (a competitor has no stage), and some types need more, as \
         their schema says; `karto schema TYPE` shows it. An empty field counts as missing. Add the line.";
    FIELD_TYPE = Error "field-type", "A value is not of the field's kind",
        "The field holds another kind of value than its schema says: text where a number belongs, one value where a \
         list belongs, or the like. A list is written one item a line, each after `- `; a number without spaces or \
         units; yes and no as `true` and `false`.";
    FIELD_VALUE = Error "field-value", "A value is not one of those that the field allows",
        "The field knows a fixed set of values, and this is none of them; often it is a slip of the pen. Use one of \
         those that the message lists, or add your own value by a schema in `schemas/`.";
    FIELD_RANGE = Error "field-range", "A value is too small, too large, too short or too long",
        "The schema sets a limit: a percentage lies between 0 and 100, for example. Mend the value, or the limit in \
         your schema.";
    FIELD_FORMAT = Error "field-format", "A value is not written as the field wants it",
        "The field wants its value in a certain form: an e-mail address with an `@`, a currency as three capital \
         letters, a length of time as `14d`. The message shows the form.";
    FIELD_DATE = Error "field-date", "A date can't be read",
        "A date is written year, month, day: `2026-11-25`, with a time `2026-11-25T14:30`. So it sorts rightly and \
         means the same in every country; `25.11.2026` and `11/25/2026` do not. Also a day that the calendar does \
         not have, such as `2026-02-30`, is no date.";
    FIELD_MONEY = Error "field-money", "An amount can't be read",
        "An amount is written with a point before the decimals and nothing between the thousands: `120000.50`. The \
         currency stands in a field of its own, `currency: PLN`, not beside the amount.";
    FIELD_UNKNOWN = Error "field-unknown", "A field that the schema does not know",
        "Cards may have fields of your own, unless their schema says `\"additionalProperties\": false`; the \
         configuration and some lists do. Mend the name, add the field to the schema, or take it away.";
    FIELD_DUPLICATE = Error "field-duplicate", "Two entries of a list have the same id",
        "The entries of this list are told apart by their id (shares of a sale by the person), for links, log entries \
         and merging. Give each its own.";
    FIELD_RULE = Error "field-rule", "A card breaks a rule of its schema",
        "The schema holds a rule over several values, such as `oneOf`, `not` or `if`, that this card does not keep. \
         `karto schema TYPE` shows the rule.";
}
