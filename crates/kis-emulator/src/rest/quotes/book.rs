//! `GET inquire-asking-price-exp-ccn` (kis-openapi §6.2).

use exodus_domain::{Level, Phase};
use exodus_kis::wire::envelope::Pair;
use exodus_kis::wire::quotations::{InquireAskingPriceExpCcnBook, InquireAskingPriceExpCcnExpected};
use serde_json::{Map, Value};

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{self, percent, rate2, yes};
use super::{Asked, Change};
use crate::world::{BookView, DayQuote};

/// Levels on each side, blank ones shown as zero.
const LEVELS: usize = 10;

/// Book and expected price.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let seen = asked.look(ask, |world, _, quote| Some((world.book(quote.symbol, asked.venue)?, quote.clone())));
    let body = match seen.flatten() {
        None => Pair { output1: InquireAskingPriceExpCcnBook::default(), output2: Default::default() },
        Some((view, quote)) => Pair { output1: levels(&view), output2: expected(&view, &quote) },
    };
    Ok(Answer::quote(&body))
}

/// `new_mkop_cls_code` (§7.6).
fn phase_code(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::OpeningAuction | Phase::ClosingAuction) | None => "00",
        Some(Phase::PreHoursClose) => "11",
        Some(Phase::AfterHoursClose | Phase::ClosingPrice) => "31",
        Some(Phase::AfterHoursSingle) => "40",
        Some(_) => "20",
    }
}

fn levels(view: &BookView) -> InquireAskingPriceExpCcnBook {
    let BookView { book, .. } = view;
    let total = |levels: &[Level]| levels.iter().map(|level| level.quantity.0).sum::<i64>();
    let (asks, bids) = (total(&book.asks), total(&book.bids));
    let fixed = InquireAskingPriceExpCcnBook {
        aspr_acpt_hour: text::time(book.at),
        total_askp_rsqn: asks.to_string(),
        total_bidp_rsqn: bids.to_string(),
        total_askp_rsqn_icdc: "0".to_owned(),
        total_bidp_rsqn_icdc: "0".to_owned(),
        ovtm_total_askp_icdc: "0".to_owned(),
        ovtm_total_bidp_icdc: "0".to_owned(),
        ovtm_total_askp_rsqn: "0".to_owned(),
        ovtm_total_bidp_rsqn: "0".to_owned(),
        ntby_aspr_rsqn: (bids - asks).to_string(),
        new_mkop_cls_code: phase_code(view.phase).to_owned(),
        ..InquireAskingPriceExpCcnBook::default()
    };
    // Sixty fields that differ by a number at their end are filled by name.
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&fixed) else { return fixed };
    for (side, levels) in [("askp", &book.asks), ("bidp", &book.bids)] {
        fill(&mut fields, side, levels);
    }
    serde_json::from_value(Value::Object(fields)).unwrap_or(fixed)
}

fn fill(fields: &mut Map<String, Value>, side: &str, levels: &[Level]) {
    for number in 1..=LEVELS {
        let level = levels.get(number - 1);
        let texts = [
            (format!("{side}{number}"), level.map_or(0, |level| level.price.0)),
            (format!("{side}_rsqn{number}"), level.map_or(0, |level| level.quantity.0)),
            (format!("{side}_rsqn_icdc{number}"), 0),
        ];
        for (name, value) in texts {
            fields.insert(name, Value::String(value.to_string()));
        }
    }
}

fn expected(view: &BookView, quote: &DayQuote) -> InquireAskingPriceExpCcnExpected {
    let of_day = |price: Option<(exodus_domain::Price, _)>| price.map_or(0, |(price, _)| price.0).to_string();
    let change = view.expected.map(|level| Change::of(quote, level.price.0));
    let base = quote.base_price.0;
    InquireAskingPriceExpCcnExpected {
        antc_mkop_cls_code: match view.phase {
            Some(Phase::OpeningAuction) => "311",
            Some(Phase::ClosingAuction) => "121",
            Some(_) => "112",
            None => "",
        }
        .to_owned(),
        stck_prpr: quote.price.0.to_string(),
        stck_oprc: of_day(quote.open),
        stck_hgpr: of_day(quote.high),
        stck_lwpr: of_day(quote.low),
        stck_sdpr: base.to_string(),
        antc_cnpr: view.expected.map_or(0, |level| level.price.0).to_string(),
        antc_cntg_vrss_sign: change.as_ref().map_or_else(|| "3".to_owned(), |change| change.sign.clone()),
        antc_cntg_vrss: change.map_or_else(|| "0".to_owned(), |change| change.won),
        antc_cntg_prdy_ctrt: rate2(view.expected.map_or(0.0, |level| percent(level.price.0 - base, base))),
        antc_vol: view.expected.map_or(0, |level| level.quantity.0).to_string(),
        stck_shrn_iscd: quote.symbol.to_string(),
        vi_cls_code: yes(quote.interruption.is_some()),
    }
}
