//! Bodies of `/accounts`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::Won;
use exodus_store::accounts::{self, AccountBroker, AccountEnv, AccountStatus, KeyHints};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{AccountProblem, CheckedStep, ProblemCode};
use crate::http::{kst, words};
use crate::strategies::dto::Text;

/// Why an account only reads and cancels until a person releases it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountReview {
    /// What a person must look at, as a word.
    pub(crate) reason: String,
    /// Since when.
    pub(crate) since: DateTime<FixedOffset>,
}

/// A person's word that the books of an account were looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountRelease {
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
    /// What was looked at, for the log.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

/// An account of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountItem {
    /// Account.
    pub(crate) id: i64,
    /// What its owner calls it.
    pub(crate) name: String,
    /// Who holds it.
    #[schema(value_type = words::AccountBroker)]
    pub(crate) broker: AccountBroker,
    /// Whether its money is real.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
    /// What may be shown of its number, such as `******34-01`; null for the demo account.
    #[schema(required)]
    pub(crate) account_no: Option<String>,
    /// The beginning of the HTS id of its keys; null for the demo account.
    #[schema(required)]
    pub(crate) hts_id_hint: Option<String>,
    /// The end of its app key; null for the demo account. Keys are never told again.
    #[schema(required)]
    pub(crate) app_key_hint: Option<String>,
    /// Whether it can be used.
    #[schema(value_type = words::AccountStatus)]
    pub(crate) status: AccountStatus,
    /// Why it cannot, or what differs from the broker's books; null if nothing is wrong.
    #[schema(required)]
    pub(crate) problem: Option<AccountProblem>,
    /// Why it sends nothing new until a person releases it; null if it may.
    #[schema(required)]
    pub(crate) review: Option<AccountReview>,
    /// True for the one account that all other routes answer for.
    pub(crate) is_selected: bool,
    /// Cash in won; null until the broker was read.
    #[schema(required)]
    pub(crate) cash: Option<i64>,
    /// Cash and holdings in won; null until the broker was read.
    #[schema(required)]
    pub(crate) total_assets: Option<i64>,
    /// When the broker was asked last.
    #[schema(required)]
    pub(crate) checked_at: Option<DateTime<FixedOffset>>,
    /// When its keys were saved; null for the demo account.
    #[schema(required)]
    pub(crate) keys_saved_at: Option<DateTime<FixedOffset>>,
    /// The day its keys end at the latest: the keys of KIS live for a year.
    #[schema(required)]
    pub(crate) key_expires_hint: Option<NaiveDate>,
}

impl AccountItem {
    /// An account as the API tells it, with what its holdings are worth.
    pub(super) fn new(account: accounts::Account, stock_value: Won, is_selected: bool) -> Self {
        let is_known = account.broker == AccountBroker::Demo || account.synced_at.is_some();
        let saved_at = account.keys.as_ref().map(|keys| keys.saved_at);
        let key_expires_hint = account.keys.as_ref().and_then(KeyHints::expires_on);
        let (app_key_hint, hts_id_hint) = account.keys.map(|keys| (keys.app_key, keys.hts_id)).unzip();
        Self {
            id: account.id,
            name: account.name,
            broker: account.broker,
            env: account.env,
            account_no: account.number_hint,
            hts_id_hint,
            app_key_hint,
            review: account.review.map(|review| AccountReview { reason: review.reason, since: kst(review.since) }),
            status: account.status,
            problem: AccountProblem::stored(account.problem.as_ref()),
            is_selected,
            cash: is_known.then_some(account.cash.0),
            total_assets: is_known.then_some((account.cash + stock_value).0),
            checked_at: account.checked_at.map(kst),
            keys_saved_at: saved_at.map(kst),
            key_expires_hint,
        }
    }
}

/// An account at KIS to be added or tried. Its keys go in and are never told again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 40)]
    pub(crate) name: String,
    /// Whether its money is real; it never changes.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
    /// App key of the KIS developers' page.
    #[schema(value_type = String, min_length = 1, max_length = 64, format = Password)]
    pub(crate) app_key: SecretString,
    /// App secret that belongs to it.
    #[schema(value_type = String, min_length = 1, max_length = 256, format = Password)]
    pub(crate) app_secret: SecretString,
    /// Account number: eight digits and the product, such as `50001234-01`.
    #[schema(value_type = String, min_length = 10, max_length = 11)]
    pub(crate) account_no: SecretString,
    /// HTS id that the keys belong to; notices of orders come under it.
    #[schema(value_type = String, min_length = 1, max_length = 32)]
    pub(crate) hts_id: SecretString,
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
}

/// What to change of an account. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountChange {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 40)]
    pub(crate) name: Option<String>,
    /// Other keys for the same account.
    pub(crate) keys: Option<NewKeys>,
}

/// Other keys for an account at KIS.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKeys {
    /// App key.
    #[schema(value_type = String, min_length = 1, max_length = 64, format = Password)]
    pub(crate) app_key: SecretString,
    /// App secret that belongs to it.
    #[schema(value_type = String, min_length = 1, max_length = 256, format = Password)]
    pub(crate) app_secret: SecretString,
    /// HTS id that the keys belong to.
    #[schema(value_type = String, min_length = 1, max_length = 32)]
    pub(crate) hts_id: SecretString,
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
}

/// What asking the broker about an account said, step by step.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountCheck {
    /// The five steps, in order.
    pub(crate) steps: Vec<CheckedStep>,
}

impl AccountCheck {
    /// The first step that failed.
    pub(crate) fn failure(&self) -> Option<(&CheckedStep, ProblemCode)> {
        self.steps.iter().find_map(|step| Some((step, step.problem?)))
    }

    /// What is wrong, as it is kept with the account.
    pub(crate) fn problem(&self) -> Option<AccountProblem> {
        self.failure().map(|(step, code)| AccountProblem {
            code,
            broker_code: step.broker_code.clone(),
            message: step.message.clone(),
            mend: step.mend.clone().unwrap_or_else(|| Text::of(code.mend())),
        })
    }

    /// The broker has no word for keys that have ended: it does not know them any more. Says so of keys that are that old.
    pub(super) fn tell_expiry(&mut self) {
        let code = ProblemCode::KeyExpired;
        for step in self.steps.iter_mut().filter(|step| step.problem == Some(ProblemCode::WrongAppKey)) {
            (step.problem, step.message, step.mend) =
                (Some(code), Text::of(code.message()), Some(Text::of(code.mend())));
        }
    }

    /// The status that follows for an account of `env`.
    pub(crate) fn status(&self, env: AccountEnv) -> AccountStatus {
        match self.failure() {
            Some((_, code)) if code.is_passing() => AccountStatus::Unreachable,
            Some(_) => AccountStatus::Refused,
            None if env == AccountEnv::Live => AccountStatus::NotArmed,
            None => AccountStatus::Ready,
        }
    }
}

/// The account that was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovedAccount {
    /// Account.
    pub(crate) id: i64,
}
