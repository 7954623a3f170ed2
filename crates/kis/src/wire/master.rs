//! The broker's symbol masters (§6.12): a ZIP archive of each market with one line of CP949 for each issue, and the list
//! of sectors.
//!
//! The fields of a line stand in [`MasterRecord`]; here are their bytes, their archive, and the issue they mean.

use std::borrow::Cow;
use std::io::{self, Cursor, Read, Write};

use encoding_rs::EUC_KR;
use exodus_domain::{Instrument, InstrumentKind, Isin, IssueState, Market, MasterRecord, Price};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::number;

/// The most that a master may hold when unpacked; the largest has less than 2 MiB.
const MAX_FILE: u64 = 64 << 20;

/// The file of a market within its archive.
pub const fn file_name(market: Market) -> &'static str {
    match market {
        Market::Kospi => "kospi_code.mst",
        Market::Kosdaq => "kosdaq_code.mst",
        Market::Konex => "konex_code.mst",
    }
}

/// The name of the archive of a file: `kospi_code.mst.zip`.
pub fn archive_name(file: &str) -> String {
    format!("{file}.zip")
}

/// An issue of a master.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The issue. A master tells of no English name and of no multiple of the price limit.
    pub instrument: Instrument,
    /// 표준코드, checked; `None` where it is none.
    pub isin: Option<Isin>,
    /// Base price of the day (기준가).
    pub base_price: Option<Price>,
    /// Par value in won.
    pub par_value: Option<i64>,
    /// Listed shares, in thousands.
    pub listed_thousands: Option<i64>,
}

/// What was read of a master.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Stocks, ETF and ETN.
    pub entries: Vec<Entry>,
    /// Lines of other kinds: rights, warrants, funds.
    pub others: u32,
    /// Lines that cannot be read.
    pub unreadable: u32,
}

/// What a line is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A stock, an ETF or an ETN.
    Entry(Box<Entry>),
    /// Anything else that is listed.
    Other,
}

/// Reads the master of a market.
pub fn read(bytes: &[u8], market: Market) -> Entries {
    let mut read = Entries::default();
    for line in lines(bytes) {
        match read_line(line, market) {
            Some(Line::Entry(entry)) => read.entries.push(*entry),
            Some(Line::Other) => read.others += 1,
            None => read.unreadable += 1,
        }
    }
    read
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).filter(|line| !line.is_empty())
}

/// CP949; the decoder of EUC-KR reads all of it (WHATWG Encoding Standard).
fn decoded(line: &[u8]) -> Option<Cow<'_, str>> {
    EUC_KR.decode_without_bom_handling_and_without_replacement(line)
}

/// Reads a line, without its end; `None` if it is no record of that market.
pub fn read_line(line: &[u8], market: Market) -> Option<Line> {
    let text = decoded(line)?;
    let record = MasterRecord::cut(&text, market)?;
    let kind = match record.field("group code")? {
        "ST" | "MF" | "RT" | "SC" | "IF" | "DR" | "FS" => InstrumentKind::Stock,
        "EF" | "FE" => InstrumentKind::Etf,
        "EN" => InstrumentKind::Etn,
        _ => return Some(Line::Other),
    };
    let number = |name| number::whole(record.field(name).unwrap_or_default());
    let mut instrument = Instrument::new(number::symbol(record.code).ok()?, market, kind);
    if !record.name.is_empty() {
        record.name.clone_into(&mut instrument.name_ko);
    }
    instrument.listed_on = number::date(record.field("listing date").unwrap_or_default()).ok()?;
    for &state in IssueState::ALL {
        if record.says(state).ok()? == Some(true) {
            instrument.states = instrument.states.with(state);
        }
    }
    Some(Line::Entry(Box::new(Entry {
        instrument,
        isin: record.isin.parse().ok(),
        base_price: number("base price").ok()?.filter(|&price| price > 0).map(Price),
        par_value: number("par value").ok()?.filter(|&value| value > 0),
        listed_thousands: number("listed shares").ok()?.filter(|&shares| shares > 0),
    })))
}

/// Writes the master of a market. A letter that CP949 does not know becomes two question marks, as wide as
/// a Korean one.
pub fn write(entries: &[Entry], market: Market) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&encoded(&line(entry, market)));
        bytes.push(b'\n');
    }
    bytes
}

