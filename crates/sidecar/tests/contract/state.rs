//! Single documents, bulk get, times to live.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    harness::{Suite, suite, unique},
    recorder::DEADLINE,
};

const STORE: &str = "/v1.0/state/statestore";

async fn value(suite: &Suite, key: &str) -> Option<Value> {
    let answer = suite.get(&format!("{STORE}/{key}")).await;
    (answer.status() == 200).then(|| answer.json())
}

#[tokio::test]
async fn get_of_a_missing_key_is_204_and_empty() {
    let answer = suite().await.get(&format!("{STORE}/{}", unique("k"))).await;
    assert_eq!((answer.status(), answer.text()), (204, ""));
}

#[tokio::test]
async fn get_answers_what_was_saved_with_an_unquoted_etag() {
    let (suite, key) = (suite().await, unique("task:1"));
    suite
        .save(json!({"key": key, "value": {"title": "ü\n", "n": [1, 2.5, null]}}))
        .await;
    let answer = suite.get(&format!("{STORE}/{key}")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json(), json!({"title": "ü\n", "n": [1, 2.5, null]}));
    let etag = answer.header("etag").unwrap();
    assert!(!etag.is_empty() && !etag.contains('"'), "{etag}");
}

#[tokio::test]
async fn each_save_changes_the_etag() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let first = suite.etag(&key).await;
    suite.save(json!({"key": key, "value": 1, "etag": first})).await;
    assert_ne!(suite.etag(&key).await, first);
}

#[tokio::test]
async fn an_etag_does_not_come_back_after_delete_and_create() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let first = suite.etag(&key).await;
    assert_eq!(suite.delete(&format!("{STORE}/{key}")).await.status(), 204);
    suite.save(json!({"key": key, "value": 1})).await;
    assert_ne!(suite.etag(&key).await, first);
}

#[tokio::test]
async fn a_stale_etag_is_409_whatever_the_concurrency() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let stale = suite.etag(&key).await;
    suite.save(json!({"key": key, "value": 2})).await;
    for options in [
        json!({}),
        json!({"concurrency": "first-write"}),
        json!({"concurrency": "last-write"}),
    ] {
        let answer = suite
            .post(STORE, &json!([{"key": key, "value": 3, "etag": stale, "options": options}]))
            .await;
        assert_eq!((answer.status(), answer.error_code().as_str()), (409, "ERR_STATE_SAVE"));
        assert!(answer.text().contains("possible etag mismatch"), "{}", answer.text());
    }
    assert_eq!(value(suite, &key).await, Some(json!(2)));
}

#[tokio::test]
async fn an_etag_that_never_was_is_refused() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let answer = suite.post(STORE, &json!([{"key": key, "value": 2, "etag": "garbage"}])).await;
    assert!([400, 409].contains(&answer.status()), "{}", answer.text());
}

#[tokio::test]
async fn an_etag_for_an_absent_key_is_refused() {
    let answer = suite()
        .await
        .post(STORE, &json!([{"key": unique("k"), "value": 2, "etag": "1"}]))
        .await;
    assert!([400, 409].contains(&answer.status()), "{}", answer.text());
}

#[tokio::test]
async fn an_empty_etag_is_last_write_wins() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    suite.save(json!({"key": key, "value": 2, "etag": ""})).await;
    assert_eq!(value(suite, &key).await, Some(json!(2)));
}

#[tokio::test]
async fn first_write_without_etag_creates_once() {
    let (suite, key) = (suite().await, unique("k"));
    let item = |n: u32| json!([{"key": key, "value": n, "options": {"concurrency": "first-write"}}]);
    assert_eq!(suite.post(STORE, &item(1)).await.status(), 204);
    let answer = suite.post(STORE, &item(2)).await;
    assert!(answer.is_conflict(), "{}", answer.text());
    assert_eq!(value(suite, &key).await, Some(json!(1)));
}

#[tokio::test]
async fn delete_with_a_stale_etag_or_of_a_missing_key_is_409() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let stale = suite.etag(&key).await;
    suite.save(json!({"key": key, "value": 2})).await;
    for (key, etag) in [(&key, &stale), (&unique("k"), &stale)] {
        let answer = suite.delete_if_match(&format!("{STORE}/{key}"), etag).await;
        assert_eq!(answer.status(), 409, "{key} {etag}: {}", answer.text());
        assert_eq!(
            (answer.status(), answer.error_code().as_str()),
            (409, "ERR_STATE_DELETE"),
            "{}",
            answer.text()
        );
    }
    assert_eq!(value(suite, &key).await, Some(json!(2)));
}

/// daprd on PostgreSQL takes the quotes off (its ETags are UUIDs, whose parser minds no brackets), on SQLite nothing matches; Spindle sends
/// none. What holds everywhere: the condition is never ignored.
#[tokio::test]
async fn a_quoted_etag_is_the_etag_or_none_at_all() {
    let (suite, key) = (suite().await, unique("k"));
    let path = format!("{STORE}/{key}");
    suite.save(json!({"key": key, "value": 1})).await;
    let stale = suite.etag(&key).await;
    suite.save(json!({"key": key, "value": 2})).await;
    let answer = suite.delete_if_match(&path, &format!("\"{stale}\"")).await;
    assert!([400, 409].contains(&answer.status()), "{}", answer.text());
    assert_eq!(value(suite, &key).await, Some(json!(2)));
    let current = suite.etag(&key).await;
    let answer = suite.delete_if_match(&path, &format!("\"{current}\"")).await;
    let left = match answer.status() {
        204 => None,
        400 | 409 => Some(json!(2)),
        status => panic!("{status}: {}", answer.text()),
    };
    assert_eq!(value(suite, &key).await, left);
}

