//! The catalogue of control answers (§7.3). The wording beyond the first rows differs between reports: match the code.

/// What the broker says to a request on the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 0 done, 1 refused, 9 a failure of the session.
    pub rt_cd: &'static str,
    /// The code.
    pub code: &'static str,
    /// The broker's sentence.
    pub text: &'static str,
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $rt_cd:literal $code:literal $text:literal,)+) => {
        /// The answers by name.
        pub mod answer {
            use super::Answer;

            $($(#[$doc])* pub const $name: Answer = Answer { rt_cd: $rt_cd, code: $code, text: $text };)+
        }

        /// Every answer that is known, by code.
        pub const ANSWERS: &[Answer] = &[$(answer::$name,)+];
    };
}

catalogue! {
    /// The registration is made.
    SUBSCRIBED = "0" "OPSP0000" "SUBSCRIBE SUCCESS",
    /// The registration is ended.
    UNSUBSCRIBED = "0" "OPSP0001" "UNSUBSCRIBE SUCCESS",
    /// It was made before; harmless.
    ALREADY_SUBSCRIBED = "1" "OPSP0002" "ALREADY IN SUBSCRIBE",
    /// There is no such registration to end.
    NOT_FOUND = "1" "OPSP0003" "UNSUBSCRIBE ERROR(not found!)",
    /// The broker's own trouble.
    SUBSCRIBE_INTERNAL = "1" "OPSP0007" "SUBSCRIBE INTERNAL ERROR",
    /// One registration too many.
    MAX_OVER = "1" "OPSP0008" "MAX SUBSCRIBE OVER",
    /// The broker's own trouble.
    SEND_FAILED = "1" "OPSP0009" "mci send failed",
    /// A warning about the app key.
    INVALID_APP_KEY = "9" "OPSP0010" "invalid appkey",
    /// The approval key is not known, or not any more.
    INVALID_APPROVAL = "9" "OPSP0011" "invalid approval : NOT FOUND",
    /// The HTS id is not that of the app key (unconfirmed).
    INVALID_HTS_ID = "1" "OPSP0017" "invalid HTS ID",
    /// There is no such feed, or not in this environment.
    INVALID_TR_ID = "1" "OPSP8991" "invalid tr_id",
    /// There is no such issue or customer.
    INVALID_TR_KEY = "1" "OPSP8992" "invalid tr_key",
    /// The key of the feed is malformed.
    MALFORMED_TR_KEY = "9" "OPSP8993" "JSON PARSING ERROR : invalid tr_key",
    /// A corporation did not name its key.
    NO_PERSONAL_KEY = "9" "OPSP8994" "personalseckey not found",
    /// Nothing named the app secret.
    NO_APP_SECRET = "9" "OPSP8995" "appsecret not found",
    /// Another session of the same app key lives.
    IN_USE = "9" "OPSP8996" "ALREADY IN USE appkey",
    /// Neither 1 nor 2.
    INVALID_TR_TYPE = "9" "OPSP8997" "invalid tr_type",
    /// Neither P nor B.
    INVALID_CUSTTYPE = "9" "OPSP8998" "invalid custtype",
    /// The broker's own trouble.
    UNAVAILABLE = "9" "OPSP8999" "resource unavailable",
    /// The key of the feed is missing.
    NO_TR_KEY = "9" "OPSP9990" "JSON PARSING ERROR : tr_key not found",
    /// The input is missing.
    NO_INPUT = "9" "OPSP9991" "JSON PARSING ERROR : input not found",
    /// The body is missing.
    NO_BODY = "9" "OPSP9992" "JSON PARSING ERROR : body not found",
    /// The broker's own trouble.
    PARSING_INTERNAL = "9" "OPSP9993" "JSON PARSING ERROR : internal",
    /// The approval key is of no app key.
    WRONG_APP_KEY = "9" "OPSP9994" "JSON PARSING ERROR : INVALID appkey",
    /// The broker's own trouble.
    RESOURCE_UNAVAILABLE = "9" "OPSP9995" "resource unavailable",
    /// Nothing named the app key.
    NO_APP_KEY = "9" "OPSP9996" "appkey not found",
    /// The kind of customer is missing.
    NO_CUSTTYPE = "9" "OPSP9997" "custtype not found",
    /// The header is missing.
    NO_HEADER = "9" "OPSP9998" "JSON PARSING ERROR : header not found",
    /// It is no JSON.
    NO_JSON = "9" "OPSP9999" "JSON PARSING ERROR : invalid json format",
}
