//! Bars as columns.

use std::sync::Arc;

use exodus_domain::{Bar, Interval, KST, Symbol};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use crate::error::StoreError;

/// Rows of a row group: as many as readers like to take at once.
const GROUP_ROWS: usize = 262_144;

/// The columns of numbers.
const VALUES: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Seconds of a day.
const DAY: i64 = 86_400;

impl From<ParquetError> for StoreError {
    fn from(error: ParquetError) -> Self {
        Self::Corrupt(format!("a Parquet file could not be written: {error}"))
    }
}

/// Rows that wait for their row group to be full.
#[derive(Default)]
struct Rows {
    symbols: Vec<ByteArray>,
    /// Days since 1970 in Korea for daily bars, else milliseconds since 1970 in UTC.
    times: Vec<i64>,
    values: [Vec<i64>; 5],
}

/// Writes a file row group by row group.
pub(super) struct Writer {
    interval: Interval,
    /// Made with the first row group; its buffer holds what nobody has fetched yet.
    file: Option<SerializedFileWriter<Vec<u8>>>,
    rows: Rows,
}

impl Writer {
    /// Begins.
    pub(super) fn new(interval: Interval) -> Self {
        Self { interval, file: None, rows: Rows::default() }
    }

    /// Adds the bars of an issue and answers what is ready.
    pub(super) fn add(&mut self, symbol: Symbol, bars: &[Bar]) -> Result<Vec<u8>, StoreError> {
        let code = ByteArray::from(symbol.as_str());
        for bar in bars {
            self.rows.symbols.push(code.clone());
            self.rows.times.push(match self.interval {
                Interval::Day1 => bar.open_time.with_timezone(&KST).naive_local().and_utc().timestamp().div_euclid(DAY),
                _ => bar.open_time.timestamp_millis(),
            });
            let row = [bar.open.0, bar.high.0, bar.low.0, bar.close.0, bar.volume.0];
            for (column, value) in self.rows.values.iter_mut().zip(row) {
                column.push(value);
            }
        }
        if self.rows.symbols.len() < GROUP_ROWS {
            return Ok(Vec::new());
        }
        self.write_group()?;
        Ok(self.file.as_mut().map(|file| std::mem::take(file.inner_mut())).unwrap_or_default())
    }

    /// The rest of the file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, StoreError> {
        self.write_group()?;
        let file = self.file.take().map_or_else(|| new_file(self.interval), Ok)?;
        Ok(file.into_inner()?)
    }

    fn write_group(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.rows);
        if rows.symbols.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(new_file(self.interval)?),
        };
        let mut group = file.next_row_group()?;
        let mut column = next(&mut group)?;
        column.typed::<ByteArrayType>().write_batch(&rows.symbols, None, None)?;
        column.close()?;
        let mut column = next(&mut group)?;
        if self.interval == Interval::Day1 {
            let days: Vec<i32> = rows.times.iter().map(|&day| i32::try_from(day).unwrap_or(i32::MAX)).collect();
            column.typed::<Int32Type>().write_batch(&days, None, None)?;
        } else {
            column.typed::<Int64Type>().write_batch(&rows.times, None, None)?;
        }
        column.close()?;
        for values in &rows.values {
            let mut column = next(&mut group)?;
            column.typed::<Int64Type>().write_batch(values, None, None)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

fn next<'a>(
    group: &'a mut SerializedRowGroupWriter<'_, Vec<u8>>,
) -> Result<parquet::file::writer::SerializedColumnWriter<'a>, StoreError> {
    let column = group.next_column()?;
    column.ok_or_else(|| StoreError::Corrupt("a Parquet file has fewer columns than were asked for".to_owned()))
}

fn new_file(interval: Interval) -> Result<SerializedFileWriter<Vec<u8>>, StoreError> {
    let (name, time) = match interval {
        Interval::Day1 => ("date", "int32 date (DATE)"),
        _ => ("timestamp", "int64 timestamp (TIMESTAMP(MILLIS,true))"),
    };
    let values = VALUES.map(|value| format!("required int64 {value};")).join(" ");
    let schema = format!("message bars {{ required binary symbol (UTF8); required {time}; {values} }}");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("exodus".to_owned());
    // Numbers that follow one another closely are smallest as differences.
    for column in VALUES.iter().chain([&name]) {
        let path = ColumnPath::from(*column);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    let schema = Arc::new(parse_message_type(&schema)?);
    Ok(SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))?)
}
