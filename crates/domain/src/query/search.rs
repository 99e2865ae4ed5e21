//! Full text search: words that begin a word, phrases as they stand, without difference of case and accents.

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
    /// Folded, none of them empty, at most 32: one bit each in what is still missing.
    terms: Vec<String>,
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
            if !term.is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        };
        for (index, part) in text.split('"').enumerate() {
            if index % 2 == 0 {
                part.split_whitespace().for_each(&mut add);
            } else {
                add(part);
            }
        }
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

    /// Goes through the fields, best first, until every term is found; tells the class of each: 0 title word, 1 title prefix, 2 tag,
    /// 3 description.
    fn find(&self, facts: &Facts<'_>, mut tell: impl FnMut(u8)) -> bool {
        let mut missing = u32::MAX
            .checked_shr(32 - u32::try_from(self.terms.len()).unwrap_or(32))
            .unwrap_or(0);
        let mut folded = String::new();
        for (field, class) in [(facts.title, 1), (facts.tags, 2), (facts.description, 3)] {
            if field.is_empty() {
                continue;
            }
            let text = if field.is_ascii() {
                field
            } else {
                folded.clear();
                fold_search_into(field, &mut folded);
                &folded
            };
            for (index, term) in self.terms.iter().enumerate() {
                if missing & (1 << index) == 0 {
                    continue;
                }
                let hit = find_term(text, term, class == 1);
                if let Some(hit) = hit {
                    missing &= !(1 << index);
                    tell(if class == 1 && hit == Hit::Word { 0 } else { class });
                }
            }
            if missing == 0 {
                return true;
            }
        }
        false
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    /// The term is a whole word.
    Word,
    /// The term begins a word.
    Prefix,
}

/// Looks for a folded term in text that is folded, but for the case of ASCII letters and the kind of ASCII blanks. With `best`, looks on
/// after a prefix for a whole word.
fn find_term(text: &str, term: &str, best: bool) -> Option<Hit> {
    let first = term.chars().next()?;
    let last = term.chars().next_back()?;
    let (&byte, tail) = term.as_bytes().split_first()?;
    let mut found = None;
    for at in memchr2_iter(byte, byte.to_ascii_uppercase(), text.as_bytes()) {
        let Some(candidate) = text.as_bytes().get(at + 1..at + term.len()) else {
            break;
        };
        if !candidate
            .iter()
            .zip(tail)
            .all(|(have, want)| have == want || fold_byte(*have) == *want)
        {
            continue;
        }
        // Both ends are at characters' ends, because the term's bytes are whole characters.
        let (Some(head), Some(next)) = (text.get(..at), text.get(at + term.len()..)) else {
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

fn fold_byte(byte: u8) -> u8 {
    if byte.is_ascii_whitespace() {
        b' '
    } else {
        byte.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests;
