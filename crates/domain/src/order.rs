//! The life of an order (`safety` specification §2.2): states, events, and the only transitions there are.

use serde::{Deserialize, Serialize};

use crate::{AvgPrice, Price, Qty, Symbol, Won};

text_enum! {
    /// Which way an order trades (FIX tag 54).
    Side {
        /// 매수.
        Buy = "buy",
        /// 매도.
        Sell = "sell",
    }
}

text_enum! {
    /// How an order is priced (FIX tag 40).
    OrderType {
        /// 지정가: at the named price or better.
        Limit = "limit",
        /// 시장가: at whatever the book offers.
        Market = "market",
    }
}

/// What an order asks for. These fields never change once the order is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFields {
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Pricing.
    pub order_type: OrderType,
    /// Shares, at least one.
    pub quantity: Qty,
    /// Limit price in won a share; `None` for a market order.
    pub price: Option<Price>,
}

text_enum! {
    /// Where an order stands. Fine enough to tell doubt from failure: an answer that was not understood is
    /// [`OrderState::Unknown`], never [`OrderState::Rejected`].
    OrderState {
        /// The risk gate said no; nothing was sent. Terminal.
        Denied = "denied",
        /// Approved and written down, not yet claimed for sending.
        Created = "created",
        /// Given up before the first byte left. Terminal.
        NotSent = "not_sent",
        /// Claimed: the request may be on the wire.
        Sending = "sending",
        /// Sent, outcome not known; the broker is being asked.
        Unknown = "unknown",
        /// Sent, and the evidence names no single outcome; a person decides.
        Ambiguous = "ambiguous",
        /// Accepted by the broker, nothing filled.
        Acked = "acked",
        /// Filled in part, the rest is open.
        Partial = "partial",
        /// Filled whole. Terminal.
        Filled = "filled",
        /// The open rest was cancelled. Terminal.
        Cancelled = "cancelled",
        /// Refused by the broker or the exchange. Terminal.
        Rejected = "rejected",
        /// The rest ended with its session. Terminal.
        Expired = "expired",
        /// The broker never had it. May still reappear the same day.
        NotFound = "not_found",
    }
}

text_enum! {
    /// How the broker's row of an order ended, if it did.
    RowEnd {
        /// The open rest was cancelled.
        Cancelled = "cancelled",
        /// The exchange refused it.
        Rejected = "rejected",
        /// The session ended.
        Expired = "expired",
    }
}

/// The facts of one row of the broker's order list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFacts {
    /// Shares ordered.
    pub order_qty: Qty,
    /// Shares filled so far, cumulative.
    pub cum_qty: Qty,
    /// Won traded so far, cumulative.
    pub cum_amount: Won,
    /// How the row ended; `None` while it is open or filled whole.
    pub end: Option<RowEnd>,
}

impl RowFacts {
    /// The state that these facts alone mean.
    pub fn state(&self) -> OrderState {
        if self.cum_qty >= self.order_qty {
            return OrderState::Filled;
        }
        match self.end {
            Some(RowEnd::Cancelled) => OrderState::Cancelled,
            Some(RowEnd::Rejected) => OrderState::Rejected,
            Some(RowEnd::Expired) => OrderState::Expired,
            None if self.cum_qty.is_positive() => OrderState::Partial,
            None => OrderState::Acked,
        }
    }
}

/// What can happen to an order after it was written down; each variant names its rows (T) of the transition table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum OrderEvent {
    /// T3: given up before it was claimed: too old, halted, shutting down, or found at start.
    Withdrawn,
    /// T4: claimed for sending; from here on it may be on the wire.
    Claimed,
    /// T5, T11: the broker accepted it.
    Accepted,
    /// T6, T11: the broker refused it with a code known to be a refusal.
    Refused,
    /// T7: proven not accepted, and another attempt is allowed.
    ProvenUnsentRetry,
    /// T8: proven not accepted, and no attempt is left.
    ProvenUnsent,
    /// T9: no answer, or one that was not understood; also any SENDING found at start.
    AnswerLost,
    /// T10: exactly one row of the broker's list matched.
    Matched(RowFacts),
    /// T12: the evidence is contrary, or more than one row matched.
    Doubted,
    /// T13: a person bound it to a row.
    PersonBound(RowFacts),
    /// T13: a person decided that the broker never had it.
    PersonDismissed,
    /// T14: the absence rule is met.
    Absent,
    /// T15: its row appeared after all.
    Reappeared(RowFacts),
    /// T16–T19: the broker's row of a bound order was read.
    RowRead(RowFacts),
}

