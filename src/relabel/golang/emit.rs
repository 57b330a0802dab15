//! Writes an [`Ast`] in Rust's syntax, and compiles it.

use std::{fmt::Write, thread};

use regex::{Regex, RegexBuilder};

use super::{
    RegexError,
    ast::{Ast, Kind, Repeat},
};

/// The most memory of a compiled pattern; Go's own budget is about the same.
const SIZE_LIMIT: usize = 128 << 20;

/// The engine's compiler recurses for every level of nesting. Patterns deeper than this get a thread with its
/// own stack.
const SHALLOW: u32 = 40;
/// Enough for the deepest pattern Go accepts, in a build without optimization.
const DEEP_STACK: usize = 64 << 20;

/// Compiles `ast` for the engine. Only the groups in `slots`, which is sorted, capture.
pub(in super::super) fn engine(ast: &Ast, slots: &[usize]) -> Result<Regex, RegexError> {
    let mut text = String::new();
    emit(ast, slots, &mut text);
    let refuse = |cause: &dyn std::fmt::Display| RegexError::Engine {
        cause: cause.to_string(),
    };
    if ast.height <= SHALLOW {
        return compile(&text).map_err(|error| refuse(&error));
    }
    let thread = thread::Builder::new().stack_size(DEEP_STACK);
    match thread
        .spawn(move || compile(&text))
        .map(thread::JoinHandle::join)
    {
        Ok(Ok(regex)) => regex.map_err(|error| refuse(&error)),
        Ok(Err(_)) => Err(refuse(&"it is nested too deeply")),
        Err(error) => Err(refuse(&error)),
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .size_limit(SIZE_LIMIT)
        .nest_limit(u32::MAX)
        .build()
}

fn emit(ast: &Ast, slots: &[usize], out: &mut String) {
    match &ast.kind {
        Kind::Empty => out.push_str("(?:)"),
        Kind::Literal { text, fold: false } => text.chars().for_each(|c| emit_char(c, out)),
        Kind::Literal { text, fold: true } => {
            out.push_str("(?i:");
            text.chars().for_each(|c| emit_char(c, out));
            out.push(')');
        }
        Kind::Class(class) => class.emit(out),
        Kind::Any => out.push_str("(?s:.)"),
        Kind::AnyButLineFeed => out.push_str("[^\\n]"),
        Kind::BeginText => out.push_str("\\A"),
        Kind::EndText => out.push_str("\\z"),
        Kind::BeginLine => out.push_str("(?m:^)"),
        Kind::EndLine => out.push_str("(?m:$)"),
        Kind::WordBoundary => out.push_str("(?-u:\\b)"),
        Kind::NoWordBoundary => out.push_str("(?-u:\\B)"),
        Kind::Capture(group, sub) if slots.binary_search(group).is_ok() => {
            out.push('(');
            emit(sub, slots, out);
            out.push(')');
        }
        // A group that nothing refers to need not capture.
        Kind::Capture(_, sub) => {
            out.push_str("(?:");
            emit(sub, slots, out);
            out.push(')');
        }
        Kind::Repeat(repeat, sub) => {
            out.push_str("(?:");
            emit(sub, slots, out);
            out.push(')');
            emit_repeat(*repeat, out);
        }
        Kind::Concat(subs) => subs.iter().for_each(|sub| {
            if matches!(sub.kind, Kind::Alternate(_)) {
                out.push_str("(?:");
                emit(sub, slots, out);
                out.push(')');
            } else {
                emit(sub, slots, out);
            }
        }),
        Kind::Alternate(subs) => {
            for (index, sub) in subs.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                emit(sub, slots, out);
            }
        }
    }
}

fn emit_char(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        let _ = write!(out, "\\x{{{:X}}}", c as u32);
    }
}

fn emit_repeat(repeat: Repeat, out: &mut String) {
    let _ = match (repeat.min, repeat.max) {
        (0, None) => write!(out, "*"),
        (1, None) => write!(out, "+"),
        (0, Some(1)) => write!(out, "?"),
        (min, None) => write!(out, "{{{min},}}"),
        (min, Some(max)) => write!(out, "{{{min},{max}}}"),
    };
    if !repeat.greedy {
        out.push('?');
    }
}
