//! Importing files of fundamentals.
//!
//! A file is CSV with a header and the columns `symbol` and `known_on`, and at least one of `bps`, `eps`,
//! `listed_shares` and `sector`. An empty cell tells nothing, so that what was told before stays known.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::PathBuf;

use ::csv::ByteRecord;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{AvgPrice, Bar, Fundamentals, Qty, Symbol, kst_date};

use super::columns::{place, required};
use super::csv::{Wrong, check_len, fault, field, open, symbol, whole, wrong_text};
use super::rows::{Quarantine, Reject, RowReason, shown};
use super::time::plain_date;
use super::{Fault, ImportError, ImportReport};
use crate::db::Store;
use crate::fundamentals;

/// No share of KRX has ever been worth, or has earned, as much, in 1/10,000 won.
const MAX_PER_SHARE: i64 = 1_000_000_000 * AvgPrice::SCALE;
/// More shares than any company has.
const MAX_SHARES: i64 = 1_000_000_000_000;
/// Characters of the name of an industry.
const MAX_SECTOR: usize = 100;

/// A file to import.
#[derive(Clone, Debug)]
pub struct FundamentalsFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name as the user knows it.
    pub file_name: String,
    /// True if one row that cannot be right refuses the file; all such rows are told then.
    pub strict: bool,
}

/// Imports a file of fundamentals.
///
/// # Errors
/// [`ImportError`]; nothing of the file is stored then.
pub async fn run_fundamentals(
    store: &Store,
    file: &FundamentalsFile,
    now: DateTime<Utc>,
) -> Result<ImportReport, ImportError> {
    let owned = file.clone();
    let reading = tokio::task::spawn_blocking(move || read(&owned, kst_date(now)));
    let Rows { read, told, quarantine } =
        reading.await.map_err(std::io::Error::other)?.map_err(|fault| fault.of_file(&file.file_name))?;
    let report = quarantine.into_report(&file.file_name, read, file.strict)?;
    let dates = || told.iter().map(|told| Bar::day_start(told.known_on));
    let tx = store.begin().await?;
    let stored = fundamentals::put(&tx, &told, &file.file_name, now).await?;
    tx.commit().await?;
    Ok(ImportReport {
        rows_added: stored.added,
        rows_changed: stored.changed,
        rows_unchanged: stored.unchanged,
        symbols: told.iter().map(|told| told.symbol).collect::<BTreeSet<_>>().len() as u64,
        first: dates().min(),
        last: dates().max(),
        ..report
    })
}

/// What a file holds.
struct Rows {
    read: u64,
    told: Vec<Fundamentals>,
    quarantine: Quarantine,
}

/// Where a file has its columns.
struct Places {
    symbol: usize,
    known_on: usize,
    bps: Option<usize>,
    eps: Option<usize>,
    listed_shares: Option<usize>,
    sector: Option<usize>,
}

impl Places {
    fn find(names: &[String]) -> Result<Self, Fault> {
        let places = Self {
            symbol: required(names, &["symbol"])?,
            known_on: required(names, &["known_on"])?,
            bps: place(names, &["bps"]),
            eps: place(names, &["eps"]),
            listed_shares: place(names, &["listed_shares"]),
            sector: place(names, &["sector"]),
        };
        if places.told().next().is_none() {
            let found = names.join(", ");
            let sentence = format!("one of the columns bps, eps, listed_shares and sector is needed: found {found}");
            return Err(Fault::Format(sentence));
        }
        Ok(places)
    }

    /// The columns that tell something.
    fn told(&self) -> impl Iterator<Item = usize> {
        [self.bps, self.eps, self.listed_shares, self.sector].into_iter().flatten()
    }
}

fn read(file: &FundamentalsFile, today: NaiveDate) -> Result<Rows, Fault> {
    let (mut reader, names) = open(File::open(&file.path)?)?;
    let places = Places::find(&names)?;
    let mut rows = Rows { read: 0, told: Vec::new(), quarantine: Quarantine::default() };
    let mut seen: HashMap<(Symbol, NaiveDate), u64> = HashMap::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| fault(&error))? {
        rows.read += 1;
        let row = rows.read;
        let told = parse(&record, names.len(), &places, today).and_then(|told| {
            match seen.insert((told.symbol, told.known_on), row) {
                None => Ok(told),
                Some(twin) => {
                    let sentence = format!("the same symbol and date as row {twin}: tell all of a date in one row");
                    Err(("known_on", RowReason::Duplicate, Some(sentence)))
                }
            }
        });
        match told {
            Ok(told) => rows.told.push(told),
            Err(wrong) => {
                let reject = reject(row, wrong, &record, &places);
                rows.quarantine.add(reject.reason, || reject);
            }
        }
    }
    if rows.read == 0 {
        return Err(Fault::Format("the file has no rows".to_owned()));
    }
    Ok(rows)
}

