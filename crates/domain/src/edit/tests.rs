use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00.123456Z".parse().unwrap()
}

fn later() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn titled(title: &str) -> TaskEdit {
    TaskEdit {
        title: Some(title.to_owned()),
        ..TaskEdit::default()
    }
}

fn task() -> Task {
    Task::create(Uuid::from_u128(7), titled("Water the plants"), now()).unwrap()
}

#[expect(clippy::option_option, reason = "as in TaskEdit: not said, cleared, given")]
fn completed(completed: Option<bool>, at: Option<Option<&str>>) -> TaskEdit {
    TaskEdit {
        completed,
        completed_at: at.map(|at| at.map(|at| at.parse().unwrap())),
        ..TaskEdit::default()
    }
}

fn codes<T: std::fmt::Debug>(result: Result<T, Vec<Violation>>) -> Vec<(String, &'static str)> {
    result
        .unwrap_err()
        .into_iter()
        .map(|violation| (violation.field, violation.code))
        .collect()
}

#[test]
fn create_trims_and_fills_in() {
    let task = Task::create(Uuid::from_u128(7), titled("  Water the plants "), now()).unwrap();
    assert_eq!(
        (task.title.as_str(), task.version, task.priority, task.completed_at),
        ("Water the plants", 1, Priority::None, None)
    );
    assert_eq!(
        task.created_at,
        "2026-11-22T10:00:00.123Z".parse::<DateTime<Utc>>().unwrap(),
        "kept to the millisecond"
    );
    assert_eq!(task.updated_at, task.created_at);
}

#[test]
fn every_broken_rule_is_told_at_once() {
    let edit = TaskEdit {
        description: Some("x".repeat(DESCRIPTION_CHARS_MAX + 1)),
        tags: Some(vec!["ok".into(), " ".into(), "a,b".into(), "t".repeat(65), "a\tb".into()]),
        completed_at: Some(Some("2030-01-01T00:00:00Z".parse().unwrap())),
        ..TaskEdit::default()
    };
    assert_eq!(
        codes(Task::create(Uuid::nil(), edit, now())),
        [
            ("title".into(), "required"),
            ("completed_at".into(), "conflict"),
            ("completed_at".into(), "in_future"),
            ("description".into(), "too_long"),
            ("tags.1".into(), "blank"),
            ("tags.2".into(), "comma"),
            ("tags.3".into(), "too_long"),
            ("tags.4".into(), "control_character"),
        ]
    );
}

#[test]
fn the_limits_themselves_are_allowed() {
    let edit = TaskEdit {
        title: Some("é".repeat(TITLE_CHARS_MAX)),
        description: Some("🤖".repeat(DESCRIPTION_CHARS_MAX)),
        tags: Some((0..TAGS_MAX).map(|n| format!("{n:0>64}")).collect()),
        ..TaskEdit::default()
    };
    assert!(Task::create(Uuid::nil(), edit, now()).is_ok());
    assert_eq!(
        codes(Task::create(Uuid::nil(), titled(&"é".repeat(501)), now())),
        [("title".into(), "too_long")]
    );
    let edit = TaskEdit {
        tags: Some((0..51).map(|n| n.to_string()).collect()),
        ..titled("t")
    };
    assert_eq!(codes(Task::create(Uuid::nil(), edit, now())), [("tags".into(), "too_many")]);
}

#[test]
fn tags_that_differ_in_case_are_one() {
    let tags = ["Home", " home", "HOME", "Straße", "STRASSE", "büro", "bu\u{308}ro"]
        .map(str::to_owned)
        .to_vec();
    let task = Task::create(
        Uuid::nil(),
        TaskEdit {
            tags: Some(tags),
            ..titled("t")
        },
        now(),
    )
    .unwrap();
    assert_eq!(task.tags, ["Home", "Straße", "büro"]);
    let many = vec!["same".to_owned(); 200];
    assert!(
        task.edited(
            TaskEdit {
                tags: Some(many),
                ..TaskEdit::default()
            },
            now()
        )
        .is_ok(),
        "the limit counts what is kept"
    );
}

#[test]
fn an_edit_that_changes_nothing_makes_no_version() {
    assert_eq!(task().edited(TaskEdit::default(), later()), Ok(None));
    assert_eq!(task().edited(titled(" Water the plants"), later()), Ok(None));
    assert_eq!(task().edited(completed(Some(false), Some(None)), later()), Ok(None));
}

