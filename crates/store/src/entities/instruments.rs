//! Issues.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "instruments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub symbol: String,
    pub name_ko: String,
    pub name_en: String,
    pub market: String,
    pub kind: String,
    pub is_demo: bool,
    pub updated_at: DateTimeUtc,
    pub isin: Option<String>,
    pub security_group: Option<String>,
    pub share_kind: Option<String>,
    pub section: Option<String>,
    pub listed_on: Option<Date>,
    pub delisted_on: Option<Date>,
    pub status: String,
    pub par_value: Option<i64>,
    pub listed_shares: Option<i64>,
    pub tax_class: Option<String>,
    pub limit_multiple: i32,
    pub states: String,
    pub states_on: Option<Date>,
    pub is_assumed: bool,
    pub name_key: String,
    pub name_en_key: String,
    pub initials: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
