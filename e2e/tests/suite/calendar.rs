//! `/api/occurrences`: the future dates of series, for a calendar.

use serde_json::{Value, json};
use spindle_e2e::person::{Person, id};

use crate::shared;

crate::tests![
    future_dates_of_open_series_are_told,
    what_is_done_or_gone_has_none,
    days_are_those_of_the_person,
    a_busy_rule_has_an_end,
    days_that_are_none_are_refused,
];

fn dates(person: &Person, from: &str, to: &str) -> Vec<(String, String)> {
    let body = person.get(format!("/api/occurrences?from={from}&to={to}")).ok(200);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = body["items"].as_array().into_iter().flatten();
    items.map(|item| (text(&item["title"]), text(&item["due_date"]))).collect()
}

fn future_dates_of_open_series_are_told() {
    let person = shared::person();
    let weekly = person.create(&json!({
        "title": "weekly", "priority": "low", "due_date": "2031-01-06T09:00", "recurrence_pattern": "weekly"
    }));
    person.create(&json!({"title": "by day", "due_date": "2031-01-10", "recurrence_rule": "FREQ=DAILY;INTERVAL=5;COUNT=3"}));
    person.create(&json!({"title": "once", "due_date": "2031-01-12"}));
    let told = |title: &str, due: &str| (title.to_owned(), due.to_owned());
    assert_eq!(
        dates(&person, "2031-01-01", "2031-01-28"),
        [
            told("weekly", "2031-01-13T09:00"),
            told("by day", "2031-01-15"),
            told("by day", "2031-01-20"),
            told("weekly", "2031-01-20T09:00"),
            told("weekly", "2031-01-27T09:00"),
        ],
        "the open tasks' own dates are not among them"
    );
    let body = person.get("/api/occurrences?from=2041-01-01&to=2041-01-08").ok(200);
    assert_eq!(
        body["items"],
        json!([{
            "task_id": id(&weekly), "title": "weekly", "priority": "low",
            "due_date": "2041-01-07T09:00", "due_at": "2041-01-07T09:00:00Z"
        }])
    );
}

fn what_is_done_or_gone_has_none() {
    let person = shared::person();
    let task =
        person.create(&json!({"title": "a", "due_date": "2031-01-06", "recurrence_pattern": "daily", "recurrence_count": 4}));
    let path = format!("/api/tasks/{}", id(&task));
    let count = || dates(&person, "2031-01-01", "2031-02-01").len();
    assert_eq!(count(), 3);
    let _ = person.patch(path.clone(), &json!({"recurrence_enabled": false})).expect(200);
    assert_eq!(count(), 0);
    let _ = person.patch(path.clone(), &json!({"recurrence_enabled": true})).expect(200);
    let _ = person.delete(path).expect(204);
    assert_eq!(count(), 0);
    assert_eq!(dates(&shared::person(), "2031-01-01", "2031-02-01").len(), 0);
}

fn days_are_those_of_the_person() {
    let person = Person::register_in(&shared::client(), "Asia/Tokyo");
    person.create(&json!({"title": "a", "due_date": "2031-01-06T20:00:00Z", "recurrence_pattern": "daily"}));
    let told = dates(&person, "2031-01-08", "2031-01-09");
    assert_eq!(told, [("a".to_owned(), "2031-01-08T05:00:00+09:00".to_owned())]);
}

fn a_busy_rule_has_an_end() {
    let person = shared::person();
    person.create(&json!({"title": "a", "due_date": "2031-01-01T00:00", "recurrence_rule": "FREQ=MINUTELY"}));
    let told = dates(&person, "2031-01-10", "2031-03-01");
    assert_eq!((told.len(), told[0].1.as_str()), (1_000, "2031-01-10T00:00"));
}

fn days_that_are_none_are_refused() {
    let person = shared::somebody();
    for (query, status, field) in [
        ("", 400, "from"),
        ("from=2031-01-01", 400, "to"),
        ("from=2031-01-01&to=", 400, "to"),
        ("from=2031-01-01T09:00&to=2031-01-02", 400, "from"),
        ("from=soon&to=2031-01-02", 400, "from"),
        ("from=2031-01-01&to=2031-01-02&count=1", 400, "count"),
        ("from=2031-01-02&to=2031-01-02", 422, "to"),
        ("from=2031-01-01&to=2031-03-05", 422, "to"),
    ] {
        person.get(format!("/api/occurrences?{query}")).refused_for(status, field);
    }
}
