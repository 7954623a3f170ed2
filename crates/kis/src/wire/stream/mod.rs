//! The WebSocket of the broker: frames, encrypted notices, control messages (specification §7).
//!
//! A message is either JSON, which controls the session ([`ControlRequest`], [`ControlMessage`]), or a [`Frame`] with
//! records of data in it. Reading a frame allocates nothing: a record is parsed in one pass over the text, field after
//! field, into the types of the product. The broker widens frames without notice, so the width is taken from each frame,
//! and what stands behind the known fields is passed over.

mod answers;
mod book;
mod cipher;
mod control;
mod feed;
mod field;
mod frame;
mod notice;
mod operation;
mod reader;
mod record;
mod trade;
mod writer;

pub use answers::{ANSWERS, Answer, answer};
pub use book::{Book, KrxBook, Midpoint, NxtBook, UnifiedBook};
pub use cipher::{Cipher, CipherError};
pub use control::{
    AnswerBody, AnswerHeader, ControlMessage, ControlRequest, KeyAndIv, RequestBody, RequestHeader, RequestInput,
};
pub use feed::{Feed, MAX_REGISTRATIONS};
pub use field::{Code, Field, Hundredths, Padded, ShortCode};
pub use frame::{Frame, FrameError, Records, records, write_frame, write_sealed};
pub use notice::{LegacyNotice, Notice, read_notices};
pub use operation::MarketOperation;
pub use reader::{BadField, FieldReader};
pub use record::Record;
pub use trade::Trade;
pub use writer::FieldWriter;
