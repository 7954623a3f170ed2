//! What one file tells of an issue, and how it is joined with what is known.

use chrono::NaiveDate;
use exodus_domain::{InstrumentKind, Isin, IssueState, IssueStates, Market};

use super::{Fault, SkipReason};
use crate::instruments::{Issue, ListingStatus, SecurityKind, TaxClass};

/// What a file tells of an issue; `None` where it tells nothing.
pub(super) struct Told {
    pub(super) code: String,
    pub(super) isin: Isin,
    pub(super) name_ko: String,
    pub(super) name_en: Option<String>,
    pub(super) market: Market,
    pub(super) kind: Option<SecurityKind>,
    pub(super) security_group: Option<String>,
    pub(super) share_kind: Option<String>,
    pub(super) section: Option<String>,
    pub(super) listed_on: Option<NaiveDate>,
    pub(super) delisted_on: Option<NaiveDate>,
    pub(super) status: ListingStatus,
    pub(super) par_value: Option<i64>,
    pub(super) listed_shares: Option<Shares>,
    pub(super) tax_class: Option<TaxClass>,
    pub(super) states: StateNews,
}

/// Listed shares, as exactly as a file has them.
#[derive(Clone, Copy)]
pub(super) enum Shares {
    Exactly(i64),
    Thousands(i64),
}

/// The states a file speaks of, and those of them that hold.
#[derive(Default)]
pub(super) struct StateNews {
    spoken_of: IssueStates,
    held: IssueStates,
}

impl StateNews {
    /// The file tells whether the issue is in a state.
    pub(super) fn tell(&mut self, state: IssueState, holds: bool) {
        self.spoken_of = self.spoken_of.with(state);
        if holds {
            self.held = self.held.with(state);
        }
    }

    /// The states as they were, with what the file tells of them.
    fn applied(&self, before: IssueStates) -> IssueStates {
        self.spoken_of.iter().fold(before, |states, state| {
            if self.held.contains(state) { states.with(state) } else { states.without(state) }
        })
    }
}

/// A code that can be stored: six characters of what is traded, or eight.
pub(super) fn checked_code(text: &str) -> Result<String, Fault> {
    let allowed = text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if allowed && matches!(text.len(), 6 | 8) {
        return Ok(text.to_owned());
    }
    let shown: String = text.chars().take(32).collect();
    let detail = format!("\"{shown}\" is no code: it has six or eight digits or capital letters");
    Err(Fault { column: "symbol", reason: SkipReason::Code, detail })
}

/// An ISIN with the right check digit.
pub(super) fn checked_isin(text: &str) -> Result<Isin, Fault> {
    text.parse().map_err(|error: exodus_domain::IsinError| Fault {
        column: "isin",
        reason: SkipReason::Isin,
        detail: error.to_string(),
    })
}

/// An issue as it is known once a file of `today` has told this of it.
pub(super) fn merged(before: Option<&Issue>, told: Told, today: NaiveDate) -> Issue {
    let known = before.cloned();
    let known = known.as_ref();
    let old_states = known.map(|issue| issue.states).unwrap_or_default();
    let states = told.states.applied(old_states);
    let stays = states == old_states || told.states.spoken_of.is_empty();
    let states_on = known.and_then(|issue| issue.states_on).filter(|_| stays);
    let security_group = told.security_group.or_else(|| known?.security_group.clone());
    let known_kind = known.filter(|issue| !issue.is_assumed).map(|issue| issue.kind);
    let kind = told.kind.or(known_kind).unwrap_or_else(|| kind_by_number(&told.code, told.isin));
    Issue {
        isin: Some(told.isin),
        name_en: told.name_en.or_else(|| known?.name_en.clone()),
        market: told.market,
        kind,
        share_kind: told.share_kind.or_else(|| known?.share_kind.clone()),
        section: told.section.or_else(|| known?.section.clone()),
        listed_on: told.listed_on.or_else(|| known?.listed_on),
        // An issue that is listed again, as a code that was given anew, has not left the market.
        delisted_on: told.delisted_on.or_else(|| known?.delisted_on).filter(|_| told.status == ListingStatus::Delisted),
        status: told.status,
        par_value: told.par_value.or_else(|| known?.par_value),
        listed_shares: shares(told.listed_shares, known.and_then(|issue| issue.listed_shares)),
        tax_class: told.tax_class.or_else(|| known?.tax_class),
        limit_multiple: limit_multiple(kind, security_group.as_deref(), &told.name_ko),
        states_on: states_on.or_else(|| (!told.states.spoken_of.is_empty()).then_some(today)),
        states,
        is_demo: false,
        is_assumed: false,
        security_group,
        name_ko: told.name_ko,
        code: told.code,
    }
}

