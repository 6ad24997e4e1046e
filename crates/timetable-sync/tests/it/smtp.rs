//! Messages by SMTP: real connections to a server that refuses, hangs and drops, and letters read by another parser.

mod aiosmtpd;
mod server;

use std::{collections::BTreeSet, time::Duration};

use booking_store::{
    BookingDesk, BookingStore, Delivery, Notice, NoticeId, NoticeState, Recipient, RunId, SchoolId,
};
use calcard::{Entry, Parser, icalendar::ICalendarComponentType};
use chrono::{DateTime, TimeDelta, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use secrecy::SecretString;
use tempfile::TempDir;
use timetable_sync::{
    FileNotifier, Letterhead, Notifier, SmtpError, SmtpNotifier, SmtpSecurity, SmtpSettings,
    send_due,
};

use self::server::{Mood, Server, Taken};
use crate::{
    feed::{Row, feed},
    school::{School, booking},
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

fn letterhead() -> Letterhead {
    Letterhead::new("Room bookings <rooms@school.example>")
        .unwrap()
        .reply_to("office@school.example")
        .unwrap()
        .administrator("Admin <admin@school.example>")
        .unwrap()
}

fn settings(port: u16) -> SmtpSettings {
    let mut settings = SmtpSettings::new("127.0.0.1", letterhead());
    settings.port = Some(port);
    settings.security = SmtpSecurity::None;
    settings
}

/// One that does not wait for a server that hangs.
fn impatient(port: u16, seconds: u64) -> SmtpNotifier {
    let mut settings = settings(port);
    settings.timeout = Duration::from_secs(seconds);
    SmtpNotifier::new(settings).unwrap()
}

fn notifier(port: u16) -> SmtpNotifier {
    SmtpNotifier::new(settings(port)).unwrap()
}

fn notice(id: &str, name: &str, email: &str) -> Notice {
    Notice {
        id: NoticeId::new(id),
        school: SchoolId::new("school"),
        run: RunId(1),
        to: Recipient::Owner {
            name: Some(name.to_owned()),
            email: email.to_owned(),
        },
        subject: "A booking had to go".to_owned(),
        text: "Dear Zoë,\n\n.\n.. a line of full stops = done\n".to_owned(),
        html: None,
        calendar: None,
        removed: Vec::new(),
        restored: Vec::new(),
    }
}

fn plain() -> Notice {
    notice("n1", "Ann Smith", "ann@school.example")
}

fn parsed(taken: &Taken) -> Message<'_> {
    MessageParser::default().parse(&taken.letter).unwrap()
}

/// The header's lines as they are in the letter, folded ones joined.
fn header_lines(letter: &[u8]) -> Vec<String> {
    let text = String::from_utf8(letter.to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.split("\r\n").map(str::to_owned).collect()
}

fn put_off(outcome: &Delivery) -> &str {
    match outcome {
        Delivery::TryAgain {
            reason,
            not_before: None,
        } => reason,
        other => panic!("not put off: {other:?}"),
    }
}

/// Three owners and the administrator hear of one run.
async fn told() -> School {
    let school = School::synced(&feed(&ROWS)).await;
    for (id, room, start, end, owner) in [
        (
            "a1",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "Ann@school.example",
        ),
        (
            "a2",
            "isams-2",
            "2031-09-15T10:00",
            "2031-09-15T11:00",
            "ann@school.example",
        ),
        (
            "b1",
            "isams-1",
            "2031-09-15T09:00",
            "2031-09-15T10:00",
            "bo@school.example",
        ),
        (
            "c1",
            "isams-2",
            "2031-09-22T10:00",
            "2031-09-22T11:00",
            "cy@school.example",
        ),
        ("n1", "isams-2", "2031-09-29T10:00", "2031-09-29T11:00", ""),
        (
            "far1",
            "isams-7",
            "2031-09-29T10:00",
            "2031-09-29T11:00",
            "ann@school.example",
        ),
        (
            "far2",
            "isams-7",
            "2031-09-30T10:00",
            "2031-09-30T11:00",
            "ann@school.example",
        ),
        (
            "far3",
            "isams-7",
            "2031-09-30T10:00",
            "2031-09-30T11:00",
            "ann@school.example",
        ),
        (
            "far4",
            "isams-7",
            "2031-09-30T10:00",
            "2031-09-30T11:00",
            "ann@school.example",
        ),
        (
            "far5",
            "isams-7",
            "2031-09-30T10:00",
            "2031-09-30T11:00",
            "ann@school.example",
        ),
    ] {
        let mut booking = booking(id, room, start, end, owner);
        booking.owner_name = Some("Zoë <Å> & Co".to_owned());
        booking.title = Some("Café <b>\u{201c}français\u{201d}</b>".to_owned());
        school.store.book(&school.id, &booking).await.unwrap();
    }
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.notices, 3, "{:?}", report.held_because);
    school
}

fn now() -> DateTime<Utc> {
    "2031-09-01T02:00:00Z".parse().unwrap()
}

async fn states(school: &School) -> Vec<(String, &'static str)> {
    let outbox = school.outbox().await;
    let states = outbox.iter();
    states
        .map(|record| (record.notice.to.to_string(), record.state.name()))
        .collect()
}

#[tokio::test]
async fn a_letter_arrives_with_its_text_its_page_and_its_calendar_part() {
    let school = told().await;
    let server = Server::start(&[]).await;
    let report = send_due(&school.store, &notifier(server.port), "test", now(), 100)
        .await
        .unwrap();
    assert_eq!((report.sent(), report.attempts.len()), (5, 5));
    let notices = school.told().await;
    let notice = &notices[0].notice;
    let taken = server.taken().into_iter();
    let taken: Vec<Taken> = taken
        .filter(|taken| taken.to == ["Ann@school.example"])
        .collect();
    let [taken] = &taken[..] else {
        panic!("{} letters", taken.len());
    };
    assert_eq!(taken.from, "rooms@school.example");
    let message = parsed(taken);
    assert_eq!(message.subject(), Some(notice.subject.as_str()));
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Room bookings"), Some("rooms@school.example"))
    );
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(
        (to.name(), to.address()),
        (Some("Zoë <Å> & Co"), Some("Ann@school.example"))
    );
    let reply_to = message.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("office@school.example"));
    assert_eq!(
        message.message_id(),
        Some(format!("{}@school.example", notice.id).as_str())
    );
    let lines = header_lines(&taken.letter);
    for line in ["Auto-Submitted: auto-generated", "MIME-Version: 1.0"] {
        assert!(lines.iter().any(|known| known == line), "{line}: {lines:?}");
    }

    let kinds: Vec<String> = message
        .parts
        .iter()
        .map(|part| {
            let kind = part.content_type().unwrap();
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "text/calendar"
        ]
    );
    let content = |index: usize| match &message.parts[index].body {
        PartType::Text(text) | PartType::Html(text) => text.replace("\r\n", "\n"),
        other => panic!("{other:?}"),
    };
    assert_eq!(content(2), notice.text);
    assert_eq!(content(3), *notice.html.as_ref().unwrap());
    assert!(content(3).contains("Café &lt;b&gt;") && !content(3).contains("<b>"));
    for part in [content(2), content(3)] {
        for said in [
            "Mon 8 Sep 2031 09:00-10:00, Room 1: ",
            "Mon 15 Sep 2031 10:00-11:00, Room 2: ",
            "meets there in Period 1 (09:00-10:00).",
            "please reply to this message or ask the school office.",
        ] {
            assert!(part.contains(said), "{said}: {part}");
        }
    }

    // One event each: the first as another form of the letter, the second as a file.
    let PartType::Multipart(within) = &message.parts[1].body else {
        panic!("{:?}", message.parts[1].body);
    };
    assert_eq!(within, &[2, 3, 4]);
    assert_eq!(message.parts[4].attachment_name(), None);
    assert_eq!(message.parts[5].attachment_name(), Some("booking-2.ics"));
    let mut files = String::new();
    for calendar in &message.parts[4..] {
        let kind = calendar.content_type().unwrap();
        assert_eq!(kind.attribute("method"), Some("CANCEL"));
        let file = String::from_utf8(calendar.contents().to_vec()).unwrap();
        let Entry::ICalendar(read) = Parser::new(&file).entry() else {
            panic!("{file}");
        };
        let events = read.components.iter();
        let events =
            events.filter(|component| component.component_type == ICalendarComponentType::VEvent);
        assert_eq!(events.count(), 1);
        files += &file;
    }
    assert_eq!(Some(&files), notice.calendar.as_ref());
}

