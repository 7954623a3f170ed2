//! The broker's lists as they are written down: own rows, rows of others, what they take back, and the daily proof.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    BrokerBalance, BrokerOrder, BrokerOrderId, Holding, OrderAnswer, OrderCosts, OrderEvent, OrderFields, OrderState,
    Qty, RowEnd, RowFacts, Side, Won, kst_date,
};
use exodus_store::accounts::{self, SyncOutcome};
use exodus_store::leases::{self, Lease};
use exodus_store::orders::{
    self, Binding, Booking, BoundBy, Creation, ListNews, NewOrder, Order, RowFilter, RowUpdate, Tally, notices,
};
use exodus_store::users::User;
use exodus_store::{Page, Store, StoreError, holdings, monitor};
use serde_json::json;

use crate::harness::{at, limit, on_each_database, symbol, user};

on_each_database!(
    a_list_is_written_down_once_and_bound_to_its_orders,
    rows_and_their_fills_are_written_together_or_the_rows_alone,
    a_row_keeps_what_it_showed_and_counts_lists_that_show_less,
    numbers_begin_anew_each_day,
    a_notice_waits_for_its_row,
    fills_of_others_explain_the_balance,
    an_order_of_somebody_else_can_be_taken_over_or_disowned,
    a_doubt_is_kept_with_its_evidence_and_decided_by_a_person,
    what_was_thought_absent_may_be_suspected_and_bound,
    a_day_is_proven_closed_and_proven_again,
);

struct Desk {
    store: Store,
    user: User,
    account_id: i64,
    lease: Lease,
}

fn number(text: &str) -> BrokerOrderId {
    BrokerOrderId(text.to_owned())
}

fn today() -> NaiveDate {
    kst_date(at(1))
}

/// A row of a buy of ten shares at 70,000.
fn row(id: &str, filled: i64) -> BrokerOrder {
    BrokerOrder {
        id: number(id),
        fields: limit(Side::Buy, 10, 70_000),
        facts: RowFacts { order_qty: Qty(10), cum_qty: Qty(filled), cum_amount: Won(filled * 70_000), end: None },
        accepted_at: at(3),
        original: None,
        is_foreign: false,
    }
}

impl Desk {
    async fn open(store: &Store) -> Self {
        let (user, account) = user(store, "kim").await;
        let name = format!("account:{}", account.id);
        let lease = leases::acquire(store, &name, "worker-1", at(0)).await.expect("a read").expect("a free lease");
        Self { store: store.clone(), user, account_id: account.id, lease }
    }

    async fn sent(&self, fields: OrderFields, answer: OrderAnswer) -> Order {
        let new = NewOrder {
            user_id: self.user.id,
            account_id: self.account_id,
            strategy_id: None,
            signal: None,
            request_id: None,
            fields,
            commission: None,
            inputs: json!({}),
        };
        let order = match orders::create_order(&self.store, &new, at(1)).await.expect("an outcome") {
            Creation::Created(order) => order,
            other => panic!("not created: {other:?}"),
        };
        orders::claim(&self.store, order.id, &self.lease, at(2)).await.expect("claimed");
        orders::record_answer(&self.store, order.id, &answer, false, None, at(3)).await.expect("recorded")
    }

    async fn acked(&self, id: &str) -> Order {
        self.sent(limit(Side::Buy, 10, 70_000), OrderAnswer::Accepted(number(id))).await
    }

    async fn unknown(&self) -> Order {
        self.sent(limit(Side::Buy, 10, 70_000), OrderAnswer::Unknown("timeout".to_owned())).await
    }

    async fn list(&self, rows: &[BrokerOrder], now: DateTime<Utc>) -> ListNews {
        orders::record_list(&self.store, self.account_id, today(), rows, &[], now).await.expect("written down")
    }

    async fn external(&self) -> Vec<orders::broker_orders::BrokerRow> {
        let filter = RowFilter { is_external: true, ..RowFilter::default() };
        let page = Page { number: 1, size: 10 };
        orders::list_rows(&self.store, self.account_id, &filter, page).await.expect("a read").items
    }