/// The kind of an issue of which no file says more than its numbers: what is traded has a code of six characters, and
/// the third of a Korean ISIN is `G` for notes, `5` for funds, `A` for rights (KRX standard code rules).
fn kind_by_number(code: &str, isin: Isin) -> SecurityKind {
    match (code.len(), &isin.as_str()[..3]) {
        (6, "KRG") => SecurityKind::Etn,
        (6, _) => SecurityKind::Stock,
        (_, "KR5") => SecurityKind::Fund,
        _ => SecurityKind::Right,
    }
}

/// Thousands never replace an exact number that they agree with.
fn shares(told: Option<Shares>, known: Option<i64>) -> Option<i64> {
    match told {
        Some(Shares::Exactly(shares)) => Some(shares),
        Some(Shares::Thousands(thousands)) => match known {
            Some(known) if known / 1_000 == thousands => Some(known),
            _ => thousands.checked_mul(1_000),
        },
        None => known,
    }
}

/// How many times the price limit applies to an ETF or ETN, in hundredths: told by the group of an ETN, such as
/// `2X 레버리지`, and by the name of an ETF, which says `2X`, or `레버리지` for twice. Of the 373 ETN listed on 2026-08-21
/// group and name agree for each.
fn limit_multiple(kind: SecurityKind, security_group: Option<&str>, name: &str) -> u32 {
    if !matches!(kind.tradable(), Some(InstrumentKind::Etf | InstrumentKind::Etn)) {
        return 100;
    }
    let said = security_group.and_then(times).or_else(|| times(name));
    said.unwrap_or(if name.contains("레버리지") { 200 } else { 100 })
}

/// The number before an `X`, in hundredths: `1.5X` is 150.
fn times(text: &str) -> Option<u32> {
    text.match_indices('X').find_map(|(end, _)| {
        let before = &text[..end];
        let start = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let hundredths = before[start..].parse::<f64>().ok()? * 100.0;
        (1.0..=1_000.0).contains(&hundredths).then(|| hundredths.round() as u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_multiple_is_read_from_group_or_name() {
        let cases = [
            (SecurityKind::Etn, Some("2X 인버스"), "가온 인버스2XWTI원유선물 ETN", 200),
            (SecurityKind::Etn, Some("0.5X 인버스"), "가온 국채 0.5X ETN", 50),
            (SecurityKind::Etn, Some("일반"), "가온 금 선물 ETN(H)", 100),
            (SecurityKind::Etn, None, "가온 3X 레버리지 은 ETN", 300),
            (SecurityKind::Etf, Some("실물(패시브)"), "나루 200선물인버스2X", 200),
            (SecurityKind::Etf, Some("합성(패시브)"), "나루 차이나레버리지(합성)", 200),
            (SecurityKind::Etf, Some("실물(패시브)"), "나루 코스닥150선물인버스", 100),
            (SecurityKind::Etf, Some("실물(패시브)"), "나루 일본TOPIX100", 100),
            (SecurityKind::Stock, None, "2X레버리지제약", 100),
        ];
        for (kind, group, name, multiple) in cases {
            assert_eq!(limit_multiple(kind, group, name), multiple, "{name}");
        }
    }

    #[test]
    fn numbers_tell_the_kind_of_what_left_the_market() {
        for (code, isin, kind) in [
            ("00I900", "KR700I900005", SecurityKind::Stock),
            ("0I9001", "KRG50I900015", SecurityKind::Etn),
            ("900040", "KYG210AT1036", SecurityKind::Stock), // The G of the Cayman Islands means nothing.
            ("U0100001", "KR5U01000017", SecurityKind::Fund),
            ("00I900WR", "KRA00I900WR0", SecurityKind::Right),
        ] {
            assert_eq!(kind_by_number(code, isin.parse().expect("an ISIN")), kind, "{code}");
        }
    }

    #[test]
    fn thousands_of_shares_never_blur_an_exact_number() {
        assert_eq!(shares(Some(Shares::Thousands(5)), Some(5_999)), Some(5_999));
        assert_eq!(shares(Some(Shares::Thousands(6)), Some(5_999)), Some(6_000));
        assert_eq!(shares(Some(Shares::Exactly(6_001)), Some(6_000)), Some(6_001));
        assert_eq!(shares(None, Some(6_000)), Some(6_000));
    }

    #[test]
    fn a_file_changes_only_the_states_it_speaks_of() {
        let mut news = StateNews::default();
        news.tell(IssueState::Halted, true);
        news.tell(IssueState::Administrative, false);
        let before: IssueStates = [IssueState::Administrative, IssueState::ThinPreferred].into_iter().collect();
        let after: IssueStates = [IssueState::Halted, IssueState::ThinPreferred].into_iter().collect();
        assert_eq!(news.applied(before), after);
    }
}
