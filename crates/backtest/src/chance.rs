//! Seeded chance: the same seed gives the same draws on any machine.

/// SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The draws of the `stream`-th of many independent uses of one seed.
    pub(crate) fn stream(seed: u64, stream: u64) -> Self {
        Self(Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93)).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `count` − 1, each as likely as the others but for one part in 2⁶⁴; `count` is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let product = u128::from(self.next()) * count as u128;
        usize::try_from(product >> 64).expect("it is below count")
    }

    /// A number from 0 up to 1, 1 left out, in steps of 2⁻⁵³.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Exchanges the items until every order is as likely as the others (Fisher & Yates, by Durstenfeld 1964).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs for the seed 1234567, as the reference implementation prints them.
        let mut chance = Chance::new(1_234_567);
        assert_eq!([chance.next(), chance.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn draws_are_even() {
        let mut chance = Chance::new(7);
        let mut counts = [0; 5];
        (0..50_000).for_each(|_| counts[chance.below(5)] += 1);
        assert!(counts.iter().all(|count| (9_700..=10_300).contains(count)), "{counts:?}");
        let mean = (0..50_000).map(|_| chance.unit()).sum::<f64>() / 50_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let mut firsts = [0; 3];
        for _ in 0..30_000 {
            let mut items = [0, 1, 2];
            chance.shuffle(&mut items);
            firsts[items[0]] += 1;
        }
        assert!(firsts.iter().all(|count| (9_600..=10_400).contains(count)), "{firsts:?}");
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Chance::stream(1, 0).next(), Chance::stream(1, 1).next());
    }
}
