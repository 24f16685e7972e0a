//! Public keys of an issuer: a JWK Set (RFC 7517) of RSA, P-256 and Ed25519 keys.
//!
//! In: its JSON. Out: keys, each with the one algorithm that it verifies. Must not: take a symmetric key or one for encryption.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// Longest JWK Set that is read.
pub const MAX_KEY_SET_BYTES: usize = 16 << 10;
/// Most keys in one set: the one in use, the next, and what is being retired.
const MAX_KEYS: usize = 16;

/// Why a JWK Set cannot be used; each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Too long.
    #[error("has more than {MAX_KEY_SET_BYTES} bytes; leave only the issuer's signing keys in it")]
    TooLong,
    /// No JWK Set.
    #[error("is not a JWK Set (RFC 7517); copy what the issuer serves at its jwks_uri")]
    NotASet,
    /// No or too many keys.
    #[error("must hold 1 to {MAX_KEYS} keys")]
    Count,
    /// A key that cannot be read.
    #[error("holds at position {0} a key that is neither RSA (2048 bits or more), EC P-256 nor OKP Ed25519")]
    Unusable(usize),
}

/// Algorithm of a signature (RFC 7518, RFC 8037). No other is accepted, whatever an assertion says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    /// By its name in a header.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// One key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub id: Option<String>,
    pub algorithm: Algorithm,
    material: Material,
}

impl Key {
    /// Whether this key signed the message.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.material {
            Material::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Material::Ed25519(point) => UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature),
        };
        verified.is_ok()
    }
}

/// The signing keys of one issuer.
#[derive(Clone, Debug)]
pub struct KeySet(pub(super) Vec<Key>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl KeySet {
    /// Reads a JWK Set. Keys for encryption are left out, as issuers serve both in one set.
    ///
    /// # Errors
    /// [`KeySetError`]; one bad key refuses the whole set, so that nobody finds out when the issuer changes to it.
    pub fn parse(text: &str) -> Result<Self, KeySetError> {
        if text.len() > MAX_KEY_SET_BYTES {
            return Err(KeySetError::TooLong);
        }
        let set: Set = serde_json::from_str(text).map_err(|_| KeySetError::NotASet)?;
        let signing = set.keys.iter().enumerate().filter(|(_, key)| key.purpose.as_deref() != Some("enc"));
        let keys: Vec<Key> =
            signing.map(|(position, jwk)| key(jwk).ok_or(KeySetError::Unusable(position))).collect::<Result<_, _>>()?;
        if keys.is_empty() || keys.len() > MAX_KEYS {
            return Err(KeySetError::Count);
        }
        Ok(Self(keys))
    }
}

fn key(jwk: &Jwk) -> Option<Key> {
    let decode = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
    let coordinate = |text| decode(text).filter(|bytes| bytes.len() == 32);
    let (algorithm, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let (n, e) = (decode(&jwk.n)?, decode(&jwk.e)?);
            // Leading zeros are not allowed; ring refuses shorter moduli at each use, which would be too late to be told.
            if n.len() < 256 || n.len() > 1024 || n.first() == Some(&0) || e.is_empty() || e.len() > 8 {
                return None;
            }
            (Algorithm::Rs256, Material::Rsa { n, e })
        }
        ("EC", Some("P-256")) => {
            let point = [vec![4], coordinate(&jwk.x)?, coordinate(&jwk.y)?].concat();
            (Algorithm::Es256, Material::P256(point))
        }
        ("OKP", Some("Ed25519")) => (Algorithm::EdDsa, Material::Ed25519(coordinate(&jwk.x)?)),
        _ => return None,
    };
    // A key that says for what it is must be for what we would use it.
    if jwk.alg.as_deref().is_some_and(|name| Algorithm::of(name) != Some(algorithm)) {
        return None;
    }
    Some(Key { id: jwk.kid.clone(), algorithm, material })
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn a_set_is_read_and_keys_for_encryption_are_left_out() {
        let text = format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"a","x":"{X}"}},{{"kty":"RSA","use":"enc","n":"x","e":"AQAB"}}]}}"#
        );
        let set = KeySet::parse(&text).unwrap();
        assert_eq!(set.0.len(), 1);
        assert_eq!(set.0[0].algorithm, Algorithm::EdDsa);
    }

    #[test]
    fn a_set_that_cannot_be_used_is_refused_with_the_place() {
        let one = |jwk: &str| KeySet::parse(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap_err();
        for jwk in [
            r#"{"kty":"oct","k":"c2VjcmV0"}"#,
            r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
            r#"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519"}"#,
        ] {
            assert_eq!(one(jwk), KeySetError::Unusable(0), "{jwk}");
        }
        let other_use = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","alg":"HS256"}}"#);
        assert_eq!(one(&other_use), KeySetError::Unusable(0), "a key for another algorithm");
        assert_eq!(KeySet::parse(r#"{"keys":[]}"#).unwrap_err(), KeySetError::Count);
        assert_eq!(KeySet::parse("[]").unwrap_err(), KeySetError::NotASet);
        assert_eq!(KeySet::parse(&" ".repeat(MAX_KEY_SET_BYTES + 1)).unwrap_err(), KeySetError::TooLong);
    }

    const PAYLOAD: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    /// Key, signed text, signature: RFC 7515 A.2 and A.3, RFC 8037 A.4.
    fn vectors() -> [(String, String, &'static str); 3] {
        let n = concat!(
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_",
            "YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZ",
            "lxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        );
        let p256 = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        [
            (
                format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#),
                format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}"),
                concat!(
                    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1d",
                    "nZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwu",
                    "sC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
                ),
            ),
            (
                p256.into(),
                format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}"),
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
            (
                format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#),
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".into(),
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            ),
        ]
    }

    #[test]
    fn the_signatures_of_rfc_7515_and_rfc_8037_hold_and_no_changed_one_does() {
        for (jwk, text, signature) in vectors() {
            let set = KeySet::parse(&format!(r#"{{"keys":[{jwk}]}}"#)).unwrap();
            let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            assert!(set.0[0].has_signed(text.as_bytes(), &signature), "{text}");
            assert!(!set.0[0].has_signed(&text.as_bytes()[1..], &signature), "{text}");
            signature[3] ^= 1;
            assert!(!set.0[0].has_signed(text.as_bytes(), &signature), "{text}");
            assert!(!set.0[0].has_signed(text.as_bytes(), b""), "{text}");
        }
    }
}
