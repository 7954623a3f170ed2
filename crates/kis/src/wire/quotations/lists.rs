//! Recent trades, levels of indices and the most traded issues as the product understands them.

use chrono::{NaiveDate, NaiveTime};
use exodus_domain::{Price, Qty, Symbol, Won};

use super::{InquireCcnlRow, InquireDailyIndexchartpriceRow, VolumeRankRow};
use crate::wire::number::{self, BadNumber};
use crate::wire::trading::rows::BadRow;

/// A trade of the session, of anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentTrade {
    /// Time in Korea.
    pub time: NaiveTime,
    /// Price.
    pub price: Price,
    /// Price less the close before, in won.
    pub change: Won,
    /// Shares.
    pub quantity: Qty,
}

/// A place among the most traded issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedIssue {
    /// Place, from 1.
    pub rank: u32,
    /// Issue.
    pub symbol: Symbol,
    /// Korean name.
    pub name: String,
    /// Last price.
    pub price: Price,
    /// Price less the close before, in won.
    pub change: Won,
    /// Shares traded today.
    pub volume: Qty,
    /// What was paid for them.
    pub value: Won,
}

/// Reads recent trades (§6.3), newest first. Rows without a time are left out: before the first trade there is one.
///
/// # Errors
/// [`BadRow`] if a trade is unreadable.
pub fn recent_trades(rows: &[InquireCcnlRow]) -> Result<Vec<RecentTrade>, BadRow> {
    let mut trades = Vec::with_capacity(rows.len());
    for row in rows {
        let bad = |error: BadNumber| BadRow::new(&row.stck_cntg_hour, error);
        let Some(time) = number::time(&row.stck_cntg_hour).map_err(bad)? else { continue };
        trades.push(RecentTrade {
            time,
            price: number::price(&row.stck_prpr).map_err(bad)?.unwrap_or_default(),
            change: number::won(&row.prdy_vrss).map_err(bad)?.unwrap_or_default(),
            quantity: number::qty(&row.cntg_vol).map_err(bad)?.unwrap_or_default(),
        });
    }
    Ok(trades)
}

/// Reads the daily levels of an index (§6.8) in hundredths of a point, oldest first. Days without trading, which the broker
/// fills with the level before, are left out.
///
/// # Errors
/// [`BadRow`] if a level is unreadable.
pub fn index_levels(rows: &[InquireDailyIndexchartpriceRow]) -> Result<Vec<(NaiveDate, i64)>, BadRow> {
    let mut levels = Vec::with_capacity(rows.len());
    for row in rows {
        let bad = |error: BadNumber| BadRow::new(&row.stck_bsop_date, error);
        let Some(day) = number::date(&row.stck_bsop_date).map_err(bad)? else { continue };
        let Some(level) = number::hundredths(&row.bstp_nmix_prpr).map_err(bad)? else { continue };
        if level > 0 && row.mod_yn.trim() != "Y" {
            levels.push((day, level));
        }
    }
    levels.sort_unstable();
    Ok(levels)
}

/// Reads the most traded issues (§6.11), in the order of the answer. Issues of other kinds than the product knows are left
/// out.
///
/// # Errors
/// [`BadRow`] if a figure is unreadable.
pub fn most_traded(rows: &[VolumeRankRow]) -> Result<Vec<RankedIssue>, BadRow> {
    let mut ranking = Vec::with_capacity(rows.len());
    for row in rows {
        let Ok(symbol) = number::symbol(&row.mksc_shrn_iscd) else { continue };
        let bad = |error: BadNumber| BadRow::new(&row.mksc_shrn_iscd, error);
        let rank = number::whole(&row.data_rank).map_err(bad)?.and_then(|rank| u32::try_from(rank).ok());
        ranking.push(RankedIssue {
            rank: rank.ok_or_else(|| BadRow::new(&row.mksc_shrn_iscd, "a row without a rank"))?,
            symbol,
            name: row.hts_kor_isnm.trim().to_owned(),
            price: number::price(&row.stck_prpr).map_err(bad)?.unwrap_or_default(),
            change: number::won(&row.prdy_vrss).map_err(bad)?.unwrap_or_default(),
            volume: number::qty(&row.acml_vol).map_err(bad)?.unwrap_or_default(),
            value: number::won(&row.acml_tr_pbmn).map_err(bad)?.unwrap_or_default(),
        });
    }
    Ok(ranking)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn trades_are_read_and_fillers_left_out() {
        let row = InquireCcnlRow {
            stck_cntg_hour: text("101529"),
            stck_prpr: text("71500"),
            prdy_vrss: text("-800"),
            cntg_vol: text("12"),
            ..InquireCcnlRow::default()
        };
        let trades = recent_trades(&[row.clone(), InquireCcnlRow::default()]).expect("trades");
        let time = NaiveTime::from_hms_opt(10, 15, 29).expect("a time");
        assert_eq!(trades, [RecentTrade { time, price: Price(71_500), change: Won(-800), quantity: Qty(12) }]);
        assert!(recent_trades(&[InquireCcnlRow { stck_prpr: text("-1"), ..row }]).is_err());
    }

    #[test]
    fn levels_are_hundredths_of_days_with_trading() {
        let row = |day: &str, level: &str, filled: &str| InquireDailyIndexchartpriceRow {
            stck_bsop_date: text(day),
            bstp_nmix_prpr: text(level),
            mod_yn: text(filled),
            ..InquireDailyIndexchartpriceRow::default()
        };
        let rows = [row("20261002", "2857.60", "N"), row("20261001", "2869.2", "N"), row("20260930", "2800", "Y")];
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
        assert_eq!(index_levels(&rows).expect("levels"), [(day(1), 286_920), (day(2), 285_760)]);
        assert!(index_levels(&[row("20261001", "28.575", "N")]).is_err(), "three decimals are no level");
    }

    #[test]
    fn the_ranking_keeps_the_order_of_the_broker() {
        let row = |code: &str, rank: &str| VolumeRankRow {
            hts_kor_isnm: text("삼성전자 "),
            mksc_shrn_iscd: text(code),
            data_rank: text(rank),
            stck_prpr: text("71500"),
            acml_vol: text("11376543"),
            acml_tr_pbmn: text("812345678900"),
            ..VolumeRankRow::default()
        };
        let read = most_traded(&[row("005930", "1"), row("?", "2"), row("Q500001", "3")]).expect("a ranking");
        assert_eq!(
            read.iter().map(|issue| (issue.rank, issue.symbol.as_str())).collect::<Vec<_>>(),
            [(1, "005930"), (3, "500001")]
        );
        assert_eq!((read[0].name.as_str(), read[0].value), ("삼성전자", Won(812_345_678_900)));
        assert!(most_traded(&[row("005930", "")]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(texts in prop::collection::vec("\\PC{0,12}", 4)) {
            let text = |place: usize| texts[place].clone();
            let (stck_cntg_hour, stck_prpr) = (text(0), text(1));
            let _ = recent_trades(&[InquireCcnlRow { stck_cntg_hour, stck_prpr, ..InquireCcnlRow::default() }]);
            let (stck_bsop_date, bstp_nmix_prpr) = (text(2), text(3));
            let row = InquireDailyIndexchartpriceRow { stck_bsop_date, bstp_nmix_prpr, ..Default::default() };
            let _ = index_levels(&[row]);
            let (mksc_shrn_iscd, data_rank) = (text(0), text(1));
            let _ = most_traded(&[VolumeRankRow { mksc_shrn_iscd, data_rank, ..VolumeRankRow::default() }]);
        }
    }
}
