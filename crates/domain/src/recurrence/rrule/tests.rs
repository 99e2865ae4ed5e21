use super::*;

fn canonical(text: &str) -> Result<String, RuleError> {
    Rule::parse_rrule(text).map(|parsed| match parsed.rule {
        Rule::Calendar(rule) => rule.to_rrule(),
        Rule::Cron(_) => "cron".to_owned(),
    })
}

#[test]
fn rules_have_one_form() {
    for (text, expected) in [
        ("FREQ=DAILY", "FREQ=DAILY"),
        (
            "rrule:interval=2;freq=weekly;byday=we,mo,MO;wkst=mo;",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR,+1MO,1MO", "FREQ=MONTHLY;BYDAY=-1FR,1MO"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1,31,15;BYSETPOS=2,1",
            "FREQ=MONTHLY;BYMONTHDAY=15,31,-1;BYSETPOS=1,2",
        ),
        (
            "FREQ=YEARLY;BYDAY=53MO;BYMONTH=12,1;WKST=SU;INTERVAL=1",
            "FREQ=YEARLY;BYMONTH=1,12;BYDAY=53MO;WKST=SU",
        ),
        ("FREQ=HOURLY;INTERVAL=12;COUNT=3", "FREQ=HOURLY;INTERVAL=12"),
    ] {
        assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        assert_eq!(canonical(expected).as_deref(), Ok(expected));
    }
}

#[test]
fn ends_are_read() {
    let end =
        |text: &str| Rule::parse_rrule(&format!("FREQ=DAILY;{text}")).map(|parsed| (parsed.count, parsed.until.map(show_until)));
    assert_eq!(end("COUNT=5"), Ok((Some(5), None)));
    for until in ["20260531", "20260531T090000", "19971224T000000Z"] {
        assert_eq!(end(&format!("UNTIL={until}")), Ok((None, Some(until.to_owned()))));
    }
    assert_eq!(end("COUNT=5;UNTIL=20260531"), Err(RuleError::CountAndUntil));
    for wrong in [
        "UNTIL=2026053",
        "UNTIL=20260231",
        "UNTIL=18991231",
        "UNTIL=20260531T0900",
        "UNTIL=20260531Z",
        "UNTIL=+0260531",
        "UNTIL=2026053é1",
    ] {
        assert!(matches!(end(wrong), Err(RuleError::Value { part: "UNTIL", .. })), "{wrong}");
    }
    assert_eq!(
        Rule::parse_rrule("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT").map(|parsed| parsed.month_end),
        Ok(Some(MonthEnd::Skip))
    );
}

#[test]
fn nonsense_is_refused() {
    use RuleError as E;
    for (text, expected) in [
        ("", E::Form),
        ("DAILY", E::Form),
        ("FREQ=DAILY;;", E::Form),
        ("INTERVAL=2", E::NoFrequency),
        ("FREQ=SECONDLY", E::NoFrequency),
        ("FREQ=DAILY;FREQ=DAILY", E::Twice("FREQ")),
        ("FREQ=DAILY;BYHOUR=9", E::UnknownPart),
        ("FREQ=DAILY;INTERVAL=0", E::Interval),
        ("FREQ=DAILY;INTERVAL=-1", E::Interval),
        ("FREQ=DAILY;INTERVAL=10000", E::Interval),
        ("FREQ=DAILY;INTERVAL=99999999999", E::Interval),
        ("FREQ=DAILY;COUNT=0", E::Count),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", E::Never),
        ("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31", E::Never),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-30", E::Never),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3,-3", E::Never),
    ] {
        assert_eq!(canonical(text), Err(expected), "{text}");
    }
    for text in [
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=DAILY;BYDAY=-1FR",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=1",
        "FREQ=MONTHLY;BYSETPOS=1",
    ] {
        assert!(matches!(canonical(text), Err(E::Unfit { .. })), "{text}");
    }
    for text in [
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO,",
        "FREQ=WEEKLY;BYDAY=MON",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=WEEKLY;WKST=XX",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "RSCALE=CHINESE;FREQ=DAILY",
        "FREQ=MONTHLY;SKIP=FORWARD",
        "FREQ=MONTHLY;BYDAY=éO",
    ] {
        assert!(matches!(canonical(text), Err(E::Value { .. })), "{text}");
    }
    assert_eq!(
        canonical(&format!("FREQ=DAILY;BYMONTH={}1", "1,".repeat(600))),
        Err(E::TooLong)
    );
}
