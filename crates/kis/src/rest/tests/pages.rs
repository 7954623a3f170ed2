use super::*;
use crate::budget::Priority;
use crate::error::KisError;
use crate::wire::trading::InquireDailyCcldQuery;

fn page(tr_cont: &str, nk: &str, order: &str) -> Act {
    let body = format!(
        r#"{{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"조회가 완료되었습니다","ctx_area_fk100":"fk{:>20}","ctx_area_nk100":"{nk}","output1":[{{"odno":"{order}"}}],"output2":{{}}}}"#,
        ""
    );
    answer(200, tr_cont, &body)
}

/// The orders of all pages.
async fn list(server: &Server) -> Result<Vec<String>, KisError> {
    let gateway = gateway_with(server, |parts| parts.limits = unlimited());
    let pages = gateway.read_pages(&InquireDailyCcldQuery::default(), Priority::Reconcile).await?;
    Ok(pages.into_iter().flat_map(|page| page.output1).map(|row| row.odno).collect())
}

#[tokio::test]
async fn every_page_is_followed_to_the_last() {
    let server = server(|number, request| {
        let continues = request.contains("tr_cont: N\r\n");
        assert_eq!(continues, number > 0, "page {number}");
        // The keys go back as they came, padding included.
        let padded = format!("CTX_AREA_FK100=fk{}", "+".repeat(20));
        let spaced = format!("CTX_AREA_FK100=fk{}", "%20".repeat(20));
        assert!(number == 0 || request.contains(&padded) || request.contains(&spaced), "{request}");
        match number {
            0 => page("F", "key-1", "1"),
            1 => page("M", "key-2", "2"),
            2 => page("M", "key-3", "3"),
            _ => page("E", "key-3", "4"),
        }
    })
    .await;
    assert_eq!(list(&server).await, Ok(["1", "2", "3", "4"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn one_page_without_a_letter_is_all() {
    let server = server(|_, _| page("", "", "1")).await;
    assert_eq!(list(&server).await, Ok(vec!["1".to_owned()]));
}

#[tokio::test]
async fn a_broken_chain_is_no_list_wherever_it_breaks() {
    type Fault = fn() -> Act;
    let faults: [(&str, Fault); 6] = [
        ("more without a key", || page("M", "   ", "x")),
        ("more with the same key", || page("M", "key-same", "x")),
        ("a letter that nobody knows", || page("Q", "key-x", "x")),
        ("a page that is cut", || answer(200, "M", r#"{"rt_cd":"0","msg_cd":"KIOK0510","output1":[{"odno":"#)),
        ("a server in trouble", || answer(500, "", "oops")),
        ("a closed connection", || Act::Close),
    ];
    for (story, fault) in faults {
        for broken in 0..5 {
            let server = server(move |number, _| match number {
                number if number >= broken => fault(),
                // The key before the broken page is the one that it repeats.
                number if number + 1 == broken => page("M", "key-same", "x"),
                number => page("M", &format!("key-{number}"), "x"),
            })
            .await;
            // The first page has no key before it; repeated, it comes as the second page.
            let outcome = list(&server).await;
            let expected = matches!(outcome, Err(KisError::Incomplete(_) | KisError::Unreachable(_)));
            assert!(expected, "{story} at page {broken}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_list_that_changed_meanwhile_is_begun_again() {
    let changed = || failure(200, "SYDB0050", "조회이후에 자료가 변경되었습니다.");
    let once = server(move |number, request| match number {
        0 => page("M", "key-1", "old"),
        1 => changed(),
        2 => {
            assert!(request.contains("tr_cont: \r\n"), "from the first page on: {request}");
            page("M", "key-1", "1")
        }
        _ => page("D", "", "2"),
    })
    .await;
    assert_eq!(list(&once).await, Ok(["1", "2"].map(str::to_owned).to_vec()));
    let always = server(move |number, _| if number % 2 == 0 { page("M", "key-1", "1") } else { changed() }).await;
    assert_eq!(list(&always).await.map_err(|error| error.code().map(str::to_owned)), Err(Some("SYDB0050".to_owned())));
    assert_eq!(always.count("/trading/"), 8);
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let server = server(|number, _| page("M", &format!("key-{number}"), "1")).await;
    assert!(matches!(list(&server).await, Err(KisError::Incomplete(_))));
    assert_eq!(server.count("/trading/"), 200);
}
