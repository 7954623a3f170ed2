//! Daily, weekly, monthly and yearly charts (kis-openapi §6.4, §6.5).

use chrono::{Datelike, NaiveDate, TimeDelta};
use exodus_domain::{Bar, Price, Qty};
use exodus_kis::wire::envelope::{Chart, Many};
use exodus_kis::wire::quotations::{
    InquireDailyItemchartpriceHeader, InquireDailyItemchartpriceRow, InquireDailyPriceRow,
};
use serde::Serialize;

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{self, percent, rate2};
use super::{Asked, Change};
use crate::world::{DayQuote, World};

/// The length of a bar (`FID_PERIOD_DIV_CODE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Week,
    Month,
    Year,
}

impl Period {
    pub(super) fn read(ask: &Ask<'_>) -> Result<Self, Reject> {
        match ask.field("FID_PERIOD_DIV_CODE") {
            "D" | "" => Ok(Self::Day),
            "W" => Ok(Self::Week),
            "M" => Ok(Self::Month),
            "Y" => Ok(Self::Year),
            _ => Err(Reject::input("OPSQ2001", "FID_PERIOD_DIV_CODE")),
        }
    }

    /// Days in the same period have the same key.
    pub(super) fn key(self, date: NaiveDate) -> (i32, u32) {
        match self {
            Self::Day => (date.year(), date.ordinal()),
            Self::Week => (date.iso_week().year(), date.iso_week().week()),
            Self::Month => (date.year(), date.month()),
            Self::Year => (date.year(), 0),
        }
    }

    /// Days that a number of periods surely lies within.
    pub(super) fn days(self, periods: usize) -> TimeDelta {
        let periods = i64::try_from(periods).unwrap_or(i64::MAX / 1000);
        TimeDelta::days(match self {
            // A quarter more than the weekends take, and room for the longest holidays.
            Self::Day => periods * 7 / 5 + periods / 8 + 30,
            Self::Week => periods * 7 + 30,
            Self::Month => periods * 31 + 31,
            Self::Year => periods * 366 + 366,
        })
    }
}

/// The range of a chart: `FID_INPUT_DATE_1` to `_2`.
pub(super) fn range(ask: &Ask<'_>) -> Result<(NaiveDate, NaiveDate), Reject> {
    let date = |field| text::read_date(ask.field(field)).ok_or_else(|| Reject::input("OPSQ2001", field));
    Ok((date("FID_INPUT_DATE_1")?, date("FID_INPUT_DATE_2")?))
}

/// A bar of the chart: several days under the date of the first.
#[derive(Clone, Copy)]
struct Candle {
    date: NaiveDate,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    volume: Qty,
    value: i64,
    traded: bool,
}

impl Candle {
    fn of(bar: &Bar) -> Self {
        let traded = !bar.is_halted();
        let or_close = |price: Price| if traded { price } else { bar.close };
        // What a day traded in won is told by no bar: its typical price is as near as one comes.
        let typical = (bar.high.0 + bar.low.0 + bar.close.0) / 3;
        Self {
            date: bar.trade_date(),
            open: or_close(bar.open),
            high: or_close(bar.high),
            low: or_close(bar.low),
            close: bar.close,
            volume: bar.volume,
            value: if traded { typical * bar.volume.0 } else { 0 },
            traded,
        }
    }

    fn extend(&mut self, next: Self) {
        self.high = self.high.max(next.high);
        self.low = self.low.min(next.low);
        self.close = next.close;
        self.volume += next.volume;
        self.value += next.value;
        self.traded |= next.traded;
    }
}

/// The candles of a range, oldest first, each with the one before it.
fn candles(
    world: &World,
    quote: &DayQuote,
    period: Period,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<(Candle, Option<Candle>)> {
    let days = world.daily_bars(quote.symbol, from - period.days(1), to);
    let mut candles: Vec<Candle> = Vec::new();
    for bar in &days {
        let mut next = Candle::of(bar);
        if next.date == quote.date {
            next.value = quote.value.0;
        }
        match candles.last_mut() {
            Some(last) if period.key(last.date) == period.key(next.date) => last.extend(next),
            _ => candles.push(next),
        }
    }
    let before = std::iter::once(None).chain(candles.clone().into_iter().map(Some));
    let first = period.key(from);
    candles.into_iter().zip(before).filter(|(candle, _)| period.key(candle.date) >= first).collect()
}

/// Change against the candle before: won, sign, rate.
fn change(candle: &Candle, before: Option<&Candle>) -> (i64, String, f64) {
    let base = before.map_or(candle.open.0, |before| before.close.0);
    let won = candle.close.0 - base;
    (won, text::sign(candle.close.0, base, None), percent(won, base))
}

/// `GET inquire-daily-price`: the latest thirty periods.
pub(crate) fn latest(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let period = Period::read(ask)?;
    let rows = asked.look(ask, |world, _, quote| {
        let candles = candles(world, quote, period, quote.date - period.days(ask.rows()), quote.date);
        candles.iter().rev().take(ask.rows()).map(daily_row).collect::<Vec<_>>()
    });
    Ok(Answer::quote(&Many { output: rows.unwrap_or_default() }))
}

fn daily_row((candle, before): &(Candle, Option<Candle>)) -> InquireDailyPriceRow {
    let (won, sign, rate) = change(candle, before.as_ref());
    let volume_before = before.map_or(0, |before| before.volume.0);
    InquireDailyPriceRow {
        stck_bsop_date: text::date(candle.date),
        stck_oprc: candle.open.0.to_string(),
        stck_hgpr: candle.high.0.to_string(),
        stck_lwpr: candle.low.0.to_string(),
        stck_clpr: candle.close.0.to_string(),
        acml_vol: candle.volume.0.to_string(),
        prdy_vrss_vol_rate: rate2(percent(candle.volume.0 - volume_before, volume_before)),
        prdy_vrss: won.to_string(),
        prdy_vrss_sign: sign,
        prdy_ctrt: rate2(rate),
        hts_frgn_ehrt: "0.00".to_owned(),
        frgn_ntby_qty: "0".to_owned(),
        flng_cls_code: "00".to_owned(),
        acml_prtt_rate: "1.00".to_owned(),
    }
}

/// A row of the chart.
#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Bar(Box<InquireDailyItemchartpriceRow>),
    Blank {},
}

