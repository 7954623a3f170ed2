//! `/market/rules/price` and `/market/rules/costs`: the rule book as a calculator.

use axum::extract::State;
use chrono::NaiveDate;
use exodus_domain::{
    CommissionPlan, CommissionTerms, InstrumentKind, LimitRule, LimitTerms, Market, Price, Qty, RoundingMode,
    RoundingUnit, Side, TradingVenue, base_price, contract_note, kst_date, sale_tax_rates, tick_size,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::account::commission::Commission;
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Query};
use crate::http::problem::{Answer, BadQuery, Refusals};
use crate::http::validate::{Checks, refuse_query};
use crate::http::words;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(price)).routes(routes!(costs))
}

/// An issue on a day, and the price that its limits are measured from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PriceQuery {
    /// Market division.
    #[param(value_type = words::Market)]
    pub(crate) market: Market,
    /// Kind of issue; shares if left out.
    #[param(value_type = Option<words::InstrumentKind>)]
    pub(crate) kind: Option<InstrumentKind>,
    /// Trade date; today if left out.
    pub(crate) date: Option<NaiveDate>,
    /// Base price in won, or the close before: off the grid it is rounded up.
    #[param(minimum = 1)]
    pub(crate) base_price: i64,
    /// Multiple of an ETF or ETN in hundredths; 200 for 2X.
    #[param(default = 100)]
    pub(crate) multiple: Option<u32>,
    /// True on the first session of a new listing; the base price is the offer price then.
    #[param(default = false)]
    pub(crate) first_session: Option<bool>,
    /// True in liquidation trading.
    #[param(default = false)]
    pub(crate) liquidation: Option<bool>,
}

/// What the rules say of prices on that day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceRules {
    /// The base price on the grid.
    pub(crate) base_price: i64,
    /// Tick size at the base price.
    pub(crate) tick: i64,
    /// Highest price allowed; null where there is no limit.
    #[schema(required)]
    pub(crate) upper: Option<i64>,
    /// Lowest price allowed; null where there is no limit.
    #[schema(required)]
    pub(crate) lower: Option<i64>,
    /// Which rule limits the price. With `first_session_by_auction` the limits are those of the opening auction, which
    /// then makes the base price.
    #[schema(value_type = words::LimitRule)]
    pub(crate) rule: &'static str,
}

/// Tick size and price limits of an issue on a date.
#[utoipa::path(
    get,
    path = "/market/rules/price",
    operation_id = "get_price_rules",
    tag = "market",
    security(("bearer" = [])),
    params(PriceQuery),
    responses((status = OK, body = PriceRules), Refusals, BadQuery)
)]
async fn price(State(app): State<App>, _: Reader, Query(query): Query<PriceQuery>) -> Answer<Json<PriceRules>> {
    let date = query.date.unwrap_or_else(|| kst_date(app.now()));
    let (market, kind) = (query.market, query.kind.unwrap_or(InstrumentKind::Stock));
    let base = base_price(market, kind, date, price_above_zero("base_price", query.base_price)?);
    let terms = LimitTerms {
        listed_on: query.first_session.unwrap_or(false).then_some(date),
        multiple: query.multiple.unwrap_or(LimitTerms::ORDINARY.multiple),
        in_liquidation: query.liquidation.unwrap_or(false),
    };
    let rule = LimitRule::on(date, market, kind, terms);
    let limits = rule.opening_auction(market, kind, date, base).or_else(|| rule.limits(market, kind, date, base));
    Ok(Json(PriceRules {
        base_price: base.0,
        tick: tick_size(market, kind, date, base).0,
        upper: limits.map(|limits| limits.upper.0),
        lower: limits.map(|limits| limits.lower.0),
        rule: rule.as_str(),
    }))
}

