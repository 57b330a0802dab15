//! The pages link to further reading, and those targets exist.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::fs;
use std::path::Path;

/// Returns the targets of a page's links, without those to other sites.
fn links(page: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for (at, _) in page.match_indices("](") {
        let after = page.get(at + 2..).unwrap_or_default();
        let target = after.split(')').next().unwrap_or_default();
        if !target.contains("://") && !target.starts_with('#') {
            links.push(target.split('#').next().unwrap_or_default());
        }
    }
    links
}

fn missing(root: &Path, name: &str) -> (usize, Vec<String>) {
    let page = root.join(name);
    let text = fs::read_to_string(&page).unwrap();
    let directory = page.parent().unwrap();
    let links = links(&text);
    let broken = links.iter().filter(|link| !directory.join(link).exists());
    let broken = broken.map(|link| format!("{name}: {link}")).collect();
    (links.len(), broken)
}

/// The targets of the first page that a reader sees are in the package too.
#[test]
fn links_resolve() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (links, broken) = missing(root, "README.md");
    assert!(links > 5, "README.md has {links} links");
    assert_eq!(broken, [""; 0]);
    // The other pages also mention what the package leaves out.
    if root.join("fuzz").exists() {
        for page in [
            "ARCHITECTURE.md",
            "BENCHMARKS.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "benches/peers/README.md",
            "benches/peers/RUN.md",
            "benches/peers/TRIED.md",
            "examples/fleet/README.md",
            "fuzz/README.md",
            "tests/data/README.md",
        ] {
            assert_eq!(missing(root, page).1, [""; 0]);
        }
    }
}

/// The README's links to docs.rs name items that users see, or pages.
#[test]
fn links_to_the_documentation_name_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let seen =
        ["src/lib.rs", "src/docs/mod.rs"].map(|file| fs::read_to_string(root.join(file)).unwrap());
    let is_seen = |name: &str| {
        let words = |text: &String| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name)
        };
        seen.iter().any(words)
    };
    let prefix = "https://docs.rs/exposition/latest/exposition/";
    let mut found = 0;
    for link in readme.split(prefix).skip(1) {
        let path = link.split([')', '\n']).next().unwrap_or_default();
        let page = path
            .strip_suffix("/index.html")
            .or_else(|| path.strip_suffix(".html"));
        let name = page.and_then(|page| page.rsplit(['/', '.']).next());
        assert!(name.is_some_and(is_seen), "{path}");
        found += 1;
    }
    assert!(found > 10, "{found} links");
}

#[test]
fn links_are_found() {
    let page = "[a](b.md), ![c](d/e.svg) [f](https://g) [h](#i) [j](k.md#l)";
    assert_eq!(links(page), ["b.md", "d/e.svg", "k.md"]);
}
