//! The rules of the specification, one by one.
