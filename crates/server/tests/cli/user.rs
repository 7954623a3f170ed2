//! `exodus user create`, for set-ups without a person.

use serde_json::json;

use crate::http::PASSWORD;
use crate::program::{Outcome, Program};

fn create(program: &Program, email: &str, role: &str, password: &str) -> Outcome {
    program.run_with_input(&["user", "create", "--email", email, "--role", role], password)
}

#[tokio::test]
async fn created_users_can_log_in_and_trade() {
    let program = Program::new();
    let made = create(&program, "Admin@example.com", "admin", &format!("{PASSWORD}\n"));
    assert!(made.ok().contains("admin@example.com") && !made.stdout.contains(PASSWORD), "{made:?}");
    let generated = create(&program, "viewer@example.com", "viewer", "");
    let password = generated.ok().lines().find_map(|line| line.split_once("): ")).expect("the password is shown").1;
    assert!(password.len() >= 16, "{password}");

    create(&program, "ADMIN@example.com", "user", PASSWORD).refused(1, &["admin@example.com", "choose another"]);
    create(&program, "kim@example.com", "user", "short").refused(1, &["12 to 128"]);
    create(&program, "kim", "user", PASSWORD).refused(1, &["--email"]);
    let unknown_role = create(&program, "kim@example.com", "king", PASSWORD);
    assert!(unknown_role.code == Some(2) && unknown_role.stderr.contains("--role"), "{unknown_role:?}");

    let server = program.start(&[]);
    let anyone = server.client();
    assert_eq!(anyone.get("/auth/setup").await.ok(200)["needs_first_account"], false);
    let body = json!({ "email": "stranger@example.com", "password": PASSWORD, "full_name": "Stranger" });
    anyone.post("/auth/register", &body).await.refused(403, "REGISTRATION_CLOSED");
    let log_in = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        anyone.with_session(&anyone.post("/auth/login", &body).await.ok(200))
    };
    let admin = log_in("admin@example.com", PASSWORD).await;
    assert_eq!(admin.get("/account/balance").await.ok(200)["cash_balance"], 100_000_000);
    assert_eq!(admin.get("/admin/users").await.ok(200)["total"], 2);
    let viewer = log_in("viewer@example.com", password).await;
    viewer.post("/account/halt", &json!({})).await.refused(403, "FORBIDDEN");

    // A user can also be made beside a running server.
    create(&program, "late@example.com", "user", PASSWORD).ok();
    log_in("late@example.com", PASSWORD).await.get("/auth/me").await.ok(200);
    assert_eq!(server.end("TERM"), Some(0));
}
