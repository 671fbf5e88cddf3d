//! What must hold for any query, whatever people type.

use chrono::NaiveDate;
use karto::catalog::Catalog;
use karto::model::Config;
use karto::model::schema::Schemas;
use karto::query::{Context, Fields, Hits, Query, QueryError};

/// A workspace without cards, in which every query may be asked.
pub(crate) struct Nowhere {
    config: Config,
    catalog: Catalog,
    fields: Fields,
    hits: Hits,
}

impl Nowhere {
    pub(crate) fn new() -> Self {
        let (config, catalog) = (Config::builtin(Schemas::builtin()), Catalog::default());
        let fields = Fields::new(&config, &catalog);
        Self { config, catalog, fields, hits: Hits::default() }
    }

    fn context(&self) -> Context<'_> {
        let Self { config, catalog, hits, .. } = self;
        Context { catalog, config, today: NaiveDate::default(), me: Some("anna"), hits }
    }

    /// Every mistake has a place in the query; what is understood is printed so that it is understood in the same way.
    pub(crate) fn understands(&self, source: &str) {
        let query = match Query::parse(source) {
            Ok(query) => query,
            Err(errors) => return have_places(source, &errors),
        };
        let printed = query.to_string();
        match Query::parse(&printed) {
            Ok(again) => assert_eq!((again.tree(), again.to_string()), (query.tree(), printed)),
            Err(errors) => panic!("{printed:?} is not read back: {errors:?}"),
        }
        match query.bind(&self.fields, &self.context()) {
            Ok(bound) => assert!(bound.select(&self.context()).records.is_empty()),
            Err(errors) => have_places(source, &errors),
        }
    }
}

fn have_places(source: &str, errors: &[QueryError]) {
    assert!(!errors.is_empty(), "a refusal without a reason");
    for error in errors {
        assert!(source.get(error.span.range()).is_some(), "{error:?} has no place");
        assert!(!error.message().is_empty());
        let _ = error.help();
    }
}
