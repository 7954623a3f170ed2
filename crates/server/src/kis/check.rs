//! The connection check: five questions to the broker, answered in words.

use chrono::TimeDelta;
use exodus_domain::{Symbol, TradingVenue, is_session, kst_date, timetable};
use exodus_kis::stream::StreamProblem;
use exodus_kis::{Env, KisAccount, KisError};
use exodus_store::accounts::AccountEnv;
use secrecy::ExposeSecret;

use super::keys::AccountKeys;
use super::{Kis, Lanes};
use crate::accounts::dto::AccountCheck;
use crate::accounts::problem::{AccountProblem, CheckStep, CheckedStep, ProblemCode, StepState};
use crate::http::kst;
use crate::strategies::dto::Text;

/// The issue whose price is asked for: listed since 1975, traded every day.
const ASKED: &str = "005930";
/// How long the stream may take to take the registration.
const STREAM_WAIT: TimeDelta = TimeDelta::seconds(10);

/// Another connection of the same app key stands: keys that work, in use elsewhere.
const IN_USE: &str = "OPSP8996";
/// The app key or the approval key is not known to the stream.
const STREAM_KEY_CODES: [&str; 4] = ["OPSP0010", "OPSP0011", "OPSP9994", "OPSP9996"];

/// A sentence, Korean first.
type Pair = (&'static str, &'static str);

/// What went wrong, before it is put into words.
pub(super) struct Finding {
    code: ProblemCode,
    broker_code: Option<String>,
    /// The sentence of the catalogue for the broker's code, and its mend; Korean first.
    words: Option<[Pair; 2]>,
}

impl Kis {
    /// Asks the broker about the keys of an account. Changes nothing there, and costs four requests.
    pub(crate) async fn check(&self, env: AccountEnv, keys: &AccountKeys) -> AccountCheck {
        match env {
            AccountEnv::Paper => self.check_in(&self.paper, keys).await,
            AccountEnv::Live => self.check_in(&self.live, keys).await,
        }
    }

    async fn check_in<E: Env>(&self, lanes: &Lanes<E>, keys: &AccountKeys) -> AccountCheck {
        let lane = match self.lane(lanes, keys).await {
            Ok(lane) => lane,
            Err(error) => return self.complete(vec![failed(CheckStep::Token, &finding(&error))]),
        };
        let key = lane.gateway.fingerprint();
        let refusal = match lanes.just_refused(key, self.timer.now()) {
            Some(error) => Some(error),
            None => match lane.gateway.check_token().await {
                Ok(()) => None,
                Err(error) => Some(lanes.refusal(key, error, self.timer.now())),
            },
        };
        if let Some(error) = refusal {
            return self.complete(vec![failed(CheckStep::Token, &finding(&error))]);
        }
        lanes.accepted(key);
        let mut steps = vec![passed(CheckStep::Token, ("접근 토큰을 받았습니다.", "The keys give an access token."))];
        let account = KisAccount::new(lane.gateway.clone(), keys.number.clone());
        let balance = account.balance().await.map(drop).map_err(|error| finding(&error));
        // Keys of the other environment get a token, and fail at their first call: the others would fail alike.
        let is_about_keys = balance.as_ref().is_err_and(|finding| finding.code != ProblemCode::WrongAccount);
        let read = ("계좌의 잔고를 읽었습니다.", "The balance of the account was read.");
        steps.push(step(CheckStep::Account, balance, read));
        if is_about_keys {
            return self.complete(steps);
        }
        let quote = match ASKED.parse::<Symbol>() {
            Ok(symbol) => match lane.gateway.quote(symbol).await {
                // An emulator lists what it was given. That it says so is an answer.
                Err(KisError::Refused(_) | KisError::Incomplete(_)) if !lane.gateway.hosts().is_broker() => Ok(()),
                quote => quote.map(drop).map_err(|error| finding(&error)),
            },
            Err(_) => Ok(()),
        };
        steps.push(step(CheckStep::Quote, quote, ("현재가를 읽을 수 있습니다.", "Prices can be read.")));
        let stream = match lane.stream.check(keys.hts_id.expose_secret(), STREAM_WAIT).await {
            Err(problem) => stream_finding(&problem),
            Ok(()) => None,
        };
        let registered = ("실시간 체결 통보를 등록했습니다.", "Notices of orders are registered.");
        steps.push(step(CheckStep::Stream, stream.map_or(Ok(()), Err), registered));
        self.complete(steps)
    }

