//! Live arming (`safety` specification SE50, SE51): a person lets one version of a strategy order with real money on one
//! account, for a few trading days, after having seen and typed what it may lose.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::{AccountLimits, LimitName, Won, is_session, kst_date, kst_time, next_session};

/// Trading days that an arming may last at most (SE51).
pub const MAX_ARMED_DAYS: u32 = 5;
/// Clean paper days that a version of a strategy needs before it is armed (SE50).
pub const PAPER_DAYS: usize = 5;
/// Orders of a strategy on its first live day (SE51).
pub const FIRST_DAY_ORDERS: i64 = 5;
/// What an order of the first live day may be worth is the limit of the account over this (SE51).
pub const FIRST_DAY_PART: i64 = 10;
/// Costs of an order over its worth at most, in hundredths of a percent: commission, and tax of a sale.
const COSTS: i128 = 30;
/// A worst case is told in steps of so many won, so that it does not change with each quote.
const STEP: i64 = 10_000;
/// From the upper price limit of a day to the lower: 130 to 70.
const DAY_KEEPS: (i128, i128) = (7, 13);

text_enum! {
    /// Why a live arming ended.
    ArmingEnd {
        /// A person took it back.
        Disarmed = "disarmed",
        /// Its last trading day is over.
        Expired = "expired",
        /// A limit of the account was raised.
        LimitRaised = "limit_raised",
        /// Another version trades, or none.
        StrategyChanged = "strategy_changed",
        /// The account has other keys, or was removed.
        KeysChanged = "keys_changed",
        /// The loss of the day was reached.
        DailyLoss = "daily_loss",
        /// The program found what must not be, or halted the account.
        Breach = "breach",
        /// The books of the account must be looked at by a person.
        Review = "review",
        /// The password, the role or the state of its owner changed, or a session of theirs was stolen.
        Access = "access",
        /// Another program runs.
        Deployed = "deployed",
    }
}

text_enum! {
    /// What must be before a strategy can be armed.
    ArmingNeed {
        /// This version trades on this account, whose money is real.
        Trading = "trading",
        /// The version had its clean days on a paper account.
        PaperDays = "paper_days",
        /// The owner has set, or confirmed, what an order and a day's loss may come to, and no raise waits.
        Limits = "limits",
        /// The account was read from its broker today, is not in review, and no order is in doubt (R0).
        Reconciled = "reconciled",
        /// The account's keys are stored and were not refused.
        Credential = "credential",
        /// Nothing is halted and the circuit to the broker is closed.
        NotHalted = "not_halted",
    }
}

text_enum! {
    /// Why a trading day on paper does not count.
    PaperFlaw {
        /// The session of the account did not run that day.
        NotRun = "not_run",
        /// The version was not assigned for the whole session.
        NotAssigned = "not_assigned",
        /// A switch was pulled on the account, the strategy, its owner or everything.
        Halted = "halted",
        /// The account was in review.
        Review = "review",
        /// An order was left to a person.
        Ambiguous = "ambiguous",
        /// Orders sent, found at the broker and booked were not the same.
        Mismatch = "mismatch",
        /// What must not be was found, or the circuit waited for a person.
        Breach = "breach",
        /// The program stopped the strategy.
        Stopped = "stopped",
    }
}

/// The first and the last trading day of an arming that is made at `now` for `days` of them. One that is made after the
/// close begins with the next session. `None` if the calendar does not reach that far.
pub fn armed_days(now: DateTime<Utc>, days: u32) -> Option<(NaiveDate, NaiveDate)> {
    let today = kst_date(now);
    let is_over = kst_time(now) >= NaiveTime::from_hms_opt(15, 30, 0)?;
    let first = if is_session(today) && !is_over { today } else { next_session(today)? };
    let mut last = first;
    for _ in 1..days {
        last = next_session(last)?;
    }
    Some((first, last))
}

/// What a strategy may lose of real money while it is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorstCase {
    /// The most that what it buys may become worth, in won.
    pub exposure: Won,
    /// The most that may be lost, costs included, in won: all of it bought at the upper price limit and worth the lower
    /// at the end of each day.
    pub loss: Won,
}

