//! Messages of the ledger and of the markets behind it: successes, and refusals of real and of mock.

use super::Class::{Account, Again, Closed, InDoubt, Input, Nothing, Refusal, Success};
use super::{Mend, Message};

const fn done(code: &'static str, said: &'static str, en: &'static str) -> Message {
    Message::new(code, said, Success, said, en, Mend::None)
}

/// A refusal, by its code and by words of its sentence.
const fn refused(
    code: &'static str,
    said: &'static str,
    words: &'static str,
    ko: &'static str,
    en: &'static str,
    mend: Mend,
) -> Message {
    Message::new(code, said, Refusal, ko, en, mend).known_by(words)
}

const CLOSED_KO: &str = "지금은 주문을 받는 시간이 아닙니다.";
const CLOSED_EN: &str = "No orders are taken at this hour.";
const FUNDS_KO: &str = "주문 가능 금액을 넘었습니다.";
const FUNDS_EN: &str = "The order needs more money than there is.";
const HOLDINGS_KO: &str = "매도 가능 수량을 넘었습니다.";
const HOLDINGS_EN: &str = "More shares than can be sold.";
const REST_KO: &str = "정정하거나 취소할 수량이 남아 있지 않습니다. 이미 체결되었을 수 있습니다.";
const REST_EN: &str = "Nothing is left to amend or cancel; it may have been filled.";
const TYPE_KO: &str = "지금 이 종목에 쓸 수 없는 주문유형입니다.";
const TYPE_EN: &str = "The order type is not taken for this issue now.";

