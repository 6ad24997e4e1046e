//! Where a payload comes from.

use std::fmt::Debug;

use async_trait::async_trait;
use isams_client::{Client, FetchRequest, Payload};

/// Something that yields the school's data: the real API, or an answer that was recorded.
#[async_trait]
pub trait Source: Send + Sync + Debug {
    /// Fetches everything once: the areas of the request, and at least the rows of its window.
    ///
    /// # Errors
    ///
    /// When there is no usable answer; a missing or empty data area is not an error but a state of the payload.
    async fn fetch(&self, request: &FetchRequest) -> Result<Payload, isams_client::Error>;
}

#[async_trait]
impl Source for Client {
    async fn fetch(&self, request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        self.fetch_with(request).await
    }
}

/// A payload that was read before.
#[derive(Clone, Debug)]
pub struct Recorded(pub Payload);

#[async_trait]
impl Source for Recorded {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        Ok(self.0.clone())
    }
}
