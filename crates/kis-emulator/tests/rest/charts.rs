//! Charts of a market of one's own (kis-openapi §6.5).

use exodus_kis_emulator::world::MarketSource;
use exodus_kis_emulator::{EmulatorConfig, Environment};
use serde_json::json;

use crate::rig::{Rig, config};

#[tokio::test]
async fn a_range_longer_than_the_listing_ends_with_a_blank_row_quirk_35() {
    let folder = tempfile::tempdir().expect("a folder");
    let bars = folder.path().join("bars.csv");
    let text = "symbol,time,open,high,low,close,volume\n\
        005930,2026-09-28,69000,70000,68000,69500,10\n\
        005930,2026-09-29,69500,70500,69000,70000,20\n";
    std::fs::write(&bars, text).expect("written");
    let rig = Rig::with(EmulatorConfig { market: MarketSource::Bars(vec![bars]), ..config() }).await;
    let session = rig.session(Environment::Real).await;
    let chart = async |from: &str| {
        let query = [
            ("FID_COND_MRKT_DIV_CODE", "J"),
            ("FID_INPUT_ISCD", "005930"),
            ("FID_INPUT_DATE_1", from),
            ("FID_INPUT_DATE_2", "20260929"),
            ("FID_PERIOD_DIV_CODE", "D"),
            ("FID_ORG_ADJ_PRC", "1"),
        ];
        session.quote("inquire-daily-itemchartprice", "FHKST03010100", &query).await
    };
    let long = chart("20260601").await;
    let rows = long.rows("/output2");
    assert_eq!((rows.len(), &rows[1]["stck_bsop_date"], &rows[2]), (3, &json!("20260928"), &json!({})));
    assert_eq!(chart("20260928").await.rows("/output2").len(), 2);
}
