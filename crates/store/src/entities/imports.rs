//! Files that were brought; without a user those of the command line and of brokers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: Option<i64>,
    pub source: String,
    pub kind: String,
    pub file_name: String,
    pub interval: String,
    pub adjusted: bool,
    pub strict: bool,
    pub status: String,
    pub progress: f64,
    pub rows_read: i64,
    pub rows_added: i64,
    pub rows_changed: i64,
    pub rows_unchanged: i64,
    pub rows_quarantined: i64,
    pub reasons: Json,
    pub symbols: i64,
    pub error: Option<String>,
    pub problem: Option<Json>,
    pub job_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
