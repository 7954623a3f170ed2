//! The issuers of the demo market. Their names come from Korean folk tales and their codes hold the letters I, O or U,
//! which KRX never issues, so nobody can take one for a real company.

use exodus_domain::{InstrumentKind, Market};

/// One fictional issuer and the character of its price.
pub(super) struct Issuer {
    pub(super) code: &'static str,
    pub(super) name_ko: &'static str,
    pub(super) name_en: &'static str,
    pub(super) market: Market,
    pub(super) kind: InstrumentKind,
    /// The price in won that the walk is drawn back to.
    pub(super) anchor: f64,
    /// Standard deviation of a session's return.
    pub(super) volatility: f64,
    /// Shares traded in an average minute.
    pub(super) minute_volume: u64,
}

const fn issuer(
    code: &'static str,
    names: (&'static str, &'static str),
    market: Market,
    anchor: f64,
    volatility: f64,
    minute_volume: u64,
) -> Issuer {
    let (name_ko, name_en) = names;
    Issuer { code, name_ko, name_en, market, kind: InstrumentKind::Stock, anchor, volatility, minute_volume }
}

const fn fund(code: &'static str, names: (&'static str, &'static str), anchor: f64, volatility: f64) -> Issuer {
    let mut fund = issuer(code, names, Market::Kospi, anchor, volatility, 2_000);
    fund.kind = InstrumentKind::Etf;
    fund
}

pub(super) const ISSUERS: &[Issuer] = &[
    issuer("00I010", ("도깨비전자", "Dokkaebi Electronics"), Market::Kospi, 71_000.0, 0.014, 1_200),
    issuer("00I020", ("별주부반도체", "Turtle Envoy Semiconductor"), Market::Kospi, 183_000.0, 0.018, 450),
    issuer("00I030", ("흥부건설", "Heungbu Construction"), Market::Kospi, 8_400.0, 0.016, 3_500),
    issuer("00I040", ("놀부금융지주", "Nolbu Financial Group"), Market::Kospi, 46_500.0, 0.010, 900),
    issuer("00I050", ("심청해운", "Simcheong Shipping"), Market::Kospi, 19_200.0, 0.019, 1_800),
    issuer("00I060", ("율도국조선", "Yuldo Shipbuilding"), Market::Kospi, 112_000.0, 0.017, 500),
    issuer("00I070", ("금도끼제강", "Golden Axe Steel"), Market::Kospi, 285_000.0, 0.013, 250),
    issuer("00I080", ("콩쥐팥쥐식품", "Kongjwi Patjwi Foods"), Market::Kospi, 3_150.0, 0.012, 6_000),
    issuer("00I090", ("해와달에너지", "Sun and Moon Energy"), Market::Kospi, 33_800.0, 0.020, 1_400),
    issuer("00I100", ("봉이생수", "Bongi Spring Water"), Market::Kospi, 1_480.0, 0.015, 9_000),
    issuer("00I110", ("선녀항공", "Heavenly Maiden Airlines"), Market::Kospi, 24_600.0, 0.018, 1_500),
    issuer("00I120", ("단군제약", "Dangun Pharmaceutical"), Market::Kospi, 760_000.0, 0.021, 90),
    issuer("00O010", ("토끼간바이오", "Rabbit Liver Biotech"), Market::Kosdaq, 57_300.0, 0.022, 900),
    issuer("00O020", ("춘향엔터테인먼트", "Chunhyang Entertainment"), Market::Kosdaq, 14_350.0, 0.021, 2_400),
    issuer("00O030", ("여우누이화장품", "Fox Sister Cosmetics"), Market::Kosdaq, 9_680.0, 0.019, 2_600),
    issuer("00O040", ("홍길동통신", "Hong Gildong Telecom"), Market::Kosdaq, 4_720.0, 0.016, 4_000),
    issuer("00O050", ("혹부리음향", "Lumpy Cheek Audio"), Market::Kosdaq, 2_260.0, 0.020, 7_500),
    issuer("00O060", ("두꺼비게임즈", "Lucky Toad Games"), Market::Kosdaq, 128_500.0, 0.022, 400),
    fund("00U010", ("옛이야기 대표20 ETF", "Folk Tale 20 ETF"), 35_200.0, 0.009),
    fund("00U020", ("옛이야기 채권 ETF", "Folk Tale Bond ETF"), 104_000.0, 0.003),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::path::PathBuf;

    #[test]
    fn codes_are_unique_and_hold_a_letter_that_krx_never_issues() {
        let codes: HashSet<_> = ISSUERS.iter().map(|issuer| issuer.code).collect();
        assert_eq!(codes.len(), ISSUERS.len());
        assert!(codes.iter().all(|code| code.contains(['I', 'O', 'U'])));
    }

    #[test]
    fn no_listed_or_delisted_company_has_such_a_code_or_name() {
        let data = std::env::var_os("EXODUS_SHARED_DATA")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
        let Ok(listing) = std::fs::read_to_string(data.join("krx_symbols_2026-08-21.csv")) else {
            eprintln!("skipped: no data");
            return;
        };
        let mut rows = 0;
        for line in listing.lines().skip(1) {
            let mut columns = line.split(',');
            let (code, name) = (columns.next().unwrap_or_default(), columns.nth(1).unwrap_or_default());
            assert!(
                ISSUERS.iter().all(|issuer| issuer.code != code && issuer.name_ko != name),
                "{code} {name} is real"
            );
            rows += 1;
        }
        assert!(rows > 2_000, "only {rows} companies were read");
    }
}
