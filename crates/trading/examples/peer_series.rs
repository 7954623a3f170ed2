//! Writes 50 series with all their figures as JSON: what `scripts/peers.sh` holds against Python packages.
//!
//! Usage: `cargo run --package exodus-trading --example peer_series -- FILE`

use std::fs::File;
use std::io::BufWriter;
use std::iter;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use exodus_domain::{Bar, CompactBar, Fill, Holding, Price, Qty, Side, Symbol, Won};
use exodus_trading::{
    Benchmark, Drawdown, EquityCurve, EquityPoint, IssueBars, OrderTally, PerformanceReport, ReportInputs, RoundTrip,
    TimedFill, TradeTally, Trials, drawdowns, round_trips,
};
use serde::Serialize;

const SERIES: usize = 50;
/// Sessions of a series; short ones are where definitions end.
const LENGTHS: [usize; 15] = [1, 2, 3, 4, 5, 10, 21, 61, 64, 130, 252, 500, 756, 1_260, 2_520];
/// Levels of the benchmark before the first session.
const BEFORE: usize = 100;
const INITIAL: i64 = 100_000_000;

/// How equity moves from session to session.
#[derive(Clone, Copy, Debug, Serialize)]
enum Profile {
    Steady,
    Wild,
    FatTailed,
    Falling,
    SeldomInvested,
    OnlyUp,
    OnlyDown,
    Still,
}

const PROFILES: [Profile; 8] = [
    Profile::Steady,
    Profile::Wild,
    Profile::FatTailed,
    Profile::Falling,
    Profile::SeldomInvested,
    Profile::OnlyUp,
    Profile::OnlyDown,
    Profile::Still,
];

#[derive(Serialize)]
struct Series {
    name: String,
    initial: Won,
    equity: Vec<EquityPoint>,
    benchmark: Vec<(NaiveDate, f64)>,
    fills: Vec<(Symbol, Fill)>,
    round_trips: Vec<RoundTrip>,
    /// All of them; the report lists the deepest.
    drawdowns: Vec<Drawdown>,
    report: PerformanceReport,
}

/// SplitMix64 (Steele, Lea & Flood 2014): enough chance for a test, the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal, mean 0, deviation 1.
    fn bell(&mut self) -> f64 {
        iter::repeat_with(|| self.share()).take(12).sum::<f64>() - 6.0
    }

    fn below(&mut self, limit: u64) -> i64 {
        i64::try_from(self.next() % limit).expect("limits are small")
    }
}

