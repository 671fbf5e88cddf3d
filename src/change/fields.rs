//! Fields set, added to and taken away.

use super::assignment::Operation;
use super::contact::told_apart;
use super::value::typed;
use super::{Assignment, Author, Draft, Refusal, history};
use crate::model::kind::Kind;
use crate::model::schema::FieldDef;
use crate::query::Context;
use crate::query::derived::Derived;
use crate::text::yaml::{FieldPath, NodeRef, Value};
use crate::text::{did_you_mean, fold, nearest};

/// Changes fields as the assignments say; tracked ones get their line of history.
///
/// # Errors
/// [`Refusal`] with all the assignments that can't be made.
pub fn set(
    draft: &mut Draft<'_>,
    assignments: &[Assignment],
    ctx: &Context<'_>,
    author: &Author,
) -> Result<(), Refusal> {
    let before = draft.record().clone();
    assign(draft, assignments, ctx)?;
    history::tell(draft, &before, author)
}

/// The same without the line of history, for changes that write their own.
pub(super) fn assign(draft: &mut Draft<'_>, assignments: &[Assignment], ctx: &Context<'_>) -> Result<(), Refusal> {
    let refused = assignments.iter().filter_map(|assignment| one(draft, assignment, ctx).err());
    Refusal::unless_none(refused.collect())
}

fn one(draft: &mut Draft<'_>, assignment: &Assignment, ctx: &Context<'_>) -> Result<(), Refusal> {
    let knows = |field: &str| draft.type_def().is_some_and(|def| def.field(field).is_some());
    if assignment.field == "contact" && !knows("contact") && knows("contacts") {
        if assignment.operation == Operation::Remove {
            let hint = format!("say contacts-={}, with the contact's id", assignment.value);
            return Err(Refusal::value("`contact` only adds one", hint));
        }
        // One contact more.
        let more = Assignment { field: "contacts".to_owned(), operation: Operation::Add, ..assignment.clone() };
        return one(draft, &more, ctx);
    }
    let way = Way::find(draft, &assignment.field)?;
    way.check_top(draft)?;
    way.check_spelling(draft, ctx)?;
    match assignment.operation {
        Operation::Set if assignment.value.is_empty() => {
            let edits = draft.document().remove(&way.path)?;
            draft.apply(&edits)
        }
        Operation::Set => {
            let value = way.typed(&assignment.value, ctx)?;
            match way.path.steps().len() {
                1 => draft.set(&way.top, &value),
                _ => {
                    let edits = draft.document().set(&way.path, &value)?;
                    draft.apply(&edits)
                }
            }
        }
        Operation::Add => add(draft, &way, &assignment.value, ctx),
        Operation::Remove => remove(draft, &way, &assignment.value, ctx),
    }
}

/// Adds what the list does not have yet.
fn add(draft: &mut Draft<'_>, way: &Way<'_>, text: &str, ctx: &Context<'_>) -> Result<(), Refusal> {
    let Value::List(items) = way.typed_items(text, ctx)? else { return Ok(()) };
    for item in items {
        let others = || node(draft, &way.path).into_iter().flat_map(|list| list.items().map(Value::of));
        let item = if way.top == "contacts" { told_apart(item, &others().collect::<Vec<_>>()) } else { item };
        let has = |list: NodeRef<'_>| list.items().any(|known| item.says(known));
        if node(draft, &way.path).is_some_and(has) {
            continue;
        }
        if node(draft, &way.path).is_none() && way.path.steps().len() == 1 {
            draft.set(&way.top, &Value::List(vec![item]))?;
            continue;
        }
        let edits = draft.document().append(&way.path, &item)?;
        draft.apply(&edits)?;
    }
    Ok(())
}

/// Takes away what the list has; a map of a list is named by its key, such as a contact by its id. A list that is empty then
/// goes too.
fn remove(draft: &mut Draft<'_>, way: &Way<'_>, text: &str, ctx: &Context<'_>) -> Result<(), Refusal> {
    if let Some(key) = way.def.and_then(|def| def.key.as_deref()) {
        let at = way.item_named(draft, key, text)?;
        let edits = draft.document().remove(&way.path.clone().index(at))?;
        draft.apply(&edits)?;
    } else if let Value::List(items) = way.typed_items(text, ctx)? {
        for item in items {
            let edits = draft.document().remove_item(&way.path, &item)?;
            draft.apply(&edits)?;
        }
    }
    if node(draft, &way.path).is_some_and(|list| list.is_collection() && list.is_empty()) {
        let edits = draft.document().remove(&way.path)?;
        draft.apply(&edits)?;
    }
    Ok(())
}

fn node<'d>(draft: &'d Draft<'_>, path: &FieldPath) -> Option<NodeRef<'d>> {
    draft.document().front()?.at(path)
}

/// How many keys a way may have.
const DEEPEST: usize = 16;

/// The way to what an assignment names, and what the schema says of it.
struct Way<'a> {
    top: String,
    path: FieldPath,
    def: Option<&'a FieldDef>,
    kind: Kind,
}

