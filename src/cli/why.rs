//! Every duty of a service as a table for people.
//!
//! In: sheets. Out: text. Must not: hide a duty that is not kept, whatever the width of the terminal.

use std::fmt::Write as _;

use super::sheet::{Row, Sheet};
use crate::law::calendar::china_date;

/// The whole table; duties that do not reach the service only on request.
#[must_use]
pub fn text(sheets: &[Sheet], all: bool) -> String {
    let mut out = String::new();
    for sheet in sheets {
        let deadline = sheet.next_deadline.map(|at| format!(", next deadline {}", china_date(at))).unwrap_or_default();
        let _ = writeln!(
            out,
            "DeepSynthesisService {}/{}: gate {}, mode {}{deadline}\n{} ({}, {})\n",
            sheet.namespace,
            sheet.name,
            sheet.gate,
            sheet.mode,
            sheet.provider,
            sheet.unified_social_credit_code,
            sheet.service_code
        );
        let shown = |row: &&Row| all || row.state != "NotApplicable" || !row.reasons.is_empty();
        for row in sheet.duties.iter().filter(shown) {
            line(&mut out, row);
        }
        let hidden = sheet.duties.iter().filter(|row| !shown(row)).count();
        if hidden > 0 {
            let _ = writeln!(out, "\n{hidden} duties do not reach this service 不适用（--all 显示）");
        }
        out.push('\n');
    }
    out
}

fn line(out: &mut String, row: &Row) {
    let _ = writeln!(out, "{:<13} {:<34} {} {}", row.state, row.article, row.title, row.title_zh);
    for why in &row.reasons {
        let due = why.due.map(|due| format!(" until {}", china_date(due))).unwrap_or_default();
        let _ = writeln!(out, "{:14}{} [{}]{due} {}", "", why.severity, why.code, why.message);
        let _ = writeln!(out, "{:14}→ {} {}", "", why.remedy, why.remedy_zh);
    }
    if let Some((remedy, remedy_zh)) = row.bare_remedy() {
        let _ = writeln!(out, "{:14}→ {remedy} {remedy_zh}", "");
    }
    if row.state == "CannotKnow"
        && let Some(beyond) = row.beyond
    {
        let _ = writeln!(out, "{:14}not in a cluster: {beyond}", "");
    }
}
