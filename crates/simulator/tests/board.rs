//! A venue through its day: phases, auctions, order styles, amendments (kis-openapi §5.1, krx-market §2, §6, §7).

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{
    InstrumentKind, IssueState, IssueStates, Level, Market, OrderBook, OrderStyle, Phase, Price, Qty, RowEnd, Side,
    StyleRefusal, Symbol, TradingVenue, Won, from_kst, kst_time,
};
use exodus_simulator::{Board, BoardEvent, BoardHours, BoardRefusal, Execution, IssueRules, SimReject, StyledOrder};
use proptest::prelude::*;

/// A Monday after the after-market of KRX began.
const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");

fn symbol() -> Symbol {
    "005930".parse().expect("a code")
}

fn at(hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    from_kst(DAY, NaiveTime::from_hms_opt(hour, minute, second).expect("a time"))
}

fn rules() -> IssueRules {
    let instrument = exodus_domain::Instrument::new(symbol(), Market::Kospi, InstrumentKind::Stock);
    IssueRules::of(&instrument, DAY, Price(70_000))
}

/// A board told the time and what others show, with everything that happened on it.
struct Day {
    board: Board,
    now: DateTime<Utc>,
    events: Vec<BoardEvent>,
}

impl Day {
    fn of(venue: TradingVenue, hours: BoardHours) -> Self {
        let mut board = Board::new(venue, hours, 7);
        board.begin_day(DAY, [rules()]);
        Self { board, now: at(0, 0, 0), events: Vec::new() }
    }

    fn krx() -> Self {
        Self::of(TradingVenue::Krx, BoardHours::Regular)
    }

    /// In continuous trading, with others at 69,900 and 70,100 and the price at 70,000.
    fn open() -> Self {
        let mut day = Self::krx();
        day.until(at(9, 1, 0));
        day.show(&[(69_900, 100), (69_800, 100)], &[(70_100, 100), (70_200, 100)]);
        day
    }

    fn until(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.board.advance(now, &mut self.events);
    }

    fn show(&mut self, bids: &[(i64, i64)], asks: &[(i64, i64)]) {
        let levels = |rows: &[(i64, i64)]| -> Vec<Level> {
            rows.iter().map(|&(price, quantity)| Level { price: Price(price), quantity: Qty(quantity) }).collect()
        };
        let book = OrderBook { symbol: symbol(), asks: levels(asks), bids: levels(bids), at: self.now };
        self.board.show_book(&book, self.now, &mut self.events);
    }

    fn print(&mut self, price: i64, quantity: i64) -> bool {
        let print = Level { price: Price(price), quantity: Qty(quantity) };
        self.board.show_trade(symbol(), print, self.now, &mut self.events)
    }

    fn enter(&mut self, order: StyledOrder) -> Result<(), BoardRefusal> {
        self.board.enter(order, self.now, &mut self.events)
    }

    fn executions(&self) -> Vec<Execution> {
        let of = |event: &BoardEvent| match event {
            BoardEvent::Traded { executions, .. } | BoardEvent::Auction { executions, .. } => executions.clone(),
            _ => Vec::new(),
        };
        self.events.iter().flat_map(of).collect()
    }

    /// Order, shares and price of each fill.
    fn fills(&self) -> Vec<(u64, i64, i64)> {
        let fills = self.executions().into_iter().filter(|execution| execution.end.is_none());
        fills.map(|execution| (execution.order_id, execution.last_qty.0, execution.last_price.0)).collect()
    }

    fn ends(&self) -> Vec<(u64, RowEnd)> {
        self.executions().iter().filter_map(|execution| Some((execution.order_id, execution.end?))).collect()
    }
}

fn order(id: u64, side: Side, style: OrderStyle, quantity: i64, price: Option<i64>) -> StyledOrder {
    let price = price.map(Price);
    let account = i64::try_from(id).expect("a small number");
    let (only_in, stop) = (None, None);
    StyledOrder { id, account, symbol: symbol(), side, style, only_in, quantity: Qty(quantity), price, stop }
}

