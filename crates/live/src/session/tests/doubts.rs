//! A session at a broker elsewhere whose lists lag, lack rows and contradict each other. The broker is played by the test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::NaiveDate;
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, Clock, KillState, NoAnswer, OrderAnswer,
    OrderFields, OrderLine, OrderState, PortStream, Qty, RowEnd, RowFacts, Sent, UnsentProof, Won, kst_date,
};
use exodus_store::operator::{self, OrderPath};
use exodus_store::orders::{self, BoundBy, Order};
use exodus_store::{accounts, holdings, kill_switches};

use super::super::{Input, Session, SessionDeps};
use super::World;
use crate::breaker::Breaker;
use crate::connector::{BooksWatch, BrokerTerms, Connection, Feeds};
use crate::generation::LocalFiles;

/// What the broker has and what it shows.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) rows: Vec<BrokerOrder>,
    /// Rows that no list shows yet.
    hidden: Vec<BrokerOrder>,
    /// What becomes of the next order.
    loses: bool,
    arrives: bool,
    is_mute: bool,
    /// The next orders are turned away by the gateway after so many milliseconds each, and that is proven.
    pub(super) turns_away: VecDeque<i64>,
    pub(super) cancels: Vec<BrokerOrderId>,
    pub(super) refuses_cancels: bool,
    cash: Won,
    /// What orders hold back that no list shows.
    held_back: Won,
}

#[derive(Clone)]
pub(super) struct Played(Arc<Mutex<Desk>>, Arc<crate::ManualClock>);

impl Played {
    pub(super) fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.0.lock().expect("nobody panics with it")
    }
}

struct Line(Played, BrokerRequest);

#[async_trait]
impl OrderLine for Line {
    async fn send(self: Box<Self>) -> Sent {
        let now = self.0.1.now();
        let mut desk = self.0.desk();
        let answer = match &self.1 {
            BrokerRequest::New(_) if !desk.turns_away.is_empty() => {
                let millis = desk.turns_away.pop_front().unwrap_or_default();
                self.0.1.advance(chrono::TimeDelta::milliseconds(millis));
                OrderAnswer::ProvenUnsent { proof: UnsentProof::RateLimit, detail: "EGW00201".to_owned() }
            }
            BrokerRequest::New(fields) => {
                let id = BrokerOrderId((desk.rows.len() + desk.hidden.len() + 1).to_string());
                let row = row(&id.0, fields, 0, now);
                match (desk.arrives, desk.loses) {
                    (true, true) => desk.hidden.push(row),
                    (true, false) => desk.rows.push(row),
                    (false, _) => {}
                }
                if desk.loses { OrderAnswer::Unknown("no answer".to_owned()) } else { OrderAnswer::Accepted(id) }
            }
            BrokerRequest::Cancel(id) if desk.refuses_cancels => {
                desk.cancels.push(id.clone());
                OrderAnswer::Refused { code: "APBK0927".to_owned(), message: "no".to_owned() }
            }
            BrokerRequest::Cancel(id) => {
                desk.cancels.push(id.clone());
                if let Some(row) = desk.rows.iter_mut().find(|row| row.id == *id) {
                    row.facts.end = Some(RowEnd::Cancelled);
                }
                OrderAnswer::Accepted(BrokerOrderId("c".to_owned()))
            }
        };
        answer.into()
    }
}

fn row(id: &str, fields: &OrderFields, filled: i64, now: chrono::DateTime<chrono::Utc>) -> BrokerOrder {
    let price = fields.price.map_or(0, |price| price.0);
    let cum_amount = Won(filled * price);
    BrokerOrder {
        id: BrokerOrderId(id.to_owned()),
        fields: fields.clone(),
        facts: RowFacts { order_qty: fields.quantity, cum_qty: Qty(filled), cum_amount, end: None },
        accepted_at: now,
        original: None,
        is_foreign: false,
    }
}

#[async_trait]
impl Broker for Played {
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        Ok(Box::new(Line(self.clone(), request.clone())))
    }

    async fn orders(&self, date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        let desk = self.desk();
        if desk.is_mute {
            return Err(NoAnswer("a page is missing".to_owned()));
        }
        Ok(desk.rows.iter().filter(|row| kst_date(row.accepted_at) == date).cloned().collect())
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        let desk = self.desk();
        let orderable_cash = desk.cash - desk.held_back;
        Ok(BrokerBalance { cash: desk.cash, orderable_cash, holdings: vec![], sellable: Default::default() })
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        Box::pin(futures::stream::pending())
    }
}

struct NoWatch;

#[async_trait]
impl BooksWatch for NoWatch {
    async fn compared(&self, _are_equal: bool) {}
}

/// A session at the played broker.
pub(super) struct Elsewhere {
    pub(super) world: World,
    pub(super) broker: Played,
    pub(super) session: Session,
}

impl Elsewhere {
    pub(super) async fn open() -> Self {
        Self::open_at("2026-11-20T10:00:00+09:00", true).await
    }

