//! Which files there are, of which target and time, and how they are read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use datafusion::catalog::Session;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::{self, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use exposition::{Format, FormatError, ScrapeProtocol};
use futures::TryStreamExt as _;
use futures::future::ready;
use glob::MatchOptions;
use url::Url;

use crate::pattern::{PathPattern, Place};

/// How many bytes a body may have, decompressed, unless something else is said: 256 MiB.
///
/// A body is held in memory as a whole, for its format is seen from its end too. A hundred times less is usual.
pub const DEFAULT_MAX_BODY_BYTES: u64 = 256 << 20;

/// Returns the format that a content type names, OpenMetrics 2.0 too.
///
/// # Errors
///
/// If it names none.
pub fn format_of(content_type: &str) -> std::result::Result<Format, FormatError> {
    let asked = [ScrapeProtocol::OpenMetricsText200];
    Format::from_negotiated(Some(content_type), None, &asked)
}

/// The bodies of a fleet: where they are, and what their paths say.
///
/// Nothing is opened or listed before a query asks.
#[derive(Clone, Debug)]
pub struct Bodies {
    urls: Vec<ListingTableUrl>,
    pattern: Option<PathPattern>,
    format: Option<Format>,
    max_body_bytes: u64,
    skip_unreadable: bool,
}

/// A file with a body in it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) meta: ObjectMeta,
    pub(crate) target: String,
    /// Milliseconds since 1970.
    pub(crate) scraped_at: i64,
}

impl Bodies {
    /// Takes the files, directories, globs and URLs of object stores that have the bodies. Directories are read
    /// with all below them.
    ///
    /// # Errors
    ///
    /// If there are none, one is not a path or a URL, or they are in more than one object store.
    pub fn new<P: AsRef<str>>(paths: impl IntoIterator<Item = P>) -> Result<Self> {
        let urls = paths.into_iter().map(|path| url_of(path.as_ref()));
        Self::at(urls.collect::<Result<_>>()?)
    }

    pub(crate) fn at(urls: Vec<ListingTableUrl>) -> Result<Self> {
        let bodies = Self {
            urls,
            pattern: None,
            format: None,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            skip_unreadable: false,
        };
        let store = bodies.store()?;
        match bodies.urls.iter().find(|url| url.object_store() != store) {
            None => Ok(bodies),
            Some(url) => Err(DataFusionError::Plan(format!(
                "{url} is not in {store}: all bodies have to be in one object store"
            ))),
        }
    }

