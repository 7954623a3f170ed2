//! `exodus config`.

use super::print;
use crate::bootstrap::StartError;
use crate::config::{self, Config};
use crate::market_rules::MarketRules;

/// Prints every setting with its value, source and meaning, and the market rules that follow from them. Secrets are
/// masked.
pub(super) fn show() -> anyhow::Result<()> {
    let variables = config::environment().map_err(StartError::from)?;
    let settings = config::describe(&variables).map_err(StartError::from)?;
    for setting in settings {
        let source = if setting.from_environment { "environment" } else { "default" };
        let value = if setting.value.is_empty() { "(empty)" } else { &setting.value };
        print(&format!("{} = {value}  [{source}]\n    {}", setting.variable, setting.meaning))?;
    }
    let rules = MarketRules::read(&Config::from_variables(&variables).map_err(StartError::from)?);
    let rules = rules.map_err(StartError::from)?;
    print(&format!("market rules = {}\n    {}", rules.version(), rules.describe()))
}
