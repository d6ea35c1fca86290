-- The JSON Schemas of messages. A row is written once; only its state changes.

CREATE TABLE {schema}.schemas (
    type text COLLATE "C" NOT NULL,
    version int NOT NULL,
    schema json NOT NULL,
    author text NOT NULL,
    registered_at timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL,
    PRIMARY KEY (type, version)
);
