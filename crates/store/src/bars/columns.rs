//! The bars of a series as columns of integers, in memory and as blobs.

use std::ops::Range;

use chrono::DateTime;
use exodus_domain::{Bar, CompactBar, Price, Qty};
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DeltaSpec, FULL_BATCH_N};
use sea_orm::FromQueryResult;

use super::{Appended, short};
use crate::error::StoreError;

/// Bars as columns of equal length, oldest first; timestamps are seconds since 1970, prices won, volume shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) timestamp: Vec<i64>,
    pub(crate) open: Vec<i64>,
    pub(crate) high: Vec<i64>,
    pub(crate) low: Vec<i64>,
    pub(crate) close: Vec<i64>,
    pub(crate) volume: Vec<i64>,
}

/// The blobs of one row.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Blobs {
    pub(super) timestamp: Vec<u8>,
    pub(super) open: Vec<u8>,
    pub(super) high: Vec<u8>,
    pub(super) low: Vec<u8>,
    pub(super) close: Vec<u8>,
    pub(super) volume: Vec<u8>,
}

impl Columns {
    /// Columns of `bars` in order of time; of two bars of one instant the later given one stays.
    pub(crate) fn from_bars(bars: &[Bar]) -> Self {
        let mut order: Vec<&Bar> = bars.iter().collect();
        order.sort_by_key(|bar| bar.open_time);
        let mut columns = Self::default();
        for bar in order {
            let row = row_of(bar);
            if columns.timestamp.last() == Some(&row[0]) {
                columns.truncate(columns.len() - 1);
            }
            columns.push(row);
        }
        columns
    }

    /// Number of bars.
    pub(crate) fn len(&self) -> usize {
        self.timestamp.len()
    }

    /// The bars themselves.
    pub(crate) fn bars(&self) -> Result<Vec<Bar>, StoreError> {
        let mut bars = Vec::with_capacity(self.len());
        self.append_to(&mut bars, 0..self.len())?;
        Ok(bars)
    }

    /// Adds some of the bars to others.
    pub(super) fn append_to<B: Unpacked>(&self, bars: &mut Vec<B>, range: Range<usize>) -> Result<(), StoreError> {
        B::append(bars, self.each().map(|column| &column[range.clone()]))
    }

    /// Adds a bar at the end: timestamp, open, high, low, close, volume.
    pub(crate) fn push(&mut self, row: [i64; 6]) {
        for (column, value) in self.each_mut().into_iter().zip(row) {
            column.push(value);
        }
    }

    /// The same bars in the order that `places` says.
    pub(crate) fn reordered(&self, places: &[usize]) -> Self {
        let mut columns = Self::default();
        for (to, from) in columns.each_mut().into_iter().zip(self.each()) {
            *to = places.iter().map(|&i| from[i]).collect();
        }
        columns
    }

    /// A copy of some of the bars.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut columns = Self::default();
        for (to, from) in columns.each_mut().into_iter().zip(self.each()) {
            *to = from[range.clone()].to_vec();
        }
        columns
    }

    /// Puts `newer` over these bars: a bar of the same instant is replaced.
    pub(super) fn merged(&self, newer: &Self) -> (Self, Appended) {
        let mut merged = Self::default();
        let mut appended = Appended::default();
        let (mut i, mut j) = (0, 0);
        while i < self.len() || j < newer.len() {
            let old = self.timestamp.get(i).copied().unwrap_or(i64::MAX);
            let new = newer.timestamp.get(j).copied().unwrap_or(i64::MAX);
            if old < new {
                merged.push(self.row(i));
                i += 1;
                continue;
            }
            let row = newer.row(j);
            if new < old {
                appended.added += 1;
            } else {
                if self.row(i) == row {
                    appended.unchanged += 1
                } else {
                    appended.changed += 1
                }
                i += 1;
            }
            merged.push(row);
            j += 1;
        }
        (merged, appended)
    }

    /// Compresses each column. Prices and times follow their predecessor closely, volumes do not.
    pub(super) fn encode(&self) -> Blobs {
        let near = || DeltaSpec::TryConsecutive(1);
        Blobs {
            timestamp: compress(&self.timestamp, near()),
            open: compress(&self.open, near()),
            high: compress(&self.high, near()),
            low: compress(&self.low, near()),
            close: compress(&self.close, near()),
            volume: compress(&self.volume, DeltaSpec::NoOp),
        }
    }

    fn truncate(&mut self, len: usize) {
        for column in self.each_mut() {
            column.truncate(len);
        }
    }

    fn row(&self, i: usize) -> [i64; 6] {
        self.each().map(|column| column[i])
    }

    fn each(&self) -> [&Vec<i64>; 6] {
        [&self.timestamp, &self.open, &self.high, &self.low, &self.close, &self.volume]
    }

    fn each_mut(&mut self) -> [&mut Vec<i64>; 6] {
        [&mut self.timestamp, &mut self.open, &mut self.high, &mut self.low, &mut self.close, &mut self.volume]
    }
}

impl Blobs {
    /// The columns, which must all have `rows` values.
    pub(super) fn decode(&self, rows: usize) -> Result<Columns, StoreError> {
        let mut columns = Columns::default();
        self.decode_into(&mut columns, rows)?;
        Ok(columns)
    }

    /// Puts the columns, which must all have `rows` values, in the place of others.
    pub(super) fn decode_into(&self, columns: &mut Columns, rows: usize) -> Result<(), StoreError> {
        let blobs = [&self.timestamp, &self.open, &self.high, &self.low, &self.close, &self.volume];
        for (column, blob) in columns.each_mut().into_iter().zip(blobs) {
            decompress(blob, column, rows)?;
        }
        Ok(())
    }
}

/// What stored bars become in memory.
pub trait Unpacked: sealed::Unpack + Send + 'static {}