fn buy(id: u64, style: OrderStyle, quantity: i64, price: Option<i64>) -> StyledOrder {
    order(id, Side::Buy, style, quantity, price)
}

fn sell(id: u64, style: OrderStyle, quantity: i64, price: Option<i64>) -> StyledOrder {
    order(id, Side::Sell, style, quantity, price)
}

#[test]
fn krx_goes_through_its_phases_of_the_day() {
    let mut day = Day::krx();
    day.until(at(23, 0, 0));
    let phases: Vec<(Phase, NaiveTime)> = day
        .events
        .iter()
        .filter_map(|event| match event {
            BoardEvent::Phase { phase: Some(phase), at, .. } => Some((*phase, kst_time(*at))),
            _ => None,
        })
        .collect();
    let names: Vec<Phase> = phases.iter().map(|(phase, _)| *phase).collect();
    assert_eq!(names, [Phase::OpeningAuction, Phase::Continuous, Phase::ClosingAuction, Phase::AfterMarket]);
    let opened = phases[1].1 - kst_time(at(9, 0, 0));
    assert!((0..=30).contains(&opened.num_seconds()), "the opening has a random end of up to 30 s: {opened}");
    assert_eq!(phases[3].1, kst_time(at(16, 0, 0)), "the after-market begins at 16:00 since 2026-09-14");
    assert_eq!(day.board.phase(symbol()), None);
}

/// krx-market §2.4: the university entrance exam moves the whole session by an hour.
#[test]
fn on_an_exam_day_the_session_is_an_hour_later() {
    let date = NaiveDate::from_ymd_opt(2026, 11, 19).expect("a date");
    let mut board = Board::new(TradingVenue::Krx, BoardHours::Regular, 7);
    board.begin_day(date, [IssueRules { date, ..rules() }]);
    let mut events = Vec::new();
    board.advance(at(23, 0, 0) + TimeDelta::days(17), &mut events);
    let began = |wanted: Phase| {
        events.iter().find_map(|event| match event {
            BoardEvent::Phase { phase: Some(phase), at, .. } if *phase == wanted => Some(kst_time(*at)),
            _ => None,
        })
    };
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    assert_eq!(began(Phase::OpeningAuction), time(9, 30));
    assert_eq!(began(Phase::ClosingAuction), time(16, 20));
    assert_eq!(began(Phase::AfterMarket), time(17, 0));
}

#[test]
fn the_opening_auction_fills_everybody_at_one_price() {
    let mut day = Day::krx();
    day.until(at(8, 30, 0));
    day.show(&[(70_500, 1_000)], &[(70_500, 1_000)]);
    day.enter(buy(1, OrderStyle::Market, 10, None)).expect("market");
    day.enter(sell(2, OrderStyle::Limit, 30, Some(70_100))).expect("limit");
    day.enter(buy(3, OrderStyle::Limit, 5, Some(70_400))).expect("limit");
    assert_eq!(day.board.indicative(symbol()), Some(Level { price: Price(70_500), quantity: Qty(1_010) }));
    day.until(at(8, 59, 59));
    assert_eq!(day.fills(), []);
    day.until(at(9, 0, 31));
    let mut fills = day.fills();
    fills.sort_unstable();
    assert_eq!(fills, [(1, 10, 70_500), (2, 10, 70_500), (2, 20, 70_500)], "the bid at 70,400 is too low");
    let meets = Some(Level { price: Price(70_500), quantity: Qty(1_010) });
    let is_struck = |event: &&BoardEvent| matches!(event, BoardEvent::Auction { print, .. } if *print == meets);
    assert_eq!(day.events.iter().filter(is_struck).count(), 1);
}

