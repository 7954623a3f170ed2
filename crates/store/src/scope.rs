//! Whose rows a store may touch, and how PostgreSQL is told (safety SE21).
//!
//! Connections of background work carry the setting `exodus.scope`, those of users the setting `exodus.user_id`, which is
//! set anew each time one is taken from its pool. The policies of `walls` go by these two.

use futures::FutureExt;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, Statement, sqlx,
};
use sqlx::postgres::PgConnection;

use crate::walls::SERVICE_ROLE;

/// Whose rows a store reads and changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's: authentication, administration and background work.
    Everyone,
    /// Those of one user, beside what belongs to the installation.
    User(i64),
    /// Nobody's: what a request sees whose sender is not known.
    Nobody,
}

impl Scope {
    /// The scope of a user within this one: another user's rows are not within a user's.
    pub(crate) fn narrowed_to(self, user_id: i64) -> Self {
        match self {
            Self::Everyone => Self::User(user_id),
            Self::User(own) if own == user_id => self,
            Self::User(_) | Self::Nobody => Self::Nobody,
        }
    }

    /// The value of `exodus.user_id`.
    fn user_setting(self) -> String {
        match self {
            Self::User(user_id) => user_id.to_string(),
            Self::Everyone | Self::Nobody => String::new(),
        }
    }
}

tokio::task_local! {
    /// For whom a connection is being taken from the pool of users; set only around one statement or one `BEGIN`.
    static TAKEN_FOR: Scope;
}

/// What statements run on.
pub enum Executor<'a> {
    /// A pool whose connections need not be told whose they are.
    Whole(&'a DatabaseConnection),
    /// The pool of users on PostgreSQL.
    Scoped(&'a DatabaseConnection, Scope),
    /// A transaction: its connection was told when it was taken.
    Transaction(&'a DatabaseTransaction),
}

macro_rules! run {
    ($self:ident.$method:ident($argument:ident)) => {
        match $self {
            Self::Whole(connection) => connection.$method($argument).await,
            Self::Scoped(connection, scope) => taken_for(*scope, connection.$method($argument)).await,
            Self::Transaction(transaction) => transaction.$method($argument).await,
        }
    };
}

#[async_trait::async_trait]
impl ConnectionTrait for Executor<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Whole(connection) | Self::Scoped(connection, _) => connection.get_database_backend(),
            Self::Transaction(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        run!(self.execute_raw(statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        run!(self.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        run!(self.query_one_raw(statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        run!(self.query_all_raw(statement))
    }
}

/// Has a connection that `taking` takes from the pool of users carry this scope.
pub(crate) async fn taken_for<T>(scope: Scope, taking: impl Future<Output = T>) -> T {
    TAKEN_FOR.scope(scope, taking).await
}

/// The pool of background work: its connections may read across users, each told so once.
pub(crate) fn for_everyone(options: &mut ConnectOptions) {
    options.connect_lazy(true).map_sqlx_postgres_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            async move {
                declare_everyone(connection).await?;
                take_service_role(connection).await
            }
            .boxed()
        })
    });
}

/// The pool of users: a connection is told whose it is whenever it is taken, which also shows that it lives.
pub(crate) fn for_users(options: &mut ConnectOptions) {
    options
        .connect_lazy(true)
        .test_before_acquire(false)
        .map_sqlx_postgres_before_acquire(|connection, _| {
            declare_user(connection).map(|done| done.map(|()| true)).boxed()
        })
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|connection, _| {
                async move {
                    take_service_role(connection).await?;
                    declare_user(connection).await
                }
                .boxed()
            })
        });
}

/// Connections of the account itself, without the service role, to make tables. An owner that is no superuser does not
/// pass the walls either, so they say that they are background work.
pub(crate) fn for_owner(options: &mut ConnectOptions) {
    options
        .map_sqlx_postgres_pool_opts(|pool| pool.after_connect(|connection, _| declare_everyone(connection).boxed()));
}

async fn declare_everyone(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('exodus.scope', 'everyone', FALSE)").execute(connection).await.map(drop)
}

async fn declare_user(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let scope = TAKEN_FOR.try_with(|scope| *scope).unwrap_or(Scope::Nobody);
    let told = sqlx::query("SELECT set_config('exodus.user_id', $1, FALSE)").bind(scope.user_setting());
    told.execute(connection).await.map(drop)
}

/// Gives up the rights of the account for those of the service role, if this database was prepared for it.
async fn take_service_role(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let sql = "SELECT set_config('role', rolname, FALSE) FROM pg_roles WHERE rolname = $1 \
               AND pg_has_role(session_user, oid, 'MEMBER') \
               AND COALESCE(has_table_privilege(oid, to_regclass('audit_log'), 'INSERT'), FALSE)";
    sqlx::query(sql).bind(SERVICE_ROLE).execute(connection).await.map(drop)
}
