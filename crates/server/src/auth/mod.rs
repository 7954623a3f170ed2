//! Routes under `/auth`: accounts and sessions.

pub(crate) mod backoff;
pub(crate) mod dto;
pub(crate) mod password;
pub(crate) mod token;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use exodus_domain::Won;
use exodus_store::sessions::{Login, Rotation};
use exodus_store::users::Registration;
use exodus_store::{Tx, audit, sessions, settings, users};
use secrecy::{ExposeSecret, SecretString};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::backoff::Guard;
use self::dto::{LoginRequest, PasswordChange, RegisterRequest, Session, Setup, User};
use self::token::RefreshToken;
use crate::bootstrap::App;
use crate::http::caller::{Caller, Reader};
use crate::http::extract::Json;
use crate::http::origin;
use crate::http::problem::{Answer, BadBody, Conflict, NoCredentials, NotAllowed, Problem, PublicRefusals, Refusals};
use crate::http::validate::Checks;

/// Won that a new paper account starts with.
pub(crate) const PAPER_CASH: Won = Won(100_000_000);
const MAX_EMAIL: usize = 254;
const MAX_NAME: usize = 100;

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
#[utoipa::path(
    get,
    path = "/auth/setup",
    operation_id = "get_setup",
    tag = "auth",
    responses((status = OK, body = Setup), PublicRefusals)
)]
async fn setup(State(app): State<App>) -> Answer<Json<Setup>> {
    read_setup(&app).await.map(Json)
}

async fn read_setup(app: &App) -> Answer<Setup> {
    let needs_first_account = users::count(&app.store).await? == 0;
    let open = settings::get(&app.store, settings::REGISTRATION_OPEN).await?.unwrap_or(false);
    Ok(Setup { needs_first_account, registration_open: open })
}

/// Makes an account with its paper account and logs in. The first account is the admin.
#[utoipa::path(
    post,
    path = "/auth/register",
    operation_id = "register",
    tag = "auth",
    responses((status = CREATED, body = Session), PublicRefusals, BadBody, Conflict, NotAllowed)
)]
async fn register(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<RegisterRequest>,
) -> Answer<Response> {
    origin::refuse_strangers(&headers, &app.cors_origins)?;
    let mut checks = Checks::default();
    let email = check_email(&mut checks, "email", &request.email);
    let full_name = checks.text("full_name", &request.full_name, 1, MAX_NAME);
    if let Some(why) = password::refusal(request.password.expose_secret(), &email) {
        checks.refuse("password", why);
    }
    checks.finish()?;
    let setup = read_setup(&app).await?;
    if !setup.needs_first_account && !setup.registration_open {
        return Err(registration_closed());
    }
    let hashed_password = app.passwords.hash(&request.password).await.map_err(|error| Problem::internal(&error))?;
    let new = users::NewUser { email, hashed_password, full_name };
    match users::register(&app.store, &new, PAPER_CASH, app.now()).await? {
        Registration::Created { user, .. } => start_session(&app, &headers, user, StatusCode::CREATED).await,
        Registration::EmailTaken => {
            Err(Problem::conflict("EMAIL_TAKEN", "There is an account with this e-mail address; log in instead."))
        }
        Registration::Closed => Err(registration_closed()),
    }
}

fn registration_closed() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "REGISTRATION_CLOSED", "Registration is closed; ask an admin for an account.")
}

/// Logs in.
#[utoipa::path(
    post,
    path = "/auth/login",
    operation_id = "login",
    tag = "auth",
    responses((status = OK, body = Session), PublicRefusals, BadBody, NoCredentials, NotAllowed)
)]
async fn login(
    State(app): State<App>,
    address: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> Answer<Response> {
    origin::refuse_strangers(&headers, &app.cors_origins)?;
    let email = request.email.trim().to_lowercase();
    let address = address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.0.ip());
    let guard = Guard::open(app.kv.as_ref(), &email, address).await;
    if let Some(seconds) = guard.wait(app.now()) {
        return Err(Problem::too_many("TOO_MANY_ATTEMPTS", seconds));
    }
    let user = users::find_by_email(&app.store, &email).await?;
    let stored = match &user {
        Some(user) => users::password_hash(&app.store, user.id).await?,
        None => None,
    };
    let matches = app.passwords.verify(&request.password, stored.as_deref()).await?;
    match user {
        Some(user) if matches && user.is_active => {
            guard.succeeded().await;
            let tx = app.store.begin().await?;
            record(&tx, user.id, &user.email, "user.login", Some(address), app.now()).await?;
            tx.commit().await?;
            start_session(&app, &headers, user, StatusCode::OK).await
        }
        _ => {
            guard.failed(app.now()).await;
            metrics::counter!("exodus_logins_failed_total").increment(1);
            Err(invalid_credentials())
        }
    }
}

