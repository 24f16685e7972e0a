//! Every reason that a verdict can give is given in some row of the truth tables.

use std::collections::BTreeSet;

use deepsynthesis::compliance::Reason;

use crate::duty_table::written;
use crate::verdict_table;

/// Given at admission of a workload, about its images, commands or the lack of a service.
const AT_ADMISSION: [Reason; 5] = [
    Reason::ImageNotPinned,
    Reason::ImageNotAssessed,
    Reason::MarkStripping,
    Reason::UndeclaredWorkload,
    Reason::UndeclaredGenerator,
];

#[test]
fn every_reason_is_reached_by_some_row() {
    let rows = written().into_iter().flat_map(|row| row.findings.unwrap_or_default());
    let codes: BTreeSet<String> = rows
        .chain(verdict_table::findings())
        .filter_map(|finding| finding.split_once(' ').map(|(_, code)| code.to_owned()))
        .collect();
    let missing: Vec<&str> = Reason::ALL
        .iter()
        .filter(|reason| !AT_ADMISSION.contains(reason) && !codes.contains(reason.code()))
        .map(|reason| reason.code())
        .collect();
    assert!(missing.is_empty(), "no row finds {missing:?}");
    for reason in AT_ADMISSION {
        assert!(!codes.contains(reason.code()), "{reason:?} is found by a verdict now");
    }
}