#[tokio::test]
async fn each_person_gets_exactly_one_letter_of_a_run() {
    let school = told().await;
    let server = Server::start(&[]).await;
    let notifier = notifier(server.port);
    for minute in 0..3 {
        let now = now() + TimeDelta::minutes(minute);
        send_due(&school.store, &notifier, "test", now, 2)
            .await
            .unwrap();
    }
    let taken = server.taken();
    let mut to: Vec<String> = taken.iter().flat_map(|taken| taken.to.clone()).collect();
    to.sort();
    // The administrator hears that the first run took effect, and then of the booking without an address.
    assert_eq!(
        to,
        [
            "Ann@school.example",
            "admin@school.example",
            "admin@school.example",
            "bo@school.example",
            "cy@school.example"
        ]
    );
    let ids: BTreeSet<String> = taken
        .iter()
        .map(|taken| parsed(taken).message_id().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn a_name_with_line_breaks_adds_no_header_and_no_recipient() {
    let server = Server::start(&[]).await;
    let mut hostile = notice(
        "n1",
        "Eve\r\nBcc: x@y.example\r\n\r\nHello",
        "eve@school.example",
    );
    hostile.subject = "Gone\r\nBcc: x@y.example\r\nX-Evil: yes".to_owned();
    assert_eq!(
        notifier(server.port).deliver(&hostile).await,
        Delivery::Sent
    );
    let taken = server.taken().remove(0);
    assert_eq!(taken.to, ["eve@school.example"]);
    let mut names: Vec<String> = header_lines(&taken.letter)
        .iter()
        .map(|line| line.split_once(':').unwrap().0.to_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "Auto-Submitted",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Reply-To",
            "Subject",
            "To"
        ]
    );
    let message = parsed(&taken);
    assert_eq!(message.subject(), Some("Gone Bcc: x@y.example X-Evil: yes"));
    assert_eq!(
        message.to().unwrap().first().unwrap().name(),
        Some("Eve Bcc: x@y.example Hello")
    );
}

#[tokio::test]
async fn lines_of_full_stops_and_texts_beyond_ascii_arrive_as_they_were() {
    let server = Server::start(&[]).await;
    assert_eq!(
        notifier(server.port).deliver(&plain()).await,
        Delivery::Sent
    );
    let taken = server.taken().remove(0);
    let text = parsed(&taken).body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text, plain().text);
}

