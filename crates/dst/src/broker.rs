//! The broker's API as a process sees it: slow, and now and then wrong in every way that the plan of the seed allows.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{NaiveDate, SubsecRound, TimeDelta};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BrokerRequest, Clock as _, Holding, NoAnswer, OrderAnswer,
    OrderFields, OrderLine, OrderType, PortStream, RowEnd, RowFacts, Sent, Side, Timer as _, UnsentProof, kst_time,
};
use exodus_kis::Priority;
use exodus_kis::simulation::{Pace, Tokens, lists_all_exchanges};
use exodus_kis::wire::chain::{Chain, Link};
use exodus_kis::wire::order_answer::{OrderAnswer as Read, read_order};
use exodus_kis_emulator::world::{HoldingRow, OrderAction, OrderRow, Refusal};
use exodus_store::invariants::{Request, RequestKind as What};
use futures::future::{Either, select};
use futures::stream;
use secrecy::ExposeSecret;
use tokio::sync::broadcast::error::RecvError;

use crate::ledger::Ledger;
use crate::time::ProcessClock;
use crate::world::{SharedWorld, SimWorld, id_of};

/// After so long without an answer the caller is told of the doubt.
const SOFT_TIMEOUT: TimeDelta = TimeDelta::seconds(3);
/// After so long no answer can come.
const HARD_TIMEOUT: TimeDelta = TimeDelta::seconds(30);

/// Rows of a page of the list, as on paper.
const PAGE: usize = 15;
/// A slot and a connection are to be had in this time, or nothing is sent.
const PREPARATION: TimeDelta = TimeDelta::seconds(2);

/// The broker of one process.
#[derive(Clone)]
pub(crate) struct SimBroker {
    pub(crate) world: SharedWorld,
    pub(crate) clock: ProcessClock,
    pub(crate) account_id: i64,
    pub(crate) worker: String,
    pub(crate) is_alive: Arc<AtomicBool>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) pace: Pace,
    pub(crate) tokens: Tokens,
    /// The token that requests carry.
    pub(crate) token: Arc<Mutex<String>>,
    /// True once a whole list was read by this connection.
    pub(crate) has_read: Arc<AtomicBool>,
    /// True if the process was stopped and went on a moment ago.
    pub(crate) stopped_at: Arc<AtomicBool>,
}

fn told(what: &What, order_id: Option<i64>) -> String {
    match what {
        What::New(OrderFields { symbol, side, quantity, price, .. }) => {
            format!("{side} {quantity} {symbol} {price:?} for order {order_id:?}")
        }
        What::Cancel(id) => format!("cancel {}", id.0),
    }
}

/// What comes back of a request, and how long after it was written; `None` if nothing ever does.
struct Echo {
    after: TimeDelta,
    status: u16,
    body: Option<String>,
}

impl SimBroker {
    /// Waits by the world's time.
    async fn wait(&self, low: i64, high: i64) {
        let (time, until) =
            self.world.with(|world| (Arc::clone(&world.time), world.time.now() + world.chance.millis(low, high)));
        time.sleep_until(until).await;
        self.only_the_living().await;
    }

