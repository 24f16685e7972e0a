//! Frames of the spool on their way to the ledger, oldest first, one at a time.
//!
//! In: frames that are on disk. Out: room in the spool once the ledger has acknowledged. Must not: pass over a frame for want of an
//! answer: a retry is the same bytes, and the ledger knows them again by pod, incarnation, number and hash.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::watch;

use super::shared::Shared;
use super::writer::NotKept;
use crate::contract::SidecarLedger;
use crate::server::ledger_client::Client;

/// Where batches go.
pub const PATH: &str = "/v1/records";
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What an answer means for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Acknowledged,
    /// It will never be taken.
    Refused,
    Later,
}

fn verdict(status: StatusCode) -> Verdict {
    match status {
        StatusCode::OK => Verdict::Acknowledged,
        StatusCode::BAD_REQUEST
        | StatusCode::CONFLICT
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY => Verdict::Refused,
        // A token that has just been renewed, a ledger that is starting, back-pressure.
        _ => Verdict::Later,
    }
}

/// Brings frames to whatever ledger is named.
pub struct Shipper {
    /// Where the ledger is.
    pub ledger: watch::Receiver<Option<SidecarLedger>>,
    /// File with the token.
    pub token: PathBuf,
    /// The spool.
    pub shared: Arc<Shared>,
    /// Counts what becomes of records.
    pub count: Box<dyn Fn(&'static str, u64) + Send>,
}

impl Shipper {
    /// Ships until nobody names ledgers any more.
    pub async fn run(mut self) {
        let mut client = None;
        let mut pause = FIRST_PAUSE;
        self.ledger.mark_changed();
        loop {
            if self.ledger.has_changed().unwrap_or(false) {
                client = self.client();
                pause = FIRST_PAUSE;
            }
            let Some(client) = &mut client else {
                match self.ledger.changed().await {
                    Ok(()) => self.ledger.mark_changed(),
                    Err(_) => return,
                }
                continue;
            };
            let oldest = self.shared.spool().oldest();
            let (frame, end) = match oldest {
                Ok(Some(oldest)) => oldest,
                Ok(None) => {
                    tokio::select! {
                        () = self.shared.news.notified() => {}
                        changed = self.ledger.changed() => match changed {
                            Ok(()) => self.ledger.mark_changed(),
                            Err(_) => return,
                        },
                    }
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "the spool cannot be read");
                    tokio::time::sleep(LONGEST_PAUSE).await;
                    continue;
                }
            };
            let records = frame.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1) as u64;
            let word = match post(client, frame).await {
                Verdict::Later => {
                    (self.count)("retried", 1);
                    tokio::time::sleep(pause.mul_f64(jitter())).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
                Verdict::Acknowledged => {
                    (self.count)("acknowledged", records);
                    Ok(())
                }
                Verdict::Refused => {
                    (self.count)("refused", records);
                    Err(NotKept::NotAcknowledged)
                }
            };
            self.shared.tell(end, word);
            pause = FIRST_PAUSE;
            let released = self.shared.spool().release(end);
            if let Err(error) = released {
                tracing::error!(%error, "the spool cannot be written");
            }
        }
    }

    /// The way to the ledger that is named now.
    fn client(&mut self) -> Option<Client> {
        let ledger = self.ledger.borrow_and_update().clone()?;
        match Client::new(&ledger, &self.token) {
            Ok(client) => {
                tracing::info!(url = ledger.url, "records go to the ledger");
                Some(client)
            }
            Err(error) => {
                tracing::error!(%error, url = ledger.url, "records stay in the spool");
                None
            }
        }
    }
}

/// Sends one frame.
async fn post(client: &mut Client, frame: Vec<u8>) -> Verdict {
    match client.post(PATH, Bytes::from(frame)).await {
        Ok((status, answer)) => {
            let verdict = verdict(status);
            if verdict != Verdict::Acknowledged {
                let answer = String::from_utf8_lossy(&answer).chars().take(200).collect::<String>();
                tracing::warn!(status = status.as_u16(), answer, "the ledger takes no records");
            }
            verdict
        }
        Err(error) => {
            tracing::warn!(%error, "the ledger takes no records");
            Verdict::Later
        }
    }
}

/// Between a half and one and a half: pods that lost the ledger together must not come back together.
fn jitter() -> f64 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    0.5 + f64::from(byte[0]) / 256.0
}
