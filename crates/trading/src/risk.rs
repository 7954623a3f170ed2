//! The risk gate: the only place that makes an [`Approved`] order (`safety` specification §3).
//!
//! A check that lacks an input denies. Checks run in the order of the table, and the first that fails is told.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Brake, CommissionSchedule, CommissionTerms, Denial, Instrument, InstrumentKind, IssueStates, KillState, LimitRule,
    LimitTerms, Market, OrderFields, OrderSituation, OrderStyle, OrderType, Phase, Price, PriceLimits, Qty, RiskCode,
    Side, StyleRefusal, Symbol, TradingVenue, Won, is_on_tick, kst_date, kst_time, phase_at,
};
use serde::{Deserialize, Serialize};

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

/// The limits in force on an account.
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
    /// Of a paper account: 20 and 50 million won an order, 20 % of equity a position.
    fn default() -> Self {
        Self { max_order_notional: Won(20_000_000), hard_cap_order_notional: Won(50_000_000), max_position_bp: 2_000 }
    }
}

impl RiskLimits {
    /// Limits that nothing reaches, for backtests: history is not the place to learn what an account allows.
    pub const fn wide() -> Self {
        Self { max_order_notional: Won(i64::MAX), hard_cap_order_notional: Won(i64::MAX), max_position_bp: i64::MAX }
    }
}

/// Everything a decision rests on. `None` means not known, and denies where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// A failed check, as cheap as a backtest over many issues needs it; the sentence is made of it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: RiskCode,
    mend: &'static str,
    limit: Option<i64>,
    observed: Option<i64>,
}

impl Failure {
    fn of(code: RiskCode, mend: &'static str) -> Self {
        Self { code, mend, limit: None, observed: None }
    }

    fn beyond(code: RiskCode, mend: &'static str, limit: i64, observed: i64) -> Self {
        Self { code, mend, limit: Some(limit), observed: Some(observed) }
    }

    fn missing(mend: &'static str) -> Self {
        Self::of(RiskCode::InputMissing, mend)
    }
}

impl From<Failure> for Denial {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, detail: failure.mend.to_owned(), limit: failure.limit, observed: failure.observed }
    }
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

    /// Approves `fields` at `now`, or says which check failed first.
    ///
    /// # Errors
    /// [`Denial`] with the code of the check, its limit and what was seen instead.
    pub fn check(
        &self,
        fields: &OrderFields,
        inputs: &RiskInputs,
        now: DateTime<Utc>,
    ) -> Result<Approved<OrderFields>, Denial> {
        self.examine(fields, inputs, now).map_err(Denial::from)
    }

    /// As [`RiskGate::check`], without the cost of a sentence.
    pub(crate) fn examine(
        &self,
        fields: &OrderFields,
        inputs: &RiskInputs,
        now: DateTime<Utc>,
    ) -> Result<Approved<OrderFields>, Failure> {
        self.run_checks(fields, inputs, now)?;
        Ok(Approved { value: fields.clone(), inputs: *inputs, decided_at: now })
    }

    /// The checks in table order.
    fn run_checks(&self, fields: &OrderFields, inputs: &RiskInputs, now: DateTime<Utc>) -> Result<(), Failure> {
        // RK02.
        if inputs.kill == KillState::Halted {
            return Err(Failure::of(RiskCode::Halted, "trading is halted: resume it before placing orders"));
        }
        let Some(issue) = &inputs.issue else {
            return Err(Failure::missing("the issue is not known to this account: check the symbol"));
        };
        check_states(fields.order_type, issue, inputs.brake, now)?;
        check_hours(issue.hours, now)?;
        let (price, reserve_price) = check_form(fields, issue, inputs, now)?;
        let notional = price * fields.quantity;
        // RK08.
        if inputs.order_in_doubt {
            let mend = "an order of this symbol and side is not confirmed yet: wait until it is";
            return Err(Failure::of(RiskCode::OrderInDoubt, mend));
        }
        self.check_notional(fields, notional, inputs)?;
        match fields.side {
            Side::Buy => {
                self.check_position(fields, price, inputs)?;
                check_buying_power(reserve_price * fields.quantity, issue, inputs)?;
            }
            Side::Sell => check_sellable(fields, inputs)?,
        }
        // RK24. A sale of what is held reduces, and RK22 lets no other pass.
        if inputs.kill == KillState::ReduceOnly && fields.side == Side::Buy {
            return Err(Failure::of(
                RiskCode::ReduceOnly,
                "only sales of what is held are allowed now: clear the switch",
            ));
        }
        Ok(())
    }

    /// RK12. A sale that only reduces the position may be as large as the position, below the hard cap.
    fn check_notional(&self, fields: &OrderFields, notional: Won, inputs: &RiskInputs) -> Result<(), Failure> {
        let reduces = fields.side == Side::Sell && fields.quantity <= inputs.held;
        let limit = if reduces {
            self.limits.hard_cap_order_notional
        } else {
            self.limits.max_order_notional.min(self.limits.hard_cap_order_notional)
        };
        if notional > limit {
            let mend = "the order is worth more than one order may be: make it smaller";
            return Err(Failure::beyond(RiskCode::MaxOrderNotional, mend, limit.0, notional.0));
        }
        Ok(())
    }

    /// RK15: what is held, what open buys may add, and this order, all at the price of this order or at the last
    /// price, whichever is higher: a limit far below the market must not make what is held look small.
    fn check_position(&self, fields: &OrderFields, price: Price, inputs: &RiskInputs) -> Result<(), Failure> {
        let Some(equity) = inputs.equity else {
            return Err(Failure::missing("a holding has no price, so equity is not known: wait for quotes"));
        };
        let limit = saturate(i128::from(equity.0) * i128::from(self.limits.max_position_bp) / 10_000);
        let shares = i128::from(inputs.held.0) + i128::from(inputs.open_buys.0) + i128::from(fields.quantity.0);
        let price = inputs.last_price.map_or(price, |last| price.max(last));
        let worst = saturate(shares * i128::from(price.0));
        if worst > limit {
            let mend = "the position could become a larger part of equity than allowed: buy fewer shares";
            return Err(Failure::beyond(RiskCode::MaxPosition, mend, limit, worst));
        }
        Ok(())
    }
}

