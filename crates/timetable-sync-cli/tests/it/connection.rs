//! The ways to reach iSAMS: keys, sign-in, formats and limits.

use isams_client::DataArea;
use isams_simulator::{Format, Request, TOKEN_PATH};

use crate::{
    cli::{Cli, FIRST, alder},
    isams::{CLIENT_ID, Isams, KEY, SECRET, with_sign_in},
};

const SECOND_KEY: &str = "1b2c3d4e-4e5f-6789-abcd-ef0123456789";

fn plan(cli: &Cli, url: &str, flags: &[&str]) -> crate::cli::Ran {
    let words = ["plan", "--url", url, "--now", FIRST, "--json"];
    cli.run(&[&words, flags].concat())
}

/// The sign-ins among the requests.
fn sign_ins(isams: &Isams) -> Vec<Request> {
    let mut log = isams.log();
    log.retain(|request| request.path == TOKEN_PATH);
    log
}

#[test]
fn a_sign_in_is_set_by_flags_by_the_environment_or_by_the_file() {
    let isams = Isams::start(with_sign_in);
    let url = isams.url();
    let id = ["--client-id", CLIENT_ID];

    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    cli.write("secret", format!("\u{feff}{SECRET}\r\n"));
    plan(
        &cli,
        &url,
        &[&id[..], &["--client-secret-file", "secret"]].concat(),
    )
    .expect(0);
    let ran = plan(
        &cli,
        &url,
        &[&id[..], &["--client-secret", SECRET]].concat(),
    )
    .expect(0);
    assert!(
        ran.stderr
            .contains("--client-secret shows in the process list"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
    plan(&cli, &url, &id).expect(2);

    cli.write(
        "timetable-sync.toml",
        format!("client_id = '{CLIENT_ID}'\nclient_secret_file = 'secret'\nclient_auth = 'basic'\nscope = ''\n"),
    );
    plan(&cli, &url, &[]).expect(0);

    let cli = cli
        .env("TIMETABLE_SYNC_CLIENT_SECRET", "not-the-secret")
        .env("TIMETABLE_SYNC_SCOPE", "restapi");
    plan(&cli, &url, &[]).expect(4);
    plan(&cli, &url, &["--client-secret-file", "secret"]).expect(0);

    let asked: Vec<_> = sign_ins(&isams)
        .into_iter()
        .map(|it| (it.status, it.scope))
        .collect();
    let scope = |text: &str| Some(text.to_owned());
    assert_eq!(
        asked,
        [
            (200, scope("apiv1")),
            (200, scope("apiv1")),
            (200, None),
            (400, scope("restapi")),
            (200, scope("restapi")),
        ]
    );
    assert!(isams.log().iter().all(Request::only_reads));
}

#[test]
fn no_proxy_is_asked_on_this_computer_and_none_reads_the_key() {
    let isams = Isams::start(with_sign_in);
    let nobody = "http://127.0.0.1:1";
    let mut cli = Cli::new()
        .env("TIMETABLE_SYNC_API_KEY", KEY)
        .env("TIMETABLE_SYNC_CLIENT_SECRET", SECRET);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        cli = cli.env(name, nobody);
    }
    plan(&cli, &isams.url(), &["--client-id", CLIENT_ID]).expect(0);
}

#[test]
fn tokens_may_come_from_another_address_which_must_be_one() {
    let isams = Isams::start(|it| it);
    let elsewhere = Isams::start(with_sign_in);
    let cli = Cli::new()
        .env("TIMETABLE_SYNC_API_KEY", KEY)
        .env("TIMETABLE_SYNC_CLIENT_ID", CLIENT_ID)
        .env("TIMETABLE_SYNC_CLIENT_SECRET", SECRET);
    let there = format!("{}{TOKEN_PATH}", elsewhere.url());
    plan(&cli, &isams.url(), &["--token-url", &there, "--scope", ""]).expect(0);
    assert!(isams.log().iter().all(|request| request.bearer));
    assert_eq!(sign_ins(&elsewhere).len(), 1);
    assert_eq!(sign_ins(&elsewhere)[0].scope, None);

    let ran = plan(
        &cli,
        &isams.url(),
        &["--token-url", "http://auth.example/token"],
    )
    .expect(2);
    assert!(
        ran.stderr.contains("the address for tokens is not usable"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("the sign-in service"), "{}", ran.stderr);
}

#[test]
fn both_formats_give_the_same_plan() {
    let isams = Isams::start(|it| it);
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let json = plan(&cli, &isams.url(), &[]).expect(0).json();
    let xml = plan(&cli, &isams.url(), &["--format", "xml"])
        .expect(0)
        .json();
    assert_eq!(json, xml);
    let formats: Vec<_> = isams.log().into_iter().map(|it| it.format).collect();
    assert_eq!(formats, [Some(Format::Json), Some(Format::Xml)]);
}

#[test]
fn several_keys_are_asked_in_their_order_and_united() {
    // Half of the areas for one key, half for the other; what both hold comes from the later one.
    let (calendar, rest) = DataArea::ALL.split_at(5);
    let isams = Isams::start(|it| {
        let methods =
            |areas: &[DataArea]| areas.iter().map(|area| area.method()).collect::<Vec<_>>();
        it.key_with(KEY, methods(calendar))
            .key_with(SECOND_KEY, methods(rest))
    });
    let cli = Cli::new();
    let whole = cli.json(&["plan", "--from", &alder("unchanged"), "--now", FIRST]);
    cli.write("one", KEY);
    cli.write("two", SECOND_KEY);
    cli.write(
        "both",
        format!("# calendar and cover\n{KEY}\n\n# the rest\n{SECOND_KEY}\n"),
    );
    for flags in [
        &["--api-key-file", "one", "--api-key-file", "two"][..],
        &["--api-key-file", "both"],
    ] {
        assert_eq!(plan(&cli, &isams.url(), flags).expect(0).json(), whole);
    }
    cli.write("timetable-sync.toml", "api_key_file = ['one', 'two']\n");
    assert_eq!(plan(&cli, &isams.url(), &[]).expect(0).json(), whole);
    let cli = cli.env(
        "TIMETABLE_SYNC_API_KEY",
        &format!("{{{KEY}}}, {SECOND_KEY}"),
    );
    assert_eq!(plan(&cli, &isams.url(), &[]).expect(0).json(), whole);
    assert!(isams.log().iter().all(Request::only_reads));

    // One of them alone is not enough for a plan.
    plan(&cli, &isams.url(), &["--api-key-file", "one"]).expect(3);
}

#[test]
fn what_is_no_key_file_is_wrong_usage_and_not_repeated() {
    let cli = Cli::new();
    let pasted = format!("{KEY}/none");
    cli.write("empty", "\n# nothing\n");
    cli.write("prose", format!("{KEY}\nthe key is {KEY}\n"));
    cli.write("good", KEY);
    for (flags, says) in [
        (
            &["--api-key-file", "empty"][..],
            "the file with the API key is empty",
        ),
        (
            &["--api-key-file", "prose"],
            "has more than a key in line 2",
        ),
        (
            &["--api-key-file", &pasted],
            "the file with the API key cannot be read",
        ),
        (
            &["--api-key-file", "good", "--api-key-file", &pasted],
            "file 2 with API keys cannot be read",
        ),
        (
            &["--api-key-file", "good", "--client-secret-file", &pasted],
            "the file with the client secret cannot be read",
        ),
        (
            &[
                "--api-key-file",
                "good",
                "--client-secret-file",
                "empty-secret",
            ],
            "the file with the client secret is empty",
        ),
    ] {
        cli.write("empty-secret", " \n");
        let ran = plan(&cli, "school.example", flags).expect(2);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert!(
            !ran.stderr.contains(KEY) && !ran.stdout.contains(KEY),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn retries_and_sizes_come_from_the_environment_and_the_file_too() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let isams = Isams::start(|it| it.script(["status:503".parse().unwrap()]));
    cli.write("timetable-sync.toml", "retries = 0\nmax_size = 1\n");
    plan(&cli, &isams.url(), &[]).expect(4);
    assert_eq!(isams.log().len(), 1);
    plan(&cli, &isams.url(), &[]).expect(0);

    let large = Isams::start(|it| it.script(["gzip-bomb:2MiB".parse().unwrap()]));
    let ran = plan(&cli, &large.url(), &[]).expect(4);
    assert!(
        ran.stderr.contains("longer than 1048576 bytes"),
        "{}",
        ran.stderr
    );

    let cli = cli
        .env("TIMETABLE_SYNC_RETRIES", "1")
        .env("TIMETABLE_SYNC_MAX_SIZE", "3");
    let isams = Isams::start(|it| it.script(["status:503".parse().unwrap()]));
    plan(&cli, &isams.url(), &[]).expect(0);
    assert_eq!(isams.log().len(), 2);
    // A document of nearly three MiB that holds nothing is not too large, but held.
    let large = Isams::start(|it| it.script(["gzip-bomb:2MiB".parse().unwrap()]));
    plan(&cli, &large.url(), &[]).expect(3);
}

#[test]
fn a_hint_repeats_how_to_reach_isams_and_no_secret() {
    let isams = Isams::start(with_sign_in);
    let cli = Cli::alder();
    cli.write("key", KEY);
    let url = isams.url();
    let words = [
        "sync",
        "--url",
        &url,
        "--api-key-file",
        "key",
        "--client-id",
        CLIENT_ID,
        "--client-secret",
        SECRET,
        "--client-auth",
        "basic",
        "--format",
        "xml",
        "--scope",
        "",
        "--retries",
        "2",
        "--now",
        FIRST,
    ];
    let page = cli.run(&words).expect(3).stdout;
    let hint = format!(
        "timetable-sync sync --url {url} --client-id ID --client-secret SECRET --api-key-file key --scope '' \
         --client-auth basic --format xml --retries 2"
    );
    assert!(page.contains(&hint), "{page}");
    for secret in [KEY, CLIENT_ID, SECRET] {
        assert!(!page.contains(secret), "{page}");
    }
}
