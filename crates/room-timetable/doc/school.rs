// The school of the examples in the documentation. Physics meets in lab-2 on Mondays from 09:00 to 10:00; so it does on
// Tuesdays, which are marked inactive. The week of Monday 8 September 2031 is allocated, that of the 15th is not.
{
    use chrono::{NaiveDate, Weekday};
    use room_timetable::*;

    let date = |day| NaiveDate::from_ymd_opt(2031, 9, day).unwrap();
    let nine = TimeRange::new(TimeOfDay::from_hm(9, 0)?, TimeOfDay::from_hm(10, 0)?)?;
    let day = |weekday, active, id: &str| SchoolDay {
        weekday,
        active,
        periods: vec![Period { id: id.into(), name: "Period 1".into(), times: nine }],
    };
    let physics = |period: &str, row: &str| Lesson {
        period: period.into(),
        room: "lab-2".into(),
        kind: LessonKind::Lesson,
        group: "10B/Ph1".into(),
        label: "Physics 10B/Ph1".into(),
        year: Some("10".into()),
        teachers: vec![],
        source_ids: vec![row.into()],
        certainty: Certainty::Certain,
    };
    SchoolTimetable::new(
        SchoolCalendar::new(
            [Term::new("Autumn", Some(2031), date(1), date(30))?],
            [(YearWeek::of(date(8)), "A".into())],
        ),
        vec![CycleWeek {
            id: "A".into(),
            name: "Week A".into(),
            active: true,
            days: vec![day(Weekday::Mon, true, "mon1"), day(Weekday::Tue, false, "tue1")],
        }],
        vec![PublishedTimetable {
            name: "Main".into(),
            years: AcademicYears { start: Some(2031), end: Some(2032) },
            lessons: vec![physics("mon1", "9001"), physics("tue1", "9002")],
        }],
    )?
}
