-- Receipts of steps that workflows do in this database, from their transaction until they stand in the journal.
-- usable-from: 11

CREATE TABLE {schema}.step_receipts (
    key text COLLATE "C" PRIMARY KEY,
    result text,
    written_at timestamptz NOT NULL DEFAULT now()
);
