//! GB 45438-2025 5.1 to 5.5: words, heights, seconds and speeds of explicit labels, as declared.
//!
//! In: the service's labelling. Out: a judgement per clause. Must not: round in anybody's favour. Admission refuses such
//! values already; they are judged again for objects that were there before.

use super::Judgement;
use crate::api::service::{AudioForm, Labelling};
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::label_form::{LEAST_HEIGHT_PERCENT, LEAST_VIDEO_SECONDS, SPEAKING_RATE};
use crate::law::{Duty, label_words};

/// Judges every clause.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let labelling = &facts.spec.labelling;
    let words = labelling.wording.as_deref().filter(|words| !label_words::is_text_label(words));
    let words = words.map(|words| format!("wording {words:?} lacks 人工智能 or AI, or 生成 or 合成"));
    let clauses: [(Duty, Option<String>); 5] = [
        (Duty::TextForm, None),
        (Duty::ImageForm, labelling.image.as_ref().and_then(|image| height("image", image.text_height_percent))),
        (Duty::AudioForm, rate(labelling)),
        (Duty::VideoForm, video(labelling)),
        (Duty::SceneForm, labelling.scene.as_ref().and_then(|scene| height("scene", scene.text_height_percent))),
    ];
    for (duty, fault) in clauses {
        if !facts.binds(duty) {
            continue;
        }
        let judgement = Judgement::new(duty, RuleState::Satisfied);
        let Some(fault) = words.clone().or(fault) else {
            out.push(judgement);
            continue;
        };
        out.push(judgement.close(Finding::violation(Reason::LabelBelowStandard).detail(fault)));
        // Whoever falls below a mandatory standard breaks the Measures, too.
        out.push(Judgement::new(Duty::MandatoryStandards, RuleState::Violated));
    }
}

fn height(what: &str, percent: u8) -> Option<String> {
    (percent < LEAST_HEIGHT_PERCENT)
        .then(|| format!("{what}.textHeightPercent is {percent}, the least is {LEAST_HEIGHT_PERCENT}"))
}

fn video(labelling: &Labelling) -> Option<String> {
    let video = labelling.video.as_ref()?;
    let short = (video.seconds < LEAST_VIDEO_SECONDS)
        .then(|| format!("video.seconds is {}, the least is {LEAST_VIDEO_SECONDS}", video.seconds));
    height("video", video.text_height_percent).or(short)
}

fn rate(labelling: &Labelling) -> Option<String> {
    let audio = labelling.audio.as_ref().filter(|audio| audio.form == AudioForm::Voice)?;
    let rate = audio.characters_per_minute.filter(|rate| !SPEAKING_RATE.contains(rate))?;
    Some(format!("audio.charactersPerMinute is {rate}, 120 to 160 is normal speech"))
}
