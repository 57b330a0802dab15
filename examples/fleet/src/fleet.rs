//! A question to an answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ballista::extension::SessionContextExt as _;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::dataframe::DataFrame;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::bodies::Bodies;
use crate::cluster;
use crate::source::ERRORS;
use crate::table::{BodyTable, Kind};

/// How long a client waits before it asks once more: a scheduler may be just starting.
const PAUSE: Duration = Duration::from_secs(1);

/// A scheduler of Ballista, and how long its answers may take.
#[derive(Clone, Debug)]
pub struct Remote {
    url: String,
    deadline: Duration,
}

impl Remote {
    /// Names a scheduler by its URL, such as `df://scheduler:50050`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            deadline: Duration::from_secs(300),
        }
    }

    /// Sets how long one attempt may take; five minutes without it.
    ///
    /// An attempt that takes longer or fails is followed by one more, for what an executor held for the client is
    /// gone with the executor, even when the job is done; the second attempt runs on those that are left.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// The bodies of a fleet, as tables that SQL asks.
///
/// There are `samples` and `errors`, and every family is a table too, by its name.
#[derive(Clone)]
pub struct Fleet {
    context: SessionContext,
    bodies: Arc<Bodies>,
    deadline: Option<Duration>,
}

/// What a query found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// How many rows of the table of errors were met on the way, in the scan that met the most: where a filter skips
    /// lines, so are their errors. It is known only in one process.
    pub errors: Option<usize>,
}

impl Fleet {
    /// Asks in this process, in as many threads as there are processors, or in as many as `partitions` says.
    ///
    /// # Errors
    ///
    /// If DataFusion cannot be set up.
    pub fn local(bodies: Bodies, partitions: Option<usize>) -> Result<Self> {
        let mut config = SessionConfig::new();
        if let Some(partitions) = partitions {
            config = config.with_target_partitions(partitions);
        }
        Self::new(SessionContext::new_with_config(config), bodies, None)
    }

    /// Asks a scheduler of Ballista. It and its executors have to see the bodies at the same paths.
    ///
    /// The files are divided among as many tasks as `partitions` says, or as this machine has processors.
    ///
    /// # Errors
    ///
    /// If the URL is not one.
    pub async fn remote(bodies: Bodies, remote: Remote, partitions: Option<usize>) -> Result<Self> {
        let mut config = cluster::session_config();
        if let Some(partitions) = partitions {
            config = config.with_target_partitions(partitions);
        }
        let state = SessionStateBuilder::new_with_default_features()
            .with_config(config)
            .build();
        let context = SessionContext::remote_with_state(&remote.url, state).await?;
        Self::new(context, bodies, Some(remote.deadline))
    }

    fn new(context: SessionContext, bodies: Bodies, deadline: Option<Duration>) -> Result<Self> {
        let bodies = Arc::new(bodies);
        for (name, kind) in [("samples", Kind::Samples), ("errors", Kind::Errors)] {
            context.register_table(name, Arc::new(BodyTable::new(Arc::clone(&bodies), kind)))?;
        }
        Ok(Self {
            context,
            bodies,
            deadline,
        })
    }

    /// Returns the session, which has the tables.
    #[must_use]
    pub const fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Answers a query. Statements that change something are refused.
    ///
    /// # Errors
    ///
    /// If the query is wrong, a file cannot be read, or, twice, a scheduler gives no answer in time.
    pub async fn query(&self, sql: &str) -> Result<Answer> {
        self.add_families(sql).await?;
        let frame = self.frame(sql).await?;
        let Some(deadline) = self.deadline else {
            return answer(frame).await;
        };
        match within(deadline, answer(frame)).await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                log::warn!("asking once more, for there was no answer: {error}");
                tokio::time::sleep(PAUSE).await;
                within(deadline, answer(self.frame(sql).await?)).await
            }
        }
    }

    async fn frame(&self, sql: &str) -> Result<DataFrame> {
        let reads = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        self.context.sql_with_options(sql, reads).await
    }

    /// Adds a table for each family that a query names. Which labels it has is asked of the bodies.
    async fn add_families(&self, sql: &str) -> Result<()> {
        let state = self.context.state();
        let dialect = state.config().options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect)?;
        for table in state.resolve_table_references(&statement)? {
            let is_function = state.table_functions().contains_key(table.table());
            if is_function || table.schema().is_some() || self.context.table_exist(table.clone())? {
                continue;
            }
            let name = table.table().to_owned();
            let labels = self.labels(&name).await?;
            let kind = Kind::Family { name, labels };
            let table_of_family = BodyTable::new(Arc::clone(&self.bodies), kind);
            let added = self
                .context
                .register_table(table.clone(), Arc::new(table_of_family));
            // Another query may have added it meanwhile.
            if !self.context.table_exist(table)? {
                added?;
            }
        }
        Ok(())
    }

    /// Returns the labels that a family has in any body, the first by name. It is found by its name and by that of its
    /// samples, as in the library.
    async fn labels(&self, family: &str) -> Result<Vec<String>> {
        let name = family.replace('\'', "''");
        let keys = "SELECT DISTINCT map_keys(labels) FROM samples";
        let sql = format!("{keys} WHERE family = '{name}' UNION ALL {keys} WHERE name = '{name}'");
        let answer = Box::pin(self.query(&sql)).await?;
        let mut labels = BTreeSet::new();
        let mut rows = 0;
        for batch in &answer.batches {
            rows += batch.num_rows();
            let names = batch.column(0).as_list::<i32>().values();
            labels.extend(names.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        if rows == 0 {
            return Err(DataFusionError::Plan(format!(
                "there is no table `{family}`, and no body has a family of that name"
            )));
        }
        // These are numbers, in columns that every family has.
        labels.remove("le");
        labels.remove("quantile");
        Ok(labels.into_iter().take(MOST_LABELS).collect())
    }
}

/// The most labels that become columns; the others stay in the map.
const MOST_LABELS: usize = 256;

async fn within(
    deadline: Duration,
    answer: impl Future<Output = Result<Answer>>,
) -> Result<Answer> {
    match tokio::time::timeout(deadline, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(DataFusionError::Execution(format!(
            "there was no answer within {} s",
            deadline.as_secs_f64()
        ))),
    }
}

async fn answer(frame: DataFrame) -> Result<Answer> {
    let context = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await?;
    let batches = collect(Arc::clone(&plan), context).await?;
    Ok(Answer {
        schema: plan.schema(),
        batches,
        errors: errors(plan.as_ref()),
    })
}

/// Returns the most that a scan of a plan counted, or `None` if none of them ran here.
fn errors(plan: &dyn ExecutionPlan) -> Option<usize> {
    let own = plan
        .metrics()
        .and_then(|metrics| metrics.sum_by_name(ERRORS))
        .map(|sum| sum.as_usize());
    let children = plan
        .children()
        .into_iter()
        .map(|child| errors(child.as_ref()));
    children.chain([own]).flatten().max()
}
