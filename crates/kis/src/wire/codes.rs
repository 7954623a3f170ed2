//! The broker's enumerations (§5.1, §6).

use std::str::FromStr;

use exodus_domain::{OrderStyle, Phase, Side, text_enum};

/// A value of an enumeration, or a word that it does not know: a descriptive field must not stop a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// A value that is known.
    Known(T),
    /// The text as it came, without its padding.
    Other(String),
}

impl<T: FromStr> Known<T> {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        text.parse().map_or_else(|_| Self::Other(text.to_owned()), Self::Known)
    }
}

impl<T: Copy> Known<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Other(_) => None,
        }
    }
}

text_enum! {
    /// Where an order is to go (EXCG_ID_DVSN_CD).
    Exchange {
        /// 한국거래소, the only one of mock.
        Krx = "KRX",
        /// 넥스트레이드.
        Nxt = "NXT",
        /// Smart order routing: the broker chooses.
        Sor = "SOR",
    }
}

text_enum! {
    /// What is done to an order (RVSE_CNCL_DVSN_CD).
    ChangeCode {
        /// 정정.
        Amend = "01",
        /// 취소.
        Cancel = "02",
    }
}

/// The code of a side (SLL_BUY_DVSN_CD).
pub const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Sell => "01",
        Side::Buy => "02",
    }
}

/// The side of a code; `None` for any other text.
pub fn side(code: &str) -> Option<Side> {
    match code.trim() {
        "01" => Some(Side::Sell),
        "02" => Some(Side::Buy),
        _ => None,
    }
}

text_enum! {
    /// The order division (주문구분, ORD_DVSN).
    OrderDivision {
        /// 지정가.
        Limit = "00",
        /// 시장가.
        Market = "01",
        /// 조건부지정가.
        ConditionalLimit = "02",
        /// 최유리지정가.
        BestOpposite = "03",
        /// 최우선지정가.
        BestOwn = "04",
        /// 장전 시간외.
        PreHoursClose = "05",
        /// 장후 시간외.
        AfterHoursClose = "06",
        /// 시간외 단일가, until 2026-09-13.
        AfterHoursSingle = "07",
        /// IOC 지정가.
        LimitIoc = "11",
        /// FOK 지정가.
        LimitFok = "12",
        /// IOC 시장가.
        MarketIoc = "13",
        /// FOK 시장가.
        MarketFok = "14",
        /// IOC 최유리.
        BestOppositeIoc = "15",
        /// FOK 최유리.
        BestOppositeFok = "16",
        /// 중간가.
        MidPrice = "21",
        /// 스톱지정가.
        StopLimit = "22",
        /// 중간가 IOC.
        MidPriceIoc = "23",
        /// 중간가 FOK.
        MidPriceFok = "24",
        /// NXT 프리마켓 지정가, cancelled at 08:50; from 2026-09-14.
        PreMarketLimit = "27",
        /// NXT 프리마켓 최유리.
        PreMarketBestOpposite = "28",
        /// NXT 프리마켓 최우선.
        PreMarketBestOwn = "29",
        /// KRX 애프터마켓 지정가, from 2026-09-14.
        AfterMarketLimit = "41",
        /// KRX 애프터마켓 지정가 IOC.
        AfterMarketLimitIoc = "42",
        /// KRX 애프터마켓 지정가 FOK.
        AfterMarketLimitFok = "43",
        /// KRX 애프터마켓 최유리.
        AfterMarketBestOpposite = "44",
        /// KRX 애프터마켓 최유리 IOC.
        AfterMarketBestOppositeIoc = "45",
        /// KRX 애프터마켓 최유리 FOK.
        AfterMarketBestOppositeFok = "46",
        /// KRX 애프터마켓 최우선.
        AfterMarketBestOwn = "47",
    }
}

impl OrderDivision {
    /// How an order of this division is priced and how long it waits.
    pub const fn style(self) -> OrderStyle {
        match self {
            Self::Limit | Self::PreMarketLimit | Self::AfterMarketLimit => OrderStyle::Limit,
            Self::Market => OrderStyle::Market,
            Self::ConditionalLimit => OrderStyle::ConditionalLimit,
            Self::BestOpposite | Self::PreMarketBestOpposite | Self::AfterMarketBestOpposite => {
                OrderStyle::BestOpposite
            }
            Self::BestOwn | Self::PreMarketBestOwn | Self::AfterMarketBestOwn => OrderStyle::BestOwn,
            Self::PreHoursClose => OrderStyle::PreHoursClose,
            Self::AfterHoursClose => OrderStyle::AfterHoursClose,
            Self::AfterHoursSingle => OrderStyle::AfterHoursSingle,
            Self::LimitIoc | Self::AfterMarketLimitIoc => OrderStyle::LimitIoc,
            Self::LimitFok | Self::AfterMarketLimitFok => OrderStyle::LimitFok,
            Self::MarketIoc => OrderStyle::MarketIoc,
            Self::MarketFok => OrderStyle::MarketFok,
            Self::BestOppositeIoc | Self::AfterMarketBestOppositeIoc => OrderStyle::BestOppositeIoc,
            Self::BestOppositeFok | Self::AfterMarketBestOppositeFok => OrderStyle::BestOppositeFok,
            Self::MidPrice => OrderStyle::MidPrice,
            Self::StopLimit => OrderStyle::StopLimit,
            Self::MidPriceIoc => OrderStyle::MidPriceIoc,
            Self::MidPriceFok => OrderStyle::MidPriceFok,
        }
    }

