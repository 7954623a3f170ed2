//! What a person can do about a message.

/// A remedy, with a sentence in Korean and one in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mend {
    /// Nothing is wrong.
    None,
    /// It passes by itself; the program goes on.
    Waits,
    /// The program renews the token.
    Renews,
    /// App key and secret must be entered anew.
    Keys,
    /// The key lacks a permission, to be applied for at the broker.
    Permission,
    /// Key and environment must be of one kind.
    Environment,
    /// The account number must be checked.
    Account,
    /// The HTS ID must be checked.
    HtsId,
    /// Lower the quantity or the price, or pay in.
    Funds,
    /// Lower the quantity to what is held and free.
    Holdings,
    /// Look at the symbol.
    Symbol,
    /// Choose a price on a tick, within the limits of the day.
    Price,
    /// Choose an order type that is taken now.
    OrderType,
    /// Come back in trading hours.
    Hours,
    /// The list of orders is read; nothing is sent again before that.
    Look,
    /// Another program uses the same key.
    OtherProgram,
    /// Fewer issues can be watched in real time.
    FewerSymbols,
    /// Ask the broker.
    Broker,
    /// A defect of this program.
    Report,
}

impl Mend {
    /// The sentence in Korean.
    pub const fn ko(self) -> &'static str {
        match self {
            Self::None => "조치할 것이 없습니다.",
            Self::Waits => "잠시 뒤 자동으로 다시 시도합니다.",
            Self::Renews => "접근토큰을 자동으로 갱신합니다.",
            Self::Keys => "KIS Developers에서 앱키와 시크릿을 확인하고 계좌 설정에 다시 입력하세요.",
            Self::Permission => "KIS Developers에서 이 앱키의 서비스 신청과 권한을 확인하세요.",
            Self::Environment => "실전 앱키는 실전 계좌에, 모의 앱키는 모의 계좌에 등록하세요.",
            Self::Account => "계좌번호 8자리와 상품코드 2자리, 그리고 앱키를 신청한 계좌인지 확인하세요.",
            Self::HtsId => "한국투자증권 HTS ID를 확인하고 계좌 설정에 다시 입력하세요.",
            Self::Funds => "수량이나 가격을 낮추거나 예수금을 입금하세요.",
            Self::Holdings => "보유 수량과 미체결 매도 수량을 확인하고 수량을 줄이세요.",
            Self::Symbol => "종목코드와 거래정지 여부를 확인하세요.",
            Self::Price => "호가단위와 상·하한가 안의 가격으로 다시 주문하세요.",
            Self::OrderType => "지금 받는 주문유형으로 바꾸어 다시 주문하세요.",
            Self::Hours => "거래일의 주문 가능 시간에 다시 시도하세요.",
            Self::Look => "주문 목록을 조회해 결과를 확인합니다. 확인되기 전에는 다시 보내지 않습니다.",
            Self::OtherProgram => "같은 앱키를 쓰는 다른 프로그램을 종료하거나 1분쯤 기다리세요.",
            Self::FewerSymbols => "실시간 등록 한도를 넘은 종목은 조회로 대신 갱신합니다.",
            Self::Broker => "한국투자증권 고객센터에 문의하세요.",
            Self::Report => "프로그램의 결함일 수 있습니다. 코드와 함께 알려 주세요.",
        }
    }

    /// The sentence in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::None => "Nothing needs to be done.",
            Self::Waits => "It will be tried again by itself in a moment.",
            Self::Renews => "The access token is renewed by itself.",
            Self::Keys => "Check app key and secret at KIS Developers and enter them again in the account's settings.",
            Self::Permission => "Check at KIS Developers which services this app key was granted.",
            Self::Environment => "Register a live key with a live account, and a paper key with a paper account.",
            Self::Account => {
                "Check the eight digits of the account and the two of its product, and that the key was issued for it."
            }
            Self::HtsId => "Check your HTS ID of Korea Investment & Securities and enter it again in the settings.",
            Self::Funds => "Lower the quantity or the price, or pay money in.",
            Self::Holdings => "Check what you hold and what is being sold already, and lower the quantity.",
            Self::Symbol => "Check the symbol, and whether its trading is halted.",
            Self::Price => "Order again at a price on a tick and within the limits of the day.",
            Self::OrderType => "Order again with an order type that is taken now.",
            Self::Hours => "Try again in the order hours of a trading day.",
            Self::Look => "The list of orders is being read; nothing is sent again before the outcome is known.",
            Self::OtherProgram => "End the other program that uses this app key, or wait about a minute.",
            Self::FewerSymbols => "Issues beyond the limit of real-time registrations are polled instead.",
            Self::Broker => "Ask the customer service of Korea Investment & Securities.",
            Self::Report => "This may be a defect of the program; please report it with the code.",
        }
    }
}
