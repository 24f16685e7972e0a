//! The write-ahead log of one log: lines that are acknowledged and not yet sealed.
//!
//! In: groups of lines. Out: the same groups after a crash at any byte; a torn one at the end was acknowledged to nobody and is cut.
//! Must not: give back a group of which a single bit differs, or lose one for a torn one behind it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::record::frame;

/// Largest group.
const MAX_GROUP: usize = 64 << 20;

/// An open write-ahead log.
#[derive(Debug)]
pub struct Wal {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    length: u64,
}

fn name(first: u64) -> String {
    format!("{first:020}.wal")
}

fn framed(at: u64, lines: &str) -> io::Result<Vec<u8>> {
    frame::frame(at, lines.as_bytes()).ok_or_else(|| io::Error::other("a group has more than 4 GiB"))
}

impl Wal {
    /// Opens the newest log of a folder and gives the groups in it. `first` is the index behind what is sealed: an older log has
    /// been sealed and goes.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(folder: &Path, first: u64) -> io::Result<(Self, Vec<String>)> {
        fs::create_dir_all(folder)?;
        let mut found: Vec<(u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".wal"));
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                found.push((number, path));
            }
        }
        found.sort();
        // After a crash between sealing and switching there is the old one only, or both.
        let Some((_, path)) = found.pop() else {
            return Ok((Self::create(folder, first, "")?, Vec::new()));
        };
        for (_, old) in found {
            fs::remove_file(old)?;
        }
        let bytes = fs::read(&path)?;
        let (mut groups, mut at) = (Vec::new(), 0);
        while let Some(group) = group(&bytes, at) {
            at += frame::HEAD + group.len();
            groups.push(group);
        }
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        if at < bytes.len() {
            tracing::warn!(bytes = bytes.len() - at, "the torn end of a write-ahead log is cut");
            file.set_len(at as u64)?;
            file.sync_all()?;
        }
        Ok((Self { folder: folder.to_owned(), path, file, length: at as u64 }, groups))
    }

    fn create(folder: &Path, first: u64, lines: &str) -> io::Result<Self> {
        let path = folder.join(name(first));
        let draft = folder.join("new");
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        let frame = if lines.is_empty() { Vec::new() } else { framed(0, lines)? };
        file.write_all(&frame)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(Self { folder: folder.to_owned(), path, file, length: frame.len() as u64 })
    }

    /// Writes a group; durable after [`Self::sync`].
    ///
    /// # Errors
    /// The file system's; then nothing of the group counts.
    pub fn append(&mut self, lines: &str) -> io::Result<()> {
        let frame = framed(self.length, lines)?;
        if let Err(error) = self.file.write_all_at(&frame, self.length) {
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += frame.len() as u64;
        Ok(())
    }

    /// Makes all groups durable.
    ///
    /// # Errors
    /// The file system's.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Goes on in a new log that begins with `lines`, because all before `first` is sealed.
    ///
    /// # Errors
    /// The file system's.
    pub fn switch(&mut self, first: u64, lines: &str) -> io::Result<()> {
        let next = Self::create(&self.folder, first, lines)?;
        let old = std::mem::replace(self, next);
        if old.path != self.path {
            fs::remove_file(old.path)?;
        }
        Ok(())
    }
}

fn group(bytes: &[u8], at: usize) -> Option<String> {
    let start = at + frame::HEAD;
    let head = frame::Head::read(bytes.get(at..start)?.try_into().ok()?);
    if head.length == 0 || head.length > MAX_GROUP {
        return None;
    }
    let lines = bytes.get(start..start + head.length)?;
    if !head.fits(at as u64, lines) {
        return None;
    }
    String::from_utf8(lines.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_torn_off_the_rest_stands() {
        let folder = tempfile::tempdir().unwrap();
        let groups = ["one\n", "two\nthree\n", "four\n"];
        let (mut wal, none) = Wal::open(folder.path(), 0).unwrap();
        assert!(none.is_empty());
        for group in groups {
            wal.append(group).unwrap();
        }
        wal.sync().unwrap();
        let path = folder.path().join(name(0));
        let whole = std::fs::read(&path).unwrap();
        for end in 0..=whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let (mut wal, found) = Wal::open(folder.path(), 0).unwrap();
            assert_eq!(found, groups[..found.len()]);
            wal.append("more\n").unwrap();
            let (_, again) = Wal::open(folder.path(), 0).unwrap();
            assert_eq!(again.len(), found.len() + 1, "{end}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let (_, found) = Wal::open(folder.path(), 0).unwrap();
            assert!(found.len() < 3 && found == groups[..found.len()], "{at}");
        }
    }

    #[test]
    fn switching_keeps_what_is_not_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let (mut wal, _) = Wal::open(folder.path(), 0).unwrap();
        wal.append("one\n").unwrap();
        let old = std::fs::read(folder.path().join(name(0))).unwrap();
        wal.switch(1, "two\n").unwrap();
        wal.append("three\n").unwrap();
        assert_eq!(Wal::open(folder.path(), 1).unwrap().1, ["two\n", "three\n"]);
        // A crash before the old one was removed.
        std::fs::write(folder.path().join(name(0)), old).unwrap();
        assert_eq!(Wal::open(folder.path(), 1).unwrap().1, ["two\n", "three\n"]);
        assert!(!folder.path().join(name(0)).exists());
    }
}
