//! Work whose cost must not grow faster than its input: what to do, on what input, in any size.
//!
//! The bodies, headers, names, rules and manifests are as an attacker would write them.

use std::panic::resume_unwind;
use std::thread;

use exposition::Dialect;

mod assertions;
#[cfg(feature = "arrow")]
mod batches;
pub(crate) mod bodies;
mod composites;
#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "operator")]
mod manifests;
#[path = "../messages.rs"]
#[allow(dead_code, reason = "other tests build more")]
pub(crate) mod message;
mod messages;
#[cfg(feature = "operator")]
mod objects;
#[cfg(feature = "relabel")]
mod rules;
mod scrapes;
#[path = "../sequences.rs"]
pub(crate) mod sequences;
mod shapes;
mod words;

#[allow(unused_imports, reason = "only some tests look at sequences alone")]
pub(crate) use sequences::SEQUENCES;
#[allow(unused_imports, reason = "only some tests look at bodies alone")]
pub(crate) use shapes::shapes;

/// One kind of work on one kind of input.
pub(crate) struct Work {
    /// What to do.
    pub(crate) door: &'static str,
    /// The input.
    pub(crate) shape: &'static str,
    /// A small and a large size, in bytes, between which the cost must grow in proportion.
    pub(crate) sizes: [usize; 2],
    make: Box<dyn Fn(usize) -> Bodies>,
    prepare: Box<dyn Fn(usize, Bodies) -> Task>,
}

/// Bodies to do work on, each in its dialect.
pub(crate) type Bodies = Vec<(Vec<u8>, Dialect)>;

/// Work of one size, ready to run. Its preparation does not count.
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
            sizes: [4 << 10, 16 << 10],
            make: Box::new(|_| Vec::new()),
            prepare: Box::new(move |bytes, _| prepare(bytes)),
        }
    }

    /// Returns work on bodies, which another process may make: that is a good part of all that there is to do.
    pub(crate) fn on(
        door: &'static str,
        shape: &'static str,
        make: impl Fn(usize) -> Bodies + 'static,
        open: impl Fn(&Bodies) + Clone + 'static,
    ) -> Self {
        Work {
            make: Box::new(make),
            prepare: Box::new(move |_, bodies| {
                let open = open.clone();
                Box::new(move || open(&bodies))
            }),
            ..Work::new(door, shape, |_| Box::new(|| ()))
        }
    }

    /// Returns the same work in other sizes.
    pub(crate) fn sizes(mut self, sizes: [usize; 2]) -> Self {
        self.sizes = sizes;
        self
    }

    /// Returns the growth for every doubling, from the costs at the small and the large size.
    pub(crate) fn growth(&self, [small, large]: [u64; 2]) -> f64 {
        let [few, many] = self.sizes;
        let doublings = (many as f64 / few as f64).log2();
        (large as f64 / small.max(1) as f64).powf(1.0 / doublings)
    }

    /// Returns the bodies of about `bytes` bytes to do the work on, if it is work on bodies.
    pub(crate) fn bodies(&self, bytes: usize) -> Bodies {
        (self.make)(bytes)
    }

    /// Returns the work on about `bytes` bytes, on the bodies that there are for that.
    pub(crate) fn task(&self, bytes: usize, bodies: Bodies) -> Task {
        (self.prepare)(bytes, bodies)
    }
}

/// Returns all work.
pub(crate) fn works() -> Vec<Work> {
    let mut works: Vec<Work> = bodies::works().collect();
    works.extend(assertions::works());
    works.extend(messages::works());
    works.extend(scrapes::works());
    works.extend(words::works());
    #[cfg(feature = "arrow")]
    works.extend(batches::works());
    #[cfg(feature = "serde")]
    works.extend(json::works());
    #[cfg(feature = "relabel")]
    works.extend(rules::works());
    #[cfg(feature = "operator")]
    works.extend(manifests::works());
    #[cfg(feature = "operator")]
    works.extend(objects::works());
    works
}

/// Returns the work that grows by more than `most` for every doubling: by how much, what is done and on what
/// input.
#[allow(dead_code, reason = "only some tests ask for all works at once")]
pub(crate) fn beyond(
    most: f64,
    growth: impl Fn(Work) -> f64 + Sync,
) -> Vec<(f64, &'static str, &'static str)> {
    const THREADS: usize = 4;
    let check = |thread: usize| {
        let works = works().into_iter().skip(thread).step_by(THREADS);
        let growths = works.map(|work| {
            let (door, shape) = (work.door, work.shape);
            (growth(work), door, shape)
        });
        growths.filter(|grown| grown.0 > most).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || check(thread)))
            .collect();
        let found = (threads.into_iter())
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        found.flatten().collect()
    })
}
