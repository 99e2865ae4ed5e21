//! Which tasks a list holds.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Facts, UnknownWord, search::SearchQuery};
use crate::fold::{fold_case, folds_to};
use crate::{Due, Priority, text};

/// A bound on due dates, in any of the three kinds: a day counts as its start and a wall time as it is, both in the person's zone.
pub type DueBound = Due;

/// The state of the tasks asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Pending and completed, never from the trash.
    #[default]
    All,
    /// Open.
    Pending,
    /// Done.
    Completed,
    /// Open, and the instant or the whole day is past.
    Overdue,
    /// In the trash, done or not.
    Trashed,
}

impl Status {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Result<Self, UnknownWord> {
        Ok(match text {
            "all" => Self::All,
            "pending" => Self::Pending,
            "completed" => Self::Completed,
            "overdue" => Self::Overdue,
            "trashed" => Self::Trashed,
            _ => return Err(UnknownWord("all, pending, completed, overdue, trashed")),
        })
    }
}

/// Whether one of the tags is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TagsMatch {
    /// One is enough.
    #[default]
    Any,
    /// Each must be there.
    All,
}

impl TagsMatch {
    /// Reads the API's word.
    pub fn parse(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            _ => Err(UnknownWord("any, all")),
        }
    }
}

/// What a task must be to be in the list. The default lets through all that is not in the trash.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Its state.
    pub status: Status,
    /// One of these; any when empty.
    pub priorities: Vec<Priority>,
    /// These, without difference of case; any when empty.
    pub tags: Vec<String>,
    /// How many of `tags`.
    pub tags_match: TagsMatch,
    /// Due before this, exclusive. A task without due date matches no bound.
    pub due_before: Option<DueBound>,
    /// Due at this or after.
    pub due_after: Option<DueBound>,
    /// Found by this.
    pub search: Option<SearchQuery>,
}

impl Filter {
    /// Whether a task belongs in the list. For many tasks, [`Filter::matcher`] does the work that is the same for all only once.
    pub fn matches(&self, facts: &Facts<'_>, person: Tz, now: DateTime<Utc>) -> bool {
        self.matcher(person, now).matches(facts)
    }

    /// The filter made ready for a person's zone and the moment.
    pub fn matcher(&self, person: Tz, now: DateTime<Utc>) -> Matcher<'_> {
        Matcher {
            filter: self,
            tags: self
                .tags
                .iter()
                .map(|tag| fold_case(&text::nfc(tag.trim().to_owned())))
                .collect(),
            due_before: self.due_before.map(|bound| bound.start(person, person)),
            due_after: self.due_after.map(|bound| bound.start(person, person)),
            person,
            now,
        }
    }
}

/// A [`Filter`] ready to be asked about many tasks.
#[derive(Debug)]
pub struct Matcher<'a> {
    filter: &'a Filter,
    tags: Vec<String>,
    due_before: Option<DateTime<Utc>>,
    due_after: Option<DateTime<Utc>>,
    person: Tz,
    now: DateTime<Utc>,
}

