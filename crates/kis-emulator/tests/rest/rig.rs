//! An emulator and a plain HTTP client.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_kis_emulator::clock::ClockMode;
use exodus_kis_emulator::{Addresses, Credentials, Emulator, EmulatorConfig, Environment, Limits};
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// Thursday in the middle of a session.
pub(crate) const MORNING: &str = "2026-10-01T10:00:00+09:00";

/// A running emulator with a client.
pub(crate) struct Rig {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Told {
    pub(crate) fn code(&self) -> &str {
        self.body["msg_cd"].as_str().or_else(|| self.body["error_code"].as_str()).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("a text")).unwrap_or("(missing)")
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        self.body.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {path}: {}", self.body))
    }

    pub(crate) fn rows(&self, path: &str) -> &Vec<Value> {
        self.body.pointer(path).and_then(Value::as_array).unwrap_or_else(|| panic!("no rows at {path}: {}", self.body))
    }
}

/// Everything on free ports, stepped, without limits that a test would meet by accident.
pub(crate) fn config() -> EmulatorConfig {
    EmulatorConfig {
        clock: ClockMode::Stepped { start: at(MORNING) },
        limits: Limits::all(1_000),
        ..EmulatorConfig::default()
    }
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: EmulatorConfig) -> Self {
        // A second test of the process finds it installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { emulator, client }
    }

    pub(crate) fn addresses(&self, environment: Environment) -> Addresses {
        let addresses = match environment {
            Environment::Real => self.emulator.real,
            Environment::Mock => self.emulator.mock,
        };
        addresses.expect("the environment is served")
    }

    pub(crate) fn url(&self, environment: Environment, path: &str) -> String {
        format!("http://{}{path}", self.addresses(environment).rest)
    }

    /// The first account of an environment.
    pub(crate) fn credentials(&self, environment: Environment) -> Credentials {
        self.emulator.accounts().into_iter().find(|one| one.environment == environment).expect("an account")
    }

    pub(crate) fn step(&self, seconds: i64) {
        self.emulator.clock().step(TimeDelta::seconds(seconds)).expect("the clock is stepped");
    }

    pub(crate) async fn post(&self, environment: Environment, path: &str, body: Value) -> Told {
        told(self.client.post(self.url(environment, path)).json(&body)).await
    }

    /// A session with the first account of an environment.
    pub(crate) async fn session(&self, environment: Environment) -> Session<'_> {
        self.session_of(self.credentials(environment)).await
    }

    pub(crate) async fn session_of(&self, credentials: Credentials) -> Session<'_> {
        let body = json!({
            "grant_type": "client_credentials",
            "appkey": credentials.app_key,
            "appsecret": credentials.app_secret,
        });
        let told = self.post(credentials.environment, "/oauth2/tokenP", body).await;
        let token = told.text("/access_token").to_owned();
        Session { rig: self, credentials, token }
    }
}

pub(crate) async fn told(request: RequestBuilder) -> Told {
    read(request.send().await.expect("an answer")).await
}

pub(crate) async fn read(response: Response) -> Told {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a body");
    Told { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

/// A client with a token.
pub(crate) struct Session<'a> {
    pub(crate) rig: &'a Rig,
    pub(crate) credentials: Credentials,
    pub(crate) token: String,
}

const TRADING: &str = "/uapi/domestic-stock/v1/trading/";
const QUOTATIONS: &str = "/uapi/domestic-stock/v1/quotations/";

impl Session<'_> {
    pub(crate) fn headers(&self, request: RequestBuilder, tr_id: &str) -> RequestBuilder {
        request
            .header("authorization", format!("Bearer {}", self.token))
            .header("appkey", &self.credentials.app_key)
            .header("appsecret", &self.credentials.app_secret)
            .header("tr_id", tr_id)
            .header("custtype", "P")
    }

    fn get(&self, path: &str, tr_id: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let url = self.rig.url(self.credentials.environment, path);
        self.headers(self.rig.client.get(format!("{url}?{query}")), tr_id)
    }

    /// A quotation.
    pub(crate) async fn quote(&self, name: &str, tr_id: &str, query: &[(&str, &str)]) -> Told {
        told(self.get(&format!("{QUOTATIONS}{name}"), tr_id, query)).await
    }

    /// A read of the ledger; the account is added.
    pub(crate) async fn ledger(&self, name: &str, tr_id: &str, query: &[(&str, &str)]) -> Told {
        self.page(name, tr_id, query, "").await
    }

    /// A page of a list.
    pub(crate) async fn page(&self, name: &str, tr_id: &str, query: &[(&str, &str)], tr_cont: &str) -> Told {
        let mut all = vec![("CANO", self.credentials.cano()), ("ACNT_PRDT_CD", self.credentials.product())];
        all.extend_from_slice(query);
        told(self.get(&format!("{TRADING}{name}"), tr_id, &all).header("tr_cont", tr_cont)).await
    }

    /// An order of any kind; the account is added.
    pub(crate) async fn order(&self, name: &str, tr_id: &str, mut body: Value) -> Told {
        body["CANO"] = json!(self.credentials.cano());
        body["ACNT_PRDT_CD"] = json!(self.credentials.product());
        let url = self.rig.url(self.credentials.environment, &format!("{TRADING}{name}"));
        told(self.headers(self.rig.client.post(url).json(&body), tr_id)).await
    }

    /// A limit order.
    pub(crate) async fn limit(&self, tr_id: &str, symbol: &str, quantity: i64, price: i64) -> Told {
        let body = json!({
            "PDNO": symbol, "ORD_DVSN": "00", "ORD_QTY": quantity.to_string(), "ORD_UNPR": price.to_string(),
        });
        self.order("order-cash", tr_id, body).await
    }

    /// The day's list of orders.
    pub(crate) async fn day_list(&self) -> Told {
        let tr_id = match self.credentials.environment {
            Environment::Real => "TTTC0081R",
            Environment::Mock => "VTTC0081R",
        };
        self.ledger("inquire-daily-ccld", tr_id, &day_query("20261001")).await
    }
}

/// The query of the list of one day.
pub(crate) fn day_query(date: &str) -> Vec<(&str, &str)> {
    vec![
        ("INQR_STRT_DT", date),
        ("INQR_END_DT", date),
        ("SLL_BUY_DVSN_CD", "00"),
        ("PDNO", ""),
        ("ORD_GNO_BRNO", ""),
        ("ODNO", ""),
        ("CCLD_DVSN", "00"),
        ("INQR_DVSN", "00"),
        ("INQR_DVSN_1", ""),
        ("INQR_DVSN_3", "00"),
        ("EXCG_ID_DVSN_CD", "KRX"),
        ("CTX_AREA_FK100", ""),
        ("CTX_AREA_NK100", ""),
    ]
}

/// The query of a balance.
pub(crate) fn balance_query() -> Vec<(&'static str, &'static str)> {
    vec![
        ("AFHR_FLPR_YN", "N"),
        ("OFL_YN", ""),
        ("INQR_DVSN", "02"),
        ("UNPR_DVSN", "01"),
        ("FUND_STTL_ICLD_YN", "N"),
        ("FNCG_AMT_AUTO_RDPT_YN", "N"),
        ("PRCS_DVSN", "00"),
        ("CTX_AREA_FK100", ""),
        ("CTX_AREA_NK100", ""),
    ]
}
