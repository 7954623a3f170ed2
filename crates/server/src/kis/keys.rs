//! The keys of an account at KIS: sealed into the store, opened where the gateway is built, and nowhere else. They have no
//! way to be printed, compared or written out (safety SE32).

use chrono::{DateTime, Utc};
use exodus_kis::AccountNumber;
use exodus_store::accounts::Account;
use exodus_store::credentials::{self, SealedField};
use exodus_store::{Store, StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::envelope::{NotOpened, Place, Sealed, Vault};

const APP_KEY: &str = "app_key";
const APP_SECRET: &str = "app_secret";
const ACCOUNT_NO: &str = "account_no";
const HTS_ID: &str = "hts_id";

/// Fields that are wrapped anew at a time.
const REWRAP_AT_ONCE: u64 = 100;

/// What an account at KIS is reached with.
#[derive(Clone)]
pub(crate) struct AccountKeys {
    /// App key.
    pub(crate) app_key: SecretString,
    /// App secret.
    pub(crate) app_secret: SecretString,
    /// HTS id, under which notices come.
    pub(crate) hts_id: SecretString,
    /// Account number.
    pub(crate) number: AccountNumber,
}

/// The keys of an account are not to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A seal does not open.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// A field is missing, or is not what it should be.
    #[error("the keys of the account are not complete: save them again")]
    Incomplete,
}

/// Seals the keys of an account into the store, each field one version above the one it replaces.
pub(crate) async fn store_keys(
    tx: &Tx,
    vault: &Vault,
    account: &Account,
    keys: &AccountKeys,
    now: DateTime<Utc>,
) -> Result<(), KeysError> {
    let known = credentials::of_account(tx, account.id).await?;
    let version = known.iter().map(|field| field.version).max().unwrap_or(0) + 1;
    let number = keys.number.digits();
    let fields = [
        (APP_KEY, keys.app_key.expose_secret()),
        (APP_SECRET, keys.app_secret.expose_secret()),
        (HTS_ID, keys.hts_id.expose_secret()),
        (ACCOUNT_NO, number),
    ];
    for (field, value) in fields {
        let (user_id, account_id) = (account.user_id, account.id);
        let Sealed { key_id, wrapped_key, value } =
            vault.seal(&Place::Field { user_id, account_id, field, version }, value)?;
        let field = field.to_owned();
        let sealed = SealedField { user_id, account_id, field, version, key_id, wrapped_key, sealed: value };
        credentials::put(tx, &sealed, now).await?;
    }
    Ok(())
}

/// Opens the keys of an account.
pub(crate) async fn open_keys(store: &Store, vault: &Vault, account: &Account) -> Result<AccountKeys, KeysError> {
    let fields = credentials::of_account(store, account.id).await?;
    let open = |name: &str| {
        let field = fields.iter().find(|field| field.field == name).ok_or(KeysError::Incomplete)?;
        // Owner and account are not taken from the row: one that somebody gave to another account does not open.
        let (user_id, account_id) = (account.user_id, account.id);
        let place = Place::Field { user_id, account_id, field: name, version: field.version };
        Ok::<_, KeysError>(vault.open(&place, &sealed_of(field))?)
    };
    let number = open(ACCOUNT_NO)?.expose_secret().parse().map_err(|_| KeysError::Incomplete)?;
    Ok(AccountKeys { app_key: open(APP_KEY)?, app_secret: open(APP_SECRET)?, hts_id: open(HTS_ID)?, number })
}

/// Wraps every data key anew that a former key-encryption key wraps. Killed at any point it goes on at the next start. Tells
/// how many fields could not be opened.
pub(crate) async fn rewrap_all(store: &Store, vault: &Vault) -> Result<u64, StoreError> {
    loop {
        let mut rewrapped = 0;
        for field in credentials::wrapped_by_others(store, vault.key_id(), REWRAP_AT_ONCE).await? {
            if let Ok(wrapped) = vault.rewrap(&place_of(&field), &sealed_of(&field)) {
                rewrapped += u64::from(credentials::rewrap(store, &field, vault.key_id(), &wrapped).await?);
            }
        }
        if rewrapped == 0 {
            return credentials::count_wrapped_by_others(store, vault.key_id()).await;
        }
    }
}

fn place_of(field: &SealedField) -> Place<'_> {
    let SealedField { user_id, account_id, version, .. } = *field;
    Place::Field { user_id, account_id, field: &field.field, version }
}

fn sealed_of(field: &SealedField) -> Sealed {
    let SealedField { key_id, wrapped_key, sealed, .. } = field.clone();
    Sealed { key_id, wrapped_key, value: sealed }
}
