-- The instances of processes, and the events that none of them took.
-- usable-from: 11

-- A row is written in the transaction of the subscription that owns the instance. Whoever watches the time only puts off
-- when it is due. Times are the server's.
CREATE TABLE {schema}.process_instances (
    process text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version int NOT NULL,
    state text COLLATE "C" NOT NULL,
    stage text COLLATE "C" NOT NULL,
    waiting_for text COLLATE "C" NOT NULL,
    timer bigint NOT NULL,
    due timestamptz,
    position bigint NOT NULL,
    started timestamptz NOT NULL,
    since timestamptz NOT NULL,
    ended timestamptz,
    correlation_id uuid,
    metadata json,
    problem text,
    attributes jsonb,
    data json NOT NULL,
    PRIMARY KEY (process, id)
) WITH (fillfactor = 80);

-- Lists go by process and start. Most of the rows are complete, so the others have an index of their own.
CREATE INDEX process_instances_started ON {schema}.process_instances (process, started, id);
CREATE INDEX process_instances_state ON {schema}.process_instances (process, state, started, id)
    WHERE state <> 'COMPLETED';
CREATE INDEX process_instances_due ON {schema}.process_instances (due) WHERE due IS NOT NULL;
CREATE INDEX process_instances_ended ON {schema}.process_instances (ended) WHERE ended IS NOT NULL;
CREATE INDEX process_instances_attributes ON {schema}.process_instances USING gin (attributes jsonb_path_ops)
    WHERE attributes IS NOT NULL;

CREATE TABLE {schema}.process_unclaimed (
    process text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    answered boolean NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (process, position, id)
);

CREATE INDEX process_unclaimed_id ON {schema}.process_unclaimed (process, id, position);
CREATE INDEX process_unclaimed_noted_at ON {schema}.process_unclaimed (noted_at);
