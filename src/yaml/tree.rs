//! Builds a tree of nodes from tokens.

use std::{cell::Cell, collections::HashMap};

use super::{
    YamlError,
    cursor::{Mark, is_allowed, is_break},
    scan::Scanner,
    token::Token,
};

/// A node by its place in the [`Document`].
pub(super) type Id = usize;

/// A part of a text, before anything is known about types.
pub(super) struct Node {
    pub(super) mark: Mark,
    /// A tag in full: `tag:yaml.org,2002:int`, `!local`, `!`.
    pub(super) tag: Option<Box<str>>,
    pub(super) value: Value,
}

pub(super) enum Value {
    Scalar {
        text: String,
        /// Whether it is without quotes and not in a block, so that it may be more than text.
        plain: bool,
    },
    List(Vec<Id>),
    Map(Vec<(Id, Id)>),
    Alias(String),
}

/// One document of a text.
#[derive(Default)]
pub(super) struct Document {
    nodes: Vec<Node>,
    root: Id,
    anchors: HashMap<String, Id>,
    /// How much aliases have expanded to so far.
    pub(super) aliased: Cell<usize>,
}

impl Document {
    pub(super) fn root(&self) -> Id {
        self.root
    }

    pub(super) fn get(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// Returns the node of an alias: of several anchors with its name, the last, as in Go.
    pub(super) fn anchor(&self, name: &str) -> Option<Id> {
        self.anchors.get(name).copied()
    }
}

/// How a document begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// With its content.
    Implicit,
    /// With `---`.
    Explicit,
    /// There is no document.
    Never,
}

const YAML_TAGS: &str = "tag:yaml.org,2002:";

