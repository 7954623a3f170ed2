//! Short columns, packed plainly.
//!
//! A day of minutes is a column of 381 values. What packs long columns best (pco) spends longer on beginning such a column
//! than on unpacking it, and its tables take more room than they save. Here each value is the distance to the value before
//! it, or to the first one, whichever takes fewer bits; the distances lose their minimum and their common divisor, which
//! for prices is the tick; and all take the same number of bits.
//!
//! Layout: the byte [`TAG`]; a byte that is 1 for distances to the value before; the bits of a distance; how many values
//! there are, the first value, the minimum and the divisor, each as bytes of seven bits with the lowest first; the
//! distances, lowest bit first.

/// The first byte. Blobs of pco begin with its magic word, `pco!`.
const TAG: u8 = 1;

/// Columns that are packed so have at most this many values.
pub(super) const MAX_LEN: usize = 512;

/// So many bits can be cut out of eight bytes wherever they begin.
const MAX_WIDTH: u32 = 56;

/// True if a blob was made here.
pub(super) fn is_short(blob: &[u8]) -> bool {
    blob.first() == Some(&TAG)
}

/// Packs a column; `None` if it is empty, too long, or its values lie too far apart.
pub(super) fn pack(values: &[i64]) -> Option<Vec<u8>> {
    let first = *values.first().filter(|_| values.len() <= MAX_LEN)?;
    let to_previous = Distances::new(values.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])));
    let to_first = Distances::new(values[1..].iter().map(|value| value.wrapping_sub(first)));
    let is_stepwise = to_previous.width() <= to_first.width();
    let distances = if is_stepwise { to_previous } else { to_first };
    let width = distances.width();
    if width > MAX_WIDTH {
        return None;
    }
    let mut blob = vec![TAG, u8::from(is_stepwise), u8::try_from(width).ok()?];
    push_number(&mut blob, values.len() as u64);
    push_number(&mut blob, zigzag(first));
    push_number(&mut blob, zigzag(distances.min));
    push_number(&mut blob, distances.divisor);
    let begin = blob.len();
    blob.resize(begin + packed_len(values.len(), width as usize), 0);
    for (i, quotient) in distances.quotients.iter().enumerate() {
        let bit = i * width as usize;
        let bytes = (quotient << (bit % 8)).to_le_bytes();
        for (to, from) in blob[begin + bit / 8..].iter_mut().zip(bytes) {
            *to |= from;
        }
    }
    Some(blob)
}

/// Puts the values of a blob, which must be as many as `values`, in their place. False if it cannot hold them.
pub(super) fn unpack(blob: &[u8], values: &mut [i64]) -> bool {
    let Some((header, packed)) = Header::read(blob) else { return false };
    let Header { is_stepwise, width, len, first, min, divisor } = header;
    if values.is_empty() || len != values.len() as u64 || width > MAX_WIDTH {
        return false;
    }
    if packed.len() != packed_len(values.len(), width as usize) {
        return false;
    }
    let mask = (1 << width) - 1;
    let (mut before, mut bit) = (first, 0);
    values[0] = first;
    for value in &mut values[1..] {
        let quotient = (eight_bytes(packed, bit / 8) >> (bit % 8)) & mask;
        *value = before.wrapping_add(min).wrapping_add(quotient.wrapping_mul(divisor).cast_signed());
        before = if is_stepwise { *value } else { first };
        bit += width as usize;
    }
    true
}

/// What distances have in common, and what is left of each.
struct Distances {
    min: i64,
    divisor: u64,
    quotients: Vec<u64>,
}

impl Distances {
    fn new(distances: impl Iterator<Item = i64>) -> Self {
        let mut quotients: Vec<u64> = distances.map(i64::cast_unsigned).collect();
        let min = quotients.iter().map(|distance| distance.cast_signed()).min().unwrap_or_default();
        let mut divisor = 0;
        for quotient in &mut quotients {
            *quotient = quotient.wrapping_sub(min.cast_unsigned());
            divisor = common_divisor(*quotient, divisor);
        }
        if divisor > 1 {
            quotients.iter_mut().for_each(|quotient| *quotient /= divisor);
        }
        Self { min, divisor, quotients }
    }

