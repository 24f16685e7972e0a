//! Health and metrics in clear text: `/livez`, `/readyz` (says what it waits for), `/metrics`.

use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use warp::http::StatusCode;
use warp::{Filter, Reply};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// Says what still keeps this replica from being ready; empty means ready.
pub type Waiting = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// Serves for as long as the process lives.
pub async fn serve(listener: TcpListener, registry: Arc<Registry>, waiting: Waiting) {
    let live = warp::path!("livez").map(|| "ok\n".to_owned().into_response());
    let ready = warp::path!("readyz").map(move || {
        let missing = waiting();
        if missing.is_empty() {
            "ok\n".to_owned().into_response()
        } else {
            let text = format!("waiting for {}\n", missing.join(", "));
            warp::reply::with_status(text, StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    });
    let metrics = warp::path!("metrics").map(move || {
        let mut text = String::new();
        match encode(&mut text, &registry) {
            Ok(()) => warp::reply::with_header(text, "content-type", "application/openmetrics-text; version=1.0.0")
                .into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    });
    let routes = warp::get().and(live.or(ready).unify().or(metrics).unify()).boxed();
    let service = TowerToHyperService::new(warp::service(routes));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let service = service.clone();
        tokio::spawn(async move {
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
