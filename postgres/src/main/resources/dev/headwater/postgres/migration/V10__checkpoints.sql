-- Checkpoints are appended: a row for each transaction of an owner, which says how far all of its segments have come.
-- The rows of the segments say only whose they are, and where each stood when it last changed hands.

-- What was read before the position but not handled yet; how it is written is said in OpenPositions.
ALTER TABLE {schema}.subscription_segments ADD COLUMN open bytea;

CREATE TABLE {schema}.subscription_checkpoints (
    subscription text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    segments int[] NOT NULL,
    epochs bigint[] NOT NULL,
    positions bigint[] NOT NULL,
    open bytea[],
    PRIMARY KEY (subscription, owner, number)
);

-- A segment stands where the newest row of its owner says. One that says nothing of it, or speaks of an earlier epoch,
-- is not asked: then it stands where it changed hands.
CREATE VIEW {schema}.subscription_progress AS
SELECT g.subscription, g.segment, g.owner, g.epoch,
    CASE WHEN s.segment IS NULL THEN g.position ELSE s.position END AS position,
    CASE WHEN s.segment IS NULL THEN g.open ELSE s.open END AS open
FROM {schema}.subscription_segments g
LEFT JOIN LATERAL (
    SELECT c.segments, c.epochs, c.positions, c.open FROM {schema}.subscription_checkpoints c
    WHERE c.subscription = g.subscription AND c.owner = g.owner
    ORDER BY c.number DESC LIMIT 1) n ON true
LEFT JOIN LATERAL unnest(n.segments, n.epochs, n.positions, n.open) s (segment, epoch, position, open)
    ON s.segment = g.segment AND s.epoch = g.epoch;

-- Two instances that compute a key differently put an event aside in two segments: neither replaces the other's letter.
ALTER TABLE {schema}.dead_letters DROP CONSTRAINT dead_letters_pkey;
ALTER TABLE {schema}.dead_letters ADD PRIMARY KEY (subscription, segment, position);
CREATE INDEX dead_letters_position ON {schema}.dead_letters (subscription, position);

-- Counting, and asking which keys are parked, read the index alone.
DROP INDEX {schema}.dead_letters_sequence;
CREATE INDEX dead_letters_sequence ON {schema}.dead_letters (subscription, sequence_key, position)
    INCLUDE (segment, state, next_retry);
CREATE INDEX dead_letters_fingerprint ON {schema}.dead_letters (subscription, fingerprint)
    WHERE fingerprint IS NOT NULL;

-- Whoever corrects a letter keeps it for a while, without a connection.
ALTER TABLE {schema}.dead_letters ADD COLUMN correction uuid, ADD COLUMN correcting_until timestamptz;
