//! What a world is made of.

use std::path::PathBuf;

use exodus_domain::{CommissionTerms, Won};
use serde::{Deserialize, Serialize};

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Fixes everything that is drawn: the demo market, random ends of auctions, the depth of books.
    pub seed: u64,
    /// Where prices come from.
    pub market: MarketSource,
    /// Folder that keeps the state over restarts; `None` to forget it.
    pub state: Option<PathBuf>,
}

/// Where prices come from.
#[derive(Clone, Debug)]
pub enum MarketSource {
    /// The fictional issues of the demo market.
    Demo,
    /// Imported bars: CSV files with `symbol,time,open,high,low,close,volume` and, if wanted, `market,kind,name`. A bar
    /// at midnight in Korea is a daily one and history only; every other is a minute, and the market follows it.
    Bars(Vec<PathBuf>),
    /// A scripted tape: a CSV file with `time,symbol,price,quantity` and, if wanted, `bid,ask`, with bars as history.
    Tape {
        /// The tape.
        tape: PathBuf,
        /// Bars, as above.
        bars: Vec<PathBuf>,
    },
}

/// An account at the emulated broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountTerms {
    /// Ten digits: account and product.
    pub number: String,
    /// Name of its owner.
    pub holder: String,
    /// HTS id of its owner.
    pub hts_id: String,
    /// Branch that numbers its orders, five digits.
    pub branch: String,
    /// Cash at the beginning.
    pub cash: Won,
    /// Commission.
    pub commission: CommissionTerms,
}

/// A world cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A line of a file is not what it should be.
    #[error("{path}, line {line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1; zero for the file as a whole.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// The market has no issue.
    #[error("the files hold no issue: give bars or a tape with at least one line")]
    EmptyMarket,
    /// The state was kept for another market.
    #[error("the state in {0} belongs to another market or seed: start with those again, or with an empty folder")]
    OtherMarket(PathBuf),
    /// The state is younger than the clock.
    #[error("the state in {0} is younger than the time to start at: start later, or with an empty folder")]
    FromTheFuture(PathBuf),
    /// The calendar does not reach the time to start at.
    #[error("the calendar knows no session around the time to start at")]
    NoSession,
}
