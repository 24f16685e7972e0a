//! The gate of the sidecar as clients and the application see it: verified users on publication routes (Order 12 Art. 9),
//! orders of the authorities (Order 12 Art. 21).
#![allow(clippy::unwrap_used)]
#![allow(dead_code, reason = "the support of the sidecar's tests is shared")]

#[path = "sidecar/support.rs"]
mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deepsynthesis::api::Order;
use deepsynthesis::api::policy::OrderedMeasure;
use deepsynthesis::api::service::{IdentityGate, IdentityMeans, RouteContent};
use deepsynthesis::contract::{SidecarIdentity, SidecarIssuer, SidecarRoute};
use deepsynthesis::identity::IdentityRefusal;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use support::*;

const ISSUER: &str = "https://id.example";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Who signs in users.
struct SignIn {
    ed25519: Ed25519KeyPair,
    p256: EcdsaKeyPair,
}

impl SignIn {
    fn new(seed: u8) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self {
            ed25519: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(),
            p256: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap(),
        }
    }

    fn keys(&self) -> String {
        let point = self.p256.public_key().as_ref();
        json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(self.ed25519.public_key())},
            {"kty": "EC", "crv": "P-256", "kid": "ec", "x": encode(&point[1..33]), "y": encode(&point[33..])},
        ]})
        .to_string()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = match header["alg"].as_str() {
            Some("ES256") => encode(self.p256.sign(&SystemRandom::new(), text.as_bytes()).unwrap()),
            _ => encode(self.ed25519.sign(text.as_bytes())),
        };
        format!("{text}.{signature}")
    }

    /// Of a verified user, with claims changed.
    fn assert(&self, changes: &Value) -> String {
        self.sign(&json!({"alg": "EdDSA", "kid": "ed"}), &claims(changes))
    }
}

fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": "studio", "sub": "user-1", "iat": now(), "exp": now() + 300,
        "real_name_verified": true, "real_name_means": "MobileNumber",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

struct Place {
    application: Application,
    sidecar: Sidecar,
    sign_in: SignIn,
}

impl Place {
    fn new(gate: IdentityGate, header: &str) -> Self {
        let application = Application::start();
        let mut sidecar = Sidecar::start(&Options { with_config: false, ..Options::on(application.port) });
        let sign_in = SignIn::new(1);
        sidecar.config.identity = Some(SidecarIdentity {
            gate,
            header: header.into(),
            means: vec![IdentityMeans::MobileNumber, IdentityMeans::IdentityDocumentNumber],
            issuers: vec![SidecarIssuer { url: ISSUER.into(), audience: "studio".into(), keys: sign_in.keys() }],
        });
        let route = |path: &str, publication, content| SidecarRoute {
            path: path.into(),
            methods: vec![],
            content,
            publication,
        };
        sidecar.config.endpoints[0].routes =
            vec![route("/raw", false, RouteContent::NotGenerated), route("/gen/text", true, RouteContent::Generated)];
        Self { application, sidecar, sign_in }
    }

    fn start(gate: IdentityGate) -> Self {
        let place = Self::new(gate, "Authorization");
        place.open();
        place
    }

    fn open(&self) {
        self.sidecar.put_config(1);
        self.sidecar.wait_for("/readyz", 200);
    }

    fn get(&self, path: &str, headers: &str) -> Reply {
        exchange(self.sidecar.address(), &with("GET", path, headers))
    }

    fn publish(&self, token: &str) -> Reply {
        self.get("/gen/text", &format!("Authorization: Bearer {token}\r\n"))
    }
}

#[test]
fn a_publication_route_is_open_to_verified_users_only_article_9() {
    let place = Place::start(IdentityGate::Publication);
    let reply = place.get("/gen/text", "");
    assert_eq!((reply.status, reply.header("www-authenticate").is_some()), (401, true));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    let problem = reply.json();
    assert_eq!(problem["code"], "identity_missing");
    assert_eq!(problem["article"], "Order 12 Art. 9");
    assert_eq!(place.application.asked(), 0, "nothing reaches the application");

    let reply = place.publish(&place.sign_in.assert(&json!({})));
    assert_eq!((reply.status, reply.header("aigc-label")), (200, Some("1")));
    assert_eq!(place.application.last()["x-aigc-verified"], "MobileNumber");
    // Generation is not publication, and needs nothing.
    assert_eq!(place.get("/text", "").status, 200);
    assert!(!place.application.last().contains_key("x-aigc-verified"));
}

#[test]
fn a_refusal_speaks_the_language_that_the_client_asks_for_article_9() {
    let place = Place::start(IdentityGate::Publication);
    let reply = place.get("/gen/text", "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n");
    assert_eq!(reply.header("content-language"), Some("zh-CN"));
    let problem = reply.json();
    assert_eq!(problem["article"], "《深度合成规定》第九条");
    assert!(problem["detail"].as_str().unwrap().contains("真实身份"), "{problem}");
}

