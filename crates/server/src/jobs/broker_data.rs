//! The jobs that bring what the broker publishes for everybody: symbol masters, levels of indices, and which days are
//! sessions. Each is an import like those of files, and is shown with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use exodus_domain::{Interval, Market, is_session, kst_date};
use exodus_kis::KisError;
use exodus_kis::wire::master::file_name;
use exodus_store::accounts::AccountEnv;
use exodus_store::import::{ImportError, ImportReport, QuarantinedRow};
use exodus_store::imports::{self, ImportKind, ImportSource, NewImport};
use exodus_store::indices::{self, IndexClose, MarketIndex};
use exodus_store::jobs::{self, JobContext, JobError, JobKind, NewJob};
use exodus_store::symbols::{self, SkipReason, SymbolFile};
use exodus_store::{Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bootstrap::Platform;
use crate::kis::{BrokerReads, NotAsked, problem};
use crate::market::cache;

/// How the queue treats what a broker is asked for.
pub(crate) const KIND: JobKind = JobKind {
    name: "broker_data",
    max_attempts: 3,
    timeout: Duration::from_secs(600),
    backoff: Duration::from_secs(20),
};

/// How far back the levels of an index are asked for when there are none.
const INDEX_DEPTH: Days = Days::new(2 * 366);

/// Why a day that the broker told is set aside.
const DIFFERS: &str = "calendar_differs";

/// Something that the broker is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Master(Market),
    Indices,
    Sessions,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    import_id: i64,
    part: Part,
}

impl Part {
    /// What an account of `env` can be told.
    fn all(env: AccountEnv) -> Vec<Self> {
        let mut parts: Vec<Self> = [Market::Kospi, Market::Kosdaq, Market::Konex].map(Self::Master).to_vec();
        parts.push(Self::Indices);
        if env == AccountEnv::Live {
            parts.push(Self::Sessions);
        }
        parts
    }

    /// As it is recorded.
    fn as_import(self) -> NewImport {
        let (kind, name) = match self {
            Self::Master(market) => (ImportKind::Symbols, file_name(market)),
            Self::Indices => (ImportKind::Indices, "inquire-daily-indexchartprice"),
            Self::Sessions => (ImportKind::Sessions, "chk-holiday"),
        };
        NewImport {
            user_id: None,
            source: ImportSource::Broker,
            kind,
            file_name: name.to_owned(),
            interval: Interval::Day1,
            adjusted: false,
            strict: false,
        }
    }
}

/// Queues everything that an account of `env` can be told; false if that is under way already.
pub(crate) async fn enqueue(tx: &Tx, env: AccountEnv, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let parts = Part::all(env);
    let asked: Vec<NewImport> = parts.iter().map(|part| part.as_import()).collect();
    let Some(recorded) = imports::ask_broker(tx, &asked, now).await? else { return Ok(false) };
    for (part, import) in parts.into_iter().zip(recorded) {
        let payload = json!(Payload { import_id: import.id, part });
        let (job_id, _) = jobs::enqueue(tx, &KIND, &NewJob { payload, ..NewJob::default() }, now).await?;
        imports::set_job(tx, import.id, job_id).await?;
    }
    Ok(true)
}

/// What did not go as it should.
enum Failure {
    /// The broker did not give it.
    Broker(KisError),
    /// It gave something that is not what it should be.
    Import(ImportError),
    Store(StoreError),
}

