//! What holds with everything of ours dead or gone, and how to be rid of it in good order.

use crate::cluster::Cluster;
use crate::protect::RELEASE;
use crate::support::{Place, eventually, template, workload};

#[test]
fn with_every_webhook_gone_and_the_operator_dead_a_closed_gate_refuses_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("only", cluster.port, cluster.health);
    let place = Place::unfiled(&cluster, "unfiled");
    cluster.protect();
    operator.kill();
    for kind in ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] {
        let words = ["delete", kind, "-l", "app.kubernetes.io/part-of=deepsynthesis"];
        cluster.kubectl(&[&words[..], &RELEASE[..]].concat(), None).admitted();
    }
    let pod = workload("Pod", "studio", template());
    let closed = || place.create_with(&pod, &["--dry-run=server"]).said().contains("[FilingMissing]");
    eventually("the policies inside the API server refuse", 20, closed);
    let binding = ["delete", "validatingadmissionpolicybinding", "deepsynthesis-operator-pods"];
    cluster.kubectl(&binding, None).refused(&["[EnforcementProtected]"]);
    // The disk is read before the first request is answered.
    cluster.restart();
    cluster.kubectl(&binding, None).refused(&["[EnforcementProtected]"]);
    // Until the API server serves our kinds again it knows no reason, and refuses all the same.
    eventually("the policies inside the API server say why again", 120, || {
        let said = place.create_with(&pod, &["--dry-run=server"]);
        assert!(!said.is_success(), "{}", said.said());
        said.said().contains("[FilingMissing]")
    });
}

#[test]
fn is_uninstalled_in_the_documented_order_without_a_restart_of_the_api_server() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("only", cluster.port, cluster.health);
    let place = Place::open(&cluster, "closed");
    cluster.protect();
    operator.kill();
    cluster.uninstall_as(&["--dry-run=server"]).refused(&["[EnforcementProtected]"]);
    place.create(&workload("Pod", "new", template())).refused(&["failed calling webhook"]);
    cluster.unprotect();
    cluster.uninstall();
    eventually("the policies are gone", 20, || place.create(&workload("Pod", "new", template())).is_success());
    cluster.kubectl(&["label", "namespace", &place.name, "deepsynthesis.dev/enforce-"], None).admitted();
    cluster.kubectl(&["delete", "crd", "deepsynthesisservices.deepsynthesis.dev", "--wait=false"], None).admitted();
}
