//! Folding text so that what people hold for the same compares equal.
//!
//! Two folds: by case alone, for tags and sorting by title; by case and accents, for search. Both leave ASCII on a fast path that neither
//! allocates nor looks anything up, because a list request folds thousands of titles.

use std::cmp::Ordering;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// The characters of one character's case fold. Lower case plus the two letters that have no lower-case partner of their own.
fn fold_char(c: char, mut put: impl FnMut(char)) {
    match c {
        'ß' | 'ẞ' => {
            put('s');
            put('s');
        }
        'ς' => put('σ'),
        c if c.is_ascii() => put(c.to_ascii_lowercase()),
        c => c.to_lowercase().for_each(put),
    }
}

/// The text without difference of case.
pub(crate) fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, |c| folded.push(c)));
    folded
}

/// Whether two texts differ in nothing but case.
pub(crate) fn eq_fold_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        fold_case(a) == fold_case(b)
    }
}

/// Orders two texts by their case folds.
pub(crate) fn cmp_fold_case(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        let lower = |text: &'_ str| text.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<_>>();
        // Reached only by titles alike in their first 16 bytes, so the copies are few.
        lower(a).cmp(&lower(b))
    } else {
        fold_case(a).cmp(&fold_case(b))
    }
}

/// Appends the text without difference of case, accents, or compatibility form; blanks of any kind become a space.
///
/// Accents are the combining marks of European, Semitic and general use. Marks that spell another sound (Indic virama and nukta, kana
/// voicing, vowel signs) are letters to their readers and stay.
pub(crate) fn fold_search_into(text: &str, folded: &mut String) {
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(if c.is_ascii_whitespace() {
                ' '
            } else {
                c.to_ascii_lowercase()
            });
        } else {
            decompose_compatible(c, |part| {
                if !is_accent(part) {
                    fold_char(part, |c| folded.push(if c.is_whitespace() { ' ' } else { c }));
                }
            });
        }
    }
}

fn is_accent(c: char) -> bool {
    // Nothing below U+0300 combines; the class is a table look-up.
    c >= '\u{300}' && matches!(canonical_combining_class(c), 1 | 10..=36 | 200..=240)
}

/// Whether a word can begin at a character that follows `before` in folded text: after anything that is no letter or digit, and between
/// letters of scripts that write no blanks between words.
pub(crate) fn begins_word(before: Option<char>, first: char) -> bool {
    match before {
        None => true,
        Some(before) => !before.is_alphanumeric() || !first.is_alphanumeric() || is_unspaced(first),
    }
}

/// Thai, Lao, Myanmar, Khmer, kana, Han: scripts without blanks between words, where any character may begin one.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(text: &str) -> String {
        let mut folded = String::new();
        fold_search_into(text, &mut folded);
        folded
    }

    #[test]
    fn case_folds() {
        assert_eq!(fold_case("Straße ÄÖÜ"), "strasse äöü");
        assert_eq!(fold_case("ΟΔΟΣ"), fold_case("οδος"));
        assert_eq!(fold_case("οδός"), "οδόσ");
        assert!(eq_fold_case("HOME", "home") && eq_fold_case("Büro", "BÜRO") && !eq_fold_case("Büro", "Buro"));
        assert_eq!(cmp_fold_case("apple", "Banana"), Ordering::Less);
        assert_eq!(cmp_fold_case("ZEBRA", "äpfel"), Ordering::Less);
    }

    #[test]
    fn search_folds_accents_and_compatibility() {
        assert_eq!(searched("Café CRÈME"), "cafe creme");
        assert_eq!(searched("Straße"), "strasse");
        assert_eq!(searched("İstanbul"), "istanbul");
        assert_eq!(searched("ﬁle ２０２６"), "file 2026");
        assert_eq!(searched("a\u{a0}b\nc\td"), "a b c d");
        assert_eq!(searched("Việt Nam"), "viet nam");
        assert_eq!(searched("Ёлка й"), "елка и");
        assert_eq!(searched("が"), searched("か\u{3099}"), "kana voicing stays");
        assert_ne!(searched("が"), searched("か"));
    }

    #[test]
    fn words_begin_after_blanks_and_marks() {
        assert!(
            begins_word(None, 'a') && begins_word(Some(' '), 'a') && begins_word(Some('-'), 'a') && begins_word(Some('_'), 'a')
        );
        assert!(!begins_word(Some('b'), 'a') && !begins_word(Some('1'), 'a') && !begins_word(Some('é'), 'a'));
        assert!(begins_word(Some('明'), '天') && begins_word(Some('a'), '🤖'));
    }
}
