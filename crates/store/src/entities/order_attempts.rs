//! Claims of orders and of cancels, with what came of the requests.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "order_attempts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_id: i64,
    pub cancel_id: Option<i64>,
    pub n: i32,
    pub request_hash: String,
    pub wrote_bytes: Option<bool>,
    pub proof: Option<String>,
    pub answer_class: Option<String>,
    pub answer: Option<String>,
    pub claimed_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
