//! Notices of orders and fills, encrypted (kis-openapi §7.8).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{NaiveTime, Timelike as _};
use exodus_domain::{Side, TradingVenue, kst_time};
use exodus_kis::wire::stream::{Cipher, Code, KeyAndIv, LegacyNotice, Notice, Padded, Record, write_sealed};
use sha2::{Digest, Sha256};

use super::codes;
use crate::faults::Garbage;
use crate::world::{NoticeKind, OrderAction, OrderNotice, OrderVenue, World};

/// An account that this emulator never makes.
const ANOTHER_ACCOUNT: &str = "5999999901";

/// What a feed is encrypted with, from its acknowledgement until the next one.
pub(super) struct Seal {
    cipher: Cipher,
}

/// Key and IV for an acknowledgement: letters and digits, the same for the same `purpose`.
pub(super) fn key_and_iv(purpose: &str) -> KeyAndIv {
    let text = hex::encode(Sha256::digest(purpose));
    KeyAndIv { key: text[..32].to_owned(), iv: text[32..48].to_owned() }
}

impl Seal {
    pub(super) fn new(told: &KeyAndIv) -> Self {
        let cipher = Cipher::new(&told.key, &told.iv).expect("key_and_iv makes 32 and 16 characters");
        Self { cipher }
    }

    /// The frame of a notice, spoiled if a fault wants it.
    pub(super) fn frame(
        &self,
        tr_id: &str,
        notice: &OrderNotice,
        world: &World,
        is_legacy: bool,
        garbage: Option<Garbage>,
    ) -> String {
        let texts = Texts::of(notice, world);
        let mut record = texts.notice(notice);
        match garbage {
            Some(Garbage::OtherAccount) => record.account_no = ANOTHER_ACCOUNT,
            Some(Garbage::Forged) => {
                (record.kind, record.acceptance) = (Code::of("2"), Code::of("2"));
                (record.quantity, record.price) = (Padded(notice.order_quantity.0), record.order_price);
            }
            _ => {}
        }
        let wrong;
        let mut cipher = &self.cipher;
        if garbage == Some(Garbage::WrongKey) {
            wrong = Self::new(&key_and_iv("of nobody"));
            cipher = &wrong.cipher;
        }
        let width = |known: usize| match garbage {
            Some(Garbage::MoreFields) => known + 3,
            Some(Garbage::FewerFields) => known / 2,
            _ => known,
        };
        let frame = if is_legacy {
            write_sealed(tr_id, &[texts.legacy(&record)], width(LegacyNotice::WIDTH), cipher)
        } else {
            write_sealed(tr_id, &[record], width(Notice::WIDTH), cipher)
        };
        match garbage {
            Some(Garbage::BadPadding) => without_last_block(&frame),
            Some(Garbage::NotBase64) => frame.replace(|c: char| c.is_ascii_lowercase(), "*"),
            _ => frame,
        }
    }
}

/// A block of the cipher has 16 bytes.
fn without_last_block(frame: &str) -> String {
    let Some((head, body)) = frame.rsplit_once('|') else { return frame.to_owned() };
    let bytes = BASE64_STANDARD.decode(body).unwrap_or_default();
    format!("{head}|{}", BASE64_STANDARD.encode(&bytes[..bytes.len().saturating_sub(16)]))
}

/// The texts that a record borrows.
struct Texts {
    order_no: String,
    original_no: String,
    symbol: String,
    stop: String,
    holder: String,
    issue: String,
}

impl Texts {
    fn of(notice: &OrderNotice, world: &World) -> Self {
        let holder = world.accounts().find(|terms| terms.number == notice.account).map(|terms| terms.holder.clone());
        let issue = world.instrument(notice.symbol).map(|instrument| instrument.name_ko.clone());
        Self {
            order_no: notice.key.odno(),
            original_no: notice.original.map(|number| format!("{number:010}")).unwrap_or_default(),
            symbol: notice.symbol.to_string(),
            stop: notice.stop.map(|price| format!("{:09}", price.0)).unwrap_or_default(),
            holder: holder.unwrap_or_default(),
            issue: issue.unwrap_or_default(),
        }
    }

    fn notice<'a>(&'a self, notice: &'a OrderNotice) -> Notice<'a> {
        let is_fill = notice.kind == NoticeKind::Filled;
        Notice {
            customer: &notice.hts_id,
            account_no: &notice.account,
            order_no: &self.order_no,
            original_no: &self.original_no,
            side: Code::of(match notice.side {
                Side::Sell => "01",
                Side::Buy => "02",
            }),
            change: Code::of(match notice.action {
                OrderAction::New => "0",
                OrderAction::Amend => "1",
                OrderAction::Cancel => "2",
            }),
            division: Code::of(&notice.code),
            condition: codes::condition(notice.style),
            symbol: &self.symbol,
            quantity: Padded(notice.quantity.0),
            price: Padded(notice.price.0),
            time: Some(seconds(kst_time(notice.at))),
            refused: Code::of(if notice.kind == NoticeKind::Rejected { "1" } else { "0" }),
            kind: Code::of(if is_fill { "2" } else { "1" }),
            acceptance: Code::of(match notice.kind {
                NoticeKind::Received | NoticeKind::Rejected => "1",
                NoticeKind::Confirmed | NoticeKind::Filled => "2",
                NoticeKind::Unfilled => "3",
            }),
            branch: &notice.key.branch,
            order_quantity: Padded(notice.order_quantity.0),
            account_name: &self.holder,
            stop_price: &self.stop,
            exchange: Code::of(match (notice.venue, notice.routed_to) {
                (OrderVenue::Sor, TradingVenue::Krx) => "3",
                (OrderVenue::Sor, TradingVenue::Nxt) => "4",
                (_, TradingVenue::Krx) => "1",
                (_, TradingVenue::Nxt) => "2",
            }),
            popup: true,
            filler: "",
            credit_class: Code::of("10"),
            loan_date: "",
            issue_name: &self.issue,
            order_price: Padded(notice.order_price.0),
        }
    }

    fn legacy<'a>(&'a self, now: &Notice<'a>) -> LegacyNotice<'a> {
        LegacyNotice {
            customer: now.customer,
            account_no: now.account_no,
            order_no: now.order_no,
            original_no: now.original_no,
            side: now.side,
            change: now.change,
            division: now.division,
            condition: now.condition,
            symbol: now.symbol,
            quantity: now.quantity,
            price: now.price,
            time: now.time,
            refused: now.refused,
            kind: now.kind,
            acceptance: now.acceptance,
            branch: now.branch,
            order_quantity: now.order_quantity,
            account_name: now.account_name,
            short_issue_name: now.issue_name,
            credit_class: now.credit_class,
            loan_date: now.loan_date,
            issue_name: now.issue_name,
            order_price: now.order_price,
        }
    }
}

fn seconds(time: NaiveTime) -> NaiveTime {
    time.with_nanosecond(0).unwrap_or(time)
}
