//! Verdicts as JUnit XML, for pipelines.
//!
//! In: verdicts. Out: one test case per judged object. Must not: let a text of a manifest become markup.

use std::fmt::Write as _;

use super::markup::escape;
use super::verdict::{Outcome, Verdict};

/// The document.
#[must_use]
pub fn junit(verdicts: &[Verdict]) -> String {
    let judged: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.outcome != Outcome::NotAsked).collect();
    let count = |outcome| judged.iter().filter(|verdict| verdict.outcome == outcome).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuite name=\"kubectl-deepsynthesis check\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">",
        judged.len(),
        count(Outcome::Refused),
        count(Outcome::NeedsPeople),
    );
    for verdict in judged {
        let _ =
            write!(out, "  <testcase name=\"{}\" classname=\"{}\"", escape(&verdict.subject()), escape(&verdict.file));
        let _ = match verdict.outcome {
            Outcome::Refused => {
                let code = verdict.codes.first().map_or("Refused", String::as_str);
                let text = escape(&verdict.message);
                writeln!(
                    out,
                    "><failure type=\"{}\" message=\"line {}\">{text}</failure></testcase>",
                    escape(code),
                    verdict.line
                )
            }
            Outcome::NeedsPeople => writeln!(out, "><skipped message=\"depends on who asks\"/></testcase>"),
            Outcome::Admitted | Outcome::NotAsked => writeln!(out, "/>"),
        };
    }
    out.push_str("</testsuite>\n");
    out
}
