//! What became of an order whose answer was lost: judged by the broker's list alone (safety §2.5).

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{BrokerOrder, BrokerOrderId};
use exodus_store::orders::Order;

/// How long to wait and how often to look before absence from the list means absence from the broker.
#[derive(Clone, Copy, Debug)]
pub struct AbsencePolicy {
    /// An answer, and so an order, may still come this long after the claim (t_hard).
    pub answer_window: TimeDelta,
    /// Clocks of broker and worker differ at most so much.
    pub clock_slack: TimeDelta,
    /// A row accepted so long after `answer_window` may still be ours.
    pub late_margin: TimeDelta,
    /// Lists without a candidate that are needed.
    pub lists: u32,
    /// Time from the first to the last of them.
    pub spread: TimeDelta,
    /// Time from the end of `answer_window` to the last of them.
    pub quiet: TimeDelta,
}

impl AbsencePolicy {
    /// The paper exchange answers at once or not at all, and its list is complete at any instant.
    pub const PAPER: Self = Self {
        answer_window: TimeDelta::seconds(5),
        clock_slack: TimeDelta::seconds(2),
        late_margin: TimeDelta::seconds(30),
        lists: 1,
        spread: TimeDelta::zero(),
        quiet: TimeDelta::zero(),
    };

    /// KIS (safety M7): its client gives an order up 30 seconds after it was sent, and its list may lag for minutes.
    pub const KIS: Self = Self {
        answer_window: TimeDelta::seconds(31),
        clock_slack: TimeDelta::seconds(2),
        late_margin: TimeDelta::seconds(30),
        lists: 3,
        spread: TimeDelta::seconds(60),
        quiet: TimeDelta::seconds(600),
    };
}

/// Lists read so far in which an order did not appear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Absence {
    first_at: DateTime<Utc>,
    lists: u32,
}

/// What the list says about an order in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This row is the order.
    Bind(BrokerOrder),
    /// The evidence names no single row; a person decides.
    Ambiguous(&'static str),
    /// The broker never had it.
    Absent,
    /// Too early to say.
    Wait,
}

