//! The index of guarantees, `tests/README.md`, against the tests that it names.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const GUARANTEES: usize = 15;

/// A row of the index.
struct Indexed {
    oracle: String,
    /// The tests between backticks.
    tests: Vec<String>,
    text: String,
}

/// The rows by the number of their guarantee.
fn index() -> BTreeMap<usize, Indexed> {
    let page = fs::read_to_string(here().join("tests/README.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| G")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, _, oracle, text, _] = cells[..] else {
            panic!("a row has four cells: {line}")
        };
        let row = Indexed {
            oracle: oracle.to_owned(),
            // Every second piece stands between backticks.
            tests: text
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect(),
            text: text.to_owned(),
        };
        let before = rows.insert(number[1..].parse().unwrap(), row);
        assert!(before.is_none(), "{number} comes twice");
    }
    rows
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source files of a crate's tests; none where it is not beside this one.
fn sources(name: &str) -> Vec<PathBuf> {
    let mut open = vec![here().with_file_name(name).join("tests")];
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

/// The functions that are marked as tests.
fn tests_in(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let mut marked = false;
    let mut tests = Vec::new();
    for line in text.lines().map(str::trim) {
        let function = ["fn ", "async fn "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .and_then(|rest| rest.split_once('('));
        if let Some((name, _)) = function {
            if marked {
                tests.push(name.to_owned());
            }
            marked = false;
        } else if line.starts_with("#[test") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if line.starts_with("#[ignore") {
            // What is not run shows nothing.
            marked = false;
        }
    }
    tests
}

#[test]
fn every_test_of_the_index_is_there() {
    let mut looked_up = 0;
    for (number, row) in index() {
        for test in &row.tests {
            let (name, path) = test.split_once(' ').unwrap_or(("timetable-sync", test));
            let (module, function) = path.split_once("::").unwrap();
            // This crate's folder may have another name where it stands alone.
            let files = match name {
                "timetable-sync" => sources(here().file_name().unwrap().to_str().unwrap()),
                name => sources(name),
            };
            if files.is_empty() && name != "timetable-sync" {
                continue;
            }
            let mut modules = files
                .iter()
                .filter(|file| file.file_stem().is_some_and(|stem| stem == module));
            assert!(
                modules.any(|file| tests_in(file).iter().any(|known| known == function)),
                "G{number} names `{test}`, which is not there"
            );
            looked_up += 1;
        }
    }
    assert!(looked_up > 2 * GUARANTEES, "{looked_up}");
}

#[test]
fn every_guarantee_has_an_oracle_and_a_test_of_its_number_or_says_that_it_has_none() {
    let index = index();
    assert_eq!(
        index.keys().copied().collect::<Vec<_>>(),
        (1..=GUARANTEES).collect::<Vec<_>>()
    );
    for (number, row) in &index {
        assert!(!row.oracle.is_empty(), "G{number}");
        let own = format!("::g{number:02}_");
        assert!(
            row.tests.iter().any(|test| test.contains(&own))
                || row.text.starts_with("Not covered yet: "),
            "G{number}"
        );
    }
}

#[test]
fn every_test_with_the_number_of_a_guarantee_stands_in_its_row() {
    let index = index();
    let mut numbered = 0;
    for file in sources(here().file_name().unwrap().to_str().unwrap()) {
        let module = file.file_stem().unwrap().to_str().unwrap();
        for test in tests_in(&file) {
            let number = test
                .strip_prefix('g')
                .and_then(|rest| rest.split_once('_'))
                .and_then(|(number, _)| number.parse::<usize>().ok());
            let Some(row) = number.and_then(|number| index.get(&number)) else {
                continue;
            };
            let path = format!("{module}::{test}");
            let waits = row.text.starts_with("Not covered yet: ");
            assert!(
                row.tests.contains(&path) && !waits,
                "`{path}` is not in its row"
            );
            numbered += 1;
        }
    }
    assert!(numbered > 13, "{numbered}");
}