    /// The same at another time, whose operator wants orders lowered that are equal, or not.
    pub(super) async fn open_at(start: &str, fingerprint: bool) -> Self {
        let world = World::at(start).await;
        let chosen = OrderPath { crash_loop_starts: 3, fingerprint };
        operator::set_order_path(&world.store, &chosen, world.clock.now()).await.expect("stored");
        let desk = Desk { arrives: true, cash: Won(100_000_000), ..Desk::default() };
        let broker = Played(Arc::new(Mutex::new(desk)), Arc::clone(&world.clock));
        let feed: Arc<dyn exodus_domain::MarketFeed> = Arc::new(world.feed());
        let feeds = Feeds { held: Arc::clone(&feed), traded: Arc::clone(&feed), viewed: feed };
        let connection = Connection {
            broker: Arc::new(broker.clone()),
            feeds,
            terms: BrokerTerms::KIS,
            watch: Some(Arc::new(NoWatch)),
        };
        let lease = world.lease().await;
        let files = LocalFiles::new(world.folder.path(), "test");
        let guarded = Breaker::guard(&world.store, &world.timer(), world.account.id, connection).await;
        let (connection, breaker) = guarded.expect("the circuit is read");
        let deps = SessionDeps { store: world.store.clone(), clock: world.timer(), connection, files, breaker };
        let session = Session::open(deps, world.account.id, lease).await.expect("the session opens");
        Self { world, broker, session }
    }

    /// Hands the session an input, and lets the time pass that it waits for: a broker behind an open circuit is asked
    /// slowly.
    async fn handle(&mut self, input: Input) {
        let clock = Arc::clone(&self.world.clock);
        let others = clock.waiting();
        let handled = self.session.handle(input);
        tokio::pin!(handled);
        loop {
            tokio::select! {
                biased;
                done = &mut handled => return done.expect("the session goes on"),
                () = tokio::time::sleep(std::time::Duration::from_millis(2)) => {
                    if clock.waiting() > others {
                        clock.advance(chrono::TimeDelta::milliseconds(250));
                    }
                }
            }
        }
    }

    pub(super) async fn settle(&mut self) {
        self.handle(Input::Wake).await;
        while let Some(event) =
            futures::FutureExt::now_or_never(tokio::task::unconstrained(self.session.market.next())).flatten()
        {
            self.handle(Input::Feed(event)).await;
        }
        self.handle(Input::Tick).await;
    }

    pub(super) async fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.world.clock.advance(chrono::TimeDelta::seconds(1));
            self.settle().await;
        }
    }

    /// Has an order sent that rests far below the market.
    pub(super) async fn order(&mut self) -> Order {
        let request = self.world.ask_order(self.world.resting_buy()).await;
        self.settle().await;
        self.pass(2).await;
        self.world.order_of(&request).await
    }

    pub(super) async fn lost(&mut self, arrives: bool) -> Order {
        {
            let mut desk = self.broker.desk();
            (desk.loses, desk.arrives) = (true, arrives);
        }
        let order = self.order().await;
        assert_eq!(order.state, OrderState::Unknown);
        order
    }

    /// The lists show what they held back.
    pub(super) fn show(&self) {
        let mut desk = self.broker.desk();
        let hidden = std::mem::take(&mut desk.hidden);
        desk.rows.extend(hidden);
    }

    pub(super) async fn state(&self, order: &Order) -> OrderState {
        self.world.order(order.id).await.state
    }

    pub(super) async fn halt(&self) -> Option<String> {
        let (store, id) = (&self.world.store, self.world.account.id);
        let switch = kill_switches::find(store, exodus_domain::KillScope::Account, id).await.expect("a read");
        switch.filter(|switch| switch.state == KillState::Halted).map(|switch| switch.reason)
    }
}

#[tokio::test]
async fn a_lagging_list_binds_the_order_and_its_lock_cools_down() {
    let mut desk = Elsewhere::open().await;
    let order = desk.lost(true).await;
    desk.pass(15).await;
    desk.show();
    desk.pass(30).await;
    let bound = desk.world.order(order.id).await;
    assert_eq!((bound.state, bound.bound_by), (OrderState::Acked, Some(BoundBy::List)));
    let until = bound.locked_until.expect("a lock that cools down");
    assert!(until > desk.world.clock.now(), "{until}");
    desk.broker.desk().loses = false;
    let second = desk.order().await;
    assert_eq!(second.denial.map(|denial| denial.code), Some(exodus_domain::RiskCode::OrderInDoubt));
}

#[tokio::test]
async fn an_order_that_no_list_shows_is_absent_after_ten_minutes_and_bound_if_it_reappears() {
    let mut desk = Elsewhere::open().await;
    let order = desk.lost(true).await;
    desk.pass(600).await;
    assert_eq!(desk.state(&order).await, OrderState::Unknown, "absence takes its time");
    desk.pass(120).await;
    assert_eq!(desk.state(&order).await, OrderState::NotFound);
    desk.show();
    desk.pass(310).await;
    let back = desk.world.order(order.id).await;
    assert_eq!((back.state, back.bound_by), (OrderState::Cancelled, Some(BoundBy::List)));
    assert_eq!(desk.broker.desk().cancels.len(), 1, "its open rest was taken back");
}

