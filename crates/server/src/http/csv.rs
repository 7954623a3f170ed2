//! Tables as CSV files that Korean spreadsheet programs open without asking.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::problem::{Answer, Problem};

/// Without this mark spreadsheet programs take UTF-8 for another encoding.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A CSV file in the making.
pub(crate) struct CsvFile(csv::Writer<Vec<u8>>);

impl CsvFile {
    /// Starts with the names of the columns.
    pub(crate) fn new(columns: &[&str]) -> Answer<Self> {
        let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
        writer.write_record(columns).map_err(|error| Problem::internal(&error))?;
        Ok(Self(writer))
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, values: &[String]) -> Answer<()> {
        self.0.write_record(values).map_err(|error| Problem::internal(&error))
    }

    /// What the file holds.
    pub(crate) fn bytes(self) -> Answer<Vec<u8>> {
        self.0.into_inner().map_err(|error| Problem::internal(&error))
    }

    /// The answer that a browser saves under `name`.
    pub(crate) fn answer(self, name: &'static str) -> Answer<Response> {
        let bytes = self.bytes()?;
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let disposition = disposition.map_err(|error| Problem::internal(&error))?;
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
    }
}
