//! Files of columns.

use std::collections::BTreeMap;
use std::fs::File;

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Market, Symbol};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::ColumnDescriptor;

use super::columns::{BATCH_ROWS, Batch, NO_CHANGE, Places, VALUES, market_of, normalised, symbol_of};
use super::rows::{Reject, RowReason, shown};
use super::time::{Clock, KST_SECONDS};
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
            let batch = group_columns.read(rows + 1, clock, time)?;
            if batch.rows_read() == 0 {
                break;
            }
            rows += batch.rows_read() as u64;
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
    market: Option<TextColumn>,
    name: Option<TextColumn>,
    change: Option<IntegerColumn>,
    /// The last symbol read, because the next row mostly has the same.
    last: Option<(ByteArray, Symbol)>,
}

/// What is wrong with rows, by their places in a batch; of each row the first thing.
type Faults = BTreeMap<usize, (&'static str, RowReason)>;

impl GroupColumns {
    fn open(group: &dyn RowGroupReader, places: &Places) -> Result<Self, Fault> {
        let values = places.values.iter().zip(VALUES);
        // What a file need not have is left out if it is of another type, such as rates beside won.
        let text = |place: Option<usize>| place.and_then(|place| TextColumn::open(group, place, "").ok());
        Ok(Self {
            symbol: TextColumn::open(group, places.symbol, "symbol")?,
            time: TimeColumn::open(group, places.time)?,
            values: values.map(|(&place, name)| IntegerColumn::open(group, place, name)).collect::<Result<_, _>>()?,
            market: text(places.market),
            name: text(places.name),
            change: places.change.and_then(|place| IntegerColumn::open(group, place, "change").ok()),
            last: None,
        })
    }

    /// The next rows, the first of which is number `first_row` of the file.
    fn read(&mut self, first_row: u64, clock: Clock, time: TimeKind) -> Result<Batch, Fault> {
        let mut faults = Faults::new();
        let texts = self.symbol.read()?;
        let symbols: Vec<Option<Symbol>> = texts.values.iter().map(|text| self.parse_symbol(text)).collect();
        for (i, _) in symbols.iter().enumerate().filter(|(_, symbol)| symbol.is_none()) {
            faults.insert(i, ("symbol", RowReason::UnknownSymbol));
        }
        let times = self.time.read(clock, time)?;
        for (&i, &reason) in &times.faults {
            faults.entry(i).or_insert(("date", reason));
        }
        let mut values: [Vec<i64>; 5] = Default::default();
        let mut missing: [Vec<usize>; 5] = Default::default();
        for (c, column) in self.values.iter_mut().enumerate() {
            let read = column.read()?;
            for &i in &read.missing {
                faults.entry(i).or_insert((VALUES[c], RowReason::Unreadable));
            }
            (values[c], missing[c]) = (read.values, read.missing);
        }
        let rows = symbols.len();
        let lengths = values.iter().map(Vec::len).chain([times.timestamps.len()]);
        if lengths.into_iter().any(|len| len != rows) {
            return Err(Fault::Format("its columns have different lengths".to_owned()));
        }
        let rejected = faults.iter().map(|(&i, &(field, reason))| {
            let is_missing = |c: usize| missing[c].binary_search(&i).is_ok();
            let cell = |c: usize| if is_missing(c) { String::new() } else { values[c][i].to_string() };
            Reject {
                row: first_row + i as u64,
                field,
                reason,
                detail: None,
                symbol: shown(texts.values[i].data()),
                time: times.shown(i),
                cells: [0, 1, 2, 3, 4].map(cell).join(","),
            }
        });
        let rejected: Vec<Reject> = rejected.collect();
        let market = optional(&mut self.market, |text| market_of(text.data()))?;
        let name = optional(&mut self.name, |text| String::from_utf8_lossy(text.data()).trim().to_owned())?;
        let change = match &mut self.change {
            Some(column) => column.read_with(NO_CHANGE)?,
            None => Vec::new(),
        };
        Ok(Batch {
            rows: sound((0..rows as u64).map(|i| first_row + i).collect(), &faults),
            symbol: symbols
                .into_iter()
                .enumerate()
                .filter(|(i, _)| !faults.contains_key(i))
                .filter_map(|s| s.1)
                .collect(),
            timestamp: sound(times.timestamps, &faults),
            values: values.map(|column| sound(column, &faults)),
            market: sound::<Option<Market>>(market, &faults),
            name: sound(name, &faults),
            change: sound(change, &faults),
            has_rates: false,
            rejected,
        })
    }

    fn parse_symbol(&mut self, text: &ByteArray) -> Option<Symbol> {
        if let Some((known, symbol)) = &self.last
            && known.data() == text.data()
        {
            return Some(*symbol);
        }
        let symbol = symbol_of(text.data())?;
        self.last = Some((text.clone(), symbol));
        Some(symbol)
    }
}

/// The values of the rows without faults.
fn sound<T>(values: Vec<T>, faults: &Faults) -> Vec<T> {
    if faults.is_empty() {
        return values;
    }
    values.into_iter().enumerate().filter(|(i, _)| !faults.contains_key(i)).map(|(_, value)| value).collect()
}

/// The values of a column that the file need not have.
fn optional<T>(column: &mut Option<TextColumn>, make: impl Fn(&ByteArray) -> T) -> Result<Vec<T>, Fault> {
    match column {
        Some(column) => Ok(column.read()?.values.iter().map(make).collect()),
        None => Ok(Vec::new()),
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

    fn convert(self, value: i64, clock: Clock) -> Result<i64, RowReason> {
        match self {
            Self::Days => clock.day(value),
            Self::Instant { per_second, is_utc: true } => clock.instant(value.div_euclid(per_second)),
            Self::Instant { per_second, is_utc: false } => clock.wall_clock(value.div_euclid(per_second)),
            Self::Number | Self::Text => clock.number(value),
        }
    }

    /// A value that is none, for people.
    fn shown(self, value: i64) -> String {
        let seconds = match self {
            Self::Days => value.saturating_mul(86_400),
            Self::Instant { per_second, is_utc } => {
                value.div_euclid(per_second).saturating_add(if is_utc { KST_SECONDS } else { 0 })
            }
            Self::Number | Self::Text => return value.to_string(),
        };
        DateTime::<Utc>::from_timestamp(seconds, 0)
            .map_or_else(|| value.to_string(), |time| time.naive_utc().to_string())
    }
}

/// The instants of a batch.
struct Times {
    timestamps: Vec<i64>,
    faults: BTreeMap<usize, RowReason>,
    written: Written,
}

/// The instants as the file has them.
enum Written {
    Numbers(Vec<i64>, TimeKind),
    Texts(Vec<ByteArray>),
}

impl Times {
    fn shown(&self, i: usize) -> String {
        match &self.written {
            Written::Numbers(_, _) if self.faults.get(&i) == Some(&RowReason::Unreadable) => String::new(),
            Written::Numbers(numbers, kind) => kind.shown(numbers[i]),
            Written::Texts(texts) => shown(texts[i].data()),
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

    fn read(&mut self, clock: Clock, kind: TimeKind) -> Result<Times, Fault> {
        let (instants, missing, written) = match self {
            Self::Integer(column) => {
                let Values { values, missing } = column.read()?;
                let instants: Vec<_> = values.iter().map(|&value| kind.convert(value, clock)).collect();
                (instants, missing, Written::Numbers(values, kind))
            }
            Self::Text(column) => {
                let Values { values, missing } = column.read()?;
                let instants: Vec<_> = values.iter().map(|text| clock.text(text.data())).collect();
                (instants, missing, Written::Texts(values))
            }
        };
        let mut faults: BTreeMap<usize, RowReason> =
            instants.iter().enumerate().filter_map(|(i, instant)| Some((i, *instant.as_ref().err()?))).collect();
        faults.extend(missing.into_iter().map(|i| (i, RowReason::Unreadable)));
        let timestamps = instants.into_iter().map(Result::unwrap_or_default).collect();
        Ok(Times { timestamps, faults, written })
    }
}

struct TextColumn {
    reader: ColumnReaderImpl<parquet::data_type::ByteArrayType>,
    levels: i16,
}

impl TextColumn {
    fn open(group: &dyn RowGroupReader, place: usize, name: &str) -> Result<Self, Fault> {
        match group.get_column_reader(place)? {
            ColumnReader::ByteArrayColumnReader(reader) => Ok(Self { reader, levels: levels(group, place) }),
            _ => Err(wrong_type(name, group.metadata().column(place).column_type(), "text")),
        }
    }

    fn read(&mut self) -> Result<Values<ByteArray>, Fault> {
        read_values(&mut self.reader, self.levels)
    }
}

enum Integers {
    Short(ColumnReaderImpl<parquet::data_type::Int32Type>),
    Long(ColumnReaderImpl<parquet::data_type::Int64Type>),
}

struct IntegerColumn {
    reader: Integers,
    levels: i16,
}

impl IntegerColumn {
    fn open(group: &dyn RowGroupReader, place: usize, name: &str) -> Result<Self, Fault> {
        let reader = match group.get_column_reader(place)? {
            ColumnReader::Int32ColumnReader(reader) => Integers::Short(reader),
            ColumnReader::Int64ColumnReader(reader) => Integers::Long(reader),
            _ => return Err(wrong_type(name, group.metadata().column(place).column_type(), "integers (whole won)")),
        };
        Ok(Self { reader, levels: levels(group, place) })
    }

    fn read(&mut self) -> Result<Values<i64>, Fault> {
        match &mut self.reader {
            Integers::Short(reader) => {
                let Values { values, missing } = read_values(reader, self.levels)?;
                Ok(Values { values: values.into_iter().map(i64::from).collect(), missing })
            }
            Integers::Long(reader) => read_values(reader, self.levels),
        }
    }

    /// The values, with `absent` where one is missing.
    fn read_with(&mut self, absent: i64) -> Result<Vec<i64>, Fault> {
        let Values { mut values, missing } = self.read()?;
        for i in missing {
            values[i] = absent;
        }
        Ok(values)
    }
}

/// The level at which a value of a column is there.
fn levels(group: &dyn RowGroupReader, place: usize) -> i16 {
    group.metadata().column(place).column_descr().max_def_level()
}

/// Values of a column, one for each row.
struct Values<T> {
    values: Vec<T>,
    /// The rows that have none, in order.
    missing: Vec<usize>,
}

/// The next values of a column.
fn read_values<T: DataType>(reader: &mut ColumnReaderImpl<T>, levels: i16) -> Result<Values<T::T>, Fault> {
    let mut found = Vec::with_capacity(BATCH_ROWS);
    let mut present = Vec::with_capacity(BATCH_ROWS);
    let (records, count, _) = reader.read_records(BATCH_ROWS, Some(&mut present), None, &mut found)?;
    if count == records {
        return Ok(Values { values: found, missing: Vec::new() });
    }
    let (mut values, mut missing) = (Vec::with_capacity(records), Vec::new());
    let mut found = found.into_iter();
    for (i, &level) in present.iter().enumerate() {
        if level < levels {
            missing.push(i);
        }
        values.push(if level < levels { T::T::default() } else { found.next().unwrap_or_default() });
    }
    Ok(Values { values, missing })
}

fn wrong_type(column: &str, found: Type, wanted: &str) -> Fault {
    Fault::Format(format!("the column {column} has the type {found}, but {wanted} is needed"))
}
