//! What the answers of the WebSocket mean (§7.3). Its sentences vary, so the codes decide.

use super::Class::{Account, Credential, Input, RateLimit, Session, Success};
use super::{Class, Mend, Message};
use crate::wire::stream::{Answer, answer};

const fn listed(answer: Answer, class: Class, ko: &'static str, en: &'static str, mend: Mend) -> Message {
    Message::new(answer.code, answer.text, class, ko, en, mend)
}

/// A registration that this program wrote wrongly.
const fn field(answer: Answer) -> Message {
    let ko = "실시간 등록 요청의 형식이 올바르지 않습니다.";
    listed(answer, Input, ko, "The real-time registration is malformed.", Mend::Report)
}

const KEY_KO: &str = "웹소켓 접속키가 올바르지 않습니다.";
const KEY_EN: &str = "The key of the WebSocket is not valid.";
const BUSY_KO: &str = "증권사 실시간 서버에 여유가 없습니다.";
const BUSY_EN: &str = "The broker's real-time server is out of resources.";

pub(super) const MESSAGES: &[Message] = &[
    listed(answer::SUBSCRIBED, Success, "실시간 등록되었습니다.", "Registered.", Mend::None),
    listed(answer::UNSUBSCRIBED, Success, "실시간 등록이 해제되었습니다.", "The registration ended.", Mend::None),
    listed(answer::ALREADY_SUBSCRIBED, Session, "이미 등록된 종목입니다.", "It is registered already.", Mend::None),
    listed(answer::NOT_FOUND, Session, "등록되지 않은 종목입니다.", "It was not registered.", Mend::None),
    listed(answer::SUBSCRIBE_INTERNAL, Session, BUSY_KO, BUSY_EN, Mend::Waits),
    listed(
        answer::MAX_OVER,
        Session,
        "실시간 등록 한도 41건을 넘었습니다.",
        "More than 41 real-time registrations.",
        Mend::FewerSymbols,
    ),
    listed(answer::SEND_FAILED, Session, BUSY_KO, BUSY_EN, Mend::Waits),
    listed(answer::INVALID_APP_KEY, Credential, KEY_KO, KEY_EN, Mend::Keys),
    listed(answer::INVALID_APPROVAL, Session, KEY_KO, KEY_EN, Mend::Renews),
    listed(answer::INVALID_HTS_ID, Account, "HTS ID가 올바르지 않습니다.", "The HTS ID is not valid.", Mend::HtsId),
    field(answer::INVALID_TR_ID),
    field(answer::INVALID_TR_KEY),
    field(answer::MALFORMED_TR_KEY),
    listed(answer::NO_PERSONAL_KEY, Credential, KEY_KO, KEY_EN, Mend::Keys),
    listed(answer::NO_APP_SECRET, Credential, KEY_KO, KEY_EN, Mend::Keys),
    listed(
        answer::IN_USE,
        Session,
        "이 앱키로 이미 접속한 곳이 있습니다.",
        "This app key has a session already.",
        Mend::OtherProgram,
    ),
    field(answer::INVALID_TR_TYPE),
    field(answer::INVALID_CUSTTYPE),
    listed(answer::UNAVAILABLE, RateLimit, BUSY_KO, BUSY_EN, Mend::Waits),
    field(answer::NO_TR_KEY),
    field(answer::NO_INPUT),
    field(answer::NO_BODY),
    field(answer::PARSING_INTERNAL),
    listed(answer::WRONG_APP_KEY, Session, KEY_KO, KEY_EN, Mend::Renews),
    listed(answer::RESOURCE_UNAVAILABLE, RateLimit, BUSY_KO, BUSY_EN, Mend::Waits),
    field(answer::NO_APP_KEY),
    field(answer::NO_CUSTTYPE),
    field(answer::NO_HEADER),
    field(answer::NO_JSON),
];
