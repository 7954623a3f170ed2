//! The two environments of the broker (kis-openapi §1.1).

use serde::{Deserialize, Serialize};

/// Which of the broker's two services: keys, accounts and TR ids of one are refused by the other (§1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// 실전투자.
    Real,
    /// 모의투자.
    Mock,
}

impl Environment {
    /// Both, real first.
    pub const ALL: [Self; 2] = [Self::Real, Self::Mock];

    /// `real` or `mock`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Mock => "mock",
        }
    }
}
