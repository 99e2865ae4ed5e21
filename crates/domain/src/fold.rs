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

/// Whether a text is another's case fold, which `folded` must be already.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(folded)
    } else {
        fold_case(text) == folded
    }
}

/// The first 16 bytes of the case fold; a shorter fold is filled with zeros.
pub(crate) fn fold_case_prefix(text: &str) -> [u8; 16] {
    let mut prefix = [0; 16];
    let mut room = prefix.iter_mut();
    let mut put = |byte: u8| {
        if let Some(place) = room.next() {
            *place = byte;
        }
    };
    // One character folds to at least one byte, so the first 16 are enough.
    for c in text.chars().take(16) {
        if c.is_ascii() {
            put(c.to_ascii_lowercase() as u8);
        } else {
            fold_char(c, |c| c.encode_utf8(&mut [0; 4]).bytes().for_each(&mut put));
        }
    }
    prefix
}

/// Orders two texts by their case folds.
pub(crate) fn cmp_fold_case(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        a.bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
    } else {
        fold_case(a).cmp(&fold_case(b))
    }
}

/// Appends the text without difference of case, accents, or compatibility form.
///
/// Accents are the combining marks of European, Semitic and general use. Marks that spell another sound (Indic virama and nukta, kana
/// voicing, vowel signs) are letters to their readers and stay.
pub(crate) fn fold_search_into(text: &str, folded: &mut String) {
    let start = folded.len();
    let mut rest = text;
    // Runs of ASCII, the most of most texts, are copied whole and lowered at the end.
    while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let (run, tail) = rest.split_at(at);
        folded.push_str(run);
        let mut chars = tail.chars();
        if let Some(c) = chars.next() {
            fold_search_char(c, folded);
        }
        rest = chars.as_str();
    }
    folded.push_str(rest);
    if let Some(added) = folded.get_mut(start..) {
        added.make_ascii_lowercase();
    }
}

fn fold_search_char(c: char, folded: &mut String) {
    // U+00C0 to U+00FF without their accents, `.` where a letter is more than that: what western Europe writes needs no look-up.
    const LATIN: &[u8; 64] = b"aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y";
    let latin = u32::from(c)
        .checked_sub(0xC0)
        .and_then(|index| LATIN.get(usize::try_from(index).ok()?));
    match latin {
        Some(base) if *base != b'.' => folded.push(char::from(*base)),
        _ => decompose_compatible(c, |part| {
            if !is_accent(part) {
                fold_char(part, |c| folded.push(if c.is_whitespace() { ' ' } else { c }));
            }
        }),
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
        Some(before) => !before.is_alphanumeric() || !first.is_alphanumeric() || is_unspaced(first) || is_unspaced(before),
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
        assert!(folds_to("HOME", "home") && folds_to("BÜRO", "büro") && !folds_to("Büro", "buro") && folds_to("Maß", "mass"));
        assert_eq!(cmp_fold_case("apple", "Banana"), Ordering::Less);
        assert_eq!(cmp_fold_case("ZEBRA", "äpfel"), Ordering::Less);
    }

    #[test]
    fn the_prefix_orders_as_the_fold_does() {
        let titles = [
            "",
            "A",
            "a b",
            "ab",
            "AB-",
            "abcdefghijklmnop",
            "ABCDEFGHIJKLMNOPQ",
            "äää",
            "ÄÄÄÄÄÄÄÄÄ",
            "maß",
            "mass",
            "🤖🤖🤖🤖🤖",
        ];
        for a in titles {
            for b in titles {
                let by_prefix = fold_case_prefix(a).cmp(&fold_case_prefix(b));
                assert!(by_prefix == Ordering::Equal || by_prefix == cmp_fold_case(a, b), "{a} {b}");
            }
        }
        assert_eq!(fold_case_prefix("Ab"), *b"ab\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn search_folds_accents_and_compatibility() {
        assert_eq!(searched("Café CRÈME"), "cafe creme");
        assert_eq!(searched("Straße"), "strasse");
        assert_eq!(searched("İstanbul"), "istanbul");
        assert_eq!(searched("ﬁle ２０２６"), "file 2026");
        assert_eq!(searched("a\u{a0}b\u{2003}C"), "a b c");
        assert_eq!(searched("Việt Nam"), "viet nam");
        assert_eq!(searched("Ёлка й"), "елка и");
        assert_eq!(searched("が"), searched("か\u{3099}"), "kana voicing stays");
        assert_ne!(searched("が"), searched("か"));
    }

    #[test]
    fn the_table_says_what_decomposing_does() {
        for c in '\u{80}'..'\u{250}' {
            let mut decomposed = String::new();
            decompose_compatible(c, |part| {
                if !is_accent(part) {
                    fold_char(part, |c| decomposed.push(if c.is_whitespace() { ' ' } else { c }));
                }
            });
            assert_eq!(searched(&c.to_string()), decomposed, "{c}");
        }
    }

    #[test]
    fn words_begin_after_blanks_and_marks() {
        assert!(
            begins_word(None, 'a') && begins_word(Some(' '), 'a') && begins_word(Some('-'), 'a') && begins_word(Some('_'), 'a')
        );
        assert!(!begins_word(Some('b'), 'a') && !begins_word(Some('1'), 'a') && !begins_word(Some('é'), 'a'));
        assert!(begins_word(Some('明'), '天') && begins_word(Some('明'), 'a') && begins_word(Some('a'), '🤖'));
    }
}
