//! Importing files of corporate actions.
//!
//! A file is CSV with a header and the columns `symbol`, `ex_date`, `kind`, `numerator` and `denominator`: from the
//! ex-date on, prices are those before times numerator over denominator, 1 and 5 for a 5:1 split.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::PathBuf;

use ::csv::ByteRecord;
use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{ActionKind, CorporateAction, PriceFactor, Symbol};

use super::columns::required;
use super::csv::{Wrong, check_len, fault, field, open, symbol, whole, wrong_text};
use super::rows::{Quarantine, Reject, RowReason, shown};
use super::time::plain_date;
use super::{Fault, ImportError, ImportReport};
use crate::actions;
use crate::db::Store;

/// The columns of a file.
const COLUMNS: [&str; 5] = ["symbol", "ex_date", "kind", "numerator", "denominator"];

/// A file to import.
#[derive(Clone, Debug)]
pub struct ActionsFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name as the user knows it.
    pub file_name: String,
    /// True if one row that cannot be right refuses the file; all such rows are told then.
    pub strict: bool,
}

/// Imports a file of corporate actions.
///
/// # Errors
/// [`ImportError`]; nothing of the file is stored then.
pub async fn run_actions(store: &Store, file: &ActionsFile, now: DateTime<Utc>) -> Result<ImportReport, ImportError> {
    let owned = file.clone();
    let reading = tokio::task::spawn_blocking(move || read(&owned)).await.map_err(std::io::Error::other)?;
    let Actions { rows_read, actions, quarantine } = reading.map_err(|fault| fault.of_file(&file.file_name))?;
    let report = quarantine.into_report(&file.file_name, rows_read, file.strict)?;
    let tx = store.begin().await?;
    let stored = actions::put(&tx, &actions, &file.file_name, now).await?;
    tx.commit().await?;
    Ok(ImportReport {
        rows_added: stored.added,
        rows_changed: stored.changed,
        rows_unchanged: stored.unchanged,
        symbols: actions.iter().map(|action| action.symbol).collect::<BTreeSet<_>>().len() as u64,
        actions: stored.added + stored.changed,
        ..report
    })
}

/// What a file holds.
struct Actions {
    rows_read: u64,
    actions: Vec<CorporateAction>,
    quarantine: Quarantine,
}

fn read(file: &ActionsFile) -> Result<Actions, Fault> {
    let (mut reader, names) = open(File::open(&file.path)?)?;
    let mut places = [0; 5];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        *place = required(&names, &[name])?;
    }
    let mut actions = Actions { rows_read: 0, actions: Vec::new(), quarantine: Quarantine::default() };
    let mut seen: HashMap<(Symbol, NaiveDate), u64> = HashMap::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| fault(&error))? {
        actions.rows_read += 1;
        let row = actions.rows_read;
        let action = parse(&record, names.len(), &places).and_then(|action| {
            match seen.insert((action.symbol, action.ex_date), row) {
                None => Ok(action),
                Some(twin) => {
                    let sentence = format!("the same symbol and date as row {twin}: give both as one factor");
                    Err(("ex_date", RowReason::Duplicate, Some(sentence)))
                }
            }
        });
        match action {
            Ok(action) => actions.actions.push(action),
            Err(wrong) => {
                let reject = reject(row, wrong, &record, &places);
                actions.quarantine.add(reject.reason, || reject);
            }
        }
    }
    if actions.rows_read == 0 {
        return Err(Fault::Format("the file has no rows".to_owned()));
    }
    Ok(actions)
}

fn parse(record: &ByteRecord, fields: usize, places: &[usize; 5]) -> Result<CorporateAction, Wrong> {
    check_len(record, fields)?;
    let [code, date, kind, numerator, denominator] = *places;
    let text = field(record, date);
    let ex_date = plain_date(text).ok_or_else(|| wrong_text("ex_date", RowReason::BadDate, text))?;
    let word = field(record, kind);
    let kind: Option<ActionKind> = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
    let kind = kind.ok_or_else(|| wrong_text("kind", RowReason::BadAction, word))?;
    let (above, below) = (whole(record, numerator, "numerator")?, whole(record, denominator, "denominator")?);
    let factor = PriceFactor::new(above, below).ok_or(("numerator", RowReason::BadAction, None))?;
    Ok(CorporateAction { symbol: symbol(field(record, code))?, ex_date, kind, factor })
}

fn reject(row: u64, (column, reason, detail): Wrong, record: &ByteRecord, places: &[usize; 5]) -> Reject {
    let cell = |place: usize| shown(field(record, places[place]));
    Reject { row, field: column, reason, detail, symbol: cell(0), time: cell(1), cells: [2, 3, 4].map(cell).join(",") }
}
