//! Bodies of `/account`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::{AvgPrice, KillScope, KillState, Side};
use exodus_store::accounts::{AccountBroker, AccountEnv};
use exodus_store::{snapshots, trades};
use exodus_trading as trading;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::problem::AccountProblem;
use crate::http::{kst, words};
use crate::market::names::Names;

/// The money of an account, in won.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Balance {
    /// Account.
    pub(crate) account_id: i64,
    /// What its owner calls it.
    pub(crate) account_name: String,
    /// Who holds it.
    #[schema(value_type = words::AccountBroker)]
    pub(crate) broker: AccountBroker,
    /// Whether its money is real.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
    /// Why it cannot be used, or what differs from the broker's books; null if nothing is wrong.
    #[schema(required)]
    pub(crate) problem: Option<AccountProblem>,
    /// Cash, every trade counted, settled or not.
    pub(crate) cash_balance: i64,
    /// Cash that is settled today (D).
    pub(crate) settled_cash: i64,
    /// Cash that will be settled on the next settlement day (D+1).
    pub(crate) settled_cash_d1: i64,
    /// Cash that will be settled on the one after that (D+2).
    pub(crate) settled_cash_d2: i64,
    /// Cash that can be withdrawn today: settled, and not needed for what was bought or is on order.
    pub(crate) withdrawable_cash: i64,
    /// Cash held back for open buy orders.
    pub(crate) reserved_cash: i64,
    /// Cash that a new buy order may use.
    pub(crate) buying_power: i64,
    /// Holdings at their current prices.
    pub(crate) stock_value: i64,
    /// Cash and holdings.
    pub(crate) total_assets: i64,
    /// Profit or loss booked, costs included.
    pub(crate) realized_pnl: i64,
    /// Profit or loss of what is held, before the costs of selling.
    pub(crate) unrealized_pnl: i64,
    /// What the account began with: cash, and holdings at cost.
    pub(crate) initial_cash: i64,
    /// When cash or holdings last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// Shares held of one issue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Holding {
    /// Id, the same for an issue whenever it is held.
    pub(crate) id: i64,
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Shares; zero when the last was sold.
    pub(crate) quantity: i64,
    /// Shares not bound in open sell orders.
    pub(crate) sellable_quantity: i64,
    /// Won paid a share, up to four decimals.
    #[schema(value_type = String, examples("70123.4567"))]
    pub(crate) average_price: AvgPrice,
    /// Last price in won.
    pub(crate) current_price: i64,
    /// Value at the last price.
    pub(crate) market_value: i64,
    /// Profit or loss at the last price.
    pub(crate) unrealized_pnl: i64,
    /// The same over what was paid.
    pub(crate) unrealized_return: f64,
    /// When the holding last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// The account at the end of a day, in won.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Snapshot {
    /// Id.
    pub(crate) id: i64,
    /// Day in Korea.
    pub(crate) snapshot_date: NaiveDate,
    /// Cash and holdings.
    pub(crate) total_assets: i64,
    /// Cash.
    pub(crate) cash_balance: i64,
    /// Holdings at their closing prices.
    pub(crate) stock_value: i64,
    /// Profit or loss booked since the account was opened.
    pub(crate) realized_pnl: i64,
    /// Profit or loss of what was held.
    pub(crate) unrealized_pnl: i64,
}

/// Total assets on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EquityPoint {
    /// Day in Korea.
    pub(crate) date: NaiveDate,
    /// Total assets in won.
    pub(crate) equity: i64,
    /// Distance to the highest equity so far, zero or negative.
    pub(crate) drawdown: f64,
}

/// How well an account or a backtest did. Ratios are null where the series is too short to define them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metrics {
    /// Won at the start.
    pub(crate) initial_capital: i64,
    /// Won at the end.
    pub(crate) final_capital: i64,
    /// Gain over the whole time.
    pub(crate) total_return: f64,
    /// The same a year, by calendar days.
    pub(crate) annual_return: f64,
    /// Standard deviation of daily returns, a year.
    #[schema(required)]
    pub(crate) volatility: Option<f64>,
    /// Deepest drawdown, zero or negative.
    pub(crate) max_drawdown: f64,
    /// Mean over standard deviation of daily returns, a year, without risk-free rate.
    #[schema(required)]
    pub(crate) sharpe_ratio: Option<f64>,
    /// Share of closing sells with a profit.
    #[schema(required)]
    pub(crate) win_rate: Option<f64>,
    /// Trades.
    pub(crate) trades_count: u64,
    /// Commission paid in won.
    pub(crate) commission: i64,
    /// Tax paid in won.
    pub(crate) tax: i64,
}

