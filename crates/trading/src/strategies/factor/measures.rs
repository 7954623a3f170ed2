//! What a ranking by factors learns of one issue.

use exodus_domain::{AvgPrice, Bar, Fundamentals, Price};

use super::FactorParameters;
use crate::indicators::blocks::{Filter, Moments, Sma, Window};
use crate::ranking::Factor;
use crate::strategies::momentum::cross_sectional::RankedMomentum;

/// Factors of one issue before they are standardised; the more of each, the better by the factor's usual sign.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RawFactors {
    /// Book value over price (Fama, French, "The cross-section of expected stock returns", Journal of Finance 47, 1992).
    pub(crate) book_to_price: Option<f64>,
    /// Earnings of the last twelve months over price (Basu, Journal of Finance 32, 1977).
    pub(crate) earnings_to_price: Option<f64>,
    /// −ln(market capitalisation in won) (Banz, Journal of Financial Economics 9, 1981).
    pub(crate) size: Option<f64>,
    /// −standard deviation of the changes from bar to bar (Ang, Hodrick, Xing, Zhang, "The cross-section of volatility and
    /// expected returns", Journal of Finance 61, 2006).
    pub(crate) low_volatility: Option<f64>,
    /// Change over the look-back without the last bars (Jegadeesh, Titman, Journal of Finance 48, 1993).
    pub(crate) momentum: Option<f64>,
    /// −ln(ILLIQ), where ILLIQ is the mean of |change| over won traded (Amihud, "Illiquidity and stock returns", Journal
    /// of Financial Markets 5, 2002). Bars without a trade count in neither.
    pub(crate) liquidity: Option<f64>,
}

/// What a ranking by factors learns of one issue: of the factors that count only.
#[derive(Debug)]
pub(crate) struct FactorMeasures {
    before: Option<f64>,
    volatility: Option<Window<Moments>>,
    momentum: Option<RankedMomentum>,
    illiquidity: Option<Sma>,
    low_volatility_now: Option<f64>,
    liquidity_now: Option<f64>,
}

impl FactorMeasures {
    pub(crate) fn new(parameters: &FactorParameters) -> Self {
        let weights = parameters.weights();
        let count = |bars: u32| usize::try_from(bars).expect("a few hundred bars fit");
        Self {
            before: None,
            volatility: weights
                .has(Factor::LowVolatility)
                .then(|| Window::new(count(parameters.low_volatility_window))),
            momentum: weights
                .has(Factor::Momentum)
                .then(|| RankedMomentum::new(parameters.momentum_lookback, parameters.momentum_skip)),
            illiquidity: weights.has(Factor::Liquidity).then(|| Sma::new(count(parameters.liquidity_window))),
            low_volatility_now: None,
            liquidity_now: None,
        }
    }

    pub(crate) fn on_bar(&mut self, bar: &Bar) {
        if let Some(momentum) = &mut self.momentum {
            momentum.on_close(bar.close);
        }
        let close = bar.close.0 as f64;
        let Some(before) = self.before.replace(close) else { return };
        let change = (close - before) / before;
        if let Some(changes) = &mut self.volatility {
            self.low_volatility_now = changes.push(Moments::of(change)).map(|all| -all.sample_variance().sqrt());
        }
        let traded = close * bar.volume.0 as f64;
        if let Some(illiquidity) = self.illiquidity.as_mut().filter(|_| traded > 0.0) {
            let mean = illiquidity.push(change.abs() / traded);
            self.liquidity_now = mean.filter(|mean| *mean > 0.0).map(|mean| -mean.ln());
        }
    }

