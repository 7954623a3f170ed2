//! Strategies that rank their issues, through a backtest.

use exodus_backtest::{BarSeries, Flow, run_explained};
use exodus_domain::Side;
use exodus_trading::{Strategy, validate};
use serde_json::{Value, json};

use crate::fixture::{Row, finished, rows, series, spec};

const A: &str = "000010";
const B: &str = "000020";
const C: &str = "000030";
const DAYS: [&str; 8] =
    ["2024-06-24", "2024-06-25", "2024-06-26", "2024-06-27", "2024-06-28", "2024-07-01", "2024-07-02", "2024-07-03"];

/// Holds those that rose most in two days, in equal parts, and looks again in each new month.
fn best(hold_count: u32, more: &Value) -> Strategy {
    let mut parameters = json!({ "method": "cross_sectional", "lookback": 2, "skip": 0, "hold_count": hold_count,
        "rebalance": "month", "minimum_return_percent": -100, "sizing": "equal_weight" });
    parameters.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    validate("momentum", &parameters).expect("valid parameters")
}

/// Each day opens where the day before closed.
fn closes(code: &str, closes: [i64; 8]) -> BarSeries {
    let opens = std::iter::once(closes[0]).chain(closes);
    let bars: Vec<_> = DAYS.into_iter().zip(opens).zip(closes).map(|((day, open), close)| (day, open, close)).collect();
    series(code, &bars)
}

fn short(rows: &[Row]) -> Vec<(&str, &str, i64, i64)> {
    rows.iter().map(|(code, side, shares, price, ..)| (code.as_str(), *side, *shares, *price)).collect()
}

/// All the cash is in one issue, so what comes after it can only be paid by its sale, at the same open.
#[test]
fn the_proceeds_of_a_rebalance_pay_for_its_buys() {
    let a = closes(A, [10_000, 10_000, 10_500, 10_500, 10_500, 10_000, 10_000, 10_000]);
    let b = closes(B, [10_000, 10_000, 10_000, 10_000, 10_000, 11_000, 11_000, 11_000]);
    let spec = spec(best(1, &json!({})), &[A, B], 10_000_000);
    let result = finished(&spec, &[a, b]);
    // New, so it need not wait for a month; and on the first close of July B is the better one.
    let rows = rows(&result);
    let [bought, sold, next] = &short(&rows)[..] else { panic!("{rows:?}") };
    assert_eq!((bought.0, bought.1, bought.3), (A, "buy", 10_500));
    assert_eq!((sold.0, sold.1, sold.3), (A, "sell", 10_000));
    assert_eq!((next.0, next.1, next.3), (B, "buy", 11_000));
    assert_eq!(sold.2, bought.2);
    assert_eq!(result.trades[1].executed_at, result.trades[2].executed_at);
    let cash = result.cash.d2.0;
    assert!(cash < 120_000, "{cash} won are left");
}

#[test]
fn a_position_is_brought_to_its_target_unless_it_is_near() {
    // A doubles in the month, so half of the equity is more in A than in B.
    let a = || closes(A, [10_000, 10_050, 10_100, 12_000, 16_000, 20_200, 20_200, 20_200]);
    let b = || closes(B, [10_000, 10_050, 10_100, 10_100, 10_100, 10_100, 10_100, 10_100]);
    let trades = |band: f64| {
        let strategy = best(2, &json!({ "rebalance_band_percent": band }));
        rows(&finished(&spec(strategy, &[A, B], 10_000_000), &[a(), b()]))
    };
    let always = trades(0.0);
    let [first, second, sold, bought] = &short(&always)[..] else { panic!("{always:?}") };
    assert_eq!(((first.0, first.1), (second.0, second.1)), ((A, "buy"), (B, "buy")));
    assert_eq!(((sold.0, sold.1, sold.3), (bought.0, bought.1, bought.3)), ((A, "sell", 20_200), (B, "buy", 10_100)));
    let value = |shares: i64, price: i64| shares * price;
    let (in_a, in_b) = (value(first.2 - sold.2, 20_200), value(second.2 + bought.2, 10_100));
    assert!((in_a - in_b).abs() < 100_000, "{in_a} and {in_b}");
    // Each is a third away from its half.
    assert_eq!((trades(30.0).len(), trades(40.0).len()), (4, 2));
}

#[test]
fn each_order_of_a_rebalance_tells_its_rank() {
    let series = [
        closes(A, [10_000, 10_000, 10_500, 10_500, 10_500, 10_000, 10_000, 10_000]),
        closes(B, [10_000, 10_000, 10_300, 10_000, 10_000, 11_000, 11_000, 11_000]),
        closes(C, [10_000, 10_000, 10_400, 10_400, 10_400, 10_600, 10_600, 10_600]),
    ];
    let strategy = best(2, &json!({ "sizing": "rank_weight", "cash_buffer_percent": 10 }));
    let spec = spec(strategy, &[A, B, C], 10_000_000);
    let (result, decisions) = run_explained(&spec, &series, &mut |_| Flow::Continue).expect("a result");
    let told: Vec<_> = decisions
        .iter()
        .map(|one| {
            let trade = &result.trades[one.trade];
            let code = one.signal.reason.code.as_str();
            (trade.symbol.to_string(), trade.side, code, one.signal.reason.values.get("rank").copied())
        })
        .collect();
    let expected = [
        (A, Side::Buy, "rank_entered", Some(1.0)),
        (C, Side::Buy, "rank_entered", Some(2.0)),
        (A, Side::Sell, "rank_left", Some(3.0)),
    ];
    for (told, (code, side, reason, rank)) in told.iter().zip(expected) {
        assert_eq!(*told, (code.to_owned(), side, reason, rank));
    }
    // Two thirds of nine tenths, and one third less what the first order keeps back for a higher open.
    let shares = |place: usize| result.trades[place].quantity.0;
    assert_eq!(shares(0), 6_000_000 / 10_500);
    assert!((283..=3_000_000 / 10_400).contains(&shares(1)), "{}", shares(1));
    let equity = result.equity.last().expect("a day").equity.0;
    let cash = result.cash.d2.0;
    assert!(cash * 10 >= equity - 20, "{cash} of {equity}");
    assert_eq!(finished(&spec, &series).manifest.result_fingerprint, result.manifest.result_fingerprint);
}
