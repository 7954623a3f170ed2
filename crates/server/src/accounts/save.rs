//! Keys on their way from a form to the broker, who is asked about them, and into the store, sealed.

use axum::http::StatusCode;
use exodus_domain::kst_date;
use exodus_kis::AccountNumber;
use exodus_store::StoreError;
use exodus_store::accounts::{self, Account, AccountBroker, AccountEnv, KeyHints, NewBrokerAccount};
use secrecy::{ExposeSecret, SecretString};

use super::dto::{AccountChange, AccountCheck, NewAccount, NewKeys};
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::Caller;
use crate::http::problem::{Answer, FieldError, Problem};
use crate::http::validate::Checks;
use crate::kis::keys::{AccountKeys, store_keys};

const MAX_NAME: usize = 40;
const MAX_APP_KEY: usize = 64;
const MAX_APP_SECRET: usize = 256;
const MAX_HTS_ID: usize = 32;
/// What may be shown of an app key: so many characters at its end.
const SHOWN_OF_KEY: usize = 4;
/// What may be shown of an HTS id: so many characters at its beginning.
const SHOWN_OF_ID: usize = 2;

/// A request whose shape is right.
struct Asked {
    name: String,
    env: AccountEnv,
    keys: AccountKeys,
}

/// Adds an account after the broker has said what it thinks of it.
pub(super) async fn add(app: &App, caller: &Caller, request: NewAccount) -> Answer<Account> {
    let asked = accept(app, caller, request).await?;
    refuse_name_of_another(app, caller, None, &asked.name).await?;
    let check = app.kis.check(asked.env, &asked.keys).await;
    refuse_if_refused(&check, asked.env)?;
    let now = app.now();
    let new = NewBrokerAccount {
        user_id: caller.user_id,
        name: asked.name,
        env: asked.env,
        number_hint: asked.keys.number.masked(),
        number_fingerprint: app.kis.number_fingerprint(asked.env, &asked.keys.number),
        keys: hints(&asked.keys, now),
    };
    let tx = app.store.begin().await?;
    let account = accounts::add(&tx, &new, now).await.map_err(exists)?;
    store_keys(&tx, app.kis.vault(), &account, &asked.keys, now).await?;
    tx.commit().await?;
    tracing::info!(account_id = account.id, env = %account.env, by = caller.user_id, "an account was added");
    Ok(accounts::mark_checked(&app.store, account.id, check.status(account.env), kept(&check), app.now()).await?)
}

/// Asks the broker about keys that are not saved.
pub(super) async fn try_out(app: &App, caller: &Caller, request: NewAccount) -> Answer<AccountCheck> {
    let asked = accept(app, caller, request).await?;
    Ok(app.kis.check(asked.env, &asked.keys).await)
}

/// Changes name or keys.
pub(super) async fn change(app: &App, caller: &Caller, id: i64, request: AccountChange) -> Answer<Account> {
    let account = accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let mut checks = Checks::default();
    checks.require(request.name.is_some() || request.keys.is_some(), "name", "name what is to be changed");
    let name = request.name.map(|name| checks.text("name", &name, 1, MAX_NAME));
    if account.broker == AccountBroker::Demo && request.keys.is_some() {
        checks.refuse("keys", "the demo account has none");
    }
    if let Some(keys) = &request.keys {
        check_keys(&mut checks, "keys.", &keys.app_key, &keys.app_secret, &keys.hts_id);
    }
    checks.finish()?;
    if let Some(name) = &name {
        refuse_name_of_another(app, caller, Some(id), name).await?;
    }
    let renewed = match request.keys {
        Some(keys) => Some(renewed_keys(app, caller, &account, keys).await?),
        None => None,
    };
    let now = app.now();
    let tx = app.store.begin().await?;
    let mut changed = account;
    if let Some(name) = &name {
        changed = accounts::rename(&tx, caller.user_id, id, name, now).await?;
    }
    if let Some((keys, _)) = &renewed {
        changed = accounts::renew_keys(&tx, id, &hints(keys, now), now).await?;
        store_keys(&tx, app.kis.vault(), &changed, keys, now).await?;
    }
    tx.commit().await?;
    match renewed {
        Some((_, check)) => {
            let status = check.status(changed.env);
            Ok(accounts::mark_checked(&app.store, id, status, kept(&check), app.now()).await?)
        }
        None => Ok(changed),
    }
}

