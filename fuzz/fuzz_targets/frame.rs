//! Texts of the WebSocket: frames of each feed, and messages that control the session.
#![no_main]

use exodus_kis::wire::stream::{
    ControlMessage, ControlRequest, Frame, KrxBook, MarketOperation, NxtBook, Trade, UnifiedBook, records,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(message) = ControlMessage::parse(text) {
        let again = ControlMessage::parse(&message.to_json());
        assert!(again.is_ok_and(|again| again.is_pingpong() == message.is_pingpong()));
    }
    let _ = serde_json::from_str::<ControlRequest>(text);
    let Ok(frame) = Frame::parse(text) else { return };
    // A sealed frame may hold anything once it is opened.
    let (count, body) = (frame.count, frame.body);
    let read = [
        records::<Trade>(count, body).map(|all| all.filter(Result::is_ok).count()),
        records::<KrxBook>(count, body).map(|all| all.filter(Result::is_ok).count()),
        records::<NxtBook>(count, body).map(|all| all.filter(Result::is_ok).count()),
        records::<UnifiedBook>(count, body).map(|all| all.filter(Result::is_ok).count()),
        records::<MarketOperation>(count, body).map(|all| all.filter(Result::is_ok).count()),
    ];
    assert!(read.iter().flatten().all(|records| *records <= count));
});
