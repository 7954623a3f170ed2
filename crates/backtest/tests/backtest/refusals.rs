//! What is refused before a run, each with the field that has to change.

use exodus_backtest::{
    BacktestError, BacktestSpec, BarSeries, Delisting, FillModel, Flow, Membership, Slippage, StrategySpec, run,
};
use exodus_domain::{ActionKind, CorporateAction, PriceFactor, Won};
use exodus_trading::{MomentumParameters, Sizing, StrategyKind, TradedIssue, validate};
use serde_json::json;

use crate::fixture::{date, issue, momentum, series, spec, symbol};

const A: &str = "000010";
const B: &str = "000020";

fn week() -> BarSeries {
    series(A, &[("2024-06-03", 10_000, 10_000), ("2024-06-04", 10_000, 10_100), ("2024-06-05", 10_200, 10_300)])
}

fn good() -> BacktestSpec {
    spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000)
}

fn refused(series: &[BarSeries], change: impl FnOnce(&mut BacktestSpec)) -> (BacktestError, String) {
    let mut spec = good();
    change(&mut spec);
    let mut steps = 0;
    let error = run(&spec, series, &mut |_| {
        steps += 1;
        Flow::Continue
    });
    let error = error.expect_err("refused");
    assert_eq!(steps, 0, "{error} came after the run had begun");
    let field = error.field().expect("a field").to_owned();
    (error, field)
}

fn given(error: BacktestError, field: &str) -> (BacktestError, String) {
    (error, field.to_owned())
}

#[test]
fn a_good_specification_is_run() {
    assert!(run(&good(), &[week()], &mut |_| Flow::Continue).is_ok());
}

#[test]
fn periods() {
    let (from, to) = (good().from, good().to);
    let reversed = BacktestError::PeriodReversed { from: to, to: from };
    assert_eq!(refused(&[week()], |spec| (spec.from, spec.to) = (to, from)), given(reversed, "end_date"));
    let today = date("2024-06-04");
    let future = BacktestError::InFuture { to: date("2024-06-05"), today };
    let tomorrow = |spec: &mut BacktestSpec| (spec.to, spec.today) = (date("2024-06-05"), today);
    assert_eq!(refused(&[week()], tomorrow), given(future, "end_date"));
    let empty = BacktestError::NoBars { from: to, to };
    assert_eq!(refused(&[week()], |spec| spec.from = to), given(empty, "start_date"));
}

#[test]
fn histories() {
    let a = symbol(A);
    assert_eq!(refused(&[], |_| {}), given(BacktestError::NoSeries(a), "symbols"));
    assert_eq!(refused(&[week(), week()], |_| {}), given(BacktestError::Repeated(a), "symbols"));
    assert_eq!(refused(&[week()], |spec| spec.issues.push(issue(A))), given(BacktestError::Repeated(a), "symbols"));
    let short = BacktestError::TooShort { id: 1, needed: 4, given: 3 };
    let longer = |spec: &mut BacktestSpec| spec.strategies[0].strategy = momentum(3, 0.0, 0.0, 50.0);
    assert_eq!(refused(&[week()], longer), given(short, "start_date"));
}

#[test]
fn capital() {
    assert_eq!(
        refused(&[week()], |spec| spec.capital = Won(0)),
        given(BacktestError::NoCapital(Won(0)), "initial_capital")
    );
    let below = BacktestError::CapitalBelowOneShare { capital: Won(9_999), symbol: symbol(A), price: Won(10_000) };
    assert_eq!(refused(&[week()], |spec| spec.capital = Won(9_999)), given(below, "initial_capital"));
}

