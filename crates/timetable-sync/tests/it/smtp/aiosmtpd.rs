//! The same against a mail server that others wrote, with STARTTLS and a sign-in: `tests/smtp/server.py`.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use booking_store::NoticeState;
use chrono::TimeDelta;
use mail_parser::MessageParser;
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use timetable_sync::{Notifier, SmtpNotifier, SmtpSecurity, SmtpSettings, send_due};

use super::{letterhead, now, put_off};
use crate::sender::{queued, record};

/// The server, which ends with this.
struct Aiosmtpd {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Aiosmtpd {
    fn start() -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp");
        let python = tests.join("../../../../target/smtp-venv/bin/python");
        assert!(
            python.is_file(),
            "there is no mail server to test with: run crates/timetable-sync/tests/smtp/prepare first"
        );
        let folder = TempDir::new().unwrap();
        let mut process = Command::new(python)
            .arg(tests.join("server.py"))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port = line.trim().parse();
        let port = port.unwrap_or_else(|_| panic!("the mail server did not start: {line:?}"));
        Self {
            process,
            port,
            folder,
        }
    }

    fn settings(&self, password: &str) -> SmtpSettings {
        let mut settings = SmtpSettings::new("localhost", letterhead());
        settings.port = Some(self.port);
        settings.security = SmtpSecurity::StartTls;
        settings.user = Some("rooms".to_owned());
        settings.password = Some(SecretString::from(password));
        settings.timeout = Duration::from_secs(5);
        let authority = fs::read_to_string(self.folder.path().join("authority.pem")).unwrap();
        settings.root_certificate = Some(authority);
        settings
    }

    fn letters(&self) -> Vec<Value> {
        let letters = fs::read_to_string(self.folder.path().join("letters.jsonl"));
        let letters = letters.unwrap_or_default();
        letters
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
#[ignore = "needs aiosmtpd; .ci/run runs it"]
async fn aiosmtpd_gets_every_letter_once_encrypted_and_signed_in_although_it_refuses_hangs_and_drops()
 {
    let server = Aiosmtpd::start();
    let people = [
        "good",
        "greylisted",
        "nobody",
        "hangs",
        "drops",
        "zoë.is.not.ascii",
        "last",
    ];
    let store = queued(&people).await;
    let notifier = SmtpNotifier::new(server.settings("hush-hush")).unwrap();
    let first = send_due(&store, &notifier, "test", now(), 100)
        .await
        .unwrap();
    assert_eq!(
        (first.sent(), first.put_off(), first.failed()),
        (3, 3, 1),
        "{first:?}"
    );
    assert_eq!(
        record(&store, "nobody").await.state,
        NoticeState::Failed("the mail server says 550 5.1.1 no such user".to_owned())
    );
    let reason = record(&store, "greylisted").await.last_error.unwrap();
    assert_eq!(reason, "the mail server says 451 4.7.1 come back later");
    let reason = record(&store, "hangs").await.last_error.unwrap();
    assert_eq!(reason, "the mail server did not answer within 5 seconds");

    let later = now() + TimeDelta::minutes(3);
    let second = send_due(&store, &notifier, "test", later, 100)
        .await
        .unwrap();
    assert_eq!((second.sent(), second.attempts.len()), (3, 3), "{second:?}");

    let letters = server.letters();
    let mut ids = BTreeSet::new();
    for taken in &letters {
        assert_eq!(
            (&taken["encrypted"], &taken["signed_in"]),
            (&true.into(), &true.into())
        );
        let letter = taken["letter"].as_str().unwrap();
        let message = MessageParser::default().parse(letter.as_bytes()).unwrap();
        assert_eq!(message.body_text(0).unwrap().trim(), "Hello");
        ids.insert(message.message_id().unwrap().to_owned());
    }
    assert_eq!((letters.len(), ids.len()), (6, 6));
}

#[tokio::test]
#[ignore = "needs aiosmtpd; .ci/run runs it"]
async fn aiosmtpd_under_another_authority_or_with_another_password_gets_nothing() {
    let server = Aiosmtpd::start();
    let mut stranger = server.settings("hush-hush");
    stranger.root_certificate = Some(include_str!("authority.pem").to_owned());
    let outcome = SmtpNotifier::new(stranger)
        .unwrap()
        .deliver(&super::plain())
        .await;
    let reason = put_off(&outcome);
    assert!(
        reason.starts_with("the connection cannot be encrypted"),
        "{reason}"
    );

    let wrong = SmtpNotifier::new(server.settings("something-else")).unwrap();
    let outcome = wrong.deliver(&super::plain()).await;
    assert_eq!(
        put_off(&outcome),
        "the mail server does not let us sign in (535)"
    );
    assert!(server.letters().is_empty());

    let right = SmtpNotifier::new(server.settings("hush-hush")).unwrap();
    assert_eq!(
        right.deliver(&super::plain()).await,
        booking_store::Delivery::Sent
    );
    assert_eq!(server.letters().len(), 1);
}
