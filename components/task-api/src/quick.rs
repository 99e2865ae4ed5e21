//! Quick add: a task from one line of text.

use spindle_contract::{body::parse_json, problem::Problem, quick::QuickInput};
use spindle_domain::{
    Violation,
    quick::{Options, parse},
};
use spindle_web_kit::{Call, Ctx, Failure, Reply};

use crate::tasks::create_as;

pub(crate) async fn add(ctx: &Ctx, call: &Call) -> Result<Reply, Failure> {
    let QuickInput { text, literal } = parse_json(&call.body)?;
    let now = ctx.clock.now();
    create_as(ctx, call, |profile| {
        let options = Options {
            now,
            zone: profile.zone,
            week_start: profile.settings.week_start,
            language: profile.settings.language,
            literal: literal.clone(),
        };
        let parsed = parse(&text, &options);
        if parsed.errors.is_empty() {
            Ok(parsed.edit)
        } else {
            Err(Problem::invalid(parsed.errors.into_iter().map(of_text).collect()))
        }
    })
    .await
}

/// What is wrong is wrong with a part of the text: the title is what is left of it.
fn of_text(error: Violation) -> Violation {
    match error.field.as_str() {
        "title" => Violation::new("text", error.code, format!("the title {}", error.message)),
        _ => error,
    }
}
