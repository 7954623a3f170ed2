//! Requests to cancel an order.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "order_cancels")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_id: i64,
    pub state: String,
    pub cause: String,
    pub n: i32,
    pub lease_epoch: Option<i64>,
    pub claimed_at: Option<DateTimeUtc>,
    pub answer_class: Option<String>,
    pub answer: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
