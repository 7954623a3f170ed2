//! The tail of a record of the broker's symbol masters (`.mst`), field by field.
//!
//! A record is one line of CP949: short code in 9 characters, ISIN in 12, the Korean name, and a tail of fixed width
//! whose fields differ by market. The name is padded in bytes, so the tail must be cut from the end, in characters.
//! Source: the structures and samples of the broker's public repository of its API, `stocks_info`.

use crate::{IssueState, Market};

/// A field and its width in characters.
type Field = (&'static str, usize);

/// `kospi_code.mst`: 227 characters.
const KOSPI: &[Field] = &[
    ("group code", 2), // ST, EF, EN …: see `group` of the reader
    ("size class", 1),
    ("index sector, large", 4),
    ("index sector, medium", 4),
    ("index sector, small", 4),
    ("manufacturing", 1),
    ("low liquidity", 1), // Y: matched by call auctions only
    ("governance index", 1),
    ("KOSPI200 sector", 1),
    ("KOSPI100", 1),
    ("KOSPI50", 1),
    ("KRX", 1),
    ("ETP class", 1),
    ("ELW issued", 1),
    ("KRX100", 1),
    ("KRX auto", 1),
    ("KRX semiconductor", 1),
    ("KRX bio", 1),
    ("KRX bank", 1),
    ("SPAC", 1),
    ("KRX energy and chemicals", 1),
    ("KRX steel", 1),
    ("short-term overheated", 1), // 0 no, 1 announced, 2 designated, 3 prolonged
    ("KRX media", 1),
    ("KRX construction", 1),
    ("unused", 1),
    ("KRX securities", 1),
    ("KRX ship", 1),
    ("KRX insurance", 1),
    ("KRX transport", 1),
    ("SRI", 1),
    ("base price", 9),
    ("lot", 5),
    ("after-hours lot", 5),
    ("halted", 1),
    ("liquidation", 1),
    ("administrative", 1),
    ("market warning", 2), // 00 none, 01 caution, 02 alert, 03 risk
    ("warning notice", 1),
    ("unfaithful disclosure", 1),
    ("backdoor listing", 1),
    ("ex-type", 2),
    ("par change", 2),
    ("capital increase", 2),
    ("margin rate", 3),
    ("credit allowed", 1),
    ("credit days", 3),
    ("previous volume", 12),
    ("par value", 12),
    ("listing date", 8),
    ("listed shares", 15), // in thousands
    ("capital", 21),
    ("fiscal month", 2),
    ("IPO price", 7),
    ("preferred class", 1), // 0 ordinary, 1 old type, 2 new type, 9 class share
    ("short-sale overheated", 1),
    ("abnormal rise", 1),
    ("KRX300", 1),
    ("KOSPI", 1),
    ("sales", 9),
    ("operating profit", 9),
    ("ordinary profit", 9),
    ("net income", 5),
    ("ROE", 9),
    ("base year-month", 8),
    ("market cap", 9),
    ("group of companies", 3),
    ("credit limit exceeded", 1),
    ("collateral loan", 1),
    ("short loan", 1),
];

/// `kosdaq_code.mst`: 221 characters.
const KOSDAQ: &[Field] = &[
    ("group code", 2),
    ("size class", 1),
    ("index sector, large", 4),
    ("index sector, medium", 4),
    ("index sector, small", 4),
    ("venture", 1),
    ("low liquidity", 1),
    ("KRX", 1),
    ("ETP class", 1),
    ("KRX100", 1),
    ("KRX auto", 1),
    ("KRX semiconductor", 1),
    ("KRX bio", 1),
    ("KRX bank", 1),
    ("SPAC", 1),
    ("KRX energy and chemicals", 1),
    ("KRX steel", 1),
    ("short-term overheated", 1),
    ("KRX media", 1),
    ("KRX construction", 1),
    ("KOSDAQ caution issue", 1),
    ("KRX securities", 1),
    ("KRX ship", 1),
    ("KRX insurance", 1),
    ("KRX transport", 1),
    ("KOSDAQ150", 1),
    ("base price", 9),
    ("lot", 5),
    ("after-hours lot", 5),
    ("halted", 1),
    ("liquidation", 1),
    ("administrative", 1),
    ("market warning", 2),
    ("warning notice", 1),
    ("unfaithful disclosure", 1),
    ("backdoor listing", 1),
    ("ex-type", 2),
    ("par change", 2),
    ("capital increase", 2),
    ("margin rate", 3),
    ("credit allowed", 1),
    ("credit days", 3),
    ("previous volume", 12),
    ("par value", 12),
    ("listing date", 8),
    ("listed shares", 15),
    ("capital", 21),
    ("fiscal month", 2),
    ("IPO price", 7),
    ("preferred class", 1),
    ("short-sale overheated", 1),
    ("abnormal rise", 1),
    ("KRX300", 1),
    ("sales", 9),
    ("operating profit", 9),
    ("ordinary profit", 9),
    ("net income", 5),
    ("ROE", 9),
    ("base year-month", 8),
    ("market cap", 9),
    ("group of companies", 3),
    ("credit limit exceeded", 1),
    ("collateral loan", 1),
    ("short loan", 1),
];

/// `konex_code.mst`: 184 characters.
const KONEX: &[Field] = &[
    ("group code", 2),
    ("base price", 9),
    ("lot", 5),
    ("after-hours lot", 5),
    ("halted", 1),
    ("liquidation", 1),
    ("administrative", 1),
    ("market warning", 2),
    ("warning notice", 1),
    ("unfaithful disclosure", 1),
    ("backdoor listing", 1),
    ("ex-type", 2),
    ("par change", 2),
    ("capital increase", 2),
    ("margin rate", 3),
    ("credit allowed", 1),
    ("credit days", 3),
    ("previous volume", 12),
    ("par value", 12),
    ("listing date", 8),
    ("listed shares", 15),
    ("capital", 21),
    ("fiscal month", 2),
    ("IPO price", 7),
    ("preferred class", 1),
    ("short-sale overheated", 1),
    ("abnormal rise", 1),
    ("KRX300", 1),
    ("sales", 9),
    ("operating profit", 9),
    ("ordinary profit", 9),
    ("net income", 5),
    ("ROE", 9),
    ("base year-month", 8),
    ("market cap", 9),
    ("credit limit exceeded", 1),
    ("collateral loan", 1),
    ("short loan", 1),
];

/// Characters of the short code, padded on the right.
const CODE: usize = 9;

/// Characters of the ISIN.
const ISIN: usize = 12;

/// Width of the Korean name, in bytes of CP949.
const NAME: usize = 40;

fn layout(market: Market) -> &'static [Field] {
    match market {
        Market::Kospi => KOSPI,
        Market::Kosdaq => KOSDAQ,
        Market::Konex => KONEX,
    }
}

