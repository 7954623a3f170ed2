//! What is compared when an issue is searched: names without blanks and capitals, and their initial consonants.

/// The first syllable of Hangul, 가, and the last, 힣.
const SYLLABLES: std::ops::RangeInclusive<char> = '가'..='힣';

/// Syllables that begin with one and the same consonant.
const SYLLABLES_PER_INITIAL: u32 = 588;

/// The consonants a syllable can begin with (초성), in the order of Unicode.
const INITIALS: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];

/// Two consonants that a keyboard draws together although the writer means the initials of two syllables.
const CLUSTERS: [(char, &str); 11] = [
    ('ㄳ', "ㄱㅅ"),
    ('ㄵ', "ㄴㅈ"),
    ('ㄶ', "ㄴㅎ"),
    ('ㄺ', "ㄹㄱ"),
    ('ㄻ', "ㄹㅁ"),
    ('ㄼ', "ㄹㅂ"),
    ('ㄽ', "ㄹㅅ"),
    ('ㄾ', "ㄹㅌ"),
    ('ㄿ', "ㄹㅍ"),
    ('ㅀ', "ㄹㅎ"),
    ('ㅄ', "ㅂㅅ"),
];

/// A text as it is compared: without blanks, in small letters.
pub(super) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

/// The same with each syllable cut down to its initial consonant: `삼성전자` is `ㅅㅅㅈㅈ`, `SK하이닉스` is `skㅎㅇㄴㅅ`.
pub(super) fn initials(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for c in folded(text).chars() {
        match CLUSTERS.iter().find(|(cluster, _)| *cluster == c) {
            Some((_, apart)) => found.push_str(apart),
            None => found.push(initial(c)),
        }
    }
    found
}

/// True if a text has a consonant that stands alone, so that it is meant as initials.
pub(super) fn asks_for_initials(text: &str) -> bool {
    text.chars().any(|c| INITIALS.contains(&c) || CLUSTERS.iter().any(|(cluster, _)| *cluster == c))
}

fn initial(c: char) -> char {
    if !SYLLABLES.contains(&c) {
        return c;
    }
    let place = (u32::from(c) - u32::from(*SYLLABLES.start())) / SYLLABLES_PER_INITIAL;
    INITIALS[usize::try_from(place).expect("one of 19")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_cut_down_to_their_initials() {
        for (text, expected) in [
            ("삼성전자", "ㅅㅅㅈㅈ"),
            ("SK 하이닉스", "skㅎㅇㄴㅅ"),
            ("까뜨빠쌍찌", "ㄲㄸㅃㅆㅉ"),
            ("가힣", "ㄱㅎ"),
            ("KODEX 200", "kodex200"),
            ("", ""),
        ] {
            assert_eq!(initials(text), expected);
        }
    }

    #[test]
    fn what_a_keyboard_draws_together_is_taken_apart() {
        assert_eq!(initials("ㄳ"), "ㄱㅅ");
        assert_eq!(initials("ㅄㅇㅎ"), initials("부산은행"));
        assert!(asks_for_initials("ㅄ") && asks_for_initials("삼ㅅ"));
        assert!(!asks_for_initials("삼성") && !asks_for_initials("sk") && !asks_for_initials("ㅏ"));
    }
}
