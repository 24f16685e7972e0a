//! Two replicas: both answer, one writes, and the other takes over from a dead one.

use crate::cluster::{Cluster, free_port, get};
use crate::support::{Place, eventually, template, workload};

#[test]
fn the_second_replica_takes_over_from_a_dead_leader() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let first_health = free_port();
    // The webhook configurations name the second one, which must keep answering.
    let first = cluster.start("first", free_port(), first_health);
    let _second = cluster.start("second", cluster.port, cluster.health);
    let holder = || {
        let words = ["-n", "deepsynthesis-system", "get", "lease", "deepsynthesis-operator"];
        cluster.kubectl(&[&words[..], &["-o=jsonpath={.spec.holderIdentity}"]].concat(), None).admitted()
    };
    let leads = |health: u16, value: u8| {
        let line = format!("deepsynthesis_leader {value}");
        get(health, "/metrics").is_ok_and(|text| text.lines().any(|found| found == line))
    };
    assert_eq!(holder(), "first");
    eventually("the first leads", 10, || leads(first_health, 1));
    assert!(leads(cluster.health, 0));
    let before = Place::unfiled(&cluster, "before");
    // The one that does not lead judges no less.
    before.create(&workload("Pod", "early", template())).refused(&["FilingMissing"]);

    first.kill();
    let after = Place::empty(&cluster, "after", true);
    after.create(&after.service("studio", "studio")).admitted();
    assert_eq!(after.jsonpath("dss", "studio", "{.status.gate}"), "");
    eventually("the second takes the lease", 25, || holder() == "second");
    after.until_gate("studio", "Closed");
    before.file();
    before.until_gate("studio", "Open");
    eventually("the second says that it leads", 10, || leads(cluster.health, 1));
}
