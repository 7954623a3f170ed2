//! What goes wrong in the world of a seed, and how often (safety §6.1): each kind of fault is on in every second seed.

use chrono::TimeDelta;

use crate::chance::Chance;

/// Rates of faults, in a thousand, and the times they take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// No connection for an order: nothing was written.
    pub(crate) no_line: i64,
    /// The request breaks off before the broker has it.
    pub(crate) request_lost: i64,
    /// The request reaches the broker late.
    pub(crate) request_late: i64,
    /// The order is made, and nobody hears of it.
    pub(crate) answer_lost: i64,
    /// The answer takes up to a minute.
    pub(crate) answer_late: i64,
    /// HTTP 500 although the order was made.
    pub(crate) server_error_with: i64,
    /// HTTP 500, and no order.
    pub(crate) server_error_without: i64,
    /// Something that is no answer.
    pub(crate) garbage: i64,
    /// The broker refuses an order.
    pub(crate) refused: i64,
    /// The connection ends before the first byte.
    pub(crate) unsent: i64,
    /// An order shows in lists minutes later than those after it.
    pub(crate) row_late: i64,
    /// The owner was faster with a cancel on the phone.
    pub(crate) beaten: i64,
    /// The process is stopped while it connects, for longer than a decision is worth anything, or a lease.
    pub(crate) stopped: i64,
    /// A kill switch is pulled while a process connects.
    pub(crate) pulled: i64,
    /// Tokens that the broker revokes before their time.
    pub(crate) token_losses: i64,
    /// True if the broker chooses the exchange of an order.
    pub(crate) routes: bool,
    /// EGW00201.
    pub(crate) rate_error: i64,
    /// The broker makes two orders of one request.
    pub(crate) doubled: i64,
    /// Lists show what was so long ago, while they lag.
    pub(crate) list_lag: TimeDelta,
    /// How many lists lag.
    pub(crate) lagging: i64,
    /// Lists and balances that fail.
    pub(crate) read_errors: i64,
    /// Balances that lag by up to a minute.
    pub(crate) balance_lag: i64,
    /// Notices that are lost.
    pub(crate) notice_lost: i64,
    /// Notices that come several times.
    pub(crate) notice_repeated: i64,
    /// Notices of orders that do not exist.
    pub(crate) notice_garbage: i64,
    /// Crashes in the fault phase.
    pub(crate) crashes: i64,
    /// Pauses of a process.
    pub(crate) pauses: i64,
    /// Orders by hand that are twins of ours.
    pub(crate) twins: i64,
    /// Other orders by hand.
    pub(crate) externals: i64,
    /// Presses of a kill switch.
    pub(crate) kills: i64,
    /// Steps of a clock.
    pub(crate) clock_jumps: i64,
    /// True if a strategy trades beside the people.
    pub(crate) strategy: bool,
    /// True if there are two workers.
    pub(crate) two_workers: bool,
    /// True if the gateway's refusals count as proof (B9).
    pub(crate) refusals_prove: bool,
}

impl Plan {
    /// The plan of a seed. Every fiftieth has no fault at all.
    pub(crate) fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "plan");
        if seed.is_multiple_of(50) {
            return Self::default();
        }
        let mut rate = |most: i64| if chance.percent(50) { chance.between(1, most) } else { 0 };
        Self {
            no_line: rate(100),
            request_lost: rate(100),
            request_late: rate(60),
            answer_lost: rate(300),
            answer_late: rate(300),
            refused: rate(40),
            unsent: rate(40),
            row_late: rate(500),
            beaten: rate(400),
            stopped: rate(60),
            pulled: rate(40),
            token_losses: rate(2),
            routes: rate(2) == 1,
            server_error_with: rate(100),
            server_error_without: rate(100),
            garbage: rate(50),
            rate_error: rate(100),
            doubled: if rate(3) == 1 { 15 } else { 0 },
            list_lag: TimeDelta::seconds(rate(120)),
            lagging: rate(1000),
            read_errors: rate(100),
            balance_lag: rate(300),
            notice_lost: rate(1000),
            notice_repeated: rate(300),
            notice_garbage: rate(100),
            crashes: rate(12),
            pauses: rate(3),
            twins: if rate(4) == 1 { 2 } else { 0 },
            externals: if rate(3) == 1 { 2 } else { 0 },
            kills: if rate(3) == 1 { 1 } else { 0 },
            clock_jumps: if rate(8) == 1 { 2 } else { 0 },
            strategy: rate(1) == 1,
            two_workers: rate(3) == 1,
            refusals_prove: rate(2) == 1,
        }
    }
}
