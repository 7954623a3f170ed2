//! Whole days: settlement, rollover, conservation, and the same seed twice.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, OrderStyle, Price, Qty, Side, Symbol, TradingVenue, Won, contract_note, is_on_tick, next_session,
};

use super::super::{Balance, Happening, MarketSource, NewOrder, OrderAction, OrderRow, Origin, Setup, World};
use super::{FIRST, MILLION, MONDAY, SECOND, Script, THIRD, at, buy, days, order, samsung, sell, terms};

fn balance(day: &mut Script, account: &str) -> Balance {
    day.world.balance(account, day.now).expect("a balance")
}

/// §5.7: the deposit does not move during the day, D+2 does; T+2 by the calendar; sold-out rows stay until then.
#[test]
fn cash_settles_two_sessions_later_and_sold_out_rows_go_then() {
    let mut day = Script::with_accounts(&[10 * MILLION]);
    day.buy_at_the_opening(FIRST, 10);
    let cost = 700_000 + 98;
    let Balance { rows, cash } = balance(&mut day, FIRST);
    assert_eq!((cash.d, cash.d1, cash.d2), (Won(10 * MILLION), Won(10 * MILLION), Won(10 * MILLION - cost)));
    assert_eq!((cash.bought_today, cash.costs_today, cash.total), (Won(700_000), Won(98), Won(10 * MILLION - 98)));
    assert_eq!((rows.len(), rows[0].average.to_string().as_str()), (1, "70000"));
    day.until(at(11, 0, 10));
    let key = day.place(FIRST, sell(10, Some(70_100))).expect("sold");
    let row = day.row(FIRST, &key);
    assert_eq!((row.filled, row.costs.commission), (Qty(10), Won(98)));
    // 0.05 % and 0.15 % of 701,000 won since 2026.
    assert_eq!(row.costs.tax, Won(350 + 1_051));
    let after = cash_after(&mut day, FIRST);
    assert_eq!(after, 10 * MILLION - cost + 701_000 - 98 - 1_401);
    let Balance { rows, cash } = balance(&mut day, FIRST);
    assert_eq!((rows.len(), rows[0].quantity, rows[0].sold_today), (1, Qty(0), Qty(10)), "sold out, not settled");
    assert_eq!(cash.realised_today, Won(after - 10 * MILLION));
    day.until(at(11, 0, 0) + days(1));
    let Balance { rows, cash } = balance(&mut day, FIRST);
    assert_eq!((cash.d, cash.d1), (Won(10 * MILLION), Won(after)), "what was D+2 is D+1");
    assert_eq!((rows[0].sold_before, rows[0].sold_today, cash.sold_before), (Qty(10), Qty(0), Won(701_000)));
    assert_eq!(cash.total_before, Won(after));
    day.until(at(11, 0, 0) + days(2));
    let Balance { rows, cash } = balance(&mut day, FIRST);
    assert_eq!((rows.len(), cash.d), (0, Won(after)), "settled on Wednesday");
}

fn cash_after(day: &mut Script, account: &str) -> i64 {
    balance(day, account).cash.d2.0
}

/// §5.11, §5.12: realised by day and issue.
#[test]
fn realised_gains_are_told_by_day_and_issue() {
    let mut day = Script::with_accounts(&[10 * MILLION]);
    day.buy_at_the_opening(FIRST, 10);
    day.until(at(11, 0, 10));
    day.place(FIRST, sell(4, Some(70_100))).expect("sold");
    let rows = day.world.realised(FIRST, MONDAY, MONDAY);
    let row = rows[0];
    assert_eq!((row.bought, row.sold, row.held_after), (Qty(10), Qty(4), Qty(6)));
    assert_eq!((row.buy_amount, row.sell_amount, row.cost_of_sold), (Won(700_000), Won(280_400), Won(280_000)));
    assert_eq!(row.profit, row.sell_amount - row.cost_of_sold - row.costs());
    assert!(day.world.realised(FIRST, MONDAY + days(1), MONDAY + days(9)).is_empty());
}

