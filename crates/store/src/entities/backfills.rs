//! Back-fills that users asked for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backfills")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub symbols: Json,
    pub interval: String,
    pub from_date: Date,
    pub to_date: Date,
    pub status: String,
    pub progress: f64,
    pub days_missing: i64,
    pub days_asked: i64,
    pub bars_added: i64,
    pub requests: i64,
    pub unavailable: Json,
    pub error: Option<String>,
    pub job_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
