//! How names of tests say which article they are about: `article_19` is Order 12, `labelling_measures_article_9` and
//! `gb45438_5_1` say their instrument.

use deepsynthesis::law::{Entry, Instrument};

/// What the name of a test must hold to be about a duty.
pub struct Needle {
    /// The instrument, as names of tests write it; empty for Order 12, whose articles stand alone.
    instrument: &'static str,
    /// The article, and the paragraph when the duty stands in one.
    article: String,
    paragraph: Option<String>,
}

const INSTRUMENTS: [&str; 10] = [
    "algorithm_provisions_",
    "labelling_measures_",
    "genai_measures_",
    "assessment_provisions_",
    "cybersecurity_law_",
    "pipl_",
    "network_identity_measures_",
    "anthropomorphic_measures_",
    "gb45438_",
    "tc260_pg_",
];

impl Needle {
    /// Whether a test with that name is about the duty.
    pub fn fits(&self, name: &str) -> bool {
        let foreign = |other: &&&str| name.contains(**other) && **other != self.instrument;
        if self.instrument.is_empty() && INSTRUMENTS.iter().any(|other| foreign(&other)) {
            return false;
        }
        let needle = format!("{}{}", self.instrument, self.article);
        name.match_indices(&needle).any(|(at, _)| {
            let rest = &name[at + needle.len()..];
            let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
            if !digits(rest).is_empty() {
                return false;
            }
            // `article_14` is about the whole article, `article_14_2` about its second paragraph.
            match (&self.paragraph, rest.strip_prefix('_').map(digits)) {
                (Some(own), Some(theirs)) if !theirs.is_empty() => *own == theirs,
                _ => true,
            }
        })
    }
}

/// What names of tests about an entry hold; one of them is enough.
pub fn needles(entry: &Entry) -> Vec<Needle> {
    let plain = |instrument, article: &str| Needle { instrument, article: article.to_owned(), paragraph: None };
    let parts: Vec<&str> = entry.id.split('-').collect();
    let article = |instrument| {
        let number = parts.get(1).copied().unwrap_or_default().trim_start_matches('0');
        let article = format!("article_{number}");
        vec![Needle { instrument, article, paragraph: parts.get(2).map(|text| (*text).to_owned()) }]
    };
    let articles =
        |instrument| parts[1..].iter().map(|number| plain(instrument, &format!("article_{number}"))).collect();
    match entry.instrument {
        Instrument::Order12 => article(""),
        Instrument::AlgorithmProvisions => article("algorithm_provisions_"),
        Instrument::LabellingMeasures => article("labelling_measures_"),
        Instrument::GenAiMeasures if entry.id == "gen-filing" => vec![plain("genai_", "filing")],
        Instrument::GenAiMeasures if entry.id == "gen-filing-display" => vec![plain("genai_", "display")],
        Instrument::GenAiMeasures => article("genai_measures_"),
        Instrument::AssessmentProvisions => article("assessment_provisions_"),
        Instrument::CybersecurityLaw => vec![plain("cybersecurity_law_", "article_23")],
        Instrument::PersonalInformationLaw => articles("pipl_"),
        Instrument::NetworkIdentityMeasures => vec![plain("network_identity_", "measures")],
        Instrument::AnthropomorphicMeasures => articles("anthropomorphic_measures_"),
        Instrument::VirtualHumanDraft => vec![plain("virtual_", "human")],
        Instrument::Gb45438 if entry.id == "gb-E-format" => vec![plain("gb45438_", "annex_e"), plain("", "annex_e")],
        Instrument::Gb45438 => vec![plain("gb45438_", &parts[1].replace('.', "_"))],
        Instrument::Tc260Guides => match entry.id {
            "tc-20252A-code" => vec![plain("tc260_pg_", "20252a")],
            "tc-202511A-security" => vec![plain("tc260_pg_", "202511a")],
            _ => ["20257a", "20258a", "20259a", "202510a"].iter().map(|guide| plain("tc260_pg_", guide)).collect(),
        },
    }
}
