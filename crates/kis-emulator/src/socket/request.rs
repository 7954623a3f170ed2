//! Reading what a client sends (kis-openapi §7.2): a registration, an answer to PINGPONG, or something that is wrong.

use exodus_kis::wire::stream::{Answer, ControlMessage, ControlRequest, answer};

/// What a client said.
pub(super) enum Request {
    /// It answers a PINGPONG by sending it back.
    Pong,
    /// It registers for a feed, or leaves it.
    Registration(Registration),
}

/// A registration, or its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Registration {
    /// Key of the session.
    pub(super) approval_key: String,
    /// False to leave.
    pub(super) is_subscription: bool,
    /// Id of the feed.
    pub(super) tr_id: String,
    /// Issue, customer or index.
    pub(super) tr_key: String,
}

/// Why a message is refused, before anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) answer: Answer,
    pub(super) tr_id: Option<String>,
    pub(super) tr_key: Option<String>,
}

/// Longest key of a registration (§7.2).
const LONGEST_KEY: usize = 12;

/// Reads one text message.
pub(super) fn read(text: &str) -> Result<Request, Refusal> {
    if ControlMessage::parse(text).is_ok_and(|message| message.is_pingpong()) {
        return Ok(Request::Pong);
    }
    let nameless = |answer| Refusal { answer, tr_id: None, tr_key: None };
    let request: ControlRequest = serde_json::from_str(text).map_err(|_| nameless(answer::NO_JSON))?;
    let header = request.header.ok_or_else(|| nameless(answer::NO_HEADER))?;
    let body = request.body.ok_or_else(|| nameless(answer::NO_BODY))?;
    let input = body.input.ok_or_else(|| nameless(answer::NO_INPUT))?;
    let (tr_id, tr_key) = (input.tr_id, input.tr_key);
    let refused = |answer| Refusal { answer, tr_id: tr_id.clone(), tr_key: tr_key.clone() };
    let approval_key = header.approval_key.ok_or_else(|| refused(answer::NO_APP_KEY))?;
    match header.custtype.as_deref() {
        None => return Err(refused(answer::NO_CUSTTYPE)),
        Some("P" | "B") => {}
        Some(_) => return Err(refused(answer::INVALID_CUSTTYPE)),
    }
    let is_subscription = match header.tr_type.as_deref() {
        Some("1") => true,
        Some("2") => false,
        _ => return Err(refused(answer::INVALID_TR_TYPE)),
    };
    let id = tr_id.clone().ok_or_else(|| refused(answer::INVALID_TR_ID))?;
    let key = tr_key.clone().ok_or_else(|| refused(answer::NO_TR_KEY))?;
    if key.trim().is_empty() || key.len() > LONGEST_KEY {
        return Err(refused(answer::MALFORMED_TR_KEY));
    }
    Ok(Request::Registration(Registration { approval_key, is_subscription, tr_id: id, tr_key: key }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_or_wrong_part_has_its_code_section_7_3() {
        let code = |text: &str| match read(text) {
            Err(refusal) => refusal.answer.code,
            Ok(_) => "taken",
        };
        let whole = |header: &str, body: &str| format!(r#"{{"header":{{{header}}},"body":{body}}}"#);
        let input = r#"{"input":{"tr_id":"H0STCNT0","tr_key":"005930"}}"#;
        let good = r#""approval_key":"k","custtype":"P","tr_type":"1""#;
        assert_eq!(code("no json"), "OPSP9999");
        assert_eq!(code("{}"), "OPSP9998");
        assert_eq!(code(&format!(r#"{{"header":{{{good}}}}}"#)), "OPSP9992");
        assert_eq!(code(&whole(good, "{}")), "OPSP9991");
        assert_eq!(code(&whole(good, r#"{"input":{"tr_id":"H0STCNT0"}}"#)), "OPSP9990");
        assert_eq!(code(&whole(good, r#"{"input":{"tr_key":"005930"}}"#)), "OPSP8991");
        assert_eq!(code(&whole(good, r#"{"input":{"tr_id":"H0STCNT0","tr_key":" "}}"#)), "OPSP8993");
        assert_eq!(code(&whole(r#""custtype":"P","tr_type":"1""#, input)), "OPSP9996");
        assert_eq!(code(&whole(r#""approval_key":"k","tr_type":"1""#, input)), "OPSP9997");
        assert_eq!(code(&whole(r#""approval_key":"k","custtype":"X","tr_type":"1""#, input)), "OPSP8998");
        assert_eq!(code(&whole(r#""approval_key":"k","custtype":"P","tr_type":"0""#, input)), "OPSP8997");
        assert_eq!(code(&whole(good, input)), "taken");
    }

    #[test]
    fn a_returned_pingpong_is_no_registration_section_7_4() {
        let text = r#"{"header":{"tr_id":"PINGPONG","datetime":"20261001101530"}}"#;
        assert!(matches!(read(text), Ok(Request::Pong)));
    }
}
