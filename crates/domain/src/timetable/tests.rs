use super::*;
use crate::time::{from_kst, ymd};
use crate::{sessions, trading_calendar};
use proptest::prelude::*;

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).expect("a time")
}

/// Orders and trades of a phase as text, to stand beside the specification.
fn told(venue: TradingVenue, date: NaiveDate, phase: Phase) -> Option<String> {
    let text = |time: NaiveTime| {
        time.format(if time.format("%S").to_string() == "00" { "%H:%M" } else { "%H:%M:%S" }).to_string()
    };
    let windows = timetable(venue, date);
    let window = windows.iter().find(|window| window.phase == phase)?;
    Some(format!(
        "{}-{} {}-{}",
        text(window.orders_from),
        text(window.orders_to),
        text(window.trades_from),
        text(window.trades_to)
    ))
}

fn phase(venue: TradingVenue, date: NaiveDate, at: &str) -> Option<Phase> {
    phase_at(venue, from_kst(date, time(at))).map(|window| window.phase)
}

#[test]
fn an_ordinary_day_of_krx() {
    let krx = |phase| told(TradingVenue::Krx, ymd(2026, 6, 1), phase);
    assert_eq!(krx(Phase::PreHoursClose).as_deref(), Some("08:30-08:40 08:30-08:40"));
    assert_eq!(krx(Phase::OpeningAuction).as_deref(), Some("08:30-09:00 09:00-09:00"));
    assert_eq!(krx(Phase::Continuous).as_deref(), Some("09:00-15:20 09:00-15:20"));
    assert_eq!(krx(Phase::ClosingAuction).as_deref(), Some("15:20-15:30 15:30-15:30"));
    assert_eq!(krx(Phase::AfterHoursClose).as_deref(), Some("15:30-16:00 15:40-16:00"));
    assert_eq!(krx(Phase::AfterHoursSingle).as_deref(), Some("16:00-18:00 16:10-18:00"));
    assert_eq!(krx(Phase::AfterMarket), None);
    assert_eq!(krx(Phase::PreMarket), None);
}

#[test]
fn an_ordinary_day_of_nxt() {
    let nxt = |phase| told(TradingVenue::Nxt, ymd(2026, 6, 1), phase);
    assert_eq!(nxt(Phase::PreMarket).as_deref(), Some("08:00-08:50 08:00-08:50"));
    assert_eq!(nxt(Phase::Continuous).as_deref(), Some("09:00:30-15:20 09:00:30-15:20"));
    assert_eq!(nxt(Phase::AfterMarketAuction).as_deref(), Some("15:30-15:40 15:40-15:40"));
    assert_eq!(nxt(Phase::AfterMarket).as_deref(), Some("15:40-20:00 15:40-20:00"));
    assert_eq!(nxt(Phase::ClosingPrice).as_deref(), Some("15:00-16:00 15:30-16:00"));
    assert_eq!(timetable(TradingVenue::Nxt, ymd(2025, 2, 28)), []);
    assert_eq!(timetable(TradingVenue::Nxt, ymd(2025, 3, 4)).len(), 7);
}

#[test]
fn an_exam_day_is_an_hour_later_and_ends_as_ever() {
    let exam = ymd(2025, 11, 13);
    let krx = |phase| told(TradingVenue::Krx, exam, phase);
    assert_eq!(krx(Phase::PreHoursClose).as_deref(), Some("09:30-09:40 09:30-09:40"));
    assert_eq!(krx(Phase::AfterHoursClose).as_deref(), Some("16:30-17:00 16:40-17:00"));
    assert_eq!(krx(Phase::AfterHoursSingle).as_deref(), Some("17:00-18:00 17:10-18:00"));
    let nxt = |phase| told(TradingVenue::Nxt, exam, phase);
    assert_eq!(nxt(Phase::PreMarket), None);
    assert_eq!(nxt(Phase::Continuous).as_deref(), Some("10:00:30-16:20 10:00:30-16:20"));
    assert_eq!(nxt(Phase::AfterMarketAuction).as_deref(), Some("16:30-16:40 16:40-16:40"));
    assert_eq!(nxt(Phase::AfterMarket).as_deref(), Some("16:40-20:00 16:40-20:00"));
}

#[test]
fn the_first_session_of_a_year_opens_late_and_closes_as_ever() {
    let first = ymd(2026, 1, 2);
    assert_eq!(told(TradingVenue::Krx, first, Phase::PreHoursClose).as_deref(), Some("09:30-09:40 09:30-09:40"));
    assert_eq!(told(TradingVenue::Krx, first, Phase::AfterHoursSingle).as_deref(), Some("16:00-18:00 16:10-18:00"));
    assert_eq!(told(TradingVenue::Nxt, first, Phase::PreMarket), None);
    assert_eq!(told(TradingVenue::Nxt, first, Phase::Continuous).as_deref(), Some("10:00:30-15:20 10:00:30-15:20"));
}

