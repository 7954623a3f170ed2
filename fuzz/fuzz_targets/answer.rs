//! Any answer: of an order, of OAuth, and of each call that is read.
#![no_main]

use exodus_kis::wire::envelope::{AnswerError, failure, read};
use exodus_kis::wire::order_answer::{OrderAnswer, read_order};
use exodus_kis::wire::quotations::*;
use exodus_kis::wire::trading::*;
use exodus_kis::wire::{Read, messages};
use libfuzzer_sys::fuzz_target;

/// Reads the answer of a call; what was read must survive being written.
fn answers<Q: Read>(answer: &[u8])
where
    Q::Body: PartialEq + std::fmt::Debug,
{
    match read::<Q::Body>(answer) {
        Ok(body) => {
            let text = written_in_envelope(&body);
            assert_eq!(read::<Q::Body>(&text), Ok(body));
        }
        Err(AnswerError::Refused(failure)) => {
            let _ = messages::class(&failure.msg_cd, &failure.msg1);
        }
        Err(AnswerError::Unreadable(_)) => {}
    }
}

/// A body in the envelope of a success.
fn written_in_envelope<B: serde::Serialize>(body: &B) -> Vec<u8> {
    let envelope = exodus_kis::wire::envelope::Envelope {
        rt_cd: "0".to_owned(),
        msg_cd: "MCA00000".to_owned(),
        msg1: String::new(),
        body,
    };
    serde_json::to_vec(&envelope).expect("texts are JSON")
}

fuzz_target!(|answer: &[u8]| {
    for status in [200, 500] {
        if let OrderAnswer::Accepted(accepted) = read_order(status, answer) {
            assert!(status == 200 && accepted.number.len() == 10 && failure(answer).is_none());
        }
    }
    answers::<InquirePriceQuery>(answer);
    answers::<InquireAskingPriceExpCcnQuery>(answer);
    answers::<InquireDailyItemchartpriceQuery>(answer);
    answers::<InquireBalanceQuery>(answer);
    answers::<InquirePsblSellQuery>(answer);
    answers::<OrderResvCcnlQuery>(answer);
    answers::<ChkHolidayQuery>(answer);
});
