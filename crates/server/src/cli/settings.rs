//! `exodus config`.

use super::print;
use crate::bootstrap::StartError;
use crate::config;

/// Prints every setting with its value, source and meaning. Secrets are masked.
pub(super) fn show() -> anyhow::Result<()> {
    let settings =
        config::environment().and_then(|variables| config::describe(&variables)).map_err(StartError::from)?;
    for setting in settings {
        let source = if setting.from_environment { "environment" } else { "default" };
        let value = if setting.value.is_empty() { "(empty)" } else { &setting.value };
        print(&format!("{} = {value}  [{source}]\n    {}", setting.variable, setting.meaning))?;
    }
    Ok(())
}
