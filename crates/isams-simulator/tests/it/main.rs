//! The simulator over real HTTP, and the committed fixtures.

#![expect(clippy::unwrap_used, reason = "helpers outside test functions")]

mod bookings;
mod cache;
mod cedar_house;
mod committed;
mod faults;
mod feed;
mod filters;
mod fixture;
mod limits;
mod oauth;
mod payload;
mod server;
mod xml;

use std::path::PathBuf;

use isams_simulator::{BATCH_PATH, Fixture, Simulator, XML_PATH};
use reqwest::{Client, RequestBuilder};

/// The key of the tests.
const KEY: &str = "00000000-0000-0000-0000-00000000000b";

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures"))
}

fn school(name: &str) -> Fixture {
    Fixture::open(fixtures().join(name)).unwrap()
}

fn json_url(simulator: &Simulator) -> String {
    format!("{}{BATCH_PATH}?apiKey={KEY}", simulator.url())
}

fn xml_url(simulator: &Simulator) -> String {
    format!("{}{XML_PATH}?apiKey={KEY}", simulator.url())
}

/// Status and text of a request.
async fn sent(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn get(url: &str) -> (u16, String) {
    sent(Client::new().get(url)).await
}

async fn post(url: &str, filters: &str) -> (u16, String) {
    let request = Client::new().post(url);
    let request = request.header("content-type", "application/xml");
    sent(request.body(filters.to_owned())).await
}

/// What stands between the tags of this name.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}