#[tokio::test]
async fn what_is_refused_for_good_fails_with_what_the_server_said() {
    for mood in [
        Mood::ToRecipient("550 5.1.1 no such user"),
        Mood::ToLetter("554 looks like spam"),
    ] {
        let server = Server::start(&[mood]).await;
        let Delivery::Failed(reason) = notifier(server.port).deliver(&plain()).await else {
            panic!("{mood:?} is not taken for a failure");
        };
        let (Mood::ToRecipient(line) | Mood::ToLetter(line)) = mood else {
            panic!("{mood:?}");
        };
        assert_eq!(reason, format!("the mail server says {line}"));
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for (mood, said) in [
        (
            Mood::ToRecipient("451 4.7.1 greylisted"),
            "the mail server says 451 4.7.1 greylisted",
        ),
        (
            Mood::ToSender("421 too many"),
            "the mail server says 421 too many",
        ),
        (Mood::ToLetter("452 full"), "the mail server says 452 full"),
        (
            Mood::ToSender("530 sign in first"),
            "the mail server says 530 sign in first",
        ),
        // One wrong address under the settings must not fail every message for good.
        (
            Mood::ToSender("553 not this sender"),
            "the mail server says 553 not this sender",
        ),
        (
            Mood::ToRecipient("530 sign in first"),
            "the mail server says 530 sign in first",
        ),
        (
            Mood::ToRecipient("534 another way"),
            "the mail server says 534 another way",
        ),
        (
            Mood::ToRecipient("535 not so"),
            "the mail server says 535 not so",
        ),
        (
            Mood::ToLetter("538 encrypt first"),
            "the mail server says 538 encrypt first",
        ),
        (
            Mood::Greets("554 not today"),
            "the mail server cannot be reached",
        ),
        (Mood::Greets("220"), "the mail server cannot be reached"),
        (
            Mood::Greets("\u{1}nonsense"),
            "the mail server cannot be reached",
        ),
        (
            Mood::DropsAtRecipient,
            "the connection to the mail server broke",
        ),
        (
            Mood::DropsAfterLetter,
            "the connection to the mail server broke",
        ),
        (
            Mood::Silent,
            "the mail server did not answer within 1 seconds",
        ),
    ] {
        let server = Server::start(&[mood]).await;
        let notifier = notifier(server.port);
        let outcome = if mood == Mood::Silent {
            impatient(server.port, 1).deliver(&plain()).await
        } else {
            notifier.deliver(&plain()).await
        };
        let reason = put_off(&outcome);
        assert!(reason.starts_with(said), "{mood:?}: {reason}");
        assert!(!reason.contains(char::is_control), "{reason:?}");
        assert_eq!(notifier.deliver(&plain()).await, Delivery::Sent, "{mood:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let server = Server::start(&[]).await;
    let port = server.port;
    drop(server);
    tokio::task::yield_now().await;
    let outcome = notifier(port).deliver(&plain()).await;
    let reason = put_off(&outcome);
    assert!(
        reason.starts_with("the mail server cannot be reached: "),
        "{reason}"
    );
}

#[tokio::test]
async fn a_letter_is_sent_whatever_becomes_of_the_farewell() {
    let server = Server::start(&[Mood::SilentAtQuit]).await;
    assert_eq!(
        notifier(server.port).deliver(&plain()).await,
        Delivery::Sent
    );
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_letter_that_is_sent_again_has_the_same_message_id() {
    // The server took it, and the connection broke before it said so.
    let school = told().await;
    let server = Server::start(&[Mood::Good, Mood::DropsAfterLetter]).await;
    let notifier = notifier(server.port);
    let first = send_due(&school.store, &notifier, "test", now(), 100)
        .await
        .unwrap();
    assert_eq!((first.sent(), first.put_off()), (4, 1));
    let later = now() + TimeDelta::minutes(2);
    let second = send_due(&school.store, &notifier, "test", later, 100)
        .await
        .unwrap();
    assert_eq!(second.sent(), 1);
    let taken = server.taken();
    let (once, again) = (parsed(&taken[1]), parsed(&taken[5]));
    assert_eq!(taken[1].to, taken[5].to);
    assert_eq!(once.message_id().unwrap(), again.message_id().unwrap());
    assert_eq!(once.body_text(0), again.body_text(0));
    let different: BTreeSet<_> = taken
        .iter()
        .map(|taken| parsed(taken).message_id().unwrap().to_owned())
        .collect();
    assert_eq!((taken.len(), different.len()), (6, 5));
}

#[tokio::test]
async fn bad_days_of_the_server_delay_letters_and_lose_none() {
    let school = told().await;
    let moods = [
        Mood::Silent,
        Mood::ToRecipient("550 5.1.1 no such user"),
        Mood::ToRecipient("451 4.7.1 greylisted"),
        Mood::DropsAtRecipient,
        Mood::Greets("421 later"),
    ];
    let server = Server::start(&moods).await;
    let notifier = impatient(server.port, 5);
    let first = send_due(&school.store, &notifier, "test", now(), 100)
        .await
        .unwrap();
    assert_eq!((first.sent(), first.put_off(), first.failed()), (0, 4, 1));
    assert_eq!(
        states(&school).await[1],
        ("Ann@school.example".to_owned(), "failed")
    );
    let later = now() + TimeDelta::minutes(3);
    let second = send_due(&school.store, &notifier, "test", later, 100)
        .await
        .unwrap();
    assert_eq!((second.sent(), second.attempts.len()), (4, 4));
    // The administrator corrects the address book of the server and tries again.
    let failed = school.told().await.remove(0);
    assert_eq!(
        failed.state,
        NoticeState::Failed("the mail server says 550 5.1.1 no such user".to_owned())
    );
    assert!(school.store.requeue(&failed.notice.id).await.unwrap());
    let third = send_due(&school.store, &notifier, "test", later, 100)
        .await
        .unwrap();
    assert_eq!(third.sent(), 1);
    assert!(
        states(&school)
            .await
            .iter()
            .all(|(_, state)| *state == "sent")
    );
    assert_eq!(server.taken().len(), 5);
}

#[tokio::test]
async fn an_address_that_is_none_fails_without_a_connection() {
    let server = Server::start(&[]).await;
    for email in [
        "nobody",
        "a@b@c",
        "a b@school.example",
        "a@school.example\r\nRCPT TO:<x@y.example>",
    ] {
        let outcome = notifier(server.port)
            .deliver(&notice("n1", "Ann", email))
            .await;
        let Delivery::Failed(reason) = outcome else {
            panic!("{email}: {outcome:?}");
        };
        assert!(
            reason.starts_with("the owner's address cannot be used: "),
            "{reason}"
        );
        assert!(!reason.contains(char::is_control), "{reason:?}");
    }
    assert!(server.said().is_empty());
}

#[tokio::test]
async fn the_administrator_without_an_address_fails_visibly_and_with_one_gets_letters() {
    let server = Server::start(&[]).await;
    let to_administrator = Notice {
        to: Recipient::Administrator,
        ..plain()
    };
    let mut nobody = settings(server.port);
    nobody.letterhead = Letterhead::new("rooms@school.example").unwrap();
    let outcome = SmtpNotifier::new(nobody)
        .unwrap()
        .deliver(&to_administrator)
        .await;
    assert_eq!(
        outcome,
        Delivery::Failed(
            "no address of the administrator is set; set one, and queue this message again"
                .to_owned()
        )
    );
    assert_eq!(
        notifier(server.port).deliver(&to_administrator).await,
        Delivery::Sent
    );
    assert_eq!(server.taken()[0].to, ["admin@school.example"]);
}

#[tokio::test]
async fn a_refused_sign_in_is_tried_again_and_shows_no_password() {
    let server = Server::start(&[Mood::NoSignIn]).await;
    let mut with_password = settings(server.port);
    with_password.user = Some("rooms".to_owned());
    with_password.password = Some(SecretString::from("hush-hush"));
    let notifier = SmtpNotifier::new(with_password).unwrap();
    let outcome = notifier.deliver(&plain()).await;
    assert_eq!(
        put_off(&outcome),
        "the mail server does not let us sign in (535)"
    );
    let shown = format!("{notifier:?}");
    assert!(
        shown.contains("rooms") && !shown.contains("hush"),
        "{shown}"
    );
    assert_eq!(notifier.deliver(&plain()).await, Delivery::Sent);
    assert!(
        server
            .said()
            .iter()
            .any(|line| line.starts_with("AUTH PLAIN "))
    );
}

#[tokio::test]
async fn a_server_without_starttls_is_told_nothing() {
    let server = Server::start(&[]).await;
    let mut encrypted = settings(server.port);
    encrypted.security = SmtpSecurity::StartTls;
    encrypted.user = Some("rooms".to_owned());
    encrypted.password = Some(SecretString::from("hush-hush"));
    encrypted.root_certificate = Some(include_str!("smtp/authority.pem").to_owned());
    let outcome = SmtpNotifier::new(encrypted)
        .unwrap()
        .deliver(&plain())
        .await;
    let reason = put_off(&outcome);
    assert!(
        reason.starts_with("the connection cannot be encrypted"),
        "{reason}"
    );
    assert!(
        server.said().iter().all(|line| line.starts_with("EHLO")),
        "{:?}",
        server.said()
    );
}

#[test]
fn settings_that_make_no_mailer_are_refused() {
    let refused = |change: fn(&mut SmtpSettings)| {
        let mut settings = settings(25);
        change(&mut settings);
        SmtpNotifier::new(settings).unwrap_err()
    };
    let error = refused(|it| it.host = "mail.school.example".to_owned());
    assert!(matches!(error, SmtpError::InTheClear { .. }));
    assert_eq!(
        error.to_string(),
        "mail to `mail.school.example` would not be encrypted, which is allowed to this computer only; use STARTTLS \
         or TLS"
    );
    assert!(matches!(
        refused(|it| it.host = "192.0.2.1".to_owned()),
        SmtpError::InTheClear { .. }
    ));
    assert!(matches!(
        refused(|it| it.host = " ".to_owned()),
        SmtpError::NoHost
    ));
    assert!(matches!(
        refused(|it| it.user = Some("u".to_owned())),
        SmtpError::HalfASignIn
    ));
    assert!(matches!(
        refused(|it| it.password = Some(SecretString::from("p"))),
        SmtpError::HalfASignIn
    ));
    assert!(matches!(
        refused(|it| it.timeout = Duration::ZERO),
        SmtpError::Timeout
    ));
    assert!(matches!(
        refused(|it| {
            it.security = SmtpSecurity::Tls;
            it.root_certificate = Some("no certificate".to_owned());
        }),
        SmtpError::NoCertificate
    ));
    for host in ["localhost", "127.0.0.2", "::1", "[::1]"] {
        let mut settings = settings(25);
        settings.host = host.to_owned();
        assert!(SmtpNotifier::new(settings).is_ok(), "{host}");
    }
    for address in [
        "",
        "rooms",
        "Rooms <rooms>",
        "rooms@school.example\r\nBcc: x@y.example",
    ] {
        let error = Letterhead::new(address).unwrap_err().to_string();
        assert!(
            error.ends_with("is no e-mail address") && !error.contains('\n'),
            "{error}"
        );
    }
}

#[tokio::test]
async fn letters_can_be_written_as_files() {
    let school = told().await;
    let folder = TempDir::new().unwrap();
    let files = FileNotifier::new(folder.path(), letterhead());
    let report = send_due(&school.store, &files, "test", now(), 100)
        .await
        .unwrap();
    assert_eq!(report.sent(), 5);
    for record in school.outbox().await {
        let letter = std::fs::read(files.path(&record.notice)).unwrap();
        let message = MessageParser::default().parse(&letter).unwrap();
        assert_eq!(message.subject(), Some(record.notice.subject.as_str()));
    }
    // A host's ids can be anything, and stay in the folder.
    let path = files.path(&notice("../../x", "Ann", "ann@school.example"));
    assert_eq!(path.parent(), Some(folder.path()));
    assert!(!path.to_string_lossy().contains(".."));
}
