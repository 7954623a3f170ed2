//! Scores of factors: each standardised over the members, cut at three deviations, weighted and summed.

use exodus_domain::text_enum;

use crate::strategies::factor::RawFactors;

/// Distance from the mean, in standard deviations, beyond which a value counts no more.
const WINSORISED_AT: f64 = 3.0;

text_enum! {
    /// What issues can be ranked by.
    Factor {
        /// Book value and earnings over price.
        Value = "value",
        /// Small market capitalisation.
        Size = "size",
        /// Returns that scatter little.
        LowVolatility = "low_volatility",
        /// Rise over the past months.
        Momentum = "momentum",
        /// Little price impact of trades.
        Liquidity = "liquidity",
    }
}

/// Weights by factor, in the order of [`Factor::ALL`], as ratios from −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FactorWeights(pub(crate) [f64; Factor::ALL.len()]);

impl FactorWeights {
    /// The weight of one factor.
    pub(crate) fn of(&self, factor: Factor) -> f64 {
        self.0[factor as usize]
    }

    /// True if the factor counts.
    pub(crate) fn has(&self, factor: Factor) -> bool {
        self.of(factor) != 0.0
    }
}

/// The score of a member; `None` if it cannot be ranked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scored {
    pub(super) score: Option<f64>,
    /// What it is made of.
    pub(super) parts: Vec<(&'static str, f64)>,
}

/// For each member the score and the standardised factors that have a weight.
///
/// A member without a factor of prices that has a weight, as its history is too short, has no score. Without
/// fundamentals its value and its size are those of the average: 0. Value is the mean of what is known of book over price
/// and of earnings over price.
pub(super) fn of_factors(members: &[RawFactors], weights: &FactorWeights) -> Vec<Scored> {
    let column = |of: fn(&RawFactors) -> Option<f64>| standardised(&members.iter().map(of).collect::<Vec<_>>());
    let books = column(|raw| raw.book_to_price);
    let earnings = column(|raw| raw.earnings_to_price);
    let value = books.iter().zip(&earnings).map(|(book, earnings)| match (book, earnings) {
        (Some(book), Some(earnings)) => Some((book + earnings) / 2.0),
        (one, other) => one.or(*other),
    });
    let columns = [
        value.collect(),
        column(|raw| raw.size),
        column(|raw| raw.low_volatility),
        column(|raw| raw.momentum),
        column(|raw| raw.liquidity),
    ];
    let score = |member: usize| {
        let mut score = Some(0.0);
        let mut parts = Vec::new();
        for (factor, column) in Factor::ALL.iter().zip(&columns).filter(|(factor, _)| weights.has(**factor)) {
            let is_published = matches!(factor, Factor::Value | Factor::Size);
            let standing: Option<f64> = column[member].or(is_published.then_some(0.0));
            parts.extend(standing.map(|standing| (factor.as_str(), standing)));
            score = score.zip(standing).map(|(score, standing)| score + weights.of(*factor) * standing);
        }
        Scored { score, parts }
    };
    (0..members.len()).map(score).collect()
}

