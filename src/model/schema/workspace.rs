//! The workspace's own schemas, joined with the built-in ones.

use std::sync::Arc;

use serde_json::{Value, json};

use super::agreement;
use super::field::{OddAnnotation, fields_of, word_of_type};
use super::library::{DRAFT, Library};
use super::locate::{at_line, locate};
use super::rules::Rules;
use super::{Schemas, TypeDef, codes};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::check_id;
use crate::text::{SourcePath, Span};

/// What `x-type` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeNote {
    name: String,
    dir: Option<String>,
    id: Option<String>,
}

impl TypeNote {
    /// The note of a schema, if it has one with a name.
    pub(super) fn of(schema: &Value) -> Option<Self> {
        let note = schema.get("x-type")?;
        let text = |key: &str| note.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self { name: text("name")?, dir: text("dir"), id: text("id") })
    }
}

/// The type that a bundled schema describes, with the annotations that it has wrong.
pub(super) fn type_def(bundle: Value, note: TypeNote, source: Option<SourcePath>) -> (TypeDef, Vec<OddAnnotation>) {
    let (fields, odd) = fields_of(&bundle);
    let definition = TypeDef {
        title: word_of_type(&bundle, "title").unwrap_or_else(|| note.name.clone()),
        description: word_of_type(&bundle, "description").unwrap_or_default(),
        dir: note.dir.unwrap_or_else(|| note.name.clone()),
        id_pattern: note.id.unwrap_or_else(|| "{name}".to_owned()),
        name: note.name.into(),
        fields,
        source,
        rules: Rules::new(bundle),
    };
    (definition, odd)
}

/// One schema file of the workspace.
pub(super) struct File<'a> {
    path: &'a SourcePath,
    text: &'a str,
}

impl File<'_> {
    fn diagnostic(&self, code: Code, message: impl Into<String>, span: Option<Span>) -> Diagnostic {
        let found = Diagnostic::new(code, message).in_file(self.path);
        match span {
            Some(span) => found.at(span),
            None => found,
        }
    }

    fn at(&self, code: Code, message: impl Into<String>, pointer: &str) -> Diagnostic {
        self.diagnostic(code, message, locate(self.text, pointer))
    }

    /// The finding about the field at the top of the schema that a path begins with.
    pub(super) fn at_field(&self, code: Code, message: impl Into<String>, path: &str) -> Diagnostic {
        let name = path.split('.').next().unwrap_or(path).replace('~', "~0").replace('/', "~1");
        self.at(code, message, &format!("/properties/{name}"))
    }

    /// The file's name without its extensions.
    fn stem(&self) -> &str {
        let name = self.path.file_name();
        name.strip_suffix(".schema.json").or_else(|| name.strip_suffix(".json")).unwrap_or(name)
    }

    /// The schema, if it is JSON and a valid schema.
    fn parse(&self) -> Result<Value, Box<Diagnostic>> {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(self.text);
        let parsed = serde_json::from_str::<Value>(text).map_err(|error| {
            let span = at_line(text, error.line(), error.column()).shifted(self.text.len() - text.len());
            let message = error.to_string();
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            self.diagnostic(codes::SCHEMA_SYNTAX, format!("this is not valid JSON: {what}"), Some(span))
        })?;
        if let Some(draft) = parsed.get("$schema").and_then(Value::as_str)
            && draft.trim_end_matches('#') != DRAFT
        {
            let message = format!("schemas are written in draft 2020-12, not in `{draft}`");
            return Err(self
                .at(codes::SCHEMA_INVALID, message, "/$schema")
                .help(format!("write \"$schema\": \"{DRAFT}\""))
                .into());
        }
        if let Some(id) = parsed.get("$id").and_then(Value::as_str)
            && id.starts_with("karto:")
        {
            let message = format!("the name `{id}` belongs to the built-in schemas");
            let found = self.at(codes::SCHEMA_INVALID, message, "/$id");
            return Err(found.help("take `$id` away, or use another name").into());
        }
        if let Err(error) = jsonschema::draft202012::meta::validate(&parsed) {
            let pointer = error.instance_path().as_str();
            let message = format!("this is not a valid JSON Schema: {error}");
            return Err(self.at(codes::SCHEMA_INVALID, message, pointer).into());
        }
        Ok(parsed)
    }
}

