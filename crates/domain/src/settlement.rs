//! Cash by the day on which it is settled (결제).
//!
//! A trade changes hands on the second session after it ([`settlement_date`], KOSPI Business Regulation §7, Clearing and
//! Settlement Regulation). What a sale brings can pay for a buy of the same day, because both settle together, but can
//! be withdrawn only once it is there (broker guides). The account is one that pays in full: no credit, no 미수.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Won, next_session, settlement_date};

/// The cash of an account, told apart by when it is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashLedger {
    /// All of it, as if every trade were settled.
    total: Won,
    /// What trades bring (above zero) or take, by settlement date.
    flows: BTreeMap<NaiveDate, Won>,
}

/// The cash of an account on one day, as brokers show it. Each later figure has the trades in it that settle until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashBuckets {
    /// Settled on the day itself (예수금, D).
    pub d: Won,
    /// On the next settlement day (D+1).
    pub d1: Won,
    /// On the one after that (D+2).
    pub d2: Won,
    /// What can be withdrawn on the day (출금가능금액): no more than is there, and no more than what is left when what was
    /// bought is paid.
    pub withdrawable: Won,
    /// What can be spent on shares on the day (주문가능현금), before what open orders hold back: sales count at once.
    pub orderable: Won,
}

impl CashLedger {
    /// An account with `cash` in which every trade is settled.
    pub fn settled(cash: Won) -> Self {
        Self { total: cash, flows: BTreeMap::new() }
    }

    /// An account whose cash is `total` with all trades counted, those in `trades` among them: each with its trade date
    /// and its cash flow ([`Fill::cash_flow`](crate::Fill::cash_flow)).
    pub fn with_trades(total: Won, trades: impl IntoIterator<Item = (NaiveDate, Won)>) -> Self {
        let mut ledger = Self::settled(total);
        for (trade_date, cash_flow) in trades {
            *ledger.flows.entry(settles_on(trade_date)).or_default() += cash_flow;
        }
        ledger
    }

    /// Books a trade of `trade_date`: it counts at once, and is settled when it is due.
    pub fn book(&mut self, trade_date: NaiveDate, cash_flow: Won) {
        self.total += cash_flow;
        *self.flows.entry(settles_on(trade_date)).or_default() += cash_flow;
    }

    /// The cash that is settled on `date`.
    pub fn settled_on(&self, date: NaiveDate) -> Won {
        self.total - self.flows.iter().filter(|(due, _)| **due > date).map(|(_, flow)| *flow).sum()
    }

    /// The cash as it stands on `date`.
    pub fn on(&self, date: NaiveDate) -> CashBuckets {
        let tomorrow = next_session(date).unwrap_or(NaiveDate::MAX);
        let day_after = next_session(tomorrow).unwrap_or(NaiveDate::MAX);
        let d = self.settled_on(date);
        let due = self.flows.keys().filter(|due| **due > date);
        let least = due.map(|due| self.settled_on(*due)).fold(d, Won::min);
        CashBuckets {
            d,
            d1: self.settled_on(tomorrow),
            d2: self.settled_on(day_after),
            withdrawable: least.max(Won::ZERO),
            orderable: self.total.max(Won::ZERO),
        }
    }
}

/// When a trade is settled. Where the calendar does not reach that day, no day is: a sale is then never withdrawable.
fn settles_on(trade_date: NaiveDate) -> NaiveDate {
    settlement_date(trade_date).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions;
    use crate::time::ymd;
    use proptest::prelude::*;

    const MILLION: i64 = 1_000_000;

    fn buckets(ledger: &CashLedger, date: NaiveDate) -> [i64; 5] {
        let CashBuckets { d, d1, d2, withdrawable, orderable } = ledger.on(date);
        [d, d1, d2, withdrawable, orderable].map(|won| won.0 / MILLION)
    }

    #[test]
    fn a_sale_pays_for_shares_at_once_and_can_be_withdrawn_when_settled() {
        // Trades on Thursday 30 April 2026 settle on Wednesday 6 May: 1 May, a weekend and 5 May lie between.
        let mut ledger = CashLedger::settled(Won(10 * MILLION));
        ledger.book(ymd(2026, 4, 30), Won(3 * MILLION));
        assert_eq!(buckets(&ledger, ymd(2026, 4, 30)), [10, 10, 13, 10, 13]);
        assert_eq!(buckets(&ledger, ymd(2026, 5, 4)), [10, 13, 13, 10, 13]);
        assert_eq!(buckets(&ledger, ymd(2026, 5, 6)), [13, 13, 13, 13, 13]);
    }

    #[test]
    fn what_was_bought_can_be_withdrawn_no_more() {
        let mut ledger = CashLedger::settled(Won(10 * MILLION));
        ledger.book(ymd(2026, 6, 1), Won(-4 * MILLION));
        assert_eq!(buckets(&ledger, ymd(2026, 6, 1)), [10, 10, 6, 6, 6]);
        // Sold the day after, 3 June is a holiday: the buy is due on the 4th, the sale on the 5th.
        ledger.book(ymd(2026, 6, 2), Won(4 * MILLION));
        assert_eq!(buckets(&ledger, ymd(2026, 6, 2)), [10, 6, 10, 6, 10]);
        assert_eq!(buckets(&ledger, ymd(2026, 6, 5)), [10, 10, 10, 10, 10]);
    }

    #[test]
    fn trades_of_one_day_settle_together() {
        let trades = [(ymd(2026, 6, 1), Won(5 * MILLION)), (ymd(2026, 6, 1), Won(-4 * MILLION))];
        let ledger = CashLedger::with_trades(Won(11 * MILLION), trades);
        assert_eq!(buckets(&ledger, ymd(2026, 6, 1)), [10, 10, 11, 10, 11]);
    }

    #[test]
    fn beyond_the_calendar_nothing_settles() {
        let mut ledger = CashLedger::settled(Won(10 * MILLION));
        ledger.book(ymd(2027, 12, 30), Won(3 * MILLION));
        assert_eq!(buckets(&ledger, ymd(2027, 12, 30)), [10, 13, 13, 10, 13]);
        ledger.book(ymd(2027, 12, 30), Won(-8 * MILLION));
        assert_eq!(ledger.on(ymd(2027, 12, 30)).withdrawable, Won(5 * MILLION));
    }

    proptest! {
        #[test]
        fn nobody_withdraws_what_is_not_there_or_not_his(
            cash in 0i64..1_000_000_000,
            trades in prop::collection::vec((0usize..30, -100_000_000i64..100_000_000), 0..40),
            day in 0usize..34,
        ) {
            let days: Vec<NaiveDate> = sessions(ymd(2026, 1, 2), ymd(2026, 3, 31)).collect();
            let mut ledger = CashLedger::settled(Won(cash));
            for (day, flow) in &trades {
                ledger.book(days[*day], Won(*flow));
            }
            let total = Won(cash + trades.iter().map(|(_, flow)| flow).sum::<i64>());
            let CashBuckets { d, d1, d2, withdrawable, orderable } = ledger.on(days[day]);
            prop_assert!(withdrawable >= Won::ZERO);
            prop_assert!([d, d1, d2].iter().all(|bucket| withdrawable <= (*bucket).max(Won::ZERO)));
            prop_assert_eq!(orderable, total.max(Won::ZERO));
            prop_assert_eq!(ledger.on(days[34]).d, total, "all is settled in the end");
            let same = CashLedger::with_trades(total, trades.iter().map(|(day, flow)| (days[*day], Won(*flow))));
            prop_assert_eq!(same, ledger);
        }
    }
}