    /// Says where a path has its target and time. Files that it does not match are not bodies.
    ///
    /// Without a pattern, every file is a body. A target that no pattern finds is the path below the directory that was
    /// given, and a time that no pattern finds is when the file was modified.
    #[must_use]
    pub fn pattern(mut self, pattern: PathPattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// Says which format all bodies have. Without it, each body [shows it itself](Format::sniff).
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Sets how many bytes a body may have when it is decompressed. A larger one is unreadable.
    #[must_use]
    pub const fn max_body_bytes(mut self, bytes: u64) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets whether files are passed over that are torn or too large. Otherwise a query that meets one fails. In either
    /// case, the table of errors has a row for each.
    #[must_use]
    pub const fn skip_unreadable(mut self, skip: bool) -> Self {
        self.skip_unreadable = skip;
        self
    }

    pub(crate) fn urls(&self) -> &[ListingTableUrl] {
        &self.urls
    }

    pub(crate) const fn path_pattern(&self) -> Option<&PathPattern> {
        self.pattern.as_ref()
    }

    pub(crate) const fn fixed_format(&self) -> Option<Format> {
        self.format
    }

    pub(crate) const fn skips_unreadable(&self) -> bool {
        self.skip_unreadable
    }

    pub(crate) const fn limit(&self) -> u64 {
        self.max_body_bytes
    }

    /// Returns the object store that all bodies are in.
    pub(crate) fn store(&self) -> Result<ObjectStoreUrl> {
        let first = self.urls.first();
        let url =
            first.ok_or_else(|| DataFusionError::Plan("no path of bodies is given".to_owned()))?;
        Ok(url.object_store())
    }

    /// Returns the bodies, in the order of their paths. A file that is found twice is one body.
    pub(crate) async fn list(&self, session: &dyn Session) -> Result<Vec<File>> {
        let store = session.runtime_env().object_store(self.store()?)?;
        let mut files = BTreeMap::new();
        for url in &self.urls {
            let mut bodies = 0_usize;
            for meta in found(store.as_ref(), url).await? {
                if let Some(file) = self.file(meta)? {
                    bodies += 1;
                    files.insert(file.meta.location.clone(), file);
                }
            }
            if bodies == 0 {
                return Err(DataFusionError::Plan(match &self.pattern {
                    None => format!("{url}: there is no file"),
                    Some(pattern) => {
                        format!(
                            "{url}: there is no file whose path is `{}`",
                            pattern.as_str()
                        )
                    }
                }));
            }
        }
        Ok(files.into_values().collect())
    }

    /// Returns what the path of `meta` says, or `None` if it is not one of a body.
    pub(crate) fn file(&self, meta: ObjectMeta) -> Result<Option<File>> {
        let modified = meta.last_modified.timestamp_millis();
        // A file can be below several: the first whose path the pattern matches says what it is.
        for path in self.urls.iter().filter_map(|url| below(url, &meta)) {
            let place = match &self.pattern {
                None => Some(Place::default()),
                Some(pattern) => pattern
                    .place(&path)
                    .map_err(|error| DataFusionError::Execution(error.to_string()))?,
            };
            if let Some(place) = place {
                return Ok(Some(File {
                    target: place.target.unwrap_or(path),
                    scraped_at: place.scraped_at.unwrap_or(modified),
                    meta,
                }));
            }
        }
        Ok(None)
    }
}

/// Returns the URL of a path or URL. Something that is there is not a glob, whatever it is called: an address of IPv6
/// has brackets.
fn url_of(text: &str) -> Result<ListingTableUrl> {
    let path = Path::new(text);
    let url = if path.is_dir() {
        Url::from_directory_path(path.canonicalize()?)
    } else if let (true, Some(name)) = (path.is_file(), path.file_name()) {
        // The name is as it was given, even if it is that of a link.
        Url::from_file_path(absolute(path.parent())?.join(name))
    } else {
        return ListingTableUrl::parse(text);
    };
    let url = url.map_err(|()| DataFusionError::Plan(format!("{text}: it has no URL")))?;
    ListingTableUrl::try_new(url, None)
}

/// Returns the whole path of a directory.
fn absolute(directory: Option<&Path>) -> io::Result<PathBuf> {
    let directory = directory.filter(|directory| !directory.as_os_str().is_empty());
    directory.unwrap_or(Path::new(".")).canonicalize()
}

/// Returns the file that `url` names, or all files below it. Not [`ListingTableUrl::list_all_files`], which depending
/// on the session passes over directories in directories.
async fn found(store: &dyn ObjectStore, url: &ListingTableUrl) -> Result<Vec<ObjectMeta>> {
    if !url.is_collection() {
        match store.head(url.prefix()).await {
            Ok(file) => return Ok(vec![file]),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let files = store.list(Some(url.prefix()));
    let files = files.try_filter(|file| ready(below(url, file).is_some()));
    Ok(files.try_collect().await?)
}

/// Returns the path of a file below `url`: for a file that was given itself, its name. `None` if it is not below it, or
/// the glob does not match it.
fn below(url: &ListingTableUrl, meta: &ObjectMeta) -> Option<String> {
    let segments: Vec<&str> = url.strip_prefix(&meta.location)?.collect();
    let path = match segments.as_slice() {
        [] => meta.location.filename()?.to_owned(),
        segments => segments.join("/"),
    };
    // Not `ListingTableUrl::contains`, for which an asterisk is any directories too.
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::new()
    };
    let glob = url.get_glob().as_ref();
    glob.is_none_or(|glob| glob.matches_with(&path, options))
        .then_some(path)
}