/// The same answer for an unknown account, a wrong password and a disabled account (safety SE02).
fn invalid_credentials() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS", "E-mail address or password is wrong.")
}

/// Trades the refresh cookie for a new access token and a new cookie. An old cookie ends its family; one that other
/// tabs have replaced within the last seconds gets an access token only.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    operation_id = "refresh",
    tag = "auth",
    responses((status = OK, body = Session), PublicRefusals, NoCredentials, NotAllowed)
)]
async fn refresh(State(app): State<App>, headers: HeaderMap) -> Answer<Response> {
    origin::require_known(&headers, &app.cors_origins)?;
    let presented = cookie(&headers).ok_or_else(Problem::unauthenticated)?;
    let successor = app.tokens.successor(&presented);
    let now = app.now();
    match sessions::rotate(&app.store, &token::hash(&presented), &successor.hash(), now).await? {
        Rotation::Rotated(login) | Rotation::Repeated(login) => {
            let user = active_user(&app, &login).await?;
            answer_session(&app, &headers, user, &login, &successor, StatusCode::OK)
        }
        Rotation::Overtaken(login) => {
            let user = active_user(&app, &login).await?;
            Ok(Json(access(&app, user, &login)?).into_response())
        }
        Rotation::Reused(login) => {
            tracing::warn!(user_id = login.user_id, "a spent refresh token came again: its session was ended");
            metrics::counter!("exodus_refresh_reuse_total").increment(1);
            let tx = app.store.begin().await?;
            record(&tx, login.user_id, "system", "session.reuse", None, now).await?;
            tx.commit().await?;
            Err(Problem::unauthenticated())
        }
        Rotation::Unknown => Err(Problem::unauthenticated()),
    }
}

async fn active_user(app: &App, login: &Login) -> Answer<users::User> {
    let user = users::find(&app.store, login.user_id).await?.filter(|user| user.is_active);
    user.ok_or_else(Problem::unauthenticated)
}

/// Ends the session of the refresh cookie.
#[utoipa::path(
    post,
    path = "/auth/logout",
    operation_id = "logout",
    tag = "auth",
    responses((status = NO_CONTENT, description = "Logged out"), PublicRefusals, NotAllowed)
)]
async fn logout(State(app): State<App>, headers: HeaderMap) -> Answer<Response> {
    origin::require_known(&headers, &app.cors_origins)?;
    if let Some(presented) = cookie(&headers) {
        let now = app.now();
        if let Some(login) = sessions::find(&app.store, &token::hash(&presented), now).await? {
            sessions::end(&app.store, login.family_id, now).await?;
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &token::no_cookie(origin::is_https(&headers)))?;
    Ok(response)
}

/// Who is logged in.
#[utoipa::path(
    get,
    path = "/auth/me",
    operation_id = "get_me",
    tag = "auth",
    security(("bearer" = [])),
    responses((status = OK, body = User), Refusals)
)]
async fn me(State(app): State<App>, Reader(caller): Reader) -> Answer<Json<User>> {
    let user = users::find(&app.store, caller.user_id).await?.ok_or_else(Problem::unauthenticated)?;
    Ok(Json(user.into()))
}

