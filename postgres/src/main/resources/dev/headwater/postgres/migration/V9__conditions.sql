-- Conditions of appends: looked up before the critical section, by an index whatever the distribution, so that inside
-- it only what was appended since is looked at. docs/decisions/append-protocol.md explains the choice.

-- Which types and categories occur where: chunk n holds the positions from 1024 n + 1 to 1024 (n + 1). Rows are only
-- ever added, by whoever looks and only for chunks that are complete; of the kind "end" there is one row for each time,
-- with the number of chunks that are there since. What lies behind is looked at event by event.
CREATE TABLE {schema}.chunk_names (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    chunk bigint NOT NULL,
    PRIMARY KEY (kind, name, chunk)
);

-- Takes in the next complete chunks, at most so many. One does at a time; who comes meanwhile waits or does without.
CREATE FUNCTION {schema}.extend_chunk_names(most_chunks int, wait boolean) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $function$
DECLARE
    first_chunk bigint;
    end_chunk bigint;
BEGIN
    IF {schema}.missing_chunks() = 0 THEN
        RETURN;
    ELSIF wait THEN
        PERFORM pg_advisory_xact_lock({lockClass} + 2, {lockKey});
    ELSIF NOT pg_try_advisory_xact_lock({lockClass} + 2, {lockKey}) THEN
        RETURN;
    END IF;
    first_chunk := {schema}.known_chunks();
    end_chunk := first_chunk + least(most_chunks, {schema}.missing_chunks());
    IF first_chunk < end_chunk THEN
        INSERT INTO {schema}.chunk_names (kind, name, chunk)
        SELECT DISTINCT n.kind, n.name, c.chunk
        FROM generate_series(first_chunk, end_chunk - 1) c (chunk) CROSS JOIN LATERAL (
            SELECT DISTINCT e.type, split_part(e.stream, '-', 1) AS category
            FROM {schema}.events e
            WHERE e.position > c.chunk * 1024 AND e.position <= (c.chunk + 1) * 1024) p
        CROSS JOIN LATERAL (VALUES ('type', p.type), ('category', p.category)) n (kind, name);
        INSERT INTO {schema}.chunk_names (kind, name, chunk) VALUES ('end', '', end_chunk);
    END IF;
END
$function$;

-- How many chunks are taken in.
CREATE FUNCTION {schema}.known_chunks() RETURNS bigint
LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN coalesce((
        SELECT c.chunk FROM {schema}.chunk_names c WHERE c.kind = 'end' AND c.name = '' ORDER BY c.chunk DESC LIMIT 1), 0);
END
$function$;

-- How many complete chunks are not.
CREATE FUNCTION {schema}.missing_chunks() RETURNS bigint
LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN coalesce((SELECT e.position FROM {schema}.events e ORDER BY e.position DESC LIMIT 1), 0) / 1024
        - {schema}.known_chunks();
END
$function$;

-- The first position from "start" on that can have one of these names, as far as chunks are known; from there on any can.
CREATE FUNCTION {schema}.next_in_chunk(wanted_kind text, names text[], start bigint, known_end bigint) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    RETURN greatest(start, coalesce((
        SELECT min(n.chunk) * 1024 + 1
        FROM (SELECT unnest(names) AS name) w CROSS JOIN LATERAL (
            SELECT c.chunk FROM {schema}.chunk_names c
            WHERE c.kind = wanted_kind AND c.name = w.name AND c.chunk >= (start - 1) / 1024
            ORDER BY c.chunk LIMIT 1) n), known_end + 1));
END
$function$;

-- The first event with "after" < position <= "upto" that has one of the types, one of the categories and all of the tags
-- (NULL stands for everything), or NULL.
--
-- Each round leaps to where every tag, type and category can be met next, and looks through a block from there: with
-- tags the next 256 events of the tag that has the fewest there, otherwise a chunk. So the effort is bounded by the
-- rarest tag and by the chunks in which a type or a category occurs. The caller's settings keep the plans on indexes.
CREATE FUNCTION {schema}.first_match(
    after bigint, upto bigint, wanted_types text[], wanted_categories text[], wanted_tags text[]) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $function$
DECLARE
    start bigint;
    known_end bigint := 0;
    block_end bigint;
    found_at bigint;
    one_tag text;
    rarest_tag text;