impl WorstCase {
    /// The worst case of `days` trading days, the first of them with the limits of a first live day if `is_first`, for a
    /// strategy of `issues` issues on an account that is worth `equity`.
    pub fn of(equity: Won, limits: &AccountLimits, issues: usize, days: u32, is_first: bool) -> Self {
        let worth = i128::from(equity.0.max(0));
        let issues = i128::try_from(issues).unwrap_or(i128::MAX);
        let part = |name| worth * i128::from(limits.get(name)) / 10_000;
        let held = part(LimitName::MaxGross).min(part(LimitName::MaxPosition).saturating_mul(issues)).min(worth);
        let turnover: i128 = (0..days).map(|day| turnover(limits, is_first && day == 0)).sum();
        let exposure = held.min(turnover);
        let mut left = exposure;
        for _ in 0..days {
            left = left * DAY_KEEPS.0 / DAY_KEEPS.1;
        }
        let loss = (exposure - left + turnover * COSTS / 10_000).min(worth);
        let step = i128::from(STEP);
        let won = |amount: i128| Won(i64::try_from(amount).unwrap_or(i64::MAX));
        Self { exposure: won(exposure), loss: won((loss + step - 1) / step * step) }
    }
}

/// What all orders of a day may be worth together.
fn turnover(limits: &AccountLimits, is_first: bool) -> i128 {
    let (orders, each) = (limits.get(LimitName::MaxOrdersPerDay), limits.get(LimitName::MaxOrderNotional));
    let (orders, each) = if is_first { (orders.min(FIRST_DAY_ORDERS), each / FIRST_DAY_PART) } else { (orders, each) };
    i128::from(orders) * i128::from(each)
}

/// The sentences that arm an account, Korean and English: one of them must be typed. `digits` are those of the account's
/// number that may be shown.
pub fn arming_sentences(digits: &str, loss: Won) -> [String; 2] {
    let amount = grouped(loss.0);
    [
        format!("계좌 {digits}에서 {amount}원까지 잃을 수 있음을 알고 실전 주문을 허용합니다"),
        format!("I arm account {digits} and may lose up to {amount} won"),
    ]
}

/// A number with a comma after each thousand.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// True if `typed` is one of the sentences, but for spaces and a full stop.
pub fn is_arming_sentence(typed: &str, digits: &str, loss: Won) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_lowercase();
    arming_sentences(digits, loss).iter().any(|sentence| plain(sentence) == plain(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an RFC 3339 time")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn an_arming_lasts_for_trading_days() {
        let friday = day("2026-11-20");
        let before = at("2026-11-20T08:30:00+09:00");
        assert_eq!(armed_days(before, 1), Some((friday, friday)));
        assert_eq!(armed_days(before, 2), Some((friday, day("2026-11-23"))));
        let after = at("2026-11-20T15:30:00+09:00");
        assert_eq!(armed_days(after, 1), Some((day("2026-11-23"), day("2026-11-23"))));
        assert_eq!(armed_days(at("2026-11-21T12:00:00+09:00"), 5), Some((day("2026-11-23"), day("2026-11-27"))));
    }

    #[test]
    fn the_worst_case_is_bounded_by_limits_orders_and_what_there_is() {
        let limits = AccountLimits::at_broker();
        let worst = |equity, issues, days, is_first| WorstCase::of(Won(equity), &limits, issues, days, is_first);
        // 5 orders of 100,000 won: 500,000 × 6 / 13 and 0.3 % of costs.
        assert_eq!(worst(100_000_000, 3, 1, true), WorstCase { exposure: Won(500_000), loss: Won(240_000) });
        // A fifth of the equity in each of two issues.
        assert_eq!(worst(10_000_000, 2, 1, false).exposure, Won(4_000_000));
        assert_eq!(worst(10_000_000, 9, 1, false).exposure, Won(10_000_000), "no more than there is");
        assert_eq!(worst(1_000_000, 9, 5, false).loss, Won(1_000_000), "no more than there is");
        assert_eq!(worst(0, 9, 5, false), WorstCase { exposure: Won(0), loss: Won(0) });
        assert_eq!(worst(-5, 9, 5, true), WorstCase { exposure: Won(0), loss: Won(0) });
        assert!(worst(100_000_000, 2, 2, false).loss > worst(100_000_000, 2, 1, false).loss);
        assert!(worst(i64::MAX, usize::MAX, 5, false).loss.0 > 0, "nothing overflows");
    }

    #[test]
    fn the_sentence_must_name_the_account_and_the_loss() {
        let [ko, en] = arming_sentences("34-01", Won(1_230_000));
        assert_eq!(en, "I arm account 34-01 and may lose up to 1,230,000 won");
        assert!(ko.contains("34-01") && ko.contains("1,230,000원"), "{ko}");
        for typed in [ko.as_str(), en.as_str(), " i arm  account 34-01 and may lose up to 1,230,000 won. "] {
            assert!(is_arming_sentence(typed, "34-01", Won(1_230_000)), "{typed}");
        }
        for (digits, loss) in [("35-01", 1_230_000), ("34-01", 1_240_000)] {
            assert!(!is_arming_sentence(&en, digits, Won(loss)), "{digits} {loss}");
        }
        assert!(!is_arming_sentence("", "34-01", Won(1_230_000)));
    }
}
