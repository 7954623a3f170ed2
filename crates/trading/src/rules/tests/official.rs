//! The templates of the official backtester and the presets of the official editor, as documents of our own.

use super::*;

struct Official {
    name: &'static str,
    indicators: &'static str,
    entry: &'static str,
    exit: &'static str,
    /// Path of the first error or warning.
    finding: Option<&'static str>,
}

const fn official(
    name: &'static str,
    indicators: &'static str,
    entry: &'static str,
    exit: &'static str,
    finding: Option<&'static str>,
) -> Official {
    Official { name, indicators, entry, exit, finding }
}

const UNKNOWN_MAX: Option<&str> = Some("strategy.indicators[0].id");

const TEMPLATES: [Official; 10] = [
    official(
        "sma_crossover",
        "- {id: sma, alias: sma_fast, params: {period: $fast_period}}\n- {id: sma, alias: sma_slow, params: {period: $slow_period}}",
        "- {indicator: sma_fast, operator: cross_above, compare_to: sma_slow}",
        "- {indicator: sma_fast, operator: cross_below, compare_to: sma_slow}",
        None,
    ),
    official(
        "momentum",
        "- {id: roc, alias: roc, params: {period: $lookback}}",
        "- {indicator: roc, operator: greater_than, value: $threshold}",
        "- {indicator: roc, operator: less_than, value: 0}",
        None,
    ),
    official(
        "week52_high",
        "- {id: max, alias: high_252, params: {period: $lookback}}",
        "- {indicator: close, operator: cross_above, compare_to: high_252}",
        "- {indicator: close, operator: cross_below, compare_to: high_252}",
        UNKNOWN_MAX,
    ),
    official(
        "consecutive_moves",
        "- {id: roc, alias: roc_1, params: {period: 1}}",
        "- {indicator: roc_1, operator: greater_than, value: 0}",
        "- {indicator: roc_1, operator: less_than, value: 0}",
        None,
    ),
    official(
        "ma_divergence",
        "- {id: sma, alias: sma, params: {period: $lookback}}",
        "- {indicator: close, operator: less_than, compare_to: sma}",
        "- {indicator: close, operator: greater_than, compare_to: sma}",
        None,
    ),
    official(
        "false_breakout",
        "- {id: max, alias: high, params: {period: $lookback}}",
        "- {indicator: close, operator: cross_above, compare_to: high_n}",
        "- {indicator: close, operator: less_than, compare_to: high_n}",
        UNKNOWN_MAX,
    ),
    official(
        "strong_close",
        "- {id: ibs, alias: ibs}",
        "- {indicator: ibs, operator: greater_equal, value: 0.8}",
        "- {indicator: ibs, operator: less_than, value: 0.2}",
        None,
    ),
    official(
        "volatility_breakout",
        "- {id: atr, alias: atr, params: {period: 10}}\n- {id: roc, alias: roc_1, params: {period: 1}}",
        "- {indicator: roc_1, operator: greater_than, value: 3}",
        "- {indicator: roc_1, operator: less_than, value: 0}",
        None,
    ),
    official(
        "short_term_reversal",
        "- {id: sma, alias: sma, params: {period: 5}}",
        "- {indicator: close, operator: less_than, compare_to: sma}",
        "- {indicator: close, operator: greater_than, compare_to: sma}",
        None,
    ),
    official(
        "trend_filter_signal",
        "- {id: sma, alias: trend, params: {period: 60}}\n- {id: roc, alias: roc_1, params: {period: 1}}",
        "- {indicator: close, operator: greater_than, compare_to: trend}\n- {indicator: roc_1, operator: greater_than, value: 0}",
        "- {indicator: close, operator: less_than, compare_to: trend}\n- {indicator: roc_1, operator: less_than, value: 0}",
        None,
    ),
];

