//! Quotations and files (kis-openapi §6).

use exodus_domain::Market;
use exodus_kis::wire::master;
use exodus_kis_emulator::Environment;

use crate::rig::{Rig, Told};

fn symbol(rig: &Rig) -> String {
    rig.emulator.with_world(|world, _| world.instruments()[0].symbol.to_string())
}

fn number(told: &Told, path: &str) -> i64 {
    told.text(path).parse().unwrap_or_else(|_| panic!("{path} is {:?}", told.text(path)))
}

#[tokio::test]
async fn a_price_has_every_field_as_text_section_6_1() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    let told = real
        .quote("inquire-price", "FHKST01010100", &[("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", &symbol)])
        .await;
    let output = told.body["output"].as_object().expect("an object");
    assert_eq!(output.len(), 82);
    assert!(output.values().all(serde_json::Value::is_string));
    let quote =
        rig.emulator.with_world(|world, _| world.quote(symbol.parse().expect("a symbol")).expect("a quote").clone());
    assert_eq!(number(&told, "/output/stck_prpr"), quote.price.0);
    assert_eq!(number(&told, "/output/prdy_vrss"), quote.price.0 - quote.base_price.0);
    assert_eq!(
        (number(&told, "/output/stck_mxpr"), number(&told, "/output/stck_llam")),
        (quote.limits.upper.0, quote.limits.lower.0)
    );
    let unknown = real
        .quote("inquire-price", "FHKST01010100", &[("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "ZZZZZZ")])
        .await;
    assert_eq!((unknown.text("/rt_cd"), unknown.text("/output/stck_prpr")), ("0", "0"));
    let nowhere = real
        .quote("inquire-price", "FHKST01010100", &[("FID_COND_MRKT_DIV_CODE", "XX"), ("FID_INPUT_ISCD", &symbol)])
        .await;
    assert_eq!(nowhere.code(), "OPSQ2001");
}

#[tokio::test]
async fn trades_are_newest_first_section_6_3_and_6_7() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let mock = rig.session(Environment::Mock).await;
    let query = [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", symbol.as_str()), ("FID_INPUT_HOUR_1", "093000")];
    let latest = mock.quote("inquire-ccnl", "FHKST01010300", &query).await;
    let times: Vec<&str> =
        latest.rows("/output").iter().map(|row| row["stck_cntg_hour"].as_str().expect("a text")).collect();
    assert!(times.len() <= 30 && !times.is_empty() && times.is_sorted_by(|a, b| a >= b));
    let until = mock.quote("inquire-time-itemconclusion", "FHPST01060000", &query).await;
    assert!(until.rows("/output2").iter().all(|row| row["stck_cntg_hour"].as_str() <= Some("093000")));
    assert!(until.body["output2"][0]["stck_pbpr"].is_string());
}

#[tokio::test]
async fn daily_charts_hold_the_newest_hundred_section_6_5() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    let chart = async |from: &str, to: &str, period: &str| {
        let query = [
            ("FID_COND_MRKT_DIV_CODE", "J"),
            ("FID_INPUT_ISCD", symbol.as_str()),
            ("FID_INPUT_DATE_1", from),
            ("FID_INPUT_DATE_2", to),
            ("FID_PERIOD_DIV_CODE", period),
            ("FID_ORG_ADJ_PRC", "1"),
        ];
        real.quote("inquire-daily-itemchartprice", "FHKST03010100", &query).await
    };
    let long = chart("00000101", "20261001", "D").await;
    let dates: Vec<&str> =
        long.rows("/output2").iter().map(|row| row["stck_bsop_date"].as_str().expect("a text")).collect();
    assert_eq!((dates.len(), dates[0]), (100, "20261001"));
    assert!(dates.is_sorted_by(|a, b| a > b));
    let short = chart("20260921", "20260923", "D").await;
    assert_eq!(short.rows("/output2").len(), 3);
    let months = chart("20260101", "20260930", "M").await;
    assert_eq!(months.rows("/output2").len(), 9);
    let won = |told: &Told, row: usize, name: &str| number(told, &format!("/output2/{row}/{name}"));
    assert_eq!(won(&short, 0, "prdy_vrss"), won(&short, 0, "stck_clpr") - won(&short, 1, "stck_clpr"));
    let thirty = real
        .quote(
            "inquire-daily-price",
            "FHKST01010400",
            &[
                ("FID_COND_MRKT_DIV_CODE", "J"),
                ("FID_INPUT_ISCD", &symbol),
                ("FID_PERIOD_DIV_CODE", "D"),
                ("FID_ORG_ADJ_PRC", "0"),
            ],
        )
        .await;
    assert_eq!(thirty.rows("/output").len(), 30);
}

#[tokio::test]
async fn minute_charts_have_every_minute_and_filler_section_6_6() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    let today = async |hour: &str| {
        let query = [
            ("FID_COND_MRKT_DIV_CODE", "J"),
            ("FID_INPUT_ISCD", symbol.as_str()),
            ("FID_INPUT_HOUR_1", hour),
            ("FID_PW_DATA_INCU_YN", "Y"),
            ("FID_ETC_CLS_CODE", ""),
        ];
        real.quote("inquire-time-itemchartprice", "FHKST03010200", &query).await
    };
    let newest = today("").await;
    assert_eq!(newest.rows("/output2").len(), 30);
    assert_eq!(
        (newest.text("/output2/0/stck_cntg_hour"), newest.text("/output2/29/stck_cntg_hour")),
        ("100000", "093100")
    );
    let early = today("091500").await;
    assert_eq!((early.rows("/output2").len(), early.text("/output2/15/stck_cntg_hour")), (16, "090000"));
    assert!(today("085900").await.rows("/output2").is_empty());
    let future = today("101000").await;
    assert_eq!((future.text("/output2/0/stck_cntg_hour"), future.text("/output2/0/cntg_vol")), ("101000", "0"));
    assert_eq!(future.text("/output2/0/stck_prpr"), future.text("/output1/stck_prpr"));
    let past = real
        .quote(
            "inquire-time-dailychartprice",
            "FHKST03010230",
            &[
                ("FID_COND_MRKT_DIV_CODE", "J"),
                ("FID_INPUT_ISCD", &symbol),
                ("FID_INPUT_HOUR_1", "100000"),
                ("FID_INPUT_DATE_1", "20260930"),
                ("FID_PW_DATA_INCU_YN", "Y"),
                ("FID_FAKE_TICK_INCU_YN", ""),
            ],
        )
        .await;
    assert_eq!((past.rows("/output2").len(), past.text("/output2/0/stck_bsop_date")), (120, "20260930"));
    assert_eq!(past.text("/output2/119/stck_bsop_date"), "20260929");
}

