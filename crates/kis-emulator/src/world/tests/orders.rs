//! Orders, changes and refusals (kis-openapi §5.1–§5.6, §5.9, §7.8).

use exodus_domain::{
    AvgPrice, IssueState, OrderStyle, Phase, Price, Qty, RowEnd, Side, StyleRefusal, TradingVenue, Won,
};

use super::super::{
    Happening, MarketChange, MarketEvent, NewOrder, NoticeKind, OrderAction, OrderVenue, Origin, Refusal,
};
use super::{FIRST, MILLION, SECOND, Script, at, buy, days, samsung, sell};

fn notices(script: &Script) -> Vec<(NoticeKind, u32, i64, i64)> {
    let of = |happening: &Happening| match happening {
        Happening::Notice(notice) => Some((notice.kind, notice.key.number, notice.quantity.0, notice.price.0)),
        _ => None,
    };
    script.happened.iter().filter_map(of).collect()
}

/// §5.2, §5.9: one row for each order with its fills; §7.8: receipt, then fill by fill.
#[test]
fn an_order_is_numbered_filled_and_listed() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 1, 0));
    day.happened.clear();
    let key = day.place(FIRST, buy(10, Some(70_000))).expect("taken");
    assert_eq!((key.odno().as_str(), key.branch.as_str(), key.at), ("0000000001", "91252", at(9, 1, 0)));
    let row = day.row(FIRST, &key);
    assert_eq!((row.filled, row.amount, row.remaining()), (Qty(10), Won(700_000), Qty(0)));
    assert_eq!((row.average(), row.end, row.origin), (Some(AvgPrice(700_000_000)), None, Origin::Api));
    assert_eq!(notices(&day), [(NoticeKind::Received, 1, 10, 70_000), (NoticeKind::Filled, 1, 10, 70_000)]);
    // 0.0140527 % of 700,000 won, cut to the won.
    assert_eq!(row.costs.commission, Won(98));
    let held = day.held(FIRST);
    assert_eq!((held.quantity, held.sellable, held.cost, held.bought_today), (Qty(10), Qty(10), Won(700_000), Qty(10)));
}

/// §5.3: the cancellation has a number and a row of its own; §7.8: ACPT_YN 2 when it is done.
#[test]
fn a_cancellation_is_a_row_of_its_own_and_a_second_one_finds_nothing() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 30, 0));
    let key = day.place(FIRST, buy(10, Some(69_000))).expect("taken");
    let part = day.cancel(FIRST, key.number, Some(4)).expect("a part");
    assert_eq!((day.row(FIRST, &key).remaining(), day.row(FIRST, &key).end), (Qty(6), None));
    day.happened.clear();
    let rest = day.cancel(FIRST, key.number, None).expect("the rest");
    assert_eq!((key.number, part.number, rest.number), (1, 2, 3));
    let original = day.row(FIRST, &key);
    assert_eq!((original.cancelled, original.remaining(), original.end), (Qty(10), Qty(0), Some(RowEnd::Cancelled)));
    let row = day.row(FIRST, &rest);
    assert_eq!((row.action, row.original, row.quantity, row.cancelled), (OrderAction::Cancel, Some(1), Qty(6), Qty(6)));
    assert_eq!(notices(&day), [(NoticeKind::Received, 3, 6, 0), (NoticeKind::Confirmed, 3, 6, 0)]);
    assert_eq!(day.cancel(FIRST, key.number, None), Err(Refusal::NothingOpen), "APBK0927");
    assert_eq!(day.cancel(FIRST, 77, None), Err(Refusal::UnknownOrder));
    assert_eq!(day.cancel(FIRST, rest.number, None), Err(Refusal::UnknownOrder), "a cancellation cannot be cancelled");
}

