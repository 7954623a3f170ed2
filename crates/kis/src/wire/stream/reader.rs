//! Reads the fields of a record one after the other, in one pass over the text.

use super::Field;

/// Stands between two fields.
pub(super) const SEPARATOR: u8 = b'^';
/// What the broker writes, besides nothing at all, where it has no value.
const NULL: &str = "(null)";
/// So many digits always fit into 64 bits.
const SAFE_DIGITS: usize = 18;

/// A field does not have the form it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadField;

/// Where the reading of a body of records is.
#[derive(Clone, Debug)]
pub struct FieldReader<'a> {
    text: &'a str,
    at: usize,
    /// Fields of this record beyond those that every version has.
    spare: usize,
}

impl<'a> FieldReader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, spare: 0 }
    }

    /// Begins a record that has `spare` fields more than its oldest version.
    pub(super) fn begin(&mut self, spare: usize) {
        self.spare = spare;
    }

    /// Passes over what is left of the record.
    pub(super) fn finish(&mut self) {
        for _ in 0..std::mem::take(&mut self.spare) {
            self.raw();
        }
    }

    /// How many fields have been begun, of all records.
    pub(super) fn fields_read(&self) -> usize {
        let read = self.text.as_bytes().get(..self.at).unwrap_or(self.text.as_bytes());
        read.iter().filter(|byte| **byte == SEPARATOR).count()
    }

    /// A field that later versions have added: its default where the record is from before.
    ///
    /// # Errors
    /// [`BadField`].
    pub fn added<T: Field<'a> + Default>(&mut self) -> Result<T, BadField> {
        if self.spare < T::COUNT {
            // Part of a group is none of it, and what follows cannot be told apart any more.
            self.finish();
            return Ok(T::default());
        }
        self.spare -= T::COUNT;
        T::read(self)
    }

    /// The next field as it is written.
    #[inline]
    pub(super) fn raw(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.bytes().position(|byte| byte == SEPARATOR).unwrap_or(rest.len());
        self.at += end + 1;
        &rest[..end]
    }

    /// The next field as text; nothing if it has no value.
    #[inline]
    pub(super) fn text(&mut self) -> &'a str {
        let raw = self.raw();
        match raw.as_bytes() {
            [b' ' | b'(', ..] | [.., b' '] => unpadded(raw),
            _ => raw,
        }
    }

    /// The next field as a whole number; zero if it has no value.
    ///
    /// # Errors
    /// [`BadField`].
    // Most fields are one: called forty times a record, the call itself would show.
    #[inline(always)]
    pub(super) fn integer(&mut self) -> Result<i64, BadField> {
        let bytes = self.text.as_bytes();
        let is_negative = bytes.get(self.at) == Some(&b'-');
        let start = self.at + usize::from(is_negative);
        if let Some((value, end, SEPARATOR)) = short_number(bytes, start) {
            self.at = end + 1;
            return Ok(if is_negative { -value } else { value });
        }
        let (value, end) = digits(bytes, start);
        let is_plain = start < end && end - start <= SAFE_DIGITS && ends_at(bytes, end);
        if !is_plain {
            return self.unusual_integer();
        }
        self.at = end + 1;
        Ok(if is_negative { -value } else { value })
    }

    /// A number that is blank, padded, too long, or none.
    #[cold]
    fn unusual_integer(&mut self) -> Result<i64, BadField> {
        let start = self.at;
        match self.text() {
            "" => Ok(0),
            text => text.parse().map_err(|_| self.bad(start)),
        }
    }

    /// The next field as a number with decimals, in hundredths; zero if it has no value. Further decimals are cut off.
    ///
    /// # Errors
    /// [`BadField`].
    #[inline]
    pub(super) fn hundredths(&mut self) -> Result<i64, BadField> {
        let bytes = self.text.as_bytes();
        let is_negative = bytes.get(self.at) == Some(&b'-');
        let start = self.at + usize::from(is_negative);
        let Some((whole, point, b'.')) = short_number(bytes, start) else { return self.unusual_hundredths() };
        let (Some(&tens), Some(&ones)) = (bytes.get(point + 1), bytes.get(point + 2)) else {
            return self.unusual_hundredths();
        };
        let Some(part) = two_digits(tens, ones).filter(|_| ends_at(bytes, point + 3)) else {
            return self.unusual_hundredths();
        };
        self.at = point + 4;
        let value = whole * 100 + i64::from(part);
        Ok(if is_negative { -value } else { value })
    }

    /// A number that is blank, padded, long, none, or does not have two decimals.
    #[cold]
    fn unusual_hundredths(&mut self) -> Result<i64, BadField> {
        let start = self.at;
        let text = self.text();
        let (sign, size) = text.strip_prefix('-').map_or((1, text), |size| (-1, size));
        let (whole, part) = size.split_once('.').unwrap_or((size, ""));
        if text.is_empty() {
            return Ok(0);
        }
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let whole: Option<i64> = Some(whole).filter(|whole| is_number(whole)).and_then(|whole| whole.parse().ok());
        let mut places = part.bytes().chain(*b"00").map(|digit| i64::from(digit.wrapping_sub(b'0')));
        let (tens, ones) = (places.next().unwrap_or_default(), places.next().unwrap_or_default());
        let value =
            whole.filter(|_| is_number(part)).and_then(|whole| whole.checked_mul(100)?.checked_add(tens * 10 + ones));
        value.map(|value| sign * value).ok_or_else(|| self.bad(start))
    }

    /// The next field, if it has exactly `N` bytes.
    #[inline]
    pub(super) fn exactly<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let field = self.text.as_bytes().get(self.at..)?.first_chunk::<N>()?;
        if !ends_at(self.text.as_bytes(), self.at + N) || field.contains(&SEPARATOR) {
            return None;
        }
        self.at += N + 1;
        Some(field)
    }

    /// Goes back to the field that is bad, so that it can be named.
    #[cold]
    pub(super) fn bad(&mut self, start: usize) -> BadField {
        self.at = start;
        BadField
    }

    /// Where the next field begins.
    pub(super) fn position(&self) -> usize {
        self.at
    }
}

