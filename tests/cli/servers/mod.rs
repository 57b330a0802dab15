//! Bodies from servers: how they are asked, and what is said when they do not answer.

mod asking;
mod bodies;
mod elsewhere;
mod secure;
mod trouble;
