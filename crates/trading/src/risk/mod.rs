//! The risk gate: the only place that makes an [`Approved`] order (`safety` specification §3).
//!
//! A check that lacks an input denies. Checks run in the order of the table; the first that fails is told, and the codes of
//! the others that fail beside it. History knows no quotes' ages, no circuit and no counters, so a backtest has no
//! [`LiveFacts`], and the checks that need them are passed over; a session never sends an order that was approved
//! without.

mod account;
mod exposure;
mod facts;
mod issue;
mod pace;
mod price;
mod size;

use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AccountLimits, Brake, CommissionSchedule, CommissionTerms, Denial, HardCaps, Instrument, InstrumentKind,
    IssueStates, KillState, LimitName, LimitRule, LimitTerms, Market, OrderFields, Price, PriceLimits, Qty, RiskCode,
    Side, Symbol, TradingVenue, Won,
};
use serde::{Deserialize, Serialize};

pub(crate) use account::loss_limit;
pub(crate) use exposure::cash_needed;
pub use facts::{Disabled, DisabledBy, LiveFacts, OrderPace, OwnOpposite, RestrictedBy, Restriction};
pub(crate) use issue::reserve_price;

/// When orders of an issue are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradingHours {
    /// Continuous trading of a KRX session.
    Krx,
    /// At any hour: the demo market.
    Always,
}

/// What the rules need to know of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradedIssue {
    /// Short code.
    pub symbol: Symbol,
    /// Market division.
    pub market: Market,
    /// Kind of issue.
    pub kind: InstrumentKind,
    /// When its orders are taken.
    pub hours: TradingHours,
    /// True if prices are adjusted for corporate actions. They lie on no tick grid and within no price limits, so
    /// only market orders can be checked.
    pub adjusted: bool,
    /// What is said of the issue: halted, in liquidation trading and so on. Nothing, where the past is replayed of which
    /// no state is known.
    pub states: IssueStates,
    /// What its price limits depend on.
    pub limit_terms: LimitTerms,
    /// What trading it costs.
    pub commission: CommissionSchedule,
}

impl TradedIssue {
    /// An issue at raw prices on KRX, as an account with these terms trades it. Demo issues trade at any hour.
    pub fn of(instrument: &Instrument, terms: CommissionTerms) -> Self {
        let Instrument { symbol, market, kind, is_demo, states, .. } = *instrument;
        Self {
            symbol,
            market,
            kind,
            hours: if is_demo { TradingHours::Always } else { TradingHours::Krx },
            adjusted: false,
            states,
            limit_terms: LimitTerms::of(instrument),
            commission: terms.schedule(kind, TradingVenue::Krx),
        }
    }

    /// The price limits of a trade date with the base price `base`; `None` if there are none.
    pub fn price_limits(&self, date: NaiveDate, base: Price) -> Option<PriceLimits> {
        let rule = LimitRule::on(date, self.market, self.kind, self.limit_terms);
        rule.limits(self.market, self.kind, date, base)
    }
}

/// The limits that history can be held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskLimits {
    /// RK12: the most an order may be worth.
    pub max_order_notional: Won,
    /// RK12: the most an order may be worth in any case, a sale of a large holding included.
    pub hard_cap_order_notional: Won,
    /// RK15: the most a position may be worth, in basis points of equity.
    pub max_position_bp: i64,
}

impl Default for RiskLimits {
    /// Of a demo account: 20 and 50 million won an order, 20 % of equity a position.
    fn default() -> Self {
        Self::of(&AccountLimits::on_demo(), &HardCaps::default())
    }
}

impl RiskLimits {
    /// Limits that nothing reaches, for backtests: history is not the place to learn what an account allows.
    pub const fn wide() -> Self {
        Self { max_order_notional: Won(i64::MAX), hard_cap_order_notional: Won(i64::MAX), max_position_bp: i64::MAX }
    }

    /// Those among the limits of an account.
    pub fn of(limits: &AccountLimits, caps: &HardCaps) -> Self {
        Self {
            max_order_notional: Won(limits.get(LimitName::MaxOrderNotional)),
            hard_cap_order_notional: caps.order_notional(),
            max_position_bp: limits.get(LimitName::MaxPosition),
        }
    }
}

