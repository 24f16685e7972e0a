//! The law as data and small functions.
//!
//! In: texts, dates and instants that others bring. Out: parsed numbers and codes, deadlines,
//! periods, words and the catalogue of duties. Must not: ask the wall clock, open a socket,
//! know Kubernetes or decide whether a workload may run; that is [`crate::compliance`].

pub mod calendar;
pub mod duty;
pub mod filing_number;
pub mod genai_number;
pub mod label_form;
pub mod label_words;
pub mod months;
pub mod provider_code;
pub mod retention;
pub mod uscc;

pub use calendar::{Calendar, Deadline};
pub use duty::{Duty, Effect, Entry, Instrument, Period, Subject, When};
pub use filing_number::FilingNumber;
pub use genai_number::{GenAiNumber, GenAiNumberKind};
pub use months::Months;
pub use provider_code::{ProviderCode, ServiceType};
pub use retention::RetentionClass;
pub use uscc::Uscc;
