//! Bars as text.

use std::io::Write;

use exodus_domain::{Bar, Interval, KST, Symbol};

/// Writes text.
pub(super) struct Writer {
    interval: Interval,
    ready: Vec<u8>,
}

impl Writer {
    /// Begins with the names of the columns.
    pub(super) fn new(interval: Interval) -> Self {
        let time = if interval == Interval::Day1 { "date" } else { "timestamp" };
        Self { interval, ready: format!("symbol,{time},open,high,low,close,volume\n").into_bytes() }
    }

    /// Adds the bars of an issue and answers what is ready.
    pub(super) fn add(&mut self, symbol: Symbol, bars: &[Bar]) -> Vec<u8> {
        let is_daily = self.interval == Interval::Day1;
        for Bar { open_time, open, high, low, close, volume } in bars {
            let time = open_time.with_timezone(&KST);
            let time = if is_daily { time.format("%Y-%m-%d") } else { time.format("%Y-%m-%dT%H:%M:%S%:z") };
            let [open, high, low, close] = [open, high, low, close].map(|price| price.0);
            let written = writeln!(self.ready, "{symbol},{time},{open},{high},{low},{close},{}", volume.0);
            written.expect("memory takes any text");
        }
        self.take()
    }

    /// What is ready.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ready)
    }
}
