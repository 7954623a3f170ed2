//! Ranking: scores of all issues a strategy watches, their ranks, and which of them are to be held.
//!
//! A ranking decides for all issues together, at the first close of a new day, week, month or quarter. Whatever it
//! rests on is in the bars and in what was published by their date, so it decides the same after a restart.

mod calendar;
mod parameters;
mod scores;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use exodus_domain::{Fundamentals, Price, Reason, Symbol};

use self::calendar::Calendar;
pub use self::calendar::Rebalance;
pub(crate) use self::parameters::{HOLD_COUNT, REBALANCE};
use self::scores::Scored;
pub(crate) use self::scores::{Factor, FactorWeights};
use crate::strategies::Rule;
use crate::strategies::factor::RawFactors;

/// An issue as a rebalance sees it: one with a bar at the close that is decided on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) symbol: Symbol,
    /// What was learned of it, the bar of this close included.
    pub(crate) rule: &'a Rule,
    /// Price at this close.
    pub(crate) close: Price,
    /// What was published of it by the date of the bar.
    pub(crate) facts: Option<&'a Fundamentals>,
}

/// Where an issue stands among the others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// 1 for the best; `None` if it cannot be ranked, or must not be held.
    pub(crate) rank: Option<u32>,
    /// True if it is to be held.
    pub(crate) is_chosen: bool,
    /// Issues that are ranked.
    ranked: u32,
    score: Option<f64>,
    /// What the score is made of.
    parts: Vec<(&'static str, f64)>,
}

/// What a rebalance does with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// It is bought.
    Enter,
    /// It is held and brought to its target.
    Adjust,
    /// All of it is sold.
    Leave,
}

/// What issues are ranked by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scoring {
    /// Change over the look-back, as it is or in units of its volatility.
    Momentum { lookback: u32, skip: u32, minimum_return: f64, is_scaled: bool },
    /// Weighted sum of standardised factors.
    Factors(FactorWeights),
}

/// The ranking of one strategy at work.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    scoring: Scoring,
    hold_count: u32,
    /// Most issues of one sector, where that is known.
    sector_limit: u32,
    calendar: Calendar,
}

impl Ranking {
    /// `sector_cap` is the largest part of the places that issues of one sector may take; it lets one in at least.
    pub(crate) fn new(scoring: Scoring, hold_count: u32, rebalance: Rebalance, sector_cap: f64) -> Self {
        let sector_limit = (f64::from(hold_count) * sector_cap).floor().max(1.0) as u32;
        Self { scoring, hold_count, sector_limit, calendar: Calendar::new(rebalance) }
    }

    /// Issues that are held at most.
    pub(crate) fn hold_count(&self) -> u32 {
        self.hold_count
    }

    /// Notes the start of a closed bar of any issue.
    pub(crate) fn saw(&mut self, start: DateTime<Utc>) {
        self.calendar.saw(start);
    }

    /// Whether the close of bars that start at `start` is one to decide at. A strategy that is new, because it never
    /// ordered anything, need not wait for the calendar.
    pub(crate) fn is_due(&self, start: DateTime<Utc>, is_new: bool) -> bool {
        is_new || self.calendar.begins_with(start)
    }

