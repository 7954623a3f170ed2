//! What a strategy needs, and what it may lose.

use chrono::NaiveDate;
use exodus_domain::{
    ArmingNeed, FIRST_DAY_ORDERS, FIRST_DAY_PART, LimitName, PAPER_DAYS, WorstCase, armed_days, arming_sentences,
};
use exodus_store::accounts::{self, Account, AccountEnv};
use exodus_store::armings::{self, Candidate};
use exodus_store::limits;
use exodus_store::strategies::{self, Strategy};

use super::dto::{Arming, ArmingCheck, ArmingOffer, ArmingStanding, PaperDay};
use crate::account::books::Books;
use crate::bootstrap::App;
use crate::http::problem::{Answer, Problem};

/// A strategy, and the account it trades on.
pub(super) struct Subject {
    strategy: Strategy,
    account: Option<Account>,
}

/// What trades with real money.
#[derive(Clone, Copy)]
pub(super) struct LiveSubject<'a> {
    account: &'a Account,
    /// The version that trades.
    pub(super) version: i32,
    /// The digits of the account's number that may be shown.
    pub(super) digits: &'a str,
}

impl Subject {
    /// A strategy of a user.
    pub(super) async fn read(app: &App, user_id: i64, id: i64) -> Answer<Self> {
        let strategy = strategies::get(&app.store, user_id, id).await?.ok_or_else(Problem::not_found)?;
        let account = match strategy.account_id {
            Some(account_id) => accounts::get(&app.store, user_id, account_id).await?,
            None => None,
        };
        Ok(Self { strategy, account })
    }

    /// What trades with real money; `None` if nothing does.
    pub(super) fn live(&self) -> Option<LiveSubject<'_>> {
        let account = self.account.as_ref().filter(|account| account.env == AccountEnv::Live)?;
        Some(LiveSubject { account, version: self.strategy.active_version?, digits: digits(account)? })
    }

    /// What the store is asked to arm; `None` while it trades nowhere.
    pub(super) fn candidate(&self, app: &App) -> Option<Candidate> {
        Some(Candidate {
            user_id: self.strategy.user_id,
            account_id: self.account.as_ref()?.id,
            strategy_id: self.strategy.id,
            strategy_version: self.strategy.active_version?,
            needs_paper_days: app.arming_paper_days,
        })
    }

    /// The first and the last day of an arming that is made now.
    pub(super) fn dates(&self, app: &App, days: u32) -> Answer<(NaiveDate, NaiveDate)> {
        let unknown = || Problem::conflict("MARKET_CLOSED", "The calendar of those days is not known yet.");
        armed_days(app.now(), days).ok_or_else(unknown)
    }

    /// What may be lost in so many trading days from now.
    pub(super) async fn worst_case(&self, app: &App, days: u32) -> Answer<WorstCase> {
        let Some(live) = self.live() else { return Err(Problem::not_found()) };
        let (in_force, _) = limits::in_force(&app.store, live.account, app.now()).await?;
        let equity = Books::read(app, live.account.clone()).await?.total_assets();
        let is_first = self.is_first_day(app, live, self.dates(app, days)?.0).await?;
        Ok(WorstCase::of(equity, &in_force, self.strategy.fields.symbols.len(), days, is_first))
    }

    async fn is_first_day(&self, app: &App, live: LiveSubject<'_>, date: NaiveDate) -> Answer<bool> {
        let version = (live.account.id, self.strategy.id, live.version);
        Ok(armings::is_first_day(&app.store, version, date).await?)
    }

    async fn offer(&self, app: &App, live: LiveSubject<'_>, days: u32) -> Answer<ArmingOffer> {
        let (first_date, last_date) = self.dates(app, days)?;
        let worst = self.worst_case(app, days).await?;
        let (in_force, _) = limits::in_force(&app.store, live.account, app.now()).await?;
        let [sentence_ko, sentence_en] = arming_sentences(live.digits, worst.loss);
        Ok(ArmingOffer {
            days,
            first_date,
            last_date,
            is_first_day: self.is_first_day(app, live, first_date).await?,
            first_day_notional: in_force.get(LimitName::MaxOrderNotional) / FIRST_DAY_PART,
            first_day_orders: FIRST_DAY_ORDERS.min(in_force.get(LimitName::MaxOrdersPerDay)),
            exposure: worst.exposure.0,
            max_loss: worst.loss.0,
            sentence_ko,
            sentence_en,
        })
    }

    /// All that a person wants to know before they arm it.
    pub(super) async fn standing(&self, app: &App, days: u32) -> Answer<ArmingStanding> {
        let (store, now, strategy) = (&app.store, app.now(), &self.strategy);
        let missing = match self.candidate(app) {
            Some(candidate) => armings::missing(store, &candidate, now).await?,
            None => ArmingNeed::ALL.to_vec(),
        };
        let check = |need: &ArmingNeed| ArmingCheck { need: *need, is_met: !missing.contains(need) };
        // Of a strategy that does not trade, the newest version is the one that would.
        let version = strategy.active_version.unwrap_or(strategy.version);
        let paper_days = armings::paper_days(store, strategy.user_id, (strategy.id, version), now).await?;
        let armed = armings::open_of(store, strategy.user_id, strategy.id).await?;
        let account = self.account.as_ref();
        let offer = match self.live() {
            Some(live) => Some(self.offer(app, live, days).await?),
            None => None,
        };
        Ok(ArmingStanding {
            strategy_id: strategy.id,
            strategy_name: strategy.fields.name.clone(),
            version: strategy.active_version,
            account_id: account.map(|account| account.id),
            account_name: account.map(|account| account.name.clone()),
            env: account.map(|account| account.env),
            account_digits: account.and_then(digits).map(str::to_owned),
            armed: armed.map(|arming| Arming::new(arming, strategy.fields.name.clone())),
            checks: ArmingNeed::ALL.iter().map(check).collect(),
            paper_days_needed: if app.arming_paper_days { PAPER_DAYS } else { 0 },
            paper_days: paper_days.into_iter().map(PaperDay::from).collect(),
            offer,
        })
    }
}

/// The end of an account's number, as far as it is shown.
fn digits(account: &Account) -> Option<&str> {
    account.number_hint.as_deref().map(|hint| hint.trim_start_matches('*'))
}
