//! Random lives of orders against a model of their own (safety §6.3: order states, T3 to T19).

use exodus_domain::{OrderEvent, OrderState, Qty, RowEnd, RowFacts, Won};
use proptest::prelude::*;

fn any_row() -> impl Strategy<Value = RowFacts> {
    let ends = prop_oneof![
        4 => Just(None),
        1 => Just(Some(RowEnd::Cancelled)),
        1 => Just(Some(RowEnd::Rejected)),
        1 => Just(Some(RowEnd::Expired)),
    ];
    (0i64..=10, ends).prop_map(|(cum, end)| RowFacts {
        order_qty: Qty(10),
        cum_qty: Qty(cum),
        cum_amount: Won(cum * 1_000),
        end,
    })
}

fn any_event() -> impl Strategy<Value = OrderEvent> {
    use OrderEvent as E;
    prop_oneof![
        1 => Just(E::Withdrawn),
        4 => Just(E::Claimed),
        3 => Just(E::Accepted),
        1 => Just(E::Refused),
        3 => Just(E::ProvenUnsentRetry),
        1 => Just(E::ProvenUnsent),
        3 => Just(E::AnswerLost),
        1 => Just(E::Doubted),
        1 => Just(E::PersonDismissed),
        1 => Just(E::Absent),
        2 => any_row().prop_map(E::Matched),
        1 => any_row().prop_map(E::PersonBound),
        2 => any_row().prop_map(E::Reappeared),
        6 => any_row().prop_map(E::RowRead),
    ]
}

/// What an order has gone through, told by the rules of §2.2 and §2.6 and not by the table.
#[derive(Default)]
struct Past {
    /// A request of which it is not proven that the broker did not take it.
    may_be_at_broker: bool,
    was_bound: bool,
    was_filled: bool,
    had_fills: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_life_of_an_order_breaks_a_rule(events in proptest::collection::vec(any_event(), 1..25)) {
        use OrderEvent as E;
        use OrderState as S;
        let (mut state, mut past) = (S::Created, Past::default());
        for event in events {
            let Ok(next) = state.after(&event) else { continue };
            // Sent again only where the request is proven not to have arrived (T7).
            if next == S::Created {
                prop_assert!(state == S::Sending && event == E::ProvenUnsentRetry);
            }
            if event == E::Claimed {
                prop_assert!(state == S::Created && !past.may_be_at_broker, "{state} was sent again");
                past.may_be_at_broker = true;
            }
            if matches!(event, E::ProvenUnsent | E::ProvenUnsentRetry) {
                past.may_be_at_broker = false;
            }
            if next == S::NotSent {
                prop_assert!(!past.may_be_at_broker, "what may be at the broker is not called unsent");
            }
            // An answer that was lost is doubt, and doubt ends by a row, an answer, a rule or a person only.
            if event == E::AnswerLost {
                prop_assert_eq!(next, S::Unknown);
            }
            if state == S::Ambiguous && next != S::Ambiguous {
                prop_assert!(matches!(event, E::PersonBound(_) | E::PersonDismissed | E::Accepted | E::Refused));
            }
            // What is bound stays bound, and no row takes fills back.
            prop_assert!(!past.was_bound || !next.holds_lock() && next != S::NotFound && next != S::NotSent);
            prop_assert!(!past.was_filled || next == S::Filled);
            prop_assert!(!past.had_fills || next != S::Acked, "{state} by {event:?}");
            let row = match event {
                E::Matched(row) | E::PersonBound(row) | E::Reappeared(row) | E::RowRead(row) => Some(row),
                _ => None,
            };
            if let Some(row) = row {
                prop_assert!(next != S::Filled || row.cum_qty == Qty(10) || past.was_filled);
                past.had_fills |= row.cum_qty.is_positive() && !state.is_ended();
            }
            past.was_bound |= row.is_some() || event == E::Accepted;
            past.was_filled |= next == S::Filled;
            state = next;
        }
    }

    /// Rows may come in any order and any number of times: once a whole fill was read, that is how it ends.
    #[test]
    fn rows_in_any_order_end_where_the_fullest_says(rows in proptest::collection::vec(any_row(), 1..20)) {
        let after = |state: OrderState, row: &RowFacts| state.after(&OrderEvent::RowRead(*row)).unwrap_or(state);
        let end = rows.iter().fold(OrderState::Acked, after);
        let is_whole = rows.iter().any(|row| row.cum_qty == row.order_qty);
        prop_assert_eq!(end == OrderState::Filled, is_whole);
        let again = rows.iter().fold(end, after);
        prop_assert_eq!(again == OrderState::Filled, is_whole, "reading them once more adds nothing");
    }
}
