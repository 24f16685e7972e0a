//! What the operator has to do with the ledger: its certificate ([`certificate`]), whom sidecars may believe ([`authority`]), what is
//! promised and what is kept ([`coverage`]). Nothing here reads a record.

pub mod authority;
pub mod certificate;
pub mod coverage;
