//! An API server that falls silent: a replica that hears nothing says so instead of judging by what was.

use std::process::Command;

use crate::cluster::Cluster;
use crate::support::{eventually, run};

#[test]
fn a_replica_that_hears_nothing_is_not_ready_names_the_stores_stops_leading_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _operator = cluster.start_with("first", cluster.port, cluster.health, "--watch-limit 8s");
    let page = |name: &str| cluster.get(name).unwrap_or_default();
    let leads = |value: u8| page("/metrics").lines().any(|line| line == format!("deepsynthesis_leader {value}"));
    eventually("it leads", 10, || leads(1));
    // Nothing happens in this cluster for longer than the limit, which alone is no reason.
    let start = std::time::Instant::now();
    while start.elapsed().as_secs() < 12 {
        let ready = page("/readyz");
        assert!(ready.ends_with("ok\n"), "{ready}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let pid = std::fs::read_to_string(cluster.state.join("run/kube-apiserver.pid")).unwrap();
    let signal = |name: &str| run(Command::new("kill").args([name, pid.trim()]), "").admitted();
    signal("-STOP");
    let _goes_on = GoesOn(pid.trim());
    let stores = ["namespaces", "pods", "services", "filings", "policies", "enforcements", "exemptions"];
    eventually("it is not ready and names every store", 40, || {
        let text = page("/readyz");
        stores.iter().all(|store| text.contains(&format!("news of {store} (none for")))
    });
    eventually("it does not lead beyond its lease", 30, || leads(0));
    signal("-CONT");
    eventually("it is ready again", 60, || page("/readyz").ends_with("ok\n"));
    eventually("it leads again", 60, || leads(1));
}

/// A stopped process could not be ended: it goes on, however the test ends.
struct GoesOn<'a>(&'a str);

impl Drop for GoesOn<'_> {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-CONT", self.0]).status();
    }
}
