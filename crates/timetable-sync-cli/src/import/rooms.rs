//! Rows of `id,name,category`.

use booking_store::{Origin, Room, UNASSIGNED};

use super::csv_rows::{BadRow, Row};

/// The category of a room for which the file names none.
const DEFAULT_CATEGORY: &str = "Rooms";

/// The room of a row. What the file does not say of a room that is there already stays as it is.
pub(super) fn room(row: &Row<'_>, known: &[Room]) -> Result<Room, BadRow> {
    let id = row.needed("id")?;
    let name = row.needed("name")?;
    let before = known.iter().find(|room| room.id.as_str() == id);
    let category = row
        .optional("category")
        .or_else(|| {
            let before = before.filter(|room| room.category != UNASSIGNED)?;
            Some(before.category.clone())
        })
        .unwrap_or_else(|| DEFAULT_CATEGORY.to_owned());
    Ok(Room {
        id: id.into(),
        name: name.to_owned(),
        category: category_named(&category),
        origin: Origin::Local,
        part_bookable: before.is_some_and(|room| room.part_bookable),
    })
}

/// The category of this name. `unassigned` in any case is the one that hides rooms, and not another that looks like it.
pub(crate) fn category_named(name: &str) -> String {
    if name.eq_ignore_ascii_case(UNASSIGNED) {
        UNASSIGNED.to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::csv_rows::CsvFile, *};

    fn read(text: &str, known: &[Room]) -> Room {
        let file = CsvFile::read(format!("id,name,category\n{text}\n").as_bytes()).unwrap();
        let row = file.rows().next().unwrap().unwrap();
        room(&row, known).unwrap()
    }

    #[test]
    fn a_blank_category_keeps_the_one_that_is_there() {
        assert_eq!(read("A,Lab,", &[]).category, DEFAULT_CATEGORY);
        let mut known = read("A,Lab,Science", &[]);
        known.part_bookable = true;
        let again = read("A,Laboratory,", std::slice::from_ref(&known));
        assert_eq!(
            (again.category.as_str(), again.part_bookable),
            ("Science", true)
        );
        known.category = UNASSIGNED.to_owned();
        assert_eq!(read("A,Lab,", &[known]).category, DEFAULT_CATEGORY);
    }

    #[test]
    fn unassigned_is_one_category_however_it_is_written() {
        assert!(read("A,Lab,unassigned", &[]).hidden());
    }
}