#[test]
fn what_is_open_after_the_closing_auction_expires() {
    let mut day = Day::open();
    day.enter(buy(1, OrderStyle::Limit, 10, Some(69_000))).expect("limit");
    day.until(at(15, 29, 59));
    assert_eq!(day.ends(), []);
    day.until(at(15, 30, 31));
    assert_eq!(day.ends(), [(1, RowEnd::Expired)]);
    assert_eq!(day.enter(buy(2, OrderStyle::Limit, 10, Some(69_000))), Err(BoardRefusal::NoPhase));
}

#[test]
fn only_limit_and_market_orders_enter_an_auction() {
    let mut day = Day::krx();
    day.until(at(8, 45, 0));
    for style in [OrderStyle::BestOpposite, OrderStyle::BestOwn, OrderStyle::MarketIoc, OrderStyle::MidPrice] {
        let refused = Err(BoardRefusal::Style(StyleRefusal::AuctionCollecting));
        assert_eq!(day.enter(buy(1, style, 1, None)), refused, "{style}");
    }
}

#[test]
fn best_price_orders_take_their_price_from_the_book() {
    let mut day = Day::open();
    day.enter(buy(1, OrderStyle::BestOpposite, 150, None)).expect("03");
    assert_eq!(day.fills(), [(1, 100, 70_100)], "the rest stays at the price it took");
    day.enter(sell(2, OrderStyle::BestOwn, 10, None)).expect("04");
    assert_eq!(day.fills().len(), 1);
    assert_eq!(
        day.board.levels(symbol(), Side::Sell, 1),
        [Level { price: Price(70_200), quantity: Qty(110) }],
        "joins the best offer"
    );
}

#[test]
fn the_rest_of_an_ioc_is_cancelled_and_a_fok_is_whole_or_nothing() {
    let mut day = Day::open();
    day.enter(buy(1, OrderStyle::LimitIoc, 150, Some(70_100))).expect("11");
    assert_eq!((day.fills(), day.ends()), (vec![(1, 100, 70_100)], vec![(1, RowEnd::Cancelled)]));
    day.show(&[(69_900, 100)], &[(70_100, 100), (70_200, 100)]);
    day.enter(buy(2, OrderStyle::LimitFok, 150, Some(70_100))).expect("12");
    assert_eq!((day.fills().len(), day.ends().last()), (1, Some(&(2, RowEnd::Cancelled))));
    day.enter(buy(3, OrderStyle::LimitFok, 150, Some(70_200))).expect("12");
    assert_eq!(day.fills()[1..], [(3, 100, 70_100), (3, 50, 70_200)]);
    assert_eq!(day.board.open_quantity(3), None);
}

#[test]
fn a_stop_order_waits_beside_the_book_until_its_price_is_reached() {
    let mut day = Day::open();
    let stop = StyledOrder { stop: Some(Price(70_100)), ..buy(1, OrderStyle::StopLimit, 10, Some(70_200)) };
    day.enter(stop).expect("22");
    assert_eq!(day.board.levels(symbol(), Side::Buy, 1)[0].price, Price(69_900), "nobody sees it");
    assert_eq!((day.fills(), day.board.open_quantity(1)), (vec![], Some(Qty(10))));
    assert!(day.print(70_100, 1));
    assert!(day.events.contains(&BoardEvent::StopReached { order_id: 1, at: day.now }));
    assert_eq!(day.fills(), [(1, 10, 70_100)]);
    let stop = StyledOrder { stop: Some(Price(60_000)), ..sell(2, OrderStyle::StopLimit, 10, Some(60_000)) };
    day.enter(stop).expect("22");
    day.until(at(15, 20, 0));
    assert_eq!(day.ends(), [(2, RowEnd::Expired)], "no stop orders in the closing auction");
}

