//! Routes under `/market/imports`: files on their way into the store.

use std::path::{Path as FilePath, PathBuf};
use std::str::FromStr;

use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use exodus_domain::Interval;
use exodus_store::imports::ImportKind;
use exodus_store::jobs::JobStatus;
use exodus_store::{Db, StoreError, imports, jobs};
use tokio::io::AsyncWriteExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{Import, ImportForm, QuarantineFilter, QuarantinedRow};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::{Json, Path, Query, too_large};
use crate::http::paging::{Page, PageQuery};
use crate::http::problem::{Answer, BadBody, BadQuery, Conflict, Missing, Problem, Refusals};
use crate::jobs::{broker_data, import as import_job};

/// Largest upload in bytes. The whole history of the market as CSV is a quarter of it.
const MAX_UPLOAD: usize = 1024 * 1024 * 1024;
const MAX_FILE_NAME: usize = 200;
const SUFFIXES: [&str; 3] = ["csv", "parquet", "mst"];

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    let upload = OpenApiRouter::new().routes(routes!(start_import)).layer(DefaultBodyLimit::max(MAX_UPLOAD));
    OpenApiRouter::new()
        .routes(routes!(list_imports))
        .merge(upload)
        .routes(routes!(get_import))
        .routes(routes!(cancel_import))
        .routes(routes!(list_quarantined_rows))
        .routes(routes!(fetch_from_broker))
}

/// Imports of the caller and of the command line, newest first.
#[utoipa::path(
    get,
    path = "/market/imports",
    operation_id = "list_imports",
    tag = "market",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = OK, body = Page<Import>), Refusals, BadQuery)
)]
async fn list_imports(
    State(app): State<App>,
    Reader(caller): Reader,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Import>>> {
    let rows = imports::list(&app.store, caller.user_id, page.checked()?).await?;
    Ok(Json(page.answer(rows, Import::from)))
}

/// Takes a file; a worker imports it. Rows that cannot be right are set aside, or refuse the file if it is strict.
#[utoipa::path(
    post,
    path = "/market/imports",
    operation_id = "start_import",
    tag = "market",
    security(("bearer" = [])),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = ACCEPTED, body = Import), Refusals, BadBody)
)]
async fn start_import(
    State(app): State<App>,
    Trader(caller): Trader,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Import>)> {
    let form = form.map_err(|_| {
        let detail = "Send the file as multipart/form-data with a field named file.";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail)
    })?;
    let upload = receive(form, &app.uploads).await?;
    let new = imports::NewImport {
        user_id: Some(caller.user_id),
        source: imports::ImportSource::File,
        kind: upload.fields.kind,
        file_name: upload.file_name.clone(),
        interval: upload.fields.interval,
        adjusted: upload.fields.adjusted,
        strict: upload.fields.strict,
    };
    let now = app.now();
    let tx = app.store.begin().await?;
    let import = imports::create(&tx, &new, now).await?;
    let job_id = import_job::enqueue(&tx, import.id, &upload.file.path, now).await?;
    imports::set_job(&tx, import.id, job_id).await?;
    tx.commit().await?;
    upload.file.keep();
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}

/// Asks the broker for what it publishes for everybody: symbol masters, levels of indices and, with an account of real
/// money, its calendar. It does so by itself each morning at 07:30 KST, and soon after the first account is connected.
#[utoipa::path(
    post,
    path = "/market/imports/broker",
    operation_id = "fetch_from_broker",
    tag = "market",
    security(("bearer" = [])),
    responses((status = ACCEPTED, description = "Queued; each part is an import of its own."), Refusals, Conflict)
)]
async fn fetch_from_broker(State(app): State<App>, _: Trader) -> Answer<StatusCode> {
    let missing = || Problem::conflict("NO_BROKER_ACCOUNT", "No account at the broker is connected.");
    let account = app.kis.account_for_all().await?.ok_or_else(missing)?;
    let tx = app.store.begin().await?;
    if !broker_data::enqueue(&tx, account.env, app.now()).await? {
        return Err(Problem::conflict("FETCH_RUNNING", "The broker is being asked already."));
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// One import.
#[utoipa::path(
    get,
    path = "/market/imports/{id}",
    operation_id = "get_import",
    tag = "market",
    security(("bearer" = [])),
    responses((status = OK, body = Import), Refusals, BadQuery, Missing)
)]
async fn get_import(State(app): State<App>, Reader(caller): Reader, Path(id): Path<i64>) -> Answer<Json<Import>> {
    read(&app.store, caller.user_id, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Stops an import; nothing of it stays.
#[utoipa::path(
    post,
    path = "/market/imports/{id}/cancel",
    operation_id = "cancel_import",
    tag = "market",
    security(("bearer" = [])),
    responses((status = ACCEPTED, body = Import), Refusals, BadQuery, Missing, Conflict)
)]
async fn cancel_import(
    State(app): State<App>,
    Trader(caller): Trader,
    Path(id): Path<i64>,
) -> Answer<(StatusCode, Json<Import>)> {
    let stored = imports::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let ended = || Problem::conflict("IMPORT_ENDED", "The import has ended already.");
    let job_id = stored.job_id.filter(|_| stored.status.is_live()).ok_or_else(ended)?;
    if jobs::request_cancel(&app.store, job_id, app.now()).await? == Some(JobStatus::Cancelled) {
        // No worker had taken it: nobody else will delete the file.
        import_job::discard(&app.store, job_id).await;
    }
    let import = read(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Json(import)))
}

