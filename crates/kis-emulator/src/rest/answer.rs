//! Answers in the two envelopes of the broker (kis-openapi §3.3, §2).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use encoding_rs::EUC_KR;
use exodus_kis::wire::messages;
use serde::Serialize;
use serde_json::{Value, json};

use crate::arrivals::MadeOrder;

/// Width to which the ledger pads `msg1`, in bytes of CP949: its own character set.
const SENTENCE_WIDTH: usize = 80;
/// Width to which the ledger pads the keys of a continuation.
pub(crate) const KEY_WIDTH: usize = 100;
/// Width of the keys of the list of reservations.
pub(crate) const WIDE_KEY_WIDTH: usize = 200;
/// Width of the keys of the list of holidays.
pub(crate) const HOLIDAY_KEY_WIDTH: usize = 20;

/// An answer, ready to be written.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// `""`, `M`, `D` or `E` (§3.4).
    pub(crate) tr_cont: &'static str,
    pub(crate) body: Value,
    /// The orders that were made.
    pub(crate) made: Vec<MadeOrder>,
}

/// A refusal in the envelope of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) status: StatusCode,
    pub(crate) rt_cd: &'static str,
    pub(crate) code: &'static str,
    pub(crate) sentence: String,
}

impl Answer {
    /// A quotation (MCA00000).
    pub(crate) fn quote(body: &impl Serialize) -> Self {
        Self::success("MCA00000", said("MCA00000"), "", body)
    }

    /// An answer of the ledger, its sentence padded.
    pub(crate) fn ledger(code: &'static str, tr_cont: &'static str, body: &impl Serialize) -> Self {
        Self::success(code, padded(&said(code)), tr_cont, body)
    }

    fn success(code: &str, sentence: String, tr_cont: &'static str, body: &impl Serialize) -> Self {
        let mut envelope = json!({ "rt_cd": "0", "msg_cd": code, "msg1": sentence });
        // A value of texts and lists always becomes JSON.
        if let (Value::Object(envelope), Ok(Value::Object(body))) = (&mut envelope, serde_json::to_value(body)) {
            envelope.extend(body);
        }
        Self { tr_cont, ..Self::plain(StatusCode::OK, envelope) }
    }

    /// A body without anything around it.
    pub(crate) fn plain(status: StatusCode, body: Value) -> Self {
        Self { status, tr_cont: "", body, made: Vec::new() }
    }

    /// The broker's code in either envelope.
    pub(crate) fn code(&self) -> &str {
        let code = |name: &str| self.body.get(name).and_then(Value::as_str);
        code("msg_cd").or_else(|| code("error_code")).unwrap_or_default()
    }
}

impl From<Reject> for Answer {
    fn from(reject: Reject) -> Self {
        let Reject { status, rt_cd, code, sentence } = reject;
        Self::plain(status, json!({ "rt_cd": rt_cd, "msg_cd": code, "msg1": sentence }))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
        (self.status, [(header::CONTENT_TYPE, JSON)], self.body.to_string()).into_response()
    }
}

impl Reject {
    /// The gateway's refusal: HTTP 500, or 403 for what is wrong with the key (§3.6).
    pub(crate) fn gateway(code: &'static str) -> Self {
        let status = match code {
            "EGW00102" | "EGW00103" | "EGW00104" | "EGW00105" | "EGW00206" => StatusCode::FORBIDDEN,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, rt_cd: "1", code, sentence: said(code) }
    }

    /// An input check: HTTP 200, `rt_cd` 2 (§3.5).
    pub(crate) fn input(code: &'static str, field: &str) -> Self {
        let sentence = if field.is_empty() { said(code) } else { format!("{} [{field}]", said(code)) };
        Self { status: StatusCode::OK, rt_cd: "2", code, sentence }
    }

    /// A refusal by the business of the real environment: HTTP 200, `rt_cd` 7.
    pub(crate) fn business(code: &'static str) -> Self {
        Self { status: StatusCode::OK, rt_cd: "7", code, sentence: padded(&said(code)) }
    }

    /// A refusal of the mock environment: HTTP 200, `rt_cd` 1.
    pub(crate) fn mock(code: &'static str) -> Self {
        Self { rt_cd: "1", ..Self::business(code) }
    }

    /// The same refusal in other words.
    pub(crate) fn saying(self, sentence: &str) -> Self {
        Self { sentence: padded(sentence), ..self }
    }
}

/// A refusal of the OAuth paths, in their own envelope.
pub(crate) fn oauth_error(status: StatusCode, code: &str) -> Answer {
    Answer::plain(status, json!({ "error_code": code, "error_description": said(code) }))
}

/// What the broker says with a code.
pub(crate) fn said(code: &str) -> String {
    messages::of_code(code).map(|message| message.said.to_owned()).unwrap_or_default()
}

/// Padded with blanks to the ledger's width.
pub(crate) fn padded(sentence: &str) -> String {
    let width = EUC_KR.encode(sentence).0.len();
    format!("{sentence}{}", " ".repeat(SENTENCE_WIDTH.saturating_sub(width)))
}

/// A key of a continuation, padded.
pub(crate) fn padded_key(key: &str, width: usize) -> String {
    format!("{key:<width$}")
}

/// The headers of every answer of the API (§3.2).
pub(crate) fn headers(response: &mut Response, tr_id: &str, tr_cont: &'static str, gt_uid: &str) {
    let told = [("tr_id", tr_id), ("tr_cont", tr_cont), ("gt_uid", gt_uid)];
    for (name, value) in told {
        // An echo that no header can carry is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_told_has_its_sentence() {
        let codes = "MCA00000 KIOK0500 KIOK0510 KIOK0530 KIOK0560 APBK0013 APBK2938 40600000 40590000 40620000 40630000 \
            EGW00001 EGW00002 EGW00101 EGW00102 EGW00103 EGW00104 EGW00105 EGW00115 EGW00116 EGW00121 EGW00122 EGW00123 \
            EGW00132 EGW00133 EGW00201 EGW00205 EGW00208 EGW00210 EGW00215 EGW00300 EGW00302 EGW00310 EGW02004 EGW02006 \
            OPSQ0002 OPSQ2000 OPSQ2001 OPSQ2002 OPSQ9995 OPSQ9997 OPSQ9999 SYDB0050 IGW00022 KIER3672 APBK0066 APBK0400 \
            APBK0656 APBK0918 APBK0919 APBK0927 APBK0952 APBK0957 APBK0963 APBK1359 40100000 40240000 40250000 40330000 \
            40570000 40580000";
        for code in codes.split_whitespace() {
            assert!(!said(code).trim().is_empty(), "{code}");
        }
    }

    #[test]
    fn sentences_of_the_ledger_are_80_bytes_of_its_character_set_section_3_3() {
        let sentence = padded("조회가 완료되었습니다");
        assert_eq!((sentence.chars().count(), EUC_KR.encode(&sentence).0.len()), (70, 80));
    }
}
