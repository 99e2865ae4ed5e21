//! Restarts, retries, and neighbours in one group of writes.

use std::sync::Arc;

use serde_json::{Value, json};
use spindle_sidecar::{Options, Sidecar};

use crate::support::{Folder, Notebook, get, notebook, options, post, ready};

const PUBLISH: &str = "/v1.0/publish/pubsub/t?metadata.partitionKey=";

async fn publish(sidecar: &Sidecar, key: &str, n: i64) {
    assert_eq!(
        post(sidecar, &format!("{PUBLISH}{key}"), &json!({"n": n, "key": key}))
            .await
            .status(),
        204
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_and_jobs_and_etags_survive_a_restart() {
    let folder = Folder::new();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    assert_eq!(
        post(&sidecar, "/v1.0/state/statestore", &json!([{"key": "k", "value": {"a": 1}}]))
            .await
            .status(),
        204
    );
    assert_eq!(
        post(&sidecar, "/v1.0/jobs/j", &json!({"dueTime": "1h", "data": 1}))
            .await
            .status(),
        204
    );
    let etag = get(&sidecar, "/v1.0/state/statestore/k").await.headers()["etag"].clone();
    sidecar.shutdown().await;
    drop(sidecar);

    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    let answer = get(&sidecar, "/v1.0/state/statestore/k").await;
    assert_eq!(
        (answer.body().as_ref(), &answer.headers()["etag"]),
        (&br#"{"a":1}"#[..], &etag)
    );
    assert_eq!(get(&sidecar, "/v1.0/jobs/j").await.status(), 200);
    assert_eq!(
        post(&sidecar, "/v1.0/state/statestore", &json!([{"key": "k", "value": 2}]))
            .await
            .status(),
        204
    );
    assert_ne!(get(&sidecar, "/v1.0/state/statestore/k").await.headers()["etag"], etag);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_before_the_app_first_answers_is_delivered() {
    let app = notebook();
    let sidecar = Sidecar::open(Options {
        data_file: None,
        ..options("unused".as_ref())
    })
    .unwrap();
    publish(&sidecar, "a", 1).await;
    sidecar.connect_app(Arc::<Notebook>::clone(&app));
    app.wait(|app| app.numbers() == [1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undelivered_events_and_overdue_jobs_come_after_the_restart_and_settled_ones_do_not() {
    let folder = Folder::new();
    let app = notebook();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    sidecar.connect_app(Arc::<Notebook>::clone(&app));
    ready(&sidecar).await;
    app.fail("stuck", usize::MAX);
    app.fail("overdue", usize::MAX);
    publish(&sidecar, "fine", 1).await;
    for n in [2, 3, 4] {
        publish(&sidecar, "stuck", n).await;
    }
    let job = json!({"dueTime": "1ms", "data": 1, "failurePolicy": {"constant": {"interval": "1s"}}});
    assert_eq!(post(&sidecar, "/v1.0/jobs/overdue", &job).await.status(), 204);
    app.wait(|app| {
        app.numbers().contains(&1)
            && app.numbers().contains(&2)
            && app.calls.lock().unwrap().iter().any(|(path, _)| path == "/job/overdue")
    })
    .await;
    sidecar.shutdown().await;
    drop(sidecar);

    let app = notebook();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    sidecar.connect_app(Arc::<Notebook>::clone(&app));
    app.wait(|app| app.numbers().len() >= 3 && app.calls.lock().unwrap().iter().any(|(path, _)| path == "/job/overdue"))
        .await;
    assert_eq!(app.numbers(), [2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_retried_blocks_only_itself_and_keeps_its_order() {
    let app = notebook();
    let sidecar = Sidecar::open(Options {
        data_file: None,
        ..options("unused".as_ref())
    })
    .unwrap();
    sidecar.connect_app(Arc::<Notebook>::clone(&app));
    ready(&sidecar).await;
    app.fail("\"n\":1,", 3);
    app.fail("\"n\":1}", 3);
    for (key, n) in [("a", 1), ("a", 2), ("b", 10), ("a", 3), ("b", 11)] {
        publish(&sidecar, key, n).await;
    }
    app.wait(|app| app.numbers().len() == 8).await;
    let numbers = app.numbers();
    let of_a: Vec<_> = numbers.iter().copied().filter(|n| *n < 10).collect();
    assert_eq!(of_a, [1, 1, 1, 1, 2, 3]);
    let position = |n| numbers.iter().position(|number| *number == n).unwrap();
    assert!(position(11) < position(2), "{numbers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_transaction_does_not_hurt_the_others_of_its_group() {
    let folder = Folder::new();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let sidecar = sidecar.clone();
            tokio::spawn(async move {
                let fails = n % 3 == 0;
                let etag = if fails { json!("12345678") } else { Value::Null };
                let operation =
                    |key: String, etag: Value| json!({"operation": "upsert", "request": {"key": key, "value": n, "etag": etag}});
                let body = json!({"operations": [operation(format!("a{n}"), Value::Null), operation(format!("b{n}"), etag)]});
                (
                    n,
                    post(&sidecar, "/v1.0/state/statestore/transaction", &body)
                        .await
                        .status()
                        .as_u16(),
                )
            })
        })
        .collect();
    for task in tasks {
        let (n, status) = task.await.unwrap();
        let (transaction, document) = if n % 3 == 0 { (500, 204) } else { (204, 200) };
        assert_eq!(status, transaction, "{n}");
        for part in ["a", "b"] {
            assert_eq!(
                get(&sidecar, &format!("/v1.0/state/statestore/{part}{n}")).await.status(),
                document,
                "{part}{n}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_jobs_due_at_once_all_fire_once() {
    let app = notebook();
    let sidecar = Sidecar::open(Options {
        data_file: None,
        ..options("unused".as_ref())
    })
    .unwrap();
    for n in 0..10_000 {
        assert_eq!(
            post(
                &sidecar,
                &format!("/v1.0/jobs/j{n}"),
                &json!({"dueTime": "2020-01-01T00:00:00Z", "data": n})
            )
            .await
            .status(),
            204
        );
    }
    sidecar.connect_app(Arc::<Notebook>::clone(&app));
    app.wait(|app| app.calls.lock().unwrap().len() >= 10_000).await;
    sidecar.shutdown().await;
    let mut paths: Vec<_> = app.calls.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    paths.sort();
    paths.dedup();
    assert_eq!((paths.len(), app.calls.lock().unwrap().len()), (10_000, 10_000));
}
