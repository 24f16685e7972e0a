//! Authorities and certificates change while pods are created: nobody notices.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::balancer::Balancer;
use crate::cluster::{Cluster, free_port, get};
use crate::load::Load;
use crate::support::{Place, eventually, template, workload};

/// Years in seconds: an authority gives way after forty-eight, a certificate after twenty. Two starved cores must keep up.
const TIMES: &str = "--ca-lifetime 120s --ca-renew-before 72s --leaf-lifetime 40s --settle 5s --check-interval 500ms \
                     --connection-age 2s";
const ADMISSIONS: usize = 10_000;

/// The sum of a counter over replicas.
fn sum(healths: &[u16], counter: &str) -> u64 {
    let of = |health: &u16| -> u64 {
        let text = get(*health, "/metrics").unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("deepsynthesis_{counter}_total ")));
        line.unwrap().parse().unwrap()
    };
    healths.iter().map(of).sum()
}

#[test]
fn ten_thousand_admissions_and_none_fails_while_authorities_and_certificates_rotate() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let (ports, healths) = ([free_port(), free_port()], [cluster.health, free_port()]);
    let balancer = Balancer::start(cluster.port, &ports);
    let _first = cluster.start_with("first", ports[0], healths[0], TIMES);
    let _second = cluster.start_with("second", ports[1], healths[1], TIMES);
    let place = Place::open(&cluster, "rotating");
    let rotations = || sum(&healths, "certificate_rotations");

    let (start, before) = (Instant::now(), rotations());
    let load = Load::start(&place, 12);
    let check = |what: &str, wanted: u64| {
        println!("{} admissions so far, now: {what}", load.admitted());
        eventually(what, 300, || {
            assert!(load.failures().is_empty(), "{what}: {:?}", load.failures());
            rotations() >= wanted
        });
    };
    check("the authority rotates twice by the clock", before + 2);

    let system = ["-n", "deepsynthesis-system"];
    let known = rotations();
    let words = [&system[..], &["delete", "secret", "deepsynthesis-ca"]].concat();
    cluster.kubectl(&words, None).admitted();
    check("a deleted Secret is replaced", known + 1);

    let known = rotations();
    let words = [&system[..], &["annotate", "secret", "deepsynthesis-ca", "deepsynthesis.dev/rotate=now"]].concat();
    cluster.kubectl(&words, None).admitted();
    check("somebody asks for a rotation", known + 1);
    while load.admitted() < ADMISSIONS {
        let seconds = start.elapsed().as_secs();
        assert!(load.failures().is_empty(), "{:?}", load.failures());
        assert!(seconds < 1200, "only {} admissions in {seconds} s, none failed", load.admitted());
        std::thread::sleep(Duration::from_millis(200));
    }

    let lost = load.lost();
    let (admitted, _, failures) = load.stop();
    let certificates = sum(&healths, "certificates");
    println!(
        "{admitted} admissions in {:.0} s, {} failures, {lost} not answered; {} rotations of the authority, {certificates} certificates, \
         connections by replica {:?}",
        start.elapsed().as_secs_f64(),
        failures.len(),
        rotations() - before,
        balancer.dialled(),
    );
    assert!(failures.is_empty(), "{failures:?}");
    assert!(lost <= 5, "{lost} requests were not answered by the API server");
    assert!(certificates >= 2 * (rotations() - before));
    // Both replicas had their share.
    let dialled = balancer.dialled();
    assert!(dialled.iter().all(|count| *count >= 10), "{dialled:?}");
}