pub(super) const MESSAGES: &[Message] = &[
    done("MCA00000", "정상처리 되었습니다.", "Done."),
    done("APBK0013", "주문 전송 완료 되었습니다.", "The order was sent to the venue."),
    done("KIOK0420", "조회되었습니다.", "Read."),
    done("KIOK0430", "조회되었습니다.", "Read."),
    done("KIOK0460", "조회 되었습니다. (마지막 자료)", "Read; this was the last of it."),
    done("KIOK0500", "조회가 계속됩니다..다음을 Click 하십시오.", "Read; there is more."),
    done("KIOK0510", "조회가 완료되었습니다", "Read."),
    done("KIOK0530", "조회되었습니다", "Read."),
    done("APBK2938", "예약주문이 접수되었습니다.", "The reservation was taken."),
    done("MCA05762", "다음 자료가 있습니다.", "Read; there is more."),
    done("20310000", "모의투자 조회가 완료되었습니다", "Read."),
    done("40590000", "모의투자 매도주문이 완료 되었습니다.", "The sell order was taken."),
    done("40600000", "모의투자 매수주문이 완료 되었습니다.", "The buy order was taken."),
    done("40620000", "모의투자 정정주문이 완료 되었습니다.", "The amend was taken."),
    done("40630000", "모의투자 취소주문이 완료 되었습니다.", "The cancel was taken."),
    refused("APBK0918", "장운영시간이 아닙니다.(주문불가)", "장운영시간이 아닙니다", CLOSED_KO, CLOSED_EN, Mend::Hours),
    refused(
        "APBK0918",
        "장내채권/ETF/ETN/ELW 매매불가",
        "매매불가",
        "이 종류의 종목은 지금 매매할 수 없습니다.",
        "Issues of this kind cannot be traded now.",
        Mend::Symbol,
    ),
    refused(
        "APBK0919",
        "장운영일자가 주문일과 상이합니다",
        "주문일과 상이",
        "오늘은 거래일이 아닙니다.",
        "Today is no trading day.",
        Mend::Hours,
    ),
    refused("APBK0952", "주문가능금액을 초과 했습니다", "주문가능금액을 초과", FUNDS_KO, FUNDS_EN, Mend::Funds),
    refused("APBK0400", "주문가능수량을 초과 했습니다.", "수량을 초과", HOLDINGS_KO, HOLDINGS_EN, Mend::Holdings),
    refused(
        "APBK0656",
        "해당종목정보가 없습니다.",
        "종목정보가 없습니다",
        "없는 종목입니다.",
        "There is no such issue.",
        Mend::Symbol,
    ),
    refused("APBK0963", "주문구분코드를 확인하세요.", "주문구분", TYPE_KO, TYPE_EN, Mend::OrderType),
    refused(
        "APBK0066",
        "거래정지 종목입니다.",
        "거래정지",
        "거래가 정지된 종목입니다.",
        "Trading of the issue is halted.",
        Mend::Symbol,
    ),
    refused("APBK1943", "시장가 주문이 불가합니다.", "시장가", TYPE_KO, TYPE_EN, Mend::OrderType),
    refused("APBK3013", "시장가 주문이 불가한 종목입니다.", "시장가", TYPE_KO, TYPE_EN, Mend::OrderType),
    // A cancel that finds nothing left proves nothing: the order may have been filled meanwhile (§5.3).
    Message::new("APBK0927", "정정취소 가능수량이 없습니다.", InDoubt, REST_KO, REST_EN, Mend::Look),
    Message::new(
        "APBK1359",
        "정정취소수량이 원주문수량을 초과합니다.",
        InDoubt,
        "정정·취소 수량이 남은 수량보다 많습니다.",
        "More is to be amended or cancelled than is left.",
        Mend::Look,
    ),
    // The texts of tick and limit errors are known, their own codes are not (§3.5).
    refused(
        "APBK0957",
        "호가단위 오류입니다.",
        "호가단위 오류",
        "가격이 호가단위에 맞지 않습니다.",
        "The price lies on no tick.",
        Mend::Price,
    ),
    refused(
        "APBK0957",
        "상/하한가 오류입니다.",
        "하한가 오류",
        "가격이 상·하한가를 벗어났습니다.",
        "The price lies outside the limits of the day.",
        Mend::Price,
    ),
    Message::new(
        "APBK0957",
        "주문이 거부되었습니다.",
        InDoubt,
        "주문이 거부되었다고 합니다.",
        "The broker says that it declined.",
        Mend::Look,
    ),
    Message::new(
        "IGW00022",
        "원주문번호 오류입니다.",
        InDoubt,
        "원주문번호를 찾을 수 없습니다.",
        "The original order was not found.",
        Mend::Look,
    ),
    Message::new(
        "IGW00009",
        "응답 전문 조립 오류입니다.",
        InDoubt,
        "증권사가 응답을 만들지 못했습니다.",
        "The broker could not write its answer.",
        Mend::Look,
    ),
    Message::new(
        "APBK1664",
        "해외시장 마감시간입니다.",
        Closed,
        "해외시장이 닫혀 있습니다.",
        "The overseas market is closed.",
        Mend::Hours,
    ),
    Message::new("KIOK0320", "장이 종료되었습니다.", Closed, CLOSED_KO, CLOSED_EN, Mend::Hours),
    Message::new(
        "KIER3672",
        "예약주문은 16:40부터 익일 08:30까지 가능합니다.",
        Closed,
        "예약주문을 받는 시간이 아닙니다.",
        "No reservations are taken at this hour.",
        Mend::Hours,
    ),
    Message::new(
        "APAC0081",
        "계좌번호를 확인하세요.",
        Account,
        "계좌번호가 올바르지 않습니다.",
        "The account number is not valid.",
        Mend::Account,
    ),
    Message::new(
        "APAC0489",
        "위탁계좌만 가능합니다.",
        Account,
        "위탁계좌만 이용할 수 있습니다.",
        "Only a brokerage account can do this.",
        Mend::Account,
    ),
    Message::new(
        "IGW00002",
        "계좌번호가 일치하지 않습니다.",
        Account,
        "이 앱키의 계좌번호가 아닙니다.",
        "The account number is not the one of this key.",
        Mend::Account,
    ),
    Message::new(
        "MCA00124",
        "서비스를 찾을 수 없습니다.",
        super::Class::Environment,
        "이 서버에서 제공하지 않는 기능입니다.",
        "This host does not offer the call.",
        Mend::Environment,
    ),
    Message::new(
        "MCA05918",
        "종목코드 오류입니다.",
        Input,
        "없는 종목입니다.",
        "There is no such issue.",
        Mend::Symbol,
    ),
    Message::new(
        "SYDB0050",
        "조회이후에 자료가 변경되었습니다.(다시 조회하세요)",
        Again,
        "조회하는 동안 자료가 바뀌었습니다.",
        "The data changed while it was read.",
        Mend::Waits,
    ),
    Message::new(
        "90020000",
        "서비스가 지연되고 있습니다.",
        Again,
        "증권사 서비스가 지연되고 있습니다.",
        "The broker's service is delayed.",
        Mend::Waits,
    ),
    Message::new(
        "KIOK0560",
        "조회할 내용이 없습니다",
        Nothing,
        "조회할 내용이 없습니다.",
        "There is nothing to read.",
        Mend::None,
    ),
    refused(
        "40100000",
        "모의투자 영업일이 아닙니다.",
        "영업일이 아닙니다",
        "오늘은 거래일이 아닙니다.",
        "Today is no trading day.",
        Mend::Hours,
    ),
    refused("40570000", "모의투자 장시작전 입니다.", "장시작전", CLOSED_KO, CLOSED_EN, Mend::Hours),
    refused("40580000", "모의투자 장종료 입니다.", "장종료", CLOSED_KO, CLOSED_EN, Mend::Hours),
    refused("40250000", "모의투자 주문가능금액이 부족합니다.", "금액이 부족", FUNDS_KO, FUNDS_EN, Mend::Funds),
    refused("40310000", "모의투자 주문가능금액이 부족합니다.", "금액이 부족", FUNDS_KO, FUNDS_EN, Mend::Funds),
    refused("40240000", "모의투자 잔고내역이 없습니다.", "잔고", HOLDINGS_KO, HOLDINGS_EN, Mend::Holdings),
    Message::new("40330000", "모의투자 정정/취소할 수량이 없습니다.", InDoubt, REST_KO, REST_EN, Mend::Look),
    Message::new(
        "40910000",
        "모의투자 신청이 되어 있지 않은 계좌입니다.",
        Account,
        "모의투자에 참가하지 않은 계좌입니다.",
        "The account is not enrolled for paper trading.",
        Mend::Account,
    ),
];
