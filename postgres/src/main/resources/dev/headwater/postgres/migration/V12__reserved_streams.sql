-- Conditions that leave reserved streams out, those whose names begin with $.
-- usable-from: 11

-- The first event with "after" < position <= "upto" that has one of the types, one of the categories and all of the tags
-- (NULL stands for everything), or NULL. An empty array of categories stands for all but those of reserved streams.
--
-- Each round leaps to where every tag, type and category can be met next, and looks through a block from there: with
-- tags the next 256 events of the tag that has the fewest there, otherwise a chunk. So the effort is bounded by the
-- rarest tag and by the chunks in which a type or a category occurs. The caller's settings keep the plans on indexes.
CREATE OR REPLACE FUNCTION {schema}.first_match(
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
    open_only boolean := coalesce(cardinality(wanted_categories) = 0, false);
BEGIN
    IF after >= upto THEN
        RETURN NULL;
    END IF;
    start := after + 1;
    IF open_only THEN
        wanted_categories := NULL;
    END IF;
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
                AND NOT (open_only AND starts_with(e.stream, '$'))
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
                    AND NOT (open_only AND starts_with(e.stream, '$'))
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
