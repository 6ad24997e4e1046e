//! CSV files as rows whose fields know where they stand.

use std::{borrow::Cow, fmt};

use csv::{ByteRecord, ReaderBuilder};

/// A CSV file with a header.
#[derive(Debug)]
pub(crate) struct CsvFile {
    columns: Vec<String>,
    rows: Vec<RawRow>,
}

/// A row as it was read, with the place of every field.
#[derive(Debug)]
struct RawRow {
    fields: ByteRecord,
    places: Vec<Place>,
    /// The field whose quote is never closed, so that it took the rest of the file.
    unclosed: Option<Place>,
}

/// A row with as many fields as the header.
#[derive(Debug)]
pub(crate) struct Row<'f> {
    columns: &'f [String],
    fields: Vec<&'f str>,
    places: &'f [Place],
}

/// A place in a file, from 1; a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
}

/// A row that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct BadRow {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) reason: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.reason)
    }
}

impl CsvFile {
    /// Reads a file with or without a byte order mark, with any line ends. Its fields are parted by commas; by semicolons
    /// where the header has those and no comma, as spreadsheets write it where a comma is the sign in decimals.
    ///
    /// The reason is one sentence where the file as a whole cannot be read.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err("it is UTF-16; save it as CSV in UTF-8".to_owned());
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let separator = separator(bytes);
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut cursor = Cursor::new(bytes);
        let mut rows = Vec::new();
        let mut record = ByteRecord::new();
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| error.to_string())?
        {
            let from = record.position().map_or(0, |position| position.byte());
            let (starts, unclosed) =
                field_starts(bytes, usize::try_from(from).unwrap_or(0), separator);
            let places: Vec<Place> = starts
                .into_iter()
                .map(|start| cursor.place(start))
                .collect();
            rows.push(RawRow {
                unclosed: unclosed.then(|| places.last().copied()).flatten(),
                fields: record.clone(),
                places,
            });
        }
        if rows.is_empty() {
            return Err("it is empty; the first line must name the columns".to_owned());
        }
        let header = rows.remove(0);
        let columns = header
            .fields
            .iter()
            .map(|name| {
                std::str::from_utf8(name)
                    .map(|name| name.trim().to_lowercase())
                    .map_err(|_| "line 1 is not UTF-8; save the file as CSV in UTF-8".to_owned())
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { columns, rows })
    }

    /// The names in the header, in lower case.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// All rows, each with its fields or the reason why it cannot be read. Blank lines are none.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, BadRow>> {
        self.rows
            .iter()
            .filter(|row| row.fields.len() > 1 || !row.fields[0].trim_ascii().is_empty())
            .map(|row| row.checked(&self.columns))
    }
}

