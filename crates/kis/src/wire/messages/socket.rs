//! Messages of the WebSocket (§7.3). Its sentences vary, so the codes decide.

use super::Class::{Account, Credential, Input, RateLimit, Session, Success};
use super::{Class, Mend, Message};

const fn m(
    code: &'static str,
    said: &'static str,
    class: Class,
    ko: &'static str,
    en: &'static str,
    mend: Mend,
) -> Message {
    Message::new(code, said, class, ko, en, mend)
}

/// A registration that this program wrote wrongly.
const fn field(code: &'static str, said: &'static str) -> Message {
    m(
        code,
        said,
        Input,
        "실시간 등록 요청의 형식이 올바르지 않습니다.",
        "The real-time registration is malformed.",
        Mend::Report,
    )
}

const KEY_KO: &str = "웹소켓 접속키가 올바르지 않습니다.";
const KEY_EN: &str = "The key of the WebSocket is not valid.";
const BUSY_KO: &str = "증권사 실시간 서버에 여유가 없습니다.";
const BUSY_EN: &str = "The broker's real-time server is out of resources.";

pub(super) const MESSAGES: &[Message] = &[
    m("OPSP0000", "SUBSCRIBE SUCCESS", Success, "실시간 등록되었습니다.", "Registered.", Mend::None),
    m(
        "OPSP0001",
        "UNSUBSCRIBE SUCCESS",
        Success,
        "실시간 등록이 해제되었습니다.",
        "The registration ended.",
        Mend::None,
    ),
    m("OPSP0002", "ALREADY IN SUBSCRIBE", Session, "이미 등록된 종목입니다.", "It is registered already.", Mend::None),
    m(
        "OPSP0003",
        "UNSUBSCRIBE ERROR(not found!)",
        Session,
        "등록되지 않은 종목입니다.",
        "It was not registered.",
        Mend::None,
    ),
    m("OPSP0007", "SUBSCRIBE INTERNAL ERROR", Session, BUSY_KO, BUSY_EN, Mend::Waits),
    m(
        "OPSP0008",
        "MAX SUBSCRIBE OVER",
        Session,
        "실시간 등록 한도 41건을 넘었습니다.",
        "More than 41 real-time registrations.",
        Mend::FewerSymbols,
    ),
    m("OPSP0009", "mci send failed", Session, BUSY_KO, BUSY_EN, Mend::Waits),
    m("OPSP0010", "invalid appkey", Credential, KEY_KO, KEY_EN, Mend::Keys),
    m("OPSP0011", "invalid approval : NOT FOUND", Session, KEY_KO, KEY_EN, Mend::Renews),
    m("OPSP0017", "invalid HTS ID", Account, "HTS ID가 올바르지 않습니다.", "The HTS ID is not valid.", Mend::HtsId),
    field("OPSP8991", "invalid tr_id"),
    field("OPSP8992", "invalid tr_key"),
    field("OPSP8993", "JSON PARSING ERROR : invalid tr_key"),
    m("OPSP8994", "personalseckey not found", Credential, KEY_KO, KEY_EN, Mend::Keys),
    m("OPSP8995", "appsecret not found", Credential, KEY_KO, KEY_EN, Mend::Keys),
    m(
        "OPSP8996",
        "ALREADY IN USE appkey",
        Session,
        "이 앱키로 이미 접속한 곳이 있습니다.",
        "This app key has a session already.",
        Mend::OtherProgram,
    ),
    field("OPSP8997", "invalid tr_type"),
    field("OPSP8998", "invalid custtype"),
    m("OPSP8999", "resource unavailable", RateLimit, BUSY_KO, BUSY_EN, Mend::Waits),
    field("OPSP9990", "JSON PARSING ERROR : tr_key not found"),
    field("OPSP9991", "JSON PARSING ERROR : input not found"),
    field("OPSP9992", "JSON PARSING ERROR : body not found"),
    field("OPSP9993", "JSON PARSING ERROR : internal"),
    m("OPSP9994", "JSON PARSING ERROR : INVALID appkey", Session, KEY_KO, KEY_EN, Mend::Renews),
    m("OPSP9995", "JSON PARSING ERROR : resource unavailable", RateLimit, BUSY_KO, BUSY_EN, Mend::Waits),
    field("OPSP9996", "JSON PARSING ERROR : appkey not found"),
    field("OPSP9997", "JSON PARSING ERROR : custtype not found"),
    field("OPSP9998", "JSON PARSING ERROR : header not found"),
    field("OPSP9999", "JSON PARSING ERROR : invalid json format"),
];
