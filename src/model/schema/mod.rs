//! What fields each type has, told by JSON Schemas: the built-in ones and the workspace's own.
//!
//! A schema is bundled (what it refers to comes along), its fields are read out as [`FieldDef`]s, and a card is checked
//! against it with findings in plain words. A schema that is broken is a finding itself; then the built-in one serves.

mod agreement;
pub mod codes;
mod field;
mod finding;
mod library;
mod locate;
mod rules;
mod spelling;
mod type_def;
mod workspace;

use std::sync::{Arc, LazyLock};

use serde_json::Value;

pub use field::FieldDef;
pub use finding::{SchemaFinding, Step};
pub use type_def::{TypeDef, Words};

pub(in crate::model) use self::spelling::as_date;

use self::library::Library;
use self::rules::Rules;
use crate::diagnostic::Diagnostic;
use crate::text::SourcePath;

/// The built-in schemas, in the order in which types are listed; the shared definitions stand first.
const BUILT_IN: &[(&str, &str)] = &[
    ("common", include_str!("../../../schemas/common.schema.json")),
    ("lead", include_str!("../../../schemas/lead.schema.json")),
    ("client", include_str!("../../../schemas/client.schema.json")),
    ("opportunity", include_str!("../../../schemas/opportunity.schema.json")),
    ("offer", include_str!("../../../schemas/offer.schema.json")),
    ("contract", include_str!("../../../schemas/contract.schema.json")),
    ("invoice", include_str!("../../../schemas/invoice.schema.json")),
    ("delivery", include_str!("../../../schemas/delivery.schema.json")),
    ("case", include_str!("../../../schemas/case.schema.json")),
    ("campaign", include_str!("../../../schemas/campaign.schema.json")),
    ("competitor", include_str!("../../../schemas/competitor.schema.json")),
];

/// The schema of `karto.yaml`.
const CONFIGURATION: &str = include_str!("../../../schemas/karto.schema.json");

/// The types of one workspace.
#[derive(Clone, Debug)]
pub struct Schemas {
    types: Vec<Arc<TypeDef>>,
    configuration: Arc<Configuration>,
}

#[derive(Debug)]
struct Configuration {
    fields: Vec<FieldDef>,
    rules: Rules,
}

/// The built-in documents and types, read once.
struct BuiltIn {
    library: Library,
    schemas: Schemas,
}

static BUILT_IN_SCHEMAS: LazyLock<BuiltIn> = LazyLock::new(|| {
    // A test holds that every built-in schema is sound, so none is left out here.
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut library = Library::default();
    for (name, text) in BUILT_IN {
        library.insert(format!("karto:{name}"), parsed(text));
    }
    library.insert("karto:karto", parsed(CONFIGURATION));
    let types = BUILT_IN.iter().filter_map(|(name, _)| {
        let uri = format!("karto:{name}");
        let own = workspace::TypeNote::of(library.get(&uri)?)?;
        Some(Arc::new(workspace::type_def(library.bundle(&uri).ok()?, own, None).0))
    });
    let types = types.collect();
    let rules = Rules::new(library.bundle("karto:karto").unwrap_or_default());
    let (fields, _) = field::fields_of(rules.bundle());
    BuiltIn { schemas: Schemas { types, configuration: Arc::new(Configuration { fields, rules }) }, library }
});

impl Schemas {
    /// The built-in types.
    pub fn builtin() -> Self {
        BUILT_IN_SCHEMAS.schemas.clone()
    }

    /// The built-in types together with those of a workspace's `schemas/*.schema.json`, given by path and text.
    ///
    /// What is wrong with a file is a finding; the rest still serves. Nothing is read from a disk or fetched.
    pub fn with(workspace_files: &[(SourcePath, String)]) -> (Self, Vec<Diagnostic>) {
        workspace::join(&BUILT_IN_SCHEMAS.library, Self::builtin(), workspace_files)
    }

    /// The types, the built-in ones first.
    pub fn types(&self) -> impl ExactSizeIterator<Item = &TypeDef> {
        self.types.iter().map(Arc::as_ref)
    }

    /// The type of this name.
    pub fn get(&self, name: &str) -> Option<&TypeDef> {
        self.types().find(|known| *known.name == *name)
    }

    /// What is wrong with a `karto.yaml`.
    pub fn validate_config(&self, config: &Value) -> Vec<SchemaFinding> {
        finding::findings(&self.configuration.rules, &self.configuration.fields, "karto.yaml", config)
    }

    /// The settings of `karto.yaml`, as its schema describes them.
    pub fn config_fields(&self) -> &[FieldDef] {
        &self.configuration.fields
    }

    /// The schema of `karto.yaml`.
    pub fn config_schema(&self) -> &Value {
        self.configuration.rules.bundle()
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::builtin()
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