#[test]
fn each_assertion_that_does_not_count_is_refused_with_its_reason_article_9() {
    let place = Place::start(IdentityGate::Publication);
    let own = &place.sign_in;
    let foreign = SignIn::new(2);
    let eddsa = json!({"alg": "EdDSA"});
    let document = json!({"verified_claims": {"verification": {"trust_framework": "cn_real_name", "evidence": [{"type": "document"}]}},
        "real_name_verified": false});
    let no_framework = json!({"verified_claims": {"verification": {"evidence": []}}, "real_name_verified": false});
    let none = own.assert(&json!({})).rsplit_once('.').unwrap().0.to_owned() + ".";
    let cases = [
        (own.sign(&json!({"alg": "ES256", "kid": "ec"}), &claims(&json!({}))), None),
        (own.sign(&json!({"alg": "ES256"}), &claims(&json!({}))), None),
        (own.sign(&json!({"alg": "EdDSA", "typ": "at+jwt"}), &claims(&json!({}))), None),
        (own.assert(&json!({"aud": ["other", "studio"]})), None),
        (own.assert(&json!({"exp": now() - 30})), None),
        (own.assert(&json!({"exp": now() as f64 + 12.5})), None),
        (own.assert(&document), None),
        ("x".into(), Some(IdentityRefusal::Malformed)),
        ("a.b.c.d".into(), Some(IdentityRefusal::Malformed)),
        (none, Some(IdentityRefusal::BadSignature)),
        (own.sign(&json!({"alg": "none"}), &claims(&json!({}))), Some(IdentityRefusal::AlgorithmNotAccepted)),
        (own.sign(&json!({"alg": "HS256"}), &claims(&json!({}))), Some(IdentityRefusal::AlgorithmNotAccepted)),
        (own.sign(&json!({"alg": "EdDSA", "crit": ["b64"]}), &claims(&json!({}))), Some(IdentityRefusal::Malformed)),
        (
            own.sign(&json!({"alg": "EdDSA", "typ": "logout+jwt"}), &claims(&json!({}))),
            Some(IdentityRefusal::Malformed),
        ),
        // The key of another algorithm, and one that is not there.
        (own.sign(&json!({"alg": "EdDSA", "kid": "ec"}), &claims(&json!({}))), Some(IdentityRefusal::BadSignature)),
        (own.sign(&json!({"alg": "EdDSA", "kid": "x"}), &claims(&json!({}))), Some(IdentityRefusal::BadSignature)),
        (foreign.sign(&eddsa, &claims(&json!({}))), Some(IdentityRefusal::BadSignature)),
        (own.assert(&json!({"iss": "https://evil.example"})), Some(IdentityRefusal::UnknownIssuer)),
        (own.assert(&json!({"aud": "other"})), Some(IdentityRefusal::OtherAudience)),
        (own.assert(&json!({"exp": now() - 120})), Some(IdentityRefusal::Expired)),
        (own.assert(&json!({"exp": null})), Some(IdentityRefusal::Malformed)),
        (own.assert(&json!({"nbf": now() + 120})), Some(IdentityRefusal::NotYet)),
        (own.assert(&json!({"sub": ""})), Some(IdentityRefusal::Malformed)),
        (own.assert(&json!({"real_name_verified": false})), Some(IdentityRefusal::NotVerified)),
        (own.assert(&json!({"real_name_verified": "true"})), Some(IdentityRefusal::Malformed)),
        (own.assert(&no_framework), Some(IdentityRefusal::NotVerified)),
        (own.assert(&json!({"real_name_means": "UnifiedSocialCreditCode"})), Some(IdentityRefusal::MeansNotAccepted)),
        (own.assert(&json!({"real_name_means": "Mobilenumber"})), Some(IdentityRefusal::MeansNotAccepted)),
        (own.assert(&json!({"pad": "x".repeat(17_000)})), Some(IdentityRefusal::Malformed)),
    ];
    for (number, (token, expected)) in cases.iter().enumerate() {
        let reply = place.publish(token);
        let Some(reason) = expected else {
            assert_eq!(reply.status, 200, "case {number}: {}", reply.text());
            continue;
        };
        let status = if reason.is_curable() { 401 } else { 403 };
        assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(reason.code())), "case {number}");
    }
    let log = place.sidecar.log();
    assert!(!log.contains("user-1") && !log.contains("eyJ"), "nothing of an assertion is logged: {log}");
}

