//! The report for an inspector as one page (Order 12 Art. 21): Chinese and English, printable, without script and without network.
//!
//! In: sheets, the clock. Out: HTML. Must not: let a name from a manifest become markup.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::markup::escape;
use super::sheet::{Observed, Row, Sheet};
use crate::law::calendar::china_date;

const STYLE: &str = "
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; color: #1b1b1b; background: #fff; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; border-bottom: 2px solid #1b1b1b; margin-top: 2.5rem; } h3 { font-size: 1.05rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; } caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #767676; padding: .35rem .5rem; text-align: left; vertical-align: top; } thead th { background: #ececec; }
.Violated, .Closed, .False { background: #fbe3e4; } .Pending, .Grace, .CannotKnow, .Unknown { background: #fff4d6; } .Satisfied, .Open, .True { background: #e2f3e5; }
p.reason { margin: .2rem 0; } code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .5rem; }
@media print { body { margin: 0; max-width: none; font-size: .8rem; } h2 { break-before: page; } tr { break-inside: avoid; } }
";

/// The whole page.
#[must_use]
pub fn html(sheets: &[Sheet], now: Timestamp) -> String {
    let mut out = String::new();
    let day = china_date(now);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>深度合成服务合规报告 Deep synthesis compliance report {day}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>深度合成服务合规报告 <span lang=\"en\">Deep synthesis compliance report</span></h1>\n\
         <p>截至 {now}（{day}，中国日期）。<span lang=\"en\">As of {now} ({day} in China), kubectl-deepsynthesis {}.</span></p>\n",
        env!("CARGO_PKG_VERSION")
    );
    summary(&mut out, sheets);
    for (index, sheet) in sheets.iter().enumerate() {
        service(&mut out, index, sheet);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn summary(out: &mut String, sheets: &[Sheet]) {
    out.push_str(
        "<table>\n<caption>服务一览 <span lang=\"en\">Services</span></caption>\n<thead><tr><th scope=\"col\">服务 <span lang=\"en\">Service</span></th>\
         <th scope=\"col\">提供者 <span lang=\"en\">Provider</span></th><th scope=\"col\">准入 <span lang=\"en\">Gate</span></th>\
         <th scope=\"col\">备案编号 <span lang=\"en\">Filing</span></th><th scope=\"col\">未履行 <span lang=\"en\">Not kept</span></th>\
         <th scope=\"col\">下一期限 <span lang=\"en\">Next deadline</span></th></tr></thead>\n<tbody>\n",
    );
    for (index, sheet) in sheets.iter().enumerate() {
        let name = format!("{}/{}", sheet.namespace, sheet.name);
        let unkept = sheet.duties.iter().filter(|row| row.state == "Violated").count();
        let deadline = sheet.next_deadline.map(|at| china_date(at).to_string()).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><a href=\"#s{index}\">{}</a></th><td>{} <code>{}</code></td><td class=\"{gate}\">{gate}</td>\
             <td>{}</td><td>{unkept}</td><td>{deadline}</td></tr>",
            escape(&name),
            escape(&sheet.provider),
            escape(&sheet.unified_social_credit_code),
            escape(sheet.filing.as_deref().unwrap_or("—")),
            gate = sheet.gate
        );
    }
    out.push_str("</tbody>\n</table>\n");
}

