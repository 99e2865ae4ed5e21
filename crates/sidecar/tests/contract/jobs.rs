//! Jobs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    harness::{Suite, suite, unique},
    recorder::{DEADLINE, Reply},
};

/// Every job has data, or it would not be delivered.
async fn schedule(suite: &Suite, name: &str, job: &Value) {
    let mut job = job.clone();
    if job.get("data").is_none() {
        job["data"] = json!({"a": "job"});
    }
    let answer = suite.post(&format!("/v1.0/jobs/{name}"), &job).await;
    assert_eq!(answer.status(), 204, "{}", answer.text());
}

async fn forgotten(suite: &Suite, name: &str) {
    let wait = async {
        let mut poll = tokio::time::interval(Duration::from_millis(20));
        while suite.get(&format!("/v1.0/jobs/{name}")).await.status() == 200 {
            poll.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.expect("the job is still there");
}

#[tokio::test]
async fn a_job_is_posted_to_the_app_with_its_data_and_then_forgotten() {
    let suite = suite().await;
    for data in [json!({"task": "t", "n": [1]}), json!("text"), json!(7)] {
        let name = unique("job");
        schedule(suite, &name, &json!({"dueTime": "50ms", "data": data})).await;
        let call = suite.app.wait(&format!("/job/{name}"), 1).await.remove(0);
        assert_eq!((call.method.as_str(), call.json()), ("POST", data));
        assert!(call.header("content-type").unwrap().starts_with("application/json"));
        assert_eq!(call.header("dapr-api-token"), suite.app_token.as_deref());
        forgotten(suite, &name).await;
    }
}

#[tokio::test]
async fn a_due_time_in_the_past_fires_at_once() {
    let (suite, name) = (suite().await, unique("job"));
    schedule(suite, &name, &json!({"dueTime": "2020-01-01T00:00:00Z"})).await;
    suite.app.wait(&format!("/job/{name}"), 1).await;
}

/// daprd 1.18.2 cannot encode data that is not there: each try fails, and so does telling of the job.
#[tokio::test]
async fn a_job_without_data_is_never_delivered_and_ends_as_one_that_fails() {
    let (suite, name) = (suite().await, unique("job"));
    let path = format!("/v1.0/jobs/{name}");
    let job = json!({"dueTime": "300ms", "failurePolicy": {"constant": {"interval": "0.05s", "maxRetries": 2}}});
    let answer = suite.post(&path, &job).await;
    assert_eq!(answer.status(), 204, "{}", answer.text());
    let answer = suite.get(&path).await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (500, "ERR_INTERNAL"),
        "{}",
        answer.text()
    );
    let gone = async {
        let mut poll = tokio::time::interval(Duration::from_millis(20));
        while !suite.get(&path).await.text().contains("job not found") {
            poll.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, gone).await.expect("the job is still there");
    assert!(suite.app.calls(&format!("/job/{name}")).is_empty());
}

#[tokio::test]
async fn a_job_that_exists_is_409_unless_overwritten() {
    let (suite, name) = (suite().await, unique("job"));
    let job = |overwrite: bool| json!({"dueTime": "1h", "overwrite": overwrite});
    schedule(suite, &name, &job(false)).await;
    let answer = suite.post(&format!("/v1.0/jobs/{name}"), &job(false)).await;
    assert_eq!(answer.status(), 409, "{}", answer.text());
    schedule(suite, &name, &job(true)).await;
}

#[tokio::test]
async fn an_overwritten_job_fires_once_as_the_new_one_says() {
    let (suite, name) = (suite().await, unique("job"));
    schedule(suite, &name, &json!({"dueTime": "1h", "data": 1})).await;
    schedule(suite, &name, &json!({"dueTime": "50ms", "data": 2, "overwrite": true})).await;
    assert_eq!(suite.app.wait(&format!("/job/{name}"), 1).await.remove(0).json(), json!(2));
    forgotten(suite, &name).await;
}

#[tokio::test]
async fn get_tells_the_job_with_its_default_policy() {
    let (suite, name) = (suite().await, unique("job"));
    schedule(suite, &name, &json!({"dueTime": "1h", "data": {"a": 1}})).await;
    let answer = suite.get(&format!("/v1.0-alpha1/jobs/{name}")).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let job = answer.json();
    assert_eq!((&job["name"], &job["data"]["value"]), (&json!(name), &json!({"a": 1})));
    assert_eq!(job["failurePolicy"], json!({"constant": {"interval": "1s", "maxRetries": 3}}));
}

#[tokio::test]
async fn get_of_a_missing_job_is_500_and_delete_204() {
    let (suite, name) = (suite().await, unique("job"));
    assert_eq!(suite.get(&format!("/v1.0/jobs/{name}")).await.status(), 500);
    assert_eq!(suite.delete(&format!("/v1.0/jobs/{name}")).await.status(), 204);
}

#[tokio::test]
async fn a_deleted_job_does_not_fire() {
    let (suite, deleted, later) = (suite().await, unique("job"), unique("job"));
    schedule(suite, &deleted, &json!({"dueTime": "300ms"})).await;
    assert_eq!(suite.delete(&format!("/v1.0/jobs/{deleted}")).await.status(), 204);
    schedule(suite, &later, &json!({"dueTime": "400ms"})).await;
    suite.app.wait(&format!("/job/{later}"), 1).await;
    assert!(suite.app.calls(&format!("/job/{deleted}")).is_empty());
}

#[tokio::test]
async fn what_cannot_be_scheduled_is_refused() {
    let (suite, name) = (suite().await, unique("job"));
    let path = format!("/v1.0/jobs/{name}");
    assert_eq!(
        suite.post(&path, &json!({"data": 1})).await.status(),
        400,
        "neither due time nor schedule"
    );
    assert!([400, 500].contains(&suite.post(&path, &json!({"dueTime": "whenever"})).await.status()));
    let milliseconds = json!({"dueTime": "1h", "failurePolicy": {"constant": {"interval": "500ms"}}});
    assert_eq!(
        suite.post(&path, &milliseconds).await.status(),
        400,
        "a protobuf duration is in seconds"
    );
}

#[tokio::test]
async fn a_failing_callback_is_retried_as_the_policy_says() {
    let (suite, name) = (suite().await, unique("job"));
    suite.app.script(&name, std::iter::repeat_n(Reply::status(500), 5));
    schedule(
        suite,
        &name,
        &json!({"dueTime": "10ms", "failurePolicy": {"constant": {"interval": "0.05s"}}}),
    )
    .await;
    suite.app.wait(&format!("/job/{name}"), 6).await;
    forgotten(suite, &name).await;
}

#[tokio::test]
async fn a_limit_of_retries_or_none_drops_the_job() {
    let suite = suite().await;
    for (policy, calls) in [
        (json!({"constant": {"interval": "0.05s", "maxRetries": 2}}), 3),
        (json!({"drop": {}}), 1),
    ] {
        let name = unique("job");
        suite.app.script(&name, std::iter::repeat_n(Reply::status(500), 9));
        schedule(suite, &name, &json!({"dueTime": "10ms", "failurePolicy": policy})).await;
        suite.app.wait(&format!("/job/{name}"), calls).await;
        forgotten(suite, &name).await;
        assert_eq!(suite.app.calls(&format!("/job/{name}")).len(), calls);
    }
}

#[tokio::test]
async fn a_404_counts_as_success() {
    let (suite, name) = (suite().await, unique("job"));
    suite.app.script(&name, [Reply::status(404)]);
    schedule(suite, &name, &json!({"dueTime": "10ms"})).await;
    suite.app.wait(&format!("/job/{name}"), 1).await;
    forgotten(suite, &name).await;
}

#[tokio::test]
async fn a_schedule_repeats_as_often_as_asked() {
    let (suite, name) = (suite().await, unique("job"));
    schedule(suite, &name, &json!({"schedule": "@every 1s", "repeats": 2})).await;
    suite.app.wait(&format!("/job/{name}"), 2).await;
    forgotten(suite, &name).await;
    assert_eq!(suite.app.calls(&format!("/job/{name}")).len(), 2);
}

#[tokio::test]
async fn callbacks_run_in_parallel() {
    let (suite, mark) = (suite().await, unique("job"));
    let slow = Reply {
        after: Duration::from_millis(500),
        ..Reply::status(200)
    };
    suite.app.script(&mark, std::iter::repeat_n(slow, 3));
    for n in 0..3 {
        schedule(suite, &format!("{mark}-{n}"), &json!({"dueTime": "10ms"})).await;
    }
    let calls = suite.app.wait(&format!("/job/{mark}"), 3).await;
    let last_begun = calls.iter().map(|call| call.begun).max().unwrap();
    let first_ended = calls.iter().filter_map(|call| call.ended).min().unwrap();
    assert!(last_begun < first_ended, "they ran one after the other");
}

#[tokio::test]
async fn names_with_colon_and_dots_are_fine() {
    let (suite, name) = (suite().await, format!("{}:a.b_c", unique("job")));
    schedule(suite, &name, &json!({"dueTime": "10ms"})).await;
    suite.app.wait(&name, 1).await;
}
