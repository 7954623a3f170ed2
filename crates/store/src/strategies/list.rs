//! Strategies in a list.

use std::collections::HashMap;

use exodus_domain::text_enum;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, NullOrdering, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{Strategy, of_user};
use crate::db::Db;
use crate::entities::backtest_results;
use crate::entities::strategies::{Column, Entity};
use crate::error::StoreError;
use crate::jobs::JobStatus;
use crate::page::{Page, Paged, page_of};

/// Which strategies are wanted.
#[derive(Clone, Debug, Default)]
pub struct StrategyFilter {
    /// Those with this text in their name, their description or the code of an issue; large and small letters are one.
    pub search: Option<String>,
    /// Those of one type.
    pub strategy_type: Option<String>,
    /// Those that trade, or those that do not.
    pub is_active: Option<bool>,
    /// Those that were put away in place of the others.
    pub is_archived: bool,
}

text_enum! {
    /// By what strategies are sorted.
    StrategySort {
        /// The one made last comes first.
        Newest = "newest",
        /// By name.
        Name = "name",
        /// The one whose last backtest gained most comes first; those without a backtest come last.
        Return = "return",
    }
}

/// A user's strategies.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    db: &dyn Db,
    user_id: i64,
    filter: &StrategyFilter,
    sort: StrategySort,
    page: Page,
) -> Result<Paged<Strategy>, StoreError> {
    let mut query = of_user(user_id);
    query = match filter.is_archived {
        true => query.filter(Column::ArchivedAt.is_not_null()),
        false => query.filter(Column::ArchivedAt.is_null()),
    };
    if let Some(is_active) = filter.is_active {
        query = query.filter(Column::IsActive.eq(is_active));
    }
    if let Some(strategy_type) = &filter.strategy_type {
        query = query.filter(Column::StrategyType.eq(strategy_type.as_str()));
    }
    if let Some(text) = &filter.search {
        query = query.filter(holds(text));
    }
    page_of(db, sorted(query, sort).order_by_desc(Column::Id), page).await
}

/// What some strategies are called now, by number; deleted ones too, because signals and orders name them.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn names(db: &dyn Db, ids: impl IntoIterator<Item = i64>) -> Result<HashMap<i64, String>, StoreError> {
    let query = Entity::find().select_only().columns([Column::Id, Column::Name]).filter(Column::Id.is_in(ids));
    Ok(query.into_tuple::<(i64, String)>().all(&db.executor()).await?.into_iter().collect())
}

fn sorted(query: Select<Entity>, sort: StrategySort) -> Select<Entity> {
    match sort {
        StrategySort::Newest => query,
        StrategySort::Name => query.order_by_asc(Column::Name),
        StrategySort::Return => query.order_by_with_nulls(last_return(), Order::Desc, NullOrdering::Last),
    }
}

/// What the last finished backtest of a strategy gained.
fn last_return() -> Expr {
    use backtest_results::Column as Backtest;
    let mut gained = Query::select();
    gained
        .expr(Backtest::TotalReturn.into_expr())
        .from(backtest_results::Entity)
        .and_where(Backtest::StrategyId.into_expr().eq(Column::Id.into_expr()))
        .and_where(Backtest::Status.eq(JobStatus::Done.as_str()))
        .order_by_expr(Backtest::Id.into_expr(), Order::Desc)
        .limit(1);
    gained.into()
}

/// True of strategies that have `text` somewhere.
fn holds(text: &str) -> Condition {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    let texts =
        [Column::Name.into_expr(), Column::Description.into_expr(), Column::Symbols.into_expr().cast_as("text")];
    texts.into_iter().fold(Condition::any(), |any, column| {
        any.add(Expr::expr(Func::lower(column)).like(LikeExpr::new(pattern.as_str()).escape('\\')))
    })
}
