//! The list: filters, order, pages, tags of the list, refusals.

use std::sync::OnceLock;

use serde_json::{Value, json};
use spindle_e2e::{
    api::query,
    person::{Person, id},
};

use crate::shared;

crate::tests![
    each_filter_keeps_what_matches,
    each_order_sorts_and_puts_nulls_last,
    pages_cut_the_list,
    an_unchanged_list_is_304,
    parameters_that_cannot_be_read_are_named,
    days_are_of_the_persons_zone,
];

/// Somebody with a small list that no test changes; the tasks' titles tell what they are.
fn lister() -> &'static Person {
    static LISTER: OnceLock<Person> = OnceLock::new();
    LISTER.get_or_init(|| {
        let person = Person::register_in(&shared::client(), "Europe/Berlin");
        for body in [
            json!({"title": "delta", "priority": "high", "tags": ["Work"], "due_date": "2031-01-10"}),
            json!({"title": "Alpha", "priority": "low", "tags": ["home", "work"], "due_date": "2031-01-10T08:00"}),
            json!({"title": "charlie", "priority": "medium", "tags": ["home"], "due_date": "2031-01-09T23:30:00Z"}),
            json!({"title": "Bravo", "tags": ["errand"]}),
            json!({"title": "echo", "priority": "high", "tags": ["work", "home", "errand"], "due_date": "2031-01-11", "completed": true}),
            json!({"title": "Foxtrot", "due_date": "2020-01-01T10:00"}),
            json!({"title": "golf", "due_date": "2020-01-01", "completed": true}),
            json!({"title": "Hotel", "priority": "low", "due_date": "2031-02-01T00:00:00-10:00"}),
        ] {
            person.create(&body);
        }
        let trashed = person.create(&json!({"title": "trashed", "priority": "high", "tags": ["work"], "due_date": "2031-01-10"}));
        let _ = person.delete(format!("/api/tasks/{}", id(&trashed))).expect(204);
        person
    })
}

fn titles(body: &Value) -> Vec<&str> {
    body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|task| task["title"].as_str())
        .collect()
}

#[track_caller]
fn expect_set(parameters: &[(&str, &str)], expected: &[&str]) {
    let body = lister().get(format!("/api/tasks?{}", query(parameters))).ok(200);
    let mut found = titles(&body);
    found.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{parameters:?}");
    assert_eq!(body["total"], expected.len(), "{parameters:?}");
}

fn each_filter_keeps_what_matches() {
    let all = ["delta", "Alpha", "charlie", "Bravo", "echo", "Foxtrot", "golf", "Hotel"];
    expect_set(&[], &all);
    expect_set(&[("status", "all")], &all);
    expect_set(
        &[("status", "pending")],
        &["delta", "Alpha", "charlie", "Bravo", "Foxtrot", "Hotel"],
    );
    expect_set(&[("status", "completed")], &["echo", "golf"]);
    expect_set(&[("status", "overdue")], &["Foxtrot"]);
    expect_set(&[("status", "trashed")], &["trashed"]);
    expect_set(&[("priority", "high")], &["delta", "echo"]);
    expect_set(&[("priority", "high,low")], &["delta", "echo", "Alpha", "Hotel"]);
    expect_set(&[("priority", "none")], &["Bravo", "Foxtrot", "golf"]);
    expect_set(&[("tags", "work")], &["delta", "Alpha", "echo"]);
    expect_set(&[("tags", "WORK")], &["delta", "Alpha", "echo"]);
    expect_set(&[("tags", "home,errand")], &["Alpha", "charlie", "Bravo", "echo"]);
    expect_set(
        &[("tags", "home,errand"), ("tags_match", "any")],
        &["Alpha", "charlie", "Bravo", "echo"],
    );
    expect_set(&[("tags", "Home, errand"), ("tags_match", "all")], &["echo"]);
    expect_set(&[("tags", "wor")], &[]);
    expect_set(&[("search", "alp")], &["Alpha"]);
    expect_set(&[("search", "home")], &["Alpha", "charlie", "echo"]);
    expect_set(&[("priority", "high"), ("tags", "work"), ("status", "pending")], &["delta"]);
    // A day counts as its start in the person's zone; from is inclusive, before is not; no due date never matches.
    expect_set(
        &[("due_after", "2031-01-10")],
        &["delta", "Alpha", "charlie", "echo", "Hotel"],
    );
    expect_set(&[("due_before", "2031-01-10")], &["Foxtrot", "golf"]);
    expect_set(&[("due_after", "2031-01-10T00:30")], &["Alpha", "charlie", "echo", "Hotel"]);
    expect_set(&[("due_after", "2031-01-09T23:30:01Z")], &["Alpha", "echo", "Hotel"]);
    expect_set(&[("due_before", "2031-01-09T23:30:00Z")], &["delta", "Foxtrot", "golf"]);
    expect_set(
        &[("due_before", "2031-01-10T08:00:00+01:00"), ("due_after", "2031-01-10")],
        &["delta", "charlie"],
    );
    expect_set(&[("due_after", "2031-02-01T11:00:00+01:00")], &["Hotel"]);
    expect_set(&[("due_after", "2031-02-01T11:00:01+01:00")], &[]);
    expect_set(&[("due_before", "2031-01-01"), ("due_after", "2031-02-01")], &[]);
}

