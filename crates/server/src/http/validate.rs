//! Collects what is wrong with a request, so that one answer names every refused field.

use std::str::FromStr;

use chrono::NaiveDate;
use exodus_domain::Symbol;

use super::problem::{Answer, FieldError, Problem};

/// The refused fields of one request.
#[derive(Default)]
pub(crate) struct Checks {
    place: String,
    errors: Vec<FieldError>,
}

impl Checks {
    /// Of a part of a request: the names of its fields begin with `place`, which ends in a full stop.
    pub(crate) fn at(place: &str) -> Self {
        Self { place: place.to_owned(), errors: Vec::new() }
    }

    /// True if nothing was refused.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Refuses `field` with `message` unless `holds`.
    pub(crate) fn require(&mut self, holds: bool, field: &str, message: impl Into<String>) {
        if !holds {
            self.refuse(field, message);
        }
    }

    /// Refuses `field` with `message`.
    pub(crate) fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let field = format!("{}{}", self.place, field.into());
        self.errors.push(FieldError { field, message: message.into() });
    }

    /// A text without surrounding blanks, of `min` to `max` characters, none of them a control character other than
    /// a line break.
    pub(crate) fn text(&mut self, field: &str, value: &str, min: usize, max: usize) -> String {
        let text = value.trim();
        let length = text.chars().count();
        self.require((min..=max).contains(&length), field, format!("must have {min} to {max} characters"));
        let printable = text.chars().all(|c| !c.is_control() || c == '\n');
        self.require(printable, field, "must not hold control characters");
        text.to_owned()
    }

    /// A whole number within limits.
    pub(crate) fn range(&mut self, field: &str, value: i64, min: i64, max: i64) {
        self.require((min..=max).contains(&value), field, format!("must be {min} to {max}"));
    }

    /// `min` to `max` symbols, each once.
    pub(crate) fn symbols(&mut self, field: &str, values: &[String], min: usize, max: usize) -> Vec<Symbol> {
        self.require((min..=max).contains(&values.len()), field, format!("must name {min} to {max} symbols"));
        let mut symbols = Vec::with_capacity(values.len().min(max));
        for (index, text) in values.iter().enumerate().take(max) {
            match text.parse::<Symbol>() {
                Ok(symbol) if symbols.contains(&symbol) => {
                    self.refuse(format!("{field}[{index}]"), format!("{symbol} is named twice"));
                }
                Ok(symbol) => symbols.push(symbol),
                Err(error) => self.refuse(format!("{field}[{index}]"), error.to_string()),
            }
        }
        symbols
    }

    /// 422 with every refused field, if there is one.
    pub(crate) fn finish(self) -> Answer<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::fields(self.errors)) }
    }

    /// 400 with every refused parameter of the query string, if there is one.
    pub(crate) fn finish_query(self) -> Answer<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(bad_query(self.errors)) }
    }

    /// Every refusal in one sentence, for the command line.
    pub(crate) fn sentences(&self) -> Option<String> {
        let sentences: Vec<String> = self.errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        (!sentences.is_empty()).then(|| sentences.join("; "))
    }
}

/// A value of the query string; 400 naming the parameter.
pub(crate) fn query_value<T: FromStr<Err: std::fmt::Display>>(field: &str, text: &str) -> Answer<T> {
    text.parse().map_err(|error: T::Err| refuse_query(field, error.to_string()))
}

/// 400 naming a parameter of the query string.
pub(crate) fn refuse_query(field: &str, message: impl Into<String>) -> Problem {
    bad_query(vec![FieldError { field: field.to_owned(), message: message.into() }])
}

fn bad_query(errors: Vec<FieldError>) -> Problem {
    Problem::malformed(axum::http::StatusCode::BAD_REQUEST, "INVALID_QUERY", errors)
}

/// A word to sort by, and true if the largest comes first: a minus before the word says so. `usual` if nothing is said.
pub(crate) fn sorting<T: FromStr<Err: std::fmt::Display>>(text: Option<&str>, usual: T) -> Answer<(T, bool)> {
    let Some(text) = text else { return Ok((usual, false)) };
    match text.strip_prefix('-') {
        Some(word) => Ok((query_value("sort", word)?, true)),
        None => Ok((query_value("sort", text)?, false)),
    }
}

/// The symbol of a path; what is no symbol is not found.
pub(crate) fn path_symbol(text: &str) -> Answer<Symbol> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Dates that can be asked for: wide enough for every market, and far inside what can be computed with.
const FIRST_DATE: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("1 January exists in every year");
const LAST_DATE: NaiveDate = NaiveDate::from_ymd_opt(2199, 12, 31).expect("31 December exists in every year");

/// 400 naming `from` or `to` if a date is out of reach, or the range ends before it begins.
pub(crate) fn check_dates(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Answer<()> {
    for (field, date) in [("from", from), ("to", to)] {
        if date.is_some_and(|date| !(FIRST_DATE..=LAST_DATE).contains(&date)) {
            return Err(refuse_query(field, format!("must be {FIRST_DATE} to {LAST_DATE}")));
        }
    }
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(refuse_query("to", "must not be before from")),
        _ => Ok(()),
    }
}