    async fn book(&self, order: &Order, event: OrderEvent, binding: Option<Binding>) -> Order {
        let costs = OrderCosts::default();
        let update = RowUpdate { event, binding, costs, executed_at: at(5) };
        orders::apply_row(&self.store, order.id, &update, at(6)).await.expect("booked").order
    }
}

async fn a_list_is_written_down_once_and_bound_to_its_orders(store: Store) {
    let desk = Desk::open(&store).await;
    let own = desk.acked("1").await;
    let cancel = BrokerOrder { original: Some(number("9")), ..row("3", 0) };
    let foreign = BrokerOrder { is_foreign: true, ..row("2", 4) };
    let rows = [row("1", 0), foreign, cancel];
    let news = desk.list(&rows, at(5)).await;
    assert!(news.changed && news.missing.is_empty());
    assert_eq!(news.appeared, [number("2")], "a cancel is no order of somebody else");
    let owners: Vec<_> = news.rows.iter().map(|row| (row.order_id, row.first_seen_at)).collect();
    assert_eq!(owners, [(Some(own.id), at(5)), (None, at(5)), (None, at(5))]);
    let again = desk.list(&rows, at(9)).await;
    assert!(!again.changed && again.appeared.is_empty());
    assert_eq!(again.rows, news.rows, "nothing is written twice");
    let shorter = desk.list(&rows[1..], at(10)).await;
    assert_eq!((shorter.missing, shorter.changed), (vec![number("1")], false));
    assert_eq!(desk.external().await.iter().map(|row| row.order_type.as_str()).collect::<Vec<_>>(), ["other"]);
    // A row that is seen before its answer is written down is bound by the next list.
    let buy = OrderFields { symbol: symbol("000660"), ..limit(Side::Buy, 10, 70_000) };
    let early = BrokerOrder { fields: buy.clone(), ..row("4", 0) };
    desk.list(std::slice::from_ref(&early), at(11)).await;
    let order = desk.sent(buy, OrderAnswer::Accepted(number("4"))).await;
    let bound = desk.list(&[early], at(12)).await;
    assert_eq!(bound.rows.iter().find(|row| row.broker_order_id.0 == "4").and_then(|row| row.order_id), Some(order.id));
}

async fn rows_and_their_fills_are_written_together_or_the_rows_alone(store: Store) {
    let desk = Desk::open(&store).await;
    let buy = desk.acked("1").await;
    let sell = desk.sent(limit(Side::Sell, 10, 70_000), OrderAnswer::Accepted(number("2"))).await;
    let sold = |filled| BrokerOrder { fields: limit(Side::Sell, 10, 70_000), ..row("2", filled) };
    let booking = |order: &Order, row: &BrokerOrder| {
        let event = OrderEvent::RowRead(row.facts);
        let update = RowUpdate { event, binding: None, costs: OrderCosts::default(), executed_at: at(5) };
        Booking { order_id: order.id, update }
    };
    let list = async |rows: &[BrokerOrder], bookings: &[Booking], second: i64| {
        orders::record_list(&store, desk.account_id, today(), rows, bookings, at(second)).await.expect("written down")
    };
    let filled =
        async |order: &Order| orders::find(&store, order.id).await.expect("a read").expect("kept").filled_quantity;
    let rows = [row("1", 4), sold(0)];
    let news = list(&rows, &[booking(&buy, &rows[0])], 5).await;
    assert_eq!(news.booked.iter().map(|outcome| outcome.order.state).collect::<Vec<_>>(), [OrderState::Partial]);
    assert_eq!(filled(&buy).await, Qty(4));
    let again = list(&rows, &[booking(&buy, &rows[0])], 6).await;
    assert!(!again.changed && again.booked.is_empty(), "nothing new, nothing booked");
    // Five shares are sold of which four are held: nothing of this list is booked, and its rows are known all the same.
    let rows = [row("1", 5), sold(10)];
    let news = list(&rows, &[booking(&buy, &rows[0]), booking(&sell, &rows[1])], 7).await;
    assert!(news.changed && news.booked.is_empty());
    assert_eq!((filled(&buy).await, filled(&sell).await), (Qty(4), Qty(0)), "together or not at all");
    let known = orders::rows_of_day(&store, desk.account_id, today()).await.expect("a read");
    assert_eq!(known.iter().map(|row| row.facts.cum_qty).collect::<Vec<_>>(), [Qty(5), Qty(10)]);
}

