//! `kubectl-deepsynthesis`: what the cluster would say, asked before there is a cluster.
//!
//! In: files and a clock. Out: verdicts for people, pipelines and code hosts. Must not: judge by itself: every verdict comes from
//! the operator's own handlers ([`crate::operator::admission`]), so that `check` and admission cannot differ.

pub mod args;
pub mod check;
pub mod junit;
pub mod known;
pub mod media;
pub mod report;
pub mod run;
pub mod sarif;
pub mod verdict;
