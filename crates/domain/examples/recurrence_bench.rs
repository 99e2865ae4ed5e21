//! How long the next occurrence takes: medians for common rules, and the slowest of many odd ones.
//!
//! `cargo run --release -p spindle-domain --example recurrence_bench`
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use spindle_domain::Due;
use spindle_domain::recurrence::{Mode, MonthEnd, Rule, Series};

const ROUNDS: usize = 2_001;
const PERSON: Tz = Tz::Europe__Berlin;
const COMMON: [(&str, &str); 14] = [
    ("FREQ=DAILY", "2006-03-01T09:00"),
    ("FREQ=DAILY;COUNT=9999", "2006-03-01T09:00"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2006-03-01"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=2000", "2006-03-01"),
    ("FREQ=MONTHLY", "2006-01-31"),
    ("FREQ=MONTHLY;BYDAY=-1FR", "2006-01-31T18:00"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2006-01-31T18:00"),
    ("FREQ=YEARLY", "2004-02-29"),
    ("FREQ=YEARLY;BYDAY=20MO", "2004-02-29"),
    ("FREQ=HOURLY;INTERVAL=12", "2006-03-01T09:00"),
    ("FREQ=MINUTELY;INTERVAL=7;BYDAY=SA", "1970-01-01T00:00"),
    ("0 9 1 * 5", "2006-03-01T09:00"),
    ("*/15 * * * *", "2006-03-01T09:00"),
    ("0 0 29 2 */7", "2006-03-01T09:00"),
];

fn series(rule: &str, anchor: &str) -> Option<Series> {
    let anchor = Due::parse(anchor).ok();
    match Rule::parse_rrule(rule) {
        Ok(parsed) => Some(Series {
            count: parsed.count,
            until: parsed.until,
            ..Series::new(parsed.rule, anchor)
        }),
        Err(_) => Rule::parse_cron(rule).ok().map(|rule| Series::new(rule, anchor)),
    }
}

fn next(series: &Series, completed_at: DateTime<Utc>) -> (Option<Due>, Duration) {
    let due = Some(Due::Instant(completed_at));
    let start = Instant::now();
    let next = black_box(series).next_after_completion(due, completed_at, PERSON);
    (black_box(next), start.elapsed())
}

fn common(now: DateTime<Utc>) {
    for (rule, anchor) in COMMON {
        let Some(series) = series(rule, anchor) else { continue };
        let mut times: Vec<Duration> = (0..ROUNDS).map(|_| next(&series, now).1).collect();
        times.sort_unstable();
        let due = next(&series, now).0.map_or("the end".to_owned(), |due| due.show(PERSON));
        println!(
            "{:>9.2?}  {rule:<55} {due}",
            times.get(ROUNDS / 2).copied().unwrap_or_default()
        );
    }
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let _ = black_box(Rule::parse_rrule(black_box(
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,-1FR;COUNT=10",
        )));
    }
    println!(
        "{:>9.2?}  reading a rule",
        start.elapsed() / u32::try_from(ROUNDS).unwrap_or(1)
    );
}

/// All combinations of parts that rarely or never meet, with anchors since 1900: the slowest of them.
fn odd(now: DateTime<Utc>) {
    let mut slowest = (Duration::ZERO, String::new());
    let mut asked = 0_u32;
    for frequency in ["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"] {
        for interval in [1, 2, 7, 24, 28, 48, 97, 168, 365, 1_440, 9_999] {
            for months in ["", ";BYMONTH=2", ";BYMONTH=4,6,9,11"] {
                for days in ["", ";BYMONTHDAY=29", ";BYMONTHDAY=31,-31", ";BYMONTHDAY=13"] {
                    for weekdays in ["", ";BYDAY=MO", ";BYDAY=FR,SA", ";BYDAY=5SU", ";BYDAY=-1MO"] {
                        for end in ["", ";COUNT=9999", ";BYSETPOS=2", ";BYSETPOS=-3;COUNT=9999"] {
                            let text = format!("FREQ={frequency};INTERVAL={interval}{months}{days}{weekdays}{end}");
                            for anchor in ["1900-01-01T00:00", "1904-02-29", "2026-11-22T02:30"] {
                                let Some(mut series) = series(&text, anchor) else { continue };
                                for (mode, month_end) in [
                                    (Mode::Schedule, MonthEnd::Skip),
                                    (Mode::Schedule, MonthEnd::Clamp),
                                    (Mode::Completion, MonthEnd::Skip),
                                ] {
                                    series.mode = mode;
                                    series.month_end = month_end;
                                    // The quickest of three, so that what else the machine does is not measured.
                                    let time = (0..3).map(|_| next(&series, now).1).min().unwrap_or_default();
                                    asked += 1;
                                    if time > slowest.0 {
                                        slowest = (time, format!("{text} from {anchor}, {mode:?}, {month_end:?}"));
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{:>9.2?}  the slowest of {asked}: {}", slowest.0, slowest.1);
}

fn main() {
    let now = DateTime::from_timestamp(1_795_350_000, 0).unwrap_or_default();
    common(now);
    odd(now);
}
