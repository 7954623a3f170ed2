//! Moving averages with fixed weights over the last bars.

use super::blocks::{Filter, Lwma, OfClose, Sma};
use super::catalog::{Category, IndicatorType, VALUE};
use super::parameters::{IndicatorParameter, Parameters};
use crate::catalog::LocalText;

pub(super) const TYPES: &[IndicatorType] = &[
    IndicatorType {
        id: "sma",
        title: LocalText { ko: "단순이동평균 (SMA)", en: "Simple moving average (SMA)" },
        description: LocalText {
            ko: "최근 종가의 산술평균입니다. 모든 종가의 비중이 같습니다.",
            en: "Mean of the last closes. Every close counts the same.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Sma::new(p.count("period")))),
    },
    IndicatorType {
        id: "lwma",
        title: LocalText { ko: "선형가중이동평균 (LWMA)", en: "Linearly weighted moving average (LWMA)" },
        description: LocalText {
            ko: "최근 종가일수록 비중이 일정하게 커지는 이동평균입니다.",
            en: "Mean of the last closes in which each counts one part more than the one before.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Lwma::new(p.count("period")))),
    },
    IndicatorType {
        id: "hma",
        title: LocalText { ko: "헐 이동평균 (HMA)", en: "Hull moving average (HMA)" },
        description: LocalText {
            ko: "가중이동평균 셋을 겹쳐 지연을 줄이면서도 매끄럽게 만든 이동평균입니다.",
            en: "Three weighted averages put together so that the result lags less and stays smooth.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period_from(2, 20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period") + root(p) - 1,
        build: |p, _| Box::new(OfClose(Hull::new(p))),
    },
    IndicatorType {
        id: "trima",
        title: LocalText { ko: "삼각이동평균 (TRIMA)", en: "Triangular moving average (TRIMA)" },
        description: LocalText {
            ko: "이동평균을 다시 평균하여 가운데 종가의 비중이 가장 큰 이동평균입니다.",
            en: "Average of an average: the closes in the middle of the period count most.",
        },
        category: Category::MovingAverage,
        parameters: &[IndicatorParameter::period(20, 500)],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(Triangular::new(p.count("period")))),
    },
    IndicatorType {
        id: "alma",
        title: LocalText { ko: "아르노 르구 이동평균 (ALMA)", en: "Arnaud Legoux moving average (ALMA)" },
        description: LocalText {
            ko: "정규분포 모양의 비중을 최근 쪽으로 옮겨 쓴 이동평균입니다.",
            en: "Weighted by a bell curve that stands towards the newest closes.",
        },
        category: Category::MovingAverage,
        parameters: &[
            IndicatorParameter::period(9, 500),
            IndicatorParameter::number(
                "sigma",
                LocalText { ko: "시그마 (곡선의 폭)", en: "Sigma (narrowness of the curve)" },
                6.0,
                (0.1, 20.0),
                1.0,
                // The engine cuts it to a whole number and divides by it.
                (1.0, 1_000.0),
            ),
            IndicatorParameter::number(
                "offset",
                LocalText { ko: "중심의 위치", en: "Place of the centre" },
                0.85,
                (0.0, 1.0),
                0.05,
                (0.0, 1.0),
            ),
        ],
        constraints: &[],
        outputs: VALUE,
        default_output: 0,
        carries_the_past: false,
        ready: |p, _| p.count("period"),
        build: |p, _| Box::new(OfClose(ArnaudLegoux::new(p))),
    },
];

/// Hull average: LWMA(√p) of 2·LWMA(p/2) − LWMA(p), lengths rounded half to even; ready with bar p + √p − 1.
///
/// Alan Hull, "How to reduce lag in a moving average" (2005).
#[derive(Debug)]
struct Hull {
    half: Lwma,
    whole: Lwma,
    outer: Lwma,
}

impl Hull {
    fn new(parameters: &Parameters) -> Self {
        let period = parameters.count("period");
        let half = (period as f64 / 2.0).round_ties_even() as usize;
        Self { half: Lwma::new(half), whole: Lwma::new(period), outer: Lwma::new(root(parameters)) }
    }
}

fn root(parameters: &Parameters) -> usize {
    (parameters.count("period") as f64).sqrt().round_ties_even() as usize
}

impl Filter for Hull {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let (half, whole) = (self.half.push(value), self.whole.push(value));
        self.outer.push(2.0 * half? - whole?)
    }
}

/// Triangular average: SMA(p/2 + 1) of SMA(p/2) for an even p, SMA((p+1)/2) twice for an odd one; ready with bar p.
///
/// As TA-Lib's TRIMA.
#[derive(Debug)]
struct Triangular {
    inner: Sma,
    outer: Sma,
}

impl Triangular {
    fn new(period: usize) -> Self {
        Self { inner: Sma::new(period.div_ceil(2)), outer: Sma::new(period / 2 + 1) }
    }
}

impl Filter for Triangular {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        let inner = self.inner.push(value)?;
        self.outer.push(inner)
    }
}

/// Arnaud Legoux average: Σ wᵢ·Cᵢ / Σ wᵢ with wᵢ = exp(−(i − m)² / 2s²), i = 0 for the oldest close, m = ⌊offset·(p − 1)⌋,
/// s = p / ⌊sigma⌋; ready with bar p. Each bar takes time in proportion to p.
///
/// Arnaud Legoux and Dimitrios Kouzis-Loukas (2009).
#[derive(Debug)]
struct ArnaudLegoux {
    /// For the oldest close first; their sum is 1.
    weights: Box<[f64]>,
    /// The last closes; the oldest is at `next` once it is full.
    ring: Box<[f64]>,
    next: usize,
    is_full: bool,
}

impl ArnaudLegoux {
    fn new(parameters: &Parameters) -> Self {
        let period = parameters.count("period");
        let centre = (parameters.number("offset") * (period as f64 - 1.0)).floor();
        let width = period as f64 / parameters.number("sigma").trunc();
        let raw = (0..period).map(|place| (-(place as f64 - centre).powi(2) / (2.0 * width * width)).exp());
        let sum: f64 = raw.clone().sum();
        Self {
            weights: raw.map(|weight| weight / sum).collect(),
            ring: vec![0.0; period].into(),
            next: 0,
            is_full: false,
        }
    }
}

impl Filter for ArnaudLegoux {
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.ring[self.next] = value;
        self.next += 1;
        if self.next == self.ring.len() {
            self.next = 0;
            self.is_full = true;
        }
        let (newer, older) = self.ring.split_at(self.next);
        let in_order = older.iter().chain(newer);
        self.is_full.then(|| self.weights.iter().zip(in_order).map(|(weight, close)| weight * close).sum())
    }
}

#[cfg(test)]
pub(super) const READY: &[(&str, &str, usize)] = &[
    ("sma", "{}", 20),
    ("sma", r#"{"period": 1}"#, 1),
    ("sma", r#"{"period": 200}"#, 200),
    ("lwma", "{}", 20),
    ("lwma", r#"{"period": 1}"#, 1),
    // √20 is 4.47, so 20 + 4 − 1.
    ("hma", "{}", 23),
    ("hma", r#"{"period": 2}"#, 2),
    ("hma", r#"{"period": 9}"#, 11),
    ("trima", "{}", 20),
    ("trima", r#"{"period": 1}"#, 1),
    ("trima", r#"{"period": 15}"#, 15),
    ("alma", "{}", 9),
    ("alma", r#"{"period": 30, "sigma": 4, "offset": 0.5}"#, 30),
];