fn each_order_sorts_and_puts_nulls_last() {
    let sorted = |by: &str, order: &str| {
        let body = lister().get(format!("/api/tasks?sort_by={by}&sort_order={order}")).ok(200);
        titles(&body).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let created = ["delta", "Alpha", "charlie", "Bravo", "echo", "Foxtrot", "golf", "Hotel"];
    assert_eq!(sorted("created_at", "asc"), created);
    assert_eq!(
        sorted("created_at", "desc"),
        created.iter().rev().copied().collect::<Vec<_>>()
    );
    assert_eq!(sorted("updated_at", "asc"), created);
    assert_eq!(
        sorted("title", "asc"),
        ["Alpha", "Bravo", "charlie", "delta", "echo", "Foxtrot", "golf", "Hotel"]
    );
    assert_eq!(
        sorted("title", "desc"),
        ["Hotel", "golf", "Foxtrot", "echo", "delta", "charlie", "Bravo", "Alpha"]
    );
    assert_eq!(
        sorted("due_date", "asc"),
        ["golf", "Foxtrot", "delta", "charlie", "Alpha", "echo", "Hotel", "Bravo"]
    );
    assert_eq!(
        sorted("due_date", "desc"),
        ["Hotel", "echo", "Alpha", "charlie", "delta", "Foxtrot", "golf", "Bravo"]
    );
    // Ties go by id, which is the order of creation, in either order.
    assert_eq!(
        sorted("priority", "desc"),
        ["delta", "echo", "charlie", "Alpha", "Hotel", "Bravo", "Foxtrot", "golf"]
    );
    assert_eq!(
        sorted("priority", "asc"),
        ["Bravo", "Foxtrot", "golf", "Alpha", "Hotel", "charlie", "delta", "echo"]
    );
    // The defaults.
    assert_eq!(titles(&lister().get("/api/tasks").ok(200)), sorted("created_at", "desc"));
    assert_eq!(
        titles(&lister().get("/api/tasks?sort_by=title").ok(200)),
        sorted("title", "desc")
    );
}

fn pages_cut_the_list() {
    let person = lister();
    let page = |number: u32, size: u32| {
        person
            .get(format!(
                "/api/tasks?sort_by=title&sort_order=asc&page={number}&page_size={size}"
            ))
            .ok(200)
    };
    let first = page(1, 3);
    assert_eq!(titles(&first), ["Alpha", "Bravo", "charlie"]);
    for (member, value) in [("total", 8), ("page", 1), ("page_size", 3), ("pages", 3)] {
        assert_eq!(first[member], value, "{member}");
    }
    assert_eq!(titles(&page(3, 3)), ["golf", "Hotel"]);
    let past = page(4, 3);
    assert_eq!(
        (&past["items"], &past["total"], &past["page"], &past["pages"]),
        (&json!([]), &json!(8), &json!(4), &json!(3))
    );
    assert_eq!(page(1, 200)["pages"], 1);
    assert_eq!(page(1_000_000, 200)["items"], json!([]));
    let whole = person.get("/api/tasks").ok(200);
    assert_eq!((&whole["page"], &whole["page_size"]), (&json!(1), &json!(50)));
    // An item of a list is the task as GET gives it.
    let item = &whole["items"][0];
    assert_eq!(&person.get(format!("/api/tasks/{}", id(item))).ok(200), item);
    let empty = shared::person().get("/api/tasks").ok(200);
    assert_eq!(
        (&empty["items"], &empty["total"], &empty["page"]),
        (&json!([]), &json!(0), &json!(1))
    );
}

fn an_unchanged_list_is_304() {
    let person = shared::person();
    let task = person.create_titled("Watched");
    let tag_of = |target: &str| person.get(target).expect(200).header("etag").to_owned();
    // The tag holds the minute; when that turns between two calls, once more.
    let unchanged = |target: &str| {
        (0..3).any(|_| {
            let tag = tag_of(target);
            assert!(tag.starts_with("W/\""), "{tag}");
            let again = person.call("GET", target).header("If-None-Match", &tag).send();
            assert!([200, 304].contains(&again.status()));
            again.status() == 304 && again.bytes().is_empty() && again.header("etag") == tag
        })
    };
    for target in [
        "/api/tasks",
        "/api/tasks?status=pending&page_size=10",
        "/api/tasks/search?q=watched",
    ] {
        assert!(unchanged(target), "{target}");
    }
    assert_ne!(
        tag_of("/api/tasks"),
        tag_of("/api/tasks?page_size=10"),
        "another question, another tag"
    );
    for change in [json!({"title": "Watched closely"}), json!({"completed": true})] {
        let tag = tag_of("/api/tasks");
        let _ = person.patch(format!("/api/tasks/{task}"), &change).expect(200);
        let answer = person
            .call("GET", "/api/tasks")
            .header("If-None-Match", &tag)
            .send()
            .expect(200);
        assert_eq!(
            answer.json()["items"][0]["version"],
            person.get(format!("/api/tasks/{task}")).ok(200)["version"]
        );
    }
    // The zone changes what is overdue and how times read.
    let tag = tag_of("/api/tasks");
    let _ = person.patch("/api/me", &json!({"time_zone": "Asia/Tokyo"})).expect(200);
    let _ = person
        .call("GET", "/api/tasks")
        .header("If-None-Match", &tag)
        .send()
        .expect(200);
}

fn parameters_that_cannot_be_read_are_named() {
    let person = shared::somebody();
    for path in ["/api/tasks?", "/api/tasks/search?q=x&"] {
        for (parameter, value) in [
            ("status", "done"),
            ("status", ""),
            ("status", "pending,completed"),
            ("priority", "urgent"),
            ("priority", "high,urgent"),
            ("tags_match", "some"),
            ("due_before", "tomorrow"),
            ("due_before", "2026-02-30"),
            ("due_after", ""),
            ("due_after", "2026-11-22T09:00:00+99:00"),
            ("page", "one"),
            ("page", "-1"),
            ("page", "1.5"),
            ("page", ""),
            ("page_size", "many"),
            ("colour", "red"),
        ] {
            person
                .get(format!("{path}{}", query(&[(parameter, value)])))
                .refused_for(400, parameter);
        }
        for (parameter, value) in [
            ("page", "0"),
            ("page_size", "0"),
            ("page_size", "201"),
            ("page", "99999999999999999999"),
        ] {
            let answer = person.get(format!("{path}{}", query(&[(parameter, value)])));
            let status = answer.status();
            assert!([400, 422].contains(&status), "{parameter}={value}: {status}");
            answer.refused_for(status, parameter);
        }
        person.get(format!("{path}page=1&page=2")).refused_for(400, "page");
        person.get(format!("{path}tags=%FF")).refused_for(400, "tags");
    }
    for (parameter, value) in [
        ("sort_by", "id"),
        ("sort_by", ""),
        ("sort_order", "up"),
        ("sort_order", "DESC"),
    ] {
        person
            .get(format!("/api/tasks?{}", query(&[(parameter, value)])))
            .refused_for(400, parameter);
    }
    // Everything wrong at once.
    let problem = person.get("/api/tasks?status=x&priority=y&page=z").refused(400);
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(3), "{problem}");
}

fn days_are_of_the_persons_zone() {
    // The same instant is the 10th in Tokyo and the 9th in Honolulu.
    for (zone, on_the_tenth) in [("Asia/Tokyo", 1), ("Pacific/Honolulu", 0)] {
        let person = Person::register_in(&shared::client(), zone);
        person.create(&json!({"title": "x", "due_date": "2031-01-09T18:00:00Z"}));
        let body = person.get("/api/tasks?due_after=2031-01-10&due_before=2031-01-11").ok(200);
        assert_eq!(body["total"], on_the_tenth, "{zone}");
    }
}
