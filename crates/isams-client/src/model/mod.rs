//! The rows of the fourteen areas, by the manager that sends them.

mod calendar;
mod cover;
mod estate;
mod hr;
mod school;
mod teaching;
mod timetable;

pub use self::{
    calendar::Event,
    cover::{ClosuresAndCover, Cover, LessonSuspension, RoomClosure, RoomClosureReason},
    estate::{Building, Classroom},
    hr::StaffMember,
    school::Term,
    teaching::{Department, SetTeacher, Subject, TeachingForm, TeachingSet},
    timetable::{
        Day, Period, Schedule, StaffMeeting, Timetable, TimetableAllocation, Tutorial, Week,
        YearSchedule,
    },
};

/// iSAMS writes 0 where a row has no room (inferred: the public readers differ in what they would survive).
fn drop_no_room(room_id: &mut Option<String>) {
    if room_id.as_deref() == Some("0") {
        *room_id = None;
    }
}
