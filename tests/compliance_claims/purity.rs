//! The two rooms stay pure: plain data in, plain data out, the clock passed in.

use std::path::Path;

#[test]
fn law_and_compliance_reach_for_no_cluster_socket_or_clock() {
    let forbidden = [
        "kube::",
        "k8s_openapi",
        "tokio",
        "std::net",
        "hyper",
        "std::fs",
        "std::env",
        "Timestamp::now",
        "Zoned::now",
        "SystemTime",
        "Instant::now",
        "crate::operator",
        "crate::sidecar",
        "crate::server",
        "crate::telemetry",
        "crate::inject",
    ];
    let mut seen = 0;
    for room in ["src/law", "src/compliance", "src/compliance/rules"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
        for entry in std::fs::read_dir(&folder).expect("room") {
            let path = entry.expect("entry").path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("readable");
            seen += 1;
            for word in forbidden {
                assert!(!text.contains(word), "{} mentions {word}", path.display());
            }
            assert!(text.starts_with("//! "), "{} has no header", path.display());
        }
    }
    assert!(seen > 15, "{seen} files");
}
