//! How a connection to the broker begins: names, and TLS by ring with the roots of the web.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// TLS as the broker takes it: 1.2 or later (kis-openapi §1.1).
pub(crate) fn client_config() -> ClientConfig {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The addresses of the broker's host. A name that leads into a private network is somebody else's (safety SE45).
pub(crate) async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let found = tokio::net::lookup_host((host, port)).await?;
    let addresses: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("{host} has no public address")));
    }
    Ok(addresses)
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            let is_local = ip.is_private() || ip.is_loopback() || ip.is_link_local() || is_shared;
            !(is_local || first == 0 || ip.is_multicast() || ip.is_broadcast())
        }
        IpAddr::V6(ip) => {
            let is_local = ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local();
            !(is_local || ip.is_unspecified() || ip.is_multicast())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_the_brokers() {
        for public in ["210.107.75.39", "2001:4860:4860::8888"] {
            assert!(public.parse().is_ok_and(is_public), "{public}");
        }
        for private in [
            "10.0.0.1",
            "192.168.0.1",
            "172.16.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
        ] {
            assert!(!private.parse().is_ok_and(is_public), "{private}");
        }
        for private in ["::1", "::", "fd00::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1"] {
            assert!(!private.parse().is_ok_and(is_public), "{private}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_not_resolved() {
        assert!(resolve("localhost", 9443).await.is_err());
    }
}
