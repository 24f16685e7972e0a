//! `docs/law-map.md` says for every duty where it stands, who owes it, what holds it and which tests prove that. It is
//! generated from the catalogue in `src/law/duty`, the sources and the tests.

#![allow(clippy::unwrap_used)]

mod found;
mod needle;
#[path = "../source_support/mod.rs"]
mod source_support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use deepsynthesis::law::{Duty, Effect, Instrument};
use found::{Sources, names, rows};

/// Articles of Order 12 that put no duty on a service, and why.
const WITHOUT_DUTY: [(u32, &str, &str); 5] = [
    (1, "purpose and parent laws; nothing to do", "立法目的和依据"),
    (3, "tasks of the authorities, who coordinate and share them", "主管部门的职责分工"),
    (5, "industry bodies are encouraged to discipline themselves", "鼓励行业自律"),
    (
        23,
        "definitions; `spec.roles[]`, `spec.technologies[]` and `spec.confusionCategories[]` take their values from them",
        "用语定义，相关字段的取值以此为准",
    ),
    (25, "in force since 10 January 2023", "自2023年1月10日起施行"),
];
const ORDER_12_ARTICLES: u32 = 25;

const HEAD: &str = "# Law map

Generated from `src/law/duty` by `make generate`; do not edit. One row per duty: where it stands and how sure our text of
it is, whom it binds and when, what holds it, what a breach does, which code speaks of it and which tests prove it.
`docs/law.md` lists what a refusal says. This is engineering, not legal advice.

本表由代码生成。每行一项义务：条文、义务主体、适用情形、落实方式、违反后果、代码与测试。

- Admission holds what objects can say, runtime what the sidecar sees, record what is kept as proof; report is what a
  cluster cannot hold, and why. *Closes the gate*: no new workloads; *warns*: a finding; *notes*: a remark.
- Confidence: V and a number, seen in so many independent places; S, in one; C, checked by running code; I, inferred;
  K, general knowledge that was not confirmed again.
- Foreign rules are left out: EU AI Act Art. 50 and its code of practice, California SB 942, Korea, India, Vietnam and New
  York ask for other marks, which this project does not claim. 境外规则不在本表范围内。
- All 25 articles of Order 12 stand here. Of the other instruments only articles that bind a service do: Labelling
  Measures Arts. 1 to 3, 13 and 14, for one, hold purpose, scope, terms, penalties and entry into force.
- Tests are named after articles: `article_19` is Order 12; others say `labelling_measures_article_9` and so on. Rows are
  those of `tests/data/law/*.yaml` that name the duty.
";

fn cell(lines: &[String]) -> String {
    if lines.is_empty() { "–".to_owned() } else { lines.join("<br>").replace('|', "\\|") }
}

