//! What each client asked, without secrets.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::environment::Environment;

/// Entries that are kept.
const KEPT: usize = 2_000;
/// Field names whose values are secret.
const SECRETS: [&str; 5] = ["appkey", "appsecret", "secretkey", "token", "approval_key"];

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LogEntry {
    /// Emulated time.
    pub(crate) at: DateTime<Utc>,
    #[serde(rename = "env")]
    pub(crate) environment: Environment,
    /// Masked; empty where the caller is not known.
    pub(crate) account: String,
    /// Method and path, or the feed of a registration.
    pub(crate) call: String,
    pub(crate) tr_id: String,
    /// Parameters without secrets.
    pub(crate) parameters: String,
    /// HTTP status; 0 for a socket.
    pub(crate) status: u16,
    /// The broker's code, empty if the answer has none.
    pub(crate) code: String,
    /// Real time from request to answer.
    pub(crate) milliseconds: u64,
    /// The fault that acted, empty if none did.
    pub(crate) fault: String,
}

/// The latest entries, oldest first.
#[derive(Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<LogEntry>,
    total: u64,
}

impl RequestLog {
    pub(crate) fn push(&mut self, entry: LogEntry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.total += 1;
    }

    /// The newest entries, newest first.
    pub(crate) fn newest(&self, count: usize) -> Vec<&LogEntry> {
        self.entries.iter().rev().take(count).collect()
    }

    /// Requests since the start, also those no longer kept.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

/// An account number of which only two digits before the product code can be read: `******34-01`.
pub(crate) fn masked(account_no: &str) -> String {
    let hidden = account_no.len().saturating_sub(5);
    account_no.chars().enumerate().map(|(index, c)| if index < hidden { '*' } else { c }).collect()
}

/// Fields as `NAME=value`, blank ones and secrets left out, account numbers masked.
pub(crate) fn parameters<'a>(fields: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let mut told: Vec<String> = Vec::new();
    for (name, value) in fields {
        let secret = SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
        let continuation = name.starts_with("CTX_AREA");
        if value.trim().is_empty() || secret {
            continue;
        }
        if name.eq_ignore_ascii_case("CANO") {
            told.push(format!("{name}={}", masked(&format!("{value}-01")).trim_end_matches("-01")));
        } else if continuation {
            told.push(format!("{name}=…"));
        } else {
            told.push(format!("{name}={value}"));
        }
    }
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_and_accounts_masked() {
        let fields = [
            ("CANO", "50001234"),
            ("ACNT_PRDT_CD", "01"),
            ("appsecret", "secret"),
            ("CTX_AREA_FK100", "50001234!^01"),
            ("PDNO", ""),
        ];
        let fields: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let told = parameters(fields.iter().map(|(k, v)| (k, v)));
        assert_eq!(told, "CANO=******34 ACNT_PRDT_CD=01 CTX_AREA_FK100=…");
        assert_eq!(masked("50001234-01"), "******34-01");
    }
}
