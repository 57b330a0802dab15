//! Reads Kubernetes' text form of label selectors.

use std::str::FromStr;

use super::selector::{LabelSelector, Operator, Requirement};

/// The error for a text that is not a [`LabelSelector`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid requirement {requirement:?} in a label selector: expected k, !k, k=v, k!=v, k in (v,…), k notin (v,…), k>n or k<n"
)]
pub struct SelectorError {
    requirement: String,
}

/// Reads Kubernetes' text form, the reverse of `Display`. It accepts `==` and `!=` too.
impl FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut selector = LabelSelector::default();
        let mut rest = text.trim();
        while !rest.is_empty() {
            // A comma between parentheses is part of a list of values.
            let list = rest
                .find('(')
                .filter(|open| rest.find(',').is_none_or(|comma| *open < comma));
            let from = list.and_then(|open| rest.get(open..)?.find(')').map(|close| open + close));
            let tail = rest.get(from.unwrap_or(0)..).unwrap_or_default();
            let end = tail
                .find(',')
                .map_or(rest.len(), |comma| from.unwrap_or(0) + comma);
            let (requirement, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            read_requirement(requirement.trim(), &mut selector)?;
            rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        }
        Ok(selector)
    }
}

fn read_requirement(text: &str, selector: &mut LabelSelector) -> Result<(), SelectorError> {
    let invalid = || SelectorError {
        requirement: text.to_owned(),
    };
    let key = |key: &str| {
        let key = key.trim();
        let odd = |c: char| c.is_whitespace() || "()!=,<>".contains(c);
        (!key.is_empty() && !key.contains(odd))
            .then(|| key.to_owned())
            .ok_or_else(invalid)
    };
    let whole = |number: &str| match number.trim().parse::<i64>() {
        Ok(_) => Ok(number.trim().to_owned()),
        Err(_) => Err(invalid()),
    };
    let (name, operator, values) = if let Some(name) = text.strip_prefix('!') {
        (key(name)?, Operator::DoesNotExist, Vec::new())
    } else if let Some((head, list)) = text.split_once('(') {
        let values = list.strip_suffix(')').ok_or_else(invalid)?;
        let values = values
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        match head.trim_end().rsplit_once(char::is_whitespace) {
            Some((name, "in")) => (key(name)?, Operator::In, values),
            Some((name, "notin")) => (key(name)?, Operator::NotIn, values),
            _ => return Err(invalid()),
        }
    } else if let Some((name, value)) = text.split_once("!=") {
        (key(name)?, Operator::NotIn, vec![value.trim().to_owned()])
    } else if let Some((name, value)) = text.split_once('=') {
        let value = value.strip_prefix('=').unwrap_or(value).trim();
        // Two values may be required of the same label; no object has both.
        let name = key(name)?;
        match selector.match_labels.contains_key(&name) {
            true => (name, Operator::In, vec![value.to_owned()]),
            false => {
                selector.match_labels.insert(name, value.to_owned());
                return Ok(());
            }
        }
    } else if let Some((name, number)) = text.split_once('>') {
        (key(name)?, Operator::Gt, vec![whole(number)?])
    } else if let Some((name, number)) = text.split_once('<') {
        (key(name)?, Operator::Lt, vec![whole(number)?])
    } else {
        (key(text)?, Operator::Exists, Vec::new())
    };
    selector.match_expressions.push(Requirement {
        key: name,
        operator,
        values,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read() {
        for text in [
            "",
            "a=b",
            "a=",
            "a in (b,c),!d,e,f notin (g)",
            "app.kubernetes.io/name=x",
            "a>5,b<-3",
        ] {
            let selector: LabelSelector = text.parse().unwrap();
            assert_eq!(selector.to_string(), text);
        }
        let loose: LabelSelector = " a == b , c != d ,e in ( x , y ) ".parse().unwrap();
        assert_eq!(loose.to_string(), "a=b,c notin (d),e in (x,y)");
        let apart: LabelSelector = "a > 5, b < 7".parse().unwrap();
        assert_eq!(apart.to_string(), "a>5,b<7");
        let twice: LabelSelector = "a=b,a=c".parse().unwrap();
        assert_eq!(twice.to_string(), "a=b,a in (c)");
        for text in [
            "a b",
            "=a",
            "a in b",
            "a in (b",
            "a like (b)",
            "!",
            "(a)",
            "a,(b)",
            "a>b",
            "a>",
            ">1",
            "a>=1",
            "a<1<2",
        ] {
            assert!(text.parse::<LabelSelector>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_compared() {
        for (text, value, expected) in [
            ("k>5", Some("6"), true),
            ("k>5", Some("5"), false),
            ("k>5", Some("x"), false),
            ("k>5", None, false),
            ("k<5", Some("-6"), true),
            ("k<5", Some("5"), false),
            ("k<5", Some(""), false),
        ] {
            let selector: LabelSelector = text.parse().unwrap();
            assert_eq!(selector.matches_by(|_| value), expected, "{text} {value:?}");
        }
    }
}
