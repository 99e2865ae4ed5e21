//! Cutting a text into words: where quick add may find something, and where it may not.

/// A word, with what stands behind it up to the blank or the next word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends with its trailing punctuation, in bytes.
    pub(super) end: usize,
    /// In lower case, without trailing punctuation.
    pub(super) word: String,
    /// As it stands, without trailing punctuation.
    pub(super) raw: &'a str,
    /// The punctuation.
    pub(super) trail: &'a str,
    /// Title whatever it says: quoted or literal.
    pub(super) protected: bool,
}

/// A quoted part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// From the first quote on, in bytes.
    pub(super) start: usize,
    /// Behind the last quote, in bytes.
    pub(super) end: usize,
    /// What stands between.
    pub(super) inner: (usize, usize),
}

/// A text cut up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tokens<'a> {
    pub(super) words: Vec<Token<'a>>,
    pub(super) quoted: Vec<Quoted>,
}

const TRAIL: [char; 6] = [',', ';', '.', ':', '!', '?'];

/// Cuts a text into words. They part at blanks, and behind a comma unless a digit follows.
pub(super) fn tokens<'a>(text: &'a str, literal: &[String]) -> Tokens<'a> {
    let mut found = Tokens {
        words: Vec::new(),
        quoted: Vec::new(),
    };
    let protected = literal_ranges(text, literal);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        if let Some(quoted) = quoted(text, at) {
            at = quoted.end;
            // It keeps its place among the words, so that nothing is read across it.
            found.words.push(Token {
                start: quoted.start,
                end: quoted.end,
                word: String::new(),
                raw: text.get(quoted.start..quoted.end).unwrap_or_default(),
                trail: "",
                protected: true,
            });
            found.quoted.push(quoted);
            continue;
        }
        let end = at + word_length(rest);
        let whole = text.get(at..end).unwrap_or_default();
        let raw = whole.trim_end_matches(TRAIL);
        let raw = if raw.is_empty() { whole } else { raw };
        found.words.push(Token {
            start: at,
            end,
            word: raw.to_lowercase(),
            raw,
            trail: whole.get(raw.len()..).unwrap_or_default(),
            protected: protected.iter().any(|(from, to)| at < *to && *from < end),
        });
        at = end;
    }
    found
}

/// The quoted part that begins here, if one does; one that is never closed is no quote.
fn quoted(text: &str, start: usize) -> Option<Quoted> {
    let rest = text.get(start..)?;
    let open = rest.chars().next()?;
    let close: &[char] = match open {
        '"' => &['"'],
        '\u{201c}' => &['\u{201d}'],
        '\u{201e}' => &['\u{201c}', '\u{201d}'],
        _ => return None,
    };
    let from = start + open.len_utf8();
    let inside = text.get(from..)?;
    let length = inside.find(close).filter(|length| *length > 0)?;
    let last = inside.get(length..)?.chars().next()?;
    Some(Quoted {
        start,
        end: from + length + last.len_utf8(),
        inner: (from, from + length),
    })
}

/// The bytes of the word that a text begins with; at least one character.
fn word_length(rest: &str) -> usize {
    // A tag in quotes is one word.
    if let Some(inside) = rest.strip_prefix("#\"")
        && let Some(length) = inside.find('"').filter(|length| *length > 0)
    {
        return "#\"".len() + length + 1;
    }
    let mut chars = rest.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char.is_whitespace() {
            return at;
        }
        let digit_follows = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if char == ',' && !digit_follows {
            return at + 1;
        }
    }
    rest.len()
}

/// Where the literal phrases stand, whole words only.
fn literal_ranges(text: &str, literal: &[String]) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    for phrase in literal.iter().map(|phrase| phrase.trim()).filter(|phrase| !phrase.is_empty()) {
        for (start, _) in text.match_indices(phrase) {
            let end = start + phrase.len();
            let word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            let after = text.get(end..).and_then(|after| after.chars().next());
            let begins = phrase.chars().next().is_some_and(char::is_alphanumeric);
            let ends = phrase.chars().next_back().is_some_and(char::is_alphanumeric);
            if !(begins && word(before) || ends && word(after)) {
                ranges.push((start, end));
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, &[]).words.into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn words_part_at_blanks_and_behind_commas() {
        assert_eq!(
            words(" Pay  rent,tomorrow 1,000 #a,#b x. "),
            ["pay", "rent", "tomorrow", "1,000", "#a", "#b", "x"]
        );
        assert_eq!(words("#\"two words\" 31.12. ..."), ["#\"two words\"", "31.12", "..."]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn quotes_stand_apart_when_they_are_closed() {
        let found = tokens("Call \"mom tomorrow\" 5\" \"now", &[]);
        assert_eq!(found.quoted.len(), 1);
        assert_eq!(
            found.words.iter().map(|token| token.raw).collect::<Vec<_>>(),
            ["Call", "\"mom tomorrow\"", "5\"", "\"now"]
        );
        assert_eq!(tokens("„heute Abend“ “today”", &[]).quoted.len(), 2);
    }

    #[test]
    fn literal_phrases_are_whole_words() {
        let found = tokens("mon monday on mon", &["mon".to_owned()]);
        assert_eq!(
            found.words.iter().map(|token| token.protected).collect::<Vec<_>>(),
            [true, false, false, true]
        );
    }
}