BEGIN
    IF after >= upto THEN
        RETURN NULL;
    END IF;
    start := after + 1;
    IF upto - after > 1024 AND (wanted_types IS NOT NULL OR wanted_categories IS NOT NULL) THEN
        known_end := {schema}.known_chunks() * 1024;
    END IF;
    WHILE start <= upto LOOP
        IF wanted_tags IS NOT NULL THEN
            FOREACH one_tag IN ARRAY wanted_tags LOOP
                SELECT t.position INTO found_at FROM {schema}.event_tags t
                WHERE t.tag = one_tag AND t.position >= start ORDER BY t.position LIMIT 1;
                IF found_at IS NULL OR found_at > upto THEN
                    RETURN NULL;
                END IF;
                start := found_at;
            END LOOP;
        END IF;
        IF start <= known_end AND wanted_types IS NOT NULL THEN
            start := {schema}.next_in_chunk('type', wanted_types, start, known_end);
        END IF;
        IF start <= known_end AND wanted_categories IS NOT NULL THEN
            start := {schema}.next_in_chunk('category', wanted_categories, start, known_end);
        END IF;
        IF wanted_tags IS NULL THEN
            block_end := CASE WHEN start <= known_end THEN least(upto, ((start - 1) / 1024 + 1) * 1024) ELSE upto END;
            SELECT e.position INTO found_at FROM {schema}.events e
            WHERE e.position >= start AND e.position <= block_end
                AND (wanted_types IS NULL OR e.type = ANY (wanted_types))
                AND (wanted_categories IS NULL OR split_part(e.stream, '-', 1) = ANY (wanted_categories))
            ORDER BY e.position LIMIT 1;
        ELSE
            block_end := 0;
            FOREACH one_tag IN ARRAY wanted_tags LOOP
                SELECT t.position INTO found_at FROM {schema}.event_tags t
                WHERE t.tag = one_tag AND t.position >= start AND t.position <= upto
                ORDER BY t.position LIMIT 1 OFFSET 255;
                IF coalesce(found_at, upto) > block_end THEN
                    block_end := coalesce(found_at, upto);
                    rarest_tag := one_tag;
                END IF;
            END LOOP;
            SELECT c.position INTO found_at
            FROM (
                SELECT t.position FROM {schema}.event_tags t
                WHERE t.tag = rarest_tag AND t.position >= start AND t.position <= block_end
                ORDER BY t.position LIMIT 256) c
            CROSS JOIN LATERAL (
                SELECT 1 FROM {schema}.events e
                WHERE e.position = c.position AND e.tags @> wanted_tags
                    AND (wanted_types IS NULL OR e.type = ANY (wanted_types))
                    AND (wanted_categories IS NULL OR split_part(e.stream, '-', 1) = ANY (wanted_categories))
                LIMIT 1) m
            ORDER BY c.position LIMIT 1;
        END IF;
        IF found_at IS NOT NULL THEN
            RETURN found_at;
        END IF;
        start := block_end + 1;
    END LOOP;
    RETURN NULL;
END
$function$;

-- The owners of criteria that an event up to "upto" meets, each with the position of the first one.
CREATE FUNCTION {schema}.condition_conflicts(
    criterion_owners int[], criterion_after bigint[],
    criterion_types text[], criterion_categories text[], criterion_tags text[], upto bigint)
