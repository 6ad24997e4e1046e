-- When the work of a run was done, and who asked for it.
ALTER TABLE sync_runs ADD COLUMN finished_utc TEXT; -- right before its commit; NULL where that was not kept
ALTER TABLE sync_runs ADD COLUMN done_by TEXT; -- NULL where nobody is named
