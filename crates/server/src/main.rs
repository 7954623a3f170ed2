//! The program `exodus`.
fn main() {
    println!("{}", exodus_server::http::openapi().to_pretty_json().unwrap());
}
