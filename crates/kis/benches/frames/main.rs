//! Frames of trades and order books to typed records: the shipping parser beside the least code that makes the same
//! records of the same bytes, and beside typed Python where `python3` is found. `make bench-frames` runs it.
//!
//! The least code knows the width of today, reads no blank and no malformed field, and reports no error. Both give the
//! same records, or the bench fails. Times are cpu time of the thread, medians of interleaved rounds.

#![allow(clippy::print_stdout, reason = "the table is the point of it")]

#[path = "../../../backtest/benches/ceiling/clock.rs"]
mod clock;
mod least;
mod python;
mod tape;

use std::hint::black_box;

use clock::CpuTime;
use exodus_kis::wire::stream::{Frame, KrxBook, Record, Trade};

const ROUNDS: usize = 21;

fn main() {
    println!(
        "| frames | records | bytes a record | least code, ns a record | exodus, ns a record | ratio | exodus, M records/s |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let trades = tape::trades();
    let ns = measure("trades", &trades, least::trades, |frames, each: Taker<'_, Trade>| ours(frames, each));
    measure("books", &tape::books(), least::books, |frames, each: Taker<'_, KrxBook>| ours(frames, each));
    match python::nanoseconds(&trades) {
        Some(python) => println!("\nTyped Python: {python:.0} ns a trade, {:.0} × Exodus.", python / ns),
        None => println!("\nTyped Python: not measured, there is no python3."),
    }
}

/// Somebody takes the records.
type Taker<'a, R> = &'a mut dyn FnMut(R);

fn ours<'a, R: Record<'a>>(frames: &'a [String], each: Taker<'_, R>) {
    for text in frames {
        let frame = Frame::parse(text).expect("the tape is well formed");
        for record in frame.records::<R>().expect("the width is known") {
            each(record.expect("the tape is well formed"));
        }
    }
}

/// Prints a row; gives nanoseconds a record of ours.
fn measure<R: Copy + PartialEq + std::fmt::Debug>(
    name: &str,
    frames: &[String],
    least: impl Fn(&[String], Taker<'_, R>),
    ours: impl Fn(&[String], Taker<'_, R>),
) -> f64 {
    let (mut floor, mut shipped) = (Vec::new(), Vec::new());
    least(frames, &mut |record| floor.push(record));
    ours(frames, &mut |record| shipped.push(record));
    assert_eq!(floor, shipped, "both must make the same records");

    let records = shipped.len() as f64;
    let time = |run: &dyn Fn(Taker<'_, R>)| {
        let timer = CpuTime::start();
        run(&mut |record| {
            black_box(record);
        });
        timer.elapsed() / records
    };
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floors.push(time(&|each| least(frames, each)));
        times.push(time(&|each| ours(frames, each)));
    }
    let (floor, ns) = (median(floors), median(times));
    let bytes = frames.iter().map(String::len).sum::<usize>() as f64 / records;
    let rate = 1_000.0 / ns;
    println!("| {name} | {records} | {bytes:.0} | {floor:.0} | {ns:.0} | {:.2} | {rate:.2} |", ns / floor);
    ns
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
