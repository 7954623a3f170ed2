//! What goes over the wire: requests and answers field for field, for the client and the emulator alike.
//!
//! A struct is named after the path of its API, with `Query` (GET), `Request` (POST), `Output` (one object), `Row` (one
//! of an array), `Summary` (the object behind an array) or `Header` (the object before one). Its fields are the wire's
//! keys, all texts. What they mean to the product is worked out once, in [`trading`] and
//! [`quotations`].
//!
//! The numbers of sections are those of the specification of the interface, in which every length stands too.

pub mod call;
pub mod chain;
pub mod codes;
pub mod envelope;
pub mod fields;
pub mod master;
pub mod messages;
pub mod number;
pub mod oauth;
pub mod order_answer;
pub mod quotations;
pub mod read;
pub mod stream;
pub mod trading;

pub use call::{Call, Environment};
pub use envelope::{Paged, more};
pub use fields::{Fields, from_body, from_query, to_query};
pub use read::{Read, Resume};