#[tokio::test]
async fn indices_have_their_charts_section_6_8() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    let base = [("FID_COND_MRKT_DIV_CODE", "U"), ("FID_INPUT_ISCD", "0001")];
    let now = real.quote("inquire-index-price", "FHPUP02100000", &base).await;
    assert!(now.text("/output/bstp_nmix_prpr").contains('.'));
    let mut query = base.to_vec();
    query.extend([("FID_INPUT_DATE_1", "20260101"), ("FID_INPUT_DATE_2", "20261001"), ("FID_PERIOD_DIV_CODE", "D")]);
    let chart = real.quote("inquire-daily-indexchartprice", "FHKUP03500100", &query).await;
    assert_eq!((chart.rows("/output2").len(), chart.text("/output2/0/stck_bsop_date")), (50, "20261001"));
    assert_eq!(chart.text("/output1/bstp_nmix_prpr"), now.text("/output/bstp_nmix_prpr"));
    let query = [
        ("FID_COND_MRKT_DIV_CODE", "U"),
        ("FID_INPUT_ISCD", "1001"),
        ("FID_INPUT_DATE_1", "20260930"),
        ("FID_PERIOD_DIV_CODE", "D"),
    ];
    let daily = real.quote("inquire-index-daily-price", "FHPUP02120000", &query).await;
    assert_eq!((daily.rows("/output2").len(), daily.text("/output2/0/stck_bsop_date")), (100, "20260930"));
}

