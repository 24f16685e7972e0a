//! `deepsynthesis-operator`: controllers and webhooks. See `deepsynthesis::operator`.

use std::process::ExitCode;

use clap::Parser as _;
use deepsynthesis::operator::args::{Cli, Command};
use deepsynthesis::server::process;
use deepsynthesis::{api, operator, telemetry};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Crd => {
            for crd in api::crd::all() {
                match serde_saphyr::to_string(&crd) {
                    Ok(yaml) => println!("---\n{}", yaml.trim_end()),
                    Err(error) => {
                        eprintln!("the CRDs cannot be written: {error}");
                        return ExitCode::FAILURE;
                    }
                }
            }
            ExitCode::SUCCESS
        }
        Command::Detect(args) => match operator::detect::run(&args, &mut std::io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Command::Run(args) => {
            telemetry::start(&args.log_level);
            process::run("the operator cannot run", operator::run::run(*args))
        }
    }
}
