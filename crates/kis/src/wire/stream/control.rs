//! Control messages (§7.2–7.4): requests to register and to leave, their answers, and the PINGPONG that keeps a session
//! alive.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::Answer;

/// What a client asks for. Every part may be missing, so that whoever answers can say which.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ControlRequest {
    /// Who asks for what kind of thing.
    pub header: Option<RequestHeader>,
    /// What it is about.
    pub body: Option<RequestBody>,
}

/// The header of a request. It holds a secret and has no `Debug`.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct RequestHeader {
    /// Key of the session, from `/oauth2/Approval`.
    pub approval_key: Option<String>,
    /// P person, B corporation.
    pub custtype: Option<String>,
    /// 1 register, 2 leave.
    pub tr_type: Option<String>,
    /// Always `utf-8`.
    #[serde(rename = "content-type")]
    pub content_type: Option<String>,
}

/// The body of a request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RequestBody {
    /// The registration.
    pub input: Option<RequestInput>,
}

/// The registration that a request is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestInput {
    /// Id of the feed.
    pub tr_id: Option<String>,
    /// Issue, or HTS id for notices.
    pub tr_key: Option<String>,
}

impl ControlRequest {
    /// Asks for a registration.
    pub fn subscribe(approval_key: &str, tr_id: &str, tr_key: &str) -> Self {
        Self::new("1", approval_key, tr_id, tr_key)
    }

    /// Ends a registration.
    pub fn unsubscribe(approval_key: &str, tr_id: &str, tr_key: &str) -> Self {
        Self::new("2", approval_key, tr_id, tr_key)
    }

    fn new(tr_type: &str, approval_key: &str, tr_id: &str, tr_key: &str) -> Self {
        let text = |text: &str| Some(text.to_owned());
        let header = RequestHeader {
            approval_key: text(approval_key),
            custtype: text("P"),
            tr_type: text(tr_type),
            content_type: text("utf-8"),
        };
        let input = RequestInput { tr_id: text(tr_id), tr_key: text(tr_key) };
        Self { header: Some(header), body: Some(RequestBody { input: Some(input) }) }
    }

    /// The text that is sent.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain records with text keys always serialize")
    }
}

/// What the broker says, other than data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlMessage {
    /// What it is about.
    pub header: AnswerHeader,
    /// The answer; none in a PINGPONG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<AnswerBody>,
}

/// The header of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerHeader {
    /// Id of the feed, `PINGPONG`, or `(null)` where the session as a whole is meant.
    #[serde(default)]
    pub tr_id: String,
    /// Key of the registration; may be missing in failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tr_key: Option<String>,
    /// Y if the frames of the feed are encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypt: Option<String>,
    /// Time of a PINGPONG, KST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datetime: Option<String>,
}

/// The body of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerBody {
    /// 0 done, 1 refused, 9 a failure of the session.
    #[serde(default)]
    pub rt_cd: String,
    /// The code.
    #[serde(default)]
    pub msg_cd: String,
    /// The broker's sentence.
    #[serde(default)]
    pub msg1: String,
    /// Key and IV of the feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<KeyAndIv>,
}

/// What the frames of a feed are encrypted with. The broker sends it in clear; still it is shown to nobody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAndIv {
    /// 16 characters.
    #[serde(default)]
    pub iv: String,
    /// 32 characters.
    #[serde(default)]
    pub key: String,
}

impl std::fmt::Debug for KeyAndIv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyAndIv")
    }
}

const PINGPONG: &str = "PINGPONG";

impl ControlMessage {
    /// Reads a text that begins with a brace.
    ///
    /// # Errors
    /// The reason, if it is no control message.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The question whether the other side is there, at a time of KST. It is answered with the same text.
    pub fn pingpong(at: NaiveDateTime) -> Self {
        let datetime = Some(at.format("%Y%m%d%H%M%S").to_string());
        let header = AnswerHeader { tr_id: PINGPONG.to_owned(), datetime, ..AnswerHeader::default() };
        Self { header, body: None }
    }

    /// True for a PINGPONG.
    pub fn is_pingpong(&self) -> bool {
        self.header.tr_id == PINGPONG
    }