/// §9 #31: numbers start again every day.
#[test]
fn numbers_start_again_and_yesterdays_orders_stay_listed() {
    let mut day = Script::with_accounts(&[10 * MILLION]);
    day.until(at(9, 30, 0));
    let first = day.place(FIRST, buy(1, Some(69_000))).expect("taken");
    day.until(at(9, 30, 0) + days(1));
    let second = day.place(FIRST, buy(1, Some(69_000))).expect("taken");
    assert_eq!((first.number, second.number), (1, 1));
    assert_ne!(first, second);
    assert_eq!(day.world.orders(FIRST, MONDAY, MONDAY + days(1)).len(), 2);
    let quote = day.world.quote(samsung()).expect("a quote");
    assert_eq!((quote.base_price, quote.date), (Price(70_400), MONDAY + days(1)), "the close of the day before");
    assert_eq!(quote.previous_volume, day.world.daily_bars(samsung(), MONDAY, MONDAY)[0].volume);
}

/// §6.2, §6.6: the tape, the book and the bars agree.
#[test]
fn tape_quote_and_bars_tell_the_same_day() {
    let mut day = Script::with_accounts(&[900 * MILLION]);
    day.until(at(9, 30, 0));
    day.place(FIRST, buy(100, None)).expect("taken");
    day.until(at(15, 31, 0));
    let quote = day.world.quote(samsung()).expect("a quote").clone();
    let ticks: Vec<_> = day.world.ticks(samsung()).iter().filter(|tick| tick.venue == TradingVenue::Krx).collect();
    assert_eq!(ticks.iter().map(|tick| tick.quantity).sum::<Qty>(), quote.volume);
    assert_eq!(ticks.iter().map(|tick| tick.price * tick.quantity).sum::<Won>(), quote.value);
    assert_eq!(ticks.last().map(|tick| (tick.volume, tick.price)), Some((quote.volume, quote.price)));
    let minutes = day.world.minute_bars(samsung(), Bar::day_start(MONDAY), day.now);
    let bars = day.world.daily_bars(samsung(), MONDAY - days(7), MONDAY);
    let today = bars.last().expect("a bar");
    assert_eq!(bars.len(), 3, "two days of the file and this one");
    assert_eq!(minutes.iter().map(|bar| bar.volume).sum::<Qty>(), today.volume);
    assert_eq!(minutes.iter().map(|bar| bar.high).max(), Some(today.high));
    assert_eq!((minutes[0].open, today.open), (Price(70_000), Price(70_000)));
    assert_eq!((today.close, quote.open.map(|(open, _)| open)), (Price(70_400), Some(Price(70_000))));
}

/// A day of three accounts over the whole demo market, with orders drawn from a seed.
struct Crowd {
    world: World,
    happened: Vec<Happening>,
    draws: u64,
}

const CASH: [i64; 3] = [50 * MILLION, 200 * MILLION, 1_000 * MILLION];
const ACCOUNTS: [&str; 3] = [FIRST, SECOND, THIRD];

impl Crowd {
    fn new(seed: u64) -> Self {
        let now = at(7, 0, 0);
        let mut world = World::open(&Setup { seed, market: MarketSource::Demo, state: None }, now).expect("a world");
        for (number, cash) in ACCOUNTS.iter().zip(CASH) {
            world.open_account(&terms(number, cash), now).expect("a new account");
        }
        Self { world, happened: Vec::new(), draws: seed }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.draws = exodus_simulator::mix(self.draws);
        self.draws % below
    }

