//! Starts a scheduler of Ballista that knows the tables of bodies: `fleet-scheduler [HOST:PORT]`.
//!
//! It plans the queries of `fleet query --scheduler` and gives their tasks to `fleet-executor`s. Whoever reaches its
//! port can have it read any file that it and its executors can read, so it listens on the loopback interface unless
//! something else is said; say so only in a network that you trust.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::scheduler_process::start_server;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::Builder::from_env(env_logger::Env::new().default_filter_or("info")).init();
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:50050".to_owned());
    let address: SocketAddr = address
        .parse()
        .map_err(|error| format!("{address}: {error}"))?;
    let config = fleet::cluster::scheduler(&address.ip().to_string(), address.port());
    // Planning goes as deep as a query is nested: threads have more stack than by default.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime
        .enable_all()
        .thread_stack_size(32 << 20)
        .build()?
        .block_on(async {
            let cluster = BallistaCluster::new_from_config(&config).await?;
            start_server(cluster, address, Arc::new(config)).await?;
            Ok(())
        })
}
