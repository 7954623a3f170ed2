//! What can be registered, and what a frame of it needs to know.

use exodus_domain::{TradingVenue, Venue};
use exodus_kis::wire::stream::Feed;

use crate::environment::Environment;
use crate::world::IndexCode;

/// Feed of index trades.
const INDEX_TRADES: &str = "H0UPCNT0";
/// Feed of notices of overseas orders, in the real and in the mock environment.
const OVERSEAS_NOTICES: [&str; 2] = ["H0GSCNI0", "H0GSCNI9"];

/// A kind of feed that this emulator serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Channel {
    /// Of an issue, or of a customer.
    Feed(Feed),
    /// Of an index.
    Index,
    /// Notices of overseas orders. Nobody can send one here, so it stays silent; clients register it beside the other.
    OverseasNotices(Environment),
}

impl Channel {
    /// The channel of an id, if the environment has it (§1.3).
    pub(super) fn find(tr_id: &str, environment: Environment) -> Option<Self> {
        if tr_id == INDEX_TRADES {
            return (environment == Environment::Real).then_some(Self::Index);
        }
        if tr_id == OVERSEAS_NOTICES[usize::from(environment == Environment::Mock)] {
            return Some(Self::OverseasNotices(environment));
        }
        let is_served = |feed: &Feed| match environment {
            Environment::Real => feed.is_in_real(),
            Environment::Mock => feed.is_in_mock(),
        };
        Feed::find(tr_id).filter(is_served).map(Self::Feed)
    }

    pub(super) fn tr_id(self) -> &'static str {
        match self {
            Self::Feed(feed) => feed.tr_id(),
            Self::Index => INDEX_TRADES,
            Self::OverseasNotices(environment) => OVERSEAS_NOTICES[usize::from(environment == Environment::Mock)],
        }
    }

    pub(super) fn is_sealed(self) -> bool {
        match self {
            Self::Feed(feed) => feed.is_sealed(),
            Self::Index => false,
            Self::OverseasNotices(_) => true,
        }
    }

    /// The feed of notices of an environment.
    pub(super) fn notices(environment: Environment) -> Self {
        Self::Feed(match environment {
            Environment::Real => Feed::Notices,
            Environment::Mock => Feed::MockNotices,
        })
    }
}

/// The index that a sector code names.
pub(super) fn index_of(key: &str) -> Option<IndexCode> {
    match key {
        "0001" => Some(IndexCode::Kospi),
        "1001" => Some(IndexCode::Kosdaq),
        "2001" => Some(IndexCode::Kospi200),
        _ => None,
    }
}

/// Whether something on `venue` belongs into a feed of `of`.
pub(super) fn covers(of: Venue, venue: TradingVenue) -> bool {
    match of {
        Venue::Merged => true,
        Venue::Krx => venue == TradingVenue::Krx,
        Venue::Nxt => venue == TradingVenue::Nxt,
    }
}