async fn a_row_keeps_what_it_showed_and_counts_lists_that_show_less(store: Store) {
    let desk = Desk::open(&store).await;
    desk.acked("1").await;
    desk.list(&[row("1", 6)], at(10)).await;
    let mut decreased = Vec::new();
    for second in [20, 25, 30, 39, 40] {
        let news = desk.list(&[row("1", 4)], at(second)).await;
        assert_eq!(news.rows[0].facts.cum_qty, Qty(6), "what was seen stays");
        decreased.push((second, news.rows[0].fewer_seen, news.rows[0].has_decreased()));
    }
    let counted = [(20, 1, false), (25, 1, false), (30, 2, false), (39, 2, false), (40, 3, true)];
    assert_eq!(decreased, counted, "lists count when they are ten seconds apart");
    let news = desk.list(&[row("1", 6)], at(50)).await;
    assert!(!news.rows[0].has_decreased(), "it was a lag");
    let ended = BrokerOrder { facts: RowFacts { end: Some(RowEnd::Cancelled), ..row("1", 6).facts }, ..row("1", 6) };
    desk.list(&[ended], at(60)).await;
    let news = desk.list(&[row("1", 6)], at(61)).await;
    assert_eq!(news.rows[0].facts.end, Some(RowEnd::Cancelled), "an end stays as well");
}

async fn numbers_begin_anew_each_day(store: Store) {
    let desk = Desk::open(&store).await;
    let own = desk.acked("1").await;
    desk.list(&[row("1", 0)], at(5)).await;
    let tomorrow = today().succ_opt().expect("a day");
    let other = orders::record_list(&store, desk.account_id, tomorrow, &[row("1", 10)], &[], at(90_000)).await;
    let other = other.expect("written down");
    assert_eq!(other.rows.iter().map(|row| row.order_id).collect::<Vec<_>>(), [None]);
    let rows = orders::rows_of_day(&store, desk.account_id, today()).await.expect("a read");
    assert_eq!((rows[0].order_id, rows[0].facts.cum_qty), (Some(own.id), Qty(0)));
}

async fn a_notice_waits_for_its_row(store: Store) {
    let desk = Desk::open(&store).await;
    let waiting = async || {
        let found = notices::unmatched(&store, desk.account_id, at(0)).await.expect("a read");
        found.into_iter().map(|notice| notice.broker_order_id.0).collect::<Vec<_>>()
    };
    for second in [4, 5] {
        notices::keep(&store, desk.account_id, &number("1"), at(second)).await.expect("kept");
    }
    notices::keep(&store, desk.account_id, &number("2"), at(5)).await.expect("kept");
    assert_eq!(waiting().await, ["1", "2"], "a repeat is one notice");
    desk.list(&[row("1", 0)], at(6)).await;
    assert_eq!(waiting().await, ["2"]);
    notices::keep(&store, desk.account_id, &number("1"), at(7)).await.expect("known");
    assert_eq!(waiting().await, ["2"], "its row is there");
}

