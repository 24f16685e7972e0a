//! Many clients that create pods through the API server, in dry run, and what became of each.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use k8s_openapi::api::core::v1::Pod;
use kube::api::PostParams;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use tokio::runtime::Runtime;

use crate::cluster::Cluster;
use crate::support::{Place, SIDECAR, template, workload};

/// What one create came to.
#[derive(Clone, Debug)]
pub struct Failure {
    pub at: Instant,
    pub text: String,
}

#[derive(Default)]
struct Tally {
    admitted: AtomicUsize,
    /// Refused with a reason of ours.
    denied: AtomicUsize,
    failures: Mutex<Vec<Failure>>,
    /// The API server's answer did not arrive: nothing is known of the admission. A webhook that fails is an answer.
    lost: AtomicUsize,
    is_over: AtomicBool,
}

/// Clients at work.
pub struct Load {
    tally: Arc<Tally>,
    runtime: Runtime,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    /// Starts so many clients that create pods of the service `studio` in this namespace.
    pub fn start(place: &Place<'_>, clients: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let tally = Arc::new(Tally::default());
        let clients = (0..clients)
            .map(|number| {
                let client = runtime.block_on(client(place.cluster));
                let api: Api<Pod> = Api::namespaced(client, &place.name);
                runtime.spawn(create(api, number, Arc::clone(&tally)))
            })
            .collect();
        Self { tally, runtime, clients }
    }

    pub fn admitted(&self) -> usize {
        self.tally.admitted.load(Ordering::SeqCst)
    }

    pub fn denied(&self) -> usize {
        self.tally.denied.load(Ordering::SeqCst)
    }

    /// Requests on which the API server itself did not answer.
    pub fn lost(&self) -> usize {
        self.tally.lost.load(Ordering::SeqCst)
    }

    pub fn failures(&self) -> Vec<Failure> {
        self.tally.failures.lock().unwrap().clone()
    }

    /// Lets every client finish; its failures.
    pub fn stop(mut self) -> (usize, usize, Vec<Failure>) {
        self.tally.is_over.store(true, Ordering::SeqCst);
        for client in self.clients.drain(..) {
            self.runtime.block_on(client).unwrap();
        }
        let failures = self.tally.failures.lock().unwrap().clone();
        (self.tally.admitted.load(Ordering::SeqCst), self.tally.denied.load(Ordering::SeqCst), failures)
    }
}

impl Drop for Load {
    // A runtime waits for its tasks, and clients whose connections are gone would ask for ever.
    fn drop(&mut self) {
        self.tally.is_over.store(true, Ordering::SeqCst);
    }
}

async fn client(cluster: &Cluster) -> Client {
    let kubeconfig = Kubeconfig::read_from(cluster.state.join("admin.kubeconfig")).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

async fn create(api: Api<Pod>, number: usize, tally: Arc<Tally>) {
    let params = PostParams { dry_run: true, field_manager: None };
    let fail = |text: String| tally.failures.lock().unwrap().push(Failure { at: Instant::now(), text });
    while !tally.is_over.load(Ordering::SeqCst) {
        let pod: Pod = serde_json::from_value(workload("Pod", &format!("load-{number}"), template())).unwrap();
        match api.create(&params, &pod).await {
            Ok(pod) => {
                let first = pod.spec.and_then(|spec| spec.init_containers).and_then(|list| list.first().cloned());
                if first.is_some_and(|container| container.name == SIDECAR) {
                    tally.admitted.fetch_add(1, Ordering::SeqCst);
                } else {
                    fail("admitted without the sidecar".to_owned());
                }
            }
            Err(kube::Error::Api(status)) if status.code == 403 && status.message.contains("[FilingMissing]") => {
                tally.denied.fetch_add(1, Ordering::SeqCst);
            }
            Err(error @ kube::Error::Api(_)) => fail(error.to_string()),
            Err(error) => {
                println!("not answered: {error:?}");
                tally.lost.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}
