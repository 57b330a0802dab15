//! The family that the last TYPE line names, and from it the type of a sample's own family.

use std::borrow::Cow;

use crate::bytes::scan;
use crate::bytes::work;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, Suffixes};
use crate::number::decode::{self, Escapes};

/// The family that the last TYPE line names. Kept with each sample, and only looked at when the sample's
/// type is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declared<'a> {
    /// The name as written; `None` before the first TYPE line, or if the last one was skipped.
    name: Option<&'a [u8]>,
}

impl<'a> Declared<'a> {
    pub(crate) const NONE: Declared<'static> = Declared { name: None };

    #[inline(always)]
    pub(crate) fn new(raw_name: Option<&'a [u8]>) -> Self {
        Declared { name: raw_name }
    }

    /// Returns the type of the family that a sample named `raw_name` belongs to, if that is the family
    /// named here, which is of type `kind` and whose samples have the suffixes `suffixes`.
    pub(crate) fn type_of(
        self,
        raw_name: &[u8],
        kind: MetricType,
        suffixes: Suffixes,
    ) -> MetricType {
        match self.family_in(raw_name, kind, suffixes) {
            Some(_) => kind,
            None => MetricType::Unknown,
        }
    }

    /// Returns how many bytes of `raw_name` are the family's name, if it names a sample of the family
    /// named here.
    pub(crate) fn family_in(
        self,
        raw_name: &[u8],
        kind: MetricType,
        suffixes: Suffixes,
    ) -> Option<usize> {
        let family = self.name?;
        let after = match raw_name.strip_prefix(family) {
            Some(after) => std::str::from_utf8(after).ok().map(Cow::Borrowed),
            None => after_escapes(raw_name, family),
        };
        let after = after?;
        let belongs = after.is_empty()
            || Suffix::parse(&after).is_some_and(|suffix| suffixes.of(kind).has(suffix));
        // No suffix needs escapes: it is written as it is.
        let family = raw_name.len().checked_sub(after.len())?;
        belongs.then_some(family)
    }
}

/// Returns what follows the family's name in a sample's name, if the two match once their escapes are
/// undone.
fn after_escapes(raw_name: &[u8], family: &[u8]) -> Option<Cow<'static, str>> {
    // An escape is two bytes for one. Do not scan a long name for every short one.
    if raw_name.len() < family.len() / 2
        || !(scan::has_backslash(raw_name) || scan::has_backslash(family))
    {
        return None;
    }
    work::on(raw_name.len() + family.len());
    let text = |raw| {
        Some(decode::unescape(
            std::str::from_utf8(raw).ok()?,
            Escapes::Quoted,
        ))
    };
    let (name, family) = (text(raw_name)?, text(family)?);
    let after = name.strip_prefix(family.as_ref())?;
    Some(Cow::Owned(after.to_owned()))
}

/// Names are seldom longer than this, in bytes.
const USUAL_NAME: usize = 128;

/// The name in the last TYPE line, kept when the line's text is gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastType(Option<Vec<u8>>);

impl LastType {
    pub(crate) fn set(&mut self, raw_name: &[u8]) {
        work::on(raw_name.len());
        let name = (self.0).get_or_insert_with(|| Vec::with_capacity(USUAL_NAME));
        name.clear();
        name.extend_from_slice(raw_name);
    }

    /// Forgets the name: a TYPE line was skipped.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }

    #[inline(always)]
    pub(crate) fn declared(&self) -> Declared<'_> {
        Declared::new(self.0.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    #[track_caller]
    fn is_of(family: &str, kind: MetricType, dialect: Dialect, names: &[(&str, bool)]) {
        let declared = Declared::new(Some(family.as_bytes()));
        let suffixes = dialect.syntax().suffixes;
        for (name, belongs) in names {
            let expected = if *belongs { kind } else { MetricType::Unknown };
            let found = declared.type_of(name.as_bytes(), kind, suffixes);
            assert_eq!(found, expected, "{name} of {kind} {family}");
        }
    }

    #[test]
    fn names_of_a_family() {
        use Dialect::{Lenient, OpenMetrics, Text};
        use MetricType::{Counter, Gauge, GaugeHistogram, Histogram, Info, StateSet, Summary};
        let parts = |names: [bool; 9]| -> Vec<(&'static str, bool)> {
            let all = [
                "a",
                "a_bucket",
                "a_sum",
                "a_count",
                "a_total",
                "a_created",
                "a_gsum",
                "a_gcount",
                "a_info",
            ];
            all.into_iter().zip(names).collect()
        };
        let (y, n) = (true, false);
        for dialect in [Text, Lenient] {
            is_of("a", Counter, dialect, &parts([y, n, n, n, n, n, n, n, n]));
            is_of("a", Gauge, dialect, &parts([y, n, n, n, n, n, n, n, n]));
            is_of("a", Histogram, dialect, &parts([y, y, y, y, n, n, n, n, n]));
            is_of("a", Summary, dialect, &parts([y, n, y, y, n, n, n, n, n]));
        }
        is_of(
            "a",
            Counter,
            OpenMetrics,
            &parts([y, n, n, n, y, y, n, n, n]),
        );
        is_of("a", Gauge, OpenMetrics, &parts([y, n, n, n, n, n, n, n, n]));
        is_of(
            "a",
            Histogram,
            OpenMetrics,
            &parts([y, y, y, y, n, y, n, n, n]),
        );
        is_of(
            "a",
            Summary,
            OpenMetrics,
            &parts([y, n, y, y, n, y, n, n, n]),
        );
        is_of(
            "a",
            GaugeHistogram,
            OpenMetrics,
            &parts([y, y, y, y, n, n, y, y, n]),
        );
        is_of("a", Info, OpenMetrics, &parts([y, n, n, n, n, n, n, n, y]));
        is_of(
            "a",
            StateSet,
            OpenMetrics,
            &parts([y, n, n, n, n, n, n, n, n]),
        );
        is_of(
            "ab",
            Histogram,
            OpenMetrics,
            &[
                ("a", n),
                ("abc", n),
                ("ab_", n),
                ("ab_sum_sum", n),
                ("_sum", n),
                ("", n),
                ("b", n),
            ],
        );
    }

    #[test]
    fn names_with_escapes() {
        let names = [
            (r#"a\"b"#, true),
            (r#"a\"b_sum"#, true),
            (r#"a\"b\_sum"#, false),
            (r#"a\\"b_sum"#, false),
        ];
        is_of(r#"a\"b"#, MetricType::Histogram, Dialect::Text, &names);
        // An invalid escape stays as it is.
        let names = [
            (r"a\\b", true),
            (r"a\b", true),
            (r"a\\b_sum", true),
            (r"a\b_sum", true),
        ];
        is_of(r"a\b", MetricType::Histogram, Dialect::Text, &names);
        is_of(r"a\\b", MetricType::Histogram, Dialect::Text, &names);
        // A line feed can also be written as it is.
        let names = [("a\\nb", true), ("a\nb_sum", true), ("a\nc", false)];
        is_of("a\\nb", MetricType::Histogram, Dialect::Text, &names);
        is_of("a\nb", MetricType::Histogram, Dialect::Text, &names[1..]);
        assert_eq!(
            Declared::NONE.type_of(b"a", MetricType::Gauge, Suffixes::Text),
            MetricType::Unknown
        );
    }
}
