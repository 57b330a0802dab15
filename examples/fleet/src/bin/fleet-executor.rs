//! Starts an executor of Ballista that reads bodies: `fleet-executor [HOST:PORT [SCHEDULER_HOST:PORT]]`.
//!
//! It asks the scheduler for tasks, keeps their results in a directory of its own until the query is answered, and
//! serves them to other executors and to clients at its port; the port after that is for the scheduler. When it is
//! told to terminate, it finishes the tasks that it has.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use ballista_executor::executor_process::start_executor_process;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::Builder::from_env(env_logger::Env::new().default_filter_or("info")).init();
    let mut arguments = std::env::args().skip(1);
    let address = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:50051".to_owned());
    let address: SocketAddr = address
        .parse()
        .map_err(|error| format!("{address}: {error}"))?;
    let scheduler = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:50050".to_owned());
    let (scheduler_host, scheduler_port) = scheduler
        .rsplit_once(':')
        .ok_or_else(|| format!("{scheduler}: there is no port"))?;
    let ports = (address.port(), address.port().saturating_add(1));
    let host = address.ip().to_string();
    let mut config =
        fleet::cluster::executor(&host, ports, scheduler_host, scheduler_port.parse()?);
    let directory = std::env::temp_dir().join(format!("fleet-executor-{}", std::process::id()));
    config.work_dir = Some(directory.display().to_string());
    std::fs::create_dir_all(&directory)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let ended = (runtime.enable_all().thread_stack_size(32 << 20).build()?)
        .block_on(start_executor_process(Arc::new(config)));
    std::fs::remove_dir_all(&directory)?;
    Ok(ended?)
}
