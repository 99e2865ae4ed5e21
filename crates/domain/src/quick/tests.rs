use super::*;
use crate::Priority;
use crate::recurrence::{Mode, Repeat};

mod properties;

/// Thursday, 26 November 2026, 10:00 in Berlin.
fn options() -> Options {
    Options {
        now: "2026-11-26T09:00:00Z".parse().unwrap(),
        zone: Tz::Europe__Berlin,
        week_start: WeekStart::Monday,
        language: None,
        literal: Vec::new(),
    }
}

fn read(text: &str) -> Parsed {
    parse(text, &options())
}

fn due(text: &str) -> Option<String> {
    read(text).task.due.map(|due| due.show(Tz::UTC))
}

fn title(text: &str) -> String {
    read(text).task.title
}

fn rule(text: &str) -> Option<String> {
    let recurrence = read(text).task.recurrence?;
    let mode = if recurrence.mode == Mode::Completion {
        " from completion"
    } else {
        ""
    };
    Some(match recurrence.repeat {
        Repeat::Pattern { pattern, interval, days } => format!("{pattern:?} {interval} {}{mode}", days.join(",")),
        Repeat::Rule(rule) => format!("{rule}{mode}"),
        Repeat::Cron(cron) => cron,
    })
}

#[track_caller]
fn says(text: &str, title_told: &str, due_told: &str) {
    assert_eq!(
        (title(text).as_str(), due(text).unwrap_or_default().as_str()),
        (title_told, due_told),
        "{text}"
    );
}

#[track_caller]
fn repeats(text: &str, rule_told: &str, due_told: &str) {
    let read = read(text);
    assert_eq!(read.errors, [], "{text}");
    assert_eq!(
        (rule(text).as_deref(), due(text).as_deref()),
        (Some(rule_told), Some(due_told)),
        "{text}: {:?}",
        read.spans
    );
}

#[test]
fn a_line_says_everything() {
    let read = read("Water the plants every 2 weeks on mon, wed 9am #home #\"in the garden\" !high remind 30m before");
    assert_eq!(read.task.title, "Water the plants");
    assert_eq!(read.task.tags, ["home", "in the garden"]);
    assert_eq!(read.task.priority, Priority::High);
    assert_eq!(read.task.due, Some(Due::parse("2026-11-30T09:00").unwrap()));
    assert_eq!(read.task.reminder.minutes(read.task.due), Some(30));
    assert_eq!(
        read.words.as_deref(),
        Some("every 2 weeks on Monday and Wednesday"),
        "{:?}",
        read.words
    );
    let next: Vec<String> = read.next.iter().map(|due| due.show(Tz::UTC)).collect();
    assert_eq!(
        next,
        [
            "2026-12-02T09:00",
            "2026-12-14T09:00",
            "2026-12-16T09:00",
            "2026-12-28T09:00",
            "2026-12-30T09:00"
        ]
    );
    let kinds: Vec<&str> = read.spans.iter().map(|span| span.kind.as_str()).collect();
    assert_eq!(kinds, ["recurrence", "time", "tag", "tag", "priority", "reminder"]);
    assert_eq!((read.errors.len(), read.spans[0].start, read.spans[0].end), (0, 17, 42));
}

#[test]
fn days_are_read() {
    for (text, day) in [
        ("a today", "2026-11-26"),
        ("a tomorrow", "2026-11-27"),
        ("a day after tomorrow", "2026-11-28"),
        ("a tonight", "2026-11-26T20:00"),
        ("a friday", "2026-11-27"),
        ("a thursday", "2026-12-03"),
        ("a next thursday", "2026-12-03"),
        ("a next monday", "2026-11-30"),
        ("a this sunday", "2026-11-29"),
        ("a next week", "2026-11-30"),
        ("a next month", "2026-12-01"),
        ("a in 3 days", "2026-11-29"),
        ("a in two weeks", "2026-12-10"),
        ("a in a month", "2026-12-26"),
        ("a in 2 hours", "2026-11-26T12:00"),
        ("a in 30m", "2026-11-26T10:30"),
        ("a 31 jan", "2027-01-31"),
        ("a jan 31", "2027-01-31"),
        ("a by 31st of January 2028", "2028-01-31"),
        ("a 29 feb", "2028-02-29"),
        ("a 2026-12-01", "2026-12-01"),
        ("a 31.12.", "2026-12-31"),
        ("a 31.12.2027", "2027-12-31"),
        ("a on the 31st", "2026-12-31"),
        ("a on mon", "2026-11-30"),
        ("a fri", "2026-11-27"),
        ("a until friday", "2026-11-27"),
        ("a heute", "2026-11-26"),
        ("a übermorgen", "2026-11-28"),
        ("a heute Abend", "2026-11-26T20:00"),
        ("a nächsten Montag", "2026-11-30"),
        ("a in 3 Tagen", "2026-11-29"),
        ("a am 31. Januar", "2027-01-31"),
        ("a bis zum 15.", "2026-12-15"),
        ("a bis Freitag", "2026-11-27"),
    ] {
        says(text, "a", day);
    }
}

