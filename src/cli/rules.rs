//! `carom check` and `carom test`.

use super::Status;
use crate::engine::Engine;
use crate::resolve::Root;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    paths: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct TestArguments {
    paths: Vec<PathBuf>,
}

pub(super) fn check(arguments: &CheckArguments) -> anyhow::Result<Status> {
    let mut status = Status::Clean;
    for path in &arguments.paths {
        let (rules, diagnostics) = crate::check::check(&Root::Path(path.clone())).map_err(anyhow::Error::msg)?;
        for diagnostic in &diagnostics {
            println!("{}", diagnostic.one_line(&rules.sources));
            status = Status::Found;
        }
    }
    Ok(status)
}

pub(super) fn test(arguments: &TestArguments) -> anyhow::Result<Status> {
    let mut status = Status::Clean;
    for path in &arguments.paths {
        let engine = match Engine::load(&Root::Path(path.clone())) {
            Ok(engine) => engine,
            Err(error) => {
                println!("{error}");
                return Ok(Status::Found);
            }
        };
        let tested = engine.test();
        for diagnostic in &tested.failures {
            println!("{}", diagnostic.one_line(&engine.rules().sources));
            status = Status::Found;
        }
        println!("{} examples, {} tests, {} failures", tested.examples, tested.tests, tested.failures.len());
    }
    Ok(status)
}
