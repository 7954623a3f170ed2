//! Users and their roles.

use chrono::{DateTime, Utc};
use exodus_domain::{Won, text_enum};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::accounts::{self, Account};
use crate::audit::{self, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::users::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, word};
use crate::page::{Page, Paged, page_of};
use crate::{armings, settings};

text_enum! {
    /// What a user may do; each role may do what the next one may.
    Role {
        /// Runs the server.
        Admin = "admin",
        /// Trades the own account.
        User = "user",
        /// Reads the own data.
        Viewer = "viewer",
    }
}

/// A user. The password hash is read by [`password_hash`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Number.
    pub id: i64,
    /// Mail address in lower case, unique.
    pub email: String,
    /// Name to show.
    pub full_name: String,
    /// What the user may do.
    pub role: Role,
    /// False: may not log in.
    pub is_active: bool,
    /// When the user was made.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for User {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            email: row.email,
            full_name: row.full_name,
            role: word(&row.role)?,
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// What a new user brings.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Mail address, in any case.
    pub email: String,
    /// The hash of the password, never the password.
    pub hashed_password: String,
    /// Name to show.
    pub full_name: String,
}

/// The outcome of [`register`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Done.
    Created {
        /// The new user: admin if it is the first, else user.
        user: User,
        /// The paper account opened with it.
        account: Box<Account>,
    },
    /// Another user has the mail address.
    EmailTaken,
    /// There is an admin already, and registration is not open.
    Closed,
}

/// Registers a user and opens the paper account. The first user of all becomes admin, however many try at once.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn register(
    store: &Store,
    new: &NewUser,
    initial_cash: Won,
    now: DateTime<Utc>,
) -> Result<Registration, StoreError> {
    let tx = store.begin().await?;
    tx.lock_key("register").await?;
    let role = if count(&tx).await? == 0 { Role::Admin } else { Role::User };
    let is_open = settings::get(&tx, settings::REGISTRATION_OPEN).await?.unwrap_or(false);
    if role != Role::Admin && !is_open {
        return Ok(Registration::Closed);
    }
    if find_by_email(&tx, &new.email).await?.is_some() {
        return Ok(Registration::EmailTaken);
    }
    let user = create(&tx, new, role, now).await?;
    let account = accounts::open(&tx, user.id, initial_cash, now).await?;
    let entry = NewAudit {
        user_id: Some(user.id),
        actor: user.email.clone(),
        action: "user.register".to_owned(),
        object: format!("user:{}", user.id),
        detail: serde_json::json!({ "role": role }),
    };
    audit::append(&tx, &entry, now).await?;
    tx.commit().await?;
    Ok(Registration::Created { user, account: Box::new(account) })
}

/// Makes a user without an account.
///
/// # Errors
/// [`StoreError::Conflict`] `email` if another user has the mail address.
pub async fn create(db: &dyn Db, new: &NewUser, role: Role, now: DateTime<Utc>) -> Result<User, StoreError> {
    let row = ActiveModel {
        email: Set(normalised(&new.email)),
        hashed_password: Set(new.hashed_password.clone()),
        full_name: Set(new.full_name.clone()),
        role: Set(role.as_str().to_owned()),
        is_active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(&db.executor()).await.map_err(|e| StoreError::conflict_or(e, "email"))?.try_into()
}

/// A user by number.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<User>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(User::try_from).transpose()
}

/// A user by mail address, in any case.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_by_email(db: &dyn Db, email: &str) -> Result<Option<User>, StoreError> {
    let query = Entity::find().filter(Column::Email.eq(normalised(email)));
    query.one(&db.executor()).await?.map(User::try_from).transpose()
}

/// The stored hash of a user's password.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn password_hash(db: &dyn Db, id: i64) -> Result<Option<String>, StoreError> {
    Ok(Entity::find_by_id(id).one(&db.executor()).await?.map(|row| row.hashed_password))
}

/// Replaces the hash of a user's password. What the user has armed ends.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn set_password(tx: &Tx, id: i64, hashed_password: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change =
        ActiveModel { hashed_password: Set(hashed_password.to_owned()), updated_at: Set(now), ..Default::default() };
    let done = Entity::update_many().set(change).filter(Column::Id.eq(id)).exec(&tx.executor()).await?;
    if done.rows_affected == 0 {
        return Err(StoreError::NotFound);
    }
    armings::end_of_user(tx, id, now).await.map(drop)
}

/// Changes what a user may do; `None` leaves it as it is. What the user has armed ends.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such user.
pub async fn set_access(
    tx: &Tx,
    id: i64,
    role: Option<Role>,
    is_active: Option<bool>,
    now: DateTime<Utc>,
) -> Result<User, StoreError> {
    let mut change = ActiveModel { updated_at: Set(now), ..Default::default() };
    if let Some(role) = role {
        change.role = Set(role.as_str().to_owned());
    }
    if let Some(is_active) = is_active {
        change.is_active = Set(is_active);
    }
    Entity::update_many().set(change).filter(Column::Id.eq(id)).exec(&tx.executor()).await?;
    armings::end_of_user(tx, id, now).await?;
    find(tx, id).await?.ok_or(StoreError::NotFound)
}

/// All users, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, page: Page) -> Result<Paged<User>, StoreError> {
    page_of(db, Entity::find().order_by_asc(Column::Id), page).await
}

/// The numbers of all active users of a role.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn ids_of(db: &dyn Db, role: Role) -> Result<Vec<i64>, StoreError> {
    let query = Entity::find().filter(Column::Role.eq(role.as_str())).filter(Column::IsActive.eq(true));
    Ok(query.order_by_asc(Column::Id).all(&db.executor()).await?.into_iter().map(|row| row.id).collect())
}

/// How many users there are.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count(db: &dyn Db) -> Result<u64, StoreError> {
    Ok(Entity::find().count(&db.executor()).await?)
}

fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}