/// An order that was filled.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CostQuery {
    /// Market division.
    #[param(value_type = words::Market)]
    pub(crate) market: Market,
    /// Kind of issue; shares if left out.
    #[param(value_type = Option<words::InstrumentKind>)]
    pub(crate) kind: Option<InstrumentKind>,
    /// Trade date; today if left out.
    pub(crate) date: Option<NaiveDate>,
    /// Side.
    #[param(value_type = words::Side)]
    pub(crate) side: Side,
    /// Won a share.
    #[param(minimum = 1)]
    pub(crate) price: i64,
    /// Shares.
    #[param(minimum = 1)]
    pub(crate) quantity: i64,
    /// Where it was filled; KRX if left out.
    #[param(value_type = Option<words::TradingVenue>)]
    pub(crate) venue: Option<TradingVenue>,
    /// Price list of the broker; BanKIS if it is left out together with `rate_ppb`.
    #[param(value_type = Option<words::CommissionPlan>)]
    pub(crate) plan: Option<CommissionPlan>,
    /// A rate of one's own in parts per billion, in place of a price list.
    #[param(minimum = 0, maximum = 1_000_000_000)]
    pub(crate) rate_ppb: Option<i64>,
    /// The least that the order costs, with `rate_ppb`.
    #[param(minimum = 0, maximum = 1_000_000)]
    pub(crate) minimum: Option<i64>,
    /// The commission is a multiple of so many won, with `rate_ppb`.
    #[param(value_type = Option<words::RoundingUnit>)]
    pub(crate) unit: Option<RoundingUnit>,
    /// Which multiple of the unit, with `rate_ppb`.
    #[param(value_type = Option<words::RoundingMode>)]
    pub(crate) mode: Option<RoundingMode>,
}

/// What the order costs, in won. Taxes are those of the settlement date.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TradeCosts {
    /// When it is settled; null past the end of the calendar.
    #[schema(required)]
    pub(crate) settlement_date: Option<NaiveDate>,
    /// Price times quantity.
    pub(crate) amount: i64,
    /// Commission.
    pub(crate) commission: i64,
    /// Securities transaction tax; zero for a buy.
    pub(crate) tax: i64,
    /// Rural special tax; zero for a buy.
    pub(crate) rural_tax: i64,
    /// What it does to the cash of the account; below zero for a buy.
    pub(crate) net: i64,
    /// Rate of the commission.
    pub(crate) commission_rate: f64,
    /// Rate of the transaction tax.
    pub(crate) tax_rate: f64,
    /// Rate of the rural special tax.
    pub(crate) rural_tax_rate: f64,
}

/// Commission, taxes and cash flow of an order.
#[utoipa::path(
    get,
    path = "/market/rules/costs",
    operation_id = "get_trade_costs",
    tag = "market",
    security(("bearer" = [])),
    params(CostQuery),
    responses((status = OK, body = TradeCosts), Refusals, BadQuery)
)]
async fn costs(State(app): State<App>, _: Reader, Query(query): Query<CostQuery>) -> Answer<Json<TradeCosts>> {
    let date = query.date.unwrap_or_else(|| kst_date(app.now()));
    let price = price_above_zero("price", query.price)?;
    if query.quantity < 1 {
        return Err(refuse_query("quantity", "must be at least 1"));
    }
    let amount = price.checked_mul(Qty(query.quantity));
    let amount = amount.ok_or_else(|| refuse_query("quantity", "times price is no possible amount"))?;
    let (market, kind) = (query.market, query.kind.unwrap_or(InstrumentKind::Stock));
    let schedule = query.terms()?.schedule(kind, query.venue.unwrap_or(TradingVenue::Krx));
    let note = contract_note(&schedule, query.side, market, kind, date, amount);
    let rates = match query.side {
        Side::Buy => Default::default(),
        Side::Sell => sale_tax_rates(market, kind, note.settles_on.unwrap_or(date)),
    };
    Ok(Json(TradeCosts {
        settlement_date: note.settles_on,
        amount: amount.0,
        commission: note.commission.0,
        tax: note.tax.transaction.0,
        rural_tax: note.tax.rural.0,
        net: note.cash_flow.0,
        commission_rate: schedule.rate_ppb as f64 / 1e9,
        tax_rate: rates.transaction as f64 / 1e4,
        rural_tax_rate: rates.rural as f64 / 1e4,
    }))
}

impl CostQuery {
    fn terms(&self) -> Answer<CommissionTerms> {
        let Self { plan, rate_ppb, minimum, unit, mode, .. } = *self;
        let asked = Commission { plan, rate_ppb, minimum, unit, mode };
        if asked == Commission::default() {
            return Ok(CommissionTerms::default());
        }
        let mut checks = Checks::default();
        let terms = asked.check(&mut checks, "");
        checks.finish_query()?;
        Ok(terms.unwrap_or_default())
    }
}

fn price_above_zero(field: &str, won: i64) -> Answer<Price> {
    if won > 0 { Ok(Price(won)) } else { Err(refuse_query(field, "must be at least 1")) }
}
