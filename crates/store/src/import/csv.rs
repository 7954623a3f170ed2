//! Files of text.

use std::fs::File;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use exodus_domain::{Interval, Symbol};

use super::columns::{BATCH_ROWS, Batch, NO_CHANGE, Places, VALUES, market_of, normalised, symbol_of};
use super::rows::{Reject, RowReason, shown};
use super::time::Clock;
use super::{Fault, Sink};

/// What is wrong with a row: the column, the reason, and a sentence where the reason's own does not say enough.
pub(super) type Wrong = (&'static str, RowReason, Option<String>);

/// Opens a file and reads its header.
pub(super) fn open(file: File) -> Result<(Reader<File>, Vec<String>), Fault> {
    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 18).flexible(true).from_reader(file);
    let header = reader.byte_headers().map_err(|e| fault(&e))?;
    if header.is_empty() {
        return Err(Fault::Format("the file is empty".to_owned()));
    }
    let names = header.iter().map(|name| normalised(&String::from_utf8_lossy(name))).collect();
    Ok((reader, names))
}

/// Reads a file batch by batch.
pub(super) fn read(file: File, interval: Interval, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let bytes = file.metadata()?.len();
    let (mut reader, names) = open(file)?;
    let places = Places::find(&names)?;
    let clock = Clock::new(interval);

    let mut record = ByteRecord::new();
    let mut rows = 0;
    let mut batch = Batch::default();
    while reader.read_byte_record(&mut record).map_err(|e| fault(&e))? {
        rows += 1;
        match parse(&record, names.len(), &places, clock) {
            Ok(row) => push(&mut batch, rows, row, &record, &places),
            Err(wrong) => batch.rejected.push(reject(rows, wrong, &record, &places)),
        }
        if batch.rows_read() == BATCH_ROWS {
            let position = reader.position().byte().max(1);
            let estimate = u128::from(rows) * u128::from(bytes.max(position)) / u128::from(position);
            sink(std::mem::take(&mut batch), u64::try_from(estimate).unwrap_or(rows))?;
        }
    }
    sink(batch, rows)
}

/// The cells that every row must have.
struct Row {
    symbol: Symbol,
    timestamp: i64,
    values: [i64; 5],
}

fn parse(record: &ByteRecord, fields: usize, places: &Places, clock: Clock) -> Result<Row, Wrong> {
    check_len(record, fields)?;
    let symbol = symbol(field(record, places.symbol))?;
    let time = field(record, places.time);
    let timestamp = clock.text(time).map_err(|reason| wrong_text("date", reason, time))?;
    let mut values = [0; 5];
    for ((value, &place), name) in values.iter_mut().zip(&places.values).zip(VALUES) {
        *value = whole(record, place, name)?;
    }
    Ok(Row { symbol, timestamp, values })
}

fn push(batch: &mut Batch, number: u64, row: Row, record: &ByteRecord, places: &Places) {
    batch.rows.push(number);
    batch.symbol.push(row.symbol);
    batch.timestamp.push(row.timestamp);
    for (column, value) in batch.values.iter_mut().zip(row.values) {
        column.push(value);
    }
    if let Some(place) = places.market {
        batch.market.push(market_of(field(record, place)));
    }
    if let Some(place) = places.name {
        batch.name.push(std::str::from_utf8(field(record, place)).unwrap_or_default().to_owned());
    }
    if let Some(place) = places.change {
        let text = field(record, place);
        let change = number_of(text);
        batch.has_rates |= change.is_none() && !text.is_empty();
        batch.change.push(change.unwrap_or(NO_CHANGE));
    }
}

fn reject(row: u64, (column, reason, detail): Wrong, record: &ByteRecord, places: &Places) -> Reject {
    let cells: Vec<String> = places.values.iter().map(|&place| shown(field(record, place))).collect();
    Reject {
        row,
        field: column,
        reason,
        detail,
        symbol: shown(field(record, places.symbol)),
        time: shown(field(record, places.time)),
        cells: cells.join(","),
    }
}

/// A cell without the blanks around it; a cell that is not there is empty.
pub(super) fn field(record: &ByteRecord, place: usize) -> &[u8] {
    record.get(place).unwrap_or_default().trim_ascii()
}

/// Refuses a row that has not as many fields as the header.
pub(super) fn check_len(record: &ByteRecord, fields: usize) -> Result<(), Wrong> {
    if record.len() == fields {
        return Ok(());
    }
    let sentence = format!("the row has {} fields instead of {fields}", record.len());
    Err(("symbol", RowReason::Unreadable, Some(sentence)))
}

/// A symbol.
pub(super) fn symbol(text: &[u8]) -> Result<Symbol, Wrong> {
    symbol_of(text).ok_or_else(|| wrong_text("symbol", RowReason::UnknownSymbol, text))
}

/// A whole number.
pub(super) fn whole(record: &ByteRecord, place: usize, name: &'static str) -> Result<i64, Wrong> {
    let text = field(record, place);
    number_of(text).ok_or_else(|| wrong_text(name, RowReason::Unreadable, text))
}

/// A text that cannot be read, shown in the sentence.
pub(super) fn wrong_text(column: &'static str, reason: RowReason, text: &[u8]) -> Wrong {
    (column, reason, Some(format!("\"{}\" {}", shown(text), reason.sentence())))
}

/// A whole number, perhaps negative, perhaps with zeros after a point, as spreadsheets write them.
fn number_of(text: &[u8]) -> Option<i64> {
    let whole = match text.iter().position(|&b| b == b'.') {
        Some(point) if text[point + 1..].iter().all(|&b| b == b'0') => &text[..point],
        Some(_) => return None,
        None => text,
    };
    let (negative, digits) = match whole.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, whole),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let value = digits.iter().try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))?;
    Some(if negative { -value } else { value })
}

/// A file that cannot be read any further.
pub(super) fn fault(error: &csv::Error) -> Fault {
    match error.kind() {
        ErrorKind::Io(error) => Fault::Io(std::io::Error::new(error.kind(), error.to_string())),
        _ => Fault::Format(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole() {
        let cases: [(&str, Option<i64>); 9] = [
            ("70100", Some(70_100)),
            ("-1", Some(-1)),
            ("70100.00", Some(70_100)),
            ("70100.5", None),
            ("", None),
            ("-", None),
            ("1,000", None),
            ("1e3", None),
            ("9999999999999999999", None),
        ];
        for (text, value) in cases {
            assert_eq!(number_of(text.as_bytes()), value, "{text:?}");
        }
    }
}
