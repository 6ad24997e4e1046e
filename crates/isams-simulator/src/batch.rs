//! Answers requests for data.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, Method as HttpMethod, StatusCode, Uri};
use serde_json::Value;

use crate::answer::Answer;
use crate::builder::Key;
use crate::fault::Fault;
use crate::filters::{BadFilters, Filters};
use crate::key::ApiKey;
use crate::known::KnownError;
use crate::method::Method;
use crate::oauth;
use crate::reply::Reply;
use crate::request::Format;
use crate::select::{Running, select};
use crate::server::{Changing, Shared};
use crate::xml;

const NOT_ALLOWED: &str = "<!DOCTYPE html>\n<html><head><title>403 - Forbidden</title></head>\
                           <body><h2>403 - Forbidden: Access is denied.</h2></body></html>\n";

/// What the request brought.
pub(crate) struct Asked<'a> {
    pub(crate) format: Format,
    pub(crate) method: &'a HttpMethod,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) address: IpAddr,
    pub(crate) filters: Result<Filters, BadFilters>,
}

pub(crate) fn answer(shared: &Shared, asked: Asked<'_>) -> Reply {
    let settings = &shared.settings;
    let allowed = settings.allowed.as_ref();
    if allowed.is_some_and(|allowed| !allowed.contains(&asked.address)) {
        return Reply::html(StatusCode::FORBIDDEN, NOT_ALLOWED);
    }
    let is_post = asked.method == HttpMethod::POST;
    if asked.method != HttpMethod::GET && (!is_post || settings.get_only) {
        let allowed = if settings.get_only {
            "GET"
        } else {
            "GET, POST"
        };
        return Reply::method_not_allowed(allowed);
    }
    let fault = shared.changing().faults.pop_front();
    let Some(fault) = fault else {
        return undisturbed(shared, asked, None);
    };
    match fault.replacement(asked.format) {
        Some(reply) => reply,
        None => {
            let empty = match &fault {
                Fault::EmptyManager(name) => Some(name.as_str()),
                _ => None,
            };
            fault.spoil(undisturbed(shared, asked, empty))
        }
    }
}

/// The answer without a fault, but with this manager empty.
fn undisturbed(shared: &Shared, asked: Asked<'_>, empty: Option<&str>) -> Reply {
    let now = shared.now();
    if shared.settings.oauth.is_some() {
        let holds = oauth::bearer(asked.headers)
            .is_some_and(|token| shared.changing().tokens.holds(token, now));
        if !holds {
            return Reply::unauthorised();
        }
    }
    let Some(key) = api_key(asked.uri) else {
        return Answer::known(KnownError::MissingParameter).into();
    };
    let keys = &shared.settings.keys;
    let Some((index, key)) = keys.iter().enumerate().find(|(_, known)| known.key == key) else {
        return Answer::known(KnownError::InvalidApiKey).into();
    };
    if let Some(wait) = throttled(shared, index, now) {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        return Reply::later(StatusCode::TOO_MANY_REQUESTS, seconds.max(1));
    }
    let filters = match asked.filters {
        Ok(filters) => filters,
        Err(BadFilters::Malformed) => return Answer::known(KnownError::BadFilter).into(),
        Err(BadFilters::Date) => return Answer::bad_date().into(),
    };
    let running = match running(key, &filters) {
        Ok(running) => running,
        Err(refused) => return Answer::methods_not_allocated(&refused).into(),
    };
    let lacking = running.lacks_filter(&filters);
    if let Some(method) = lacking.filter(|_| shared.settings.strict_filters) {
        return Answer::filters_required(method.name).into();
    }
    let everything = running == Running::Everything && filters.is_empty() && empty.is_none();
    let answer = current(shared, index, now);
    written(&answer, asked.format, everything, |document| {
        select(document, &running, &filters);
        if let (Some(name), Some(Value::Object(managers))) = (empty, document.get_mut("iSAMS")) {
            managers.insert(name.to_owned(), Value::Null);
        }
    })
    .into()
}

/// The first `apiKey` of the query, in any case of the name; a blank one is none.
fn api_key(uri: &Uri) -> Option<ApiKey> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let (_, key) = parameters
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("apiKey"))?;
    Some(ApiKey::new(key)).filter(|key| !key.is_blank())
}

/// How long the key has to wait, or none, and then the request counts.
fn throttled(shared: &Shared, key: usize, now: Duration) -> Option<Duration> {
    let (requests, per) = shared.settings.throttle?;
    let mut changing = shared.changing();
    let answered: &mut VecDeque<Duration> = changing.answered.get_mut(key)?;
    while answered
        .front()
        .is_some_and(|at| at.saturating_add(per) <= now)
    {
        answered.pop_front();
    }
    if answered.len() < usize::try_from(requests).unwrap_or(usize::MAX) {
        answered.push_back(now);
        return None;
    }
    let free = answered.front().map_or(per, |at| at.saturating_add(per));
    Some(free.saturating_sub(now))
}

/// The methods that run, or the names of those that the key does not hold.
fn running(key: &Key, filters: &Filters) -> Result<Running, Vec<String>> {
    let holds = |name: &str| match &key.methods {
        None => true,
        Some(methods) => methods.contains(&name.to_lowercase()),
    };
    let named = |names: &mut dyn Iterator<Item = &String>| -> Vec<_> {
        names.filter_map(|name| Method::named(name)).collect()
    };
    match (&filters.methods, &key.methods) {
        (None, None) => Ok(Running::Everything),
        (None, Some(methods)) => Ok(Running::Only(named(&mut methods.iter()))),
        (Some(asked), methods) => {
            // A key that holds a method nobody here knows may ask for it, and gets nothing.
            let known = |name: &str| methods.is_some() || Method::named(name).is_some();
            let refused: Vec<_> = asked
                .iter()
                .filter(|name| !(holds(name) && known(name)))
                .cloned()
                .collect();
            if refused.is_empty() {
                Ok(Running::Only(named(&mut asked.iter())))
            } else {
                Err(refused)
            }
        }
    }
}

/// What the key gets to see at this time: the answer of now, or the one in its cache.
fn current(shared: &Shared, key: usize, now: Duration) -> Arc<Answer> {
    let Changing {
        answer,
        following,
        cached,
        ..
    } = &mut *shared.changing();
    let mut fresh = || {
        let this = Arc::clone(answer);
        if let Some(next) = following.pop_front() {
            *answer = next;
        }
        this
    };
    let (Some(expiry), Some(cached), false) = (
        shared.settings.cache,
        cached.get_mut(key),
        shared.settings.development,
    ) else {
        return fresh();
    };
    if let Some((since, known)) = cached
        && now < since.saturating_add(expiry)
    {
        return Arc::clone(known);
    }
    let answer = fresh();
    *cached = (answer.status == 200).then(|| (now, Arc::clone(&answer)));
    answer
}

/// The answer in the form asked for, changed by `change` unless everything is to be sent.
/// Whatever is no payload in JSON stays as it is.
fn written(
    answer: &Answer,
    format: Format,
    everything: bool,
    change: impl FnOnce(&mut Value),
) -> Answer {
    if everything && format == Format::Json || answer.status != 200 {
        return answer.clone();
    }
    let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer.clone();
    };
    if document.get("iSAMS").is_none() {
        return answer.clone();
    }
    if !everything {
        change(&mut document);
    }
    match format {
        Format::Json => Answer {
            body: document.to_string().into_bytes(),
            ..answer.clone()
        },
        Format::Xml => Answer::xml(xml::from_json(&document)),
    }
}
