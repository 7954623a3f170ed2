//! `exodus strategy signals`.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use exodus_domain::{Bar, Interval, ReasonCondition, Side, SignalType};
use exodus_trading::rules::{Evaluation, OfficialTrading, Plan, RulesStudy, Sentence};
use exodus_trading::{EvaluationMode, StudyBar};
use serde::Serialize;
use serde_json::json;

use super::check::Findings;
use super::orders::{self, Order};
use super::{DocumentArguments, Running};
use crate::cli::bars::{BarsArguments, FileBars, Mode};
use crate::cli::print;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    document: DocumentArguments,
    #[command(flatten)]
    bars: BarsArguments,
    /// Whose values and whose orders: at the next open here, on the close of the signal in the official backtester
    #[arg(long, value_enum, default_value = "exodus")]
    mode: Mode,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let running = arguments.document.running()?;
    if !running.document.index_findings().is_empty() {
        return Err(Findings::of(&Ok(running.document), &running.overrides).refuse(&arguments.document));
    }
    if arguments.mode == Mode::Official && arguments.bars.interval() != Interval::Day1 {
        bail!("the official backtester knows daily bars only: leave out --interval, or --mode official");
    }
    let file = arguments.bars.read()?;
    let report = Report::of(&running, &file, arguments.mode);
    if arguments.document.json { report.print_json(&file, arguments.mode) } else { report.print(&file, arguments.mode) }
}

/// What a document says on one bar, whatever is held.
#[derive(Debug, Serialize)]
struct BarSignal {
    /// Start of the bar.
    time: String,
    close: i64,
    /// Buy where the entry holds, sell where the exit does, both of them included; hold elsewhere.
    signal: SignalType,
    /// False before all indicators and patterns have a value.
    is_ready: bool,
    /// True if a number of a condition was not defined, so that its group could not hold.
    is_undefined: bool,
    entry: bool,
    exit: bool,
    /// The sides of the conditions, by their names.
    values: BTreeMap<String, Option<f64>>,
    reason: Option<Sentence>,
    /// The conditions behind a signal, on this bar and the one before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ReasonCondition>,
}

/// What a document says on all bars.
struct Report {
    signals: Vec<BarSignal>,
    orders: Vec<Order>,
    /// Why no orders could be worked out.
    no_orders: Option<String>,
    undefined_bars: u64,
}

/// The conditions at work in one of the modes.
enum AtWork {
    Exodus(Box<RulesStudy>),
    Official(Box<OfficialTrading>),
}

impl AtWork {
    fn new(plan: Arc<Plan>, mode: Mode) -> Self {
        match mode {
            Mode::Exodus => Self::Exodus(Box::new(RulesStudy::new(plan, EvaluationMode::Exodus))),
            Mode::Official => Self::Official(Box::new(OfficialTrading::new(plan))),
        }
    }

    fn study(&self) -> &RulesStudy {
        match self {
            Self::Exodus(study) => study,
            Self::Official(trading) => trading.study(),
        }
    }
}

impl Report {
    fn of(running: &Running, file: &FileBars, mode: Mode) -> Self {
        let mut at_work = AtWork::new(Arc::new(running.plan.clone()), mode);
        let (mut signals, mut orders) = (Vec::with_capacity(file.bars.len()), Vec::new());
        for bar in file.traded() {
            let undefined = at_work.study().undefined_bars();
            let time = file.shown(bar.open_time);
            let evaluation = match &mut at_work {
                AtWork::Exodus(study) => study.step(&StudyBar::from(bar)),
                AtWork::Official(trading) => {
                    let (evaluation, order) = trading.step(&StudyBar::from(bar));
                    orders.extend(order.map(|order| Order::official(&order, &time)));
                    evaluation
                }
            };
            signals.push(BarSignal::new(bar, time, evaluation, at_work.study(), undefined));
        }
        let mut no_orders = None;
        if mode == Mode::Exodus {
            match orders::of_engine(running, file) {
                Ok(made) => orders = made,
                Err(error) => no_orders = Some(error.to_string()),
            }
        }
        Self { signals, orders, no_orders, undefined_bars: at_work.study().undefined_bars() }
    }

    fn count(&self, wanted: SignalType) -> usize {
        self.signals.iter().filter(|one| one.signal == wanted).count()
    }

