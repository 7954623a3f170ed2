//! One declaration a group of fields: struct, JSON, widths, and a `Debug` that keeps account numbers to itself.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

/// A field of a request or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key in lower case.
    pub name: &'static str,
    /// The most characters its text may have.
    pub width: u16,
}

/// A group of text fields that travels as one JSON object or one query.
pub trait Fields {
    /// The fields in the order of the specification.
    const FIELDS: &'static [Field];

    /// The texts of the fields, in the same order.
    fn values(&self) -> impl Iterator<Item = &str>;

    /// The first field whose text is wider than the specification allows.
    fn overlong(&self) -> Option<&'static Field> {
        Self::FIELDS
            .iter()
            .zip(self.values())
            .find(|(field, text)| text.chars().count() > usize::from(field.width))
            .map(|(field, _)| field)
    }
}

/// Declares a struct of text fields, each with its width as the specification prints it: `10`, or `8.2` for eight
/// digits before the point and two behind it.
///
/// `answer` reads and writes keys in lower case; `request` in capitals, as the broker demands of bodies and takes in
/// queries.
macro_rules! wire_fields {
    (answer $(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $width:literal,)+ }) => {
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        $(#[$doc])*
        #[serde(default)]
        pub struct $name {
            $($(#[$about])* #[serde(deserialize_with = "crate::wire::fields::text")] pub $field: String,)+
        }
        crate::wire::fields::wire_fields!(widths $name { $($field: $width,)+ });
    };
    (request $(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $width:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, rename_all = "UPPERCASE")]
        pub struct $name {
            $($(#[$about])* #[serde(deserialize_with = "crate::wire::fields::text")] pub $field: String,)+
        }
        crate::wire::fields::wire_fields!(widths $name { $($field: $width,)+ });
    };
    (widths $name:ident { $($field:ident: $width:literal,)+ }) => {
        impl crate::wire::fields::Fields for $name {
            const FIELDS: &'static [crate::wire::fields::Field] = &[
                $(crate::wire::fields::Field {
                    name: stringify!($field),
                    width: crate::wire::fields::width(stringify!($width)),
                },)+
            ];

            fn values(&self) -> impl Iterator<Item = &str> {
                [$(self.$field.as_str(),)+].into_iter()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::wire::fields::show(stringify!($name), self, f)
            }
        }
    };
}
pub(crate) use wire_fields;

/// The width of a field from the specification's way to write it.
pub(crate) const fn width(text: &str) -> u16 {
    let text = text.as_bytes();
    let (mut whole, mut decimals, mut behind_point, mut at) = (0, 0, false, 0);
    while at < text.len() {
        match text[at] {
            b'.' => behind_point = true,
            digit if behind_point => decimals = decimals * 10 + (digit - b'0') as u16,
            digit => whole = whole * 10 + (digit - b'0') as u16,
        }
        at += 1;
    }
    if behind_point { whole + 1 + decimals } else { whole }
}

/// Fields that tell whose account it is, or where its owner sits.
fn is_private(name: &str) -> bool {
    name.starts_with("ctx_area") || matches!(name, "cano" | "ctac_tlno" | "ctal_tlno" | "inqr_ip_addr")
}

/// Shows the fields that are not blank, private ones masked.
pub(crate) fn show<T: Fields>(name: &str, fields: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (field, text) in T::FIELDS.iter().zip(fields.values()) {
        match text {
            "" => {}
            _ if is_private(field.name) => {
                shown.field(field.name, &format_args!("…"));
            }
            _ => {
                shown.field(field.name, &text);
            }
        }
    }
    shown.finish_non_exhaustive()
}

/// Reads a leaf: text; `null` is blank, and a whole number is its digits, as some clients write orders.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Leaf;
    impl Visitor<'_> for Leaf {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        fn visit_unit<E>(self) -> Result<String, E> {
            Ok(String::new())
        }

        fn visit_i64<E>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_u64<E>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }
    deserializer.deserialize_any(Leaf)
}

/// A query or a body that has not the form of its request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request cannot be read: {0}")]
pub struct Malformed(String);

/// Writes a request as a percent-encoded query without the question mark.
pub fn to_query<T: Serialize>(request: &T) -> String {
    serde_urlencoded::to_string(request).expect("a struct of texts is a query")
}

/// Reads a request out of its fields, names in capitals; fields that the request does not know are left out.
///
/// # Errors
/// [`Malformed`] if a name comes twice.
pub fn from_pairs<T: DeserializeOwned>(pairs: impl IntoIterator<Item = (String, String)>) -> Result<T, Malformed> {
    let pairs = pairs.into_iter();
    T::deserialize(serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(pairs))
        .map_err(|error| Malformed(error.to_string()))
}

