//! The feeds of the product and their ids.

use exodus_domain::Venue;

/// Registrations that one session may hold, of all feeds together (§4).
pub const MAX_REGISTRATIONS: usize = 41;

/// A feed of the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// Orders and fills of a customer, in the real environment.
    Notices,
    /// Orders and fills of a customer, in the mock environment.
    MockNotices,
    /// Trades.
    Trades(Venue),
    /// Order books.
    Books(Venue),
    /// States of issues and phases of the market.
    Operations(Venue),
    /// Prices that an auction would make.
    Expected(Venue),
}

impl Feed {
    /// Every feed that is known.
    pub const ALL: &'static [Self] = &[
        Self::Notices,
        Self::MockNotices,
        Self::Trades(Venue::Krx),
        Self::Trades(Venue::Nxt),
        Self::Trades(Venue::Merged),
        Self::Books(Venue::Krx),
        Self::Books(Venue::Nxt),
        Self::Books(Venue::Merged),
        Self::Operations(Venue::Krx),
        Self::Operations(Venue::Nxt),
        Self::Operations(Venue::Merged),
        Self::Expected(Venue::Krx),
        Self::Expected(Venue::Nxt),
        Self::Expected(Venue::Merged),
    ];

    /// The broker's id.
    pub const fn tr_id(self) -> &'static str {
        match self {
            Self::Notices => "H0STCNI0",
            Self::MockNotices => "H0STCNI9",
            Self::Trades(Venue::Krx) => "H0STCNT0",
            Self::Trades(Venue::Nxt) => "H0NXCNT0",
            Self::Trades(Venue::Merged) => "H0UNCNT0",
            Self::Books(Venue::Krx) => "H0STASP0",
            Self::Books(Venue::Nxt) => "H0NXASP0",
            Self::Books(Venue::Merged) => "H0UNASP0",
            Self::Operations(Venue::Krx) => "H0STMKO0",
            Self::Operations(Venue::Nxt) => "H0NXMKO0",
            Self::Operations(Venue::Merged) => "H0UNMKO0",
            Self::Expected(Venue::Krx) => "H0STANC0",
            Self::Expected(Venue::Nxt) => "H0NXANC0",
            Self::Expected(Venue::Merged) => "H0UNANC0",
        }
    }

    /// The feed of an id.
    pub fn find(tr_id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feed| feed.tr_id() == tr_id)
    }

    /// True if the mock environment serves it (§1.3).
    pub const fn is_in_mock(self) -> bool {
        matches!(self, Self::MockNotices | Self::Trades(Venue::Krx) | Self::Books(Venue::Krx))
    }

    /// True if the real environment serves it.
    pub const fn is_in_real(self) -> bool {
        !matches!(self, Self::MockNotices)
    }

    /// True if its frames are encrypted.
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Notices | Self::MockNotices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_one_feed_each() {
        for feed in Feed::ALL {
            assert_eq!(Feed::find(feed.tr_id()), Some(*feed));
        }
        assert_eq!(Feed::find("H0STPGM0"), None);
        let in_mock: Vec<_> = Feed::ALL.iter().filter(|feed| feed.is_in_mock()).map(|feed| feed.tr_id()).collect();
        assert_eq!(in_mock, ["H0STCNI9", "H0STCNT0", "H0STASP0"], "§1.3");
    }
}
