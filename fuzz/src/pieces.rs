//! Builds bodies from pieces that are related, with bytes in between that are not.

use arbitrary::{Result, Unstructured};
use exposition::Dialect;

use super::chance::one_in;
use super::composites;
use super::words::{KINDS, LABELS, name};

const VALUES: &[&str] = &[
    "1",
    "0",
    "-1",
    "2.5",
    "1e3",
    "NaN",
    "+Inf",
    "-Inf",
    "-0",
    "18446744073709551616",
    "1e999",
    "0x1p3",
    "1_0",
    "5e-324",
    ".5",
    "9007199254740993",
    "x",
    "",
];

const TIMESTAMPS: &[&str] = &[
    "",
    "",
    "",
    " 1",
    " 2",
    " 1.5",
    " 0.0005",
    " -1",
    " 1700000000000",
    " 9223372036854775807",
    " 1e300",
    " NaN",
    "  7",
    "\t7",
];

const EXEMPLARS: &[&str] = &[
    "",
    "",
    "",
    "",
    " # {} 1",
    " # {t=\"x\"} 2 3",
    " # {t=\"\\\"\",u=\"1\"} NaN -4.5",
    " # {\"t.u\"=\"\"} 1e3 1e12",
    " # {t=\"x\"}",
    " # ",
    " #",
];

const TEXTS: &[&str] = &["text", "other text", "\\\\ and \\n", "\\\"", " ", "", "é"];

const UNITS: &[&str] = &["seconds", "y", "b", "", "a"];

const OTHERS: &[&str] = &[
    "",
    "# a comment",
    "#",
    "# EOF",
    "# EOF x",
    "#TYPE a gauge",
    "# HELP a",
    "broken{",
    " \t",
    "a{b=\"",
    "\"} 1",
    "\0",
    "{} 1",
    "{\"a\",\"b\"} 1",
    "\r",
    "a{a=\"b\"}",
    "# TYPE",
    "# TYPE a",
    "=,\\",
];

/// Only the last line can make a body longer.
const LONGEST: usize = 16 * 1024;

/// Returns a body of as many lines as the bytes yield. In OpenMetrics it mostly ends correctly.
pub fn body(bytes: &[u8], dialect: Dialect) -> Vec<u8> {
    let mut from = Unstructured::new(bytes);
    let mut out = Vec::new();
    // When the bytes are used up, ordinary lines would follow without end.
    while !from.is_empty() && out.len() < LONGEST {
        if line(&mut from, &mut out, dialect).is_err() {
            break;
        }
    }
    let ends = matches!(dialect, Dialect::OpenMetrics | Dialect::OpenMetrics2);
    if ends && bytes.first().is_some_and(|byte| byte % 8 > 0) {
        out.extend_from_slice(b"# EOF\n");
    }
    out
}

fn line(from: &mut Unstructured<'_>, out: &mut Vec<u8>, dialect: Dialect) -> Result<()> {
    let start = out.len();
    match from.int_in_range(0..=15)? {
        0..=4 if dialect == Dialect::OpenMetrics2 => composites::lines(from, out)?,
        0..=7 => sample(from, out)?,
        8..=11 => metadata(from, out)?,
        12 => out.extend_from_slice(from.choose(OTHERS)?.as_bytes()),
        13 => {
            let len = from.int_in_range(0..=40)?;
            let len = from.len().min(len);
            out.extend_from_slice(from.bytes(len)?);
        }
        _ => {
            let earlier: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
            let again = from.choose(&earlier)?.to_vec();
            out.extend_from_slice(&again);
        }
    }
    // One line in ten is damaged, so that most of the text around it is read.
    if from.int_in_range(0..=9)? == 9 {
        let at = start + from.int_in_range(0..=(out.len() - start).min(255))?;
        match from.int_in_range(0..=3)? {
            0 => out.truncate(at),
            1 if at < out.len() => _ = out.remove(at),
            _ => out.insert(at, from.arbitrary()?),
        }
    }
    let end = [
        "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n\n", "\r\n", " \n", "",
    ];
    out.extend_from_slice(from.choose(&end)?.as_bytes());
    Ok(())
}

fn sample(from: &mut Unstructured<'_>, out: &mut Vec<u8>) -> Result<()> {
    let (name, quoted) = name(from)?;
    let labels = from.int_in_range(0..=5)?;
    let mut inside = Vec::new();
    if quoted {
        inside.push(format!("\"{name}\""));
    } else {
        out.extend_from_slice(name.as_bytes());
    }
    for _ in 0..labels {
        inside.push((*from.choose(LABELS)?).to_owned());
    }
    if quoted || labels > 0 || one_in(8, from)? {
        let between = if one_in(12, from)? { " , " } else { "," };
        let braces = format!("{{{}}}", inside.join(between));
        out.extend_from_slice(braces.as_bytes());
    }
    if !one_in(20, from)? {
        out.push(b' ');
    }
    for pool in [VALUES, TIMESTAMPS, EXEMPLARS] {
        out.extend_from_slice(from.choose(pool)?.as_bytes());
    }
    Ok(())
}

fn metadata(from: &mut Unstructured<'_>, out: &mut Vec<u8>) -> Result<()> {
    let (name, quoted) = name(from)?;
    let (keyword, pool) = *from.choose(&[
        ("TYPE", KINDS),
        ("TYPE", KINDS),
        ("HELP", TEXTS),
        ("UNIT", UNITS),
    ])?;
    let quote = if quoted { "\"" } else { "" };
    let rest = from.choose(pool)?;
    out.extend_from_slice(format!("# {keyword} {quote}{name}{quote} {rest}").as_bytes());
    Ok(())
}
