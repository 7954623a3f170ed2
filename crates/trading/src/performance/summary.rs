//! The headline figures, and the count of trades behind them.

use exodus_domain::{Fill, Side, Won};
use serde::{Deserialize, Serialize};

/// Counts over the trades of an account or a backtest; a trade is one fill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeTally {
    /// Trades of both sides.
    pub trades: u64,
    /// Sells among them.
    pub sells: u64,
    /// Sells that realised a profit after their own costs.
    pub winning_sells: u64,
    /// Won paid for shares, before costs.
    pub bought: Won,
    /// Won received for shares, before costs.
    pub sold: Won,
    /// Commission paid.
    pub commission: Won,
    /// Taxes paid.
    pub tax: Won,
}

impl TradeTally {
    /// Counts a trade that realised `realized`.
    pub fn add(&mut self, fill: &Fill, realized: Won) {
        self.trades += 1;
        match fill.side {
            Side::Buy => self.bought += fill.amount,
            Side::Sell => {
                self.sells += 1;
                self.winning_sells += u64::from(realized.is_positive());
                self.sold += fill.amount;
            }
        }
        self.commission += fill.commission;
        self.tax += fill.tax;
    }
}

/// The headline figures of a period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Capital before the first session.
    pub initial_capital: Won,
    /// Equity at the end of the last session.
    pub final_capital: Won,
    /// Final over initial capital, less one.
    pub total_return: f64,
    /// Total return as growth per 365.25 calendar days.
    pub annual_return: f64,
    /// Sample deviation of session returns × √252; `None` for fewer than two sessions.
    pub volatility: Option<f64>,
    /// Deepest drawdown: zero or negative.
    pub max_drawdown: f64,
    /// Mean over sample deviation of session returns × √252, risk-free rate zero; `None` where they do not vary.
    pub sharpe_ratio: Option<f64>,
    /// Sells with a profit after their own costs, of all sells; `None` without any.
    pub win_rate: Option<f64>,
    /// Trades of both sides; a trade is one fill.
    pub trades_count: u64,
    /// Commission paid.
    pub commission: Won,
    /// Taxes paid.
    pub tax: Won,
}

impl Metrics {
    /// Those that a report tells too, by group and name with a full stop between.
    pub fn in_report(&self) -> [(&'static str, Option<f64>); 5] {
        [
            ("returns.total_return", Some(self.total_return)),
            ("returns.annual_return", Some(self.annual_return)),
            ("risk.volatility", self.volatility),
            ("risk.sharpe_ratio", self.sharpe_ratio),
            ("drawdown.max_drawdown", Some(self.max_drawdown)),
        ]
    }
}
