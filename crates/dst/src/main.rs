//! `make sim` and `make sim-mutants`: runs seeds, and tells which of them break an invariant.

mod report;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use exodus_domain::testing::{Defect, Point, plant, reached};
use exodus_dst::{Outcome, Template};
use report::Figures;
use serde_json::json;

/// Every so many-th seed runs twice, and must be the same both times.
const TWICE_EVERY: u64 = 100;
/// A place that a sound program reaches so often in the seeds of a mutant, and the mutant never, tells the mutant.
const OFTEN: u64 = 5;

#[derive(Parser)]
struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Takes every so many-th seed only, so that several processes share them.
    #[arg(long, default_value_t = 1)]
    step: u64,
    /// Ends after so many seconds, whatever is left.
    #[arg(long)]
    seconds: Option<u64>,
    /// Tells the whole story of each seed.
    #[arg(long)]
    story: bool,
    /// Tells which places of the order path were reached how often.
    #[arg(long)]
    reached: bool,
    /// Writes figures for `make safety-report` into this folder.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Plants one defect.
    #[arg(long)]
    defect: Option<String>,
    /// Plants one defect after the other, and tells what found it.
    #[arg(long)]
    mutants: bool,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if std::env::var_os("RUST_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    // A process that is killed unwinds without a word; everything else that panics is told.
    let template = Template::make()?;
    let mut out = std::io::stdout().lock();
    if args.mutants {
        return mutants(&args, &template, &mut out);
    }
    if let Some(word) = &args.defect {
        plant(Some(word.parse().map_err(|_| anyhow::anyhow!("there is no defect {word}"))?));
    }
    let failing = seeds(&args, &template, &mut out)?;
    anyhow::ensure!(failing == 0, "{failing} seeds fail");
    Ok(())
}

fn seeds(args: &Args, template: &Template, out: &mut impl Write) -> anyhow::Result<u64> {
    let (started, mut figures) = (Instant::now(), Figures::default());
    let end = args.seconds.map(Duration::from_secs);
    for seed in (args.from..).step_by(usize::try_from(args.step.max(1))?).take(usize::try_from(args.seeds)?) {
        if end.is_some_and(|end| started.elapsed() >= end) {
            break;
        }
        let mut outcome = exodus_dst::run(template, seed)?;
        if seed.is_multiple_of(TWICE_EVERY) && exodus_dst::run(template, seed)?.trace != outcome.trace {
            outcome.breaches.push("the second run of this seed is another".to_owned());
        }
        tell(args, &outcome, out)?;
        figures.add(&outcome);
    }
    if args.reached {
        for &point in Point::ALL {
            writeln!(out, "{:>8}  {point}", reached(point))?;
        }
    }
    let Figures { seeds, failing, requests, .. } = figures;
    let pace = seeds as f64 / started.elapsed().as_secs_f64();
    writeln!(out, "{seeds} seeds, {failing} failing, {requests} requests on the wire, {pace:.2} seeds/s")?;
    if let Some(folder) = &args.report {
        figures.write(folder)?;
    }
    Ok(failing)
}

fn tell(args: &Args, outcome: &Outcome, out: &mut impl Write) -> std::io::Result<()> {
    if args.story {
        for line in &outcome.story {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "seed {}: {} requests, trace {}", outcome.seed, outcome.requests, outcome.trace)?;
    }
    for breach in &outcome.breaches {
        writeln!(out, "seed {}: {breach}", outcome.seed)?;
    }
    out.flush()
}

/// How often each place is reached by a sound program in the first seeds.
type Reaches = BTreeMap<Point, u64>;

fn counts() -> Reaches {
    Point::ALL.iter().map(|&point| (point, reached(point))).collect()
}

fn mutants(args: &Args, template: &Template, out: &mut impl Write) -> anyhow::Result<()> {
    let mut found = 0;
    let sound = 30.min(args.seeds);
    let before = counts();
    let mut broken = Vec::new();
    for seed in args.from..args.from + sound {
        broken.extend(exodus_dst::run(template, seed)?.breaches.first().map(|breach| (seed, invariant(breach))));
    }
    let usual = counts();
    let mut rows = Vec::new();
    for &defect in Defect::ALL {
        plant(Some(defect));
        let verdict = hunt(args, template, sound, &usual, &before, &broken)?;
        plant(None);
        found += u64::from(verdict.is_some());
        let (seeds, by) = verdict.as_ref().map_or((None, None), |(seeds, by)| (Some(*seeds), Some(by.as_str())));
        rows.push(json!({ "defect": defect, "found": verdict.is_some(), "seeds": seeds, "by": by }));
        let verdict = verdict.as_ref().map(|(seeds, by)| format!("{seeds:>5} seeds  {by}"));
        let verdict = verdict.unwrap_or_else(|| format!("not found in {} seeds", args.seeds));
        writeln!(out, "{:<26} {verdict}", defect.as_str())?;
        out.flush()?;
    }
    if let Some(folder) = &args.report {
        report::put(folder, "mutants.json", &json!({ "mutants": rows }))?;
    }
    writeln!(out, "{found} of {} defects found", Defect::ALL.len())?;
    Ok(())
}

/// The number of the invariant that a breach names.
fn invariant(breach: &str) -> String {
    breach.split(':').next().unwrap_or_default().to_owned()
}

/// What finds the planted defect, and after how many seeds.
fn hunt(
    args: &Args,
    template: &Template,
    sound: u64,
    usual: &Reaches,
    before: &Reaches,
    broken: &[(u64, String)],
) -> anyhow::Result<Option<(u64, String)>> {
    let start = counts();
    for seed in args.from..args.from + args.seeds {
        let outcome = exodus_dst::run(template, seed)?;
        let is_new = |breach: &&String| !broken.contains(&(seed, invariant(breach)));
        if let Some(breach) = outcome.breaches.iter().find(is_new) {
            return Ok(Some((seed - args.from + 1, breach.clone())));
        }
        if seed - args.from + 1 == sound {
            let now = counts();
            let fallen = Point::ALL.iter().find(|point| {
                let usually = usual[point] - before[point];
                usually >= OFTEN && now[point] == start[point]
            });
            if let Some(point) = fallen {
                return Ok(Some((sound, format!("{point} is never reached with it"))));
            }
        }
    }
    Ok(None)
}
