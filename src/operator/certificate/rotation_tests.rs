use super::*;
use crate::operator::certificate::authority::Authority;
use crate::operator::certificate::published::{Configuration, Webhook};

const TIMES: CertificateTimes = CertificateTimes {
    ca_lifetime: SignedDuration::from_hours(365 * 24),
    ca_renew_before: SignedDuration::from_hours(60 * 24),
    leaf_lifetime: SignedDuration::from_hours(24),
    settle: SignedDuration::from_secs(10),
    check_interval: SignedDuration::from_secs(30),
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Since the first of January.
fn authority() -> Authority {
    Authority::make(at("2026-01-01T00:00:00Z"), TIMES.ca_lifetime).unwrap()
}

fn published(bundle: &str) -> Published {
    let webhook = || Webhook { name: "w".into(), bundle: bundle.to_owned(), dialled: "a.b.svc".into() };
    let of = |kind| Configuration::new(kind, "records", "1", vec![webhook()]);
    Published { configurations: vec![of("Mutating"), of("Validating")], missing: vec![] }
}

#[test]
fn each_step_follows_from_what_was_read_whatever_the_clock_did() {
    let (one, two) = (authority(), authority());
    let first = || Contents { current: Some(one.clone()), ..Contents::default() };
    let both = || Contents { next: Some(two.clone()), ..first() };
    let asked = || Contents { is_requested: true, ..first() };
    let after = || Contents {
        current: Some(two.clone()),
        former: vec![one.certificate().to_owned()],
        former_until: Some(at("2026-11-03T00:00:00Z")),
        ..Contents::default()
    };
    let waiting = || Contents { current: None, next: Some(two.clone()), former: after().former, ..Contents::default() };
    let (june, due, later) = ("2026-06-01T00:00:00Z", "2026-11-02T00:00:00Z", "2027-06-01T00:00:00Z");
    let none = Published::default();
    let is = |contents: Contents| (Some(contents.clone()), published(&contents.bundle()));
    type Read = (Option<Contents>, Published);
    let cases: Vec<(&str, &str, Read, u64, Step)> = vec![
        ("nothing is there", june, (None, published("")), 0, Step::Create),
        ("nothing is there, not even configurations", june, (None, none.clone()), 0, Step::Create),
        ("garbage is published", june, (None, published("garbage")), 0, Step::Create),
        ("the Secret was deleted", june, (None, published(one.certificate())), 0, Step::Replace),
        ("it was deleted after its authority had ended", later, (None, published(one.certificate())), 0, Step::Create),
        ("the first one is not published", june, (Some(first()), published("")), 99, Step::Publish),
        ("somebody else's bundle is published", june, (Some(first()), published(two.certificate())), 99, Step::Publish),
        ("all is well", june, is(first()), 99, Step::Rest),
        ("a second before its time", "2026-11-01T23:59:59Z", is(first()), 99, Step::Rest),
        ("sixty days before its end", due, is(first()), 99, Step::Begin),
        ("it has ended", later, is(first()), 99, Step::Begin),
        ("the clock jumped back behind its begin", "2020-01-01T00:00:00Z", is(first()), 99, Step::Rest),
        ("somebody asked", june, is(asked()), 99, Step::Begin),
        ("somebody asked before it was published", june, (Some(asked()), published("")), 99, Step::Publish),
        ("the next is not published", june, (Some(both()), published(&first().bundle())), 99, Step::Publish),
        ("the next is published, just now", june, is(both()), 9, Step::Rest),
        ("the next is published, and settled", june, is(both()), 10, Step::Switch),
        (
            "the next is settled, somebody asked meanwhile",
            june,
            is(Contents { is_requested: true, ..both() }),
            10,
            Step::Switch,
        ),
        ("the next has ended meanwhile", later, is(both()), 99, Step::Begin),
        ("nobody could see the next", june, (Some(both()), none.clone()), 99, Step::Rest),
        ("after a deletion, just published", june, is(waiting()), 9, Step::Rest),
        ("after a deletion, settled", june, is(waiting()), 10, Step::Switch),
        ("the former one may be in use", "2026-10-01T00:00:00Z", is(after()), 99, Step::Rest),
        (
            "somebody asked while the former one may be in use",
            "2026-10-01T00:00:00Z",
            is(Contents { is_requested: true, ..after() }),
            99,
            Step::Rest,
        ),
        ("its last leaf has ended", "2026-11-03T00:00:00Z", is(after()), 99, Step::Retire),
        ("current and former have ended", later, is(after()), 99, Step::Retire),
        ("the former one's time was lost", june, is(Contents { former_until: None, ..after() }), 99, Step::Retire),
    ];
    for (claim, now, (contents, published), seconds, expected) in cases {
        let steady = Duration::from_secs(seconds);
        assert_eq!(decide(at(now), &TIMES, contents.as_ref(), &published, steady), expected, "{claim}");
    }
}

#[test]
fn a_switch_vouches_for_the_former_authority_until_its_last_leaf_has_ended() {
    let (one, two) = (authority(), authority());
    let now = at("2026-06-01T00:00:00Z");
    let contents = Contents { current: Some(one.clone()), next: Some(two.clone()), ..Contents::default() };
    let switched = switched(contents.clone(), now, &TIMES);
    assert_eq!((switched.current.as_ref(), switched.next.as_ref()), (Some(&two), None));
    assert_eq!(switched.former, [one.certificate()]);
    // A leaf that a replica signed just before its next look at the Secret.
    let last = now + TIMES.check_interval + TIMES.leaf_lifetime;
    assert!(switched.former_until.unwrap() > last);
    // The bundle holds the same two as before: nobody's handshake fails in between.
    assert!(published(&contents.bundle()).holds(two.certificate()));
    assert!(published(&switched.bundle()).holds(one.certificate()));
    assert!(published(&switched.bundle()).holds(two.certificate()));
}

/// A whole life: at no instant does a leaf that may be in use lack its authority in the bundle.
#[test]
fn over_ten_years_every_leaf_in_use_is_vouched_for() {
    let mut now = at("2026-01-01T00:00:00Z");
    let mut contents: Option<Contents> = None;
    let mut bundle = String::new();
    let (mut steady, mut switches) = (Duration::ZERO, 0);
    // Authority and end of the last leaf that a lazy replica has signed.
    let mut leaf: Option<(String, Timestamp)> = None;
    let end = at("2036-01-01T00:00:00Z");
    while now < end {
        let step = decide(now, &TIMES, contents.as_ref(), &published(&bundle), steady);
        let next = || Some(Authority::make(now, TIMES.ca_lifetime).unwrap());
        match step {
            Step::Create => contents = Some(Contents { current: next(), ..Contents::default() }),
            Step::Begin => contents.as_mut().unwrap().next = next(),
            Step::Publish => bundle = contents.as_ref().unwrap().bundle(),
            Step::Switch => {
                contents = contents.map(|contents| switched(contents, now, &TIMES));
                switches += 1;
            }
            Step::Retire => {
                let contents = contents.as_mut().unwrap();
                (contents.former, contents.former_until) = (vec![], None);
            }
            Step::Rest | Step::Replace => {}
        }
        let is_published = contents.as_ref().is_some_and(|contents| bundle == contents.bundle());
        steady = if is_published { steady + Duration::from_secs(30) } else { Duration::ZERO };
        let current = contents.as_ref().and_then(|contents| contents.current.as_ref()).unwrap().certificate();
        if leaf.as_ref().is_none_or(|(_, until)| now >= *until) && published(&bundle).holds(current) {
            leaf = Some((current.to_owned(), now + TIMES.leaf_lifetime));
        }
        if let Some((authority, _)) = &leaf {
            assert!(published(&bundle).holds(authority), "{now}");
        }
        now += if step == Step::Rest { SignedDuration::from_hours(8) } else { SignedDuration::from_secs(30) };
    }
    assert_eq!(switches, 11);
}
