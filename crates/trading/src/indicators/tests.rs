//! What holds for every indicator.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::*;
use crate::indicators::{
    moving_averages, moving_averages_adaptive, moving_averages_exponential, oscillators, oscillators_averages,
    oscillators_range, oscillators_volume, other_changes, other_extremes, other_places, trend, trend_cycles,
    trend_stops, volatility, volatility_bands, volatility_market, volume,
};

/// Bar with which each indicator gives its first value, by the specification: id, parameters, bar.
const READY: &[&[(&str, &str, usize)]] = &[
    moving_averages::READY,
    moving_averages_exponential::READY,
    moving_averages_adaptive::READY,
    oscillators::READY,
    oscillators_range::READY,
    oscillators_averages::READY,
    oscillators_volume::READY,
    trend::READY,
    trend_stops::READY,
    trend_cycles::READY,
    volume::READY,
    volatility::READY,
    volatility_bands::READY,
    volatility_market::READY,
    other_extremes::READY,
    other_changes::READY,
    other_places::READY,
];

const MODES: [EvaluationMode; 2] = [EvaluationMode::Exodus, EvaluationMode::Official];

/// SplitMix64 (Steele, Lea & Flood 2014), mapped to 0..1.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Bars of whole won that walk up and down around `price`, with an index beside them.
fn walk(price: f64, count: usize) -> Vec<StudyBar> {
    let (mut chance, mut close, mut level) = (Chance(7), price, 2_000.0);
    let mut bar = || {
        let open = close;
        close = (open * (0.97 + 0.06 * chance.share()) + 0.02 * (price - open)).round().max(1.0);
        let high = (open.max(close) * (1.0 + 0.01 * chance.share())).round();
        let low = (open.min(close) * (1.0 - 0.01 * chance.share())).round().max(1.0);
        level = level * (0.99 + 0.02 * chance.share()) + 0.02 * (2_000.0 - level);
        let volume = (1e6 * chance.share()).round() + 1.0;
        StudyBar { open, high, low, close, volume, benchmark: Some(level) }
    };
    std::iter::repeat_with(&mut bar).take(count).collect()
}

fn still(price: f64, volume: f64) -> StudyBar {
    StudyBar { open: price, high: price, low: price, close: price, volume, benchmark: Some(2_000.0) }
}

fn given(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).expect("an object")
}

fn parameters(indicator: &IndicatorType, json: &str) -> Parameters {
    indicator.check(&given(json)).unwrap_or_else(|errors| panic!("{}: {errors:?}", indicator.id))
}

/// Whether the value of the first output is there, for each bar.
fn first_output(indicator: &IndicatorType, json: &str, mode: EvaluationMode, bars: &[StudyBar]) -> Vec<Option<f64>> {
    let mut study = indicator.start(&parameters(indicator, json), mode);
    let values = compute(&mut *study, bars);
    values.iter().map(|values| values.and_then(|values| values.get(indicator.default_output))).collect()
}

#[test]
fn there_are_eighty_and_each_has_a_name_of_its_own() {
    let ids: BTreeSet<_> = indicators().map(|indicator| indicator.id).collect();
    assert_eq!((indicators().count(), ids.len()), (80, 80));
    for indicator in indicators() {
        assert!(indicator.default_output < indicator.outputs.len(), "{}", indicator.id);
        assert!(indicator.outputs.len() <= values::MOST_OUTPUTS, "{}", indicator.id);
        for text in [indicator.title, indicator.description] {
            assert!(!text.ko.is_empty() && !text.en.is_empty(), "{}", indicator.id);
        }
        assert!(indicator.unusual(&parameters(indicator, "{}")).is_empty(), "{}: its defaults are usual", indicator.id);
    }
}

/// The bar of a row of [`READY`], or that of the only indicator whose official bar is another one.
fn ready_bar(id: &str, json: &str, ready: usize, mode: EvaluationMode) -> usize {
    match (id, mode) {
        ("kst", EvaluationMode::Official) if json == "{}" => 50,
        // The rate of change over roc1 bars and its mean over roc2 come last.
        ("kst", EvaluationMode::Official) => 42,
        _ => ready,
    }
}

#[test]
fn the_first_value_comes_with_the_bar_of_the_specification() {
    let bars = walk(50_000.0, 1_000);
    for (id, json, ready) in READY.iter().copied().flatten() {
        let indicator = indicator(id).unwrap_or_else(|| panic!("{id} is in the catalogue"));
        for mode in MODES {
            let expected = ready_bar(id, json, *ready, mode);
            assert_eq!(indicator.ready(&parameters(indicator, json), mode), expected, "{id} {json} {mode:?}");
            let values = first_output(indicator, json, mode, &bars);
            let first = values.iter().position(Option::is_some).expect("there is a value") + 1;
            // A swing is there once there was one.
            assert!(first == expected || (*id == "pivot" && first > expected), "{id} {json} {mode:?}: bar {first}");
            assert!(values[first - 1..].iter().all(Option::is_some), "{id} {json} {mode:?}: a value on every bar");
        }
    }
    let rows = |id| READY.iter().copied().flatten().filter(move |row| row.0 == id);
    for indicator in indicators() {
        let other_parameters = rows(indicator.id).any(|row| row.1 != "{}") || indicator.parameters.is_empty();
        assert!(rows(indicator.id).any(|row| row.1 == "{}") && other_parameters, "{} needs rows", indicator.id);
    }
}

