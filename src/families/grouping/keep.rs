//! Families that borrow, and families that own.

use std::borrow::Cow;

use crate::families::family::{LabelRun, MetricExemplar, MetricLabels};
use crate::text::shape::LabelShape;

/// What becomes of the texts of a line borrowed for `'l` in a family that lives for `'a`.
pub(super) trait Keep<'l, 'a> {
    fn text(text: Cow<'l, str>) -> Cow<'a, str>;
    fn labels(labels: MetricLabels<'l>) -> MetricLabels<'a>;
    /// Sets `labels` to those that are in `text` where `shapes` says.
    fn put_labels(labels: &mut MetricLabels<'a>, text: &'l str, shapes: &[LabelShape]);
    fn run(run: LabelRun<'l>) -> MetricLabels<'a>;
    fn exemplar(exemplar: MetricExemplar<'l>) -> MetricExemplar<'a>;
}

/// Lines of a slice: families borrow what lines borrow.
pub(super) enum Borrow {}

impl<'a> Keep<'a, 'a> for Borrow {
    fn text(text: Cow<'a, str>) -> Cow<'a, str> {
        text
    }

    #[inline]
    fn labels(labels: MetricLabels<'a>) -> MetricLabels<'a> {
        labels
    }

    #[inline(always)]
    fn put_labels(labels: &mut MetricLabels<'a>, text: &'a str, shapes: &[LabelShape]) {
        *labels = MetricLabels::from_line(text, shapes);
    }

    #[inline(always)]
    fn run(run: LabelRun<'a>) -> MetricLabels<'a> {
        MetricLabels::from_run(run)
    }

    fn exemplar(exemplar: MetricExemplar<'a>) -> MetricExemplar<'a> {
        exemplar
    }
}

/// Lines of a buffer that is reused: families own their texts.
pub(super) enum Own {}

impl<'l> Keep<'l, 'static> for Own {
    fn text(text: Cow<'l, str>) -> Cow<'static, str> {
        Cow::Owned(text.into_owned())
    }

    fn labels(labels: MetricLabels<'l>) -> MetricLabels<'static> {
        labels.into_owned()
    }

    fn put_labels(labels: &mut MetricLabels<'static>, text: &'l str, shapes: &[LabelShape]) {
        *labels = MetricLabels::from_line(text, shapes).into_owned();
    }

    fn run(run: LabelRun<'l>) -> MetricLabels<'static> {
        MetricLabels::copy_of_run(run)
    }

    fn exemplar(exemplar: MetricExemplar<'l>) -> MetricExemplar<'static> {
        exemplar.into_owned()
    }
}
