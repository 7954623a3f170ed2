//! Bodies of `/auth`.

use chrono::{DateTime, FixedOffset};
use exodus_store::users::{self, Role};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{kst, words};

/// Whether a first account is needed and strangers may register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setup {
    /// True until the first account, the admin, exists.
    pub(crate) needs_first_account: bool,
    /// True while strangers may register.
    pub(crate) registration_open: bool,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterRequest {
    /// E-mail address, the name to log in with.
    #[schema(max_length = 254, format = Email)]
    pub(crate) email: String,
    /// 12 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 12, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
    /// Name to show.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) full_name: String,
}

/// Credentials.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    /// E-mail address.
    #[schema(max_length = 254)]
    pub(crate) email: String,
    /// Password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) password: SecretString,
}

/// A change of password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password until now.
    #[schema(value_type = String, max_length = 128, format = Password)]
    pub(crate) current_password: SecretString,
    /// 12 to 128 characters of any kind.
    #[schema(value_type = String, min_length = 12, max_length = 128, format = Password)]
    pub(crate) new_password: SecretString,
}

/// A user as everybody may see themselves, and an admin everybody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Id.
    pub(crate) id: i64,
    /// E-mail address.
    pub(crate) email: String,
    /// Name to show.
    pub(crate) full_name: String,
    /// What the user may do.
    #[schema(value_type = words::Role)]
    pub(crate) role: Role,
    /// False: cannot log in.
    pub(crate) is_active: bool,
    /// When the account was made.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it was last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
}

/// A fresh access token. The refresh token travels in a cookie that scripts cannot read.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// JWT for the `Authorization` header.
    pub(crate) access_token: String,
    /// Always `Bearer`.
    pub(crate) token_type: &'static str,
    /// Seconds until the access token ends.
    pub(crate) expires_in: i64,
    /// Who is logged in.
    pub(crate) user: User,
}

impl From<users::User> for User {
    fn from(user: users::User) -> Self {
        let users::User { id, email, full_name, role, is_active, created_at, updated_at } = user;
        Self { id, email, full_name, role, is_active, created_at: kst(created_at), updated_at: kst(updated_at) }
    }
}
