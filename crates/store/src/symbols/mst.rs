//! Symbol masters of the broker (`.mst`).

use encoding_rs::EUC_KR;
use exodus_domain::{IssueState, Market, MasterRecord};

use super::told::{Shares, StateNews, Told, checked_code, checked_isin};
use super::{Fault, Rows, SkipReason, day, number};
use crate::instruments::{ListingStatus, SecurityKind};

/// Reads a file; the sentence says why it is no symbol master.
pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<Rows, String> {
    let name = file_name.to_lowercase();
    let markets = [("kospi", Market::Kospi), ("kosdaq", Market::Kosdaq), ("konex", Market::Konex)];
    let market = markets.into_iter().find_map(|(word, market)| name.contains(word).then_some(market));
    let market = market.ok_or("its name does not tell the market: keep the broker's, such as kospi_code.mst")?;
    let mut rows = Rows::default();
    for line in bytes.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        // CP949; the decoder of EUC-KR reads all of it (WHATWG Encoding Standard).
        let decoded = EUC_KR.decode_without_bom_handling_and_without_replacement(line);
        let record = decoded.as_deref().and_then(|line| MasterRecord::cut(line, market));
        match record {
            Some(record) => rows.take(record.code, told(&record, market)),
            None => rows.take("", Err(not_a_record(line))),
        }
    }
    Ok(rows)
}

fn not_a_record(line: &[u8]) -> Fault {
    Fault::unreadable("record", &String::from_utf8_lossy(line), "a record of CP949 text with the tail of this market")
}

fn told(record: &MasterRecord<'_>, market: Market) -> Result<Told, Fault> {
    let field = |name: &'static str| record.field(name).unwrap_or_default();
    let (kind, security_group) = group(field("group code"))?;
    let isin = checked_isin(record.isin)?;
    let name_ko = record.name.to_owned();
    if name_ko.is_empty() {
        return Err(Fault::unreadable("name", "", "a name"));
    }
    let is_share = kind == SecurityKind::Stock;
    Ok(Told {
        code: checked_code(bare(record.code))?,
        isin,
        name_ko,
        name_en: None,
        market,
        kind: Some(kind),
        security_group: security_group.map(str::to_owned),
        share_kind: is_share.then(|| share_kind(field("preferred class"))).flatten().map(str::to_owned),
        section: None,
        listed_on: day("listing date", field("listing date"))?,
        delisted_on: None,
        status: ListingStatus::Listed,
        // Zero stands for "none" as well as for "not told".
        par_value: number("par value", field("par value"))?.filter(|&value| value > 0),
        listed_shares: number("listed shares", field("listed shares"))?
            .filter(|&shares| shares > 0)
            .map(Shares::Thousands),
        tax_class: None,
        states: states(record)?,
    })
}

/// The code without the letter that the broker puts before those of more than six characters.
fn bare(code: &str) -> &str {
    match code.len() {
        7 | 9 => code.strip_prefix(['A', 'F', 'J', 'Q']).unwrap_or(code),
        _ => code,
    }
}

/// Kind and group of a group code, the group in the words of KRX; of ETF and ETN the broker knows no group.
fn group(code: &str) -> Result<(SecurityKind, Option<&'static str>), Fault> {
    let share = |group| Ok((SecurityKind::Stock, Some(group)));
    match code {
        "ST" => share("주권"),
        "MF" => share("투자회사"),
        "RT" => share("부동산투자회사"),
        "SC" => share("선박투자회사"),
        "IF" => share("사회간접자본투융자회사"),
        "DR" => share("주식예탁증권"),
        "FS" => share("외국주권"),
        "EF" | "FE" => Ok((SecurityKind::Etf, None)),
        "EN" => Ok((SecurityKind::Etn, None)),
        "BC" => Ok((SecurityKind::Fund, Some("수익증권"))),
        "EW" | "SW" | "SR" => {
            let detail = "rights, warrants and ELW are not imported".to_owned();
            Err(Fault { column: "group code", reason: SkipReason::Right, detail })
        }
        other => Err(Fault::unreadable("group code", other, "a group of the broker's list")),
    }
}

fn share_kind(preferred_class: &str) -> Option<&'static str> {
    match preferred_class {
        "0" => Some("보통주"),
        "1" => Some("구형우선주"),
        "2" => Some("신형우선주"),
        "9" => Some("종류주권"),
        _ => None,
    }
}

/// Every state that the record speaks of; KONEX says nothing of single-price auctions.
fn states(record: &MasterRecord<'_>) -> Result<StateNews, Fault> {
    let mut news = StateNews::default();
    for &state in IssueState::ALL {
        match record.says(state) {
            Ok(Some(is_so)) => news.tell(state, is_so),
            Ok(None) => {}
            Err((name, text)) => return Err(Fault::unreadable(name, text, "Y or N")),
        }
    }
    Ok(news)
}