#[test]
fn times_are_read() {
    for (text, at) in [
        ("a tomorrow 9am", "2026-11-27T09:00"),
        ("a tomorrow at 9", "2026-11-27T09:00"),
        ("a tomorrow at 9:30pm", "2026-11-27T21:30"),
        ("a 9am", "2026-11-27T09:00"),
        ("a at 14:00", "2026-11-26T14:00"),
        ("a 12am tomorrow", "2026-11-27T00:00"),
        ("a noon", "2026-11-26T12:00"),
        ("a 9 pm", "2026-11-26T21:00"),
        ("a friday by 5pm", "2026-11-27T17:00"),
        ("a morgen um 9 Uhr", "2026-11-27T09:00"),
        ("a morgen 9 Uhr 30", "2026-11-27T09:30"),
        ("a um 14:30 Uhr", "2026-11-26T14:30"),
        ("a tonight 9pm", "2026-11-26T21:00"),
    ] {
        says(text, "a", at);
    }
}

#[test]
fn rules_are_read() {
    for (text, rule, first) in [
        ("a every day", "Daily 1 ", "2026-11-26"),
        ("a daily 9am", "Daily 1 ", "2026-11-27T09:00"),
        ("a every other day", "Daily 2 ", "2026-11-26"),
        ("a every weekday", "Weekly 1 MO,TU,WE,TH,FR", "2026-11-26"),
        ("a every mon, wed and fri", "Weekly 1 MO,WE,FR", "2026-11-27"),
        ("a every other friday", "Weekly 2 FR", "2026-11-27"),
        ("a every month on the 31st", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30"),
        ("a 31st monthly", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30"),
        ("a every 15th", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-12-15"),
        ("a last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30"),
        ("a every first monday", "Monthly 1 1MO", "2026-12-07"),
        ("a on the last friday of every month", "Monthly 1 -1FR", "2026-11-27"),
        ("a yearly", "Yearly 1 ", "2026-11-26"),
        ("a every 31 jan", "Yearly 1 ", "2027-01-31"),
        ("a every year on jan 31", "Yearly 1 ", "2027-01-31"),
        ("a every quarter", "Monthly 3 ", "2026-11-26"),
        ("a every 3 hours", "FREQ=HOURLY;INTERVAL=3", "2026-11-26T13:00"),
        ("a every! 10 days", "Daily 10  from completion", "2026-11-26"),
        ("a every monday starting 14.12.2026", "Weekly 1 MO", "2026-12-14"),
        ("a every month 1 jan", "Monthly 1 ", "2027-01-01"),
        ("a jeden Tag", "Daily 1 ", "2026-11-26"),
        ("a täglich um 9 Uhr", "Daily 1 ", "2026-11-27T09:00"),
        ("a alle 2 Wochen am Mo, Mi", "Weekly 2 MO,WE", "2026-11-30"),
        ("a jeden zweiten Tag", "Daily 2 ", "2026-11-26"),
        ("a jeden Montag", "Weekly 1 MO", "2026-11-30"),
        ("a montags", "Weekly 1 MO", "2026-11-30"),
        ("a jeden Monat am 31.", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30"),
        ("a jeden ersten Montag im Monat", "Monthly 1 1MO", "2026-12-07"),
        ("a am letzten Tag des Monats", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30"),
        ("a jeden! 10 Tage", "Daily 10  from completion", "2026-11-26"),
        ("a werktags", "Weekly 1 MO,TU,WE,TH,FR", "2026-11-26"),
    ] {
        repeats(text, rule, first);
        assert_eq!(title(text), "a", "{text}");
    }
}

#[test]
fn rules_end() {
    for text in [
        "a every day until 2027-01-01",
        "a every day 9am until 1 jan 2027",
        "a täglich bis 01.01.2027",
    ] {
        let recurrence = read(text).task.recurrence.unwrap();
        assert_eq!(
            (recurrence.until, title(text)),
            (Some(Due::parse("2027-01-01").unwrap()), "a".to_owned()),
            "{text}"
        );
    }
    for text in ["a every day for 5 times", "a daily 5x", "a jeden Tag 5 mal"] {
        assert_eq!(
            (read(text).task.recurrence.unwrap().count, title(text)),
            (Some(5), "a".to_owned()),
            "{text}"
        );
    }
    let wrong = read("a every day until 2020-01-01");
    assert_eq!(wrong.errors[0].field, "recurrence_until");
    assert_eq!(read("a every 0 days").errors[0].field, "recurrence_interval");
}

#[test]
fn titles_stay_titles() {
    for text in [
        "The 9/11 Report",
        "check money",
        "Buy sun cream",
        "Weekly review",
        "Run 5 times around the block",
        "Fix #42",
        "C# course",
        "Wow!high",
        "every so often",
        "sat nav update",
        "Read chapter 3.4",
        "do the laundry",
        "Pay 12.50 to Max",
        "!important",
        "Learn 7 languages",
        "Monty Python marathon",
        "She may come",
        "5\" pipe",
        "# heading",
        "Remind Anna",
    ] {
        let read = read(text);
        assert_eq!(
            (read.task.title.as_str(), read.spans.len(), read.task.due),
            (text, 0, None),
            "{:?}",
            read.spans
        );
    }
}

#[test]
fn quotes_and_literals_are_title() {
    says(
        "Watch \"Tomorrow never dies\" tomorrow",
        "Watch Tomorrow never dies",
        "2026-11-27",
    );
    says("„Heute Abend“ lesen", "Heute Abend lesen", "");
    says("every \"x\" day", "every x day", "");
    let options = Options {
        literal: vec!["every 2 weeks on mon".to_owned(), "#home".to_owned()],
        ..options()
    };
    let read = parse("Play every 2 weeks on mon #home !low", &options);
    assert_eq!(read.task.title, "Play every 2 weeks on mon #home");
    assert_eq!(read.spans.len(), 1);
}

#[test]
fn of_two_the_last_counts() {
    says("Prepare Monday meeting tomorrow", "Prepare Monday meeting", "2026-11-27");
    assert_eq!(read("a !high !low").task.priority, Priority::Low);
    assert_eq!(title("a !high !low"), "a !high");
    // A date that is not beside a rule is none of its beginning.
    says(
        "Send friday report to Bob every monday",
        "Send friday report to Bob",
        "2026-11-30",
    );
}

#[test]
fn a_language_can_be_chosen() {
    let english = Options {
        language: Some(Language::En),
        ..options()
    };
    assert_eq!(parse("a morgen", &english).task.due, None);
    let german = Options {
        language: Some(Language::De),
        ..options()
    };
    assert_eq!(parse("a tomorrow", &german).task.due, None);
    assert!(parse("a morgen", &german).task.due.is_some());
}

#[test]
fn the_persons_zone_and_week_count() {
    let sunday = Options {
        week_start: WeekStart::Sunday,
        ..options()
    };
    assert_eq!(
        parse("a next sunday", &sunday).task.due,
        Some(Due::parse("2026-11-29").unwrap())
    );
    assert_eq!(read("a next sunday").task.due, Some(Due::parse("2026-12-06").unwrap()));
    let kiritimati = Options {
        zone: Tz::Pacific__Kiritimati,
        now: "2026-11-26T12:00:00Z".parse().unwrap(),
        ..options()
    };
    assert_eq!(
        parse("a today", &kiritimati).task.due,
        Some(Due::parse("2026-11-27").unwrap())
    );
}

#[test]
fn broken_rules_are_told_with_the_rest_understood() {
    let empty = read("tomorrow");
    assert_eq!((empty.errors[0].field.as_str(), empty.task.title.as_str()), ("title", ""));
    assert!(empty.task.due.is_some());
    let long = format!("a #{}", "x".repeat(65));
    assert_eq!(read(&long).errors[0].field, "tags.0");
    let spans = read("🤖 tomorrow").spans;
    assert_eq!((spans[0].start, spans[0].end), (3, 11), "UTF-16 code units");
}
