//! Monitors and the configurations the Operator renders of them.
#![cfg(feature = "operator")]

#[path = "support/operator.rs"]
mod operator;

/// Every case of the directory that `EXPOSITION_GOLDEN` names, if it names one.
#[test]
fn golden_cases() {
    let Some(directory) = std::env::var_os("EXPOSITION_GOLDEN") else {
        return;
    };
    let file = std::path::Path::new(&directory).join("operator/cases.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut failed = Vec::new();
    let mut passed = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        match operator::check(&case) {
            Ok(()) => passed += 1,
            Err(why) => failed.push(format!("{}\n{why}\n", case["id"])),
        }
    }
    println!("{passed} passed, {} failed", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(passed > 0, "no case in {}", file.display());
}
