//! Ranked full text search.

use std::sync::OnceLock;

use serde_json::{Value, json};
use spindle_e2e::{api::query, person::Person};

use crate::shared;

crate::tests![
    every_word_must_begin_a_word,
    a_phrase_is_found_as_it_stands,
    case_and_accents_do_not_matter,
    the_best_come_first,
    filters_and_pages_apply,
    the_lists_search_matches_alike,
    a_search_for_nothing_is_refused,
];

fn searcher() -> &'static Person {
    static SEARCHER: OnceLock<Person> = OnceLock::new();
    SEARCHER.get_or_init(|| {
        let person = shared::person();
        for body in [
            json!({"title": "Quarterly notes", "description": "Collect the reports of all teams"}),
            json!({"title": "Tidy up", "tags": ["report"]}),
            json!({"title": "Reporting tool", "priority": "high"}),
            json!({"title": "Write the report", "priority": "high"}),
            json!({"title": "Crème brûlée for the café"}),
            json!({"title": "Call José about Straße 5", "tags": ["Über-uns"]}),
            json!({"title": "Pay rent; write cheque", "completed": true}),
            json!({"title": "C++ and 100% of it_all"}),
        ] {
            person.create(&body);
        }
        person
    })
}

fn find(path: &str, parameter: &str, words: &str) -> Vec<String> {
    let items = searcher().all_pages(path, &query(&[(parameter, words)]));
    items
        .iter()
        .filter_map(|task| task["title"].as_str().map(str::to_owned))
        .collect()
}

fn search(words: &str) -> Vec<String> {
    find("/api/tasks/search", "q", words)
}

fn every_word_must_begin_a_word() {
    assert_eq!(search("write report"), ["Write the report"]);
    assert_eq!(search("report write"), ["Write the report"]);
    assert_eq!(search("wri rep"), ["Write the report"]);
    assert_eq!(search("quarterly teams"), ["Quarterly notes"]);
    assert_eq!(search("tidy report"), ["Tidy up"]);
    for nothing in ["eport", "write nothing", "reportx", "xyzzy"] {
        assert!(search(nothing).is_empty(), "{nothing}");
    }
    assert_eq!(search("100%"), ["C++ and 100% of it_all"]);
}

fn a_phrase_is_found_as_it_stands() {
    // It begins with a word and may end within one.
    assert_eq!(search("\"the report\""), ["Write the report", "Quarterly notes"]);
    assert_eq!(search("\"the reports of all\""), ["Quarterly notes"]);
    assert!(search("\"report the\"").is_empty());
    assert_eq!(search("\"the report\" write"), ["Write the report"]);
}

fn case_and_accents_do_not_matter() {
    for words in ["creme BRULEE", "crème brûlée", "CRE\u{300}ME", "cafe"] {
        assert_eq!(search(words), ["Crème brûlée for the café"], "{words}");
    }
    for words in ["jose", "JOSÉ", "strasse", "uber-uns", "STRAßE"] {
        assert_eq!(search(words), ["Call José about Straße 5"], "{words}");
    }
}

fn the_best_come_first() {
    // Title word, title prefix, tag, description.
    assert_eq!(
        search("report"),
        ["Write the report", "Reporting tool", "Tidy up", "Quarterly notes"]
    );
    // Alike: the newest first.
    assert_eq!(search("write"), ["Pay rent; write cheque", "Write the report"]);
}

fn filters_and_pages_apply() {
    let person = searcher();
    let found = |parameters: &str| person.get(format!("/api/tasks/search?q=report&{parameters}")).ok(200);
    assert_eq!(found("priority=high")["total"], 2);
    assert_eq!(found("tags=report")["items"][0]["title"], "Tidy up");
    assert_eq!(found("status=completed")["total"], 0);
    assert_eq!(found("due_before=2099-01-01")["total"], 0);
    let second = found("page=2&page_size=3");
    assert_eq!(
        (&second["total"], &second["pages"], &second["page"]),
        (&json!(4), &json!(2), &json!(2))
    );
    assert_eq!(second["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["items"][0]["title"], "Quarterly notes");
    assert_eq!(found("page=9")["items"], json!([]));
}

fn the_lists_search_matches_alike() {
    for words in ["report", "write report", "\"the report\"", "creme", "nothing at all"] {
        let (mut listed, mut searched) = (find("/api/tasks", "search", words), search(words));
        listed.sort();
        searched.sort();
        assert_eq!(listed, searched, "{words}");
    }
    let sorted = searcher()
        .get("/api/tasks?search=report&sort_by=title&sort_order=asc")
        .ok(200);
    let titles: Vec<&str> = sorted["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|task| task["title"].as_str())
        .collect();
    assert_eq!(titles, ["Quarterly notes", "Reporting tool", "Tidy up", "Write the report"]);
}

fn a_search_for_nothing_is_refused() {
    let person = searcher();
    for target in [
        "/api/tasks/search",
        "/api/tasks/search?q=",
        "/api/tasks/search?q=%20%09",
        "/api/tasks/search?q=%22%22",
    ] {
        person.get(target).refused_for(422, "q");
    }
    let long: Value = person
        .get(format!("/api/tasks/search?q={}", "x".repeat(2_000)))
        .refused_for(422, "q");
    assert_eq!(long["status"], 422);
    person.get("/api/tasks/search?q=x&sort_by=title").refused_for(400, "sort_by");
}