    /// An answer about a registration.
    pub fn answer(
        tr_id: &str,
        tr_key: Option<&str>,
        is_sealed: bool,
        answer: Answer,
        output: Option<KeyAndIv>,
    ) -> Self {
        let header = AnswerHeader {
            tr_id: tr_id.to_owned(),
            tr_key: tr_key.map(str::to_owned),
            encrypt: Some(if is_sealed { "Y" } else { "N" }.to_owned()),
            datetime: None,
        };
        let body = AnswerBody {
            rt_cd: answer.rt_cd.to_owned(),
            msg_cd: answer.code.to_owned(),
            msg1: answer.text.to_owned(),
            output,
        };
        Self { header, body: Some(body) }
    }

    /// The text that is sent.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain records with text keys always serialize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::stream::{ANSWERS, answer};

    const SUBSCRIBE: &str = concat!(
        r#"{"header":{"approval_key":"6d9f0c1e-2b7a","custtype":"P","tr_type":"1","content-type":"utf-8"},"#,
        r#""body":{"input":{"tr_id":"H0STCNT0","tr_key":"005930"}}}"#
    );

    #[test]
    fn requests_are_those_of_the_specification() {
        assert_eq!(ControlRequest::subscribe("6d9f0c1e-2b7a", "H0STCNT0", "005930").to_json(), SUBSCRIBE);
        let left = ControlRequest::unsubscribe("6d9f0c1e-2b7a", "H0STCNT0", "005930").to_json();
        assert_eq!(left, SUBSCRIBE.replace(r#""tr_type":"1""#, r#""tr_type":"2""#));
        let read: ControlRequest = serde_json::from_str(SUBSCRIBE).expect("it is JSON");
        assert_eq!(read.to_json(), SUBSCRIBE);
    }

    #[test]
    fn what_a_request_lacks_can_be_told() {
        let read = |text: &str| serde_json::from_str::<ControlRequest>(text).expect("it is JSON");
        assert!(read("{}").header.is_none());
        assert!(read(r#"{"header":{"custtype":"P"}}"#).header.is_some_and(|header| header.approval_key.is_none()));
        assert!(read(r#"{"body":{}}"#).body.is_some_and(|body| body.input.is_none()));
    }

    #[test]
    fn answers_are_those_of_the_specification() {
        let subscribed = concat!(
            r#"{"header":{"tr_id":"H0STCNI0","tr_key":"myhtsid","encrypt":"Y"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","#,
            r#""msg1":"SUBSCRIBE SUCCESS","output":{"iv":"0f1e2d3c4b5a6978","key":"abcdefghijklmnopabcdefghijklmnop"}}}"#
        );
        let key = KeyAndIv { iv: "0f1e2d3c4b5a6978".to_owned(), key: "abcdefghijklmnopabcdefghijklmnop".to_owned() };
        let made = ControlMessage::answer("H0STCNI0", Some("myhtsid"), true, answer::SUBSCRIBED, Some(key));
        assert_eq!(made.to_json(), subscribed);
        assert_eq!(ControlMessage::parse(subscribed).expect("an answer"), made);
        let again = concat!(
            r#"{"header":{"tr_id":"H0STCNT0","tr_key":"005930","encrypt":"N"},"#,
            r#""body":{"rt_cd":"1","msg_cd":"OPSP0002","msg1":"ALREADY IN SUBSCRIBE"}}"#
        );
        let made = ControlMessage::answer("H0STCNT0", Some("005930"), false, answer::ALREADY_SUBSCRIBED, None);
        assert_eq!(made.to_json(), again);
    }

    #[test]
    fn a_pingpong_is_known() {
        let text = r#"{"header":{"tr_id":"PINGPONG","datetime":"20261001101530"}}"#;
        let read = ControlMessage::parse(text).expect("a message");
        assert!(read.is_pingpong());
        let at = NaiveDateTime::parse_from_str("20261001101530", "%Y%m%d%H%M%S").expect("a time");
        assert_eq!(ControlMessage::pingpong(at).to_json(), text);
    }

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ANSWERS.is_sorted_by(|one, next| one.code < next.code));
        assert!(ANSWERS.iter().all(|answer| (answer.rt_cd == "0") == matches!(answer.code, "OPSP0000" | "OPSP0001")));
    }
}
