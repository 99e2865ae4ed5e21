//! Quick add: a task from one line of text.

use serde_json::{Value, json};
use spindle_e2e::{app::workspace, person::Person};

use crate::shared;

crate::tests![
    a_line_makes_a_task,
    literal_phrases_and_quotes_are_title,
    the_persons_zone_and_language_count,
    the_same_line_again_makes_one_task,
    it_reads_as_the_browser_does,
    whatever_is_pasted_is_kept_as_text,
    lines_that_make_no_task_are_refused,
];

fn add(person: &Person, text: &str) -> Value {
    person.post("/api/tasks/quick", &json!({"text": text})).ok(201)
}

fn a_line_makes_a_task() {
    let person = shared::person();
    let text = "Water the plants every 2 weeks on mon, wed 9am until 2099-01-01 #home #\"in the garden\" !high remind 30m before";
    let answer = person.post("/api/tasks/quick", &json!({ "text": text })).expect(201);
    let task = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("/api/tasks/{}", task["id"].as_str().unwrap_or_default())
    );
    assert_eq!(answer.header("etag"), "\"1\"");
    for (field, value) in [
        ("title", json!("Water the plants")),
        ("tags", json!(["home", "in the garden"])),
        ("priority", json!("high")),
        ("reminder_minutes_before", json!(30)),
        ("recurrence_pattern", json!("weekly")),
        ("recurrence_interval", json!(2)),
        ("recurrence_days", json!(["MO", "WE"])),
        ("recurrence_until", json!("2099-01-01")),
    ] {
        assert_eq!(task[field], value, "{field}");
    }
    assert!(task["due_date"].as_str().is_some_and(|due| due.ends_with("T09:00")), "{task}");
    assert_eq!(person.get(answer.header("location")).ok(200), task);
    assert_eq!(person.audit(1)[0]["event_type"], "task.created");
}

fn literal_phrases_and_quotes_are_title() {
    let person = shared::person();
    let body = json!({"text": "Watch \"Tomorrow never dies\" every day on 1 jan 2031 #film", "literal": ["every day"]});
    let task = person.post("/api/tasks/quick", &body).ok(201);
    assert_eq!(task["title"], "Watch Tomorrow never dies every day");
    assert_eq!((&task["due_date"], &task["tags"]), (&json!("2031-01-01"), &json!(["film"])));
    assert_eq!(task["recurrence_pattern"], Value::Null);
}

fn the_persons_zone_and_language_count() {
    let person = Person::register_in(&shared::client(), "Pacific/Kiritimati");
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(14)).date_naive().to_string();
    let due = add(&person, "Ada anrufen heute")["due_date"].clone();
    // Midnight may come between the two.
    let later = (chrono::Utc::now() + chrono::TimeDelta::hours(14)).date_naive().to_string();
    assert!([json!(today), json!(later)].contains(&due), "{due}");
    let _ = person.patch("/api/me", &json!({"language": "en"})).expect(200);
    let task = add(&person, "Ada anrufen heute");
    assert_eq!(
        (&task["title"], &task["due_date"]),
        (&json!("Ada anrufen heute"), &Value::Null)
    );
}

fn the_same_line_again_makes_one_task() {
    let person = shared::person();
    let send = |text: &str| {
        let call = person.call("POST", "/api/tasks/quick").header("Idempotency-Key", "k");
        call.json(&json!({ "text": text })).send()
    };
    let first = send("Once tomorrow").expect(201);
    assert_eq!(send("Once tomorrow").expect(201).bytes(), first.bytes());
    send("Twice tomorrow").refused_for(422, "Idempotency-Key");
    assert_eq!(person.get("/api/tasks").ok(200)["total"], 1);
}

/// The shared texts, read by the browser's parser and made by the API: the fields agree.
fn it_reads_as_the_browser_does() {
    let person = Person::register_in(&shared::client(), "Europe/Berlin");
    let path = workspace().join("crates/domain/tests/vectors/quick.json");
    let vectors: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut compared = 0;
    for vector in &vectors {
        let options = &vector["options"];
        if options["time_zone"] != "Europe/Berlin" || options.get("week_start").is_some() || options.get("language").is_some() {
            continue;
        }
        let text = vector["text"].as_str().unwrap();
        let read = || -> Value {
            let literal = options["literal"].as_array().into_iter().flatten();
            let literal = literal.filter_map(Value::as_str).map(str::to_owned).collect();
            let now = chrono::Utc::now().timestamp_millis();
            serde_json::from_str(&quick_wasm::read(text, now, "Europe/Berlin", literal, "", "").unwrap()).unwrap()
        };
        let before = read();
        if before["errors"] != json!([]) {
            let field = before["errors"][0]["field"].as_str().unwrap().replace("title", "text");
            person
                .post("/api/tasks/quick", &json!({ "text": text }))
                .refused_for(422, &field);
            continue;
        }
        let task = person
            .post("/api/tasks/quick", &json!({"text": text, "literal": options["literal"]}))
            .ok(201);
        let same = |read: &Value| {
            let told = ["words", "next", "spans", "errors"];
            let mut fields = read
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(field, _)| !told.contains(&field.as_str()));
            fields.all(|(field, value)| task[field] == *value)
        };
        // A minute may have passed between.
        assert!(same(&before) || same(&read()), "{text}: {before} {task}");
        compared += 1;
    }
    assert!(compared > 25, "{compared}");
}

fn whatever_is_pasted_is_kept_as_text() {
    let person = shared::person();
    for text in [
        "<script>alert(1)</script>",
        "The 9/11 Report",
        "check money",
        "مهمة اليوم",
        "🤖 👩‍👩‍👧",
        "'; DROP TABLE tasks; --",
        "50% off!",
        "#",
        "!!!",
    ] {
        let task = add(&person, text);
        assert_eq!((&task["title"], &task["due_date"]), (&json!(text), &Value::Null));
    }
    assert_eq!(add(&person, "two\nlines")["title"], "two lines");
}

fn lines_that_make_no_task_are_refused() {
    let person = shared::somebody();
    for (body, field) in [
        (json!({}), "text"),
        (json!({"text": ""}), "text"),
        (json!({"text": "  \n "}), "text"),
        (json!({"text": "tomorrow 9am !high"}), "text"),
        (json!({"text": "x".repeat(501)}), "text"),
        (json!({"text": "x ".repeat(1_001)}), "text"),
        (json!({"text": "a\u{7}b"}), "text"),
        (json!({"text": 1}), "text"),
        (json!({"text": "a", "literal": "a"}), "literal"),
        (json!({"text": "a", "literal": [1]}), "literal.0"),
        (json!({"text": "a", "literal": vec!["a"; 101]}), "literal"),
        (json!({"text": format!("a #{}", "x".repeat(65))}), "tags.0"),
        (json!({"text": "a every day until 2020-01-01"}), "recurrence_until"),
        (json!({"text": "a every 0 days"}), "recurrence_interval"),
        (json!({"text": "a", "title": "b"}), "title"),
    ] {
        person.post("/api/tasks/quick", &body).refused_for(422, field);
    }
}
