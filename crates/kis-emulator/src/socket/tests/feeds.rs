//! Market data as the feeds tell it.

use super::*;

const REAL: Environment = Environment::Real;
const MOCK: Environment = Environment::Mock;

#[tokio::test]
async fn a_trade_has_47_fields_in_both_environments_section_7_6() {
    let stage = Stage::at(10, 15).await;
    let symbol = stage.symbol.to_string();
    for environment in [REAL, MOCK] {
        let mut line = stage.open(environment).await;
        line.subscribe("H0STCNT0", &symbol).await;
        stage.trade(stage.symbol);
        let frame = line.frame("H0STCNT0").await;
        assert!(frame.starts_with("0|H0STCNT0|001|"), "{frame}");
        let record = &fields(&frame)[0];
        assert_eq!(record.len(), 47);
        let number = |index: usize| record[index - 1].parse::<i64>().unwrap();
        assert_eq!((record[0], record[1], record[33]), (symbol.as_str(), "101500", "20261001"));
        let (price, open, high, low) = (number(3), number(8), number(9), number(10));
        assert!(low <= price && price <= high && low <= open && open <= high);
        assert!(number(11) > number(12), "ask over bid");
        assert_eq!(number(13), 7);
        assert!(number(14) >= 7 && number(15) >= number(14));
        assert_eq!(number(27), price - open);
        assert_eq!((number(30), number(33)), (price - high, price - low));
        assert_eq!((record[34], record[35], record[43], record[46]), ("20", "N", "0", "2"));
    }
}

#[tokio::test]
async fn a_book_has_63_fields_and_the_changes_of_its_totals_section_7_7() {
    let stage = Stage::at(10, 15).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STASP0", &symbol).await;
    stage.order(REAL, Side::Buy, None, 1);
    let first = line.frame("H0STASP0").await;
    let first = fields(&first)[0].iter().map(|field| (*field).to_owned()).collect::<Vec<String>>();
    assert_eq!(first.len(), 63);
    let number = |record: &[String], index: usize| record[index - 1].parse::<i64>().unwrap();
    assert_eq!((first[0].as_str(), first[2].as_str(), first[62].as_str()), (symbol.as_str(), "0", "2"));
    for level in 0..9 {
        assert!(number(&first, 4 + level) < number(&first, 5 + level), "asks rise");
        assert!(number(&first, 14 + level) > number(&first, 15 + level), "bids fall");
    }
    assert!(number(&first, 4) > number(&first, 14));
    assert_eq!(number(&first, 44), (24..34).map(|index| number(&first, index)).sum::<i64>());
    assert_eq!(number(&first, 45), (34..44).map(|index| number(&first, index)).sum::<i64>());
    assert_eq!((number(&first, 55), number(&first, 56)), (0, 0));
    stage.order(REAL, Side::Buy, None, 1);
    let second = line.frame("H0STASP0").await;
    let second = fields(&second)[0].iter().map(|field| (*field).to_owned()).collect::<Vec<String>>();
    assert_eq!(number(&second, 55), number(&second, 44) - number(&first, 44));
    assert_eq!(number(&second, 56), number(&second, 45) - number(&first, 45));
}

#[tokio::test]
async fn legacy_widths_are_46_and_59_section_9_1() {
    let config = EmulatorConfig { legacy_frames: true, ..EmulatorConfig::default() };
    let stage = Stage::with(10, 15, config).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(MOCK).await;
    line.subscribe("H0STCNT0", &symbol).await;
    line.subscribe("H0STASP0", &symbol).await;
    stage.order(MOCK, Side::Buy, None, 1);
    assert_eq!(fields(&line.frame("H0STCNT0").await)[0].len(), 46);
    stage.order(MOCK, Side::Buy, None, 1);
    assert_eq!(fields(&line.frame("H0STASP0").await)[0].len(), 59);
}

#[tokio::test]
async fn nxt_and_unified_feeds_have_their_widths_sections_7_6_and_7_7() {
    let stage = Stage::at(10, 15).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    for feed in ["H0NXCNT0", "H0UNCNT0", "H0NXASP0", "H0UNASP0"] {
        assert_eq!(code(&line.subscribe(feed, &symbol).await), "OPSP0000", "{feed}");
    }
    stage.order(REAL, Side::Buy, None, 1);
    assert_eq!(fields(&line.frame("H0UNCNT0").await)[0].len(), 47);
    assert_eq!(fields(&line.frame("H0UNASP0").await)[0].len(), 66);
    // Others trade on every venue, and the consolidated tape has them as trades of KRX.
    stage.step(TimeDelta::minutes(10));
    assert_eq!(fields(&line.frame("H0NXASP0").await)[0].len(), 62);
}