impl Unpacked for Bar {}
impl Unpacked for CompactBar {}

mod sealed {
    use crate::error::StoreError;

    /// Keeps others from unpacking.
    pub trait Unpack: Sized {
        /// Adds the bars of these columns, which are of equal length: timestamp, open, high, low, close, volume.
        fn append(bars: &mut Vec<Self>, columns: [&[i64]; 6]) -> Result<(), StoreError>;
    }
}

impl sealed::Unpack for Bar {
    fn append(
        bars: &mut Vec<Self>,
        [timestamp, open, high, low, close, volume]: [&[i64]; 6],
    ) -> Result<(), StoreError> {
        bars.extend((0..timestamp.len()).map(|i| Self {
            open_time: DateTime::from_timestamp(timestamp[i], 0).unwrap_or_default(),
            open: Price(open[i]),
            high: Price(high[i]),
            low: Price(low[i]),
            close: Price(close[i]),
            volume: Qty(volume[i]),
        }));
        Ok(())
    }
}

impl sealed::Unpack for CompactBar {
    fn append(
        bars: &mut Vec<Self>,
        [timestamp, open, high, low, close, volume]: [&[i64]; 6],
    ) -> Result<(), StoreError> {
        // All bits of all prices at once, so that the loop below has nothing to decide.
        let bits = [open, high, low, close].map(|prices| prices.iter().fold(0, |bits, price| bits | price));
        if bits.iter().any(|&bits| u32::try_from(bits).is_err()) {
            return Err(StoreError::Corrupt("a price below 0 or above 4,294,967,295 won".to_owned()));
        }
        let won = |price: i64| u32::try_from(price).unwrap_or_default();
        bars.extend((0..timestamp.len()).map(|i| {
            let prices = [won(open[i]), won(high[i]), won(low[i]), won(close[i])];
            Self::of_parts(timestamp[i].saturating_mul(1_000), prices, volume[i])
        }));
        Ok(())
    }
}

fn row_of(bar: &Bar) -> [i64; 6] {
    [bar.open_time.timestamp(), bar.open.0, bar.high.0, bar.low.0, bar.close.0, bar.volume.0]
}

fn compress(values: &[i64], delta: DeltaSpec) -> Vec<u8> {
    if let Some(blob) = short::pack(values) {
        return blob;
    }
    let config = ChunkConfig::default().with_compression_level(COMPRESSION_LEVEL).with_delta_spec(delta);
    simple_compress(values, &config).expect("level and delta order are within their limits, and memory takes any size")
}

/// Puts the values of a blob, which must be `rows`, in the place of others.
pub(super) fn decompress(blob: &[u8], values: &mut Vec<i64>, rows: usize) -> Result<(), StoreError> {
    if short::is_short(blob) {
        values.resize(rows, 0);
        let is_whole = short::unpack(blob, values);
        return is_whole
            .then_some(())
            .ok_or_else(|| StoreError::Corrupt(format!("a column of bars has not {rows} rows")));
    }
    // One more, so that a blob with more values than its row says is noticed; and whole batches are unpacked in place.
    values.resize((rows + 1).next_multiple_of(FULL_BATCH_N), 0);
    let progress =
        simple_decompress_into(blob, values).map_err(|e| StoreError::Corrupt(format!("a column of bars: {e}")))?;
    if progress.n_processed != rows || !progress.finished {
        let found = progress.n_processed;
        return Err(StoreError::Corrupt(format!("a column of bars has {found} rows instead of {rows}")));
    }
    values.truncate(rows);
    Ok(())
}

/// Out of 12.
const COMPRESSION_LEVEL: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn columns() -> impl Strategy<Value = Columns> {
        prop::collection::btree_map(0i64..200, any::<[i64; 5]>(), 0..60).prop_map(|rows| {
            let mut columns = Columns::default();
            for (timestamp, [o, h, l, c, v]) in rows {
                columns.push([timestamp, o, h, l, c, v]);
            }
            columns
        })
    }

    proptest! {
        #[test]
        fn blobs_give_back_what_was_put_in(columns in columns()) {
            prop_assert_eq!(columns.encode().decode(columns.len()).expect("decodes"), columns);
        }

        #[test]
        fn merging_keeps_every_instant_once_and_the_newer_bar(old in columns(), new in columns()) {
            let (merged, appended) = old.merged(&new);
            prop_assert!(merged.timestamp.windows(2).all(|w| w[0] < w[1]));
            prop_assert_eq!(merged.len() as u64, old.len() as u64 + appended.added);
            prop_assert_eq!(new.len() as u64, appended.added + appended.changed + appended.unchanged);
            let (again, second) = merged.merged(&new);
            prop_assert_eq!(&again, &merged);
            prop_assert_eq!(second.unchanged, new.len() as u64);
        }
    }

    #[test]
    fn a_blob_of_another_length_is_corrupt() {
        for rows in [3, short::MAX_LEN as i64 + 1] {
            let mut columns = Columns::default();
            (0..rows).for_each(|n| columns.push([n, 2 + n % 2, 3, 4, 5, n * n]));
            assert_eq!(columns.encode().decode(columns.len()).expect("decodes"), columns);
            for wrong in [columns.len() - 1, columns.len() + 1] {
                assert!(matches!(columns.encode().decode(wrong), Err(StoreError::Corrupt(_))));
            }
        }
    }

    #[test]
    fn short_columns_of_earlier_versions_are_read() {
        let values: Vec<i64> = (0..381).map(|n| 70_000 + n * n % 17 * 100).collect();
        let blob = simple_compress(&values, &ChunkConfig::default()).expect("compressed");
        let mut read = Vec::new();
        decompress(&blob, &mut read, values.len()).expect("decompressed");
        assert_eq!(read, values);
    }
}
