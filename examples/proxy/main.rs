//! Serves the metrics of several servers as one, as a sidecar agent does: an example of a program that takes bodies
//! from the network, and bounds all that they can cost.
//!
//! - `options.rs`: the command line
//! - `serve.rs`: connections, and the end of them
//! - `answer.rs`: requests
//! - `upstream.rs`: what the servers are asked
//! - `page.rs`: relabelling and merging, which is what `exposition` does here

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::net::TcpListener;

mod answer;
mod log;
mod options;
mod page;
mod serve;
mod upstream;

use answer::Proxy;
use options::Options;

/// Waits for a signal to end.
async fn signal() -> io::Result<()> {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = interrupt => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    interrupt.await
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let router = Proxy::new(&options)?.router();
    let listener = (TcpListener::bind(&options.listen).await)
        .map_err(|error| format!("{}: {error}", options.listen))?;
    // Whoever started the program may have no interest in it.
    let _ = writeln!(io::stdout(), "http://{}/metrics", listener.local_addr()?);
    let stop = async {
        if let Err(error) = signal().await {
            log::log(format_args!("error: {error}"));
        }
    };
    serve::serve(listener, router, &options, stop).await;
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            log::log(format_args!("error: {error}"));
            return ExitCode::from(2);
        }
    };
    let done = runtime.block_on(run(options));
    // A page that nobody waits for any more does not hold up the end.
    runtime.shutdown_timeout(Duration::ZERO);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::log(format_args!("error: {error}"));
            ExitCode::from(2)
        }
    }
}