/// RK05: what the exchange does not take of the issue in its present state, at any time of the session. While an
/// interruption collects orders it takes all that we send.
fn check_states(
    order_type: OrderType,
    issue: &TradedIssue,
    brake: Option<Brake>,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let situation = OrderSituation {
        venue: TradingVenue::Krx,
        date: kst_date(now),
        phase: Phase::Continuous,
        kind: issue.kind,
        states: issue.states,
        first_session: false,
        brake,
    };
    let style = match order_type {
        OrderType::Limit => OrderStyle::Limit,
        OrderType::Market => OrderStyle::Market,
    };
    situation.accepts(style).map_err(|refusal| {
        let mend = match refusal {
            StyleRefusal::Delisted => "the issue has left the market: it cannot be traded any more",
            StyleRefusal::PriceNeeded => "the issue takes no market orders: name a price",
            _ => "trading is halted: wait until the issue trades again",
        };
        Failure::of(RiskCode::Restricted, mend)
    })
}

/// RK06: 09:00:00 to 15:19:30 of an ordinary session, so that an order is at the exchange before the closing auction.
/// The lunch break of former times is closed too.
fn check_hours(hours: TradingHours, now: DateTime<Utc>) -> Result<(), Failure> {
    const MARGIN: TimeDelta = TimeDelta::seconds(30);
    if hours == TradingHours::Always {
        return Ok(());
    }
    match phase_at(TradingVenue::Krx, now) {
        Some(held) if held.phase == Phase::Continuous && kst_time(now) <= held.orders_to - MARGIN => Ok(()),
        _ => Err(Failure::of(RiskCode::MarketClosed, "the market takes no orders now: order in trading hours")),
    }
}