/// The number that two digits are.
#[inline]
pub(super) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// A text without the blanks around it; nothing if it stands for no value.
#[cold]
fn unpadded(raw: &str) -> &str {
    let text = raw.trim_matches(' ');
    if text == NULL { "" } else { text }
}

/// Each byte of a word.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A number of one to seven digits: its value, where it ends, and the byte there. Eight bytes are looked at in one step,
/// because the lengths of fields are what a processor guesses wrong.
#[inline]
fn short_number(bytes: &[u8], start: usize) -> Option<(i64, usize, u8)> {
    let chunk = bytes.get(start..)?.first_chunk::<8>()?;
    // Digits become 0 to 9; whatever is greater sets the highest bit of its byte, and perhaps of bytes behind it.
    let digits = u64::from_le_bytes(*chunk) ^ each(b'0');
    let others = (digits.wrapping_add(each(0x76)) | digits) & each(0x80);
    let count = others.trailing_zeros() / 8;
    if count == 0 || count == 8 {
        return None;
    }
    // The digits move to the end of the word, zeros before them; then pairs, fours and all eight are joined.
    let word = digits << (64 - 8 * count);
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let odd = 0x0000_00FF_0000_00FF;
    let high = (pairs & odd).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & odd).wrapping_mul(1 + (10_000 << 32));
    let value = high.wrapping_add(low) >> 32;
    let count = count as usize;
    Some((value as i64, start + count, chunk[count]))
}

/// The number that begins at `start`, and where its digits end. Only right for as many as are safe.
#[inline]
fn digits(bytes: &[u8], start: usize) -> (i64, usize) {
    let mut value: i64 = 0;
    let mut end = start;
    while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        end += 1;
    }
    (value, end)
}

#[inline]
fn ends_at(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_none_or(|byte| *byte == SEPARATOR)
}
