//! Puts the built front end into the component: each file with its media type, its ETag and its compressed forms, so that a request
//! costs a look-up and a copy.
//!
//! The folder is `SPINDLE_WEB_DIR`, or `frontend/dist`, which `make ui` fills. The OpenAPI document is one of the files.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

fn main() -> Result<()> {
    println!("cargo::rerun-if-env-changed=SPINDLE_WEB_DIR");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?);
    let folder = env::var_os("SPINDLE_WEB_DIR").map_or_else(|| here.join("../../frontend/dist"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);

    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.with_context(|| {
            format!(
                "the folder of the front end, {}, cannot be read; `make ui` builds it",
                folder.display()
            )
        })?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
            files.insert(format!("/{name}"), entry.into_path());
        }
    }
    let document = here.join("../../docs/openapi/v1.json");
    println!("cargo::rerun-if-changed={}", document.display());
    files.insert("/api/openapi.json".to_owned(), document);
    // Sorted by path: the component searches it by halves.
    let mut table = String::from("static ASSETS: &[Asset] = &[\n");
    for (number, (path, file)) in files.into_iter().enumerate() {
        let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let media_type = mime_guess::from_path(&file).first_or_octet_stream();
        let text = media_type.type_() == "text"
            || matches!(
                media_type.subtype().as_str(),
                "javascript" | "json" | "manifest+json" | "wasm"
            )
            || media_type.suffix().is_some();
        let media_type = if media_type.type_() == "text" {
            format!("{media_type}; charset=utf-8")
        } else {
            media_type.to_string()
        };
        let mut etag = String::new();
        for byte in Sha256::digest(&bytes).iter().take(12) {
            write!(etag, "{byte:02x}")?;
        }
        let identity = store(&out, number, "id", &bytes)?;
        let (br, gz) = if text {
            (
                smaller(&out, number, "br", &bytes, &brotli(&bytes)?)?,
                smaller(&out, number, "gz", &bytes, &gzip(&bytes)?)?,
            )
        } else {
            ("None".to_owned(), "None".to_owned())
        };
        writeln!(
            table,
            "    Asset {{ path: {path:?}, media_type: {media_type:?}, etag: {etag:?}, identity: {identity}, br: {br}, gz: {gz} }},"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table).context("the table of assets cannot be written")
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 64 * 1024, 11, 22).write_all(bytes)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn smaller(out: &Path, number: usize, form: &str, bytes: &[u8], compressed: &[u8]) -> Result<String> {
    if compressed.len() >= bytes.len() {
        return Ok("None".to_owned());
    }
    Ok(format!("Some({})", store(out, number, form, compressed)?))
}

fn store(out: &Path, number: usize, form: &str, bytes: &[u8]) -> Result<String> {
    let path = out.join(format!("{number}.{form}"));
    fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(format!("include_bytes!({:?})", path.display().to_string()))
}
