use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use isams_simulator::Simulator;
use reqwest::Client;

use crate::{KEY, get, json_url, sent};

#[tokio::test]
async fn a_key_is_throttled_until_its_time_has_passed() {
    let simulator = Simulator::builder()
        .key(KEY)
        .key("other")
        .throttle(2, Duration::from_secs(60))
        .start()
        .await
        .unwrap();
    let url = json_url(&simulator);
    assert_eq!(get(&url).await.0, 200);
    simulator.advance(Duration::from_millis(20_500));
    assert_eq!(get(&url).await.0, 200);
    let refused = reqwest::get(&url).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "40");
    assert_eq!(get(&url.replace(KEY, "other")).await.0, 200);
    simulator.advance(Duration::from_secs(40));
    assert_eq!(get(&url).await.0, 200);
    assert_eq!(get(&url).await.0, 429);
}

#[tokio::test]
async fn only_listed_addresses_are_let_in() {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let simulator = Simulator::builder()
        .key(KEY)
        .allow_ips([elsewhere])
        .start()
        .await
        .unwrap();
    let refused = reqwest::get(json_url(&simulator)).await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(
        refused.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    assert!(refused.text().await.unwrap().starts_with("<!DOCTYPE html>"));

    let simulator = Simulator::builder()
        .key(KEY)
        .allow_ips([elsewhere, here])
        .start()
        .await
        .unwrap();
    let client = Client::builder().local_address(here).build().unwrap();
    assert_eq!(sent(client.get(json_url(&simulator))).await.0, 200);
}
