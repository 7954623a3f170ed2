//! The script of faults: what goes wrong, and when.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::environment::Environment;

/// Faults in the order in which they are asked. Written as TOML or JSON:
///
/// ```toml
/// [[faults]]
/// when = { call = "order-cash", nth = 2 }
/// what = { kind = "answer_late", seconds = 20 }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultScript {
    /// The faults.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls or frames it is about. Default: all that the fault can act on.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub what: What,
}

/// Which calls or frames a fault acts on. Everything that is given must hold. With neither `nth` nor `probability` it
/// acts every time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Only in this environment.
    #[serde(rename = "env", skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// A REST call by its TR id or the end of its path: `TTTC0012U`, `order-cash`, `tokenP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// A feed of the socket by its TR id: `H0STCNT0`, `PINGPONG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// Only for the app key of this account: its eight digits (CANO).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Only the n-th call or frame that matches, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
    /// With this probability, drawn from the seed for each call or frame that matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// From this time of each day, KST, `"09:00:00"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveTime>,
    /// Before this time of each day, KST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveTime>,
}

/// What goes wrong. Times are by the emulator's clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// The call is carried out; its answer never comes and the connection ends.
    AnswerLost,
    /// The call is carried out; its answer waits.
    AnswerLate {
        /// How long.
        seconds: u32,
    },
    /// The connection is refused, before anything of a request was read. Calls cannot choose it: nobody knows yet what
    /// would be asked.
    ConnectionRefused,
    /// The request arrives, nothing is done, and the connection ends without an answer.
    RequestLost,
    /// The answer is written two times on one connection.
    AnswerDoubled,
    /// The call is carried out and answered with what another one was answered before: its own answer if it is the first.
    AnswerOfAnother,
    /// The call is carried out and answered with something that is none, HTTP 200.
    AnswerGarbage {
        /// With what.
        garbage: AnswerGarbage,
    },
    /// The answer ends in the middle.
    AnswerCut {
        /// Bytes that still come.
        bytes: u32,
    },
    /// HTTP 500 EGW00302 although the call was carried out.
    ServerErrorWithOrder,
    /// HTTP 500 EGW00001, and nothing was done.
    ServerErrorWithoutOrder,
    /// Lists and balances tell what was so long ago.
    ListLag {
        /// How long.
        seconds: u32,
    },
    /// A page of a list goes wrong.
    PageFault {
        /// How.
        page: PageTrouble,
    },
    /// Every token of the key is forgotten just before the call.
    TokenRevoked,
    /// Every token of the key is over just before the call.
    TokenExpired,
    /// The call is refused for too many calls a second, though there were not; an issue of a token by EGW00133.
    RateError {
        /// EGW00215 of the ledger rather than EGW00201 of the gateway.
        #[serde(default)]
        ledger: bool,
    },
    /// The order is made two times; one number is told.
    BrokerDoubles,
    /// A notice never comes.
    NoticeLost,
    /// A notice comes several times.
    NoticeRepeated {
        /// How often in all.
        times: u32,
    },
    /// A notice comes after the one behind it.
    NoticeReordered,
    /// A notice comes later than it should.
    NoticeLate {
        /// How much.
        seconds: u32,
    },
    /// A notice is spoiled.
    NoticeGarbage {
        /// How.
        garbage: Garbage,
    },
    /// The socket stays open and says nothing.
    SocketMute {
        /// How long.
        seconds: u32,
    },
    /// The socket ends without a closing frame.
    SocketDrop,
    /// After its connection broke off, the session still counts as living, so that a new one hears OPSP8996 (§7.10).
    StaleSession {
        /// How long; about a minute is seen.
        seconds: u32,
    },
    /// An answer, or all that a socket says, drips.
    SlowRead {
        /// Bytes in a second of real time.
        bytes_per_second: u32,
    },
}

