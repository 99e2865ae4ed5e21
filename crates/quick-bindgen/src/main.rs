//! `quick-bindgen MODULE OUT`: from the compiled module to a smaller one and the JavaScript that loads it, for browsers and for Node.
#![forbid(unsafe_code)]

use std::{env, path::PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: quick-bindgen MODULE OUT";
    let (module, out) = (arguments.next().context(usage)?, arguments.next().context(usage)?);
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false)
        .out_name("quick");
    bindgen.generate(out)
}