#[test]
fn eras_follow_one_another() {
    let krx = |date, phase| told(TradingVenue::Krx, date, phase);
    assert_eq!(krx(ymd(2019, 4, 26), Phase::OpeningAuction).as_deref(), Some("08:00-09:00 09:00-09:00"));
    assert_eq!(krx(ymd(2019, 4, 26), Phase::PreHoursClose).as_deref(), Some("07:30-08:30 07:30-08:30"));
    assert_eq!(krx(ymd(2019, 4, 29), Phase::OpeningAuction).as_deref(), Some("08:30-09:00 09:00-09:00"));
    assert_eq!(krx(ymd(2016, 7, 29), Phase::AfterHoursClose).as_deref(), Some("15:00-15:30 15:10-15:30"));
    assert_eq!(krx(ymd(2016, 7, 29), Phase::AfterHoursSingle).as_deref(), Some("15:30-18:00 15:40-18:00"));
    assert_eq!(krx(ymd(2014, 8, 29), Phase::AfterHoursSingle).as_deref(), Some("15:30-18:00 16:00-18:00"));
    assert_eq!(krx(ymd(2005, 5, 27), Phase::AfterHoursSingle), None);
    assert_eq!(krx(ymd(2026, 9, 11), Phase::AfterHoursSingle).as_deref(), Some("16:00-18:00 16:10-18:00"));
    assert_eq!(krx(ymd(2026, 9, 14), Phase::AfterHoursSingle), None);
    assert_eq!(krx(ymd(2026, 9, 14), Phase::AfterMarket).as_deref(), Some("16:00-20:00 16:00-20:00"));
}

#[test]
fn a_lunch_break_is_a_pause() {
    let phases: Vec<(Phase, NaiveTime)> =
        timetable(TradingVenue::Krx, ymd(1999, 6, 1)).iter().map(|window| (window.phase, window.orders_to)).collect();
    let expected = [
        (Phase::OpeningAuction, time("09:00")),
        (Phase::Continuous, time("12:00")),
        (Phase::Pause, time("13:00")),
        (Phase::Continuous, time("14:50")),
        (Phase::ClosingAuction, time("15:00")),
    ];
    assert_eq!(phases, expected);
}

#[test]
fn a_phase_begins_at_its_first_second_and_ends_before_its_last() {
    let day = ymd(2026, 6, 1);
    let krx = |at| phase(TradingVenue::Krx, day, at);
    assert_eq!(krx("08:29:59"), None);
    assert_eq!(krx("08:30"), Some(Phase::OpeningAuction), "not the trading at the previous close beside it");
    assert_eq!(krx("08:59:59"), Some(Phase::OpeningAuction));
    assert_eq!(krx("09:00"), Some(Phase::Continuous));
    assert_eq!(krx("15:20"), Some(Phase::ClosingAuction));
    assert_eq!(krx("15:30"), Some(Phase::AfterHoursClose));
    assert_eq!(krx("18:00"), None);
    let nxt = |at| phase(TradingVenue::Nxt, day, at);
    assert_eq!(nxt("09:00:29"), Some(Phase::Pause));
    assert_eq!(nxt("09:00:30"), Some(Phase::Continuous));
    assert_eq!(nxt("15:25"), Some(Phase::Pause));
    assert_eq!(nxt("15:45"), Some(Phase::AfterMarket));
    assert_eq!(nxt("20:00"), None);
    assert_eq!(phase(TradingVenue::Krx, ymd(2026, 6, 3), "10:00"), None);
}

#[test]
fn rows_name_their_successors_and_no_two_share_a_name() {
    for (index, row) in ROWS.iter().enumerate() {
        assert!(row.until.is_none_or(is_row), "{} is replaced by nothing", row.name);
        assert!(ROWS.iter().skip(index + 1).all(|other| other.name != row.name), "{} stands twice", row.name);
        assert!(!row.source.is_empty());
    }
    assert!(is_row("krx_after_market") && is_row("krx_pre_market") && !is_row("krx"));
}

#[test]
fn an_announced_row_waits_for_its_start() {
    let day = ymd(2026, 12, 1);
    let calendar =
        TradingCalendar::amended("[[start]]\nrow = \"krx_pre_market\"\nfrom = 2026-11-02").expect("a row of the table");
    let at_seven = from_kst(day, time("07:00"));
    assert_eq!(calendar.phase_at(TradingVenue::Krx, at_seven).map(|window| window.phase), Some(Phase::PreMarket));
    assert_eq!(trading_calendar().phase_at(TradingVenue::Krx, at_seven), None);
}

#[test]
fn a_day_cut_short_may_lose_its_off_hours_sessions() {
    let hours = "[[hours]]\ndate = 2026-10-13\nopen = 11:00:00\nclose = 15:30:00\noff_hours = ";
    let phases = |off_hours: bool| -> Vec<Phase> {
        let calendar = TradingCalendar::amended(&format!("{hours}{off_hours}")).expect("usable hours");
        calendar.timetable(TradingVenue::Krx, ymd(2026, 10, 13)).iter().map(|window| window.phase).collect()
    };
    assert_eq!(phases(false), [Phase::OpeningAuction, Phase::Continuous, Phase::ClosingAuction]);
    assert_eq!(phases(true).len(), 6);
}

proptest! {
    /// On every session of the calendar the phases are in order, none is empty, and those with a book do not overlap.
    #[test]
    fn phases_with_a_book_never_overlap(session in 0usize..9_700) {
        let date = sessions(NaiveDate::MIN, NaiveDate::MAX).nth(session).expect("a session");
        for venue in TradingVenue::ALL {
            let windows = timetable(*venue, date);
            prop_assert!(windows.iter().all(|window| window.orders_from < window.orders_to));
            prop_assert!(windows.iter().all(|window| window.orders_from <= window.trades_from));
            prop_assert!(windows.iter().all(|window| window.valid_from.is_none_or(|from| from <= date)));
            let book: Vec<_> = windows.iter().filter(|window| window.matching != Matching::FixedPrice).collect();
            prop_assert!(book.windows(2).all(|pair| pair[0].orders_to <= pair[1].orders_from), "{date} {venue}");
        }
    }
}
