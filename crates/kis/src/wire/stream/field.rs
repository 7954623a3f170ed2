//! The types of single fields.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use exodus_domain::{AvgPrice, Price, Qty, Symbol, SymbolError, Won};

use super::reader::two_digits;
use super::{BadField, FieldReader, FieldWriter};

/// Something that stands in one field, or in several that follow each other.
pub trait Field<'a>: Sized {
    /// How many fields it takes.
    const COUNT: usize = 1;

    /// Reads it.
    ///
    /// # Errors
    /// [`BadField`].
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField>;

    /// Writes it as the broker does.
    fn write(&self, fields: &mut FieldWriter);
}

/// A number in hundredths, as the broker gives rates and ratios: `104.31` is 10431.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hundredths(pub i64);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimals(f, self.0, 100)
    }
}

fn decimals(f: &mut fmt::Formatter<'_>, value: i64, scale: u64) -> fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.unsigned_abs();
    let width = scale.ilog10() as usize;
    write!(f, "{sign}{}.{:0width$}", size / scale, size % scale)
}

/// A whole number that is written with leading zeros, `N` digits wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Padded<const N: usize>(pub i64);

/// A code of up to four characters. A longer one is none of those that are known, and reads as blank.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Code([u8; 4]);

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..length]).expect("a code holds ASCII only, its constructor checks it")
    }

    /// The code that `text` is; blank if it is too long to be one, or not ASCII.
    #[inline]
    pub fn of(text: &str) -> Self {
        let mut code = [0; 4];
        if text.len() <= code.len() && text.is_ascii() {
            for (to, from) in code.iter_mut().zip(text.bytes()) {
                *to = from;
            }
        }
        Self(code)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// An issue as the broker names it: the short code, with a Q before that of an ETN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortCode {
    /// Issue.
    pub symbol: Symbol,
    /// Exchange-traded notes have the Q.
    pub is_etn: bool,
}

impl From<Symbol> for ShortCode {
    fn from(symbol: Symbol) -> Self {
        Self { symbol, is_etn: false }
    }
}

impl FromStr for ShortCode {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        match text.strip_prefix('Q') {
            Some(symbol) if symbol.len() == 6 => Ok(Self { symbol: symbol.parse()?, is_etn: true }),
            _ => Ok(Self { symbol: text.parse()?, is_etn: false }),
        }
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_etn { "Q" } else { "" }, self.symbol)
    }
}

impl Default for ShortCode {
    /// No issue has this code.
    fn default() -> Self {
        Self::from("000000".parse::<Symbol>().expect("six digits are a code"))
    }
}

impl<'a> Field<'a> for ShortCode {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let start = fields.position();
        fields.text().parse().map_err(|_| fields.bad(start))
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(self);
    }
}

impl<'a> Field<'a> for i64 {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        fields.integer()
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(self);
    }
}

macro_rules! whole_numbers {
    ($($name:ident),+) => {$(
        impl<'a> Field<'a> for $name {
            #[inline]
            fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
                fields.integer().map(Self)
            }

            fn write(&self, fields: &mut FieldWriter) {
                fields.field(self.0);
            }
        }
    )+};
}

whole_numbers!(Price, Qty, Won);

impl<'a, const N: usize> Field<'a> for Padded<N> {
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        fields.integer().map(Self)
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(format_args!("{:0N$}", self.0));
    }
}

impl<'a> Field<'a> for Hundredths {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        fields.hundredths().map(Self)
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(self);
    }
}

impl<'a> Field<'a> for AvgPrice {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let start = fields.position();
        let price = fields.hundredths()?.checked_mul(Self::SCALE / 100);
        price.map(Self).ok_or_else(|| fields.bad(start))
    }

    /// With two decimals, as the stream has them.
    fn write(&self, fields: &mut FieldWriter) {
        fields.field(Hundredths(self.0 / 100));
    }
}

impl<'a> Field<'a> for bool {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        Ok(fields.raw() == "Y")
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(if *self { "Y" } else { "N" });
    }
}

impl<'a> Field<'a> for Code {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        Ok(Self::of(fields.text()))
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(self.as_str());
    }
}

impl<'a> Field<'a> for &'a str {
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        Ok(fields.text())
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(self);
    }
}

#[inline]
fn time(fields: &mut FieldReader<'_>) -> Option<NaiveTime> {
    let [a, b, c, d, e, f] = *fields.exactly::<6>()?;
    NaiveTime::from_hms_opt(two_digits(a, b)?, two_digits(c, d)?, two_digits(e, f)?)
}

#[inline]
fn date(fields: &mut FieldReader<'_>) -> Option<NaiveDate> {
    let [a, b, c, d, e, f, g, h] = *fields.exactly::<8>()?;
    let year = two_digits(a, b)? * 100 + two_digits(c, d)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two_digits(e, f)?, two_digits(g, h)?)
}

fn put_time(time: NaiveTime, fields: &mut FieldWriter) {
    fields.field(format_args!("{:02}{:02}{:02}", time.hour(), time.minute(), time.second()));
}

impl<'a> Field<'a> for NaiveTime {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let start = fields.position();
        time(fields).ok_or_else(|| fields.bad(start))
    }

    fn write(&self, fields: &mut FieldWriter) {
        put_time(*self, fields);
    }
}

/// A time that only describes: what is none reads as none.
impl<'a> Field<'a> for Option<NaiveTime> {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let start = fields.position();
        let time = time(fields);
        if time.is_none() {
            fields.bad(start);
            fields.raw();
        }
        Ok(time)
    }

    fn write(&self, fields: &mut FieldWriter) {
        match self {
            Some(time) => put_time(*time, fields),
            None => fields.field(""),
        }
    }
}

impl<'a> Field<'a> for NaiveDate {
    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let start = fields.position();
        date(fields).ok_or_else(|| fields.bad(start))
    }

    fn write(&self, fields: &mut FieldWriter) {
        fields.field(format_args!("{:04}{:02}{:02}", self.year(), self.month(), self.day()));
    }
}

impl<'a, T: Field<'a> + Copy + Default, const N: usize> Field<'a> for [T; N] {
    const COUNT: usize = N * T::COUNT;

    #[inline]
    fn read(fields: &mut FieldReader<'a>) -> Result<Self, BadField> {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = T::read(fields)?;
        }
        Ok(values)
    }

    fn write(&self, fields: &mut FieldWriter) {
        for value in self {
            value.write(fields);
        }
    }
}
