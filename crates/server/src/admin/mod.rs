//! Routes under `/admin`.

pub(crate) mod dto;

use axum::extract::State;
use exodus_domain::KillScope;
use exodus_store::kill_switches::GLOBAL_ID;
use exodus_store::{
    accounts, audit, bars, jobs as store_jobs, orders, sessions, settings as store_settings, strategies,
    users as store_users,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::dto::{Job, JobFilter, Settings, System, SystemCounts, UserPatch, WorkerInfo};
use crate::VERSION;
use crate::account::dto::{HaltRequest, HaltResult, KillSwitch, ResumeRequest};
use crate::account::kill;
use crate::auth::dto::User;
use crate::bootstrap::App;
use crate::http::caller::Admin;
use crate::http::extract::{Json, Path, Query};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::http::{check_health, kst, worker_status};

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
#[utoipa::path(
    get,
    path = "/admin/users",
    operation_id = "list_users",
    tag = "admin",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<User>), Refusals, BadQuery)
)]
async fn users(State(app): State<App>, _: Admin, Query(page): Query<PageQuery>) -> Answer<Json<Page<User>>> {
    let rows = store_users::list(&app.store, page.checked()?).await?;
    Ok(Json(page.answer(rows, User::from)))
}

/// Changes what a user may do. Nobody changes their own.
#[utoipa::path(
    patch,
    path = "/admin/users/{id}",
    operation_id = "update_user",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = User), Refusals, BadBody, Missing, Conflict)
)]
async fn update_user(
    State(app): State<App>,
    Admin(caller): Admin,
    Path(id): Path<i64>,
    Json(patch): Json<UserPatch>,
) -> Answer<Json<User>> {
    if caller.user_id == id {
        return Err(Problem::conflict("OWN_ACCOUNT", "Nobody changes their own role or activity; ask another admin."));
    }
    let now = app.now();
    let tx = app.store.begin().await?;
    let before = store_users::find(&tx, id).await?.ok_or_else(Problem::not_found)?;
    let user = store_users::set_access(&tx, id, patch.role, patch.is_active, now).await?;
    if !user.is_active {
        sessions::end_all(&tx, id, None, now).await?;
    }
    let entry = audit::NewAudit {
        user_id: Some(id),
        actor: caller.email,
        action: "user.access".to_owned(),
        object: format!("user:{id}"),
        detail: serde_json::json!({ "role": user.role, "is_active": user.is_active }),
    };
    let access = |user: &store_users::User| serde_json::json!({ "role": user.role, "is_active": user.is_active });
    let change = audit::Change { address: None, before: Some(access(&before)), after: Some(access(&user)) };
    audit::append_change(&tx, &entry, &change, now).await?;
    tx.commit().await?;
    Ok(Json(user.into()))
}

/// The settings that change while the server runs.
#[utoipa::path(
    get,
    path = "/admin/settings",
    operation_id = "get_settings",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = Settings), Refusals)
)]
async fn settings(State(app): State<App>, _: Admin) -> Answer<Json<Settings>> {
    let open = store_settings::get(&app.store, store_settings::REGISTRATION_OPEN).await?;
    Ok(Json(Settings { registration_open: open.unwrap_or(false) }))
}

/// Replaces them.
#[utoipa::path(
    put,
    path = "/admin/settings",
    operation_id = "save_settings",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = Settings), Refusals, BadBody)
)]
async fn save_settings(
    State(app): State<App>,
    Admin(caller): Admin,
    Json(settings): Json<Settings>,
) -> Answer<Json<Settings>> {
    let now = app.now();
    let entry = audit::NewAudit {
        user_id: Some(caller.user_id),
        actor: caller.email,
        action: "settings.save".to_owned(),
        object: "settings".to_owned(),
        detail: serde_json::json!({ "registration_open": settings.registration_open }),
    };
    let tx = app.store.begin().await?;
    store_settings::set(&tx, store_settings::REGISTRATION_OPEN, &settings.registration_open, now).await?;
    audit::append(&tx, &entry, now).await?;
    tx.commit().await?;
    Ok(Json(settings))
}

/// Background work, newest first.
#[utoipa::path(
    get,
    path = "/admin/jobs",
    operation_id = "list_jobs",
    tag = "admin",
    security(("bearer" = [])),
    params(JobFilter, PageQuery),
    responses((status = OK, body = Page<Job>), Refusals, BadQuery)
)]
async fn jobs(
    State(app): State<App>,
    _: Admin,
    Query(filter): Query<JobFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Job>>> {
    let rows = store_jobs::list(&app.store, filter.status, page.checked()?).await?;
    Ok(Json(page.answer(rows, Job::from)))
}

/// The installation.
#[utoipa::path(
    get,
    path = "/admin/system",
    operation_id = "get_system",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = System), Refusals)
)]
async fn system(State(app): State<App>, _: Admin) -> Answer<Json<System>> {
    let workers = worker_status(&app).await.into_iter().map(WorkerInfo::from).collect();
    let counts = SystemCounts {
        users: store_users::count(&app.store).await?,
        strategies_active: strategies::count_active(&app.store).await?,
        orders_open: orders::count_open(&app.store).await?,
        bars: bars::count(&app.store).await?,
    };
    Ok(Json(System {
        version: VERSION,
        started_at: kst(app.started_at),
        database: app.store.backend().as_str(),
        cache: app.cache,
        data_dir: app.data_dir.display().to_string(),
        workers,
        counts,
        health: check_health(&app).await,
    }))
}

/// Stops trading of everybody at once and cancels all open orders.
#[utoipa::path(
    post,
    path = "/admin/halt",
    operation_id = "halt_everything",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = HaltResult), Refusals, BadBody)
)]
async fn halt(
    State(app): State<App>,
    Admin(caller): Admin,
    Json(request): Json<HaltRequest>,
) -> Answer<Json<HaltResult>> {
    let kill_switch = kill::halt(&app, &caller, KillScope::Global, GLOBAL_ID, request).await?;
    let mut cancelled_orders = Vec::new();
    for account in accounts::list(&app.store).await? {
        cancelled_orders.extend(orders::open(&app.store, account.id).await?.iter().map(|order| order.id));
    }
    Ok(Json(HaltResult { kill_switch, cancelled_orders }))
}

/// Lets trading of everybody go on, where nothing else is halted.
#[utoipa::path(
    post,
    path = "/admin/resume",
    operation_id = "resume_everything",
    tag = "admin",
    security(("bearer" = [])),
    responses((status = OK, body = KillSwitch), Refusals, BadBody)
)]
async fn resume(
    State(app): State<App>,
    Admin(caller): Admin,
    Json(request): Json<ResumeRequest>,
) -> Answer<Json<KillSwitch>> {
    kill::resume(&app, &caller, KillScope::Global, GLOBAL_ID, request).await.map(Json)
}