/// Reads the documents of a text one by one.
pub(super) struct Reader<'t> {
    scanner: Scanner<'t>,
    document: Document,
    handles: Vec<(String, String)>,
    has_begun: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, json_escapes: bool) -> Result<Self, YamlError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut mark = Mark::default();
        for c in text.chars() {
            if !is_allowed(c) {
                let code = u32::from(c);
                let message = format_args!(
                    "the control character U+{code:04X} is not allowed: write it as an escape in double quotes"
                );
                return Err(YamlError::at(message, mark));
            }
            if is_break(c) {
                mark.line += 1;
                mark.column = 0;
            } else {
                mark.column += 1;
            }
        }
        if text.starts_with('\u{FEFF}') {
            return Err(YamlError::at("a second byte order mark", Mark::default()));
        }
        Ok(Reader {
            scanner: Scanner::new(text, json_escapes),
            document: Document::default(),
            handles: Vec::new(),
            has_begun: false,
        })
    }

    /// Reads the first document, where others may follow.
    pub(super) fn first(mut self) -> Result<Option<Document>, YamlError> {
        let document = self.next()?;
        if document.is_some() {
            // What follows is not read, but must begin as a document.
            self.start()?;
        }
        Ok(document)
    }

    /// Reads the next document.
    pub(super) fn next(&mut self) -> Result<Option<Document>, YamlError> {
        self.document = Document::default();
        let root = match self.start()? {
            Start::Never => return Ok(None),
            Start::Implicit => self.node(true, false)?,
            Start::Explicit => {
                let (token, mark) = self.scanner.peek()?;
                match token {
                    Token::Version(..)
                    | Token::Handle(..)
                    | Token::DocumentStart
                    | Token::DocumentEnd
                    | Token::End => self.empty(mark),
                    _ => self.node(true, false)?,
                }
            }
        };
        if self.at(&Token::DocumentEnd)? {
            self.scanner.take();
        }
        self.document.root = root;
        let document = std::mem::take(&mut self.document);
        for node in &document.nodes {
            if let Value::Alias(name) = &node.value
                && document.anchor(name).is_none()
            {
                let message = format_args!("no anchor `&{name}` for this alias");
                return Err(YamlError::at(message, node.mark));
            }
        }
        Ok(Some(document))
    }

    fn at(&mut self, wanted: &Token) -> Result<bool, YamlError> {
        Ok(self.scanner.peek()?.0 == wanted)
    }

    /// Tells whether one of several tokens comes next.
    fn at_any(&mut self, wanted: &[Token]) -> Result<bool, YamlError> {
        let (token, _) = self.scanner.peek()?;
        Ok(wanted.contains(token))
    }

    fn start(&mut self) -> Result<Start, YamlError> {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        while !is_first && self.at(&Token::DocumentEnd)? {
            self.scanner.take();
        }
        if self.at(&Token::End)? {
            return Ok(Start::Never);
        }
        self.handles.clear();
        let mut is_explicit = false;
        let mut has_version = false;
        loop {
            let (token, mark) = self.scanner.peek()?;
            match token {
                Token::Version(major, minor) => {
                    if (*major, *minor) != (1, 1) {
                        return Err(YamlError::at("only YAML 1.1 is read", mark));
                    }
                    if std::mem::replace(&mut has_version, true) {
                        return Err(YamlError::at("a second `%YAML`", mark));
                    }
                }
                Token::Handle(handle, prefix) => {
                    if self.handles.iter().any(|(other, _)| other == handle) {
                        return Err(YamlError::at("a second `%TAG` for a handle", mark));
                    }
                    self.handles.push((handle.clone(), prefix.clone()));
                }
                Token::DocumentStart => {
                    self.scanner.take();
                    return Ok(Start::Explicit);
                }
                _ if is_first && !is_explicit => return Ok(Start::Implicit),
                _ => {
                    let message = "expected the end of the text, or `---` before another document";
                    return Err(YamlError::at(message, mark));
                }
            }
            is_explicit = true;
            self.scanner.take();
        }
    }

    fn add(&mut self, mark: Mark, tag: Option<Box<str>>, value: Value) -> Id {
        let document = &mut self.document;
        document.nodes.push(Node { mark, tag, value });
        document.nodes.len() - 1
    }

    /// Adds the node of an empty value.
    fn empty(&mut self, mark: Mark) -> Id {
        let value = Value::Scalar {
            text: String::new(),
            plain: true,
        };
        self.add(mark, None, value)
    }

    /// Reads a node, or adds an empty one before one of the tokens that may follow it.
    fn node_unless(
        &mut self,
        follow: &[Token],
        block: bool,
        unindented: bool,
    ) -> Result<Id, YamlError> {
        if self.at_any(follow)? {
            let mark = self.scanner.peek()?.1;
            return Ok(self.empty(mark));
        }
        self.node(block, unindented)
    }

    /// Reads a node. In a block's map, a list need not be indented.
    fn node(&mut self, block: bool, unindented: bool) -> Result<Id, YamlError> {
        let start = self.scanner.peek()?.1;
        let (mut anchor, mut tag) = (None, None);
        loop {
            match self.scanner.peek()?.0 {
                Token::Anchor(_) if anchor.is_none() => {
                    if let Some(Token::Anchor(name)) = self.scanner.take() {
                        anchor = Some(name);
                    }
                }
                Token::Tag(..) if tag.is_none() => {
                    if let Some(Token::Tag(handle, rest)) = self.scanner.take() {
                        tag = Some(self.tag(&handle, &rest, start)?);
                    }
                }
                _ => break,
            }
        }
        let is_plain_node = anchor.is_none() && tag.is_none();
        let (token, mark) = self.scanner.peek()?;
        let start = if is_plain_node { mark } else { start };
        let unexpected = match token {
            Token::Alias(_) | Token::Scalar { .. } => None,
            Token::Item if unindented => None,
            Token::ListStart | Token::MapStart => None,
            Token::BlockListStart | Token::BlockMapStart if block => None,
            _ if !is_plain_node => {
                let value = Value::Scalar {
                    text: String::new(),
                    plain: true,
                };
                return Ok(self.finish(anchor, tag, start, value));
            }
            other => Some(unexpected(other)),
        };
        if let Some(message) = unexpected {
            return Err(YamlError::at(message, mark));
        }
        // An anchor has its node from the start, so that the node's parts may refer to it.
        let id = self.finish(anchor, tag, start, Value::List(Vec::new()));
        let value = match self.scanner.peek()?.0 {
            Token::Item => Value::List(self.unindented_list()?),
            _ => match self.scanner.take() {
                Some(Token::Alias(_)) if !is_plain_node => {
                    let message = "an alias has neither an anchor nor a tag of its own";
                    return Err(YamlError::at(message, start));
                }
                Some(Token::Alias(name)) => Value::Alias(name),
                Some(Token::Scalar { text, plain }) => Value::Scalar { text, plain },
                Some(Token::ListStart) => Value::List(self.list()?),
                Some(Token::MapStart) => Value::Map(self.map()?),
                Some(Token::BlockListStart) => Value::List(self.block_list()?),
                _ => Value::Map(self.block_map()?),
            },
        };
        if let Some(node) = self.document.nodes.get_mut(id) {
            node.value = value;
        }
        Ok(id)
    }

    fn finish(
        &mut self,
        anchor: Option<String>,
        tag: Option<Box<str>>,
        mark: Mark,
        value: Value,
    ) -> Id {
        let id = self.add(mark, tag, value);
        if let Some(name) = anchor {
            self.document.anchors.insert(name, id);
        }
        id
    }

    /// Returns a tag in full.
    fn tag(&self, handle: &str, rest: &str, mark: Mark) -> Result<Box<str>, YamlError> {
        let own = self.handles.iter().find(|(name, _)| name == handle);
        let prefix = match (handle, own) {
            ("", _) => "",
            (_, Some((_, prefix))) => prefix,
            ("!", None) => "!",
            ("!!", None) => YAML_TAGS,
            _ => {
                let message = format_args!("no `%TAG` says what `{handle}` is");
                return Err(YamlError::at(message, mark));
            }
        };
        Ok([prefix, rest].concat().into_boxed_str())
    }

    fn block_list(&mut self) -> Result<Vec<Id>, YamlError> {
        let mut items = Vec::new();
        loop {
            let (token, mark) = self.scanner.peek()?;
            match token {
                Token::Item => {
                    self.scanner.take();
                    let follow = [Token::Item, Token::BlockEnd];
                    items.push(self.node_unless(&follow, true, false)?);
                }
                Token::BlockEnd => {
                    self.scanner.take();
                    return Ok(items);
                }
                _ => return Err(YamlError::at("expected a `-`, as before this", mark)),
            }
        }
    }

    fn unindented_list(&mut self) -> Result<Vec<Id>, YamlError> {
        let mut items = Vec::new();
        while self.at(&Token::Item)? {
            self.scanner.take();
            let follow = [Token::Item, Token::Key, Token::Value, Token::BlockEnd];
            items.push(self.node_unless(&follow, true, false)?);
        }
        Ok(items)
    }

    fn block_map(&mut self) -> Result<Vec<(Id, Id)>, YamlError> {
        let mut entries = Vec::new();
        let follow = [Token::Key, Token::Value, Token::BlockEnd];
        loop {
            let (token, mark) = self.scanner.peek()?;
            match token {
                Token::Key => {
                    self.scanner.take();
                    let key = self.node_unless(&follow, true, true)?;
                    let value = if self.at(&Token::Value)? {
                        self.scanner.take();
                        self.node_unless(&follow, true, true)?
                    } else {
                        let mark = self.scanner.peek()?.1;
                        self.empty(mark)
                    };
                    entries.push((key, value));
                }
                Token::BlockEnd => {
                    self.scanner.take();
                    return Ok(entries);
                }
                _ => return Err(YamlError::at("expected a key, as before this", mark)),
            }
        }
    }

    fn list(&mut self) -> Result<Vec<Id>, YamlError> {
        let mut items = Vec::new();
        loop {
            if self.at(&Token::ListEnd)? {
                self.scanner.take();
                return Ok(items);
            }
            if !items.is_empty() {
                let (token, mark) = self.scanner.peek()?;
                if *token != Token::Comma {
                    return Err(YamlError::at("expected `,` or `]`", mark));
                }
                self.scanner.take();
                if self.at(&Token::ListEnd)? {
                    continue;
                }
            }
            let (token, mark) = self.scanner.peek()?;
            let item = match token {
                Token::Key => self.pair(mark)?,
                _ => self.node(false, false)?,
            };
            items.push(item);
        }
    }

    /// Reads a map of one entry, written in a list without braces.
    fn pair(&mut self, mark: Mark) -> Result<Id, YamlError> {
        self.scanner.take();
        let follow = [Token::Value, Token::Comma, Token::ListEnd];
        if self.at_any(&follow)? {
            // Go skips the token after such a key.
            return Err(YamlError::at("a key without text", mark));
        }
        let key = self.node(false, false)?;
        let value = if self.at(&Token::Value)? {
            self.scanner.take();
            self.node_unless(&[Token::Comma, Token::ListEnd], false, false)?
        } else {
            let mark = self.scanner.peek()?.1;
            self.empty(mark)
        };
        Ok(self.add(mark, None, Value::Map(vec![(key, value)])))
    }

    fn map(&mut self) -> Result<Vec<(Id, Id)>, YamlError> {
        let mut entries = Vec::new();
        loop {
            if self.at(&Token::MapEnd)? {
                self.scanner.take();
                return Ok(entries);
            }
            if !entries.is_empty() {
                let (token, mark) = self.scanner.peek()?;
                if *token != Token::Comma {
                    return Err(YamlError::at("expected `,` or `}`", mark));
                }
                self.scanner.take();
                if self.at(&Token::MapEnd)? {
                    continue;
                }
            }
            if !self.at(&Token::Key)? {
                let key = self.node(false, false)?;
                let mark = self.scanner.peek()?.1;
                let value = self.empty(mark);
                entries.push((key, value));
                continue;
            }
            self.scanner.take();
            let follow = [Token::Value, Token::Comma, Token::MapEnd];
            let key = self.node_unless(&follow, false, false)?;
            let value = if self.at(&Token::Value)? {
                self.scanner.take();
                self.node_unless(&[Token::Comma, Token::MapEnd], false, false)?
            } else {
                let mark = self.scanner.peek()?.1;
                self.empty(mark)
            };
            entries.push((key, value));
        }
    }
}

/// Describes a token where a value is expected.
fn unexpected(token: &Token) -> &'static str {
    match token {
        Token::End | Token::DocumentStart | Token::DocumentEnd | Token::BlockEnd => {
            "expected a value before the end"
        }
        Token::Version(..) | Token::Handle(..) => "a directive can only stand before `---`",
        Token::Item | Token::BlockListStart => {
            "a list with `-` cannot begin here: indent it on a line of its own"
        }
        Token::Key | Token::BlockMapStart => {
            "a key cannot begin here: put a value with `?` in quotes"
        }
        Token::Value => "a `:` cannot begin a value: put it in quotes",
        Token::Comma => "expected a value before this `,`",
        Token::ListEnd => "a `]` without its `[`",
        Token::MapEnd => "a `}` without its `{`",
        Token::Anchor(_) => "a second anchor",
        Token::Tag(..) => "a second tag",
        _ => "expected a value",
    }
}
