-- Finds events by their ids along the unique index of these, whatever the size of the log was when the plan was made.
-- usable-from: 15

-- Where those of the events stand that are stored.
CREATE FUNCTION {schema}.stored_events(ids uuid[])
RETURNS TABLE (id uuid, "position" bigint, stream text, version bigint)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $function$
BEGIN
    RETURN QUERY
        SELECT s.id, s.position, s.stream, s.version
        FROM (SELECT unnest(ids) AS id) i CROSS JOIN LATERAL (
            SELECT e.id, e.position, e.stream, e.version FROM {schema}.events e WHERE e.id = i.id LIMIT 1) s;
END
$function$;