    /// Trades from 07:00 to a time, an order or a change about every forty seconds.
    fn live_until(&mut self, end: DateTime<Utc>) {
        let mut now = at(7, 0, 0);
        let mut numbers: Vec<(usize, u32)> = Vec::new();
        while now < end {
            now += TimeDelta::seconds(20 + self.draw(40).cast_signed());
            self.happened.extend(self.world.advance(now));
            let owner = self.draw(3) as usize;
            match self.draw(10) {
                0 if !numbers.is_empty() => {
                    let (owner, original) = numbers[self.draw(numbers.len() as u64) as usize];
                    let quantity = (self.draw(2) == 0).then_some(Qty(3));
                    let change = super::Change { branch: String::new(), original, quantity };
                    drop(self.world.cancel(ACCOUNTS[owner], change, now));
                }
                1 if !numbers.is_empty() => {
                    let (owner, original) = numbers[self.draw(numbers.len() as u64) as usize];
                    let rows = self.world.orders(ACCOUNTS[owner], MONDAY, MONDAY);
                    let symbol = rows.iter().find(|row| row.key.number == original).map(|row| row.symbol);
                    let Some(quote) = symbol.and_then(|symbol| self.world.quote(symbol)) else { continue };
                    let (style, code, price) = (OrderStyle::Limit, "00".to_owned(), Some(quote.price));
                    let change = super::Change { branch: String::new(), original, quantity: None };
                    let amended =
                        self.world.amend(ACCOUNTS[owner], super::Amend { change, style, code, price, stop: None }, now);
                    numbers.extend(amended.ok().map(|key| (owner, key.number)));
                }
                _ => {
                    let order = self.any_order();
                    let placed = self.world.place(ACCOUNTS[owner], order, Origin::Api, now);
                    numbers.extend(placed.ok().map(|key| (owner, key.number)));
                }
            }
        }
    }

    fn any_order(&mut self) -> NewOrder {
        let place = self.draw(4) as usize;
        let instrument = self.world.instruments()[place].clone();
        let side = if self.draw(5) < 3 { Side::Buy } else { Side::Sell };
        let style = OrderStyle::ALL[self.draw(OrderStyle::ALL.len() as u64) as usize];
        let quote = self.world.quote(instrument.symbol).expect("a quote").clone();
        let away = quote.tick.0 * (self.draw(9).cast_signed() - 4);
        let price = Price(quote.price.0 + away);
        let venue = [super::OrderVenue::Krx, super::OrderVenue::Nxt, super::OrderVenue::Sor][self.draw(3) as usize];
        let only_in = (self.draw(12) == 0).then_some(exodus_domain::Phase::AfterMarket);
        NewOrder {
            symbol: instrument.symbol,
            style,
            code: "00".to_owned(),
            price: style.has_price().then_some(price),
            stop: (style == OrderStyle::StopLimit).then_some(price),
            venue,
            only_in,
            ..order(side, 1 + self.draw(60).cast_signed(), None)
        }
    }

    fn rows(&self, account: &str) -> Vec<OrderRow> {
        self.world.orders(account, MONDAY, MONDAY).into_iter().cloned().collect()
    }
}

#[test]
fn over_a_whole_day_cash_shares_fees_and_taxes_add_up_to_the_won() {
    let mut crowd = Crowd::new(11);
    crowd.live_until(at(21, 0, 0));
    let mut fills = 0;
    for (account, cash) in ACCOUNTS.iter().zip(CASH) {
        let rows = crowd.rows(account);
        let (mut flow, mut shares) = (0, BTreeMap::<Symbol, i64>::new());
        for row in &rows {
            assert_eq!(row.remaining(), Qty(0), "nothing is open at night: {row:?}");
            if row.action == OrderAction::Cancel {
                continue;
            }
            assert_eq!(row.quantity, row.filled + row.cancelled + row.amended + row.rejected, "{row:?}");
            let instrument = crowd.world.instrument(row.symbol).expect("an issue");
            let terms = crowd.world.accounts().find(|terms| terms.number == **account).expect("an account");
            let schedule = terms.commission.schedule(instrument.kind, row.routed_to);
            // An own account: the contract note of each order, made anew from what it traded.
            let note = contract_note(&schedule, row.side, instrument.market, instrument.kind, MONDAY, row.amount);
            assert_eq!((row.costs.commission, row.costs.tax), (note.commission, note.tax.total()));
            flow += note.cash_flow.0;
            let sign = if row.side == Side::Buy { 1 } else { -1 };
            *shares.entry(row.symbol).or_default() += sign * row.filled.0;
            fills += usize::from(row.filled.is_positive());
            let limits = crowd.world.quote(row.symbol).expect("a quote").limits;
            if let Some(average) = row.average() {
                assert!(limits.lower.0 * 10_000 <= average.0 && average.0 <= limits.upper.0 * 10_000, "{row:?}");
            }
        }
        let Balance { rows: held, cash: summary } = crowd.world.balance(account, at(23, 0, 0)).expect("a balance");
        assert_eq!(summary.d2.0, cash + flow, "{account}: cash is what it was and what the orders did");
        assert_eq!(
            (summary.d, summary.orderable),
            (Won(cash), summary.d2),
            "nothing settles on the day or is held back"
        );
        assert!(summary.d2 >= Won::ZERO, "nobody owes");
        shares.retain(|_, quantity| *quantity != 0);
        let held: BTreeMap<Symbol, i64> =
            held.iter().filter(|row| row.quantity.is_positive()).map(|row| (row.symbol, row.quantity.0)).collect();
        assert_eq!(held, shares, "{account}");
        let realised: Won = crowd.world.realised(account, MONDAY, MONDAY).iter().map(|row| row.profit).sum();
        assert_eq!(summary.total, Won(cash) + realised + summary.profit, "assets are cash, realised and unrealised");
    }
    assert!(fills > 200, "only {fills} orders were filled: the day proves little");
    for issue in crowd.world.instruments() {
        let ticks = crowd.world.ticks(issue.symbol);
        let quote = crowd.world.quote(issue.symbol).expect("a quote");
        let krx: Qty = ticks.iter().filter(|tick| tick.venue == TradingVenue::Krx).map(|tick| tick.quantity).sum();
        assert_eq!(krx, quote.volume);
        assert!(ticks.windows(2).all(|pair| pair[0].at <= pair[1].at), "the tape runs forwards");
        let between_ticks = ticks.iter().filter(|tick| !is_on_tick(issue.market, issue.kind, MONDAY, tick.price));
        assert!(between_ticks.count() * 20 < ticks.len(), "only mid-price orders trade between ticks");
    }
}

