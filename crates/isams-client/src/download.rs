use std::{
    io::{self, Write},
    time::Duration,
};

use flate2::write::MultiGzDecoder;
use reqwest::{Response, header};

use crate::Error;

/// How long an answer may be unless set: ten times the schools we generate for benches.
pub(crate) const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// How much an announced length may reserve before anything has come.
const RESERVED: u64 = 32 * 1024 * 1024;

/// Reads the body, and stops as soon as it is longer than it may be.
///
/// What arrives is counted, and so is what it unpacks to: neither may a small answer unfold into a huge one, nor an
/// endless one into nothing.
pub(crate) async fn read_body(mut response: Response, max_bytes: u64) -> Result<Vec<u8>, Error> {
    let too_large = || Error::TooLarge { max_bytes };
    let announced = response.content_length();
    if announced.is_some_and(|length| length > max_bytes) {
        return Err(too_large());
    }
    // The announcement may be wrong: little is reserved on its word.
    let plain = Capped {
        bytes: Vec::with_capacity(announced.unwrap_or_default().min(RESERVED) as usize),
        max_bytes,
        is_full: false,
    };
    let mut body = if is_gzip(&response) {
        Body::Gzip(Box::new(MultiGzDecoder::new(plain)))
    } else {
        Body::Plain(plain)
    };
    let mut arrived = 0;
    while let Some(chunk) = response.chunk().await? {
        arrived += chunk.len() as u64;
        if arrived > max_bytes {
            return Err(too_large());
        }
        body.take(&chunk)
            .map_err(|error| error.map_or_else(too_large, Error::Gzip))?;
    }
    body.end()
        .map_err(|error| error.map_or_else(too_large, Error::Gzip))
}

fn is_gzip(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_ENCODING)
        .and_then(|encoding| encoding.to_str().ok())
        .is_some_and(|encoding| {
            ["gzip", "x-gzip"]
                .iter()
                .any(|gzip| encoding.trim().eq_ignore_ascii_case(gzip))
        })
}

/// A body while it is read. An error without a reason means that it is too long.
enum Body {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
}

impl Body {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Option<io::Error>> {
        match self {
            Self::Plain(plain) => plain.write_all(chunk).map_err(|_| None),
            Self::Gzip(gzip) => gzip.write_all(chunk).map_err(|error| reason(gzip, error)),
        }
    }

    fn end(self) -> Result<Vec<u8>, Option<io::Error>> {
        match self {
            Self::Plain(plain) => Ok(plain.bytes),
            Self::Gzip(mut gzip) => match gzip.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut gzip.get_mut().bytes)),
                Err(error) => Err(reason(&gzip, error)),
            },
        }
    }
}

fn reason(gzip: &MultiGzDecoder<Capped>, error: io::Error) -> Option<io::Error> {
    (!gzip.get_ref().is_full).then_some(error)
}

/// Takes so many bytes and no more.
struct Capped {
    bytes: Vec<u8>,
    max_bytes: u64,
    is_full: bool,
}

impl Write for Capped {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() as u64 + more.len() as u64 > self.max_bytes {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
