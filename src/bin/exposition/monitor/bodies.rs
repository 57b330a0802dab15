//! Bodies that lie beside manifests, each called after the port of a pod that answers it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Bodies by the port that answers them: files that are called `NAMESPACE_POD_PORT`, whatever comes after a dot that
/// follows.
#[derive(Default)]
pub(super) struct Bodies {
    files: HashMap<(String, String, u16), (PathBuf, bool)>,
}

impl Bodies {
    /// Finds the bodies among files.
    pub(super) fn among(files: &[PathBuf]) -> Self {
        let found = files.iter().filter_map(|path| {
            let name = path.file_name().and_then(OsStr::to_str)?;
            let mut parts = name.splitn(3, '_');
            let (namespace, pod, rest) = (parts.next()?, parts.next()?, parts.next()?);
            let port = rest.split('.').next()?.parse().ok()?;
            Some((
                (namespace.to_owned(), pod.to_owned(), port),
                (path.clone(), false),
            ))
        });
        Bodies {
            files: found.collect(),
        }
    }

    /// Returns the body that the port of a pod answers, if there is one.
    pub(super) fn of(&mut self, namespace: &str, pod: &str, port: u16) -> Option<&Path> {
        let key = (namespace.to_owned(), pod.to_owned(), port);
        let (path, is_used) = self.files.get_mut(&key)?;
        *is_used = true;
        Some(path)
    }

    /// Returns the bodies that no port has answered, by name.
    pub(super) fn unused(&self) -> Vec<&Path> {
        let unused = self.files.values().filter(|(_, is_used)| !is_used);
        let mut unused: Vec<&Path> = unused.map(|(path, _)| path.as_path()).collect();
        unused.sort();
        unused
    }
}
