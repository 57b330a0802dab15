//! Results as the XML that JUnit writes, which continuous integration servers read.

use std::borrow::Cow;
use std::fmt::Write as _;

use exposition::testing::rules::Case;

/// A file of tests: its cases, or why it cannot be run.
pub(super) struct Suite<'r> {
    pub(super) name: &'r str,
    pub(super) cases: Result<&'r [Case], &'r str>,
}

impl Suite<'_> {
    /// Returns how many cases it has, how many fail, and how many cannot be run.
    fn counts(&self) -> [usize; 3] {
        match self.cases {
            Ok(cases) => {
                let failed = cases.iter().filter(|case| !case.is_passed()).count();
                [cases.len(), failed, 0]
            }
            Err(_) => [1, 0, 1],
        }
    }
}

/// Returns the document of some files.
pub(super) fn document(suites: &[Suite<'_>]) -> String {
    let mut totals = [0; 3];
    for suite in suites {
        for (total, count) in totals.iter_mut().zip(suite.counts()) {
            *total += count;
        }
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml += &format!("<testsuites{}>\n", attributes(totals));
    for suite in suites {
        push_suite(&mut xml, suite);
    }
    xml += "</testsuites>\n";
    xml
}

fn attributes([cases, failed, unread]: [usize; 3]) -> String {
    format!(" tests=\"{cases}\" failures=\"{failed}\" errors=\"{unread}\"")
}

fn push_suite(xml: &mut String, suite: &Suite<'_>) {
    let file = escaped(suite.name);
    let counts = attributes(suite.counts());
    // Writing to a string cannot fail.
    let _ = writeln!(xml, "  <testsuite name=\"{file}\"{counts}>");
    match suite.cases {
        Err(error) => {
            let _ = writeln!(xml, "    <testcase name=\"{file}\" classname=\"{file}\">");
            push_problem(xml, "error", error);
            xml.push_str("    </testcase>\n");
        }
        Ok(cases) => {
            for case in cases {
                let number = format!("case {}", case.number());
                let name = escaped(case.name().unwrap_or(&number));
                let line = case.line();
                let _ = write!(
                    xml,
                    "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\""
                );
                if case.is_passed() {
                    xml.push_str("/>\n");
                    continue;
                }
                xml.push_str(">\n");
                for failure in case.failures() {
                    push_problem(xml, "failure", failure);
                }
                xml.push_str("    </testcase>\n");
            }
        }
    }
    xml.push_str("  </testsuite>\n");
}

/// Appends what is wrong: its first line as the message, and all of it as the text.
fn push_problem(xml: &mut String, tag: &str, text: &str) {
    let message = escaped(text.lines().next().unwrap_or_default());
    let text = escaped(text).replace("&#10;", "\n");
    let _ = writeln!(xml, "      <{tag} message=\"{message}\">{text}</{tag}>");
}

/// Escapes text for an attribute or between tags. What no XML can hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let entity: Cow<'_, str> = match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            // In an attribute, readers make blanks of them.
            '\t' | '\n' | '\r' => format!("&#{};", u32::from(c)).into(),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => "\u{fffd}".into(),
            c => {
                out.push(c);
                continue;
            }
        };
        out.push_str(&entity);
    }
    out
}

#[cfg(test)]
mod tests {
    use exposition::testing::rules::RuleTests;

    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_escaped_or_replaced() {
        for (text, expected) in [
            ("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'"),
            ("a\tb\nc\rd", "a&#9;b&#10;c&#13;d"),
            ("a\0b\x1b[31m\u{ffff}ä", "a\u{fffd}b\u{fffd}[31m\u{fffd}ä"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn suites_hold_cases_failures_and_errors() {
        let text = "rules: []\ntests:\n- {labels: {a: b}, expect: kept}\n- {name: \"<\\e>\", labels: {a: \"\\0\"}, expect: dropped}\n";
        let results = RuleTests::parse(text, ".").unwrap().run();
        let suites = [
            Suite {
                name: "a&b.yaml",
                cases: Ok(results.cases()),
            },
            Suite {
                name: "none.yaml",
                cases: Err("it \"cannot\" be read"),
            },
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="1">
  <testsuite name="a&amp;b.yaml" tests="2" failures="1" errors="0">
    <testcase name="case 1" classname="a&amp;b.yaml" file="a&amp;b.yaml" line="3"/>
    <testcase name="&lt;�&gt;" classname="a&amp;b.yaml" file="a&amp;b.yaml" line="4">
      <failure message="expected dropped, kept">expected dropped, kept
  + a=&quot;\0&quot;</failure>
    </testcase>
  </testsuite>
  <testsuite name="none.yaml" tests="1" failures="0" errors="1">
    <testcase name="none.yaml" classname="none.yaml">
      <error message="it &quot;cannot&quot; be read">it &quot;cannot&quot; be read</error>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(document(&suites), expected);
    }
}
