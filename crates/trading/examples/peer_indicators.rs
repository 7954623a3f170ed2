//! Computes indicators on bars from a file: what `scripts/peers.sh` holds against TA-Lib and a second computation.
//!
//! Usage: `cargo run --package exodus-trading --example peer_indicators -- BARS RUNS ANSWER`. ANSWER.json tells outputs
//! and warm-up of each run; ANSWER.f64 holds the values as little-endian doubles, NaN where there is none: series by
//! series, run by run, output by output, bar by bar.

use std::fs::{File, read_to_string};
use std::io::{BufWriter, Write};

use exodus_trading::{EvaluationMode, StudyBar, compute, indicator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Series {
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    benchmark: Vec<f64>,
}

#[derive(Deserialize)]
struct Run {
    id: String,
    parameters: Map<String, Value>,
    mode: EvaluationMode,
}

#[derive(Serialize)]
struct Answer {
    outputs: &'static [&'static str],
    ready: usize,
}

impl Series {
    fn bars(&self) -> Vec<StudyBar> {
        let bar = |place: usize| StudyBar {
            open: self.open[place],
            high: self.high[place],
            low: self.low[place],
            close: self.close[place],
            volume: self.volume[place],
            benchmark: Some(self.benchmark[place]),
        };
        (0..self.close.len()).map(bar).collect()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [bars, runs, answer] = paths.as_slice() else { return Err("name the bars, the runs and the answer".into()) };
    let series: Vec<Series> = serde_json::from_str(&read_to_string(bars)?)?;
    let series: Vec<_> = series.iter().map(Series::bars).collect();
    let runs: Vec<Run> = serde_json::from_str(&read_to_string(runs)?)?;

    let mut started = Vec::new();
    for run in &runs {
        let indicator = indicator(&run.id).ok_or_else(|| format!("there is no {}", run.id))?;
        let parameters = indicator.check(&run.parameters).map_err(|errors| format!("{}: {errors:?}", run.id))?;
        started.push((indicator, parameters, run.mode));
    }
    let answers: Vec<_> = started
        .iter()
        .map(|(indicator, parameters, mode)| Answer {
            outputs: indicator.outputs,
            ready: indicator.ready(parameters, *mode),
        })
        .collect();
    serde_json::to_writer(BufWriter::new(File::create(format!("{answer}.json"))?), &answers)?;

    let mut file = BufWriter::new(File::create(format!("{answer}.f64"))?);
    for bars in &series {
        for (indicator, parameters, mode) in &started {
            let values = compute(&mut *indicator.start(parameters, *mode), bars);
            for output in 0..indicator.outputs.len() {
                for values in &values {
                    let value = values.and_then(|values| values.get(output)).unwrap_or(f64::NAN);
                    file.write_all(&value.to_le_bytes())?;
                }
            }
        }
    }
    file.flush()?;
    Ok(())
}
