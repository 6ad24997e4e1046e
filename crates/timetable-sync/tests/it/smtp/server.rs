//! A small mail server on loopback that does what mail servers do on bad days.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// What the server does in one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes the letter.
    Good,
    /// Greets with this line and goes.
    Greets(&'static str),
    /// Says nothing at all.
    Silent,
    /// Answers the sender, the recipient or the end of the letter with this line.
    ToSender(&'static str),
    ToRecipient(&'static str),
    ToLetter(&'static str),
    /// Is gone when the recipient is named, or after it has the letter and before it says so.
    DropsAtRecipient,
    DropsAfterLetter,
    /// Takes the letter, and then says nothing to the farewell.
    SilentAtQuit,
    /// Refuses the sign-in, and repeats what it was told.
    NoSignIn,
}

/// A letter as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) letter: Vec<u8>,
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    moods: Mutex<VecDeque<Mood>>,
    taken: Mutex<Vec<Taken>>,
    said: Mutex<Vec<String>>,
}

impl Server {
    /// In these moods, one after the other; then in a good one.
    pub(crate) async fn start(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            moods: Mutex::new(moods.iter().copied().collect()),
            ..Shared::default()
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                let mood = shared.moods.lock().unwrap().pop_front();
                // A connection that breaks is what some of these tests are about.
                tokio::spawn(async move {
                    let mood = mood.unwrap_or(Mood::Good);
                    let _ = Session::new(stream, shared).talk(mood).await;
                });
            }
        });
        Self { port, shared, task }
    }

    /// The letters that were taken so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// Every line that the client said, but for letters.
    pub(crate) fn said(&self) -> Vec<String> {
        self.shared.said.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Session {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    shared: Arc<Shared>,
}

impl Session {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        let (read, write) = stream.into_split();
        Self {
            read: BufReader::new(read),
            write,
            shared,
        }
    }

    async fn talk(mut self, mood: Mood) -> io::Result<()> {
        match mood {
            Mood::Silent => return std::future::pending().await,
            Mood::Greets(line) => return self.say(line).await,
            _ => self.say("220 mail.school.example").await?,
        }
        let (mut from, mut to) = (String::new(), Vec::new());
        while let Some(line) = self.hear().await? {
            self.shared.said.lock().unwrap().push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default();
            match (verb.to_ascii_uppercase().as_str(), mood) {
                ("EHLO", _) => {
                    self.say("250-mail.school.example\r\n250-AUTH PLAIN\r\n250 8BITMIME")
                        .await?;
                }
                ("AUTH", Mood::NoSignIn) => {
                    self.say(&format!("535 5.7.8 no such sign-in: {line}"))
                        .await?;
                }
                ("AUTH", _) => self.say("235 welcome").await?,
                ("MAIL", Mood::ToSender(answer)) => self.say(answer).await?,
                ("MAIL", _) => {
                    from = between(&line);
                    self.say("250 ok").await?;
                }
                ("RCPT", Mood::ToRecipient(answer)) => self.say(answer).await?,
                ("RCPT", Mood::DropsAtRecipient) => return Ok(()),
                ("RCPT", _) => {
                    to.push(between(&line));
                    self.say("250 ok").await?;
                }
                ("DATA", _) => {
                    self.say("354 go on").await?;
                    let letter = self.letter().await?;
                    if let Mood::ToLetter(answer) = mood {
                        self.say(answer).await?;
                        continue;
                    }
                    let (from, to) = (from.clone(), std::mem::take(&mut to));
                    self.shared
                        .taken
                        .lock()
                        .unwrap()
                        .push(Taken { from, to, letter });
                    if mood == Mood::DropsAfterLetter {
                        return Ok(());
                    }
                    self.say("250 taken").await?;
                }
                ("QUIT", Mood::SilentAtQuit) => return std::future::pending().await,
                ("QUIT", _) => return self.say("221 bye").await,
                _ => self.say("500 what").await?,
            }
        }
        Ok(())
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.write.write_all(format!("{line}\r\n").as_bytes()).await
    }

    async fn hear(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.read.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }

    /// Up to the line with a full stop, without the full stops that lines were given for the journey.
    async fn letter(&mut self) -> io::Result<Vec<u8>> {
        let mut letter = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.read.read_until(b'\n', &mut line).await? == 0 || line == b".\r\n" {
                return Ok(letter);
            }
            letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// `a@b.example` of `MAIL FROM:<a@b.example>`.
fn between(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(inner, _)| inner.to_owned()).unwrap_or_default()
}
