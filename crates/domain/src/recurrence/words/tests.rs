use super::*;

fn series(rule: &str, anchor: &str) -> Series {
    let anchor = Due::parse(anchor).ok();
    match Rule::parse_rrule(rule) {
        Ok(parsed) => Series {
            count: parsed.count,
            until: parsed.until,
            ..Series::new(parsed.rule, anchor)
        },
        Err(_) => Series::new(Rule::parse_cron(rule).unwrap(), anchor),
    }
}

fn words(rule: &str, anchor: &str) -> String {
    series(rule, anchor).words(Tz::UTC)
}

#[test]
fn rules_are_told() {
    for (rule, anchor, expected) in [
        ("FREQ=DAILY", "2026-11-22", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "2026-11-22", "every 3 days, 5 times"),
        ("FREQ=HOURLY;INTERVAL=12", "2026-11-22T09:00", "every 12 hours"),
        ("FREQ=WEEKLY", "2026-11-22", "every week on Sunday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-22", "every weekday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261231",
            "2026-11-23",
            "every 2 weeks on Monday and Wednesday, until 31 December 2026",
        ),
        (
            "FREQ=MONTHLY",
            "2026-01-31",
            "every month on the 31st, the last day in shorter months",
        ),
        ("FREQ=MONTHLY", "2026-01-15", "every month on the 15th"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-15", "every month on the last day"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15,-2",
            "2026-01-15",
            "every month on the 1st, 15th and the 2nd to last day",
        ),
        (
            "FREQ=MONTHLY;BYDAY=1MO,-1FR",
            "2026-01-15",
            "every month on the last Friday and the first Monday",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "2026-01-15",
            "every month on the 13th if it is Friday",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-01-15",
            "every month on Monday to Friday, only the last of these",
        ),
        (
            "FREQ=YEARLY",
            "2024-02-29",
            "every year on 29 February, 28 February in other years",
        ),
        ("FREQ=YEARLY", "2026-01-31", "every year on 31 January"),
        (
            "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15",
            "2026-01-15",
            "every year on the 15th in January and July",
        ),
    ] {
        assert_eq!(words(rule, anchor), expected, "{rule}");
    }
}

#[test]
fn cron_expressions_are_told() {
    for (rule, expected) in [
        ("0 9 * * *", "at 09:00 every day"),
        ("30 8,17 * * MON-FRI", "at 08:30 and 17:30 on Monday to Friday"),
        ("0 9 1 * 5", "at 09:00 on the 1st of the month or on Friday"),
        ("0 9 1,15 * *", "at 09:00 on the 1st and the 15th of the month"),
        ("1 1 1-7 * */7", "at 01:01 on the 1st to the 7th of the month if it is Sunday"),
        (
            "0 9 */10 * 1,2",
            "at 09:00 on the 1st, the 11th, the 21st and the 31st of the month if it is Monday or Tuesday",
        ),
        ("0 0 1 1,6 *", "at 00:00 on the 1st of the month in January and June"),
        ("*/15 * * * *", "every 15 minutes"),
        ("*/1 * * * *", "every minute"),
        ("5 * * * *", "every hour at minute 5"),
        ("5,35 0-23 * * *", "every hour at minutes 5 and 35 every day"),
        ("*/7 8-18 * * *", "every 7 minutes from 08:00 to 18:59 every day"),
        ("* 9 * * 1", "every minute from 09:00 to 09:59 on Monday"),
        ("*/30 8,12,16 * * *", "every 30 minutes in the hours 8, 12 and 16 every day"),
        ("30 */2 * * *", "every 2 hours at minute 30"),
        (
            "0,30 8-18 * * 1-5",
            "every hour from 08:00 to 18:59 at minutes 0 and 30 on Monday to Friday",
        ),
        (
            "0,20,40 8,12,16 * * *",
            "at minutes 0, 20 and 40 in the hours 8, 12 and 16 every day",
        ),
    ] {
        assert_eq!(words(rule, "2026-01-15"), expected, "{rule}");
    }
}

#[test]
fn policies_are_told() {
    let mut series = series("FREQ=MONTHLY", "2026-01-30");
    series.month_end = MonthEnd::Skip;
    series.mode = Mode::Completion;
    series.exdates = vec![chrono::NaiveDate::from_ymd_opt(2026, 9, 9).unwrap()];
    assert_eq!(
        series.words(Tz::UTC),
        "every month on the 30th, not in shorter months, counted from completion, except 9 September 2026"
    );
}

#[test]
fn clamping_is_exported_for_any_reader() {
    let export = |rule, anchor| series(rule, anchor).to_rrule(Tz::UTC);
    for (rule, anchor, expected) in [
        ("FREQ=MONTHLY", "2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        (
            "FREQ=MONTHLY;COUNT=3",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTHDAY=30,-1;BYSETPOS=1;COUNT=3",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTHDAY=15,30,-1;BYSETPOS=1,2",
        ),
        ("FREQ=MONTHLY", "2026-01-28", "FREQ=MONTHLY"),
        (
            "FREQ=YEARLY",
            "2024-02-29",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,-1;BYSETPOS=1",
        ),
        ("FREQ=YEARLY", "2026-01-31", "FREQ=YEARLY"),
        (
            "FREQ=YEARLY;BYMONTH=1,2",
            "2026-01-30",
            "FREQ=MONTHLY;BYMONTH=1,2;BYMONTHDAY=30,-1;BYSETPOS=1",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=30,-2",
            "2026-01-30",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30,-2;SKIP=BACKWARD",
        ),
        (
            "FREQ=DAILY;UNTIL=20261231T090000",
            "2026-01-30",
            "FREQ=DAILY;UNTIL=20261231T090000",
        ),
    ] {
        assert_eq!(export(rule, anchor).as_deref(), Some(expected), "{rule}");
    }
    assert_eq!(export("0 9 * * *", "2026-01-30"), None);
}
