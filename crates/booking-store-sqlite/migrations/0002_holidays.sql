-- Weeks of the calendar year that an administrator acknowledged as holidays.
CREATE TABLE sync_holidays (
    school TEXT NOT NULL,
    year INTEGER NOT NULL,
    week INTEGER NOT NULL, -- 1 to 54, Sunday to Saturday, 1 holds 1 January
    PRIMARY KEY (school, year, week)
) STRICT, WITHOUT ROWID;
