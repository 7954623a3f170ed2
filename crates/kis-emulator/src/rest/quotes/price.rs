//! `GET inquire-price` (kis-openapi §6.1).

use chrono::{Datelike, NaiveDate, TimeDelta};
use exodus_domain::{Bar, Instrument, InstrumentKind, IssueState, IssueStates};
use exodus_kis::wire::envelope::One;
use exodus_kis::wire::quotations::InquirePriceOutput;

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{self, percent, rate2, yes};
use super::{Asked, Change, market_name};
use crate::world::DayQuote;

/// Days of trading behind "250-day high".
const LONG: usize = 250;
/// Part of the base price that an issue is worth as collateral, in per cent.
pub(crate) const COLLATERAL_PERCENT: i64 = 79;

/// A code that is not listed is answered by zeros, as it is on the wire.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let output = asked.look(ask, |world, instrument, quote| {
        let year_before = quote.date - TimeDelta::days(380);
        let days = world.daily_bars(quote.symbol, year_before, quote.date);
        price(instrument, quote, &days)
    });
    Ok(Answer::quote(&One { output: output.unwrap_or_else(unknown) }))
}

fn unknown() -> InquirePriceOutput {
    let zero = || "0".to_owned();
    InquirePriceOutput {
        stck_prpr: zero(),
        prdy_vrss: zero(),
        prdy_vrss_sign: "3".to_owned(),
        prdy_ctrt: "0.00".to_owned(),
        acml_tr_pbmn: zero(),
        acml_vol: zero(),
        stck_oprc: zero(),
        stck_hgpr: zero(),
        stck_lwpr: zero(),
        stck_mxpr: zero(),
        stck_llam: zero(),
        stck_sdpr: zero(),
        ..InquirePriceOutput::default()
    }
}

/// `iscd_stat_cls_code`.
pub(crate) fn status(states: IssueStates) -> &'static str {
    let codes = [
        (IssueState::Halted, "58"),
        (IssueState::Administrative, "51"),
        (IssueState::InvestmentRisk, "52"),
        (IssueState::InvestmentAlert, "53"),
        (IssueState::InvestmentCaution, "54"),
        (IssueState::Overheated, "59"),
    ];
    codes.into_iter().find(|(state, _)| states.contains(*state)).map_or("00", |(_, code)| code)
}

/// `mrkt_warn_cls_code`.
pub(crate) fn warning(states: IssueStates) -> &'static str {
    match () {
        () if states.contains(IssueState::InvestmentRisk) => "03",
        () if states.contains(IssueState::InvestmentAlert) => "02",
        () if states.contains(IssueState::InvestmentCaution) => "01",
        () => "00",
    }
}

/// Highest and lowest price of some days, with their dates.
struct Range {
    high: (i64, NaiveDate),
    low: (i64, NaiveDate),
}

impl Range {
    fn of<'a>(days: impl IntoIterator<Item = &'a Bar>, quote: &DayQuote) -> Self {
        let today = (quote.price.0, quote.date);
        let traded = days.into_iter().filter(|bar| !bar.is_halted());
        traded.fold(Self { high: today, low: today }, |range, bar| Self {
            high: if bar.high.0 > range.high.0 { (bar.high.0, bar.trade_date()) } else { range.high },
            low: if bar.low.0 < range.low.0 { (bar.low.0, bar.trade_date()) } else { range.low },
        })
    }
}

