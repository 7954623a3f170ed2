//! What the broker takes for an order: the price list of the account, or terms of its own.

use exodus_domain::{CommissionPlan, CommissionSchedule, CommissionTerms, Rounding, RoundingMode, RoundingUnit, Won};
use exodus_store::accounts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::selected;
use crate::bootstrap::App;
use crate::http::caller::Caller;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::http::words;

/// The whole amount.
const MAX_RATE_PPB: i64 = 1_000_000_000;
const MAX_MINIMUM: i64 = 1_000_000;

/// What an order costs: a price list by its name, or, without one, terms of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommissionTerms)]
pub(crate) struct Commission {
    /// Price list; null for terms of one's own.
    #[schema(value_type = Option<words::CommissionPlan>)]
    pub(crate) plan: Option<CommissionPlan>,
    /// Own rate in parts per billion of the amount: 140527 is 0.0140527 %.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub(crate) rate_ppb: Option<i64>,
    /// The least that an order with any fill costs, in won; 0 if left out.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub(crate) minimum: Option<i64>,
    /// The commission is a multiple of so many won; 1 if left out.
    #[schema(value_type = Option<words::RoundingUnit>)]
    pub(crate) unit: Option<RoundingUnit>,
    /// Which multiple of the unit; the one below if left out.
    #[schema(value_type = Option<words::RoundingMode>)]
    pub(crate) mode: Option<RoundingMode>,
}

impl Commission {
    /// The terms, if nothing is wrong with them; refusals name fields that begin with `prefix`.
    pub(crate) fn check(&self, checks: &mut Checks, prefix: &str) -> Option<CommissionTerms> {
        let field = |name: &str| format!("{prefix}{name}");
        if let Some(plan) = self.plan {
            let own = [
                ("rate_ppb", self.rate_ppb.is_some()),
                ("minimum", self.minimum.is_some()),
                ("unit", self.unit.is_some()),
                ("mode", self.mode.is_some()),
            ];
            for (name, _) in own.iter().filter(|(_, is_given)| *is_given) {
                checks.refuse(field(name), format!("leave it out: the price list {plan} has its own"));
            }
            return Some(CommissionTerms::Plan(plan));
        }
        let Some(rate_ppb) = self.rate_ppb else {
            checks.refuse(field("plan"), "name a price list, or leave it out and give rate_ppb");
            return None;
        };
        let minimum = self.minimum.unwrap_or(0);
        checks.range(&field("rate_ppb"), rate_ppb, 0, MAX_RATE_PPB);
        checks.range(&field("minimum"), minimum, 0, MAX_MINIMUM);
        let Rounding { unit, mode } = Rounding::WON_FLOOR;
        let rounding = Rounding { unit: self.unit.unwrap_or(unit), mode: self.mode.unwrap_or(mode) };
        Some(CommissionTerms::Custom(CommissionSchedule { rate_ppb, minimum: Won(minimum), rounding }))
    }
}

impl From<CommissionTerms> for Commission {
    fn from(terms: CommissionTerms) -> Self {
        match terms {
            CommissionTerms::Plan(plan) => Self { plan: Some(plan), ..Self::default() },
            CommissionTerms::Custom(CommissionSchedule { rate_ppb, minimum, rounding }) => Self {
                plan: None,
                rate_ppb: Some(rate_ppb),
                minimum: Some(minimum.0),
                unit: Some(rounding.unit),
                mode: Some(rounding.mode),
            },
        }
    }
}

/// What the next orders of the account pay that a user has selected.
pub(crate) async fn of_user(app: &App, user_id: i64) -> Answer<CommissionTerms> {
    let account = accounts::of_user(&app.store, user_id).await?.ok_or_else(Problem::not_found)?;
    Ok(account.commission)
}

/// Changes what the next orders of the selected account pay.
pub(super) async fn set(app: &App, caller: &Caller, request: &Commission) -> Answer<Commission> {
    let mut checks = Checks::default();
    let terms = request.check(&mut checks, "");
    checks.finish()?;
    let terms = terms.ok_or_else(|| Problem::internal(&"terms were neither taken nor refused"))?;
    let account = selected(app, caller).await?;
    accounts::set_commission(&app.store, account.id, terms).await?;
    tracing::info!(account_id = account.id, ?terms, by = caller.user_id, "the next orders pay another commission");
    Ok(terms.into())
}
