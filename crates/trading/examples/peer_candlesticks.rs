//! Says of bars on standard input which candlestick patterns end at each: what `scripts/peers.sh` holds against TA-Lib.
//!
//! In: a list of series, each a list of `[open, high, low, close]`. Out: a list of patterns, each with a text for every
//! series and mode that has one letter for each bar: `+`, `0`, `-`, or `.` before there are enough bars.

use std::error::Error;
use std::io;

use exodus_trading::{EvaluationMode, PatternType, Signals, StudyBar, patterns};
use serde::Serialize;

#[derive(Serialize)]
struct Found {
    id: &'static str,
    bars: usize,
    signs: &'static str,
    exodus: Vec<String>,
    official: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let series: Vec<Vec<[f64; 4]>> = serde_json::from_str(&io::read_to_string(io::stdin())?)?;
    let found: Vec<_> = patterns().iter().map(|pattern| find(pattern, &series)).collect();
    serde_json::to_writer(io::stdout().lock(), &found)?;
    Ok(())
}

fn find(pattern: &PatternType, series: &[Vec<[f64; 4]>]) -> Found {
    let signs = match pattern.signals {
        Signals::Bullish => "+",
        Signals::Bearish => "-",
        Signals::Both => "+-",
    };
    let letters = |mode| series.iter().map(|bars| letters(pattern, mode, bars)).collect();
    let [exodus, official] = [EvaluationMode::Exodus, EvaluationMode::Official].map(letters);
    Found { id: pattern.id, bars: pattern.bars, signs, exodus, official }
}

fn letters(pattern: &PatternType, mode: EvaluationMode, bars: &[[f64; 4]]) -> String {
    let mut study = pattern.start(mode);
    let signals = bars.iter().map(|&[open, high, low, close]| {
        study.step(&StudyBar { open, high, low, close, volume: 0.0, benchmark: None })
    });
    signals
        .map(|signal| match signal {
            None => '.',
            Some(0) => '0',
            Some(sign) => {
                if sign > 0 {
                    '+'
                } else {
                    '-'
                }
            }
        })
        .collect()
}