async fn fills_of_others_explain_the_balance(store: Store) {
    let desk = Desk::open(&store).await;
    let balance = |cash: i64, shares: i64| BrokerBalance {
        cash: Won(cash),
        orderable_cash: Won(cash),
        holdings: vec![Holding { symbol: symbol("005930"), quantity: Qty(shares), cost: Won(shares * 70_000) }],
        sellable: Default::default(),
    };
    let sync = async |told: &BrokerBalance, second| {
        accounts::sync(&store, desk.account_id, told, at(second)).await.expect("compared")
    };
    assert_eq!(sync(&balance(5_000_000, 10), 2).await, SyncOutcome::TakenOver);
    desk.list(&[row("1", 4)], at(5)).await;
    // Four shares at 70,000 and the costs of it, which nobody told.
    assert_eq!(sync(&balance(4_719_960, 14), 6).await, SyncOutcome::Equal);
    assert!(matches!(sync(&balance(4_710_000, 14), 7).await, SyncOutcome::Differs(_)), "more than costs");
    assert!(matches!(sync(&balance(4_719_960, 13), 8).await, SyncOutcome::Differs(_)));
    accounts::release(&store, desk.user.id, desk.account_id, "mine", at(9)).await.expect("released");
    assert_eq!(sync(&balance(4_719_960, 14), 10).await, SyncOutcome::TakenOver);
    assert_eq!(sync(&balance(4_719_960, 14), 11).await, SyncOutcome::Equal, "what was taken over is not counted again");
    desk.list(&[row("1", 6)], at(12)).await;
    assert_eq!(sync(&balance(4_579_940, 16), 13).await, SyncOutcome::Equal);
}

async fn an_order_of_somebody_else_can_be_taken_over_or_disowned(store: Store) {
    let desk = Desk::open(&store).await;
    let (lee, _) = user(&store, "lee").await;
    let foreign = BrokerOrder { is_foreign: true, ..row("3", 0) };
    desk.list(&[row("1", 4), row("2", 0), foreign], at(5)).await;
    let mut rows = desk.external().await;
    rows.sort_by_key(|row| row.id);
    let missing = orders::adopt(&store, lee.id, rows[0].id, at(6)).await;
    assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    let refused = orders::adopt(&store, desk.user.id, rows[2].id, at(6)).await;
    assert!(matches!(refused, Err(StoreError::Conflict("foreign_order"))), "{refused:?}");
    let adopted = orders::adopt(&store, desk.user.id, rows[0].id, at(6)).await.expect("taken over");
    assert_eq!((adopted.state, adopted.kis_order_id.clone()), (OrderState::Acked, Some(number("1"))));
    let booked = desk.book(&adopted, OrderEvent::RowRead(row("1", 4).facts), None).await;
    assert_eq!((booked.state, booked.filled_quantity), (OrderState::Partial, Qty(4)));
    assert_eq!(holdings::of_account(&store, desk.account_id).await.expect("a read")[0].holding.quantity, Qty(4));
    // It never went out from here, and the monitor does not take it for something that slipped past.
    assert_eq!(monitor::findings(&store, today(), 1_000_000_000).await.expect("a read"), []);
    let twice = orders::adopt(&store, desk.user.id, rows[0].id, at(7)).await;
    assert!(matches!(twice, Err(StoreError::Conflict("own_order"))), "{twice:?}");
    let seen = orders::confirm(&store, desk.user.id, rows[1].id, at(7)).await.expect("confirmed");
    assert_eq!(seen.confirmed_at, Some(at(7)));
}

async fn a_doubt_is_kept_with_its_evidence_and_decided_by_a_person(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.unknown().await;
    desk.list(&[row("1", 0), row("2", 0)], at(5)).await;
    orders::keep_evidence(&store, order.id, json!({ "lists_read": 1 })).await.expect("kept");
    let kept = orders::find(&store, order.id).await.expect("a read").expect("the order");
    assert_eq!((kept.evidence, kept.updated_at), (Some(json!({ "lists_read": 1 })), order.updated_at));
    let evidence = json!({ "why": "two_candidates" });
    let doubted = orders::doubt(&store, order.id, "two_candidates", evidence.clone(), at(6)).await.expect("noted");
    assert_eq!((doubted.state, doubted.evidence), (OrderState::Ambiguous, Some(evidence)));
    orders::keep_evidence(&store, order.id, json!({})).await.expect("no error");
    let candidates = [number("1"), number("2")];
    let dismissed = orders::dismiss(&store, order.id, &candidates, json!({ "by": 1 }), "kim", at(7)).await;
    assert_eq!(dismissed.expect("decided").state, OrderState::NotFound);
    let rows = orders::rows_of_day(&store, desk.account_id, today()).await.expect("a read");
    assert!(rows.iter().all(|row| row.confirmed_at == Some(at(7))), "its candidates are somebody else's");
    let again = orders::dismiss(&store, order.id, &[], json!({}), "kim", at(8)).await;
    assert!(matches!(again, Err(StoreError::Conflict("not_in_doubt"))), "{again:?}");
}