/// The parameters at the lower or the upper ends of what they can be.
fn at_the_ends(indicator: &IndicatorType, upper: bool) -> Map<String, Value> {
    let end = |parameter: &IndicatorParameter| match parameter.kind {
        ParameterKind::Integer { limit: (least, most), .. } => Value::from(if upper { most } else { least }),
        ParameterKind::Number { limit: (least, most), .. } => Value::from(if upper { most } else { least }),
        ParameterKind::Choice(words) => Value::from(words[if upper { words.len() - 1 } else { 0 }]),
    };
    let mut ends: Map<_, _> = indicator.parameters.iter().map(|one| (one.key.to_owned(), end(one))).collect();
    for constraint in indicator.constraints {
        if let Constraint::Less(less, more) = constraint {
            ends.insert((*less).to_owned(), Value::from(1));
            ends.insert((*more).to_owned(), Value::from(if upper { 500 } else { 2 }));
        }
    }
    ends
}

#[test]
fn parameters_work_up_to_their_ends() {
    let bars = walk(50_000.0, 6_500);
    for (indicator, upper) in indicators().flat_map(|indicator| [false, true].map(|upper| (indicator, upper))) {
        let parameters = indicator.check(&at_the_ends(indicator, upper)).expect("within the limits");
        let mut study = indicator.start(&parameters, EvaluationMode::Exodus);
        let values = compute(&mut *study, &bars);
        let first = values.iter().position(|values| values.is_some_and(|values| values.get(0).is_some()));
        let ready = indicator.ready(&parameters, EvaluationMode::Exodus);
        // No high may stand out of a thousand bars before and after it.
        assert!(first == Some(ready - 1) || indicator.id == "pivot", "{} {parameters:?}: {first:?}", indicator.id);
    }
}

/// Bars that no average likes: flat, without volume, at the ends of what prices can be, and jumps between.
fn extremes() -> Vec<StudyBar> {
    let mut bars = vec![still(1.0, 0.0); 300];
    bars.extend(walk(1_563_001_555.0, 300));
    bars.extend(vec![still(1_563_001_555.0, 0.0); 300]);
    bars.extend(walk(3.0, 300));
    bars.extend(vec![still(2.0, 5.0); 300]);
    bars.extend(walk(100.0, 300).into_iter().map(|bar| StudyBar { volume: 0.0, ..bar }));
    bars.extend(walk(70_000.0, 300).into_iter().map(|bar| StudyBar { volume: 1e13, benchmark: None, ..bar }));
    bars
}

/// Whether the official mode lacks this output at all: asking for it ends a run of the broker's backtester.
fn is_missing(indicator: &IndicatorType, output: usize, mode: EvaluationMode) -> bool {
    indicator.id == "kst" && indicator.outputs[output] == "signal" && mode == EvaluationMode::Official
}

#[test]
fn few_are_ever_without_a_value_once_they_are_ready_and_none_for_good() {
    let mut undefined = BTreeSet::new();
    for (indicator, mode) in indicators().flat_map(|indicator| MODES.map(|mode| (indicator, mode))) {
        let parameters = parameters(indicator, "{}");
        let mut study = indicator.start(&parameters, mode);
        let mut has_all = |bar: &StudyBar| {
            let values = study.step(bar);
            let mut outputs = (0..indicator.outputs.len()).filter(|output| !is_missing(indicator, *output, mode));
            outputs.all(|output| values.is_some_and(|values| values.get(output).is_some()))
        };
        let is_there: Vec<bool> = extremes().iter().map(&mut has_all).collect();
        if is_there.iter().skip(indicator.ready(&parameters, mode) - 1).any(|is_there| !is_there) {
            undefined.insert(indicator.id);
        }
        let later: Vec<bool> = walk(70_000.0, 1_000).iter().map(&mut has_all).collect();
        assert_eq!(later.last(), Some(&true), "{} has recovered", indicator.id);
    }
    // Without an index; before the first swing; before the first range; without any range; without any volume.
    assert_eq!(undefined, BTreeSet::from(["alpha", "beta", "pivot", "stochastic", "vortex", "vwap"]));
}

/// Whether what is computed on many bars equals what is computed on the last of them alone. Indicators that
/// remember everything, such as OBV, are left out: theirs is a different value then.
#[test]
fn a_long_series_gives_what_a_short_one_gives() {
    const REMEMBERS_ALL: &[&str] = &["obv", "ad", "adl"];
    const SHORT: usize = 20_000;
    let bars = walk(1_000_000.0, 200_000);
    for indicator in indicators().filter(|indicator| !REMEMBERS_ALL.contains(&indicator.id)) {
        let long = first_output(indicator, "{}", EvaluationMode::Exodus, &bars);
        let short = first_output(indicator, "{}", EvaluationMode::Exodus, &bars[bars.len() - SHORT..]);
        let pairs: Vec<_> = long.iter().rev().zip(short.iter().rev()).take(SHORT / 10).collect();
        // Differences cross zero: their error is held against the size they usually have.
        let usual = pairs.iter().map(|(long, _)| long.map_or(0.0, f64::abs)).sum::<f64>() / pairs.len() as f64;
        for (long, short) in pairs {
            let (long, short) = (long.expect("ready"), short.expect("ready"));
            assert!((long - short).abs() <= 1e-9 * usual.max(short.abs()), "{}: {long} is not {short}", indicator.id);
        }
    }
}

