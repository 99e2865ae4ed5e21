use spindle_domain::{
    recurrence::{MissedPolicy, Mode, MonthEnd, Pattern, Recurrence, Repeat, Successor},
    reminder::{Before, Reminder},
};

use super::*;

fn task(title: &str, description: &str) -> Task {
    let now = DateTime::from_timestamp_millis(1_795_485_159_739).unwrap();
    Task {
        id: uuid::Builder::from_unix_timestamp_millis(1_795_485_159_739, &[7; 10]).into_uuid(),
        version: 3,
        title: title.to_owned(),
        description: description.to_owned(),
        priority: Priority::High,
        tags: vec!["home".to_owned(), "Küche".to_owned()],
        due: Some(Due::parse("2026-11-22T09:00").unwrap()),
        time_zone: Some(chrono_tz::Europe::Berlin),
        completed_at: Some(now),
        created_at: now,
        updated_at: now + chrono::TimeDelta::milliseconds(5),
        deleted_at: None,
        reminder: Reminder::default(),
        recurrence: None,
        parent: None,
        rings_at: None,
        position: None,
        successor: None,
    }
}

fn plain() -> Task {
    Task {
        version: 1,
        priority: Priority::None,
        tags: vec![],
        due: None,
        time_zone: None,
        completed_at: None,
        updated_at: task("", "").created_at,
        ..task("a", "")
    }
}

fn repeating(recurrence: Recurrence) -> Task {
    Task {
        recurrence: Some(Box::new(recurrence)),
        ..plain()
    }
}

#[test]
fn what_is_stored_reads_back_whatever_the_text_holds() {
    let tasks = [
        task("quotes \" and \\ slashes \\\"", "lines\nand\ttabs \u{1f916}"),
        plain(),
        Task {
            due: Some(Due::parse("2026-11-22").unwrap()),
            ..plain()
        },
        Task {
            due: Some(Due::parse("2026-11-22T09:00:00+02:00").unwrap()),
            ..plain()
        },
        Task {
            reminder: Reminder {
                at: Some(task("", "").created_at),
                before: Before::Never,
                days: 3,
            },
            rings_at: Some(task("", "").created_at),
            parent: Some(Uuid::from_u128(5)),
            successor: Some(Successor {
                version: 7,
                withdrawn: true,
            }),
            ..plain()
        },
        repeating(Recurrence {
            count: Some(4),
            exdates: vec!["2026-12-01".parse().unwrap(), "2026-12-24".parse().unwrap()],
            anchor: Some(Due::parse("2026-11-22T09:00:00+02:00").unwrap()),
            ..Recurrence::new(Repeat::Rule("FREQ=MONTHLY;BYDAY=-1FR".to_owned()))
        }),
        repeating(Recurrence {
            mode: Mode::Completion,
            missed: MissedPolicy::Next,
            month_end: MonthEnd::Skip,
            until: Some(Due::parse("2027-11-22").unwrap()),
            enabled: false,
            ..Recurrence::new(Repeat::Cron("*/5 9 1,15 * MON".to_owned()))
        }),
        repeating(Recurrence::new(Repeat::Pattern {
            pattern: Pattern::Monthly,
            interval: 12,
            days: vec!["1MO".to_owned(), "-1FR".to_owned()],
        })),
        Task {
            id: Uuid::from_u128(0x1234_5678_9abc_5def_8123_4567_89ab_cdef),
            ..plain()
        },
    ];
    for task in tasks {
        let row = Row::of(&task);
        assert_eq!(row.task().as_ref(), Some(&task));
        let shard = Shard {
            depth: 2,
            rows: vec![Row::of(&plain()), row, Row::of(&plain())],
        };
        let json = serde_json::to_string(&shard.doc()).unwrap();
        let doc: ShardDoc<'_> = serde_json::from_str(&json).unwrap();
        let rows: Vec<Row<'_>> = doc.rows().collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].task().as_ref(), Some(&task));
        assert_eq!(rows[1].facts().unwrap().tags, task.tags.join(","));
    }
}

#[test]
fn a_plain_task_costs_few_bytes() {
    assert_eq!(
        Row::of(&plain()).0.len(),
        32 + 12 + "1".len() + "0".len() + "1".len() + "a".len()
    );
}

#[test]
fn one_line_is_found_without_reading_the_others() {
    let wanted = task("ends in a \\ slash \"and quote\"", "");
    let other = Task {
        id: Uuid::from_u128(9),
        title: format!("mentions {}", wanted.id.simple()),
        ..plain()
    };
    for rows in [
        vec![Row::of(&other), Row::of(&wanted)],
        vec![Row::of(&wanted), Row::of(&other)],
    ] {
        let json = serde_json::to_string(&Shard { depth: 0, rows }.doc()).unwrap();
        assert_eq!(find_line(json.as_bytes(), wanted.id).unwrap().task(), Some(wanted.clone()));
        assert_eq!(find_line(json.as_bytes(), Uuid::from_u128(1)), None);
    }
}

#[test]
fn splitting_parts_by_the_next_bit_and_loses_nothing() {
    let rows: Vec<Row<'_>> = (0..100)
        .map(|n| {
            Row::of(&Task {
                id: Uuid::from_u128(2 * n + 1),
                ..plain()
            })
        })
        .collect();
    let (stay, sibling, go) = split(1, Shard { depth: 1, rows });
    assert_eq!((stay.depth, go.depth, sibling), (2, 2, 3));
    assert_eq!(stay.rows.len() + go.rows.len(), 100);
    assert!(go.rows.iter().all(|row| index_at(hash_of(row.id().unwrap()), 2) == 3));
}