/// Everything a decision rests on. `None` means not known, and denies where it matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskInputs {
    /// The issue, if the account trades it.
    pub issue: Option<TradedIssue>,
    /// The strictest kill switch that applies.
    pub kill: KillState,
    /// What holds trading of the issue up now, if the market tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brake: Option<Brake>,
    /// True while an order of the same symbol and side may or may not be at the broker.
    pub order_in_doubt: bool,
    /// Last price of the issue.
    pub last_price: Option<Price>,
    /// Base price of the trade date, from which the price limits are measured.
    pub base_price: Option<Price>,
    /// Cash and holdings at last prices.
    pub equity: Option<Won>,
    /// Cash not reserved for open buys.
    pub buying_power: Won,
    /// Shares held.
    pub held: Qty,
    /// Shares of open buys not filled yet.
    pub open_buys: Qty,
    /// Shares held less those of open sells.
    pub sellable: Qty,
    /// What only a live account knows; `None` in a backtest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Box<LiveFacts>>,
}

/// A value that passed the risk gate. Nothing else can make one, and what sends orders accepts nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approved<T> {
    value: T,
    inputs: RiskInputs,
    decided_at: DateTime<Utc>,
}

impl<T> Approved<T> {
    /// The approved value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// What the decision rests on.
    pub fn inputs(&self) -> &RiskInputs {
        &self.inputs
    }

    /// When it was decided. The claim for sending refuses a decision that is too old (safety §2.2, T4).
    pub fn decided_at(&self) -> DateTime<Utc> {
        self.decided_at
    }
}

impl Approved<OrderFields> {
    /// The same order over no more than `quantity` shares, but over one at least. Every check is an upper bound, so what
    /// passes with more shares passes with fewer.
    pub(crate) fn over_fewer(mut self, quantity: Qty) -> Self {
        self.value.quantity = self.value.quantity.min(quantity).max(Qty(1));
        self
    }
}

/// A failed check, as cheap as a backtest over many issues needs it; the sentence is made of it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: RiskCode,
    mend: &'static str,
    /// What is missing; empty for everything but [`RiskCode::InputMissing`].
    input: &'static str,
    limit: Option<i64>,
    observed: Option<i64>,
}

impl Failure {
    fn of(code: RiskCode, mend: &'static str) -> Self {
        Self { code, mend, input: "", limit: None, observed: None }
    }

    fn beyond(code: RiskCode, mend: &'static str, limit: i64, observed: i64) -> Self {
        Self { limit: Some(limit), observed: Some(observed), ..Self::of(code, mend) }
    }

    fn missing(input: &'static str, mend: &'static str) -> Self {
        Self { input, ..Self::of(RiskCode::InputMissing, mend) }
    }
}

/// An order with all that a check may look at.
struct Case<'a> {
    fields: &'a OrderFields,
    inputs: &'a RiskInputs,
    limits: &'a RiskLimits,
    now: DateTime<Utc>,
}

impl Case<'_> {
    fn is_buy(&self) -> bool {
        self.fields.side == Side::Buy
    }

    /// True for a sale of no more than is held.
    fn reduces(&self) -> bool {
        self.fields.side == Side::Sell && self.fields.quantity <= self.inputs.held
    }
}

/// What an order is valued at, once it is well-formed.
#[derive(Clone, Copy)]
struct Worth {
    /// Its limit, or the last price of a market order.
    price: Price,
    /// The price that cash is reserved by.
    reserve_price: Price,
    /// Price times quantity.
    notional: Won,
}

/// Decides on orders by the limits of one account.
#[derive(Clone, Debug)]
pub struct RiskGate {
    limits: RiskLimits,
}

impl RiskGate {
    /// A gate with these limits.
    pub fn new(limits: RiskLimits) -> Self {
        Self { limits }
    }

    /// Other limits, for the next decision.
    pub(crate) fn set_limits(&mut self, limits: RiskLimits) {
        self.limits = limits;
    }

    /// Approves `fields` at `now`, or says which check failed first and which others did.
    ///
    /// # Errors
    /// [`Denial`] with the code of the check, its limit and what was seen instead.
    pub fn check(
        &self,
        fields: &OrderFields,
        inputs: &RiskInputs,
        now: DateTime<Utc>,
    ) -> Result<Approved<OrderFields>, Box<Denial>> {
        match self.first_failure(fields, inputs, now) {
            None => Ok(Self::approve(fields.clone(), inputs.clone(), now)),
            Some(first) => Err(Box::new(self.denial(first, fields, inputs, now))),
        }
    }

    /// The first check that fails, without the cost of a sentence or of the checks after it.
    pub(crate) fn first_failure(
        &self,
        fields: &OrderFields,
        inputs: &RiskInputs,
        now: DateTime<Utc>,
    ) -> Option<Failure> {
        let case = Case { fields, inputs, limits: &self.limits, now };
        run_checks(&case, ControlFlow::Break).break_value()
    }

