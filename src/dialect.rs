//! Which format a body is read as.

/// The format that lines are read as, and how strictly.
///
/// | | `Text` | `OpenMetrics` | `Lenient` |
/// |---|---|---|---|
/// | verdict of | Prometheus 3, text format 0.0.4 and 1.0.0 | Prometheus 3, OpenMetrics 1.0 | Prometheus on the text format, and other readers on what it refuses: [below](#what-lenient-takes) |
/// | line ends | LF; the last may be missing | LF | LF or CR LF; the last may be missing |
/// | end of the body | anywhere | after `# EOF` | anywhere |
/// | blanks and tabs between tokens | any number | exactly one space, none in braces | any number |
/// | blank lines, other comments | yes | error | yes |
/// | `#TYPE` without a blank | a comment | error | TYPE |
/// | type words | `counter gauge histogram summary untyped` | those, `gaugehistogram info stateset`, `unknown` for `untyped` | all, in any case, and `gauge_histogram` |
/// | blanks around the type word | error | error | skipped |
/// | timestamp | milliseconds, digits only | seconds, a float | milliseconds; sign, fraction and exponent allowed, fraction cut off |
/// | comma between labels | optional | required | optional; more than one allowed |
/// | quotes around a label value | required | required | optional |
/// | dots in a name without quotes | error | error | yes |
/// | raw line feed in a label value | data | error | data |
/// | exemplars, UNIT | error, a comment | yes | yes, a comment |
/// | anything else after the sample | error | error | skipped |
///
/// [`OpenMetrics2`](Self::OpenMetrics2) is `OpenMetrics` with these differences; [a
/// page](crate::docs::openmetrics2) has all rules:
///
/// | | `OpenMetrics` | `OpenMetrics2` |
/// |---|---|---|
/// | verdict of | Prometheus 3, OpenMetrics 1.0 | Prometheus 3.15 with the flag `openmetrics2` |
/// | a histogram, a summary | a line for each part | one line with a composite value, `{count:1,sum:2,quantile:[]}` |
/// | native histograms | none | in a composite value |
/// | names of a family's samples | the family's name and a suffix | the family's name |
/// | a TYPE speaks about | all samples up to the next TYPE | samples of its name, up to a line with another name |
/// | start timestamp | a line `x_created` | `st@1.5` after value and timestamp |
/// | exemplars | one, its timestamp optional | any number, each with a timestamp |
/// | a name in quotes | anywhere among the labels | first in the braces |
/// | unit | the end of the family's name | any |
///
/// All of them read quoted UTF-8 names, as Prometheus does whatever version a header names.
///
/// Where Prometheus itself would lose or corrupt data, all but `Lenient` differ from it on purpose. They skip
/// blanks before a bare name (Prometheus makes them part of the name), and treat NUL as an ordinary byte,
/// allowed inside quotes, help texts and comments (in Prometheus it can end the input silently).
///
/// # What `Lenient` takes
///
/// `Lenient` also reads text that Prometheus refuses or reads as something else. These readers take it:
///
/// | leniency | for example | taken by |
/// |---|---|---|
/// | [`CarriageReturn`](crate::LeniencyKind::CarriageReturn) | `up 1␍␊` | client_python, prometheus-parse, Vector, VictoriaMetrics |
/// | [`BareKeyword`](crate::LeniencyKind::BareKeyword) | `#TYPE up gauge` | expfmt, Vector (in Prometheus a comment) |
/// | [`TypeWord`](crate::LeniencyKind::TypeWord) | `# TYPE up GAUGE`, `# TYPE up gauge_histogram` | expfmt |
/// | | `# TYPE up info`, `stateset`, `unknown`, `gaugehistogram` | client_python, VictoriaMetrics |
/// | [`BlanksAroundType`](crate::LeniencyKind::BlanksAroundType) | `# TYPE up  gauge` | expfmt, Vector |
/// | | `# TYPE up gauge ` with a blank at the end | client_python, Vector |
/// | [`MissingType`](crate::LeniencyKind::MissingType) | `# TYPE up` | expfmt, prometheus-parse; the line has no effect |
/// | [`DottedName`](crate::LeniencyKind::DottedName) | `jvm.memory 1`, `up{k8s.pod="a"} 1` | VictoriaMetrics |
/// | [`StrayComma`](crate::LeniencyKind::StrayComma) | `up{,} 1` | client_python, prometheus-parse |
/// | | `up{,a="b"} 1`, `up{a="b",,c="d"} 1` | prometheus-parse |
/// | [`UnquotedValue`](crate::LeniencyKind::UnquotedValue) | `up{code=200} 1` | prometheus-parse |
/// | [`SignedNan`](crate::LeniencyKind::SignedNan) | `up +NaN`, `up -NaN` | client_python, prometheus-parse, VictoriaMetrics |
/// | [`Timestamp`](crate::LeniencyKind::Timestamp) | `up 1 -5` | client_python, expfmt, Vector, VictoriaMetrics |
/// | | `up 1 +5` | expfmt |
/// | | `up 1 5.5`, `up 1 5e3` | client_python, VictoriaMetrics |
/// | [`Exemplar`](crate::LeniencyKind::Exemplar) | `up{a="b"} 1 # {id="7"} 1` | Vector and VictoriaMetrics skip it; this crate reads it |
/// | [`Comment`](crate::LeniencyKind::Comment) | `up 1 # a comment` | Vector, VictoriaMetrics |
/// | [`Tail`](crate::LeniencyKind::Tail) | `up 1 2 3`, `up 1 x` | client_python, prometheus-parse, Vector |
///
/// expfmt is the parser of Go's client libraries, promtool and telegraf. These readers differ in what
/// they make of such text, and misread some of it; this crate reads what the writer most likely meant. A
/// timestamp is in milliseconds whatever its size, and one beyond `i64` is an error.
///
/// Nothing of this happens silently: [`Parser::note_leniencies`](crate::Parser::note_leniencies), which
/// the other readers have too, notes each place where it was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Dialect {
    /// The text format, versions 0.0.4 and 1.0.0, as Prometheus reads it.
    #[default]
    Text,
    /// OpenMetrics 1.0 text, as Prometheus reads it.
    OpenMetrics,
    /// OpenMetrics 2.0 text, as Prometheus reads it. Experimental: follows release candidate 0.
    OpenMetrics2,
    /// The text format, and what other readers accept though Prometheus does not; each such place is
    /// [noted](crate::Parser::note_leniencies).
    Lenient,
}
