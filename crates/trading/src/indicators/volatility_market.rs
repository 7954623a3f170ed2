//! An issue beside the index of its market.

use super::blocks::{CoMoments, Window};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::IndicatorParameter;
use super::values::{Study, StudyBar, Values};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "beta",
        title: LocalText { ko: "베타", en: "Beta" },
        description: LocalText {
            ko: "지수가 1% 움직일 때 종목이 평균 몇 % 움직였는지 나타냅니다.",
            en: "How many percent the issue moved on average when the index moved by 1%.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period_from(2, 252, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(Beta(MarketReturns::new(p.count("period")))),
    },
    IndicatorType {
        id: "alpha",
        title: LocalText { ko: "알파", en: "Alpha" },
        description: LocalText {
            ko: "지수의 움직임으로 설명되지 않는 봉당 평균 수익률입니다. 0.001은 0.1%를 뜻합니다.",
            en: "Mean return of a bar that the moves of the index do not explain. 0.001 means 0.1%.",
        },
        category: Category::Volatility,
        parameters: &[IndicatorParameter::period_from(2, 252, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + 1,
        build: |p, _| Box::new(Alpha(MarketReturns::new(p.count("period")))),
    },
];

/// The one-bar returns of an index (x) and of an issue (y), over the bars on which the index is known. A bar without it
/// is passed over, so that the next pair of returns spans the same time.
#[derive(Debug)]
struct MarketReturns {
    previous: Option<(f64, f64)>,
    returns: Window<CoMoments>,
}

impl MarketReturns {
    fn new(period: usize) -> Self {
        Self { previous: None, returns: Window::new(period) }
    }

    #[inline]
    fn push(&mut self, bar: &StudyBar) -> Option<CoMoments> {
        let index = bar.benchmark?;
        let (previous_index, previous_close) = self.previous.replace((index, bar.close))?;
        self.returns.push(CoMoments::of(index / previous_index - 1.0, bar.close / previous_close - 1.0))
    }
}

/// Beta: covariance of the p one-bar returns of issue and index over the variance of the index's; not defined without an
/// index on the bar, or where the index does not move. Ready with bar p + 1.
///
/// William Sharpe, "Capital Asset Prices", The Journal of Finance, September 1964.
#[derive(Debug)]
struct Beta(MarketReturns);

impl Study for Beta {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        self.0.push(bar).map(|returns| Values::from(returns.slope()))
    }
}

/// Alpha: mean of the p one-bar returns of the issue − beta · mean of those of the index, beta over the same bars; not
/// defined where [`Beta`] is not. Ready with bar p + 1.
///
/// Michael Jensen, "The Performance of Mutual Funds in the Period 1945–1964", The Journal of Finance, May 1968, with a
/// riskless rate of 0. The broker's backtester would take beta over 252 bars for every p; its run fails before it gets
/// there.
#[derive(Debug)]
struct Alpha(MarketReturns);

impl Study for Alpha {
    fn step(&mut self, bar: &StudyBar) -> Option<Values> {
        let returns = self.0.push(bar)?;
        Some(Values::from(returns.y_mean() - returns.slope() * returns.x_mean()))
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] =
    &[("beta", "{}", 253), ("beta", r#"{"period": 2}"#, 3), ("alpha", "{}", 253), ("alpha", r#"{"period": 60}"#, 61)];
