use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::{Task, TaskEdit, recurrence::Frequency};

fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn due(text: &str) -> Due {
    Due::parse(text).unwrap()
}

fn rule(text: &str) -> RecurrenceEdit {
    RecurrenceEdit {
        rule: Some(Some(text.to_owned())),
        ..RecurrenceEdit::default()
    }
}

fn pattern(pattern: Pattern) -> RecurrenceEdit {
    RecurrenceEdit {
        pattern: Some(Some(PatternWord::Plain(pattern))),
        ..RecurrenceEdit::default()
    }
}

fn edit(recurrence: RecurrenceEdit) -> TaskEdit {
    TaskEdit {
        recurrence,
        ..TaskEdit::default()
    }
}

fn task(recurrence: RecurrenceEdit) -> Result<Task, Vec<(String, &'static str)>> {
    let edit = TaskEdit {
        title: Some("Water the plants".into()),
        due: Some(Some(due("2026-11-30"))),
        recurrence,
        ..TaskEdit::default()
    };
    Task::create(Uuid::from_u128(1), edit, now()).map_err(told)
}

fn told(violations: Vec<Violation>) -> Vec<(String, &'static str)> {
    violations
        .into_iter()
        .map(|violation| (violation.field, violation.code))
        .collect()
}

fn recurrence(task: &Task) -> &Recurrence {
    task.recurrence.as_deref().unwrap()
}

#[test]
fn the_three_ways_of_writing_replace_each_other() {
    let weekly = task(pattern(Pattern::Weekly)).unwrap();
    assert!(weekly.recurs());
    let by_rule = weekly
        .edited(edit(rule("RRULE:freq=daily;INTERVAL=2")), now())
        .unwrap()
        .unwrap();
    assert_eq!(recurrence(&by_rule).repeat, Repeat::Rule("FREQ=DAILY;INTERVAL=2".into()));
    let cron = RecurrenceEdit {
        cron: Some(Some("0 9 * * MON".into())),
        ..RecurrenceEdit::default()
    };
    let by_cron = by_rule.edited(edit(cron.clone()), now()).unwrap().unwrap();
    assert_eq!(recurrence(&by_cron).repeat, Repeat::Cron("0 9 * * MON".into()));
    let none = RecurrenceEdit {
        cron: Some(None),
        ..RecurrenceEdit::default()
    };
    assert_eq!(by_cron.edited(edit(none.clone()), now()).unwrap().unwrap().recurrence, None);
    assert_eq!(
        by_rule.edited(edit(none), now()).unwrap(),
        None,
        "it is not the cron expression that it repeats by"
    );
    let both = RecurrenceEdit {
        rule: rule("FREQ=DAILY").rule,
        ..cron
    };
    assert_eq!(task(both), Err(vec![("recurrence_cron".to_owned(), "conflict")]));
    let both = RecurrenceEdit {
        rule: rule("FREQ=DAILY").rule,
        ..pattern(Pattern::Daily)
    };
    assert_eq!(task(both), Err(vec![("recurrence_rule".to_owned(), "conflict")]));
}

#[test]
fn custom_needs_something_that_says_how() {
    let custom = RecurrenceEdit {
        pattern: Some(Some(PatternWord::Custom)),
        ..RecurrenceEdit::default()
    };
    assert_eq!(task(custom.clone()), Err(vec![("recurrence_rule".to_owned(), "required")]));
    let by_rule = task(RecurrenceEdit {
        rule: rule("FREQ=DAILY").rule,
        ..custom.clone()
    })
    .unwrap();
    assert_eq!(by_rule.edited(edit(custom), now()).unwrap(), None);
}

#[test]
fn the_end_in_a_text_becomes_the_field() {
    let counted = task(rule("FREQ=DAILY;COUNT=3;SKIP=OMIT")).unwrap();
    let is = recurrence(&counted);
    assert_eq!(
        (&is.repeat, is.count, is.month_end),
        (&Repeat::Rule("FREQ=DAILY".into()), Some(3), MonthEnd::Skip)
    );
    assert_eq!(
        counted.edited(edit(rule("FREQ=DAILY")), now()).unwrap(),
        None,
        "the same text says nothing new"
    );
    let weekly = counted.edited(edit(rule("FREQ=WEEKLY")), now()).unwrap().unwrap();
    assert_eq!(recurrence(&weekly).count, None, "a new text brings its own end");
    let other = RecurrenceEdit {
        count: Some(Some(4)),
        ..rule("FREQ=DAILY;COUNT=3")
    };
    assert_eq!(task(other), Err(vec![("recurrence_count".to_owned(), "conflict")]));
    let both = RecurrenceEdit {
        count: Some(Some(4)),
        until: Some(Some(due("2027-01-01"))),
        ..rule("FREQ=DAILY")
    };
    assert_eq!(task(both), Err(vec![("recurrence_count".to_owned(), "conflict")]));
    let early = RecurrenceEdit {
        until: Some(Some(due("2026-11-01"))),
        ..rule("FREQ=DAILY")
    };
    assert_eq!(task(early), Err(vec![("recurrence_until".to_owned(), "out_of_range")]));
}

