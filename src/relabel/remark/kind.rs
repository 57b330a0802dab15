//! What can be remarked: what each kind of remark is called, and what it means.

use std::fmt;

macro_rules! kinds {
    ($($kind:ident $id:literal $summary:literal;)+) => {
        /// What a remark is about. [The page about remarks](crate::docs::remarks) explains each kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum RemarkKind {
            $(
                #[doc = concat!("`", $id, "`: ", $summary, ".")]
                $kind,
            )+
        }

        impl RemarkKind {
            /// Every kind.
            pub const ALL: &'static [RemarkKind] = &[$(RemarkKind::$kind,)+];

            /// Returns a short name that stays the same from version to version: `no-such-group`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(RemarkKind::$kind => $id,)+
                }
            }

            /// Returns what is remarked, in a few words.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(RemarkKind::$kind => $summary,)+
                }
            }
        }
    };
}

kinds! {
    // A rule by itself.
    NoSuchGroup "no-such-group" "a template refers to a group that the regex does not have";
    LiteralDollar "literal-dollar" "`$$` before what looks like a reference, which makes it text";
    BackslashReference "backslash-reference" "a backslash before a group's number, which is text";
    PartOfValue "part-of-value" "a regex that seems meant for a part of the value";
    MatchesEverything "matches-everything" "keep or drop with a regex that matches everything";
    NoSourceLabel "no-source-label" "a regex for the value of no label";
    TooFewSeparators "too-few-separators" "a regex without the separator between the joined values";
    MappedToOneName "mapped-to-one-name" "labelmap from many names to one";
    // A rule among others, and where it is.
    UnreachableRule "unreachable-rule" "a rule after one that drops everything";
    RepeatedRule "repeated-rule" "a rule that is repeated and cannot do anything more";
    DiscoveryLabel "discovery-label" "a label of targets in a rule for samples";
    SampleLabel "sample-label" "a label of samples in a rule for targets";
    UnknownDiscoveryLabel "unknown-discovery-label" "a label that no discovery makes";
    LabelOfAnotherRole "label-of-another-role" "a label that discovery makes of other objects";
    MetadataNotAttached "metadata-not-attached" "a label of metadata that discovery does not attach";
    SeriesLabelRemoved "series-label-removed" "a rule that removes what tells series apart";
    AddressRemoved "address-removed" "a rule that removes the address of targets";
    // What a body shows.
    LimitExceeded "limit-exceeded" "a body that exceeds a limit";
    MergedSeries "merged-series" "samples that are lost after a rule made series equal";
    // The fields of a monitor.
    PortByNumber "port-by-number" "a port's number in place of its name";
    EveryPort "every-port" "an endpoint that scrapes every port";
    NoEndpoint "no-endpoint" "a monitor without endpoints";
    NotASize "not-a-size" "a size that Prometheus refuses";
    NotAnInterval "not-an-interval" "an interval that Prometheus refuses";
    TwoIdentities "two-identities" "two ways of authentication, which Prometheus refuses";
    NotAnAddress "not-an-address" "a target that is a URL";
}

impl fmt::Display for RemarkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
