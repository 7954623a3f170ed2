//! An issue as it is stored: what the symbol masters tell of it.

use chrono::NaiveDate;
use exodus_domain::{Instrument, InstrumentKind, Isin, IssueState, IssueStates, Market, Symbol, text_enum};

use crate::entities::instruments::Model;
use crate::error::{StoreError, word};

text_enum! {
    /// The kind of issue.
    SecurityKind {
        /// Ordinary and preferred shares, depositary receipts, REIT.
        Stock = "stock",
        /// Exchange-traded fund (상장지수펀드).
        Etf = "etf",
        /// Exchange-traded note (상장지수증권).
        Etn = "etn",
        /// Units of a fund that is listed without being an ETF (수익증권). It has no short code of six characters.
        Fund = "fund",
        /// Subscription rights and warrants (신주인수권증서, 신주인수권증권). They have none either.
        Right = "right",
    }
}

impl SecurityKind {
    /// The kind as the rules of trading know it; `None` for what this product does not trade.
    pub const fn tradable(self) -> Option<InstrumentKind> {
        match self {
            Self::Stock => Some(InstrumentKind::Stock),
            Self::Etf => Some(InstrumentKind::Etf),
            Self::Etn => Some(InstrumentKind::Etn),
            Self::Fund | Self::Right => None,
        }
    }
}

impl From<InstrumentKind> for SecurityKind {
    fn from(kind: InstrumentKind) -> Self {
        match kind {
            InstrumentKind::Stock => Self::Stock,
            InstrumentKind::Etf => Self::Etf,
            InstrumentKind::Etn => Self::Etn,
        }
    }
}

text_enum! {
    /// Whether an issue is still on the market.
    ListingStatus {
        /// It is.
        Listed = "listed",
        /// 상장폐지.
        Delisted = "delisted",
    }
}

text_enum! {
    /// How the gains of an ETF or ETN are taxed (krx-market §11). Shares have none of these classes.
    TaxClass {
        /// 비과세: an ETF of domestic shares, gains free of tax.
        DomesticEquity = "domestic_equity",
        /// 배당소득세(보유기간과세): dividend tax on what was gained while the unit was held.
        HoldingPeriod = "holding_period",
        /// 배당소득세(해외주식투자전용ETF): of foreign shares only.
        OverseasEquity = "overseas_equity",
        /// 배당소득세(분리과세부동산ETF): of real estate, taxed apart from other income.
        RealEstate = "real_estate",
        /// 비과세(분리과세부동산ETF): of real estate, gains free of tax.
        RealEstateExempt = "real_estate_exempt",
    }
}

/// An issue, traded or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Short code: six characters for what is traded ([`Issue::symbol`]), eight for funds, rights and warrants.
    pub code: String,
    /// 표준코드.
    pub isin: Option<Isin>,
    /// Korean name; the code where no name is known.
    pub name_ko: String,
    /// English name.
    pub name_en: Option<String>,
    /// Market division.
    pub market: Market,
    /// Kind of issue.
    pub kind: SecurityKind,
    /// Kind of security in the words of KRX, such as `주권` or `2X 레버리지` (증권구분).
    pub security_group: Option<String>,
    /// Kind of share, such as `보통주`; what a fund holds (주식종류).
    pub share_kind: Option<String>,
    /// Section of the market (소속부), such as `우량기업부`.
    pub section: Option<String>,
    /// First day of trading.
    pub listed_on: Option<NaiveDate>,
    /// Day on which the issue left the market: as a file told it, else the first day of others after its last bar.
    pub delisted_on: Option<NaiveDate>,
    /// Whether it is still on the market.
    pub status: ListingStatus,
    /// Par value (액면가) in won or, of a foreign issuer, in its currency; zero for shares without one.
    pub par_value: Option<i64>,
    /// Shares, units or notes that are listed.
    pub listed_shares: Option<i64>,
    /// How gains are taxed.
    pub tax_class: Option<TaxClass>,
    /// See [`Instrument::limit_multiple`].
    pub limit_multiple: u32,
    /// What a master said of the issue when it was last read, without [`IssueState::Delisted`].
    pub states: IssueStates,
    /// The day since which the states are known as they are.
    pub states_on: Option<NaiveDate>,
    /// True for the fictional issuers of the demo market.
    pub is_demo: bool,
    /// True if only bars are known: market and kind are taken for a KOSPI stock's until a symbol master tells them.
    pub is_assumed: bool,
}

impl Issue {
    /// The short code of an issue that can be traded.
    pub fn symbol(&self) -> Option<Symbol> {
        self.kind.tradable().and_then(|_| self.code.parse().ok())
    }

    /// The issue as the rules of trading know it; `None` if it cannot be traded.
    pub fn instrument(&self) -> Option<Instrument> {
        let symbol = self.code.parse().ok()?;
        let mut instrument = Instrument::new(symbol, self.market, self.kind.tradable()?);
        instrument.name_ko.clone_from(&self.name_ko);
        self.english_name().clone_into(&mut instrument.name_en);
        instrument.listed_on = self.listed_on;
        instrument.delisted_on = self.delisted_on;
        instrument.limit_multiple = self.limit_multiple;
        instrument.states = match self.status {
            ListingStatus::Listed => self.states,
            ListingStatus::Delisted => self.states.with(IssueState::Delisted),
        };
        instrument.is_demo = self.is_demo;
        Some(instrument)
    }

    /// The English name, or the Korean one where none is known.
    pub fn english_name(&self) -> &str {
        self.name_en.as_deref().unwrap_or(&self.name_ko)
    }
}

impl From<&Instrument> for Issue {
    fn from(instrument: &Instrument) -> Self {
        let is_delisted = instrument.states.contains(IssueState::Delisted);
        Self {
            code: instrument.symbol.to_string(),
            isin: None,
            name_ko: instrument.name_ko.clone(),
            name_en: Some(instrument.name_en.clone()).filter(|name| *name != instrument.name_ko),
            market: instrument.market,
            kind: instrument.kind.into(),
            security_group: None,
            share_kind: None,
            section: None,
            listed_on: instrument.listed_on,
            delisted_on: instrument.delisted_on,
            status: if is_delisted { ListingStatus::Delisted } else { ListingStatus::Listed },
            par_value: None,
            listed_shares: None,
            tax_class: None,
            limit_multiple: instrument.limit_multiple,
            states: instrument.states.without(IssueState::Delisted),
            states_on: None,
            is_demo: instrument.is_demo,
            is_assumed: false,
        }
    }
}

impl TryFrom<Model> for Issue {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let states: Result<IssueStates, StoreError> = row.states.split_whitespace().map(word::<IssueState>).collect();
        Ok(Self {
            isin: row.isin.as_deref().map(word).transpose()?,
            name_ko: row.name_ko,
            name_en: Some(row.name_en).filter(|name| !name.is_empty()),
            market: word(&row.market)?,
            kind: word(&row.kind)?,
            security_group: row.security_group,
            share_kind: row.share_kind,
            section: row.section,
            listed_on: row.listed_on,
            delisted_on: row.delisted_on,
            status: word(&row.status)?,
            par_value: row.par_value,
            listed_shares: row.listed_shares,
            tax_class: row.tax_class.as_deref().map(word).transpose()?,
            limit_multiple: row.limit_multiple.unsigned_abs(),
            states: states?,
            states_on: row.states_on,
            is_demo: row.is_demo,
            is_assumed: row.is_assumed,
            code: row.symbol,
        })
    }
}
