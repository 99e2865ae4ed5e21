//! Lists of tasks: filtered and sorted, or searched and ranked.

use http::StatusCode;
use sha2::{Digest, Sha256};
use spindle_contract::{
    problem::Problem,
    query::{ListQuery, parse_list, parse_search},
    tasks::{Viewer, write_task},
};
use spindle_domain::{Rank, SearchQuery, SortKey, Task, window};
use spindle_store::{Person, Row, hex};
use spindle_web_kit::{Call, Ctx, Failure, Reply, etag};

use crate::{
    me::no_person,
    store::{failed, store},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    answer(ctx, call, parse_list(call.query())?, None).await
}

pub(crate) async fn search(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let mut query = parse_search(call.query())?;
    // Ranking finds and orders in one go, so the filter need not search as well.
    let words = query.filter.search.take();
    answer(ctx, call, query, words).await
}

/// By what a list is put in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Found(Rank),
    Sorted(SortKey<'a>),
}

/// Reads every task of the caller, keeps those that match, puts a page of them in order and answers it.
async fn answer(ctx: &Ctx, call: &Call, query: ListQuery, words: Option<SearchQuery>) -> Result<Reply, Failure> {
    let user = call.user()?;
    let now = ctx.clock.now();
    let store = store(ctx);
    let person = store.person_and_feed(user).await.map_err(failed)?.ok_or_else(no_person)?;
    let tag = list_tag(&person, call, now.timestamp() / 60);
    if etag::if_none_match(&call.headers, &tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let viewer = Viewer {
        user_id: user,
        person: person.profile.time(),
        now,
    };
    let matcher = query.filter.matcher(viewer.person.zone, now);
    let page = |rows: &[Row<'_>]| {
        let mut kept = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let facts = row.facts()?;
            if matcher.matches(&facts) {
                let key = match &words {
                    Some(words) => words.rank(&facts).map(Key::Found),
                    None => Some(Key::Sorted(SortKey::new(
                        &facts,
                        query.sort_by,
                        query.sort_order,
                        viewer.person.zone,
                    ))),
                };
                kept.extend(key.map(|key| (key, index)));
            }
        }
        let total = kept.len();
        let range = query.page.range(total);
        let tasks: Option<Vec<Task>> = window(&mut kept, range.start, range.len())
            .iter()
            .map(|(_, index)| rows.get(*index)?.task())
            .collect();
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
    etag::weak(&format!(
        "{}-{minute}-{}",
        person.feed_number,
        hex(digest.get(..8).unwrap_or(&digest))
    ))
}
