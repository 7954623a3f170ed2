//! The operator's amendments to the market rules: where they stand, and putting them in force.

use std::io::ErrorKind;
use std::path::PathBuf;

use exodus_domain::{AlreadyInForce, AmendmentError, TradingCalendar};

use crate::config::Config;

/// The file in the data folder that is read if no other is named.
const FILE: &str = "market-rules.toml";

/// The amendments cannot be used. Nothing is traded on rules that the operator meant otherwise.
#[derive(Debug, thiserror::Error)]
pub enum MarketRulesError {
    /// The file cannot be read.
    #[error("the market rules {path} cannot be read: {cause}; set EXODUS_MARKET_RULES to another file, or to none")]
    Unreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// The file does not say what it should.
    #[error("the market rules {path} cannot be used: {cause}")]
    Unusable {
        /// The file.
        path: String,
        /// The line and what is wrong there.
        cause: AmendmentError,
    },
    /// They came too late.
    #[error(transparent)]
    TooLate(#[from] AlreadyInForce),
}

/// The rules that a configuration asks for.
pub(crate) struct MarketRules {
    /// The file that is looked for.
    pub(crate) path: PathBuf,
    /// The calendar with its amendments; `None` if there is no file.
    amended: Option<TradingCalendar>,
}

impl MarketRules {
    /// Reads the file that `config` names, or the one in the data folder if there is one.
    ///
    /// # Errors
    /// [`MarketRulesError`] if a file is there, or must be, and cannot be used.
    pub(crate) fn read(config: &Config) -> Result<Self, MarketRulesError> {
        let path = config.market_rules.clone().unwrap_or_else(|| config.data_dir.join(FILE));
        let shown = || path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            // A data folder that is no folder holds no such file; who needs the folder refuses it.
            Err(cause)
                if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                    && config.market_rules.is_none() =>
            {
                return Ok(Self { path, amended: None });
            }
            Err(cause) => return Err(MarketRulesError::Unreadable { path: shown(), cause }),
        };
        let amended = TradingCalendar::amended(&text);
        let amended = amended.map_err(|cause| MarketRulesError::Unusable { path: shown(), cause })?;
        Ok(Self { path, amended: Some(amended) })
    }

    /// The version of the rules.
    pub(crate) fn version(&self) -> String {
        self.amended.as_ref().map_or_else(|| exodus_domain::RULES_VERSION.to_owned(), TradingCalendar::version)
    }

    /// What they are, in one sentence.
    pub(crate) fn describe(&self) -> String {
        let amendments = self.amended.as_ref().map(|calendar| calendar.amendments().describe()).unwrap_or_default();
        match (&self.amended, amendments.as_slice()) {
            (None, _) => format!("as built in; amendments would stand in {}", self.path.display()),
            (Some(_), []) => format!("as built in; {} amends nothing", self.path.display()),
            (Some(_), amendments) => format!("amended by {}: {}", self.path.display(), amendments.join("; ")),
        }
    }

    /// Puts the rules in force for this process.
    ///
    /// # Errors
    /// [`MarketRulesError::TooLate`] if other rules are in use already.
    pub(crate) fn install(self) -> Result<(), MarketRulesError> {
        if let Some(calendar) = self.amended {
            tracing::info!(version = calendar.version(), "the market rules are amended");
            calendar.install()?;
        }
        Ok(())
    }
}