    /// The factors at a close of `close`, with what was published by then.
    pub(crate) fn raw(&self, close: Price, facts: Option<&Fundamentals>) -> RawFactors {
        let price = close.0 as f64;
        let over_price = |per_share: AvgPrice| per_share.0 as f64 / AvgPrice::SCALE as f64 / price;
        let shares = facts.and_then(|facts| facts.listed_shares).filter(|shares| shares.is_positive());
        RawFactors {
            book_to_price: facts.and_then(|facts| facts.bps).map(over_price),
            earnings_to_price: facts.and_then(|facts| facts.eps).map(over_price),
            size: shares.map(|shares| -(price * shares.0 as f64).ln()),
            low_volatility: self.low_volatility_now,
            momentum: self.momentum.as_ref().and_then(RankedMomentum::trail).map(|trail| trail.change),
            liquidity: self.liquidity_now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use crate::strategies::StrategyKind;
    use exodus_domain::Qty;
    use serde_json::{Value, json};

    fn learned(parameters: Value, bars: &[(i64, i64)]) -> FactorMeasures {
        let strategy = validate("factor", &parameters).expect("valid");
        let StrategyKind::Factor(parameters) = strategy.kind else { panic!("another kind") };
        let mut measures = FactorMeasures::new(&parameters);
        for (close, volume) in bars {
            let price = Price(*close);
            let open_time = chrono::DateTime::from_timestamp(0, 0).expect("a time");
            let volume = Qty(*volume);
            measures.on_bar(&Bar { open_time, open: price, high: price, low: price, close: price, volume });
        }
        measures
    }

    fn facts(bps: i64, eps: i64, shares: i64) -> Fundamentals {
        Fundamentals {
            symbol: "005930".parse().expect("a code"),
            known_on: "2024-03-29".parse().expect("a date"),
            bps: Some(AvgPrice(bps * AvgPrice::SCALE)),
            eps: Some(AvgPrice(eps * AvgPrice::SCALE)),
            listed_shares: Some(Qty(shares)),
            sector: None,
        }
    }

    #[test]
    fn books_and_size_are_those_of_the_price_of_the_day() {
        let measures = learned(json!({ "value_weight": 100 }), &[]);
        let raw = measures.raw(Price(50_000), Some(&facts(60_000, -2_500, 1_000)));
        assert_eq!((raw.book_to_price, raw.earnings_to_price), (Some(1.2), Some(-0.05)));
        assert!((raw.size.expect("a size") + 50_000_000_f64.ln()).abs() < 1e-12);
        assert_eq!(measures.raw(Price(50_000), None).book_to_price, None);
    }

    #[test]
    fn volatility_is_that_of_the_last_changes() {
        let parameters = json!({ "low_volatility_weight": 100, "momentum_weight": 0, "low_volatility_window": 5 });
        // A jump, then changes of +10 %, −10 % and so on: of the last five 3 · 0.1 − 2 · 0.1 = 0.1, mean 0.02.
        let closes = [1, 100_000, 110_000, 99_000, 108_900, 98_010, 107_811];
        let bars: Vec<_> = closes.iter().map(|close| (*close, 1)).collect();
        let raw = learned(parameters.clone(), &bars).raw(Price(1), None);
        let variance = (3.0 * 0.08_f64.powi(2) + 2.0 * 0.12_f64.powi(2)) / 4.0;
        assert!((raw.low_volatility.expect("enough bars") + variance.sqrt()).abs() < 1e-12);
        assert_eq!(learned(parameters, &bars[..5]).raw(Price(1), None).low_volatility, None);
        assert_eq!((raw.momentum, raw.liquidity), (None, None), "what does not count is not learned");
    }

    #[test]
    fn liquidity_is_little_change_for_much_money() {
        let parameters = json!({ "liquidity_weight": 100, "liquidity_window": 5 });
        // |change| over won traded, without the bar that traded nothing: 0.1 / (110 · 10), then four times nothing.
        let bars = [(100, 10), (110, 10), (110, 10), (110, 0), (110, 10), (110, 10), (110, 10)];
        let raw = learned(parameters.clone(), &bars).raw(Price(1), None);
        let illiquidity: f64 = 0.1 / 1_100.0 / 5.0;
        assert!((raw.liquidity.expect("enough bars") + illiquidity.ln()).abs() < 1e-12);
        let still: Vec<_> = std::iter::repeat_n((100, 10), 7).collect();
        assert_eq!(learned(parameters, &still).raw(Price(1), None).liquidity, None, "no change has no logarithm");
    }
}
