//! Orders: taking them, changing them, and booking what becomes of them (kis-openapi §5.2, §5.3).

use chrono::{DateTime, Utc};
use exodus_domain::{OrderCosts, Price, Qty, RowEnd, Side, StyleRefusal, TradingVenue, Won, is_session};
use exodus_simulator::{BoardRefusal, Execution, SimReject, StyledOrder};

use super::World;
use super::account::Account;
use super::happening::{Happening, NoticeKind, OrderNotice};
use super::market::{Outcome, Place, Report};
use super::orders::{Amend, Change, NewOrder, OrderAction, OrderKey, OrderRow, OrderVenue, Origin};
use super::refusal::Refusal;
use super::routing::{other_venue, place_of};
use super::state::Command;

impl World {
    /// Takes a new order. An accepted order may still be refused by the exchange: its row and a notice tell.
    ///
    /// # Errors
    /// [`Refusal`]; nothing changed then.
    pub fn place(
        &mut self,
        account: &str,
        order: NewOrder,
        origin: Origin,
        now: DateTime<Utc>,
    ) -> Result<OrderKey, Refusal> {
        let account = account.to_owned();
        self.key_of(Command::Place { account, order, origin }, now)
    }

    /// Makes an order with another number out of the open rest of one, or of a part of it.
    ///
    /// # Errors
    /// [`Refusal`]; nothing changed then.
    pub fn amend(&mut self, account: &str, amend: Amend, now: DateTime<Utc>) -> Result<OrderKey, Refusal> {
        self.key_of(Command::Amend { account: account.to_owned(), amend }, now)
    }

    /// Cancels the open rest of an order, or a part of it. The cancellation has a number of its own.
    ///
    /// # Errors
    /// [`Refusal`]; nothing changed then.
    pub fn cancel(&mut self, account: &str, change: Change, now: DateTime<Utc>) -> Result<OrderKey, Refusal> {
        self.key_of(Command::Cancel { account: account.to_owned(), change }, now)
    }

    /// Carries out a command that makes a row.
    fn key_of(&mut self, command: Command, now: DateTime<Utc>) -> Result<OrderKey, Refusal> {
        self.command(command, now).map(|key| key.expect("orders, amendments and cancellations have a number"))
    }

    pub(super) fn take_order(&mut self, account: &str, order: NewOrder, origin: Origin) -> Result<OrderKey, Refusal> {
        let owner = self.owner(account)?;
        let NewOrder { symbol, side, style, quantity, price, stop, only_in, venue, .. } = order;
        self.quote(symbol).ok_or(Refusal::UnknownSymbol(symbol))?;
        if !is_session(self.today) {
            return Err(Refusal::NoSession(self.today));
        }
        let id = u64::from(self.last_number) + 1;
        let account = owner as i64;
        let styled = StyledOrder { id, account, symbol, side, style, only_in, quantity, price, stop };
        let place = self.route(&styled, venue);
        let refused = match self.market.board(place).check(&styled) {
            Ok(()) => false,
            // The broker cannot know what the book shows: the exchange refuses it afterwards.
            Err(BoardRefusal::NoReference) => true,
            Err(refusal) => return Err(self.refusal(refusal, place)),
        };
        let mut row = self.row(&self.accounts[owner], place.venue(), order, origin);
        self.check_funds(&self.accounts[owner], &row, None)?;
        if refused {
            row.rejected = quantity;
            row.end = Some(RowEnd::Rejected);
        }
        let mut outcome = Outcome::default();
        if !refused {
            let now = self.now;
            let elsewhere =
                if venue == OrderVenue::Sor { self.fill_elsewhere(&styled, place, &mut outcome) } else { Qty::ZERO };
            let rest = StyledOrder { quantity: quantity - elsewhere, ..styled };
            if rest.quantity.is_positive() {
                let entered =
                    self.market.on_board(place, symbol, |board, out| board.enter(rest, now, out), &mut outcome);
                entered.map_err(|refusal| self.refusal(refusal, place))?;
            } else {
                row.routed_to = other_venue(place).venue();
            }
        }
        let key = self.add_row(owner, row);
        self.tell(key.number, NoticeKind::Received, quantity, price.unwrap_or(Price::ZERO));
        if refused {
            self.tell(key.number, NoticeKind::Rejected, quantity, price.unwrap_or(Price::ZERO));
        }
        self.take(outcome);
        Ok(key)
    }

