//! Writes the fixtures again: `cargo run -p isams-simulator --example generate -- fixtures`.
#![expect(clippy::print_stdout, reason = "a program that says what it did")]

use isams_simulator::generate::{self, School};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("usage: generate FOLDER")?;
    let files = generate::write_all(&dir)?;
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    for school in [generate::alder_prep(), generate::birchwood_college()] {
        report(&school);
    }
    println!("{} files, {bytes} bytes in {dir}", files.len());
    Ok(())
}

fn report(school: &School) {
    println!("{}, day first", school.name());
    for document in school.documents() {
        println!(
            "  {:28} {:6} rows {:8} bytes",
            document.file,
            document.rows,
            document.text.len()
        );
    }
}
