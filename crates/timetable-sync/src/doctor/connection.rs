//! From the web address to the key: how far the request came, and what its failure leaves open.

use isams_client::{Client, Error, Stage};

use super::{Check, Topic, Verdict, count};

/// Each step, in the order in which a request takes them.
const STEPS: [Topic; 5] = [
    Topic::Address,
    Topic::Tls,
    Topic::Token,
    Topic::Key,
    Topic::Answer,
];

/// What an answer proves.
pub(super) fn answered(client: &Client) -> Vec<Check> {
    STEPS
        .into_iter()
        .filter(|step| *step != Topic::Answer)
        .map(|step| good(client, step))
        .collect()
}

/// What a failure proves, and where it lies.
pub(super) fn failed(client: &Client, error: &Error) -> Vec<Check> {
    let lies = match error.stage() {
        Stage::Address | Stage::Connection => Topic::Address,
        Stage::Encryption => Topic::Tls,
        Stage::SignIn => Topic::Token,
        Stage::Key => Topic::Key,
        _ => Topic::Answer,
    };
    STEPS
        .into_iter()
        .map(|step| {
            if step == lies {
                problem(client, step, error)
            } else if step < lies && proves(error, step) {
                good(client, step)
            } else if step < lies {
                Check::new(
                    step,
                    Verdict::Unknown,
                    "not known: the failure does not show it",
                )
            } else {
                Check::new(step, Verdict::Unknown, "not known: it did not come to that")
            }
        })
        .collect()
}

/// Whether a failure further on shows that this step went well.
fn proves(error: &Error, step: Topic) -> bool {
    match error.innermost() {
        // Time may have run out before there was a connection, unless an answer had begun.
        Error::Transport(error)
            if error.is_timeout() && !(error.is_body() || error.is_decode()) =>
        {
            false
        }
        // It may have been the sign-in that got no answer.
        Error::Transport(_) => step <= Topic::Tls,
        // Whoever answers this may not have looked at the key.
        Error::Status { .. } | Error::Server(_) | Error::NotIsams { .. } => step <= Topic::Token,
        _ => true,
    }
}

fn good(client: &Client, step: Topic) -> Check {
    let found = match step {
        Topic::Address => format!("{} answers", client.host()),
        Topic::Tls if client.is_encrypted() => "the connection is encrypted".to_owned(),
        Topic::Tls => "not encrypted, as it does not leave this computer".to_owned(),
        Topic::Token if client.signs_in() => "signed in with client id and secret".to_owned(),
        Topic::Token => "no client secret was given, and none was asked for".to_owned(),
        Topic::Key => match client.keys() {
            1 => "iSAMS knows the key".to_owned(),
            keys => format!("iSAMS knows all {}", count(keys, "key")),
        },
        _ => "it came whole".to_owned(),
    };
    Check::new(step, Verdict::Good, found)
}

fn problem(client: &Client, step: Topic, error: &Error) -> Check {
    let mut found = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        found.push_str(": ");
        found.push_str(&error.to_string());
        source = error.source();
    }
    let mut check = Check::new(step, Verdict::Problem, found);
    check.advice = error.advice();
    check.cannot_tell = cannot_tell(client, error).map(str::to_owned);
    check
}

/// What the answer does not say. No public source tells what iSAMS answers to a blocked address, so it may be behind
/// any refusal without an error document of iSAMS.
fn cannot_tell(client: &Client, error: &Error) -> Option<&'static str> {
    Some(match error.innermost() {
        Error::Transport(_) => match error.stage() {
            Stage::Connection => {
                "whether the address is wrong, iSAMS is down, or a firewall keeps this computer out"
            }
            Stage::Encryption => {
                "whether something else listens there, or its certificate is not trusted by this computer"
            }
            _ => {
                "whether iSAMS is busy, or something between this computer and iSAMS cuts the connection, as a block of \
                 this computer's address may"
            }
        },
        Error::Token { error, .. } => match error.as_deref() {
            Some("invalid_client") => "whether the client id or the client secret is wrong",
            Some(_) => return None,
            None => {
                "whether client id or secret are wrong, this computer's address is blocked, or this is no sign-in of \
                 iSAMS"
            }
        },
        Error::Status { status, .. } if status.as_u16() == 401 && !client.signs_in() => {
            "whether the key is wrong, iSAMS asks for a sign-in with client id and secret, or this computer's address \
             is blocked"
        }
        Error::Status { status, .. } if matches!(status.as_u16(), 401 | 403) => {
            "whether this computer's address is blocked, the key is restricted in another way or is not active: what \
             iSAMS answers to each is not public"
        }
        Error::Status { status, .. } if status.as_u16() == 429 => {
            "whether this key has reached its own limit, or iSAMS is busy for everybody"
        }
        Error::Status { status, .. } if status.as_u16() == 503 => {
            "whether iSAMS is busy, or down for maintenance"
        }
        Error::NotIsams { .. } => {
            "whether the address is that of another site, or iSAMS shows a page of its own for a while"
        }
        _ => return None,
    })
}
