//! The pictures of terminals in README.md are what the command prints.
//!
//! `TRYCMD=overwrite cargo test --features cli --test cli` draws them anew.

use std::fs;
use std::path::Path;

use anstyle_svg::Term;

use crate::pipes::exposition;

/// The name of a picture, the command line that it shows, and how many lines of the output.
const PICTURES: &[(&str, &[&str], usize)] = &[
    ("show", &["show", "tests/cli/in/shop.prom"], 15),
    ("check", &["check", "tests/cli/in/mixed.prom"], 40),
    ("top", &["top", "--limit", "6"], 24),
];

/// Columns of the terminal.
const WIDTH: &str = "96";

#[test]
fn pictures_are_real_output() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/pictures");
    for (name, line, rows) in PICTURES {
        let terminal = ["--color", "always", "--width", WIDTH, "--quiet"];
        let output = exposition(line).args(terminal).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let shown: String = out.split_inclusive('\n').take(*rows).collect();
        assert!(!shown.is_empty(), "{line:?}");
        let screen = format!("$ exposition {}\n{shown}", line.join(" "));
        let picture = Term::new().render_svg(screen.trim_end());
        let file = directory.join(name).with_extension("svg");
        if std::env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite") {
            fs::create_dir_all(&directory).unwrap();
            fs::write(&file, &picture).unwrap();
        }
        let known = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            known == picture,
            "{} is not what is printed now",
            file.display()
        );
    }
}
