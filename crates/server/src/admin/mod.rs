//! Routes under `/admin`.

pub(crate) mod dto;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Job, JobFilter, Settings, System, UserPatch};
use crate::account::dto::{HaltRequest, HaltResult, KillSwitch, ResumeRequest};
use crate::auth::dto::User;
use crate::bootstrap::App;
use crate::http::caller::Admin;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Refusals};

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users))
        .routes(routes!(update_user))
        .routes(routes!(settings, save_settings))
        .routes(routes!(jobs))
        .routes(routes!(system))
        .routes(routes!(halt))
        .routes(routes!(resume))
}

/// All users.
#[utoipa::path(get, path = "/admin/users", operation_id = "list_users", tag = "admin", security(("bearer" = [])), 
    params(PageQuery),
    responses((status = OK, body = Page<User>), Refusals, BadQuery))]
async fn users(app: State<App>, _: Admin, Query(page): Query<PageQuery>) -> Answer<Json<Page<User>>> {
    Err(crate::http::pending())
}

/// Changes what a user may do. Nobody changes their own.
#[utoipa::path(patch, path = "/admin/users/{id}", operation_id = "update_user", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = User), Refusals, BadBody, Missing, Conflict))]
async fn update_user(
    app: State<App>,
    Admin(caller): Admin,
    Path(id): Path<i64>,
    Json(patch): Json<UserPatch>,
) -> Answer<Json<User>> {
    Err(crate::http::pending())
}

/// The settings that change while the server runs.
#[utoipa::path(get, path = "/admin/settings", operation_id = "get_settings", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = Settings), Refusals))]
async fn settings(app: State<App>, _: Admin) -> Answer<Json<Settings>> {
    Err(crate::http::pending())
}

/// Replaces them.
#[utoipa::path(put, path = "/admin/settings", operation_id = "save_settings", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = Settings), Refusals, BadBody))]
async fn save_settings(
    app: State<App>,
    Admin(caller): Admin,
    Json(settings): Json<Settings>,
) -> Answer<Json<Settings>> {
    Err(crate::http::pending())
}

/// Background work, newest first.
#[utoipa::path(get, path = "/admin/jobs", operation_id = "list_jobs", tag = "admin", security(("bearer" = [])), 
    params(JobFilter, PageQuery),
    responses((status = OK, body = Page<Job>), Refusals, BadQuery))]
async fn jobs(
    app: State<App>,
    _: Admin,
    Query(filter): Query<JobFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Job>>> {
    Err(crate::http::pending())
}

/// The installation.
#[utoipa::path(get, path = "/admin/system", operation_id = "get_system", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = System), Refusals))]
async fn system(app: State<App>, _: Admin) -> Answer<Json<System>> {
    Err(crate::http::pending())
}

/// Stops trading of everybody at once and cancels all open orders.
#[utoipa::path(post, path = "/admin/halt", operation_id = "halt_everything", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = HaltResult), Refusals, BadBody))]
async fn halt(app: State<App>, Admin(caller): Admin, Json(request): Json<HaltRequest>) -> Answer<Json<HaltResult>> {
    Err(crate::http::pending())
}

/// Lets trading of everybody go on, where nothing else is halted.
#[utoipa::path(post, path = "/admin/resume", operation_id = "resume_everything", tag = "admin", security(("bearer" = [])), 
    responses((status = OK, body = KillSwitch), Refusals, BadBody))]
async fn resume(app: State<App>, Admin(caller): Admin, Json(request): Json<ResumeRequest>) -> Answer<Json<KillSwitch>> {
    Err(crate::http::pending())
}
