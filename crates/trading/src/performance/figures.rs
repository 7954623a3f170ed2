//! How a group of figures is written down: once, with the convention of each figure as its doc comment.

use std::borrow::Cow;

use exodus_domain::Won;
use serde::{Deserialize, Serialize};

/// One figure of a report, with its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The part of the report it stands in.
    pub group: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// How it is computed: formula, annualisation, degrees of freedom, base, source.
    pub convention: &'static str,
    /// Its value as a number, won for money; `None` where it is not defined.
    pub value: Option<f64>,
}

/// How a figure was computed, kept with the result so that it can be read without the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Convention {
    /// Group and name of the figure, with a full stop between.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub figure: Cow<'static, str>,
    /// Formula, annualisation, degrees of freedom, base, source.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: Cow<'static, str>,
}

impl From<&Figure> for Convention {
    fn from(figure: &Figure) -> Self {
        Self { figure: format!("{}.{}", figure.group, figure.name).into(), text: figure.convention.into() }
    }
}

/// What a figure may be.
pub(super) trait Number {
    /// The number it stands for.
    fn number(self) -> Option<f64>;
}

impl Number for f64 {
    fn number(self) -> Option<f64> {
        Some(self)
    }
}

impl Number for u64 {
    fn number(self) -> Option<f64> {
        Some(self as f64)
    }
}

impl Number for Won {
    fn number(self) -> Option<f64> {
        Some(self.0 as f64)
    }
}

impl<T: Number> Number for Option<T> {
    fn number(self) -> Option<f64> {
        self.and_then(T::number)
    }
}

/// Declares a group of figures: a struct whose doc comments are also the conventions that travel with the result.
macro_rules! figures {
    (
        $(#[doc = $about:literal])+
        pub struct $group:ident in $place:literal {
            $($(#[doc = $convention:literal])+ pub $name:ident: $kind:ty,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $group {
            $(
                $(#[doc = $convention])+
                #[cfg_attr(feature = "openapi", schema(required))]
                pub $name: $kind,
            )+
        }

        impl $group {
            /// What the group is called in a report.
            pub const GROUP: &str = $place;

            /// Its figures in order.
            pub(super) fn figures(&self) -> Vec<$crate::performance::figures::Figure> {
                use $crate::performance::figures::{Figure, Number};
                vec![$(Figure {
                    group: Self::GROUP,
                    name: stringify!($name),
                    convention: concat!($($convention),+).trim_ascii(),
                    value: self.$name.number(),
                }),+]
            }
        }
    };
}
pub(super) use figures;
