//! How a table travels from a client to a scheduler, and a scan from there to an executor.
//!
//! Both codecs are wrapped around those of Ballista, whose plans they pass on. What is theirs starts with a mark,
//! and is a message of protobuf as the rest of the plan is.

use std::collections::BTreeSet;
use std::sync::Arc;

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::from_proto::parse_protobuf_file_scan_config;
use datafusion_proto::physical_plan::to_proto::serialize_file_scan_config;
use datafusion_proto::physical_plan::{
    PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalProtoConverterExtension,
};
use datafusion_proto::protobuf::FileScanExecConf;
use exposition::Format;
use prost::Message;

use crate::bodies::{Bodies, format_of};
use crate::predicate::Predicate;
use crate::source::BodySource;
use crate::table::{BodyTable, Kind};

/// What a message of ours starts with. The number changes when what follows does.
const MARK: &[u8] = b"exposition fleet 1\0";

/// A [`BodyTable`].
#[derive(Clone, PartialEq, Message)]
struct TableMessage {
    #[prost(message, repeated, tag = "1")]
    urls: Vec<UrlMessage>,
    #[prost(string, optional, tag = "2")]
    pattern: Option<String>,
    #[prost(string, optional, tag = "3")]
    content_type: Option<String>,
    #[prost(uint64, tag = "4")]
    max_body_bytes: u64,
    #[prost(bool, tag = "5")]
    errors: bool,
    #[prost(message, optional, tag = "6")]
    family: Option<TextsMessage>,
    #[prost(bool, tag = "7")]
    skip_unreadable: bool,
}

/// A place of bodies, and which of them are meant.
#[derive(Clone, PartialEq, Message)]
struct UrlMessage {
    #[prost(string, tag = "1")]
    url: String,
    #[prost(string, optional, tag = "2")]
    glob: Option<String>,
}

impl UrlMessage {
    fn new(url: &ListingTableUrl) -> Self {
        Self {
            url: url.to_string(),
            glob: url.get_glob().as_ref().map(|glob| glob.as_str().to_owned()),
        }
    }

    fn read(self) -> Result<ListingTableUrl> {
        let url = ListingTableUrl::parse(self.url)?;
        match self.glob {
            None => Ok(url),
            Some(glob) => url.with_glob(&glob),
        }
    }
}

/// A name, and texts that belong to it.
#[derive(Clone, PartialEq, Message)]
struct TextsMessage {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, repeated, tag = "2")]
    texts: Vec<String>,
}

/// A scan of a [`BodyTable`].
#[derive(Clone, PartialEq, Message)]
struct ScanMessage {
    #[prost(message, optional, tag = "1")]
    table: Option<TableMessage>,
    #[prost(message, optional, tag = "2")]
    names: Option<TextsMessage>,
    #[prost(message, optional, tag = "3")]
    families: Option<TextsMessage>,
    #[prost(message, repeated, tag = "4")]
    labels: Vec<TextsMessage>,
    #[prost(message, optional, tag = "5")]
    scan: Option<FileScanExecConf>,
}

impl TableMessage {
    fn new(bodies: &Bodies, kind: &Kind) -> Self {
        let (errors, family) = match kind {
            Kind::Samples => (false, None),
            Kind::Errors => (true, None),
            Kind::Family { name, labels } => (
                false,
                Some(TextsMessage {
                    name: name.clone(),
                    texts: labels.clone(),
                }),
            ),
        };
        Self {
            urls: bodies.urls().iter().map(UrlMessage::new).collect(),
            pattern: bodies
                .path_pattern()
                .map(|pattern| pattern.as_str().to_owned()),
            content_type: bodies.fixed_format().map(Format::content_type),
            max_body_bytes: bodies.limit(),
            errors,
            family,
            skip_unreadable: bodies.skips_unreadable(),
        }
    }

    fn read(self) -> Result<(Arc<Bodies>, Kind)> {
        let urls = self
            .urls
            .into_iter()
            .map(UrlMessage::read)
            .collect::<Result<_>>()?;
        let mut bodies = Bodies::at(urls)?
            .max_body_bytes(self.max_body_bytes)
            .skip_unreadable(self.skip_unreadable);
        if let Some(pattern) = self.pattern {
            bodies = bodies.pattern(pattern.parse().map_err(external)?);
        }
        if let Some(content_type) = self.content_type {
            bodies = bodies.format(format_of(&content_type).map_err(external)?);
        }
        let kind = match (self.errors, self.family) {
            (true, _) => Kind::Errors,
            (false, None) => Kind::Samples,
            (false, Some(family)) => Kind::Family {
                name: family.name,
                labels: family.texts,
            },
        };
        Ok((Arc::new(bodies), kind))
    }
}

