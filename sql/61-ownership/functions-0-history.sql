-- How ownership is written: one form for all its tables, so it is written once.

CREATE OR REPLACE FUNCTION bedrock_internal.day_text(day date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN day BETWEEN '0001-01-01' AND '9999-12-31' THEN to_char(day, 'YYYY-MM-DD') ELSE day::text END;
COMMENT ON FUNCTION bedrock_internal.day_text(date) IS 'a day for errors, whatever DateStyle is: 2026-03-01, infinity';

CREATE OR REPLACE FUNCTION bedrock_internal.days_text(days daterange) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN isempty(days) THEN 'on no day'
                WHEN l.first_day IS NULL AND l.last_day IS NULL THEN 'on all days'
                WHEN l.first_day IS NULL THEN 'until ' || l.last_day
                WHEN l.last_day IS NULL THEN 'from ' || l.first_day || ' on'
                WHEN l.first_day = l.last_day THEN 'on ' || l.first_day
                ELSE 'from ' || l.first_day || ' to ' || l.last_day END
    FROM (SELECT to_char(nullif(lower(days), '-infinity'), 'YYYY-MM-DD') AS first_day,
                 to_char(nullif(upper(days), 'infinity') - 1, 'YYYY-MM-DD') AS last_day) AS l;
END;
COMMENT ON FUNCTION bedrock_internal.days_text(daterange) IS
    'days in words, for errors: from 2026-03-01 to 2026-03-31';

CREATE OR REPLACE FUNCTION bedrock_internal.day_after(last_day date) RETURNS date
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF last_day = 'infinity' OR last_day IS NULL THEN
        RETURN NULL;
    ELSIF last_day NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('the last day cannot be %s', bedrock_internal.day_text(last_day)),
            HINT = 'Give a day of the years 1 to 9999, or infinity for no end.';
    END IF;
    RETURN last_day + 1;
END
$$;
COMMENT ON FUNCTION bedrock_internal.day_after(date) IS
    'upper bound of days whose last one is last_day; NULL: none, of infinity or NULL. Error 22023: a day out of the '
    'years 1 to 9999';

CREATE OR REPLACE FUNCTION bedrock_internal.today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (now() AT TIME ZONE 'UTC')::date;
COMMENT ON FUNCTION bedrock_internal.today() IS 'today (UTC), the same during a transaction';

CREATE OR REPLACE FUNCTION bedrock_internal.write_history(relation regclass, key jsonb, days daterange, change jsonb,
    reason text, until_planned boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    of_key text;
    stamp timestamptz;
    known jsonb[];
    old jsonb;
    old_days daterange;
    before jsonb := jsonb_build_object();
    lasting jsonb := change;
    pieces jsonb[] := ARRAY[]::jsonb[];
    said jsonb[] := ARRAY[]::jsonb[];
    piece jsonb;
    kept daterange;
    columns text;
    outcome text := 'unchanged';
BEGIN
    PERFORM bedrock_internal.check_entry(write_history.key || coalesce(change, '{}'), days, write_history.reason);
    -- With the values written out, so that an index on a column of the key is used.
    SELECT string_agg(CASE k.value WHEN 'null' THEN format('t.%I IS NULL', k.key)
                                   ELSE format('t.%I = %L', k.key, k.value #>> '{}') END, ' AND ')
    INTO of_key FROM jsonb_each(write_history.key) AS k (key, value);
    -- Later than all that is known of the key, also where two changes fall into one microsecond.
    EXECUTE format('SELECT greatest(clock_timestamp(), max(lower(t.recorded)) + interval %L,'
                   '           max(upper(t.recorded)) + interval %1$L),'
                   '       coalesce(array_agg(to_jsonb(t) ORDER BY t.valid) FILTER (WHERE upper_inf(t.recorded)), %L)'
                   ' FROM %s AS t WHERE %s', '1 microsecond', '{}', relation, of_key)
    INTO stamp, known;

    FOREACH old IN ARRAY known LOOP
        old_days := (old ->> 'valid')::daterange;
        IF until_planned AND old_days @> lower(days) THEN
            before := old;
        ELSIF until_planned AND old_days && days THEN
            -- From here on what was planned for a later day is kept, value by value.
            SELECT coalesce(jsonb_object_agg(c.key, c.value), '{}') INTO lasting
            FROM jsonb_each(lasting) AS c (key, value)
            WHERE coalesce(old -> c.key, 'null') = coalesce(before -> c.key, 'null');
        END IF;
        CONTINUE WHEN NOT old_days && days OR old || lasting = old;
        EXECUTE format('UPDATE %s AS t SET recorded = tstzrange(lower(t.recorded), $1), closed_by = $2,'
                       ' close_reason = $3 WHERE %s AND t.valid = $4 AND upper_inf(t.recorded)', relation, of_key)
        USING stamp, caller, reason, old_days;
        -- What lies before and after the change stays what it was, with who recorded it and why.
        FOR kept IN SELECT m.days FROM unnest(datemultirange(old_days) - datemultirange(days)) AS m (days) LOOP
            pieces := pieces || (old || jsonb_build_object('valid', kept));
        END LOOP;
        IF change IS NOT NULL THEN
            said := said || (old || lasting || jsonb_build_object('valid', old_days * days));
        END IF;
        outcome := CASE WHEN change IS NULL THEN 'ended' ELSE 'changed' END;
    END LOOP;

    -- Days of which nothing is known take the other values from the next row, else from the last one.
    FOR kept IN SELECT m.days
                FROM unnest(datemultirange(days) - coalesce((SELECT range_agg((k.value ->> 'valid')::daterange)
                                                             FROM unnest(known) AS k (value)), '{}')) AS m (days)
                WHERE change IS NOT NULL AND (m.days @> lower(write_history.days) OR NOT until_planned) LOOP
        SELECT k.value INTO old FROM unnest(known) AS k (value)
        CROSS JOIN LATERAL (SELECT lower((k.value ->> 'valid')::daterange)) AS b (first_day)
        ORDER BY b.first_day < lower(kept), CASE WHEN b.first_day > lower(kept) THEN b.first_day END,
                 b.first_day DESC
        LIMIT 1;
        said := said || (coalesce(old, '{}') || change || jsonb_build_object('valid', kept));
        outcome := CASE WHEN EXISTS (SELECT FROM unnest(known) AS k (value)
                                     WHERE (k.value ->> 'valid')::daterange && days) THEN 'changed' ELSE 'added' END;
    END LOOP;
    -- Of all that is new, days that say the same are one row.
    pieces := pieces || ARRAY(
        SELECT n.content || jsonb_build_object('valid', r.days, 'recorded_by', caller, 'reason', write_history.reason)
        FROM (SELECT s.value - '{valid,recorded,recorded_by,reason}'::text[] AS content,
                     range_agg((s.value ->> 'valid')::daterange) AS valid
              FROM unnest(said) AS s (value) GROUP BY 1) AS n
        CROSS JOIN LATERAL unnest(n.valid) AS r (days));

    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute AS a WHERE a.attrelid = write_history.relation AND a.attnum > 0 AND NOT a.attisdropped;
    FOREACH piece IN ARRAY pieces LOOP
        EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1) AS r',
                       relation, columns)
        USING piece || write_history.key || jsonb_build_object('recorded', tstzrange(stamp, NULL));
    END LOOP;
    RETURN outcome;
EXCEPTION WHEN exclusion_violation THEN
    -- The last line: what the functions check has changed since this transaction began to read, or somebody wrote past
    -- them.
    RAISE EXCEPTION USING ERRCODE = 'exclusion_violation',
        MESSAGE = format('%s of "%s" has changed meanwhile', replace(split_part(relation::text, '.', 2), '_', ' '),
                         left((SELECT string_agg(k.value, ', ') FROM jsonb_each_text(write_history.key) AS k), 160)),
        DETAIL = format('Another row is recorded for a day %s.', bedrock_internal.days_text(days)),
        HINT = 'Look at it, and call again in a new transaction.';
END
$$;
COMMENT ON FUNCTION bedrock_internal.write_history(regclass, jsonb, daterange, jsonb, text, boolean) IS
    'writes a change of the rows of one key, {"identity": "..."}, on these days into a table of the form of '
    'bedrock.claim, and returns added, changed, ended or unchanged: recorded of the rows that change is closed, and '
    'what remains of them and what is new is inserted; added: nothing was known of these days. change: columns and '
    'their values, other columns stay; with valid, a row that says the same of fewer days is changed; NULL: the days '
    'are taken away. until_planned: each value holds until the first later day of which another one was known, and '
    'days without a row stay without. The caller holds bedrock_internal.lock_ownership() and has checked the change. '
    'Errors: 23P01 another row is there for a day; those of bedrock_internal.check_entry';
