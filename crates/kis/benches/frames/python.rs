//! The peer: typed Python, as `bench/peers/ticks.py` does it.

use std::io::Write;
use std::process::{Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/peers/ticks.py");

/// Nanoseconds of cpu time a record, of the same frames; `None` where there is no `python3`.
pub(crate) fn nanoseconds(frames: &[String]) -> Option<f64> {
    let piped = Command::new("python3").args(["-B", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut python = piped.ok()?;
    let mut input = python.stdin.take()?;
    input.write_all(frames.join("\n").as_bytes()).ok()?;
    drop(input);
    let output = python.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
