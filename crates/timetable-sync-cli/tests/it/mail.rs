//! Messages that are really sent: the program and a mail server on loopback.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crate::cli::{Cli, FIRST, alder, len};

/// A mail server that takes every letter, unless it is told to refuse.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The answer to every recipient; none is good.
    refuses: Mutex<Option<&'static str>>,
    taken: Mutex<Vec<(String, String)>>,
    ended: AtomicBool,
}

impl MailServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.ended.load(Ordering::Relaxed) {
                    return;
                }
                // A client that goes away is no concern of the server.
                let _ = stream.and_then(|stream| talk(stream, &serving));
            }
        });
        Self { port, shared }
    }

    fn refuse(&self, answer: Option<&'static str>) {
        *self.shared.refuses.lock().unwrap() = answer;
    }

    /// To whom, and the letter.
    pub(crate) fn taken(&self) -> Vec<(String, String)> {
        self.shared.taken.lock().unwrap().clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn talk(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut write = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut say = |line: &str| write.write_all(format!("{line}\r\n").as_bytes());
    say("220 mail.alder.example")?;
    let mut to = String::new();
    while let Some(line) = lines.next().transpose()? {
        let refused = *shared.refuses.lock().unwrap();
        match (line.get(..4).unwrap_or_default(), refused) {
            ("RCPT", Some(answer)) => say(answer)?,
            ("RCPT", None) => {
                to = line[line.find('<').unwrap() + 1..line.rfind('>').unwrap()].to_owned();
                say("250 ok")?;
            }
            ("DATA", _) => {
                say("354 go on")?;
                let mut letter = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                    letter.push_str("\r\n");
                }
                shared.taken.lock().unwrap().push((to.clone(), letter));
                say("250 taken")?;
            }
            ("AUTH", _) => say("535 no")?,
            ("EHLO", _) => say("250-mail.alder.example\r\n250 AUTH PLAIN")?,
            ("QUIT", _) => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    Ok(())
}

pub(crate) fn settings(port: u16) -> String {
    format!(
        "[mail]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\nfrom = 'Rooms <rooms@alder.example>'\n\
         administrator = 'it@alder.example'\nschool_name = 'Alder Prep'\n"
    )
}

fn states(cli: &Cli) -> Vec<String> {
    let outbox = cli.json(&["outbox", "list"]);
    let messages = outbox.as_array().unwrap().iter();
    messages
        .map(|message| message["state"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_sync_sends_its_messages_after_it_has_taken_effect() {
    let server = MailServer::start();
    let cli = Cli::matched_alder();
    cli.write("timetable-sync.toml", settings(server.port));
    let ran = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(0);
    let told = cli.told();
    let outbox = cli.json(&["outbox", "list"]);
    // Beside them the administrator heard that the school waited, and that the first run took effect.
    assert_eq!(len(&outbox), len(&told) + 2);
    assert!(
        ran.stdout
            .ends_with(&format!("{} messages were sent.\n", len(&outbox))),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    assert!(states(&cli).iter().all(|state| state == "sent"));
    let taken = server.taken();
    let mut to: Vec<&str> = taken.iter().map(|(to, _)| to.as_str()).collect();
    let mut expected: Vec<&str> = outbox
        .as_array()
        .unwrap()
        .iter()
        .map(|message| match message["to"].as_str().unwrap() {
            "administrator" => "it@alder.example",
            owner => owner,
        })
        .collect();
    to.sort_unstable();
    expected.sort_unstable();
    assert_eq!(to, expected);

    let ran = cli.sync(&alder("unchanged"), FIRST).expect(0);
    assert_eq!(ran.json()["status"], "unchanged");
    assert_eq!(server.taken().len(), taken.len());
    assert!(
        cli.run(&["outbox", "send", "--now", FIRST])
            .expect(0)
            .stdout
            .contains("No message is due.")
    );
}

#[test]
fn a_mail_server_that_fails_does_not_fail_the_sync_and_the_messages_go_later() {
    let server = MailServer::start();
    server.refuse(Some("451 4.7.1 come back later"));
    let cli = Cli::matched_alder();
    cli.write("timetable-sync.toml", settings(server.port));
    let ran = cli.sync(&alder("first"), FIRST).expect(0);
    assert_eq!(ran.json()["status"], "applied");
    let waiting = len(&cli.json(&["outbox", "list"]));
    let warnings = ran.stderr.lines().filter(|line| {
        line.starts_with("warning: the message to ") && line.ends_with("451 4.7.1 come back later")
    });
    assert_eq!(warnings.count(), waiting, "{}", ran.stderr);
    let list = cli.run(&["outbox", "list"]).expect(0).stdout;
    assert!(list.contains("queued, tried once, again "), "{list}");
    assert!(list.contains(": the mail server says"), "{list}");
    let first = &cli.json(&["outbox", "list"])[0];
    assert_eq!(first["attempts"], 1);
    assert_eq!(
        first["last_error"],
        "the mail server says 451 4.7.1 come back later"
    );
    // Whoever sends next has the machine's clock, whatever this call judged by.
    let next = first["next_attempt"].as_str().unwrap();
    assert!(!next.starts_with(&FIRST[..15]), "{first}");

    server.refuse(None);
    for number in 1..=waiting {
        cli.json(&["outbox", "retry", &number.to_string()]);
    }
    let ran = cli.json(&["outbox", "send"]);
    assert_eq!(len(&ran), waiting);
    assert!(
        ran.as_array()
            .unwrap()
            .iter()
            .all(|sent| sent["state"] == "sent")
    );
    assert_eq!(server.taken().len(), waiting);
    assert!(states(&cli).iter().all(|state| state == "sent"));
}

#[test]
fn a_message_that_failed_stays_visible_until_it_is_tried_again() {
    let server = MailServer::start();
    server.refuse(Some("550 5.1.1 no such user"));
    let cli = Cli::synced_alder();
    cli.write("timetable-sync.toml", settings(server.port));
    let ran = cli.run(&["outbox", "send", "--now", FIRST]).expect(1);
    assert!(
        ran.stdout.contains("550 5.1.1 no such user"),
        "{}",
        ran.stdout
    );
    let all = states(&cli);
    assert!(all.iter().all(|state| state == "failed"), "{all:?}");
    let list = cli.run(&["outbox", "list"]).expect(0).stdout;
    assert!(list.contains("failed: the mail server says 550"), "{list}");

    server.refuse(None);
    let one = cli.json(&["outbox", "list"])[1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        cli.json(&["outbox", "retry", "2"])["queued"][0],
        one.as_str()
    );
    assert_eq!(len(&cli.json(&["outbox", "send"])), 1);
    cli.run(&["outbox", "retry", "2"]).expect(1);
    cli.run(&["outbox", "retry", "99"]).expect(1);
    cli.run(&["outbox", "retry"]).expect(2);
    let again = cli.json(&["outbox", "retry", "--failed"]);
    assert_eq!(len(&again["queued"]), all.len() - 1);
    assert_eq!(len(&cli.json(&["outbox", "send"])), all.len() - 1);
    assert_eq!(
        len(&cli.json(&["outbox", "retry", "--failed"])["queued"]),
        0
    );
    assert_eq!(server.taken().len(), all.len());
}

#[test]
fn without_a_mail_server_messages_wait_and_can_be_looked_at_as_e_mails() {
    let cli = Cli::synced_alder();
    assert!(states(&cli).iter().all(|state| state == "queued"));
    let ran = cli.run(&["outbox", "send"]).expect(2);
    assert!(
        ran.stderr.contains("no mail server is set"),
        "{}",
        ran.stderr
    );
    let outbox = cli.json(&["outbox", "list"]);
    for (place, message) in outbox.as_array().unwrap().iter().enumerate() {
        let number = (place + 1).to_string();
        cli.run(&["outbox", "show", &number, "--eml", "letter.eml"])
            .expect(0);
        let letter = std::fs::read_to_string(cli.path("letter.eml")).unwrap();
        let id = message["id"].as_str().unwrap();
        assert!(letter.contains(&format!("Message-ID: <{id}@")), "{letter}");
        assert_eq!(
            letter.contains("text/calendar; method=CANCEL"),
            message["to"] != "administrator"
        );
    }
}

#[test]
fn a_password_shows_nowhere_and_a_refused_sign_in_is_a_warning() {
    let server = MailServer::start();
    let cli = Cli::matched_alder()
        .env("TIMETABLE_SYNC_SMTP_USER", "rooms")
        .env("TIMETABLE_SYNC_SMTP_PASSWORD", "hush-hush")
        .env("TIMETABLE_SYNC_LOG", "trace");
    cli.write("timetable-sync.toml", settings(server.port));
    let ran = cli.sync(&alder("first"), FIRST).expect(0);
    assert!(
        ran.stderr
            .contains("the mail server does not let us sign in (535)"),
        "{}",
        ran.stderr
    );
    let list = cli.run(&["outbox", "list"]).expect(0).stdout;
    for shown in [&ran.stdout, &ran.stderr, &list] {
        // As it is, and as it goes over the wire.
        assert!(!shown.contains("hush-hush") && !shown.contains("aHVzaC1odXNo"));
        assert!(!shown.contains("AHJvb21zAGh1c2gtaHVza"), "{shown}");
    }
    assert!(server.taken().is_empty());
}

#[test]
fn templates_of_a_folder_take_the_place_of_those_of_the_program() {
    let cli = Cli::matched_alder();
    cli.write(
        "settings/timetable-sync.toml",
        "[mail]\ntemplates = 'letters'\n",
    );
    cli.write(
        "settings/letters/owner.subject.txt",
        "Alder: {{ removed|length }} gone",
    );
    cli.write("settings/letters/.hidden", "{{");
    let cli = cli.env("TIMETABLE_SYNC_CONFIG", "settings/timetable-sync.toml");
    cli.sync(&alder("first"), FIRST).expect(0);
    let told = cli.told();
    assert!(told.as_array().unwrap().iter().all(|message| {
        message["to"] == "administrator"
            || message["subject"].as_str().unwrap().starts_with("Alder: ")
    }));
    cli.write("settings/letters/owner.txt", "Hello\n{{ nmae }}\n");
    let ran = cli.sync(&alder("first"), FIRST).expect(2);
    assert!(
        ran.stderr
            .contains("the template `owner.txt` cannot be used: line 2: `nmae` is undefined"),
        "{}",
        ran.stderr
    );
}

#[test]
fn mail_settings_that_cannot_work_are_refused_before_anything_happens() {
    let cli = Cli::matched_alder();
    let before = cli.everything();
    for (settings, said) in [
        (
            "host = 'mail.alder.example'\nsecurity = 'none'\nfrom = 'a@alder.example'",
            "would not be encrypted",
        ),
        ("host = 'localhost'", "no address that messages are from"),
        ("user = 'rooms'", "no server"),
        (
            "host = 'localhost'\nsecurity = 'none'\nfrom = 'nobody'",
            "is no e-mail address",
        ),
        (
            "host = 'localhost'\nfrom = 'a@alder.example'\nuser = 'rooms'",
            "both a user and a password",
        ),
        (
            "host = 'localhost'\nfrom = 'a@alder.example'\npassword = 'hush'",
            "unknown field `password`",
        ),
        (
            "host = 'localhost'\nfrom = 'a@alder.example'\nuser = 'rooms'\npassword_file = 'missing'",
            "the file with the password of the mail server cannot be read",
        ),
        (
            "host = 'localhost'\nfrom = 'a@alder.example'\ntimeout = 0",
            "time-out",
        ),
        (
            "templates = 'missing'",
            "the templates in missing cannot be used",
        ),
    ] {
        cli.write("timetable-sync.toml", format!("[mail]\n{settings}\n"));
        let ran = cli.sync(&alder("first"), FIRST).expect(2);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    }
    cli.write("timetable-sync.toml", "");
    assert_eq!(cli.everything(), before);
}
