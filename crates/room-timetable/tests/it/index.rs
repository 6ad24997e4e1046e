//! The index of cases, `tests/README.md`, against the tests that it names.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const CASES: usize = 50;

/// The tests that each row of the index names, by the row's first cell.
fn index() -> BTreeMap<String, (Vec<String>, String)> {
    let page = fs::read_to_string(here().join("tests/README.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let tests = cells[cells.len() - 2];
        // Every second piece stands between backticks.
        let named = tests
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let before = rows.insert(cells[1].to_owned(), (named, tests.to_owned()));
        assert!(before.is_none(), "`{}` comes twice", cells[1]);
    }
    rows
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of a crate; none where it is not beside this one.
fn sources(name: &str) -> Vec<PathBuf> {
    let root = match name {
        "room-timetable" => here().to_owned(),
        name => here().with_file_name(name),
    };
    let mut open = vec![root.join("src"), root.join("tests")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The functions that are marked as tests, or as cases that a macro makes tests of.
fn tests_in(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let case = file
        .components()
        .any(|part| part.as_os_str() == "conformance");
    let mut marked = false;
    let mut tests = Vec::new();
    for line in text.lines().map(str::trim) {
        let function = ["fn ", "async fn ", "pub async fn "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .and_then(|rest| rest.split_once('('));
        if let Some((name, _)) = function {
            if marked || (case && line.starts_with("pub ")) {
                tests.push(name.to_owned());
            }
            marked = false;
        } else if line.starts_with("#[test") || line.starts_with("#[tokio::test") {
            marked = true;
        }
    }
    tests
}

#[test]
fn every_test_of_the_index_is_there() {
    let mut known: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut looked_up = 0;
    for (row, (tests, _)) in index() {
        for test in tests {
            let (name, path) = test.split_once(' ').unwrap_or(("room-timetable", &test));
            let (module, function) = path.split_once("::").unwrap();
            let files = known
                .entry(name.to_owned())
                .or_insert_with(|| sources(name));
            // A published crate stands alone.
            if files.is_empty() && name != "room-timetable" {
                continue;
            }
            let mut modules = files
                .iter()
                .filter(|file| file.file_stem().is_some_and(|stem| stem == module));
            assert!(
                modules.any(|file| tests_in(file).iter().any(|test| test == function)),
                "row {row} names `{test}`, which is not there"
            );
            looked_up += 1;
        }
    }
    assert!(looked_up > CASES, "{looked_up}");
}

#[test]
fn every_case_has_a_test_or_says_that_it_has_none() {
    let index = index();
    for case in 1..=CASES {
        let (tests, text) = &index[&case.to_string()];
        assert!(
            !tests.is_empty() || text.contains("Not covered yet"),
            "row {case}"
        );
    }
}

#[test]
fn every_test_with_a_number_stands_in_its_row() {
    let index = index();
    let mut numbered = 0;
    for file in sources("room-timetable") {
        let module = file.file_stem().unwrap().to_str().unwrap();
        for test in tests_in(&file) {
            let Some(rest) = test.strip_prefix("row_") else {
                continue;
            };
            let number: usize = rest[..2].parse().unwrap();
            let (tests, _) = &index[&number.to_string()];
            let path = format!("{module}::{test}");
            assert!(tests.contains(&path), "`{path}` is not in row {number}");
            numbered += 1;
        }
    }
    assert!(numbered > 20, "{numbered}");
}
