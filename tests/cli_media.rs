//! Claims about `kubectl deepsynthesis label` and `inspect`: files are labelled by copy, and read back.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value;

/// A provider code of the guide's own form.
const CODE: &str = "001191110108MADEM0XY1810001";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";

fn run(words: &[&str]) -> (i32, String, String) {
    let ended = Command::new(env!("CARGO_BIN_EXE_kubectl-deepsynthesis")).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

#[test]
fn a_labelled_copy_reads_back_and_nothing_is_written_over_labelling_measures_article_5() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("a.gif"), GIF).unwrap();
    let (code, said, _) = run(&["inspect", &path("a.gif")]);
    assert!(code == 1 && said.starts_with("absent"), "{said}");

    let label = ["label", "--provider", CODE, "--produce-id", "id-7", "-o", &path("b.gif"), &path("a.gif")];
    let (code, said, error) = run(&label);
    assert_eq!(code, 0, "{said}{error}");
    let (code, said, _) = run(&["inspect", "--json", &path("b.gif")]);
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, found["verdict"].as_str()), (0, Some("labelled")));
    assert!(found["label"].as_str().unwrap().contains("\"ProduceID\":\"id-7\""), "{found}");

    let (code, _, error) = run(&label);
    assert!(code == 2 && error.contains("b.gif"), "it is there already: {error}");
    let twice = ["label", "--provider", CODE, "-o", &path("c.gif"), &path("b.gif")];
    let (code, _, error) = run(&twice);
    assert!(code == 2 && error.contains("stays the only one"), "{error}");
    assert!(!folder.path().join("c.gif").exists());
}

#[test]
fn what_cannot_be_labelled_or_read_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("broken.gif"), &GIF[..20]).unwrap();
    std::fs::write(path("text"), "text").unwrap();
    let (code, said, _) = run(&["inspect", &path("broken.gif")]);
    assert!(code == 1 && said.starts_with("inconclusive") && said.contains("gif_truncated"), "{said}");
    for (words, reason) in [
        (vec!["inspect", &path("text")], "not a file of a format"),
        (vec!["inspect", &path("nowhere")], "nowhere"),
        (vec!["label", "--provider", "short", "-o", &path("x"), &path("broken.gif")], "--provider"),
        (vec!["label", "--provider", CODE, "-o", &path("x"), &path("broken.gif")], "gif_truncated"),
    ] {
        let (code, _, error) = run(&words.iter().map(|word| &**word).collect::<Vec<_>>());
        assert!(code == 2 && error.contains(reason), "{reason}: {error}");
    }
    assert!(!folder.path().join("x").exists());
}
