//! Where sealed segments lie: objects by name. A folder today; an object store has the same few verbs.
//!
//! In: names and bytes. Out: the same bytes. Must not: show an object before all of it is on disk, or take a name for a path.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use crate::record::chain::is_name;

/// Objects by folder and name. Both are checked by [`is_name`].
pub trait Store: Send + Sync {
    /// Puts an object; afterwards it is durable.
    ///
    /// # Errors
    /// The store's.
    fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// A whole object; `None` when there is none.
    ///
    /// # Errors
    /// The store's.
    fn get(&self, folder: &str, name: &str) -> io::Result<Option<Vec<u8>>>;
    /// Bytes from an offset on, at most so many.
    ///
    /// # Errors
    /// The store's.
    fn read(&self, folder: &str, name: &str, at: u64, limit: usize) -> io::Result<Vec<u8>>;
    /// Names in a folder, sorted.
    ///
    /// # Errors
    /// The store's.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// All folders.
    ///
    /// # Errors
    /// The store's.
    fn folders(&self) -> io::Result<Vec<String>>;
    /// Deletes an object; none is no error.
    ///
    /// # Errors
    /// The store's.
    fn delete(&self, folder: &str, name: &str) -> io::Result<()>;
}

/// A folder of a volume.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Opens or makes it.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn path(&self, folder: &str, name: &str) -> io::Result<PathBuf> {
        if is_name(folder) && is_name(name) {
            Ok(self.0.join(folder).join(name))
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "not a name of an object"))
        }
    }
}

fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Store for Folder {
    fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(folder, name)?;
        let directory = self.0.join(folder);
        fs::create_dir_all(&directory)?;
        // Under a name that nobody reads, until all of it is on disk.
        let draft = directory.join(format!(".{name}"));
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(&directory)?.sync_all()?;
        File::open(&self.0)?.sync_all()
    }

    fn get(&self, folder: &str, name: &str) -> io::Result<Option<Vec<u8>>> {
        absent(fs::read(self.path(folder, name)?))
    }

    fn read(&self, folder: &str, name: &str, at: u64, limit: usize) -> io::Result<Vec<u8>> {
        let file = File::open(self.path(folder, name)?)?;
        let length = usize::try_from(file.metadata()?.len().saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length.min(limit)];
        file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let path = self.path(folder, "x")?;
        let Some(entries) = absent(fs::read_dir(path.parent().unwrap_or(&self.0)))? else { return Ok(Vec::new()) };
        names(entries)
    }

    fn folders(&self) -> io::Result<Vec<String>> {
        names(fs::read_dir(&self.0)?)
    }

    fn delete(&self, folder: &str, name: &str) -> io::Result<()> {
        absent(fs::remove_file(self.path(folder, name)?)).map(|_| ())
    }
}

fn names(entries: fs::ReadDir) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_name(&name) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_whole_and_names_are_no_paths() {
        let folder = tempfile::tempdir().unwrap();
        let store = Folder::open(folder.path().join("store")).unwrap();
        assert_eq!(store.list("a").unwrap(), [""; 0]);
        store.put("a", "one", b"12345").unwrap();
        assert_eq!(store.get("a", "one").unwrap().unwrap(), b"12345");
        assert_eq!(store.read("a", "one", 3, 10).unwrap(), b"45");
        std::fs::write(folder.path().join("store/a/.draft"), b"torn").unwrap();
        assert_eq!(
            (store.list("a").unwrap(), store.folders().unwrap()),
            (vec!["one".to_owned()], vec!["a".to_owned()])
        );
        store.delete("a", "one").unwrap();
        store.delete("a", "one").unwrap();
        assert_eq!(store.get("a", "one").unwrap(), None);
        for name in ["../a", "..", "a/b", ""] {
            assert!(store.put("a", name, b"").is_err() && store.put(name, "a", b"").is_err(), "{name}");
        }
    }
}
