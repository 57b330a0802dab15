//! URLs as they are shown: nobody reads a password over a shoulder, or in a log.

use reqwest::Url;

/// Returns a URL without its password, if it has one.
pub(super) fn without_password(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.password().is_some().then(|| shown(&url))
}

/// Returns the URL without the password that it may hold.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        // Does not fail for a URL with a password.
        let _ = url.set_password(Some("xxxxx"));
    }
    url.into()
}
