//! Finding issues by code, Korean name, initial consonants and English name.
//!
//! Every row of the table is compared with the text, which takes a few milliseconds for the 8,571 issues there ever
//! were; the keys that are compared are made when an issue is stored.

use std::collections::HashSet;

use exodus_domain::{Interval, Market, Symbol};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, LikeExpr, NullOrdering};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use super::{Issue, Listed, ListingStatus, SecurityKind, keys};
use crate::bars;
use crate::db::Db;
use crate::entities::instruments::{Column, Entity};
use crate::error::StoreError;
use crate::page::{Page, Paged, page_of};

/// Which issues are wanted.
#[derive(Clone, Debug, Default)]
pub struct InstrumentFilter {
    /// Those with this text in code or name, in any case, or with these initial consonants.
    pub text: Option<String>,
    /// Those of one market.
    pub market: Option<Market>,
    /// Those of one kind.
    pub kind: Option<SecurityKind>,
    /// Those that are listed, or those that no longer are.
    pub status: Option<ListingStatus>,
    /// The fictional ones, or the real ones.
    pub is_demo: Option<bool>,
}

/// Issues, the best match first: the code, its beginning, a name, its beginning, the beginning of its initials, then
/// whatever contains the text. Among equals listed issues come before delisted ones, shares before funds and notes, and
/// large ones before small ones.
/// Without a text they are in order of code, the delisted ones last.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn search(db: &dyn Db, filter: &InstrumentFilter, page: Page) -> Result<Paged<Listed>, StoreError> {
    let is_listed = Column::Status.eq(ListingStatus::Listed.as_str());
    let listed_first: Expr = CaseStatement::new().case(is_listed, 0).finally(1).into();
    let is_share = Column::Kind.eq(SecurityKind::Stock.as_str());
    let shares_first: Expr = CaseStatement::new().case(is_share, 0).finally(1).into();
    let mut query = Entity::find();
    if let Some(text) = &filter.text {
        let sought = Sought::new(text);
        query = query
            .filter(sought.anywhere())
            .order_by_asc(sought.rank())
            .order_by_asc(listed_first)
            .order_by_asc(shares_first)
            .order_by_with_nulls(Column::ListedShares, Order::Desc, NullOrdering::Last);
    } else {
        query = query.order_by_asc(listed_first);
    }
    query = query.order_by_asc(Column::Symbol);
    if let Some(market) = filter.market {
        query = query.filter(Column::Market.eq(market.as_str()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(is_demo) = filter.is_demo {
        query = query.filter(Column::IsDemo.eq(is_demo));
    }
    let found: Paged<Issue> = page_of(db, query, page).await?;
    let symbols: Vec<Symbol> = found.items.iter().filter_map(Issue::symbol).collect();
    let coverages = bars::coverages(db, &symbols, Interval::Day1).await?;
    let listed = |issue: Issue| {
        let series = issue.symbol().and_then(|symbol| coverages.get(&symbol));
        Listed { daily: series.and_then(|series| series.first()).copied(), issue }
    };
    Ok(Paged { items: found.items.into_iter().map(listed).collect(), total: found.total })
}

/// The issues with `text` anywhere in what is compared.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn matching(db: &dyn Db, text: &str) -> Result<HashSet<Symbol>, StoreError> {
    let query = Entity::find().select_only().column(Column::Symbol).filter(Sought::new(text).anywhere());
    let codes: Vec<String> = query.into_tuple().all(&db.executor()).await?;
    // Funds and warrants that have left the market have longer codes, and no bars.
    Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
}

/// A text in the forms in which it is compared.
struct Sought {
    code: String,
    name: String,
    /// None unless the text has a consonant that stands alone.
    initials: Option<String>,
}

impl Sought {
    fn new(text: &str) -> Self {
        let name = keys::folded(text);
        Self { code: name.to_uppercase(), initials: keys::asks_for_initials(text).then(|| keys::initials(text)), name }
    }

    fn anywhere(&self) -> Condition {
        let within = |column: Column, text: &str| like(column, &format!("%{}%", literal(text)));
        Condition::any()
            .add(within(Column::Symbol, &self.code))
            .add(within(Column::NameKey, &self.name))
            .add(within(Column::NameEnKey, &self.name))
            .add_option(self.initials.as_ref().map(|initials| within(Column::Initials, initials)))
    }

    fn rank(&self) -> Expr {
        let begins = |column: Column, text: &str| like(column, &format!("{}%", literal(text)));
        let names = [Column::NameKey, Column::NameEnKey];
        let named = |is: &dyn Fn(Column) -> Expr| names.iter().fold(Condition::any(), |any, name| any.add(is(*name)));
        let mut rank = CaseStatement::new()
            .case(Column::Symbol.eq(&self.code), 0)
            .case(begins(Column::Symbol, &self.code), 1)
            .case(named(&|name| name.eq(&self.name)), 2)
            .case(named(&|name| begins(name, &self.name)), 3);
        if let Some(initials) = &self.initials {
            rank = rank.case(begins(Column::Initials, initials), 4);
        }
        rank.finally(5).into()
    }
}

fn like(column: Column, pattern: &str) -> Expr {
    Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
}

/// The text with `%` and `_` meaning themselves.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
