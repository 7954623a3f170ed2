//! Accounts: the demo account of each user, and accounts at a broker. A removed one stays as a hidden row, because orders
//! name it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub env: String,
    pub initial_cash: i64,
    pub cash: i64,
    pub realized_pnl: i64,
    pub commission_terms: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub name: String,
    pub broker: String,
    pub number_hint: Option<String>,
    pub number_fingerprint: Option<String>,
    pub hts_id_hint: Option<String>,
    pub key_hint: Option<String>,
    pub keys_saved_at: Option<DateTimeUtc>,
    pub status: String,
    pub problem: Option<Json>,
    pub checked_at: Option<DateTimeUtc>,
    pub synced_at: Option<DateTimeUtc>,
    pub deleted_at: Option<DateTimeUtc>,
    pub review: Option<Json>,
    pub starts: Option<Json>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
