//! What symbol masters tell of an issue, and the keys by which it is searched.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Until now only the demo market and files of bars named issues, and bars say nothing of what their issue is.
const FILL: &str = "UPDATE instruments SET is_assumed = NOT is_demo, \
                    name_key = lower(replace(name_ko, ' ', '')), name_en_key = lower(replace(name_en, ' ', '')), \
                    name_en = CASE WHEN name_en = name_ko THEN '' ELSE name_en END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            // One at a time: SQLite takes no more.
            manager.alter_table(Table::alter().table("instruments").add_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared(FILL).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table("instruments").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [ColumnDef; 17] {
    [
        text_null("isin"),
        text_null("security_group"),
        text_null("share_kind"),
        text_null("section"),
        date_null("listed_on"),
        date_null("delisted_on"),
        text("status").default("listed").to_owned(),
        big_integer_null("par_value"),
        big_integer_null("listed_shares"),
        text_null("tax_class"),
        integer("limit_multiple").default(100).to_owned(),
        text("states").default("").to_owned(),
        date_null("states_on"),
        boolean("is_assumed").default(false).to_owned(),
        text("name_key").default("").to_owned(),
        text("name_en_key").default("").to_owned(),
        text("initials").default("").to_owned(),
    ]
}