#[tokio::test]
async fn held_back_cash_contradicts_a_list_without_the_order() {
    let mut desk = Elsewhere::open().await;
    let order = desk.lost(true).await;
    let worth = order.fields.price.expect("a limit order") * order.fields.quantity;
    desk.broker.desk().held_back = worth;
    desk.pass(720).await;
    let doubted = desk.world.order(order.id).await;
    assert_eq!(doubted.state, OrderState::Ambiguous);
    let evidence: crate::Evidence =
        serde_json::from_value(doubted.evidence.expect("it is kept")).expect("evidence of ours");
    assert_eq!(evidence.why.as_deref(), Some("contrary_evidence"));
    assert!(evidence.lists_read >= 3 && evidence.balance.is_some_and(|told| told.has_moved), "what was read is kept");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_decides_nothing() {
    let mut desk = Elsewhere::open().await;
    let order = desk.lost(false).await;
    desk.broker.desk().is_mute = true;
    desk.pass(900).await;
    assert_eq!(desk.state(&order).await, OrderState::Unknown);
    assert_eq!(orders::rows_of_day(&desk.world.store, order.account_id, order.trade_date).await.expect("a read"), []);
}

#[tokio::test]
async fn a_twin_beside_an_accepted_order_is_a_duplicate_of_the_broker_and_halts() {
    let mut desk = Elsewhere::open().await;
    let order = desk.order().await;
    assert_eq!((order.state, desk.halt().await), (OrderState::Acked, None));
    let twin = row("77", &order.fields, 0, desk.broker.desk().rows[0].accepted_at);
    desk.broker.desk().rows.push(twin);
    desk.pass(6).await;
    assert!(desk.halt().await.is_some_and(|reason| reason.starts_with("BROKER_DUPLICATE")));
    assert_eq!(desk.state(&order).await, OrderState::Cancelled, "a halt takes back what is open");
    assert_eq!(desk.broker.desk().cancels, [order.kis_order_id.expect("a number")], "and nothing of others");
}

#[tokio::test]
async fn more_filled_than_ordered_is_booked_and_halts() {
    let mut desk = Elsewhere::open().await;
    let order = desk.order().await;
    {
        let mut played = desk.broker.desk();
        let price = order.fields.price.expect("a limit order");
        played.rows[0].facts.cum_qty = Qty(11);
        played.rows[0].facts.cum_amount = Won(11 * price.0);
    }
    desk.world.clock.advance(chrono::TimeDelta::seconds(6));
    // The engine may refuse to go on; what counts is written down.
    let _ = desk.session.handle(Input::Tick).await;
    let held = holdings::of_account(&desk.world.store, order.account_id).await.expect("a read");
    assert_eq!(held.first().map(|record| record.holding.quantity), Some(Qty(11)));
    assert!(desk.halt().await.is_some_and(|reason| reason.starts_with("OVERFILL")), "{:?}", desk.halt().await);
}

#[tokio::test]
async fn books_that_differ_for_ten_seconds_halt_and_fills_of_others_explain_a_difference() {
    let mut desk = Elsewhere::open().await;
    // The look at the day before reads the balance as well.
    desk.pass(2).await;
    desk.broker.desk().cash = Won(99_000_000);
    desk.pass(31).await;
    assert_eq!(desk.halt().await, None, "one read is none");
    desk.broker.desk().cash = Won(100_000_000);
    desk.pass(15).await;
    assert_eq!(desk.halt().await, None, "it has passed");
    desk.broker.desk().cash = Won(99_000_000);
    desk.pass(45).await;
    assert!(desk.halt().await.is_some_and(|reason| reason.starts_with("POSITION_MISMATCH")));
    let account = accounts::find(&desk.world.store, desk.world.account.id).await.expect("a read").expect("kept");
    assert_eq!(account.cash, Won(100_000_000), "nothing is corrected by itself");
}

#[tokio::test]
async fn an_order_expires_by_two_equal_lists_and_the_day_is_proven() {
    let mut desk = Elsewhere::open().await;
    let order = desk.order().await;
    desk.broker.desk().rows[0].facts.end = Some(RowEnd::Expired);
    desk.pass(10).await;
    assert_eq!(desk.state(&order).await, OrderState::Acked, "the day is not over");
    let closing: chrono::DateTime<chrono::Utc> = "2026-11-20T15:45:00+09:00".parse().expect("a time");
    let left = closing - desk.world.clock.now();
    // The lease is held by hand here: nobody renews it over hours.
    desk.session.lease.expires_at = closing + chrono::TimeDelta::hours(1);
    desk.world.clock.advance(left);
    let date = order.trade_date;
    let closed = async |desk: &Elsewhere| {
        orders::closed_day(&desk.world.store, order.account_id, date).await.expect("a read").map(|day| day.proof)
    };
    desk.pass(59).await;
    assert_eq!((desk.state(&order).await, closed(&desk).await), (OrderState::Acked, None));
    desk.pass(5).await;
    assert_eq!(desk.state(&order).await, OrderState::Expired);
    let proof = closed(&desk).await.expect("closed");
    assert!(proof.holds() && proof.sent.count == 1, "{proof:?}");
}
