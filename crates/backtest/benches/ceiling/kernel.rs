//! The least code that makes the same fills: one rule, one wallet, whole won, dated costs, equity of each session.
//!
//! It takes for granted what the engine checks: every issue has a bar at every time, no bar is halted or locked at a
//! limit, volume and cash suffice, orders are made in trading hours.

use chrono::NaiveDate;
use exodus_backtest::BacktestSpec;
use exodus_domain::{CompactBar, Price, Qty, Side, Symbol, Won, order_costs};
use exodus_trading::{EquityShare, TradedIssue};

use crate::history::History;
use crate::{FAST, SLOW};

/// What it finds.
pub(crate) struct Outcome {
    pub(crate) fills: Vec<KernelFill>,
    pub(crate) equity: Vec<(NaiveDate, Won)>,
    pub(crate) sharpe: f64,
    pub(crate) max_drawdown: f64,
}

pub(crate) struct KernelFill {
    pub(crate) symbol: Symbol,
    pub(crate) side: Side,
    pub(crate) quantity: Qty,
    pub(crate) price: Price,
    pub(crate) costs: Won,
}

/// A wallet and the state of the rule for each issue.
pub(crate) struct Kernel<'a> {
    bars: Vec<&'a [CompactBar]>,
    issues: &'a [TradedIssue],
    size: EquityShare,
    initial: Won,
    cash: i64,
    stock_value: i64,
    state: Vec<State>,
    orders: Vec<(usize, Side, i64)>,
    fills: Vec<KernelFill>,
}

#[derive(Clone, Copy, Default)]
struct State {
    fast_sum: i64,
    slow_sum: i64,
    close: i64,
    shares: i64,
}

impl<'a> Kernel<'a> {
    pub(crate) fn new(history: &'a History, spec: &BacktestSpec) -> Self {
        Self {
            bars: history.series.iter().map(|series| series.bars()).collect(),
            issues: &history.issues,
            size: EquityShare::from_percent(spec.strategies[0].strategy.sizing.position_size_percent),
            initial: spec.capital,
            cash: spec.capital.0,
            stock_value: 0,
            state: vec![State::default(); history.series.len()],
            orders: Vec::new(),
            fills: Vec::new(),
        }
    }

    pub(crate) fn run(mut self) -> Outcome {
        let mut equity = Vec::new();
        let mut decisions = Vec::new();
        let first = self.bars[0];
        let intraday = is_intraday(first);
        let mut date = first[0].trade_date();
        let mut day_ends = end_of_day(date);
        for (n, bar) in first.iter().enumerate() {
            if bar.open_ms() >= day_ends {
                equity.push((date, Won(self.cash + self.stock_value)));
                date = bar.trade_date();
                day_ends = end_of_day(date);
                // A day order: of daily bars, it was made for the day that begins.
                if intraday {
                    self.orders.clear();
                }
            }
            self.fill_orders(n, date);
            for issue in 0..self.bars.len() {
                if let Some(side) = self.see_close(issue, n) {
                    decisions.push((issue, side));
                }
            }
            for (issue, side) in decisions.drain(..) {
                self.order(issue, side);
            }
        }
        equity.push((date, Won(self.cash + self.stock_value)));
        let (sharpe, max_drawdown) = figures(self.initial, &equity);
        Outcome { fills: self.fills, equity, sharpe, max_drawdown }
    }

    /// Values the issue at its close, carries both sums on, and decides.
    #[inline(always)]
    fn see_close(&mut self, issue: usize, n: usize) -> Option<Side> {
        let bars = self.bars[issue];
        let state = &mut self.state[issue];
        let close = bars[n].close().0;
        self.stock_value += (close - state.close) * state.shares;
        state.close = close;
        state.fast_sum += close;
        state.slow_sum += close;
        if n >= FAST {
            state.fast_sum -= bars[n - FAST].close().0;
        }
        if n >= SLOW {
            state.slow_sum -= bars[n - SLOW].close().0;
        }
        if n + 1 < SLOW {
            return None;
        }
        let above = state.fast_sum * SLOW as i64 > state.slow_sum * FAST as i64;
        match (above, state.shares > 0) {
            (true, false) => Some(Side::Buy),
            (false, true) => Some(Side::Sell),
            _ => None,
        }
    }

    fn order(&mut self, issue: usize, side: Side) {
        let State { close, shares, .. } = self.state[issue];
        let shares = match side {
            Side::Sell => shares,
            Side::Buy => self.size.of(Won(self.cash + self.stock_value)).0 / close,
        };
        if shares > 0 {
            self.orders.push((issue, side, shares));
        }
    }

    /// Sells first, then buys, each at the open.
    fn fill_orders(&mut self, n: usize, date: NaiveDate) {
        if self.orders.is_empty() {
            return;
        }
        let orders = std::mem::take(&mut self.orders);
        for wanted in [Side::Sell, Side::Buy] {
            for &(issue, side, shares) in orders.iter().filter(|(_, side, _)| *side == wanted) {
                let TradedIssue { symbol, market, kind, commission, .. } = self.issues[issue];
                let price = self.bars[issue][n].open();
                let (amount, state) = (price * Qty(shares), &mut self.state[issue]);
                let costs = order_costs(&commission, side, market, kind, date, amount);
                let costs = costs.commission + costs.tax;
                let signed = if side == Side::Buy { shares } else { -shares };
                self.cash -= signed * price.0 + costs.0;
                self.stock_value += signed * state.close;
                state.shares += signed;
                self.fills.push(KernelFill { symbol, side, quantity: Qty(shares), price, costs });
            }
        }
        self.orders = orders;
        self.orders.clear();
        assert!(self.cash >= 0, "cash ran short: the engine would have cut the order");
    }
}

/// True if a day has more than one bar.
fn is_intraday(bars: &[CompactBar]) -> bool {
    bars.len() > 1 && bars[0].trade_date() == bars[1].trade_date()
}

fn end_of_day(date: NaiveDate) -> i64 {
    let next = date.succ_opt().expect("not the last date there is");
    exodus_domain::Bar::day_start(next).timestamp_millis()
}

/// Sharpe ratio of a year and deepest drawdown.
fn figures(initial: Won, equity: &[(NaiveDate, Won)]) -> (f64, f64) {
    let (mut before, mut peak, mut deepest) = (initial.0 as f64, initial.0 as f64, 0.0_f64);
    let mut returns = Vec::with_capacity(equity.len());
    for (_, Won(won)) in equity {
        let now = *won as f64;
        returns.push(now / before - 1.0);
        peak = peak.max(now);
        deepest = deepest.min(now / peak - 1.0);
        before = now;
    }
    let count = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / count;
    let squares = returns.iter().map(|one| (one - mean).powi(2)).sum::<f64>();
    let deviation = (squares / (count - 1.0)).sqrt();
    (mean / deviation * 252.0_f64.sqrt(), deepest)
}
