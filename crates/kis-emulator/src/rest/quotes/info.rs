//! What an issue is: `GET search-stock-info` and `search-info` (kis-openapi §6.9).

use exodus_domain::{Instrument, InstrumentKind, Isin, IssueState, Market};
use exodus_kis::wire::envelope::One;
use exodus_kis::wire::quotations::{SearchInfoOutput, SearchStockInfoOutput};

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::orders::symbol;
use super::super::text::{self, yes};
use super::price::COLLATERAL_PERCENT;
use crate::world::DayQuote;

fn look<T>(ask: &Ask<'_>, see: impl FnOnce(&Instrument, &DayQuote) -> T) -> Result<T, Reject> {
    let nothing = || Reject::business("KIOK0560");
    let asked = symbol(ask.field("PDNO")).map_err(|_| nothing())?;
    if ask.field("PRDT_TYPE_CD") != "300" {
        return Err(nothing());
    }
    let seen = ask.shared.with_world(|world, _| Some(see(world.instrument(asked)?, world.quote(asked)?)));
    seen.ok_or_else(nothing)
}

/// The number that an issue has in the numbering of Korean securities.
pub(crate) fn isin(instrument: &Instrument) -> Option<Isin> {
    let kind = if instrument.kind == InstrumentKind::Etn { 'G' } else { '7' };
    (0..10).find_map(|digit| format!("KR{kind}{}00{digit}", instrument.symbol).parse().ok())
}

fn isin_text(instrument: &Instrument) -> String {
    isin(instrument).map(|isin| isin.as_str().to_owned()).unwrap_or_default()
}

/// `scty_grp_id_cd`.
pub(crate) fn group(kind: InstrumentKind) -> &'static str {
    match kind {
        InstrumentKind::Stock => "ST",
        InstrumentKind::Etf => "EF",
        InstrumentKind::Etn => "EN",
    }
}

/// `GET search-stock-info`.
pub(crate) fn stock(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let output = look(ask, stock_info)?;
    Ok(Answer::ledger("KIOK0530", "", &One { output }))
}

