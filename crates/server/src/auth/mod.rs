//! Routes under `/auth`.

pub(crate) mod dto;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{LoginRequest, PasswordChange, RegisterRequest, Session, Setup, User};
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::Json;
use crate::http::problem::{Answer, BadBody, Conflict, NoCredentials, NotAllowed, PublicRefusals, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(setup))
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(me))
        .routes(routes!(change_password))
}

/// Whether a first account is needed and strangers may register.
#[utoipa::path(get, path = "/auth/setup", operation_id = "get_setup", tag = "auth", 
    responses((status = OK, body = Setup), PublicRefusals))]
async fn setup(app: State<App>) -> Answer<Json<Setup>> {
    Err(crate::http::pending())
}

/// Makes an account with its paper account and logs in. The first account is the admin.
#[utoipa::path(post, path = "/auth/register", operation_id = "register", tag = "auth", 
    responses((status = CREATED, body = Session), PublicRefusals, BadBody, Conflict, NotAllowed))]
async fn register(app: State<App>, body: Json<RegisterRequest>) -> Answer<Response> {
    Err(crate::http::pending())
}

/// Logs in.
#[utoipa::path(post, path = "/auth/login", operation_id = "login", tag = "auth", 
    responses((status = OK, body = Session), PublicRefusals, BadBody, NoCredentials, NotAllowed))]
async fn login(app: State<App>, body: Json<LoginRequest>) -> Answer<Response> {
    Err(crate::http::pending())
}

/// Trades the refresh cookie for a new access token and a new cookie. An old cookie ends its family.
#[utoipa::path(post, path = "/auth/refresh", operation_id = "refresh", tag = "auth", 
    responses((status = OK, body = Session), PublicRefusals, NoCredentials, NotAllowed))]
async fn refresh(app: State<App>) -> Answer<Response> {
    Err(crate::http::pending())
}

/// Ends the session of the refresh cookie.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "auth", 
    responses((status = NO_CONTENT, description = "Logged out"), PublicRefusals, NotAllowed))]
async fn logout(app: State<App>) -> Answer<Response> {
    Err(crate::http::pending())
}

/// Who is logged in.
#[utoipa::path(get, path = "/auth/me", operation_id = "get_me", tag = "auth", security(("bearer" = [])), 
    responses((status = OK, body = User), Refusals))]
async fn me(app: State<App>, Reader(caller): Reader) -> Answer<Json<User>> {
    Err(crate::http::pending())
}

/// Changes the password and ends every other session.
#[utoipa::path(post, path = "/auth/password", operation_id = "change_password", tag = "auth", security(("bearer" = [])), 
    responses((status = NO_CONTENT, description = "Changed"), Refusals, BadBody))]
async fn change_password(app: State<App>, Reader(caller): Reader, body: Json<PasswordChange>) -> Answer<StatusCode> {
    Err(crate::http::pending())
}