/// Rows that an import set aside, in order of the file. At most the first 10,000 are kept; all are counted.
#[utoipa::path(
    get,
    path = "/market/imports/{id}/quarantine",
    operation_id = "list_quarantined_rows",
    tag = "market",
    security(("bearer" = [])),
    params(QuarantineFilter, PageQuery),
    responses((status = OK, body = Page<QuarantinedRow>), Refusals, BadQuery, Missing)
)]
async fn list_quarantined_rows(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<i64>,
    Query(filter): Query<QuarantineFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<QuarantinedRow>>> {
    let rows_of_page = page.checked()?;
    imports::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let rows = imports::quarantine(&app.store, id, filter.reason.as_deref(), rows_of_page).await?;
    Ok(Json(page.answer(rows, QuarantinedRow::from)))
}

/// An import of a user, as the API tells it.
pub(crate) async fn read(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Import>, StoreError> {
    Ok(imports::get(db, user_id, id).await?.map(Import::from))
}

/// A received form.
struct Upload {
    file: StoredFile,
    file_name: String,
    fields: Fields,
}

/// What the form says beside the file.
struct Fields {
    kind: ImportKind,
    interval: Interval,
    adjusted: bool,
    strict: bool,
}

/// A file that is deleted again unless it is kept.
struct StoredFile {
    path: PathBuf,
    is_kept: bool,
}

impl StoredFile {
    fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for StoredFile {
    fn drop(&mut self) {
        if !self.is_kept {
            drop(std::fs::remove_file(&self.path));
        }
    }
}

async fn receive(mut form: Multipart, folder: &FilePath) -> Answer<Upload> {
    let mut file = None;
    let mut fields = Fields { kind: ImportKind::Bars, interval: Interval::Day1, adjusted: false, strict: false };
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        match field.name().unwrap_or_default() {
            "file" if file.is_none() => file = Some(store(field, folder).await?),
            "file" => return Err(Problem::field("file", "send one file at a time")),
            "kind" => fields.kind = kind(field).await?,
            "interval" => fields.interval = word("interval", field).await?,
            "adjusted" => fields.adjusted = switch("adjusted", field).await?,
            "strict" => fields.strict = switch("strict", field).await?,
            other => {
                let name: String = other.chars().take(40).collect();
                return Err(Problem::field(name, "is not a field of this form"));
            }
        }
    }
    let (file, file_name) = file.ok_or_else(|| Problem::field("file", "choose a file"))?;
    let suffixes = suffixes(fields.kind);
    if !suffixes.contains(&suffix(&file_name).as_str()) {
        let message = format!("must be a {} file", suffixes.join(" or "));
        return Err(Problem::field("file", message));
    }
    Ok(Upload { file, file_name, fields })
}

/// What a file holds.
async fn kind(field: Field<'_>) -> Answer<ImportKind> {
    match word("kind", field).await? {
        ImportKind::Sessions => Err(Problem::field("kind", "sessions are told by a broker, not by a file")),
        kind => Ok(kind),
    }
}

/// How the names of files of a kind end.
fn suffixes(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::Bars => &["csv", "parquet"],
        ImportKind::Symbols => &["csv", "mst"],
        ImportKind::Actions | ImportKind::Fundamentals => &["csv"],
        ImportKind::Indices => &["csv", "parquet"],
        // Only a broker tells them.
        ImportKind::Sessions => &[],
    }
}

fn suffix(file_name: &str) -> String {
    let suffix = FilePath::new(file_name).extension().and_then(|suffix| suffix.to_str());
    suffix.unwrap_or_default().to_lowercase()
}

/// A field with one of the words of a list.
async fn word<T: FromStr<Err: std::fmt::Display>>(name: &'static str, field: Field<'_>) -> Answer<T> {
    text(field).await?.parse().map_err(|error: T::Err| Problem::field(name, error.to_string()))
}

/// A field with `true` or `false`.
async fn switch(name: &'static str, field: Field<'_>) -> Answer<bool> {
    text(field).await?.parse().map_err(|_| Problem::field(name, "must be true or false"))
}

/// Writes the file into `folder` as it comes in, under a name of our own.
async fn store(mut field: Field<'_>, folder: &FilePath) -> Answer<(StoredFile, String)> {
    let given = field.file_name().unwrap_or_default();
    let file_name: String = given.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(MAX_FILE_NAME).collect();
    let suffix = suffix(&file_name);
    if !SUFFIXES.contains(&suffix.as_str()) {
        return Err(Problem::field("file", "must be a .csv, .parquet or .mst file"));
    }
    if file_name.chars().any(char::is_control) {
        return Err(Problem::field("file", "has a name with control characters"));
    }
    let path = folder.join(format!("{}.{suffix}", hex::encode(rand::random::<[u8; 12]>())));
    let stored = StoredFile { path, is_kept: false };
    let failed = |error: std::io::Error| Problem::unavailable(&format!("an upload could not be stored: {error}"));
    let mut file = tokio::fs::File::create_new(&stored.path).await.map_err(failed)?;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    Ok((stored, file_name))
}

async fn text(field: Field<'_>) -> Answer<String> {
    field.text().await.map(|text| text.trim().to_owned()).map_err(|error| unreadable(&error))
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(StatusCode::BAD_REQUEST, "UNREADABLE_BODY", "The form ended before it was complete; send it again.")
}
