//! The vectors, and with `EXPOSITION_GOLDEN` the golden cases beside them.
#[path = "support/lines.rs"]
mod lines;

#[test]
fn tmp() {
    for f in [
        "vectors/text.jsonl",
        "golden/prom_textparse.jsonl",
        "golden/fuzz_text.jsonl",
        "golden/testdata_textparse.jsonl",
        "vectors/om.jsonl",
        "golden/openmetrics_textparse.jsonl",
        "golden/fuzz_om.jsonl",
    ] {
        let text = std::fs::read_to_string(format!("../shared/{f}")).unwrap();
        let (mut ok, mut bad) = (0, 0);
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            match lines::check(&case) {
                Ok(()) => ok += 1,
                Err(e) => {
                    bad += 1;
                    if bad < 4 {
                        println!("{}: {e}", case["id"]);
                    }
                }
            }
        }
        println!("{f}: {ok} passed, {bad} failed");
    }
}
