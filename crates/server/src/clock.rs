//! Whose time the program goes by: the machine's, or for practice that of the emulator in the place of KIS.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, header};
use chrono::{DateTime, Utc};
use exodus_domain::Timer;
use exodus_kis_emulator::clock::EmulatorClock;
use exodus_live::SystemClock;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

use crate::bootstrap::StartError;
use crate::config::{ClockSetting, Config};

/// An emulator on this machine answers at once, or not at all.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// What `GET /emulator/clock` answers.
#[derive(Deserialize)]
struct Told {
    now: DateTime<Utc>,
    mode: String,
    factor: u32,
}

/// The clock that `config` names. The emulator is asked once: it runs beside this program on the same machine, and both
/// count on from there by the machine's steady clock.
///
/// # Errors
/// [`StartError::Clock`] if the emulator does not answer, or its time stands still between steps.
pub(crate) async fn chosen(config: &Config) -> Result<Arc<dyn Timer>, StartError> {
    if config.clock == ClockSetting::Real {
        return Ok(Arc::new(SystemClock));
    }
    let address = config.kis_paper.rest();
    let failed = |cause: String, mend| StartError::Clock { address: address.to_owned(), cause, mend };
    let told = tokio::time::timeout(ANSWER_WAIT, ask(address.trim_start_matches("http://"))).await;
    let told = told.unwrap_or_else(|_| Err("no answer".into()));
    let told = told.map_err(|error| failed(error.to_string(), "start `exodus emulator` first"))?;
    match told.mode.as_str() {
        "real" => Ok(Arc::new(SystemClock)),
        "scaled" => {
            tracing::warn!(now = %told.now, factor = told.factor, "for practice: time is the emulator's");
            Ok(Arc::new(EmulatorClock::scaled(told.now, told.factor)))
        }
        mode => Err(failed(format!("its clock is {mode}"), "start it with --clock real or --clock xN")),
    }
}

/// Asks for the time at `authority`, an address and port of this machine.
async fn ask(authority: &str) -> Result<Told, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/emulator/clock").header(header::HOST, authority).body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    Ok(serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?)
}