#[test]
fn a_mid_price_order_follows_the_middle_and_meets_what_passes() {
    let mut day = Day::open();
    day.enter(buy(1, OrderStyle::MidPrice, 10, None)).expect("21");
    assert_eq!(day.board.levels(symbol(), Side::Buy, 1)[0].price, Price(69_900), "nobody sees it");
    day.show(&[(70_000, 100)], &[(70_100, 100)]);
    day.enter(sell(2, OrderStyle::Limit, 4, Some(70_000))).expect("00");
    assert_eq!(day.fills(), [(1, 4, 70_050), (2, 4, 70_050)], "the middle of 70,000 and 70,100, between two ticks");
    assert!(day.print(70_000, 3));
    assert_eq!(day.fills()[2..], [(1, 3, 70_050)], "a sale to the bid would have met it first");
}

#[test]
fn a_conditional_order_becomes_a_market_order_for_the_close() {
    let mut day = Day::open();
    day.enter(buy(1, OrderStyle::ConditionalLimit, 10, Some(69_000))).expect("02");
    day.until(at(15, 20, 0));
    day.show(&[(70_300, 500)], &[(70_300, 500)]);
    day.until(at(15, 30, 31));
    assert_eq!(day.fills(), [(1, 10, 70_300)]);
}

#[test]
fn after_hours_orders_trade_at_the_close_from_15_40_on() {
    let mut day = Day::of(TradingVenue::Krx, BoardHours::AtClose);
    day.until(at(15, 30, 0));
    let early = day.enter(buy(1, OrderStyle::AfterHoursClose, 10, None));
    assert_eq!(early, Err(BoardRefusal::NoReference), "the issue has no close");
    day.board.set_fixed_price(symbol(), Some(Price(70_700)));
    day.enter(buy(1, OrderStyle::AfterHoursClose, 10, None)).expect("06");
    day.enter(sell(2, OrderStyle::AfterHoursClose, 4, None)).expect("06");
    day.until(at(15, 39, 59));
    assert_eq!(day.fills(), []);
    day.until(at(15, 40, 0));
    let mut fills = day.fills();
    fills.sort_unstable();
    assert_eq!(fills, [(1, 4, 70_700), (2, 4, 70_700)]);
    day.until(at(16, 0, 0));
    assert_eq!(day.ends(), [(1, RowEnd::Expired)]);
}

#[test]
fn the_after_market_takes_orders_that_name_it_only() {
    let mut day = Day::krx();
    day.until(at(16, 30, 0));
    let refused = Err(BoardRefusal::OtherSession(Phase::AfterMarket));
    assert_eq!(day.enter(buy(1, OrderStyle::Limit, 10, Some(70_000))), refused, "00 is for the regular session");
    day.show(&[(69_900, 100)], &[(70_000, 100)]);
    let named = StyledOrder { only_in: Some(Phase::AfterMarket), ..buy(2, OrderStyle::Limit, 10, Some(70_000)) };
    day.enter(named.clone()).expect("41");
    assert_eq!(day.fills(), [(2, 10, 70_000)]);
    let mut morning = Day::open();
    assert_eq!(morning.enter(named), Err(BoardRefusal::OtherSession(Phase::Continuous)));
}

#[test]
fn nxt_pre_market_orders_end_at_08_50_and_others_wait_for_the_main_market() {
    let mut day = Day::of(TradingVenue::Nxt, BoardHours::Regular);
    day.until(at(8, 10, 0));
    let gtp = StyledOrder { only_in: Some(Phase::PreMarket), ..buy(1, OrderStyle::Limit, 10, Some(69_000)) };
    day.enter(gtp).expect("27");
    day.enter(buy(2, OrderStyle::Limit, 10, Some(69_000))).expect("00");
    day.until(at(8, 50, 0));
    assert_eq!(day.ends(), [(1, RowEnd::Expired)]);
    assert!(day.enter(buy(3, OrderStyle::Limit, 1, Some(69_000))).is_err(), "a pause takes nothing");
    day.until(at(9, 0, 30));
    day.show(&[], &[(69_000, 100)]);
    assert_eq!(day.fills(), [(2, 10, 69_000)]);
    day.until(at(20, 0, 0));
    assert_eq!(day.board.phase(symbol()), None);
}

