//! Pages of lists.

use exodus_store::Paged;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Answer;
use super::validate::refuse_query;

/// Rows on a page when the client does not say.
const DEFAULT_PAGE_SIZE: u64 = 50;
/// Most rows on a page.
const MAX_PAGE_SIZE: u64 = 200;
/// Last page that can be asked for; keeps the offset far inside the database's integers.
const MAX_PAGE: u64 = 1_000_000;

/// Which page of a list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Page number, from 1.
    #[serde(default = "first_page")]
    #[param(minimum = 1, maximum = 1_000_000, default = 1)]
    pub(crate) page: u64,
    /// Rows on a page.
    #[serde(default = "default_page_size")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) page_size: u64,
}

fn first_page() -> u64 {
    1
}

fn default_page_size() -> u64 {
    DEFAULT_PAGE_SIZE
}

impl PageQuery {
    /// The page for the store.
    ///
    /// # Errors
    /// 400 for a page or size out of range.
    pub(crate) fn checked(self) -> Answer<exodus_store::Page> {
        if !(1..=MAX_PAGE).contains(&self.page) {
            return Err(refuse_query("page", format!("must be 1 to {MAX_PAGE}")));
        }
        if !(1..=MAX_PAGE_SIZE).contains(&self.page_size) {
            return Err(refuse_query("page_size", format!("must be 1 to {MAX_PAGE_SIZE}")));
        }
        Ok(exodus_store::Page { number: self.page, size: self.page_size })
    }

    /// The answer for rows of the store.
    pub(crate) fn answer<R, T>(self, rows: Paged<R>, make: impl FnMut(R) -> T) -> Page<T> {
        let Paged { items, total } = rows;
        Page { items: items.into_iter().map(make).collect(), page: self.page, page_size: self.page_size, total }
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// Page number, from 1.
    pub(crate) page: u64,
    /// Rows asked for.
    pub(crate) page_size: u64,
    /// Rows on all pages.
    pub(crate) total: u64,
}
