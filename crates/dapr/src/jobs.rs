//! Dapr's jobs API (`/v1.0/jobs/{name}`): a call back at a time.
//!
//! A job's default failure policy gives up after three tries a second apart, and a dead scheduler lets the call hang for 30 seconds
//! (seen with Dapr 1.18); hence a policy without a limit and a short time-out of our own.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderValue, Method, Request, header};

use crate::client::{CallError, Dapr, accept, encode, uri};

const TIMEOUT: Duration = Duration::from_secs(2);

impl Dapr {
    /// Lets Dapr call `POST /job/{name}` with `data` (JSON text) at a time, instead of an earlier job of that name. A time that is past is
    /// at once.
    pub async fn schedule_job(&self, name: &str, at: DateTime<Utc>, data: &str) -> Result<(), CallError> {
        let due = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let body = format!(
            "{{\"dueTime\":\"{due}\",\"overwrite\":true,\"failurePolicy\":{{\"constant\":{{\"interval\":\"1s\"}}}},\"data\":{data}}}"
        );
        let response = self.dispatch(job(Method::POST, name, Bytes::from(body))?, TIMEOUT).await?;
        accept("schedule job", &response)
    }

    /// Takes a job back; one that is not there is none.
    pub async fn delete_job(&self, name: &str) -> Result<(), CallError> {
        let response = self.dispatch(job(Method::DELETE, name, Bytes::new())?, TIMEOUT).await?;
        accept("delete job", &response)
    }
}

fn job(method: Method, name: &str, body: Bytes) -> Result<Request<Bytes>, CallError> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri(&format!("/v1.0/jobs/{}", encode(name)))?;
    request
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}
