//! What a Service is to several replicas: every new connection goes to any one that takes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Forwards for as long as this value lives.
pub struct Balancer {
    open: Arc<[AtomicUsize]>,
    dialled: Arc<[AtomicUsize]>,
    _runtime: Runtime,
}

impl Balancer {
    pub fn start(port: u16, targets: &[u16]) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", port))).unwrap();
        let counters = || -> Arc<[AtomicUsize]> { targets.iter().map(|_| AtomicUsize::new(0)).collect() };
        let (open, dialled, targets) = (counters(), counters(), targets.to_vec());
        let (counted, counted_dials) = (Arc::clone(&open), Arc::clone(&dialled));
        runtime.spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                // By turns would not do: an API server dials in bursts and keeps one of the connections.
                let turn = usize::from(uuid::Uuid::now_v7().as_bytes()[15]);
                let (targets, open, dialled) = (targets.clone(), Arc::clone(&counted), Arc::clone(&counted_dials));
                tokio::spawn(async move { forward(client, &targets, turn, &open, &dialled).await });
            }
        });
        Self { open, dialled, _runtime: runtime }
    }

    /// Connections to one target that are open now.
    pub fn open(&self, target: usize) -> usize {
        self.open[target].load(Ordering::SeqCst)
    }

    /// Connections that each target took in all.
    pub fn dialled(&self) -> Vec<usize> {
        self.dialled.iter().map(|count| count.load(Ordering::SeqCst)).collect()
    }
}

async fn forward(mut client: TcpStream, targets: &[u16], turn: usize, open: &[AtomicUsize], dialled: &[AtomicUsize]) {
    for offset in 0..targets.len() {
        let target = (turn + offset) % targets.len();
        if let Ok(mut server) = TcpStream::connect(("127.0.0.1", targets[target])).await {
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            dialled[target].fetch_add(1, Ordering::SeqCst);
            open[target].fetch_add(1, Ordering::SeqCst);
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            open[target].fetch_sub(1, Ordering::SeqCst);
            return;
        }
    }
}
