//! What a strategy was after each save. The database refuses to change or delete a row.

use sea_orm::entity::prelude::*;

use super::strategies;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "strategy_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub strategy_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub name: String,
    pub description: String,
    pub strategy_type: String,
    pub parameters: Json,
    pub symbols: Json,
    pub restored_from: Option<i32>,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "strategies::Entity", from = "Column::StrategyId", to = "strategies::Column::Id")]
    Strategy,
}

impl Related<strategies::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Strategy.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
