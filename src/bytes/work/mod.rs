//! Counts the bytes that are looked at: so tests can check, without a clock, that work grows in
//! proportion to the input. Counts only in this crate's own tests.

#[cfg(test)]
mod tests;

#[cfg(test)]
thread_local! {
    static BYTES: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Records that `bytes` bytes are searched, copied, compared or decoded.
#[inline(always)]
pub(crate) fn on(bytes: usize) {
    #[cfg(test)]
    BYTES.set(BYTES.get() + bytes as u64);
    #[cfg(not(test))]
    let _ = bytes;
}

/// Returns how many bytes `task` looks at.
#[cfg(test)]
pub(crate) fn of(task: impl FnOnce()) -> u64 {
    let before = BYTES.get();
    task();
    BYTES.get() - before
}
