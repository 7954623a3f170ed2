//! Writes the fields of a record one after the other.

use std::fmt::{self, Display, Write};

/// Where the writing of a body of records is.
#[derive(Debug, Default)]
pub struct FieldWriter {
    text: String,
    /// Fields that the record still takes.
    room: usize,
    is_begun: bool,
}

impl FieldWriter {
    /// Begins a record of `width` fields.
    pub(super) fn begin(&mut self, width: usize) {
        self.room = width;
    }

    /// Fills the record up with blank fields.
    pub(super) fn finish(&mut self) {
        while self.room > 0 {
            self.field("");
        }
    }

    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Writes one field, if the record takes one more.
    pub fn field(&mut self, value: impl Display) {
        if self.room == 0 {
            return;
        }
        self.room -= 1;
        if std::mem::replace(&mut self.is_begun, true) {
            self.text.push('^');
        }
        let start = self.text.len();
        let written: fmt::Result = write!(self.text, "{value}");
        written.expect("a String takes everything");
        debug_assert!(!self.text[start..].contains('^'), "a value holds the separator");
    }
}
