//! Many runs with different parameters, what is best among them, and how much of that is luck.
//!
//! A sweep gives the same trials on one core and on many, and after it was stopped and taken up again: what is tried
//! follows from the request alone, or from the objectives of earlier trials in the order of their numbers.

mod folds;
mod outcome;
mod request;
mod run;
mod stability;
mod walk;
mod workers;

pub use folds::{Fold, WalkForward, WalkForwardResult};
pub use outcome::{SweepError, SweepOutcome, Trial, trials_run};
pub use request::{MAXIMUM_TRIALS, ObjectiveRequest, Search, Sweep, SweepRequest};
pub use run::SweepWatch;
pub use stability::Stability;
