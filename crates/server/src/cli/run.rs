//! The long-running commands.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::print;
use crate::bootstrap::{Api, DataFolder, Platform, RunningWorker, StartError};
use crate::config::Config;

/// Requests that have not ended this long after the signal are cut off.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

/// Web app, API and worker in one process.
pub(super) async fn everything(config: &Config) -> anyhow::Result<()> {
    let (folder, listener) = claim_folder_and_port(config).await?;
    let platform = Platform::open(config, folder).await?;
    let api = Api::start(&platform, config, false).await?;
    let worker = RunningWorker::start(&platform).await?;
    let outcome = answer(api, listener).await;
    worker.stop().await;
    outcome
}

/// The API alone, any number of times beside each other.
pub(super) async fn serve(config: &Config) -> anyhow::Result<()> {
    require_servers(config, "serve")?;
    let (folder, listener) = claim_folder_and_port(config).await?;
    let platform = Platform::open(config, folder).await?;
    let api = Api::start(&platform, config, true).await?;
    answer(api, listener).await
}

/// The worker alone, any number of times beside each other.
pub(super) async fn worker(config: &Config) -> anyhow::Result<()> {
    require_servers(config, "worker")?;
    let platform = Platform::open(config, DataFolder::claim(config)?).await?;
    let worker = RunningWorker::start(&platform).await?;
    print("Exodus worker is ready.")?;
    end_signal()?.await;
    worker.stop().await;
    Ok(())
}

fn require_servers(config: &Config, command: &'static str) -> Result<(), StartError> {
    config.servers.as_ref().map(|_| ()).ok_or(StartError::NeedsServers(command))
}

/// Takes port and folder before anything is written. A folder that is not there yet cannot be taken by another
/// process, so that it is only made once the port is ours.
async fn claim_folder_and_port(config: &Config) -> Result<(DataFolder, TcpListener), StartError> {
    if config.data_dir.exists() {
        let folder = DataFolder::claim(config)?;
        Ok((folder, listen(config.listen).await?))
    } else {
        let listener = listen(config.listen).await?;
        Ok((DataFolder::claim(config)?, listener))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|cause| StartError::Listen { address, cause })
}

/// Answers until a signal asks to end.
async fn answer(api: Api, listener: TcpListener) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let ended = end_signal()?;
    let address = visible(listener.local_addr()?);
    let server = tokio::spawn(api.serve(listener, stop.clone()));
    print(&format!("Exodus is ready: http://{address}"))?;
    ended.await;
    tracing::info!("ending");
    stop.cancel();
    match tokio::time::timeout(SHUTDOWN_WAIT, server).await {
        Ok(served) => Ok(served??),
        Err(_) => {
            tracing::warn!("some requests were cut off");
            Ok(())
        }
    }
}

/// An address that a browser on this machine can open.
fn visible(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
    } else {
        address
    }
}

/// Ends when the process is asked to end.
pub(super) fn end_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
