//! Verdicts for people.
//!
//! In: verdicts. Out: text: what is refused with the cluster's own words, then one line that counts. Must not: colour or wrap; it may
//! be read by a program.

use std::fmt::Write as _;

use super::verdict::{Outcome, Verdict};

/// The whole report.
#[must_use]
pub fn text(verdicts: &[Verdict]) -> String {
    let mut out = String::new();
    for verdict in verdicts {
        let word = match verdict.outcome {
            Outcome::Admitted => "admitted",
            Outcome::Refused => "REFUSED ",
            Outcome::NeedsPeople => "by whom?",
            Outcome::NotAsked => continue,
        };
        let _ = writeln!(out, "{word} {} ({}:{})", verdict.subject(), verdict.file, verdict.line);
        for line in verdict.message.lines().chain(verdict.warnings.iter().map(String::as_str)) {
            let _ = writeln!(out, "         {line}");
        }
    }
    let count = |outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let _ = writeln!(
        out,
        "{} refused, {} admitted, {} depend on who asks, {} not asked about",
        count(Outcome::Refused),
        count(Outcome::Admitted),
        count(Outcome::NeedsPeople),
        count(Outcome::NotAsked),
    );
    out
}
