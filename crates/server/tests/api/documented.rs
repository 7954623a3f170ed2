//! The operations that `openapi.json` documents, for tests that go through all of them.

use reqwest::Method;
use serde_json::Value;

/// One documented operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Path under `/api/v1`, as [`crate::http::Client`] takes it.
    pub(crate) path: String,
    pub(crate) needs_login: bool,
    pub(crate) query: Vec<String>,
}

impl Operation {
    pub(crate) fn is_admins(&self) -> bool {
        self.path.starts_with("/admin/")
    }

    /// True if nothing is changed by it. A preview asks by POST only because its question is long.
    pub(crate) fn reads(&self) -> bool {
        self.method == Method::GET || self.path == "/strategies/preview"
    }

    /// The path with every variable part replaced.
    pub(crate) fn path_with(&self, id: &str) -> String {
        let path = self.path.replace("{id}", id).replace("{symbol}", id).replace("{number}", "1");
        path.replace("{scope}", "strategy").replace("{name}", "max_order_notional")
    }

    pub(crate) fn has_id(&self) -> bool {
        self.path.contains("{id}")
    }
}

/// The document this program makes.
pub(crate) fn document() -> Value {
    serde_json::to_value(exodus_server::http::openapi()).expect("the document is JSON")
}

/// Every documented operation under `/api/v1`.
pub(crate) fn operations() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        let Some(path) = path.strip_prefix("/api/v1") else { continue };
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            operations.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.to_owned(),
                needs_login: operation["security"].is_array(),
                query: query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect(),
            });
        }
    }
    operations
}