#[test]
fn strategies() {
    let (a, b) = (symbol(A), symbol(B));
    assert_eq!(refused(&[week()], |spec| spec.strategies.clear()), given(BacktestError::NoStrategy, "strategy_ids"));
    let twice = |spec: &mut BacktestSpec| spec.strategies.push(spec.strategies[0].clone());
    assert_eq!(refused(&[week()], twice), given(BacktestError::RepeatedStrategy(1), "strategy_ids"));
    let by_minutes = validate("momentum", &json!({ "interval": "1m" })).expect("valid parameters");
    let mixed = |spec: &mut BacktestSpec| {
        spec.strategies.push(StrategySpec { id: 2, strategy: by_minutes, issues: vec![a] });
    };
    assert_eq!(refused(&[week()], mixed), given(BacktestError::IntervalsDiffer(2), "strategy_ids"));
    let none = |spec: &mut BacktestSpec| spec.strategies[0].issues.clear();
    assert_eq!(refused(&[week()], none), given(BacktestError::NoIssue(1), "symbols"));
    let again = |spec: &mut BacktestSpec| spec.strategies[0].issues.push(a);
    assert_eq!(refused(&[week()], again), given(BacktestError::Repeated(a), "symbols"));
    let unknown = |spec: &mut BacktestSpec| spec.strategies[0].issues.push(b);
    assert_eq!(refused(&[week()], unknown), given(BacktestError::UnknownIssue(b), "symbols"));
}

#[test]
fn parameters_that_make_no_number() {
    let with = |change: &dyn Fn(&mut MomentumParameters, &mut Sizing)| {
        let mut strategy = momentum(1, 0.0, 0.0, 50.0);
        let StrategyKind::Momentum(parameters) = &mut strategy.kind else { panic!("momentum is momentum") };
        change(parameters, &mut strategy.sizing);
        refused(&[week()], |spec| spec.strategies[0].strategy = strategy).1
    };
    assert_eq!(with(&|parameters, _| parameters.entry_threshold_percent = f64::NAN), "entry_threshold_percent");
    assert_eq!(with(&|_, sizing| sizing.position_size_percent = f64::INFINITY), "position_size_percent");
    assert_eq!(with(&|parameters, _| parameters.lookback = 0), "lookback");
}

#[test]
fn fill_models() {
    let with = |fill| refused(&[week()], |spec| spec.fill = fill);
    for share in [0, -1, 10_001] {
        let fill = FillModel { volume_share_bp: share, ..FillModel::default() };
        assert_eq!(with(fill), given(BacktestError::VolumeShare(share), "fill.volume_share_percent"));
    }
    for slippage in [-1, 1_001] {
        let fill = FillModel { slippage: Slippage::BasisPoints(slippage), ..FillModel::default() };
        assert_eq!(with(fill), given(BacktestError::Slippage(slippage), "fill.slippage"));
    }
    let ticks = FillModel { slippage: Slippage::Ticks(1), ..FillModel::default() };
    assert_eq!(with(ticks), given(BacktestError::TicksOfAdjusted(symbol(A)), "fill.slippage"));
}

#[test]
fn universes_actions_and_delistings() {
    let (a, b) = (symbol(A), symbol(B));
    let stranger = Membership::new([(date("2024-06-03"), vec![b])], false);
    let later = Membership::new([(date("2028-01-03"), vec![a])], false);
    for universe in [stranger, later] {
        let found = refused(&[week()], |spec| spec.universe = Some(universe));
        assert_eq!(found, given(BacktestError::EmptyUniverse, "universe"));
    }
    let factor = PriceFactor::new(1, 5).expect("a factor");
    let split = |symbol| CorporateAction { symbol, ex_date: date("2024-06-04"), kind: ActionKind::Split, factor };
    let adjusted = refused(&[week()], |spec| spec.actions.push(split(a)));
    assert_eq!(adjusted, given(BacktestError::ActionOfAdjusted(a), "symbols"));
    let raw = |spec: &mut BacktestSpec| {
        spec.issues = vec![TradedIssue { adjusted: false, ..issue(A) }];
        spec.actions.push(split(b));
    };
    assert_eq!(refused(&[week()], raw), given(BacktestError::UnknownIssue(b), "symbols"));
    let end = |symbol| Delisting { symbol, date: date("2024-06-10") };
    assert_eq!(
        refused(&[week()], |spec| spec.delistings.push(end(b))),
        given(BacktestError::UnknownIssue(b), "symbols")
    );
    let twice = refused(&[week()], |spec| spec.delistings.extend([end(a), end(a)]));
    assert_eq!(twice, given(BacktestError::Repeated(a), "symbols"));
}