/// One line of a symbol master, decoded and cut into its parts.
#[derive(Clone, Copy, Debug)]
pub struct MasterRecord<'a> {
    /// Short code, with the letter that the broker puts before it (`Q` for ETN, `F` for funds, `J` for rights).
    pub code: &'a str,
    /// 표준코드.
    pub isin: &'a str,
    /// Korean name.
    pub name: &'a str,
    tail: &'a str,
    layout: &'static [Field],
}

impl<'a> MasterRecord<'a> {
    /// Cuts a line; `None` if it is too short or its tail is no plain ASCII.
    pub fn cut(line: &'a str, market: Market) -> Option<Self> {
        let layout = layout(market);
        // Code, ISIN and tail are ASCII, so their characters are their bytes once the line is decoded.
        let width: usize = layout.iter().map(|(_, width)| width).sum();
        let (head, tail) = line.split_at_checked(line.len().checked_sub(width)?)?;
        let (code, rest) = head.split_at_checked(CODE)?;
        let (isin, name) = rest.split_at_checked(ISIN)?;
        tail.is_ascii().then_some(Self { code: code.trim_end(), isin, name: name.trim(), tail, layout })
    }

    /// A field of the tail without its blanks, by the broker's name for it in English; `None` if records of this market
    /// have no such field.
    pub fn field(&self, name: &str) -> Option<&'a str> {
        let place = self.layout.iter().position(|(field, _)| *field == name)?;
        let start: usize = self.layout[..place].iter().map(|(_, width)| width).sum();
        Some(self.tail[start..start + self.layout[place].1].trim())
    }

    /// Whether the issue is in a state; `None` where records of this market say nothing of it.
    ///
    /// # Errors
    /// Name and text of a flag that is neither `Y` nor `N`.
    pub fn says(&self, state: IssueState) -> Result<Option<bool>, (&'static str, &'a str)> {
        let warning = |code| Ok(Some(self.field("market warning").unwrap_or_default() == code));
        match state {
            IssueState::InvestmentCaution => warning("01"),
            IssueState::InvestmentAlert => warning("02"),
            IssueState::InvestmentRisk => warning("03"),
            IssueState::Overheated => Ok(self.field(OVERHEATED).map(|stage| matches!(stage, "2" | "3"))),
            _ => match flag_of(state).and_then(|name| Some((name, self.field(name)?))) {
                None => Ok(None),
                Some((_, "Y")) => Ok(Some(true)),
                Some((_, "N" | "")) => Ok(Some(false)),
                Some(other) => Err(other),
            },
        }
    }

    /// Writes a record: each field of the tail as `field` has it, digits padded with zeros and anything else with
    /// blanks, and cut to its width.
    pub fn write(
        market: Market,
        code: &str,
        isin: &str,
        name: &str,
        mut field: impl FnMut(&'static str) -> String,
    ) -> String {
        let mut line = format!("{code:<CODE$.CODE$}{isin:<ISIN$.ISIN$}");
        let mut room = NAME;
        for letter in name.chars() {
            let width = if letter.is_ascii() { 1 } else { 2 };
            let Some(rest) = room.checked_sub(width) else { break };
            line.push(letter);
            room = rest;
        }
        line.extend(std::iter::repeat_n(' ', room));
        for &(name, width) in layout(market) {
            let text = field(name);
            let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            line.push_str(&if is_number {
                format!("{text:0>width$.width$}")
            } else {
                format!("{text:<width$.width$}")
            });
        }
        line
    }
}

