//! What a fault does to a call and its answer. The faults decide, before the call is handled; the REST server acts.

use chrono::TimeDelta;

use crate::environment::Environment;
use crate::faults::AnswerGarbage;

/// What a fault may choose a call by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallFacts<'a> {
    /// The environment that was asked.
    pub(crate) environment: Environment,
    /// Path of the call.
    pub(crate) path: &'a str,
    /// TR id as sent.
    pub(crate) tr_id: &'a str,
    /// `CANO` of the app key.
    pub(crate) account: Option<&'a str>,
    /// An order, an amendment, a cancellation or a reservation.
    pub(crate) moves_money: bool,
}

/// What happens to one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CallFaults {
    /// Instead of handling the call.
    pub(crate) before: Option<Before>,
    /// The order is made two times; the client is told one of them.
    pub(crate) twice: bool,
    /// Lists and balances answer as they were that long ago.
    pub(crate) list_lag: Option<TimeDelta>,
    /// What is wrong with the page of a list.
    pub(crate) page: Option<PageFault>,
    /// What becomes of the answer, after the world changed.
    pub(crate) answer: Option<AnswerFault>,
}

impl CallFaults {
    /// In words for the log; empty without a fault.
    pub(crate) fn told(&self) -> String {
        let told = [
            self.before.as_ref().map(|fault| format!("Before{fault:?}")),
            self.twice.then(|| "Twice".to_owned()),
            self.list_lag.map(|by| format!("ListLag({}s)", by.num_seconds())),
            self.page.map(|fault| format!("{fault:?}")),
            self.answer.map(|fault| format!("{fault:?}")),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// An answer without handling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// EGW00201.
    RateError,
    /// EGW00215.
    LedgerRateError,
    /// Every token of the key is forgotten, so that this call is answered EGW00121.
    TokenRevoked,
    /// Every token of the key is over, so that this call is answered EGW00123.
    TokenExpired,
    /// HTTP 500 EGW00001.
    ServerError,
    /// The connection ends, and nothing is done.
    Lost,
}

/// A page that a careful client must not take for the end of the list, nor read for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFault {
    /// SYDB0050 instead of the page.
    ChangedMeanwhile,
    /// More is promised, but the key to it is blank.
    EmptyKey,
    /// More is promised, and the key leads to the same page again.
    Repeat,
    /// An HTTP error instead of the page.
    ServerError,
    /// The page behind it comes instead.
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

/// What becomes of an answer on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnswerFault {
    /// The connection ends without a byte.
    Lost,
    /// The answer waits that long, by the clock of the emulator.
    Late(TimeDelta),
    /// HTTP 500 EGW00302, although the call was carried out.
    ServerError,
    /// The answer is written two times.
    Doubled,
    /// The connection ends after that many bytes of the answer.
    Cut(usize),
    /// The answer drips, so many bytes a second of real time.
    Slow(u32),
    /// The answer to another request.
    OfAnother,
    /// Something else than the answer, with HTTP 200.
    Garbage(AnswerGarbage),
}
