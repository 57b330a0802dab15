//! Checks what the API server refuses although every value has its field's type (spec A6-A10).

use super::{rejection::Found, rule};
use crate::operator::settings::ScrapeSettings;

/// Applies the rules for all kinds of resources.
pub(super) fn resource(name: &str, settings: &ScrapeSettings, found: &mut Found) {
    if !is_subdomain(name) {
        let reason = format!(
            "{name:?} cannot be the name of an object: expected lower-case letters, digits, `-` and \
             `.`, a letter or digit at both ends of each part, 253 characters at most"
        );
        found.add(&rule::OBJECT_NAME, "metadata.name", reason);
    }
    if settings.scrape_class.as_deref() == Some("") {
        let reason = "empty: leave it out where no scrape class is meant";
        found.add(&rule::LENGTH, "spec.scrapeClass", reason);
    }
    let protocols = &settings.scrape_protocols;
    let repeated = (protocols.iter().enumerate())
        .find(|(index, protocol)| protocols.iter().take(*index).any(|p| p == *protocol));
    if let Some((_, protocol)) = repeated {
        let reason = format!("`{}` stands twice", protocol.name());
        found.add(&rule::DUPLICATE, "spec.scrapeProtocols", reason);
    }
}

pub(super) fn port_number(number: Option<i32>, place: &str, found: &mut Found) {
    if let Some(number) = number.filter(|number| !(1..=65_535).contains(number)) {
        let reason = format!("{number} is not the number of a port: expected 1 to 65535");
        found.add(&rule::RANGE, format!("{place}.portNumber"), reason);
    }
}

/// Tells whether a text is a lower-case RFC 1123 subdomain.
pub(super) fn is_subdomain(text: &str) -> bool {
    let is_word = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(is_word)
            && bytes.last().is_some_and(is_word)
            && bytes.iter().all(|b| is_word(b) || *b == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_objects() {
        let long = "a".repeat(253);
        for name in ["a", "0", "app-1.web", "a--b", &long] {
            assert!(is_subdomain(name), "{name}");
        }
        let long = "a".repeat(254);
        for name in [
            "", "My_App", "app.", ".app", "a..b", "-a", "a-", "a.-b", "é", "a b", &long,
        ] {
            assert!(!is_subdomain(name), "{name}");
        }
    }
}
