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
fn all() -> impl Iterator<Item = &'static Message> {
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
    fn code_and_sentence_tell_the_class() {
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

    /// Every code of §2.5, §3.5 and §7.3 with the classes that its sentences may have.
    const CODES: &[(Class, &str)] = &[
        (
            Class::Again,
            "EGW00001 EGW00002 EGW00202 EGW00203 EGW00204 EGW00300 OPSQ0001 OPSQ0003 OPSQ0010 OPSQ0011 OPSQ1002 \
             SYDB0050 90020000",
        ),
        (
            Class::Credential,
            "EGW00003 EGW00004 EGW00102 EGW00103 EGW00104 EGW00105 EGW00108 EGW00130 EGW00206 EGW00207 EGW00303 \
             EGW00304 OPSP0010 OPSP8994 OPSP8995",
        ),
        (
            Class::Input,
            "EGW00101 EGW00106 EGW00107 EGW00109 EGW00110 EGW00111 EGW00112 EGW00113 EGW00114 EGW00115 EGW00116 \
             EGW00117 EGW00118 EGW00119 EGW00120 EGW00124 EGW00125 EGW00126 EGW00127 EGW00131 EGW00132 EGW00205 \
             EGW00208 EGW00209 EGW00211 EGW00212 EGW00213 EGW00310 OPSQ0002 OPSQ2001 OPSQ2002 OPSQ2003 OPSQ9995 \
             OPSQ9996 OPSQ9997 OPSQ9998 OPSQ9999 MCA05918 OPSP8991 OPSP8992 OPSP8993 OPSP8997 OPSP8998 OPSP9990 \
             OPSP9991 OPSP9992 OPSP9993 OPSP9996 OPSP9997 OPSP9998 OPSP9999",
        ),
        (Class::Token, "EGW00121 EGW00122 EGW00123"),
        (Class::Account, "EGW00128 EGW00129 OPSQ2000 APAC0081 APAC0489 IGW00002 40910000 OPSP0017"),
        (Class::RateLimit, "EGW00133 EGW00201 EGW00215 OPSP8999 OPSP9995"),
        (Class::Environment, "EGW00210 EGW00213 EGW02004 EGW02006 MCA00124"),
        (
            Class::InDoubt,
            "EGW00301 EGW00302 OPSQ0004 OPSQ0005 OPSQ0006 OPSQ0007 OPSQ0008 OPSQ0009 OPSQ3001 OPSQ3002 OPSQ3004 \
             APBK0927 APBK1359 APBK0957 IGW00022 IGW00009 40330000",
        ),
        (
            Class::Success,
            "MCA00000 APBK0013 KIOK0420 KIOK0430 KIOK0460 KIOK0500 KIOK0510 KIOK0530 APBK2938 MCA05762 20310000 \
             40590000 40600000 40620000 40630000 OPSP0000 OPSP0001",
        ),
        (
            Class::Refusal,
            "APBK0918 APBK0919 APBK0952 APBK0400 APBK0656 APBK0963 APBK0066 APBK1943 APBK3013 APBK0957 40100000 \
             40570000 40580000 40250000 40310000 40240000",
        ),
        (Class::Closed, "APBK1664 KIOK0320 KIER3672"),
        (Class::Nothing, "KIOK0560"),
        (Class::Session, "OPSP0002 OPSP0003 OPSP0007 OPSP0008 OPSP0009 OPSP0011 OPSP8996 OPSP9994"),
    ];

    #[test]
    fn every_code_of_the_specification_has_its_class() {
        for (class, codes) in CODES {
            for code in codes.split_whitespace() {
                let has = all().any(|message| message.code == code && message.class == *class);
                assert!(has, "{code} is not {class:?}");
            }
        }
        let listed = |message: &&Message| {
            CODES.iter().any(|(class, codes)| *class == message.class && codes.contains(message.code))
        };
        assert_eq!(all().find(|message| !listed(message)), None, "a message that the table does not name");
    }

    #[test]
    fn words_do_not_depend_on_blanks() {
        assert!(contains_words("주문가능금액을 초과했습니다", "주문가능금액을 초과 했습니다"));
        assert!(!contains_words("주문가능금액", "주문가능금액을 초과"));
    }
}
