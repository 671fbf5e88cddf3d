use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::source::{Source, SourceCache};
use super::{Sources, file_of};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::output::json as writer;
use crate::text::{SourcePath, Span};

/// Writes the findings as one run in the Static Analysis Results Interchange Format, version 2.1.0.
///
/// Rules are the codes that occur, in the order of their first finding. A fix that renames the file can't be told in
/// this format; its title then stands in the message.
///
/// # Errors
/// Those of `out`.
pub fn sarif(diagnostics: &[Diagnostic], sources: Sources<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut cache = SourceCache::new(sources);
    let mut rules: Vec<Code> = Vec::new();
    let mut results = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let index = rules.iter().position(|rule| *rule == diagnostic.code).unwrap_or_else(|| {
            rules.push(diagnostic.code);
            rules.len() - 1
        });
        results.push(result(diagnostic, index, &mut cache));
    }
    let rules: Vec<Value> = rules.into_iter().map(rule).collect();
    let run = json!({
        "tool": {"driver": {
            "name": "karto",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }},
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    writer::write(&log, true, out)
}

fn rule(code: Code) -> Value {
    let info = code.0;
    json!({
        "id": info.name,
        "shortDescription": {"text": info.title},
        "help": {"text": info.explanation, "markdown": info.explanation},
        "defaultConfiguration": {"level": info.severity.as_str()},
    })
}

fn result(diagnostic: &Diagnostic, rule: usize, cache: &mut SourceCache<'_>) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(diagnostic.code.as_str()));
    result.insert("ruleIndex".into(), json!(rule));
    result.insert("level".into(), json!(diagnostic.severity.as_str()));
    result.insert("message".into(), json!({"text": message(diagnostic)}));
    let Some(path) = &diagnostic.path else { return Value::Object(result) };
    let source = cache.get(path);
    let mut place = location(path, source.as_deref(), diagnostic.span);
    if let (Some(label), Value::Object(place)) = (&diagnostic.label, &mut place) {
        place.insert("message".into(), json!({"text": label}));
    }
    result.insert("locations".into(), json!([place]));
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().zip(1..).map(|(related, id)| {
            let file = file_of(related, diagnostic).unwrap_or(path);
            let mut place = location(file, cache.peek(file).as_deref(), Some(related.span));
            if let Value::Object(place) = &mut place {
                place.insert("id".into(), json!(id));
                place.insert("message".into(), json!({"text": related.message}));
            }
            place
        });
        result.insert("relatedLocations".into(), related.collect());
    }
    if let Some(fix) = diagnostic.fix.as_ref().and_then(|fix| change(fix, path, source.as_deref()?)) {
        result.insert("fixes".into(), json!([fix]));
    }
    Value::Object(result)
}

fn message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    let rename = diagnostic.fix.as_ref().and_then(|fix| Some(format!("{}: {}", fix.title, fix.rename.as_ref()?)));
    for more in [diagnostic.help.clone(), rename].into_iter().flatten() {
        text.push_str("\n\n");
        text.push_str(&more);
    }
    text
}

fn location(path: &SourcePath, source: Option<&Source>, span: Option<Span>) -> Value {
    let mut place = Map::new();
    place.insert("artifactLocation".into(), artifact(path));
    if let Some(region) = span.and_then(|span| region(source?, span)) {
        place.insert("region".into(), region);
    }
    json!({"physicalLocation": place})
}

fn artifact(path: &SourcePath) -> Value {
    json!({"uri": uri(path.as_str()), "uriBaseId": "%SRCROOT%"})
}

fn region(source: &Source, span: Span) -> Option<Value> {
    let (start, end) = source.region(span)?;
    Some(json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }))
}

fn change(fix: &Fix, path: &SourcePath, source: &Source) -> Option<Value> {
    if fix.rename.is_some() || fix.edits.is_empty() {
        return None;
    }
    let replacement =
        |span, text: &str| Some(json!({"deletedRegion": region(source, span)?, "insertedContent": {"text": text}}));
    let replacements: Vec<Value> =
        fix.edits.iter().map(|edit| replacement(edit.span, &edit.text)).collect::<Option<_>>()?;
    Some(json!({
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": artifact(path), "replacements": replacements}],
    }))
}

/// The path as a relative URI: what is neither a letter or digit of ASCII nor a harmless sign is percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                // Writing to a string can't fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::text::Edit;

    #[test]
    fn a_run_has_rules_results_and_fixes() {
        let text = "---\nname: Łódź\nstage: ofer\n---\n";
        let found = at(text, "ofer").label("not a stage").help("choose offer");
        let span = found.span.unwrap();
        let found = found.related(&path("karto.yaml"), Span::new(4, 8), "stages are here");
        let found = found.fix("use `offer`", vec![Edit::replace(span, "offer")]);
        let sources = |_: &SourcePath| Some(text.to_owned());
        let mut out = Vec::new();
        sarif(&[found], &sources, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(shown, @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "karto",
                  "version": "VERSION",
                  "semanticVersion": "VERSION",
                  "rules": [
                    {
                      "id": "stage-unknown",
                      "shortDescription": {
                        "text": "A stage that the pipeline does not have"
                      },
                      "help": {
                        "text": "The stage decides what is asked of a card.\n\nCorrect the word.",
                        "markdown": "The stage decides what is asked of a card.\n\nCorrect the word."
                      },
                      "defaultConfiguration": {
                        "level": "error"
                      }
                    }
                  ]
                }
              },
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "ruleId": "stage-unknown",
                  "ruleIndex": 0,
                  "level": "error",
                  "message": {
                    "text": "there is no stage `ofer`\n\nchoose offer"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "clients/acme.md",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 3,
                          "startColumn": 8,
                          "endLine": 3,
                          "endColumn": 12
                        }
                      },
                      "message": {
                        "text": "not a stage"
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "karto.yaml",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "startLine": 2,
                          "startColumn": 1,
                          "endLine": 2,
                          "endColumn": 5
                        }
                      },
                      "id": 1,
                      "message": {
                        "text": "stages are here"
                      }
                    }
                  ],
                  "fixes": [
                    {
                      "description": {
                        "text": "use `offer`"
                      },
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "clients/acme.md",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "startLine": 3,
                                "startColumn": 8,
                                "endLine": 3,
                                "endColumn": 12
                              },
                              "insertedContent": {
                                "text": "offer"
                              }
                            }
                          ]
                        }
                      ]
                    }
                  ]
                }
              ]
            }
          ]
        }
        "#);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("klienci/Łódź 2.md"), "klienci/%C5%81%C3%B3d%C5%BA%202.md");
    }

    #[test]
    fn a_rename_is_told_in_the_message() {
        let mut found = Diagnostic::new(CODE, "bad name").in_file(&path("A.md"));
        found.fix =
            Some(Fix { title: "rename it".into(), edits: Vec::new(), rename: Some(path("a.md")), certain: true });
        assert_eq!(message(&found), "bad name\n\nrename it: a.md");
    }
}
