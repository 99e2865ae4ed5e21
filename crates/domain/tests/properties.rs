//! What must hold for any task, filter, order and search.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use spindle_domain::{Due, Facts, Filter, Priority, SearchQuery, SortBy, SortKey, SortOrder, Status, Task, TaskEdit, window};
use uuid::Uuid;

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-2_208_000_000_i64..250_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

/// Times of our day, where summer time is.
fn recent() -> impl Strategy<Value = NaiveDateTime> {
    (0_i64..4_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap().naive_utc())
}

fn due() -> impl Strategy<Value = Due> {
    prop_oneof![
        instant().prop_map(|at| Due::Day(at.date_naive())),
        instant().prop_map(|at| Due::Wall(at.naive_utc())),
        instant().prop_map(Due::Instant),
        recent().prop_map(Due::Wall),
    ]
}

fn zone() -> impl Strategy<Value = Tz> {
    prop_oneof![
        3 => proptest::sample::select(&[
            Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York, Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago, Tz::Australia__Lord_Howe,
            Tz::Pacific__Apia, Tz::Africa__Cairo, Tz::America__Sao_Paulo, Tz::Africa__Casablanca, Tz::Asia__Tehran,
        ][..]),
        1 => proptest::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ._-]{0,40}",
        "[\\PC]{0,30}",
        "[A-Za-zäöüßéèÅñ ĳœΣςσ会议が🤖'-]{1,30}"
    ]
}

#[derive(Clone, Debug)]
struct Owned {
    id: u8,
    title: String,
    description: String,
    tags: String,
    priority: Priority,
    completed: bool,
    trashed: bool,
    due: Option<Due>,
    zone: Option<Tz>,
    created_ms: i64,
}

impl Owned {
    fn facts(&self) -> Facts<'_> {
        Facts {
            id: Uuid::from_u128(u128::from(self.id)),
            title: &self.title,
            description: &self.description,
            tags: &self.tags,
            priority: self.priority,
            completed: self.completed,
            trashed: self.trashed,
            due: self.due,
            zone: self.zone,
            created_ms: self.created_ms,
            updated_ms: -self.created_ms,
            position: None,
        }
    }
}

prop_compose! {
    fn owned()(
        (id, title, description, tags) in (any::<u8>(), text(), text(), "[a-cA-C]{0,2}(,[a-cA-C]{1,2}){0,2}"),
        priority in proptest::sample::select(&Priority::ALL[..]),
        (completed, trashed) in any::<(bool, bool)>(),
        due in proptest::option::of(due()),
        zone in proptest::option::of(zone()),
        created_ms in -3_i64..3,
    ) -> Owned {
        Owned { id, title, description, tags, priority, completed, trashed, due, zone, created_ms }
    }
}

fn sort_by() -> impl Strategy<Value = SortBy> {
    proptest::sample::select(
        &[
            SortBy::CreatedAt,
            SortBy::UpdatedAt,
            SortBy::DueDate,
            SortBy::Priority,
            SortBy::Title,
        ][..],
    )
}

fn sort_order() -> impl Strategy<Value = SortOrder> {
    proptest::sample::select(&[SortOrder::Asc, SortOrder::Desc][..])
}

