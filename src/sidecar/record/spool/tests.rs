use super::*;

fn sync(spool: &mut Spool) {
    let (file, to) = spool.to_sync();
    file.sync_data().unwrap();
    spool.synced(to);
}

#[test]
fn gives_back_what_it_took_also_around_the_end_of_the_ring() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let mut spool = Spool::open(&path, MIN_CAPACITY).unwrap();
    let frame = |n: u32| [n.to_le_bytes().to_vec(), vec![b'x'; 900_000]].concat();
    for n in 0..20 {
        spool.push(&frame(n)).unwrap();
        assert_eq!(spool.oldest().unwrap(), None, "only what is synced is given");
        sync(&mut spool);
        drop(spool);
        spool = Spool::open(&path, MIN_CAPACITY).unwrap();
        let (oldest, end) = spool.oldest().unwrap().unwrap();
        assert_eq!(oldest, frame(n));
        spool.release(end).unwrap();
    }
    assert_eq!(spool.fill().0, 0);
    sync(&mut spool);
    for n in 0..4 {
        spool.push(&frame(n)).unwrap();
    }
    assert!(matches!(spool.push(&frame(4)), Err(SpoolError::Full)));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), DATA + MIN_CAPACITY);
}

#[test]
fn a_torn_or_changed_end_is_cut_and_the_rest_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let frames = [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()];
    let mut spool = Spool::open(&path, MIN_CAPACITY).unwrap();
    for frame in &frames {
        spool.push(frame).unwrap();
    }
    drop(spool);
    let whole = std::fs::read(&path).unwrap();
    let start = usize::try_from(DATA).unwrap();
    let ends = [start, start + 11, start + 22, start + 35];
    for at in start..start + 35 {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        std::fs::write(&path, &bytes).unwrap();
        let spool = Spool::open(&path, MIN_CAPACITY).unwrap();
        let whole_frames = ends.iter().filter(|end| **end <= at).count() - 1;
        assert_eq!(spool.frames().unwrap(), frames[..whole_frames], "{at}");
    }
}

#[test]
fn a_torn_mark_leaves_the_other_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let mut spool = Spool::open(&path, MIN_CAPACITY).unwrap();
    spool.push(b"kept").unwrap();
    sync(&mut spool);
    drop(spool);
    let whole = std::fs::read(&path).unwrap();
    for slot in [0, usize::try_from(SLOT).unwrap()] {
        let mut bytes = whole.clone();
        bytes[slot + 20] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let spool = Spool::open(&path, MIN_CAPACITY).unwrap();
        let expected: &[Vec<u8>] = &[b"kept".to_vec()];
        // The first mark of all has no elder.
        assert!(spool.frames().unwrap() == expected || slot == usize::try_from(SLOT).unwrap());
    }
}
