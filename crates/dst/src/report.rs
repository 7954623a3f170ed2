//! Figures for `make safety-report`.

use std::fs;
use std::path::Path;

use exodus_domain::testing::{Point, reached};
use exodus_dst::Outcome;
use serde_json::{Map, Value, json};

/// Virtual minutes of a seed.
const MINUTES: f64 = 23.0;

/// What all seeds of a run showed together.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) seeds: u64,
    pub(crate) failing: u64,
    pub(crate) requests: usize,
    unknown_seconds: Vec<i64>,
    kill_millis: Vec<i64>,
}

impl Figures {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.failing += u64::from(!outcome.breaches.is_empty());
        self.requests += outcome.requests;
        self.unknown_seconds.extend(&outcome.unknown_seconds);
        self.kill_millis.extend(&outcome.kill_millis);
    }

    /// Writes `sim.json` into a folder.
    pub(crate) fn write(mut self, folder: &Path) -> anyhow::Result<()> {
        self.unknown_seconds.sort_unstable();
        let points: Map<String, Value> =
            Point::ALL.iter().map(|point| (point.to_string(), reached(*point).into())).collect();
        let figures = json!({
            "seeds": self.seeds,
            "failing": self.failing,
            "unknown_p50_seconds": self.unknown_seconds.get(self.unknown_seconds.len() / 2),
            "unknown_max_seconds": self.unknown_seconds.last(),
            "kill_presses": self.kill_millis.len(),
            "kill_to_last_order_max_ms": self.kill_millis.iter().max(),
            "virtual_days": self.seeds as f64 * MINUTES / (24.0 * 60.0),
            "points": points,
        });
        put(folder, "sim.json", &figures)
    }
}

/// Writes figures into a file of a folder.
pub(crate) fn put(folder: &Path, name: &str, figures: &Value) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    Ok(fs::write(folder.join(name), serde_json::to_vec_pretty(figures)?)?)
}
