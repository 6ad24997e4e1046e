//! Settings: flags over the environment over a TOML file.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use booking_store::SchoolId;
use chrono::{NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de::Error as _};
use timetable_sync::{GuardSettings, MonthDay, RolloverFreeze, Settings};

use crate::{
    args::{Common, MAX_JITTER, time_of_day},
    connection::{ClientAuth, Connection, WireFormat},
    exit::{Failure, Outcome},
    local_time,
    mail::{Mail, MailFile},
    secret::Hidden,
};

/// Read where no other file is named, if it is there.
const DEFAULT_FILE: &str = "timetable-sync.toml";

const DEFAULT_DB: &str = "timetable-sync.db";
const DEFAULT_SCHOOL: &str = "school";

/// All settings of one call.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// A path or URL that the SQLite store takes.
    pub(crate) db: String,
    pub(crate) school: SchoolId,
    pub(crate) settings: Settings,
    /// School-local time to judge by instead of the clock's.
    pub(crate) now: Option<NaiveDateTime>,
    /// Who asks, for the history.
    pub(crate) by: Option<String>,
    /// How to reach iSAMS, as far as the environment and the file say.
    pub(crate) connection: Connection,
    /// What the page for the school says, as far as the file does.
    pub(crate) guide: GuideSettings,
    /// How messages are worded and sent.
    pub(crate) mail: Mail,
    /// What to do every night, as far as the environment and the file say.
    pub(crate) nightly: NightlySettings,
}

/// What to do every night.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NightlySettings {
    /// School time.
    #[serde(default, deserialize_with = "time")]
    pub(crate) at: Option<NaiveTime>,
    /// Minutes.
    pub(crate) jitter: Option<u64>,
    pub(crate) health: Option<SocketAddr>,
}

/// The part of the file about the page for the school.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuideSettings {
    pub(crate) integrator: Option<String>,
    pub(crate) product: Option<String>,
    #[serde(default)]
    pub(crate) ip_addresses: Vec<String>,
}

/// The TOML file. Paths in it start at its own folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    db: Option<String>,
    school: Option<String>,
    zone: Option<String>,
    pub(crate) url: Option<String>,
    #[serde(default, deserialize_with = "paths")]
    pub(crate) api_key_file: Option<Vec<PathBuf>>,
    pub(crate) client_id: Option<Hidden>,
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) scope: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) client_auth: Option<ClientAuth>,
    pub(crate) format: Option<WireFormat>,
    /// Seconds.
    pub(crate) timeout: Option<u64>,
    pub(crate) retries: Option<usize>,
    /// MiB.
    pub(crate) max_size: Option<u64>,
    /// Names of the cover manager as sent, each with the known one that it stands for.
    #[serde(default)]
    pub(crate) cover_names: BTreeMap<String, String>,
    /// Minutes.
    expected_cache: Option<u64>,
    events_occupy: Option<bool>,
    suspended_occupy: Option<bool>,
    filtered_events: Option<bool>,
    rollover_freeze: Option<Freeze>,
    /// Days; 0 for never.
    offer_back_days: Option<u32>,
    #[serde(default)]
    guard: Guard,
    /// What only one of several schools has, by its id.
    #[serde(default)]
    schools: BTreeMap<String, SchoolSettings>,
    #[serde(default)]
    setup_guide: GuideSettings,
    #[serde(default)]
    mail: MailFile,
    #[serde(default)]
    nightly: NightlySettings,
}

/// The part of the file about one school; what it does not say holds as for all.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchoolSettings {
    #[serde(default)]
    guard: Guard,
}

/// From month and day to month and day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Freeze {
    #[serde(deserialize_with = "month_day")]
    from: MonthDay,
    #[serde(deserialize_with = "month_day")]
    to: MonthDay,
}

/// When to ask a person, as far as the file or the environment says.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Guard {
    removed: Option<usize>,
    removed_percent: Option<usize>,
    half_of_at_least: Option<usize>,
    people: Option<usize>,
    per_person: Option<usize>,
    shrink_percent: Option<usize>,
    believe_empty_after_nights: Option<usize>,
}

impl Config {
    /// The settings of this process.
    pub(crate) fn load(common: &Common) -> Outcome<Self> {
        let env = |name: &str| std::env::var(name).ok();
        let file = ConfigFile::load(common.config.as_deref(), env)?;
        Self::resolve(common, env, file)
    }