#[test]
fn the_same_seed_gives_the_same_day_and_another_seed_another() {
    let day = |seed| {
        let mut crowd = Crowd::new(seed);
        crowd.live_until(at(10, 30, 0));
        let rows: Vec<OrderRow> = ACCOUNTS.iter().flat_map(|account| crowd.rows(account)).collect();
        (rows, crowd.happened)
    };
    let (first, again, other) = (day(3), day(3), day(4));
    assert!(first.1 == again.1 && first.0 == again.0, "the same day");
    assert!(first.0 != other.0, "another day");
}

#[test]
fn how_often_time_is_told_changes_nothing() {
    let lived = |step: TimeDelta| {
        let mut crowd = Crowd::new(5);
        let symbol = crowd.world.instruments()[0].symbol;
        let mut now = at(7, 0, 0);
        while now < at(9, 20, 0) {
            now += step;
            crowd.happened.extend(crowd.world.advance(now));
        }
        let order = NewOrder { symbol, ..buy(5, None) };
        crowd.world.place(FIRST, order, Origin::Api, at(9, 20, 0)).expect("taken");
        crowd.happened.extend(crowd.world.advance(at(9, 25, 0)));
        crowd.happened
    };
    assert!(lived(TimeDelta::seconds(1)) == lived(TimeDelta::minutes(140)));
}

/// §6.8: the indices are a chain of what the issues gained.
#[test]
fn the_indices_follow_the_issues() {
    use super::super::IndexCode;
    let mut crowd = Crowd::new(9);
    crowd.world.advance(at(10, 0, 0));
    let view = crowd.world.index(IndexCode::Kospi);
    assert!(view.low <= view.level && view.level <= view.high && view.low <= view.open && view.open <= view.high);
    assert_eq!(view.rising + view.unchanged + view.falling, 12);
    let past = crowd.world.index_days(IndexCode::Kospi, NaiveDate::MIN, NaiveDate::MAX);
    assert!(past.len() > 100, "{} days", past.len());
    let last = past.last().expect("today");
    assert_eq!((last.date, last.close), (MONDAY, view.level));
    assert_eq!(past[past.len() - 2].close, view.previous);
    crowd.world.advance(at(8, 0, 0) + days(1));
    let after = crowd.world.index_days(IndexCode::Kospi, MONDAY, MONDAY);
    assert_eq!(crowd.world.index(IndexCode::Kospi).previous, after[0].close, "today became a day of the chain");
    assert_eq!(next_session(MONDAY), Some(MONDAY + days(1)));
}