impl<'a> Way<'a> {
    /// Reads `field`, `field.key`, `field[key].inner`; what stands in brackets is the key of a list's map, such as a
    /// contact's id.
    fn find(draft: &Draft<'a>, written: &str) -> Result<Self, Refusal> {
        let wrong = || {
            let hint = "write field, field.key or contacts[kowalski].phone";
            Refusal::value(format!("`{written}` names no field"), hint)
        };
        if written.split('.').count() > DEEPEST {
            return Err(wrong());
        }
        let mut way: Option<Self> = None;
        for part in written.split('.') {
            let (name, key) = match part.split_once('[') {
                Some((name, rest)) => (name, Some(rest.strip_suffix(']').ok_or_else(wrong)?)),
                None => (part, None),
            };
            if name.is_empty() {
                return Err(wrong());
            }
            let inner = match way {
                None => {
                    let def = draft.type_def().and_then(|def| def.field(name));
                    Self {
                        top: name.to_owned(),
                        path: FieldPath::field(name),
                        kind: def.map_or(Kind::Any, |def| def.kind.clone()),
                        def,
                    }
                }
                Some(outer) => outer.into_key(name),
            };
            way = Some(match key {
                Some(key) => inner.into_item(draft, key)?,
                None => inner,
            });
        }
        way.ok_or_else(wrong)
    }

    fn into_key(self, name: &str) -> Self {
        let def = self.def.and_then(|def| def.field(name));
        Self { path: self.path.key(name), kind: def.map_or(Kind::Any, |def| def.kind.clone()), def, ..self }
    }

    /// On to the map of a list that has this key.
    fn into_item(self, draft: &Draft<'_>, key: &str) -> Result<Self, Refusal> {
        let by = self.def.and_then(|def| def.key.as_deref()).unwrap_or("id");
        let at = self.item_named(draft, by, key)?;
        Ok(Self { path: self.path.index(at), kind: Kind::Map, ..self })
    }

    /// The place of the map that has this text under `by`, such as that of a contact.
    fn item_named(&self, draft: &Draft<'_>, by: &str, name: &str) -> Result<usize, Refusal> {
        let list = node(draft, &self.path);
        if list.is_some_and(|list| list.kind() != crate::text::yaml::Kind::List) {
            let message = format!("`{}` is no list, so `{name}` names nothing in it", self.path);
            return Err(Refusal::value(message, format!("set it: {}=…", self.path)));
        }
        let names = list.into_iter().flat_map(|list| list.items());
        let names: Vec<String> =
            names.map(|item| item.get(by).map_or_else(String::new, |id| id.raw().into_owned())).collect();
        let called = |item: NodeRef<'_>| item.get("name").is_some_and(|known| fold(&known.raw()) == fold(name));
        let by_name = || list.into_iter().flat_map(|list| list.items()).position(called);
        names.iter().position(|known| known == name).or_else(by_name).ok_or_else(|| {
            let near = did_you_mean(&nearest(name, names.iter().map(String::as_str), 1));
            let all = || if names.is_empty() { String::new() } else { format!("there are: {}", names.join(", ")) };
            Refusal::value(format!("`{}` has nothing with {by} `{name}`", self.path), near.unwrap_or_else(all))
        })
    }

    /// What no assignment changes.
    fn check_top(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        let top = self.top.as_str();
        let declared = draft.type_def().is_some_and(|def| def.field(top).is_some());
        let hint = match top {
            "stage" => "use `karto move`: it checks the gates and writes the history",
            "history" => "it is written by `karto move` and `karto set`; to mend it, edit the card",
            "type" => "a card keeps its type; make a new one with `karto new`",
            "id" => "the id is the file's name",
            _ if !declared && Derived::find(top).is_some() => "it follows from the cards by itself",
            _ => return Ok(()),
        };
        Err(Refusal::value(format!("`{top}` can't be set"), hint))
    }

    /// A new field that is nearly one of the schema's is a slip, unless the team uses it elsewhere.
    fn check_spelling(&self, draft: &Draft<'_>, ctx: &Context<'_>) -> Result<(), Refusal> {
        let Some(type_def) = draft.type_def() else { return Ok(()) };
        let is_there = draft.document().front().is_some_and(|front| front.get(&self.top).is_some());
        let in_use = || is_there || ctx.catalog.records().any(|record| record.field(&self.top).is_some());
        if self.top.len() < 4 || type_def.field(&self.top).is_some() || in_use() {
            return Ok(());
        }
        let names = type_def.fields.iter().map(|def| def.name.as_str());
        let near = nearest(&self.top, names, 3).into_iter().find(|near| strsim::osa_distance(near, &self.top) <= 2);
        match near {
            None => Ok(()),
            Some(near) => {
                let message = format!("{} has no field `{}`", type_def.noun(), self.top);
                Err(Refusal::value(
                    message,
                    format!("did you mean {near}? A field of your own is written by hand first"),
                ))
            }
        }
    }

    fn typed(&self, text: &str, ctx: &Context<'_>) -> Result<Value, Refusal> {
        typed(&self.name(), &self.kind, self.def, text, ctx)
    }

    /// Items for a list.
    fn typed_items(&self, text: &str, ctx: &Context<'_>) -> Result<Value, Refusal> {
        match &self.kind {
            Kind::List(_) => self.typed(text, ctx),
            Kind::Any => typed(&self.name(), &Kind::List(Box::new(Kind::Any)), None, text, ctx),
            _ => {
                let message = format!("`{}` is no list, so nothing can be added to it or taken from it", self.path);
                Err(Refusal::value(message, format!("set it: {}={text}", self.path)))
            }
        }
    }

    /// The last key on the way.
    fn name(&self) -> String {
        use crate::text::yaml::Step;
        let mut keys = self.path.steps().iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        keys.next_back().unwrap_or(&self.top).to_owned()
    }
}
