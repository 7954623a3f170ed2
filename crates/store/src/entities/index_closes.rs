//! Closing levels of indices.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "index_closes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub index_name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    pub close: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