/// How a page of a list goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageTrouble {
    /// SYDB0050: the data changed meanwhile.
    Changed,
    /// More is promised, but the key to it is blank.
    EmptyKey,
    /// More is promised, and the key leads to the same page again.
    Repeat,
    /// HTTP 500 instead of the page.
    ServerError,
    /// The page behind it comes instead, so that its rows are missing.
    Lost,
    /// Its rows come the other way round.
    Reordered,
    /// It begins with the last row of the page before, as if a row had come in above.
    Inserted,
    /// Each row comes two times.
    Doubled,
    /// Nothing is in it, and nothing behind it.
    Empty,
}

/// What comes instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerGarbage {
    /// A page of HTML.
    Html,
    /// The first half of the answer, and no word of the rest.
    CutJson,
    /// Every text of the answer is a list that holds it.
    WrongTypes,
    /// The answer with 100 MiB of blanks in front.
    Huge,
}

/// How a notice is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garbage {
    /// Encrypted with a key that nobody was told.
    WrongKey,
    /// The last block is cut off, so that the padding does not fit.
    BadPadding,
    /// Not base64 at all.
    NotBase64,
    /// More fields than documented, as after a silent widening; still readable.
    MoreFields,
    /// Fewer fields than any known width.
    FewerFields,
    /// It names another account of the same customer (§7.8).
    OtherAccount,
    /// Well formed, and tells that all of the order was filled, which is not so.
    Forged,
}

/// Why a script is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// Not TOML of this shape.
    #[error("the fault script cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A fault that could never act, or is contradictory.
    #[error("fault {number}: {reason}")]
    Senseless {
        /// Number in the script, from 1.
        number: usize,
        /// What to change.
        reason: &'static str,
    },
}

impl FaultScript {
    /// Reads TOML.
    pub fn parse(text: &str) -> Result<Self, FaultError> {
        let script: Self = toml::from_str(text)?;
        script.check()?;
        Ok(script)
    }

    /// Refuses a fault that could never act.
    pub fn check(&self) -> Result<(), FaultError> {
        for (index, fault) in self.faults.iter().enumerate() {
            if let Some(reason) = fault.senseless() {
                return Err(FaultError::Senseless { number: index + 1, reason });
            }
        }
        Ok(())
    }
}

impl Fault {
    fn senseless(&self) -> Option<&'static str> {
        let When { call, feed, nth, probability, from, to, .. } = &self.when;
        if call.is_some() && !self.what.is_of_calls() {
            return Some("it acts on the socket; name a feed, or neither");
        }
        if feed.is_some() && !self.what.is_of_frames() {
            return Some("it acts on REST calls; name a call, or neither");
        }
        if call.is_some() && feed.is_some() {
            return Some("name a call or a feed, not both");
        }
        if *nth == Some(0) {
            return Some("nth counts from 1");
        }
        if nth.is_some() && probability.is_some() {
            return Some("give nth or probability, not both");
        }
        if probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Some("a probability lies between 0 and 1");
        }
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            return Some("from must lie before to");
        }
        match self.what {
            What::NoticeRepeated { times: 0 } => Some("a notice that comes 0 times is notice_lost"),
            What::ConnectionRefused if call.is_some() || self.when.account.is_some() => {
                Some("a connection names neither call nor account; choose by env, nth, probability or time")
            }
            What::SlowRead { bytes_per_second: 0 } => {
                Some("at 0 bytes a second nothing comes; use answer_lost or socket_mute")
            }
            _ => None,
        }
    }
}

impl What {
    /// Acts on REST calls.
    pub(super) fn is_of_calls(&self) -> bool {
        *self != Self::ConnectionRefused && !self.is_of_sockets() || matches!(self, Self::SlowRead { .. })
    }

    /// Acts on frames of the socket.
    pub(super) fn is_of_frames(&self) -> bool {
        self.is_of_sockets()
    }

    /// Acts on notices alone.
    pub(super) fn is_of_notices(&self) -> bool {
        matches!(
            self,
            Self::NoticeLost
                | Self::NoticeRepeated { .. }
                | Self::NoticeReordered
                | Self::NoticeLate { .. }
                | Self::NoticeGarbage { .. }
        )
    }

    fn is_of_sockets(&self) -> bool {
        self.is_of_notices()
            || matches!(
                self,
                Self::SocketMute { .. } | Self::SocketDrop | Self::StaleSession { .. } | Self::SlowRead { .. }
            )
    }
}
