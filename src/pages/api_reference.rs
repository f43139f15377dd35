//! What programs can ask for, told for people: made of the same description that programs read, so
//! neither can say what the other doesn't.

use crate::base::paths;
use crate::request::app::App;
use crate::ui::FrontDoor;
use crate::ui::words::{word, word_with};
use leptos::prelude::*;
use serde_json::Value;

/// One operation of the description.
struct Operation {
    method: String,
    path: String,
    summary: String,
    text: Vec<String>,
    sends: Vec<Field>,
    gives: Vec<Field>,
    answers: Vec<(String, String)>,
}

/// One member of what is sent or given.
struct Field {
    name: String,
    kind: String,
    required: bool,
    text: String,
}

#[component]
pub fn ApiReferencePage() -> impl IntoView {
    let description = App::current().map(|app| (app.describe_api)()).unwrap_or_default();
    let tags = description["tags"].as_array().cloned().unwrap_or_default();
    let lead = text_of(&description["info"]["description"]);
    let sections = tags.into_iter().map(move |tag| {
        let (name, text) = (text_of(&tag["name"]), text_of(&tag["description"]));
        let operations = operations(&description, &name);
        view! {
            <section class="reference">
                <h2>{name}</h2>
                <p class="quiet">{text}</p>
                {operations.into_iter().map(|operation| view! { <One operation /> }).collect_view()}
            </section>
        }
    });
    view! {
        <FrontDoor title=word("api-title") lead=move || marked(&lead) wide=true>
            {sections.collect_view()}
            <section class="reference">
                <h2>{word("api-machine-heading")}</h2>
                <p class="quiet">{word("api-machine-text")}</p>
                <p>
                    <a href="/api/v1/openapi.json">"/api/v1/openapi.json"</a>
                    " · "
                    <a href="/.well-known/jwks.json">"/.well-known/jwks.json"</a>
                </p>
            </section>
        </FrontDoor>
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Those of `tag`, in the order of their paths.
fn operations(description: &Value, tag: &str) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            if operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag)) {
                found.push(told(description, path, method, operation));
            }
        }
    }
    found
}

fn told(description: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let body = |of: &Value| fields(description, &of["content"]["application/json"]["schema"]);
    let answers = operation["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: format!("{}{path}", paths::API),
        summary: text_of(&operation["summary"]),
        text: text_of(&operation["description"]).split("\n\n").map(|text| text.replace('\n', " ")).collect(),
        sends: body(&operation["requestBody"]),
        gives: body(&operation["responses"]["200"]),
        answers: answers.map(|(status, answer)| (status.clone(), text_of(&answer["description"]))).collect(),
    }
}

/// The members of an object, by its schema or by the name of it.
fn fields(description: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolved(description, schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, member)| Field {
            name: name.clone(),
            kind: kind(description, member),
            required: required.iter().any(|one| one == name),
            text: text_of(&member["description"]).replace('\n', " "),
        })
        .collect()
}

fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    name.map_or(schema, |name| &description["components"]["schemas"][name])
}

/// In a word or two: what JSON calls it, and the format where it has one.
fn kind(description: &Value, schema: &Value) -> String {
    let schema = resolved(description, schema);
    if let Some(one) = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return kind(description, one);
    }
    let named = match &schema["type"] {
        Value::Array(all) => {
            all.iter().filter_map(Value::as_str).find(|one| *one != "null").unwrap_or_default().to_owned()
        }
        other => text_of(other),
    };
    match (named.as_str(), schema["format"].as_str()) {
        ("array", _) => word_with("api-list-of", &[("kind", kind(description, &schema["items"]))]),
        ("string", Some(format)) if format != "password" => format.to_owned(),
        _ => named,
    }
}

/// What stands between backticks is what programs write.
fn marked(text: &str) -> Vec<AnyView> {
    let parts = text.split('`').enumerate().map(|(number, part)| {
        let part = part.to_owned();
        if number % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect()
}

#[component]
fn One(operation: Operation) -> impl IntoView {
    let Operation { method, path, summary, text, sends, gives, answers } = operation;
    let id = format!("{}-{}", method.to_lowercase(), path.trim_start_matches('/').replace(['/', '{', '}'], "-"));
    let answers = answers.into_iter().map(|(status, text)| {
        view! {
            <li>
                <code>{status}</code>
                " "
                {text}
            </li>
        }
    });
    view! {
        <article class="operation" aria-labelledby=id.clone()>
            <h3 id=id.clone()>{summary}</h3>
            <p>
                <code>
                    <strong>{method}</strong>
                    " "
                    {path}
                </code>
            </p>
            {text.into_iter().map(|text| view! { <p>{marked(&text)}</p> }).collect_view()}
            <Members heading=word("api-send") fields=sends optional=true />
            <Members heading=word("api-get") fields=gives optional=false />
            <h4>{word("api-answers")}</h4>
            <ul class="answers">{answers.collect_view()}</ul>
        </article>
    }
}

#[component]
fn Members(heading: String, fields: Vec<Field>, optional: bool) -> impl IntoView {
    if fields.is_empty() {
        return ().into_any();
    }
    let rows = fields.into_iter().map(|field| {
        let Field { name, kind, required, text } = field;
        let kind = if optional && !required { word_with("api-optional", &[("kind", kind)]) } else { kind };
        view! {
            <div>
                <dt>
                    <code>{name}</code>
                    " "
                    <span class="quiet">{kind}</span>
                </dt>
                <dd>{marked(&text)}</dd>
            </div>
        }
    });
    view! {
        <h4>{heading}</h4>
        <dl class="members">{rows.collect_view()}</dl>
    }
    .into_any()
}
