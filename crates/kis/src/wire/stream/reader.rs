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
        let text = self.raw().trim_matches(' ');
        if text == NULL { "" } else { text }
    }

    /// The next field as a whole number; zero if it has no value.
    ///
    /// # Errors
    /// [`BadField`].
    #[inline]
    pub(super) fn integer(&mut self) -> Result<i64, BadField> {
        let bytes = self.text.as_bytes();
        let negative = bytes.get(self.at) == Some(&b'-');
        let start = self.at + usize::from(negative);
        let (value, end) = digits(bytes, start);
        let is_plain = start < end && end - start <= SAFE_DIGITS && ends_at(bytes, end);
        if !is_plain {
            return self.unusual_integer();
        }
        self.at = end + 1;
        Ok(if negative { -value } else { value })
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

    /// The next field as a number with decimals, in units of 10 to the power of minus `places`; zero if it has no value.
    /// Further decimals are cut off.
    ///
    /// # Errors
    /// [`BadField`].
    #[inline]
    pub(super) fn decimal(&mut self, places: u32) -> Result<i64, BadField> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let negative = bytes.get(start) == Some(&b'-');
        let first = start + usize::from(negative);
        let (whole, point) = digits(bytes, first);
        let mut end = point;
        let mut value = whole;
        let mut missing = places;
        if bytes.get(point) == Some(&b'.') {
            end += 1;
            while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
                if missing > 0 {
                    value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
                    missing -= 1;
                }
                end += 1;
            }
        }
        let is_plain = first < end && point - first <= SAFE_DIGITS - 4 && ends_at(bytes, end);
        if !is_plain {
            return match self.text() {
                "" => Ok(0),
                _ => Err(self.bad(start)),
            };
        }
        self.at = end + 1;
        for _ in 0..missing {
            value *= 10;
        }
        Ok(if negative { -value } else { value })
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