#[test]
fn no_way_of_writing_a_request_leads_past_the_gate_article_9() {
    let place = Place::start(IdentityGate::Publication);
    let token = place.sign_in.assert(&json!({}));
    for path in [
        "/gen/text",
        "/gen/./text",
        "/gen//text",
        "/raw/../gen/text",
        "/gen/%74ext",
        "/gen/text;a=b",
        "/raw/..%2fgen/text",
    ] {
        assert_eq!(place.get(path, "").status, 401, "{path}");
    }
    let twice = format!("Authorization: Bearer {token}\r\nAuthorization: Bearer x\r\n");
    assert_eq!(
        place.get("/gen/text", &twice).json()["code"],
        "identity_missing",
        "which one would the application read?"
    );
    assert_eq!(place.get("/gen/text", "X-AIGC-Verified: MobileNumber\r\n").status, 401);
    assert_eq!(place.get("/gen/text", &format!("Authorization: Basic {token}\r\n")).status, 401);
    let options = |headers: &str| exchange(place.sidecar.address(), &with("OPTIONS", "/gen/text", headers)).status;
    assert_eq!(options(""), 401);
    assert_ne!(options("Origin: https://a\r\nAccess-Control-Request-Method: GET\r\n"), 401, "a browser's preflight");
    // The application must not read another method than was judged.
    let overridden = format!("Authorization: Bearer {token}\r\nX-HTTP-Method-Override: DELETE\r\n");
    assert_eq!(place.get("/gen/text", &overridden).status, 200);
    assert!(!place.application.last().contains_key("x-http-method-override"));
}

#[test]
fn a_gate_for_generation_closes_all_but_what_is_not_generated() {
    let place = Place::start(IdentityGate::Generation);
    assert_eq!(place.get("/text", "").status, 401);
    assert_eq!(place.get("/raw/text", "").status, 200);
    let token = place.sign_in.assert(&json!({}));
    assert_eq!(place.get("/text", &format!("Authorization: Bearer {token}\r\n")).status, 200);
}

#[test]
fn an_assertion_may_stand_in_a_header_of_its_own() {
    let place = Place::new(IdentityGate::Publication, "X-Identity");
    place.open();
    let token = place.sign_in.assert(&json!({}));
    assert_eq!(place.publish(&token).status, 401);
    assert_eq!(place.get("/gen/text", &format!("X-Identity: {token}\r\n")).status, 200);
}

#[test]
fn keys_that_cannot_be_used_are_refused_and_the_last_good_ones_stay_in_force() {
    let mut place = Place::start(IdentityGate::Publication);
    let token = place.sign_in.assert(&json!({}));
    place.sidecar.config.identity.as_mut().unwrap().issuers[0].keys = r#"{"keys":[{"kty":"oct"}]}"#.into();
    place.sidecar.put_config(2);
    place.sidecar.wait_for_log("key set of the identity issuer https://id.example holds at position 0");
    assert_eq!(place.publish(&token).status, 200);
}

#[test]
fn an_order_stops_what_it_names_as_long_as_it_holds_article_21() {
    let mut place = Place::start(IdentityGate::Publication);
    let token = place.sign_in.assert(&json!({}));
    let date = |second: i64| jiff::Timestamp::from_second(second).unwrap().to_string();
    let order = |measure, from: Option<i64>, until: Option<i64>| Order {
        reference: "京网信令1号".into(),
        measure,
        unified_social_credit_code: "91110108MADEM0XY18".into(),
        service_code: None,
        // Nobody can read this date: the order holds.
        from: from.map_or_else(|| "昨天".into(), date),
        until: until.map(date),
    };
    let ahead = Some(now() + 3600);
    let cases = [
        (order(OrderedMeasure::SuspendService, Some(0), None), "service_suspended", [503, 503, 200]),
        (order(OrderedMeasure::SuspendService, None, ahead), "service_suspended", [503, 503, 200]),
        (order(OrderedMeasure::SuspendService, ahead, None), "", [200, 200, 200]),
        (order(OrderedMeasure::SuspendService, Some(0), Some(now() - 1)), "", [200, 200, 200]),
        (order(OrderedMeasure::SuspendUpdates, Some(0), None), "updates_suspended", [503, 200, 200]),
    ];
    for (generation, (order, code, expected)) in (2..).zip(cases) {
        place.sidecar.config.orders = vec![order];
        place.sidecar.put_config(generation);
        place.sidecar.wait_for_log(&format!(r#""generation":{generation},"#));
        let published = place.publish(&token);
        let found = [published.status, place.get("/text", "").status, place.get("/raw/text", "").status];
        assert_eq!(found, expected, "order {generation}");
        if published.status == 503 {
            let problem = published.json();
            assert_eq!((problem["code"].as_str(), problem["article"].as_str()), (Some(code), Some("Order 12 Art. 21")));
            assert!(problem["detail"].as_str().unwrap().contains("京网信令1号"));
        }
        assert_eq!(place.get("/.well-known/deep-synthesis", "").status, 200, "who provides it and where to complain");
    }
}
