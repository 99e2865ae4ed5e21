//! What must hold for any rule, anchor, zone and moment of completion: 100,000 generated cases and more.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use spindle_domain::Due;
use spindle_domain::recurrence::{MissedPolicy, Mode, MonthEnd, Rule, Series};

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        max_global_rejects: u32::MAX,
        max_local_rejects: u32::MAX,
        ..Config::default()
    }
}

fn zone() -> impl Strategy<Value = Tz> {
    select(
        &[
            Tz::UTC,
            Tz::Europe__Berlin,
            Tz::America__New_York,
            Tz::Australia__Lord_Howe,
            Tz::Pacific__Apia,
            Tz::Pacific__Kiritimati,
            Tz::Pacific__Pago_Pago,
            Tz::Africa__Cairo,
            Tz::Africa__Casablanca,
            Tz::America__Sao_Paulo,
            Tz::Asia__Kathmandu,
        ][..],
    )
}

fn wall() -> impl Strategy<Value = NaiveDateTime> {
    let minutes = prop_oneof![1 => -36_000_000_i64..0, 9 => 0_i64..42_000_000];
    let time = prop_oneof![
        (0_i64..1_440),
        select(&[0_i64, 30, 60, 90, 120, 135, 150, 180, 540, 1_439][..])
    ];
    (minutes, time).prop_map(|(minutes, time)| {
        let day = DateTime::from_timestamp(minutes * 60, 0).unwrap().date_naive();
        day.and_hms_opt(0, 0, 0).unwrap() + Duration::minutes(time)
    })
}

fn anchor() -> impl Strategy<Value = Due> {
    (wall(), 0..3).prop_map(|(wall, kind)| match kind {
        0 => Due::Day(wall.date()),
        1 => Due::Wall(wall),
        _ => Due::Instant(wall.and_utc()),
    })
}

fn list(name: &'static str, items: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::option::weighted(0.35, proptest::collection::vec(items, 1..4))
        .prop_map(move |items| items.map_or(String::new(), |items| format!(";{name}={}", items.join(","))))
}

fn rule_text(frequencies: &'static [&'static str]) -> impl Strategy<Value = String> {
    let interval = prop_oneof![4 => 1_u32..5, 2 => 1_u32..60, 1 => 1_u32..1_000];
    let day = (
        proptest::option::weighted(0.3, select(&["1", "2", "3", "4", "5", "-1", "-2", "53", "-20"][..])),
        select(&["MO", "TU", "WE", "TH", "FR", "SA", "SU"][..]),
    );
    let month_day = prop_oneof![
        (1..=31).prop_map(|day: i32| day.to_string()),
        select(&["28", "29", "30", "31", "-1", "-2", "-31"][..]).prop_map(str::to_owned)
    ];
    (
        select(frequencies),
        interval,
        list("BYMONTH", (1..=12).prop_map(|month: i32| month.to_string())),
        list("BYMONTHDAY", month_day),
        list(
            "BYDAY",
            day.prop_map(|(number, day)| format!("{}{day}", number.unwrap_or(""))),
        ),
        list("BYSETPOS", select(&["1", "2", "3", "-1", "-2"][..]).prop_map(str::to_owned)),
        select(&["", "", ";WKST=SU", ";WKST=MO", ";WKST=WE"][..]),
    )
        .prop_map(|(frequency, interval, months, month_days, days, positions, week)| {
            format!("FREQ={frequency};INTERVAL={interval}{months}{month_days}{days}{positions}{week}")
        })
}

const BY_DAY: &[&str] = &["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const ALL: &[&str] = &["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

fn cron() -> impl Strategy<Value = Rule> {
    let minute = select(&["0", "30", "15,45", "*", "*/15", "5-20/5", "59"][..]);
    let hour = select(&["9", "0", "2", "1,2,3", "*", "*/6", "8-17"][..]);
    let day = select(&["*", "*", "1", "31", "29", "1-7", "*/2", "13"][..]);
    let month = select(&["*", "*", "2", "1,6", "FEB-APR", "*/3"][..]);
    let weekday = select(&["*", "*", "1", "MON-FRI", "7", "*/7", "5"][..]);
    (minute, hour, day, month, weekday).prop_filter_map("never fires", |(minute, hour, day, month, weekday)| {
        Rule::parse_cron(&format!("{minute} {hour} {day} {month} {weekday}")).ok()
    })
}

fn parsed(frequencies: &'static [&'static str]) -> impl Strategy<Value = Rule> {
    rule_text(frequencies).prop_filter_map("not a valid rule", |text| {
        Rule::parse_rrule(&text).ok().map(|parsed| parsed.rule)
    })
}

