//! Transactions.

use serde_json::{Value, json};

use crate::harness::{Suite, suite, unique};

const STORE: &str = "/v1.0/state/statestore";
const TRANSACTION: &str = "/v1.0/state/statestore/transaction";

async fn value(suite: &Suite, key: &str) -> Option<Value> {
    let answer = suite.get(&format!("{STORE}/{key}")).await;
    (answer.status() == 200).then(|| answer.json())
}

#[expect(clippy::needless_pass_by_value, reason = "reads better with json! at each call")]
fn upsert(request: Value) -> Value {
    json!({"operation": "upsert", "request": request})
}

/// A key whose present ETag is no longer `.1`.
async fn with_stale_etag(suite: &Suite) -> (String, String) {
    let key = unique("k");
    suite.save(json!({"key": key, "value": "old"})).await;
    let stale = suite.etag(&key).await;
    suite.save(json!({"key": key, "value": "new"})).await;
    (key, stale)
}

async fn refused_wholly(suite: &Suite, failing: Value) {
    let side = unique("side");
    let operations = json!({"operations": [upsert(json!({"key": side, "value": 1})), failing]});
    let answer = suite.post(TRANSACTION, &operations).await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (500, "ERR_STATE_TRANSACTION")
    );
    assert!(answer.is_conflict(), "{}", answer.text());
    assert_eq!(value(suite, &side).await, None, "all or nothing");
}

#[tokio::test]
async fn upserts_and_deletes_happen_together() {
    let (suite, one, two) = (suite().await, unique("k"), unique("k"));
    suite.save(json!({"key": two, "value": 1})).await;
    let etag = suite.etag(&two).await;
    let delete = json!({"operation": "delete", "request": {"key": two, "etag": etag}});
    let answer = suite
        .post(
            TRANSACTION,
            &json!({"operations": [upsert(json!({"key": one, "value": {"a": 1}})), delete]}),
        )
        .await;
    assert_eq!((answer.status(), answer.text()), (204, ""));
    assert_eq!(
        (value(suite, &one).await, value(suite, &two).await),
        (Some(json!({"a": 1})), None)
    );
}

#[tokio::test]
async fn a_stale_upsert_undoes_all() {
    let suite = suite().await;
    let (key, stale) = with_stale_etag(suite).await;
    refused_wholly(suite, upsert(json!({"key": key, "value": 9, "etag": stale}))).await;
    assert_eq!(value(suite, &key).await, Some(json!("new")));
}

#[tokio::test]
async fn a_stale_delete_undoes_all() {
    let suite = suite().await;
    let (key, stale) = with_stale_etag(suite).await;
    refused_wholly(suite, json!({"operation": "delete", "request": {"key": key, "etag": stale}})).await;
    assert_eq!(value(suite, &key).await, Some(json!("new")));
}

#[tokio::test]
async fn a_failed_create_undoes_all() {
    let (suite, key) = (suite().await, unique("k"));
    suite.save(json!({"key": key, "value": 1})).await;
    refused_wholly(
        suite,
        upsert(json!({"key": key, "value": 2, "options": {"concurrency": "first-write"}})),
    )
    .await;
}

#[tokio::test]
async fn of_twelve_creations_at_once_one_wins() {
    let (suite, key) = (suite().await, unique("k"));
    let tries = (0..12).map(|n| {
        let (key, side) = (key.clone(), format!("{key}-{n}"));
        tokio::spawn(async move {
            let create = upsert(json!({"key": key, "value": n, "options": {"concurrency": "first-write"}}));
            let answer = suite
                .post(
                    TRANSACTION,
                    &json!({"operations": [create, upsert(json!({"key": side, "value": n}))]}),
                )
                .await;
            assert!(answer.status() == 204 || answer.is_conflict(), "{}", answer.text());
            answer.status() == 204
        })
    });
    let mut winners = Vec::new();
    for (n, task) in tries.collect::<Vec<_>>().into_iter().enumerate() {
        if task.await.unwrap() {
            winners.push(n);
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(value(suite, &key).await, Some(json!(winners[0])));
    for n in 0..12 {
        assert_eq!(value(suite, &format!("{key}-{n}")).await.is_some(), n == winners[0]);
    }
}

#[tokio::test]
async fn the_last_of_two_writes_to_one_key_counts() {
    let (suite, key) = (suite().await, unique("k"));
    let operations = [1, 2].map(|n| upsert(json!({"key": key, "value": n})));
    assert_eq!(
        suite.post(TRANSACTION, &json!({"operations": operations})).await.status(),
        204
    );
    assert_eq!(value(suite, &key).await, Some(json!(2)));
}

#[tokio::test]
async fn no_operations_are_fine() {
    assert_eq!(
        suite().await.post(TRANSACTION, &json!({"operations": []})).await.status(),
        204
    );
}

#[tokio::test]
async fn an_unknown_operation_is_400() {
    let answer = suite()
        .await
        .post(
            TRANSACTION,
            &json!({"operations": [{"operation": "merge", "request": {"key": "k"}}]}),
        )
        .await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (400, "ERR_NOT_SUPPORTED_STATE_OPERATION")
    );
}

#[tokio::test]
async fn a_time_to_live_counts_per_operation_and_not_per_request() {
    let (suite, lasting, passing) = (suite().await, unique("k"), unique("k"));
    let short = upsert(json!({"key": passing, "value": 1, "metadata": {"ttlInSeconds": "1"}}));
    let body = json!({"operations": [upsert(json!({"key": lasting, "value": 1})), short], "metadata": {"ttlInSeconds": "1"}});
    assert_eq!(suite.post(TRANSACTION, &body).await.status(), 204);
    crate::state::gone(suite, &passing).await;
    assert_eq!(value(suite, &lasting).await, Some(json!(1)));
}