fn encoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        // A name with a line end in it would break its line in two.
        let letter = if letter.is_ascii_control() { ' ' } else { letter };
        let mut buffer = [0; 4];
        let (coded, _, is_unknown) = EUC_KR.encode(letter.encode_utf8(&mut buffer));
        bytes.extend_from_slice(if is_unknown { b"??" } else { &coded });
    }
    bytes
}

fn line(entry: &Entry, market: Market) -> String {
    let instrument = &entry.instrument;
    let yes_if = |state| if instrument.states.contains(state) { "Y" } else { "N" };
    let code = number::product_no(instrument.symbol, instrument.kind);
    let isin = entry.isin.map(|isin| isin.to_string()).unwrap_or_default();
    MasterRecord::write(market, &code, &isin, &instrument.name_ko, |field| {
        match field {
            "group code" => match instrument.kind {
                InstrumentKind::Stock => "ST",
                InstrumentKind::Etf => "EF",
                InstrumentKind::Etn => "EN",
            },
            "low liquidity" => yes_if(IssueState::LowLiquidity),
            "halted" => yes_if(IssueState::Halted),
            "liquidation" => yes_if(IssueState::Liquidation),
            "administrative" => yes_if(IssueState::Administrative),
            "KOSDAQ caution issue" => yes_if(IssueState::InvestmentPrecaution),
            "short-term overheated" if instrument.states.contains(IssueState::Overheated) => "2",
            "market warning" => warning(instrument),
            "lot" | "after-hours lot" => "1",
            "base price" => return entry.base_price.unwrap_or_default().to_string(),
            "par value" => return entry.par_value.unwrap_or_default().to_string(),
            "listed shares" => return entry.listed_thousands.unwrap_or_default().to_string(),
            "listing date" => {
                return instrument.listed_on.map(|day| day.format("%Y%m%d").to_string()).unwrap_or_default();
            }
            _ => "0",
        }
        .to_owned()
    })
}

fn warning(instrument: &Instrument) -> &'static str {
    let warnings = [
        (IssueState::InvestmentRisk, "03"),
        (IssueState::InvestmentAlert, "02"),
        (IssueState::InvestmentCaution, "01"),
    ];
    warnings.into_iter().find(|(state, _)| instrument.states.contains(*state)).map_or("00", |(_, code)| code)
}

/// The file of sectors within its archive.
pub const SECTOR_FILE: &str = "idxcode.mst";

/// Bytes of a line of the file of sectors: a digit of the market, a code of four, a name.
const SECTOR_NAME: usize = 38;

/// A sector or an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sector {
    /// The market it is of: 0 KOSPI, 1 KOSDAQ, 2 KOSPI 200.
    pub market: char,
    /// Its code, as quotations take it: `0001` KOSPI, `1001` KOSDAQ, `2001` KOSPI 200.
    pub code: String,
    /// Korean name.
    pub name: String,
}

/// Reads the file of sectors; lines that cannot be read are left out.
pub fn read_sectors(bytes: &[u8]) -> Vec<Sector> {
    lines(bytes).filter_map(read_sector).collect()
}

fn read_sector(line: &[u8]) -> Option<Sector> {
    let (head, name) = line.split_at_checked(5)?;
    let head = std::str::from_utf8(head).ok().filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    let (market, code) = head.split_at(1);
    let name = decoded(&name[..name.len().min(SECTOR_NAME)])?.trim().to_owned();
    Some(Sector { market: market.chars().next()?, code: code.to_owned(), name })
}

/// Writes the file of sectors.
pub fn write_sectors(sectors: &[Sector]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Sector { market, code, name } in sectors {
        let mut name = encoded(name);
        name.resize(SECTOR_NAME, b' ');
        bytes.extend_from_slice(format!("{market}{code:0>4.4}").as_bytes());
        bytes.extend_from_slice(&name);
        bytes.push(b'\n');
    }
    bytes
}

/// Packs one file.
///
/// # Errors
/// When the archive cannot be written, which in memory means that it is too large.
pub fn pack(file: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(file, SimpleFileOptions::default())?;
    archive.write_all(bytes)?;
    Ok(archive.finish()?.into_inner())
}

