//! R1: orders whose answer was lost are held against the lists.

use exodus_domain::testing::{Point, reach};
use exodus_domain::{BrokerOrderId, Holding, OrderEvent, OrderState, Price, Qty, Side, Won};
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::notices::{self, UnmatchedNotice};
use exodus_store::orders::{self, Binding, BoundBy, Order};
use exodus_store::{accounts, holdings};
use serde_json::Value;

use super::{Read, Reconciler};
use crate::LiveError;
use crate::doubts::{BalanceEvidence, Books, Command, Evidence, Funds, Look, Progress, Verdict, Why, funds, judge};
use crate::executor::count;

impl Reconciler {
    /// Judges every order in doubt.
    pub(super) async fn resolve_doubts(&mut self, read: &mut Read) -> Result<(), LiveError> {
        let doubtful: Vec<Order> =
            read.orders.iter().filter(|order| order.state == OrderState::Unknown).cloned().collect();
        for order in doubtful {
            let Some(command) = read.commands.iter().find(|command| command.order_id == order.id).cloned() else {
                continue;
            };
            if let Some(decided) = self.resolve(&order, &command, read).await? {
                tracing::warn!(order_id = decided.id, state = %decided.state, "an order in doubt was resolved");
                if decided.state != order.state {
                    count(&decided);
                }
                self.progress.remove(&decided.id);
                read.note(decided, &self.policy);
            }
        }
        Ok(())
    }

    /// Judges one; `None` if it is too early.
    async fn resolve(&mut self, order: &Order, command: &Command, read: &mut Read) -> Result<Option<Order>, LiveError> {
        let rows = read.rows_near(order);
        let waiting = self.notices(order, read).await?;
        let commands = read.commands.clone();
        let mut look = Look {
            rows: &rows,
            commands: &commands,
            funds: Funds::Unread,
            has_notice: !waiting.is_empty(),
            is_final: read.is_final(order),
            at: read.now,
        };
        let progress = self.progress_of(order).after(command, &look, &self.policy);
        self.progress.insert(order.id, progress);
        let mut evidence = Evidence::of(command, &look, &progress, &self.policy);
        evidence.notices = waiting.into_iter().map(|notice| notice.broker_order_id).collect();
        let mut verdict = judge(command, &look, &progress, &self.policy);
        if verdict == Verdict::AskFunds {
            let books = self.books(order, read).await?;
            look.funds = funds(&order.fields, worth(order), &books);
            evidence.balance = Some(BalanceEvidence::new(&books, look.funds));
            verdict = judge(command, &look, &progress, &self.policy);
        }
        self.carry_out(order, command, verdict, evidence, read).await
    }

    /// The lists read so far, also by a process before this one.
    fn progress_of(&self, order: &Order) -> Progress {
        let kept = || order.evidence.clone().and_then(|kept| serde_json::from_value::<Evidence>(kept).ok());
        let known = self.progress.get(&order.id).copied();
        known.or_else(|| kept().map(|kept| kept.progress())).unwrap_or_default()
    }

    /// Notices since the order was sent that no list explains.
    async fn notices(&self, order: &Order, read: &Read) -> Result<Vec<UnmatchedNotice>, LiveError> {
        if !self.policy.asks_funds {
            return Ok(Vec::new());
        }
        let since = order.sent_at.or(order.claimed_at).unwrap_or(order.created_at);
        let mut waiting = notices::unmatched(&self.store, self.account_id, since).await?;
        waiting.retain(|notice| read.stored_near(order).all(|row| row.broker_order_id != notice.broker_order_id));
        Ok(waiting)
    }