#[test]
fn an_amendment_to_the_same_price_keeps_its_place_and_another_price_loses_it() {
    let mut day = Day::open();
    day.show(&[], &[]);
    for id in [1, 2] {
        day.enter(buy(id, OrderStyle::Limit, 10, Some(69_500))).expect("00");
    }
    day.board.amend(1, buy(3, OrderStyle::Limit, 10, Some(69_500)), day.now, &mut day.events).expect("same price");
    day.enter(sell(9, OrderStyle::Limit, 5, Some(69_500))).expect("00");
    assert_eq!(day.fills(), [(3, 5, 69_500), (9, 5, 69_500)], "3 stands where 1 stood");
    assert_eq!(day.board.open_quantity(1), None);
    day.board.amend(3, buy(4, OrderStyle::Limit, 5, Some(69_400)), day.now, &mut day.events).expect("lower");
    day.board.amend(4, buy(5, OrderStyle::Limit, 5, Some(69_500)), day.now, &mut day.events).expect("back");
    day.enter(sell(10, OrderStyle::Limit, 5, Some(69_500))).expect("00");
    assert_eq!(day.fills()[2..], [(2, 5, 69_500), (10, 5, 69_500)], "now 2 is first");
    let too_many = day.board.amend(5, buy(6, OrderStyle::Limit, 6, Some(69_400)), day.now, &mut day.events);
    assert_eq!(too_many, Err(BoardRefusal::TooMany(Qty(5))));
}

#[test]
fn a_cancelled_part_leaves_the_rest_in_its_place_and_a_halt_takes_cancels_only() {
    let mut day = Day::open();
    day.show(&[], &[]);
    for id in [1, 2] {
        day.enter(buy(id, OrderStyle::Limit, 10, Some(69_500))).expect("00");
    }
    assert_eq!(day.board.cancel(1, Some(Qty(4))), Ok(Qty(4)));
    day.enter(sell(9, OrderStyle::Limit, 7, Some(69_500))).expect("00");
    assert_eq!(day.fills(), [(1, 6, 69_500), (9, 6, 69_500), (2, 1, 69_500), (9, 1, 69_500)]);
    assert_eq!(day.board.cancel(1, None), Err(BoardRefusal::NothingOpen));
    day.board.set_states(symbol(), IssueStates::default().with(IssueState::Halted));
    let halted = day.enter(buy(3, OrderStyle::Limit, 1, Some(69_500)));
    assert_eq!(halted, Err(BoardRefusal::Style(StyleRefusal::Halted)));
    assert!(!day.print(69_500, 10), "nothing trades");
    assert_eq!(day.board.cancel(2, None), Ok(Qty(9)));
}

#[test]
fn an_overheated_issue_is_matched_every_half_hour() {
    let mut board = Board::new(TradingVenue::Krx, BoardHours::Regular, 7);
    board.begin_day(DAY, [IssueRules { states: IssueStates::default().with(IssueState::Overheated), ..rules() }]);
    let mut day = Day { board, now: at(0, 0, 0), events: Vec::new() };
    day.until(at(10, 10, 0));
    day.enter(buy(1, OrderStyle::Limit, 10, Some(70_000))).expect("00");
    day.enter(sell(2, OrderStyle::Limit, 10, Some(70_000))).expect("00");
    assert_eq!(day.fills(), []);
    day.until(at(10, 45, 0));
    assert_eq!(day.fills().len(), 2);
}

#[test]
fn a_price_too_far_off_interrupts_and_an_auction_releases() {
    let mut day = Day::open();
    day.show(&[(69_900, 100)], &[(75_000, 100)]);
    day.enter(buy(1, OrderStyle::Market, 10, None)).expect("01");
    assert_eq!(day.fills(), []);
    let until = day.board.interruption(symbol()).expect("7 % from the last price").until;
    assert!(!day.print(71_000, 5), "others do not trade either");
    day.show(&[(71_000, 500)], &[(71_000, 500)]);
    day.until(until);
    assert_eq!(day.fills(), [(1, 10, 71_000)]);
    assert!(day.events.iter().any(|event| matches!(event, BoardEvent::Released { .. })));
}

