//! What the commands run, from their flags.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, anyhow, bail};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use exodus_backtest::{FillModel, FillTiming, set_parameter};
use exodus_domain::{Clock, CommissionTerms, Symbol, Won, kst_date};
use exodus_live::SystemClock;
use exodus_store::{Store, accounts};
use exodus_trading::rules::{Document, MOST_BYTES};
use serde_json::{Map, Value};

use crate::account::commission::Commission;
use crate::backtests::benchmark::Reference;
use crate::backtests::run::{Plan, PlannedStrategy, RunError};
use crate::backtests::setup::{Fill, FillSlippage, SlippageKind, Universe};
use crate::http::validate::Checks;

/// What is tested, and on what.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// Kind of strategy
    #[arg(long)]
    strategy: String,
    /// A parameter as name=value, or name=@file for the text of a file; one of a document as overrides.fast=5; may be
    /// given several times
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Issues, separated by commas
    #[arg(long, value_delimiter = ',', required_unless_present = "universe", conflicts_with = "universe")]
    symbols: Vec<String>,
    /// Issues by a rule in place of --symbols, such as
    /// {"kind":"top","by":"value","count":20,"rebalance":"monthly","markets":["kospi"]}
    #[arg(long, value_name = "JSON")]
    universe: Option<String>,
    /// First day
    #[arg(long)]
    from: NaiveDate,
    /// Last day
    #[arg(long)]
    to: NaiveDate,
    /// Won at the start
    #[arg(long, default_value_t = 100_000_000)]
    capital: i64,
    /// What its trades pay: bankis, kis_paper, fee_waiver, or terms like rate_ppb=150000,minimum=0,unit=1,mode=floor;
    /// what the accounts here pay if left out
    #[arg(long, value_name = "PLAN|TERMS")]
    commission: Option<String>,
    /// What the result is held against: KOSPI, KOSDAQ, KOSPI200 or a symbol
    #[arg(long)]
    benchmark: Option<String>,
    /// When orders are filled
    #[arg(long, value_enum, default_value = "next_open")]
    fill: Timing,
    /// Percent of a bar's volume that the orders may take together
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    volume_share: f64,
    /// By how much fills are worse than the price of the bar, such as 1tick or 5bp
    #[arg(long)]
    slippage: Option<String>,
}

/// When orders are filled, as people write it.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Timing {
    NextOpen,
    ClosingAuction,
    LimitWithinBar,
}

impl From<Timing> for FillTiming {
    fn from(timing: Timing) -> Self {
        match timing {
            Timing::NextOpen => Self::NextOpen,
            Timing::ClosingAuction => Self::ClosingAuction,
            Timing::LimitWithinBar => Self::LimitWithinBar,
        }
    }
}

impl PlanArguments {
    /// Everything that can be told without the database.
    pub(super) fn check(&self) -> anyhow::Result<Plan> {
        let mut parameters = Map::new();
        for text in &self.parameters {
            let (name, value) = parameter(text)?;
            set_parameter(&mut parameters, &name, value);
        }
        let strategy = exodus_trading::validate(&self.strategy, &Value::Object(parameters)).map_err(|errors| {
            let sentences: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
            anyhow!("{}", sentences.join("; "))
        })?;
        if self.capital < 1 {
            bail!("--capital is {}: give at least 1 won", self.capital);
        }
        let today = kst_date(SystemClock.now());
        if self.to < self.from {
            bail!("--to is {}, before --from, which is {}: exchange the dates", self.to, self.from);
        }
        if self.to > today {
            bail!("--to is {}, but today is {today}: end today or before", self.to);
        }
        let reference =
            |text: &String| text.parse::<Reference>().map_err(|error| anyhow!("--benchmark {text} {error}"));
        Ok(Plan {
            strategies: vec![PlannedStrategy { number: 1, strategy, symbols: self.symbols()? }],
            universe: self.universe.as_deref().map(universe).transpose()?,
            from: self.from,
            to: self.to,
            today,
            capital: Won(self.capital),
            commission: self.commission.as_deref().map(terms).transpose()?.unwrap_or_default(),
            fill: self.fill()?,
            benchmark: self.benchmark.as_ref().map(reference).transpose()?,
        })
    }

    /// The same with what only the database knows.
    pub(super) async fn complete(&self, plan: Plan, store: &Store) -> anyhow::Result<Plan> {
        if let Some(reference) = plan.benchmark
            && let Some(fault) = reference.fault(store, plan.from, plan.to).await?
        {
            bail!("--benchmark: {fault}");
        }
        match self.commission {
            Some(_) => Ok(plan),
            None => Ok(Plan { commission: terms_here(store).await?, ..plan }),
        }
    }

    fn symbols(&self) -> anyhow::Result<Vec<Symbol>> {
        let mut symbols: Vec<Symbol> = Vec::new();
        for text in &self.symbols {
            let symbol = text.trim().parse()?;
            if symbols.contains(&symbol) {
                bail!("--symbols names {symbol} twice: name each issue once");
            }
            symbols.push(symbol);
        }
        Ok(symbols)
    }

