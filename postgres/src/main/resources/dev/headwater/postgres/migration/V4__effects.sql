-- Effects of reactors that are done, for as long as their events are not: an event that comes again, or a dead letter
-- that is tried again, does not repeat them.
CREATE TABLE {schema}.effects (
    subscription text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscription, position, name)
);
