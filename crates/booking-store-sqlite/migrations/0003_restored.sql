-- The bookings that a message says are back.
ALTER TABLE sync_notices ADD COLUMN restored TEXT NOT NULL DEFAULT '[]'; -- JSON
