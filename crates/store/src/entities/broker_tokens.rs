//! The token of each app key at a broker, sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "broker_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_key_fingerprint: String,
    pub generation: i64,
    pub sealed: Option<Vec<u8>>,
    pub claimed_until: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