impl OrderEvent {
    /// The word of [`Reappeared`](Self::Reappeared).
    pub const REAPPEARED: &str = "reappeared";

    /// The word used in timelines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Claimed => "claimed",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::ProvenUnsentRetry => "proven_unsent_retry",
            Self::ProvenUnsent => "proven_unsent",
            Self::AnswerLost => "answer_lost",
            Self::Matched(_) => "matched",
            Self::Doubted => "doubted",
            Self::PersonBound(_) => "person_bound",
            Self::PersonDismissed => "person_dismissed",
            Self::Absent => "absent",
            Self::Reappeared(_) => Self::REAPPEARED,
            Self::RowRead(_) => "row_read",
        }
    }
}

/// An event that the table does not list for the state it met. Nothing may change then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} cannot take the event {event}")]
pub struct ForbiddenTransition {
    /// The state the order is in.
    pub from: OrderState,
    /// The event that came.
    pub event: &'static str,
}

impl OrderState {
    /// The state after `event`.
    ///
    /// # Errors
    /// [`ForbiddenTransition`] for every pair that T3–T19 do not list; the caller must change nothing.
    pub fn after(self, event: &OrderEvent) -> Result<Self, ForbiddenTransition> {
        use OrderEvent as E;
        let next = match (self, event) {
            (Self::Created, E::Withdrawn) => Self::NotSent,
            (Self::Created, E::Claimed) => Self::Sending,
            (Self::Sending | Self::Unknown | Self::Ambiguous, E::Accepted) => Self::Acked,
            (Self::Sending | Self::Unknown | Self::Ambiguous, E::Refused) => Self::Rejected,
            (Self::Sending, E::ProvenUnsentRetry) => Self::Created,
            (Self::Sending, E::ProvenUnsent) => Self::NotSent,
            (Self::Sending, E::AnswerLost) => Self::Unknown,
            (Self::Unknown, E::Matched(row)) => row.state(),
            (Self::Unknown, E::Doubted) => Self::Ambiguous,
            (Self::Ambiguous, E::PersonBound(row)) => row.state(),
            (Self::Ambiguous, E::PersonDismissed) | (Self::Unknown, E::Absent) => Self::NotFound,
            // T15 lists no REJECTED and no EXPIRED: a row that ended so means that the day rules of T18 apply first.
            (Self::NotFound, E::Reappeared(row)) if !matches!(row.state(), Self::Rejected | Self::Expired) => {
                row.state()
            }
            // T16–T18. A row that shows fewer fills than known is stale and takes nothing back (§2.7).
            (Self::Partial, E::RowRead(row)) if row.state() == Self::Acked => Self::Partial,
            (Self::Acked | Self::Partial, E::RowRead(row)) => row.state(),
            // T19: a late fill is always booked; an ended order only stays as it is or turns out filled.
            (Self::Cancelled | Self::Expired | Self::Rejected, E::RowRead(row)) => match row.state() {
                Self::Filled => Self::Filled,
                _ => self,
            },
            (Self::Filled, E::RowRead(row)) if row.state() == Self::Filled => Self::Filled,
            _ => return Err(self.forbid(event)),
        };
        Ok(next)
    }

    fn forbid(self, event: &OrderEvent) -> ForbiddenTransition {
        ForbiddenTransition { from: self, event: event.as_str() }
    }

    /// True if nothing more is expected to happen. A late fill (T19) or a reappearance (T15) still may.
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            Self::Denied
                | Self::NotSent
                | Self::Rejected
                | Self::Filled
                | Self::Cancelled
                | Self::Expired
                | Self::NotFound
        )
    }

    /// True if the broker is known to hold the order open.
    pub fn is_open_at_broker(self) -> bool {
        matches!(self, Self::Acked | Self::Partial)
    }

    /// True while the order locks (account, symbol, side): it may or may not be at the broker (§2.2).
    pub fn holds_lock(self) -> bool {
        matches!(self, Self::Created | Self::Sending | Self::Unknown | Self::Ambiguous)
    }

    /// The four words of the founding document, for lists and filters.
    pub fn status(self) -> OrderStatus {
        match self {
            Self::Created | Self::Sending | Self::Unknown | Self::Ambiguous | Self::Acked | Self::Partial => {
                OrderStatus::Pending
            }
            Self::Filled => OrderStatus::Filled,
            Self::Cancelled | Self::Expired => OrderStatus::Cancelled,
            Self::Denied | Self::NotSent | Self::Rejected | Self::NotFound => OrderStatus::Rejected,
        }
    }
}

