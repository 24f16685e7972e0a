//! Two replicas: both answer, one writes, and the other takes over from a dead one.

use std::time::{Duration, Instant};

use crate::balancer::Balancer;
use crate::cluster::{Cluster, free_port, get};
use crate::load::{Failure, Load};
use crate::support::{Place, eventually, template, workload};

const CLIENTS: usize = 6;

fn holder(cluster: &Cluster) -> String {
    let words = ["-n", "deepsynthesis-system", "get", "lease", "deepsynthesis-operator"];
    cluster.kubectl(&[&words[..], &["-o=jsonpath={.spec.holderIdentity}"]].concat(), None).admitted()
}

fn leads(health: u16, value: u8) -> bool {
    let line = format!("deepsynthesis_leader {value}");
    get(health, "/metrics").is_ok_and(|text| text.lines().any(|found| found == line))
}

#[test]
fn the_second_replica_takes_over_from_a_dead_leader() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let first_health = free_port();
    // The webhook configurations name the second one, which must keep answering.
    let first = cluster.start("first", free_port(), first_health);
    let _second = cluster.start("second", cluster.port, cluster.health);
    assert_eq!(holder(&cluster), "first");
    eventually("the first leads", 10, || leads(first_health, 1));
    assert!(leads(cluster.health, 0));
    let before = Place::unfiled(&cluster, "before");
    // The one that does not lead judges no less.
    before.create(&workload("Pod", "early", template())).refused(&["FilingMissing"]);

    first.kill();
    let after = Place::empty(&cluster, "after", true);
    after.create(&after.service("studio", "studio")).admitted();
    assert_eq!(after.jsonpath("dss", "studio", "{.status.gate}"), "");
    eventually("the second takes the lease", 25, || holder(&cluster) == "second");
    after.until_gate("studio", "Closed");
    before.file();
    before.until_gate("studio", "Open");
    eventually("the second says that it leads", 10, || leads(cluster.health, 1));
}

/// Enough requests that every connection was used since.
fn go_on(load: &Load, refused: &Load) {
    let (admitted, denied) = (load.admitted(), refused.denied());
    eventually("requests go on", 120, || load.admitted() > admitted + 100 && refused.denied() > denied + 20);
}

#[test]
fn sigkill_under_load_fails_only_what_was_on_its_way_to_the_dead_replica() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let (ports, healths) = ([free_port(), free_port()], [cluster.health, free_port()]);
    let balancer = Balancer::start(cluster.port, &ports);
    // Connections that last for the whole test: the worst case.
    let start =
        |index: usize, name: &str| cluster.start_with(name, ports[index], healths[index], "--connection-age 1h");
    let mut replicas = [Some(start(0, "first")), Some(start(1, "second"))];
    eventually("the first leads", 10, || leads(healths[0], 1));
    let (place, unfiled) = (Place::open(&cluster, "filed"), Place::unfiled(&cluster, "unfiled"));
    let (load, refused) = (Load::start(&place, CLIENTS), Load::start(&unfiled, 2));
    go_on(&load, &refused);

    let mut seen = 0;
    // The leader first, then the one that took over from it.
    for (dead, alive, name) in [(0, 1, "second"), (1, 0, "third")] {
        eventually("the replica that dies is spoken to", 60, || balancer.open(dead) > 0);
        let (moment, dialled) = (Instant::now(), balancer.dialled()[dead]);
        let open = balancer.open(dead);
        replicas[dead].take().unwrap().kill();
        go_on(&load, &refused);
        // What was open, and what was dialled while it died.
        let connections = open + balancer.dialled()[dead] - dialled;
        let all = [load.failures(), refused.failures()].concat();
        let fresh: Vec<&Failure> = all.iter().filter(|failure| failure.at >= moment).collect();
        let window = fresh.iter().map(|failure| failure.at - moment).max().unwrap_or_default();
        println!("{} failures within {window:?} of the end of a replica with {connections} connections", fresh.len());
        // HTTP/1.1: a connection carries one request at a time, so each fails at most one.
        assert!(fresh.len() <= connections, "{connections}: {fresh:?}");
        assert!(window < Duration::from_secs(5), "{fresh:?}");
        for failure in fresh {
            assert!(failure.text.contains("failed calling webhook"), "{}", failure.text);
        }
        eventually("the other one takes the lease", 40, || holder(&cluster) == name);
        eventually("the other one leads", 10, || leads(healths[alive], 1));
        // It writes, too.
        let fresh = Place::unfiled(&cluster, name);
        fresh.file();
        fresh.until_gate("studio", "Open");
        seen = all.len();
        if dead == 0 {
            replicas[0] = Some(start(0, "third"));
        }
    }
    let (admitted, denied) = (load.admitted(), refused.denied());
    assert_eq!(load.lost() + refused.lost(), 0, "the API server did not answer");
    assert_eq!(refused.admitted(), 0, "an unfiled pod was admitted");
    assert_eq!(load.denied(), 0, "a filed pod was refused");
    println!("{admitted} admitted, {denied} refused with their reason, {seen} failures in all");
}

#[test]
fn sigterm_under_load_fails_nothing_though_endpoints_still_point_there() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let ports = [free_port(), free_port()];
    let balancer = Balancer::start(cluster.port, &ports);
    let start = |index: usize, name: &str, health: u16| {
        cluster.start_with(name, ports[index], health, "--connection-age 2s --linger-seconds 4")
    };
    let mut first = start(0, "first", free_port());
    let _second = start(1, "second", cluster.health);
    let (place, unfiled) = (Place::open(&cluster, "filed"), Place::unfiled(&cluster, "unfiled"));
    let (load, refused) = (Load::start(&place, CLIENTS), Load::start(&unfiled, 2));
    go_on(&load, &refused);
    for (next, replica) in ["third", "fourth", "fifth"].into_iter().zip(0..) {
        eventually("the replica that ends is spoken to", 60, || balancer.open(0) > 0);
        first.terminate();
        println!("replica {replica} has ended, {} failures so far", load.failures().len() + refused.failures().len());
        go_on(&load, &refused);
        first = start(0, next, free_port());
    }
    let (admitted, _, failures) = load.stop();
    let (wrong, denied, others) = refused.stop();
    println!("{admitted} admitted, {denied} refused with their reason, {} failures", failures.len() + others.len());
    assert!(failures.is_empty() && others.is_empty(), "{failures:?} {others:?}");
    assert_eq!(wrong, 0);
}