    fn print_json(&self, file: &FileBars, mode: Mode) -> anyhow::Result<()> {
        let answer = json!({
            "symbol": file.symbol,
            "interval": file.interval,
            "mode": EvaluationMode::from(mode),
            "bars": self.signals.len(),
            "halted_bars": file.bars.len() - self.signals.len(),
            "rows_set_aside": file.rows_set_aside,
            "ready_at": self.signals.iter().find(|one| one.is_ready).map(|one| &one.time),
            "undefined_bars": self.undefined_bars,
            "counts": {
                "buy": self.count(SignalType::Buy), "sell": self.count(SignalType::Sell),
                "hold": self.count(SignalType::Hold),
            },
            "signals": self.signals,
            "orders": self.orders,
            "no_orders": self.no_orders,
        });
        print(&answer.to_string())
    }

    fn print(&self, file: &FileBars, mode: Mode) -> anyhow::Result<()> {
        for one in &self.signals {
            let said = match &one.reason {
                Some(reason) => reason.en.clone(),
                None if one.is_undefined => "hold: a value was not defined".to_owned(),
                None if one.is_ready => "hold".to_owned(),
                None => "hold: not ready".to_owned(),
            };
            print(&format!("{}  {:>9}  {said}", one.time, one.close))?;
        }
        let [buy, sell, hold] = [SignalType::Buy, SignalType::Sell, SignalType::Hold].map(|one| self.count(one));
        print(&format!("\n{} on {} bars: {buy} buy, {sell} sell, {hold} hold", file.symbol, self.signals.len()))?;
        match file.bars.len() - self.signals.len() {
            0 => {}
            halted => print(&format!("{halted} bars without trading were left out"))?,
        }
        match file.rows_set_aside {
            0 => {}
            rows => print(&format!("warning: {rows} rows of the file cannot be right and were left out"))?,
        }
        match self.undefined_bars {
            0 => {}
            bars => {
                print(&format!("warning: on {bars} bars a value was not defined; nothing is bought or sold by it"))?
            }
        }
        if let Some(why) = &self.no_orders {
            return print(&format!("\nno orders: {why}"));
        }
        let how = match mode {
            Mode::Exodus => {
                format!("of an account with {} won in this issue, filled at the next open", orders::CAPITAL.0)
            }
            Mode::Official => "of the official backtester, filled on the close they were decided on".to_owned(),
        };
        print(&format!("\n{} orders {how}", self.orders.len()))?;
        for Order { side, decided_at, filled_at, price, quantity, code, reason } in &self.orders {
            let quantity = quantity.map(|quantity| format!("{quantity} × ")).unwrap_or_default();
            let why = reason.as_ref().map_or(code, |reason| &reason.en);
            print(&format!("{filled_at}  {:4}  {quantity}{price}  decided {decided_at}: {why}", side.as_str()))?;
        }
        Ok(())
    }
}

impl BarSignal {
    /// `undefined` is the number of undefined bars before this one.
    fn new(bar: &Bar, time: String, evaluation: Option<Evaluation>, study: &RulesStudy, undefined: u64) -> Self {
        let Evaluation { entry, exit } = evaluation.unwrap_or(Evaluation { entry: false, exit: false });
        // Whoever holds sells first, as in the order of a bar.
        let (signal, side) = match (entry, exit) {
            (_, true) => (SignalType::Sell, Some(Side::Sell)),
            (true, false) => (SignalType::Buy, Some(Side::Buy)),
            (false, false) => (SignalType::Hold, None),
        };
        let reason = side.map(|side| study.reason(side));
        let is_ready = evaluation.is_some();
        let sides = study.explain_entry().into_iter().chain(study.explain_exit()).filter(|_| is_ready);
        let values = sides.flat_map(|one| {
            let is_number = one.right.parse::<f64>().is_ok() || one.operator == "signal";
            let right = (!is_number).then_some((one.right, one.right_value));
            std::iter::once((one.left, one.left_value)).chain(right)
        });
        Self {
            time,
            close: bar.close.0,
            signal,
            is_ready,
            is_undefined: study.undefined_bars() > undefined,
            entry,
            exit,
            values: values.collect(),
            reason: reason.as_ref().and_then(Sentence::of),
            conditions: reason.map(|reason| reason.conditions).unwrap_or_default(),
        }
    }
}
