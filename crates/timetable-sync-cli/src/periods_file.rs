//! The periods as a school states them: a CSV file with `name,start,end`.

use std::{fs, path::Path};

use timetable_sync::StatedPeriod;

use crate::{
    exit::{Exit, Failure, Outcome},
    import::{BadRow, CsvFile, Row, times},
    output,
};

const COLUMNS: [&str; 3] = ["name", "start", "end"];

/// Reads the file. A row that cannot be used is told with its place, and then nothing is compared.
pub(crate) fn read(path: &Path) -> Outcome<Vec<StatedPeriod>> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("{} cannot be read", path.display()))
    })?;
    let cannot = |reason: String| {
        Failure::failed(reason).context(format!("the periods in {} cannot be used", path.display()))
    };
    let (periods, bad) = parse(&bytes).map_err(cannot)?;
    for row in &bad {
        output::message(format_args!("{}:{row}", path.display()));
    }
    match bad.len() {
        0 => Ok(periods),
        1 => Err(cannot("1 row cannot be used".to_owned())),
        rows => Err(cannot(format!("{rows} rows cannot be used"))),
    }
}

fn parse(bytes: &[u8]) -> Result<(Vec<StatedPeriod>, Vec<BadRow>), String> {
    let file = CsvFile::read(bytes)?;
    let columns = file.columns();
    let same = columns.len() == COLUMNS.len()
        && COLUMNS
            .iter()
            .all(|name| columns.iter().any(|column| column == name));
    if !same {
        return Err(format!(
            "the header is `{}`, and should be `{}`",
            columns.join(","),
            COLUMNS.join(",")
        ));
    }
    let (mut periods, mut bad) = (Vec::new(), Vec::new());
    for row in file.rows() {
        match row.and_then(|row| period(&row)) {
            Ok(period) => periods.push(period),
            Err(row) => bad.push(row),
        }
    }
    if periods.is_empty() && bad.is_empty() {
        return Err("it names no period".to_owned());
    }
    Ok((periods, bad))
}

fn period(row: &Row<'_>) -> Result<StatedPeriod, BadRow> {
    Ok(StatedPeriod {
        name: row.needed("name")?.to_owned(),
        times: times(row)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_in_any_order_of_columns() {
        let (periods, bad) =
            parse(b"\xEF\xBB\xBFstart,End,name\r\n8:44,09:34,Period 1\r\n\r\n10:40,10:55,\"Break, long\"\r\n").unwrap();
        assert!(bad.is_empty(), "{bad:?}");
        let read: Vec<String> = periods
            .iter()
            .map(|period| format!("{} {}", period.name, period.times))
            .collect();
        assert_eq!(read, ["Period 1 08:44-09:34", "Break, long 10:40-10:55"]);
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        let (periods, bad) =
            parse(b"name,start,end\nA,09:00,08:00\nB,nine,10:00\n,09:00,10:00\nC,09:00,10:00\n")
                .unwrap();
        assert_eq!(periods.len(), 1);
        let bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert!(
            bad[0].starts_with("2:9: the end 08:00 is not after"),
            "{bad:?}"
        );
        assert!(bad[1].starts_with("3:3: `nine` is not a time"), "{bad:?}");
        assert!(bad[2].starts_with("4:1: `name` is blank"), "{bad:?}");
        for (file, reason) in [
            (&b"name,start\nA,09:00\n"[..], "the header is `name,start`"),
            (b"name,start,end\n", "it names no period"),
            (b"", "it is empty"),
        ] {
            let error = parse(file).unwrap_err();
            assert!(error.starts_with(reason), "{error}");
        }
    }
}
