//! At most so many requests a minute for each user, and for each address that is not logged in (safety SE41).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use exodus_store::Rate;

use super::problem::Problem;
use crate::auth::token::Identity;
use crate::bootstrap::App;

const MINUTE: Duration = Duration::from_secs(60);
/// Attempts to log in are worth ten ordinary requests.
const SIGN_IN_SHARE: u32 = 10;
/// Presses of the kill switch a minute: it must work when everything else is used up.
const HALTS: u32 = 30;

/// Refuses what comes too often with 429 and the time to wait. A cache that is down refuses nothing.
pub(crate) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let who = match request.extensions().get::<Identity>() {
        Some(identity) => format!("user:{}", identity.user_id),
        None => format!("address:{}", network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))),
    };
    let (bucket, burst) = match path {
        "/api/v1/account/halt" | "/api/v1/admin/halt" => ("halt", HALTS),
        "/api/v1/auth/login" | "/api/v1/auth/register" => ("sign-in", (app.rate_limit / SIGN_IN_SHARE).max(1)),
        _ => ("api", app.rate_limit),
    };
    match app.kv.rate_limit(&format!("rate:{bucket}:{who}"), Rate { burst, per: MINUTE }).await {
        Ok(decision) if !decision.allowed => {
            let seconds = decision.retry_after.as_millis().div_ceil(1_000).max(1);
            Problem::too_many("RATE_LIMITED", u64::try_from(seconds).unwrap_or(u64::MAX)).into_response()
        }
        Ok(_) => next.run(request).await,
        Err(error) => {
            tracing::warn!(%error, "requests are not counted");
            next.run(request).await
        }
    }
}

/// One customer of an IPv6 provider has a whole /64: count it as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let of = |text: &str| network(text.parse().expect("address")).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
