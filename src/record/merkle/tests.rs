use super::*;

/// The leaves of the test vectors that certificate transparency implementations share.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

fn tree(count: usize) -> Tree {
    let mut tree = Tree::default();
    LEAVES.iter().cycle().take(count).for_each(|leaf| tree.push(leaf_hash(leaf)));
    tree
}

#[test]
fn roots_are_those_of_the_shared_vectors_rfc_6962() {
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let tree = tree(8);
    let mut frontier = Frontier::default();
    for (index, root) in roots.into_iter().enumerate() {
        frontier.push(leaf_hash(LEAVES[index]));
        assert_eq!(tree.root(index as u64 + 1).unwrap().to_string(), root);
        assert_eq!(frontier.root().to_string(), root);
    }
    assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn every_proof_of_every_size_verifies_and_no_other_does() {
    for size in 1..=40u64 {
        let tree = tree(40);
        let root = tree.root(size).unwrap();
        for index in 0..size {
            let path = tree.inclusion(index, size).unwrap();
            let leaf = leaf_hash(LEAVES[index as usize % 8]);
            assert!(verify_inclusion(&leaf, index, size, &path, &root));
            assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &path, &root));
            assert!(!verify_inclusion(&leaf, index, size, &[&path[..], &[root]].concat(), &root));
        }
        for old in 0..=size {
            let (old_root, path) = (tree.root(old).unwrap(), tree.consistency(old, size).unwrap());
            assert!(verify_consistency(old, size, &old_root, &root, &path), "{old} {size}");
            if old > 0 {
                assert!(!verify_consistency(old, size, &leaf_hash(b"other"), &root, &path));
            }
        }
    }
}

#[test]
fn proofs_outlive_a_deleted_prefix() {
    let whole = tree(40);
    for gone in 0..40u64 {
        let mut base = Frontier::default();
        (0..gone).for_each(|index| base.push(leaf_hash(LEAVES[index as usize % 8])));
        let mut rest = Tree::after(base);
        (gone..40).for_each(|index| rest.push(leaf_hash(LEAVES[index as usize % 8])));
        for size in gone.max(1)..=40 {
            assert_eq!(rest.root(size), whole.root(size), "{gone} {size}");
            for index in 0..size {
                let expected = if index < gone { Err(ProofError::Deleted) } else { whole.inclusion(index, size) };
                assert_eq!(rest.inclusion(index, size), expected, "{gone} {index} {size}");
            }
        }
        for old in gone..=40 {
            assert_eq!(rest.consistency(old, 40), whole.consistency(old, 40), "{gone} {old}");
        }
    }
}

#[test]
fn what_is_not_there_has_no_proof() {
    let tree = tree(3);
    assert_eq!(tree.inclusion(3, 3), Err(ProofError::Absent));
    assert_eq!(tree.inclusion(0, 4), Err(ProofError::Absent));
    assert_eq!(tree.consistency(2, 4), Err(ProofError::Absent));
    assert!(!verify_inclusion(&empty_root(), 0, 0, &[], &empty_root()));
    assert!(!Frontier { size: 3, nodes: vec![] }.is_valid());
}