fn price(instrument: &Instrument, quote: &DayQuote, days: &[Bar]) -> InquirePriceOutput {
    let zero = || "0".to_owned();
    let states = quote.states;
    let change = Change::of(quote, quote.price.0);
    let of_day = |price: Option<(exodus_domain::Price, _)>| price.map_or(0, |(price, _)| price.0);
    let (open, high, low) = (of_day(quote.open), of_day(quote.high), of_day(quote.low));
    let long = Range::of(&days[days.len().saturating_sub(LONG)..], quote);
    let year = Range::of(days.iter().filter(|bar| bar.trade_date().year() == quote.date.year()), quote);
    let weeks = Range::of(days.iter().filter(|bar| quote.date - bar.trade_date() <= TimeDelta::weeks(52)), quote);
    let away = |(extreme, _): (i64, NaiveDate)| rate2(percent(quote.price.0 - extreme, extreme));
    // The pivot of the session before, as floor traders work it out.
    let before = days.iter().rfind(|bar| bar.trade_date() < quote.date && !bar.is_halted());
    let pivot = before.map_or(0, |bar| (bar.high.0 + bar.low.0 + bar.close.0) / 3);
    let (before_high, before_low) = before.map_or((0, 0), |bar| (bar.high.0, bar.low.0));
    InquirePriceOutput {
        iscd_stat_cls_code: status(states).to_owned(),
        marg_rate: "100.00".to_owned(),
        rprs_mrkt_kor_name: market_name(instrument).to_owned(),
        new_hgpr_lwpr_cls_code: String::new(),
        bstp_kor_isnm: match instrument.kind {
            InstrumentKind::Stock => "종합",
            InstrumentKind::Etf => "ETF",
            InstrumentKind::Etn => "ETN",
        }
        .to_owned(),
        temp_stop_yn: yes(states.contains(IssueState::Halted)),
        oprc_rang_cont_yn: yes(false),
        clpr_rang_cont_yn: yes(false),
        crdt_able_yn: yes(false),
        grmn_rate_cls_code: "40".to_owned(),
        elw_pblc_yn: yes(false),
        stck_prpr: quote.price.0.to_string(),
        prdy_vrss: change.won,
        prdy_vrss_sign: change.sign,
        prdy_ctrt: change.rate,
        acml_tr_pbmn: quote.value.0.to_string(),
        acml_vol: quote.volume.0.to_string(),
        prdy_vrss_vol_rate: rate2(percent(quote.volume.0, quote.previous_volume.0)),
        stck_oprc: open.to_string(),
        stck_hgpr: high.to_string(),
        stck_lwpr: low.to_string(),
        stck_mxpr: quote.limits.upper.0.to_string(),
        stck_llam: quote.limits.lower.0.to_string(),
        stck_sdpr: quote.base_price.0.to_string(),
        wghn_avrg_stck_prc: text::average2(quote.vwap()),
        hts_frgn_ehrt: "0.00".to_owned(),
        frgn_ntby_qty: zero(),
        pgtr_ntby_qty: zero(),
        pvt_scnd_dmrs_prc: (pivot + before_high - before_low).to_string(),
        pvt_frst_dmrs_prc: (2 * pivot - before_low).to_string(),
        pvt_pont_val: pivot.to_string(),
        pvt_frst_dmsp_prc: (2 * pivot - before_high).to_string(),
        pvt_scnd_dmsp_prc: (pivot - before_high + before_low).to_string(),
        dmrs_val: zero(),
        dmsp_val: zero(),
        cpfn: zero(),
        rstc_wdth_prc: (quote.limits.upper.0 - quote.base_price.0).to_string(),
        stck_fcam: zero(),
        stck_sspr: (quote.base_price.0 * COLLATERAL_PERCENT / 100).to_string(),
        aspr_unit: quote.tick.0.to_string(),
        hts_deal_qty_unit_val: "1".to_owned(),
        lstn_stcn: zero(),
        hts_avls: zero(),
        per: "0.00".to_owned(),
        pbr: "0.00".to_owned(),
        stac_month: "12".to_owned(),
        vol_tnrt: "0.00".to_owned(),
        eps: "0.00".to_owned(),
        bps: "0.00".to_owned(),
        d250_hgpr: long.high.0.to_string(),
        d250_hgpr_date: text::date(long.high.1),
        d250_hgpr_vrss_prpr_rate: away(long.high),
        d250_lwpr: long.low.0.to_string(),
        d250_lwpr_date: text::date(long.low.1),
        d250_lwpr_vrss_prpr_rate: away(long.low),
        stck_dryy_hgpr: year.high.0.to_string(),
        dryy_hgpr_vrss_prpr_rate: away(year.high),
        dryy_hgpr_date: text::date(year.high.1),
        stck_dryy_lwpr: year.low.0.to_string(),
        dryy_lwpr_vrss_prpr_rate: away(year.low),
        dryy_lwpr_date: text::date(year.low.1),
        w52_hgpr: weeks.high.0.to_string(),
        w52_hgpr_vrss_prpr_ctrt: away(weeks.high),
        w52_hgpr_date: text::date(weeks.high.1),
        w52_lwpr: weeks.low.0.to_string(),
        w52_lwpr_vrss_prpr_ctrt: away(weeks.low),
        w52_lwpr_date: text::date(weeks.low.1),
        whol_loan_rmnd_rate: "0.00".to_owned(),
        ssts_yn: yes(false),
        stck_shrn_iscd: quote.symbol.to_string(),
        fcam_cnnm: zero(),
        cpfn_cnnm: "0 억".to_owned(),
        apprch_rate: "0.00".to_owned(),
        frgn_hldn_qty: zero(),
        vi_cls_code: yes(quote.interruption.is_some()),
        ovtm_vi_cls_code: yes(false),
        last_ssts_cntg_qty: zero(),
        invt_caful_yn: yes(states.contains(IssueState::InvestmentCaution)),
        mrkt_warn_cls_code: warning(states).to_owned(),
        short_over_yn: yes(states.contains(IssueState::Overheated)),
        sltr_yn: yes(states.contains(IssueState::Liquidation)),
        mang_issu_cls_code: yes(states.contains(IssueState::Administrative)),
    }
}