    /// Puts flags, environment and file together. An empty variable counts as none.
    pub(crate) fn resolve(
        common: &Common,
        env: impl Fn(&str) -> Option<String>,
        file: ConfigFile,
    ) -> Outcome<Self> {
        let scope = env("TIMETABLE_SYNC_SCOPE");
        let env = |name: &'static str| env(name).filter(|value| !value.trim().is_empty());
        let connection = Connection::resolve(&env, scope, &file)?;
        let mail = Mail::resolve(&env, file.mail)?;
        let chosen = |flag: &Option<String>, name, file: Option<String>| {
            flag.clone().or_else(|| env(name)).or(file)
        };

        let db = chosen(&common.db, "TIMETABLE_SYNC_DB", file.db)
            .unwrap_or_else(|| DEFAULT_DB.to_owned());
        check_db(&db)?;
        let school = chosen(&common.school, "TIMETABLE_SYNC_SCHOOL", file.school)
            .unwrap_or_else(|| DEFAULT_SCHOOL.to_owned());
        if school.trim().is_empty() {
            return Err(Failure::usage("the school's id is blank"));
        }
        let school = SchoolId::new(school.trim());
        let own = file.schools.get(school.as_str()).copied();
        let guard = own.unwrap_or_default().guard.or(file.guard);
        let zone = match chosen(&common.zone, "TIMETABLE_SYNC_ZONE", file.zone) {
            Some(zone) => zone.trim().parse::<Tz>().map_err(|_| {
                Failure::usage(format!(
                    "`{zone}` is no time zone; write for example Europe/London"
                ))
            })?,
            None => Settings::default().zone,
        };
        let by = chosen(&common.by, "TIMETABLE_SYNC_BY", None);
        let now = match &common.now {
            Some(now) => Some(local_time::parse(now).map_err(|reason| {
                Failure::usage(format!("the time given with --now: {reason}"))
            })?),
            None => None,
        };
        let expected_cache = match file.expected_cache {
            Some(0) => return Err(Failure::usage("the expected cache is 0 minutes")),
            Some(minutes) => Duration::from_secs(minutes.saturating_mul(60)),
            None => Settings::default().expected_cache,
        };
        Ok(Self {
            db,
            school,
            settings: Settings {
                zone,
                guard: guard.over(&env)?,
                rollover_freeze: file.rollover_freeze.map(|freeze| RolloverFreeze {
                    from: freeze.from,
                    to: freeze.to,
                }),
                expected_cache,
                events_occupy: file.events_occupy.unwrap_or_default(),
                suspended_occupy: file.suspended_occupy.unwrap_or_default(),
                filtered_events: file.filtered_events.unwrap_or_default(),
                offer_back: file
                    .offer_back_days
                    .unwrap_or(Settings::default().offer_back),
                messages: mail.messages.clone(),
            },
            now,
            by,
            connection,
            guide: file.setup_guide,
            mail,
            nightly: file.nightly.under(&env)?,
        })
    }
}

impl ConfigFile {
    fn load(named: Option<&Path>, env: impl Fn(&str) -> Option<String>) -> Outcome<Self> {
        let named = named.map(Path::to_owned).or_else(|| {
            env("TIMETABLE_SYNC_CONFIG")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        });
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).is_file() => DEFAULT_FILE.into(),
            None => return Ok(Self::default()),
        };
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::new(crate::exit::Exit::Usage, error)
                .context(format!("the settings in {} cannot be read", path.display()))
        })?;
        let mut file = Self::parse(&text).map_err(|failure| {
            failure.context(format!("the settings in {} cannot be used", path.display()))
        })?;
        if let Some(folder) = path.parent() {
            file.start_at(folder);
        }
        Ok(file)
    }

    /// Reads the settings. An error shows the place, not the line: what stands there may be a secret.
    fn parse(text: &str) -> Outcome<Self> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| {
                let before = text.get(..span.start).unwrap_or(text);
                before.matches('\n').count() + 1
            });
            let place = line
                .map(|line| format!("line {line}: "))
                .unwrap_or_default();
            Failure::usage(format!("{place}{}", error.message().trim_end()))
        })
    }

    fn start_at(&mut self, folder: &Path) {
        let keys = self.api_key_file.iter_mut().flatten();
        for path in keys.chain(&mut self.client_secret_file) {
            *path = folder.join(&*path);
        }
        self.mail.start_at(folder);
        if let Some(db) = &mut self.db
            && !db.contains(':')
        {
            *db = folder.join(&*db).to_string_lossy().into_owned();
        }
    }
}

