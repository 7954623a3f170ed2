//! Notices of orders, encrypted.

use exodus_kis::wire::stream::{Cipher, Frame, Notice, read_notices};

use super::*;
use crate::world::{Amend, Change};

const REAL: Environment = Environment::Real;
const MOCK: Environment = Environment::Mock;

/// A client that hears the notices of its account.
pub(super) struct Listener {
    pub(super) line: Line,
    feed: &'static str,
    pub(super) cipher: Cipher,
}

impl Listener {
    pub(super) async fn of(stage: &Stage, environment: Environment) -> Self {
        let feed = match environment {
            Environment::Real => "H0STCNI0",
            Environment::Mock => "H0STCNI9",
        };
        let mut line = stage.open(environment).await;
        let answer = line.subscribe(feed, &stage.credentials(environment, 0).hts_id).await;
        assert_eq!(code(&answer), "OPSP0000");
        let told = super::told(&answer);
        Self { line, feed, cipher: Cipher::new(&told.key, &told.iv).unwrap() }
    }

    /// The plain text of the next notice.
    pub(super) async fn plain(&mut self) -> String {
        let text = self.line.frame(self.feed).await;
        let frame = Frame::parse(&text).unwrap();
        assert!(frame.is_sealed && frame.count == 1, "{text}");
        self.cipher.open(frame.body).unwrap()
    }
}

/// CNTG_YN, ACPT_YN, RCTF_CLS and CNTG_QTY of a notice.
pub(super) fn facts(notice: &Notice<'_>) -> (String, String, String, i64) {
    let text = |code: &exodus_kis::wire::stream::Code| code.as_str().to_owned();
    (text(&notice.kind), text(&notice.acceptance), text(&notice.change), notice.quantity.0)
}

fn as_facts(kind: &str, acceptance: &str, change: &str, quantity: i64) -> (String, String, String, i64) {
    (kind.to_owned(), acceptance.to_owned(), change.to_owned(), quantity)
}

#[tokio::test]
async fn a_receipt_comes_before_its_fills_with_26_fields_section_7_8() {
    for environment in [REAL, MOCK] {
        let stage = Stage::at(10, 0).await;
        let mut listener = Listener::of(&stage, environment).await;
        let holder = stage.credentials(environment, 0);
        let key = stage.order(environment, Side::Buy, None, 4);
        let plain = listener.plain().await;
        let parts: Vec<&str> = plain.split('^').collect();
        assert_eq!(parts.len(), 26, "{plain}");
        assert_eq!((parts[9], parts[10].len(), parts[16]), ("0000000004", 9, "000000004"), "padded");
        let receipt = read_notices(1, &plain).unwrap().remove(0);
        assert_eq!(facts(&receipt), as_facts("1", "1", "0", 4));
        assert_eq!(
            (receipt.customer, receipt.account_no),
            (holder.hts_id.as_str(), holder.account_no.replace('-', "").as_str())
        );
        assert_eq!(
            (receipt.order_no, receipt.original_no, receipt.branch),
            (key.odno().as_str(), "", key.branch.as_str())
        );
        assert_eq!((receipt.side.as_str(), receipt.division.as_str(), receipt.refused.as_str()), ("02", "01", "0"));
        assert_eq!((receipt.exchange.as_str(), receipt.credit_class.as_str()), ("1", "10"));
        assert!(receipt.popup && !receipt.issue_name.is_empty());
        let mut filled = 0;
        while filled < 4 {
            let plain = listener.plain().await;
            let fill = read_notices(1, &plain).unwrap().remove(0);
            filled += fill.quantity.0;
            assert_eq!((fill.kind.as_str(), fill.acceptance.as_str(), fill.order_quantity.0), ("2", "2", 4));
            assert!(fill.price.0 > 0 && fill.order_no == key.odno());
        }
        assert_eq!(filled, 4);
        assert!(listener.line.is_silent().await);
    }
}