impl RawRow {
    fn checked<'f>(&'f self, columns: &'f [String]) -> Result<Row<'f>, BadRow> {
        if let Some(place) = self.unclosed {
            return Err(place.bad("the quote that opens here is never closed"));
        }
        let first = Place { line: 1, column: 1 };
        let place = |field: usize| {
            let known = self.places.get(field).or(self.places.first());
            known.copied().unwrap_or(first)
        };
        let fields = self
            .fields
            .iter()
            .enumerate()
            .map(|(field, bytes)| {
                std::str::from_utf8(bytes).map(str::trim).map_err(|_| {
                    place(field).bad("this is not UTF-8; save the file as CSV in UTF-8")
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let (found, wanted) = (fields.len(), columns.len());
        if found != wanted {
            let at = if found > wanted {
                place(wanted)
            } else {
                place(0)
            };
            let s = if found == 1 { "" } else { "s" };
            return Err(at.bad(format!(
                "the row has {found} field{s}, and the header {wanted}"
            )));
        }
        Ok(Row {
            columns,
            fields,
            places: &self.places,
        })
    }
}

impl<'f> Row<'f> {
    /// The line on which the row begins.
    pub(crate) fn line(&self) -> usize {
        self.places.first().map_or(1, |place| place.line)
    }

    /// The text of a column without blanks around it; empty where the file does not have the column.
    pub(crate) fn text(&self, column: &str) -> &'f str {
        self.position(column)
            .map_or("", |position| self.fields[position])
    }

    /// The text of a column, where there is any.
    pub(crate) fn optional(&self, column: &str) -> Option<String> {
        Some(self.text(column))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// The text of a column that must not be blank.
    pub(crate) fn needed(&self, column: &str) -> Result<&'f str, BadRow> {
        match self.text(column) {
            "" => Err(self.bad(column, format!("`{column}` is blank"))),
            text => Ok(text),
        }
    }

    /// The row cannot be used because of this column.
    pub(crate) fn bad(&self, column: &str, reason: impl Into<Cow<'static, str>>) -> BadRow {
        let place = self
            .position(column)
            .and_then(|position| self.places.get(position))
            .or(self.places.first());
        let place = place.copied().unwrap_or(Place { line: 1, column: 1 });
        place.bad(reason)
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }
}

impl Place {
    fn bad(self, reason: impl Into<Cow<'static, str>>) -> BadRow {
        BadRow {
            line: self.line,
            column: self.column,
            reason: reason.into().into_owned(),
        }
    }
}

/// What parts the fields, by the first line that is not blank.
fn separator(bytes: &[u8]) -> u8 {
    let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let header = lines.find(|line| !line.is_empty()).unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') {
        b';'
    } else {
        b','
    }
}

/// Turns growing byte offsets into lines and columns.
struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'b> Cursor<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
            line_start: 0,
        }
    }

    fn place(&mut self, offset: usize) -> Place {
        while self.at < offset {
            let byte = self.bytes[self.at];
            self.at += 1;
            // A carriage return ends a line unless a line feed follows, which then does.
            let ends = byte == b'\n' || (byte == b'\r' && self.bytes.get(self.at) != Some(&b'\n'));
            if ends {
                self.line += 1;
                self.line_start = self.at;
            }
        }
        let before = String::from_utf8_lossy(&self.bytes[self.line_start..offset]);
        Place {
            line: self.line,
            column: before.chars().count() + 1,
        }
    }
}

