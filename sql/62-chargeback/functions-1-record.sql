-- How policies, splits, rates, fiscal periods and business metrics are written: one way for all of them.

CREATE OR REPLACE FUNCTION bedrock_internal.days_of(valid_from date, valid_to date) RETURNS daterange
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF days_of.valid_to < days_of.valid_from OR days_of.valid_to = '-infinity' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the last day, %s, is before the first, %s', days_of.valid_to,
                             coalesce(days_of.valid_from, '-infinity')),
            HINT = 'Give valid_from and valid_to in their order, or leave out valid_to.';
    END IF;
    RETURN daterange(coalesce(days_of.valid_from, '-infinity'), bedrock_internal.day_after(days_of.valid_to));
END
$$;
COMMENT ON FUNCTION bedrock_internal.days_of(date, date) IS
    'days from the first to the last one. NULL: from the beginning, without end. Error 22023: they are reversed';

CREATE OR REPLACE FUNCTION bedrock_internal.record_row(relation regclass, key text[], entry jsonb, days daterange,
    reason text, withdrawn boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    now timestamptz;
    columns text;
    condition text;
    closed jsonb[];
    piece daterange;
    same boolean;
BEGIN
    -- Only the columns that say something: how long, since when and by whom is the same in all of these tables.
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute AS a
    WHERE a.attrelid = record_row.relation AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname NOT IN ('valid', 'recorded', 'recorded_by', 'reason', 'closed_by', 'close_reason', 'builtin');
    SELECT string_agg(format('t.%1$I IS NOT DISTINCT FROM n.%1$I', k), ' AND ') INTO condition
    FROM unnest(record_row.key) AS k;
    IF EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = record_row.relation AND a.attname = 'builtin') THEN
        condition := condition || ' AND NOT t.builtin';
    END IF;

    EXECUTE format('SELECT coalesce(bool_or(NOT $3 AND t.valid = $2 AND ROW(%1$s) IS NOT DISTINCT FROM ROW(%2$s)), '
                   'false) FROM %3$s AS t, jsonb_populate_record(NULL::%3$s, $1) AS n '
                   'WHERE upper_inf(t.recorded) AND t.valid && $2 AND %4$s',
                   't.' || replace(columns, ', ', ', t.'), 'n.' || replace(columns, ', ', ', n.'),
                   record_row.relation, condition)
    INTO same USING record_row.entry, record_row.days, record_row.withdrawn;
    IF same THEN
        RETURN 'unchanged';
    END IF;

    EXECUTE format('SELECT greatest(clock_timestamp(), max(greatest(lower(t.recorded), upper(t.recorded))) '
                   '+ interval ''1 microsecond'') FROM %s AS t', record_row.relation) INTO now;
    EXECUTE format('WITH closed AS (UPDATE %1$s AS t SET recorded = tstzrange(lower(t.recorded), $3), '
                   'closed_by = $4, close_reason = $5 '
                   'FROM jsonb_populate_record(NULL::%1$s, $1) AS n '
                   'WHERE upper_inf(t.recorded) AND t.valid && $2 AND %2$s RETURNING to_jsonb(t) AS j) '
                   'SELECT coalesce(array_agg(c.j), ''{}'') FROM closed AS c', record_row.relation, condition)
    INTO closed USING record_row.entry, record_row.days, now, bedrock_internal.calling_role(), record_row.reason;

    -- What lies before and after the days of the change stays as it was, with who recorded it and why.
    FOR piece, entry IN
        SELECT p.days, c.j || jsonb_build_object('valid', p.days)
        FROM unnest(closed) AS c (j)
        CROSS JOIN LATERAL unnest(datemultirange((c.j ->> 'valid')::daterange)
                                  - datemultirange(record_row.days)) AS p (days)
        UNION ALL
        SELECT record_row.days, record_row.entry || jsonb_build_object('valid', record_row.days,
            'recorded_by', bedrock_internal.calling_role(), 'reason', record_row.reason)
        WHERE NOT record_row.withdrawn
    LOOP
        EXECUTE format('INSERT INTO %1$s (%2$s, valid, recorded, recorded_by, reason) '
                       'SELECT %3$s, $2, tstzrange($3, NULL), n.recorded_by, n.reason '
                       'FROM jsonb_populate_record(NULL::%1$s, $1) AS n',
                       record_row.relation, columns, 'n.' || replace(columns, ', ', ', n.'))
        USING entry, piece, now;
    END LOOP;
    RETURN CASE WHEN record_row.withdrawn AND closed = '{}' THEN 'unchanged' WHEN record_row.withdrawn THEN 'ended'
                WHEN closed = '{}' THEN 'added' ELSE 'changed' END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.record_row(regclass, text[], jsonb, daterange, text, boolean) IS
    'records entry, a row by column names, for these days: what was known of the same key for them is closed, and '
    'stays for other days. withdrawn: nothing takes its place. Returns added, changed, ended or unchanged. The caller '
    'holds bedrock_internal.lock_ownership()';
