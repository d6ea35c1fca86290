-- The key that encrypts the personal data of a subject; without a key, that the subject was forgotten. Rows stay for ever.

CREATE TABLE {schema}.subject_keys (
    subject text COLLATE "C" PRIMARY KEY,
    key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    forgotten_at timestamptz,
    CHECK ((key IS NULL) <> (forgotten_at IS NULL))
);
