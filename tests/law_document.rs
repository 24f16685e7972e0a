//! `docs/law.md`, where denials send their readers, is generated from the reasons in the code.

use deepsynthesis::compliance::Reason;
use std::fmt::Write as _;

fn document() -> String {
    let mut text = String::from(
        "# What a refusal means\n\n\
         Generated from `src/compliance/reason.rs` by `make generate`; do not edit. Codes are stable.\n\
         `kubectl describe dss NAME` lists the ones that hold for a service, with the day by which they must be cured.\n\n\
         本页由代码生成。每个代码对应一项义务、其条文和补救办法。\n",
    );
    for reason in Reason::ALL {
        let effect =
            if reason.closes() { "closes the gate 关闭准入" } else { "does not close the gate 不关闭准入" };
        let _ = write!(
            text,
            "\n## {}\n\n*{} · {} · {effect}*\n\n{}\n{}\n\n- What to do: {}\n- 补救办法：{}\n",
            reason.code(),
            reason.article(),
            reason.duty().article_zh(),
            reason.message_en(),
            reason.message_zh(),
            reason.remedy_en(),
            reason.remedy_zh(),
        );
    }
    text
}

#[test]
fn the_document_that_denials_name_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/law.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, document()).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, document(), "docs/law.md is stale: run make generate");
}
