//! Files of bars that users brought.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub file_name: String,
    pub interval: String,
    pub adjusted: bool,
    pub status: String,
    pub progress: f64,
    pub rows_read: i64,
    pub rows_added: i64,
    pub rows_unchanged: i64,
    pub symbols: i64,
    pub error: Option<String>,
    pub job_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
