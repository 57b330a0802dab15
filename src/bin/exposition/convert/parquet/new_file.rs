//! A file that has its name once it is whole.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::failure::Result;

/// A file that is being written. Until it is finished, it has another name in the same directory, and a file that has
/// its final name stays as it is. If it is never finished, it is removed.
pub(super) struct NewFile {
    /// Its name, as it is given.
    name: PathBuf,
    file: File,
    moving: Option<Moving>,
}

/// Where a file lies, and where it goes.
struct Moving {
    from: PathBuf,
    to: PathBuf,
}

impl NewFile {
    pub(super) fn create(name: &Path) -> Result<Self> {
        let (file, moving) = open(name).map_err(|error| named(name, &error))?;
        Ok(NewFile {
            name: name.to_owned(),
            file,
            moving,
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all(bytes);
        Ok(written.map_err(|error| named(&self.name, &error))?)
    }

    /// Gives the file its name.
    pub(super) fn finish(mut self) -> Result<()> {
        let finished = match &self.moving {
            None => Ok(()),
            // What the system has not written yet may fail, too.
            Some(Moving { from, to }) => self.file.sync_all().and_then(|()| fs::rename(from, to)),
        };
        finished.map_err(|error| named(&self.name, &error))?;
        self.moving = None;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(Moving { from, .. }) = &self.moving {
            let _ = fs::remove_file(from);
        }
    }
}

fn named(name: &Path, error: &io::Error) -> String {
    format!("{}: {error}", name.display())
}

/// Opens the file to write to: not the one of that name, unless it is a device or a pipe.
fn open(name: &Path) -> io::Result<(File, Option<Moving>)> {
    let old = match fs::metadata(name) {
        Ok(about) if about.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(about) if !about.is_file() => {
            return Ok((OpenOptions::new().write(true).open(name)?, None));
        }
        Ok(about) => Some(about),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A link stays one.
    let to = match old {
        Some(_) => fs::canonicalize(name)?,
        None => name.to_owned(),
    };
    let (file, from) = beside(&to)?;
    let moving = Moving { from, to };
    if let Some(permissions) = old.as_ref().map(Metadata::permissions)
        && let Err(error) = file.set_permissions(permissions)
    {
        let _ = fs::remove_file(&moving.from);
        return Err(error);
    }
    Ok((file, Some(moving)))
}

/// Creates a file beside another, where no other is.
fn beside(path: &Path) -> io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Hidden, so that nobody who reads the directory takes it for a whole one.
        let name = format!(".exposition-{}-{number}.part", process::id());
        let path = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            // One that was killed may have had this number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::Directory;

    fn names(directory: &Directory) -> Vec<String> {
        let entries = fs::read_dir(&directory.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole() {
        let directory = Directory::new();
        let name = directory.0.join("a");
        let mut file = NewFile::create(&name).unwrap();
        file.write(b"new").unwrap();
        assert!(!name.exists());
        drop(file);
        assert!(names(&directory).is_empty());

        fs::write(&name, "old").unwrap();
        let mut file = NewFile::create(&name).unwrap();
        file.write(b"new").unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"old");
        file.finish().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"new");
        assert_eq!(names(&directory), ["a"]);
    }

    #[test]
    fn what_cannot_be_created_is_named() {
        let directory = Directory::new();
        for name in [directory.0.clone(), directory.0.join("none/a")] {
            let error = NewFile::create(&name).err().unwrap().to_string();
            let begin = format!("{}: ", name.display());
            assert!(error.starts_with(&begin), "{error}");
        }
    }

    /// What was left by a run that was killed is not in the way.
    #[test]
    fn another_name_is_found() {
        let directory = Directory::new();
        let name = directory.0.join("a");
        let (_, first) = beside(&name).unwrap();
        let number: u64 = first
            .to_str()
            .and_then(|name| name.strip_suffix(".part")?.rsplit_once('-'))
            .map(|(_, number)| number.parse().unwrap())
            .unwrap();
        for number in number..number + 50 {
            let part = format!(".exposition-{}-{number}.part", process::id());
            fs::write(directory.0.join(part), "").unwrap();
        }
        NewFile::create(&name).unwrap().finish().unwrap();
        assert!(name.exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let directory = Directory::new();
        let (name, link) = (directory.0.join("a"), directory.0.join("b"));
        fs::write(&name, "old").unwrap();
        fs::set_permissions(&name, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&name, &link).unwrap();
        let mut file = NewFile::create(&link).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let mode = fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// A device takes what it can, and is not replaced.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_stays_one() {
        let mut file = NewFile::create(Path::new("/dev/full")).unwrap();
        let error = file.write(b"new").err().unwrap().to_string();
        assert!(error.starts_with("/dev/full: No space left"), "{error}");
        NewFile::create(Path::new("/dev/null"))
            .unwrap()
            .finish()
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
