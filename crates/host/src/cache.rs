//! Compiled code kept in the data folder, so that only the first start compiles.
//!
//! A file is named by the engine's compatibility hash and the SHA-256 of the `.wasm`; beside it lies the SHA-256 of the compiled
//! code. Whatever does not fit is compiled anew. A cache that cannot be written costs a slow start and a log line, nothing else.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::data::{self, hex};
use crate::log;

const CODE: &str = "cwasm";
const CHECKSUM: &str = "sha256";

/// The cache folder, and what of it this start has used.
pub(crate) struct Cache {
    folder: PathBuf,
    used: Mutex<BTreeSet<String>>,
}

impl Cache {
    /// A cache in `folder`, which is made when something is stored.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            used: Mutex::default(),
        }
    }

    /// The compiled form of `wasm`, from the cache or compiled now.
    ///
    /// # Errors
    /// `wasm` is no component that the engine can compile.
    pub(crate) fn component(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
        let mut compatibility = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut compatibility);
        let name = format!("{:016x}-{}", compatibility.finish(), hex(&Sha256::digest(wasm)));
        let path = self.folder.join(&name);
        self.used().insert(name);
        if let Some(component) = load(engine, &path) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, wasm)?;
        if let Err(error) = store(&path, &component.serialize()?) {
            log::warn("compiled code could not be cached", &[("error", &error.to_string())]);
        }
        Ok(component)
    }

    fn used(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what this start has not used: code of earlier builds and of other versions of the engine.
    pub(crate) fn remove_unused(&self) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        let used = self.used();
        for path in entries.flatten().map(|entry| entry.path()) {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if !used.contains(stem)
                && let Err(error) = std::fs::remove_file(&path)
            {
                log::warn("an old cache file could not be removed", &[("error", &error.to_string())]);
            }
        }
    }
}

fn store(path: &Path, code: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        data::create_private_folder(folder)?;
    }
    // The checksum comes last: without it the code is not used.
    data::write_private(&path.with_extension(CODE), code)?;
    data::write_private(&path.with_extension(CHECKSUM), hex(&Sha256::digest(code)).as_bytes())
}

fn load(engine: &Engine, path: &Path) -> Option<Component> {
    let checksum = std::fs::read_to_string(path.with_extension(CHECKSUM)).ok()?;
    let code = std::fs::read(path.with_extension(CODE)).ok()?;
    if hex(&Sha256::digest(&code)) != checksum {
        log::warn("a cache file is damaged and is made anew", &[]);
        return None;
    }
    deserialize(engine, &code)
}

#[expect(
    unsafe_code,
    reason = "wasmtime cannot check compiled code, so loading it is unsafe; see the safety comment"
)]
fn deserialize(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: `code` must be what `Component::serialize` gave. It was read from our own data folder (mode 0700, files 0600), from a
    // file that only `store` writes, and these very bytes have just been checked against the SHA-256 stored when they were written.
    // Whoever can change both files can change the `.wasm` and this program's secrets as well. wasmtime itself refuses code of
    // another version or of other settings.
    unsafe { Component::deserialize(engine, code) }.ok()
}

#[cfg(test)]
mod tests {
    use super::Cache;
    use crate::data::scratch::Scratch;

    const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    #[test]
    fn compiled_code_is_kept_checked_and_cleaned_up() {
        let scratch = Scratch::new("cache");
        let folder = scratch.path().join("cache");
        let engine = crate::engine::engine(1, 1 << 20).unwrap();
        Cache::new(folder.clone()).component(&engine, EMPTY_COMPONENT).unwrap();
        let made = files(&folder);
        assert_eq!(made.len(), 2);
        assert!(super::load(&engine, &made[0].with_extension("")).is_some());

        std::fs::write(&made[0], b"damaged").unwrap();
        assert!(super::load(&engine, &made[0].with_extension("")).is_none());
        let cache = Cache::new(folder.clone());
        cache.component(&engine, EMPTY_COMPONENT).unwrap();
        assert!(super::load(&engine, &made[0].with_extension("")).is_some(), "made anew");

        std::fs::write(folder.join("0000-old.cwasm"), b"old").unwrap();
        cache.remove_unused();
        assert_eq!(files(&folder), made);
    }

    #[test]
    fn what_is_no_component_is_refused() {
        let scratch = Scratch::new("no-component");
        let engine = crate::engine::engine(1, 1 << 20).unwrap();
        assert!(Cache::new(scratch.path().join("cache")).component(&engine, b"text").is_err());
        assert!(!scratch.path().join("cache").exists());
    }
}
