//! Events on services, written off the hot path.
//!
//! In: short notes from admission and controller through a bounded queue (a full queue drops: an Event is a courtesy,
//! records are kept elsewhere). Out: `events.k8s.io` objects.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use kube::{Client, Resource as _};
use tokio::sync::mpsc;

use crate::api::DeepSynthesisService;

/// One note about one service.
#[derive(Debug)]
pub struct Note {
    /// The service.
    pub service: ObjectReference,
    /// `Normal` or `Warning`.
    pub warning: bool,
    /// CamelCase reason.
    pub reason: &'static str,
    /// CamelCase action.
    pub action: &'static str,
    /// Sentence for people.
    pub text: String,
}

/// A reference to a service, for [`Note::service`].
#[must_use]
pub fn reference(service: &DeepSynthesisService) -> ObjectReference {
    service.object_ref(&())
}

/// Where notes go.
#[derive(Clone, Debug)]
pub struct Notes(mpsc::Sender<Note>);

impl Notes {
    /// Starts the writer.
    #[must_use]
    pub fn start(client: Client, instance: String) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Note>(256);
        tokio::spawn(async move {
            let reporter = Reporter { controller: "deepsynthesis.dev/operator".into(), instance: Some(instance) };
            let recorder = Recorder::new(client, reporter);
            while let Some(note) = receiver.recv().await {
                let event = Event {
                    type_: if note.warning { EventType::Warning } else { EventType::Normal },
                    reason: note.reason.into(),
                    note: Some(note.text.chars().take(1000).collect()),
                    action: note.action.into(),
                    secondary: None,
                };
                if let Err(error) = recorder.publish(&event, &note.service).await {
                    tracing::debug!(%error, "event not written");
                }
            }
        });
        Self(sender)
    }

    /// Queues a note, or drops it when the queue is full.
    pub fn send(&self, note: Note) {
        if self.0.try_send(note).is_err() {
            tracing::debug!("event dropped: the queue is full");
        }
    }
}
