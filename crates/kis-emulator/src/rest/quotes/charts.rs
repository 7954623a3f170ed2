//! Minute charts (kis-openapi §6.6).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use exodus_domain::{Bar, Price, Qty, from_kst, kst_date, kst_time, previous_session, session_hours};
use exodus_kis::wire::envelope::Chart;
use exodus_kis::wire::quotations::{MinuteChartHeader, MinuteChartRow};

use super::super::Ask;
use super::super::answer::{Answer, Reject};
use super::super::text;
use super::{Asked, Change};
use crate::world::{DayQuote, World};

const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Sessions that one call may walk back over.
const LOOK_BACK: usize = 10;

/// `HHMMSS` as clients send it; blank and midnight mean "the newest".
pub(super) fn read_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    if text.len() != 6 || text == "000000" || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    NaiveTime::from_hms_opt(text[..2].parse().ok()?, text[2..4].parse().ok()?, text[4..].parse().ok()?)
}

/// A minute with what the day traded until its end.
struct Minute {
    bar: Bar,
    value: i64,
}

/// `GET inquire-time-itemchartprice`: today's minutes up to an hour. Minutes to come are filled with the current price.
pub(crate) fn today(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let until = read_time(ask.field("FID_INPUT_HOUR_1"));
    let now = ask.shared.now();
    chart(ask, |world, quote| {
        let mut minutes = filler(quote, until, now);
        minutes.extend(day(world, quote, quote.date, until, now));
        minutes.truncate(ask.rows());
        minutes
    })
}

/// `GET inquire-time-dailychartprice`: the minutes of a day up to an hour, and those of the days before if asked for.
pub(crate) fn of_date(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let until = read_time(ask.field("FID_INPUT_HOUR_1"));
    let Some(date) = text::read_date(ask.field("FID_INPUT_DATE_1")) else {
        return Err(Reject::input("OPSQ2002", "FID_INPUT_DATE_1"));
    };
    let walks_back = ask.field("FID_PW_DATA_INCU_YN") == "Y";
    let now = ask.shared.now();
    chart(ask, |world, quote| {
        let mut minutes = day(world, quote, date, until, now);
        let mut before = date;
        for _ in 0..LOOK_BACK {
            if !walks_back || minutes.len() >= ask.rows() {
                break;
            }
            let Some(session) = previous_session(before) else { break };
            before = session;
            minutes.extend(day(world, quote, session, None, now));
        }
        minutes.truncate(ask.rows());
        minutes
    })
}

fn chart(ask: &Ask<'_>, minutes: impl FnOnce(&World, &DayQuote) -> Vec<Minute>) -> Result<Answer, Reject> {
    let asked = Asked::read(ask)?;
    let body = asked.look(ask, |world, instrument, quote| {
        let change = Change::of(quote, quote.price.0);
        let output1 = MinuteChartHeader {
            prdy_vrss: change.won,
            prdy_vrss_sign: change.sign,
            prdy_ctrt: change.rate,
            stck_prdy_clpr: quote.base_price.0.to_string(),
            acml_vol: quote.volume.0.to_string(),
            acml_tr_pbmn: quote.value.0.to_string(),
            hts_kor_isnm: instrument.name_ko.clone(),
            stck_prpr: quote.price.0.to_string(),
        };
        Chart { output1, output2: minutes(world, quote).iter().map(row).collect() }
    });
    let nothing = || Chart { output1: MinuteChartHeader::default(), output2: Vec::new() };
    Ok(Answer::quote(&body.unwrap_or_else(nothing)))
}

fn row(Minute { bar, value }: &Minute) -> MinuteChartRow {
    MinuteChartRow {
        stck_bsop_date: text::day(bar.open_time),
        stck_cntg_hour: text::time(bar.open_time),
        stck_prpr: bar.close.0.to_string(),
        stck_oprc: bar.open.0.to_string(),
        stck_hgpr: bar.high.0.to_string(),
        stck_lwpr: bar.low.0.to_string(),
        cntg_vol: bar.volume.0.to_string(),
        acml_tr_pbmn: value.to_string(),
    }
}

