//! Pages of lists.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
