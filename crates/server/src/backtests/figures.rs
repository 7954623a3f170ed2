//! What the figures of a report are, for whoever shows or explains them.

use chrono::NaiveDate;
use exodus_domain::Won;
use exodus_trading::{EquityCurve, Figure, OrderTally, PerformanceReport, ReportInputs, TradeTally, Trials};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::report::figure_texts::{Unit, text_of};
use crate::bootstrap::App;
use crate::http::caller::Reader;
use crate::http::extract::Json;
use crate::http::problem::Refusals;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(figures))
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FigureUnit {
    /// A plain number.
    Ratio,
    /// A ratio that people read as percent: 0.1 is 10 %.
    Percent,
    /// Basis points.
    Bp,
    /// Won.
    Won,
    /// Calendar days.
    Days,
    /// A whole number of things.
    Count,
}

/// A figure that every report has, and that a search can look for.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct FigureInfo {
    /// Group and name with a full stop between, such as `risk.sharpe_ratio`.
    pub(crate) id: String,
    /// The part of the report it stands in.
    pub(crate) group: &'static str,
    /// Its name there.
    pub(crate) name: &'static str,
    /// What it counts.
    pub(crate) unit: FigureUnit,
    /// Formula, annualisation, degrees of freedom, base and source.
    pub(crate) convention: &'static str,
}

/// Every figure of a report, with its convention.
#[utoipa::path(
    get,
    path = "/backtest/figures",
    operation_id = "list_figures",
    tag = "backtest",
    security(("bearer" = [])),
    responses((status = OK, body = Vec<FigureInfo>), Refusals)
)]
async fn figures(_: Reader) -> Json<Vec<FigureInfo>> {
    Json(known().iter().map(FigureInfo::from).collect())
}

impl From<&Figure> for FigureInfo {
    fn from(figure: &Figure) -> Self {
        let Figure { group, name, convention, .. } = *figure;
        let id = format!("{group}.{name}");
        let unit = text_of(&id).map_or(FigureUnit::Ratio, |text| text.unit.into());
        Self { id, group, name, unit, convention }
    }
}

impl From<Unit> for FigureUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Percent => Self::Percent,
            Unit::Ratio => Self::Ratio,
            Unit::Won => Self::Won,
            Unit::Count => Self::Count,
            Unit::Days => Self::Days,
            Unit::BasisPoints => Self::Bp,
        }
    }
}

/// The figures of an account that never did anything: their names are those of any account.
fn known() -> Vec<Figure> {
    let mut curve = EquityCurve::new(Won(1));
    curve.push(NaiveDate::default(), Won(1), Won::ZERO);
    let inputs = ReportInputs {
        curve: &curve,
        trades: &TradeTally::default(),
        orders: &OrderTally::default(),
        round_trips: &[],
        benchmark: None,
        trials: Trials::ONE,
    };
    PerformanceReport::new(&inputs).figures()
}
