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
    for field in credentials::wrapped_by_others(store, vault.key_id()).await? {
        if let Ok(wrapped) = vault.rewrap(&place_of(&field), &sealed_of(&field)) {
            credentials::rewrap(store, &field, vault.key_id(), &wrapped).await?;
        }
    }
    credentials::count_wrapped_by_others(store, vault.key_id()).await
}

fn place_of(field: &SealedField) -> Place<'_> {
    let SealedField { user_id, account_id, version, .. } = *field;
    Place::Field { user_id, account_id, field: &field.field, version }
}

fn sealed_of(field: &SealedField) -> Sealed {
    let SealedField { key_id, wrapped_key, sealed, .. } = field.clone();
    Sealed { key_id, wrapped_key, value: sealed }
}

#[cfg(test)]
mod tests {
    use exodus_domain::Won;
    use exodus_store::accounts::{self, AccountEnv, KeyHints, NewBrokerAccount};
    use exodus_store::users::{self, NewUser, Role};
    use exodus_store::{Durability, StoreUrl};
    use secrecy::SecretBox;

    use super::*;
    use crate::kis::envelope::WrappingKey;

    const ACCOUNTS: usize = 30;

    fn vault(current: u8, previous: Option<u8>) -> Vault {
        let key = |byte| WrappingKey::new(SecretBox::new(Box::new([byte; 32])));
        Vault::new(key(current), previous.map(key))
    }

    fn now() -> DateTime<Utc> {
        "2026-11-23T10:00:00+09:00".parse().expect("an instant")
    }

    async fn store(folder: &tempfile::TempDir) -> Store {
        let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a database");
        store.migrate_up().await.expect("tables");
        store
    }

    async fn add(store: &Store, vault: &Vault, user_id: i64, number: usize) -> Account {
        let new = NewBrokerAccount {
            user_id,
            name: number.to_string(),
            env: AccountEnv::Paper,
            number_hint: "******34-01".to_owned(),
            number_fingerprint: number.to_string(),
            keys: KeyHints { app_key: "…key0".to_owned(), hts_id: "ki***".to_owned(), saved_at: now() },
        };
        let keys = AccountKeys {
            app_key: format!("key{number}").into(),
            app_secret: format!("secret{number}").into(),
            hts_id: "kim01".to_owned().into(),
            number: "50001234-01".parse().expect("a number"),
        };
        let tx = store.begin().await.expect("a transaction");
        let account = accounts::add(&tx, &new, now()).await.expect("added");
        store_keys(&tx, vault, &account, &keys, now()).await.expect("sealed");
        tx.commit().await.expect("committed");
        account
    }

    #[tokio::test]
    async fn a_rotation_that_is_killed_goes_on_and_rows_of_others_do_not_open() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = store(&folder).await;
        let new = NewUser {
            email: "kim@example.com".to_owned(),
            hashed_password: "h".to_owned(),
            full_name: "Kim".to_owned(),
        };
        let user = users::create(&store, &new, Role::User, now()).await.expect("a user");
        accounts::open(&store, user.id, Won(1), now()).await.expect("the demo account");
        let mut accounts = Vec::new();
        for number in 0..ACCOUNTS {
            accounts.push(add(&store, &vault(1, None), user.id, number).await);
        }
        let rotating = vault(2, Some(1));
        // Killed after some rows.
        for field in &credentials::wrapped_by_others(&store, rotating.key_id()).await.expect("rows")[..50] {
            let wrapped = rotating.rewrap(&place_of(field), &sealed_of(field)).expect("opened and wrapped");
            assert!(credentials::rewrap(&store, field, rotating.key_id(), &wrapped).await.expect("stored"));
        }
        assert_eq!(rewrap_all(&store, &rotating).await.expect("the rest"), 0);
        for (number, account) in accounts.iter().enumerate() {
            let keys = open_keys(&store, &vault(2, None), account).await.expect("opened by the new key alone");
            assert_eq!(keys.app_secret.expose_secret(), format!("secret{number}"));
            assert!(open_keys(&store, &vault(1, None), account).await.is_err(), "the old key opens nothing any more");
        }
        // Row by row given to another account, nothing opens.
        let (one, other) = (&accounts[0], &accounts[1]);
        let tx = store.begin().await.expect("a transaction");
        for field in credentials::of_account(&tx, one.id).await.expect("rows") {
            credentials::put(&tx, &SealedField { account_id: other.id, ..field }, now()).await.expect("stored");
        }
        tx.commit().await.expect("committed");
        let opened = open_keys(&store, &rotating, other).await;
        assert!(matches!(opened, Err(KeysError::NotOpened(_))));
        // A secret that never was ours leaves all rows as they are, and says how many.
        assert_eq!(rewrap_all(&store, &vault(9, None)).await.expect("nothing"), 4 * ACCOUNTS as u64);
    }
}
