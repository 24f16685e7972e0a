//! The fuzz targets with fixed seeds, so that they compile, start and hold on every change. `make fuzz` lets libFuzzer
//! drive them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use fuzz::targets;

/// Bytes out of a counter, the same at every run (SplitMix64).
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    };
    (0..length).map(|_| next().to_le_bytes()[0]).collect()
}

#[test]
fn what_the_webhook_admits_does_not_leak_and_the_scan_agrees_articles_16_and_18() {
    for seed in 0..1500 {
        targets::injection(&bytes(seed, 96));
    }
}

/// How files begin that carry a label.
const STARTS: [&[u8]; 6] = [
    b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR",
    b"\xFF\xD8\xFF\xE1\0\x28",
    b"GIF89a\x01\0\x01\0\0\0\0\x21\xFF\x0BXMP DataXMP",
    b"RIFF\x10\0\0\0WAVE",
    b"ID3\x04\0\0\0\0\0\x40TXXX",
    b"\xFF\xFB",
];

#[test]
fn no_bytes_make_a_target_panic() {
    let whole: [&[u8]; 9] = [
        b"{\"alg\":\"EdDSA\"}\n{\"iss\":\"https://id.example\",\"aud\":[\"studio\"],\"exp\":1e300,\"sub\":\"a\"}",
        b"{\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"kind\":\"Pod\"},\"operation\":\"CREATE\",\
          \"namespace\":\"studio\",\"object\":{\"metadata\":{\"labels\":{\"app\":\"studio\"}},\"spec\":{\"containers\":[7]}}}}",
        b"{\"spec\":{\"containers\":[{\"name\":\"a\"}],\"initContainers\":[],\"volumes\":null}}",
        b"{\"spec\":{\"containers\":[{}],\"initContainers\":{}}}",
        "网信算备110108000000001260015号".as_bytes(),
        b"P6M",
        b"[]",
        b"{\"at\":1,\"dropped\":1,\"from\":1,\"incarnation\":\"i\",\"kind\":\"gap\",\"pod\":\"p\",\"reason\":\"disk\",\"seq\":1,\"to\":2,\"v\":1}",
        b"log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 ledger AAAA\n",
    ];
    for data in whole.into_iter().map(<[u8]>::to_vec).chain((0..500).map(|seed| bytes(seed, 64))) {
        targets::admission_review(&data);
        targets::patch_application(&data);
        targets::configuration(&data);
        targets::law(&data);
        targets::assertion(&data);
        for start in STARTS {
            targets::carrier(&[start, &data].concat());
        }
        targets::records(&data);
    }
}
