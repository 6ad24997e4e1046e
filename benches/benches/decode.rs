//! Reading one large answer: the client's JSON and XML readers against plain derived structs.
//!
//! Run with `cargo bench -p benches --bench decode`. Equal results are checked first; the crate's documentation and
//! `README.md` say what is compared.
#![expect(clippy::print_stdout, reason = "a program that says what it measured")]

use benches::{Counting, Memory, Plain, Race, measured};
use isams_client::{DataArea, Payload};
use isams_simulator::generate::{Scale, School};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Rooms of the school: they make 25 MB of JSON.
const ROOMS: usize = 2_500;

const ROUNDS: usize = 21;

/// What the client promises for the memory of a read, beside the input: so many times the result.
const PROMISED: f64 = 2.5;

fn main() {
    // A test run only wants to know that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rooms, rounds) = if is_bench { (ROOMS, ROUNDS) } else { (30, 1) };
    let school = School::scaled(&Scale {
        rooms,
        ..Scale::default()
    });
    let (json, xml) = (school.body(), school.xml_body());
    let rows = check(&json, &xml);
    println!(
        "{rooms} rooms, {rows} rows: {:.1} MB of JSON, {:.1} MB of XML\n",
        megabytes(json.len()),
        megabytes(xml.len())
    );

    let standings = Race::default()
        .lane("serde derive, JSON", || plain(&json))
        .lane("isams-client, JSON", || payload(&json))
        .lane("isams-client, XML", || payload(&xml))
        .run(rounds);
    println!("{standings}");
    goal("JSON over derived structs", standings.ratio(1, 0), 1.3);
    goal("XML over JSON", standings.ratio(2, 1), 3.0);

    println!("\n| candidate | peak | result | (peak - input) / result |\n|---|---:|---:|---:|");
    remember("serde derive, JSON", &json, measured(|| plain(&json)).1);
    let of_json = remember("isams-client, JSON", &json, measured(|| payload(&json)).1);
    let of_xml = remember("isams-client, XML", &xml, measured(|| payload(&xml)).1);
    println!();
    goal("memory of JSON", of_json, PROMISED);
    goal("memory of XML", of_xml, PROMISED);
}

/// A race between answers that differ would tell nothing. How many rows there are.
fn check(json: &[u8], xml: &[u8]) -> usize {
    let expected = payload(json);
    for area in DataArea::ALL {
        assert!(expected.rows(area) > 0, "{area} is not in the payload");
    }
    assert!(payload(xml) == expected, "XML reads otherwise than JSON");
    let kept = serde_json::to_vec(&plain(json)).expect("plain structs can be written");
    assert!(
        payload(&kept) == expected,
        "the derived structs keep something else"
    );
    DataArea::ALL
        .into_iter()
        .map(|area| expected.rows(area))
        .sum()
}

fn payload(bytes: &[u8]) -> Payload {
    Payload::from_slice(bytes).expect("it is a payload")
}

fn plain(json: &[u8]) -> Plain {
    Plain::from_slice(json).expect("it is what it was derived for")
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Prints a line of the table. How many times the result is held beyond the length of the input.
fn remember(name: &str, input: &[u8], memory: Memory) -> f64 {
    let times = (memory.peak as f64 - input.len() as f64) / memory.result as f64;
    println!(
        "| {name} | {:.1} MB | {:.1} MB | {times:.2} |",
        megabytes(memory.peak),
        megabytes(memory.result),
    );
    times
}

fn goal(what: &str, is: f64, at_most: f64) {
    let verdict = if is <= at_most { "met" } else { "MISSED" };
    println!("{what}: {is:.2}, goal at most {at_most}: {verdict}");
}