#[tokio::test]
async fn the_pre_market_trades_on_nxt_sections_5_1_and_7_6() {
    let stage = Stage::at(8, 0).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.subscribe("H0NXCNT0", &symbol).await), "OPSP0000");
    stage.step(TimeDelta::minutes(1));
    let number = stage.credentials(REAL, 0).account_no.replace('-', "");
    stage.emulator.shared.with_world(|world, now| {
        let price = Some(world.quote(stage.symbol).unwrap().limits.upper);
        let order = NewOrder {
            symbol: stage.symbol,
            side: Side::Buy,
            style: OrderStyle::Limit,
            code: "00".to_owned(),
            only_in: None,
            quantity: Qty(1),
            price,
            stop: None,
            venue: OrderVenue::Nxt,
        };
        world.place(&number, order, Origin::Api, now).unwrap();
    });
    let frame = line.frame("H0NXCNT0").await;
    let record = &fields(&frame)[0];
    assert_eq!((record.len(), record[34], record[46]), (47, "10", "1"), "{frame}");
}

#[tokio::test]
async fn trades_that_come_together_share_a_frame_section_7_5() {
    let stage = Stage::at(10, 15).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STCNT0", &symbol).await;
    stage.emulator.shared.with_world(|world, now| {
        let price = world.quote(stage.symbol).unwrap().price;
        for quantity in 1..=3 {
            let change = MarketChange::Trade { price, quantity: Qty(quantity) };
            world.change_market(stage.symbol, change, now).unwrap();
        }
    });
    let frame = line.frame("H0STCNT0").await;
    assert!(frame.starts_with("0|H0STCNT0|003|"), "{frame}");
    let quantities: Vec<&str> = fields(&frame).iter().map(|record| record[12]).collect();
    assert_eq!(quantities, ["1", "2", "3"]);
    let volumes: Vec<i64> = fields(&frame).iter().map(|record| record[13].parse().unwrap()).collect();
    assert_eq!((volumes[1] - volumes[0], volumes[2] - volumes[1]), (2, 3));
}

#[tokio::test]
async fn an_auction_tells_its_expected_price_sections_7_7_and_7_9() {
    let stage = Stage::at(8, 29).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STANC0", &symbol).await;
    line.subscribe("H0STASP0", &symbol).await;
    stage.step(TimeDelta::minutes(2));
    let frame = line.frame("H0STASP0").await;
    let book = &fields(&frame)[0];
    assert_eq!(book[2], "B");
    assert!(book[47].parse::<i64>().unwrap() > 0 && book[48].parse::<i64>().unwrap() > 0, "{frame}");
    stage.order(REAL, Side::Buy, Some(stage.lowest()), 1);
    let frame = line.frame("H0STANC0").await;
    let expected = &fields(&frame)[0];
    assert_eq!((expected.len(), expected[43], expected[34], expected[46]), (47, "B", "10", ""));
    assert!(expected[2].parse::<i64>().unwrap() > 0);
}

#[tokio::test]
async fn the_opening_is_told_section_7_9() {
    let stage = Stage::at(8, 59).await;
    let symbol = stage.symbol.to_string();
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STMKO0", &symbol).await;
    line.subscribe("H0UNMKO0", &symbol).await;
    // The opening is struck up to half a minute after nine.
    stage.step(TimeDelta::seconds(91));
    for feed in ["H0STMKO0", "H0UNMKO0"] {
        let frame = line.frame(feed).await;
        let record = &fields(&frame)[0];
        assert_eq!((record.len(), record[0], record[1], record[3]), (10, symbol.as_str(), "N", "112"));
    }
}

#[tokio::test]
async fn a_halt_is_told_section_7_9() {
    let stage = Stage::at(10, 0).await;
    let mut line = stage.open(REAL).await;
    line.subscribe("H0STMKO0", &stage.symbol.to_string()).await;
    stage.emulator.shared.with_world(|world, now| {
        world.change_market(stage.symbol, MarketChange::Halt, now).unwrap();
    });
    let frame = line.frame("H0STMKO0").await;
    assert_eq!((fields(&frame)[0][1], fields(&frame)[0][7]), ("Y", "58"));
}

#[tokio::test]
async fn an_index_is_told_at_most_once_a_second_section_7_9() {
    let stage = Stage::at(10, 0).await;
    let mut line = stage.open(REAL).await;
    assert_eq!(code(&line.subscribe("H0UPCNT0", "9999").await), "OPSP8992");
    assert_eq!(code(&line.subscribe("H0UPCNT0", "0001").await), "OPSP0000");
    stage.trade(stage.symbol);
    stage.trade(stage.symbol);
    let frame = line.frame("H0UPCNT0").await;
    let record = &fields(&frame)[0];
    assert_eq!((record.len(), record[0], record[1]), (30, "0001", "100000"));
    assert!(record[2].contains('.'));
    assert!(line.is_silent().await);
}