/// Changes the password and ends every other session.
#[utoipa::path(
    post,
    path = "/auth/password",
    operation_id = "change_password",
    tag = "auth",
    security(("bearer" = [])),
    responses((status = NO_CONTENT, description = "Changed"), Refusals, BadBody)
)]
async fn change_password(
    State(app): State<App>,
    Reader(caller): Reader,
    Json(request): Json<PasswordChange>,
) -> Answer<StatusCode> {
    confirm_password(&app, &caller, "current_password", &request.current_password).await?;
    if let Some(why) = password::refusal(request.new_password.expose_secret(), &caller.email) {
        return Err(Problem::field("new_password", why));
    }
    let hash = app.passwords.hash(&request.new_password).await.map_err(|error| Problem::internal(&error))?;
    let now = app.now();
    let tx = app.store.begin().await?;
    users::set_password(&tx, caller.user_id, &hash, now).await?;
    sessions::end_all(&tx, caller.user_id, Some(caller.session_id), now).await?;
    record(&tx, caller.user_id, &caller.email, "user.password", None, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a logged-in user for the password once more; 422 on `field` if it is wrong.
pub(crate) async fn confirm_password(app: &App, caller: &Caller, field: &str, password: &SecretString) -> Answer<()> {
    let guard =
        Guard::open(app.kv.as_ref(), &format!("confirm:{}", caller.user_id), Ipv4Addr::UNSPECIFIED.into()).await;
    if let Some(seconds) = guard.wait(app.now()) {
        return Err(Problem::too_many("TOO_MANY_ATTEMPTS", seconds));
    }
    let stored = users::password_hash(&app.store, caller.user_id).await?;
    if app.passwords.verify(password, stored.as_deref()).await? {
        guard.succeeded().await;
        Ok(())
    } else {
        guard.failed(app.now()).await;
        Err(Problem::field(field, "is not your password"))
    }
}

/// Checks the shape of an e-mail address and brings it into one form.
pub(crate) fn check_email(checks: &mut Checks, field: &str, text: &str) -> String {
    let email = text.trim().to_lowercase();
    let shaped = email.split_once('@').is_some_and(|(mailbox, host)| {
        !mailbox.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    let plain = email.len() <= MAX_EMAIL && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    checks.require(shaped && plain, field, "must be an e-mail address");
    email
}

/// Logs a user in: a new family of refresh tokens and the first access token.
async fn start_session(app: &App, headers: &HeaderMap, user: users::User, status: StatusCode) -> Answer<Response> {
    let refresh = RefreshToken::random();
    let now = app.now();
    let login = sessions::start(&app.store, user.id, &refresh.hash(), token::refresh_end(now), now).await?;
    answer_session(app, headers, user, &login, &refresh, status)
}

fn answer_session(
    app: &App,
    headers: &HeaderMap,
    user: users::User,
    login: &Login,
    refresh: &RefreshToken,
    status: StatusCode,
) -> Answer<Response> {
    let mut response = (status, Json(access(app, user, login)?)).into_response();
    set_cookie(&mut response, &refresh.cookie(login.expires_at, app.now(), origin::is_https(headers)))?;
    Ok(response)
}

/// The answer to a login or refresh: an access token and whom it is for.
fn access(app: &App, user: users::User, login: &Login) -> Answer<Session> {
    let access_token = app.tokens.access(user.id, user.role, login.family_id, app.now());
    Ok(Session {
        access_token: access_token.map_err(|error| Problem::internal(&error))?,
        token_type: "Bearer",
        expires_in: token::ACCESS_SECONDS,
        user: user.into(),
    })
}

fn set_cookie(response: &mut Response, cookie: &str) -> Answer<()> {
    let mut value = HeaderValue::from_str(cookie).map_err(|error| Problem::internal(&error))?;
    value.set_sensitive(true);
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(())
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(token::COOKIE)?.value();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Writes what a user did into the audit log.
async fn record(
    tx: &Tx,
    user_id: i64,
    actor: &str,
    action: &str,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Answer<()> {
    let entry = audit::NewAudit {
        user_id: Some(user_id),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: format!("user:{user_id}"),
        detail: serde_json::Value::Null,
    };
    let change = audit::Change { address: address.map(|address| address.to_string()), ..audit::Change::default() };
    audit::append_change(tx, &entry, &change, now).await?;
    Ok(())
}