prop_compose! {
    fn edit()(
        (title, description, priority) in (text(), proptest::option::of(text()), proptest::option::of(proptest::sample::select(&Priority::ALL[..]))),
        completed in proptest::option::of(any::<bool>()),
        completed_at in proptest::option::of(proptest::option::of(instant())),
        tags in proptest::option::of(proptest::collection::vec(text(), 0..5)),
        due in proptest::option::of(proptest::option::of(due())),
        time_zone in proptest::option::of(proptest::option::of(zone())),
    ) -> TaskEdit {
        TaskEdit { title: Some(title), description, completed, completed_at, priority, tags, due, time_zone, ..TaskEdit::default() }
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00.5Z".parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_due_date_reads_back(due in due(), zone in zone()) {
        let shown = due.show(zone);
        prop_assert_eq!(Due::parse(&shown), Ok(due), "{}", shown);
    }

    #[test]
    fn parsing_never_panics(text in "\\PC{0,30}", form in "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?(Z|[+-][0-9]{2}:[0-9]{2})?") {
        for text in [text, form] {
            if let Ok(due) = Due::parse(&text) {
                prop_assert_eq!(Due::parse(&due.show(Tz::Asia__Kathmandu)), Ok(due));
            }
        }
    }

    #[test]
    fn wall_time_stays_except_in_a_gap(wall in recent(), zone in zone()) {
        let at = Due::Wall(wall).at(zone).unwrap();
        let local = zone.from_utc_datetime(&at.naive_utc()).naive_local();
        match zone.from_local_datetime(&wall) {
            chrono::MappedLocalTime::None => {
                prop_assert!(local > wall && local - wall <= Duration::hours(24));
            }
            candidates => {
                prop_assert_eq!(local, wall);
                prop_assert_eq!(Some(at), candidates.earliest().map(|first| first.to_utc()));
            }
        }
    }

    #[test]
    fn a_day_is_one_stretch_of_time(day in recent(), zone in zone(), now in recent()) {
        let day: NaiveDate = day.date();
        let due = Due::Day(day);
        let start = due.start(zone, zone);
        let local = zone.from_utc_datetime(&start.naive_utc()).date_naive();
        prop_assert!(local == day || Some(local) == day.succ_opt(), "a day may be skipped whole");
        let before = zone.from_utc_datetime(&(start - Duration::seconds(1)).naive_utc()).date_naive();
        prop_assert!(before < day, "{} {}", before, start);
        let now = now.and_utc();
        prop_assert_eq!(due.is_over(zone, zone, now), zone.from_utc_datetime(&now.naive_utc()).date_naive() > day);
    }

    #[test]
    fn the_quick_answers_are_the_exact_ones(due in due(), zone in zone(), person in zone(), bound in due(), hours in -100_i64..100, seconds in -2_i64..3) {
        let near = Due::Instant(due.start(zone, person) + Duration::hours(hours) + Duration::seconds(seconds));
        for bound in [bound, near] {
            let facts = Owned { id: 0, title: String::new(), description: String::new(), tags: String::new(), priority: Priority::None, completed: false,
                trashed: false, due: Some(due), zone: Some(zone), created_ms: 0 };
            let at = bound.start(person, person);
            let before = Filter { due_before: Some(bound), ..Filter::default() }.matches(&facts.facts(), person, now());
            let after = Filter { due_after: Some(bound), ..Filter::default() }.matches(&facts.facts(), person, now());
            prop_assert_eq!(before, due.start(zone, person) < at);
            prop_assert_ne!(before, after);
        }
    }

    #[test]
    fn every_task_is_pending_or_completed_or_trashed(tasks in proptest::collection::vec(owned(), 0..40), person in zone()) {
        let pass = |status| tasks.iter().map(|task| Filter { status, ..Filter::default() }.matches(&task.facts(), person, now())).collect::<Vec<_>>();
        let (all, pending, completed, overdue, trashed) =
            (pass(Status::All), pass(Status::Pending), pass(Status::Completed), pass(Status::Overdue), pass(Status::Trashed));
        for n in 0..tasks.len() {
            prop_assert_eq!(u8::from(pending[n]) + u8::from(completed[n]) + u8::from(trashed[n]), 1);
            prop_assert_eq!(all[n], pending[n] || completed[n]);
            prop_assert!(!overdue[n] || pending[n]);
        }
    }

    #[test]
    fn sorting_is_total_and_independent_of_the_start(tasks in proptest::collection::vec(owned(), 1..30), by in sort_by(), order in sort_order(), person in zone()) {
        let keys: Vec<_> = tasks.iter().map(|task| SortKey::new(&task.facts(), by, order, person)).collect();
        for a in &keys {
            for b in &keys {
                prop_assert_eq!(a.cmp(b), b.cmp(a).reverse());
                for c in &keys {
                    prop_assert!(!(a <= b && b <= c) || a <= c);
                }
            }
        }
        let mut forward = keys.clone();
        let mut backward: Vec<_> = keys.into_iter().rev().collect();
        forward.sort();
        backward.sort_unstable();
        prop_assert_eq!(&forward, &backward);
        let start = forward.len() / 3;
        let page = window(&mut backward, start, 7).to_vec();
        prop_assert_eq!(page, forward.into_iter().skip(start).take(7).collect::<Vec<_>>());
    }

    #[test]
    fn descending_is_ascending_reversed_but_for_ties_and_nulls(tasks in proptest::collection::vec(owned(), 2..20), by in sort_by()) {
        let key = |task: &Owned, order| SortKey::new(&Facts { id: Uuid::nil(), ..task.facts() }, by, order, Tz::UTC).cmp(
            &SortKey::new(&Facts { id: Uuid::nil(), ..tasks[0].facts() }, by, order, Tz::UTC));
        for task in &tasks {
            let missing = by == SortBy::DueDate && (task.due.is_none() || tasks[0].due.is_none());
            let (asc, desc) = (key(task, SortOrder::Asc), key(task, SortOrder::Desc));
            prop_assert_eq!(asc, if missing { desc } else { desc.reverse() });
        }
    }

    #[test]
    fn any_start_of_a_title_word_finds_the_task(task in owned(), pick in any::<proptest::sample::Index>(), chars in 1_usize..12) {
        let words: Vec<&str> = task.title.split_whitespace().collect();
        prop_assume!(!words.is_empty());
        let prefix: String = words[pick.index(words.len())].chars().take(chars).collect();
        let shouted = prefix.to_uppercase();
        prop_assume!(!prefix.contains('"'));
        // A lone combining mark folds to nothing and cannot be searched for.
        if let Ok(query) = SearchQuery::parse(&prefix) {
            prop_assert!(query.matches(&task.facts()), "{}", prefix);
            prop_assert!(query.rank(&task.facts()).is_some());
        }
        if prefix.is_ascii() {
            prop_assert!(SearchQuery::parse(&shouted).unwrap().matches(&task.facts()));
        }
    }

    #[test]
    fn ranked_is_found(task in owned(), query in text()) {
        if let Ok(query) = SearchQuery::parse(&query) {
            prop_assert_eq!(query.matches(&task.facts()), query.rank(&task.facts()).is_some());
        }
    }

    #[test]
    fn the_same_edit_twice_changes_nothing_the_second_time(first in edit(), second in edit(), later in 0_i64..100_000) {
        let Ok(task) = Task::create(Uuid::nil(), first, now()) else { return Ok(()) };
        let then = now() + Duration::seconds(later);
        if let Ok(Some(changed)) = task.edited(second.clone(), then) {
            prop_assert_eq!(changed.version, task.version + 1);
            prop_assert!(changed.updated_at >= task.updated_at);
            prop_assert_eq!(changed.edited(second, then + Duration::seconds(1)), Ok(None));
            prop_assert!(changed.title.trim() == changed.title && !changed.title.is_empty());
        }
    }
}
