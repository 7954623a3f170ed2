//! `exodus audit`: whether the audit log is what was recorded.

use anyhow::bail;
use clap::Subcommand;
use exodus_store::audit;

use super::print;
use crate::audit_heads;
use crate::bootstrap::open_existing_store;
use crate::config::Config;
use crate::secret::Keys;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Walk every chain and hold it against the signed heads in the data folder
    Verify,
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    match command {
        Command::Verify => verify(config).await,
    }
}

async fn verify(config: &Config) -> anyhow::Result<()> {
    let store = open_existing_store(config).await?;
    let keys = Keys::load(config.secret.as_ref(), config.previous_secret.as_ref(), &config.data_dir)?;
    let path = audit_heads::path(&config.data_dir);
    let kept = audit_heads::read(&path, &keys.audit)?;
    let checks = audit::verify_all(&store, &kept.heads).await?;
    for check in &checks {
        let chain = match check.intact_to.stream {
            0 => "system".to_owned(),
            user => format!("user {user}"),
        };
        match check.flaw {
            None => print(&format!("ok    {chain}: {} entries", check.intact_to.seq))?,
            Some((seq, flaw)) => print(&format!("FAIL  {chain}: entry {seq}: {}", flaw.sentence()))?,
        }
    }
    let broken = checks.iter().filter(|check| check.flaw.is_some()).count();
    if broken > 0 {
        bail!("{broken} of {} chains were tampered with: restore a backup and find out who did it", checks.len());
    }
    let unrecorded = audit::unrecorded_orders(&store).await?;
    if !unrecorded.is_empty() {
        bail!("these orders have steps that were not recorded, or the other way round: {unrecorded:?}");
    }
    print(&format!(
        "Every entry of {} chains is as recorded; signed heads held against it: {}.",
        checks.len(),
        kept.heads.len()
    ))
}