#[test]
fn what_is_wrong_is_told_by_its_field() {
    for (edit, field, code) in [
        (rule("FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2"), "recurrence_rule", "never_fires"),
        (rule("FREQ=DAILY;COUNT=2;UNTIL=20270101"), "recurrence_rule", "conflict"),
        (rule("daily"), "recurrence_rule", "not_a_rule"),
        (
            RecurrenceEdit {
                cron: Some(Some("0 0 9 * * *".into())),
                ..RecurrenceEdit::default()
            },
            "recurrence_cron",
            "not_a_cron_expression",
        ),
        (
            RecurrenceEdit {
                cron: Some(Some("0 9 31 2 *".into())),
                ..RecurrenceEdit::default()
            },
            "recurrence_cron",
            "never_fires",
        ),
        (
            RecurrenceEdit {
                interval: Some(Some(0)),
                ..pattern(Pattern::Daily)
            },
            "recurrence_interval",
            "out_of_range",
        ),
        (
            RecurrenceEdit {
                days: Some(vec!["XX".into()]),
                ..pattern(Pattern::Weekly)
            },
            "recurrence_days",
            "not_a_rule",
        ),
        (
            RecurrenceEdit {
                days: Some(vec!["MO".into()]),
                ..rule("FREQ=DAILY")
            },
            "recurrence_days",
            "conflict",
        ),
        (
            RecurrenceEdit {
                count: Some(Some(3)),
                ..RecurrenceEdit::default()
            },
            "recurrence_count",
            "no_recurrence",
        ),
        (
            RecurrenceEdit {
                enabled: Some(Some(true)),
                ..RecurrenceEdit::default()
            },
            "recurrence_enabled",
            "no_recurrence",
        ),
    ] {
        assert_eq!(task(edit.clone()), Err(vec![(field.to_owned(), code)]), "{edit:?}");
    }
}

#[test]
fn the_anchor_is_the_due_date_that_the_rule_was_set_with() {
    let monthly = task(pattern(Pattern::Monthly)).unwrap();
    assert_eq!(recurrence(&monthly).anchor, Some(due("2026-11-30")));
    let move_due = |task: &Task, day: &str, recurrence| {
        let edit = TaskEdit {
            due: Some(Some(due(day))),
            recurrence,
            ..TaskEdit::default()
        };
        task.edited(edit, now()).unwrap().unwrap()
    };
    let moved = move_due(&monthly, "2026-12-05", RecurrenceEdit::default());
    assert_eq!(recurrence(&moved).anchor, Some(due("2026-11-30")), "this one only");
    let together = move_due(&moved, "2026-12-06", pattern(Pattern::Monthly));
    assert_eq!(recurrence(&together).anchor, Some(due("2026-12-06")), "the series");
    let changed = moved.edited(edit(pattern(Pattern::Yearly)), now()).unwrap().unwrap();
    assert_eq!(recurrence(&changed).anchor, Some(due("2026-12-05")));
    let other_policy = RecurrenceEdit {
        missed: Some(MissedPolicy::Next),
        ..RecurrenceEdit::default()
    };
    let kept = moved.edited(edit(other_policy), now()).unwrap().unwrap();
    assert_eq!(recurrence(&kept).anchor, Some(due("2026-11-30")), "the rule is the same");
}

#[test]
fn a_pattern_makes_its_rule() {
    let fortnightly = RecurrenceEdit {
        interval: Some(Some(2)),
        days: Some(vec![" mo".into(), "MO".into(), "fr".into()]),
        ..pattern(Pattern::Weekly)
    };
    let series = recurrence(&task(fortnightly).unwrap()).series(None).unwrap();
    let Rule::Calendar(rule) = &series.rule else {
        panic!("{series:?}")
    };
    assert_eq!((rule.frequency(), rule.interval()), (Frequency::Weekly, 2));
    assert_eq!(
        series.to_rrule(Tz::UTC).as_deref(),
        Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR")
    );
}