/// §5.3: amend makes a new number with the original's, and cannot exceed what is open.
#[test]
fn an_amendment_takes_what_is_open_over_to_a_new_number() {
    let mut day = Script::with_accounts(&[100 * MILLION, 100 * MILLION]);
    day.until(at(9, 30, 0));
    let key = day.place(FIRST, buy(10, Some(69_000))).expect("taken");
    assert_eq!(day.amend(FIRST, key.number, Some(11), 69_500), Err(Refusal::TooMany), "APBK1359");
    assert_eq!(day.amend(SECOND, key.number, None, 69_500), Err(Refusal::UnknownOrder), "somebody else's order");
    let second = day.amend(FIRST, key.number, Some(4), 69_500).expect("a part");
    let (original, amended) = (day.row(FIRST, &key), day.row(FIRST, &second));
    assert_eq!((original.amended, original.remaining()), (Qty(4), Qty(6)));
    assert_eq!((amended.action, amended.original), (OrderAction::Amend, Some(key.number)));
    assert_eq!((amended.quantity, amended.price), (Qty(4), Some(Price(69_500))));
    let third = day.amend(FIRST, second.number, None, 70_100).expect("a chain");
    assert_eq!(day.row(FIRST, &third).original, Some(second.number));
    assert_eq!(day.row(FIRST, &third).filled, Qty(4), "70,000 was offered");
    assert_eq!(day.row(FIRST, &second).end, Some(RowEnd::Cancelled));
}

/// §5.2, §5.5: a market order holds back the upper limit of the day; §9 #33.
#[test]
fn cash_is_held_back_at_the_upper_limit_where_no_price_is_named() {
    let mut day = Script::with_accounts(&[10 * MILLION]);
    day.until(at(9, 1, 0));
    let market = day.world.buyable(FIRST, Some(samsung()), OrderStyle::Market, None, day.now).expect("buyable");
    assert_eq!((market.cash, market.unit_price, market.quantity), (Won(10 * MILLION), Price(91_000), Qty(109)));
    let limit = day.world.buyable(FIRST, Some(samsung()), OrderStyle::Limit, Some(Price(70_000)), day.now);
    assert_eq!(limit.expect("buyable").quantity, Qty(142));
    // 9,998,594 won and their commission of 1,405 won leave one won, which is too little for another.
    assert_eq!(market.amount, Won(9_998_595));
    assert!(matches!(day.place(FIRST, buy(110, None)), Err(Refusal::NoCash { .. })), "APBK0952");
    day.place(FIRST, buy(100, Some(69_000))).expect("6,900,000 won are held back");
    let orderable = day.world.balance(FIRST, day.now).expect("a balance").cash.orderable;
    assert_eq!(orderable, Won(10 * MILLION - 6_900_000 - 969));
    assert!(matches!(day.place(FIRST, buy(50, Some(69_000))), Err(Refusal::NoCash { .. })));
    day.cancel(FIRST, 1, None).expect("cancelled");
    day.place(FIRST, buy(109, None)).expect("all cash is free again");
}

/// §5.6, §5.7: open orders to sell hold back their shares.
#[test]
fn shares_can_be_sold_once() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.buy_at_the_opening(FIRST, 10);
    let key = day.place(FIRST, sell(7, Some(75_000))).expect("taken");
    let held = day.held(FIRST);
    assert_eq!((held.quantity, held.sellable), (Qty(10), Qty(3)));
    let refused = Err(Refusal::NoShares { wanted: Qty(4), sellable: Qty(3) });
    assert_eq!(day.place(FIRST, sell(4, Some(75_000))), refused, "APBK0400");
    day.amend(FIRST, key.number, None, 76_000).expect("an amendment needs no more shares");
    assert_eq!(day.held(FIRST).sellable, Qty(3));
}

