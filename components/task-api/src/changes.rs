//! `GET /api/changes`: what changed for this person since a cursor.

use http::StatusCode;
use spindle_contract::{
    changes::{parse_since, write_changes},
    tasks::Viewer,
};
use spindle_domain::{Task, reminder::PersonTime};
use spindle_store::FeedKind;
use spindle_web_kit::{Call, Ctx, Failure, Reply, etag};
use uuid::Uuid;

use crate::{
    me::no_person,
    store::{failed, store},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let since = parse_since(call.query())?;
    let user = call.user()?;
    let store = store(ctx);
    let (number, touched) = store.changes(user, since).await.map_err(failed)?.ok_or_else(no_person)?;
    let tag = etag::weak(&number.to_string());
    if since == Some(number) || etag::if_none_match(&call.headers, &tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let mut viewer = Viewer {
        user_id: user,
        person: PersonTime {
            zone: chrono_tz::UTC,
            all_day_reminder_at: chrono::NaiveTime::MIN,
        },
        now: ctx.clock.now(),
    };
    let (mut tasks, mut gone): (Vec<Task>, Vec<Uuid>) = (Vec::new(), Vec::new());
    let mut rung: Vec<Uuid> = Vec::new();
    let mut filters = false;
    for (id, kind) in touched.iter().flatten() {
        match kind {
            FeedKind::Gone => {
                gone.push(*id);
                continue;
            }
            FeedKind::Notification => {
                rung.push(*id);
                continue;
            }
            FeedKind::Filter => {
                filters = true;
                continue;
            }
            FeedKind::Updated => {}
        }
        match store.task(user, *id).await.map_err(failed)? {
            Some((profile, task)) => {
                viewer.person = profile.time();
                tasks.push(task);
            }
            // Gone since the feed was read; the next call says so.
            None => gone.push(*id),
        }
    }
    let notifications = if rung.is_empty() {
        Vec::new()
    } else {
        store.notifications_of(user, &rung).await.map_err(failed)?
    };
    Ok(Reply::json(
        StatusCode::OK,
        write_changes(number, touched.is_none(), &tasks, &gone, &notifications, filters, &viewer),
    )
    .etag(&tag))
}