    /// An order of which [`first_failure`](Self::first_failure) found none.
    pub(crate) fn approve(value: OrderFields, inputs: RiskInputs, now: DateTime<Utc>) -> Approved<OrderFields> {
        Approved { value, inputs, decided_at: now }
    }

    /// The refusal that `first` leads to, with all that fails beside it.
    pub(crate) fn denial(
        &self,
        first: Failure,
        fields: &OrderFields,
        inputs: &RiskInputs,
        now: DateTime<Utc>,
    ) -> Denial {
        let case = Case { fields, inputs, limits: &self.limits, now };
        let mut codes = Vec::new();
        let noted: ControlFlow<Failure> = run_checks(&case, |failure| {
            codes.push(failure.code);
            ControlFlow::Continue(())
        });
        debug_assert!(noted.is_continue(), "nothing ends this run");
        let mut others = codes.split_off(1.min(codes.len()));
        others.dedup();
        let live = inputs.live.as_deref();
        let halt = live.and_then(|live| live.halt.clone());
        Denial {
            code: first.code,
            input: (!first.input.is_empty()).then(|| first.input.to_owned()),
            detail: account::sentence(first.code, first.mend, live),
            limit: first.limit,
            observed: first.observed,
            others,
            halt: halt.filter(|_| matches!(first.code, RiskCode::Halted | RiskCode::ReduceOnly)),
            retry_after_ms: live.and_then(|live| pace::retry_after_ms(&first, live)),
        }
    }
}

/// The checks in table order, each told to `say` if it fails. A check that rests on one before it is passed over where
/// that one failed.
#[inline]
fn run_checks<S>(case: &Case<'_>, mut say: S) -> ControlFlow<Failure>
where
    S: FnMut(Failure) -> ControlFlow<Failure>,
{
    let mut told = |check: Result<(), Failure>| match check {
        Ok(()) => ControlFlow::Continue(()),
        Err(failure) => say(failure),
    };
    let inputs = case.inputs;
    let live = inputs.live.as_deref();
    if let Some(live) = live {
        told(account::is_ready(live))?;
    }
    told(account::is_not_halted(inputs))?;
    if let Some(live) = live {
        told(account::has_circuit(live))?;
        told(account::is_armed(live))?;
    }
    let Some(issue) = &inputs.issue else {
        return told(Err(Failure::of(
            RiskCode::Restricted,
            "the issue is not known to this account: check the symbol",
        )));
    };
    if let Some(live) = live {
        told(issue::is_wanted(case, issue, live))?;
    }
    told(issue::takes_orders(case, issue))?;
    told(issue::is_open(issue.hours, case.now))?;
    if let Some(live) = live {
        told(issue::may_be_at_market(case, live))?;
    }
    let worth = match issue::is_well_formed(case, issue) {
        Ok(worth) => Some(worth),
        Err(failure) => {
            told(Err(failure))?;
            None
        }
    };
    told(pace::is_in_no_doubt(inputs))?;
    if let Some(live) = live {
        told(pace::is_no_repeat(live))?;
        told(price::is_fresh(live))?;
        told(price::is_near_market(case, live))?;
    }
    if let Some(worth) = &worth {
        told(size::is_within_notional(case, worth))?;
        if let Some(live) = live {
            told(size::is_within_volume(case, live))?;
            told(size::is_no_fat_finger(case, worth, live))?;
        }
    }
    if let Some(worth) = worth.as_ref().filter(|_| case.is_buy()) {
        told(exposure::is_within_position(case, worth))?;
        if let Some(live) = live {
            told(exposure::is_within_gross(case, worth, live))?;
        }
    }
    if let Some(live) = live {
        told(exposure::has_room_for_an_order(live))?;
        told(pace::is_within_rate(live))?;
        told(pace::is_enabled(live))?;
        told(account::is_within_daily_loss(case, live))?;
    }
    if case.is_buy() {
        if let Some(worth) = &worth {
            told(exposure::can_be_paid(case, worth, issue))?;
        }
    } else {
        told(exposure::can_be_sold(case))?;
    }
    if let Some(live) = live {
        told(exposure::crosses_nothing_of_ours(case, live))?;
    }
    told(account::only_reduces(case))
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// `basis_points` of an amount, rounded down.
fn part_of(amount: Won, basis_points: i64) -> i64 {
    saturate(i128::from(amount.0) * i128::from(basis_points) / 10_000)
}

#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod tests;