#[test]
fn a_bad_price_is_refused_at_entry() {
    let mut day = Day::open();
    let refused = |day: &mut Day, order| match day.enter(order) {
        Err(BoardRefusal::Exchange(reject)) => Some(reject),
        _ => None,
    };
    assert_eq!(refused(&mut day, buy(1, OrderStyle::Limit, 1, Some(70_050))), Some(SimReject::OffTick(Price(70_050))));
    assert!(matches!(
        refused(&mut day, buy(1, OrderStyle::Limit, 1, Some(91_100))),
        Some(SimReject::OutsideLimits { upper: Price(91_000), .. })
    ));
    assert_eq!(refused(&mut day, buy(1, OrderStyle::Limit, 1, None)), Some(SimReject::BadPrice));
    assert_eq!(refused(&mut day, buy(1, OrderStyle::Market, 1, Some(70_000))), Some(SimReject::BadPrice));
    assert_eq!(refused(&mut day, buy(1, OrderStyle::Limit, 0, Some(70_000))), Some(SimReject::BadQuantity));
    day.show(&[], &[]);
    let too_many = buy(1, OrderStyle::BestOpposite, i64::MAX / 2, None);
    assert_eq!(refused(&mut day, too_many), Some(SimReject::BadQuantity), "no money pays it, whatever the price");
    let upper = day.enter(buy(1, OrderStyle::ConditionalLimit, 1, Some(91_000)));
    assert_eq!(upper, Err(BoardRefusal::Exchange(SimReject::BadPrice)), "02 is not taken at a limit of the day");
}

