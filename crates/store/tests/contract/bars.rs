//! Issues and bars.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, CompactBar, Interval, Price, Qty, Venue};
use exodus_store::Store;
use exodus_store::bars::{self, Appended, Coverage, SeriesKey, SeriesKind, Span};

use crate::harness::{on_each_database, symbol};

on_each_database!(
    bars_come_back_as_they_were_put_in,
    appending_again_changes_nothing,
    raw_and_adjusted_are_two_series,
    bars_of_two_venues_never_mix,
    minute_bars_are_cut_by_day,
    the_newest_bars_before_an_instant,
    many_series_come_in_the_order_asked_for,
    a_span_comes_with_the_bars_that_lead_up_to_it,
    a_compact_bar_holds_every_price_that_there_is_and_no_other,
);

fn key(code: &str, interval: Interval, adjusted: bool) -> SeriesKey {
    SeriesKind::krx(interval, adjusted).of(symbol(code))
}

fn bar(open_time: DateTime<Utc>, price: i64) -> Bar {
    Bar {
        open_time,
        open: Price(price),
        high: Price(price + 10),
        low: Price(price - 10),
        close: Price(price + 5),
        volume: Qty(price * 7),
    }
}

/// Daily bars over many years, with gaps.
fn days(count: i64) -> Vec<Bar> {
    let first = NaiveDate::from_ymd_opt(1999, 9, 16).expect("a date");
    (0..count).map(|n| bar(Bar::day_start(first + TimeDelta::days(n * 3)), 50_000 + n % 977)).collect()
}

fn far() -> (DateTime<Utc>, DateTime<Utc>) {
    (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(60_000))
}

async fn bars_come_back_as_they_were_put_in(store: Store) {
    let (from, to) = far();
    let all = days(3_000);
    let series = key("005930", Interval::Day1, true);
    let appended = bars::append(&store, series, &all).await.expect("stored");
    assert_eq!(appended, Appended { added: 3_000, changed: 0, unchanged: 0 });
    assert_eq!(bars::load(&store, series, from, to).await.expect("a read"), all);
    let some = bars::load(&store, series, all[100].open_time, all[2_000].open_time).await.expect("a read");
    assert_eq!(some, all[100..2_000]);
    assert_eq!(bars::count(&store).await.expect("a count"), 3_000);
    let expected = Coverage { adjusted: true, first: all[0].open_time, last: all[2_999].open_time, rows: 3_000 };
    assert_eq!(bars::coverage(&store, symbol("005930"), Interval::Day1).await.expect("a read"), [expected]);
    let none = bars::load(&store, key("000660", Interval::Day1, true), from, to).await.expect("a read");
    assert_eq!(none, []);
}

async fn appending_again_changes_nothing(store: Store) {
    let (from, to) = far();
    let all = days(2_000);
    let series = key("005930", Interval::Day1, true);
    bars::append(&store, series, &all[500..1_500]).await.expect("stored");
    let appended = bars::append(&store, series, &all).await.expect("stored");
    assert_eq!(appended, Appended { added: 1_000, changed: 0, unchanged: 1_000 });
    let mut other = all.clone();
    other[700].close = Price(1);
    let appended = bars::append(&store, series, &other[600..800]).await.expect("stored");
    assert_eq!(appended, Appended { added: 0, changed: 1, unchanged: 199 });
    assert_eq!(bars::load(&store, series, from, to).await.expect("a read"), other);
}

async fn raw_and_adjusted_are_two_series(store: Store) {
    let (from, to) = far();
    let all = days(10);
    let (raw, adjusted) = (key("005930", Interval::Day1, false), key("005930", Interval::Day1, true));
    bars::append(&store, raw, &all[..6]).await.expect("stored");
    let preferred = |store: Store| async move {
        bars::preferred(&store, symbol("005930"), Interval::Day1).await.expect("a read").map(|c| c.adjusted)
    };
    assert_eq!(preferred(store.clone()).await, Some(false));
    bars::append(&store, adjusted, &all[4..]).await.expect("stored");
    assert_eq!(preferred(store.clone()).await, Some(true));
    assert_eq!(bars::load(&store, raw, from, to).await.expect("a read"), all[..6]);
    assert_eq!(bars::load(&store, adjusted, from, to).await.expect("a read"), all[4..]);
    let both = bars::coverage(&store, symbol("005930"), Interval::Day1).await.expect("a read");
    assert_eq!(both.iter().map(|c| (c.adjusted, c.rows)).collect::<Vec<_>>(), [(true, 6), (false, 6)]);
}

async fn bars_of_two_venues_never_mix(store: Store) {
    let (from, to) = far();
    let all = days(20);
    let krx = key("005930", Interval::Day1, false);
    let kind = |venue| SeriesKind { venue, ..krx.kind };
    bars::append(&store, krx, &all[..9]).await.expect("stored");
    for (venue, some) in [(Venue::Nxt, &all[5..12]), (Venue::Merged, &all[2..20])] {
        let series = kind(venue).of(krx.symbol);
        bars::append(&store, series, some).await.expect("stored");
        assert_eq!(bars::load(&store, series, from, to).await.expect("a read"), some);
    }
    assert_eq!(bars::load(&store, krx, from, to).await.expect("a read"), all[..9]);
    let preferred = bars::preferred(&store, krx.symbol, Interval::Day1).await.expect("a read").expect("a series");
    assert_eq!(preferred.rows, 9, "only KRX counts as the market's own price");
}

