//! Names of types, schemes and formats, written and read by `serde` as the text they are.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Format, FormatError, ScrapeProtocol};
use crate::model::metric_type::MetricType;
use crate::model::name::{EscapingScheme, ValidationScheme};

macro_rules! as_text {
    ($($name:ty: $example:literal, $read:expr;)*) => {$(
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
                $read(&text).map_err(de::Error::custom)
            }
        }
    )*};
}

as_text! {
    MetricType: "gaugehistogram", str::parse;
    ValidationScheme: "utf8", str::parse;
    EscapingScheme: "allow-utf-8", str::parse;
    ScrapeProtocol: "OpenMetricsText1.0.0", str::parse;
    Format: "text/plain; version=0.0.4; charset=utf-8", written_format;
}

/// Reads what a format was written as. Nobody writes OpenMetrics 2.0 who did not ask for it.
fn written_format(text: &str) -> Result<Format, FormatError> {
    Format::from_negotiated(Some(text), None, &[ScrapeProtocol::OpenMetricsText200])
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
        for protocol in ScrapeProtocol::ALL
            .into_iter()
            .chain([ScrapeProtocol::OpenMetricsText200])
        {
            there_and_back::<ScrapeProtocol>(protocol.name());
            there_and_back::<Format>(&Format::new(protocol).to_string());
        }
        let error = serde_json::from_str::<MetricType>("\"counters\"").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"counters\" is not a metric type")
        );
    }
}
