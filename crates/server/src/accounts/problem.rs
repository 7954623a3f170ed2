//! What can be wrong with an account at a broker, in words: the cause and the mend, in Korean and English.

use exodus_domain::text_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::words;
use crate::strategies::dto::Text;

text_enum! {
    /// What is wrong with an account.
    ProblemCode {
        /// The broker does not know the app key.
        WrongAppKey = "WRONG_APP_KEY",
        /// The secret is not that of the app key.
        WrongAppSecret = "WRONG_APP_SECRET",
        /// The keys are of the other environment.
        WrongEnvironment = "WRONG_ENVIRONMENT",
        /// The account number does not belong to the keys.
        WrongAccount = "WRONG_ACCOUNT",
        /// The HTS id does not belong to the keys.
        WrongHtsId = "WRONG_HTS_ID",
        /// The keys have ended.
        KeyExpired = "KEY_EXPIRED",
        /// The broker wants fewer requests.
        RateLimited = "RATE_LIMITED",
        /// The broker does not answer.
        Unreachable = "UNREACHABLE",
        /// Cash or holdings differ from the broker's.
        BalanceDiffers = "BALANCE_DIFFERS",
        /// The broker said something else.
        UnknownAnswer = "UNKNOWN_ANSWER",
    }
}

impl ProblemCode {
    /// What it means, Korean first.
    pub(crate) fn message(self) -> (&'static str, &'static str) {
        match self {
            Self::WrongAppKey => ("한국투자증권이 앱키를 인정하지 않습니다.", "KIS does not accept the app key."),
            Self::WrongAppSecret => {
                ("앱시크릿이 앱키와 맞지 않습니다.", "The app secret does not belong to the app key.")
            }
            Self::WrongEnvironment => {
                ("모의와 실전이 바뀐 앱키입니다.", "These keys belong to the other environment (paper or live).")
            }
            Self::WrongAccount => {
                ("계좌번호가 이 앱키의 계좌가 아닙니다.", "The account number does not belong to these keys.")
            }
            Self::WrongHtsId => ("HTS ID가 이 앱키의 ID가 아닙니다.", "The HTS ID does not belong to these keys."),
            Self::KeyExpired => ("앱키의 사용 기간이 끝났습니다.", "The app key has expired."),
            Self::RateLimited => ("한국투자증권의 요청 한도를 넘었습니다.", "KIS allows no more requests right now."),
            Self::Unreachable => ("한국투자증권이 응답하지 않습니다.", "KIS does not answer."),
            Self::BalanceDiffers => (
                "예수금이나 보유 수량이 한국투자증권의 잔고와 다릅니다.",
                "Cash or holdings differ from the balance at KIS.",
            ),
            Self::UnknownAnswer => {
                ("한국투자증권이 알 수 없는 응답을 보냈습니다.", "KIS sent an answer that is not understood.")
            }
        }
    }

    /// What to do about it, Korean first.
    pub(crate) fn mend(self) -> (&'static str, &'static str) {
        match self {
            Self::WrongAppKey => {
                ("KIS Developers에서 앱키를 다시 복사해 넣으세요.", "Copy the app key from KIS Developers once more.")
            }
            Self::WrongAppSecret => (
                "KIS Developers에서 같은 신청의 앱시크릿을 다시 복사해 넣으세요.",
                "Copy the app secret of the same application from KIS Developers.",
            ),
            Self::WrongEnvironment => (
                "모의투자 키는 모의로, 실전 키는 실전으로 추가하세요.",
                "Add paper keys as paper and live keys as live.",
            ),
            Self::WrongAccount => (
                "앱키를 신청한 계좌의 번호 8자리와 상품코드 2자리를 확인하세요.",
                "Check the eight digits and the two of the product of the account that the keys were issued for.",
            ),
            Self::WrongHtsId => {
                ("앱키를 신청할 때 로그인한 HTS ID를 넣으세요.", "Enter the HTS ID with which the keys were requested.")
            }
            Self::KeyExpired => (
                "KIS Developers에서 앱키를 새로 발급받아 바꾸세요.",
                "Request new keys at KIS Developers and replace these.",
            ),
            Self::RateLimited => ("1분 뒤에 다시 확인하세요.", "Check again in a minute."),
            Self::Unreachable => (
                "네트워크를 확인하세요. 연결은 저절로 다시 시도합니다.",
                "Check the network. The connection is tried again by itself.",
            ),
            Self::BalanceDiffers => (
                "다른 곳에서 낸 주문이나 입출금이 있는지 확인하세요. 열린 주문이 없으면 저절로 맞춥니다.",
                "Look for orders or transfers made elsewhere. It is corrected by itself once no order is open.",
            ),
            Self::UnknownAnswer => (
                "잠시 뒤 다시 확인하고, 계속되면 코드를 한국투자증권에 문의하세요.",
                "Check again later; if it stays, ask KIS about the code.",
            ),
        }
    }

    /// True if it may be gone at the next attempt, without anybody's doing.
    pub(crate) fn is_passing(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unreachable | Self::UnknownAnswer)
    }

    /// The field of a request that is to be mended.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::WrongAppSecret => "app_secret",
            Self::WrongEnvironment => "env",
            Self::WrongAccount => "account_no",
            Self::WrongHtsId => "hts_id",
            _ => "app_key",
        }
    }
}

/// Why an account cannot be used, or what differs from the broker's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AccountProblem {
    /// Stable word.
    #[schema(value_type = words::AccountProblemCode)]
    pub(crate) code: ProblemCode,
    /// The broker's own code, if it gave one.
    #[schema(required)]
    pub(crate) broker_code: Option<String>,
    /// What is wrong.
    pub(crate) message: Text,
    /// What to do about it.
    pub(crate) mend: Text,
}

impl AccountProblem {
    /// In the words of `code`.
    pub(crate) fn plain(code: ProblemCode) -> Self {
        Self { code, broker_code: None, message: Text::of(code.message()), mend: Text::of(code.mend()) }
    }

    /// As it is kept with an account. What another version kept and this one cannot read is told as unknown.
    pub(crate) fn stored(kept: Option<&Value>) -> Option<Self> {
        kept.map(|value| {
            serde_json::from_value(value.clone()).unwrap_or_else(|_| Self::plain(ProblemCode::UnknownAnswer))
        })
    }
}

text_enum! {
    /// What is asked of the broker, one after the other.
    CheckStep {
        /// The keys give an access token.
        Token = "token",
        /// The balance of the account can be read.
        Account = "account",
        /// A price can be read.
        Quote = "quote",
        /// Notices of orders come under the HTS id.
        Stream = "stream",
        /// Whether the market is open.
        Hours = "hours",
    }
}

text_enum! {
    /// How a step ended.
    StepState {
        /// As it should.
        Ok = "ok",
        /// The broker said no, or nothing.
        Failed = "failed",
        /// A step before it failed, so it was not asked.
        Skipped = "skipped",
    }
}

/// One step of a check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckedStep {
    /// What was asked.
    #[schema(value_type = words::CheckStep)]
    pub(crate) step: CheckStep,
    /// How it ended.
    #[schema(value_type = words::StepState)]
    pub(crate) state: StepState,
    /// What is wrong; null unless it failed.
    #[schema(required, value_type = Option<words::AccountProblemCode>)]
    pub(crate) problem: Option<ProblemCode>,
    /// The broker's own code, if it gave one.
    #[schema(required)]
    pub(crate) broker_code: Option<String>,
    /// What was found.
    pub(crate) message: Text,
    /// What to do about it; null unless it failed.
    #[schema(required)]
    pub(crate) mend: Option<Text>,
}