    /// Bits of the largest.
    fn width(&self) -> u32 {
        u64::BITS - self.quotients.iter().fold(0, |bits, quotient| bits | quotient).leading_zeros()
    }
}

struct Header {
    is_stepwise: bool,
    width: u32,
    len: u64,
    first: i64,
    min: i64,
    divisor: u64,
}

impl Header {
    /// What stands before the distances, and the distances.
    fn read(blob: &[u8]) -> Option<(Self, &[u8])> {
        let (&[_, is_stepwise, width], mut rest) = blob.split_first_chunk()?;
        let mut number = || take_number(&mut rest);
        let (len, first, min, divisor) = (number()?, unzigzag(number()?), unzigzag(number()?), number()?);
        Some((Self { is_stepwise: is_stepwise == 1, width: width.into(), len, first, min, divisor }, rest))
    }
}

/// Bytes of the distances of a column.
fn packed_len(values: usize, width: usize) -> usize {
    ((values - 1) * width).div_ceil(8)
}

/// Eight bytes from a place on; zeros follow the last one.
fn eight_bytes(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        return u64::from_le_bytes(*eight);
    }
    bytes.iter().skip(at).rev().fold(0, |word, &byte| (word << 8) | u64::from(byte))
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Small numbers of either sign as small ones without.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn push_number(blob: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        blob.push(number as u8 | 0x80);
        number >>= 7;
    }
    blob.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unpacked(blob: &[u8], len: usize) -> Option<Vec<i64>> {
        let mut values = vec![0; len];
        unpack(blob, &mut values).then_some(values)
    }

    fn walk() -> impl Strategy<Value = Vec<i64>> {
        let steps = prop::collection::vec(-200i64..200, 1..MAX_LEN);
        (any::<i32>(), 1i64..1_000, steps).prop_map(|(start, tick, steps)| {
            let mut value = i64::from(start);
            steps
                .iter()
                .map(|step| {
                    value += step * tick;
                    value
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn what_walks_is_packed_and_comes_back(values in walk()) {
            let blob = pack(&values).expect("values that lie close together");
            prop_assert!(blob.len() <= 24 + values.len() * 2, "{} bytes", blob.len());
            prop_assert_eq!(unpacked(&blob, values.len()), Some(values));
        }

        #[test]
        fn whatever_is_packed_comes_back(values in prop::collection::vec(any::<i64>(), 0..50)) {
            if let Some(blob) = pack(&values) {
                prop_assert_eq!(unpacked(&blob, values.len()), Some(values));
            }
        }

        #[test]
        fn a_damaged_blob_is_refused_or_read_but_never_panics(
            values in walk(), at in any::<prop::sample::Index>(), byte in any::<u8>(), len in 0usize..2_000,
        ) {
            let mut blob = pack(&values).expect("packed");
            prop_assert_eq!(unpacked(&blob, values.len() + 1), None, "one value too many");
            let at = at.index(blob.len());
            blob[at] = byte;
            unpacked(&blob, len);
            blob.truncate(at);
            unpacked(&blob, len);
        }
    }

    #[test]
    fn a_day_of_minutes_takes_little_room() {
        let minutes: Vec<i64> = (0..381).map(|minute| 1_771_545_600 + minute * 60).collect();
        assert!(pack(&minutes).expect("packed").len() < 16, "all distances are alike");
        let prices: Vec<i64> = (0..381).map(|n| 71_000 + 100 * (n * 7 % 11)).collect();
        assert!(pack(&prices).expect("packed").len() < 16 + 381 / 2, "four bits each");
        assert_eq!(pack(&[i64::MIN, i64::MAX, 0, 1]), None, "too far apart");
        assert_eq!(pack(&[]), None);
        assert_eq!(pack(&vec![0; MAX_LEN + 1]), None);
    }
}
