//! `GET /api/tasks/{id}/activity`: a task's history, asked of audit-handler by Dapr service invocation with the caller's own token.

use bytes::Bytes;
use http::{Request, StatusCode, header};
use spindle_contract::{audit::parse_activity, problem::Problem};
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::{
    store::{call_failed, failed, store},
    tasks::{no_task, task_id},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let page = parse_activity(call.query())?;
    let (user, id) = (call.user()?, task_id(call)?);
    store(ctx).task(user, id).await.map_err(failed)?.ok_or_else(no_task)?;
    let uri = format!(
        "/api/events/audit?task_id={id}&page={}&page_size={}",
        page.page, page.page_size
    );
    let mut request = Request::get(uri).header("x-request-id", &call.request_id);
    if let Some(token) = call.headers.get(header::AUTHORIZATION) {
        request = request.header(header::AUTHORIZATION, token);
    }
    let request = request
        .body(Bytes::new())
        .map_err(|error| Failure::caused(Problem::internal(), error))?;
    let answer = ctx
        .dapr
        .invoke(&ctx.config.audit_app_id, request)
        .await
        .map_err(call_failed)?;
    if answer.status() == StatusCode::OK {
        return Ok(Reply::json(StatusCode::OK, answer.into_body().to_vec()));
    }
    let cause = format!("{} answered {}", ctx.config.audit_app_id, answer.status());
    Err(Failure::caused(
        Problem::unavailable("The audit log does not answer. Try again."),
        cause,
    ))
}
