//! Seeded chance as a function: the same key always gives the same value, in any order of asking and on any machine.

/// A well-mixed value of `key`, for chance that must repeat: the same key always gives the same value (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
pub fn mix(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The `index`-th value of the stream `stream` under `key`.
pub(super) fn draw(key: u64, stream: u64, index: u64) -> u64 {
    mix(mix(key ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93)) ^ index)
}

/// Evenly spread over 0 to 1, from the lowest 16 bits.
pub(super) fn unit(value: u64) -> f64 {
    (value & 0xFFFF) as f64 / 65_535.0
}

/// Spread like a bell with mean 0 and standard deviation 1, never beyond ±3.47: the sum of four even draws.
pub(super) fn bell(value: u64) -> f64 {
    let sum = unit(value) + unit(value >> 16) + unit(value >> 32) + unit(value >> 48);
    (sum - 2.0) * SQRT_3
}

const SQRT_3: f64 = 1.732_050_807_568_877_2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_has_mean_zero_and_deviation_one() {
        let values: Vec<f64> = (0..100_000).map(|index| bell(draw(1, 2, index))).collect();
        let mean = values.iter().sum::<f64>() / 100_000.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 100_000.0;
        assert!(mean.abs() < 0.02, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.03, "variance {variance}");
        assert!(values.iter().all(|value| value.abs() <= 2.0 * SQRT_3));
    }
}
