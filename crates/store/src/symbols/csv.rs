//! Symbol masters as CSV.

use csv::{ReaderBuilder, StringRecord, Trim};
use exodus_domain::{IssueState, Market};
use serde::Deserialize;

use super::told::{Shares, StateNews, Told, checked_code, checked_isin};
use super::{Fault, Rows, day, number};
use crate::instruments::{ListingStatus, SecurityKind, TaxClass};

/// Columns without which nothing can be told of an issue.
const REQUIRED: [&str; 6] = ["symbol", "isin", "name_ko", "market", "asset", "status"];

/// A row as it stands in the file.
#[derive(Deserialize)]
struct Row<'a> {
    symbol: &'a str,
    isin: &'a str,
    name_ko: &'a str,
    #[serde(default)]
    name_en: &'a str,
    market: &'a str,
    asset: &'a str,
    #[serde(default)]
    security_group: &'a str,
    #[serde(default)]
    stock_kind: &'a str,
    #[serde(default)]
    dept: &'a str,
    #[serde(default)]
    listed_on: &'a str,
    #[serde(default)]
    delisted_on: &'a str,
    #[serde(default)]
    par_value: &'a str,
    #[serde(default)]
    listed_shares: &'a str,
    #[serde(default)]
    tax_type: &'a str,
    status: &'a str,
}

/// Reads a file; the sentence says why it is no symbol master.
pub(super) fn read(bytes: &[u8]) -> Result<Rows, String> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let header: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_lowercase).collect();
    if let Some(missing) = REQUIRED.iter().find(|name| !header.iter().any(|found| found == *name)) {
        return Err(format!("the column {missing} is missing: found {}", header.join(", ")));
    }
    let header = StringRecord::from(header);
    let mut rows = Rows::default();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let row: Row<'_> = record.deserialize(Some(&header)).map_err(|error| error.to_string())?;
        rows.take(row.symbol, told(&row));
    }
    Ok(rows)
}

fn told(row: &Row<'_>) -> Result<Told, Fault> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let code = checked_code(row.symbol)?;
    let market = match row.market {
        "KOSPI" => Market::Kospi,
        "KOSDAQ" | "KOSDAQ GLOBAL" => Market::Kosdaq,
        "KONEX" => Market::Konex,
        other => return Err(Fault::unreadable("market", other, "KOSPI, KOSDAQ, KOSDAQ GLOBAL or KONEX")),
    };
    let status = match row.status {
        "LISTED" => ListingStatus::Listed,
        "DELISTED" => ListingStatus::Delisted,
        other => return Err(Fault::unreadable("status", other, "LISTED or DELISTED")),
    };
    let kind = match row.asset {
        "STOCK" => Some(SecurityKind::Stock),
        "ETF" => Some(SecurityKind::Etf),
        "ETN" => Some(SecurityKind::Etn),
        "DELISTED" => None,
        other => return Err(Fault::unreadable("asset", other, "STOCK, ETF, ETN or DELISTED")),
    };
    let tax_class = match row.tax_type {
        "" => None,
        "비과세" => Some(TaxClass::DomesticEquity),
        "배당소득세(보유기간과세)" => Some(TaxClass::HoldingPeriod),
        "배당소득세(해외주식투자전용ETF)" => Some(TaxClass::OverseasEquity),
        "배당소득세(분리과세부동산ETF)" => Some(TaxClass::RealEstate),
        "비과세(분리과세부동산ETF)" => Some(TaxClass::RealEstateExempt),
        other => return Err(Fault::unreadable("tax_type", other, "a tax class of KRX")),
    };
    let mut states = StateNews::default();
    if status == ListingStatus::Listed && market != Market::Kospi && !row.dept.is_empty() {
        // KOSDAQ keeps its issues under administration, and those it calls attention to, in sections of their own.
        states.tell(IssueState::Administrative, row.dept.starts_with("관리종목"));
        states.tell(IssueState::InvestmentPrecaution, row.dept.starts_with("투자주의환기종목"));
    }
    if row.name_ko.is_empty() {
        return Err(Fault::unreadable("name_ko", "", "a name"));
    }
    Ok(Told {
        isin: checked_isin(row.isin)?,
        name_ko: row.name_ko.to_owned(),
        name_en: text(row.name_en),
        market,
        kind,
        security_group: text(row.security_group),
        share_kind: text(row.stock_kind),
        section: text(row.dept),
        listed_on: day("listed_on", row.listed_on)?,
        delisted_on: day("delisted_on", row.delisted_on)?.filter(|_| status == ListingStatus::Delisted),
        status,
        par_value: number("par_value", row.par_value)?,
        listed_shares: number("listed_shares", row.listed_shares)?.map(Shares::Exactly),
        tax_class,
        states,
        code,
    })
}
