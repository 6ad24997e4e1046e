use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use isams_simulator::generate;

use crate::fixtures;

fn files_below(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, into)
        } else {
            into.push(path)
        }
    }
}

#[test]
fn the_committed_fixtures_are_what_the_generator_writes() {
    let generated: BTreeMap<_, _> = generate::files()
        .into_iter()
        .map(|file| (fixtures().join(file.path), file.text))
        .collect();
    let mut committed = Vec::new();
    for school in ["alder-prep", "birchwood-college", "cedar-house"] {
        files_below(&fixtures().join(school), &mut committed);
    }
    committed.sort();
    assert_eq!(committed, generated.keys().cloned().collect::<Vec<_>>());
    for (path, text) in generated {
        // Not assert_eq!, which would print a megabyte.
        assert!(
            fs::read(&path).unwrap() == text.as_bytes(),
            "{} is stale, see fixtures/README.md",
            path.display()
        );
    }
}

#[test]
fn the_fixtures_stay_small_and_are_plain_text() {
    let files = generate::files();
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    assert!(bytes < 6 << 20, "{bytes}");
    for file in files {
        assert!(file.text.len() < 2 << 20, "{}", file.path.display());
        assert!(
            file.text.ends_with('\n') && !file.text.contains('\r'),
            "{}",
            file.path.display()
        );
    }
}

#[test]
fn writing_again_gives_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    let written = generate::write_all(dir.path()).unwrap();
    assert_eq!(written, generate::files());
    let first = &written[0];
    assert_eq!(
        fs::read_to_string(dir.path().join(&first.path)).unwrap(),
        first.text
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = generate::write_all(&file).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