/// Joins the built-in types with those of the workspace's files.
pub(super) fn join(
    built_in: &Library,
    mut schemas: Schemas,
    files: &[(SourcePath, String)],
) -> (Schemas, Vec<Diagnostic>) {
    let mut files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    files.sort_by_key(|file| file.path);
    let mut library = built_in.clone();
    let mut diagnostics = Vec::new();
    files.retain(|file| match file.parse() {
        Ok(schema) => {
            library.insert(file.path.as_str(), schema);
            true
        }
        Err(found) => {
            diagnostics.push(*found);
            false
        }
    });
    for file in &files {
        match read_type(file, &mut library, &schemas) {
            Ok(None) => {}
            Ok(Some((definition, odd))) => {
                diagnostics.extend(odd.iter().map(|odd| agreement::odd_annotation(file, odd)));
                put(&mut schemas, definition, file, &mut diagnostics);
            }
            Err(found) => {
                // Two files may lean on the same broken one.
                if !diagnostics.contains(&found) {
                    diagnostics.push(*found);
                }
                library.remove(file.path.as_str());
            }
        }
    }
    for file in &files {
        let own = schemas.types().find(|known| known.source.as_ref() == Some(file.path));
        if let Some(definition) = own {
            diagnostics.extend(agreement::conflicts(file, definition, &schemas));
            diagnostics.extend(agreement::strange_targets(file, definition, &schemas));
        }
    }
    (schemas, diagnostics)
}

/// The type that a file describes; none where it holds nothing but definitions for others.
fn read_type(
    file: &File<'_>,
    library: &mut Library,
    schemas: &Schemas,
) -> Result<Option<(TypeDef, Vec<OddAnnotation>)>, Box<Diagnostic>> {
    let mut bundle = bundled(file, library)?;
    let Some(schema) = library.get(file.path.as_str()) else { return Ok(None) };
    let Some(note) = type_note(file, schema, library, schemas)? else { return Ok(None) };
    if let Some(completed) = with_common_fields(schema, &bundle, library) {
        library.insert(file.path.as_str(), completed);
        bundle = bundled(file, library)?;
    }
    let (definition, odd) = type_def(bundle, note, Some(file.path.clone()));
    definition
        .rules
        .compile()
        .map_err(|error| file.diagnostic(codes::SCHEMA_INVALID, format!("this schema can't be used: {error}"), None))?;
    Ok(Some((definition, odd)))
}

/// The schema with all that it refers to.
fn bundled(file: &File<'_>, library: &Library) -> Result<Value, Box<Diagnostic>> {
    library.bundle(file.path.as_str()).map_err(|broken| {
        let message = format!("`{}` leads to no schema that is here", broken.target);
        let here = broken.document == file.path.as_str();
        let place = here.then(|| reference_span(file.text, &broken.target)).flatten();
        let found = file.diagnostic(codes::SCHEMA_REF, message, place);
        let found = if here { found } else { found.help(format!("see `{}`, which this schema uses", broken.document)) };
        found.into()
    })
}

/// The schema laid upon the fields of every card, where it leaves some of them out: a next contact is a date and a
/// stage is a stage in every type, or a card would drop out of the day's list unseen.
fn with_common_fields(schema: &Value, bundle: &Value, library: &Library) -> Option<Value> {
    let (fields, _) = fields_of(bundle);
    let common = library.get("karto:common")?.pointer("/$defs/record/properties")?.as_object()?;
    if common.keys().all(|name| fields.iter().any(|field| field.name == *name)) {
        return None;
    }
    let mut schema = schema.as_object()?.clone();
    let all = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
    all.as_array_mut()?.push(json!({"$ref": COMMON}));
    Some(Value::Object(schema))
}

/// The fields that every card may have.
const COMMON: &str = "karto:common#/$defs/record";