/// §5.2: tick and limits are checked at entry; §3.5: each reason has a code.
#[test]
fn a_request_that_breaks_a_rule_is_refused() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    assert_eq!(day.place(FIRST, buy(1, Some(70_000))), Err(Refusal::BeforeOpen), "08:00");
    day.until(at(9, 1, 0));
    assert_eq!(day.place("5000000999", buy(1, None)), Err(Refusal::UnknownAccount));
    let unknown: exodus_domain::Symbol = "000001".parse().expect("a code");
    let elsewhere = NewOrder { symbol: unknown, ..buy(1, None) };
    assert_eq!(day.place(FIRST, elsewhere), Err(Refusal::UnknownSymbol(unknown)));
    assert_eq!(day.place(FIRST, buy(1, Some(70_050))), Err(Refusal::OffTick(Price(70_050))));
    assert!(matches!(day.place(FIRST, buy(1, Some(91_100))), Err(Refusal::OutsideLimits { .. })));
    assert_eq!(day.place(FIRST, buy(0, Some(70_000))), Err(Refusal::BadQuantity));
    let no_price = NewOrder { price: None, ..buy(1, Some(70_000)) };
    assert_eq!(day.place(FIRST, no_price), Err(Refusal::BadPrice));
    let after_hours = NewOrder { style: OrderStyle::AfterHoursClose, code: "06".to_owned(), ..buy(1, None) };
    assert_eq!(day.place(FIRST, after_hours), Err(Refusal::AfterClose));
    let after_market = NewOrder { only_in: Some(Phase::AfterMarket), code: "41".to_owned(), ..buy(1, Some(70_000)) };
    assert_eq!(day.place(FIRST, after_market), Err(Refusal::OtherSession(Phase::Continuous)));
    let on_nxt = NewOrder { venue: OrderVenue::Nxt, ..buy(1, None) };
    assert!(matches!(day.place(FIRST, on_nxt), Err(Refusal::Style(StyleRefusal::NotOnVenue { .. }))));
    day.until(at(15, 35, 0));
    assert_eq!(day.place(FIRST, buy(1, Some(70_000))), Err(Refusal::AfterClose));
    day.until(at(12, 0, 0) + days(5));
    assert!(matches!(day.place(FIRST, buy(1, None)), Err(Refusal::NoSession(_))), "a Saturday");
    assert!(day.world.orders(FIRST, super::MONDAY, super::MONDAY).is_empty(), "a refused request leaves no row");
}

/// §5.1: 11 and 12; §7.8: ACPT_YN 3 for the rest.
#[test]
fn the_rest_of_an_ioc_order_comes_back() {
    let mut day = Script::with_accounts(&[900 * MILLION]);
    day.until(at(9, 1, 0));
    let offered = day.world.book(samsung(), TradingVenue::Krx).expect("a book").book.asks[0];
    assert_eq!(offered.price, Price(70_000));
    day.happened.clear();
    let ioc =
        NewOrder { style: OrderStyle::LimitIoc, code: "11".to_owned(), ..buy(offered.quantity.0 + 5, Some(70_000)) };
    let key = day.place(FIRST, ioc).expect("taken");
    let row = day.row(FIRST, &key);
    assert_eq!((row.filled, row.cancelled, row.end), (offered.quantity, Qty(5), Some(RowEnd::Cancelled)));
    assert_eq!(notices(&day).last(), Some(&(NoticeKind::Unfilled, 1, 5, 0)));
    let fok = NewOrder { style: OrderStyle::LimitFok, code: "12".to_owned(), ..buy(10, Some(70_000)) };
    let key = day.place(FIRST, fok).expect("taken");
    assert_eq!((day.row(FIRST, &key).filled, day.row(FIRST, &key).cancelled), (Qty(0), Qty(10)));
}

/// §5.2, §9 #3: an accepted order can be refused by the exchange afterwards.
#[test]
fn what_the_broker_took_the_exchange_may_refuse() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 0, 40));
    day.world.advance(day.now);
    let levels = day.world.book(samsung(), TradingVenue::Nxt).expect("a book").book;
    assert!(levels.asks.is_empty(), "nobody has come to Nextrade yet");
    let best =
        NewOrder { style: OrderStyle::BestOpposite, code: "03".to_owned(), venue: OrderVenue::Nxt, ..buy(10, None) };
    day.happened.clear();
    let key = day.place(FIRST, best).expect("the broker takes it");
    let row = day.row(FIRST, &key);
    assert_eq!((row.rejected, row.remaining(), row.end), (Qty(10), Qty(0), Some(RowEnd::Rejected)));
    assert_eq!(notices(&day), [(NoticeKind::Received, 1, 10, 0), (NoticeKind::Rejected, 1, 10, 0)]);
}

