//! The program `exodus`.

fn main() -> std::process::ExitCode {
    exodus_server::cli::main()
}