/// Other keys for the number that the account has, if the broker takes them.
async fn renewed_keys(
    app: &App,
    caller: &Caller,
    account: &Account,
    request: NewKeys,
) -> Answer<(AccountKeys, AccountCheck)> {
    confirm_password(app, caller, "keys.password", &request.password).await?;
    let known = app.kis.keys_of(account).await?;
    let NewKeys { app_key, app_secret, hts_id, .. } = request;
    let keys = AccountKeys { app_key, app_secret, hts_id, number: known.number };
    let check = app.kis.check(account.env, &keys).await;
    refuse_if_refused(&check, account.env)?;
    Ok((keys, check))
}

/// Asks the broker about a saved account.
pub(super) async fn check(app: &App, caller: &Caller, id: i64) -> Answer<AccountCheck> {
    let account = accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    if account.broker == AccountBroker::Demo {
        return Err(Problem::conflict("DEMO_ACCOUNT", "The demo account has no broker to ask."));
    }
    let keys = app.kis.keys_of(&account).await?;
    let mut check = app.kis.check(account.env, &keys).await;
    if account.keys.as_ref().and_then(KeyHints::expires_on).is_some_and(|end| end <= kst_date(app.now())) {
        check.tell_expiry();
    }
    accounts::mark_checked(&app.store, id, check.status(account.env), kept(&check), app.now()).await?;
    Ok(check)
}

async fn accept(app: &App, caller: &Caller, request: NewAccount) -> Answer<Asked> {
    let mut checks = Checks::default();
    let name = checks.text("name", &request.name, 1, MAX_NAME);
    check_keys(&mut checks, "", &request.app_key, &request.app_secret, &request.hts_id);
    let number = request.account_no.expose_secret().trim().parse::<AccountNumber>();
    checks.require(number.is_ok(), "account_no", "must be eight digits and two of the product, such as 50001234-01");
    checks.finish()?;
    let number = number.map_err(|_| Problem::field("account_no", "must be an account number"))?;
    confirm_password(app, caller, "password", &request.password).await?;
    let NewAccount { env, app_key, app_secret, hts_id, .. } = request;
    Ok(Asked { name, env, keys: AccountKeys { app_key, app_secret, hts_id, number } })
}

/// Keys are visible ASCII, whatever they are; the value itself never goes into a sentence.
fn check_keys(
    checks: &mut Checks,
    place: &str,
    app_key: &SecretString,
    app_secret: &SecretString,
    hts_id: &SecretString,
) {
    let fields =
        [("app_key", app_key, MAX_APP_KEY), ("app_secret", app_secret, MAX_APP_SECRET), ("hts_id", hts_id, MAX_HTS_ID)];
    for (field, value, most) in fields {
        let text = value.expose_secret();
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        checks.require(
            fits,
            &format!("{place}{field}"),
            format!("must have 1 to {most} letters and digits, no blanks"),
        );
    }
}

async fn refuse_name_of_another(app: &App, caller: &Caller, own: Option<i64>, name: &str) -> Answer<()> {
    let accounts = accounts::list_of_user(&app.store, caller.user_id).await?;
    let is_taken = accounts.iter().any(|account| account.name == name && Some(account.id) != own);
    if is_taken { Err(Problem::field("name", "is the name of another account")) } else { Ok(()) }
}

/// 422 with the field to mend and the whole check, unless it succeeded or may succeed later.
fn refuse_if_refused(check: &AccountCheck, env: AccountEnv) -> Answer<()> {
    match check.failure() {
        Some((step, code)) if !code.is_passing() => {
            let errors = vec![FieldError { field: code.field().to_owned(), message: step.message.en.clone() }];
            tracing::info!(%env, %code, broker_code = step.broker_code, "the broker refused the keys of an account");
            Err(Problem::malformed(StatusCode::UNPROCESSABLE_ENTITY, "ACCOUNT_REFUSED", errors).with_check(check))
        }
        _ => Ok(()),
    }
}

fn kept(check: &AccountCheck) -> Option<serde_json::Value> {
    check.problem().and_then(|problem| serde_json::to_value(problem).ok())
}

fn hints(keys: &AccountKeys, now: chrono::DateTime<chrono::Utc>) -> KeyHints {
    let end = |text: &str| text[text.len().saturating_sub(SHOWN_OF_KEY)..].to_owned();
    let beginning = |text: &str| text[..text.len().min(SHOWN_OF_ID)].to_owned();
    KeyHints {
        app_key: format!("…{}", end(keys.app_key.expose_secret())),
        hts_id: format!("{}***", beginning(keys.hts_id.expose_secret())),
        saved_at: now,
    }
}

fn exists(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict("account") => {
            Problem::conflict("ACCOUNT_EXISTS", "This account was added before; change its keys instead.")
        }
        error => error.into(),
    }
}