    /// Who was killed does nothing any more.
    async fn only_the_living(&self) {
        if !self.is_alive.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    /// Writes a request to the wire: what follows from it, follows whatever becomes of the writer.
    fn write(&self, what: What) -> Echo {
        let order_id = match &what {
            What::New(fields) => self.ledger.sending(fields),
            What::Cancel(_) => None,
        };
        self.world.with(|world| {
            let at = world.time.now();
            world.tell(&format!("wire: {} {}", self.worker, told(&what, order_id)));
            let oversells = match &what {
                What::New(fields) if fields.side == Side::Sell && !world.has_externals => {
                    world.held(fields.symbol) < fields.quantity
                }
                _ => false,
            };
            world.wire.push(Request {
                account_id: self.account_id,
                worker: self.worker.clone(),
                at,
                clock: self.clock.now(),
                kind: what.clone(),
                order_id,
                made: Vec::new(),
                was_stopped: self.stopped_at.load(Ordering::Relaxed),
                oversells,
                after_first_list: self.has_read.load(Ordering::Relaxed),
            });
            let after = world.chance.millis(20, 120);
            let echo = |status, body| Echo { after, status, body: Some(body) };
            let plan = world.plan.clone();
            if world.fault(plan.request_lost) {
                world.tell("fault: the request is lost");
                return Echo { after, status: 0, body: None };
            }
            if world.fault(plan.request_late) {
                let at = at + world.chance.seconds(1, 40);
                world.tell("fault: the request is on its way for long");
                world.delayed.push((at, world.wire.len() - 1));
                return Echo { after, status: 0, body: None };
            }
            if !world.is_good_token(&self.used_token()) {
                world.tell("fault: EGW00123");
                return echo(500, refusal("EGW00123", "기간이 만료된 token 입니다."));
            }
            if matches!(what, What::New(_)) && world.fault(plan.refused) {
                world.tell("fault: the broker refuses");
                return echo(200, refusal("APBK0952", "주문가능금액을 초과 했습니다"));
            }
            if let What::Cancel(id) = &what
                && world.fault(plan.beaten)
            {
                world.tell("phone: the same cancel");
                // It may be filled already.
                let _ = world.cancel(id);
            }
            if world.fault(plan.rate_error) {
                world.tell("fault: EGW00201");
                self.pace.too_fast(false);
                return echo(500, refusal("EGW00201", "초당 거래건수를 초과하였습니다."));
            }
            if world.fault(plan.server_error_without) {
                world.tell("fault: 500 without an order");
                return echo(500, refusal("EGW00001", "일시적 오류가 발생했습니다."));
            }
            let last = world.wire.len() - 1;
            let mut done = world.arrive(last);
            if done.is_ok() && matches!(what, What::New(_)) && world.fault(plan.doubled) {
                world.tell("fault: the broker makes two orders");
                // The second one may be refused.
                let _ = world.arrive(last);
            }
            if world.fault(plan.answer_lost) {
                world.tell("fault: the answer is lost");
                if let Ok(id) = &done
                    && world.fault(plan.row_late)
                {
                    world.hide(id.clone());
                }
                return Echo { after, status: 0, body: None };
            }
            if world.fault(plan.server_error_with) {
                world.tell("fault: 500 whatever was done");
                done = Err(Refusal::StateNotWritten);
            }
            // Most late answers come soon after the first doubt, some after all hope.
            let late = if world.chance.percent(70) { (1, 12) } else { (12, 60) };
            let after = if world.fault(plan.answer_late) { world.chance.seconds(late.0, late.1) } else { after };
            if world.fault(plan.garbage) {
                world.tell("fault: garbage");
                return Echo { after, status: 200, body: Some("<html>점검 중</html>".to_owned()) };
            }
            let (status, body) = match done {
                Ok(id) => (200, accepted(&id, &kst_time(at).format("%H%M%S").to_string())),
                // Nothing is left to cancel: told in doubt, or with a refusal that proves as little.
                Err(Refusal::StateNotWritten) => said(&Refusal::StateNotWritten),
                Err(_) if matches!(what, What::Cancel(_)) => match world.chance.percent(50) {
                    true => (200, refusal("APBK0927", "정정취소 가능수량이 없습니다.")),
                    false => (200, refusal("APBK0918", "장운영시간이 아닙니다.(주문불가)")),
                },
                Err(refused) => said(&refused),
            };
            Echo { after, status, body: Some(body) }
        })
    }

    /// Has a call reach the broker with a good token. As the client does, it tries again at once with another one.
    async fn be_let_in(&self) -> Result<(), String> {
        for _ in 0..2 {
            let (generation, token) = self.bearer().await?;
            self.slot(Priority::Reconcile).await?;
            self.wait(30, 200).await;
            if self.world.with(|world| world.is_good_token(&token)) {
                return Ok(());
            }
            self.tokens.refused(generation);
        }
        Err("the token is not valid any more".to_owned())
    }

    /// A token, which requests carry until another is had.
    async fn bearer(&self) -> Result<(i64, String), String> {
        let (generation, token) = self.tokens.bearer().await?;
        let token = token.expose_secret().to_owned();
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        Ok((generation, token))
    }

    fn used_token(&self) -> String {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a slot of the budget that all workers share.
    async fn slot(&self, priority: Priority) -> Result<(), String> {
        self.pace.slot(priority, true).await.map_err(|down| down.to_string())?;
        self.world.with(|world| world.calls.push(world.time.now()));
        Ok(())
    }

    /// Opens a connection, or not.
    async fn connect(&self) -> Result<(), String> {
        reach(Point::K04);
        let fails = self.world.with(|world| {
            if world.fault(world.plan.pulled) {
                world.wants_halt = true;
            }
            let fails = world.fault(world.plan.no_line);
            if fails {
                world.tell("fault: no connection");
            }
            fails
        });
        self.wait(5, 40).await;
        reach(Point::K05);
        if fails { Err("connection refused".to_owned()) } else { Ok(()) }
    }

    /// The process may be stopped just before it claims what it wants to send.
    async fn perhaps_stop(&self) {
        let is_stopped = self.world.with(|world| {
            let is_stopped = world.fault(world.plan.stopped);
            if is_stopped {
                let span = world.chance.seconds(2, 40);
                world.tell(&format!("fault: {} is stopped for {span}", self.worker));
                world.stops.push((self.worker.clone(), span));
            }
            is_stopped
        });
        if is_stopped {
            self.wait(1, 1).await;
        }
    }

    async fn read<T>(&self, what: &str, act: impl FnOnce(&mut SimWorld) -> Option<T>) -> Result<T, NoAnswer> {
        self.be_let_in().await.map_err(NoAnswer)?;
        let no_answer = || NoAnswer(format!("the {what} broke off"));
        self.world
            .with(|world| if world.fault(world.plan.read_errors) { None } else { act(world) })
            .ok_or_else(no_answer)
    }
}

/// A connection on which nothing was written yet.
struct SimLine {
    broker: SimBroker,
    what: What,
    /// Generation of its token.
    generation: i64,
}

impl SimLine {
    /// The answer as the client of the broker reads it.
    fn understand(proves: bool, status: u16, body: &str) -> OrderAnswer {
        reach(Point::K12);
        match read_order(status, body.as_bytes()) {
            Read::Accepted(accepted) => OrderAnswer::Accepted(accepted.id),
            Read::Refused(failure) => OrderAnswer::Refused { code: failure.msg_cd, message: failure.msg1 },
            Read::Gateway(failure) if proves => {
                let proof = if failure.msg_cd == "EGW00123" { UnsentProof::Token } else { UnsentProof::RateLimit };
                OrderAnswer::ProvenUnsent { proof, detail: failure.msg1 }
            }
            Read::Gateway(failure) => OrderAnswer::Unknown(failure.msg1),
            Read::Unknown(reason) => OrderAnswer::Unknown(reason),
        }
    }
}

#[async_trait]
impl OrderLine for SimLine {
    async fn send(self: Box<Self>) -> Sent {
        let Self { broker, what, generation } = *self;
        broker.only_the_living().await;
        reach(Point::K09);
        if broker.world.with(|world| world.fault(world.plan.unsent)) {
            return OrderAnswer::unwritten("the connection ended before the first byte").into();
        }
        reach(Point::K10);
        let (time, proves) = broker.world.with(|world| (Arc::clone(&world.time), world.plan.refusals_prove));
        let sent_at = time.now();
        let Echo { after, status, body } = broker.write(what);
        reach(Point::K11);
        if body.as_deref().is_some_and(|body| body.contains("EGW00123")) {
            broker.tokens.refused(generation);
        }
        let body = body.filter(|_| after < HARD_TIMEOUT);
        match body {
            Some(body) if after <= SOFT_TIMEOUT => {
                time.sleep_until(sent_at + after).await;
                broker.only_the_living().await;
                Self::understand(proves, status, &body).into()
            }
            body => {
                time.sleep_until(sent_at + SOFT_TIMEOUT).await;
                broker.only_the_living().await;
                let late = async move {
                    time.sleep_until(sent_at + body.as_ref().map_or(HARD_TIMEOUT, |_| after)).await;
                    broker.only_the_living().await;
                    body.map_or_else(
                        || OrderAnswer::Unknown("no answer in half a minute".to_owned()),
                        |body| Self::understand(proves, status, &body),
                    )
                };
                Sent { answer: OrderAnswer::Unknown("no answer in time".to_owned()), late: Some(Box::pin(late)) }
            }
        }
    }
}

#[async_trait]
impl Broker for SimBroker {
    async fn open_line(&self, request: &BrokerRequest) -> Result<Box<dyn OrderLine>, String> {
        let (what, priority) = match request {
            BrokerRequest::New(fields) if fields.side == Side::Sell => (What::New(fields.clone()), Priority::Sell),
            BrokerRequest::New(fields) => (What::New(fields.clone()), Priority::Buy),
            BrokerRequest::Cancel(id) => (What::Cancel(id.clone()), Priority::Cancel),
        };
        let too_late = self.clock.sleep_until(self.clock.now() + PREPARATION);
        let prepared = async {
            let (generation, _) = self.bearer().await?;
            self.connect().await?;
            reach(Point::K03);
            self.slot(priority).await?;
            Ok::<i64, String>(generation)
        };
        match select(pin!(prepared), too_late).await {
            Either::Left((prepared, _)) => {
                let generation = prepared?;
                self.perhaps_stop().await;
                Ok(Box::new(SimLine { broker: self.clone(), what, generation }))
            }
            Either::Right(_) => Err("no slot and connection in time".to_owned()),
        }
    }

    async fn orders(&self, trade_date: NaiveDate) -> Result<Vec<BrokerOrder>, NoAnswer> {
        let lag = self
            .world
            .with(|world| if world.fault(world.plan.lagging) { world.plan.list_lag } else { TimeDelta::zero() });
        let (mut chain, mut list) = (Chain::new("inquire-daily-ccld"), Vec::<BrokerOrder>::new());
        for page in 0.. {
            let (rows, tr_cont, key) = self.read("list", |world| Some(page_of(world, trade_date, lag, page))).await?;
            // Where pages overlap, the later row of an order stands.
            list.retain(|known| rows.iter().all(|row| row.id != known.id));
            list.extend(rows);
            if chain.link(tr_cont, &key).map_err(NoAnswer)? == Link::End {
                break;
            }
        }
        self.has_read.store(true, Ordering::Relaxed);
        Ok(list)
    }

    async fn balance(&self) -> Result<BrokerBalance, NoAnswer> {
        self.read("balance", |world| {
            let lag = if world.fault(world.plan.balance_lag) { world.chance.seconds(1, 60) } else { TimeDelta::zero() };
            let balance = world.balance(lag)?;
            let held = || balance.rows.iter().filter(|row| row.quantity.is_positive());
            let holding = |row: &HoldingRow| Holding { symbol: row.symbol, quantity: row.quantity, cost: row.cost };
            Some(BrokerBalance {
                cash: balance.cash.d2,
                orderable_cash: balance.cash.orderable,
                holdings: held().map(holding).collect(),
                sellable: held().map(|row| (row.symbol, row.sellable)).collect(),
            })
        })
        .await
    }

    fn notices(&self) -> PortStream<BrokerOrderId> {
        let receiver = self.world.with(|world| world.hints.subscribe());
        Box::pin(stream::unfold(receiver, async |mut receiver| {
            loop {
                match receiver.recv().await {
                    Ok(id) => return Some((id, receiver)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}

/// Rows, header and key of a page of the list. A page may break off the chain.
fn page_of(
    world: &mut SimWorld,
    date: NaiveDate,
    lag: TimeDelta,
    page: usize,
) -> (Vec<BrokerOrder>, &'static str, String) {
    let lists_all = lists_all_exchanges();
    let mut all = world.rows(date, lag);
    all.retain(|row| lists_all || row.routed_to == exodus_domain::TradingVenue::Krx);
    let rows = all.iter().skip(page * PAGE).take(PAGE).map(row_of).collect();
    let key = if world.fault(world.plan.read_errors) { String::new() } else { (page + 1).to_string() };
    let tr_cont = match (page, all.len() > (page + 1) * PAGE) {
        (_, false) => "D",
        (0, true) => "F",
        (_, true) => "M",
    };
    (rows, tr_cont, key)
}

/// A row as the client of the broker reads it.
pub(crate) fn row_of(row: &OrderRow) -> BrokerOrder {
    let order_type = if row.style.is_market() { OrderType::Market } else { OrderType::Limit };
    let fields =
        OrderFields { symbol: row.symbol, side: row.side, order_type, quantity: row.quantity, price: row.price };
    // The row of a cancel is done as soon as it is there.
    let end = if row.action == OrderAction::Cancel { Some(RowEnd::Cancelled) } else { row.end };
    let facts = RowFacts { order_qty: row.quantity, cum_qty: row.filled, cum_amount: row.amount, end };
    // The broker tells seconds.
    BrokerOrder {
        id: id_of(&row.key),
        fields,
        facts,
        accepted_at: row.key.at.trunc_subsecs(0),
        original: row.original.map(|number| BrokerOrderId(format!("{}-{number:010}", row.key.branch))),
        is_foreign: false,
    }
}

fn accepted(id: &BrokerOrderId, time: &str) -> String {
    let (branch, number) = id.0.split_once('-').unwrap_or_default();
    serde_json::json!({
        "rt_cd": "0", "msg_cd": "APBK0013", "msg1": "주문 전송 완료 되었습니다.",
        "output": { "KRX_FWDG_ORD_ORGNO": branch, "ODNO": number, "ORD_TMD": time },
    })
    .to_string()
}

fn refusal(code: &str, sentence: &str) -> String {
    serde_json::json!({ "rt_cd": "1", "msg_cd": code, "msg1": sentence }).to_string()
}

/// What the broker says to a refused request.
fn said(refused: &Refusal) -> (u16, String) {
    match refused {
        Refusal::NoCash { .. } => (200, refusal("APBK0952", "주문가능금액을 초과 했습니다")),
        Refusal::NoShares { .. } => (200, refusal("APBK0400", "주문가능수량을 초과 했습니다.")),
        Refusal::StateNotWritten => (500, refusal("EGW00302", "서버 오류")),
        other => (200, refusal("APBK0957", &format!("{other:?}"))),
    }
}