impl Guard {
    /// These thresholds, and those of `other` where there is none.
    fn or(self, other: Self) -> Self {
        Self {
            removed: self.removed.or(other.removed),
            removed_percent: self.removed_percent.or(other.removed_percent),
            half_of_at_least: self.half_of_at_least.or(other.half_of_at_least),
            people: self.people.or(other.people),
            per_person: self.per_person.or(other.per_person),
            shrink_percent: self.shrink_percent.or(other.shrink_percent),
            believe_empty_after_nights: self
                .believe_empty_after_nights
                .or(other.believe_empty_after_nights),
        }
    }

    /// The thresholds: those of the environment, then these, then the defaults.
    fn over(self, env: &impl Fn(&'static str) -> Option<String>) -> Outcome<GuardSettings> {
        let mut guard = GuardSettings::default();
        for (name, file, setting) in [
            (
                "TIMETABLE_SYNC_GUARD_REMOVED",
                self.removed,
                &mut guard.removed,
            ),
            (
                "TIMETABLE_SYNC_GUARD_REMOVED_PERCENT",
                self.removed_percent,
                &mut guard.removed_percent,
            ),
            (
                "TIMETABLE_SYNC_GUARD_HALF_OF_AT_LEAST",
                self.half_of_at_least,
                &mut guard.half_of_at_least,
            ),
            (
                "TIMETABLE_SYNC_GUARD_PEOPLE",
                self.people,
                &mut guard.people,
            ),
            (
                "TIMETABLE_SYNC_GUARD_PER_PERSON",
                self.per_person,
                &mut guard.per_person,
            ),
            (
                "TIMETABLE_SYNC_GUARD_SHRINK_PERCENT",
                self.shrink_percent,
                &mut guard.shrink_percent,
            ),
            (
                "TIMETABLE_SYNC_GUARD_BELIEVE_EMPTY_AFTER_NIGHTS",
                self.believe_empty_after_nights,
                &mut guard.believe_empty_after_nights,
            ),
        ] {
            if let Some(value) = number(env, name)?.or(file) {
                *setting = value;
            }
        }
        if guard.removed_percent > 100 || guard.shrink_percent > 100 {
            return Err(Failure::usage("a share of the guard is over 100 per cent"));
        }
        if guard.believe_empty_after_nights == 0 {
            return Err(Failure::usage(
                "the guard cannot believe an empty area after 0 nights; the least is 1",
            ));
        }
        Ok(guard)
    }
}

impl NightlySettings {
    /// The same with what the environment says instead.
    fn under(self, env: &impl Fn(&'static str) -> Option<String>) -> Outcome<Self> {
        let at = env("TIMETABLE_SYNC_AT").map(|text| {
            time_of_day(&text).map_err(|reason| {
                Failure::usage(format!("TIMETABLE_SYNC_AT is `{text}`: {reason}"))
            })
        });
        let health = env("TIMETABLE_SYNC_HEALTH").map(|text| {
            text.trim().parse().map_err(|_| {
                Failure::usage(format!(
                    "TIMETABLE_SYNC_HEALTH is `{text}`; write for example 127.0.0.1:8080"
                ))
            })
        });
        let jitter = number(env, "TIMETABLE_SYNC_JITTER")?.map(|minutes| minutes as u64);
        let jitter = jitter.or(self.jitter);
        if jitter.is_some_and(|minutes| minutes > MAX_JITTER) {
            return Err(Failure::usage(format!(
                "the jitter is over {MAX_JITTER} minutes"
            )));
        }
        Ok(Self {
            at: at.transpose()?.or(self.at),
            jitter,
            health: health.transpose()?.or(self.health),
        })
    }
}

/// A time of day.
fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveTime>, D::Error> {
    let text = String::deserialize(from)?;
    time_of_day(&text).map(Some).map_err(D::Error::custom)
}

fn month_day<'de, D: Deserializer<'de>>(from: D) -> Result<MonthDay, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// One path, or a list of them.
fn paths<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<PathBuf>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a path, or a list of paths")]
    enum Paths {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(Some(match Paths::deserialize(from)? {
        Paths::One(path) => vec![path],
        Paths::Many(paths) => paths,
    }))
}

pub(crate) fn number(
    env: &impl Fn(&'static str) -> Option<String>,
    name: &'static str,
) -> Outcome<Option<usize>> {
    env(name)
        .map(|value| {
            usize::from_str(value.trim())
                .map_err(|_| Failure::usage(format!("{name} is `{value}`, which is no number")))
        })
        .transpose()
}

/// The address of another database is not repeated: it may hold a password.
fn check_db(db: &str) -> Outcome<()> {
    let scheme = db.split_once(':').map_or("", |(scheme, _)| scheme);
    let other = match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => "PostgreSQL",
        "mysql" | "mariadb" => "MySQL",
        _ if !scheme.eq_ignore_ascii_case("sqlite") && db.contains("://") => "that",
        _ if db.trim().is_empty() => return Err(Failure::usage("the database has no name")),
        _ => return Ok(()),
    };
    Err(Failure::usage(format!(
        "the database is a {other} URL, and this build has SQLite only: give a file or a `sqlite:` URL"
    )))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::connection::{KeySource, SecretSource};

    fn resolve(common: &Common, env: &[(&str, &str)], file: &str) -> Outcome<Config> {
        let env = |name: &str| {
            env.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::resolve(common, env, ConfigFile::parse(file)?)
    }

    fn error(common: &Common, env: &[(&str, &str)], file: &str) -> String {
        let failure = resolve(common, env, file).unwrap_err();
        assert_eq!(failure.exit, crate::exit::Exit::Usage);
        failure.chain().join(": ")
    }

    #[test]
    fn flags_come_before_the_environment_and_that_before_the_file() {
        let file = "db = 'file.db'\nschool = 'file'\nzone = 'Europe/Paris'\ntimeout = 7";
        let env = [
            ("TIMETABLE_SYNC_DB", "env.db"),
            ("TIMETABLE_SYNC_SCHOOL", "env"),
        ];
        let flags = Common {
            db: Some("flag.db".to_owned()),
            ..Common::default()
        };
        let config = resolve(&flags, &env, file).unwrap();
        assert_eq!(config.db, "flag.db");
        assert_eq!(config.school, SchoolId::new("env"));
        assert_eq!(config.settings.zone, chrono_tz::Europe::Paris);
        assert_eq!(config.connection.timeout, Some(Duration::from_secs(7)));
    }

    #[test]
    fn without_anything_the_defaults_hold() {
        let config = resolve(&Common::default(), &[("TIMETABLE_SYNC_DB", " ")], "").unwrap();
        assert_eq!(config.db, DEFAULT_DB);
        assert_eq!(config.school, SchoolId::new(DEFAULT_SCHOOL));
        assert_eq!(config.settings, Settings::default());
        assert!(config.connection.url.is_none() && config.connection.keys.is_none());
    }

    #[test]
    fn thresholds_come_from_the_file_and_the_environment() {
        let file = "[guard]\nremoved = 3\npeople = 4";
        let env = [("TIMETABLE_SYNC_GUARD_PEOPLE", "5")];
        let guard = resolve(&Common::default(), &env, file)
            .unwrap()
            .settings
            .guard;
        assert_eq!((guard.removed, guard.people), (3, 5));
        assert_eq!(guard.per_person, GuardSettings::default().per_person);
    }

    #[test]
    fn the_file_says_when_the_year_changes() {
        let freeze = |file| {
            let config = resolve(&Common::default(), &[], file).unwrap();
            config.settings.rollover_freeze
        };
        let set = "rollover_freeze = { from = '07-15', to = '09-05' }";
        assert_eq!(freeze(set).unwrap().to_string(), "15 July to 5 September");
        assert_eq!(freeze(""), None);
        for wrong in [
            "rollover_freeze = { from = '7/15', to = '09-05' }",
            "rollover_freeze = { from = '07-15' }",
            "rollover_freeze = '07-15'",
        ] {
            let text = error(&Common::default(), &[], wrong);
            assert!(text.starts_with("line 1: "), "{text}");
        }
    }

    #[test]
    fn the_file_says_for_how_long_bookings_are_offered_back() {
        let days = |file| {
            let config = resolve(&Common::default(), &[], file).unwrap();
            config.settings.offer_back
        };
        assert_eq!(days("offer_back_days = 7"), 7);
        assert_eq!(days("offer_back_days = 0"), 0);
        assert_eq!(days(""), Settings::default().offer_back);
        let wrong = error(&Common::default(), &[], "offer_back_days = -1");
        assert!(wrong.starts_with("line 1: "), "{wrong}");
    }

    #[test]
    fn each_school_has_thresholds_of_its_own() {
        let file = "[guard]\nremoved = 3\npeople = 4\n[schools.greenwood.guard]\nremoved = 30\nremoved_percent = 6\n\
                    half_of_at_least = 7\nper_person = 8\nshrink_percent = 9\nbelieve_empty_after_nights = 2\n\
                    [schools.\"St. Ann's\".guard]\npeople = 5";
        let guard = |school: &str, env: &[(&str, &str)]| {
            let common = Common {
                school: Some(school.to_owned()),
                ..Common::default()
            };
            resolve(&common, env, file).unwrap().settings.guard
        };
        let all = GuardSettings {
            removed: 3,
            people: 4,
            ..GuardSettings::default()
        };
        assert_eq!(guard("school", &[]), all);
        let greenwood = GuardSettings {
            removed: 30,
            removed_percent: 6,
            half_of_at_least: 7,
            people: 4,
            per_person: 8,
            shrink_percent: 9,
            believe_empty_after_nights: 2,
        };
        assert_eq!(guard("greenwood", &[]), greenwood);
        assert_eq!(guard("St. Ann's", &[]), GuardSettings { people: 5, ..all });
        // The environment is for one call, so it comes first.
        let env = [("TIMETABLE_SYNC_GUARD_REMOVED", "1")];
        assert_eq!(guard("greenwood", &env).removed, 1);
        let unknown = "[schools.greenwood.guard]\nremove = 1";
        assert!(error(&Common::default(), &[], unknown).contains("unknown field `remove`"));
    }

    #[test]
    fn keys_in_the_environment_come_before_a_file() {
        let keys = |env: &[(&str, &str)]| {
            let file = "api_key_file = ['one', 'two']";
            let config = resolve(&Common::default(), env, file).unwrap();
            assert!(!format!("{config:?}").contains("0a1b2c3d"));
            config.connection.keys.unwrap()
        };
        let given = [
            ("TIMETABLE_SYNC_API_KEY", "{0a1b2c3d}, 0a1b2c3d"),
            ("TIMETABLE_SYNC_API_KEY_FILE", "key"),
        ];
        assert!(matches!(keys(&given), KeySource::Given(keys) if keys.len() == 2));
        let files = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert!(matches!(keys(&given[1..]), KeySource::Files(paths) if paths == files(&["key"])));
        assert!(matches!(keys(&[]), KeySource::Files(paths) if paths == files(&["one", "two"])));
    }

    #[test]
    fn a_secret_in_the_environment_comes_before_a_file_and_does_not_show() {
        let secret = |env: &[(&str, &str)]| {
            let file = "client_id = '0a1b2c3d'\nclient_secret_file = 'secret'";
            let config = resolve(&Common::default(), env, file).unwrap();
            let shown = format!("{config:?}");
            assert!(
                !shown.contains("0a1b2c3d") && !shown.contains("hush"),
                "{shown}"
            );
            assert!(config.connection.client_id.is_some());
            config.connection.client_secret.unwrap()
        };
        let given = [
            ("TIMETABLE_SYNC_CLIENT_SECRET", "hush"),
            ("TIMETABLE_SYNC_CLIENT_SECRET_FILE", "other"),
            ("TIMETABLE_SYNC_CLIENT_ID", "0a1b2c3d-2"),
        ];
        assert!(matches!(secret(&given), SecretSource::Given(_)));
        let is = |source, name: &str| matches!(source, SecretSource::File(path) if path == Path::new(name));
        assert!(is(secret(&given[1..]), "other"));
        assert!(is(secret(&[]), "secret"));
        let file = ConfigFile::parse("client_id = '0a1b2c3d'").unwrap();
        assert!(!format!("{file:?}").contains("0a1b2c3d"));
        let text = error(&Common::default(), &[], "client_secret = 'hush'");
        assert!(
            text.contains("unknown field `client_secret`") && !text.contains("hush"),
            "{text}"
        );
    }

    #[test]
    fn the_rest_of_the_connection_comes_from_the_environment_and_then_the_file() {
        let file = "url = 'file.example'\nscope = 'file'\ntoken_url = 'auth.example'\nclient_auth = 'basic'\n\
                    format = 'xml'\nretries = 1\nmax_size = 2";
        let of = |env: &[(&str, &str)]| {
            let connection = resolve(&Common::default(), env, file).unwrap().connection;
            (
                [connection.url, connection.scope, connection.token_url].map(Option::unwrap),
                connection.client_auth.unwrap(),
                connection.format.unwrap(),
                (connection.retries.unwrap(), connection.max_size.unwrap()),
            )
        };
        assert_eq!(
            of(&[]),
            (
                ["file.example", "file", "auth.example"].map(str::to_owned),
                ClientAuth::Basic,
                WireFormat::Xml,
                (1, 2)
            )
        );
        let env = [
            ("TIMETABLE_SYNC_URL", "env.example"),
            ("TIMETABLE_SYNC_SCOPE", ""),
            ("TIMETABLE_SYNC_TOKEN_URL", "token.example"),
            ("TIMETABLE_SYNC_CLIENT_AUTH", "Form"),
            ("TIMETABLE_SYNC_FORMAT", "json"),
            ("TIMETABLE_SYNC_RETRIES", "0"),
            ("TIMETABLE_SYNC_MAX_SIZE", "3"),
        ];
        assert_eq!(
            of(&env),
            (
                ["env.example", "", "token.example"].map(str::to_owned),
                ClientAuth::Form,
                WireFormat::Json,
                (0, 3)
            )
        );
    }

    #[test]
    fn flags_come_before_the_settings_of_the_connection() {
        use clap::Parser;
        let flags = |words: &[&str]| {
            let words = ["timetable-sync", "sync"].iter().chain(words);
            match crate::args::Arguments::try_parse_from(words)
                .unwrap()
                .command
            {
                crate::args::Command::Sync(args) => args.source,
                other => panic!("{other:?}"),
            }
        };
        let file = "url = 'file.example'\napi_key_file = 'key'\nclient_secret_file = 'secret'\nretries = 1";
        let settings = resolve(&Common::default(), &[], file).unwrap().connection;
        let same = settings.under(&flags(&[]));
        assert_eq!(format!("{same:?}"), format!("{settings:?}"));
        let other = settings.under(&flags(&[
            "--url",
            "flag.example",
            "--api-key-file",
            "one",
            "--api-key-file",
            "two",
            "--client-secret",
            "hush",
            "--client-id",
            "0a1b2c3d",
            "--scope",
            "",
            "--token-url",
            "auth.example",
            "--client-auth",
            "basic",
            "--format",
            "xml",
            "--timeout",
            "5",
            "--retries",
            "0",
            "--max-size",
            "7",
        ]));
        assert_eq!(
            format!("{other:?}"),
            "Connection { url: Some(\"flag.example\"), keys: Some(Files([\"one\", \"two\"])), \
             client_id: Some([redacted]), client_secret: Some(Given([redacted])), scope: Some(\"\"), \
             token_url: Some(\"auth.example\"), client_auth: Some(Basic), format: Some(Xml), timeout: Some(5s), \
             retries: Some(0), max_size: Some(7), cover_names: CoverNames { known: {} } }"
        );
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line_and_without_its_value() {
        let text = error(
            &Common::default(),
            &[],
            "school = 'a'\napi_key = '0a1b2c3d'",
        );
        assert!(
            text.contains("line 2") && text.contains("unknown field `api_key`"),
            "{text}"
        );
        assert!(!text.contains("0a1b2c3d"), "{text}");
    }

    #[test]
    fn the_night_is_set_by_the_environment_and_the_file() {
        let file = "[nightly]\nat = '02:30'\njitter = 5\nhealth = '127.0.0.1:1'";
        let of = |env: &[(&str, &str)]| {
            let nightly = resolve(&Common::default(), env, file).unwrap().nightly;
            let at = nightly.at.unwrap().format("%H:%M").to_string();
            (at, nightly.jitter.unwrap(), nightly.health.unwrap().port())
        };
        assert_eq!(of(&[]), ("02:30".to_owned(), 5, 1));
        let env = [
            ("TIMETABLE_SYNC_AT", "03:15"),
            ("TIMETABLE_SYNC_JITTER", "0"),
            ("TIMETABLE_SYNC_HEALTH", "[::1]:2"),
        ];
        assert_eq!(of(&env), ("03:15".to_owned(), 0, 2));
        for (env, named) in [
            (("TIMETABLE_SYNC_AT", "1 am"), "for example 01:00"),
            (("TIMETABLE_SYNC_JITTER", "721"), "over 720 minutes"),
            (("TIMETABLE_SYNC_HEALTH", "8080"), "127.0.0.1:8080"),
        ] {
            let text = error(&Common::default(), &[env], file);
            assert!(text.contains(named), "{text}");
        }
        let text = error(&Common::default(), &[], "[nightly]\nat = '25:00'");
        assert!(text.contains("for example 01:00"), "{text}");
    }

    #[test]
    fn other_databases_are_not_in_this_build_and_their_address_is_not_repeated() {
        for db in [
            "postgres://me:secret@host/db",
            "postgresql://secret",
            "mysql://secret",
            "http://secret",
        ] {
            let flags = Common {
                db: Some(db.to_owned()),
                ..Common::default()
            };
            let text = error(&flags, &[], "");
            assert!(
                text.contains("SQLite only") && !text.contains("secret"),
                "{text}"
            );
        }
        for db in ["a.db", "sqlite::memory:", "sqlite:a.db", "sqlite://a.db"] {
            assert!(check_db(db).is_ok(), "{db}");
        }
    }

    #[test]
    fn what_cannot_be_a_setting_is_refused() {
        let flag = |zone: &str, now: &str| Common {
            zone: Some(zone.to_owned()),
            now: Some(now.to_owned()),
            ..Common::default()
        };
        assert!(error(&flag("London", "2031-09-03T01:00"), &[], "").contains("`London`"));
        assert!(error(&flag("Europe/London", "tomorrow"), &[], "").contains("--now"));
        let many = [("TIMETABLE_SYNC_GUARD_REMOVED", "many")];
        assert!(error(&Common::default(), &many, "").contains("TIMETABLE_SYNC_GUARD_REMOVED"));
        for (env, named) in [
            (("TIMETABLE_SYNC_RETRIES", "-1"), "TIMETABLE_SYNC_RETRIES"),
            (("TIMETABLE_SYNC_FORMAT", "yaml"), "it may be json or xml"),
            (
                ("TIMETABLE_SYNC_CLIENT_AUTH", "none"),
                "it may be form or basic",
            ),
            (("TIMETABLE_SYNC_MAX_SIZE", "0"), "between 1 and"),
            (("TIMETABLE_SYNC_TIMEOUT", "0"), "0 seconds"),
        ] {
            let text = error(&Common::default(), &[env], "");
            assert!(text.contains(named), "{text}");
        }
        let number = error(&Common::default(), &[], "api_key_file = 1");
        assert!(number.contains("a path, or a list of paths"), "{number}");
        let no_nights = "[guard]\nbelieve_empty_after_nights = 0";
        assert!(error(&Common::default(), &[], no_nights).contains("0 nights"));
    }

    #[test]
    fn paths_in_the_file_start_at_its_folder() {
        let mut file = ConfigFile::parse(
            "db = 'a.db'\napi_key_file = ['key', '/run/key']\nclient_secret_file = 'secret'",
        )
        .unwrap();
        file.start_at(Path::new("/etc/school"));
        assert_eq!(file.db.as_deref(), Some("/etc/school/a.db"));
        assert_eq!(
            file.api_key_file,
            Some(vec!["/etc/school/key".into(), "/run/key".into()])
        );
        assert_eq!(file.client_secret_file, Some("/etc/school/secret".into()));
        let mut file = ConfigFile::parse("db = 'sqlite:a.db'").unwrap();
        file.start_at(Path::new("/etc/school"));
        assert_eq!(file.db.as_deref(), Some("sqlite:a.db"));
    }
}
