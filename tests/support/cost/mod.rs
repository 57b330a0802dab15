//! Work whose cost must not grow faster than its input: what is done, with what, in any size.
//!
//! Bodies, headers, names, rules and manifests as somebody would write them who wants to be in the way.

mod bodies;
#[cfg(feature = "operator")]
mod manifests;
#[cfg(feature = "relabel")]
mod rules;
mod shapes;
mod words;

/// One kind of work on one kind of input.
pub(crate) struct Work {
    /// What is done.
    pub(crate) door: &'static str,
    /// With what.
    pub(crate) shape: &'static str,
    /// The smallest size, in bytes, from which on its cost is to grow as its size.
    pub(crate) smallest: usize,
    prepare: Box<dyn Fn(usize) -> Task>,
}

/// Work of one size that waits to be done. Making it ready does not count.
pub(crate) type Task = Box<dyn FnOnce()>;

impl Work {
    pub(crate) fn new(
        door: &'static str,
        shape: &'static str,
        prepare: impl Fn(usize) -> Task + 'static,
    ) -> Self {
        Work {
            door,
            shape,
            smallest: 4 << 10,
            prepare: Box::new(prepare),
        }
    }

    /// The same work, in sizes from that one on.
    pub(crate) fn from(mut self, bytes: usize) -> Self {
        self.smallest = bytes;
        self
    }

    /// The work on about so many bytes.
    pub(crate) fn task(&self, bytes: usize) -> Task {
        (self.prepare)(bytes)
    }
}

/// All of it.
pub(crate) fn works() -> Vec<Work> {
    let mut works: Vec<Work> = bodies::works().collect();
    works.extend(words::works());
    #[cfg(feature = "relabel")]
    works.extend(rules::works());
    #[cfg(feature = "operator")]
    works.extend(manifests::works());
    works
}
