//! Real history: 005930 from 1999 to 2022, against a plain recomputation that shares no code with the engine.

use std::path::PathBuf;

use chrono::NaiveDate;
use exodus_backtest::BarSeries;
use exodus_domain::{next_session, settlement_date};

use crate::fixture::{bar, date, equity, finished, momentum, rows, spec, symbol};

const CODE: &str = "005930";
const CAPITAL: i64 = 100_000_000;

/// Date, open, high, low, close and volume of each row of a sample file; `None` where there is no such file.
fn sample(name: &str) -> Option<Vec<(NaiveDate, [i64; 5])>> {
    let root = std::env::var_os("EXODUS_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join("samples").join(name);
    if !path.exists() {
        return None;
    }
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    let row = |record: csv::StringRecord| {
        let number = |column: usize| record[column].parse::<i64>().expect("a whole number");
        (date(&record[1]), [number(2), number(3), number(4), number(5), number(6)])
    };
    Some(reader.records().map(|record| row(record.expect("a row"))).collect())
}

struct Expected {
    trades: Vec<crate::fixture::Row>,
    equity: Vec<(NaiveDate, i64)>,
}

/// Momentum on one issue as a plain loop over closes.
fn recompute(days: &[(NaiveDate, [i64; 5])], lookback: usize, entry: f64, exit: f64, percent: i64) -> Expected {
    let commission = |amount: i64| (i128::from(amount) * 140_527 / 1_000_000_000) as i64;
    let sale_tax = |day: NaiveDate, amount: i64| {
        let settles = settlement_date(day).expect("inside the calendar");
        let rate = match settles {
            _ if settles < date("2019-06-03") => 15,
            _ if settles < date("2021-01-01") => 10,
            _ => 8,
        };
        amount * rate / 10_000 + amount * 15 / 10_000
    };
    let mut expected = Expected { trades: Vec::new(), equity: Vec::new() };
    let (mut cash, mut shares, mut cost) = (CAPITAL, 0, 0);
    // Shares to buy or, if negative, to sell, and the date of the decision.
    let mut order: Option<(i64, NaiveDate)> = None;
    for (n, &(day, [open, _, _, close, volume])) in days.iter().enumerate() {
        let open_order = order.take().filter(|(_, decided)| day <= next_session(*decided).expect("a next session"));
        if let Some((wanted, _)) = open_order {
            let mut filled = wanted.abs().min(volume / 10);
            if wanted > 0 {
                while filled > 0 && filled * open + commission(filled * open) > cash {
                    filled -= 1;
                }
            }
            let amount = filled * open;
            let fee = commission(amount);
            if wanted > 0 && filled > 0 {
                cash -= amount + fee;
                shares += filled;
                cost += amount;
                expected.trades.push((CODE.to_owned(), "buy", filled, open, fee, 0, None));
            } else if filled > 0 {
                let tax = sale_tax(day, amount);
                let part = (i128::from(cost) * i128::from(filled) / i128::from(shares)) as i64;
                let part = if filled == shares { cost } else { part };
                cash += amount - fee - tax;
                shares -= filled;
                cost -= part;
                let realized = amount - fee - tax - part;
                expected.trades.push((CODE.to_owned(), "sell", filled, open, fee, tax, Some(realized)));
            }
        }
        let worth = cash + shares * close;
        expected.equity.push((day, worth));
        if n < lookback {
            continue;
        }
        let past = days[n - lookback].1[3];
        let change = (close - past) as f64 / past as f64;
        if shares == 0 && change > entry / 100.0 {
            let wanted = worth * percent / 100 / close;
            let mut quantity = wanted;
            let needed = |quantity: i64| quantity * close + quantity * close / 200 + commission(quantity * close);
            while quantity > 0 && needed(quantity) > cash {
                quantity -= 1;
            }
            if quantity > 0 && 2 * quantity >= wanted {
                order = Some((quantity, day));
            }
        } else if shares > 0 && change < exit / 100.0 {
            order = Some((-shares, day));
        }
    }
    expected
}

#[test]
fn two_decades_of_momentum_agree_with_a_plain_recomputation() {
    let Some(days) = sample("005930_adj_1999_2022.csv") else {
        eprintln!("skipped: no data");
        return;
    };
    let bars = days.iter().map(|&(day, values)| bar(day, values));
    let series = [BarSeries::new(symbol(CODE), bars).expect("bars in order")];
    for (lookback, entry, exit, percent) in [(60, 5.0, 0.0, 100), (20, 0.0, -3.0, 50), (1, 0.0, 0.0, 100)] {
        let strategy = momentum(u32::try_from(lookback).expect("small"), entry, exit, percent as f64);
        let mut spec = spec(strategy, &[CODE], CAPITAL);
        (spec.from, spec.to) = (date("1999-09-16"), date("2022-03-15"));
        let result = finished(&spec, &series);
        let expected = recompute(&days, lookback, entry, exit, percent);
        assert!(expected.trades.len() > 20, "{} trades prove little", expected.trades.len());
        assert_eq!(rows(&result), expected.trades, "lookback {lookback}");
        assert_eq!(equity(&result), expected.equity, "lookback {lookback}");
        assert_eq!(Some(result.metrics.final_capital.0), expected.equity.last().map(|(_, worth)| *worth));
        let repeat = finished(&spec, &series);
        assert_eq!(repeat.manifest.result_fingerprint, result.manifest.result_fingerprint);
        assert_eq!(repeat, result);
    }
}

/// Published results name this fingerprint; a change of it is a change of what users were told.
#[test]
fn the_default_run_over_two_decades_keeps_its_fingerprint() {
    let Some(days) = sample("005930_adj_1999_2022.csv") else {
        eprintln!("skipped: no data");
        return;
    };
    let bars = days.iter().map(|&(day, values)| bar(day, values));
    let series = [BarSeries::new(symbol(CODE), bars).expect("bars in order")];
    let mut spec = spec(momentum(60, 5.0, 0.0, 10.0), &[CODE], CAPITAL);
    (spec.from, spec.to) = (date("1999-09-16"), date("2022-03-15"));
    let fingerprint = finished(&spec, &series).manifest.result_fingerprint;
    assert_eq!(fingerprint.get(..16), Some("0b6bee3191ec199d"));
}