#[test]
fn a_replica_whose_authority_is_not_published_is_not_ready_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _first = cluster.start_with("first", free_port(), free_port(), "");
    let health = cluster.health;
    let _second = cluster.start_with("second", cluster.port, health, "--check-interval 500ms");
    // The leader looks every thirty seconds: until then the second one stands without a bundle.
    let patch = r#"[{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]"#;
    let name = ["patch", "validatingwebhookconfiguration", "deepsynthesis-operator-records"];
    cluster.kubectl(&[&name[..], &["--type=json", "-p", patch]].concat(), None).admitted();
    let says = |text: &str| get(health, "/readyz").is_ok_and(|page| page.contains(text));
    eventually("it is not ready", 20, || {
        says("its certificate in the webhook configuration deepsynthesis-operator-records")
    });
    eventually("the leader publishes again", 60, || says("\nok\n"));
}

#[test]
fn a_foreign_secret_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let words = ["-n", "deepsynthesis-system", "create", "secret", "generic", "deepsynthesis-ca", "--from-literal=a=b"];
    cluster.kubectl(&words, None).admitted();
    let _operator = cluster.spawn("first", cluster.port, cluster.health, "");
    eventually("it says what is wrong", 60, || {
        let page = get(cluster.health, "/readyz").unwrap_or_default();
        page.contains("Secret deepsynthesis-ca holds neither ca.crt nor next.crt")
    });
    let words = ["-n", "deepsynthesis-system", "delete", "secret", "deepsynthesis-ca"];
    cluster.kubectl(&words, None).admitted();
    eventually("it makes its own", 30, || get(cluster.health, "/readyz").is_ok_and(|page| page.ends_with("ok\n")));
}

/// Writes a bundle into every webhook, as cert-manager's injector or the chart's `caBundle` does.
fn inject_bundle(cluster: &Cluster, bundle: &str) {
    for kind in ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] {
        for name in ["deepsynthesis-operator-workloads", "deepsynthesis-operator-records"] {
            let text = cluster.kubectl(&["get", kind, name, "-o", "json"], None).admitted();
            let mut configuration: Value = serde_json::from_str(&text).unwrap();
            for webhook in configuration["webhooks"].as_array_mut().unwrap() {
                webhook["clientConfig"]["caBundle"] = STANDARD.encode(bundle).into();
            }
            cluster.kubectl(&["replace", "-f", "-"], Some(&configuration.to_string())).admitted();
        }
    }
}

#[test]
fn a_given_certificate_is_taken_up_when_the_configurations_vouch_for_it_and_the_last_good_one_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let make = || rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (one, two) = (make(), make());
    let put = |pair: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": {"name": "given", "namespace": "deepsynthesis-system"},
            "stringData": {"tls.crt": pair.cert.pem(), "tls.key": pair.signing_key.serialize_pem()},
        });
        cluster.kubectl(&["apply", "-f", "-"], Some(&secret.to_string())).admitted();
    };
    let says = |text: &str| cluster.get("/readyz").is_ok_and(|page| page.contains(text));
    let certificates = || sum(&[cluster.health], "certificates");

    let _operator = cluster.spawn("first", cluster.port, cluster.health, "--certificate-secret given");
    eventually("it says what it waits for", 60, || says("Secret given does not exist yet"));
    put(&one);
    eventually("it says who must vouch", 20, || says("the published bundle holds no certificate"));
    inject_bundle(&cluster, &one.cert.pem());
    eventually("it is ready", 20, || says("\nok\n"));
    let place = Place::open(&cluster, "given");
    let creates = |name: &str| place.create(&workload("Pod", name, template())).admitted();
    creates("one");

    put(&two);
    let failed = sum(&[cluster.health], "failed_certificates");
    eventually("the new pair is looked at", 30, || sum(&[cluster.health], "failed_certificates") > failed);
    assert_eq!(certificates(), 1);
    assert!(says("\nok\n"));
    creates("two");
    inject_bundle(&cluster, &format!("{}{}", one.cert.pem(), two.cert.pem()));
    eventually("the new pair is taken up", 20, || certificates() == 2);
    creates("three");
    // Whoever names neither pair makes the replica say so.
    inject_bundle(&cluster, &make().cert.pem());
    eventually("it is not ready", 20, || says("does not vouch for it"));
}
