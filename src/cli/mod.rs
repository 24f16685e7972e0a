//! `kubectl-deepsynthesis`: what the cluster would say, asked before there is a cluster, and what stands in one, explained.
//!
//! In: files or a kubeconfig, a clock. Out: verdicts for people, pipelines, code hosts and inspectors. Must not: judge by itself: every
//! verdict comes from the operator's own handlers ([`crate::operator::admission`]) and judge ([`crate::operator::judge`]), so that it
//! and admission cannot differ; or write to a cluster.

pub mod args;
pub mod ask;
pub mod check;
pub mod ics;
pub mod inspector;
pub mod junit;
pub mod known;
pub mod live;
pub mod markup;
pub mod media;
pub mod run;
pub mod sarif;
pub mod sheet;
pub mod text;
pub mod verdict;
pub mod why;
