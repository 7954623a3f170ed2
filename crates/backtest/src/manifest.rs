//! What a result rests on, and whether two results rest on the same.

use chrono::NaiveDate;
use exodus_domain::{CommissionTerms, Symbol, Won};
use exodus_trading::{RiskLimits, TradedIssue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fills::FillModel;
use crate::spec::{BacktestSpec, StrategySpec};

/// What a result rests on: enough to tell whether two results must be equal, and whether they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// SHA-256 over each issue with the BLAKE3 of its bars that were looked at, and over the corporate actions and
    /// delistings, in hexadecimal.
    pub data_fingerprint: String,
    /// Version of the program.
    pub code_version: String,
    /// [`exodus_domain::rules_version`].
    pub rules_version: String,
    /// What the trades pay. Results that were stored before there was a choice paid [`CommissionTerms::default`].
    #[serde(default)]
    pub commission: CommissionTerms,
    /// What was asked for; `None` for results that were stored before it was written down.
    #[serde(default)]
    pub inputs: Option<RunInputs>,
    /// SHA-256 over trades and equity, in hexadecimal.
    pub result_fingerprint: String,
    /// True if the prices of an issue are adjusted for corporate actions.
    pub adjusted: bool,
    /// Bars that were looked at, warm-up included.
    pub bars: u64,
    /// How long the run took. A run reads no clock: the caller, who has one, fills it in.
    pub elapsed_ms: Option<u64>,
    /// What a reader has to know to judge the result.
    pub notes: Vec<Note>,
    /// The strategies whose rules missed numbers, by id; none in results that were stored before this was counted.
    #[serde(default)]
    pub undefined_bars: Vec<UndefinedBars>,
    /// Issues that a strategy asked for fundamentals of, and of which none were known.
    #[serde(default)]
    pub issues_without_fundamentals: u64,
}

/// On how many bars of the period the rule of a strategy missed a number, as by a division by zero, and so decided
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndefinedBars {
    /// Its number in the run.
    pub strategy_id: i64,
    /// Bars of its issues.
    pub bars: u64,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInputs {
    /// Strategies with all their parameters, by id.
    pub strategies: Vec<StrategyInputs>,
    /// First session.
    pub from: NaiveDate,
    /// Last session.
    pub to: NaiveDate,
    /// Cash to start with.
    pub initial_capital: Won,
    /// How orders were filled.
    pub fill: FillModel,
    /// Limits of the risk gate.
    pub limits: RiskLimits,
    /// What the rules took each issue for, by symbol.
    pub issues: Vec<TradedIssue>,
    /// [`Membership::fingerprint`](crate::Membership::fingerprint); `None` if every issue could be bought on every day.
    pub universe_fingerprint: Option<String>,
    /// What chance was drawn from. The engine draws none; whoever made the specification by chance says so here.
    pub seed: u64,
}

/// A strategy of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyInputs {
    /// Its number in the run.
    pub id: i64,
    /// Kind.
    pub strategy_type: String,
    /// All parameters, defaults included.
    pub parameters: Value,
    /// The issues it watched, in order.
    pub symbols: Vec<Symbol>,
}

impl RunInputs {
    /// What `spec` asks for, in an order that does not depend on how it is written.
    pub(crate) fn of(spec: &BacktestSpec) -> Self {
        let mut strategies: Vec<_> = spec.strategies.iter().map(StrategyInputs::of).collect();
        strategies.sort_by_key(|strategy| strategy.id);
        let mut issues = spec.issues.clone();
        issues.sort_by_key(|issue| issue.symbol);
        Self {
            strategies,
            from: spec.from,
            to: spec.to,
            initial_capital: spec.capital,
            fill: spec.fill,
            limits: spec.limits,
            issues,
            universe_fingerprint: spec.universe.as_ref().map(crate::Membership::fingerprint),
            seed: spec.seed,
        }
    }
}

impl StrategyInputs {
    fn of(StrategySpec { id, strategy, issues }: &StrategySpec) -> Self {
        let mut symbols = issues.clone();
        symbols.sort();
        let (strategy_type, parameters) = (strategy.type_id().to_owned(), strategy.parameters());
        Self { id: *id, strategy_type, parameters, symbols }
    }
}

/// In what two runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Bars, corporate actions or delistings.
    Data,
    /// The market rules.
    Rules,
    /// The version of the program.
    Code,
    /// What was asked for: strategies, period, capital, fills, universe, commission, limits, issues, seed.
    Parameters,
    /// Trades or equity.
    Result,
}

/// In what a run that was made again differs from the stored one; nothing if it proves it.
///
/// Inputs that were not written down are not compared. A result that differs while nothing else does is a defect.
pub fn verify(stored: &Manifest, rerun: &Manifest) -> Vec<Difference> {
    let inputs_differ = stored.inputs.as_ref().zip(rerun.inputs.as_ref()).is_some_and(|(one, other)| one != other);
    let compared = [
        (Difference::Data, stored.data_fingerprint != rerun.data_fingerprint || stored.bars != rerun.bars),
        (Difference::Rules, stored.rules_version != rerun.rules_version),
        (Difference::Code, stored.code_version != rerun.code_version),
        (Difference::Parameters, inputs_differ || stored.commission != rerun.commission),
        (Difference::Result, stored.result_fingerprint != rerun.result_fingerprint),
    ];
    compared.into_iter().filter(|(_, differs)| *differs).map(|(difference, _)| difference).collect()
}

/// Something a reader has to know to judge the result; a stable word that screens turn into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Prices are adjusted, so neither ticks nor price limits were checked.
    AdjustedPricesNoTickCheck,
    /// Prices are as traded and no corporate action is known, so splits and rights issues show as jumps that nobody made
    /// or lost.
    RawPricesJumpAtCorporateActions,
    /// An order was cut to what the cash paid for, because the price rose before the fill.
    OrdersCutToCash,
    /// An order was cut to the share of a bar's volume that own orders may take.
    OrdersCutToVolume,
    /// An order ended unfilled: the issue was halted, locked at its limit, or not traded in the next session.
    OrdersUnfilled,
    /// The risk gate denied an order.
    OrdersDenied,
    /// An issue is held whose bars end before the period: it stays valued at its last close.
    HeldBeyondLastBar,
    /// Prices are as traded, and holdings followed the corporate actions that are known.
    CorporateActionsApplied,
    /// An issue was held when it left the market, and counted as sold at its last close.
    DelistedAtLastClose,
    /// An issue was held when it left the market after a long halt, and counted as worth nothing.
    DelistedWithoutValue,
    /// The history of an issue begins so late that its first decisions fall into the period.
    WarmUpInsidePeriod,
    /// Of some issues no fundamentals are known: by them they count as the average of the others.
    FundamentalsMissing,
    /// On some bars a number that a rule needs was not defined; [`Manifest::undefined_bars`] counts them.
    UndefinedValues,
}
