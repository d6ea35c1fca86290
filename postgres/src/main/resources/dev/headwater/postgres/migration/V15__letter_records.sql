-- All that came of an event that was read from elsewhere, since its log may forget it.
ALTER TABLE {schema}.dead_letters ADD COLUMN record bytea;
