//! The answer to an order, read strictly (safety §2.4): what does not fit to the letter leaves the order in doubt.

use chrono::NaiveTime;
use exodus_domain::BrokerOrderId;
use exodus_domain::testing::{Defect, planted};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::envelope::Failure;
use super::fields::is_object;
use super::messages::{Class, class};
use super::number;
use super::trading::rows::order_id;

/// What an answer to an order proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderAnswer {
    /// Class A: the order exists under this number.
    Accepted(Accepted),
    /// Class R: the broker refused with a code and a sentence that are known to be a refusal.
    Refused(Failure),
    /// The gateway turned the request away before the order system saw it (P2, P3): proof only once that was checked,
    /// which is for the caller to know.
    Gateway(Failure),
    /// Class U: nothing is proven, with the reason.
    Unknown(String),
}

/// An order that the broker took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Branch and number together, as lists have them.
    pub id: BrokerOrderId,
    /// Branch; amends and cancels name it.
    pub branch: String,
    /// Number, ten digits.
    pub number: String,
    /// When the broker took it, in Korea.
    pub time: NaiveTime,
}

/// No field may be missing or be anything but a text; the documents print the keys of amends in lower case.
#[derive(Deserialize)]
struct Answer {
    msg_cd: String,
    msg1: String,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(rename = "KRX_FWDG_ORD_ORGNO", alias = "krx_fwdg_ord_orgno")]
    branch: String,
    #[serde(rename = "ODNO", alias = "odno")]
    number: String,
    #[serde(rename = "ORD_TMD", alias = "ord_tmd")]
    time: String,
}

/// What comes first: a refusal may carry an output of any shape.
#[derive(Deserialize)]
struct Head {
    rt_cd: String,
    msg_cd: String,
    msg1: String,
}

/// Reads the answer to an order, an amend or a cancel, of the HTTP status `status`.
pub fn read_order(status: u16, answer: &[u8]) -> OrderAnswer {
    if status >= 500 && planted(Defect::ServerErrorAsRefusal) {
        let (rt_cd, msg_cd, msg1) = ("1".to_owned(), status.to_string(), String::new());
        return OrderAnswer::Refused(Failure { rt_cd, msg_cd, msg1 });
    }
    match serde_json::from_slice::<Head>(answer) {
        _ if !is_object(answer) => OrderAnswer::Unknown(format!("no JSON object, HTTP status {status}")),
        Ok(Head { rt_cd, msg_cd, msg1 }) if rt_cd != "0" => {
            refused(Failure { rt_cd, msg_cd: msg_cd.trim().to_owned(), msg1: msg1.trim().to_owned() })
        }
        Ok(_) if status == 200 => accepted(answer).map_or_else(OrderAnswer::Unknown, OrderAnswer::Accepted),
        Ok(_) => OrderAnswer::Unknown(format!("a success with HTTP status {status}")),
        Err(_) => OrderAnswer::Unknown(format!("no answer of the broker's form, HTTP status {status}")),
    }
}

fn refused(failure: Failure) -> OrderAnswer {
    let is_gateway = matches!(failure.msg_cd.as_str(), "EGW00201" | "EGW00123" | "EGW00121");
    match class(&failure.msg_cd, &failure.msg1) {
        _ if is_gateway => OrderAnswer::Gateway(failure),
        Class::Refusal => OrderAnswer::Refused(failure),
        _ => OrderAnswer::Unknown(format!("{} {}", failure.msg_cd, failure.msg1)),
    }
}

