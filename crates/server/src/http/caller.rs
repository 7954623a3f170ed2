//! Who is calling: every route behind the login takes one of these three, and that is the whole access table.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use exodus_store::users::Role;
use exodus_store::{sessions, users};

use super::problem::{Answer, Problem};
use crate::auth::token::Identity;
use crate::bootstrap::App;

/// Names the account that a page shows when it asks something of the selected account. Optional.
pub(crate) const ACCOUNT_HEADER: &str = "exodus-account";
/// The number of no account.
const NO_ACCOUNT: i64 = -1;

/// A logged-in user, as the database knows them now.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// User.
    pub(crate) user_id: i64,
    /// Login the access token belongs to.
    pub(crate) session_id: i64,
    /// What the user may do.
    pub(crate) role: Role,
    /// E-mail address.
    pub(crate) email: String,
    /// The account that the page shows: what it asks is refused if another one is selected by now.
    pub(crate) shown_account: Option<i64>,
}

/// Any role: reads own data.
pub(crate) struct Reader(pub(crate) Caller);

/// Role `user` or above: changes own data and trades.
pub(crate) struct Trader(pub(crate) Caller);

/// Role `admin`: changes the installation.
pub(crate) struct Admin(pub(crate) Caller);

/// Reads the bearer token once; whether it is still good is asked where it is needed.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")));
    if let Some(identity) = token.and_then(|token| app.tokens.identify(token.trim(), app.now())) {
        request.extensions_mut().insert(identity);
    }
    next.run(request).await
}

/// The user of an access token, if the login is still live and the user active.
pub(crate) async fn authenticate(app: &App, identity: Identity) -> Answer<Caller> {
    if !sessions::is_live(&app.store, identity.session_id, app.now()).await? {
        return Err(Problem::unauthenticated());
    }
    match users::find(&app.store, identity.user_id).await? {
        Some(user) if user.is_active => Ok(Caller {
            user_id: user.id,
            session_id: identity.session_id,
            role: user.role,
            email: user.email,
            shown_account: None,
        }),
        _ => Err(Problem::unauthenticated()),
    }
}

async fn require(parts: &Parts, app: &App, least: Role) -> Answer<Caller> {
    let identity = parts.extensions.get::<Identity>().ok_or_else(Problem::unauthenticated)?;
    let shown = parts.headers.get(ACCOUNT_HEADER);
    let shown_account = shown.map(|id| id.to_str().ok().and_then(|id| id.parse().ok()).unwrap_or(NO_ACCOUNT));
    let caller = Caller { shown_account, ..authenticate(app, *identity).await? };
    // The words of `Role` start with the mightiest.
    if caller.role > least { Err(Problem::forbidden()) } else { Ok(caller) }
}

macro_rules! callers {
    ($($name:ident needs $role:ident,)+) => {$(
        impl FromRequestParts<App> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
                require(parts, app, Role::$role).await.map(Self)
            }
        }
    )+};
}

callers! {
    Reader needs Viewer,
    Trader needs User,
    Admin needs Admin,
}
