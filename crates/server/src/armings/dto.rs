//! Bodies of armings.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{ArmingEnd, ArmingNeed, PaperFlaw};
use exodus_store::accounts::AccountEnv;
use exodus_store::armings;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{kst, words};

/// How long is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArmingQuery {
    /// Trading days, 1 to 5; 1 if it is left out.
    #[param(minimum = 1, maximum = 5)]
    pub(crate) days: Option<u32>,
}

/// What must be before a strategy can be armed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArmingCheck {
    /// What.
    #[schema(value_type = words::ArmingNeed)]
    pub(crate) need: ArmingNeed,
    /// Whether it is.
    pub(crate) is_met: bool,
}

/// A trading day on which the version was assigned to a paper account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperDay {
    /// Date in Korea.
    pub(crate) date: NaiveDate,
    /// The paper account.
    pub(crate) account_id: i64,
    /// Why it does not count; empty if it does.
    #[schema(value_type = Vec<words::PaperFlaw>)]
    pub(crate) flaws: Vec<PaperFlaw>,
}

impl From<armings::PaperDay> for PaperDay {
    fn from(day: armings::PaperDay) -> Self {
        Self { date: day.date, account_id: day.account_id, flaws: day.flaws }
    }
}

/// What would be armed, and what it may lose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArmingOffer {
    /// Trading days.
    pub(crate) days: u32,
    /// The first of them.
    pub(crate) first_date: NaiveDate,
    /// The last of them.
    pub(crate) last_date: NaiveDate,
    /// True if the first of them is the first live day of the version, with less than the limits.
    pub(crate) is_first_day: bool,
    /// Won that an order of the first live day may be worth.
    pub(crate) first_day_notional: i64,
    /// Orders that may be made on the first live day.
    pub(crate) first_day_orders: i64,
    /// Won that what it buys may become worth.
    pub(crate) exposure: i64,
    /// Won that may be lost, costs included: everything bought at the upper price limit, worth the lower at the end of each
    /// day.
    pub(crate) max_loss: i64,
    /// The sentence to be typed, in Korean.
    pub(crate) sentence_ko: String,
    /// The same in English; either of the two arms.
    pub(crate) sentence_en: String,
}

/// How a strategy stands to real money.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArmingStanding {
    /// Strategy.
    pub(crate) strategy_id: i64,
    /// Its name.
    pub(crate) strategy_name: String,
    /// The version that trades; null while none does.
    #[schema(required)]
    pub(crate) version: Option<i32>,
    /// The account it trades on; null while it trades on none.
    #[schema(required)]
    pub(crate) account_id: Option<i64>,
    /// What its owner calls the account.
    #[schema(required)]
    pub(crate) account_name: Option<String>,
    /// Whether the money of the account is real.
    #[schema(required, value_type = Option<words::AccountEnv>)]
    pub(crate) env: Option<AccountEnv>,
    /// The digits of the account's number that may be shown.
    #[schema(required)]
    pub(crate) account_digits: Option<String>,
    /// The arming that has not ended; null if there is none.
    #[schema(required)]
    pub(crate) armed: Option<Arming>,
    /// What is needed, in order.
    pub(crate) checks: Vec<ArmingCheck>,
    /// Clean paper days that are needed; 0 if the operator asks for none.
    pub(crate) paper_days_needed: usize,
    /// The last paper days of the version, newest first.
    pub(crate) paper_days: Vec<PaperDay>,
    /// What would be armed; null on paper.
    #[schema(required)]
    pub(crate) offer: Option<ArmingOffer>,
}

/// An arming.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Arming {
    /// Id.
    pub(crate) id: i64,
    /// Account.
    pub(crate) account_id: i64,
    /// Strategy.
    pub(crate) strategy_id: i64,
    /// Its name.
    pub(crate) strategy_name: String,
    /// The version of it.
    pub(crate) version: i32,
    /// Won that its owner typed may be lost.
    pub(crate) max_loss: i64,
    /// First trading day.
    pub(crate) first_date: NaiveDate,
    /// Last trading day.
    pub(crate) last_date: NaiveDate,
    /// When it was made.
    pub(crate) armed_at: DateTime<FixedOffset>,
    /// When it ended; null while it holds.
    #[schema(required)]
    pub(crate) ended_at: Option<DateTime<FixedOffset>>,
    /// Why it ended.
    #[schema(required, value_type = Option<words::ArmingEnd>)]
    pub(crate) end_reason: Option<ArmingEnd>,
}

impl Arming {
    /// An arming with the name of its strategy.
    pub(crate) fn new(arming: armings::Arming, strategy_name: String) -> Self {
        Self {
            id: arming.id,
            account_id: arming.account_id,
            strategy_id: arming.strategy_id,
            strategy_name,
            version: arming.strategy_version,
            max_loss: arming.max_loss.0,
            first_date: arming.first_date,
            last_date: arming.last_date,
            armed_at: kst(arming.armed_at),
            ended_at: arming.end.map(|(at, _)| kst(at)),
            end_reason: arming.end.map(|(_, reason)| reason),
        }
    }
}

/// Lets the version that trades order with real money.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArmRequest {
    /// The version that is meant; refused if another one trades.
    pub(crate) version: i32,
    /// For so many trading days, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub(crate) days: i64,
    /// Won that may be lost: no less than the worst case.
    pub(crate) max_loss: i64,
    /// The sentence with the account's digits and the loss, in Korean or English.
    #[schema(max_length = 200)]
    pub(crate) sentence: String,
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
}
