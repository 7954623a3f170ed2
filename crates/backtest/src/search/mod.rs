//! Where a sweep looks: the values of parameters, what must hold between them, how trials are chosen, and what makes
//! one trial better than another.

mod axis;
mod constraint;
mod nearest;
mod objective;
mod parameters;
mod space;
mod tpe;

pub use axis::Axis;
pub use objective::{Direction, Objective, figure_ids};
pub use parameters::set_parameter;
pub use space::ParameterSpace;
pub(crate) use space::{Combination, place_of};
pub(crate) use tpe::propose;

use exodus_trading::ParameterError;

/// A fault in the field `field` of a request.
pub(crate) fn fault(field: impl Into<String>, message: impl Into<String>) -> ParameterError {
    ParameterError { field: field.into(), message: message.into() }
}