impl Matcher<'_> {
    /// Whether a task belongs in the list; the cheapest conditions are tested first.
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        let filter = self.filter;
        let status = match filter.status {
            Status::All => !facts.trashed,
            Status::Pending | Status::Overdue => !facts.trashed && !facts.completed,
            Status::Completed => !facts.trashed && facts.completed,
            Status::Trashed => facts.trashed,
        };
        status
            && (filter.priorities.is_empty() || filter.priorities.contains(&facts.priority))
            && self.tags_match(facts.tags)
            && self.due_matches(facts)
            && filter.search.as_ref().is_none_or(|search| search.matches(facts))
    }

    fn tags_match(&self, tags: &str) -> bool {
        if self.tags.is_empty() {
            return true;
        }
        let has = |wanted: &String| tags.split(',').any(|tag| folds_to(tag, wanted));
        !tags.is_empty()
            && match self.filter.tags_match {
                TagsMatch::Any => self.tags.iter().any(has),
                TagsMatch::All => self.tags.iter().all(has),
            }
    }

    fn due_matches(&self, facts: &Facts<'_>) -> bool {
        let overdue = self.filter.status == Status::Overdue;
        if !overdue && self.due_before.is_none() && self.due_after.is_none() {
            return true;
        }
        let Some(due) = facts.due else { return false };
        let zone = facts.zone.unwrap_or(self.person);
        let before = |bound| due.starts_before(zone, self.person, bound);
        self.due_before.is_none_or(before)
            && self.due_after.is_none_or(|bound| !before(bound))
            && (!overdue || due.is_over(zone, self.person, self.now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OPEN: Facts<'static> = Facts {
        id: Uuid::nil(),
        title: "Water the plants",
        description: "",
        tags: "",
        priority: Priority::None,
        completed: false,
        trashed: false,
        due: None,
        zone: None,
        created_ms: 0,
        updated_ms: 0,
        position: None,
    };

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn due(text: &str) -> Facts<'static> {
        Facts {
            due: Some(Due::parse(text).unwrap()),
            ..OPEN
        }
    }

    fn passes(filter: &Filter, facts: &Facts<'_>) -> bool {
        filter.matches(facts, Tz::Europe__Berlin, now())
    }

    #[test]
    fn status_tells_the_four_states_apart() {
        let done = Facts {
            completed: true,
            ..due("2020-01-01")
        };
        let gone = Facts {
            trashed: true,
            ..due("2020-01-01")
        };
        for (status, expected) in [
            (Status::All, [true, true, true, false]),
            (Status::Pending, [true, true, false, false]),
            (Status::Completed, [false, false, true, false]),
            (Status::Overdue, [false, true, false, false]),
            (Status::Trashed, [false, false, false, true]),
        ] {
            let filter = Filter {
                status,
                ..Filter::default()
            };
            assert_eq!(
                [OPEN, due("2020-01-01"), done, gone].map(|facts| passes(&filter, &facts)),
                expected,
                "{status:?}"
            );
        }
        assert_eq!(Status::parse("overdue"), Ok(Status::Overdue));
        assert!(Status::parse("done").is_err() && Status::parse("").is_err());
    }

    #[test]
    fn overdue_is_past_in_the_right_zone() {
        let overdue = Filter {
            status: Status::Overdue,
            ..Filter::default()
        };
        assert!(!passes(&overdue, &due("2026-11-22")), "today is not over in Berlin");
        assert!(passes(&overdue, &due("2026-11-21")));
        assert!(
            overdue.matches(&due("2026-11-22"), Tz::Pacific__Kiritimati, now()),
            "it is the 23rd there"
        );
        assert!(!overdue.matches(
            &due("2026-11-21"),
            Tz::Pacific__Pago_Pago,
            "2026-11-22T10:59:59Z".parse().unwrap()
        ));
        assert!(passes(&overdue, &due("2026-11-22T12:59")) && !passes(&overdue, &due("2026-11-22T13:00")));
        assert!(
            !passes(
                &overdue,
                &Facts {
                    zone: Some(Tz::America__New_York),
                    ..due("2026-11-22T12:59")
                }
            ),
            "the task's zone counts"
        );
    }

    #[test]
    fn bounds_are_inclusive_then_exclusive() {
        let after = Filter {
            due_after: Due::parse("2026-11-22").ok(),
            ..Filter::default()
        };
        let before = Filter {
            due_before: Due::parse("2026-11-22").ok(),
            ..Filter::default()
        };
        for (text, in_after) in [
            ("2026-11-22", true),
            ("2026-11-21", false),
            ("2026-11-22T00:00", true),
            ("2026-11-21T23:59:59", false),
            ("2026-11-21T23:00:00Z", true),
            ("2026-11-21T22:59:59Z", false),
            ("2030-01-01", true),
            ("1990-01-01T00:00", false),
        ] {
            assert_eq!(passes(&after, &due(text)), in_after, "{text}");
            assert_eq!(passes(&before, &due(text)), !in_after, "{text}");
        }
        assert!(
            !passes(&after, &OPEN) && !passes(&before, &OPEN),
            "without due date there is nothing to compare"
        );
        let at = Filter {
            due_after: Due::parse("2026-11-22T09:00:00Z").ok(),
            ..Filter::default()
        };
        assert!(
            passes(&at, &due("2026-11-22T10:00")) && !passes(&at, &due("2026-11-22T09:59")),
            "Berlin is an hour ahead"
        );
    }

    #[test]
    fn tags_match_any_or_all_without_case() {
        let tagged = Facts {
            tags: "Home,Büro,Straße",
            ..OPEN
        };
        let filter = |tags: &[&str], tags_match| Filter {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            tags_match,
            ..Filter::default()
        };
        for (tags, any, all) in [
            (&["home"][..], true, true),
            (&["HOME", "garden"], true, false),
            (&["BÜRO", "strasse"], true, true),
            (&["bu\u{308}ro"], true, true),
            (&["hom"], false, false),
            (&["buro"], false, false),
            (&[""], false, false),
        ] {
            assert_eq!(passes(&filter(tags, TagsMatch::Any), &tagged), any, "{tags:?}");
            assert_eq!(passes(&filter(tags, TagsMatch::All), &tagged), all, "{tags:?}");
        }
        assert!(!passes(&filter(&[""], TagsMatch::Any), &OPEN), "no tag is not the empty tag");
    }

    #[test]
    fn priorities_are_alternatives() {
        let filter = Filter {
            priorities: vec![Priority::High, Priority::None],
            ..Filter::default()
        };
        assert!(
            passes(&filter, &OPEN)
                && passes(
                    &filter,
                    &Facts {
                        priority: Priority::High,
                        ..OPEN
                    }
                )
        );
        assert!(!passes(
            &filter,
            &Facts {
                priority: Priority::Low,
                ..OPEN
            }
        ));
    }
}
