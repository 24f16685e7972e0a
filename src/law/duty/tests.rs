//! The catalogue is complete, unambiguous and worded for both languages.

use std::collections::BTreeSet;

use super::{Duty, Effect, Period, Subject};

/// Every duty of the dossier that is not foreign. Ids end in a word there: `o12-19-1-file` is `o12-19-1` here.
const DOSSIER: &str = "
    o12-02-scope o12-04-orientation o12-06-1-illegal o12-06-2-news o12-07-systems o12-08-rules o12-09-identity
    o12-10-1-review o12-10-2-library o12-10-3-dispose o12-10-4-users o12-11-rumour o12-12-complaint o12-13-store
    o12-14-1-training o12-14-2-consent o12-15-1-audit o12-15-2-assessment o12-16-1-mark o12-16-2-logs
    o12-17-1-explicit o12-17-2-function o12-18-no-removal o12-19-1-file o12-19-2-supporter o12-19-3-display
    o12-20-assess o12-21-cooperate o12-22-penalty o12-24-licences
    alg-24-1 alg-24-2 alg-24-3 alg-26 alg-27 alg-28
    lab-04-1-text lab-04-2-audio lab-04-3-image lab-04-4-video lab-04-5-scene lab-04-7-export lab-05-implicit
    lab-06-1-is lab-06-2-may lab-06-3-suspect lab-06-4-function lab-06-5-elements lab-07-store lab-08-agreement
    lab-09-waiver lab-10-1-declare lab-10-2-tamper lab-11-standards lab-12-materials
    gb-5.1 gb-5.2 gb-5.3 gb-5.4 gb-5.5 gb-5.6 gb-6.1 gb-6.2 gb-E-format
    tc-20252A-code tc-carriers tc-202511A-security
    gen-12 gen-17 gen-filing-display sa18-2 sa18-5 csl-23-3 pipl-29 pipl-55-56 nid-2025
    anthro-18 anthro-14-17 anthro-22 vh-draft";
/// Duties that the dossier has in its text only: Labelling Measures Art. 4 as a whole, and the GenAI filing (5.4).
const BEYOND_THE_LIST: [&str; 2] = ["lab-04", "gen-filing"];
/// Fields of a record that a remedy may name without `spec.`, with the record beside them.
const RECORDS: [&str; 4] = ["FilingRecord", "AssessmentRecord", "CompliancePolicy", "EnforcementExemption"];

fn id_here(dossier: &str) -> Option<Duty> {
    let mut id = dossier;
    loop {
        if let Some(duty) = Duty::by_id(id) {
            return Some(duty);
        }
        let (head, word) = id.rsplit_once('-')?;
        // Only the word at the end may go; a number is part of the id.
        if !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        id = head;
    }
}

#[test]
fn covers_the_dossier_and_nothing_else() {
    let mut covered = BTreeSet::new();
    for id in DOSSIER.split_whitespace() {
        let duty = id_here(id);
        assert!(duty.is_some_and(|duty| covered.insert(duty)), "{id} is missing or names a duty twice");
    }
    let beyond: BTreeSet<_> = Duty::ALL.into_iter().filter(|duty| !covered.contains(duty)).map(Duty::id).collect();
    assert_eq!(beyond, BEYOND_THE_LIST.into());
}

#[test]
fn every_id_is_unique_and_found_again() {
    let ids: BTreeSet<_> = Duty::ALL.iter().map(|duty| duty.id()).collect();
    assert_eq!(ids.len(), Duty::ALL.len());
    assert!(Duty::ALL.iter().all(|duty| Duty::by_id(duty.id()) == Some(*duty)));
    assert_eq!(Duty::by_id("o12-19"), None);
}

#[test]
fn every_duty_has_its_own_article_and_both_titles() {
    let articles: BTreeSet<_> = Duty::ALL.iter().map(|duty| duty.article()).collect();
    assert_eq!(articles.len(), Duty::ALL.len());
    for duty in Duty::ALL {
        assert!(duty.article().is_ascii() && !duty.article().is_empty(), "{duty:?}");
        assert!(!duty.article_zh().is_empty(), "{duty:?}");
        assert!(duty.title_en().is_ascii() && !duty.title_zh().is_ascii(), "{duty:?}");
    }
}