/// §5.2: all orders are day orders; the remainder shows as rejected.
#[test]
fn what_is_open_at_the_end_of_its_session_expires() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 30, 0));
    let key = day.place(FIRST, buy(10, Some(69_000))).expect("taken");
    day.until(at(15, 30, 40));
    let row = day.row(FIRST, &key);
    assert_eq!((row.end, row.rejected, row.remaining()), (Some(RowEnd::Expired), Qty(10), Qty(0)));
    assert_eq!(day.world.balance(FIRST, day.now).expect("a balance").cash.orderable, Won(100 * MILLION));
    assert_eq!(day.cancel(FIRST, key.number, None), Err(Refusal::NothingOpen));
}

/// §5.1: 06 after the close, 41 in the after-market.
#[test]
fn after_the_close_orders_trade_at_it_and_in_the_after_market_at_their_price() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(15, 31, 0));
    let after_hours = NewOrder { style: OrderStyle::AfterHoursClose, code: "06".to_owned(), ..buy(10, None) };
    let key = day.place(FIRST, after_hours).expect("06");
    day.until(at(15, 41, 0));
    let row = day.row(FIRST, &key);
    assert_eq!((row.filled, row.amount), (Qty(10), Won(704_000)), "at the close of 70,400");
    day.until(at(16, 30, 0));
    let after_market = NewOrder { only_in: Some(Phase::AfterMarket), code: "41".to_owned(), ..buy(1, Some(70_500)) };
    let key = day.place(FIRST, after_market).expect("41");
    assert_eq!(day.row(FIRST, &key).filled, Qty(1));
    let quote = day.world.quote(samsung()).expect("a quote").clone();
    assert_eq!((quote.price, quote.high.map(|(high, _)| high)), (Price(70_500), Some(Price(70_400))));
    let bars = day.world.daily_bars(samsung(), super::MONDAY, super::MONDAY);
    assert_eq!(bars[0].close, Price(70_400), "the close is that of the regular session");
}

/// Quirk 32: one order, fills of two venues, and notices that tell them apart.
#[test]
fn a_smart_order_fills_on_both_venues() {
    let mut day = Script::with_accounts(&[10_000 * MILLION]);
    day.until(at(9, 30, 0));
    let best = |day: &Script, venue| {
        let book = day.world.book(samsung(), venue).expect("a book");
        book.book.asks.first().copied().expect("an offer")
    };
    let (krx, nxt) = (best(&day, TradingVenue::Krx), best(&day, TradingVenue::Nxt));
    assert_eq!(krx.price, nxt.price);
    let quantity = krx.quantity + Qty(5);
    assert!(nxt.quantity >= Qty(5));
    let sor = NewOrder { venue: OrderVenue::Sor, ..buy(quantity.0, Some(krx.price.0)) };
    let key = day.place(FIRST, sor).expect("taken");
    let row = day.row(FIRST, &key);
    assert_eq!((row.filled, row.remaining(), row.amount), (quantity, Qty(0), krx.price * quantity));
    let fills: Vec<(TradingVenue, Qty)> = day
        .happened
        .iter()
        .filter_map(|happening| match happening {
            Happening::Notice(notice) if notice.key == key && notice.kind == NoticeKind::Filled => {
                Some((notice.routed_to, notice.quantity))
            }
            _ => None,
        })
        .collect();
    assert_eq!(fills, [(TradingVenue::Nxt, Qty(5)), (TradingVenue::Krx, krx.quantity)]);
    assert_eq!(day.held(FIRST).quantity, quantity);
    // What neither shows waits at one of them, and can be cancelled there.
    let more = NewOrder { venue: OrderVenue::Sor, ..buy(50, Some(krx.price.0 - 1_000)) };
    let key = day.place(FIRST, more).expect("taken");
    assert_eq!(day.row(FIRST, &key).filled, Qty(0));
    day.cancel(FIRST, key.number, None).expect("cancelled");
}

