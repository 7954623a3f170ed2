//! Trend, volume, volatility and other indicators on a few bars, worked out by hand.

use serde_json::Value;

use super::*;

fn bar(open: f64, high: f64, low: f64, close: f64, volume: f64) -> StudyBar {
    StudyBar { open, high, low, close, volume, benchmark: None }
}

/// Bars of high, low and close.
fn ranges(bars: &[(f64, f64, f64)]) -> Vec<StudyBar> {
    bars.iter().map(|(high, low, close)| bar(*close, *high, *low, *close, 100.0)).collect()
}

/// Bars without a range.
fn closes(closes: &[f64]) -> Vec<StudyBar> {
    closes.iter().map(|close| bar(*close, *close, *close, *close, 100.0)).collect()
}

fn run_in(mode: EvaluationMode, id: &str, json: &str, bars: &[StudyBar]) -> Vec<Option<Values>> {
    let indicator = indicator(id).unwrap_or_else(|| panic!("{id} is in the catalogue"));
    let given: Value = serde_json::from_str(json).expect("JSON");
    let parameters = indicator.check(given.as_object().expect("an object")).expect("valid");
    compute(&mut *indicator.start(&parameters, mode), bars)
}

fn run(id: &str, json: &str, bars: &[StudyBar]) -> Vec<Option<Values>> {
    run_in(EvaluationMode::Exodus, id, json, bars)
}

/// The first output on each bar.
fn first(id: &str, json: &str, bars: &[StudyBar]) -> Vec<Option<f64>> {
    run(id, json, bars).into_iter().map(|values| values?.get(0)).collect()
}

#[track_caller]
fn assert_near(value: Option<f64>, expected: f64) {
    let tolerance = 1e-12 * expected.abs().max(1.0);
    assert!(value.is_some_and(|value| (value - expected).abs() <= tolerance), "{value:?} is not {expected}");
}

#[track_caller]
fn assert_first(id: &str, json: &str, bars: &[StudyBar], expected: &[Option<f64>]) {
    let values = first(id, json, bars);
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.into_iter().zip(expected) {
        match expected {
            Some(expected) => assert_near(value, *expected),
            None => assert_eq!(value, None),
        }
    }
}

#[track_caller]
fn assert_last(id: &str, json: &str, bars: &[StudyBar], expected: &[f64]) {
    let values = run(id, json, bars).pop().flatten().expect("ready");
    for (output, expected) in expected.iter().enumerate() {
        assert_near(values.get(output), *expected);
    }
}

const FOUR: [(f64, f64, f64); 4] = [(10.0, 8.0, 9.0), (12.0, 9.0, 11.0), (11.0, 7.0, 8.0), (13.0, 8.0, 12.0)];