    fn fill(&self) -> anyhow::Result<FillModel> {
        let slippage = self.slippage.as_deref().map(slippage).transpose()?.unwrap_or_default();
        let fill = Fill { timing: self.fill.into(), volume_share_percent: self.volume_share, slippage };
        let mut checks = Checks::default();
        let model = fill.check(&mut checks, "");
        match checks.sentences() {
            None => Ok(model),
            Some(why) => bail!("--fill, --volume-share, --slippage: {why}"),
        }
    }
}

/// A refusal that names the flag to change.
pub(super) fn refused(error: RunError) -> anyhow::Error {
    let flag = match &error {
        RunError::UnknownSymbol(_) | RunError::NoBars { .. } => "--symbols".to_owned(),
        RunError::Universe(_) => "--universe".to_owned(),
        RunError::Refused(refused) => match refused.field() {
            Some("start_date") => "--from".to_owned(),
            Some("end_date") => "--to".to_owned(),
            Some("initial_capital") => "--capital".to_owned(),
            Some("strategy_ids") => "--strategy".to_owned(),
            Some("fill.volume_share_percent") => "--volume-share".to_owned(),
            Some("fill.slippage") => "--slippage".to_owned(),
            Some(field @ ("symbols" | "universe")) => format!("--{field}"),
            Some(parameter) => format!("--param {parameter}"),
            None => return error.into(),
        },
        _ => return error.into(),
    };
    anyhow!("{flag}: {error}")
}

/// Reads a rule for a universe, and refuses what cannot be followed here.
fn universe(text: &str) -> anyhow::Result<Universe> {
    let universe: Universe = serde_json::from_str(text).map_err(|error| anyhow!("--universe: {error}"))?;
    let mut checks = Checks::default();
    universe.check(&mut checks, "");
    match checks.sentences() {
        None => Ok(universe),
        Some(why) => bail!("--universe: {why}"),
    }
}

/// Reads `1tick`, `2ticks` or `5bp`.
fn slippage(text: &str) -> anyhow::Result<FillSlippage> {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let kind = match unit.trim() {
        "tick" | "ticks" => SlippageKind::Ticks,
        "bp" => SlippageKind::Bp,
        _ => bail!("--slippage {text}: write a number of ticks or basis points, such as 1tick or 5bp"),
    };
    let value = number.parse().with_context(|| format!("--slippage {text}: write a whole number before the unit"))?;
    Ok(FillSlippage { kind, value })
}

/// Reads a price list by its name, or terms as name=value.
fn terms(text: &str) -> anyhow::Result<CommissionTerms> {
    let query = if text.contains('=') { text.replace(',', "&") } else { format!("plan={text}") };
    let asked: Commission = serde_urlencoded::from_str(&query).map_err(|error| anyhow!("--commission: {error}"))?;
    let mut checks = Checks::default();
    let terms = asked.check(&mut checks, "");
    match (terms, checks.sentences()) {
        (Some(terms), None) => Ok(terms),
        (_, why) => bail!("--commission: {}", why.unwrap_or_default()),
    }
}

/// What the accounts of this installation pay, where they all pay the same.
async fn terms_here(store: &Store) -> anyhow::Result<CommissionTerms> {
    let mut terms = accounts::list(store).await?.into_iter().map(|account| account.commission);
    let first = terms.next().unwrap_or_default();
    if terms.any(|other| other != first) {
        bail!("the accounts here pay different commissions: say which by --commission");
    }
    Ok(first)
}

/// Reads `name=value`, or `name=@file` for the text of a file; what is no number and no true or false is a text.
pub(in crate::cli) fn parameter(text: &str) -> anyhow::Result<(String, Value)> {
    let (name, value) = text.split_once('=').with_context(|| format!("--param {text}: write name=value"))?;
    let value = match value.strip_prefix('@') {
        Some(file) => Value::String(text_of(file).with_context(|| format!("--param {name}=@{file}"))?),
        None => value_of(value),
    };
    Ok((name.to_owned(), value))
}

/// The text of a file that is no longer than a document can be.
fn text_of(file: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let document = Document::from_bytes(&bytes).map_err(|finding| anyhow!(finding.message.en))?;
    Ok(document.text().to_owned())
}

/// A value as people write it.
pub(super) fn value_of(text: &str) -> Value {
    let parsed = serde_json::from_str(text).ok().filter(|parsed: &Value| parsed.is_number() || parsed.is_boolean());
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_numbers_words_and_switches() {
        let value = |text: &str| parameter(text).expect("a parameter").1;
        assert_eq!(value("lookback=60"), Value::from(60));
        assert_eq!(value("entry=2.5"), Value::from(2.5));
        assert_eq!(value("flag=true"), Value::from(true));
        assert_eq!(value("interval=1d"), Value::from("1d"));
        assert!(parameter("lookback").is_err());
    }

    #[test]
    fn a_slippage_is_a_number_and_a_unit() {
        let read = |text: &str| slippage(text).ok().map(|slippage| (slippage.kind, slippage.value));
        assert_eq!(read("1tick"), Some((SlippageKind::Ticks, 1)));
        assert_eq!(read("3 ticks"), Some((SlippageKind::Ticks, 3)));
        assert_eq!(read("5bp"), Some((SlippageKind::Bp, 5)));
        for text in ["5", "bp", "-1bp", "1.5bp", "5 %", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