async fn minute_bars_are_cut_by_day(store: Store) {
    let (from, to) = far();
    let start = Bar::day_start(NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"));
    let all: Vec<Bar> = (0..3_000).map(|n| bar(start + TimeDelta::minutes(n), 60_000 + n)).collect();
    let series = key("00I010", Interval::Minute1, false);
    let tx = store.begin().await.expect("a transaction");
    let written = [(series.symbol, all.clone())];
    bars::append_many(&tx, SeriesKind::krx(Interval::Minute1, false), &written).await.expect("stored");
    tx.commit().await.expect("committed");
    assert_eq!(bars::load(&store, series, from, to).await.expect("a read"), all);
    let night = bars::load(&store, series, all[1_439].open_time, all[1_441].open_time).await.expect("a read");
    assert_eq!(night, all[1_439..1_441]);
}

async fn the_newest_bars_before_an_instant(store: Store) {
    let all = days(3_000);
    let series = key("005930", Interval::Day1, true);
    bars::append(&store, series, &all).await.expect("stored");
    let newest = |before, limit| bars::newest(&store, series, before, limit);
    assert_eq!(newest(all[2_999].open_time, 5).await.expect("a read"), all[2_994..2_999]);
    assert_eq!(newest(far().1, 2_500).await.expect("a read"), all[500..]);
    assert_eq!(newest(far().1, 9_999).await.expect("a read"), all);
    assert_eq!(newest(all[0].open_time, 5).await.expect("a read"), []);
}

async fn many_series_come_in_the_order_asked_for(store: Store) {
    let (from, to) = far();
    let span = Span { before: 0, from, to };
    let all = days(100);
    let codes: Vec<_> = (0..250).map(|n| symbol(&format!("{n:06}"))).collect();
    let series: Vec<_> = codes.iter().map(|&code| (code, all.clone())).collect();
    let tx = store.begin().await.expect("a transaction");
    bars::append_many(&tx, SeriesKind::krx(Interval::Day1, true), &series).await.expect("stored");
    tx.commit().await.expect("committed");
    let mut asked = codes.clone();
    asked.reverse();
    asked.push(symbol("999999"));
    let found: Vec<(_, Vec<Bar>)> =
        bars::load_many(&store, &asked, SeriesKind::krx(Interval::Day1, true), span).await.expect("a read");
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), asked);
    assert!(found[..250].iter().all(|(_, bars)| *bars == all));
    assert_eq!(found[250].1, []);
}

async fn a_span_comes_with_the_bars_that_lead_up_to_it(store: Store) {
    let start = Bar::day_start(NaiveDate::from_ymd_opt(2020, 1, 2).expect("a date"));
    // Two days of minutes, a month without any, and a day more.
    let minutes = [0, 1, 32].map(|day| (0..390).map(move |minute| start + TimeDelta::minutes(day * 1_440 + minute)));
    let minutes: Vec<Bar> = minutes.into_iter().flatten().map(|time| bar(time, 50_000)).collect();
    for (interval, all) in [(Interval::Day1, days(3_000)), (Interval::Minute1, minutes)] {
        let kind = SeriesKind::krx(interval, false);
        let written = [("000001", &all[..]), ("000002", &all[all.len() - 60..]), ("000003", &all[..60])];
        let written = written.map(|(code, bars)| (symbol(code), bars.to_vec()));
        let tx = store.begin().await.expect("a transaction");
        bars::append_many(&tx, kind, &written).await.expect("stored");
        tx.commit().await.expect("committed");
        let asked = ["000003", "999999", "000001", "000002"].map(symbol);
        let last = all.len() - 1;
        for (from, to) in [(0, 10), (700, last), (780, 781), (last - 30, last), (500, 500)] {
            let instant = |n: usize| all[n].open_time + TimeDelta::minutes(i64::from(n == last));
            for before in [0, 1, 50, 391, 5_000] {
                let span = Span { before, from: instant(from), to: instant(to) };
                let found = bars::load_many::<Bar>(&store, &asked, kind, span).await.expect("a read");
                let compact = bars::load_many::<CompactBar>(&store, &asked, kind, span).await.expect("a read");
                let made = found
                    .iter()
                    .zip(&compact)
                    .all(|((_, bars), (_, compact))| bars.iter().copied().eq(compact.iter().map(CompactBar::bar)));
                assert!(made, "compact bars are the same bars");
                for (place, (code, found)) in found.into_iter().enumerate() {
                    assert_eq!(code, asked[place]);
                    let series = kind.of(code);
                    let mut expected = bars::newest(&store, series, span.from, before).await.expect("a read");
                    let stored = written.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, bars)| bars);
                    let inside = |bar: &&Bar| span.from <= bar.open_time && bar.open_time < span.to;
                    expected.extend(stored.iter().filter(inside));
                    assert!(found == expected, "{code} {interval} {from}..{to} with {before} before");
                }
            }
        }
    }
}

async fn a_compact_bar_holds_every_price_that_there_is_and_no_other(store: Store) {
    let series = key("005930", Interval::Day1, false);
    let all = days(10);
    let span = Span { before: 0, from: far().0, to: far().1 };
    for (price, fits) in [(0, true), (4_294_967_295, true), (4_294_967_296, false), (-1, false)] {
        let mut bars = all.clone();
        bars[5].low = Price(price);
        bars::append(&store, series, &bars).await.expect("stored");
        assert_eq!(bars::load(&store, series, span.from, span.to).await.expect("a read"), bars);
        let compact = bars::load_many::<CompactBar>(&store, &[series.symbol], series.kind, span).await;
        assert_eq!(compact.is_ok(), fits, "{price}");
    }
}
