//! Files read without a store: what is asked about their bars, nobody keeps.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Symbol, kst_date};

use super::collect::Gathered;
use super::indices::Levels;
use super::{Fault, ImportError, ImportFile, ImportReport, IndicesFile, gather};
use crate::indices::{IndexClose, MarketIndex};

/// Most bytes of a file, as all of it is held in memory.
const MOST_BYTES: u64 = 1 << 30;

/// The bars of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct BarsFile {
    /// What was read, and what was set aside; nothing of it is stored.
    pub report: ImportReport,
    /// The bars of each issue, oldest first, in the order of the file.
    pub issues: Vec<(Symbol, Vec<Bar>)>,
}

/// The levels of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexFile {
    /// What was read, and what was set aside; nothing of it is stored.
    pub report: ImportReport,
    /// The closes of each index, oldest first.
    pub indices: BTreeMap<MarketIndex, Vec<IndexClose>>,
}

/// Reads a file of bars as an import does, with the same checks. Takes its thread until it ends.
///
/// # Errors
/// [`ImportError`], if it is no ordinary file or larger than a gigabyte, too.
pub fn read_bars(file: &ImportFile, now: DateTime<Utc>) -> Result<BarsFile, ImportError> {
    check_size(&file.path).map_err(|fault| fault.of_file(&file.file_name))?;
    let gathered = gather(file, HashMap::new(), now, &mut |_, _| Ok(()));
    let Gathered { rows_read, series, quarantine } = gathered.map_err(|fault| fault.of_file(&file.file_name))?;
    let report = quarantine.into_report(&file.file_name, rows_read, file.strict)?;
    let issues = series.into_iter().map(|series| Ok((series.symbol, series.columns.bars()?)));
    Ok(BarsFile { report, issues: issues.collect::<Result<_, ImportError>>()? })
}

/// Reads a file of index levels as an import does. Takes its thread until it ends.
///
/// # Errors
/// As of [`read_bars`].
pub fn read_indices(file: &IndicesFile, now: DateTime<Utc>) -> Result<IndexFile, ImportError> {
    let levels = check_size(&file.path).and_then(|()| Levels::of_file(&file.path, kst_date(now)));
    let Levels { rows_read, closes, quarantine, .. } = levels.map_err(|fault| fault.of_file(&file.file_name))?;
    let report = quarantine.into_report(&file.file_name, rows_read, file.strict)?;
    let indices = closes
        .into_iter()
        .map(|(index, closes)| (index, closes.into_iter().map(|(date, close)| IndexClose { date, close }).collect()));
    Ok(IndexFile { report, indices: indices.collect() })
}

/// Refuses what never ends and what does not fit.
fn check_size(path: &std::path::Path) -> Result<(), Fault> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(Fault::Format("this is no ordinary file: name a CSV or Parquet file".to_owned()));
    }
    if about.len() > MOST_BYTES {
        return Err(Fault::Format("the file is larger than 1 GiB: name a file of fewer issues".to_owned()));
    }
    Ok(())
}
