//! Gives stored samples the common view of samples.

use std::borrow::Cow;

use super::samples::{Stored, StoredSample};
use super::scrape_loop::LoopSample;
use crate::model::name::METRIC_NAME;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView};
use crate::relabel::LabelSet;
use crate::text::exemplar::Exemplar;

/// Access to the labels of a stored sample, in a label set or a list.
trait StoredLabels {
    fn named(&self) -> impl Iterator<Item = (&str, &str)>;
}

impl StoredLabels for LabelSet<'_> {
    fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter()
    }
}

impl StoredLabels for [(String, String)] {
    fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Its name is the label `__name__`, which is not among its labels. Types and exemplars are not stored.
macro_rules! view {
    ($stored:ty, $value:expr) => {
        impl SampleView for $stored {
            fn name<'s>(&'s self) -> Cow<'s, str> {
                let mut pairs = self.labels.named();
                let name = pairs.find(|(name, _)| *name == METRIC_NAME);
                Cow::Borrowed(name.map_or("", |(_, value)| value))
            }

            fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
                let labels = self.labels.named().filter(|(name, _)| *name != METRIC_NAME);
                labels.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
            }

            fn value(&self) -> SampleValue<'_> {
                let value: fn(&Self) -> SampleValue<'_> = $value;
                value(self)
            }

            fn timestamp(&self) -> Option<i64> {
                self.timestamp
            }

            fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
                std::iter::empty::<Exemplar<'s>>()
            }
        }
    };
}

view!(Stored<'_>, |stored| (&stored.value).into());
view!(StoredSample<'_, '_>, |stored| stored.value);
view!(LoopSample<'_>, |stored| stored.value);