    async fn carry_out(
        &mut self,
        order: &Order,
        command: &Command,
        verdict: Verdict,
        mut evidence: Evidence,
        read: &Read,
    ) -> Result<Option<Order>, LiveError> {
        let now = read.now;
        let decided = match verdict {
            Verdict::Wait | Verdict::AskFunds => {
                if self.policy.asks_funds {
                    orders::keep_evidence(&self.store, order.id, to_json(&evidence)).await?;
                }
                return Ok(None);
            }
            Verdict::Bind(number) => {
                let row = read.stored_near(order).find(|row| row.broker_order_id == number && row.order_id.is_none());
                let Some(row) = row.cloned() else { return Ok(None) };
                let binding = self.binding(command, number, &evidence);
                let facts = self.facts_of(&row, read.is_final(order));
                self.apply(order, OrderEvent::Matched(facts), &facts, Some(binding), now).await?
            }
            Verdict::Ambiguous(why) => {
                reach(point(why));
                evidence.why = Some(why.as_str().to_owned());
                orders::doubt(&self.store, order.id, why.as_str(), to_json(&evidence), now).await?
            }
            Verdict::Absent { by_witness } => {
                reach(if by_witness { Point::AbsentByWitness } else { Point::AbsentByTime });
                let detail = "the broker's list does not have it";
                orders::absent(&self.store, order.id, detail, to_json(&evidence), now).await?
            }
        };
        Ok(Some(decided))
    }

    /// The binding of an order to the only row that fits; issue and side stay locked until no other row of the order can
    /// come (M1).
    pub(super) fn binding(&self, command: &Command, number: BrokerOrderId, evidence: &Evidence) -> Binding {
        let locked_until = self.policy.asks_funds.then_some(command.hard_end + self.policy.late_margin);
        Binding { number, by: BoundBy::List, locked_until, evidence: Some(to_json(evidence)) }
    }

    /// Both sides of the comparison of cash and shares, with what the rows of the lists hold back.
    async fn books(&self, order: &Order, read: &mut Read) -> Result<Books, LiveError> {
        if read.balance.is_none() {
            read.balance = Some(self.broker.balance().await?);
        }
        let Some(told) = &read.balance else { return Err(LiveError::NoQuote(order.fields.symbol)) };
        let symbol = order.fields.symbol;
        let account = accounts::find(&self.store, self.account_id).await?.ok_or(exodus_store::StoreError::NotFound)?;
        let known = holdings::find(&self.store, self.account_id, symbol).await?;
        let shares =
            |held: &[Holding]| held.iter().find(|held| held.symbol == symbol).map_or(Qty::ZERO, |held| held.quantity);
        let rows: Vec<&BrokerRow> = read.pass.rows.values().flatten().collect();
        let open_of = |side: Side| rows.iter().filter(move |row| row.side == side);
        // What others traded is in the broker's books and not in ours.
        let moved = |side: Side| -> (Qty, Won) {
            let theirs = open_of(side).filter(|row| row.symbol == symbol || side == Side::Buy);
            theirs.fold((Qty::ZERO, Won::ZERO), |(quantity, amount), row| {
                let of_issue = if row.symbol == symbol { row.uncounted_quantity() } else { Qty::ZERO };
                (quantity + of_issue, amount + row.uncounted_amount())
            })
        };
        let ((bought, spent), (sold, _)) = (moved(Side::Buy), moved(Side::Sell));
        Ok(Books {
            cash: told.cash,
            orderable: told.orderable_cash,
            held: shares(&told.holdings),
            sellable: told.sellable.get(&symbol).copied(),
            known_cash: account.cash - spent,
            known_held: known.map_or(Qty::ZERO, |known| known.holding.quantity) + bought - sold,
            open_buys: open_of(Side::Buy).map(|row| row.price.unwrap_or(Price::ZERO) * row.open_quantity()).sum(),
            open_sells: open_of(Side::Sell)
                .filter(|row| row.symbol == symbol)
                .fold(Qty::ZERO, |sum, row| sum + row.open_quantity()),
        })
    }
}

/// What a buy holds back at the least; nothing is known of a market order.
fn worth(order: &Order) -> Won {
    order.fields.price.map_or(Won::ZERO, |price| price * order.fields.quantity)
}

fn point(why: Why) -> Point {
    match why {
        Why::TwoCandidates => Point::TwoCandidates,
        Why::TwoClaimants | Why::EarlierTwin => Point::TwoClaimants,
        Why::LateRow => Point::LateRow,
        Why::ContraryEvidence => Point::ContraryEvidence,
    }
}

pub(super) fn to_json(evidence: &Evidence) -> Value {
    serde_json::to_value(evidence).unwrap_or(Value::Null)
}

/// The numbers of rows, for a sentence.
pub(super) fn numbers(rows: &[BrokerOrderId]) -> String {
    rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>().join(", ")
}
