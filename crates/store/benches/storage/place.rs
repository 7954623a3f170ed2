//! Databases to fill, a new one for each layout.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// An empty database.
#[derive(Clone)]
pub(crate) enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A database on the server of the environment.
    Postgres { server: String, name: String, url: String },
}

impl Place {
    pub(crate) fn sqlite(folder: &Path, name: &str) -> Self {
        Self::Sqlite(folder.join(format!("{name}.sqlite")))
    }

    pub(crate) async fn postgres(server: &str, name: &str) -> Self {
        let name = format!("bench_{}_{name}", std::process::id());
        let admin = Database::connect(server).await.expect("PostgreSQL answers");
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
        let end = server.rfind('/').expect("an address with a database");
        let url = format!("{}/{name}", &server[..end]);
        Self::Postgres { server: server.to_owned(), name, url }
    }

    /// A connection, with the settings of the store as far as they cost or save time.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        match self {
            Self::Sqlite(path) => {
                let mut options = ConnectOptions::new(format!("sqlite:{}?mode=rwc", path.display()));
                options.max_connections(8).map_sqlx_sqlite_opts(|sqlite| {
                    sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL").pragma("busy_timeout", "10000")
                });
                Database::connect(options).await.expect("SQLite opens")
            }
            Self::Postgres { url, .. } => Database::connect(url.as_str()).await.expect("PostgreSQL opens"),
        }
    }

    /// Bytes on disk, indexes included: of the whole file, or of one table.
    pub(crate) async fn bytes(&self, table: &str) -> u64 {
        let connection = self.connect().await;
        match self {
            Self::Sqlite(path) => {
                connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a checkpoint");
                connection.close().await.expect("SQLite closes");
                std::fs::metadata(path).expect("a file").len()
            }
            Self::Postgres { .. } => {
                let sql = format!("SELECT pg_total_relation_size('{table}')");
                let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
                let bytes: i64 = row.expect("a size").expect("a row").try_get_by_index(0).expect("a number");
                bytes.unsigned_abs()
            }
        }
    }

    /// Deletes the database.
    pub(crate) async fn delete(self) {
        match self {
            Self::Sqlite(path) => {
                for end in ["", "-wal", "-shm"] {
                    // The last two are gone already if the database was closed in time.
                    drop(std::fs::remove_file(format!("{}{end}", path.display())));
                }
            }
            Self::Postgres { server, name, .. } => {
                let admin = Database::connect(server.as_str()).await.expect("PostgreSQL answers");
                admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
            }
        }
    }
}

/// The places of the values of many rows in a statement. SQLite is slow to find numbered ones.
pub(crate) fn places(backend: DbBackend, rows: usize, columns: usize) -> String {
    let place = |number: usize| match backend {
        DbBackend::Postgres => format!("${}", number + 1),
        _ => "?".to_owned(),
    };
    let row = |row: usize| {
        let names: Vec<String> = (0..columns).map(|column| place(row * columns + column)).collect();
        format!("({})", names.join(","))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(",")
}