#[test]
fn adx_averages_the_share_of_directed_movement() {
    // True ranges 3, 4, 5; +DM 2, 0, 2; −DM 0, 2, 0: averages 4.25, 1.5, 0.5 after DX of 0 and 50.
    assert_last("adx", r#"{"period": 2}"#, &ranges(&FOUR), &[25.0, 150.0 / 4.25, 50.0 / 4.25]);
    // Up as far as down: the movement is upwards.
    assert_last("adx", r#"{"period": 1}"#, &ranges(&[(10.0, 8.0, 9.0), (12.0, 6.0, 9.0)]), &[100.0, 100.0 / 3.0, 0.0]);
    assert_last("adx", r#"{"period": 2}"#, &closes(&[10.0; 4]), &[50.0, 0.0, 0.0]);
}

#[test]
fn adxr_is_the_mean_with_an_earlier_adx() {
    let mut bars = ranges(&FOUR);
    bars.extend(closes(&[12.0]));
    // The fifth bar does not move: DX stays 50, ADX goes from 25 to 37.5.
    assert_first("adxr", r#"{"period": 2}"#, &bars, &[None, None, None, None, Some(31.25)]);
}

#[test]
fn vortex_has_one_movement_less_on_its_first_bar() {
    let values = run("vortex", r#"{"period": 2}"#, &ranges(&FOUR[..3]));
    let outputs = |place: usize| values[place].map(|values| [values.get(0), values.get(1)]);
    assert_eq!(outputs(0), None);
    assert_eq!(outputs(1), Some([Some(0.8), Some(0.2)]));
    assert_eq!(outputs(2), Some([Some(6.0 / 7.0), Some(6.0 / 7.0)]));
    assert_eq!(first("vortex", r#"{"period": 2}"#, &closes(&[10.0; 3])), [None; 3]);
}

#[test]
fn chop_is_the_path_over_the_range() {
    assert_first("chop", r#"{"period": 2}"#, &ranges(&FOUR[..2]), &[None, Some(100.0 * 1.25_f64.log2())]);
    assert_first("chop", r#"{"period": 2}"#, &closes(&[10.0; 2]), &[None, Some(100.0)]);
}

#[test]
fn the_cloud_stands_where_it_is_drawn_today() {
    // Bar i reaches from i − 1 to i + 1.
    let bars: Vec<_> = (1..=30).map(f64::from).map(|i| bar(i, i + 1.0, i - 1.0, i, 1.0)).collect();
    let lengths = r#"{"tenkan": 2, "kijun": 3, "senkou_b": 4}"#;
    assert_last("ichimoku", lengths, &bars, &[29.5, 29.0, 26.25, 2.5, 27.0]);
    assert!(run("ichimoku", lengths, &bars)[28].is_none());
}

#[test]
fn sar_follows_and_turns() {
    let bars = [(10.0, 8.0), (11.0, 9.0), (12.0, 10.0), (9.0, 7.0), (8.0, 6.0), (7.0, 5.0)];
    let bars = ranges(&bars.map(|(high, low)| (high, low, low)));
    // Turns on the fourth bar to the highest high, and the stop stays above the highs of two bars.
    let expected = [None, Some(8.0), Some(8.06), Some(12.0), Some(12.0), Some(11.76)];
    assert_first("sar", "{}", &bars, &expected);
    // The mirror image: the first trend falls, as the low moved further.
    let mirrored: Vec<_> = bars.iter().map(|b| bar(0.0, 20.0 - b.low, 20.0 - b.high, 0.0, 1.0)).collect();
    assert_first("sar", "{}", &mirrored, &expected.map(|value| value.map(|value| 20.0 - value)));
}

#[test]
fn supertrend_changes_sides_when_a_close_passes_the_band() {
    let bars = [(10.0, 8.0, 9.0), (12.0, 10.0, 11.0), (16.0, 14.0, 15.0), (15.0, 13.0, 14.0), (10.0, 8.0, 9.0)];
    let expected = [None, Some(13.5), Some(11.25), Some(11.25), Some(13.4375)];
    assert_first("supertrend", r#"{"period": 2, "multiplier": 1}"#, &ranges(&bars), &expected);
}

#[test]
fn kst_weights_its_changes_by_one_to_four() {
    // The close doubles with every bar.
    let bars = closes(&(0..40).map(|power| 2_f64.powi(power)).collect::<Vec<_>>());
    let lags = r#"{"roc1": 1, "roc2": 1, "roc3": 1, "roc4": 1}"#;
    let values = run("kst", lags, &bars);
    assert!(values[22].is_none());
    assert_near(values[23].and_then(|values| values.get(0)), 1_000.0);
    assert_near(values[23].and_then(|values| values.get(1)), 1_000.0);
    // The pairs of the broker's call: (1, 2), (3, 4), (10, 13), (15, 20).
    let lags = r#"{"roc1": 1, "roc2": 2, "roc3": 3, "roc4": 4}"#;
    let official = run_in(EvaluationMode::Official, "kst", lags, &bars);
    assert!(official[33].is_none());
    let growth = |lag: i32| 100.0 * (2_f64.powi(lag) - 1.0);
    let expected = growth(1) + 2.0 * growth(3) + 3.0 * growth(10) + 4.0 * growth(15);
    assert_near(official[34].and_then(|values| values.get(0)), expected);
    assert_eq!(official[39].and_then(|values| values.get(1)), None);
    let by_default = run_in(EvaluationMode::Official, "kst", "{}", &closes(&[5.0; 60]));
    assert_eq!(by_default.iter().position(Option::is_some), Some(49), "ready with bar 50");
}

#[test]
fn coppock_weights_the_sum_of_both_changes() {
    // Sums of −10 − 1 and 20 + 8, weighted 1 and 2.
    let bars = closes(&[100.0, 110.0, 99.0, 118.8]);
    let lengths = r#"{"short_roc": 1, "long_roc": 2, "wma": 2}"#;
    assert_first("coppock", lengths, &bars, &[None, None, None, Some(15.0)]);
}

#[test]
fn mass_index_adds_up_widening() {
    // Averages 3 and 5 of ranges 2, 4 and 6; their own average is 4.
    let bars = ranges(&[(2.0, 0.0, 1.0), (4.0, 0.0, 1.0), (6.0, 0.0, 1.0)]);
    assert_first("mass_index", r#"{"ema_period": 2, "sum_period": 1}"#, &bars, &[None, None, Some(1.25)]);
    assert_last("mass_index", r#"{"ema_period": 2, "sum_period": 1}"#, &closes(&[5.0; 3]), &[0.0]);
}

#[test]
fn schaff_stays_between_0_and_100() {
    let bars = closes(&(0..200).map(|place| 1_000.0 + 50.0 * (f64::from(place) / 7.0).sin()).collect::<Vec<_>>());
    let values: Vec<_> = first("schaff", "{}", &bars).into_iter().flatten().collect();
    assert_eq!(values.len(), 200 - 58);
    assert!(values.iter().all(|value| (0.0..=100.0).contains(value)));
    assert!(values.iter().any(|value| *value < 5.0) && values.iter().any(|value| *value > 95.0));
    // Where nothing moves, what the averages did before they were ready dies away.
    assert_last("schaff", "{}", &closes(&[500.0; 150]), &[0.0]);
}

#[test]
fn fisher_keeps_half_of_what_it_was() {
    let y = 0.5 * (1.33_f64 / 0.67).ln();
    let expected = [None, Some(y), Some(y / 2.0), Some(-y + y / 4.0)];
    assert_first("fisher", r#"{"period": 2}"#, &closes(&[10.0, 12.0, 12.0, 11.0]), &expected);
}

#[test]
fn volume_adds_up_with_the_close() {
    let bars = [(10.0, 5.0), (11.0, 7.0), (11.0, 3.0), (9.0, 2.0)];
    let bars = bars.map(|(close, volume)| bar(close, close, close, close, volume));
    assert_first("obv", "{}", &bars, &[Some(5.0), Some(12.0), Some(12.0), Some(10.0)]);
}

/// Three quarters up its bar, so half its volume flows in; and a bar without a range.
fn inflow() -> [StudyBar; 2] {
    [bar(9.0, 12.0, 8.0, 11.0, 100.0), bar(11.0, 11.0, 11.0, 11.0, 100.0)]
}

#[test]
fn accumulation_counts_volume_by_the_place_of_the_close() {
    for id in ["ad", "adl"] {
        assert_first(id, "{}", &inflow(), &[Some(50.0), Some(50.0)]);
    }
    assert_first("cmf", r#"{"period": 2}"#, &inflow(), &[None, Some(0.25)]);
    let without_volume = inflow().map(|bar| StudyBar { volume: 0.0, ..bar });
    assert_first("cmf", r#"{"period": 2}"#, &without_volume, &[None, Some(0.0)]);
}

#[test]
fn money_flows_up_with_the_first_bar_and_not_at_all_when_prices_stand() {
    let bars = [(10.0, 10.0), (8.0, 5.0), (8.0, 5.0), (8.0, 5.0)];
    let bars = bars.map(|(close, volume)| bar(close, close, close, close, volume));
    let expected = [None, Some(100.0 * 100.0 / 140.0), Some(0.0), Some(100.0)];
    assert_first("mfi", r#"{"period": 2}"#, &bars, &expected);
}

#[test]
fn force_is_the_change_times_the_volume() {
    let bars = [(10.0, 9.0), (12.0, 3.0), (11.0, 4.0), (14.0, 2.0)];
    let bars = bars.map(|(close, volume)| bar(close, close, close, close, volume));
    assert_first("force", r#"{"period": 2}"#, &bars, &[None, None, Some(1.0), Some(1.0 + 10.0 / 3.0)]);
}

#[test]
fn prices_are_weighted_by_volume() {
    let bars = [bar(8.0, 13.0, 7.0, 12.0, 1.0), bar(20.0, 24.0, 16.0, 20.0, 3.0), bar(9.0, 9.0, 9.0, 9.0, 0.0)];
    assert_first("vwap", r#"{"period": 2}"#, &bars, &[None, Some(17.5), Some(20.0)]);
    assert_first("vwma", r#"{"period": 2}"#, &bars, &[None, Some(18.0), Some(20.0)]);
    // Nothing traded: there is no such price, and the moving average is the close.
    assert_first("vwap", r#"{"period": 1}"#, &bars[2..], &[None]);
    assert_first("vwma", r#"{"period": 1}"#, &bars[2..], &[Some(9.0)]);
}

#[test]
fn ease_of_movement_passes_over_bars_that_say_nothing() {
    let bars = [
        bar(8.0, 12.0, 8.0, 10.0, 5.0),
        bar(11.0, 15.0, 11.0, 13.0, 5.0),
        bar(20.0, 20.0, 20.0, 20.0, 5.0),
        bar(20.0, 22.0, 20.0, 20.0, 0.0),
        bar(13.0, 17.0, 13.0, 15.0, 10.0),
    ];
    let expected = [Some(0.0), Some(24.0), Some(0.0), Some(0.0), Some(8.0)];
    assert_first("eom", r#"{"period": 1, "scale": 10}"#, &bars, &expected);
}

#[test]
fn ranges_are_averaged() {
    assert_first("atr", r#"{"period": 2}"#, &ranges(&FOUR[..3]), &[None, Some(2.5), Some(3.5)]);
    // Without the first bar, and Wilder's average from there.
    let expected = [None, None, Some(350.0 / 8.0), Some(425.0 / 12.0)];
    assert_first("natr", r#"{"period": 2}"#, &ranges(&FOUR), &expected);
    let (middle, atr) = ((9.0 + 32.0 / 3.0) / 2.0, 2.5);
    let keltner = [middle + 1.5 * atr, middle, middle - 1.5 * atr];
    assert_last("keltner", r#"{"period": 2, "multiplier": 1.5}"#, &ranges(&FOUR[..2]), &keltner);
    assert_last("donchian", r#"{"period": 2}"#, &ranges(&FOUR[..3]), &[12.0, 7.0]);
    assert_last("accbands", r#"{"period": 1}"#, &inflow()[..1], &[21.6, 11.0, 1.6]);
}

#[test]
fn deviations_are_those_of_a_population() {
    let bars = closes(&[1.0, 2.0, 3.0]);
    let deviation = (2.0_f64 / 3.0).sqrt();
    assert_last("variance", r#"{"period": 3}"#, &bars, &[2.0 / 3.0]);
    assert_last("std", r#"{"period": 3}"#, &bars, &[deviation]);
    let bands = [2.0 + 2.5 * deviation, 2.0, 2.0 - 2.5 * deviation];
    assert_last("bollinger", r#"{"period": 3, "std": 2.5}"#, &bars, &bands);
    // Of large prices that hardly move nothing is lost, and of equal ones nothing is left.
    let bars = closes(&[1e15, 1_563_001_554.0, 1_563_001_555.0, 1_563_001_556.0]);
    assert_last("variance", r#"{"period": 3}"#, &bars, &[2.0 / 3.0]);
    let values = first("std", r#"{"period": 3}"#, &closes(&[70_000.0, 123.45, 123.45, 123.45]));
    assert_eq!(values[3], Some(0.0));
}

#[test]
fn volatility_of_returns_is_that_of_a_sample() {
    let bars = closes(&[100.0, 110.0, 99.0]);
    assert_first("volatility_ind", r#"{"period": 2}"#, &bars, &[None, None, Some(0.02_f64.sqrt())]);
}

fn beside_index(pairs: &[(f64, Option<f64>)]) -> Vec<StudyBar> {
    pairs.iter().map(|(close, benchmark)| StudyBar { benchmark: *benchmark, ..closes(&[*close])[0] }).collect()
}

#[test]
fn beta_and_alpha_are_held_against_the_index() {
    // Returns of 0.1 and −0.1 of the index; twice them and 0.01 of the issue.
    let bars = beside_index(&[(100.0, Some(100.0)), (121.0, Some(110.0)), (98.01, Some(99.0))]);
    assert_first("beta", r#"{"period": 2}"#, &bars, &[None, None, Some(2.0)]);
    assert_first("alpha", r#"{"period": 2}"#, &bars, &[None, None, Some(0.01)]);
    // A bar without the index is passed over.
    let gap = beside_index(&[(100.0, Some(100.0)), (121.0, Some(110.0)), (1.0, None), (98.01, Some(99.0))]);
    assert_first("beta", r#"{"period": 2}"#, &gap, &[None, None, None, Some(2.0)]);
    assert_first("alpha", r#"{"period": 2}"#, &gap, &[None, None, None, Some(0.01)]);
    let flat = beside_index(&[(100.0, Some(5.0)), (120.0, Some(5.0)), (96.0, Some(5.0))]);
    for id in ["beta", "alpha"] {
        assert_eq!(first(id, r#"{"period": 2}"#, &flat), [None; 3], "{id}");
        assert_eq!(first(id, r#"{"period": 2}"#, &closes(&[1.0, 2.0, 3.0])), [None; 3], "{id}");
    }
}

#[test]
fn extremes_include_today() {
    let bars = ranges(&[(9.0, 1.0, 5.0), (8.0, 3.0, 7.0), (6.0, 2.0, 4.0)]);
    assert_first("maximum", r#"{"period": 2}"#, &bars, &[None, Some(7.0), Some(7.0)]);
    assert_first("minimum", r#"{"period": 2}"#, &bars, &[None, Some(5.0), Some(4.0)]);
    assert_first("midpoint", r#"{"period": 2}"#, &bars, &[None, Some(6.0), Some(5.5)]);
    assert_first("midprice", r#"{"period": 2}"#, &bars, &[None, Some(5.0), Some(5.0)]);
}

#[test]
fn a_swing_is_known_once_the_bars_after_it_have_closed() {
    let highs = [11.0, 12.0, 15.0, 13.0, 14.0, 14.0, 16.0, 15.0];
    let lows = [5.0, 6.0, 7.0, 4.0, 6.0, 6.0, 6.0, 8.0];
    let bars: Vec<_> = highs.iter().zip(&lows).map(|(high, low)| bar(*low, *high, *low, *low, 1.0)).collect();
    let values = run("pivot", r#"{"left_bars": 2, "right_bars": 1}"#, &bars);
    assert!(values[..3].iter().all(Option::is_none));
    let outputs: Vec<_> = values.iter().flatten().map(|values| (values.get(0), values.get(1))).collect();
    let (fifteen, sixteen, four) = (Some(15.0), Some(16.0), Some(4.0));
    // Equal neighbours are no swing.
    assert_eq!(outputs, [(fifteen, None), (fifteen, four), (fifteen, four), (fifteen, four), (sixteen, four)]);
}

#[test]
fn closes_have_their_place() {
    let bars = [bar(9.0, 12.0, 8.0, 11.0, 1.0), bar(7.0, 7.0, 7.0, 7.0, 1.0)];
    assert_first("ibs", "{}", &bars, &[Some(0.75), Some(0.5)]);
    assert_first("bop", "{}", &bars, &[Some(0.5), Some(0.0)]);
    assert_first("disparity", r#"{"period": 2}"#, &closes(&[10.0, 30.0]), &[None, Some(150.0)]);
}

#[test]
fn the_line_of_least_squares_counts_from_one() {
    let line = [23.0 / 6.0, 1.5, -2.0 / 3.0];
    assert_last("regression", r#"{"period": 3}"#, &closes(&[9.0, 1.0, 2.0, 4.0]), &line);
    let still = run("regression", r#"{"period": 3}"#, &closes(&[9.0, 123.45, 123.45, 123.45]));
    assert_eq!(still[3].and_then(|values| values.get(1)), Some(0.0));
}

#[test]
fn changes_are_in_percent_and_log_returns_start_early() {
    let bars = closes(&[100.0, 110.0, 99.0]);
    assert_first("change", "{}", &bars, &[None, Some(10.0), Some(-10.0)]);
    assert_first("returns", r#"{"period": 2}"#, &bars, &[None, None, Some(-1.0)]);
    let official = run_in(EvaluationMode::Official, "returns", r#"{"period": 2}"#, &bars);
    assert_near(official[2].and_then(|values| values.get(0)), -100.0);
    assert_first("logr", r#"{"period": 2}"#, &bars, &[None, Some(1.1_f64.ln()), Some(0.99_f64.ln())]);
    assert_first("logr", "{}", &bars, &[Some(0.0), Some(1.1_f64.ln()), Some(0.9_f64.ln())]);
}

#[test]
fn an_equal_close_ends_a_row() {
    let bars = closes(&[1.0, 2.0, 3.0, 3.0, 4.0, 3.0]);
    assert_first("consecutive", "{}", &bars, &[0.0, 1.0, 2.0, 0.0, 1.0, 0.0].map(Some));
    assert_first("consecutive", r#"{"direction": "down"}"#, &bars, &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0].map(Some));
}

#[test]
fn a_spike_is_measured_by_the_returns_up_to_yesterday() {
    // Log returns a, a and −a have a deviation of a·√8 / 3.
    let deviation = 1.1_f64.ln() * 8.0_f64.sqrt() / 3.0;
    let bars = closes(&[100.0, 110.0, 121.0, 110.0, 132.0]);
    assert_first("augen", "{}", &bars, &[None, None, None, None, Some(0.2 / deviation)]);
    assert_last("augen", "{}", &closes(&[7.0, 7.0, 7.0, 7.0, 9.0]), &[0.0]);
}

#[test]
fn lengths_that_mean_nothing_are_refused() {
    let refused = [
        ("chop", r#"{"period": 1}"#),
        ("regression", r#"{"period": 1}"#),
        ("volatility_ind", r#"{"period": 1}"#),
        ("beta", r#"{"period": 1}"#),
        ("alpha", r#"{"period": 1}"#),
        ("augen", r#"{"period": 2}"#),
        ("schaff", r#"{"fast": 50}"#),
        ("consecutive", r#"{"direction": "sideways"}"#),
        ("sar", r#"{"af_step": 0}"#),
        ("pivot", r#"{"left_bars": 0}"#),
    ];
    for (id, json) in refused {
        let indicator = indicator(id).expect("known");
        let given: Value = serde_json::from_str(json).expect("JSON");
        assert!(indicator.check(given.as_object().expect("an object")).is_err(), "{id} {json}");
    }
}
