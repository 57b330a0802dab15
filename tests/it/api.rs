//! What users expect of any type.

use std::iter::FusedIterator;

use exposition::{
    CollectedFamilies, Dialect, EncodeError, Error, Families, FamilyChunks, FamilyReader, Filter,
    Format, FormatError, Label, LabelIter, Labels, MergeError, Metric, MetricFamily,
    MetricLabelIter, MetricLabels, MetricType, NativeBuckets, NativeHistogram,
    NativeHistogramError, Parser, Reader, Sample, ScrapeCache, ScrapeProtocol, lint, strict,
};

fn fused<T: FusedIterator>() {}
fn exact<T: ExactSizeIterator>() {}
fn value<T: Clone + PartialEq + std::fmt::Debug>() {}
fn clone<T: Clone + std::fmt::Debug>() {}
fn shared<T: Send + Sync>() {}

#[test]
fn iterators_say_what_they_are() {
    fused::<Parser<'_>>();
    fused::<Families<'_>>();
    fused::<LabelIter<'_>>();
    fused::<MetricLabelIter<'_>>();
    fused::<strict::Violations<'_>>();
    exact::<LabelIter<'_>>();
    exact::<MetricLabelIter<'_>>();
    fused::<NativeBuckets<'_>>();
    exact::<NativeBuckets<'_>>();
}

#[test]
fn values_are_kept_compared_and_shared() {
    value::<Error>();
    value::<EncodeError>();
    value::<FormatError>();
    value::<MergeError>();
    value::<strict::Violation>();
    value::<lint::Finding>();
    value::<lint::Allow>();
    value::<lint::promtool::Problem>();
    value::<Label<'_>>();
    value::<Labels<'_>>();
    value::<MetricLabels<'_>>();
    value::<MetricFamily<'_>>();
    value::<Metric<'_>>();
    value::<Format>();
    value::<NativeHistogram>();
    value::<NativeHistogramError>();
    clone::<Sample<'_>>();
    clone::<Filter>();
    shared::<Error>();
    shared::<NativeHistogram>();
    shared::<Sample<'_>>();
    shared::<MetricFamily<'_>>();
    shared::<CollectedFamilies<'_>>();
    shared::<Parser<'_>>();
    shared::<Reader<&[u8]>>();
    shared::<FamilyReader<&[u8]>>();
    shared::<FamilyChunks>();
    shared::<ScrapeCache>();
    shared::<exposition::stats::Stats>();
    value::<exposition::stats::Count>();
    value::<exposition::diff::Diff>();
    value::<exposition::diff::Change>();
}

#[test]
fn words_are_read_as_they_are_written() {
    for word in [
        "counter",
        "gauge",
        "histogram",
        "gaugehistogram",
        "summary",
        "info",
        "stateset",
        "unknown",
    ] {
        let metric_type: MetricType = word.parse().unwrap();
        assert_eq!(metric_type.to_string(), word);
    }
    assert_eq!("untyped".parse(), Ok(MetricType::Unknown));
    assert_eq!(
        "Gauge".parse::<MetricType>().unwrap_err().to_string(),
        "\"Gauge\" is not a metric type"
    );
    for protocol in [
        "PrometheusText0.0.4",
        "PrometheusText1.0.0",
        "OpenMetricsText1.0.0",
        "PrometheusProto",
    ] {
        assert_eq!(
            protocol.parse::<ScrapeProtocol>().unwrap().to_string(),
            protocol
        );
    }
}

/// Bytes, text and owned forms of both are read alike.
#[test]
fn bodies_of_any_kind() {
    let text = "up 1\n";
    let owned = text.to_owned();
    let bytes = owned.clone().into_bytes();
    assert_eq!(Parser::text(text).count(), 1);
    assert_eq!(Parser::text(&owned).count(), 1);
    assert_eq!(Parser::text(&bytes).count(), 1);
    assert_eq!(Parser::text(b"up 1\n").count(), 1);
    assert_eq!(Parser::new(bytes.as_slice(), Dialect::Text).count(), 1);
    assert_eq!(exposition::families(text).count(), 1);
    assert_eq!(exposition::families(&bytes).count(), 1);
    assert_eq!(strict::check("# EOF\n").count(), 0);
}

#[cfg(feature = "relabel")]
mod relabel {
    use exposition::ValidationScheme;
    use exposition::relabel::{Action, LabelSet, LabelSetIter, Rule, RuleConfig, Rules};
    use exposition::scrape::{SampleConfig, ScrapeLoop, Target, TargetConfig};

    #[test]
    fn rules_and_configurations_are_kept_and_shared() {
        super::exact::<LabelSetIter<'_, '_>>();
        super::fused::<LabelSetIter<'_, '_>>();
        super::clone::<Rule>();
        super::clone::<Rules>();
        super::clone::<SampleConfig>();
        super::clone::<TargetConfig>();
        super::clone::<Target>();
        super::shared::<Rules>();
        super::shared::<ScrapeLoop>();
    }

    #[test]
    fn collections_are_gone_through() {
        let keep = RuleConfig::new()
            .source_labels(["job"])
            .regex("(a)(.*)")
            .action(Action::Keep);
        let rules = Rules::new([keep], ValidationScheme::Utf8).unwrap();
        assert_eq!((&rules).into_iter().count(), 1);
        let clone = rules.clone();
        drop(rules);
        let mut labels: LabelSet = [("job", "ab"), ("az", "x")].into_iter().collect();
        assert!(clone.apply(&mut labels));
        assert_eq!((&labels).into_iter().len(), 2);
        assert!((&labels).into_iter().eq([("az", "x"), ("job", "ab")]));
        labels.set("b", "1");
        assert!(
            (&labels)
                .into_iter()
                .eq([("az", "x"), ("b", "1"), ("job", "ab")])
        );
        for rule in &clone {
            assert_eq!(rule.clone().config(), rule.config());
        }
    }

    /// An agent keeps a loop for each of its targets, all with one configuration.
    #[test]
    fn loops_are_kept_in_a_map() {
        use std::collections::HashMap;
        use std::sync::Arc;

        let config = Arc::new(SampleConfig::new());
        let mut loops = HashMap::new();
        for address in ["a:1", "b:2"] {
            let discovery = TargetConfig::new("mesh");
            let target = discovery.discover([("__address__", address)]).unwrap();
            let target = target.into_target().unwrap();
            loops.insert(
                target.url().to_owned(),
                ScrapeLoop::new(config.clone(), target),
            );
        }
        for (url, scrapes) in &mut loops {
            assert_eq!(scrapes.target().url(), url);
            let mut scrape = scrapes.scrape(Some("text/plain"), b"up 1\n");
            assert!(scrape.next_sample().is_some());
            assert!(scrape.report().up());
        }
    }
}

#[cfg(feature = "operator")]
#[test]
fn tests_of_rules_are_kept_and_shared() {
    use exposition::testing::rules::{Case, Results, RuleTestError, RuleTests};

    value::<Results>();
    value::<Case>();
    shared::<RuleTests>();
    shared::<RuleTestError>();
}
