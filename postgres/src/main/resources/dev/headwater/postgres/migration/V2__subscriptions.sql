-- How far subscriptions have come, who is at work on them, and what they could not handle.

CREATE TABLE {schema}.subscriptions (
    name text COLLATE "C" PRIMARY KEY,
    paused boolean NOT NULL DEFAULT false,
    paused_by text,
    paused_at timestamptz,
    replaced_by text COLLATE "C"
);

-- The instances that run a subscription. One that has not renewed itself in time no longer counts, and its segments are
-- free. Times are the server's.
CREATE TABLE {schema}.subscription_members (
    subscription text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT now(),
    alive_until timestamptz NOT NULL,
    PRIMARY KEY (subscription, instance)
) WITH (fillfactor = 50);

-- Every wanted event of the keys of a segment, up to its position, was handled or is a dead letter. The epoch grows
-- with every change of the owner; whoever moves the position must know it.
CREATE TABLE {schema}.subscription_segments (
    subscription text COLLATE "C" NOT NULL,
    segment int NOT NULL,
    position bigint NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    owner text COLLATE "C",
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscription, segment)
) WITH (fillfactor = 50);

-- Events that a subscription has passed over: those that failed, and behind them those of the same key that wait.
CREATE TABLE {schema}.dead_letters (
    subscription text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    segment int NOT NULL,
    attempts int NOT NULL,
    event_id uuid NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    last_failure timestamptz,
    next_retry timestamptz,
    state text COLLATE "C" NOT NULL,
    sequence_key text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    exception_class text COLLATE "C",
    message text,
    stack_trace text,
    fingerprint text COLLATE "C",
    PRIMARY KEY (subscription, position)
);

CREATE INDEX dead_letters_sequence ON {schema}.dead_letters (subscription, sequence_key, position);
CREATE INDEX dead_letters_due ON {schema}.dead_letters (subscription, next_retry) WHERE next_retry IS NOT NULL;

-- What people decided about dead letters; it stays when they are gone.
CREATE TABLE {schema}.dead_letter_decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    decision text NOT NULL,
    decided_by text NOT NULL,
    reason text NOT NULL
);

CREATE INDEX dead_letter_decisions_of ON {schema}.dead_letter_decisions (subscription, position);
