//! What cannot be opened.

use spindle_sidecar::{OpenError, Options, SchemaError, Sidecar};

use crate::support::{Folder, options};

fn refusal(options: Options) -> (OpenError, String) {
    let Err(error) = Sidecar::open(options) else {
        panic!("it was opened")
    };
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    (error, line)
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = Folder::new();
    std::fs::write(folder.data_file(), "this is a letter to my aunt, not a database").unwrap();
    let before = folder.contents();
    let (error, line) = refusal(options(&folder.data_file()));
    assert!(matches!(error, OpenError::Database(SchemaError::Damaged { .. })), "{line}");
    assert_eq!(folder.contents(), before);
}

#[tokio::test]
async fn a_damaged_database_is_told_as_such() {
    let folder = Folder::new();
    let sidecar = Sidecar::open(options(&folder.data_file())).unwrap();
    sidecar.shutdown().await;
    drop(sidecar);
    let mut bytes = std::fs::read(folder.data_file()).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(folder.data_file(), &bytes).unwrap();
    let before = folder.contents();
    let (error, line) = refusal(options(&folder.data_file()));
    assert!(matches!(error, OpenError::Database(SchemaError::Damaged { .. })), "{line}");
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_as_such() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (error, line) = refusal(options(&folder.path().join("file").join("sidecar.db")));
    assert!(
        matches!(error, OpenError::Database(SchemaError::NotWritable { .. })),
        "{line}"
    );
}

#[test]
fn a_database_of_another_program_is_refused() {
    let folder = Folder::new();
    let other = rusqlite::Connection::open(folder.data_file()).unwrap();
    other.execute_batch("CREATE TABLE aunt (letter TEXT)").unwrap();
    drop(other);
    let (error, line) = refusal(options(&folder.data_file()));
    assert!(matches!(error, OpenError::Database(SchemaError::Foreign { .. })), "{line}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = Folder::new();
    Sidecar::open(options(&folder.data_file())).unwrap().shutdown().await;
    let newer = rusqlite::Connection::open(folder.data_file()).unwrap();
    newer.execute_batch("PRAGMA user_version = 999").unwrap();
    drop(newer);
    let (error, line) = refusal(options(&folder.data_file()));
    assert!(
        matches!(error, OpenError::Database(SchemaError::Newer { found: 999, .. })),
        "{line}"
    );
}

#[test]
fn a_second_sidecar_on_the_same_file_is_refused() {
    let folder = Folder::new();
    let first = Sidecar::open(options(&folder.data_file())).unwrap();
    let (error, line) = refusal(options(&folder.data_file()));
    assert!(matches!(error, OpenError::InUse { .. }), "{line}");
    drop(first);
}

#[test]
fn a_bad_resource_file_changes_nothing_on_disk() {
    let (folder, resources) = (Folder::new(), Folder::new());
    std::fs::write(resources.path().join("bad.yaml"), "kind: [").unwrap();
    let (error, line) = refusal(Options {
        resources: vec![resources.path().into()],
        ..options(&folder.data_file())
    });
    assert!(
        matches!(error, OpenError::Resources(_)) && line.contains("bad.yaml:1"),
        "{line}"
    );
    assert!(folder.contents().is_empty());
}