    /// Adds the steps that were not asked, and the hours.
    fn complete(&self, mut steps: Vec<CheckedStep>) -> AccountCheck {
        for &step in &CheckStep::ALL[steps.len()..] {
            steps.push(match step {
                CheckStep::Hours => self.hours(),
                step => skipped(step),
            });
        }
        AccountCheck { steps }
    }

    /// Whether the market is open, by our own calendar: a closed one is no mistake.
    fn hours(&self) -> CheckedStep {
        let now = kst(self.timer.now());
        let (date, time) = (kst_date(self.timer.now()), now.time());
        let is_open = is_session(date)
            && timetable(TradingVenue::Krx, date)
                .iter()
                .any(|window| (window.orders_from..window.orders_to).contains(&time));
        passed(
            CheckStep::Hours,
            if is_open {
                ("지금 주문을 낼 수 있는 시간입니다.", "KRX takes orders now.")
            } else {
                (
                    "지금은 장이 닫혀 있습니다. 연결은 되어 있고, 주문은 장이 열리면 낼 수 있습니다.",
                    "KRX is closed now. The connection stands; orders are taken when it opens.",
                )
            },
        )
    }
}

fn step(step: CheckStep, outcome: Result<(), Finding>, message: (&str, &str)) -> CheckedStep {
    match outcome {
        Ok(()) => passed(step, message),
        Err(finding) => failed(step, &finding),
    }
}

fn passed(step: CheckStep, message: (&str, &str)) -> CheckedStep {
    let message = Text::of(message);
    CheckedStep { step, state: StepState::Ok, problem: None, broker_code: None, message, mend: None }
}

fn skipped(step: CheckStep) -> CheckedStep {
    let message =
        Text::of(("앞 단계가 끝나지 않아 확인하지 않았습니다.", "Not asked, because a step before it failed."));
    CheckedStep { step, state: StepState::Skipped, problem: None, broker_code: None, message, mend: None }
}

fn failed(step: CheckStep, finding: &Finding) -> CheckedStep {
    let AccountProblem { code, broker_code, message, mend } = problem_of(finding);
    CheckedStep { step, state: StepState::Failed, problem: Some(code), broker_code, message, mend: Some(mend) }
}

/// In words: those of the catalogue for the broker's code where there are some, else our own for what it means.
pub(super) fn problem_of(finding: &Finding) -> AccountProblem {
    let [message, mend] = finding.words.unwrap_or([finding.code.message(), finding.code.mend()]);
    AccountProblem {
        code: finding.code,
        broker_code: finding.broker_code.clone(),
        message: Text::of(message),
        mend: Text::of(mend),
    }
}

/// What a refused request means for the keys of an account.
pub(super) fn finding(error: &KisError) -> Finding {
    let broker_code = error.code().map(ToOwned::to_owned);
    let code = match error {
        KisError::Credential(_) => match broker_code.as_deref() {
            Some("EGW00104" | "EGW00105" | "EGW00304") => ProblemCode::WrongAppSecret,
            Some("EGW00129") => ProblemCode::WrongHtsId,
            _ => ProblemCode::WrongAppKey,
        },
        KisError::WrongEnvironment(_) => ProblemCode::WrongEnvironment,
        KisError::Account(_) => ProblemCode::WrongAccount,
        KisError::Busy { .. } => ProblemCode::RateLimited,
        KisError::Unreachable(_) | KisError::Again(_) | KisError::Shared(_) => ProblemCode::Unreachable,
        KisError::Input(_) | KisError::Refused(_) | KisError::NotServed(_) | KisError::Incomplete(_) => {
            ProblemCode::UnknownAnswer
        }
    };
    let words = error.message().map(|message| [(message.ko, message.en), (message.mend.ko(), message.mend.en())]);
    Finding { code, broker_code, words }
}

/// What a refused registration means; `None` if it means that all is well.
fn stream_finding(problem: &StreamProblem) -> Option<Finding> {
    let (code, broker_code) = match problem {
        StreamProblem::Refused { code, .. } if code == IN_USE => return None,
        StreamProblem::Refused { code, .. } if STREAM_KEY_CODES.contains(&code.as_str()) => {
            (ProblemCode::WrongAppKey, Some(code.clone()))
        }
        StreamProblem::Refused { code, .. } => (ProblemCode::WrongHtsId, Some(code.clone())),
        StreamProblem::Unreachable(_) | StreamProblem::NoAnswer => (ProblemCode::Unreachable, None),
    };
    Some(Finding { code, broker_code, words: None })
}