#[derive(Clone, Debug)]
enum Act {
    Enter { side: Side, style: OrderStyle, quantity: i64, tick: i64 },
    Cancel { which: usize, quantity: i64 },
    Amend { which: usize, quantity: i64, tick: i64 },
    Show { bid: i64, spread: i64, quantity: i64 },
    Print { tick: i64, quantity: i64 },
    Wait { seconds: i64 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let side = prop::sample::select(Side::ALL.to_vec());
    let style = prop::sample::select(OrderStyle::ALL.to_vec());
    let act = prop_oneof![
        4 => (side, style, 1i64..50, -12i64..12)
            .prop_map(|(side, style, quantity, tick)| Act::Enter { side, style, quantity, tick }),
        1 => (any::<usize>(), 1i64..30).prop_map(|(which, quantity)| Act::Cancel { which, quantity }),
        1 => (any::<usize>(), 1i64..30, -12i64..12)
            .prop_map(|(which, quantity, tick)| Act::Amend { which, quantity, tick }),
        2 => (-8i64..8, -1i64..4, 1i64..60).prop_map(|(bid, spread, quantity)| Act::Show { bid, spread, quantity }),
        1 => (-9i64..9, 1i64..30).prop_map(|(tick, quantity)| Act::Print { tick, quantity }),
        1 => (1i64..2_000).prop_map(|seconds| Act::Wait { seconds }),
    ];
    prop::collection::vec(act, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn shares_and_won_are_conserved_and_every_style_keeps_its_promise(acts in acts(), start in 8i64 * 60 + 30..15 * 60) {
        let mut day = Day::krx();
        day.until(at(0, 0, 0) + TimeDelta::minutes(start));
        let mut orders: Vec<StyledOrder> = Vec::new();
        let mut taken_out: std::collections::BTreeMap<u64, i64> = std::collections::BTreeMap::new();
        let price_of = |tick: i64| 70_000 + 100 * tick;
        for (number, act) in (1u64..).zip(acts) {
            match act {
                Act::Enter { side, style, quantity, tick } => {
                    let mut new = order(number, side, style, quantity, style.has_price().then(|| price_of(tick)));
                    new.account %= 3;
                    new.stop = (style == OrderStyle::StopLimit).then(|| Price(price_of(tick / 2)));
                    if day.enter(new.clone()).is_ok() {
                        orders.push(new);
                    }
                }
                Act::Cancel { which, quantity } if !orders.is_empty() => {
                    let id = orders[which % orders.len()].id;
                    let before = day.board.open_quantity(id);
                    if let Ok(cancelled) = day.board.cancel(id, Some(Qty(quantity))) {
                        *taken_out.entry(id).or_default() += cancelled.0;
                        prop_assert_eq!(day.board.open_quantity(id).unwrap_or(Qty(0)) + cancelled, before.expect("open"));
                    }
                }
                Act::Amend { which, quantity, tick } if !orders.is_empty() => {
                    let old = orders[which % orders.len()].clone();
                    let new = StyledOrder { id: number, style: OrderStyle::Limit, quantity: Qty(quantity), price: Some(Price(price_of(tick))), stop: None, ..old.clone() };
                    if day.board.amend(old.id, new.clone(), day.now, &mut day.events).is_ok() {
                        *taken_out.entry(old.id).or_default() += quantity;
                        orders.push(new);
                    }
                }
                Act::Show { bid, spread, quantity } => {
                    day.show(&[(price_of(bid), quantity), (price_of(bid - 1), quantity)], &[(price_of(bid + spread), quantity)]);
                }
                Act::Print { tick, quantity } => {
                    day.print(price_of(tick), quantity);
                }
                Act::Wait { seconds } => day.until(day.now + TimeDelta::seconds(seconds)),
                Act::Cancel { .. } | Act::Amend { .. } => {}
            }
        }
        day.until(at(23, 0, 0));
        let limits = rules().limits();
        for order in &orders {
            let mine: Vec<Execution> = day.executions().into_iter().filter(|e| e.order_id == order.id).collect();
            let filled: i64 = mine.iter().map(|e| e.last_qty.0).sum();
            let amount: i64 = mine.iter().map(|e| e.last_qty.0 * e.last_price.0).sum();
            let out = taken_out.get(&order.id).copied().unwrap_or(0);
            prop_assert!(filled + out <= order.quantity.0, "{order:?} has {filled} and lost {out}");
            if let Some(last) = mine.last() {
                prop_assert_eq!((last.cum_qty, last.cum_amount), (Qty(filled), Won(amount)), "reports add up");
            }
            let ended = mine.iter().filter(|e| e.end.is_some()).count();
            prop_assert_eq!(ended == 1, filled + out < order.quantity.0, "an order ends once, or is done: {:?}", order);
            for e in mine.iter().filter(|e| e.end.is_none()) {
                prop_assert!(limits.contains(e.last_price));
                if let Some(limit) = order.price.filter(|_| order.style != OrderStyle::ConditionalLimit) {
                    let kept = if order.side == Side::Buy { e.last_price <= limit } else { e.last_price >= limit };
                    prop_assert!(kept, "{e:?} breaks the limit of {order:?}");
                }
            }
            if matches!(order.style, OrderStyle::LimitFok | OrderStyle::MarketFok | OrderStyle::BestOppositeFok | OrderStyle::MidPriceFok) {
                prop_assert!(filled == 0 || filled == order.quantity.0, "{order:?} has {filled}");
            }
        }
        // What our orders bought is what they sold and what others sold to them: pairs of ours add up to nothing.
        for event in &day.events {
            let BoardEvent::Auction { print: Some(print), executions, .. } = event else { continue };
            prop_assert!(executions.iter().filter(|e| e.end.is_none()).all(|e| e.last_price == print.price), "one price");
            for side in [Side::Buy, Side::Sell] {
                let of_side = |id: u64| orders.iter().any(|order| order.id == id && order.side == side);
                let ours: i64 = executions.iter().filter(|e| of_side(e.order_id)).map(|e| e.last_qty.0).sum();
                prop_assert!(ours <= print.quantity.0);
            }
        }
    }
}