/// Judges `order`, which was claimed at `claimed_at`, by a complete list. `bound` names the rows of other orders.
pub(crate) fn judge(
    order: &Order,
    claimed_at: DateTime<Utc>,
    rows: &[BrokerOrder],
    bound: &HashSet<BrokerOrderId>,
    absence: &mut Option<Absence>,
    policy: &AbsencePolicy,
    now: DateTime<Utc>,
) -> Verdict {
    let hard_end = claimed_at + policy.answer_window;
    let latest = hard_end + policy.late_margin;
    // An earlier row is not ours.
    let ours = |row: &&BrokerOrder| {
        row.fields == order.fields && !bound.contains(&row.id) && row.accepted_at >= claimed_at - policy.clock_slack
    };
    let mut candidates = rows.iter().filter(ours);
    match (candidates.next(), candidates.next()) {
        (Some(_), Some(_)) => Verdict::Ambiguous("more than one row of the broker's list fits"),
        (Some(row), None) if row.accepted_at > latest => Verdict::Ambiguous("the only row that fits came too late"),
        (Some(row), None) => Verdict::Bind(row.clone()),
        (None, _) if now < hard_end => Verdict::Wait,
        (None, _) => {
            let seen = absence.get_or_insert(Absence { first_at: now, lists: 0 });
            seen.lists += 1;
            let long_enough = now - seen.first_at >= policy.spread && now - hard_end >= policy.quiet;
            if seen.lists >= policy.lists && long_enough { Verdict::Absent } else { Verdict::Wait }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{OrderFields, OrderState, OrderType, Price, Qty, RowFacts, Side, Won, kst_date};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
    }

    fn fields(quantity: i64) -> OrderFields {
        OrderFields {
            symbol: "00I010".parse().expect("a valid code"),
            side: Side::Buy,
            order_type: OrderType::Limit,
            quantity: Qty(quantity),
            price: Some(Price(70_000)),
        }
    }

    /// An order that was claimed at second 0.
    fn order() -> Order {
        Order {
            id: 1,
            user_id: 1,
            account_id: 1,
            strategy_id: None,
            strategy_version: None,
            signal_id: None,
            request_id: None,
            fields: fields(10),
            state: OrderState::Unknown,
            filled_quantity: Qty::ZERO,
            filled_amount: Won::ZERO,
            commission: Won::ZERO,
            tax: Won::ZERO,
            commission_schedule: None,
            kis_order_id: None,
            trade_date: kst_date(at(0)),
            attempts: 1,
            denial: None,
            decided_at: at(0),
            claimed_at: Some(at(0)),
            created_at: at(0),
            updated_at: at(0),
            fields_hash: String::new(),
            lease_epoch: None,
            sent_at: None,
            hard_deadline_at: None,
            answer_class: None,
            answer_code: None,
            bound_by: None,
            locked_until: None,
            is_suspect: false,
            evidence: None,
        }
    }

    fn row(number: &str, quantity: i64, accepted: i64) -> BrokerOrder {
        let facts = RowFacts { order_qty: Qty(quantity), cum_qty: Qty::ZERO, cum_amount: Won::ZERO, end: None };
        let id = BrokerOrderId(number.to_owned());
        BrokerOrder { id, fields: fields(quantity), facts, accepted_at: at(accepted) }
    }

    /// As for a broker that answers within 30 seconds and whose list lags.
    const SLOW: AbsencePolicy = AbsencePolicy {
        answer_window: TimeDelta::seconds(30),
        clock_slack: TimeDelta::seconds(2),
        late_margin: TimeDelta::seconds(30),
        lists: 3,
        spread: TimeDelta::seconds(60),
        quiet: TimeDelta::seconds(180),
    };

    fn verdict(rows: &[BrokerOrder], bound: &[&str]) -> Verdict {
        let bound = bound.iter().map(|number| BrokerOrderId((*number).to_owned())).collect();
        judge(&order(), at(0), rows, &bound, &mut None, &SLOW, at(10))
    }

    #[test]
    fn exactly_one_fitting_row_is_the_order() {
        let fitting = row("1", 10, 1);
        let cases = [
            ("one row", vec![fitting.clone()], vec![], Verdict::Bind(fitting.clone())),
            (
                "another quantity beside it",
                vec![row("2", 11, 1), fitting.clone()],
                vec![],
                Verdict::Bind(fitting.clone()),
            ),
            (
                "one that is bound beside it",
                vec![row("2", 10, 1), fitting.clone()],
                vec!["2"],
                Verdict::Bind(fitting.clone()),
            ),
            (
                "an earlier twin beside it",
                vec![row("2", 10, -3), fitting.clone()],
                vec![],
                Verdict::Bind(fitting.clone()),
            ),
            ("accepted within the slack of clocks", vec![row("1", 10, -2)], vec![], Verdict::Bind(row("1", 10, -2))),
            ("only an earlier one", vec![row("1", 10, -3)], vec![], Verdict::Wait),
            ("only a bound one", vec![fitting], vec!["1"], Verdict::Wait),
        ];
        for (story, rows, bound, expected) in cases {
            assert_eq!(verdict(&rows, &bound), expected, "{story}");
        }
    }

    #[test]
    fn more_than_one_or_a_late_one_is_for_a_person() {
        assert!(matches!(verdict(&[row("1", 10, 1), row("2", 10, 2)], &[]), Verdict::Ambiguous(_)));
        assert!(matches!(verdict(&[row("1", 10, 61)], &[]), Verdict::Ambiguous(_)));
    }

    #[test]
    fn absence_takes_all_its_time_and_lists() {
        let mut absence = None;
        let none = HashSet::new();
        let mut look = |second| judge(&order(), at(0), &[], &none, &mut absence, &SLOW, at(second));
        for second in [10, 29, 30, 100, 200, 209] {
            assert_eq!(look(second), Verdict::Wait, "at {second}");
        }
        assert_eq!(look(210), Verdict::Absent);
    }

    #[test]
    fn on_paper_absence_is_known_once_no_answer_can_come() {
        let (mut absence, none) = (None, HashSet::new());
        let mut look = |second| judge(&order(), at(0), &[], &none, &mut absence, &AbsencePolicy::PAPER, at(second));
        assert_eq!(look(4), Verdict::Wait);
        assert_eq!(look(5), Verdict::Absent);
    }
}
