//! A run as the answer of a preview: bars, fills with their reasons, and the lines that the strategy looks at.

use chrono::{DateTime, Utc};
use exodus_backtest::{BacktestResult, Decision};
use exodus_domain::{Adjustment, CompactBar, Reason};
use exodus_trading::rules::{PlannedIndicator, Sentence};
use exodus_trading::{EvaluationMode, LocalText, StudyBar};

use super::dto::{Preview, PreviewMarker, PreviewSeries, PreviewSummary};
use crate::backtests::run::Run;
use crate::strategies::dto::Text;

/// The bars before the period, and those in it.
pub(super) fn split(run: &Run) -> (&[CompactBar], &[CompactBar]) {
    let bars = run.series.first().map_or(&[] as &[CompactBar], |series| series.bars());
    bars.split_at(bars.partition_point(|bar| bar.trade_date() < run.spec.from))
}

impl Preview {
    /// Puts the bars in, and the lines over them.
    pub(super) fn show_bars(&mut self, run: &Run) {
        let (_, bars) = split(run);
        self.from = Some(run.spec.from);
        self.to = Some(run.spec.to);
        self.bars = bars.len();
        self.candles = bars.iter().map(candle).collect();
        let indicators = run.spec.strategies.first().map(|one| one.strategy.indicators()).unwrap_or_default();
        self.series = indicators.iter().flat_map(|indicator| lines(indicator, run)).collect();
    }

    /// Puts in what the strategy did.
    pub(super) fn show_run(&mut self, run: &Run, result: &BacktestResult, decisions: &[Decision]) {
        let mut decisions = decisions.iter().peekable();
        let marker = |(place, trade): (usize, &exodus_backtest::BacktestTrade)| {
            let decision = decisions.next_if(|decision| decision.trade == place);
            PreviewMarker {
                time: decision.map_or(trade.executed_at, |decision| decision.filled_in).timestamp(),
                side: trade.side,
                price: trade.price.0,
                quantity: trade.quantity.0,
                decided_at: decision.map_or(trade.executed_at, |decision| decision.decided_in).timestamp(),
                reason: decision.map_or_else(|| LEFT_THE_MARKET.into(), |decision| sentence(&decision.signal.reason)),
                realized_pnl: trade.realized_pnl.map(|won| won.0),
            }
        };
        self.markers = result.trades.iter().enumerate().map(marker).collect();
        self.undefined_bars = result.manifest.undefined_bars.iter().map(|one| one.bars).sum();
        let (_, bars) = split(run);
        let metrics = &result.metrics;
        self.summary = Some(PreviewSummary {
            total_return: metrics.total_return,
            buy_and_hold_return: buy_and_hold(bars),
            max_drawdown: metrics.max_drawdown,
            trades: metrics.trades_count,
            win_rate: metrics.win_rate,
            exposure: result.report.activity.exposure,
        });
    }
}

/// Of a fill that no strategy ordered.
const LEFT_THE_MARKET: LocalText = LocalText { ko: "상장폐지로 정리", en: "it left the market" };

fn sentence(reason: &Reason) -> Text {
    Sentence::of(reason).map_or_else(|| Text { ko: reason.code.clone(), en: reason.code.clone() }, Text::from)
}

fn candle(bar: &CompactBar) -> (i64, i64, i64, i64, i64, i64) {
    let seconds = bar.open_time().timestamp();
    (seconds, bar.open().0, bar.high().0, bar.low().0, bar.close().0, bar.volume().0)
}

/// The last close over the first one, minus one; nothing without two.
fn buy_and_hold(bars: &[CompactBar]) -> f64 {
    let closes = || bars.iter().map(|bar| bar.close().0 as f64).filter(|close| *close > 0.0);
    let gain = closes().next().zip(closes().next_back()).map(|(first, last)| last / first - 1.0);
    gain.unwrap_or_default()
}

/// The outputs of an indicator in the period, by the bars that the run showed its strategy: those before the period, and
/// before each corporate action in it, as they could be compared on that day.
fn lines(indicator: &PlannedIndicator, run: &Run) -> Vec<PreviewSeries> {
    let PlannedIndicator { alias, kind, parameters } = indicator;
    let line = |(place, output): (usize, &&'static str)| PreviewSeries {
        key: format!("{alias}.{output}"),
        alias: alias.clone(),
        indicator: kind.id,
        output,
        title: kind.title.into(),
        pane: kind.pane(place).into(),
        points: Vec::new(),
    };
    let mut lines: Vec<PreviewSeries> = kind.outputs.iter().enumerate().map(line).collect();
    let (before, bars) = split(run);
    let all = || before.iter().chain(bars);
    let mut days = vec![run.spec.from];
    days.extend(run.spec.actions.iter().map(|action| action.ex_date).filter(|date| *date > run.spec.from));
    days.sort_unstable();
    for (place, day) in days.iter().enumerate() {
        let next_day = days.get(place + 1);
        let adjustment = Adjustment::as_of(*day, &run.spec.actions);
        let mut study = kind.start(parameters, EvaluationMode::Exodus);
        let until = all().take_while(|bar| next_day.is_none_or(|next_day| bar.trade_date() < *next_day));
        for bar in until.filter(|bar| !bar.is_halted() && bar.close().is_positive()) {
            let is_past = bar.trade_date() < *day;
            let shown = if is_past { adjustment.apply(&bar.bar()) } else { bar.bar() };
            let Some(values) = study.step(&StudyBar::from(&shown)).filter(|_| !is_past) else { continue };
            let at: DateTime<Utc> = bar.open_time();
            for (output, line) in lines.iter_mut().enumerate() {
                line.points.extend(values.get(output).map(|value| (at.timestamp(), value)));
            }
        }
    }
    lines
}
