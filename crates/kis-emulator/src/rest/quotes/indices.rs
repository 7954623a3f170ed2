//! Indices (kis-openapi §6.8). Volumes are told in thousand shares, values in million won.

use chrono::{Datelike, NaiveDate};
use exodus_domain::kst_date;
use exodus_kis::wire::envelope::{Chart, One};
use exodus_kis::wire::quotations::{
    InquireDailyIndexchartpriceHeader, InquireDailyIndexchartpriceRow, InquireIndexDailyPriceHeader,
    InquireIndexDailyPriceRow, InquireIndexPriceOutput,
};

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{self, hundredths, percent, rate2};
use super::daily::{Period, range};
use crate::world::{IndexCode, IndexDay, IndexView, World};

/// Sessions whose mean the disparity is measured against.
const DISPARITY: usize = 20;
/// Sessions of the psychological line.
const PSYCHOLOGICAL: usize = 10;

/// The index of a sector code; `None` for a sector that this market has no index for.
fn index(ask: &Ask<'_>) -> Result<Option<IndexCode>, Reject> {
    if ask.field("FID_COND_MRKT_DIV_CODE") != "U" {
        return Err(Reject::input("OPSQ2001", "FID_COND_MRKT_DIV_CODE"));
    }
    Ok(match ask.field("FID_INPUT_ISCD") {
        "0001" => Some(IndexCode::Kospi),
        "1001" => Some(IndexCode::Kosdaq),
        "2001" => Some(IndexCode::Kospi200),
        _ => None,
    })
}

/// Number and name of an index.
pub(crate) fn names(index: IndexCode) -> (&'static str, &'static str) {
    match index {
        IndexCode::Kospi => ("0001", "종합"),
        IndexCode::Kosdaq => ("1001", "KOSDAQ"),
        IndexCode::Kospi200 => ("2001", "KOSPI200"),
    }
}

/// What is known of an index: now, and the days of the year so far.
struct Seen {
    view: IndexView,
    before: Option<IndexDay>,
    year: Vec<IndexDay>,
}

impl Seen {
    fn of(world: &World, code: IndexCode, today: NaiveDate) -> Self {
        let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        let year = world.index_days(code, first, today);
        let recent = world.index_days(code, today - Period::Day.days(1), today);
        let before = recent.into_iter().rfind(|day| day.date < today);
        Self { view: world.index(code), before, year }
    }

    /// Extreme level of the year and its date.
    fn extreme(&self, level: fn(&IndexDay) -> i64, today: NaiveDate) -> (i64, NaiveDate) {
        let best = self.year.iter().max_by_key(|day| level(day));
        best.map_or((self.view.level, today), |day| (level(day).abs(), day.date))
    }
}

fn sign(level: i64, base: i64) -> String {
    text::sign(level, base, None)
}

fn thousands(shares: i64) -> String {
    (shares / 1_000).to_string()
}

fn millions(won: i64) -> String {
    (won / 1_000_000).to_string()
}

/// `GET inquire-index-price`.
pub(crate) fn now(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let code = index(ask)?;
    let output = ask.shared.with_world(|world, now| {
        let today = kst_date(now);
        code.map(|code| level(&Seen::of(world, code, today), today))
    });
    Ok(Answer::quote(&One { output: output.unwrap_or_default() }))
}