/// The offsets at which the fields of the record at `offset` start, and whether the last one's quote is never closed.
///
/// The CSV reader knows where a record starts, give or take the line ends before it, but not where its fields do.
fn field_starts(bytes: &[u8], offset: usize, separator: u8) -> (Vec<usize>, bool) {
    let is_end = |byte: u8| byte == b'\n' || byte == b'\r';
    let mut at = offset;
    while bytes.get(at).copied().is_some_and(is_end) {
        at += 1;
    }
    let mut starts = Vec::new();
    loop {
        starts.push(at);
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match bytes[at.min(bytes.len())..]
                    .iter()
                    .position(|&byte| byte == b'"')
                {
                    None => return (starts, true),
                    Some(quote) => at += quote + 1,
                }
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        }
        while bytes
            .get(at)
            .is_some_and(|&byte| byte != separator && !is_end(byte))
        {
            at += 1;
        }
        if bytes.get(at) != Some(&separator) {
            return (starts, false);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, column and text of every field.
    fn fields(text: &str) -> Vec<(usize, usize, String)> {
        let file = CsvFile::read(text.as_bytes()).unwrap();
        file.rows
            .iter()
            .flat_map(|row| {
                assert_eq!(row.fields.len(), row.places.len(), "{row:?}");
                row.fields.iter().zip(&row.places).map(|(field, place)| {
                    let text = String::from_utf8_lossy(field).into_owned();
                    (place.line, place.column, text)
                })
            })
            .collect()
    }

    fn bad(text: &[u8]) -> Vec<String> {
        let file = CsvFile::read(text).unwrap();
        file.rows()
            .filter_map(|row| row.err().map(|bad| bad.to_string()))
            .collect()
    }

    #[test]
    fn fields_stand_where_an_editor_shows_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = [
                "\u{feff}id,name",
                "é1,Zoë",
                "",
                "\"a\"\"b\",\" c\"",
                "last,",
            ]
            .join(end);
            assert_eq!(
                fields(&text),
                [
                    (2, 1, "é1".to_owned()),
                    (2, 4, "Zoë".to_owned()),
                    (4, 1, "a\"b".to_owned()),
                    (4, 8, " c".to_owned()),
                    (5, 1, "last".to_owned()),
                    (5, 6, String::new()),
                ],
                "{end:?}"
            );
        }
    }

    #[test]
    fn a_quoted_line_break_counts_as_a_line() {
        for end in ["\n", "\r\n"] {
            let text = format!("id,name{end}A,\"two{end}lines\"{end}\"x{end}y\",B{end}C,D{end}");
            assert_eq!(
                fields(&text)
                    .iter()
                    .map(|(line, column, _)| (*line, *column))
                    .collect::<Vec<_>>(),
                [(2, 1), (2, 3), (4, 1), (5, 4), (6, 1), (6, 3)],
                "{end:?}"
            );
        }
    }

    #[test]
    fn a_quote_within_a_field_is_a_character() {
        assert_eq!(
            fields("id,name\nA,5\" pipe\n\"B\"x,C\n"),
            [
                (2, 1, "A".to_owned()),
                (2, 3, "5\" pipe".to_owned()),
                (3, 1, "Bx".to_owned()),
                (3, 6, "C".to_owned()),
            ]
        );
    }

    #[test]
    fn rows_of_the_wrong_length_are_bad() {
        assert_eq!(
            bad(b"id,name\nA\nB,C,D\n   \nE,F\n"),
            [
                "2:1: the row has 1 field, and the header 2",
                "3:5: the row has 3 fields, and the header 2",
            ]
        );
    }

    #[test]
    fn what_is_not_utf8_is_bad_by_its_row() {
        assert_eq!(
            bad(b"id,name\nA,Zo\xEB\nB,fine\n"),
            ["2:3: this is not UTF-8; save the file as CSV in UTF-8"]
        );
        assert!(
            CsvFile::read(b"id,na\xEBme\nA,B\n")
                .unwrap_err()
                .contains("line 1")
        );
        assert!(
            CsvFile::read(b"\xFF\xFEi\0d\0")
                .unwrap_err()
                .contains("UTF-16")
        );
    }

    #[test]
    fn semicolons_part_fields_where_the_header_has_no_comma() {
        for text in [
            "id;name\n\"A;1\";\"x \"\"y\"\"\"\nB;Hall, Great\n",
            "\u{feff}\r\nid;name\r\n\"A;1\";\"x \"\"y\"\"\"\r\nB;Hall, Great\r\n",
        ] {
            let file = CsvFile::read(text.as_bytes()).unwrap();
            assert_eq!(file.columns(), ["id", "name"]);
            let places: Vec<(usize, String)> = fields(text)
                .into_iter()
                .map(|(_, column, text)| (column, text))
                .collect();
            assert_eq!(
                places,
                [
                    (1, "A;1".to_owned()),
                    (7, "x \"y\"".to_owned()),
                    (1, "B".to_owned()),
                    (3, "Hall, Great".to_owned()),
                ]
            );
        }
        // A semicolon is a character where a comma parts the header.
        assert_eq!(fields("id,a;b\nA,B;C\n")[1].2, "B;C");
        assert_eq!(
            bad(b"id;name\nA\n"),
            ["2:1: the row has 1 field, and the header 2"]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_is_bad() {
        assert_eq!(
            bad(b"id,name\nA,B\nC,\"D\nE,F\n"),
            ["3:3: the quote that opens here is never closed"]
        );
    }

    #[test]
    fn an_empty_file_is_no_file() {
        assert!(
            CsvFile::read(b"\xEF\xBB\xBF")
                .unwrap_err()
                .contains("empty")
        );
    }
}
