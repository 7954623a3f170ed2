//! The broker's messages (§2.5, §3.5, §7.3) as data: what each code means, what follows from it, and what to do.
//!
//! Codes are used again for other things, so a message of the ledger is known by its code and by words of its sentence
//! together; a code with a sentence that is not catalogued is [`Class::Unknown`].

mod gateway;
mod ledger;
mod mend;
mod socket;

pub use mend::Mend;

/// What follows from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It was done.
    Success,
    /// An order was refused for good: it does not exist, and never will (safety §2.4, class R).
    Refusal,
    /// Too many calls; the gateway turned it away.
    RateLimit,
    /// The token ended or is not known any more.
    Token,
    /// App key, app secret or permission is wrong.
    Credential,
    /// Key and host belong to different environments.
    Environment,
    /// The account number is wrong, or is not one of the key's.
    Account,
    /// The request is wrong.
    Input,
    /// Nothing is served at this hour or on this day.
    Closed,
    /// There is nothing of what was asked for.
    Nothing,
    /// The broker has trouble of its own, or the data changed meanwhile: a read may be repeated.
    Again,
    /// It may have been done or not: look before anything is sent again.
    InDoubt,
    /// About a session of the WebSocket or a registration in it.
    Session,
    /// Not catalogued.
    Unknown,
}

/// A message of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The broker's code.
    pub code: &'static str,
    /// The broker's sentence, as the emulator says it.
    pub said: &'static str,
    /// Words that the broker's sentence must hold for this to be meant; blank where the code is enough.
    pub known_by: &'static str,
    /// What follows from it.
    pub class: Class,
    /// What it means, in Korean.
    pub ko: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What to do.
    pub mend: Mend,
}

impl Message {
    /// A message whose code says all.
    const fn new(
        code: &'static str,
        said: &'static str,
        class: Class,
        ko: &'static str,
        en: &'static str,
        mend: Mend,
    ) -> Self {
        Self { code, said, known_by: "", class, ko, en, mend }
    }

    /// A message whose code is used for other things as well.
    const fn known_by(self, known_by: &'static str) -> Self {
        Self { known_by, ..self }
    }

    fn is_meant(&self, code: &str, said: &str) -> bool {
        self.code == code && contains_words(said, self.known_by)
    }
}

/// Blanks within Korean sentences vary, so they do not count.
fn contains_words(said: &str, words: &str) -> bool {
    let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    words.is_empty() || solid(said).contains(&solid(words))
}

/// Every message of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Message> {
    gateway::MESSAGES.iter().chain(ledger::MESSAGES).chain(socket::MESSAGES)
}

/// The message that the broker's code and sentence mean; `None` if none of that code fits.
pub fn message(code: &str, said: &str) -> Option<&'static Message> {
    let code = code.trim();
    all().find(|message| message.is_meant(code, said))
}

/// The catalogued message of a code, for who says it: the general one where a code has several.
pub fn of_code(code: &str) -> Option<&'static Message> {
    let of_it = || all().filter(|message| message.code == code);
    of_it().find(|message| message.known_by.is_empty()).or_else(|| of_it().next())
}

/// What follows from the broker's code and sentence.
pub fn class(code: &str, said: &str) -> Class {
    message(code, said).map_or(Class::Unknown, |message| message.class)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_message_means_itself() {
        let mut seen = HashSet::new();
        for listed in all() {
            assert!(seen.insert((listed.code, listed.known_by)), "{} stands twice", listed.code);
            assert_eq!(message(listed.code, listed.said), Some(listed), "{}: {}", listed.code, listed.said);
            assert!(!listed.said.is_empty() && !listed.ko.is_empty() && !listed.en.is_empty(), "{}", listed.code);
            assert!(listed.said.chars().count() <= 80, "{} is longer than msg1", listed.code);
        }
    }

    #[test]
    fn every_code_of_the_specification_has_its_class() {
        let cases: &[(&str, &str, Class)] = &[
            ("APBK0013", "주문 전송 완료 되었습니다.", Class::Success),
            ("KIOK0499", "조회", Class::Unknown),
            ("APBK0952", "주문가능금액을 초과 했습니다     ", Class::Refusal),
            ("APBK0952", "다른 말", Class::Unknown),
            ("APBK0918", "장운영시간이 아닙니다.(주문불가)", Class::Refusal),
            ("APBK0918", "장내채권/ETF/ETN/ELW 매매불가", Class::Refusal),
            ("APBK0957", "모의투자 호가단위 오류입니다.", Class::Refusal),
            ("APBK0957", "알 수 없는 이유", Class::InDoubt),
            ("APBK0927", "정정취소 가능수량이 없습니다.", Class::InDoubt),
            ("EGW00201", "초당 거래건수를 초과하였습니다.", Class::RateLimit),
            ("EGW00215", "", Class::RateLimit),
            ("EGW00123", "기간이 만료된 token 입니다.", Class::Token),
            ("EGW00133", "", Class::RateLimit),
            ("EGW00103", "", Class::Credential),
            ("EGW00302", "", Class::InDoubt),
            ("EGW02004", "", Class::Environment),
            ("EGW02006", "", Class::Environment),
            ("EGW00213", "모의투자 TR이 아닙니다", Class::Environment),
            ("EGW00213", "법인명 오류", Class::Input),
            ("OPSQ2000", "ERROR : INPUT INVALID_CHECK_ACNO", Class::Account),
            ("SYDB0050", "", Class::Again),
            ("KIOK0560", "조회할 내용이 없습니다", Class::Nothing),
            ("40100000", "모의투자 영업일이 아닙니다.", Class::Refusal),
            ("OPSP8996", "ALREADY IN USE appkey", Class::Session),
            ("XXXX0000", "", Class::Unknown),
        ];
        for (code, said, expected) in cases {
            assert_eq!(class(code, said), *expected, "{code} {said}");
        }
    }

    #[test]
    fn a_refusal_needs_its_sentence() {
        for listed in all().filter(|listed| listed.class == Class::Refusal) {
            assert!(!listed.known_by.is_empty(), "{}: the code alone must not prove a refusal", listed.code);
            assert_ne!(class(listed.code, "처음 보는 문장"), Class::Refusal, "{}", listed.code);
        }
    }

    #[test]
    fn the_codes_of_the_tables_are_all_there() {
        let gateway = (101..=133).filter(|n| !(107..=107).contains(n)).map(|n| format!("EGW{n:05}"));
        let more = ["EGW00001", "EGW00002", "EGW00003", "EGW00004", "EGW00300", "EGW00301", "EGW00302", "EGW00303"];
        let sockets = ["OPSP0000", "OPSP0008", "OPSP0011", "OPSP8991", "OPSP9999"];
        for code in gateway.chain(more.iter().chain(&sockets).map(|code| (*code).to_owned())) {
            assert!(of_code(&code).is_some(), "{code}");
        }
        assert!(all().count() > 150, "{}", all().count());
    }

    #[test]
    fn words_do_not_depend_on_blanks() {
        assert!(contains_words("주문가능금액을 초과했습니다", "주문가능금액을 초과 했습니다"));
        assert!(!contains_words("주문가능금액", "주문가능금액을 초과"));
    }
}