/// The field that tells the stage of 단기과열.
const OVERHEATED: &str = "short-term overheated";

/// The flag that tells of a state by `Y` and `N`.
fn flag_of(state: IssueState) -> Option<&'static str> {
    match state {
        IssueState::Halted => Some("halted"),
        IssueState::Liquidation => Some("liquidation"),
        IssueState::Administrative => Some("administrative"),
        IssueState::LowLiquidity => Some("low liquidity"),
        IssueState::InvestmentPrecaution => Some("KOSDAQ caution issue"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tails_are_as_wide_as_the_specification_says() {
        for (layout, width) in [(KOSPI, 227), (KOSDAQ, 221), (KONEX, 184)] {
            assert_eq!(layout.iter().map(|(_, width)| width).sum::<usize>(), width);
            let names: HashSet<_> = layout.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), layout.len(), "a name occurs twice");
        }
        assert_eq!(KOSDAQ[20].0, "KOSDAQ caution issue", "the specification counts it as the 21st");
    }

    #[test]
    fn a_line_is_cut_from_its_end() {
        let padded = |(name, width): &Field| format!("{:<width$.width$}", name.replace(' ', "_"));
        let tail: String = KONEX.iter().map(padded).collect();
        let line = format!("00I900   KR700I900000가온 나루(주) 1우{tail}");
        let record = MasterRecord::cut(&line, Market::Konex).expect("a record");
        assert_eq!((record.code, record.isin, record.name), ("00I900", "KR700I900000", "가온 나루(주) 1우"));
        assert_eq!(record.field("group code"), Some("gr"));
        assert_eq!(record.field("listing date"), Some("listing_"));
        assert_eq!(record.field("short loan"), Some("s"));
        assert_eq!(record.field("low liquidity"), None, "KONEX has no such field");
        assert!(MasterRecord::cut(&line[3..], Market::Kospi).is_none(), "shorter than its tail");
    }

    #[test]
    fn what_is_written_is_cut_again() {
        for market in [Market::Kospi, Market::Kosdaq, Market::Konex] {
            let value = |name: &'static str| match name {
                "listing date" => "20010502".to_owned(),
                "halted" => "Y".to_owned(),
                "par value" => "500".to_owned(),
                "market warning" => "02".to_owned(),
                _ => String::new(),
            };
            let line = MasterRecord::write(market, "Q500001", "KRG502400234", "가온 레버리지 ETN", value);
            let record = MasterRecord::cut(&line, market).expect("a record");
            assert_eq!((record.code, record.isin, record.name), ("Q500001", "KRG502400234", "가온 레버리지 ETN"));
            assert_eq!(record.field("listing date"), Some("20010502"));
            assert_eq!(record.field("par value"), Some("000000000500"));
            assert_eq!(record.says(IssueState::Halted), Ok(Some(true)));
            assert_eq!(record.says(IssueState::InvestmentAlert), Ok(Some(true)));
            assert_eq!(record.says(IssueState::InvestmentRisk), Ok(Some(false)));
            assert_eq!(record.says(IssueState::Delisted), Ok(None));
        }
        let long = MasterRecord::write(Market::Konex, "005930", "KR7005930003", &"가".repeat(30), |_| "?".to_owned());
        let record = MasterRecord::cut(&long, Market::Konex).expect("a record");
        assert_eq!(record.name.chars().count(), 20, "40 bytes of CP949");
        assert_eq!(record.says(IssueState::Halted), Err(("halted", "?")));
    }
}