/// Appends a message to `buf`, after the mark.
fn write(message: &impl Message, buf: &mut Vec<u8>) -> Result<()> {
    buf.extend_from_slice(MARK);
    message.encode(buf).map_err(external)
}

/// Returns the message in `buf`, or `None` if it is not ours.
fn read<M: Message + Default>(buf: &[u8]) -> Result<Option<M>> {
    let message = buf.strip_prefix(MARK).map(M::decode);
    message.transpose().map_err(external)
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Writes and reads the tables of bodies in logical plans, and passes on what is not one to Ballista.
#[derive(Debug, Default)]
pub struct LogicalCodec {
    ballista: BallistaLogicalExtensionCodec,
}

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[LogicalPlan],
        ctx: &TaskContext,
    ) -> Result<Extension> {
        self.ballista.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.ballista.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        let Some(message) = read::<TableMessage>(buf)? else {
            return self
                .ballista
                .try_decode_table_provider(buf, table, schema, ctx);
        };
        let (bodies, kind) = message.read()?;
        Ok(Arc::new(BodyTable::new(bodies, kind)))
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        match node.downcast_ref::<BodyTable>() {
            Some(table) => write(&TableMessage::new(table.bodies(), table.kind()), buf),
            None => self.ballista.try_encode_table_provider(table, node, buf),
        }
    }

    fn try_decode_file_format(
        &self,
        buf: &[u8],
        ctx: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.ballista.try_decode_file_format(buf, ctx)
    }

    fn try_encode_file_format(
        &self,
        buf: &mut Vec<u8>,
        node: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.ballista.try_encode_file_format(buf, node)
    }
}

/// Writes and reads the scans of bodies in physical plans, and passes on what is not one to Ballista.
#[derive(Debug, Default)]
pub struct PhysicalCodec {
    ballista: BallistaPhysicalExtensionCodec,
}

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(message) = read::<ScanMessage>(buf)? else {
            return self.ballista.try_decode(buf, inputs, ctx, converter);
        };
        let missing = || DataFusionError::Plan("a part of a scan of bodies is missing".to_owned());
        let (bodies, kind) = message.table.ok_or_else(missing)?.read()?;
        let set = |message: TextsMessage| message.texts.into_iter().collect::<BTreeSet<_>>();
        let predicate = Predicate {
            names: message.names.map(set),
            families: message.families.map(set),
            labels: message
                .labels
                .into_iter()
                .map(|label| (label.name, label.texts.into_iter().collect()))
                .collect(),
        };
        let scan = parse_protobuf_file_scan_config(
            &message.scan.ok_or_else(missing)?,
            &PhysicalPlanDecodeContext::new(ctx, self),
            converter,
            Arc::new(BodySource::new(bodies, kind, predicate)),
        )?;
        Ok(DataSourceExec::from_data_source(scan))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let scan = node
            .downcast_ref::<DataSourceExec>()
            .and_then(|exec| exec.data_source().downcast_ref::<FileScanConfig>());
        let source = scan.and_then(|scan| scan.file_source().downcast_ref::<BodySource>());
        let (Some(scan), Some(source)) = (scan, source) else {
            return self.ballista.try_encode(node, buf, converter);
        };
        let texts = |name: &str, texts: &BTreeSet<String>| TextsMessage {
            name: name.to_owned(),
            texts: texts.iter().cloned().collect(),
        };
        let predicate = source.predicate();
        let message = ScanMessage {
            table: Some(TableMessage::new(source.bodies(), source.kind())),
            names: predicate.names.as_ref().map(|names| texts("", names)),
            families: predicate.families.as_ref().map(|names| texts("", names)),
            labels: predicate
                .labels
                .iter()
                .map(|(label, values)| texts(label, values))
                .collect(),
            scan: Some(serialize_file_scan_config(scan, self, converter)?),
        };
        write(&message, buf)
    }
}
