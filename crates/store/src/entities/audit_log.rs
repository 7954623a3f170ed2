//! Who did what, chained by hashes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub user_id: Option<i64>,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub detail: Json,
    pub recorded_at: DateTimeUtc,
    pub prev_hash: String,
    pub hash: String,
    pub address: Option<String>,
    pub before_hash: Option<String>,
    pub after_hash: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