/// RK07. Returns the price the order is valued at, its limit or the last price of a market order, and its
/// [`reserve_price`].
fn check_form(
    fields: &OrderFields,
    issue: &TradedIssue,
    inputs: &RiskInputs,
    now: DateTime<Utc>,
) -> Result<(Price, Price), Failure> {
    let bad = |mend| Failure::of(RiskCode::BadOrder, mend);
    if fields.quantity < Qty(1) {
        return Err(Failure::beyond(RiskCode::BadOrder, "order at least one share", 1, fields.quantity.0));
    }
    let price = match (fields.order_type, fields.price) {
        (OrderType::Market, None) => {
            inputs.last_price.ok_or_else(|| Failure::missing("no last price: wait for a quote"))?
        }
        (OrderType::Market, Some(_)) => return Err(bad("a market order has no price: leave it out")),
        (OrderType::Limit, None) => return Err(bad("a limit order needs a price")),
        (OrderType::Limit, Some(_)) if issue.adjusted => {
            return Err(bad("limit prices cannot be checked on adjusted prices: use a market order"));
        }
        (OrderType::Limit, Some(price)) => {
            check_limit_price(price, issue, inputs, now)?;
            price
        }
    };
    let reserve_price = reserve_price(price, fields.order_type, inputs, now);
    if !price.is_positive() || reserve_price.checked_mul(fields.quantity).is_none() {
        return Err(bad("price times quantity is not a possible amount: make the order smaller"));
    }
    Ok((price, reserve_price))
}

/// The price at which cash is reserved for a buy valued at `price`: that price for a limit order; for a market order
/// the upper limit of the day, as KIS reserves it, because it may be filled anywhere up to there (krx-market §6). Where
/// that limit means nothing or is not known, as in a backtest, `price` again.
pub(crate) fn reserve_price(price: Price, order_type: OrderType, inputs: &RiskInputs, now: DateTime<Utc>) -> Price {
    match (order_type, inputs.issue, inputs.base_price) {
        (OrderType::Market, Some(issue), Some(base)) if !issue.adjusted => {
            issue.price_limits(kst_date(now), base).map_or(price, |limits| limits.upper.max(price))
        }
        _ => price,
    }
}

fn check_limit_price(
    price: Price,
    issue: &TradedIssue,
    inputs: &RiskInputs,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let date = kst_date(now);
    if !is_on_tick(issue.market, issue.kind, date, price) {
        return Err(Failure {
            observed: Some(price.0),
            ..Failure::of(RiskCode::BadOrder, "the price is not on the tick grid: round it to a valid price")
        });
    }
    let Some(base) = inputs.base_price else {
        return Err(Failure::missing("the base price of the day is not known: wait for a quote"));
    };
    let Some(limits) = issue.price_limits(date, base) else { return Ok(()) };
    let beyond = |mend, limit: Price| Err(Failure::beyond(RiskCode::BadOrder, mend, limit.0, price.0));
    if price > limits.upper {
        return beyond("the price is above the upper limit of the day", limits.upper);
    }
    if price < limits.lower {
        return beyond("the price is below the lower limit of the day", limits.lower);
    }
    Ok(())
}

/// RK21.
fn check_buying_power(amount: Won, issue: &TradedIssue, inputs: &RiskInputs) -> Result<(), Failure> {
    let needed = cash_needed(amount, &issue.commission);
    if needed > inputs.buying_power {
        let mend = "not enough cash for the order at its limit, or a market order at the upper limit of the day, with \
                    commission and 0.5 % of margin: buy fewer shares";
        return Err(Failure::beyond(RiskCode::BuyingPower, mend, inputs.buying_power.0, needed.0));
    }
    Ok(())
}

/// RK22.
fn check_sellable(fields: &OrderFields, inputs: &RiskInputs) -> Result<(), Failure> {
    if fields.quantity > inputs.sellable {
        let mend = "not that many shares to sell: sell fewer, or cancel an open sell first";
        return Err(Failure::beyond(RiskCode::Sellable, mend, inputs.sellable.0, fields.quantity.0));
    }
    Ok(())
}

/// The cash a buy that may cost `amount` must find and keeps reserved: with commission, and 0.5 % for a price that
/// moves before the fill.
pub(crate) fn cash_needed(amount: Won, commission: &CommissionSchedule) -> Won {
    let cushion = amount.0 / 200;
    Won(amount.0.saturating_add(cushion).saturating_add(commission.commission(amount).0))
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
#[path = "risk_tests.rs"]
mod tests;
