//! Names of types, schemes and formats, written and read by `serde` as the text they are.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Format, ScrapeProtocol};
use crate::model::metric_type::MetricType;
use crate::model::name::{EscapingScheme, ValidationScheme};

macro_rules! as_text {
    ($($name:ty: $example:literal;)*) => {$(
        #[doc = concat!("As text, for example `", $example, "`. With the feature `serde`.")]
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[doc = concat!("From text, for example `", $example, "`. With the feature `serde`.")]
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

as_text! {
    MetricType: "gaugehistogram";
    ValidationScheme: "utf8";
    EscapingScheme: "allow-utf-8";
    ScrapeProtocol: "OpenMetricsText1.0.0";
    Format: "text/plain; version=0.0.4; charset=utf-8";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T>(text: &str)
    where
        T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
    {
        let json = serde_json::to_string(text).unwrap();
        let value: T = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }

    #[test]
    fn texts_come_back() {
        for text in ["counter", "gaugehistogram", "unknown"] {
            there_and_back::<MetricType>(text);
        }
        for text in ["utf8", "legacy"] {
            there_and_back::<ValidationScheme>(text);
        }
        for text in ["allow-utf-8", "dots"] {
            there_and_back::<EscapingScheme>(text);
        }
        for text in ["PrometheusText0.0.4", "PrometheusProto"] {
            there_and_back::<ScrapeProtocol>(text);
        }
        there_and_back::<Format>(&Format::default().to_string());
        let error = serde_json::from_str::<MetricType>("\"counters\"").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"counters\" is not a metric type")
        );
    }
}