prop_compose! {
    fn series_of(rules: BoxedStrategy<Rule>)(
        rule in rules,
        anchor in anchor(),
        zone in proptest::option::of(zone()),
        (completion, next, skip) in any::<(bool, bool, bool)>(),
        end in 0..6,
        count in 1_u32..40,
        until in wall(),
        exdays in proptest::collection::vec(0_i64..60, 0..3),
    ) -> Series {
        let mut series = Series::new(rule, Some(anchor));
        series.zone = zone;
        series.mode = if completion { Mode::Completion } else { Mode::Schedule };
        series.missed = if next { MissedPolicy::Next } else { MissedPolicy::Future };
        series.month_end = if skip { MonthEnd::Skip } else { MonthEnd::Clamp };
        series.count = (end == 0).then_some(count);
        series.until = (end == 1).then_some(Due::Wall(until));
        series.exdates = exdays.into_iter().map(|days| anchor.start(Tz::UTC, Tz::UTC).date_naive() + Duration::days(days)).collect();
        series
    }
}

fn any_series() -> impl Strategy<Value = Series> {
    series_of(prop_oneof![5 => parsed(ALL), 1 => cron()].boxed())
}

fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    zone.from_utc_datetime(&at.naive_utc()).naive_local()
}

/// Whether a due date comes after a moment: a day, when it is a later day.
fn is_after(due: Due, moment: DateTime<Utc>, zone: Tz) -> bool {
    match due {
        Due::Day(day) => day > local(moment, zone).date(),
        _ => due.at(zone).is_some_and(|at| at > moment),
    }
}

/// Zones that moved across the date line and left out a whole day.
fn skips_days(zone: Tz) -> bool {
    matches!(zone, Tz::Pacific__Apia | Tz::Pacific__Kiritimati)
}

fn moment_of(due: Due, zone: Tz) -> DateTime<Utc> {
    due.start(zone, zone)
}