fn parse(record: &ByteRecord, fields: usize, places: &Places, today: NaiveDate) -> Result<Fundamentals, Wrong> {
    check_len(record, fields)?;
    let text = field(record, places.known_on);
    let known_on = plain_date(text).ok_or_else(|| wrong_text("known_on", RowReason::BadDate, text))?;
    if known_on > today {
        let sentence = "lies in the future: give the day on which it was published";
        return Err(("known_on", RowReason::Future, Some(sentence.to_owned())));
    }
    let told = Fundamentals {
        symbol: symbol(field(record, places.symbol))?,
        known_on,
        bps: per_share(record, places.bps, "bps")?,
        eps: per_share(record, places.eps, "eps")?,
        listed_shares: shares(record, places.listed_shares)?,
        sector: sector(record, places.sector)?,
    };
    if places.told().all(|place| field(record, place).is_empty()) {
        let sentence = "the row tells nothing: give one of bps, eps, listed_shares and sector";
        return Err(("symbol", RowReason::Unreadable, Some(sentence.to_owned())));
    }
    Ok(told)
}

/// Won per share, perhaps negative, with at most four decimal places.
fn per_share(record: &ByteRecord, place: Option<usize>, name: &'static str) -> Result<Option<AvgPrice>, Wrong> {
    let Some(text) = told(record, place) else { return Ok(None) };
    let won: Option<AvgPrice> = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    let Some(won) = won else {
        let sentence =
            format!("\"{}\" is no number of won: write digits, with at most four after a point", shown(text));
        return Err((name, RowReason::Unreadable, Some(sentence)));
    };
    if !(-MAX_PER_SHARE..=MAX_PER_SHARE).contains(&won.0) {
        let sentence = format!("\"{}\" is more than a billion won a share", shown(text));
        return Err((name, RowReason::TooLarge, Some(sentence)));
    }
    Ok(Some(won))
}

/// Shares, one at least.
fn shares(record: &ByteRecord, place: Option<usize>) -> Result<Option<Qty>, Wrong> {
    const NAME: &str = "listed_shares";
    let Some((place, text)) = place.zip(told(record, place)) else { return Ok(None) };
    let refuse = |reason, sentence: &str| Err((NAME, reason, Some(format!("\"{}\" {sentence}", shown(text)))));
    match whole(record, place, NAME)? {
        ..0 => refuse(RowReason::Negative, "is negative"),
        0 => refuse(RowReason::Unreadable, "is no number of shares: leave the cell empty where it is not known"),
        count @ 1..=MAX_SHARES => Ok(Some(Qty(count))),
        _ => refuse(RowReason::TooLarge, "is more shares than any company has"),
    }
}

/// The name of an industry.
fn sector(record: &ByteRecord, place: Option<usize>) -> Result<Option<String>, Wrong> {
    let Some(text) = told(record, place) else { return Ok(None) };
    let name = std::str::from_utf8(text).ok().filter(|name| !name.chars().any(char::is_control));
    match name {
        Some(name) if name.chars().count() <= MAX_SECTOR => Ok(Some(name.to_owned())),
        Some(_) => {
            let sentence = format!("the name is longer than {MAX_SECTOR} characters");
            Err(("sector", RowReason::TooLarge, Some(sentence)))
        }
        None => Err(("sector", RowReason::Unreadable, Some("the name is no text in UTF-8".to_owned()))),
    }
}

/// A cell that is not empty.
fn told(record: &ByteRecord, place: Option<usize>) -> Option<&[u8]> {
    Some(field(record, place?)).filter(|text| !text.is_empty())
}

fn reject(row: u64, (column, reason, detail): Wrong, record: &ByteRecord, places: &Places) -> Reject {
    let cell = |place: usize| shown(field(record, place));
    let cells: Vec<String> = places.told().map(cell).collect();
    Reject {
        row,
        field: column,
        reason,
        detail,
        symbol: cell(places.symbol),
        time: cell(places.known_on),
        cells: cells.join(","),
    }
}
