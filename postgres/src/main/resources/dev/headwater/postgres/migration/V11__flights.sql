-- One call settles all that it carries, repetitions included, and waits for locks no longer than it is told to.

DROP FUNCTION {schema}.append_batch;

-- Appends many appends, each accepted or refused on its own. They are numbered from 1 by the caller, who has made sure
-- that none can change what another depends on.
--
-- Streams: each once; "owners" holds the number of the append that the stream belongs to alone, or 0 when several that
-- cannot be refused share it; "expected" is a version, 0 for none, -1 for any and -2 for at least 1.
-- Events: in log order; "streams" counts from 1, the names are repeated because an element of a text array cannot be
-- reached without walking over those before it; "offsets" is the number of the event among those of its stream here.
-- Criteria of tag conditions: sets are joined with U+001F, NULL stands for everything.
--
-- "first_position" is that of the first event stored; "versions" are those that the streams had; "refused" and
-- "conflicts" name the appends refused, with the position that breaks the condition or 0 when it was a version. With
-- "check_ids" the appends of which an event id is already stored are "taken", and the others are stored; without, such
-- an id is an error. "stored" is the number of events stored. "stream_ids" are the numbers of the streams, of no
-- meaning for one that was not created; "previous_id" is that of the last event before. "lock_timeout_millis" bounds
-- each wait for a lock. "in_transaction" tells that the transaction is the caller's: its lock timeout is left as it
-- was, and its commit announces the events.
CREATE FUNCTION {schema}.append_batch(
    stream_names text[], stream_owners int[], stream_expected bigint[],
    event_streams int[], event_stream_names text[], event_offsets int[],
    event_ids uuid[], event_types text[], event_schema_versions int[], event_seconds bigint[], event_nanos int[],
    event_correlation_ids uuid[], event_causation_ids uuid[], event_tags text[], event_metadata text[],
    event_data text[], event_owners int[],
    criterion_owners int[], criterion_after bigint[],
    criterion_types text[], criterion_categories text[], criterion_tags text[],
    check_ids boolean, lock_timeout_millis int, in_transaction boolean,
    OUT first_position bigint, OUT versions bigint[], OUT refused int[], OUT conflicts bigint[], OUT taken int[],
    OUT stored int, OUT stream_ids bigint[], OUT previous_id uuid)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $function$
DECLARE
    head bigint;
    known_ids bigint[];
    left_out int[];
    previous_timeout text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', lock_timeout_millis::text, true);
    PERFORM {schema}.enter_append(NULL);

    SELECT array_agg(s.id),
        array_agg(coalesce(
            (SELECT e.version FROM {schema}.events e WHERE e.stream_id = s.id ORDER BY e.version DESC LIMIT 1), 0)),
        coalesce((SELECT e.position FROM {schema}.events e ORDER BY e.position DESC LIMIT 1), 0),
        (SELECT e.id FROM {schema}.events e ORDER BY e.position DESC LIMIT 1)
    INTO known_ids, versions, head, previous_id
    FROM (
        SELECT (SELECT t.id FROM {schema}.streams t WHERE t.name = n.name) AS id
        FROM (SELECT unnest(stream_names) AS name) n
        OFFSET 0) s;

    SELECT array_agg(r.owner), array_agg(r.conflict)
    INTO refused, conflicts
    FROM (
        SELECT s.owner, 0 AS conflict
        FROM (
            SELECT unnest(stream_owners) AS owner, unnest(stream_expected) AS expected, unnest(versions) AS version) s
        WHERE CASE s.expected WHEN -1 THEN false WHEN -2 THEN s.version = 0 ELSE s.version <> s.expected END
        GROUP BY s.owner) r;

    IF criterion_owners IS NOT NULL THEN
        SELECT refused || array_agg(c.owner), conflicts || array_agg(c.conflict)
        INTO refused, conflicts
        FROM {schema}.condition_conflicts(
            criterion_owners, criterion_after, criterion_types, criterion_categories, criterion_tags, head) c
        WHERE c.owner <> ALL (coalesce(refused, '{}'));
    END IF;

    left_out := refused;
    IF check_ids THEN
        SELECT array_agg(DISTINCT i.owner)
        INTO taken
        FROM (SELECT unnest(event_ids) AS id, unnest(event_owners) AS owner) i
        WHERE i.owner <> ALL (coalesce(refused, '{}'))
            AND (SELECT e.position FROM {schema}.events e WHERE e.id = i.id) IS NOT NULL;
        IF taken IS NOT NULL THEN
            left_out := refused || taken;
            SELECT array_agg(o.number ORDER BY o.n)
            INTO event_offsets
            FROM (
                SELECT i.n,
                    count(*) FILTER (WHERE i.owner <> ALL (left_out)) OVER (PARTITION BY i.stream ORDER BY i.n)::int
                        AS number
                FROM unnest(event_streams, event_owners) WITH ORDINALITY i (stream, owner, n)) o;
        END IF;
    END IF;

    IF array_position(known_ids, NULL) IS NULL THEN
        stream_ids := known_ids;
    ELSE
        SELECT array_agg(coalesce(s.id, s.last + s.number))
        INTO stream_ids
        FROM (
            SELECT k.id,
                count(*) FILTER (WHERE k.id IS NULL) OVER (ROWS UNBOUNDED PRECEDING) AS number,
                coalesce((SELECT t.id FROM {schema}.streams t ORDER BY t.id DESC LIMIT 1), 0) AS last
            FROM (SELECT unnest(known_ids) AS id) k) s;
        INSERT INTO {schema}.streams (id, name)
        SELECT s.id, s.name
        FROM (
            SELECT unnest(stream_ids) AS id, unnest(stream_names) AS name, unnest(known_ids) AS known_id,
                unnest(stream_owners) AS owner) s
        WHERE s.known_id IS NULL AND (left_out IS NULL OR s.owner <> ALL (left_out));
    END IF;

    INSERT INTO {schema}.events (position, stream_id, version, time, id, correlation_id, causation_id,
        schema_version, data_bytes, time_nanos, type, stream, tags, metadata, data)
    SELECT head + row_number() OVER (), stream_ids[e.stream], versions[e.stream] + e.number,
        {schema}.event_time(e.seconds, e.nanos), e.id, e.correlation_id, e.causation_id,
        e.schema_version, octet_length(e.data), e.nanos % 1000, e.type, e.stream_name,
        string_to_array(e.tags, U&'\001F'), e.metadata::json, e.data::json
    FROM (
        SELECT unnest(event_streams) AS stream, unnest(event_owners) AS owner,
            unnest(event_stream_names) AS stream_name, unnest(event_offsets) AS number, unnest(event_ids) AS id,
            unnest(event_types) AS type, unnest(event_schema_versions) AS schema_version,
            unnest(event_seconds) AS seconds, unnest(event_nanos) AS nanos,
            unnest(event_correlation_ids) AS correlation_id, unnest(event_causation_ids) AS causation_id,
            unnest(event_tags) AS tags, unnest(event_metadata) AS metadata, unnest(event_data) AS data) e
    WHERE left_out IS NULL OR e.owner <> ALL (left_out);
    GET DIAGNOSTICS stored = ROW_COUNT;
    first_position := head + 1;

    IF event_tags IS NOT NULL THEN
        INSERT INTO {schema}.event_tags (tag, position)
        SELECT unnest(e.tags), e.position FROM {schema}.events e WHERE e.position > head AND e.tags IS NOT NULL;
    END IF;

    IF in_transaction THEN
        PERFORM set_config('lock_timeout', previous_timeout, true);
        PERFORM pg_notify({channel}, '');
    END IF;
END
$function$;