fn service(out: &mut String, index: usize, sheet: &Sheet) {
    let _ = writeln!(
        out,
        "<h2 id=\"s{index}\">{}/{}</h2>\n<p>{} <code>{}</code>，服务代码 <code>{}</code>；准入 <strong>{}</strong>，模式 {}。</p>",
        escape(&sheet.namespace),
        escape(&sheet.name),
        escape(&sheet.provider),
        escape(&sheet.unified_social_credit_code),
        escape(&sheet.service_code),
        sheet.gate,
        sheet.mode,
    );
    if let Some(observed) = &sheet.observed {
        cluster(out, observed);
    }
    let reaches = |row: &&Row| row.state != "NotApplicable";
    out.push_str(
        "<table>\n<caption>义务 <span lang=\"en\">Duties</span></caption>\n<thead><tr><th scope=\"col\">状态 <span lang=\"en\">State</span></th>\
         <th scope=\"col\">依据 <span lang=\"en\">Article</span></th><th scope=\"col\">义务 <span lang=\"en\">Duty</span></th>\
         <th scope=\"col\">情况与措施 <span lang=\"en\">Finding and remedy</span></th></tr></thead>\n<tbody>\n",
    );
    for row in sheet.duties.iter().filter(reaches) {
        duty(out, row);
    }
    out.push_str("</tbody>\n</table>\n");
    let names: Vec<String> =
        sheet.duties.iter().filter(|row| !reaches(row)).map(|row| escape(row.article_zh)).collect();
    let _ = writeln!(out, "<p>不适用 <span lang=\"en\">Not applicable</span>：{}。</p>", names.join("；"));
}

fn duty(out: &mut String, row: &Row) {
    let _ = write!(
        out,
        "<tr><td class=\"{state}\">{state}</td><td>{} <span lang=\"en\">{}</span></td><th scope=\"row\">{} <span lang=\"en\">{}</span></th><td>",
        escape(row.article_zh),
        escape(row.article),
        escape(row.title_zh),
        escape(row.title),
        state = row.state
    );
    for why in &row.reasons {
        let due = why.due.map(|due| format!("（{} 前）", china_date(due))).unwrap_or_default();
        let _ = write!(
            out,
            "<p class=\"reason\"><code>{}</code>{due} {}{} <span lang=\"en\">{} {}</span></p>",
            why.code,
            escape(why.message_zh),
            escape(why.remedy_zh),
            escape(&why.message),
            escape(why.remedy)
        );
    }
    if let Some((remedy, remedy_zh)) = row.bare_remedy() {
        let _ = write!(out, "{} <span lang=\"en\">{}</span>", escape(remedy_zh), escape(remedy));
    } else if row.reasons.is_empty() {
        let shown = row.beyond.filter(|_| row.state == "CannotKnow").or(row.evidence).unwrap_or("—");
        let _ = write!(out, "<span lang=\"en\">{}</span>", escape(shown));
    }
    out.push_str("</td></tr>\n");
}

fn cluster(out: &mut String, observed: &Observed) {
    out.push_str(
        "<table>\n<caption>集群现状 <span lang=\"en\">In the cluster</span></caption>\n<thead><tr><th scope=\"col\">状况 <span lang=\"en\">Condition</span></th>\
         <th scope=\"col\">值 <span lang=\"en\">Status</span></th><th scope=\"col\">自 <span lang=\"en\">Since</span></th>\
         <th scope=\"col\">说明 <span lang=\"en\">Message</span></th></tr></thead>\n<tbody>\n",
    );
    for condition in &observed.conditions {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"{status}\">{status} <code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(&condition.kind),
            escape(&condition.reason),
            condition.since,
            escape(&condition.message),
            status = escape(&condition.status)
        );
    }
    out.push_str("</tbody>\n</table>\n");
    if !observed.pods.is_empty() {
        let _ = writeln!(
            out,
            "<p>已注入边车的 Pod <span lang=\"en\">Pods with the sidecar</span>：{}</p>",
            escape(&observed.pods)
        );
    }
    let Some(retention) = &observed.retention else { return };
    out.push_str("<h3>日志留存证明 <span lang=\"en\">Proof of retention</span></h3>\n");
    for log in &retention.logs {
        let _ = writeln!(
            out,
            "<p>{}：{} 行，自 {} 起，留存 {}；{} 的检查点 <span lang=\"en\">lines, since, kept for, checkpoint</span></p>\n<pre>{}</pre>",
            escape(&log.class),
            log.size,
            escape(log.oldest.as_deref().unwrap_or("—")),
            escape(&log.kept_for),
            escape(&log.seen_at),
            escape(&log.checkpoint)
        );
    }
}