fn accepted(answer: &[u8]) -> Result<Accepted, String> {
    let keys: Map<String, Value> = serde_json::from_slice(answer).map_err(|_| "no JSON object".to_owned())?;
    if keys.get("output").is_some_and(Value::is_array) {
        return Err("a success with an array for an order".to_owned());
    }
    let no_form = |_| "a success without branch, order number and time as texts".to_owned();
    let Answer { msg_cd, msg1, output } = serde_json::from_slice(answer).map_err(no_form)?;
    let Some(Output { branch, number, time }) = output else {
        return Err(format!("a success without an order number: {} {}", msg_cd.trim(), msg1.trim()));
    };
    let branch = branch.trim().to_owned();
    if branch.len() > 5 || !branch.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err("a success with an unreadable branch".to_owned());
    }
    let is_number = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_number || number.bytes().all(|b| b == b'0') {
        return Err("a success with an unreadable order number".to_owned());
    }
    let time = number::time(&time).ok().flatten().ok_or("a success with an unreadable time")?;
    let number = format!("{number:0>10}");
    Ok(Accepted { id: order_id(&branch, &number), branch, number, time })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"rt_cd":"0","msg_cd":"APBK0013","msg1":"주문 전송 완료 되었습니다.","output":{"KRX_FWDG_ORD_ORGNO":"91252","ODNO":"0000117057","ORD_TMD":"093015","SOR_ODNO":""}}"#;

    fn is_unknown(status: u16, answer: &str) -> bool {
        matches!(read_order(status, answer.as_bytes()), OrderAnswer::Unknown(_))
    }

    #[test]
    fn an_accepted_order_has_its_number() {
        let OrderAnswer::Accepted(accepted) = read_order(200, GOOD.as_bytes()) else { panic!("not accepted") };
        assert_eq!(accepted.id.0, "91252-0000117057");
        assert_eq!((accepted.branch.as_str(), accepted.number.as_str()), ("91252", "0000117057"));
        assert_eq!(accepted.time, NaiveTime::from_hms_opt(9, 30, 15).expect("a time"));
        let lower = GOOD.replace("ODNO\":\"0000117057", "odno\":\"117057").replace("SOR_odno", "SOR_ODNO");
        let OrderAnswer::Accepted(accepted) = read_order(200, lower.as_bytes()) else { panic!("not accepted") };
        assert_eq!(accepted.id.0, "91252-0000117057");
    }

    #[test]
    fn whatever_is_wrong_with_a_success_leaves_doubt() {
        assert!(is_unknown(500, GOOD));
        for (from, to) in [
            ("\"0000117057\"", "117057"),
            ("\"0000117057\"", "\"\""),
            ("\"0000117057\"", "\"00001170570\""),
            ("\"0000117057\"", "\"0000000000\""),
            ("\"0000117057\"", "\"00x0117057\""),
            ("\"0000117057\"", "null"),
            ("093015", "993015"),
            ("\"ORD_TMD\":\"093015\",", ""),
            ("\"91252\"", "91252"),
            ("\"91252\"", "\"9-252\""),
            ("\"output\":{", "\"output\":[{"),
            (&GOOD[GOOD.find("{\"KRX").expect("an output")..GOOD.len() - 1], r#"["91252","0000117057","093015"]"#),
            ("\"0\",", "0,"),
            ("\"msg_cd\":\"APBK0013\",", ""),
        ] {
            assert!(GOOD.contains(from) && is_unknown(200, &GOOD.replacen(from, to, 1)), "{from} → {to}");
        }
        for cut in 0..GOOD.len() {
            let cut = GOOD.as_bytes().get(..cut).expect("a part");
            assert!(matches!(read_order(200, cut), OrderAnswer::Unknown(_)));
        }
        assert!(is_unknown(200, r#"["7","APBK0952","주문가능금액을 초과 했습니다"]"#), "texts without their keys");
        assert!(is_unknown(502, "<html>Bad Gateway</html>") && is_unknown(200, ""));
    }

    #[test]
    fn a_refusal_must_be_a_known_one() {
        let answer =
            |code: &str, said: &str| format!(r#"{{"rt_cd":"7","msg_cd":"{code}","msg1":"{said}   ","output":null}}"#);
        let read = |code, said| read_order(200, answer(code, said).as_bytes());
        assert!(
            matches!(read("APBK0952", "주문가능금액을 초과 했습니다"), OrderAnswer::Refused(refused) if refused.msg_cd == "APBK0952")
        );
        assert!(matches!(read("APBK0952", "다른 말"), OrderAnswer::Unknown(_)));
        assert!(matches!(read("ABCD0001", "주문가능금액을 초과 했습니다"), OrderAnswer::Unknown(_)));
        assert!(matches!(read("APBK0927", "정정취소 가능수량이 없습니다."), OrderAnswer::Unknown(_)));
        assert!(matches!(read("EGW00302", "거래시간이 초과되었습니다."), OrderAnswer::Unknown(_)));
        for code in ["EGW00201", "EGW00123", "EGW00121"] {
            assert!(matches!(read_order(500, answer(code, "…").as_bytes()), OrderAnswer::Gateway(_)), "{code}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(status in 100_u16..600, answer in "\\PC*") {
            let read = read_order(status, answer.as_bytes());
            prop_assert!(!matches!(read, OrderAnswer::Accepted(_)));
        }

        /// One changed byte of an accepted answer either changes nothing that matters or is doubted.
        #[test]
        fn a_changed_byte_never_makes_another_class(at in 0..GOOD.len(), byte in any::<u8>()) {
            let mut answer = GOOD.as_bytes().to_vec();
            answer[at] = byte;
            prop_assert!(!matches!(read_order(200, &answer), OrderAnswer::Refused(_) | OrderAnswer::Gateway(_)));
        }
    }
}
