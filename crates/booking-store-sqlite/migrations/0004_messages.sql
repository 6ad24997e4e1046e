-- What a message holds beside its text, and from when one that was put off may be sent again.
ALTER TABLE sync_notices ADD COLUMN html TEXT;
ALTER TABLE sync_notices ADD COLUMN calendar TEXT; -- an iCalendar file
ALTER TABLE sync_notices ADD COLUMN not_before_utc TEXT; -- NULL is at once