/// Distances to the mean of the values there are, in standard deviations (of a sample), cut at three of them; 0 where all
/// are equal.
fn standardised(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let count = known.len() as f64;
    let mean = known.iter().sum::<f64>() / count;
    let squares = known.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    let deviation = (squares / (count - 1.0)).sqrt();
    let distance = |value: f64| {
        // Equal values may differ from their mean by its rounding.
        let is_flat = deviation.is_nan() || deviation <= f64::EPSILON * mean.abs();
        if is_flat { 0.0 } else { ((value - mean) / deviation).clamp(-WINSORISED_AT, WINSORISED_AT) }
    };
    values.iter().map(|value| value.map(distance)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_told_in_deviations_from_their_mean() {
        // 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, deviation √(14/3) = 2.1602.
        let deviation = (14.0_f64 / 3.0).sqrt();
        let standing = standardised(&[Some(1.0), None, Some(2.0), Some(3.0), Some(6.0)]);
        let expected = [Some(-2.0 / deviation), None, Some(-1.0 / deviation), Some(0.0), Some(3.0 / deviation)];
        assert_eq!(standing, expected);
    }

    #[test]
    fn an_outlier_is_cut_and_equal_values_stand_at_the_mean() {
        let mut values = vec![Some(0.0); 20];
        values.push(Some(1e9));
        // Of 21 values one outlier stands at 20 / √21 = 4.36 deviations.
        assert_eq!(standardised(&values).last(), Some(&Some(3.0)));
        assert_eq!(standardised(&[Some(0.1), Some(0.1), Some(0.1)]), [Some(0.0); 3]);
        assert_eq!(standardised(&[Some(5.0), None]), [Some(0.0), None], "one alone is the average");
        assert_eq!(standardised(&[None, None]), [None, None]);
    }

    fn weights(value: f64, size: f64, low_volatility: f64) -> FactorWeights {
        FactorWeights([value, size, low_volatility, 0.0, 0.0])
    }

    #[test]
    fn a_score_is_the_weighted_sum() {
        let raw = |book: f64, volatility: f64| RawFactors {
            book_to_price: Some(book),
            low_volatility: Some(volatility),
            ..RawFactors::default()
        };
        // Two members stand at ∓1/√2 each.
        let scores = of_factors(&[raw(1.0, 8.0), raw(3.0, 4.0)], &weights(1.0, 0.0, -0.5));
        let at = 0.5_f64.sqrt();
        let Scored { score, parts } = &scores[0];
        assert!((score.expect("a score") - (-at - 0.5 * at)).abs() < 1e-12);
        let names: Vec<_> = parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["value", "low_volatility"]);
        assert!((parts[0].1 + at).abs() < 1e-12 && (parts[1].1 - at).abs() < 1e-12);
        assert!((scores[1].score.expect("a score") - (at + 0.5 * at)).abs() < 1e-12);
    }

    #[test]
    fn value_is_the_mean_of_what_is_known_of_books_and_earnings() {
        let raw = |book: Option<f64>, earnings: Option<f64>| RawFactors {
            book_to_price: book,
            earnings_to_price: earnings,
            ..RawFactors::default()
        };
        let members = [raw(Some(1.0), Some(3.0)), raw(Some(3.0), None), raw(None, Some(1.0)), raw(None, None)];
        let scores: Vec<f64> =
            of_factors(&members, &weights(1.0, 0.0, 0.0)).into_iter().map(|one| one.score.expect("one")).collect();
        let at = 0.5_f64.sqrt();
        let expected = [0.0, at, -at, 0.0];
        assert!(scores.iter().zip(expected).all(|(score, expected)| (score - expected).abs() < 1e-12), "{scores:?}");
    }

    #[test]
    fn a_short_history_has_no_score_and_missing_books_are_average() {
        let known = RawFactors { size: Some(-1.0), low_volatility: Some(-0.1), ..RawFactors::default() };
        let unpublished = RawFactors { low_volatility: Some(-0.1), ..RawFactors::default() };
        let young = RawFactors { size: Some(-2.0), ..RawFactors::default() };
        let scores = of_factors(&[known, unpublished, young], &weights(0.0, 1.0, 1.0));
        assert_eq!((scores[1].score, scores[2].score), (Some(0.0), None));
        assert_eq!(scores[1].parts, [("size", 0.0), ("low_volatility", 0.0)]);
    }

    proptest! {
        /// Neither the unit of a factor nor where it is counted from matters.
        #[test]
        fn a_standing_has_no_unit(values in prop::collection::vec(-1e3f64..1e3, 3..40), unit in 1e-3f64..1e3, zero in -1e3f64..1e3) {
            let one = standardised(&values.iter().map(|value| Some(*value)).collect::<Vec<_>>());
            let other = standardised(&values.iter().map(|value| Some(value * unit + zero)).collect::<Vec<_>>());
            for (one, other) in one.into_iter().flatten().zip(other.into_iter().flatten()) {
                prop_assert!((one - other).abs() < 1e-5 && one.abs() <= 3.0, "{one} {other}");
            }
        }
    }
}
