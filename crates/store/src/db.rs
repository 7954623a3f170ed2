//! The handle on the database: connecting, and transactions.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use exodus_domain::testing::{Defect, planted};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

use crate::error::StoreError;
use crate::scope::{self, Executor, Scope, taken_for};
use crate::{jobs, migrations, walls};

/// How long a SQLite statement waits for another writer before it fails.
const BUSY_TIMEOUT_MS: &str = "10000";

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite file; made if it does not exist.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as `postgres://user:password@host:port/name`.
    Postgres(String),
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text).trim_start_matches("//");
        if text.contains("://") && !text.starts_with("sqlite:") || path.is_empty() {
            return Err(StoreError::Refused(
                "this is no database: name a file for SQLite, or postgres://user:password@host/name".to_owned(),
            ));
        }
        // `sqlite:///srv/x.db` names an absolute path, `sqlite://x.db` and `sqlite:x.db` a relative one.
        let absolute = text.starts_with("sqlite:///");
        Ok(Self::Sqlite(if absolute { Path::new("/").join(path.trim_start_matches('/')) } else { PathBuf::from(path) }))
    }
}

/// Never shows the password.
impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let place = url.rsplit_once('@').map_or_else(|| url.trim_start_matches("postgres://"), |(_, p)| p);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether a committed transaction must survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Yes; a PostgreSQL server that does not promise it is refused, because "written down before it is sent" is
    /// what keeps an order from being sent twice (safety §2.1).
    Required,
    /// No; for tests, which run PostgreSQL without fsync to save minutes.
    RelaxedForTests,
}

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// One file, one process.
    Sqlite,
    /// A server, any number of processes.
    Postgres,
}

impl Backend {
    /// `sqlite` or `postgres`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

mod sealed {
    use crate::scope::Executor;

    /// Gives the crate its connection without showing it to others.
    pub trait Connected {
        /// What statements run on.
        fn executor(&self) -> Executor<'_>;

        /// Remembers that the outbox got a row, so that the relay wakes once the row can be seen.
        fn outbox_written(&self);
    }
}

/// Something statements can run on: the [`Store`], each statement for itself, or a [`Tx`], all or none.
pub trait Db: sealed::Connected + Send + Sync {}

/// The database, as far as the rows of its [`Scope`] go. Clones share their pools.
///
/// Whoever has the store of everyone can make that of a user, and nobody can make more of the store of a user than it is:
/// who authenticates hands it out, and what is handed out carries the wall with it (safety SE21).
#[derive(Clone)]
pub struct Store {
    scope: Scope,
    /// The pool of background work; on SQLite the only one.
    connection: DatabaseConnection,
    /// The pool of users, on PostgreSQL.
    users: Option<DatabaseConnection>,
    /// Where the tables are made, on PostgreSQL.
    url: Option<Arc<str>>,
    /// SQLite has one writer. Waiting for it here is fair and costs no polling, unlike its own busy handler.
    writer: Option<Arc<Mutex<()>>>,
    wake: Arc<Wake>,
}

/// Wakes the tasks of this process that wait for rows of other tasks.
#[derive(Default)]
struct Wake {
    outbox: Notify,
    jobs: Notify,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.backend().as_str())
    }
}

impl sealed::Connected for Store {
    fn executor(&self) -> Executor<'_> {
        match &self.users {
            Some(users) if self.scope != Scope::Everyone => Executor::Scoped(users, self.scope),
            _ => Executor::Whole(&self.connection),
        }
    }

    fn outbox_written(&self) {
        self.wake.outbox.notify_one();
    }
}

impl Db for Store {}

impl Store {
    /// Connects, and makes the SQLite file if there is none. Tables are made by [`Store::migrate_up`].
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the server does not promise durability although it is required, or if the list of tables
    /// of a SQLite file is damaged, [`StoreError::Database`] if it cannot be reached.
    pub async fn connect(url: &StoreUrl, durability: Durability) -> Result<Self, StoreError> {
        let address = match url {
            StoreUrl::Sqlite(path) => {
                let connected = Database::connect(sqlite(path)).await;
                return Ok(Self::alone(
                    connected.map_err(|error| told_of_damage(&error.to_string()).unwrap_or(error.into()))?,
                ));
            }
            StoreUrl::Postgres(address) => address.as_str(),
        };
        let owner = owner(address).await?;
        if durability == Durability::Required {
            check_durability(&owner).await?;
        }
        owner.close().await?;
        let connection = Database::connect(postgres(address, scope::for_everyone)).await?;
        let users = Database::connect(postgres(address, scope::for_users)).await?;
        let (users, url) = (Some(users), Some(Arc::from(address)));
        Ok(Self { scope: Scope::Everyone, connection, users, url, writer: None, wake: Arc::default() })
    }

