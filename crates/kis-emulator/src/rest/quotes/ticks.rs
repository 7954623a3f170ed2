//! Single trades: `GET inquire-ccnl` and `inquire-time-itemconclusion` (kis-openapi §6.3, §6.7).

use exodus_domain::{Side, TradingVenue, kst_time};
use exodus_kis::wire::envelope::{Chart, Many};
use exodus_kis::wire::quotations::{InquireCcnlRow, InquireTimeItemconclusionHeader, InquireTimeItemconclusionRow};

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text::{self, rate2};
use super::charts::read_time;
use super::{Asked, Change, market_name};
use crate::world::{DayQuote, Tick};

/// The trades of a venue so far, newest first, each with the strength of buyers after it.
fn newest(ticks: &[Tick], venue: TradingVenue) -> Vec<(Tick, f64)> {
    let (mut bought, mut sold) = (0_i64, 0_i64);
    let mut seen: Vec<(Tick, f64)> = Vec::with_capacity(ticks.len());
    for tick in ticks.iter().filter(|tick| tick.venue == venue) {
        match tick.taker {
            Some(Side::Buy) => bought += tick.quantity.0,
            Some(Side::Sell) => sold += tick.quantity.0,
            None => {}
        }
        seen.push((*tick, if sold == 0 { 0.0 } else { bought as f64 * 100.0 / sold as f64 }));
    }
    seen.reverse();
    seen
}

/// The newest trades.
pub(crate) fn latest(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let rows = asked.look(ask, |world, _, quote| {
        let row = |(tick, strength): (Tick, f64)| {
            let change = Change::of(quote, tick.price.0);
            InquireCcnlRow {
                stck_cntg_hour: text::time(tick.at),
                stck_prpr: tick.price.0.to_string(),
                prdy_vrss: change.won,
                prdy_vrss_sign: change.sign,
                cntg_vol: tick.quantity.0.to_string(),
                tday_rltv: rate2(strength),
                prdy_ctrt: change.rate,
            }
        };
        newest(world.ticks(quote.symbol), asked.venue).into_iter().take(ask.rows()).map(row).collect::<Vec<_>>()
    });
    Ok(Answer::quote(&Many { output: rows.unwrap_or_default() }))
}

/// The trades up to a time of day.
pub(crate) fn until(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let last = read_time(ask.field("FID_INPUT_HOUR_1"));
    let body = asked.look(ask, |world, instrument, quote| {
        let trades = newest(world.ticks(quote.symbol), asked.venue).into_iter();
        let trades = trades.filter(|(tick, _)| last.is_none_or(|last| kst_time(tick.at) <= last));
        let output2: Vec<_> = trades.take(ask.rows()).map(|trade| row(quote, trade)).collect();
        let change = Change::of(quote, quote.price.0);
        let output1 = InquireTimeItemconclusionHeader {
            stck_prpr: quote.price.0.to_string(),
            prdy_vrss: change.won,
            prdy_vrss_sign: change.sign,
            prdy_ctrt: change.rate,
            acml_vol: quote.volume.0.to_string(),
            prdy_vol: quote.previous_volume.0.to_string(),
            rprs_mrkt_kor_name: market_name(instrument).to_owned(),
        };
        Chart { output1, output2 }
    });
    let nothing = || Chart { output1: InquireTimeItemconclusionHeader::default(), output2: Vec::new() };
    Ok(Answer::quote(&body.unwrap_or_else(nothing)))
}

fn row(quote: &DayQuote, (tick, strength): (Tick, f64)) -> InquireTimeItemconclusionRow {
    let change = Change::of(quote, tick.price.0);
    InquireTimeItemconclusionRow {
        stck_cntg_hour: text::time(tick.at),
        stck_prpr: tick.price.0.to_string(),
        prdy_vrss: change.won,
        prdy_vrss_sign: change.sign,
        prdy_ctrt: change.rate,
        askp: tick.ask.0.to_string(),
        bidp: tick.bid.0.to_string(),
        tday_rltv: rate2(strength),
        acml_vol: tick.volume.0.to_string(),
        cnqn: tick.quantity.0.to_string(),
    }
}