/// §5.1: SOR goes to the better price at entry.
#[test]
fn smart_routing_goes_to_whoever_takes_orders() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    let sor = NewOrder { venue: OrderVenue::Sor, ..buy(1, Some(70_000)) };
    day.until(at(8, 10, 0));
    let key = day.place(FIRST, sor.clone()).expect("Nextrade has a pre-market");
    assert_eq!(day.row(FIRST, &key).routed_to, TradingVenue::Nxt);
    day.until(at(9, 1, 0));
    let key = day.place(FIRST, sor).expect("KRX, at the same price");
    assert_eq!((day.row(FIRST, &key).routed_to, day.row(FIRST, &key).venue), (TradingVenue::Krx, OrderVenue::Sor));
}

/// §7.9, §3.5 APBK0066.
#[test]
fn a_halted_issue_takes_cancels_only() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 30, 0));
    let key = day.place(FIRST, buy(1, Some(69_000))).expect("taken");
    day.world.change_market(samsung(), MarketChange::Halt, day.now).expect("halted");
    day.until(day.now);
    assert_eq!(day.place(FIRST, buy(1, Some(69_000))), Err(Refusal::Halted));
    let halted =
        |happening: &Happening| matches!(happening, Happening::MarketOperation { event: MarketEvent::Halted, .. });
    assert!(day.happened.iter().any(halted));
    day.cancel(FIRST, key.number, None).expect("a cancel is taken");
    let volume = day.world.quote(samsung()).expect("a quote").volume;
    day.until(at(10, 30, 0));
    assert_eq!(day.world.quote(samsung()).expect("a quote").volume, volume, "the trade of 10:00 did not happen");
    day.world.change_market(samsung(), MarketChange::Resume, day.now).expect("resumed");
    assert!(!day.world.quote(samsung()).expect("a quote").states.contains(IssueState::Halted));
}

/// Trades by hand, and an interruption that one sets off (§6.1 vi_cls_code).
#[test]
fn a_trade_by_hand_moves_the_market_and_one_too_far_interrupts_it() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 30, 0));
    let trade = |price| MarketChange::Trade { price: Price(price), quantity: Qty(5) };
    day.world.change_market(samsung(), trade(71_000), day.now).expect("a trade");
    assert_eq!(day.world.quote(samsung()).expect("a quote").price, Price(71_000));
    assert_eq!(day.world.change_market(samsung(), trade(71_050), day.now), Err(Refusal::OffTick(Price(71_050))));
    day.world.change_market(samsung(), trade(77_000), day.now).expect("8 % up");
    let quote = day.world.quote(samsung()).expect("a quote").clone();
    let interruption = quote.interruption.expect("interrupted");
    assert_eq!(quote.price, Price(71_000), "the trade was not made");
    let collected = day.world.book(samsung(), TradingVenue::Krx).expect("a book");
    assert!(collected.expected.is_some(), "orders are collected");
    day.until(interruption.until);
    assert!(day.world.quote(samsung()).expect("a quote").interruption.is_none());
}

/// Somebody else with the same account.
#[test]
fn orders_of_somebody_else_are_listed_beside_ours() {
    let mut day = Script::with_accounts(&[100 * MILLION]);
    day.until(at(9, 30, 0));
    let other = day.world.place(FIRST, buy(3, Some(69_000)), Origin::Other, day.now).expect("taken");
    assert_eq!(day.row(FIRST, &other).origin, Origin::Other);
    let side = day.row(FIRST, &other).side;
    assert_eq!(side, Side::Buy);
    day.cancel(FIRST, other.number, None).expect("with the keys of the account everything can be cancelled");
}
