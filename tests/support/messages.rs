//! Writes protobuf messages field by field, sound or not.

/// A message in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

/// Appends a varint.
pub(crate) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Returns the zigzag of a signed number.
pub(crate) fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

impl Message {
    pub(crate) fn new() -> Self {
        Message::default()
    }

    fn tag(mut self, field: u64, wire_type: u64) -> Self {
        varint(&mut self.0, field << 3 | wire_type);
        self
    }

    /// Adds a field that is a varint.
    pub(crate) fn number(self, field: u64, number: u64) -> Self {
        let mut message = self.tag(field, 0);
        varint(&mut message.0, number);
        message
    }

    /// Adds a field that is a double.
    pub(crate) fn double(self, field: u64, number: f64) -> Self {
        self.tag(field, 1).raw(&number.to_le_bytes())
    }

    /// Adds a field that is text or a message.
    pub(crate) fn bytes(self, field: u64, bytes: impl AsRef<[u8]>) -> Self {
        let mut message = self.tag(field, 2);
        varint(&mut message.0, bytes.as_ref().len() as u64);
        message.raw(bytes.as_ref())
    }

    /// Adds a field that is a message.
    pub(crate) fn message(self, field: u64, message: Message) -> Self {
        self.bytes(field, message.0)
    }

    /// Adds bytes as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a label pair: field 1 of a metric and of an exemplar.
    pub(crate) fn label(self, name: &str, value: &str) -> Self {
        self.message(1, Message::new().bytes(1, name).bytes(2, value))
    }

    /// Returns the message after its length.
    pub(crate) fn delimited(&self) -> Vec<u8> {
        let mut out = Vec::new();
        varint(&mut out, self.0.len() as u64);
        out.extend_from_slice(&self.0);
        out
    }
}

/// Begins a family: its name and the number of its type.
pub(crate) fn family(name: &str, metric_type: u64) -> Message {
    Message::new().bytes(1, name).number(3, metric_type)
}

pub(crate) const COUNTER: u64 = 0;
pub(crate) const GAUGE: u64 = 1;
pub(crate) const SUMMARY: u64 = 2;
pub(crate) const UNTYPED: u64 = 3;
pub(crate) const HISTOGRAM: u64 = 4;

/// Returns a gauge's metric with a label.
pub(crate) fn gauge(label: &str, value: f64) -> Message {
    let metric = Message::new().label("l", label);
    metric.message(2, Message::new().double(1, value))
}
