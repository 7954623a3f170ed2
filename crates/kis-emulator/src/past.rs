//! How accounts stood some time ago, for a ledger that lags behind its own orders (kis-openapi §5.9, quirk 26).

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::kst_date;

use crate::world::{Balance, OrderRow, World};

/// States of an account that are kept.
const KEPT: usize = 200;

/// An account as it stood.
pub(crate) struct Stood {
    at: DateTime<Utc>,
    /// The day whose orders follow; those of days before are final.
    pub(crate) date: NaiveDate,
    pub(crate) orders: Vec<OrderRow>,
    pub(crate) balance: Balance,
}

/// The latest states of each account, oldest first.
#[derive(Default)]
pub(crate) struct Past(HashMap<String, VecDeque<Stood>>);

impl Past {
    /// Keeps how an account stands now.
    pub(crate) fn keep(&mut self, world: &mut World, account: &str, now: DateTime<Utc>) {
        let date = kst_date(now);
        let orders = world.orders(account, date, date).into_iter().cloned().collect();
        // Nobody but the world names accounts here.
        let Ok(balance) = world.balance(account, now) else { return };
        let kept = self.0.entry(account.to_owned()).or_default();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Stood { at: now, date, orders, balance });
    }

    /// How an account stood at `at`; as long ago as is known if that is too long ago.
    pub(crate) fn of(&self, account: &str, at: DateTime<Utc>) -> Option<&Stood> {
        let kept = self.0.get(account)?;
        kept.iter().rfind(|stood| stood.at <= at).or_else(|| kept.front())
    }
}