fn level(seen: &Seen, today: NaiveDate) -> InquireIndexPriceOutput {
    let view = &seen.view;
    let rate = |level: i64| rate2(percent(level - view.previous, view.previous));
    let away = |level: i64| hundredths(level - view.previous);
    let (high, high_date) = seen.extreme(|day| day.high, today);
    let (low, low_date) = seen.extreme(|day| -day.low, today);
    InquireIndexPriceOutput {
        bstp_nmix_prpr: hundredths(view.level),
        bstp_nmix_prdy_vrss: away(view.level),
        prdy_vrss_sign: sign(view.level, view.previous),
        bstp_nmix_prdy_ctrt: rate(view.level),
        acml_vol: thousands(view.volume.0),
        prdy_vol: thousands(seen.before.map_or(0, |day| day.volume.0)),
        acml_tr_pbmn: millions(view.value.0),
        prdy_tr_pbmn: millions(seen.before.map_or(0, |day| day.value.0)),
        bstp_nmix_oprc: hundredths(view.open),
        prdy_nmix_vrss_nmix_oprc: away(view.open),
        oprc_vrss_prpr_sign: sign(view.level, view.open),
        bstp_nmix_oprc_prdy_ctrt: rate(view.open),
        bstp_nmix_hgpr: hundredths(view.high),
        prdy_nmix_vrss_nmix_hgpr: away(view.high),
        hgpr_vrss_prpr_sign: sign(view.level, view.high),
        bstp_nmix_hgpr_prdy_ctrt: rate(view.high),
        bstp_nmix_lwpr: hundredths(view.low),
        prdy_clpr_vrss_lwpr: away(view.low),
        lwpr_vrss_prpr_sign: sign(view.level, view.low),
        prdy_clpr_vrss_lwpr_rate: rate(view.low),
        ascn_issu_cnt: view.rising.to_string(),
        uplm_issu_cnt: view.at_upper.to_string(),
        stnr_issu_cnt: view.unchanged.to_string(),
        down_issu_cnt: view.falling.to_string(),
        lslm_issu_cnt: view.at_lower.to_string(),
        dryy_bstp_nmix_hgpr: hundredths(high),
        dryy_hgpr_vrss_prpr_rate: rate2(percent(view.level - high, high)),
        dryy_bstp_nmix_hgpr_date: text::date(high_date),
        dryy_bstp_nmix_lwpr: hundredths(low),
        dryy_lwpr_vrss_prpr_rate: rate2(percent(view.level - low, low)),
        dryy_bstp_nmix_lwpr_date: text::date(low_date),
        total_askp_rsqn: "0".to_owned(),
        total_bidp_rsqn: "0".to_owned(),
        seln_rsqn_rate: "0.00".to_owned(),
        shnu_rsqn_rate: "0.00".to_owned(),
        ntby_rsqn: "0".to_owned(),
    }
}

/// Days of an index put together to periods, oldest first, under the date of the first day.
fn periods(days: &[IndexDay], period: Period) -> Vec<IndexDay> {
    let mut periods: Vec<IndexDay> = Vec::new();
    for day in days {
        match periods.last_mut() {
            Some(last) if period.key(last.date) == period.key(day.date) => {
                last.high = last.high.max(day.high);
                last.low = last.low.min(day.low);
                last.close = day.close;
                last.volume += day.volume;
                last.value += day.value;
            }
            _ => periods.push(*day),
        }
    }
    periods
}

/// `GET inquire-index-daily-price`: the periods up to a date.
pub(crate) fn daily(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let code = index(ask)?;
    let period = Period::read(ask)?;
    let last = text::read_date(ask.field("FID_INPUT_DATE_1"));
    let body = ask.shared.with_world(|world, now| {
        let (code, today) = (code?, kst_date(now));
        let last = last.unwrap_or(today).min(today);
        let days = world.index_days(code, last - period.days(ask.rows() + DISPARITY), last);
        let days = periods(&days, period);
        let rows = (0..days.len()).rev().take(ask.rows()).map(|at| daily_row(&days, at)).collect();
        Some(Chart { output1: daily_header(&Seen::of(world, code, today), today), output2: rows })
    });
    let nothing = || Chart { output1: InquireIndexDailyPriceHeader::default(), output2: Vec::new() };
    Ok(Answer::quote(&body.unwrap_or_else(nothing)))
}

fn daily_header(seen: &Seen, today: NaiveDate) -> InquireIndexDailyPriceHeader {
    let now = level(seen, today);
    InquireIndexDailyPriceHeader {
        bstp_nmix_prpr: now.bstp_nmix_prpr,
        bstp_nmix_prdy_vrss: now.bstp_nmix_prdy_vrss,
        prdy_vrss_sign: now.prdy_vrss_sign,
        bstp_nmix_prdy_ctrt: now.bstp_nmix_prdy_ctrt,
        acml_vol: now.acml_vol,
        acml_tr_pbmn: now.acml_tr_pbmn,
        bstp_nmix_oprc: now.bstp_nmix_oprc,
        bstp_nmix_hgpr: now.bstp_nmix_hgpr,
        bstp_nmix_lwpr: now.bstp_nmix_lwpr,
        prdy_vol: now.prdy_vol,
        ascn_issu_cnt: now.ascn_issu_cnt,
        down_issu_cnt: now.down_issu_cnt,
        stnr_issu_cnt: now.stnr_issu_cnt,
        uplm_issu_cnt: now.uplm_issu_cnt,
        lslm_issu_cnt: now.lslm_issu_cnt,
        prdy_tr_pbmn: now.prdy_tr_pbmn,
        dryy_bstp_nmix_hgpr_date: now.dryy_bstp_nmix_hgpr_date,
        dryy_bstp_nmix_hgpr: now.dryy_bstp_nmix_hgpr,
        dryy_bstp_nmix_lwpr: now.dryy_bstp_nmix_lwpr,
        dryy_bstp_nmix_lwpr_date: now.dryy_bstp_nmix_lwpr_date,
    }
}