/// Minutes after the current one, newest first: the price as it is, and no volume (quirk 35).
fn filler(quote: &DayQuote, until: Option<NaiveTime>, now: DateTime<Utc>) -> Vec<Minute> {
    let current = minute_of(now);
    let last = until.map_or(current, |until| minute_of(from_kst(quote.date, until)));
    if kst_date(now) != quote.date {
        return Vec::new();
    }
    let later = std::iter::successors(Some(last), |at| Some(*at - MINUTE)).take_while(|at| *at > current);
    later.map(|at| Minute { bar: flat(at, quote.price), value: quote.value.0 }).collect()
}

fn flat(open_time: DateTime<Utc>, price: Price) -> Bar {
    Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty::ZERO }
}

fn minute_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let time = kst_time(at);
    from_kst(kst_date(at), time.with_second(0).and_then(|time| time.with_nanosecond(0)).unwrap_or(time))
}

/// The minutes of a day up to `until`, newest first. Every minute of the regular session has one: the price before,
/// without volume, where nothing traded. Minutes off hours have one if something did.
fn day(world: &World, quote: &DayQuote, date: NaiveDate, until: Option<NaiveTime>, now: DateTime<Utc>) -> Vec<Minute> {
    let end =
        from_kst(date, until.unwrap_or(NaiveTime::MIN)) + if until.is_some() { MINUTE } else { TimeDelta::days(1) };
    let end = end.min(minute_of(now) + MINUTE);
    let bars = world.minute_bars(quote.symbol, from_kst(date, NaiveTime::MIN), end);
    let bars: BTreeMap<_, _> =
        bars.into_iter().filter(|bar| !bar.is_halted()).map(|bar| (bar.open_time, bar)).collect();
    let hours =
        session_hours(date).map(|hours| (from_kst(date, hours.open), from_kst(date, hours.close).min(end - MINUTE)));
    let regular = hours.into_iter().flat_map(|(open, close)| {
        std::iter::successors(Some(open), |at| Some(*at + MINUTE)).take_while(move |at| *at <= close)
    });
    let times: BTreeSet<DateTime<Utc>> = regular.chain(bars.keys().copied()).collect();
    let is_today = date == quote.date;
    let first = bars.values().next().map(|bar| bar.open);
    let mut price = if is_today { Some(quote.base_price) } else { first };
    let mut value = 0;
    let mut minutes: Vec<Minute> = Vec::new();
    for at in times {
        let bar = match (bars.get(&at), price) {
            (Some(bar), _) => *bar,
            (None, Some(price)) => flat(at, price),
            (None, None) => continue,
        };
        value = value_after(world, quote, &bar, is_today).unwrap_or(value + bar.close.0 * bar.volume.0);
        price = Some(bar.close);
        minutes.push(Minute { bar, value });
    }
    lend_volume(&mut minutes, now);
    minutes.reverse();
    minutes
}

/// What the day has traded when a minute is over, by the tape.
fn value_after(world: &World, quote: &DayQuote, bar: &Bar, is_today: bool) -> Option<i64> {
    let ticks = world.ticks(quote.symbol).get(..).filter(|_| is_today)?;
    let until = ticks.partition_point(|tick| tick.at < bar.open_time + MINUTE);
    Some(ticks.get(until.checked_sub(1)?)?.value.0)
}

/// Until its first trade the running minute shows the volume of the one before (quirk 35).
fn lend_volume(minutes: &mut [Minute], now: DateTime<Utc>) {
    if let [.., before, newest] = minutes
        && newest.bar.open_time == minute_of(now)
        && newest.bar.volume == Qty::ZERO
    {
        newest.bar.volume = before.bar.volume;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_and_midnight_mean_the_newest_minute() {
        assert_eq!((read_time(""), read_time("000000")), (None, None));
        assert_eq!(read_time("101530"), NaiveTime::from_hms_opt(10, 15, 30));
    }

    #[test]
    fn the_running_minute_shows_the_volume_before_it_section_6_6() {
        let at = |minute| {
            from_kst(
                NaiveDate::from_ymd_opt(2026, 10, 1).expect("a date"),
                NaiveTime::from_hms_opt(10, minute, 0).expect("a time"),
            )
        };
        let minute =
            |minute, volume| Minute { bar: Bar { volume: Qty(volume), ..flat(at(minute), Price(100)) }, value: 0 };
        let mut minutes = [minute(1, 70), minute(2, 0)];
        lend_volume(&mut minutes, at(2) + TimeDelta::seconds(5));
        assert_eq!(minutes[1].bar.volume, Qty(70));
    }
}
