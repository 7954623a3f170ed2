//! Certificate and key of the REST ports.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::EmulatorError;

/// Reads a certificate chain and its private key, both PEM.
///
/// # Errors
/// [`EmulatorError::Tls`] for a file that cannot be read, holds neither, or a key of another certificate.
pub fn read_tls(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, EmulatorError> {
    let told = |path: &Path, cause: String| EmulatorError::Tls { path: path.to_owned(), cause };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|cause| told(certificate, cause.to_string()))?;
    if chain.is_empty() {
        return Err(told(certificate, "the file holds no certificate".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|cause| told(key, cause.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let built = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    built.map(Arc::new).map_err(|cause| told(key, cause.to_string()))
}
