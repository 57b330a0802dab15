//! Rules of the formats are cited by numbers, and every number is on a page of `src/docs/`.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The form of a citation: `T24`, `M9.4`, `C21e`, `KD22`.
const RULE: &str = r"(?:KD|[ACDGKMNOPRST])[0-9]+(?:\.[0-9])?[a-f]?";

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the files below a directory with that extension, and their texts.
fn files(directory: &Path, extension: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path.display().to_string(), text));
        }
    }
    files
}

/// The pages by name: their texts, and the anchors in them.
struct Pages {
    texts: BTreeMap<String, String>,
    places: BTreeMap<String, BTreeSet<String>>,
    /// Every rule, by its number.
    rules: BTreeSet<String>,
}

impl Pages {
    fn read() -> Self {
        let anchor = Regex::new(&format!(r#"<a id="([^"]*)"></a>\*\*({RULE})\*\* "#)).unwrap();
        let heading = Regex::new(r"(?m)^#+ (.+)$").unwrap();
        let mut pages = Pages {
            texts: BTreeMap::new(),
            places: BTreeMap::new(),
            rules: BTreeSet::new(),
        };
        for (path, text) in files(&src().join("docs"), "md") {
            let name = Path::new(&path).file_stem().unwrap().to_str().unwrap();
            let places = pages.places.entry(name.to_owned()).or_default();
            for found in anchor.captures_iter(&text) {
                assert_eq!(found[1], found[2].to_lowercase(), "{path}");
                assert!(
                    pages.rules.insert(found[2].to_owned()),
                    "{} twice",
                    &found[2]
                );
                places.insert(found[1].to_owned());
            }
            let ids = text.matches("<a id=").count();
            assert_eq!(ids, places.len(), "{path}: an anchor that is not a rule's");
            places.extend(heading.captures_iter(&text).map(|found| slug(&found[1])));
            pages.texts.insert(name.to_owned(), text);
        }
        pages
    }

    /// Tells whether a rule is on a page. `M9.4` is the fourth item of the list under `M9`.
    fn have(&self, rule: &str) -> bool {
        let Some((list, item)) = rule.split_once('.') else {
            return self.rules.contains(rule);
        };
        let of_rule = |text: &&String| text.contains(&format!("**{list}** "));
        self.texts.values().find(of_rule).is_some_and(|text| {
            let (_, from_rule) = text.split_once(&format!("**{list}** ")).unwrap_or_default();
            let rule = from_rule.split("<a id=").next().unwrap_or_default();
            rule.contains(&format!("\n{item}. "))
        })
    }
}

/// Returns the anchor that rustdoc gives a heading.
fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let heading: String = heading.chars().filter(kept).collect();
    heading.to_lowercase().replace(' ', "-")
}

/// Returns the comments of a file as one text, without what is in backquotes or between fences.
fn prose(text: &str) -> String {
    let comment = Regex::new(r"(?m)^\s*//[/!]?(.*)$").unwrap();
    let lines: Vec<&str> = (comment.captures_iter(text))
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    without_code(&lines.join("\n"))
}

fn without_code(text: &str) -> String {
    let fenced = Regex::new(r"(?s)```.*?```").unwrap();
    let quoted = Regex::new(r"`[^`]*`").unwrap();
    let text = fenced.replace_all(text, "");
    quoted.replace_all(&text, "`").into_owned()
}

#[test]
fn links_lead_to_places_on_pages() {
    let pages = Pages::read();
    let link = Regex::new(r"\[([^\]]*)\]\((?:crate::)?docs::(\w+)(?:#([^)]+))?\)").unwrap();
    let is_rule = Regex::new(&format!("^{RULE}$")).unwrap();
    let mut found = 0;
    for (path, text) in files(&src(), "rs").into_iter().chain(files(&src(), "md")) {
        for link in link.captures_iter(&text) {
            found += 1;
            let (shown, page) = (&link[1], &link[2]);
            let places = pages.places.get(page);
            let places = places.unwrap_or_else(|| panic!("{path}: no page {page}"));
            let Some(place) = link.get(3).map(|place| place.as_str()) else {
                continue;
            };
            assert!(places.contains(place), "{path}: no {place} on {page}");
            if is_rule.is_match(shown) {
                let rule = shown.split('.').next().unwrap_or_default();
                assert_eq!(rule.to_lowercase(), place, "{path}: {shown}");
                assert!(pages.have(shown), "{path}: no rule {shown}");
            }
        }
    }
    assert!(found > 100, "{found} links");
}

#[test]
fn rules_that_are_cited_are_on_a_page() {
    let pages = Pages::read();
    let rule = Regex::new(&format!(r"\b{RULE}\b")).unwrap();
    let link = Regex::new(r"\[[^\]]*\]\([^)]*\)").unwrap();
    let cited = Regex::new(&format!(r"\b[Ss]pec\s+{RULE}(?:(?:-|,\s+){RULE})*")).unwrap();
    let mut found = 0;
    for (path, text) in files(&src(), "rs") {
        let prose = prose(&text);
        let prose = link.replace_all(&prose, "");
        for citation in cited.find_iter(&prose) {
            for rule in rule.find_iter(citation.as_str()) {
                found += 1;
                assert!(
                    pages.have(rule.as_str()),
                    "{path}: no rule {}",
                    rule.as_str()
                );
            }
        }
        // There are two forms: a link, and the word before the number.
        let rest = cited.replace_all(&prose, "");
        if let Some(bare) = rule.find(&rest) {
            panic!("{path}: {} is neither a link nor `spec {0}`", bare.as_str());
        }
    }
    assert!(found > 80, "{found} citations");
    for (page, text) in &pages.texts {
        for rule in rule.find_iter(&without_code(text)) {
            assert!(
                pages.have(rule.as_str()),
                "{page}: no rule {}",
                rule.as_str()
            );
        }
    }
}

#[cfg(feature = "operator")]
#[test]
fn every_check_is_on_the_page() {
    let pages = Pages::read();
    for rule in exposition::operator::CheckRule::all() {
        assert!(pages.have(rule.id()), "no rule {}", rule.id());
    }
}

#[test]
fn prose_is_without_code() {
    let file = "//! A `B1` C2\n/// ```\n/// D3\n/// ```\nfn f() {} // E4\n    // F5\n";
    assert_eq!(
        prose(file).split_whitespace().collect::<Vec<_>>(),
        ["A", "`", "C2", "F5"]
    );
    assert_eq!(slug("What it `is`, here"), "what-it-is-here");
}
