//! Files of columns.

use std::fs::File;

use exodus_domain::{Interval, Symbol};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::ColumnDescriptor;

use super::columns::{BATCH_ROWS, Batch, Places, VALUES, normalised, symbol_of};
use super::time::Clock;
use super::{Fault, Sink};

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::Format(format!("this is no sound Parquet file: {error}"))
    }
}

/// Reads a file batch by batch, one row group after the other.
pub(super) fn read(file: File, interval: Interval, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let reader = SerializedFileReader::new(file)?;
    let metadata = reader.metadata();
    let total = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or_default();
    let columns = metadata.file_metadata().schema_descr().columns();
    let names: Vec<String> = columns.iter().map(|column| normalised(column.name())).collect();
    let places = Places::find(&names)?;
    let clock = Clock::new(interval);
    let time = TimeKind::of(&columns[places.time])?;
    let mut rows = 0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let mut group_columns = GroupColumns::open(group.as_ref(), &places)?;
        loop {
            let mut batch = Batch::starting_at(rows + 1);
            group_columns.read(&mut batch, clock, time)?;
            if batch.len() == 0 {
                break;
            }
            rows += batch.len() as u64;
            sink(batch, total)?;
        }
    }
    Ok(())
}

/// The open columns of a row group.
struct GroupColumns {
    symbol: TextColumn,
    time: TimeColumn,
    values: Vec<IntegerColumn>,
    /// The last symbol read, because the next row mostly has the same.
    last: Option<(ByteArray, Symbol)>,
}

impl GroupColumns {
    fn open(group: &dyn RowGroupReader, places: &Places) -> Result<Self, Fault> {
        let values = places.values.iter().zip(VALUES);
        Ok(Self {
            symbol: TextColumn::open(group, places.symbol, "symbol")?,
            time: TimeColumn::open(group, places.time)?,
            values: values.map(|(&place, name)| IntegerColumn::open(group, place, name)).collect::<Result<_, _>>()?,
            last: None,
        })
    }

    fn read(&mut self, batch: &mut Batch, clock: Clock, time: TimeKind) -> Result<(), Fault> {
        let first_row = batch.first_row;
        for text in self.symbol.read(first_row)? {
            let row = first_row + batch.symbol.len() as u64;
            batch.symbol.push(self.parse_symbol(text, row)?);
        }
        batch.timestamp = self.time.read(first_row, clock, time)?;
        for (to, column) in batch.values.iter_mut().zip(&mut self.values) {
            *to = column.read(first_row)?;
        }
        let lengths = batch.values.iter().map(Vec::len).chain([batch.timestamp.len()]);
        if lengths.into_iter().any(|len| len != batch.symbol.len()) {
            return Err(Fault::Format("its columns have different lengths".to_owned()));
        }
        Ok(())
    }

    fn parse_symbol(&mut self, text: ByteArray, row: u64) -> Result<Symbol, Fault> {
        if let Some((known, symbol)) = &self.last
            && known.data() == text.data()
        {
            return Ok(*symbol);
        }
        let refuse = |reason| Fault::Row { row, column: "symbol", reason };
        let symbol = symbol_of(text.data()).map_err(refuse)?;
        self.last = Some((text, symbol));
        Ok(symbol)
    }
}

/// What the numbers of a column of time mean.
#[derive(Clone, Copy)]
enum TimeKind {
    /// Days since 1970.
    Days,
    /// Parts of a second since 1970, so many to a second, in UTC or of the Korean wall clock.
    Instant { per_second: i64, is_utc: bool },
    /// A date as a number: 20260821.
    Number,
    /// Text.
    Text,
}

impl TimeKind {
    fn of(column: &ColumnDescriptor) -> Result<Self, Fault> {
        let wall = |per_second| Self::Instant { per_second, is_utc: false };
        match (column.physical_type(), column.logical_type_ref(), column.converted_type()) {
            (Type::BYTE_ARRAY, _, _) => Ok(Self::Text),
            (Type::INT32, Some(LogicalType::Date), _) | (Type::INT32, _, ConvertedType::DATE) => Ok(Self::Days),
            (Type::INT64, Some(LogicalType::Timestamp(timestamp)), _) => {
                let per_second = match timestamp.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                };
                Ok(Self::Instant { per_second, is_utc: timestamp.is_adjusted_to_u_t_c })
            }
            (Type::INT64, _, ConvertedType::TIMESTAMP_MILLIS) => Ok(wall(1_000)),
            (Type::INT64, _, ConvertedType::TIMESTAMP_MICROS) => Ok(wall(1_000_000)),
            (Type::INT32 | Type::INT64, _, _) => Ok(Self::Number),
            (other, _, _) => Err(wrong_type("date", other, "a date, a timestamp or text")),
        }
    }

    fn convert(self, value: i64, clock: Clock) -> Result<i64, &'static str> {
        match self {
            Self::Days => clock.day(value),
            Self::Instant { per_second, is_utc: true } => clock.instant(value.div_euclid(per_second)),
            Self::Instant { per_second, is_utc: false } => clock.wall_clock(value.div_euclid(per_second)),
            Self::Number | Self::Text => clock.number(value),
        }
    }
}