/// `GET inquire-daily-itemchartprice`: the newest hundred bars of the range; older ones are left out without a word. A
/// range that begins before the listing ends with a blank row (§6.5).
pub(crate) fn chart(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let period = Period::read(ask)?;
    let (from, to) = range(ask)?;
    let body = asked.look(ask, |world, instrument, quote| {
        let candles = candles(world, quote, period, from, to.min(quote.date));
        let begins_later = candles.first().is_some_and(|(first, before)| before.is_none() && from < first.date);
        let rows = candles.iter().rev().map(|candle| Row::Bar(Box::new(chart_row(candle))));
        let output2: Vec<Row> = rows.chain(begins_later.then_some(Row::Blank {})).take(ask.rows()).collect();
        Chart { output1: header(world, &instrument.name_ko, quote), output2 }
    });
    let nothing = || Chart { output1: InquireDailyItemchartpriceHeader::default(), output2: Vec::new() };
    Ok(Answer::quote(&body.unwrap_or_else(nothing)))
}

fn chart_row((candle, before): &(Candle, Option<Candle>)) -> InquireDailyItemchartpriceRow {
    let (won, sign, _) = change(candle, before.as_ref());
    InquireDailyItemchartpriceRow {
        stck_bsop_date: text::date(candle.date),
        stck_clpr: candle.close.0.to_string(),
        stck_oprc: candle.open.0.to_string(),
        stck_hgpr: candle.high.0.to_string(),
        stck_lwpr: candle.low.0.to_string(),
        acml_vol: candle.volume.0.to_string(),
        acml_tr_pbmn: candle.value.to_string(),
        flng_cls_code: "00".to_owned(),
        prtt_rate: "0.00".to_owned(),
        mod_yn: text::yes(!candle.traded),
        prdy_vrss_sign: sign,
        prdy_vrss: won.to_string(),
        revl_issu_reas: String::new(),
    }
}

fn header(world: &World, name: &str, quote: &DayQuote) -> InquireDailyItemchartpriceHeader {
    let zero = || "0".to_owned();
    let change = Change::of(quote, quote.price.0);
    let before = world.daily_bars(quote.symbol, quote.date - Period::Day.days(1), quote.date);
    let before = before.iter().rfind(|bar| bar.trade_date() < quote.date);
    let of_before = |pick: fn(&Bar) -> Price| before.map_or(0, |bar| pick(bar).0).to_string();
    let of_day = |price: Option<(Price, _)>| price.map_or(0, |(price, _)| price.0).to_string();
    InquireDailyItemchartpriceHeader {
        prdy_vrss: change.won,
        prdy_vrss_sign: change.sign,
        prdy_ctrt: change.rate,
        stck_prdy_clpr: of_before(|bar| bar.close),
        acml_vol: quote.volume.0.to_string(),
        acml_tr_pbmn: quote.value.0.to_string(),
        hts_kor_isnm: name.to_owned(),
        stck_prpr: quote.price.0.to_string(),
        stck_shrn_iscd: quote.symbol.to_string(),
        prdy_vol: quote.previous_volume.0.to_string(),
        stck_mxpr: quote.limits.upper.0.to_string(),
        stck_llam: quote.limits.lower.0.to_string(),
        stck_oprc: of_day(quote.open),
        stck_hgpr: of_day(quote.high),
        stck_lwpr: of_day(quote.low),
        stck_prdy_oprc: of_before(|bar| bar.open),
        stck_prdy_hgpr: of_before(|bar| bar.high),
        stck_prdy_lwpr: of_before(|bar| bar.low),
        askp: quote.ask.map_or(0, |level| level.price.0).to_string(),
        bidp: quote.bid.map_or(0, |level| level.price.0).to_string(),
        prdy_vrss_vol: (quote.volume.0 - quote.previous_volume.0).to_string(),
        vol_tnrt: "0.00".to_owned(),
        stck_fcam: zero(),
        lstn_stcn: zero(),
        cpfn: zero(),
        hts_avls: zero(),
        per: "0.00".to_owned(),
        eps: "0.00".to_owned(),
        pbr: "0.00".to_owned(),
        itewhol_loan_rmnd_ratem: "0.00".to_owned(),
    }
}