    /// A SQLite file, which has one pool and one writer.
    fn alone(connection: DatabaseConnection) -> Self {
        let writer = Some(Arc::default());
        Self { scope: Scope::Everyone, connection, users: None, url: None, writer, wake: Arc::default() }
    }

    /// The same database within the walls of a user. Of a store that is another user's already, nothing is left.
    ///
    /// On PostgreSQL the database itself keeps to the walls. SQLite knows none: there they are the conditions of each
    /// statement, and triggers that refuse rows of one user under those of another.
    #[must_use]
    pub fn of_user(&self, user_id: i64) -> Self {
        Self { scope: self.scope.narrowed_to(user_id), ..self.clone() }
    }

    /// The same database as somebody sees it who is not known.
    #[must_use]
    pub fn of_nobody(&self) -> Self {
        Self { scope: Scope::Nobody, ..self.clone() }
    }

    /// Whose rows it reads and changes.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Makes and changes tables until they are as this version needs them, and puts up the walls between users.
    ///
    /// # Errors
    /// [`StoreError::Database`] if a step failed; finished steps stay. [`StoreError::Refused`] if a role of the database
    /// would pass the walls.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        let Some(url) = &self.url else {
            return migrations::up(&self.connection).await;
        };
        let owner = owner(url).await?;
        // Processes that start together take turns: the first makes the tables, the others find them made.
        let turn = owner.begin_with_options(TransactionOptions::default()).await?;
        lock_key(&turn, "migrations").await?;
        migrations::up(&owner).await?;
        jobs::prepare_deliveries(&owner).await?;
        walls::raise(&owner).await?;
        turn.commit().await?;
        Ok(owner.close().await?)
    }

    /// Drops every table with everything in it.
    ///
    /// # Errors
    /// [`StoreError::Database`] if a step failed; finished steps stay.
    pub async fn migrate_down(&self) -> Result<(), StoreError> {
        let Some(url) = &self.url else {
            return migrations::down(&self.connection).await;
        };
        let owner = owner(url).await?;
        jobs::drop_deliveries(&owner).await?;
        migrations::down(&owner).await?;
        Ok(owner.close().await?)
    }

    /// Tables of which it is not known whose their rows are, so that no wall was put up and the program cannot use them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn tables_without_a_place(&self) -> Result<Vec<String>, StoreError> {
        walls::unknown_tables(&self.connection).await
    }

    /// True if no migration is outstanding.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the database does not answer.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        migrations::is_current(&self.connection).await
    }

    /// Starts a transaction. On SQLite it holds the one writer from its first moment (`BEGIN IMMEDIATE`), because a
    /// lock that is upgraded later fails at once instead of waiting.
    ///
    /// # Errors
    /// [`StoreError::Database`] if no connection is free or the writer stays busy.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let writer = match &self.writer {
            Some(writer) => Some(Arc::clone(writer).lock_owned().await),
            None => None,
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let inner = match &self.users {
            Some(users) if self.scope != Scope::Everyone => {
                taken_for(self.scope, users.begin_with_options(options)).await?
            }
            _ => self.connection.begin_with_options(options).await?,
        };
        Ok(Tx {
            inner,
            wake: Arc::clone(&self.wake),
            wrote_outbox: AtomicBool::new(false),
            added_job: AtomicBool::new(false),
            _writer: writer,
        })
    }

    /// Looks whether the file of a SQLite database is whole, as far as the order path goes: packed bars can be had again
    /// and may be gigabytes. Other databases look after their files themselves.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with what is damaged.
    pub async fn check_whole(&self) -> Result<(), StoreError> {
        if self.backend() != Backend::Sqlite {
            return Ok(());
        }
        let damage = self.find_damage().await.unwrap_or_else(|error| Some(error.to_string()));
        match damage.as_deref().map(|found| found.lines().collect::<Vec<_>>().join(", ")) {
            None => Ok(()),
            Some(found) => Err(damaged(&found)),
        }
    }

    async fn find_damage(&self) -> Result<Option<String>, DbErr> {
        let query = |sql: String| Statement::from_string(DbBackend::Sqlite, sql);
        let tables =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('packed_bars', 'market_data')";
        for table in self.connection.query_all_raw(query(tables.to_owned())).await? {
            let table: String = table.try_get_by_index(0)?;
            let found = self.connection.query_one_raw(query(format!("PRAGMA quick_check(\"{table}\")"))).await?;
            let found: String = found.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
            if found != "ok" {
                return Ok(Some(format!("{table}: {found}")));
            }
        }
        Ok(None)
    }

    /// The kind of database.
    pub fn backend(&self) -> Backend {
        if self.writer.is_some() { Backend::Sqlite } else { Backend::Postgres }
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Database`] if there is none.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.connection.ping().await?)
    }

    /// Closes every connection. Clones of the handle are closed with it.
    ///
    /// # Errors
    /// [`StoreError::Database`] if closing failed.
    pub async fn close(self) -> Result<(), StoreError> {
        if let Some(users) = self.users {
            users.close().await?;
        }
        Ok(self.connection.close().await?)
    }

    /// Resolves soon after a transaction of this process that wrote to the outbox has committed.
    pub(crate) async fn outbox_filled(&self) {
        self.wake.outbox.notified().await;
    }

    /// Resolves soon after a transaction of this process that added a job has committed.
    pub(crate) async fn job_added(&self) {
        self.wake.jobs.notified().await;
    }

    /// The connection of background work itself, for what needs the driver or looks for work.
    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Connects to a SQLite file by one connection, so that statements come one after the other in an order that repeats.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the file cannot be opened.
    #[cfg(feature = "testing")]
    pub async fn connect_alone(path: &Path) -> Result<Self, StoreError> {
        let mut options = sqlite(path);
        options.max_connections(1).min_connections(1).test_before_acquire(false);
        Ok(Self::alone(Database::connect(options).await?))
    }

    /// True if no statement is under way, no transaction is open and no bar is being unpacked; for
    /// [`Store::connect_alone`].
    #[cfg(feature = "testing")]
    pub fn is_idle(&self) -> bool {
        self.connection.get_sqlite_connection_pool().num_idle() == 1 && crate::bars::nothing_under_way()
    }

    /// Runs nothing from now on, as for a process that was killed: what is sent to the database is done still.
    #[cfg(feature = "testing")]
    pub fn cut_off(&self) {
        drop(self.connection.get_sqlite_connection_pool().close());
    }
}

/// Refuses a server that may forget what it confirmed. SQLite is told on every connection, see [`sqlite`].
async fn check_durability(connection: &DatabaseConnection) -> Result<(), StoreError> {
    for setting in ["fsync", "synchronous_commit"] {
        let statement = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
        let row = connection.query_one_raw(statement).await?;
        let value: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        if value == "off" {
            return Err(StoreError::Refused(format!(
                "PostgreSQL runs with {setting} = off and may forget an order that was sent: switch {setting} on"
            )));
        }
    }
    Ok(())
}

/// What SQLite says of a file whose list of tables it cannot read (SQLITE_CORRUPT).
fn told_of_damage(said: &str) -> Option<StoreError> {
    said.contains("database disk image is malformed").then(|| damaged(said))
}

fn damaged(found: &str) -> StoreError {
    StoreError::Refused(format!(
        "its file is damaged ({found}); nothing was changed: put the last backup in its place, accounts then only read \
         until you have looked at them"
    ))
}

/// A transaction. Dropped without [`Tx::commit`] it is rolled back.
pub struct Tx {
    inner: DatabaseTransaction,
    wake: Arc<Wake>,
    wrote_outbox: AtomicBool,
    added_job: AtomicBool,
    _writer: Option<OwnedMutexGuard<()>>,
}

impl sealed::Connected for Tx {
    fn executor(&self) -> Executor<'_> {
        self.executor()
    }

    fn outbox_written(&self) {
        self.wrote_outbox.store(true, Ordering::Relaxed);
        if planted(Defect::PublishBeforeCommit) {
            self.wake.outbox.notify_one();
        }
    }
}

impl Db for Tx {}

impl Tx {
    /// Makes everything since [`Store::begin`] last.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the commit failed; whether it happened must be read back.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().await?;
        if self.wrote_outbox.into_inner() {
            self.wake.outbox.notify_one();
        }
        if self.added_job.into_inner() {
            self.wake.jobs.notify_one();
        }
        Ok(())
    }

    /// What statements of this transaction run on.
    pub(crate) fn executor(&self) -> Executor<'_> {
        Executor::Transaction(&self.inner)
    }

    /// Remembers that a job was added, so that a runner wakes once it can be seen.
    pub(crate) fn job_added(&self) {
        self.added_job.store(true, Ordering::Relaxed);
    }

    /// Waits until no other transaction holds `key`, and keeps it to the end of this one. SQLite has one writer, so
    /// there is nothing to wait for.
    pub(crate) async fn lock_key(&self, key: &str) -> Result<(), StoreError> {
        lock_key(&self.inner, key).await
    }
}

async fn lock_key(transaction: &DatabaseTransaction, key: &str) -> Result<(), StoreError> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()]);
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}

fn sqlite(path: &Path) -> ConnectOptions {
    let mut options = ConnectOptions::new("sqlite::memory:");
    let path = path.to_owned();
    options.max_connections(8).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .in_memory(false)
            .shared_cache(false)
            .filename(&path)
            .create_if_missing(true)
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("busy_timeout", BUSY_TIMEOUT_MS)
    });
    quiet(options)
}

fn postgres(address: &str, whose: fn(&mut ConnectOptions)) -> ConnectOptions {
    let mut options = ConnectOptions::new(address);
    options.max_connections(16).connect_timeout(Duration::from_secs(10));
    whose(&mut options);
    quiet(options)
}

/// A few connections that keep the rights of the account, for what only the owner of the tables may do.
async fn owner(address: &str) -> Result<DatabaseConnection, StoreError> {
    let mut options = postgres(address, scope::for_owner);
    options.max_connections(3);
    Ok(Database::connect(options).await?)
}

fn quiet(mut options: ConnectOptions) -> ConnectOptions {
    options.sqlx_logging(false);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server() {
        let parse = |text: &str| text.parse::<StoreUrl>().ok();
        assert_eq!(parse("data/exodus.db"), Some(StoreUrl::Sqlite("data/exodus.db".into())));
        assert_eq!(parse("sqlite:data/exodus.db"), Some(StoreUrl::Sqlite("data/exodus.db".into())));
        assert_eq!(parse("sqlite:///srv/exodus.db"), Some(StoreUrl::Sqlite("/srv/exodus.db".into())));
        assert_eq!(parse("postgres://a:b@c/d"), Some(StoreUrl::Postgres("postgres://a:b@c/d".into())));
        assert_eq!(parse("mysql://a:b@c/d"), None);
        assert_eq!(parse(""), None);
    }

    /// A database of its own in a file, closed.
    async fn file(folder: &Path) -> PathBuf {
        let path = folder.join("exodus.sqlite");
        let store = Store::connect(&StoreUrl::Sqlite(path.clone()), Durability::Required).await.expect("a new file");
        store.migrate_up().await.expect("its tables");
        assert!(store.check_whole().await.is_ok());
        store.close().await.expect("closed");
        path
    }

    #[tokio::test]
    async fn a_damaged_file_is_refused_before_anything_is_read_from_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = file(folder.path()).await;
        let whole = std::fs::read(&path).expect("a file");
        let open = async |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("written");
            let store = Store::connect(&StoreUrl::Sqlite(path.clone()), Durability::Required).await?;
            store.check_whole().await
        };
        assert!(open(&whole).await.is_ok());
        let mut no_database = whole.clone();
        no_database[..16].fill(b'x');
        assert!(matches!(open(&no_database).await, Err(StoreError::Database(_))), "its first page is gone");
        // Each page but the first two, which hold the list of tables: what is lost in one of them is found.
        let mut found = 0;
        let pages = whole.len() / 4096;
        for page in 2..pages {
            let mut damaged = whole.clone();
            damaged[page * 4096..page * 4096 + 200].fill(0xAA);
            found += usize::from(open(&damaged).await.is_err());
        }
        assert!(pages > 50 && found * 10 > pages * 9, "{found} of {pages} damages were found");
    }

    #[test]
    fn a_printed_url_shows_no_password() {
        let url: StoreUrl = "postgres://exodus:s3cret@db:5432/exodus?x=y".parse().expect("a valid URL");
        assert_eq!(format!("{url} {url:?}"), "postgres://db:5432/exodus postgres://db:5432/exodus");
    }
}