enum TimeColumn {
    Integer(IntegerColumn),
    Text(TextColumn),
}

impl TimeColumn {
    fn open(group: &dyn RowGroupReader, place: usize) -> Result<Self, Fault> {
        match group.metadata().column(place).column_type() {
            Type::BYTE_ARRAY => Ok(Self::Text(TextColumn::open(group, place, "date")?)),
            _ => Ok(Self::Integer(IntegerColumn::open(group, place, "date")?)),
        }
    }

    fn read(&mut self, first_row: u64, clock: Clock, kind: TimeKind) -> Result<Vec<i64>, Fault> {
        let refuse = |i: usize, reason: &str| Fault::Row {
            row: first_row + i as u64,
            column: "date",
            reason: reason.to_owned(),
        };
        match self {
            Self::Integer(column) => {
                let mut values = column.read(first_row)?;
                for (i, value) in values.iter_mut().enumerate() {
                    *value = kind.convert(*value, clock).map_err(|reason| refuse(i, reason))?;
                }
                Ok(values)
            }
            Self::Text(column) => {
                let texts = column.read(first_row)?.into_iter().enumerate();
                texts.map(|(i, text)| clock.text(text.data()).map_err(|reason| refuse(i, reason))).collect()
            }
        }
    }
}

struct TextColumn {
    reader: ColumnReaderImpl<parquet::data_type::ByteArrayType>,
    name: &'static str,
}

impl TextColumn {
    fn open(group: &dyn RowGroupReader, place: usize, name: &'static str) -> Result<Self, Fault> {
        match group.get_column_reader(place)? {
            ColumnReader::ByteArrayColumnReader(reader) => Ok(Self { reader, name }),
            _ => Err(wrong_type(name, group.metadata().column(place).column_type(), "text")),
        }
    }

    fn read(&mut self, first_row: u64) -> Result<Vec<ByteArray>, Fault> {
        read_values(&mut self.reader, first_row, self.name)
    }
}

enum Integers {
    Short(ColumnReaderImpl<parquet::data_type::Int32Type>),
    Long(ColumnReaderImpl<parquet::data_type::Int64Type>),
}

struct IntegerColumn {
    reader: Integers,
    name: &'static str,
}

impl IntegerColumn {
    fn open(group: &dyn RowGroupReader, place: usize, name: &'static str) -> Result<Self, Fault> {
        let reader = match group.get_column_reader(place)? {
            ColumnReader::Int32ColumnReader(reader) => Integers::Short(reader),
            ColumnReader::Int64ColumnReader(reader) => Integers::Long(reader),
            _ => return Err(wrong_type(name, group.metadata().column(place).column_type(), "integers (whole won)")),
        };
        Ok(Self { reader, name })
    }

    fn read(&mut self, first_row: u64) -> Result<Vec<i64>, Fault> {
        match &mut self.reader {
            Integers::Short(reader) => {
                Ok(read_values(reader, first_row, self.name)?.into_iter().map(i64::from).collect())
            }
            Integers::Long(reader) => read_values(reader, first_row, self.name),
        }
    }
}

/// The next values of a column, none of which may be missing.
fn read_values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    first_row: u64,
    column: &'static str,
) -> Result<Vec<T::T>, Fault> {
    let mut values = Vec::with_capacity(BATCH_ROWS);
    let mut present = Vec::with_capacity(BATCH_ROWS);
    let (records, found, _) = reader.read_records(BATCH_ROWS, Some(&mut present), None, &mut values)?;
    if found < records {
        let full = present.iter().max().copied().unwrap_or_default().max(1);
        let missing = present.iter().position(|&level| level < full).unwrap_or_default();
        let row = first_row + missing as u64;
        return Err(Fault::Row { row, column, reason: "the value is missing".to_owned() });
    }
    Ok(values)
}

fn wrong_type(column: &str, found: Type, wanted: &str) -> Fault {
    Fault::Format(format!("the column {column} has the type {found}, but {wanted} is needed"))
}
