//! What a record says has happened.
//!
//! In: facts of sidecar, operator and ledger. Out: one JSON object per event, with its place in the law and its retention class.
//! Must not: hold content, prompts, names or identity numbers; a person is a pseudonym, an item is its produce id and its hash.

use serde::{Deserialize, Serialize};

use super::hash::Hash;
use crate::law::Duty;
use crate::law::retention::RetentionClass;

/// How the explicit and implicit label of an answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The label was written.
    Labelled,
    /// The application's own valid label was kept.
    Kept,
    /// The content has no place for it: headers carry it.
    HeaderOnly,
    /// The explicit label was waived (Labelling Measures Art. 9); the implicit one stands.
    Waived,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// All of it left.
    Complete,
    /// The application broke off.
    BrokeOff,
    /// The client left.
    Left,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CaseState {
    /// It came in.
    Opened,
    /// It was answered.
    Answered,
    /// Its time ran out.
    Overdue,
}

/// Why records are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GapReason {
    /// The spool had no room.
    SpoolFull,
    /// Records came faster than the disk takes them.
    Overload,
    /// The disk refused to write.
    Disk,
}

/// Declares the kinds together with their duty, so that none is without.
macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident => $duty:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* },)+) => {
        /// An event.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
        #[allow(missing_docs)]
        pub enum Event {
            $($(#[doc = $doc])+ $name { $($(#[$meta])* $field: $type,)* },)+
        }

        impl Event {
            /// All kinds as they are written.
            pub const KINDS: [&str; [$(stringify!($name)),+].len()] = [$(stringify!($name)),+];

            /// What it is a record of.
            #[must_use]
            pub fn duty(&self) -> Duty {
                match self {
                    $(Self::$name { .. } => Duty::$duty,)+
                }
            }
        }
    };
}

events! {
    /// Before the first byte of an answer: what it is and how it is labelled.
    Decided => LogKeeping {
        id: String,
        outcome: Outcome,
        content: String,
        status: u16,
        generation: i64,
        policy: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<String>,
    },
    /// After the last byte.
    Ended => LogKeeping {
        id: String,
        end: End,
        bytes: u64,
        sha256: Hash,
    },
    /// How often an item was delivered, in sum.
    Delivered => LogKeeping { id: String, count: u64, bytes: u64, from: i64, to: i64, },
    /// An answer that did not leave.
    Refused => TechnicalMark { reason: String, status: u16, },
    /// An item was published.
    Published => IdentityVerification {
        id: String,
        subject: String,
        issuer: String,
        means: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed: Option<String>,
    },
    /// Consent of the person whose face or voice is edited.
    Consent => ConsentPrompt {
        receipt: String,
        asset: Hash,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed: Option<String>,
    },
    /// A complaint.
    Complaint => Complaints {
        case: String,
        state: CaseState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<i64>,
    },
    /// A rumour and its refutation.
    Refutation => RumourRefutation { case: String, state: CaseState, ids: Vec<String>, },
    /// An item is delivered no more.
    Takedown => UnlawfulContentDisposal { ids: Vec<String>, reason: String, },
    /// A user's state.
    Sanction => UserSanctions { subject: String, state: String, reason: String, },
    /// An order of the authorities.
    Order => Supervision { order: String, effect: String, state: String, },
    /// Review withheld or cut something.
    ReviewHit => ContentReview {
        id: String,
        hook: String,
        library: String,
        action: String,
        millis: u64,
    },
    /// A label was altered, forged or removed.
    Tamper => LabelTampering {
        what: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// A writer said two things under one number.
    Equivocation => LogKeeping { writer: String, life: String, number: u64, held: Hash, offered: Hash, },
    /// One produce id stood for two contents.
    IdReuse => MetadataForm { id: String, held: Hash, offered: Hash, },
    /// Records that were not kept, counted.
    Gap => LogKeeping { dropped: u64, reason: GapReason, from: i64, to: i64, },
    /// A configuration came into force.
    Configuration => MandatoryStandards { generation: i64, policy: String, },
    /// Somebody made use of an exemption.
    Exemption => Supervision { name: String, uid: String, duty: String, },
    /// A segment was deleted after its time.
    SegmentDeleted => NetworkLogs { first: u64, count: u64, sha256: Hash, until: i64, },
    /// A pseudonym was lifted by two persons.
    Reidentified => NetworkIdentity { subject: String, by: Vec<String>, reason: String, },
}

impl Event {
    /// Which retention holds for it.
    #[must_use]
    pub fn class(&self) -> RetentionClass {
        match self {
            Self::Consent { .. } => RetentionClass::ConsentRecords,
            // Labelling Measures Art. 9: delivery without explicit label, with its recipient.
            Self::Decided { outcome: Outcome::Waived, .. } => RetentionClass::WaiverLogs,
            _ => RetentionClass::NetworkLogs,
        }
    }

    /// The produce id that it is about.
    #[must_use]
    pub fn produce_id(&self) -> Option<&str> {
        match self {
            Self::Decided { id, .. }
            | Self::Ended { id, .. }
            | Self::Delivered { id, .. }
            | Self::Published { id, .. }
            | Self::ReviewHit { id, .. }
            | Self::IdReuse { id, .. } => Some(id),
            Self::Tamper { id, .. } => id.as_deref(),
            _ => None,
        }
    }
}

/// Names of the classes as logs carry them.
#[must_use]
pub fn class_name(class: RetentionClass) -> &'static str {
    match class {
        RetentionClass::NetworkLogs => "network",
        RetentionClass::WaiverLogs => "waiver",
        RetentionClass::ImpactAssessments => "assessment",
        RetentionClass::ConsentRecords => "consent",
    }
}

/// The class of that name.
#[must_use]
pub fn class_of(name: &str) -> Option<RetentionClass> {
    RetentionClass::ALL.into_iter().find(|class| class_name(*class) == name)
}