    pub(super) fn take_amendment(&mut self, account: &str, amend: Amend) -> Result<OrderKey, Refusal> {
        let owner = self.owner(account)?;
        let Amend { change, style, code, price, stop } = amend;
        let (place_of_row, quantity) = self.changed_row(owner, &change)?;
        let original = &self.accounts[owner].rows[place_of_row];
        let place = place_of(original.routed_to, original.style);
        let OrderRow { symbol, side, only_in, venue, origin, .. } = *original;
        let order = NewOrder { symbol, side, style, code, only_in, quantity, price, stop, venue };
        let id = u64::from(self.last_number) + 1;
        let styled = StyledOrder { id, account: owner as i64, symbol, side, style, only_in, quantity, price, stop };
        self.market.board(place).check(&styled).map_err(|refusal| self.refusal(refusal, place))?;
        let mut row = self.row(&self.accounts[owner], place.venue(), order, origin);
        (row.action, row.original) = (OrderAction::Amend, Some(change.original));
        self.check_funds(&self.accounts[owner], &row, Some(original))?;
        let mut outcome = Outcome::default();
        let (now, old) = (self.now, u64::from(change.original));
        let amended =
            self.market.on_board(place, symbol, |board, out| board.amend(old, styled, now, out), &mut outcome);
        amended.map_err(|refusal| self.refusal(refusal, place))?;
        let original = &mut self.accounts[owner].rows[place_of_row];
        original.amended += quantity;
        original.changed_at = now;
        if !original.remaining().is_positive() {
            original.end = Some(RowEnd::Cancelled);
        }
        let key = self.add_row(owner, row);
        for kind in [NoticeKind::Received, NoticeKind::Confirmed] {
            self.tell(key.number, kind, quantity, price.unwrap_or(Price::ZERO));
        }
        self.take(outcome);
        Ok(key)
    }

    pub(super) fn take_cancellation(&mut self, account: &str, change: Change) -> Result<OrderKey, Refusal> {
        let owner = self.owner(account)?;
        let (place_of_row, quantity) = self.changed_row(owner, &change)?;
        let original = self.accounts[owner].rows[place_of_row].clone();
        let place = place_of(original.routed_to, original.style);
        let id = u64::from(change.original);
        let mut outcome = Outcome::default();
        let cancelled =
            self.market.on_board(place, original.symbol, |board, _| board.cancel(id, Some(quantity)), &mut outcome);
        cancelled.map_err(|refusal| self.refusal(refusal, place))?;
        let row = &mut self.accounts[owner].rows[place_of_row];
        row.cancelled += quantity;
        row.changed_at = self.now;
        if !row.remaining().is_positive() {
            row.end = Some(RowEnd::Cancelled);
        }
        let OrderRow { symbol, side, style, code, only_in, venue, origin, .. } = original;
        let order = NewOrder { symbol, side, style, code, only_in, quantity, price: None, stop: None, venue };
        let mut row = self.row(&self.accounts[owner], place.venue(), order, origin);
        (row.action, row.original, row.cancelled) = (OrderAction::Cancel, Some(change.original), quantity);
        let key = self.add_row(owner, row);
        for kind in [NoticeKind::Received, NoticeKind::Confirmed] {
            self.tell(key.number, kind, quantity, Price::ZERO);
        }
        self.take(outcome);
        Ok(key)
    }

    /// Books what happened to orders, and keeps the rest to be handed out.
    pub(super) fn take(&mut self, outcome: Outcome) {
        self.outbox.extend(outcome.happenings);
        for report in outcome.reports {
            match report {
                Report::Execution(execution, venue) => self.take_execution(&execution, venue),
                Report::StopReached { order_id, at } => {
                    if let Some((owner, row)) = self.numbered_row(order_id) {
                        self.accounts[owner].rows[row].stop_reached_at = Some(at);
                    }
                }
            }
        }
    }

