//! One living session per app key (kis-openapi §7.1).

use std::collections::HashMap;

use chrono::{DateTime, Utc};

/// Which session has which app key.
#[derive(Default)]
pub(super) struct Sessions {
    living: HashMap<String, Living>,
    serial: u64,
}

struct Living {
    session: u64,
    /// Its connection broke off, and this is when the broker notices.
    until: Option<DateTime<Utc>>,
}

impl Sessions {
    /// A number for a new connection.
    pub(super) fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Takes the app key for a session. False while another one has it.
    pub(super) fn take(&mut self, app_key: &str, session: u64, now: DateTime<Utc>) -> bool {
        let taken = self.living.get(app_key);
        let is_free =
            taken.is_none_or(|other| other.session == session || other.until.is_some_and(|until| now >= until));
        if is_free {
            self.living.insert(app_key.to_owned(), Living { session, until: None });
        }
        is_free
    }

    /// Ends a session, at once or, when its connection broke off and nobody noticed, at `until`.
    pub(super) fn release(&mut self, app_key: &str, session: u64, until: Option<DateTime<Utc>>) {
        if self.living.get(app_key).is_none_or(|living| living.session != session) {
            return;
        }
        match until {
            Some(_) => self.living.insert(app_key.to_owned(), Living { session, until }),
            None => self.living.remove(app_key),
        };
    }
}