fn daily_row(days: &[IndexDay], at: usize) -> InquireIndexDailyPriceRow {
    let day = &days[at];
    let base = at.checked_sub(1).map_or(day.open, |before| days[before].close);
    let recent = &days[at.saturating_sub(DISPARITY - 1)..=at];
    let mean = recent.iter().map(|day| day.close).sum::<i64>() / i64::try_from(recent.len()).unwrap_or(1);
    let line = &days[at.saturating_sub(PSYCHOLOGICAL)..=at];
    let rises = line.windows(2).filter(|pair| pair[1].close > pair[0].close).count();
    let steps = line.len().saturating_sub(1);
    InquireIndexDailyPriceRow {
        stck_bsop_date: text::date(day.date),
        bstp_nmix_prpr: hundredths(day.close),
        prdy_vrss_sign: sign(day.close, base),
        bstp_nmix_prdy_vrss: hundredths(day.close - base),
        bstp_nmix_prdy_ctrt: rate2(percent(day.close - base, base)),
        bstp_nmix_oprc: hundredths(day.open),
        bstp_nmix_hgpr: hundredths(day.high),
        bstp_nmix_lwpr: hundredths(day.low),
        acml_vol_rlim: "100.00".to_owned(),
        acml_vol: thousands(day.volume.0),
        acml_tr_pbmn: millions(day.value.0),
        invt_new_psdg: rate2(if steps == 0 { 0.0 } else { rises as f64 * 100.0 / steps as f64 }),
        d20_dsrt: rate2(percent(day.close, mean)),
    }
}

/// `GET inquire-daily-indexchartprice`: the newest fifty periods of the range.
pub(crate) fn chart(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let code = index(ask)?;
    let period = Period::read(ask)?;
    let (from, to) = range(ask)?;
    let body = ask.shared.with_world(|world, now| {
        let (code, today) = (code?, kst_date(now));
        let days = periods(&world.index_days(code, from, to.min(today)), period);
        let rows = days.iter().rev().take(ask.rows()).map(chart_row).collect();
        Some(Chart { output1: chart_header(code, &Seen::of(world, code, today), today), output2: rows })
    });
    let nothing = || Chart { output1: InquireDailyIndexchartpriceHeader::default(), output2: Vec::new() };
    Ok(Answer::quote(&body.unwrap_or_else(nothing)))
}

fn chart_header(code: IndexCode, seen: &Seen, today: NaiveDate) -> InquireDailyIndexchartpriceHeader {
    let now = level(seen, today);
    let (number, name) = names(code);
    let before = |level: fn(&IndexDay) -> i64| hundredths(seen.before.as_ref().map_or(0, level));
    InquireDailyIndexchartpriceHeader {
        prdy_vrss_sign: now.prdy_vrss_sign,
        bstp_nmix_prdy_ctrt: now.bstp_nmix_prdy_ctrt,
        prdy_nmix: hundredths(seen.view.previous),
        acml_vol: now.acml_vol,
        acml_tr_pbmn: now.acml_tr_pbmn,
        hts_kor_isnm: name.to_owned(),
        bstp_nmix_prpr: now.bstp_nmix_prpr,
        bstp_cls_code: number.to_owned(),
        prdy_vol: now.prdy_vol,
        bstp_nmix_oprc: now.bstp_nmix_oprc,
        bstp_nmix_hgpr: now.bstp_nmix_hgpr,
        bstp_nmix_lwpr: now.bstp_nmix_lwpr,
        futs_prdy_oprc: before(|day| day.open),
        futs_prdy_hgpr: before(|day| day.high),
        futs_prdy_lwpr: before(|day| day.low),
    }
}

fn chart_row(day: &IndexDay) -> InquireDailyIndexchartpriceRow {
    InquireDailyIndexchartpriceRow {
        stck_bsop_date: text::date(day.date),
        bstp_nmix_prpr: hundredths(day.close),
        bstp_nmix_oprc: hundredths(day.open),
        bstp_nmix_hgpr: hundredths(day.high),
        bstp_nmix_lwpr: hundredths(day.low),
        acml_vol: thousands(day.volume.0),
        acml_tr_pbmn: millions(day.value.0),
        mod_yn: text::yes(day.volume.0 == 0),
    }
}
