//! The overseas ledger (kis-openapi §8). Nobody can trade abroad here, so it tells every account that it holds nothing
//! and ordered nothing: clients read it beside the domestic ledger, and an error there would take both from them.

use axum::http::Method;
use exodus_kis::wire::call;
use serde_json::{Value, json};

use super::answer::{Answer, Reject, WIDE_KEY_WIDTH, padded_key};
use super::gate::{self, Incoming};
use crate::environment::Environment;
use crate::log::{LogEntry, parameters};
use crate::shared::Shared;

const PREFIX: &str = "/uapi/overseas-stock/v1/trading/";

/// A list that is empty.
pub(crate) struct List {
    path: &'static str,
    real: &'static str,
    mock: Option<&'static str>,
    has_pages: bool,
    body: fn() -> Value,
}

const LISTS: [List; 5] = [
    List {
        path: "inquire-present-balance",
        real: "CTRP6504R",
        mock: Some("VTRP6504R"),
        has_pages: false,
        body: || json!({ "output1": [], "output2": [], "output3": {} }),
    },
    List {
        path: "inquire-balance",
        real: "TTTS3012R",
        mock: Some("VTTS3012R"),
        has_pages: true,
        body: || json!({ "output1": [], "output2": {} }),
    },
    List {
        path: "inquire-nccs",
        real: "TTTS3018R",
        mock: Some("VTTS3018R"),
        has_pages: true,
        body: || json!({ "output": [] }),
    },
    List {
        path: "inquire-ccnl",
        real: "TTTS3035R",
        mock: Some("VTTS3035R"),
        has_pages: true,
        body: || json!({ "output": [] }),
    },
    List {
        path: "inquire-period-profit",
        real: "TTTS3039R",
        mock: None,
        has_pages: true,
        body: || json!({ "output1": [], "output2": {} }),
    },
];

/// The list of the overseas ledger that a request asks for; `None` for any other path.
pub(crate) fn list(incoming: &Incoming<'_>) -> Option<&'static List> {
    let name = incoming.path.strip_prefix(PREFIX).filter(|_| incoming.method == Method::GET)?;
    LISTS.iter().find(|list| list.path == name)
}

/// The answer to a call of the overseas ledger.
pub(crate) fn answer(
    list: &List,
    incoming: &Incoming<'_>,
    shared: &Shared,
    entry: &mut LogEntry,
) -> Result<Answer, Reject> {
    let credentials = gate::credentials(incoming, shared)?;
    let (wanted, elsewhere) = match incoming.environment {
        Environment::Real => (Some(list.real), "EGW02004"),
        Environment::Mock => (list.mock, "EGW02006"),
    };
    if credentials.environment != incoming.environment || wanted != Some(incoming.header("tr_id")) {
        return Err(Reject::gateway(elsewhere));
    }
    // It counts like any call of the ledger.
    gate::count(&call::INQUIRE_BALANCE, &credentials, shared)?;
    let fields = gate::fields(incoming)?;
    entry.parameters = parameters(&fields);
    gate::account(&fields, &credentials)?;
    let mut body = (list.body)();
    if list.has_pages {
        for name in ["ctx_area_fk200", "ctx_area_nk200"] {
            body[name] = padded_key("", WIDE_KEY_WIDTH).into();
        }
    }
    Ok(Answer::ledger("KIOK0510", "D", &body))
}
