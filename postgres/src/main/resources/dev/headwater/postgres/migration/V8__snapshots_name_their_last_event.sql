-- The id of the last event that went into the state. A snapshot without one, which older code has written, is ignored.
ALTER TABLE {schema}.snapshots ADD COLUMN last_event uuid;