/// Which type a file is for: by `x-type`, by its name, by the schema that it extends.
fn type_note(
    file: &File<'_>,
    schema: &Value,
    library: &Library,
    schemas: &Schemas,
) -> Result<Option<TypeNote>, Box<Diagnostic>> {
    let inherited = extended(schema, library).and_then(|base| TypeNote::of(library.get(&base)?));
    let known = |name: &str| {
        let base = schemas.get(name)?;
        Some(TypeNote { name: base.name.to_string(), dir: Some(base.dir.clone()), id: Some(base.id_pattern.clone()) })
    };
    let own = TypeNote::of(schema).map(|own| {
        let base = known(&own.name).or_else(|| inherited.clone().filter(|base| base.name == own.name));
        let (dir, id) = base.map_or((None, None), |base| (base.dir, base.id));
        TypeNote { dir: own.dir.or(dir), id: own.id.or(id), name: own.name }
    });
    if own.is_none() && schema.get("x-type").is_some() {
        let message = "`x-type` needs a `name`, the word that stands in `type:`";
        return Err(file.at(codes::SCHEMA_TYPE, message, "/x-type").into());
    }
    let Some(note) = own.or_else(|| known(file.stem())).or(inherited) else {
        let shared = ["properties", "required", "allOf", "$ref"].iter().all(|keyword| schema.get(keyword).is_none());
        let message = "this schema does not say which type it is for, so it is not used";
        let help = format!("add \"x-type\": {{\"name\": \"{}\", \"dir\": …, \"id\": \"{{name}}\"}}", file.stem());
        return if shared { Ok(None) } else { Err(file.at(codes::SCHEMA_TYPE, message, "").help(help).into()) };
    };
    let wrong =
        |key: &str, message: String| Err(file.at(codes::SCHEMA_TYPE, message, &format!("/x-type/{key}")).into());
    if let Err(problem) = check_id(&note.name) {
        return wrong("name", format!("`{}` can't be the name of a type: {problem}", note.name));
    }
    if let Some(dir) = note.dir.as_deref().filter(|dir| !is_folder(dir)) {
        return wrong("dir", format!("`{dir}` is no folder within the workspace"));
    }
    if let Some(id) = note.id.as_deref().filter(|id| !is_id_pattern(id)) {
        return wrong("id", format!("`{id}` is no pattern of ids"));
    }
    Ok(Some(note))
}

/// The document that a schema extends as a whole, by `$ref` at its top or in its `allOf`.
fn extended(schema: &Value, library: &Library) -> Option<String> {
    let all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let references = [schema].into_iter().chain(all).filter_map(|schema| schema.get("$ref")?.as_str());
    references.map(str::to_owned).find(|target| library.get(target).is_some_and(|base| TypeNote::of(base).is_some()))
}

/// Puts a type of the workspace in the place of the built-in one, or behind all.
fn put(schemas: &mut Schemas, definition: TypeDef, file: &File<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(place) = schemas.types.iter().position(|known| known.name == definition.name) else {
        schemas.types.push(Arc::new(definition));
        return;
    };
    let Some(slot) = schemas.types.get_mut(place) else { return };
    match &slot.source {
        None => *slot = Arc::new(definition),
        Some(first) => {
            let message = format!("type `{}` already has its schema in `{first}`; this one is not used", slot.name);
            diagnostics.push(file.at(codes::SCHEMA_DUPLICATE, message, "").related(
                first,
                Span::empty(0),
                "the schema that is used",
            ));
        }
    }
}

/// The bytes of the first `$ref` with this text.
fn reference_span(text: &str, target: &str) -> Option<Span> {
    let quoted = serde_json::to_string(target).ok()?;
    let place = text.match_indices("\"$ref\"").find_map(|(at, key)| {
        let after = at + key.len();
        let rest = text.get(after..)?;
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        value.starts_with(&quoted).then(|| text.len() - value.len())
    })?;
    Some(Span::new(place, place + quoted.len()))
}

fn is_folder(text: &str) -> bool {
    !text.contains('\\') && SourcePath::new(text).is_ok_and(|path| path.as_str() == text.trim_end_matches('/'))
}

/// Small letters, digits, hyphens and `{placeholders}`, with at least one of these.
fn is_id_pattern(text: &str) -> bool {
    let filled = ["{name}", "{client}", "{opportunity}", "{lead}", "{type}", "{n}"]
        .iter()
        .fold(text.to_owned(), |text, placeholder| text.replace(placeholder, "x"));
    filled != text && check_id(&filled).is_ok()
}
