//! Lists in pages.

use sea_orm::{EntityTrait, PaginatorTrait, QuerySelect, Select};

use crate::db::Db;
use crate::error::{StoreError, records};

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Number of the page, from 1.
    pub number: u64,
    /// Rows on a page.
    pub size: u64,
}

impl Page {
    /// Rows before this page.
    pub(crate) fn offset(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Paged<T> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// Rows in the whole list.
    pub total: u64,
}

/// Reads one page of `select`, which must be ordered.
pub(crate) async fn page_of<E, T>(db: &dyn Db, select: Select<E>, page: Page) -> Result<Paged<T>, StoreError>
where
    E: EntityTrait<Model: Sync>,
    T: TryFrom<E::Model, Error = StoreError>,
{
    let connection = db.executor();
    let total = select.clone().count(&connection).await?;
    let models = select.offset(page.offset()).limit(page.size).all(&connection).await?;
    Ok(Paged { items: records(models)?, total })
}