impl From<KisError> for Failure {
    fn from(error: KisError) -> Self {
        Self::Broker(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Asks the broker for what `payload` names, and takes it in.
pub(super) async fn run(ctx: &JobContext, payload: Value, platform: &Platform) -> Result<(), JobError> {
    let Payload { import_id, part } =
        serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))?;
    let Some(account) = platform.kis.account_for_all().await? else {
        return Err(JobError::Failed("no account at the broker is connected any more".to_owned()));
    };
    let broker = match platform.kis.reads(&account).await {
        Ok(broker) => broker,
        Err(NotAsked::Kis(error)) => return Err(keep(ctx.store(), import_id, &error).await?),
        Err(NotAsked::Keys(error)) => return Err(JobError::Failed(error.to_string())),
    };
    let asked = ctx.stopped();
    let work = bring(part, broker.as_ref(), platform);
    let outcome = asked.run_until_cancelled(work).await.ok_or(JobError::Stopped)?;
    let (store, now) = (ctx.store(), platform.clock.now());
    match outcome {
        Ok(report) => {
            let tx = store.begin().await?;
            imports::finish_done(&tx, import_id, &report, now).await?;
            tx.commit().await?;
            cache::forget(platform.kv.as_ref()).await;
            Ok(platform.kis.learn_etns().await?)
        }
        Err(Failure::Store(error)) => Err(error.into()),
        Err(Failure::Broker(error)) => Err(keep(store, import_id, &error).await?),
        Err(Failure::Import(error)) => {
            // That a broker's file is unreadable is the broker's doing, and may be mended an hour later.
            Err(keep(store, import_id, &KisError::Incomplete(error.to_string())).await?)
        }
    }
}

/// Keeps why the broker gave nothing, in words for people.
async fn keep(store: &Store, import_id: i64, error: &KisError) -> Result<JobError, StoreError> {
    let problem = problem(error);
    let will_pass = problem.code.is_passing();
    imports::set_problem(store, import_id, json!(problem)).await?;
    let sentence = error.to_string();
    Ok(if will_pass { JobError::Retry(sentence) } else { JobError::Failed(sentence) })
}

async fn bring(part: Part, broker: &dyn BrokerReads, platform: &Platform) -> Result<ImportReport, Failure> {
    match part {
        Part::Master(market) => master(market, broker, platform).await,
        Part::Indices => levels(broker, platform).await,
        Part::Sessions => sessions(broker, kst_date(platform.clock.now())).await,
    }
}

/// A symbol master. One that is not whole leaves the issues as they are.
async fn master(market: Market, broker: &dyn BrokerReads, platform: &Platform) -> Result<ImportReport, Failure> {
    let bytes = broker.master(market).await?;
    // An emulator lists what it was given, which need not be of every market.
    if bytes.is_empty() && !broker.is_broker() {
        return Ok(ImportReport::default());
    }
    let path = platform.uploads().join(format!("{}.mst", hex::encode(rand::random::<[u8; 12]>())));
    let file = SymbolFile { path, file_name: file_name(market).to_owned(), strict: false };
    let imported = write_and_import(&bytes, &file, platform).await;
    remove(&file.path).await;
    let report = imported.map(|mut report| {
        // Thousands in each file, every day, and no mistake of anybody's.
        report.skipped.retain(|skipped| skipped.reason != SkipReason::Right);
        ImportReport::from(report)
    });
    report.map_err(|error| match error {
        ImportError::Store(error) => Failure::Store(error),
        error => Failure::Import(error),
    })
}

async fn write_and_import(
    bytes: &[u8],
    file: &SymbolFile,
    platform: &Platform,
) -> Result<symbols::SymbolReport, ImportError> {
    tokio::fs::write(&file.path, bytes).await?;
    symbols::import(&platform.store, file, platform.clock.now()).await
}

async fn remove(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await {
        let path: PathBuf = path.to_owned();
        tracing::warn!(%error, path = %path.display(), "a fetched file stays behind");
    }
}

/// The closing levels of the indices up to yesterday, from the last that is stored.
async fn levels(broker: &dyn BrokerReads, platform: &Platform) -> Result<ImportReport, Failure> {
    let today = kst_date(platform.clock.now());
    let mut report = ImportReport::default();
    for (index, code) in [(MarketIndex::Kospi, "0001"), (MarketIndex::Kosdaq, "1001"), (MarketIndex::Kospi200, "2001")]
    {
        let stored = indices::coverage(&platform.store, index).await?;
        let from = stored.map_or(today - INDEX_DEPTH, |(_, last)| last);
        let told = broker.index_levels(code, from, today - Days::new(1)).await?;
        let closes: Vec<IndexClose> = told.into_iter().map(|(date, close)| IndexClose { date, close }).collect();
        let tx = platform.store.begin().await?;
        let stored = indices::put(&tx, index, &closes).await?;
        tx.commit().await?;
        report.rows_read += closes.len() as u64;
        report.rows_added += stored.added;
        report.rows_changed += stored.changed;
        report.rows_unchanged += stored.unchanged;
        report.symbols += 1;
    }
    Ok(report)
}

/// Holds the days that the broker tells against our calendar. A calendar is never changed while it is in use: what differs
/// is set aside for an operator to look at, who amends the market rules if the broker is right.
async fn sessions(broker: &dyn BrokerReads, today: NaiveDate) -> Result<ImportReport, Failure> {
    let told = broker.sessions(today).await?;
    let report = compared(&told);
    for row in &report.quarantined {
        tracing::error!(day = row.time, said = row.cells, "the broker's calendar differs from ours");
    }
    Ok(report)
}

fn compared(told: &[(NaiveDate, bool)]) -> ImportReport {
    let mut report = ImportReport { rows_read: told.len() as u64, ..ImportReport::default() };
    for (row, &(day, is_open)) in (1..).zip(told) {
        if is_open == is_session(day) {
            report.rows_unchanged += 1;
            continue;
        }
        *report.reasons.entry(DIFFERS.to_owned()).or_default() += 1;
        let word = |is_open| if is_open { "session" } else { "no session" };
        report.quarantined.push(QuarantinedRow {
            row,
            symbol: String::new(),
            time: day.to_string(),
            field: "opnd_yn".to_owned(),
            reason: DIFFERS.to_owned(),
            cells: format!("KIS: {}; Exodus: {}", word(is_open), word(!is_open)),
        });
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_differ_from_the_calendar_are_set_aside() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
        // The first is a Thursday, the third a Saturday and a holiday.
        let report = compared(&[(day(1), true), (day(3), true), (day(6), false), (day(7), true)]);
        assert_eq!((report.rows_read, report.rows_unchanged), (4, 2));
        assert_eq!(report.reasons, [(DIFFERS.to_owned(), 2)].into());
        let told: Vec<(&str, &str)> =
            report.quarantined.iter().map(|row| (row.time.as_str(), row.cells.as_str())).collect();
        let expected =
            [("2026-10-03", "KIS: session; Exodus: no session"), ("2026-10-06", "KIS: no session; Exodus: session")];
        assert_eq!(told, expected);
    }
}