const EDITOR: [Official; 10] = [
    official(
        "golden_cross",
        "- {id: sma, alias: sma_1, params: {period: 5}, output: value}\n- {id: sma, alias: sma_2, params: {period: 20}, output: value}",
        "- {indicator: sma_1, output: value, operator: cross_above, compare_to: sma_2, compare_output: value}",
        "- {indicator: sma_1, output: value, operator: cross_below, compare_to: sma_2, compare_output: value}",
        None,
    ),
    official(
        "momentum",
        "- {id: roc, alias: roc_1, params: {period: 60}}",
        "- {indicator: roc_1, operator: greater_than, compare_to: 30}",
        "- {indicator: roc_1, operator: less_than, compare_to: -20}",
        None,
    ),
    official(
        "week52_high",
        "- {id: maximum, alias: maximum_1, params: {period: 252}}",
        "- {indicator: close, operator: greater_than, compare_to: maximum_1}",
        "- {indicator: close, operator: less_than, compare_to: maximum_1}",
        Some("strategy.entry.conditions[0]"),
    ),
    official(
        "consecutive",
        "- {id: consecutive, alias: consecutive_1, params: {direction: up}}\n- {id: consecutive, alias: consecutive_2, params: {direction: down}}",
        "- {indicator: consecutive_1, operator: greater_equal, compare_to: 5}",
        "- {indicator: consecutive_2, operator: greater_equal, compare_to: 5}",
        None,
    ),
    official(
        "disparity",
        "- {id: disparity, alias: disparity_1, params: {period: 20}}",
        "- {indicator: disparity_1, operator: less_than, compare_to: 90}",
        "- {indicator: disparity_1, operator: greater_than, compare_to: 110}",
        None,
    ),
    official(
        "breakout_fail",
        "- {id: maximum, alias: maximum_1, params: {period: 20}}",
        "- {indicator: close, operator: less_than, compare_to: maximum_1}",
        "- {indicator: close, operator: greater_than, compare_to: maximum_1}",
        Some("strategy.exit.conditions[0]"),
    ),
    official(
        "strong_close",
        "- {id: ibs, alias: ibs_1, params: {}}",
        "- {indicator: ibs_1, operator: greater_equal, compare_to: 0.8}",
        "- {indicator: ibs_1, operator: less_than, compare_to: 0.5}",
        None,
    ),
    official(
        "volatility",
        "- {id: volatility_ind, alias: volatility_ind_1, params: {period: 10}}\n- {id: change, alias: change_1, params: {}}",
        "- {indicator: volatility_ind_1, operator: less_than, compare_to: 0.02}\n- {indicator: change_1, operator: greater_equal, compare_to: 3}",
        "- {indicator: change_1, operator: less_equal, compare_to: -3}",
        None,
    ),
    official(
        "mean_reversion",
        "- {id: disparity, alias: disparity_1, params: {period: 5}}",
        "- {indicator: disparity_1, operator: less_equal, compare_to: 97}",
        "- {indicator: disparity_1, operator: greater_equal, compare_to: 103}",
        None,
    ),
    official(
        "trend_filter",
        "- {id: sma, alias: sma_1, params: {period: 60}}\n- {id: change, alias: change_1, params: {}}",
        "- {indicator: close, operator: greater_than, compare_to: sma_1}\n- {indicator: change_1, operator: greater_than, compare_to: 0}",
        "- {indicator: close, operator: less_than, compare_to: sma_1}\n- {indicator: change_1, operator: less_than, compare_to: 0}",
        None,
    ),
];

/// The parameters that templates refer to.
const PARAMETERS: &str = "id: test\n  params:\n    fast_period: {default: 5, min: 2, max: 50, type: int}\n    slow_period: {default: 20, min: 10, max: 200, type: int}\n    lookback: {default: 60, min: 20, max: 504, type: int}\n    threshold: {default: 0.0, min: -10, max: 10, type: float}";

#[test]
fn templates_and_presets_of_the_official_tools_are_read_and_their_defects_told() {
    for one in TEMPLATES.iter().chain(&EDITOR) {
        let alias = one.indicators.replace("alias: high,", "alias: high_n,");
        let text = document(&alias, one.entry, one.exit).replace("id: test", PARAMETERS);
        let document = Document::parse(&text);
        let found = document.findings().iter().find(|finding| finding.severity != Severity::RunsDifferently);
        assert_eq!(found.map(|finding| finding.path.to_string()).as_deref(), one.finding, "{}", one.name);
        let suggestion = found.and_then(|finding| finding.suggestion.as_deref());
        assert_eq!(suggestion, (one.finding == UNKNOWN_MAX).then_some("maximum"), "{}", one.name);
        assert_eq!(document.plan().is_ok(), one.finding != UNKNOWN_MAX, "{}", one.name);
    }
}

#[test]
fn each_document_says_what_runs_differently_in_the_official_tools() {
    let rows = [
        (SMA, "- {indicator: close, operator: cross_above, compare_to: fast}", "sees a cross that was none"),
        (SMA, "- {indicator: high, operator: cross_above, compare_to: fast}", "of the bar before for zero"),
        (SMA, "- {indicator: high, operator: gt, compare_to: fast}", "extremes of the last 20 bars"),
        (SMA, "- {indicator: close, operator: equals, compare_to: fast}", "refuses equals"),
        (SMA, "- {indicator: close, operator: '>', compare_to: fast}", "reads greater_than"),
        (SMA, "- {indicator: close, operator: gt, value: 1}", "puts 0 in place of value"),
        (SMA, "- {indicator: volume, operator: gt, compare_to: 1}", "knows neither price nor volume"),
        (SMA, "- {indicator: close, operator: gt, compare_to: fast, compare_scalar: 2}", "drops compare_scalar"),
        ("- {id: returns, params: {period: 5}}", "- {indicator: returns_1, value: 1}", "a hundred times"),
        ("- {id: rsi, params: {period: 5}}", "- {indicator: rsi_1, value: 1}", "works rsi out differently"),
        (SMA, "- {candlestick: engulfing}", "finds no pattern by an alias"),
    ];
    for (indicators, entry, part) in rows {
        let document = harmless(&document(indicators, entry, NEVER));
        let cards: Vec<_> =
            document.findings().iter().filter(|finding| finding.severity == Severity::RunsDifferently).collect();
        assert!(cards.iter().any(|card| card.message.en.contains(part)), "{entry}: {part} is not in {cards:#?}");
        assert!(cards.iter().any(|card| card.message.en.contains("fills at the very close")));
    }
    let calm = harmless(&document(SMA, "- {indicator: close, operator: gt, compare_to: fast}", NEVER));
    assert!(!calm.findings().iter().any(|finding| finding.message.en.contains("cross")));
}
