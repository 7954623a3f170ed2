//! `/market/rules/session`: the timetable of a date.

use axum::extract::State;
use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{
    Closure, PhaseWindow, SessionNote, TradingCalendar, TradingVenue, kst_date, next_session, previous_session,
    settlement_date, trading_calendar,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::{Json, Query};
use crate::http::problem::{Answer, BadQuery, Refusals};
use crate::http::validate::refuse_query;
use crate::http::words;

/// The route.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(session))
}

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionQuery {
    /// A date from 1990 to 2027; today if left out.
    pub(crate) date: Option<NaiveDate>,
}

/// A day of the market.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionDay {
    /// The day.
    pub(crate) date: NaiveDate,
    /// True if KRX has a session.
    pub(crate) is_session: bool,
    /// How sure that is.
    #[schema(value_type = words::DayStatus)]
    pub(crate) status: &'static str,
    /// What makes the hours of the session special; null on ordinary ones.
    #[schema(required, value_type = Option<words::SessionNote>)]
    pub(crate) note: Option<&'static str>,
    /// Why there is no session; null for a session and for an ordinary weekend.
    #[schema(required)]
    pub(crate) holiday: Option<Holiday>,
    /// The phases of each venue; none without a session.
    pub(crate) venues: Vec<VenueDay>,
    /// The session before; null at the beginning of the calendar.
    #[schema(required)]
    pub(crate) previous_session: Option<NaiveDate>,
    /// The session after; null at the end of the calendar.
    #[schema(required)]
    pub(crate) next_session: Option<NaiveDate>,
    /// When a trade of the day is settled; null past the end of the calendar.
    #[schema(required)]
    pub(crate) settlement_date: Option<NaiveDate>,
    /// The rules that answer, amendments included.
    pub(crate) rules_version: String,
}

/// A named closure of the exchange.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Holiday {
    /// Korean names, separated by semicolons.
    pub(crate) name_ko: String,
    /// English names, likewise.
    pub(crate) name_en: String,
    /// How sure it is.
    #[schema(value_type = words::DayStatus)]
    pub(crate) status: &'static str,
}

/// The day of one venue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VenueDay {
    /// Where orders are matched.
    #[schema(value_type = words::TradingVenue)]
    pub(crate) venue: &'static str,
    /// Its phases by the time they begin. A phase at a fixed price may lie beside one with a book.
    pub(crate) phases: Vec<SessionPhase>,
}

/// A part of the day, in Korean wall-clock time (`HH:MM:SS`). Ends are not included.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionPhase {
    /// The row of the timetable, as amendments name it.
    pub(crate) row: &'static str,
    /// Which part of the day.
    #[schema(value_type = words::Phase)]
    pub(crate) phase: &'static str,
    /// Orders are taken from here.
    #[schema(value_type = String, examples("09:00:00"))]
    pub(crate) orders_from: NaiveTime,
    /// Orders are taken to here.
    #[schema(value_type = String, examples("15:20:00"))]
    pub(crate) orders_to: NaiveTime,
    /// The first trade can happen here.
    #[schema(value_type = String, examples("09:00:00"))]
    pub(crate) trades_from: NaiveTime,
    /// The last trade can happen here, random end aside.
    #[schema(value_type = String, examples("15:20:00"))]
    pub(crate) trades_to: NaiveTime,
    /// How orders meet.
    #[schema(value_type = words::Matching)]
    pub(crate) matching: &'static str,
    /// Minutes from one auction to the next; null where there is one or none.
    #[schema(required)]
    pub(crate) auction_minutes: Option<u32>,
    /// An auction is struck up to so many seconds later.
    pub(crate) random_end_seconds: u32,
    /// First date of the row; null if it is as old as the calendar.
    #[schema(required)]
    pub(crate) valid_from: Option<NaiveDate>,
    /// Where the row comes from.
    pub(crate) source: &'static str,
    /// False where no official text was found for a part of the row.
    pub(crate) confirmed: bool,
}

/// The timetable of a date: phases of KRX and NXT, holiday names, and how sure they are.
#[utoipa::path(
    get,
    path = "/market/rules/session",
    operation_id = "get_session_rules",
    tag = "market",
    security(("bearer" = [])),
    params(SessionQuery),
    responses((status = OK, body = SessionDay), Refusals, BadQuery)
)]
async fn session(State(app): State<App>, _: Reader, Query(query): Query<SessionQuery>) -> Answer<Json<SessionDay>> {
    let date = query.date.unwrap_or_else(|| kst_date(app.now()));
    let day = SessionDay::of(date).ok_or_else(|| {
        let covered = TradingCalendar::COVERED;
        refuse_query("date", format!("the calendar knows {} to {}", covered.start(), covered.end()))
    })?;
    Ok(Json(day))
}

impl SessionDay {
    /// The day of `date`; `None` outside the calendar.
    pub(crate) fn of(date: NaiveDate) -> Option<Self> {
        let calendar = trading_calendar();
        let status = calendar.day_status(date)?;
        let phases = |venue| calendar.timetable(venue, date).iter().map(SessionPhase::from).collect();
        let venues = TradingVenue::ALL.iter().map(|venue| VenueDay { venue: venue.as_str(), phases: phases(*venue) });
        Some(Self {
            date,
            is_session: calendar.is_session(date),
            status: status.as_str(),
            note: calendar.session_note(date).map(SessionNote::as_str),
            holiday: calendar.closure(date).map(Holiday::from),
            venues: venues.collect(),
            previous_session: previous_session(date),
            next_session: next_session(date),
            settlement_date: settlement_date(date),
            rules_version: calendar.version(),
        })
    }
}

impl From<&Closure> for Holiday {
    fn from(closure: &Closure) -> Self {
        let Closure { name_ko, name_en, status, .. } = closure;
        Self { name_ko: name_ko.clone(), name_en: name_en.clone(), status: status.as_str() }
    }
}

impl From<&PhaseWindow> for SessionPhase {
    fn from(window: &PhaseWindow) -> Self {
        Self {
            row: window.row,
            phase: window.phase.as_str(),
            orders_from: window.orders_from,
            orders_to: window.orders_to,
            trades_from: window.trades_from,
            trades_to: window.trades_to,
            matching: window.matching.as_str(),
            auction_minutes: window.auction_minutes,
            random_end_seconds: window.random_end_seconds,
            valid_from: window.valid_from,
            source: window.source,
            confirmed: window.confirmed,
        }
    }
}