    fn take_execution(&mut self, execution: &Execution, venue: TradingVenue) {
        let Some((owner, place)) = self.numbered_row(execution.order_id) else { return };
        let Execution { symbol, last_qty, last_price, end, at, .. } = *execution;
        let instrument = self.market.source().instruments().iter().find(|instrument| instrument.symbol == symbol);
        let Some(instrument) = instrument else { return };
        let account = &mut self.accounts[owner];
        account.rows[place].changed_at = at;
        let number = account.rows[place].key.number;
        match end {
            None => {
                account.book_fill(place, instrument, last_qty, last_price * last_qty);
                self.tell_at(number, NoticeKind::Filled, last_qty, last_price, venue, at);
            }
            Some(end) => {
                let row = &mut account.rows[place];
                let rest = row.remaining();
                row.end = Some(end);
                match end {
                    RowEnd::Cancelled => row.cancelled += rest,
                    RowEnd::Expired | RowEnd::Rejected => row.rejected += rest,
                }
                if end == RowEnd::Cancelled {
                    self.tell_at(number, NoticeKind::Unfilled, rest, Price::ZERO, venue, at);
                }
            }
        }
    }

    fn numbered_row(&self, order_id: u64) -> Option<(usize, usize)> {
        self.numbered.get(&u32::try_from(order_id).ok()?).copied()
    }

    fn owner(&self, number: &str) -> Result<usize, Refusal> {
        let place = self.accounts.iter().position(|account| account.terms.number == number);
        place.ok_or(Refusal::UnknownAccount)
    }

    /// The row that a change means, and how many shares of it.
    fn changed_row(&self, owner: usize, change: &Change) -> Result<(usize, Qty), Refusal> {
        let found = self.numbered.get(&change.original).filter(|(of, _)| *of == owner);
        let (_, place) = *found.ok_or(Refusal::UnknownOrder)?;
        let row = &self.accounts[owner].rows[place];
        let branch_fits = change.branch.is_empty() || change.branch == row.key.branch;
        if row.action == OrderAction::Cancel || !branch_fits || row.key.date != self.today {
            return Err(Refusal::UnknownOrder);
        }
        let open = row.remaining();
        let quantity = change.quantity.unwrap_or(open);
        if !open.is_positive() {
            return Err(Refusal::NothingOpen);
        }
        if !quantity.is_positive() {
            return Err(Refusal::BadQuantity);
        }
        if quantity > open { Err(Refusal::TooMany) } else { Ok((place, quantity)) }
    }

    /// A row as it stands when an order comes in.
    fn row(&self, account: &Account, routed_to: TradingVenue, order: NewOrder, origin: Origin) -> OrderRow {
        let NewOrder { symbol, side, style, code, only_in, quantity, price, stop, venue } = order;
        let branch = account.terms.branch.clone();
        OrderRow {
            key: OrderKey { date: self.today, branch, number: self.last_number + 1, at: self.now },
            action: OrderAction::New,
            original: None,
            origin,
            symbol,
            side,
            style,
            code,
            only_in,
            venue,
            routed_to,
            quantity,
            price,
            stop,
            stop_reached_at: None,
            filled: Qty::ZERO,
            amount: Won::ZERO,
            cancelled: Qty::ZERO,
            amended: Qty::ZERO,
            rejected: Qty::ZERO,
            end: None,
            costs: OrderCosts::default(),
            changed_at: self.now,
        }
    }

