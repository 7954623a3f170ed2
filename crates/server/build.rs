//! Builds anew when the web app appears. A debug build reads it from disk, so only optimised builds depend on it.

fn main() {
    let is_optimised = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let watched = if is_optimised { "../../frontend/out" } else { "build.rs" };
    println!("cargo:rerun-if-changed={watched}");
}
