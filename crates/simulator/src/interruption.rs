//! When an issue's trading is interrupted (VI), and until when.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Phase, Price, Symbol, VI_AUCTION_SECONDS, ViClass, ViKind, ViSituation};
use serde::{Deserialize, Serialize};

use crate::demo::mix;
use crate::exchange::IssueRules;

/// What decides, beside prices, whether an issue is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViTerms {
    /// Which rates apply.
    pub class: ViClass,
    /// True on the first session of the listing.
    pub first_session: bool,
}

/// A volatility interruption that holds: orders are collected, nothing trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interruption {
    /// What set it off.
    pub kind: ViKind,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When the collected orders are matched at one price.
    pub until: DateTime<Utc>,
}

impl Interruption {
    /// Two minutes, and up to 30 seconds more, so that nobody can aim at the last moment. The exchange draws them; here
    /// issue and time fix them, so that a repeat is the same.
    pub(crate) fn start(kind: ViKind, symbol: Symbol, since: DateTime<Utc>) -> Self {
        const RANDOM_SECONDS: u64 = 30;
        let name = symbol.as_str().bytes().fold(0_u64, |name, byte| name << 8 | u64::from(byte));
        let more = mix(name ^ since.timestamp().unsigned_abs()) % (RANDOM_SECONDS + 1);
        let until = since + TimeDelta::seconds(i64::from(VI_AUCTION_SECONDS) + more.cast_signed());
        Self { kind, since, until }
    }
}

/// The kind of interruption that a trade at `price` sets off in continuous trading, after one at `last` and a call
/// auction at `auction`.
pub(crate) fn set_off(rules: &IssueRules, last: Price, auction: Price, price: Price) -> Option<ViKind> {
    let ViTerms { class, first_session } = rules.interruptions?;
    let situation = ViSituation {
        date: rules.date,
        market: rules.market,
        kind: rules.kind,
        class,
        states: rules.states,
        finds_first_price: first_session,
        expiry_day: false,
        in_vi_auction: false,
        phase: Phase::Continuous,
        last,
        auction,
    };
    situation.triggered_by(price)
}
