//! Chance that repeats: SplitMix64 (Steele, Lea and Flood 2014).

use chrono::TimeDelta;

/// A stream of draws. The same seed and name give the same draws.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream `name` of a seed. What one stream draws changes nothing for the others.
    pub(crate) fn of(seed: u64, name: &str) -> Self {
        // FNV-1a; the mixing is done by the draws.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut stream = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ hash);
        stream.next();
        stream
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or_default() + 1;
        low + i64::try_from(self.next() % span).unwrap_or_default()
    }

    /// True with the probability `percent` in a hundred.
    pub(crate) fn percent(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// True with the probability `permille` in a thousand.
    pub(crate) fn permille(&mut self, permille: i64) -> bool {
        self.between(1, 1000) <= permille
    }

    /// One of some.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let last = i64::try_from(of.len()).unwrap_or(1) - 1;
        &of[usize::try_from(self.between(0, last)).unwrap_or_default()]
    }

    /// A time from `low` to `high` milliseconds.
    pub(crate) fn millis(&mut self, low: i64, high: i64) -> TimeDelta {
        TimeDelta::milliseconds(self.between(low, high))
    }

    /// A time from `low` to `high` seconds, in milliseconds.
    pub(crate) fn seconds(&mut self, low: i64, high: i64) -> TimeDelta {
        self.millis(low * 1_000, high * 1_000)
    }
}
