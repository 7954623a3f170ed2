//! The one place that builds.
/// State
#[derive(Clone)]
pub struct App {}
