//! When each watch was last heard of, bookmarks included.
//!
//! In: responses of the API server as they arrive. Out: which stores are stale. kube's watcher swallows bookmarks, so the
//! frames are noted below it, in a layer of the client. Must not look into them.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use jiff::Timestamp;
use kube::client::{Body, ClientBuilder};
use kube::{Client, Config};
use prometheus_client::metrics::gauge::Gauge;
use tower_layer::Layer;
use tower_service::Service;

use super::metrics::{ByStore, Metrics};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A client whose watches are listened to. A connection on which nothing comes for half of the limit is given up, so that
/// a dead one is replaced before readiness has to say so.
///
/// # Errors
/// When no client can be built.
pub async fn client(limit: Duration, metrics: &Arc<Metrics>) -> Result<(Client, Freshness), BoxError> {
    let mut config = Config::infer().await?;
    config.read_timeout = Some(limit / 2);
    let freshness = Freshness { limit, metrics: Arc::clone(metrics), stores: Arc::default() };
    let client = ClientBuilder::try_from(config)?.with_layer(&freshness).build();
    Ok((client, freshness))
}

/// When each store's watch was last heard of.
#[derive(Clone)]
pub struct Freshness {
    limit: Duration,
    metrics: Arc<Metrics>,
    stores: Arc<RwLock<Vec<Heard>>>,
}

#[derive(Clone)]
struct Heard {
    store: &'static str,
    path: String,
    start: Instant,
    /// Milliseconds since the start.
    last: Arc<AtomicU64>,
    gauge: Gauge,
}

impl Heard {
    fn note(&self) {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(elapsed, Ordering::Relaxed);
        self.gauge.set(Timestamp::now().as_second());
    }

    fn age(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

impl Freshness {
    /// Listens to the watch of this path from now on.
    pub fn listen(&self, store: &'static str, path: &str) {
        let gauge = self.metrics.watch_heard.get_or_create(&ByStore { store }).clone();
        let heard = Heard { store, path: path.to_owned(), start: Instant::now(), last: Arc::default(), gauge };
        heard.note();
        if let Ok(mut stores) = self.stores.write() {
            stores.push(heard);
        }
    }

    /// Stores that nothing was heard of for longer than the limit, and for how long.
    #[must_use]
    pub fn stale(&self) -> Vec<(&'static str, Duration)> {
        let Ok(stores) = self.stores.read() else { return Vec::new() };
        let ages = stores.iter().map(|heard| (heard.store, heard.age()));
        ages.filter(|(_, age)| *age > self.limit).collect()
    }

    /// What to note when this request is answered.
    fn heard(&self, request: &Request<Body>) -> Option<Heard> {
        let is_watch = request.uri().query().unwrap_or_default().split('&').any(|pair| pair == "watch=true");
        let stores = self.stores.read().ok().filter(|_| is_watch)?;
        stores.iter().find(|heard| heard.path == request.uri().path()).cloned()
    }
}

impl<S> Layer<S> for Freshness {
    type Service = Listening<S>;

    fn layer(&self, inner: S) -> Listening<S> {
        Listening { inner, freshness: self.clone() }
    }
}

/// A client's service that notes what it hears.
pub struct Listening<S> {
    inner: S,
    freshness: Freshness,
}

impl<S, B> Service<Request<Body>> for Listening<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes, Error = BoxError> + Send + 'static,
{
    type Response = Response<UnsyncBoxBody<Bytes, BoxError>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let heard = self.freshness.heard(&request);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            let Some(heard) = heard.filter(|_| answer.status().is_success()) else {
                return Ok(answer.map(BodyExt::boxed_unsync));
            };
            heard.note();
            Ok(answer.map(|body| {
                let body = body.map_frame(move |frame| {
                    heard.note();
                    frame
                });
                body.boxed_unsync()
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_watch_of_a_store_counts_as_news_of_it() {
        let freshness = Freshness { limit: Duration::from_secs(300), metrics: Arc::default(), stores: Arc::default() };
        freshness.listen("pods", "/api/v1/pods");
        freshness.listen("services", "/apis/deepsynthesis.dev/v1alpha1/deepsynthesisservices");
        for (uri, expected) in [
            ("/api/v1/pods?&watch=true&timeoutSeconds=290&labelSelector=a", Some("pods")),
            ("/apis/deepsynthesis.dev/v1alpha1/deepsynthesisservices?watch=true", Some("services")),
            // The scan lists the same path every ten minutes.
            ("/api/v1/pods?limit=500", None),
            ("/api/v1/pods", None),
            ("/api/v1/namespaces?watch=true", None),
            ("/api/v1/namespaces/a/pods?watch=true", None),
        ] {
            let request = Request::get(uri).body(Body::empty()).unwrap();
            assert_eq!(freshness.heard(&request).map(|heard| heard.store), expected, "{uri}");
        }
        assert!(freshness.stale().is_empty());
    }
}
