//! Who is calling.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::auth::dto::Role;
use crate::bootstrap::App;

/// A logged-in user.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: i64,
    pub(crate) role: Role,
}
pub(crate) struct Reader(pub(crate) Caller);
pub(crate) struct Trader(pub(crate) Caller);
pub(crate) struct Admin(pub(crate) Caller);
macro_rules! x { ($($n:ident)+) => {$(impl FromRequestParts<App> for $n { type Rejection = Problem; async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, Problem> { Err(Problem::unauthenticated()) } })+} }
x!(Reader Trader Admin);
