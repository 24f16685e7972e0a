//! One simulated user: a connection of its own, one request at a time.

use http::Request;
use kube::{Client, Config};

use crate::Error;

/// As many clients as asked for, none sharing a connection with another.
pub async fn clients(count: usize) -> Result<Vec<Client>, Error> {
    let config = Config::infer().await?;
    (0..count).map(|_| Client::try_from(config.clone()).map_err(Error::from)).collect()
}

/// Creates an object; what the API server refuses is an error.
pub async fn create(client: &Client, path: &str, body: &[u8]) -> Result<(), Error> {
    send(client, "POST", "application/json", path, body).await
}

/// Merges into an object.
pub async fn merge(client: &Client, path: &str, body: &[u8]) -> Result<(), Error> {
    send(client, "PATCH", "application/merge-patch+json", path, body).await
}

async fn send(client: &Client, method: &str, content: &str, path: &str, body: &[u8]) -> Result<(), Error> {
    let request = Request::builder().method(method).uri(path).header(http::header::CONTENT_TYPE, content);
    client.request_text(request.body(body.to_vec())?).await?;
    Ok(())
}
