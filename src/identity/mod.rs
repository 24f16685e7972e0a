//! Real identity before publication (Order 12 Art. 9): does a signed assertion say that this user was verified?
//!
//! In: the assertion as a header carries it, the issuers and means that the service names, the instant. Out: [`Verified`], or
//! why not as an [`IdentityRefusal`]. Must not: fetch keys, keep or show what an assertion says of a person, or accept an
//! algorithm that the key was not made for.

mod assertion;
mod claims;
mod key;
mod refusal;

pub use assertion::{Issuer, MAX_ASSERTION_BYTES, verify};
pub use claims::Verified;
pub use key::{KeySet, KeySetError, MAX_KEY_SET_BYTES};
pub use refusal::IdentityRefusal;
