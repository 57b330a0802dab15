//! What a scheduler and an executor of Ballista are started with.
//!
//! Each default has its reason in what Ballista 55 does when an executor is lost:
//!
//! - **Pull, and no adaptive planning**: executors ask for work, and a job is planned once. When the scheduler pushes
//!   work, or plans again while a job runs, a job that has lost an executor can hang (datafusion-ballista#1986 and
//!   #2418).
//! - **An executor is lost after 15 seconds** of silence, rather than after three minutes, for which nobody waits: then
//!   others read again what it held. Executors that pull report at least every five seconds, even when they are busy.
//! - **A job without any executor ends in an error** after 15 seconds too.
//!
//! And three in what it and DataFusion 55 make of a plan that leaves the process:
//!
//! - **Hash joins**, where Ballista prefers to sort and merge: DataFusion pushes `ORDER BY … LIMIT` below a join that
//!   does, whose inputs then lack rows, and the answer is wrong without an error.
//! - **No soft limit of `DISTINCT`**: the limit of an aggregate without an order is lost on the way to an executor,
//!   which then fails.
//! - **All functions**: an executor knows those of nested values, such as `map_keys`, only when it is told.
//!
//! The client has its own deadline, and asks once more: see [`Remote`](crate::Remote).

use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::extension::{SessionConfigExt as _, ballista_scalar_functions};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::ExecutorProcessConfig;
use ballista_scheduler::config::SchedulerConfig;
use datafusion::prelude::SessionConfig;

use crate::codec::{LogicalCodec, PhysicalCodec};

/// After how many seconds without a word an executor is lost.
pub const EXECUTOR_TIMEOUT_SECONDS: u64 = 15;

/// How often the scheduler looks for executors that are lost.
const EXPIRE_INTERVAL_SECONDS: u64 = 5;

/// Returns what a session of a client, a scheduler and an executor have in common.
#[must_use]
pub fn session_config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()))
        .with_ballista_physical_extension_codec(Arc::new(PhysicalCodec::default()))
        .with_ballista_adaptive_query_planner(false)
        .set_bool("datafusion.optimizer.prefer_hash_join", true)
        .set_bool(
            "datafusion.optimizer.enable_distinct_aggregation_soft_limit",
            false,
        )
}

/// Returns what a scheduler is started with that listens at `host` and `port`.
#[must_use]
pub fn scheduler(host: &str, port: u16) -> SchedulerConfig {
    SchedulerConfig {
        bind_host: host.to_owned(),
        external_host: host.to_owned(),
        bind_port: port,
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: EXECUTOR_TIMEOUT_SECONDS,
        expire_dead_executor_interval_seconds: EXPIRE_INTERVAL_SECONDS,
        no_executors_grace_period_seconds: EXECUTOR_TIMEOUT_SECONDS,
        override_config_producer: Some(Arc::new(session_config)),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..SchedulerConfig::default()
    }
}

/// Returns what an executor is started with that listens at `host` and two ports, and asks the scheduler at
/// `scheduler_host` and `scheduler_port` for work.
#[must_use]
pub fn executor(
    host: &str,
    ports: (u16, u16),
    scheduler_host: &str,
    scheduler_port: u16,
) -> ExecutorProcessConfig {
    ExecutorProcessConfig {
        bind_host: host.to_owned(),
        external_host: Some(host.to_owned()),
        port: ports.0,
        grpc_port: ports.1,
        scheduler_host: scheduler_host.to_owned(),
        scheduler_port,
        // How long it waits for a scheduler that is not there yet.
        scheduler_connect_timeout_seconds: 30,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        override_function_registry: Some(Arc::new(functions())),
        override_config_producer: Some(Arc::new(session_config)),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..ExecutorProcessConfig::default()
    }
}

/// Returns the functions that the scheduler plans with.
fn functions() -> BallistaFunctionRegistry {
    let mut functions = BallistaFunctionRegistry::default();
    let scalar = ballista_scalar_functions().into_iter();
    functions
        .scalar_functions
        .extend(scalar.map(|function| (function.name().to_owned(), function)));
    functions
}
