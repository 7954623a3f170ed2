//! Importing files of index levels.
//!
//! A file is CSV with a header, or Parquet. It needs the columns `symbol` (KOSPI, KOSDAQ or KOSPI200), `date` and
//! `close`, in points; others are not looked at. Levels are kept to the hundredth, as KRX publishes them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::kst_date;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::Field;

use super::columns::{normalised, required};
use super::csv::{Wrong, fault, field, open, wrong_text};
use super::rows::{Quarantine, Reject, RowReason, shown};
use super::time::plain_date;
use super::{Fault, ImportError, ImportReport};
use crate::db::Store;
use crate::indices::{self, IndexClose, MarketIndex, UNITS_PER_POINT};

/// The columns of a file.
const COLUMNS: [&str; 3] = ["symbol", "date", "close"];
/// No index of KRX has ever been near, in points.
const MAX_LEVEL: f64 = 1e7;
/// The base date of the oldest index.
const FIRST_DATE: NaiveDate = NaiveDate::from_ymd_opt(1980, 1, 4).expect("4 January exists in every year");

/// A file to import.
#[derive(Clone, Debug)]
pub struct IndicesFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name as the user knows it.
    pub file_name: String,
    /// True if one row that cannot be right refuses the file; all such rows are told then.
    pub strict: bool,
}

/// Imports a file of index levels.
///
/// # Errors
/// [`ImportError`]; nothing of the file is stored then.
pub async fn run_indices(store: &Store, file: &IndicesFile, now: DateTime<Utc>) -> Result<ImportReport, ImportError> {
    let path = file.path.clone();
    let reading = tokio::task::spawn_blocking(move || Levels::of_file(&path, kst_date(now)));
    let reading = reading.await.map_err(std::io::Error::other)?;
    let Levels { rows_read, closes, quarantine, .. } = reading.map_err(|fault| fault.of_file(&file.file_name))?;
    let dates = || closes.values().flat_map(BTreeMap::keys);
    let instant = |date: &NaiveDate| exodus_domain::Bar::day_start(*date);
    let (first, last) = (dates().min().map(instant), dates().max().map(instant));
    let report = quarantine.into_report(&file.file_name, rows_read, file.strict)?;
    let mut report = ImportReport { symbols: closes.len() as u64, first, last, ..report };
    let tx = store.begin().await?;
    for (index, closes) in closes {
        let closes: Vec<_> = closes.into_iter().map(|(date, close)| IndexClose { date, close }).collect();
        let stored = indices::put(&tx, index, &closes).await?;
        report.rows_added += stored.added;
        report.rows_changed += stored.changed;
        report.rows_unchanged += stored.unchanged;
    }
    tx.commit().await?;
    Ok(report)
}

/// The levels of a file.
pub(super) struct Levels {
    today: NaiveDate,
    pub(super) rows_read: u64,
    pub(super) closes: BTreeMap<MarketIndex, BTreeMap<NaiveDate, i64>>,
    pub(super) quarantine: Quarantine,
}

/// The cells of a row as text, in the order of [`COLUMNS`].
type Cells<'a> = [&'a [u8]; 3];

impl Levels {
    /// Reads and checks the whole file.
    pub(super) fn of_file(path: &Path, today: NaiveDate) -> Result<Self, Fault> {
        let mut levels = Self::new(today);
        read(path, &mut levels)?;
        levels.finish()
    }

    fn new(today: NaiveDate) -> Self {
        Self { today, rows_read: 0, closes: BTreeMap::new(), quarantine: Quarantine::default() }
    }

    fn add(&mut self, cells: Cells<'_>) {
        self.rows_read += 1;
        let Err((column, reason, detail)) = self.take(cells) else { return };
        let [symbol, time, cells] = cells.map(shown);
        let row = self.rows_read;
        self.quarantine.add(reason, || Reject { row, field: column, reason, detail, symbol, time, cells });
    }

    fn take(&mut self, [name, date, close]: Cells<'_>) -> Result<(), Wrong> {
        let index = std::str::from_utf8(name).ok().and_then(|name| name.to_uppercase().parse::<MarketIndex>().ok());
        let index = index.ok_or_else(|| {
            let sentence = format!("\"{}\" is no index known here: use KOSPI, KOSDAQ or KOSPI200", shown(name));
            ("symbol", RowReason::UnknownSymbol, Some(sentence))
        })?;
        let day = plain_date(date).filter(|day| *day >= FIRST_DATE);
        let day = day.ok_or_else(|| wrong_text("date", RowReason::BadDate, date))?;
        if day > self.today {
            return Err(("date", RowReason::Future, None));
        }
        let level = level(close)?;
        match *self.closes.entry(index).or_default().entry(day).or_insert(level) {
            before if before != level => Err(("date", RowReason::Duplicate, None)),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<Self, Fault> {
        match self.rows_read {
            0 => Err(Fault::Format("the file has no rows".to_owned())),
            _ => Ok(self),
        }
    }
}

/// A level in hundredths of a point.
fn level(text: &[u8]) -> Result<i64, Wrong> {
    let unreadable = || {
        let sentence = format!("\"{}\" is missing or is not a number", shown(text));
        ("close", RowReason::Unreadable, Some(sentence))
    };
    let points = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    let points = points.filter(|points| points.is_finite()).ok_or_else(unreadable)?;
    match points {
        points if points < 0.0 => Err(("close", RowReason::Negative, None)),
        points if points > MAX_LEVEL => Err(("close", RowReason::TooLarge, None)),
        points => match (points * UNITS_PER_POINT as f64).round() as i64 {
            0 => Err(("close", RowReason::Zero, Some("is zero, which no index is".to_owned()))),
            units => Ok(units),
        },
    }
}

/// Reads a file of either format; Parquet files start with their magic word.
fn read(path: &Path, levels: &mut Levels) -> Result<(), Fault> {
    let mut file = File::open(path)?;
    let mut magic = [0; 4];
    let is_parquet = file.read_exact(&mut magic).is_ok() && &magic == b"PAR1";
    file.rewind()?;
    if is_parquet { read_parquet(file, levels) } else { read_csv(file, levels) }
}

fn read_csv(file: File, levels: &mut Levels) -> Result<(), Fault> {
    let (mut reader, names) = open(file)?;
    let places = places(&names)?;
    for record in reader.byte_records() {
        let record = record.map_err(|error| fault(&error))?;
        levels.add(places.map(|place| field(&record, place)));
    }
    Ok(())
}

fn read_parquet(file: File, levels: &mut Levels) -> Result<(), Fault> {
    let reader = SerializedFileReader::new(file)?;
    let columns = reader.metadata().file_metadata().schema_descr().columns();
    let places = places(&columns.iter().map(|column| normalised(column.name())).collect::<Vec<_>>())?;
    for row in reader.get_row_iter(None)? {
        let row = row?;
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let texts = places.map(|place| fields.get(place).map(|field| text(field)).unwrap_or_default());
        let [symbol, date, close] = &texts;
        levels.add([symbol.as_bytes(), date.as_bytes(), close.as_bytes()]);
    }
    Ok(())
}

/// A cell as a text file has it.
fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        Field::Date(days) => {
            let date = NaiveDate::default().checked_add_signed(TimeDelta::days(i64::from(*days)));
            date.map(|date| date.to_string()).unwrap_or_default()
        }
        Field::Null => String::new(),
        other => other.to_string(),
    }
}

fn places(names: &[String]) -> Result<[usize; 3], Fault> {
    let [symbol, date, close] = COLUMNS;
    Ok([required(names, &[symbol])?, required(names, &[date])?, required(names, &[close])?])
}