fn stock_info(instrument: &Instrument, quote: &DayQuote) -> SearchStockInfoOutput {
    let zero = || "0".to_owned();
    let listed = |market: Market| match instrument.market == market {
        true => instrument.listed_on.map(text::date).unwrap_or_default(),
        false => String::new(),
    };
    let left = |market: Market| match instrument.market == market {
        true => instrument.delisted_on.map(text::date).unwrap_or_default(),
        false => String::new(),
    };
    let (ko, en) = (&instrument.name_ko, &instrument.name_en);
    let collateral = (quote.base_price.0 * COLLATERAL_PERCENT / 100).to_string();
    let is_etf = instrument.kind == InstrumentKind::Etf;
    SearchStockInfoOutput {
        pdno: text::product_no(instrument.symbol, instrument.kind),
        prdt_type_cd: "300".to_owned(),
        mket_id_cd: match instrument.market {
            Market::Kospi => "STK",
            Market::Kosdaq => "KSQ",
            Market::Konex => "KNX",
        }
        .to_owned(),
        scty_grp_id_cd: group(instrument.kind).to_owned(),
        excg_dvsn_cd: text::venue_number(crate::world::OrderVenue::Krx, Some(instrument.market)).to_owned(),
        setl_mmdd: "12".to_owned(),
        lstg_stqt: zero(),
        lstg_cptl_amt: zero(),
        cpta: zero(),
        papr: zero(),
        issu_pric: zero(),
        kospi200_item_yn: yes(false),
        scts_mket_lstg_dt: listed(Market::Kospi),
        scts_mket_lstg_abol_dt: left(Market::Kospi),
        kosdaq_mket_lstg_dt: listed(Market::Kosdaq),
        kosdaq_mket_lstg_abol_dt: left(Market::Kosdaq),
        frbd_mket_lstg_dt: listed(Market::Konex),
        frbd_mket_lstg_abol_dt: left(Market::Konex),
        etf_dvsn_cd: if is_etf { "01" } else { "00" }.to_owned(),
        oilf_fund_yn: yes(false),
        idx_bztp_lcls_cd: "000".to_owned(),
        idx_bztp_mcls_cd: "000".to_owned(),
        idx_bztp_scls_cd: "000".to_owned(),
        stck_kind_cd: if instrument.kind == InstrumentKind::Stock { "101" } else { "000" }.to_owned(),
        etf_cu_qty: zero(),
        prdt_name: ko.clone(),
        prdt_name120: ko.clone(),
        prdt_abrv_name: ko.clone(),
        std_pdno: isin_text(instrument),
        prdt_eng_name: en.clone(),
        prdt_eng_name120: en.clone(),
        prdt_eng_abrv_name: en.clone(),
        dpsi_aptm_erlm_yn: yes(true),
        lstg_abol_dt: instrument.delisted_on.map(text::date).unwrap_or_default(),
        sbst_pric: collateral.clone(),
        thco_sbst_pric: collateral,
        thco_sbst_pric_chng_dt: text::date(quote.date),
        tr_stop_yn: yes(quote.states.contains(IssueState::Halted)),
        admn_item_yn: yes(quote.states.contains(IssueState::Administrative)),
        thdt_clpr: quote.price.0.to_string(),
        bfdy_clpr: quote.base_price.0.to_string(),
        clpr_chng_dt: text::date(quote.date),
        crfd_item_yn: yes(false),
        elec_scty_yn: yes(true),
        issu_istt_cd: instrument.symbol.as_str()[..5].to_owned(),
        etf_chas_erng_rt_dbnb: if is_etf { text::hundredths(i64::from(instrument.limit_multiple)) } else { zero() },
        etf_etn_ivst_heed_item_yn: yes(false),
        frnr_psnl_lmt_rt: "0.00000000".to_owned(),
        cptt_trad_tr_psbl_yn: yes(instrument.kind == InstrumentKind::Stock),
        nxt_tr_stop_yn: yes(quote.states.contains(IssueState::Halted)),
        ..SearchStockInfoOutput::default()
    }
}

/// `GET search-info`.
pub(crate) fn product(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let output = look(ask, |instrument, _| {
        let (ko, en) = (&instrument.name_ko, &instrument.name_en);
        let listed = instrument.listed_on.map(text::date).unwrap_or_default();
        SearchInfoOutput {
            pdno: text::product_no(instrument.symbol, instrument.kind),
            prdt_type_cd: "300".to_owned(),
            prdt_name: ko.clone(),
            prdt_name120: ko.clone(),
            prdt_abrv_name: ko.clone(),
            prdt_eng_name: en.clone(),
            prdt_eng_name120: en.clone(),
            prdt_eng_abrv_name: en.clone(),
            std_pdno: isin_text(instrument),
            shtn_pdno: instrument.symbol.to_string(),
            prdt_sale_stat_cd: String::new(),
            prdt_risk_grad_cd: String::new(),
            prdt_clsf_cd: "100301".to_owned(),
            prdt_clsf_name: match instrument.market {
                Market::Kospi => "코스피",
                Market::Kosdaq => "코스닥",
                Market::Konex => "코넥스",
            }
            .to_owned(),
            sale_strt_dt: listed.clone(),
            sale_end_dt: instrument.delisted_on.map(text::date).unwrap_or_default(),
            wrap_asst_type_cd: "06".to_owned(),
            ivst_prdt_type_cd: "0601".to_owned(),
            ivst_prdt_type_cd_name: "국내주식".to_owned(),
            frst_erlm_dt: listed,
        }
    })?;
    Ok(Answer::ledger("KIOK0530", "", &One { output }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        let of = |code: &str| {
            let symbol = code.parse().expect("a symbol");
            isin_text(&Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock))
        };
        assert_eq!((of("005930"), of("000660")), ("KR7005930003".to_owned(), "KR7000660001".to_owned()));
    }
}
