//! The command line.

use clap::{Parser, Subcommand};

use crate::check::Check;
use crate::console::OutputArgs;
use crate::convert::Convert;
use crate::diff::Diff;
use crate::generate::{Completions, Man, Schema};
use crate::lines::Lines;
use crate::merge::MergeCommand;
use crate::monitor::Monitor;
use crate::relabel::Relabel;
use crate::show::Show;
use crate::top::Top;
use crate::watch::Watch;

/// Reads what a server says of itself on /metrics, in every format that Prometheus knows, as Prometheus reads it.
///
/// BODY is a file, a URL, or `-` for standard input; files and responses may be compressed with gzip or zstd. What
/// is piped into the command needs no `-`. Several bodies, and patterns such as 'captures/*.prom', are taken one
/// after another.
///
/// Exit codes: 0 all is well; 1 something cannot be read, and Prometheus could not read it either; 2 the command
/// line is wrong; 3 there are findings or differences, or nothing is kept.
#[derive(Debug, Parser)]
#[command(
    name = "exposition",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(Show),
    Lines(Lines),
    Check(Check),
    Top(Top),
    Diff(Diff),
    Watch(Watch),
    Convert(Box<Convert>),
    Merge(Box<MergeCommand>),
    Relabel(Box<Relabel>),
    Monitor(Box<Monitor>),
    Schema(Schema),
    Completions(Completions),
    Man(Man),
}
