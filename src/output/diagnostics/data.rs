use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::source::{Source, SourceCache};
use super::{Sources, file_of};
use crate::diagnostic::{Diagnostic, Fix};
use crate::output::json as writer;
use crate::text::{SourcePath, Span};

/// Writes the findings as `{"schema_version":1,"kind":"findings","items":[…]}`.
///
/// Lines and columns count from 1, columns in characters; `byte_start` and `byte_end` are offsets into the file. A
/// key whose value is not known is `null`, never left out.
///
/// # Errors
/// Those of `out`.
pub fn json(diagnostics: &[Diagnostic], sources: Sources<'_>, pretty: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut cache = SourceCache::new(sources);
    writer::envelope("findings", diagnostics.iter().map(|diagnostic| item(diagnostic, &mut cache)), pretty, out)
}

/// Writes the findings as the items of [`json()`], a line each.
///
/// # Errors
/// Those of `out`.
pub fn jsonl(diagnostics: &[Diagnostic], sources: Sources<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut cache = SourceCache::new(sources);
    writer::lines(diagnostics.iter().map(|diagnostic| item(diagnostic, &mut cache)), out)
}

/// The findings as the items of [`json()`].
pub fn values(diagnostics: &[Diagnostic], sources: Sources<'_>) -> Vec<Value> {
    let mut cache = SourceCache::new(sources);
    diagnostics.iter().map(|diagnostic| item(diagnostic, &mut cache)).collect()
}

fn item(diagnostic: &Diagnostic, cache: &mut SourceCache<'_>) -> Value {
    let source = diagnostic.path.as_ref().and_then(|path| cache.get(path));
    let source = source.as_deref();
    let mut item = Map::new();
    item.insert("code".into(), json!(diagnostic.code.as_str()));
    item.insert("severity".into(), json!(diagnostic.severity.as_str()));
    item.insert("path".into(), json!(diagnostic.path.as_ref().map(SourcePath::as_str)));
    add_place(&mut item, source, diagnostic.span);
    item.insert("message".into(), json!(diagnostic.message));
    item.insert("label".into(), json!(diagnostic.label));
    item.insert("help".into(), json!(diagnostic.help));
    let related = diagnostic.related.iter().map(|related| {
        let mut place = Map::new();
        let path = file_of(related, diagnostic);
        place.insert("path".into(), json!(path.map(SourcePath::as_str)));
        add_place(&mut place, path.and_then(|path| cache.peek(path)).as_deref(), Some(related.span));
        place.insert("message".into(), json!(related.message));
        Value::Object(place)
    });
    item.insert("related".into(), related.collect());
    item.insert("fix".into(), diagnostic.fix.as_ref().map_or(Value::Null, |fix| fix_item(fix, source)));
    Value::Object(item)
}

fn fix_item(fix: &Fix, source: Option<&Source>) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        let mut place = Map::new();
        add_place(&mut place, source, Some(edit.span));
        place.insert("text".into(), json!(edit.text));
        Value::Object(place)
    });
    let edits: Vec<Value> = edits.collect();
    let rename = fix.rename.as_ref().map(SourcePath::as_str);
    json!({"title": fix.title, "edits": edits, "rename": rename, "certain": fix.certain})
}

fn add_place(item: &mut Map<String, Value>, source: Option<&Source>, span: Option<Span>) {
    let region = span.and_then(|span| source?.region(span));
    item.insert("line".into(), json!(region.map(|(start, _)| start.line)));
    item.insert("column".into(), json!(region.map(|(start, _)| start.column)));
    item.insert("end_line".into(), json!(region.map(|(_, end)| end.line)));
    item.insert("end_column".into(), json!(region.map(|(_, end)| end.column)));
    item.insert("byte_start".into(), json!(span.map(Span::start)));
    item.insert("byte_end".into(), json!(span.map(Span::end)));
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::text::Edit;

    #[test]
    fn a_finding_has_every_key() {
        let text = "---\nname: Łódź\nstage: ofer\n---\n";
        let found = at(text, "ofer").help("choose offer");
        let span = found.span.unwrap();
        let found = found.related(&path("karto.yaml"), Span::new(0, 90), "defined here");
        let found = found.fix("use `offer`", vec![Edit::replace(span, "offer")]);
        let sources = |_: &SourcePath| Some(text.to_owned());
        let mut out = Vec::new();
        jsonl(&[found, Diagnostic::new(CODE, "nowhere")], &sources, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        {"code":"stage-unknown","severity":"error","path":"clients/acme.md","line":3,"column":8,"end_line":3,"end_column":12,"byte_start":25,"byte_end":29,"message":"there is no stage `ofer`","label":null,"help":"choose offer","related":[{"path":"karto.yaml","line":null,"column":null,"end_line":null,"end_column":null,"byte_start":0,"byte_end":90,"message":"defined here"}],"fix":{"title":"use `offer`","edits":[{"line":3,"column":8,"end_line":3,"end_column":12,"byte_start":25,"byte_end":29,"text":"offer"}],"rename":null,"certain":true}}
        {"code":"stage-unknown","severity":"error","path":null,"line":null,"column":null,"end_line":null,"end_column":null,"byte_start":null,"byte_end":null,"message":"nowhere","label":null,"help":null,"related":[],"fix":null}
        "#);
    }

    #[test]
    fn no_findings_are_an_empty_list() {
        let mut out = Vec::new();
        json(&[], &|_| None, false, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "{\"schema_version\":1,\"kind\":\"findings\",\"items\":[]}\n");
    }
}
