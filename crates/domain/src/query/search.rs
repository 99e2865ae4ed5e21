//! Full text search: words that begin a word, phrases as they stand, without difference of case and accents.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Reverse;

use memchr::memchr2_iter;
use uuid::Uuid;

use super::Facts;
use crate::fold::{begins_word, fold_search_into};
use crate::limits::{SEARCH_CHARS_MAX, SEARCH_TERMS_MAX};

/// Why a search was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Nothing to search for.
    #[error("must hold at least one word to search for")]
    Empty,
    /// More text than anyone types.
    #[error("must have at most {SEARCH_CHARS_MAX} characters: shorten it")]
    TooLong,
    /// More words than anyone types.
    #[error("must hold at most {SEARCH_TERMS_MAX} words and phrases: leave some out")]
    TooManyTerms,
}

/// A search made ready: every word, and every phrase in double quotes, must begin at the start of a word in title, tags or description.
/// An end quote that is missing is thought of at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// Never empty; the longest first, because it is the one that most tasks lack.
    terms: Vec<Term>,
}

/// How well a task is found; the best comes first. A word that is a whole word of the title is better than one that begins a word
/// there, that than one in the tags, and that than one in the description; the worst word decides, then all of them, then the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    worst: u8,
    sum: u8,
    newest: Reverse<i64>,
    id: Uuid,
}

impl SearchQuery {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        if text.len() > SEARCH_CHARS_MAX && text.chars().count() > SEARCH_CHARS_MAX {
            return Err(SearchError::TooLong);
        }
        let mut terms = Vec::new();
        let mut add = |part: &str| {
            let mut folded = String::with_capacity(part.len());
            fold_search_into(part, &mut folded);
            let term = folded.trim().replace(|c: char| c.is_ascii_whitespace(), " ");
            if !term.is_empty() && !terms.iter().any(|known: &Term| known.text == term) {
                terms.push(Term::new(term));
            }
        };
        for (index, part) in text.split('"').enumerate() {
            if index % 2 == 0 {
                part.split_whitespace().for_each(&mut add);
            } else {
                add(part);
            }
        }
        terms.sort_by_key(|term| Reverse(term.text.len()));
        match terms.len() {
            0 => Err(SearchError::Empty),
            1..=SEARCH_TERMS_MAX => Ok(Self { terms }),
            _ => Err(SearchError::TooManyTerms),
        }
    }

    /// Whether a task is found.
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.find(facts, |_| {})
    }

    /// How well a task is found; `None` when it is not.
    pub fn rank(&self, facts: &Facts<'_>) -> Option<Rank> {
        let (mut worst, mut sum) = (0, 0);
        let found = self.find(facts, |class| {
            worst = worst.max(class);
            // At most 32 terms of at most 3.
            sum += class;
        });
        found.then_some(Rank {
            worst,
            sum,
            newest: Reverse(facts.created_ms),
            id: facts.id,
        })
    }

    /// Looks for every term until one is nowhere; tells the class of each: 0 title word, 1 title prefix, 2 tag, 3 description.
    fn find(&self, facts: &Facts<'_>, mut tell: impl FnMut(u8)) -> bool {
        let fields = [Field::new(facts.title), Field::new(facts.tags), Field::new(facts.description)];
        self.terms.iter().all(|term| {
            let hit = fields
                .iter()
                .zip(1..)
                .find_map(|(field, class)| Some((term.find(field.folded(), class == 1)?, class)));
            hit.map(|(hit, class)| tell(if class == 1 && hit == Hit::Word { 0 } else { class }))
                .is_some()
        })
    }
}

/// One field of a task, folded when first looked at, and only if it is not ASCII.
struct Field<'a> {
    text: &'a str,
    folded: OnceCell<Cow<'a, str>>,
}

impl<'a> Field<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            folded: OnceCell::new(),
        }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| {
            if self.text.is_ascii() {
                return Cow::Borrowed(self.text);
            }
            let mut folded = String::with_capacity(self.text.len());
            fold_search_into(self.text, &mut folded);
            Cow::Owned(folded)
        })
    }
}

/// A folded word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    text: String,
    /// Where its rarest byte stands, which is what a text is scanned for.
    rarest: usize,
}

impl Term {
    fn new(text: String) -> Self {
        // Letters of English from the commonest on; whatever is not among them is rarer than all.
        let rareness = |byte: &u8| {
            b" etaoinsrhldcumfpgwybvkxjqz"
                .iter()
                .position(|common| common == byte)
                .unwrap_or(usize::MAX)
        };
        let rarest = text
            .bytes()
            .enumerate()
            .max_by_key(|(_, byte)| rareness(byte))
            .map_or(0, |(at, _)| at);
        Self { text, rarest }
    }

    /// Looks for the term in text that is folded, but for the case of ASCII letters and the kind of ASCII blanks. With `best`, looks on
    /// after a prefix for a whole word.
    fn find(&self, text: &str, best: bool) -> Option<Hit> {
        let term = self.text.as_bytes();
        let (first, last) = (self.text.chars().next()?, self.text.chars().next_back()?);
        let byte = *term.get(self.rarest)?;
        let mut found = None;
        for at in memchr2_iter(byte, byte.to_ascii_uppercase(), text.as_bytes()) {
            let Some(start) = at.checked_sub(self.rarest) else { continue };
            let end = start + term.len();
            let Some(candidate) = text.as_bytes().get(start..end) else {
                break;
            };
            if !candidate
                .iter()
                .zip(term)
                .all(|(have, want)| have == want || fold_byte(*have) == *want)
            {
                continue;
            }
            // Both ends are ends of characters, because the term's bytes are whole characters.
            let (Some(head), Some(next)) = (text.get(..start), text.get(end..)) else {
                continue;
            };
            if begins_word(head.chars().next_back(), first) {
                if next.chars().next().is_none_or(|next| begins_word(Some(last), next)) {
                    return Some(Hit::Word);
                }
                if !best {
                    return Some(Hit::Prefix);
                }
                found = Some(Hit::Prefix);
            }
        }
        found
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    /// The term is a whole word.
    Word,
    /// The term begins a word.
    Prefix,
}

fn fold_byte(byte: u8) -> u8 {
    if byte.is_ascii_whitespace() {
        b' '
    } else {
        byte.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests;
