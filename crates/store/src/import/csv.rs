//! Files of text.

use std::fs::File;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use exodus_domain::Interval;

use super::columns::{BATCH_ROWS, Batch, Places, VALUES, normalised, symbol_of};
use super::time::Clock;
use super::{Fault, Sink};

/// Reads a file batch by batch.
pub(super) fn read(file: File, interval: Interval, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let bytes = file.metadata()?.len();
    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
    let header = reader.byte_headers().map_err(|e| fault(0, &e))?;
    let names: Vec<String> = header.iter().map(|name| normalised(&String::from_utf8_lossy(name))).collect();
    let places = Places::find(&names)?;
    let clock = Clock::new(interval);

    let mut record = ByteRecord::new();
    let mut rows = 0;
    let mut batch = Batch::starting_at(1);
    while reader.read_byte_record(&mut record).map_err(|e| fault(rows + 1, &e))? {
        rows += 1;
        push(&mut batch, &record, &places, clock).map_err(|(column, reason)| Fault::Row {
            row: rows,
            column,
            reason,
        })?;
        if batch.len() == BATCH_ROWS {
            let position = reader.position().byte().max(1);
            let estimate = u128::from(rows) * u128::from(bytes.max(position)) / u128::from(position);
            let full = std::mem::replace(&mut batch, Batch::starting_at(rows + 1));
            sink(full, u64::try_from(estimate).unwrap_or(rows))?;
        }
    }
    sink(batch, rows)
}

fn push(batch: &mut Batch, record: &ByteRecord, places: &Places, clock: Clock) -> Result<(), (&'static str, String)> {
    let field = |place: usize| record.get(place).unwrap_or_default().trim_ascii();
    let shown = |place: usize| String::from_utf8_lossy(field(place)).chars().take(32).collect::<String>();
    let symbol = symbol_of(field(places.symbol)).map_err(|reason| ("symbol", reason))?;
    let timestamp =
        clock.text(field(places.time)).map_err(|reason| ("date", format!("\"{}\": {reason}", shown(places.time))))?;
    for ((column, &place), name) in batch.values.iter_mut().zip(&places.values).zip(VALUES) {
        let value = number(field(place));
        column.push(value.ok_or_else(|| (name, format!("\"{}\" is not a whole number", shown(place))))?);
    }
    batch.symbol.push(symbol);
    batch.timestamp.push(timestamp);
    Ok(())
}

/// A whole number, perhaps negative, perhaps with zeros after a point, as spreadsheets write them.
fn number(text: &[u8]) -> Option<i64> {
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

fn fault(row: u64, error: &csv::Error) -> Fault {
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Fault::Row { row, column: "symbol", reason: format!("the row has {len} fields instead of {expected_len}") }
        }
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
            assert_eq!(number(text.as_bytes()), value, "{text:?}");
        }
    }
}
