//! Finds what monitors and configurations probably do not mean, although a cluster accepts them.

pub(super) mod body;
pub(super) mod config;
pub(super) mod discovered;
pub(super) mod list;
mod manifest;
mod resource;
#[cfg(test)]
mod tests;
