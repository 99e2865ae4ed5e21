//! Lists of tasks: filtered and sorted, or searched and ranked.

use http::StatusCode;
use sha2::{Digest, Sha256};
use spindle_contract::{
    problem::Problem,
    query::{ListQuery, parse_list, parse_search},
    tasks::{Viewer, write_task},
};
use spindle_domain::{Facts, SortKey};
use spindle_store::{Person, Row, hex};
use spindle_web_kit::{Call, Ctx, Failure, Reply, etag};

use crate::{
    me::no_person,
    store::{failed, store},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let query = parse_list(call.query())?;
    answer(ctx, call, &query, |facts, viewer| Some(SortKey::new(facts, query.sort_by, query.sort_order, viewer.zone))).await
}

pub(crate) async fn search(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let query = parse_search(call.query())?;
    let words = query.filter.search.clone();
    answer(ctx, call, &query, |facts, _| words.as_ref().and_then(|words| words.rank(facts))).await
}

/// Reads every task of the caller, keeps those that match, sorts them by `key` and answers a page.
async fn answer<K: Ord>(
    ctx: &Ctx,
    call: &Call,
    query: &ListQuery,
    key: impl Fn(&Facts<'_>, &Viewer) -> Option<K>,
) -> Result<Reply, Failure> {
    let user = call.user()?;
    let now = ctx.clock.now();
    let store = store(ctx);
    let person = store.person_and_feed(user).await.map_err(failed)?.ok_or_else(no_person)?;
    let tag = list_tag(&person, call, now.timestamp() / 60);
    if etag::if_none_match(&call.headers, &tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let viewer = Viewer { user_id: user, zone: person.profile.zone, now };
    let page = |rows: &[Row<'_>]| {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let facts = row.facts()?;
            if query.filter.matches(&facts, viewer.zone, now)
                && let Some(key) = key(&facts, &viewer)
            {
                kept.push((key, row));
            }
        }
        let range = query.page.range(kept.len());
        // Only what comes before the page's end is put in order.
        if range.end > 0 && range.end < kept.len() {
            kept.select_nth_unstable_by(range.end - 1, |(a, _), (b, _)| a.cmp(b));
        }
        let total = kept.len();
        let head = kept.get_mut(..range.end)?;
        head.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let tasks: Option<Vec<_>> = head.get(range)?.iter().map(|(_, row)| row.task()).collect();
        Some(query.page.json(tasks?, total, |out, task| write_task(out, &task, &viewer)))
    };
    let body = store.with_tasks(&person.profile, page).await.map_err(failed)?;
    let body = body.ok_or_else(|| Failure::caused(Problem::internal(), format!("a task of {user} is damaged")))?;
    Ok(Reply::json(StatusCode::OK, body).etag(&tag))
}

/// Changes with any task of the person, with their profile, with the query, and each minute (what is overdue depends on it).
fn list_tag(person: &Person, call: &Call, minute: i64) -> String {
    let mut hash = Sha256::new();
    for part in [call.operation, call.query().unwrap_or_default(), &person.profile_etag] {
        hash.update(part);
        hash.update([0]);
    }
    let digest = hash.finalize();
    etag::weak(&format!("{}-{minute}-{}", person.feed_number, hex(digest.get(..8).unwrap_or(&digest))))
}
