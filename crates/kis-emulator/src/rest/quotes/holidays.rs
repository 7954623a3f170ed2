//! `GET chk-holiday` (kis-openapi §6.10).

use chrono::{Datelike, Days, NaiveDate, Weekday};
use exodus_domain::{closure, is_session};
use exodus_kis::wire::envelope::Holidays;
use exodus_kis::wire::quotations::ChkHolidayRow;

use super::super::Ask;
use super::super::answer::{Answer, HOLIDAY_KEY_WIDTH, Reject, padded_key};
use super::super::text::{self, yes};

/// Consecutive days from a date; the key of the continuation is the first day that did not fit.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Answer, Reject> {
    let asked = ask.field("BASS_DT");
    let continued = text::read_date(ask.field("CTX_AREA_NK")).filter(|_| ask.is_continued());
    let Some(first) = continued.or_else(|| text::read_date(asked)) else {
        return Err(Reject::input("OPSQ2001", "BASS_DT"));
    };
    let output: Vec<ChkHolidayRow> = first.iter_days().take(ask.rows()).map(row).collect();
    let days = u64::try_from(output.len()).unwrap_or_default();
    let next = first.checked_add_days(Days::new(days)).map(text::date).unwrap_or_default();
    let key = |text: &str| padded_key(text, HOLIDAY_KEY_WIDTH);
    let body = Holidays { ctx_area_fk: key(asked), ctx_area_nk: key(&next), output };
    Ok(Answer::ledger("KIOK0510", "D", &body))
}

fn row(date: NaiveDate) -> ChkHolidayRow {
    // What only the exchange closes, such as the last day of the year, the banks do not.
    let is_weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let exchange_only = !is_weekend && date.month() == 12 && date.day() >= 29 && closure(date).is_some();
    let banks_open = is_session(date) || exchange_only;
    ChkHolidayRow {
        bass_dt: text::date(date),
        wday_dvsn_cd: format!("{:02}", date.weekday().number_from_sunday()),
        bzdy_yn: yes(banks_open),
        tr_day_yn: yes(banks_open),
        opnd_yn: yes(is_session(date)),
        sttl_day_yn: yes(is_session(date)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_apart_section_6_10() {
        let of = |year, month, day| {
            let row = row(NaiveDate::from_ymd_opt(year, month, day).expect("a date"));
            (row.wday_dvsn_cd, row.bzdy_yn, row.opnd_yn)
        };
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(of(2026, 10, 1), text("05", "Y", "Y"));
        assert_eq!(of(2026, 10, 3), text("07", "N", "N"));
        // Chuseok, and the last day of the year: closed by the exchange only.
        assert_eq!(of(2026, 9, 25), text("06", "N", "N"));
        assert_eq!(of(2026, 12, 31), text("05", "Y", "N"));
    }
}