impl Profile {
    /// The next return, given that of the benchmark.
    fn draw(self, benchmark: f64, chance: &mut Chance) -> f64 {
        let noise = chance.bell();
        match self {
            Self::Steady => 0.0004 + 0.3 * benchmark + 0.006 * noise,
            Self::Wild => 0.0005 + 1.4 * benchmark + 0.03 * noise,
            Self::FatTailed => 0.0003 + 0.8 * benchmark + 0.008 * noise.powi(3),
            Self::Falling => -0.003 + 0.6 * benchmark + 0.01 * noise,
            Self::SeldomInvested => {
                if chance.share() < 0.2 {
                    0.01 * noise
                } else {
                    0.0
                }
            }
            Self::OnlyUp => 0.001 + 0.001 * noise.abs(),
            Self::OnlyDown => -0.0005 - 0.0005 * noise.abs(),
            Self::Still => 0.0,
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name the file to write")?;
    let all: Vec<Series> = (0..SERIES).map(series).collect();
    serde_json::to_writer(BufWriter::new(File::create(path)?), &all)?;
    Ok(())
}

fn series(number: usize) -> Series {
    let (length, profile) = (LENGTHS[number % LENGTHS.len()], PROFILES[number % PROFILES.len()]);
    let mut chance = Chance(number as u64);
    let days = weekdays(2015 + number as i32 % 7, number as u32 % 365 + 1).take(BEFORE + length);

    let (mut level, mut equity, mut curve) = (2_000.0_f64, INITIAL as f64, EquityCurve::new(Won(INITIAL)));
    let mut levels = Vec::new();
    for (session, day) in days.enumerate() {
        let own = 0.0003 + 0.011 * chance.bell();
        level = (level * (1.0 + own) * 100.0).round() / 100.0;
        levels.push((day, level));
        if session >= BEFORE {
            equity = (equity * (1.0 + profile.draw(own, &mut chance).max(-0.6))).round();
            curve.push(day, Won(equity as i64), Won((equity * chance.share()) as i64));
        }
    }

    let (fills, trips) = fills_and_trips(length * 2, &mut chance);
    let mut trades = TradeTally::default();
    // What a fill realised counts for the headline figures alone.
    fills.iter().for_each(|one| trades.add(&one.fill, Won::ZERO));
    let benchmark = Benchmark { name: "benchmark".to_owned(), levels };
    let report = PerformanceReport::new(&ReportInputs {
        curve: &curve,
        trades: &trades,
        orders: &OrderTally::default(),
        round_trips: &trips,
        benchmark: Some(&benchmark),
        trials: Trials { count: number as u64 + 1, sharpe_variance: number.is_multiple_of(2).then_some(0.002) },
    });
    Series {
        name: format!("{number}: {profile:?}, {length} sessions"),
        initial: Won(INITIAL),
        drawdowns: drawdowns(curve.points()),
        equity: curve.into_points(),
        benchmark: benchmark.levels,
        fills: fills.iter().map(|one| (one.symbol, one.fill)).collect(),
        round_trips: trips,
        report,
    }
}

fn weekdays(year: i32, day_of_year: u32) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_yo_opt(year, day_of_year).expect("every year has this day");
    first.iter_days().filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
}

/// Up to `hours` fills in three issues that move by up to 3 % an hour, and the round trips they make.
fn fills_and_trips(hours: usize, chance: &mut Chance) -> (Vec<TimedFill>, Vec<RoundTrip>) {
    let symbols = ["000010", "000020", "000030"].map(|code| code.parse::<Symbol>().expect("a valid code"));
    let mut holdings = symbols.map(Holding::none);
    let mut prices = [10_000_i64; 3];
    let mut bars: [Vec<CompactBar>; 3] = Default::default();
    let mut made = Vec::new();
    for hour in 0..hours {
        let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour as i64);
        for (bars, price) in bars.iter_mut().zip(&mut prices) {
            let open = *price;
            *price = (open + open * (chance.below(61) - 30) / 1_000).max(100);
            let (low, high) = (open.min(*price) - chance.below(50), open.max(*price) + chance.below(50));
            let [open, high, low, close] = [open, high, low, *price].map(Price);
            let bar = Bar { open_time: at, open, high, low, close, volume: Qty(1_000) };
            bars.push(CompactBar::new(&bar).expect("small prices"));
        }
        let issue = chance.below(3) as usize;
        let held = holdings[issue].quantity;
        let (side, quantity) = match chance.below(3) {
            0 => (Side::Buy, Qty(1 + chance.below(100))),
            1 if held.is_positive() => (Side::Sell, Qty(1 + held.0 / 2)),
            _ => (Side::Sell, held),
        };
        if quantity.is_positive() {
            let amount = bars[issue][hour].open() * quantity;
            let tax = if side == Side::Sell { amount.0 * 15 / 10_000 } else { 0 };
            let fill = Fill { side, quantity, amount, commission: Won(amount.0 / 7_000), tax: Won(tax) };
            holdings[issue].apply(&fill).expect("no more is sold than held");
            made.push(TimedFill { symbol: symbols[issue], at, fill });
        }
    }
    let bars_of = |symbol| {
        let issue = symbols.iter().position(|own| *own == symbol)?;
        Some(IssueBars { bars: &bars[issue], length: TimeDelta::hours(1) })
    };
    let trips = round_trips(made.iter().copied(), bars_of).expect("no more is sold than held");
    (made, trips)
}