#[test]
fn a_change_raises_version_and_time() {
    let changed = task().edited(
        TaskEdit {
            priority: Some(Priority::High),
            due: Some(Some(Due::parse("2026-12-01").unwrap())),
            ..titled("New")
        },
        later(),
    );
    let changed = changed.unwrap().unwrap();
    assert_eq!(
        (changed.version, changed.updated_at, changed.created_at),
        (2, later(), task().created_at)
    );
    let expected = Task {
        title: "New".into(),
        priority: Priority::High,
        due: Some(Due::parse("2026-12-01").unwrap()),
        version: 2,
        updated_at: later(),
        ..task()
    };
    assert_eq!(changed, expected, "and nothing else");
    let back = changed.edited(titled("Newer"), now()).unwrap().unwrap();
    assert_eq!(
        (back.version, back.updated_at),
        (3, later()),
        "a clock that went back does not take updated_at along"
    );
}

#[test]
fn completing_takes_now_or_the_time_given() {
    let done = task().edited(completed(Some(true), None), later()).unwrap().unwrap();
    assert_eq!(done.completed_at, Some(later()));
    assert_eq!(
        done.edited(completed(Some(true), None), later() + Duration::hours(1)),
        Ok(None),
        "completing twice is once"
    );
    assert_eq!(
        done.edited(completed(Some(true), Some(None)), later() + Duration::hours(1)),
        Ok(None)
    );

    let earlier = task()
        .edited(completed(Some(true), Some(Some("2026-11-01T08:00:00.5Z"))), later())
        .unwrap()
        .unwrap();
    assert_eq!(earlier.completed_at, Some("2026-11-01T08:00:00.5Z".parse().unwrap()));
    let moved = done
        .edited(completed(None, Some(Some("2026-11-01T08:00:00Z"))), later())
        .unwrap()
        .unwrap();
    assert_eq!(
        moved.completed_at,
        Some("2026-11-01T08:00:00Z".parse().unwrap()),
        "on a completed task it needs no completed: true"
    );
}

#[test]
fn reopening_clears_the_time() {
    let done = task().edited(completed(Some(true), None), later()).unwrap().unwrap();
    let open = done.edited(completed(Some(false), None), later()).unwrap().unwrap();
    assert_eq!((open.completed_at, open.version), (None, 3));
    assert_eq!(
        done.edited(completed(Some(false), Some(None)), later())
            .unwrap()
            .unwrap()
            .completed_at,
        None
    );
}

#[test]
fn completed_at_must_fit() {
    let refused = |task: &Task, edit| codes(task.edited(edit, now()));
    let done = task().edited(completed(Some(true), None), now()).unwrap().unwrap();
    assert_eq!(
        refused(&task(), completed(None, Some(Some("2026-11-01T08:00:00Z")))),
        [("completed_at".into(), "conflict")]
    );
    assert_eq!(
        refused(&done, completed(Some(false), Some(Some("2026-11-01T08:00:00Z")))),
        [("completed_at".into(), "conflict")]
    );
    assert_eq!(
        refused(&done, completed(None, Some(None))),
        [("completed_at".into(), "conflict")]
    );
    assert_eq!(
        refused(&task(), completed(Some(true), Some(Some("2026-11-22T10:01:00.2Z")))),
        [("completed_at".into(), "in_future")]
    );
    assert_eq!(
        refused(&task(), completed(Some(true), Some(Some("1899-11-22T10:01:00Z")))),
        [("completed_at".into(), "out_of_range")]
    );
    assert!(
        task()
            .edited(completed(Some(true), Some(Some("2026-11-22T10:01:00Z"))), now())
            .is_ok(),
        "a minute of leeway"
    );
    assert_eq!(
        task().edited(completed(None, Some(None)), now()),
        Ok(None),
        "null on an open task says what is so"
    );
}

#[test]
fn the_trash_is_a_change_each_way() {
    let trashed = task().trashed(later()).unwrap();
    assert_eq!(
        (trashed.version, trashed.deleted_at, trashed.updated_at),
        (2, Some(later()), later())
    );
    assert_eq!(
        trashed,
        Task {
            deleted_at: trashed.deleted_at,
            version: 2,
            updated_at: later(),
            ..task()
        }
    );
    assert_eq!(trashed.trashed(later()), None);
    let restored = trashed.restored(later()).unwrap();
    assert_eq!((restored.version, restored.deleted_at), (3, None));
    assert_eq!(restored.restored(later()), None);
}