    /// The one phase of the day that the division is for; `None` for those of the ordinary sessions.
    pub const fn phase(self) -> Option<Phase> {
        match self {
            Self::PreHoursClose => Some(Phase::PreHoursClose),
            Self::AfterHoursClose => Some(Phase::AfterHoursClose),
            Self::AfterHoursSingle => Some(Phase::AfterHoursSingle),
            Self::PreMarketLimit | Self::PreMarketBestOpposite | Self::PreMarketBestOwn => Some(Phase::PreMarket),
            Self::AfterMarketLimit
            | Self::AfterMarketLimitIoc
            | Self::AfterMarketLimitFok
            | Self::AfterMarketBestOpposite
            | Self::AfterMarketBestOppositeIoc
            | Self::AfterMarketBestOppositeFok
            | Self::AfterMarketBestOwn => Some(Phase::AfterMarket),
            _ => None,
        }
    }

    /// True if the broker takes the division for this venue (§5.1). What smart order routing takes of 27–29 and 41–47 is
    /// not published, so it takes none of them here.
    pub const fn on(self, exchange: Exchange) -> bool {
        match exchange {
            Exchange::Krx => !matches!(self.phase(), Some(Phase::PreMarket)),
            Exchange::Nxt => match self {
                Self::Market | Self::ConditionalLimit => false,
                _ => matches!(self.phase(), None | Some(Phase::PreMarket)),
            },
            Exchange::Sor => match self {
                Self::ConditionalLimit | Self::StopLimit => false,
                Self::MidPrice | Self::MidPriceIoc | Self::MidPriceFok => false,
                _ => self.phase().is_none(),
            },
        }
    }

    /// True for what mock is known to take (§5.1); of IOC and FOK the server's own check is unconfirmed.
    pub const fn in_mock(self) -> bool {
        matches!(self, Self::Limit | Self::Market | Self::BestOpposite | Self::BestOwn)
    }

    /// True if the order carries a price.
    pub fn price_needed(self) -> bool {
        self.style().has_price()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of §5.1: code, KRX, NXT, SOR, price.
    const TABLE: &[(&str, bool, bool, bool, bool)] = &[
        ("00", true, true, true, true),
        ("01", true, false, true, false),
        ("02", true, false, false, true),
        ("03", true, true, true, false),
        ("04", true, true, true, false),
        ("05", true, false, false, false),
        ("06", true, false, false, false),
        ("07", true, false, false, true),
        ("11", true, true, true, true),
        ("12", true, true, true, true),
        ("13", true, true, true, false),
        ("14", true, true, true, false),
        ("15", true, true, true, false),
        ("16", true, true, true, false),
        ("21", true, true, false, false),
        ("22", true, true, false, true),
        ("23", true, true, false, false),
        ("24", true, true, false, false),
        ("27", false, true, false, true),
        ("28", false, true, false, false),
        ("29", false, true, false, false),
        ("41", true, false, false, true),
        ("42", true, false, false, true),
        ("43", true, false, false, true),
        ("44", true, false, false, false),
        ("45", true, false, false, false),
        ("46", true, false, false, false),
        ("47", true, false, false, false),
    ];

    #[test]
    fn divisions_are_those_of_the_table() {
        assert_eq!(OrderDivision::ALL.len(), TABLE.len());
        for &(code, krx, nxt, sor, price) in TABLE {
            let division: OrderDivision = code.parse().expect(code);
            let venues = [Exchange::Krx, Exchange::Nxt, Exchange::Sor].map(|exchange| division.on(exchange));
            assert_eq!((venues, division.price_needed()), ([krx, nxt, sor], price), "{code}");
        }
    }

    #[test]
    fn words_that_are_not_known_are_kept() {
        assert_eq!(Known::<Exchange>::read(" KRX "), Known::Known(Exchange::Krx));
        let other = Known::<Exchange>::read("ATS2");
        assert_eq!((other.known(), other), (None, Known::Other("ATS2".to_owned())));
        assert_eq!([side("01"), side(" 02"), side("buy")], [Some(Side::Sell), Some(Side::Buy), None]);
        assert_eq!(side(side_code(Side::Buy)), Some(Side::Buy));
    }
}