async fn what_was_thought_absent_may_be_suspected_and_bound(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.unknown().await;
    let early = orders::suspect(&store, order.id, "row 1", json!({}), at(6)).await;
    assert!(matches!(early, Err(StoreError::Conflict("not_absent"))), "{early:?}");
    orders::absent(&store, order.id, "no list has it", json!({}), at(6)).await.expect("noted");
    desk.list(&[row("1", 4)], at(7)).await;
    let suspect = orders::suspect(&store, order.id, "row 1", json!({ "why": "late" }), at(7)).await.expect("noted");
    assert!(suspect.is_suspect && suspect.state == OrderState::NotFound);
    let steps = orders::timeline(&store, order.id).await.expect("a read").len();
    orders::suspect(&store, order.id, "row 1", json!({}), at(8)).await.expect("no news");
    assert_eq!(orders::timeline(&store, order.id).await.expect("a read").len(), steps);
    let binding = Binding { number: number("1"), by: BoundBy::Person, locked_until: None, evidence: None };
    let bound = desk.book(&order, OrderEvent::Reappeared(row("1", 4).facts), Some(binding)).await;
    assert_eq!((bound.state, bound.is_suspect, bound.bound_by), (OrderState::Partial, false, Some(BoundBy::Person)));
    let rows = orders::rows_of_day(&store, desk.account_id, today()).await.expect("a read");
    assert_eq!(rows[0].order_id, Some(order.id), "row and order are bound together");
}

async fn a_day_is_proven_closed_and_proven_again(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked("1").await;
    let prove = async || orders::prove(&store, desk.account_id, today()).await.expect("counted");
    assert!(!prove().await.holds(), "no list has shown it yet");
    desk.list(&[row("1", 4), row("2", 5)], at(5)).await;
    let unbooked = prove().await;
    assert_eq!((unbooked.sent, unbooked.found), (tally(1, 0), tally(1, 280_000)));
    assert!(!unbooked.holds());
    desk.book(&order, OrderEvent::RowRead(row("1", 4).facts), None).await;
    let proof = prove().await;
    assert_eq!((proof.sent, proof.found, proof.booked), (tally(1, 280_000), tally(1, 280_000), tally(1, 280_000)));
    assert!(proof.holds() && proof.external == tally(1, 350_000));
    let closed = orders::close_day(&store, desk.account_id, today(), at(100)).await.expect("closed");
    assert_eq!((closed.proof, closed.closed_at), (proof, Some(at(100))));
    desk.list(&[row("1", 10), row("2", 5)], at(200)).await;
    let checked = orders::check_day(&store, desk.account_id, today(), at(300)).await.expect("checked");
    assert!(!checked.holds(), "a late fill is not booked yet");
    let days = orders::proofs(&store, desk.account_id, today(), today()).await.expect("a read");
    assert_eq!((days.len(), days[0].proof, days[0].checked_at), (1, checked, Some(at(300))));
    let later = today() + chrono::Days::new(1);
    assert_eq!(orders::proofs(&store, desk.account_id, later, later).await.expect("a read"), []);
}

fn tally(count: u64, amount: i64) -> Tally {
    Tally { count, amount: Won(amount) }
}
