//! `GET volume-rank` (kis-openapi §6.11).

use std::cmp::Reverse;

use exodus_domain::{InstrumentKind, IssueState, Market};
use exodus_kis::wire::envelope::Many;
use exodus_kis::wire::quotations::VolumeRankRow;

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{percent, rate2};
use super::Change;
use crate::environment::Environment;
use crate::world::DayQuote;

/// The issues that a query leaves in, as flags at fixed places of `FID_TRGT_EXLS_CLS_CODE`.
fn is_excluded(flags: &str, kind: InstrumentKind, quote: &DayQuote) -> bool {
    let flag = |place: usize| flags.as_bytes().get(place) == Some(&b'1');
    let states = quote.states;
    let warned = [IssueState::InvestmentRisk, IssueState::InvestmentAlert, IssueState::InvestmentCaution];
    (flag(0) && warned.into_iter().any(|state| states.contains(state)))
        || (flag(1) && states.contains(IssueState::Administrative))
        || (flag(2) && states.contains(IssueState::Liquidation))
        || (flag(5) && states.contains(IssueState::Halted))
        || (flag(6) && kind == InstrumentKind::Etf)
        || (flag(7) && kind == InstrumentKind::Etn)
}

/// The most traded issues.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Answer, Reject> {
    match (ask.field("FID_COND_MRKT_DIV_CODE"), ask.environment) {
        ("J" | "NX" | "UN", Environment::Real) => {}
        _ => return Err(Reject::input("OPSQ2001", "FID_COND_MRKT_DIV_CODE")),
    }
    let bound = |field: &str| ask.field(field).parse::<i64>().ok().filter(|bound| *bound > 0);
    let (lowest, highest) = (bound("FID_INPUT_PRICE_1"), bound("FID_INPUT_PRICE_2"));
    let least = bound("FID_VOL_CNT").unwrap_or_default();
    let market = match ask.field("FID_INPUT_ISCD") {
        "0001" => Some(Market::Kospi),
        "1001" => Some(Market::Kosdaq),
        _ => None,
    };
    let (exclude, by) = (ask.field("FID_TRGT_EXLS_CLS_CODE"), ask.field("FID_BLNG_CLS_CODE"));
    let mut seen: Vec<(String, DayQuote)> = ask.shared.with_world(|world, _| {
        let listed = world.instruments().iter().filter(|issue| market.is_none_or(|market| issue.market == market));
        let quoted = listed.filter_map(|issue| Some((issue, world.quote(issue.symbol)?)));
        let taken = quoted.filter(|(issue, quote)| {
            !is_excluded(exclude, issue.kind, quote)
                && lowest.is_none_or(|lowest| quote.price.0 >= lowest)
                && highest.is_none_or(|highest| quote.price.0 <= highest)
                && quote.volume.0 >= least
        });
        taken.map(|(issue, quote)| (issue.name_ko.clone(), quote.clone())).collect()
    });
    let increase = |quote: &DayQuote| percent(quote.volume.0 - quote.previous_volume.0, quote.previous_volume.0);
    match by {
        "1" => seen.sort_by(|a, b| increase(&b.1).total_cmp(&increase(&a.1))),
        "3" | "4" => seen.sort_by_key(|(_, quote)| Reverse(quote.value)),
        _ => seen.sort_by_key(|(_, quote)| Reverse(quote.volume)),
    }
    let row = |(rank, (name, quote)): (usize, &(String, DayQuote))| {
        let change = Change::of(quote, quote.price.0);
        VolumeRankRow {
            hts_kor_isnm: name.clone(),
            mksc_shrn_iscd: quote.symbol.to_string(),
            data_rank: (rank + 1).to_string(),
            stck_prpr: quote.price.0.to_string(),
            prdy_vrss_sign: change.sign,
            prdy_vrss: change.won,
            prdy_ctrt: change.rate.clone(),
            acml_vol: quote.volume.0.to_string(),
            prdy_vol: quote.previous_volume.0.to_string(),
            lstn_stcn: "0".to_owned(),
            avrg_vol: quote.volume.0.to_string(),
            n_befr_clpr_vrss_prpr_rate: change.rate,
            vol_inrt: rate2(increase(quote)),
            vol_tnrt: "0.00".to_owned(),
            nday_vol_tnrt: "0.00".to_owned(),
            avrg_tr_pbmn: quote.value.0.to_string(),
            tr_pbmn_tnrt: "0.00".to_owned(),
            nday_tr_pbmn_tnrt: "0.00".to_owned(),
            acml_tr_pbmn: quote.value.0.to_string(),
        }
    };
    Ok(Answer::quote(&Many { output: seen.iter().take(ask.rows()).enumerate().map(row).collect::<Vec<_>>() }))
}