    /// Orders to buy need cash, orders to sell shares, that no other order holds back. An amendment may use what the
    /// order that it replaces held back.
    fn check_funds(&self, account: &Account, row: &OrderRow, replaced: Option<&OrderRow>) -> Result<(), Refusal> {
        let freed = |of: &OrderRow| row.quantity.min(of.remaining());
        match row.side {
            Side::Buy => {
                let before = replaced.map_or(Won::ZERO, |of| {
                    let kept = of.remaining() - freed(of);
                    self.held_back(account, of, of.remaining()) - self.held_back(account, of, kept)
                });
                let orderable = self.orderable(account) + before;
                let needed = self.held_back(account, row, row.quantity);
                if needed > orderable { Err(Refusal::NoCash { needed, orderable }) } else { Ok(()) }
            }
            Side::Sell => {
                let sellable = account.sellable(row.symbol, self.today) + replaced.map_or(Qty::ZERO, freed);
                let wanted = row.quantity;
                if wanted > sellable { Err(Refusal::NoShares { wanted, sellable }) } else { Ok(()) }
            }
        }
    }

    fn add_row(&mut self, owner: usize, row: OrderRow) -> OrderKey {
        let key = row.key.clone();
        self.last_number = key.number;
        let rows = &mut self.accounts[owner].rows;
        self.numbered.insert(key.number, (owner, rows.len()));
        rows.push(row);
        key
    }

    fn tell(&mut self, number: u32, kind: NoticeKind, quantity: Qty, price: Price) {
        let Some((owner, place)) = self.numbered.get(&number).copied() else { return };
        let venue = self.accounts[owner].rows[place].routed_to;
        self.tell_at(number, kind, quantity, price, venue, self.now);
    }

    fn tell_at(
        &mut self,
        number: u32,
        kind: NoticeKind,
        quantity: Qty,
        price: Price,
        venue: TradingVenue,
        at: DateTime<Utc>,
    ) {
        let Some((owner, place)) = self.numbered.get(&number).copied() else { return };
        let account = &self.accounts[owner];
        let row = &account.rows[place];
        self.outbox.push(Happening::Notice(Box::new(OrderNotice {
            account: account.terms.number.clone(),
            hts_id: account.terms.hts_id.clone(),
            kind,
            key: row.key.clone(),
            original: row.original,
            symbol: row.symbol,
            side: row.side,
            style: row.style,
            code: row.code.clone(),
            action: row.action,
            quantity,
            price,
            order_quantity: row.quantity,
            order_price: row.price.unwrap_or(Price::ZERO),
            stop: row.stop,
            venue: row.venue,
            routed_to: venue,
            at,
        })));
    }

    fn refusal(&self, refusal: BoardRefusal, place: Place) -> Refusal {
        match refusal {
            BoardRefusal::NoPhase if self.is_before_open(place) => Refusal::BeforeOpen,
            BoardRefusal::NoPhase => Refusal::AfterClose,
            BoardRefusal::OtherSession(phase) => Refusal::OtherSession(phase),
            BoardRefusal::Style(StyleRefusal::Halted) | BoardRefusal::Exchange(SimReject::Halted) => Refusal::Halted,
            BoardRefusal::Style(style) => Refusal::Style(style),
            BoardRefusal::NoReference => Refusal::NoReference,
            BoardRefusal::NothingOpen => Refusal::NothingOpen,
            BoardRefusal::TooMany(_) => Refusal::TooMany,
            BoardRefusal::Exchange(reject) => match reject {
                SimReject::UnknownIssue(symbol) => Refusal::UnknownSymbol(symbol),
                SimReject::OffTick(price) => Refusal::OffTick(price),
                SimReject::OutsideLimits { price, lower, upper } => Refusal::OutsideLimits { price, lower, upper },
                SimReject::BadQuantity => Refusal::BadQuantity,
                SimReject::NoMarketOrders => Refusal::Style(StyleRefusal::PriceNeeded),
                SimReject::BadPrice | SimReject::DuplicateId(_) | SimReject::Halted => Refusal::BadPrice,
            },
        }
    }

    /// True if the first phase of the day is still to come.
    fn is_before_open(&self, place: Place) -> bool {
        let windows = exodus_domain::phase_windows(place.venue(), self.today);
        let first = windows.map(|window| window.orders_from).min();
        first.is_some_and(|first| exodus_domain::kst_time(self.now) < first)
    }
}
