//! Saved filters.

use http::{StatusCode, header};
use spindle_contract::{
    body::parse_json,
    filters::{FilterInput, write_filter, write_filters},
    problem::{FieldError, Problem},
};
use spindle_domain::limits::FILTERS_MAX;
use spindle_store::{FilterChange, FilterOutcome};
use spindle_web_kit::{Call, Ctx, Failure, Reply, etag};
use uuid::Uuid;

use crate::{
    me::no_person,
    store::{failed, store},
};

pub(crate) async fn list(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let (filters, version) = store(ctx).filters(call.user()?).await.map_err(failed)?;
    let tag = etag::strong(version);
    if etag::if_none_match(&call.headers, &tag) {
        return Ok(Reply::not_modified(&tag));
    }
    Ok(Reply::json(StatusCode::OK, write_filters(&filters)).etag(&tag))
}

pub(crate) async fn create(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let input = parse_json::<FilterInput>(&call.body)?;
    let id = store(ctx).new_id();
    let reply = change(ctx, call, FilterChange::Add(id, input), StatusCode::CREATED).await?;
    let location = header::HeaderValue::try_from(format!("/api/filters/{id}"))
        .map_err(|error| Failure::caused(Problem::internal(), error))?;
    Ok(reply.append_header(header::LOCATION, location))
}

pub(crate) async fn put(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let id = filter_id(call)?;
    let input = parse_json::<FilterInput>(&call.body)?;
    change(ctx, call, FilterChange::Replace(id, input), StatusCode::OK).await
}

pub(crate) async fn delete(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    change(ctx, call, FilterChange::Remove(filter_id(call)?), StatusCode::NO_CONTENT).await
}

async fn change(ctx: &Ctx, call: &Call, change: FilterChange, status: StatusCode) -> Result<Reply, Failure> {
    let outcome = store(ctx).change_filters(call.user()?, &change).await.map_err(failed)?;
    match outcome {
        FilterOutcome::Done(_) if status == StatusCode::NO_CONTENT => Ok(Reply::empty(status)),
        FilterOutcome::Done(filter) => {
            let mut body = Vec::with_capacity(256);
            write_filter(&mut body, &filter);
            Ok(Reply::json(status, body))
        }
        FilterOutcome::Unknown => Err(Problem::not_found("There is no such filter.").into()),
        FilterOutcome::NameTaken => {
            let mut problem = Problem::conflict("name_taken", "There is a filter with this name. Choose another name.");
            problem.errors.push(FieldError {
                field: "name".to_owned(),
                code: "taken",
                message: "is the name of another filter: choose another".to_owned(),
            });
            Err(problem.into())
        }
        FilterOutcome::TooMany => {
            let detail = format!("There are {FILTERS_MAX} filters, the most there can be. Delete one first.");
            Err(Problem::conflict("too_many_filters", detail).into())
        }
        FilterOutcome::NoPerson => Err(no_person()),
    }
}

fn filter_id(call: &Call) -> Result<Uuid, Failure> {
    Uuid::try_parse(call.param("id"))
        .map_err(|_| Problem::bad_field("id", "not_a_uuid", "must be a UUID, such as a filter's id").into())
}
