-- Since when a letter fails. What was put aside before this column came counts from then.

ALTER TABLE {schema}.dead_letters ADD COLUMN first_failure timestamptz;
UPDATE {schema}.dead_letters SET first_failure = parked_at WHERE last_failure IS NOT NULL;

-- The event that was appended in place of the one that was given up.

ALTER TABLE {schema}.dead_letter_decisions ADD COLUMN correction uuid;
