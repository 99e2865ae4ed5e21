//! How long it takes to filter, sort and search 2,000 generated tasks: medians in microseconds.
//!
//! `cargo run --release -p spindle-domain --example query_bench`
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::Instant;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use spindle_domain::{Due, Facts, Filter, Priority, SearchQuery, SortBy, SortKey, SortOrder, Status, window};
use uuid::Uuid;

const TASKS: usize = 2_000;
const ROUNDS: usize = 301;
const PERSON: Tz = Tz::Europe__Berlin;
const WORDS: [&str; 24] = [
    "update", "water", "plants", "review", "budget", "call", "dentist", "Garden", "fix", "sidebar", "filters", "archive",
    "project", "members", "list", "Köln", "café", "prepare", "slides", "for", "the", "team", "invoice", "October",
];

struct Stored {
    title: String,
    tags: String,
    description: String,
    number: u64,
    due: Option<Due>,
}

impl Stored {
    fn facts(&self) -> Facts<'_> {
        Facts {
            id: Uuid::from_u128(u128::from(self.number) << 64),
            title: &self.title,
            description: &self.description,
            tags: &self.tags,
            priority: match self.number % 4 {
                0 => Priority::None,
                1 => Priority::Low,
                2 => Priority::Medium,
                _ => Priority::High,
            },
            completed: self.number.is_multiple_of(3),
            trashed: self.number.is_multiple_of(50),
            due: self.due,
            zone: None,
            created_ms: i64::try_from(self.number % 1_000_000_007).unwrap_or(0),
            updated_ms: i64::try_from(self.number % 998_244_353).unwrap_or(0),
            position: None,
        }
    }
}

/// A small generator of our own, so that every run measures the same tasks.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn words(&mut self, count: u64, between: &str) -> String {
        let picked: Vec<&str> = (0..count)
            .filter_map(|_| WORDS.get(usize::try_from(self.next()).ok()? % WORDS.len()).copied())
            .collect();
        picked.join(between)
    }
}

fn tasks(now: DateTime<Utc>) -> Vec<Stored> {
    let mut numbers = Numbers(7);
    (0..TASKS)
        .map(|_| {
            let (title_words, tag_words) = (5 + numbers.next() % 6, numbers.next() % 4);
            let at = now + Duration::minutes(i64::try_from(numbers.next() % 500_000).unwrap_or(0) - 250_000);
            let due = match numbers.next() % 4 {
                0 => None,
                1 => Some(Due::Day(at.date_naive())),
                2 => Some(Due::Wall(at.naive_utc())),
                _ => Some(Due::Instant(at)),
            };
            let description = if numbers.next().is_multiple_of(4) {
                numbers.words(30, " ")
            } else {
                String::new()
            };
            Stored {
                title: numbers.words(title_words, " "),
                tags: numbers.words(tag_words, ","),
                description,
                number: numbers.next(),
                due,
            }
        })
        .collect()
}

fn measure(name: &str, mut run: impl FnMut() -> usize) {
    let mut micros: Vec<u128> = Vec::with_capacity(ROUNDS);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        found = black_box(run());
        micros.push(start.elapsed().as_nanos() / 100);
    }
    micros.sort_unstable();
    let median = micros.get(ROUNDS / 2).copied().unwrap_or(0);
    println!("{name:<52} {:>6}.{} µs  ({found} tasks)", median / 10, median % 10);
}

fn main() {
    let now = NaiveDate::from_ymd_opt(2026, 11, 22)
        .and_then(|day| day.and_hms_opt(12, 0, 0))
        .unwrap_or_default()
        .and_utc();
    let tasks = tasks(now);
    let count = |filter: &Filter| {
        let matcher = filter.matcher(PERSON, now);
        tasks.iter().filter(|task| matcher.matches(&task.facts())).count()
    };
    let sorted = |filter: &Filter, by, order| {
        let matcher = filter.matcher(PERSON, now);
        let mut keys: Vec<_> = tasks
            .iter()
            .map(Stored::facts)
            .filter(|facts| matcher.matches(facts))
            .enumerate()
            .map(|(n, facts)| (SortKey::new(&facts, by, order, PERSON), n))
            .collect();
        window(&mut keys, 0, 50);
        keys.len()
    };
    let all = Filter::default();
    let day = |text| Due::parse(text).ok();
    let search = |text| Filter {
        search: SearchQuery::parse(text).ok(),
        ..Filter::default()
    };
    let priority_and_tag = Filter {
        priorities: vec![Priority::High],
        tags: vec!["water".into()],
        ..Filter::default()
    };
    measure("filter: all", || count(&all));
    measure("filter: overdue", || {
        count(&Filter {
            status: Status::Overdue,
            ..Filter::default()
        })
    });
    measure("filter: priority and tag", || count(&priority_and_tag));
    measure("filter: due between two days", || {
        count(&Filter {
            due_after: day("2026-11-01"),
            due_before: day("2026-12-01"),
            ..Filter::default()
        })
    });
    measure("search in list: one word", || count(&search("invoice")));
    measure("search in list: three words and a phrase", || {
        count(&search("the team inv \"for the\""))
    });
    for (name, by) in [
        ("created_at", SortBy::CreatedAt),
        ("due_date", SortBy::DueDate),
        ("priority", SortBy::Priority),
        ("title", SortBy::Title),
    ] {
        measure(&format!("all, sorted by {name}, page of 50"), || {
            sorted(&all, by, SortOrder::Asc)
        });
    }
    measure("two filters, sorted by due_date, page of 50", || {
        sorted(&priority_and_tag, SortBy::DueDate, SortOrder::Asc)
    });
    let Ok(query) = SearchQuery::parse("caf slides") else { return };
    measure("ranked search: two words, page of 50", || {
        let mut ranks: Vec<_> = tasks
            .iter()
            .enumerate()
            .filter_map(|(n, task)| Some((query.rank(&task.facts())?, n)))
            .collect();
        window(&mut ranks, 0, 50);
        ranks.len()
    });
}