#[test]
fn sums_over_a_window_do_not_drift() {
    use super::blocks::{Filter, Lwma, Moments, Sma, Window};

    const PERIOD: usize = 20;
    // A long time at very large values, then small ones: what a running sum would have lost shows.
    let mut chance = Chance(3);
    let mut value = |place: usize| if place < 999_000 { 1e12 * chance.share() } else { 1.0 + 1e-3 * chance.share() };
    let values: Vec<f64> = (0..1_000_000).map(&mut value).collect();
    let (mut mean, mut weighted, mut moments) = (Sma::new(PERIOD), Lwma::new(PERIOD), Window::new(PERIOD));
    for (place, value) in values.iter().enumerate() {
        let (mean, weighted, moments) = (mean.push(*value), weighted.push(*value), moments.push(Moments::of(*value)));
        if place + 1 < PERIOD {
            assert!(mean.is_none() && weighted.is_none() && moments.is_none());
            continue;
        }
        let window = &values[place + 1 - PERIOD..=place];
        let direct_mean = window.iter().sum::<f64>() / PERIOD as f64;
        let direct_weighted: f64 = (1..).zip(window).map(|(weight, value)| f64::from(weight) * value).sum();
        let direct_variance = window.iter().map(|value| (value - direct_mean).powi(2)).sum::<f64>() / PERIOD as f64;
        let is_near = |value: Option<f64>, direct: f64, tolerance: f64| {
            value.is_some_and(|value| (value - direct).abs() <= tolerance * direct)
        };
        assert!(is_near(mean, direct_mean, 1e-14), "mean at {place}");
        assert!(is_near(weighted, direct_weighted / 210.0, 1e-14), "weighted mean at {place}");
        assert!(is_near(moments.map(|m| m.population_variance()), direct_variance, 1e-9), "variance at {place}");
    }
}

#[test]
fn each_fault_names_its_parameter() {
    let refused = |id: &str, json: &str| -> Vec<&'static str> {
        let indicator = indicator(id).expect("known");
        indicator.check(&given(json)).expect_err("refused").into_iter().map(|error| error.key).collect()
    };
    for period in ["0", "-1", "1001", "1.5", "true", "null", r#""14""#, "1e300"] {
        assert_eq!(refused("rsi", &format!(r#"{{"period": {period}}}"#)), ["period"], "{period}");
    }
    assert_eq!(refused("macd", r#"{"fast": 0, "signal": 101}"#), ["fast", "signal"]);
    for id in ["macd", "apo", "ppo"] {
        assert_eq!(refused(id, r#"{"fast": 26, "slow": 26}"#), ["fast"], "{id}");
    }
    assert_eq!(refused("frama", r#"{"period": 15}"#), ["period"]);
    assert_eq!(refused("hma", r#"{"period": 1}"#), ["period"]);
    assert_eq!(refused("alma", r#"{"sigma": 0.5, "offset": 1.5}"#), ["sigma", "offset"]);
}

#[test]
fn what_is_missing_takes_its_default_and_what_is_unknown_is_left_aside() {
    let rsi = indicator("rsi").expect("known");
    assert_eq!(parameters(rsi, r#"{"period": 14.0, "colour": "red"}"#), parameters(rsi, "{}"));
    assert_eq!(Value::Object(parameters(rsi, "{}").to_json()), serde_json::json!({ "period": 14 }));
    let unusual = rsi.unusual(&parameters(rsi, r#"{"period": 500}"#));
    assert_eq!(unusual.iter().map(|parameter| parameter.key).collect::<Vec<_>>(), ["period"]);
}

#[test]
fn the_official_ppo_has_its_signal_in_won() {
    let bars = walk(50_000.0, 200);
    let lines = |mode| {
        let ppo = indicator("ppo").expect("known");
        let mut study = ppo.start(&parameters(ppo, "{}"), mode);
        let values = compute(&mut *study, &bars).pop().flatten().expect("ready");
        [0, 1, 2].map(|output| values.get(output).expect("defined"))
    };
    let (ours, official) = (lines(EvaluationMode::Exodus), lines(EvaluationMode::Official));
    assert_eq!(ours[0].to_bits(), official[0].to_bits());
    assert!((ours[2] - (ours[0] - ours[1])).abs() < 1e-12);
    let apo = first_output(indicator("apo").expect("known"), "{}", EvaluationMode::Official, &bars);
    let difference = apo.last().copied().flatten().expect("ready");
    assert!((official[2] - (difference - official[1])).abs() < 1e-9);
}