text_enum! {
    /// The coarse status of an order.
    OrderStatus {
        /// Not ended.
        Pending = "pending",
        /// Filled whole.
        Filled = "filled",
        /// Cancelled or ended with its session, perhaps after partial fills.
        Cancelled = "cancelled",
        /// Never became an order at the exchange.
        Rejected = "rejected",
    }
}

/// The average fill price of `cum_amount` won over `cum_qty` shares; `None` before the first fill.
pub fn average_fill_price(cum_amount: Won, cum_qty: Qty) -> Option<AvgPrice> {
    cum_qty.is_positive().then(|| AvgPrice::of(cum_amount, cum_qty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cum: i64, end: Option<RowEnd>) -> RowFacts {
        RowFacts { order_qty: Qty(10), cum_qty: Qty(cum), cum_amount: Won(cum * 1_000), end }
    }

    fn every_event() -> Vec<OrderEvent> {
        use OrderEvent as E;
        let mut events = vec![
            E::Withdrawn,
            E::Claimed,
            E::Accepted,
            E::Refused,
            E::ProvenUnsentRetry,
            E::ProvenUnsent,
            E::AnswerLost,
            E::Doubted,
            E::PersonDismissed,
            E::Absent,
        ];
        let ends = [None, Some(RowEnd::Cancelled), Some(RowEnd::Rejected), Some(RowEnd::Expired)];
        for facts in ends.into_iter().flat_map(|end| [row(0, end), row(4, end), row(10, end)]) {
            events.extend([E::Matched(facts), E::PersonBound(facts), E::Reappeared(facts), E::RowRead(facts)]);
        }
        events
    }

    /// The pairs of T3–T19, written out once more from the specification.
    fn listed(from: OrderState, to: OrderState) -> bool {
        use OrderState as S;
        let after_row = [S::Acked, S::Partial, S::Filled, S::Cancelled, S::Rejected, S::Expired];
        match from {
            S::Created => [S::NotSent, S::Sending].contains(&to),
            S::Sending => [S::Acked, S::Rejected, S::Created, S::NotSent, S::Unknown].contains(&to),
            S::Unknown => after_row.contains(&to) || [S::Ambiguous, S::NotFound].contains(&to),
            S::Ambiguous => after_row.contains(&to) || to == S::NotFound,
            S::NotFound => [S::Acked, S::Partial, S::Filled, S::Cancelled].contains(&to),
            S::Acked => after_row.contains(&to),
            S::Partial => after_row.contains(&to) && to != S::Acked,
            S::Cancelled | S::Expired | S::Rejected => to == from || to == S::Filled,
            S::Filled => to == S::Filled,
            S::Denied | S::NotSent => false,
        }
    }

    #[test]
    fn only_listed_transitions_exist() {
        for &from in OrderState::ALL {
            for event in every_event() {
                if let Ok(to) = from.after(&event) {
                    assert!(listed(from, to), "{from} became {to} by {event:?}");
                }
            }
        }
    }

    #[test]
    fn an_order_in_doubt_never_becomes_sendable_again() {
        for from in [OrderState::Unknown, OrderState::Ambiguous, OrderState::NotFound] {
            for event in every_event() {
                let to = from.after(&event);
                assert!(!matches!(to, Ok(OrderState::Created | OrderState::Sending)), "{from} by {event:?}");
            }
        }
    }

    #[test]
    fn a_stale_row_takes_no_fill_back() {
        assert_eq!(OrderState::Partial.after(&OrderEvent::RowRead(row(0, None))), Ok(OrderState::Partial));
    }

    #[test]
    fn a_late_fill_completes_a_cancelled_order() {
        assert_eq!(OrderState::Cancelled.after(&OrderEvent::RowRead(row(10, None))), Ok(OrderState::Filled));
        assert_eq!(OrderState::Cancelled.after(&OrderEvent::RowRead(row(4, None))), Ok(OrderState::Cancelled));
    }

    #[test]
    fn nothing_happens_to_what_was_never_sent() {
        for from in [OrderState::Denied, OrderState::NotSent] {
            assert!(every_event().iter().all(|event| from.after(event).is_err()));
        }
    }
}