    /// Where the members stand, in their order, which does not matter otherwise: equal scores are ranked by symbol.
    ///
    /// `held_elsewhere` is the number of issues held that have no bar at this close: they keep their places.
    pub(crate) fn standings(&self, members: &[Member<'_>], held_elsewhere: usize) -> Vec<Standing> {
        let mut by_symbol: Vec<usize> = (0..members.len()).collect();
        by_symbol.sort_by_key(|member| members[*member].symbol);
        let ordered: Vec<Member<'_>> = by_symbol.iter().map(|member| members[*member]).collect();
        let mut scored = match &self.scoring {
            Scoring::Momentum { minimum_return, is_scaled, .. } => {
                ordered.iter().map(|member| momentum(member, *minimum_return, *is_scaled)).collect()
            }
            Scoring::Factors(weights) => factors(&ordered, weights),
        };

        let mut ranking: Vec<usize> = (0..scored.len()).filter(|member| scored[*member].score.is_some()).collect();
        // The sort is stable, so equal scores stay in the order of their symbols.
        ranking.sort_by(|one, other| {
            scored[*other].score.unwrap_or_default().total_cmp(&scored[*one].score.unwrap_or_default())
        });
        let mut free = usize::try_from(self.hold_count).unwrap_or(usize::MAX).saturating_sub(held_elsewhere);
        let mut of_sector: HashMap<&str, u32> = HashMap::new();
        let ranked = u32::try_from(ranking.len()).unwrap_or(u32::MAX);
        for (rank, member) in (1..).zip(ranking) {
            scored[member].rank = Some(rank);
            let sector = ordered[member].facts.and_then(|facts| facts.sector.as_deref());
            let has_room = match sector.map(|sector| of_sector.entry(sector).or_default()) {
                Some(taken) if free > 0 && *taken < self.sector_limit => {
                    *taken += 1;
                    true
                }
                Some(_) => false,
                None => free > 0,
            };
            free -= usize::from(has_room);
            scored[member].is_chosen = has_room;
        }
        let mut standings: Vec<(usize, Standing)> = by_symbol.into_iter().zip(scored).collect();
        standings.sort_by_key(|(member, _)| *member);
        standings.into_iter().map(|(_, standing)| Standing { ranked, ..standing }).collect()
    }

    /// Confidence, 0 to 1, and reason of what is done: the higher an issue ranks, the surer it is to be held.
    pub(crate) fn explain(&self, standing: &Standing, step: Move) -> (f64, Reason) {
        let code = match (step, standing.rank) {
            (Move::Enter, _) => "rank_entered",
            (Move::Adjust, _) => "rank_reweighted",
            (Move::Leave, Some(_)) => "rank_left",
            (Move::Leave, None) => "rank_excluded",
        };
        let mut values: BTreeMap<String, f64> =
            standing.parts.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let mut tell = |name: &str, value: f64| {
            values.insert(name.to_owned(), value);
        };
        tell("members", standing.ranked.into());
        tell("hold_count", self.hold_count.into());
        if let Some((rank, score)) = standing.rank.zip(standing.score) {
            tell("rank", rank.into());
            tell("score", score);
        }
        if let Scoring::Momentum { lookback, skip, minimum_return, .. } = self.scoring {
            tell("lookback", lookback.into());
            tell("skip", skip.into());
            if standing.rank.is_none() {
                tell("threshold", minimum_return);
            }
        }
        let place = standing.rank.map_or(1.0, |rank| f64::from(rank) / f64::from(standing.ranked.max(1)));
        let confidence = match step {
            Move::Enter | Move::Adjust => 1.0 - place + 1.0 / f64::from(standing.ranked.max(1)),
            Move::Leave => place,
        };
        (confidence.clamp(0.0, 1.0), Reason { code: code.to_owned(), values, conditions: Vec::new() })
    }
}

/// An issue before it is ranked.
fn unranked(score: Option<f64>, parts: Vec<(&'static str, f64)>) -> Standing {
    // Zero has one sign here, or equal scores would not be equal.
    let score = score.filter(|score| score.is_finite()).map(|score| score + 0.0);
    Standing { rank: None, is_chosen: false, ranked: 0, score, parts }
}

fn momentum(member: &Member<'_>, minimum_return: f64, is_scaled: bool) -> Standing {
    let Rule::RankedMomentum(rule) = member.rule else { return unranked(None, Vec::new()) };
    let Some(trail) = rule.trail() else { return unranked(None, Vec::new()) };
    let mut parts = vec![("momentum", trail.change)];
    let score = if is_scaled {
        parts.push(("volatility", trail.volatility));
        trail.change / trail.volatility
    } else {
        trail.change
    };
    unranked(Some(score).filter(|_| trail.change >= minimum_return), parts)
}

fn factors(members: &[Member<'_>], weights: &FactorWeights) -> Vec<Standing> {
    let raw = |member: &Member<'_>| match member.rule {
        Rule::Factor(rule) => rule.raw(member.close, member.facts),
        _ => RawFactors::default(),
    };
    let raw: Vec<RawFactors> = members.iter().map(raw).collect();
    let scores = scores::of_factors(&raw, weights);
    scores.into_iter().map(|Scored { score, parts }| unranked(score, parts)).collect()
}

#[cfg(test)]
mod tests;