/// Reads a query, keys in capitals or not; keys that the request does not know are left out.
///
/// # Errors
/// [`Malformed`] if a key comes twice or the query is not percent-encoded text.
pub fn from_query<T: DeserializeOwned>(query: &str) -> Result<T, Malformed> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|error| Malformed(error.to_string()))?;
    from_pairs(pairs.into_iter().map(|(key, text)| (key.to_ascii_uppercase(), text)))
}

/// Reads the JSON body of an order; its keys must be in capitals, as the broker demands.
///
/// # Errors
/// [`Malformed`] if it is not an object of texts, whole numbers and nulls.
pub fn from_body<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Malformed> {
    if !is_object(body) {
        return Err(Malformed("it is no JSON object".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| Malformed(error.to_string()))
}

/// True if JSON begins as an object. A struct would be read from an array as well, field by field in order.
pub(crate) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().first() == Some(&b'{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::quotations::{InquireDailyPriceRow, InquireTimeItemchartpriceQuery};
    use crate::wire::trading::{OrderOutput, OrderRvsecnclRequest};

    #[test]
    fn widths_are_those_of_the_specification() {
        assert_eq!(width("10"), 10);
        assert_eq!(width("8.2"), 11, "digits, a point and decimals");
        let place = InquireDailyPriceRow::FIELDS.iter().position(|field| field.name == "prdy_ctrt");
        assert_eq!(place.map(|place| InquireDailyPriceRow::FIELDS[place].width), Some(11));
        let fits = InquireDailyPriceRow { prdy_ctrt: "-12345678.9".to_owned(), ..Default::default() };
        assert_eq!(fits.overlong(), None);
        let wide = InquireDailyPriceRow { prdy_ctrt: "-12345678.90".to_owned(), ..fits };
        assert_eq!(wide.overlong().map(|field| field.name), Some("prdy_ctrt"));
    }

    #[test]
    fn blanks_missing_and_unknown_keys_are_no_fault() {
        let read: OrderOutput = serde_json::from_str(r#"{"ODNO":null,"nobody":"x"}"#).expect("read");
        assert_eq!(read, OrderOutput::default());
        let number: OrderOutput = serde_json::from_str(r#"{"odno":5930}"#).expect("read");
        assert_eq!(number.odno, "5930");
        assert!(serde_json::from_str::<OrderOutput>(r#"{"ODNO":{}}"#).is_err());
    }

    #[test]
    fn a_query_round_trips_in_either_case() {
        let asked = InquireTimeItemchartpriceQuery {
            fid_cond_mrkt_div_code: "J".to_owned(),
            fid_input_iscd: "00593 &".to_owned(),
            ..Default::default()
        };
        let query = to_query(&asked);
        assert!(query.starts_with("FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=00593+%26&FID_INPUT_HOUR_1=&"), "{query}");
        assert_eq!(from_query(&query), Ok(asked.clone()));
        assert_eq!(from_query("fid_cond_mrkt_div_code=J&FID_INPUT_ISCD=00593%20%26&X=1"), Ok(asked));
        let twice = from_query::<InquireTimeItemchartpriceQuery>("FID_INPUT_ISCD=1&fid_input_iscd=2");
        assert!(twice.is_err(), "which of the two?");
    }

    #[test]
    fn a_body_keeps_its_capitals() {
        let body = br#"{"CANO":"50001234","cano":"1","ORD_QTY":10,"CNDT_PRIC":null}"#;
        let asked: OrderRvsecnclRequest = from_body(body).expect("read");
        assert_eq!((asked.cano.as_str(), asked.ord_qty.as_str(), asked.cndt_pric.as_str()), ("50001234", "10", ""));
        for malformed in ["[]", r#"{"ORD_QTY":1.5}"#, r#"{"ORD_QTY":{}}"#, "{"] {
            assert!(from_body::<OrderRvsecnclRequest>(malformed.as_bytes()).is_err(), "{malformed}");
        }
    }

    #[test]
    fn accounts_stay_out_of_logs() {
        let asked =
            OrderRvsecnclRequest { cano: "50001234".to_owned(), ord_qty: "10".to_owned(), ..Default::default() };
        assert_eq!(format!("{asked:?}"), "OrderRvsecnclRequest { cano: …, ord_qty: \"10\", .. }");
    }
}
