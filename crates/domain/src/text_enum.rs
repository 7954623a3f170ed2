//! One way to give a plain enum its text: in JSON, in the database, in a URL and on the command line alike.

/// A value is not one of the words an enum knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{value}\" is not a known {what}: use one of {known}")]
pub struct UnknownWord {
    /// What was expected, such as `side`.
    pub what: &'static str,
    /// The word that came, cut to 32 characters.
    pub value: String,
    /// The words that are known, separated by commas.
    pub known: String,
}

/// Declares a plain enum whose values each have one word; the crate that uses it needs `serde`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in JSON, in the database and in URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::UnknownWord> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| $crate::UnknownWord {
                    what: stringify!($name),
                    value: text.chars().take(32).collect(),
                    known: [$($text,)+].join(", "),
                })
            }
        }
    };
}
