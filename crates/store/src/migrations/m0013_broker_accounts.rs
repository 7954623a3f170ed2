//! Accounts at a broker beside the demo account: their keys, their tokens, which one a user has selected, and which one a
//! strategy trades on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, references, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// A user has one demo account, and no account of a broker twice. What was removed may come back.
const UNIQUE_ACCOUNTS: [&str; 2] = [
    "CREATE UNIQUE INDEX accounts_one_demo ON accounts (user_id) WHERE broker = 'demo'",
    "CREATE UNIQUE INDEX accounts_by_number ON accounts (user_id, number_fingerprint) WHERE deleted_at IS NULL",
];

/// Every strategy that trades did so on the only account there was; every signal was given for it.
const ONLY_ACCOUNTS: [&str; 2] = [
    "UPDATE strategies SET account_id = (SELECT id FROM accounts WHERE accounts.user_id = strategies.user_id) \
     WHERE is_active",
    "UPDATE signals SET account_id = (SELECT id FROM accounts WHERE accounts.user_id = signals.user_id)",
];

/// A notice that still waits may lack what it names now, and only delays a screen.
const FORGET_NOTICES: &str = "DELETE FROM outbox";

/// An update of `strategies` that must not happen, beside those that were refused before: trading on no account, or
/// resting on one.
const FORBIDDEN: &str = "NEW.is_active = (NEW.active_version IS NOT NULL) \
    AND NEW.is_active <> (NEW.account_id IS NOT NULL)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: an active strategy without its account would not trade.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.drop_index(Index::drop().table("accounts").name("accounts_by_user_id_env").to_owned()).await?;
        for statement in UNIQUE_ACCOUNTS.into_iter().chain(ONLY_ACCOUNTS).chain([FORGET_NOTICES]) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.create_table(credentials()).await?;
        manager.create_table(tokens()).await?;
        let message = "a strategy trades on one account, and rests on none";
        guards::forbid_update(manager, "strategies", "strategies_keep_their_account", FORBIDDEN, message).await
    }

    /// Accounts at a broker cannot be told without these columns, so there must be none.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        guards::drop_guard_of(manager, "strategies", "strategies_keep_their_account").await?;
        drop_tables(manager, &["broker_tokens", "broker_credentials"]).await?;
        for name in ["accounts_by_number", "accounts_one_demo"] {
            manager.drop_index(Index::drop().table("accounts").name(name).to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        manager.create_index(unique("accounts", &["user_id", "env"])).await
    }
}

fn columns() -> [(&'static str, ColumnDef); 15] {
    [
        ("users", big_integer_null("selected_account_id")),
        ("strategies", big_integer_null("account_id")),
        ("signals", big_integer_null("account_id")),
        ("accounts", text("name").default("Demo").to_owned()),
        ("accounts", text("broker").default("demo").to_owned()),
        ("accounts", text_null("number_hint")),
        ("accounts", text_null("number_fingerprint")),
        ("accounts", text_null("hts_id_hint")),
        ("accounts", text_null("key_hint")),
        ("accounts", timestamp_with_time_zone_null("keys_saved_at")),
        ("accounts", text("status").default("ready").to_owned()),
        ("accounts", json_null("problem")),
        ("accounts", timestamp_with_time_zone_null("checked_at")),
        ("accounts", timestamp_with_time_zone_null("synced_at")),
        ("accounts", timestamp_with_time_zone_null("deleted_at")),
    ]
}

/// Sealed fields, one row each: the data key is wrapped by the key-encryption key that `key_id` names.
fn credentials() -> TableCreateStatement {
    Table::create()
        .table("broker_credentials")
        .col(big_integer("account_id"))
        .col(text("field"))
        .col(big_integer("user_id"))
        .col(big_integer("version"))
        .col(text("key_id"))
        .col(binary("wrapped_key"))
        .col(binary("sealed"))
        .col(timestamp_with_time_zone("saved_at"))
        .primary_key(Index::create().col("account_id").col("field"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

/// One token for each app key, shared by all processes.
fn tokens() -> TableCreateStatement {
    Table::create()
        .table("broker_tokens")
        .col(text("app_key_fingerprint").primary_key())
        .col(big_integer("generation"))
        .col(binary_null("sealed"))
        .col(timestamp_with_time_zone_null("claimed_until"))
        .to_owned()
}
