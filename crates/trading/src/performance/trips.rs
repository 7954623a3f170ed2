//! What closed round trips have in common.

use exodus_domain::Won;

use super::figures::figures;
use super::round_trips::RoundTrip;
use super::statistics::{mean, mean_over_deviation, quantile, ratio};

const SECONDS_PER_DAY: f64 = 86_400.0;

figures! {
    /// Figures over closed round trips, gains net of all costs. A round trip lasts from the first share bought of an
    /// issue until none is left.
    pub struct TripFigures in "trips" {
        /// Round trips that were closed.
        pub closed: u64,
        /// Round trips still open, which no other figure counts.
        pub open: u64,
        /// Closed with a gain, of all closed.
        pub win_rate: Option<f64>,
        /// Won gained by winners over won lost by losers. Undefined without a loser.
        pub profit_factor: Option<f64>,
        /// Mean won of winners over mean won of losers. Undefined without a loser or without a winner.
        pub payoff_ratio: Option<f64>,
        /// Mean gain, rounded to the won.
        pub expectancy: Option<Won>,
        /// Mean of the gain over what was paid for the shares, costs not in the base.
        pub expectancy_return: Option<f64>,
        /// System quality number: √n times mean over sample deviation (n − 1) of the gains in won, n not capped (Tharp 2008,
        /// with the won gained in place of multiples of a planned risk, which no order states).
        pub system_quality_number: Option<f64>,
        /// Mean gain of winners, rounded to the won.
        pub average_win: Option<Won>,
        /// Mean loss of losers, rounded to the won: negative.
        pub average_loss: Option<Won>,
        /// Largest gain.
        pub largest_win: Option<Won>,
        /// Largest loss: negative.
        pub largest_loss: Option<Won>,
        /// Most winners in a row, in the order of closing.
        pub longest_winning_streak: u64,
        /// Most losers in a row, in the order of closing.
        pub longest_losing_streak: u64,
        /// Mean calendar days from the first buy to the last sell.
        pub average_holding_days: Option<f64>,
        /// Median calendar days from the first buy to the last sell.
        pub median_holding_days: Option<f64>,
        /// Most calendar days from the first buy to the last sell.
        pub longest_holding_days: Option<f64>,
        /// Mean maximum adverse excursion over what was paid for the shares: zero or negative (Sweeney 1997). Over the
        /// round trips whose bars are known.
        pub average_mae: Option<f64>,
        /// Mean maximum favourable excursion over what was paid for the shares: zero or positive (Sweeney 1997). Over the
        /// round trips whose bars are known.
        pub average_mfe: Option<f64>,
        /// Deepest maximum adverse excursion over what was paid for the shares.
        pub worst_mae: Option<f64>,
    }
}

impl TripFigures {
    pub(super) fn of(trips: &[RoundTrip]) -> Self {
        let closed: Vec<&RoundTrip> = trips.iter().filter(|trip| trip.closed_at.is_some()).collect();
        let gains: Vec<Won> = closed.iter().map(|trip| trip.pnl).collect();
        let amounts: Vec<f64> = gains.iter().map(|gain| gain.0 as f64).collect();
        let (wins, losses) = (chosen(&gains, is_win), chosen(&gains, is_loss));
        let (won, lost) = (as_ratio(wins.iter().copied().sum()), -as_ratio(losses.iter().copied().sum()));
        let mut days: Vec<f64> = closed.iter().filter_map(|trip| holding_days(trip)).collect();
        days.sort_by(f64::total_cmp);
        let adverse: Vec<f64> = closed.iter().filter_map(|trip| trip.over_cost(trip.mae?)).collect();
        let favourable: Vec<f64> = closed.iter().filter_map(|trip| trip.over_cost(trip.mfe?)).collect();
        let returns: Vec<f64> = closed.iter().filter_map(|trip| trip.return_on_cost()).collect();
        Self {
            closed: closed.len() as u64,
            open: (trips.len() - closed.len()) as u64,
            win_rate: ratio(wins.len() as f64, gains.len() as f64),
            profit_factor: ratio(won, lost),
            payoff_ratio: ratio(won / wins.len() as f64, lost / losses.len() as f64),
            expectancy: mean_won(&gains),
            expectancy_return: mean(&returns),
            system_quality_number: mean_over_deviation(&amounts).map(|ratio| ratio * (amounts.len() as f64).sqrt()),
            average_win: mean_won(&wins),
            average_loss: mean_won(&losses),
            largest_win: wins.iter().copied().max(),
            largest_loss: losses.iter().copied().min(),
            longest_winning_streak: longest_streak(&gains, is_win),
            longest_losing_streak: longest_streak(&gains, is_loss),
            average_holding_days: mean(&days),
            median_holding_days: quantile(&days, 0.5),
            longest_holding_days: days.last().copied(),
            average_mae: mean(&adverse),
            average_mfe: mean(&favourable),
            worst_mae: adverse.into_iter().reduce(f64::min),
        }
    }
}

fn is_win(gain: Won) -> bool {
    gain > Won::ZERO
}

fn is_loss(gain: Won) -> bool {
    gain < Won::ZERO
}

fn chosen(gains: &[Won], wanted: fn(Won) -> bool) -> Vec<Won> {
    gains.iter().copied().filter(|gain| wanted(*gain)).collect()
}

/// An amount on its way into a ratio.
fn as_ratio(amount: Won) -> f64 {
    amount.0 as f64
}

/// The mean to the nearest won, away from zero where two are as near; `None` of nothing.
fn mean_won(amounts: &[Won]) -> Option<Won> {
    let sum: i128 = amounts.iter().map(|amount| i128::from(amount.0)).sum();
    let count = amounts.len() as i128;
    let mean = (2 * sum + sum.signum() * count).checked_div(2 * count)?;
    i64::try_from(mean).ok().map(Won)
}

fn longest_streak(gains: &[Won], wanted: fn(Won) -> bool) -> u64 {
    let runs = gains.chunk_by(|left, right| wanted(*left) == wanted(*right)).filter(|run| wanted(run[0]));
    runs.map(|run| run.len() as u64).max().unwrap_or(0)
}

fn holding_days(trip: &RoundTrip) -> Option<f64> {
    Some((trip.closed_at? - trip.opened_at).as_seconds_f64() / SECONDS_PER_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_won_is_the_nearest_won() {
        assert_eq!(mean_won(&[Won(1), Won(2)]), Some(Won(2)));
        assert_eq!(mean_won(&[Won(-1), Won(-2)]), Some(Won(-2)));
        assert_eq!(mean_won(&[Won(1), Won(1), Won(2)]), Some(Won(1)));
        assert_eq!(mean_won(&[Won(i64::MAX), Won(i64::MAX)]), Some(Won(i64::MAX)));
        assert_eq!(mean_won(&[]), None);
    }
}
