//! The pages say where to read on, and that is there.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::fs;
use std::path::Path;

/// What the links of a page point at, those to other sites left out.
fn links(page: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for (at, _) in page.match_indices("](") {
        let behind = page.get(at + 2..).unwrap_or_default();
        let target = behind.split(')').next().unwrap_or_default();
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

/// Those of the first page a reader sees are in the package too.
#[test]
fn links_resolve() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (links, broken) = missing(root, "README.md");
    assert!(links > 5, "README.md has {links} links");
    assert_eq!(broken, [""; 0]);
    // The other pages also speak of what the package leaves out.
    if root.join("fuzz").exists() {
        for page in [
            "ARCHITECTURE.md",
            "BENCHMARKS.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "benches/peers/README.md",
            "fuzz/README.md",
            "tests/data/README.md",
        ] {
            assert_eq!(missing(root, page).1, [""; 0]);
        }
    }
}

#[test]
fn links_are_found() {
    let page = "[a](b.md), ![c](d/e.svg) [f](https://g) [h](#i) [j](k.md#l)";
    assert_eq!(links(page), ["b.md", "d/e.svg", "k.md"]);
}
