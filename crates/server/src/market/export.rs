//! `/market/export`: bars as a file, and `DELETE /market/bars`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use exodus_domain::{Interval, Symbol, kst_date};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::export::{self, ExportFormat, ExportRequest};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::candles::{PriceChoice, wanted};
use super::{cache, record};
use crate::bootstrap::App;
use crate::http::caller::{Reader, Trader};
use crate::http::extract::Query;
use crate::http::problem::{Answer, BadQuery, Missing, Problem, Refusals};
use crate::http::validate::{check_dates, query_value, refuse_query};
use crate::http::words;

/// Issues that one file can name; `all` has no limit.
const MAX_SYMBOLS: usize = 1_000;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export_bars)).routes(routes!(delete_bars))
}

/// Which bars.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// Issues, separated by commas, or `all`.
    symbols: String,
    /// Length of the bars.
    #[param(value_type = words::Interval)]
    interval: Interval,
    /// First day.
    from: Option<NaiveDate>,
    /// Last day.
    to: Option<NaiveDate>,
    /// `raw` or `adjusted`; without it adjusted prices where there are any.
    #[param(value_type = Option<words::PriceChoice>)]
    prices: Option<PriceChoice>,
    /// Adjust as of this date.
    as_of: Option<NaiveDate>,
    /// Format of the file.
    #[param(value_type = words::ExportFormat)]
    format: ExportFormat,
}

/// Bars as a file that can be imported again. The whole market comes piece by piece.
#[utoipa::path(
    get,
    path = "/market/export",
    operation_id = "export_bars",
    tag = "market",
    security(("bearer" = [])),
    params(ExportQuery),
    responses(
        (status = OK, content((String = "text/csv"), (Vec<u8> = "application/vnd.apache.parquet"))),
        Refusals,
        BadQuery
    )
)]
async fn export_bars(State(app): State<App>, _: Reader, Query(query): Query<ExportQuery>) -> Answer<Response> {
    check_dates(query.from, query.to)?;
    let (wanted, as_of) = wanted(query.prices, query.as_of, kst_date(app.now()))?;
    let symbols = match query.symbols.trim() {
        "all" => export::symbols(&app.store, query.interval).await?,
        codes => named(codes)?,
    };
    let ExportQuery { interval, from, to, format, .. } = query;
    let request = ExportRequest { symbols, interval, from, to, wanted, as_of };
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Parquet => "application/vnd.apache.parquet",
    };
    let disposition = format!("attachment; filename=\"bars-{interval}.{format}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    let pieces = export::stream(app.store.clone(), request, format);
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Codes in order, each once.
fn named(codes: &str) -> Answer<Vec<Symbol>> {
    let mut symbols: Vec<Symbol> =
        codes.split(',').map(|code| query_value("symbols", code.trim())).collect::<Answer<_>>()?;
    if symbols.len() > MAX_SYMBOLS {
        return Err(refuse_query("symbols", format!("name at most {MAX_SYMBOLS} symbols, or all")));
    }
    symbols.sort_unstable();
    symbols.dedup();
    Ok(symbols)
}

/// Which series.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SeriesQuery {
    /// Issue.
    symbol: String,
    /// Length of the bars.
    #[param(value_type = words::Interval)]
    interval: Interval,
    /// The adjusted series, or the raw one.
    adjusted: bool,
}

/// Deletes a stored series.
#[utoipa::path(
    delete,
    path = "/market/bars",
    operation_id = "delete_bars",
    tag = "market",
    security(("bearer" = [])),
    params(SeriesQuery),
    responses((status = NO_CONTENT), Refusals, BadQuery, Missing)
)]
async fn delete_bars(
    State(app): State<App>,
    Trader(caller): Trader,
    Query(SeriesQuery { symbol, interval, adjusted }): Query<SeriesQuery>,
) -> Answer<StatusCode> {
    let symbol: Symbol = query_value("symbol", &symbol)?;
    let tx = app.store.begin().await?;
    let deleted = bars::delete(&tx, SeriesKind::krx(interval, adjusted).of(symbol)).await?;
    if deleted == 0 {
        return Err(Problem::not_found());
    }
    let detail = json!({ "interval": interval, "adjusted": adjusted, "bars": deleted });
    record(&tx, caller, "bars.delete", format!("bars:{symbol}"), detail, app.now()).await?;
    tx.commit().await?;
    cache::forget(app.kv.as_ref()).await;
    Ok(StatusCode::NO_CONTENT)
}
