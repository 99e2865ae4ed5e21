//! Listing and verifying the caller's own chain.

use http::StatusCode;
use spindle_contract::audit::{VerifyBody, parse_audit};
use spindle_store::AuditFilter;
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::store::{failed, store};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let query = parse_audit(call.query())?;
    let filter = AuditFilter {
        task_id: query.task_id,
        event_type: query.event_type.map(|kind| kind.as_str().to_owned()),
        from: query.from,
        to: query.to,
    };
    let range = query.page.range(usize::MAX);
    let found = store(ctx)
        .audit(call.user()?, &filter, range.start, range.len())
        .await
        .map_err(failed)?;
    let body = query
        .page
        .json(found.items, found.total, |out, entry| out.extend_from_slice(entry.as_bytes()));
    Ok(Reply::json(StatusCode::OK, body))
}

pub(crate) async fn verify(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let found = store(ctx).verify_audit(call.user()?).await.map_err(failed)?;
    let body = VerifyBody {
        ok: found.broken_at.is_none(),
        entries: found.entries,
        head: found.head,
        broken_at: found.broken_at,
    };
    Ok(Reply::json(StatusCode::OK, body.json()))
}
