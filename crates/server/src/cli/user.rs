//! `exodus user`.

use std::io::{IsTerminal, Read};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use exodus_domain::Clock;
use exodus_live::SystemClock;
use exodus_store::users::{self, NewUser, Role};
use exodus_store::{StoreError, accounts, audit};
use secrecy::{ExposeSecret, SecretString};

use super::print;
use crate::auth::password::{self, Passwords};
use crate::auth::{PAPER_CASH, check_email};
use crate::bootstrap::{DataFolder, open_store};
use crate::config::Config;
use crate::http::validate::Checks;
use crate::secret::Keys;

/// Bytes of chance in a password of our own making.
const GENERATED_BYTES: usize = 15;
/// Longest input that is looked at: more than the longest password.
const MAX_INPUT: u64 = 4_096;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a user with a paper account; the password comes from stdin, or is made and printed once
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// E-mail address to log in with
    #[arg(long)]
    email: String,
    /// admin, user or viewer
    #[arg(long, value_parser = Role::from_str)]
    role: Role,
    /// Name to show; the e-mail address without it
    #[arg(long)]
    name: Option<String>,
}

pub(super) async fn run(Command::Create(create): Command, config: &Config) -> anyhow::Result<()> {
    let mut checks = Checks::default();
    let email = check_email(&mut checks, "--email", &create.email);
    let full_name = checks.text("--name", create.name.as_deref().unwrap_or(&email), 1, 100);
    checks.finish().map_err(|problem| anyhow!("{}", problem.detail()))?;
    let (password, is_generated) = match read_password()? {
        Some(password) => (password, false),
        None => (generate(), true),
    };
    if let Some(why) = password::refusal(password.expose_secret(), &email) {
        bail!("the password {why}: choose another");
    }
    DataFolder::prepare(config)?;
    let keys = Keys::load(config.secret.as_ref(), config.previous_secret.as_ref(), &config.data_dir)?;
    let hashed_password = Passwords::new(Arc::new(keys)).hash(&password).await.map_err(|error| anyhow!(error))?;
    let store = open_store(config).await?;
    store.migrate_up().await?;
    let now = SystemClock.now();
    let tx = store.begin().await?;
    let new = NewUser { email: email.clone(), hashed_password, full_name };
    let user = match users::create(&tx, &new, create.role, now).await {
        Err(StoreError::Conflict(_)) => bail!("{email} is a user already: choose another address"),
        created => created?,
    };
    accounts::open(&tx, user.id, PAPER_CASH, now).await?;
    let entry = audit::NewAudit {
        user_id: Some(user.id),
        actor: "command line".to_owned(),
        action: "user.create".to_owned(),
        object: format!("user:{}", user.id),
        detail: serde_json::json!({ "role": user.role }),
    };
    audit::append(&tx, &entry, now).await?;
    tx.commit().await?;
    print(&format!("User {} created: {email}, role {}.", user.id, user.role))?;
    if is_generated {
        print(&format!("Password (shown only here): {}", password.expose_secret()))?;
    }
    Ok(())
}

/// The password on stdin; `None` on a terminal or if nothing comes.
fn read_password() -> anyhow::Result<Option<SecretString>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(None);
    }
    let mut text = String::new();
    input.lock().take(MAX_INPUT).read_to_string(&mut text)?;
    let text = text.trim_end_matches(['\r', '\n']);
    Ok((!text.is_empty()).then(|| text.to_owned().into()))
}

fn generate() -> SecretString {
    use base64::Engine;
    let chance: [u8; GENERATED_BYTES] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(chance).into()
}
