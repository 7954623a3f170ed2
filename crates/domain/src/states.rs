//! What can be said of an issue on a day: warnings, trading by single auctions only, halts, the way out.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

text_enum! {
    /// A state of an issue (KRX KOSPI market business regulations and listing rules; krx-market §9).
    IssueState {
        /// 관리종목: under administration for a listing defect.
        Administrative = "administrative",
        /// 투자주의환기종목: a KOSDAQ issue that may come under administration, or whose management is in doubt; not one of
        /// the three warnings.
        InvestmentPrecaution = "investment_precaution",
        /// 투자주의: the first of three warnings.
        InvestmentCaution = "investment_caution",
        /// 투자경고: the second warning.
        InvestmentAlert = "investment_alert",
        /// 투자위험: the third warning.
        InvestmentRisk = "investment_risk",
        /// 단기과열: matched by call auctions every 30 minutes for some days.
        Overheated = "overheated",
        /// 저유동성: matched by call auctions every 30 minutes.
        LowLiquidity = "low_liquidity",
        /// 우선주 단일가: a preferred share of fewer than 500,000 shares, matched the same way.
        ThinPreferred = "thin_preferred",
        /// 거래정지: new orders are void.
        Halted = "halted",
        /// 정리매매: the last seven trading days before delisting, without a price limit.
        Liquidation = "liquidation",
        /// 상장폐지: no longer traded.
        Delisted = "delisted",
    }
}

/// The states an issue is in at the same time; in JSON a list of words.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct IssueStates(u16);

impl IssueStates {
    /// True if the issue is in this state.
    pub fn contains(self, state: IssueState) -> bool {
        self.0 & Self::bit(state) != 0
    }

    /// These states, and `state`.
    #[must_use]
    pub fn with(self, state: IssueState) -> Self {
        Self(self.0 | Self::bit(state))
    }

    /// The states without `state`.
    #[must_use]
    pub fn without(self, state: IssueState) -> Self {
        Self(self.0 & !Self::bit(state))
    }

    /// True for an issue of which nothing is said.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The states in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = IssueState> {
        IssueState::ALL.iter().copied().filter(move |state| self.contains(*state))
    }

    /// False if new orders are void: for halted and for delisted issues (KOSPI Business Regulation §26). Cancels of halted
    /// ones are taken.
    pub fn accepts_orders(self) -> bool {
        !self.contains(IssueState::Halted) && !self.contains(IssueState::Delisted)
    }

    /// Minutes between the call auctions of an issue that is matched by nothing else in the regular session (KOSPI
    /// Enforcement Rules §56 to §56-4); `None` for one traded continuously. An issue under 투자위험 (§135) is so only on
    /// request of the oversight body, which no state of ours tells.
    pub fn auction_minutes(self) -> Option<u32> {
        let states =
            [IssueState::Overheated, IssueState::LowLiquidity, IssueState::ThinPreferred, IssueState::Liquidation];
        states.into_iter().any(|state| self.contains(state)).then_some(30)
    }

    fn bit(state: IssueState) -> u16 {
        1 << (state as u16)
    }
}

impl FromIterator<IssueState> for IssueStates {
    fn from_iter<I: IntoIterator<Item = IssueState>>(states: I) -> Self {
        states.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Debug for IssueStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for IssueStates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for IssueStates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<IssueState>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_a_set_and_a_list_of_words_in_json() {
        let states: IssueStates =
            [IssueState::Halted, IssueState::Administrative, IssueState::Halted].into_iter().collect();
        assert_eq!(states.iter().collect::<Vec<_>>(), [IssueState::Administrative, IssueState::Halted]);
        assert!(!states.contains(IssueState::Delisted) && !states.is_empty());
        let json = serde_json::to_string(&states).expect("JSON");
        assert_eq!(json, r#"["administrative","halted"]"#);
        assert_eq!(serde_json::from_str::<IssueStates>(&json).ok(), Some(states));
        assert!(states.without(IssueState::Halted).without(IssueState::Administrative).is_empty());
    }

    #[test]
    fn a_state_says_how_an_issue_is_matched() {
        let of = |state| IssueStates::default().with(state);
        let by_auctions: Vec<IssueState> =
            IssueState::ALL.iter().copied().filter(|state| of(*state).auction_minutes() == Some(30)).collect();
        assert_eq!(
            by_auctions,
            [IssueState::Overheated, IssueState::LowLiquidity, IssueState::ThinPreferred, IssueState::Liquidation]
        );
        let closed: Vec<IssueState> =
            IssueState::ALL.iter().copied().filter(|state| !of(*state).accepts_orders()).collect();
        assert_eq!(closed, [IssueState::Halted, IssueState::Delisted]);
    }

    #[test]
    fn every_state_has_a_bit_of_its_own() {
        let all: IssueStates = IssueState::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), IssueState::ALL.len());
    }
}