/// Metrics of an account, and the curve they were taken from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Performance {
    #[serde(flatten)]
    pub(crate) metrics: Metrics,
    /// Daily snapshots, and now.
    pub(crate) equity: Vec<EquityPoint>,
}

/// A fill, booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trade {
    /// Id.
    pub(crate) id: i64,
    /// Order.
    pub(crate) order_id: i64,
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// Shares.
    pub(crate) quantity: i64,
    /// Price in won, the average where one fill met several levels, as a decimal string.
    #[schema(value_type = String, examples("70123.4567"))]
    pub(crate) price: AvgPrice,
    /// Commission in won.
    pub(crate) commission: i64,
    /// Transaction tax in won.
    pub(crate) tax: i64,
    /// Profit or loss of a sell, costs included; null for a buy.
    #[schema(required)]
    pub(crate) realized_pnl: Option<i64>,
    /// When it was executed.
    pub(crate) executed_at: DateTime<FixedOffset>,
}

/// The state of one kill switch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KillSwitch {
    /// What it covers.
    #[schema(value_type = words::KillScope)]
    pub(crate) scope: KillScope,
    /// Id within the scope; null for the global one.
    #[schema(required)]
    pub(crate) scope_id: Option<i64>,
    /// How far it is pulled.
    #[schema(value_type = words::KillState)]
    pub(crate) state: KillState,
    /// Why.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Who.
    #[schema(required)]
    pub(crate) set_by: Option<String>,
    /// Since when.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// Stops trading.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HaltRequest {
    /// Why, for the log.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(crate) reason: Option<String>,
}

/// What halting did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HaltResult {
    /// The switch, now halted.
    pub(crate) kill_switch: KillSwitch,
    /// Open orders that are being cancelled.
    pub(crate) cancelled_orders: Vec<i64>,
}

/// Lets trading go on. Only a person can, with the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResumeRequest {
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
    /// Why it is safe to go on, for the log.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

/// A span of days, both ends included.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DateRange {
    /// First day.
    pub(crate) from: Option<NaiveDate>,
    /// Last day.
    pub(crate) to: Option<NaiveDate>,
}

/// Which trades.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TradeFilter {
    /// Only this issue.
    pub(crate) symbol: Option<String>,
    /// First day.
    pub(crate) from: Option<NaiveDate>,
    /// Last day.
    pub(crate) to: Option<NaiveDate>,
}

impl From<snapshots::AccountSnapshot> for Snapshot {
    fn from(row: snapshots::AccountSnapshot) -> Self {
        Self {
            id: row.id,
            snapshot_date: row.snapshot_date,
            total_assets: row.total_assets.0,
            cash_balance: row.cash_balance.0,
            stock_value: row.stock_value.0,
            realized_pnl: row.realized_pnl.0,
            unrealized_pnl: row.unrealized_pnl.0,
        }
    }
}

impl Trade {
    /// A booked fill with the names of its issue.
    pub(crate) fn new(row: trades::Trade, names: &Names) -> Self {
        Self {
            id: row.id,
            order_id: row.order_id,
            symbol: row.symbol.to_string(),
            name_ko: names.ko(row.symbol),
            name_en: names.en(row.symbol),
            side: row.side,
            quantity: row.quantity.0,
            price: row.price,
            commission: row.commission.0,
            tax: row.tax.0,
            realized_pnl: row.realized_pnl.map(|pnl| pnl.0),
            executed_at: kst(row.executed_at),
        }
    }
}

impl From<&trading::EquityPoint> for EquityPoint {
    fn from(point: &trading::EquityPoint) -> Self {
        Self { date: point.date, equity: point.equity.0, drawdown: point.drawdown }
    }
}

impl From<trading::Metrics> for Metrics {
    fn from(metrics: trading::Metrics) -> Self {
        Self {
            initial_capital: metrics.initial_capital.0,
            final_capital: metrics.final_capital.0,
            total_return: metrics.total_return,
            annual_return: metrics.annual_return,
            volatility: metrics.volatility,
            max_drawdown: metrics.max_drawdown,
            sharpe_ratio: metrics.sharpe_ratio,
            win_rate: metrics.win_rate,
            trades_count: metrics.trades_count,
            commission: metrics.commission.0,
            tax: metrics.tax.0,
        }
    }
}
