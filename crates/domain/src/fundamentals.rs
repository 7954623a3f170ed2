//! What is known of the books of an issue, and from which date on: the least that value and size can be judged by.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{ActionKind, AvgPrice, CorporateAction, Qty, Symbol};

/// What somebody told of an issue on a date. What is `None` was not told, and stays as it was told before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fundamentals {
    /// Issue.
    pub symbol: Symbol,
    /// First date on whose close it may be used: the day of publication (접수일), not the day the books are of.
    pub known_on: NaiveDate,
    /// Book value per share (BPS); negative where debts are larger than what is owned.
    pub bps: Option<AvgPrice>,
    /// Earnings per share of the last twelve months (EPS); negative for a loss.
    pub eps: Option<AvgPrice>,
    /// Shares listed (상장주식수).
    pub listed_shares: Option<Qty>,
    /// Name of the industry (업종).
    pub sector: Option<String>,
}

/// Something after which an issue's figures are others.
#[derive(Clone, Copy)]
enum Change<'a> {
    Action(&'a CorporateAction),
    Told(&'a Fundamentals),
}

impl Fundamentals {
    /// Everything known of an issue at each date on which something changed, oldest first: what was told, in any order,
    /// carried forward and restated for the corporate actions of the issue. An action comes before what is told on its
    /// ex-date, which is taken to count the new shares.
    ///
    /// With `until` the figures are those of the shares there are on that date, to be held against prices that are
    /// adjusted as of it; without, of the shares there were, to be held against the prices of the day.
    pub fn history(told: &[Self], actions: &[CorporateAction], until: Option<NaiveDate>) -> Vec<Self> {
        let actions_first = |change: &Change<'_>| match change {
            Change::Action(action) => (action.ex_date, 0),
            Change::Told(told) => (told.known_on, 1),
        };
        let mut changes: Vec<Change<'_>> =
            actions.iter().map(Change::Action).chain(told.iter().map(Change::Told)).collect();
        changes.sort_by_key(actions_first);
        let mut history: Vec<Self> = Vec::with_capacity(changes.len());
        for change in changes {
            let state = match (change, history.last()) {
                (Change::Told(told), None) => told.clone(),
                (Change::Told(told), Some(known)) => told.after(known),
                (Change::Action(action), Some(known)) => {
                    Self { known_on: action.ex_date, ..known.clone().restated(action) }
                }
                (Change::Action(_), None) => continue,
            };
            match history.last_mut() {
                Some(last) if last.known_on == state.known_on => *last = state,
                _ => history.push(state),
            }
        }
        if let Some(until) = until {
            let is_later =
                |state: &Self, action: &&CorporateAction| state.known_on < action.ex_date && action.ex_date <= until;
            let restated = |state: Self| {
                let later: Vec<_> = actions.iter().filter(|action| is_later(&state, action)).collect();
                later.into_iter().fold(state, Self::restated)
            };
            history = history.into_iter().map(restated).collect();
        }
        history
    }

    /// What is known with this beside what was known before.
    fn after(&self, known: &Self) -> Self {
        Self {
            symbol: self.symbol,
            known_on: self.known_on,
            bps: self.bps.or(known.bps),
            eps: self.eps.or(known.eps),
            listed_shares: self.listed_shares.or(known.listed_shares),
            sector: self.sector.as_ref().or(known.sector.as_ref()).cloned(),
        }
    }

    /// What a [history](Self::history) knows on a date; `None` before its beginning.
    pub fn on(history: &[Self], date: NaiveDate) -> Option<&Self> {
        history.partition_point(|state| state.known_on <= date).checked_sub(1).map(|last| &history[last])
    }

    /// The same per share and in shares as there are after an action. Money paid out changes neither.
    fn restated(self, action: &CorporateAction) -> Self {
        if action.kind == ActionKind::Distribution {
            return self;
        }
        let (numerator, denominator) = (i128::from(action.factor.numerator()), i128::from(action.factor.denominator()));
        let per_share = |won: AvgPrice| {
            let doubled = 2 * i128::from(won.0) * numerator + denominator;
            AvgPrice(i64::try_from(doubled.div_euclid(2 * denominator)).unwrap_or(i64::MAX))
        };
        Self {
            bps: self.bps.map(per_share),
            eps: self.eps.map(per_share),
            listed_shares: self.listed_shares.map(|shares| action.restated_quantity(shares)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PriceFactor;
    use crate::time::ymd;
    use proptest::prelude::*;

    fn told(month: u32, bps: Option<i64>, shares: Option<i64>, sector: Option<&str>) -> Fundamentals {
        Fundamentals {
            symbol: "005930".parse().expect("a code"),
            known_on: ymd(2024, month, 1),
            bps: bps.map(|won| AvgPrice(won * AvgPrice::SCALE)),
            eps: None,
            listed_shares: shares.map(Qty),
            sector: sector.map(str::to_owned),
        }
    }

    fn split(month: u32, kind: ActionKind) -> CorporateAction {
        let factor = PriceFactor::new(1, 5).expect("a factor");
        CorporateAction { symbol: "005930".parse().expect("a code"), ex_date: ymd(2024, month, 1), kind, factor }
    }

    /// Month, book value in won, shares, sector.
    type Row<'a> = (u32, Option<i64>, Option<i64>, Option<&'a str>);

    fn shown(history: &[Fundamentals]) -> Vec<Row<'_>> {
        use chrono::Datelike;
        let won = |bps: AvgPrice| bps.0 / AvgPrice::SCALE;
        let row = |state| {
            let Fundamentals { known_on, bps, listed_shares, sector, .. }: &Fundamentals = state;
            (known_on.month(), bps.map(won), listed_shares.map(|shares| shares.0), sector.as_deref())
        };
        history.iter().map(row).collect()
    }

    #[test]
    fn what_is_not_told_again_stays_known() {
        let told = [told(5, Some(500), None, None), told(3, Some(400), Some(10), Some("반도체"))];
        let history = Fundamentals::history(&told, &[], None);
        let expected = [(3, Some(400), Some(10), Some("반도체")), (5, Some(500), Some(10), Some("반도체"))];
        assert_eq!(shown(&history), expected);
    }

    #[test]
    fn nothing_is_known_before_it_was_told() {
        let history = Fundamentals::history(&[told(3, Some(400), None, None)], &[], None);
        assert_eq!(Fundamentals::on(&history, ymd(2024, 2, 29)), None);
        assert_eq!(Fundamentals::on(&history, ymd(2024, 3, 1)), Some(&history[0]));
        assert_eq!(Fundamentals::on(&history, ymd(2030, 1, 1)), Some(&history[0]));
    }

    #[test]
    fn a_split_restates_what_was_told_before_it_and_not_what_is_told_on_its_date() {
        let told = [told(3, Some(400), Some(10), None), told(6, Some(90), None, None)];
        let rows: [(u32, &[_]); 3] = [
            (2, &[(3, Some(400), Some(10), None), (6, Some(90), Some(10), None)]),
            (4, &[(3, Some(400), Some(10), None), (4, Some(80), Some(50), None), (6, Some(90), Some(50), None)]),
            (6, &[(3, Some(400), Some(10), None), (6, Some(90), Some(50), None)]),
        ];
        for (month, expected) in rows {
            let history = Fundamentals::history(&told, &[split(month, ActionKind::Split)], None);
            assert_eq!(shown(&history), expected, "split in month {month}");
        }
        let paid = Fundamentals::history(&told[..1], &[split(4, ActionKind::Distribution)], None);
        assert_eq!(shown(&paid).last(), Some(&(4, Some(400), Some(10), None)));
    }

    #[test]
    fn adjusted_prices_are_met_by_figures_of_the_shares_of_their_date() {
        let told = [told(3, Some(400), Some(10), None)];
        let split = [split(4, ActionKind::Split)];
        let after = Fundamentals::history(&told, &split, Some(ymd(2024, 12, 31)));
        assert_eq!(shown(&after), [(3, Some(80), Some(50), None), (4, Some(80), Some(50), None)]);
        let before = Fundamentals::history(&told, &split, Some(ymd(2024, 3, 31)));
        assert_eq!(shown(&before)[0], (3, Some(400), Some(10), None));
    }

    proptest! {
        /// What is told later changes no answer about an earlier date.
        #[test]
        fn no_later_fact_is_known_earlier(months in prop::collection::vec(1u32..12, 1..8), cut in 1u32..12) {
            let all: Vec<_> = months.iter().map(|month| told(*month, Some((*month).into()), None, None)).collect();
            let early: Vec<_> = all.iter().filter(|told| told.known_on <= ymd(2024, cut, 1)).cloned().collect();
            let actions = [split(6, ActionKind::Split)];
            let known = |told: &[_]| {
                let early: Vec<_> = actions.iter().filter(|action| action.ex_date <= ymd(2024, cut, 1)).copied().collect();
                Fundamentals::on(&Fundamentals::history(told, &early, None), ymd(2024, cut, 1)).cloned()
            };
            let full = Fundamentals::on(&Fundamentals::history(&all, &actions, None), ymd(2024, cut, 1)).cloned();
            prop_assert_eq!(known(&early), full);
        }
    }
}