#[tokio::test]
async fn an_amendment_and_a_cancel_are_received_and_confirmed_under_new_numbers_section_7_8() {
    let stage = Stage::at(10, 0).await;
    let mut listener = Listener::of(&stage, REAL).await;
    let (lowest, account) = (stage.lowest(), stage.credentials(REAL, 0).account_no.replace('-', ""));
    let first = stage.order(REAL, Side::Buy, Some(lowest), 5);
    let plain = listener.plain().await;
    let receipt = read_notices(1, &plain).unwrap().remove(0);
    assert_eq!(
        (facts(&receipt), receipt.price.0, receipt.order_price.0),
        (as_facts("1", "1", "0", 5), lowest.0, lowest.0)
    );
    let all_of = |original| Change { branch: String::new(), original, quantity: None };
    let second = stage.emulator.shared.with_world(|world, now| {
        let tick = world.quote(stage.symbol).unwrap().tick;
        let change = all_of(first.number);
        let (style, price) = (OrderStyle::Limit, Some(Price(lowest.0 + tick.0)));
        world.amend(&account, Amend { change, style, code: "00".to_owned(), price, stop: None }, now).unwrap()
    });
    let third =
        stage.emulator.shared.with_world(|world, now| world.cancel(&account, all_of(second.number), now)).unwrap();
    for (key, original, change) in [(&second, &first, "1"), (&third, &second, "2")] {
        for acceptance in ["1", "2"] {
            let plain = listener.plain().await;
            let notice = read_notices(1, &plain).unwrap().remove(0);
            assert_eq!((facts(&notice), notice.refused.as_str()), (as_facts("1", acceptance, change, 5), "0"));
            assert_eq!((notice.order_no, notice.original_no), (key.odno().as_str(), original.odno().as_str()));
        }
    }
    assert!(listener.line.is_silent().await);
}

#[tokio::test]
async fn notices_reach_their_own_customer_alone_section_7_8() {
    let stage = Stage::at(10, 0).await;
    let other = stage.credentials(REAL, 1);
    let mut line = Line::open(&stage.url(REAL, "/"), stage.approval(&other)).await;
    assert_eq!(code(&line.subscribe("H0STCNI0", &other.hts_id).await), "OPSP0000");
    let mut own = Listener::of(&stage, REAL).await;
    stage.order(REAL, Side::Buy, None, 1);
    own.plain().await;
    assert!(line.is_silent().await);
}

#[tokio::test]
async fn a_new_registration_changes_the_key_section_7_5() {
    let stage = Stage::at(10, 0).await;
    let mut listener = Listener::of(&stage, REAL).await;
    let hts_id = stage.credentials(REAL, 0).hts_id;
    assert_eq!(code(&listener.line.unsubscribe("H0STCNI0", &hts_id).await), "OPSP0001");
    let answer = listener.line.subscribe("H0STCNI0", &hts_id).await;
    stage.order(REAL, Side::Buy, None, 1);
    let text = listener.line.frame("H0STCNI0").await;
    let sealed = Frame::parse(&text).unwrap().body;
    assert!(!listener.cipher.open(sealed).is_ok_and(|plain| plain.starts_with(&hts_id)));
    let told = super::told(&answer);
    assert!(Cipher::new(&told.key, &told.iv).unwrap().open(sealed).unwrap().starts_with(&hts_id));
}

#[tokio::test]
async fn legacy_notices_have_23_fields_section_7_8() {
    let config = EmulatorConfig { legacy_frames: true, ..EmulatorConfig::default() };
    let stage = Stage::with(10, 0, config).await;
    let mut listener = Listener::of(&stage, MOCK).await;
    stage.order(MOCK, Side::Buy, None, 2);
    let plain = listener.plain().await;
    assert_eq!(plain.split('^').count(), 23, "{plain}");
    assert_eq!(facts(&read_notices(1, &plain).unwrap()[0]), as_facts("1", "1", "0", 2));
}