#[test]
fn ids_say_where_the_duty_stands() {
    for duty in Duty::ALL {
        let entry = duty.entry();
        let place = match entry.id.split('-').next() {
            Some("o12") => "Order 12 Art. ",
            Some("alg") => "Algorithm Provisions Art. ",
            Some("lab") => "Labelling Measures Art. ",
            Some("gb") => "GB 45438-2025 ",
            Some("tc") => "TC260-PG-",
            _ => continue,
        };
        let rest = entry.article.strip_prefix(place).expect(entry.id);
        let article: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if matches!(place.as_bytes().first(), Some(b'O' | b'A' | b'L')) {
            let number = entry.id.split('-').nth(1).map(|text| text.trim_start_matches('0'));
            assert_eq!(number, Some(article.as_str()), "{}", entry.id);
        }
    }
}

#[test]
fn every_entry_says_how_it_is_held_and_by_whom() {
    for duty in Duty::ALL {
        let entry = duty.entry();
        assert!(!entry.subjects.is_empty() && !entry.confidence.is_empty(), "{duty:?}");
        if entry.effect == Effect::ReportOnly {
            assert!(entry.report.is_some(), "{duty:?} does not say why a cluster cannot hold it");
        } else {
            assert!(entry.admission.is_some() || entry.runtime.is_some(), "{duty:?} is held nowhere");
        }
        if entry.effect == Effect::Closes {
            assert!(entry.admission.is_some(), "{duty:?} closes the gate without admission");
        }
        for text in [entry.admission, entry.runtime, entry.record, entry.report].into_iter().flatten() {
            assert!(
                !text.is_empty() && text.is_ascii() && !text.contains('|') && !text.ends_with('.'),
                "{duty:?}: {text}"
            );
        }
    }
}

#[test]
fn remedies_name_the_field_or_the_record_in_both_languages() {
    for duty in Duty::ALL {
        let entry = duty.entry();
        assert!(entry.remedy_en.is_ascii() && entry.remedy_en.ends_with('.'), "{duty:?}");
        assert!(entry.remedy_zh.ends_with('。'), "{duty:?}");
        assert!(entry.remedy_en.chars().count() <= 160 && entry.remedy_zh.chars().count() <= 120, "{duty:?} is long");
        if matches!(duty, Duty::Penalties) {
            continue;
        }
        let named = |text: &str| text.contains("spec.") || RECORDS.iter().any(|record| text.contains(record));
        assert!(named(entry.remedy_en) && named(entry.remedy_zh), "{duty:?}");
        assert_eq!(words(entry.remedy_en), words(entry.remedy_zh), "{duty:?} names other fields in Chinese");
    }
}

/// Fields and kinds that a text names.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '[' | ']'))
        .map(|word| word.trim_matches(['.', ']']).trim_end_matches('['))
        .filter(|word| word.starts_with("spec.") || word.ends_with("Record") || word.starts_with("Article"))
        .collect()
}

#[test]
fn periods_are_those_of_the_law_algorithm_provisions_article_24() {
    assert_eq!(Duty::FilingDeadline.entry().period, Some(Period::WorkingDays(10)));
    assert_eq!(Duty::FilingChange.entry().period, Some(Period::WorkingDays(10)));
    assert_eq!(Duty::FilingCancellation.entry().period, Some(Period::WorkingDays(20)));
    assert_eq!(Duty::Waiver.entry().period, Some(Period::Months(6)));
}

#[test]
fn supporters_are_bound_by_their_articles_trap_25() {
    for duty in [Duty::TrainingData, Duty::ConsentPrompt, Duty::AlgorithmReview, Duty::ToolAssessment] {
        assert_eq!(duty.entry().subjects, [Subject::Provider, Subject::TechnicalSupporter], "{duty:?}");
    }
    assert_eq!(Duty::SupporterFiling.entry().subjects, [Subject::TechnicalSupporter]);
}