RETURNS TABLE (owner int, conflict bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $function$
BEGIN
    RETURN QUERY
        SELECT c.owner, min(c.conflict)
        FROM (
            SELECT c.owner, {schema}.first_match(c.after, upto, string_to_array(c.types, U&'\001F'),
                string_to_array(c.categories, U&'\001F'), string_to_array(c.tags, U&'\001F')) AS conflict
            FROM (
                SELECT unnest(criterion_owners) AS owner, unnest(criterion_after) AS after,
                    unnest(criterion_types) AS types, unnest(criterion_categories) AS categories,
                    unnest(criterion_tags) AS tags) c
            OFFSET 0) c
        WHERE c.conflict IS NOT NULL
        GROUP BY c.owner;
END
$function$;

-- Looks for a conflict before the critical section; whether there was one up to "head" never changes any more. Without
-- a "head" too many chunks were missing: some were added, and the call is to be repeated. In a transaction of the
-- caller's there is no second call, nor a wait for somebody who may wait for this transaction.
CREATE FUNCTION {schema}.look_for_conflict(
    criterion_owners int[], criterion_after bigint[],
    criterion_types text[], criterion_categories text[], criterion_tags text[], in_transaction boolean,
    OUT head bigint, OUT conflict bigint)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $function$
BEGIN
    IF array_to_string(criterion_types, '') <> '' OR array_to_string(criterion_categories, '') <> '' THEN
        IF NOT in_transaction THEN
            PERFORM {schema}.extend_chunk_names(256, {schema}.missing_chunks() > 64);
            IF {schema}.missing_chunks() > 64 THEN
                RETURN;
            END IF;
        ELSIF current_setting('transaction_isolation') = 'read committed' THEN
            PERFORM {schema}.extend_chunk_names(2147483647, false);
        END IF;
    END IF;
    head := coalesce((SELECT e.position FROM {schema}.events e ORDER BY e.position DESC LIMIT 1), 0);
    conflict := (
        SELECT min(c.conflict)
        FROM {schema}.condition_conflicts(
            criterion_owners, criterion_after, criterion_types, criterion_categories, criterion_tags, head) c);
END
$function$;

-- The same as before, with conditions as above.
CREATE OR REPLACE FUNCTION {schema}.append_batch(
    stream_names text[], stream_owners int[], stream_expected bigint[],
    event_streams int[], event_stream_names text[], event_offsets int[],
    event_ids uuid[], event_types text[], event_schema_versions int[], event_seconds bigint[], event_nanos int[],
    event_correlation_ids uuid[], event_causation_ids uuid[], event_tags text[], event_metadata text[],
    event_data text[],
    criterion_owners int[], criterion_after bigint[],
    criterion_types text[], criterion_categories text[], criterion_tags text[],
    check_ids boolean, lock_timeout_millis int,
    OUT first_position bigint, OUT versions bigint[], OUT refused int[], OUT conflicts bigint[], OUT duplicate uuid,
    OUT stream_ids bigint[], OUT previous_id uuid)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $function$
DECLARE
    head bigint;
    known_ids bigint[];
BEGIN
    PERFORM {schema}.enter_append(lock_timeout_millis);

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

    IF check_ids AND refused IS NULL THEN
        SELECT e.id INTO duplicate FROM {schema}.events e WHERE e.id = ANY (event_ids) LIMIT 1;
        IF FOUND THEN
            RETURN;
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
        WHERE s.known_id IS NULL AND (refused IS NULL OR s.owner <> ALL (refused));
    END IF;

    INSERT INTO {schema}.events (position, stream_id, version, time, id, correlation_id, causation_id,
        schema_version, data_bytes, time_nanos, type, stream, tags, metadata, data)
    SELECT head + row_number() OVER (), stream_ids[e.stream], versions[e.stream] + e.number,
        {schema}.event_time(e.seconds, e.nanos), e.id, e.correlation_id, e.causation_id,
        e.schema_version, octet_length(e.data), e.nanos % 1000, e.type, e.stream_name,
        string_to_array(e.tags, U&'\001F'), e.metadata::json, e.data::json
    FROM (
        SELECT unnest(event_streams) AS stream, unnest(event_stream_names) AS stream_name,
            unnest(event_offsets) AS number, unnest(event_ids) AS id,
            unnest(event_types) AS type, unnest(event_schema_versions) AS schema_version,
            unnest(event_seconds) AS seconds, unnest(event_nanos) AS nanos,
            unnest(event_correlation_ids) AS correlation_id, unnest(event_causation_ids) AS causation_id,
            unnest(event_tags) AS tags, unnest(event_metadata) AS metadata, unnest(event_data) AS data) e
    WHERE refused IS NULL OR stream_owners[e.stream] <> ALL (refused);
    first_position := head + 1;

    IF lock_timeout_millis IS NOT NULL THEN
        PERFORM pg_notify({channel}, '');
    END IF;

    IF event_tags IS NOT NULL THEN
        INSERT INTO {schema}.event_tags (tag, position)
        SELECT unnest(e.tags), e.position FROM {schema}.events e WHERE e.position > head AND e.tags IS NOT NULL;
    END IF;
END
$function$;
