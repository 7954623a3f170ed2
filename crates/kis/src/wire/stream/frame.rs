//! Frames of data (§7.5): `0|H0STCNT0|002|f1^f2^…`, plain, or `1|H0STCNI0|001|base64`, sealed.

use std::marker::PhantomData;

use super::reader::SEPARATOR;
use super::{Cipher, FieldReader, FieldWriter, Record};

/// Why a frame was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It does not have four parts, or begins with neither 0 nor 1.
    #[error("this is no frame")]
    NoFrame,
    /// The number of records is none, or zero.
    #[error("the frame does not tell how many records it has")]
    NoCount,
    /// It must be decrypted first.
    #[error("the frame is encrypted")]
    Sealed,
    /// The fields do not share out evenly among the records.
    #[error("{fields} fields are no {count} records of equal width")]
    Uneven {
        /// Fields in the frame.
        fields: usize,
        /// Records it says it has.
        count: usize,
    },
    /// Records have fewer fields than any known version.
    #[error("a record has {width} fields and should have {oldest} at least")]
    Narrow {
        /// Fields of a record in the frame.
        width: usize,
        /// Fields of the oldest version that is read.
        oldest: usize,
    },
    /// A field does not have the form it should have.
    #[error("field {number} of {record}, counted from one, is malformed")]
    Field {
        /// The field, counted from one.
        number: usize,
        /// The record, counted from zero.
        record: usize,
    },
}

/// A frame, its envelope opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// True if the body is encrypted and in base64.
    pub is_sealed: bool,
    /// The feed.
    pub tr_id: &'a str,
    /// Number of records in the body.
    pub count: usize,
    /// The records.
    pub body: &'a str,
}

impl<'a> Frame<'a> {
    /// Splits a text at its first three bars.
    ///
    /// # Errors
    /// [`FrameError::NoFrame`] and [`FrameError::NoCount`].
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        let mut parts = text.splitn(4, '|');
        let (Some(kind), Some(tr_id), Some(count), Some(body)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(FrameError::NoFrame);
        };
        let is_sealed = match kind {
            "0" => false,
            "1" => true,
            _ => return Err(FrameError::NoFrame),
        };
        let count = count.parse().ok().filter(|count| *count > 0).ok_or(FrameError::NoCount)?;
        Ok(Self { is_sealed, tr_id, count, body })
    }

    /// The records of a plain frame.
    ///
    /// # Errors
    /// [`FrameError`], if it is sealed or if its width cannot be that of these records.
    pub fn records<R: Record<'a>>(&self) -> Result<Records<'a, R>, FrameError> {
        if self.is_sealed { Err(FrameError::Sealed) } else { records(self.count, self.body) }
    }
}

/// The records of a body that is plain, or has been decrypted.
///
/// # Errors
/// [`FrameError::Uneven`] and [`FrameError::Narrow`].
pub fn records<'a, R: Record<'a>>(count: usize, body: &'a str) -> Result<Records<'a, R>, FrameError> {
    let width = width(count, body)?;
    let Some(spare) = width.checked_sub(R::OLDEST) else {
        return Err(FrameError::Narrow { width, oldest: R::OLDEST });
    };
    Ok(Records { fields: FieldReader::new(body), width, spare, read: 0, count, record: PhantomData })
}

/// Fields of each record of a body.
pub(super) fn width(count: usize, body: &str) -> Result<usize, FrameError> {
    let fields = body.bytes().filter(|byte| *byte == SEPARATOR).count() + 1;
    if count == 0 || !fields.is_multiple_of(count) {
        return Err(FrameError::Uneven { fields, count });
    }
    Ok(fields / count)
}

/// The records of a body, read one after the other. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Records<'a, R> {
    fields: FieldReader<'a>,
    width: usize,
    spare: usize,
    read: usize,
    count: usize,
    record: PhantomData<fn() -> R>,
}

impl<'a, R: Record<'a>> Iterator for Records<'a, R> {
    type Item = Result<R, FrameError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.read >= self.count {
            return None;
        }
        self.fields.begin(self.spare);
        match R::read(&mut self.fields) {
            Ok(record) => {
                self.fields.finish();
                self.read += 1;
                Some(Ok(record))
            }
            Err(_) => {
                let number = self.fields.fields_read() % self.width + 1;
                let record = std::mem::replace(&mut self.read, self.count);
                Some(Err(FrameError::Field { number, record }))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.count - self.read;
        (left, Some(left))
    }
}

impl<'a, R: Record<'a>> ExactSizeIterator for Records<'a, R> {}

/// A plain frame of records, each `width` fields wide: the first ones of the record, or all of them and blank ones.
pub fn write_frame<'a, R: Record<'a>>(tr_id: &str, records: &[R], width: usize) -> String {
    format!("0|{tr_id}|{:03}|{}", records.len(), write_body(records, width))
}

/// A sealed frame of records.
pub fn write_sealed<'a, R: Record<'a>>(tr_id: &str, records: &[R], width: usize, cipher: &Cipher) -> String {
    format!("1|{tr_id}|{:03}|{}", records.len(), cipher.seal(&write_body(records, width)))
}

fn write_body<'a, R: Record<'a>>(records: &[R], width: usize) -> String {
    let mut fields = FieldWriter::default();
    for record in records {
        fields.begin(width);
        record.write(&mut fields);
        fields.finish();
    }
    fields.into_text()
}