#[tokio::test]
async fn delete_with_the_etag_or_without_condition_deletes() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    let etag = suite.etag(&key).await;
    assert_eq!(suite.delete_if_match(&format!("{STORE}/{key}"), &etag).await.status(), 204);
    assert_eq!(value(suite, &key).await, None);
    assert_eq!(
        suite.delete(&format!("{STORE}/{key}")).await.status(),
        204,
        "deleting what is not there succeeds"
    );
}

#[tokio::test]
async fn a_save_of_several_items_is_not_atomic() {
    let (suite, one, two) = (suite().await, unique("k"), unique("k"));
    suite.save(json!({"key": two, "value": 1})).await;
    let stale = suite.etag(&two).await;
    suite.save(json!({"key": two, "value": 2})).await;
    let answer = suite
        .post(
            STORE,
            &json!([{"key": one, "value": 1}, {"key": two, "value": 3, "etag": stale}]),
        )
        .await;
    assert_eq!(answer.status(), 409);
    assert_eq!(
        (value(suite, &one).await, value(suite, &two).await),
        (Some(json!(1)), Some(json!(2)))
    );
}

#[tokio::test]
async fn bulk_get_tells_data_and_etag_and_leaves_out_the_data_of_missing_keys() {
    let (suite, one, two, missing) = (suite().await, unique("k"), unique("k"), unique("k"));
    suite.save(json!({"key": one, "value": {"a": 1}})).await;
    suite.save(json!({"key": two, "value": "text"})).await;
    let answer = suite
        .post(&format!("{STORE}/bulk"), &json!({"keys": [missing, two, one]}))
        .await;
    assert_eq!(answer.status(), 200);
    let items = answer.json();
    let find = |key: &str| {
        items
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!((&find(&one)["data"], &find(&two)["data"]), (&json!({"a": 1}), &json!("text")));
    assert_eq!(find(&one)["etag"], json!(suite.etag(&one).await));
    assert!(find(&missing).get("data").is_none(), "{items}");
    assert!(
        answer.text().contains(&format!("{{\"key\":\"{missing}\"}}")),
        "the client finds it by its bytes: {items}"
    );
}

#[tokio::test]
async fn a_document_with_a_time_to_live_expires_and_says_when() {
    let (suite, key) = (suite().await, unique("k"));
    suite
        .save(json!({"key": key, "value": 1, "metadata": {"ttlInSeconds": "1"}}))
        .await;
    let answer = suite.get(&format!("{STORE}/{key}")).await;
    if answer.status() == 200 {
        assert!(answer.header("metadata.ttlexpiretime").is_some_and(|time| time.contains('T')));
    }
    gone(suite, &key).await;
    let again = json!([{"key": key, "value": 2, "options": {"concurrency": "first-write"}}]);
    assert_eq!(suite.post(STORE, &again).await.status(), 204, "an expired key is absent");
}

/// Polls until the document has expired.
pub(crate) async fn gone(suite: &Suite, key: &str) {
    let wait = async {
        let mut poll = tokio::time::interval(Duration::from_millis(50));
        while value(suite, key).await.is_some() {
            poll.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, wait)
        .await
        .expect("the document did not expire");
}

#[tokio::test]
async fn keys_may_hold_colon_space_and_escaped_slash() {
    let (suite, id) = (suite().await, unique("k"));
    for (key, path) in [("a:b", "a:b"), ("a b", "a%20b"), ("a/b", "a%2Fb")] {
        suite.save(json!({"key": format!("{id}{key}"), "value": key})).await;
        assert_eq!(value(suite, &format!("{id}{path}")).await, Some(json!(key)));
    }
}

#[tokio::test]
async fn a_key_with_two_bars_is_400() {
    let answer = suite().await.post(STORE, &json!([{"key": "a||b", "value": 1}])).await;
    assert_eq!(answer.status(), 400, "{}", answer.text());
}

#[tokio::test]
async fn an_unknown_store_is_400() {
    let answer = suite().await.get("/v1.0/state/nostore/k").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (400, "ERR_STATE_STORE_NOT_FOUND")
    );
}

#[tokio::test]
async fn malformed_json_is_400() {
    let answer = suite().await.post_as(STORE, "application/json", "[{").await;
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn three_mebibytes_are_taken_and_five_refused() {
    let (suite, key) = (suite().await, unique("k"));
    let text = |mebibytes: usize| "x".repeat(mebibytes * 1024 * 1024);
    suite.save(json!({"key": key, "value": text(3)})).await;
    let answer = suite.post(STORE, &json!([{"key": key, "value": text(5)}])).await;
    assert!([400, 413].contains(&answer.status()));
}