#[tokio::test]
async fn an_issue_is_described_and_an_unknown_one_is_none_section_6_9() {
    let rig = Rig::start().await;
    let symbol = symbol(&rig);
    let real = rig.session(Environment::Real).await;
    let query = [("PRDT_TYPE_CD", "300"), ("PDNO", symbol.as_str())];
    let stock = real.quote("search-stock-info", "CTPF1002R", &query).await;
    assert_eq!((stock.code(), stock.text("/output/pdno").ends_with(&symbol)), ("KIOK0530", true));
    assert_eq!(stock.text("/output/std_pdno").len(), 12);
    let product = real.quote("search-info", "CTPF1604R", &query).await;
    assert_eq!(product.text("/output/prdt_abrv_name"), stock.text("/output/prdt_abrv_name"));
    let unknown = real.quote("search-stock-info", "CTPF1002R", &[("PRDT_TYPE_CD", "300"), ("PDNO", "ZZZZZZ")]).await;
    assert_eq!((unknown.text("/rt_cd"), unknown.code()), ("7", "KIOK0560"));
}

#[tokio::test]
async fn holidays_are_told_for_some_weeks_section_6_10() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    let told = real
        .quote("chk-holiday", "CTCA0903R", &[("BASS_DT", "20261001"), ("CTX_AREA_NK", ""), ("CTX_AREA_FK", "")])
        .await;
    assert_eq!(
        (told.rows("/output").len(), told.text("/output/0/opnd_yn"), told.text("/output/2/opnd_yn")),
        (24, "Y", "N")
    );
    assert_eq!((told.text("/ctx_area_nk").len(), told.text("/ctx_area_nk").trim()), (20, "20261025"));
}

#[tokio::test]
async fn the_most_traded_come_first_section_6_11() {
    let rig = Rig::start().await;
    let real = rig.session(Environment::Real).await;
    let query = [
        ("FID_COND_MRKT_DIV_CODE", "J"),
        ("FID_COND_SCR_DIV_CODE", "20171"),
        ("FID_INPUT_ISCD", "0000"),
        ("FID_BLNG_CLS_CODE", "3"),
    ];
    let told = real.quote("volume-rank", "FHPST01710000", &query).await;
    let values: Vec<i64> =
        (0..told.rows("/output").len()).map(|row| number(&told, &format!("/output/{row}/acml_tr_pbmn"))).collect();
    assert!(values.len() > 1 && values.is_sorted_by(|a, b| a >= b));
    assert_eq!(told.text("/output/0/data_rank"), "1");
}

#[tokio::test]
async fn masters_are_archives_of_all_issues_section_6_12() {
    let rig = Rig::start().await;
    let get = async |name: &str| {
        let answer = rig
            .client
            .get(rig.url(Environment::Real, &format!("/common/master/{name}")))
            .send()
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.bytes().await.expect("a body"))
    };
    let (status, archive) = get("kospi_code.mst.zip").await;
    let read = master::read(&master::unpack(&archive, "kospi_code.mst").expect("an archive"), Market::Kospi);
    let listed = rig
        .emulator
        .with_world(|world, _| world.instruments().iter().filter(|one| one.market == Market::Kospi).count());
    assert_eq!((status, read.entries.len(), read.unreadable), (200, listed, 0));
    let (_, sectors) = get("idxcode.mst.zip").await;
    assert_eq!(master::read_sectors(&master::unpack(&sectors, master::SECTOR_FILE).expect("an archive")).len(), 3);
    assert_eq!(get("nothing.mst.zip").await.0, 404);
}
