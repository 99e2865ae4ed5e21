use super::*;

fn cron(text: &str) -> Cron {
    match Rule::parse_cron(text) {
        Ok(Rule::Cron(cron)) => cron,
        other => panic!("{text}: {other:?}"),
    }
}

fn fires(text: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
    let cron = cron(text);
    let mut at: DateTime<Utc> = after.parse().unwrap();
    let next = || {
        at = cron.first_after(at, zone)?;
        Some(at.format("%Y-%m-%dT%H:%MZ").to_string())
    };
    std::iter::from_fn(next).take(count).collect()
}

#[test]
fn fields_are_read() {
    assert_eq!(cron(" 5  4 * jan-mar,12 Mon ").as_str(), "5 4 * JAN-MAR,12 MON");
    assert_eq!(cron("*/20 8-18/5 * * *").minutes, 1 | 1 << 20 | 1 << 40);
    assert_eq!(cron("*/20 8-18/5 * * *").hours, 1 << 8 | 1 << 13 | 1 << 18);
    assert_eq!(cron("50/4 * * * *").minutes, 1 << 50 | 1 << 54 | 1 << 58);
    assert_eq!(cron("0 0 * * 5-7").weekdays, 0b110_0001);
    for text in [
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
        ", * * * *",
        "- * * * *",
        "+1 * * * *",
        "? * * * *",
    ] {
        assert!(matches!(Rule::parse_cron(text), Err(RuleError::CronField { .. })), "{text}");
    }
    assert_eq!(Rule::parse_cron("0 0 9 * * MON"), Err(RuleError::CronFields(6)));
    assert_eq!(Rule::parse_cron("@daily"), Err(RuleError::CronFields(1)));
    for never in ["0 9 31 2 *", "0 9 30,31 FEB */2", "0 9 31 4,6,9,11 *"] {
        assert_eq!(Rule::parse_cron(never), Err(RuleError::Never), "{never}");
    }
    assert!(Rule::parse_cron("0 9 31 2 5").is_ok(), "or on a Friday of February");
}

#[test]
fn rare_days_are_found() {
    assert_eq!(
        fires("0 0 29 2 */7", Tz::UTC, "2026-01-01T00:00:00Z", 3),
        ["2032-02-29T00:00Z", "2060-02-29T00:00Z", "2088-02-29T00:00Z"]
    );
    assert_eq!(fires("0 0 29 2 *", Tz::UTC, "2096-03-01T00:00:00Z", 1), ["2104-02-29T00:00Z"]);
}

#[test]
fn fixed_times_fire_once_when_the_clock_changes() {
    assert_eq!(
        fires("30 2 * * *", Tz::Europe__Berlin, "2026-03-28T01:30:00Z", 2),
        ["2026-03-29T01:30Z", "2026-03-30T00:30Z"]
    );
    assert_eq!(
        fires("30 1 * * *", Tz::America__New_York, "2026-11-01T05:00:00Z", 2),
        ["2026-11-01T05:30Z", "2026-11-02T06:30Z"]
    );
    // Lord Howe skips 02:00 to 02:30: 02:15 moves to 02:45, behind 02:40.
    assert_eq!(
        fires("15,40 2 * * *", Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", 3),
        ["2026-10-03T15:40Z", "2026-10-03T15:45Z", "2026-10-04T15:15Z"]
    );
    assert_eq!(
        fires("30 2,3 * * *", Tz::Europe__Berlin, "2026-03-29T00:00:00Z", 2),
        ["2026-03-29T01:30Z", "2026-03-30T00:30Z"],
        "moved onto another, it is one"
    );
}

#[test]
fn times_with_a_star_follow_the_clock() {
    let zone = Tz::America__New_York;
    assert_eq!(
        fires("*/30 * * * *", zone, "2026-11-01T05:00:00Z", 4),
        [
            "2026-11-01T05:30Z",
            "2026-11-01T06:00Z",
            "2026-11-01T06:30Z",
            "2026-11-01T07:00Z"
        ]
    );
    assert_eq!(
        fires("*/30 * * * *", zone, "2026-03-08T06:30:00Z", 2),
        ["2026-03-08T07:00Z", "2026-03-08T07:30Z"]
    );
    assert_eq!(
        fires("*/30 2 * * *", zone, "2026-03-08T06:30:00Z", 1),
        ["2026-03-09T06:00Z"],
        "there is no two o'clock that day"
    );
    assert_eq!(
        fires("* 1 1 11 *", zone, "2026-11-01T05:59:00Z", 1),
        ["2026-11-01T06:00Z"],
        "one o'clock comes twice"
    );
}