/// Unpacks a file of an archive.
///
/// # Errors
/// When it is no archive, has no such file, was cut or changed, or holds more than any master does.
pub fn unpack(archive: &[u8], file: &str) -> io::Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut bytes = Vec::new();
    archive.by_name(file)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > MAX_FILE) {
        return Err(io::Error::other("the archive holds more than any symbol master"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(code: &str, market: Market, kind: InstrumentKind, name: &str) -> Entry {
        let symbol = code.parse().expect("a symbol");
        let mut instrument = Instrument::new(symbol, market, kind);
        instrument.name_ko = name.to_owned();
        Entry {
            instrument,
            isin: "KR7005930003".parse().ok(),
            base_price: Some(Price(71_500)),
            par_value: Some(100),
            listed_thousands: Some(5_919_637),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for &market in &[Market::Kospi, Market::Kosdaq, Market::Konex] {
            let mut halted = entry("00088K", market, InstrumentKind::Stock, "한화3우B 뷁");
            halted.instrument.states =
                [IssueState::Halted, IssueState::InvestmentRisk, IssueState::Administrative].into_iter().collect();
            halted.instrument.listed_on = chrono::NaiveDate::from_ymd_opt(2016, 10, 28);
            let entries = vec![
                halted,
                entry("500001", market, InstrumentKind::Etn, "가온 레버리지 WTI원유 선물 ETN"),
                Entry { isin: None, base_price: None, ..entry("0126Z0", market, InstrumentKind::Etf, "KODEX") },
            ];
            let file = write(&entries, market);
            assert_eq!(read(&file, market), Entries { entries, others: 0, unreadable: 0 });
            let widths: Vec<usize> = lines(&file).map(<[u8]>::len).collect();
            let tail = match market {
                Market::Kospi => 227,
                Market::Kosdaq => 221,
                Market::Konex => 184,
            };
            assert_eq!(widths, [61 + tail; 3], "code 9, ISIN 12, name 40 and the tail");
        }
    }

    #[test]
    fn a_name_cannot_break_its_line() {
        let entry = entry("005930", Market::Kospi, InstrumentKind::Stock, "두\n줄\r");
        let read = read(&write(&[entry], Market::Kospi), Market::Kospi);
        assert_eq!(read.entries[0].instrument.name_ko, "두 줄");
    }

    #[test]
    fn lines_of_other_kinds_are_counted() {
        let line = |group: &str, code: &str| {
            let field = |name: &'static str| if name == "group code" { group } else { "" }.to_owned();
            encoded(&MasterRecord::write(Market::Kospi, code, "", "이름", field))
        };
        let file =
            [line("EW", "J005930"), line("ST", "???"), line("ST", "005930"), b"short".to_vec()].join(&b"\r\n"[..]);
        let read = read(&file, Market::Kospi);
        assert_eq!((read.entries.len(), read.others, read.unreadable), (1, 1, 2));
        assert_eq!(read.entries[0].instrument.name_ko, "이름");
    }

    #[test]
    fn sectors_round_trip() {
        let sector = |market, code: &str, name: &str| Sector { market, code: code.to_owned(), name: name.to_owned() };
        let sectors = [sector('0', "0001", "종합"), sector('1', "1001", "KOSDAQ"), sector('2', "2001", "KOSPI200")];
        assert_eq!(read_sectors(&write_sectors(&sectors)), sectors);
        assert_eq!(read_sectors(b"x0001name\n1"), []);
    }

    #[test]
    fn archives_round_trip() {
        let archive = pack("kospi_code.mst", b"text").expect("packed");
        assert_eq!(unpack(&archive, "kospi_code.mst").expect("unpacked"), b"text");
        assert!(unpack(&archive, "kosdaq_code.mst").is_err() && unpack(b"no archive", "kospi_code.mst").is_err());
        assert_eq!(archive_name(file_name(Market::Konex)), "konex_code.mst.zip");
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            for market in [Market::Kospi, Market::Kosdaq, Market::Konex] {
                let _ = read(&bytes, market);
            }
            let _ = (read_sectors(&bytes), unpack(&bytes, SECTOR_FILE));
        }

        #[test]
        fn any_name_keeps_the_line_in_shape(name in "\\PC{0,60}") {
            let written = write(&[entry("005930", Market::Kosdaq, InstrumentKind::Stock, &name)], Market::Kosdaq);
            prop_assert_eq!(read(&written, Market::Kosdaq).entries.len(), 1);
        }
    }
}
