//! Who may do what, for every operation that is documented.

use reqwest::Method;
use serde_json::json;

use crate::documented::operations;
use crate::http::Client;
use crate::installation::{Installation, on_each_database};

on_each_database!(every_operation_asks_for_its_role);

/// The only operations without an access token; two of them take the cookie instead.
const PUBLIC: &[&str] =
    &["GET /auth/setup", "POST /auth/register", "POST /auth/login", "POST /auth/refresh", "POST /auth/logout"];

async fn every_operation_asks_for_its_role(installation: &Installation) {
    let (admin, [user, viewer]) = installation.with_users(["user", "viewer"]).await;
    let id = viewer.get("/auth/me").await.ok(200)["id"].as_i64().expect("an id");
    admin.send(Method::PATCH, &format!("/admin/users/{id}"), Some(&json!({ "role": "viewer" }))).await.ok(200);

    let anyone = installation.anyone();
    let forged = anyone.with_session(&json!({ "access_token": forged(admin.token()) }));
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        assert_eq!(operation.needs_login, !PUBLIC.contains(&name.as_str()), "{name}");
        if !operation.needs_login {
            continue;
        }
        let send = async |client: &Client| client.send(operation.method.clone(), &operation.path_with("1"), None).await;
        let closed = send(&anyone).await;
        closed.refused(401, "UNAUTHENTICATED");
        assert_eq!(closed.header("www-authenticate"), "Bearer", "{closed}");
        send(&forged).await.refused(401, "UNAUTHENTICATED");
        if operation.is_admins() {
            send(&user).await.refused(403, "FORBIDDEN");
        }
        let reply = send(&viewer).await;
        let is_own_login = operation.path.starts_with("/auth/");
        if operation.is_admins() || (!operation.reads() && !is_own_login) {
            reply.refused(403, "FORBIDDEN");
        } else {
            assert_ne!(reply.status, 403, "{reply}");
        }
    }
}

/// A token whose signature is of other content.
fn forged(token: &str) -> String {
    let (content, signature) = token.rsplit_once('.').expect("a token has three parts");
    let flipped: String = signature.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).collect();
    format!("{content}.{flipped}")
}
