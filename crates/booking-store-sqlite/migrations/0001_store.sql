-- The tables of the store. They start with `sync_`, so that they can live in a booking product's own database.
--
-- Local times are text such as 2031-09-08T09:00:00, without a zone: the school's wall time. Columns whose name ends in
-- `_utc` hold the same form in UTC. JSON stands only where the structure is open.

CREATE TABLE sync_schools (
    school TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL, -- counts changes of everything but bookings
    matching TEXT NOT NULL -- not_started, awaiting, confirmed
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_leases (
    school TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL, -- who had it last
    token INTEGER NOT NULL, -- only grows
    expires_utc TEXT -- NULL once it is released
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_rooms (
    school TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    origin TEXT NOT NULL, -- local, sync
    part_bookable INTEGER NOT NULL,
    PRIMARY KEY (school, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_timeslots (
    school TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    days TEXT NOT NULL, -- Mon Tue
    starts TEXT NOT NULL, -- 08:45
    ends TEXT NOT NULL, -- up to 24:00
    origin TEXT NOT NULL, -- local, sync
    PRIMARY KEY (school, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_room_links (
    school TEXT NOT NULL,
    room TEXT NOT NULL,
    source TEXT NOT NULL, -- the timetable source's id of the room
    PRIMARY KEY (school, room),
    UNIQUE (school, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_timeslot_links (
    school TEXT NOT NULL,
    timeslot TEXT NOT NULL,
    period TEXT NOT NULL, -- the timetable source's id of the period
    PRIMARY KEY (school, timeslot, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_exceptions (
    school TEXT NOT NULL,
    id TEXT NOT NULL,
    room TEXT, -- NULL is every room
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    PRIMARY KEY (school, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_bookings (
    school TEXT NOT NULL,
    id TEXT NOT NULL,
    room TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    owner_name TEXT,
    owner_email TEXT,
    title TEXT,
    series TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (school, id),
    FOREIGN KEY (school, room) REFERENCES sync_rooms (school, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_bookings_by_end ON sync_bookings (school, ends);

-- The last version of bookings that were cancelled or removed: an id that comes again does not count from 1.
CREATE TABLE sync_last_versions (
    school TEXT NOT NULL,
    booking TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (school, booking)
) STRICT, WITHOUT ROWID;

-- The archive: bookings as they were when a run removed them.
CREATE TABLE sync_removed (
    school TEXT NOT NULL,
    run INTEGER NOT NULL,
    id TEXT NOT NULL,
    room TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    owner_name TEXT,
    owner_email TEXT,
    title TEXT,
    series TEXT,
    version INTEGER NOT NULL,
    causes TEXT NOT NULL, -- JSON
    absorbed INTEGER NOT NULL,
    PRIMARY KEY (school, run, id)
) STRICT;

CREATE INDEX sync_removed_by_booking ON sync_removed (school, id);

CREATE TABLE sync_timetables (
    school TEXT NOT NULL PRIMARY KEY,
    format INTEGER NOT NULL,
    content TEXT NOT NULL -- JSON
) STRICT;

-- The journal.
CREATE TABLE sync_runs (
    school TEXT NOT NULL,
    run INTEGER NOT NULL,
    kind TEXT NOT NULL, -- sync, administrator, undo
    status TEXT NOT NULL, -- applied, unchanged, held, awaiting_match
    started_utc TEXT NOT NULL,
    judged_at TEXT NOT NULL,
    fingerprint TEXT,
    areas TEXT NOT NULL, -- JSON
    report TEXT NOT NULL, -- JSON
    revision INTEGER NOT NULL, -- after it
    PRIMARY KEY (school, run)
) STRICT;

-- The outbox.
CREATE TABLE sync_notices (
    school TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE, -- over all schools
    position INTEGER NOT NULL UNIQUE, -- the order in which all schools' messages were queued
    run INTEGER NOT NULL,
    to_name TEXT,
    to_email TEXT, -- NULL is the administrator
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    removed TEXT NOT NULL, -- JSON
    state TEXT NOT NULL, -- queued, sent, failed
    reason TEXT, -- of a failure, or why the last attempt came to nothing
    attempts INTEGER NOT NULL,
    claimed_by TEXT,
    claimed_until_utc TEXT,
    PRIMARY KEY (school, id)
) STRICT;

CREATE INDEX sync_notices_in_order ON sync_notices (school, position);
CREATE INDEX sync_notices_waiting ON sync_notices (position) WHERE state = 'queued';
