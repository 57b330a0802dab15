//! Work on headers and names.

use std::hint::black_box;

use exposition::format::negotiate;
use exposition::{EscapingScheme, Format, ScrapeProtocol, name};

use super::Work;

type Text = (&'static str, fn(usize) -> String);

/// Returns `head`, then `unit` repeated to fill `bytes`, then `tail`.
fn filled(bytes: usize, head: &str, unit: &str, tail: &str) -> String {
    [head, &unit.repeat(bytes / unit.len()), tail].concat()
}

const HEADERS: &[Text] = &[
    ("a long type", |n| filled(n, "text/", "x", "")),
    ("parameters", |n| filled(n, "text/plain", ";a=b", "")),
    ("parameters that differ", |n| {
        let parameters: String = (0..n / 11).map(|i| format!(";a{i:07}=b")).collect();
        format!("text/plain{parameters}")
    }),
    ("semicolons", |n| filled(n, "text/plain", ";", "")),
    ("commas", |n| filled(n, "text/plain", ",", "")),
    ("blanks", |n| filled(n, "text/plain;", " ", "version=0.0.4")),
    ("a long value", |n| {
        filled(n, "text/plain;version=", "1", "")
    }),
    ("an open quote", |n| {
        filled(n, "text/plain;version=\"", "a", "")
    }),
    ("quotes", |n| filled(n, "text/plain;version=", "\"", "")),
    ("backslashes", |n| {
        filled(n, "text/plain;version=\"", "\\\\", "\"")
    }),
    ("percent signs", |n| {
        filled(n, "text/plain;version*=utf-8''", "%41", "")
    }),
    ("continued parameters", |n| {
        let parts: String = (0..n / 14).map(|i| format!(";version*{i:04}=1")).collect();
        format!("text/plain{parts}")
    }),
    ("media types", |n| filled(n, "", "text/plain;q=0.5,", "*/*")),
    ("weights that fall", |n| {
        (0..n / 21)
            .map(|i| format!("text/a;q=0.{:07},", 9_999_999 - i))
            .collect()
    }),
];

const NAMES: &[Text] = &[
    ("letters", |n| filled(n, "", "a", "")),
    ("underscores", |n| filled(n, "", "_", "")),
    ("dots", |n| filled(n, "", ".", "")),
    ("letters of other scripts", |n| filled(n, "", "é", "")),
    ("escapes", |n| filled(n, "U__", "_e9_", "")),
    ("escapes that stay open", |n| filled(n, "U__", "_1", "")),
    ("escapes of dots", |n| filled(n, "", "_dot_", "")),
    ("a long escape", |n| filled(n, "U___", "0", "_")),
];

/// Returns both on all of their shapes.
pub(super) fn works() -> impl Iterator<Item = Work> {
    let headers = HEADERS.iter().map(|&(shape, text)| {
        Work::new("headers", shape, move |bytes| {
            let header = text(bytes);
            Box::new(move || {
                drop(black_box(Format::from_content_type(Some(&header), None)));
                drop(black_box(Format::from_content_type_bytes(
                    Some(header.as_bytes()),
                    None,
                )));
                black_box(negotiate(&header, &ScrapeProtocol::ALL));
            })
        })
    });
    let names = NAMES.iter().map(|&(shape, text)| {
        Work::new("names", shape, move |bytes| {
            let text = text(bytes);
            Box::new(move || {
                for scheme in EscapingScheme::ALL {
                    drop(black_box(scheme.escape(&text)));
                    drop(black_box(scheme.unescape(&text)));
                }
                black_box(name::is_legacy_metric_name(text.as_bytes()));
            })
        })
    });
    headers.chain(names)
}
