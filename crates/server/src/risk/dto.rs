//! Bodies of `/risk`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{LimitName, RiskUnit};
use exodus_store::accounts::AccountEnv;
use exodus_store::limits::LimitChange;
use exodus_store::strategy_stops::StrategyStop;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{kst, words};

/// A change of a limit that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PendingLimit {
    /// Value from then on.
    pub(crate) value: i64,
    /// From when on it holds.
    pub(crate) effective_at: DateTime<FixedOffset>,
    /// Who asked for it.
    pub(crate) changed_by: String,
}

/// A limit of the account with today's use of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Limit {
    /// Which.
    #[schema(value_type = words::LimitName)]
    pub(crate) name: LimitName,
    /// What values are counted in.
    #[schema(value_type = words::RiskUnit)]
    pub(crate) unit: RiskUnit,
    /// Value in force.
    pub(crate) value: i64,
    /// Value if nobody had changed it.
    pub(crate) default: i64,
    /// The least value that can be set.
    pub(crate) least: i64,
    /// The operator's hard cap: the greatest value that can be set.
    pub(crate) hard_cap: i64,
    /// How much of it is used now, in the same unit; null where that cannot be measured.
    #[schema(required)]
    pub(crate) used: Option<i64>,
    /// Who changed it last; null for the default.
    #[schema(required)]
    pub(crate) changed_by: Option<String>,
    /// When it was changed last.
    #[schema(required)]
    pub(crate) changed_at: Option<DateTime<FixedOffset>>,
    /// A raise that waits.
    #[schema(required)]
    pub(crate) pending: Option<PendingLimit>,
}

/// A strategy that the program stopped.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoppedStrategy {
    /// Strategy.
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// Why: `fills` or `refusals`.
    #[schema(value_type = words::DisabledBy)]
    pub(crate) reason: String,
    /// The limit then.
    pub(crate) limit: i64,
    /// What was counted.
    pub(crate) observed: i64,
    /// Since when.
    pub(crate) since: DateTime<FixedOffset>,
}

/// An issue that is not to be traded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestrictedIssue {
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Whose list it is on; the operator's holds for everybody.
    #[schema(value_type = words::RestrictedBy)]
    pub(crate) scope: &'static str,
    /// Why; may be empty.
    pub(crate) reason: String,
    /// Who put it there; null for the command line.
    #[schema(required)]
    pub(crate) by: Option<String>,
    /// When.
    pub(crate) at: DateTime<FixedOffset>,
}

/// The trading day as the daily loss counts it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RiskDay {
    /// Date in Korea.
    pub(crate) date: NaiveDate,
    /// Equity when it began, in won.
    pub(crate) opening_equity: i64,
    /// Equity now, in won.
    pub(crate) equity: i64,
    /// What was lost since, in won; negative if something was won.
    pub(crate) loss: i64,
    /// The loss at which buying ends: the lesser of the two limits.
    pub(crate) loss_limit: i64,
    /// When it was reached; nothing is bought from then until the day ends.
    #[schema(required)]
    pub(crate) reached_at: Option<DateTime<FixedOffset>>,
}

/// What limits the account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Risk {
    /// Account.
    pub(crate) account_id: i64,
    /// Whether its money is real.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
    /// What the KILL file of this machine says, which halts every account whose worker runs here; null if there is none.
    #[schema(required)]
    pub(crate) kill_file: Option<String>,
    /// Every limit.
    pub(crate) limits: Vec<Limit>,
    /// The trading day; null before anything was looked at today.
    #[schema(required)]
    pub(crate) day: Option<RiskDay>,
    /// Strategies that the program stopped.
    pub(crate) stopped: Vec<StoppedStrategy>,
    /// Issues that are not to be traded.
    pub(crate) restricted: Vec<RestrictedIssue>,
}

/// A new value of a limit. Where more passes by it than before, the password is needed, and it holds ten minutes later.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitRequest {
    /// Value in the unit of the limit.
    pub(crate) value: i64,
    /// The unit that is meant; refused if the limit is counted in another.
    #[schema(value_type = Option<words::RiskUnit>)]
    pub(crate) unit: Option<RiskUnit>,
    /// The caller's password, for a raise.
    #[schema(value_type = Option<String>, max_length = 128, format = Password)]
    pub(crate) password: Option<SecretString>,
}

/// A past change of a limit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitChange)]
pub(crate) struct Change {
    /// Id.
    pub(crate) id: i64,
    /// Value before.
    pub(crate) old_value: i64,
    /// Value after.
    pub(crate) new_value: i64,
    /// Who asked.
    pub(crate) changed_by: String,
    /// When.
    pub(crate) changed_at: DateTime<FixedOffset>,
    /// From when on it held.
    pub(crate) effective_at: DateTime<FixedOffset>,
    /// When it was taken back or overtaken before it held; null if it was not.
    #[schema(required)]
    pub(crate) withdrawn_at: Option<DateTime<FixedOffset>>,
}

impl Change {
    pub(super) fn new(change: LimitChange, changed_by: String) -> Self {
        Self {
            id: change.id,
            old_value: change.old_value,
            new_value: change.new_value,
            changed_by,
            changed_at: kst(change.changed_at),
            effective_at: kst(change.effective_at),
            withdrawn_at: change.withdrawn_at.map(kst),
        }
    }
}

impl StoppedStrategy {
    pub(super) fn new(stop: StrategyStop, name: String) -> Self {
        Self {
            id: stop.strategy_id,
            name,
            reason: stop.reason,
            limit: stop.limit,
            observed: stop.observed,
            since: kst(stop.stopped_at),
        }
    }
}

/// An issue that is not to be traded from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestrictRequest {
    /// Issue.
    pub(crate) symbol: String,
    /// Why.
    #[schema(max_length = 200)]
    #[serde(default)]
    pub(crate) reason: String,
}
