use std::time::Duration;

use reqwest::{Response, header};

use crate::Error;

/// How long an answer may be unless set: ten times the schools we generate for benches.
pub(crate) const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// How much an announced length may reserve before anything has come.
const RESERVED: u64 = 32 * 1024 * 1024;

/// Reads the body, and stops as soon as it is longer than it may be.
///
/// What is counted is what arrives after decompression, so that a small answer cannot unfold into a huge one.
pub(crate) async fn read_body(mut response: Response, max_bytes: u64) -> Result<Vec<u8>, Error> {
    let too_large = Error::TooLarge { max_bytes };
    let announced = response.content_length();
    if announced.is_some_and(|length| length > max_bytes) {
        return Err(too_large);
    }
    // The announcement may be wrong: little is reserved on its word.
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(RESERVED) as usize);
    while let Some(chunk) = response.chunk().await? {
        if body.len() as u64 + chunk.len() as u64 > max_bytes {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After` in seconds. The form with a date is not read: this crate reads no clock.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let seconds = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The host that a redirect leads to. The rest of the address may repeat the key.
pub(crate) fn redirect_target(response: &Response) -> Option<String> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let url = response.url().join(location).ok()?;
    url.host_str().map(str::to_owned)
}
