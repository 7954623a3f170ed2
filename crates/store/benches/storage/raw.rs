//! The least that loading can be: columns of 64-bit numbers read from files that the system holds in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exodus_domain::Bar;

use super::Layout;
use super::data::Market;
use super::ours::ever;

/// How often each is done.
const TIMES: u32 = 9;
/// Bars that are loaded, at most.
const BARS: usize = 2_500_000;

/// Loads the bars of many issues in turns from `layout` and from bare columns; tells how they compare.
pub(crate) async fn beside(layout: &dyn Layout, market: &Market, folder: &Path, database: &str) -> String {
    let issues = market.symbols.len();
    let many = (BARS / (market.rows() / issues)).clamp(1, issues);
    let files = write(market, many, folder);
    let (from, to) = ever();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut bars = 0;
    for _ in 0..TIMES {
        let began = Took::begin();
        bars = layout.load(&market.symbols[..many], from, to).await;
        ours.push(began.end());
        let began = Took::begin();
        let columns: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).expect("a file")).collect();
        assert!(columns.iter().all(|column| column.len() == columns[0].len()));
        bare.push(began.end());
    }
    for file in files {
        fs::remove_file(file).expect("it was written here");
    }
    let (ours, bare) = (typical(ours), typical(bare));
    let ratio = |ours: Duration, bare: Duration| ours.as_secs_f64() / bare.as_secs_f64();
    format!(
        "{database}: {bars} bars in {:.0} ms ({:.0} ms of processor time), bare columns in {:.0} ms ({:.0} ms): \
         {:.1} times ({:.1} times).",
        ours.wall.as_secs_f64() * 1e3,
        ours.processor.as_secs_f64() * 1e3,
        bare.wall.as_secs_f64() * 1e3,
        bare.processor.as_secs_f64() * 1e3,
        ratio(ours.wall, bare.wall),
        ratio(ours.processor, bare.processor),
    )
}

/// One file for each column of the bars.
fn write(market: &Market, many: usize, folder: &Path) -> Vec<PathBuf> {
    let values: [fn(&Bar) -> i64; 6] = [
        |bar| bar.open_time.timestamp(),
        |bar| bar.open.0,
        |bar| bar.high.0,
        |bar| bar.low.0,
        |bar| bar.close.0,
        |bar| bar.volume.0,
    ];
    let mut columns: [Vec<u8>; 6] = Default::default();
    for bar in (0..many).flat_map(|index| market.series(index)) {
        for (column, value) in columns.iter_mut().zip(values) {
            column.extend(value(&bar).to_ne_bytes());
        }
    }
    let write = |(number, column): (usize, Vec<u8>)| {
        let file = folder.join(format!("{number}.column"));
        fs::write(&file, column).expect("a file");
        file
    };
    columns.into_iter().enumerate().map(write).collect()
}

/// How long something took.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    processor: Duration,
}

/// The beginning of a measurement.
struct Began {
    at: Instant,
    processor: Duration,
}

impl Took {
    fn begin() -> Began {
        Began { at: Instant::now(), processor: processor_time() }
    }
}

impl Began {
    fn end(self) -> Took {
        Took { wall: self.at.elapsed(), processor: processor_time() - self.processor }
    }
}

/// What this process has used so far of all cores, in steps of a hundredth of a second.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").expect("the bench runs on Linux");
    // After the name, which may hold anything and ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit(") ").next().expect("a line").split(' ').collect();
    let ticks = |index: usize| fields[index].parse::<u64>().expect("a number");
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// The median of wall times, and the mean of processor times, whose steps are coarse.
fn typical(mut times: Vec<Took>) -> Took {
    times.sort_unstable_by_key(|took| took.wall);
    let processor = times.iter().map(|took| took.processor).sum::<Duration>() / TIMES;
    Took { wall: times[times.len() / 2].wall, processor }
}