fn row(duty: Duty, found: &Sources) -> String {
    let entry = duty.entry();
    let subjects = entry.subjects.iter().map(|who| format!("{} {}", who.name_en(), who.name_zh())).collect::<Vec<_>>();
    let held = [
        ("admission", entry.admission),
        ("runtime", entry.runtime),
        ("record", entry.record),
        ("report", entry.report),
    ];
    let held: Vec<String> =
        held.into_iter().filter_map(|(place, text)| Some(format!("*{place}:* {}", text?))).collect();
    let mut effect = vec![format!("{} {}", entry.effect.describe_en(), entry.effect.describe_zh())];
    effect.extend(entry.period.map(|period| period.to_string()));
    let code: Vec<String> = found.code_of(duty).iter().map(|path| format!("`{path}`")).collect();
    let mut tests: Vec<String> = found.tests_of(duty).iter().map(|name| format!("`{name}`")).collect();
    match found.rows_of(duty) {
        0 => {}
        1 => tests.push("1 row".to_owned()),
        rows => tests.push(format!("{rows} rows")),
    }
    let cells = [
        cell(&[format!("{} ({})", entry.article, entry.confidence), entry.article_zh.to_owned()]),
        cell(&[entry.title_en.to_owned(), entry.title_zh.to_owned(), format!("`{}` `{duty:?}`", entry.id)]),
        cell(&subjects),
        cell(&[entry.when.describe_en().to_owned(), entry.when.describe_zh().to_owned()]),
        cell(&held),
        cell(&effect),
        cell(&code),
        cell(&tests),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// The number of the article of Order 12 in which a duty stands.
fn order_12_article(duty: Duty) -> Option<u32> {
    let number = duty.id().strip_prefix("o12-")?;
    number.split('-').next()?.parse().ok()
}

fn document() -> String {
    let found = Sources::read();
    let mut text = HEAD.to_owned();
    for instrument in Instrument::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n| Article 条文 | Duty 义务 | Who 主体 | When 适用情形 | How held 落实方式 | Effect 后果 | Code 代码 | Tests 测试 |\n\
             |---|---|---|---|---|---|---|---|\n",
            instrument.name_en(),
            instrument.name_zh(),
        );
        let duties: Vec<Duty> = Duty::ALL.into_iter().filter(|duty| duty.entry().instrument == instrument).collect();
        if instrument != Instrument::Order12 {
            duties.iter().for_each(|duty| text.push_str(&row(*duty, &found)));
            continue;
        }
        for article in 1..=ORDER_12_ARTICLES {
            let here: Vec<_> = duties.iter().filter(|duty| order_12_article(**duty) == Some(article)).collect();
            here.iter().for_each(|duty| text.push_str(&row(**duty, &found)));
            if let Some((_, en, zh)) = WITHOUT_DUTY.iter().find(|(number, ..)| *number == article) {
                let _ =
                    writeln!(text, "| Order 12 Art. {article} | no duty 无义务 | – | – | {en}<br>{zh} | – | – | – |");
            }
        }
    }
    text
}

#[test]
fn the_law_map_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/law-map.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, document()).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    // Line by line: the whole of it would fill the terminal.
    let stale = document().lines().find(|line| !found.lines().any(|old| old == *line)).map(str::to_owned);
    assert!(found == document(), "docs/law-map.md is stale: run make generate. First new line: {stale:?}");
}

#[test]
fn all_25_articles_of_order_12_stand_in_the_map() {
    let text = document();
    for article in 1..=ORDER_12_ARTICLES {
        let row = format!("\n| Order 12 Art. {article}");
        let stands =
            text.match_indices(&row).any(|(at, _)| !text[at + row.len()..].starts_with(|c: char| c.is_ascii_digit()));
        assert!(stands, "Order 12 Art. {article} is missing");
        let duties = Duty::ALL.into_iter().filter(|duty| order_12_article(*duty) == Some(article)).count();
        let without = WITHOUT_DUTY.iter().filter(|(number, ..)| *number == article).count();
        assert!((duties == 0) == (without == 1), "Order 12 Art. {article} has {duties} duties and {without} excuses");
    }
}

#[test]
fn every_duty_that_a_cluster_can_hold_is_held_by_code() {
    let found = Sources::read();
    let missing: Vec<String> = Duty::ALL
        .into_iter()
        .filter(|duty| duty.entry().effect != Effect::ReportOnly && found.code_of(*duty).is_empty())
        .map(|duty| format!("Duty::{duty:?} ({})", duty.article()))
        .collect();
    assert!(missing.is_empty(), "{} duties are nowhere in src/:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn rows_of_the_truth_tables_name_duties_that_exist() {
    let unknown: BTreeSet<String> =
        rows().into_iter().filter(|id| !Duty::ALL.into_iter().any(|duty| names(id, duty))).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn remedies_name_fields_that_the_api_has() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let schema: String = files.collect();
    let properties: BTreeSet<&str> =
        schema.lines().filter_map(|line| line.trim().split_once(':')).map(|(key, _)| key).collect();
    for duty in Duty::ALL {
        let entry = duty.entry();
        let texts = [Some(entry.remedy_en), Some(entry.remedy_zh), entry.admission, entry.runtime];
        for text in texts.into_iter().flatten() {
            for path in text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '[' | ']')) {
                let Some(fields) = path.strip_prefix("spec.") else { continue };
                for field in fields.split('.').map(|field| field.trim_end_matches("[]")) {
                    assert!(field.is_empty() || properties.contains(field), "{duty:?} names {path}: no {field}");
                }
            }
        }
    }
}
