//! A bar in little space, for histories of millions of them.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{Bar, Price, Qty, kst_date};

/// A [`Bar`] in 32 bytes instead of 56: its time in whole milliseconds, its prices below 2³² won.
///
/// A backtest reads each bar several times, and waits for memory more than for anything else.
// Two of them fill a cache line, and none lies across two.
#[repr(align(32))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactBar {
    open_ms: i64,
    volume: i64,
    open: u32,
    high: u32,
    low: u32,
    close: u32,
}

impl CompactBar {
    /// The same bar, of which parts of a millisecond are cut; `None` if a price is negative or does not fit.
    pub fn new(bar: &Bar) -> Option<Self> {
        let price = |price: Price| u32::try_from(price.0).ok();
        Some(Self {
            open_ms: bar.open_time.timestamp_millis(),
            volume: bar.volume.0,
            open: price(bar.open)?,
            high: price(bar.high)?,
            low: price(bar.low)?,
            close: price(bar.close)?,
        })
    }

    /// A bar of its parts: milliseconds since 1970; open, high, low and close in won; shares.
    #[inline]
    pub const fn of_parts(open_ms: i64, [open, high, low, close]: [u32; 4], volume: i64) -> Self {
        Self { open_ms, volume, open, high, low, close }
    }

    /// How many bytes [`CompactBar::to_bytes`] gives.
    pub const BYTES: usize = 32;

    /// The bar as bytes that are the same on any machine.
    #[inline]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.open_ms.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.volume.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.open.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.high.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.low.to_le_bytes());
        bytes[28..].copy_from_slice(&self.close.to_le_bytes());
        bytes
    }

    /// The bar in its ordinary form.
    pub fn bar(&self) -> Bar {
        self.bar_of(self.open_time())
    }

    /// The bar in its ordinary form, for callers who know its time already.
    #[inline]
    pub fn bar_of(&self, open_time: DateTime<Utc>) -> Bar {
        let (open, high, low, close) = (self.open(), self.high(), self.low(), self.close());
        Bar { open_time, open, high, low, close, volume: self.volume() }
    }

    /// Start of the bar, in milliseconds since 1970.
    #[inline]
    pub fn open_ms(&self) -> i64 {
        self.open_ms
    }

    /// Start of the bar.
    pub fn open_time(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.open_ms).expect("the milliseconds were taken from a time")
    }

    /// First price.
    #[inline]
    pub fn open(&self) -> Price {
        Price(self.open.into())
    }

    /// Highest price.
    #[inline]
    pub fn high(&self) -> Price {
        Price(self.high.into())
    }

    /// Lowest price.
    #[inline]
    pub fn low(&self) -> Price {
        Price(self.low.into())
    }

    /// Last price.
    #[inline]
    pub fn close(&self) -> Price {
        Price(self.close.into())
    }

    /// Shares traded.
    #[inline]
    pub fn volume(&self) -> Qty {
        Qty(self.volume)
    }

    /// The trade date in Korea.
    pub fn trade_date(&self) -> NaiveDate {
        kst_date(self.open_time())
    }

    /// As [`Bar::is_halted`].
    #[inline]
    pub fn is_halted(&self) -> bool {
        self.open == 0 || self.volume <= 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_small() {
        assert_eq!(size_of::<CompactBar>(), 32);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_that_fits(
            millis in -2_000_000_000_000_i64..4_000_000_000_000,
            prices in prop::array::uniform4(-1_i64..=1 << 33),
            volume in any::<i64>(),
        ) {
            let [open, high, low, close] = prices.map(Price);
            let open_time = DateTime::from_timestamp_millis(millis).expect("a time");
            let bar = Bar { open_time, open, high, low, close, volume: Qty(volume) };
            let fits = prices.iter().all(|price| (0..1 << 32).contains(price));
            let compact = CompactBar::new(&bar);
            prop_assert_eq!(compact.map(|compact| compact.bar()), fits.then_some(bar));
            prop_assert!(compact.is_none_or(|compact| compact.is_halted() == bar.is_halted()));
        }
    }
}