proptest! {
    #![proptest_config(config(100_000))]

    #[test]
    fn the_next_is_after_what_it_must_be(series in any_series(), moved in -5_000_i64..50_000, late in -3_000_000_i64..30_000_000, person in zone()) {
        let zone = series.zone.unwrap_or(person);
        let anchor = series.anchor.unwrap();
        let due = match anchor {
            Due::Day(day) => Due::Day(day + Duration::days(moved / 24)),
            Due::Wall(wall) => Due::Wall(wall + Duration::hours(moved)),
            Due::Instant(at) => Due::Instant(at + Duration::hours(moved)),
        };
        let completed_at = moment_of(due, zone) + Duration::seconds(late);
        let Some(next) = series.next_after_completion(Some(due), completed_at, person) else { return Ok(()) };
        prop_assert_ne!(next, due);
        if series.mode == Mode::Schedule {
            let later = match (next, due) {
                (Due::Day(next), Due::Day(due)) => next > due,
                _ => is_after(next, moment_of(due, zone), zone),
            };
            prop_assert!(later, "{:?} after {:?}", next, due);
        }
        if series.mode == Mode::Completion || series.missed == MissedPolicy::Future {
            prop_assert!(is_after(next, completed_at, zone), "{:?} after {:?}", next, completed_at);
        }
        prop_assert_eq!(series.next_after_completion(Some(due), completed_at, person), Some(next));
        if !skips_days(zone) {
            prop_assert!(!series.exdates.contains(&local(moment_of(next, zone), zone).date()));
        }
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn the_time_of_day_stays_except_in_a_gap(series in series_of(parsed(BY_DAY).boxed()), late in -3_000_000_i64..30_000_000, person in zone()) {
        let zone = series.zone.unwrap_or(person);
        let anchor = series.anchor.unwrap();
        let Some(time) = anchor.at(zone).map(|at| match anchor { Due::Wall(wall) => wall.time(), _ => local(at, zone).time() }) else { return Ok(()) };
        let completed_at = moment_of(anchor, zone) + Duration::seconds(late);
        let Some(next) = series.next_after_completion(Some(anchor), completed_at, person) else { return Ok(()) };
        let wall = local(next.at(zone).unwrap(), zone);
        if wall.time() != time {
            let days = [wall.date().pred_opt().unwrap(), wall.date()];
            let moved = days.into_iter().any(|day| zone.from_local_datetime(&day.and_time(time)).earliest().is_none()
                && Due::Wall(day.and_time(time)).at(zone) == next.at(zone));
            prop_assert!(moved, "{:?} is not {:?} moved out of a gap", next, time);
        }
    }

    #[test]
    fn completing_on_time_gives_the_expansion(series in any_series(), person in zone()) {
        let series = Series { mode: Mode::Schedule, ..series };
        let zone = series.zone.unwrap_or(person);
        let expansion: Vec<Due> = series.occurrences(person).take(12).collect();
        prop_assert!(expansion.windows(2).all(|pair| moment_of(pair[0], zone) < moment_of(pair[1], zone)));
        for pair in expansion.windows(2) {
            let completed_at = moment_of(pair[0], zone);
            prop_assert_eq!(series.next_after_completion(Some(pair[0]), completed_at, person), Some(pair[1]));
        }
        if let Some(first) = expansion.first() {
            let after: Vec<Due> = series.occurrences_after(*first, person).take(11).collect();
            prop_assert_eq!(&after[..], &expansion[1..]);
        }
    }

    #[test]
    fn export_and_import_give_the_same_dates(series in series_of(parsed(ALL).boxed()), person in zone()) {
        // The mode is no part of a rule.
        let series = Series { mode: Mode::Schedule, ..series };
        let text = series.to_rrule(person).unwrap();
        let back = Rule::parse_rrule(&text).unwrap();
        // What is exported without SKIP must mean the same to a reader that leaves short months out.
        let month_end = back.month_end.unwrap_or(MonthEnd::Skip);
        let imported = Series { rule: back.rule, count: back.count, until: back.until, month_end, ..series.clone() };
        let dates = |series: &Series| series.occurrences(person).take(20).collect::<Vec<_>>();
        prop_assert_eq!(dates(&imported), dates(&series), "{}", text);
        prop_assert!(!series.words(person).is_empty());
    }

    #[test]
    fn a_rule_reads_back(rule in parsed(ALL)) {
        let Rule::Calendar(calendar) = &rule else { return Ok(()) };
        prop_assert_eq!(Rule::parse_rrule(&calendar.to_rrule()).map(|parsed| parsed.rule), Ok(rule));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,40}", almost in "(FREQ|COUNT|UNTIL|BYDAY|SKIP)=[A-Z0-9,+-]{0,18};FREQ=[A-Z]{5,7}", cron in "[0-9*/,a-z-]{1,6}( [0-9*/,-]{1,5}){3,5}") {
        for text in [text, almost, cron] {
            for rule in [Rule::parse_rrule(&text).map(|parsed| parsed.rule), Rule::parse_cron(&text)].into_iter().flatten() {
                let series = Series::new(rule, Some(Due::Day(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap())));
                prop_assert!(series.occurrences(Tz::UTC).take(3).count() <= 3);
            }
        }
    }

    #[test]
    fn count_counts_what_is_left_out(series in any_series(), count in 1_u32..30) {
        // Of two occurrences that a skipped day makes one, both count.
        prop_assume!(!skips_days(series.zone.unwrap_or(Tz::UTC)));
        let whole = Series { count: None, until: None, exdates: Vec::new(), mode: Mode::Schedule, ..series.clone() };
        let counted = Series { count: Some(count), ..whole.clone() };
        let all: Vec<Due> = whole.occurrences(Tz::UTC).take(count as usize).collect();
        prop_assert_eq!(&counted.occurrences(Tz::UTC).collect::<Vec<_>>(), &all);
        let left_out = Series { exdates: series.exdates, ..counted };
        prop_assert!(left_out.occurrences(Tz::UTC).all(|due| all.contains(&due)));
    }

    #[test]
    fn dates_are_those_of_the_rrule_crate(text in rule_text(BY_DAY), anchor in wall()) {
        let Ok(parsed) = Rule::parse_rrule(&text) else { return Ok(()) };
        // The crate takes positions of the first week from the anchor on, and numbered weekdays as a limit on plain ones beside them.
        let weekly_positions = text.contains("WEEKLY") && text.contains("BYSETPOS");
        let days = text.split(';').find_map(|part| part.strip_prefix("BYDAY=")).unwrap_or("");
        let mixed = days.split(',').any(|day| day.len() == 2) && days.split(',').any(|day| day.len() > 2);
        prop_assume!(!weekly_positions && !mixed);
        let series = Series { month_end: MonthEnd::Skip, ..Series::new(parsed.rule, Some(Due::Instant(anchor.and_utc()))) };
        let start = rrule::Tz::UTC.from_utc_datetime(&anchor);
        let Ok(oracle) = text.parse::<rrule::RRule<rrule::Unvalidated>>().and_then(|rule| rule.build(start)) else { return Ok(()) };
        // What comes less than once in 400 years is none of ours.
        let near = oracle.all(8).dates.into_iter().take_while(|at| at.year() < anchor.year() + 390);
        let expected: Vec<Due> = near.map(|at| Due::Instant(at.to_utc())).collect();
        let got: Vec<Due> = series.occurrences(Tz::UTC).take(expected.len()).collect();
        prop_assert_eq!(got, expected, "{}", text);
    }
}

/// The same cases in every process: what their answers come to.
fn digest() -> u64 {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config(1), rng);
    let mut hasher = DefaultHasher::new();
    for _ in 0..500 {
        let series = any_series().new_tree(&mut runner).unwrap().current();
        for due in series.occurrences(Tz::Europe__Berlin).take(3) {
            due.show(Tz::Europe__Berlin).hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[test]
fn the_zone_of_the_process_does_not_matter() {
    const CHILD: &str = "SPINDLE_RECURRENCE_DIGEST";
    if std::env::var_os(CHILD).is_some() {
        println!("digest {}", digest());
        return;
    }
    let expected = format!("digest {}", digest());
    for zone in ["UTC", "Asia/Kolkata", "Pacific/Kiritimati"] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_zone_of_the_process_does_not_matter", "--nocapture"])
            .env(CHILD, "1")
            .env("TZ", zone)
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains(&expected), "{zone}: {printed}");
    }
}
