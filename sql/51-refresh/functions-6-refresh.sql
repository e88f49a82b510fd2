CREATE OR REPLACE FUNCTION bedrock_internal.period_flags(staged boolean, OUT payer text, OUT period date,
    OUT net_filled boolean,
    OUT resource_recorded boolean, OUT principal_recorded boolean, OUT tags_recorded boolean) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF staged THEN
        RETURN QUERY
        SELECT c.payer, c.period, bool_or(c.net_filled), bool_or(c.period_resource), bool_or(c.period_principal),
            bool_or(c.period_tags)
        FROM bedrock_key AS c GROUP BY 1, 2;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.period_flags(boolean) IS
    'what the lines in bedrock_key record, by payer and period; no row where nothing is staged';

CREATE OR REPLACE FUNCTION bedrock_internal.reading_mark(source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(reading_mark.source);
    reading text := md5(bedrock_internal.source_select(reading_mark.source)
        || (SELECT s.keep FROM bedrock.source AS s WHERE s.source = reading_mark.source));
BEGIN
    IF NOT bedrock_internal.has_row_versions(relation) THEN
        RETURN 'content/' || reading;
    END IF;
    -- A partition that came, or a column that was made again, has other values in rows of the same age.
    RETURN format('%s/%s/%s/%s', (SELECT c.system_identifier FROM pg_control_system() AS c), current_database(),
        relation::oid,
                  md5(concat_ws('/', reading, (SELECT string_agg(t.member::text, ' ' ORDER BY t.member)
                      FROM bedrock_internal.relation_tree(relation) AS t (member)),
                                (SELECT string_agg(concat_ws(' ', c.ordinal, c.name, c.declared), ','
                                    ORDER BY c.ordinal) FROM bedrock_internal.relation_column(relation) AS c))));
END
$$;
COMMENT ON FUNCTION bedrock_internal.reading_mark(text) IS
    'mark of how an attached relation is read: it is the same as long as its columns, the grain and the way to '
    'notice changes are (row versions under a snapshot, or sums of hashes)';

CREATE OR REPLACE FUNCTION bedrock_internal.is_billing_month(start timestamptz) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN isfinite(start) AND start >= '2006-01-01 00:00:00+00'::timestamptz
           AND extract(year FROM start AT TIME ZONE 'UTC') <= extract(year FROM now() AT TIME ZONE 'UTC') + 1
           AND date_trunc('month', start AT TIME ZONE 'UTC') = start AT TIME ZONE 'UTC';
COMMENT ON FUNCTION bedrock_internal.is_billing_month(timestamptz) IS
    'whether a billing period can begin at this time: the first of a month at 00:00 UTC, from 2006, when AWS sent '
    'its first bill, to the end of next year; NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.reading_snapshot() RETURNS pg_snapshot
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- What this transaction wrote itself may be rolled back to a savepoint: it counts as not finished.
    SELECT CASE WHEN o.first_open IS NULL THEN pg_current_snapshot() ELSE format(
        '%1$s:%1$s:', o.first_open)::pg_snapshot END
    FROM (SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL
                      THEN least(pg_snapshot_xmin(pg_current_snapshot()), pg_current_xact_id_if_assigned())
                          END AS first_open) AS o;
END;
COMMENT ON FUNCTION bedrock_internal.reading_snapshot() IS
    'transactions whose rows a later statement of this transaction is sure to see';

CREATE OR REPLACE FUNCTION bedrock_internal.staged_periods(mark text, snapshot pg_snapshot,
    OUT payer_account_id text, OUT billing_period date, OUT lines bigint, OUT content numeric, OUT fresh boolean,
        OUT reading_mark text, OUT read_snapshot pg_snapshot,
    OUT no_month timestamptz) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.payer, k.period, sum(k.lines)::bigint, NULL::numeric, true, staged_periods.mark, staged_periods.snapshot,
           min(k.billing_period_start) FILTER (WHERE NOT bedrock_internal.is_billing_month(k.billing_period_start))
    FROM bedrock_line_key AS k
    WHERE k.of_aws
    GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION bedrock_internal.staged_periods(text, pg_snapshot) IS
    'as bedrock_internal.source_periods, for a source that was read as a whole into bedrock_line_key under this mark '
    'and snapshot';

CREATE OR REPLACE FUNCTION bedrock_internal.content_hash(relation regclass, format text) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- A function takes a hundred arguments.
    SELECT CASE WHEN count(*) = 1 THEN max(p.hash) ELSE format('bedrock_internal.row_hash(%s)',
        string_agg(p.hash, ', ' ORDER BY p.part)) END
    FROM (SELECT k.part, format('bedrock_internal.row_hash(%s)', string_agg(k.expression, ', ' ORDER BY k.ordinal))
        AS hash
          FROM (SELECT u.ordinal, (row_number() OVER (ORDER BY u.ordinal) - 1) / 90 AS part,
              bedrock_internal.column_reading(u.name, c.type) AS expression
                FROM bedrock_internal.column_use(content_hash.relation, content_hash.format) AS u
                JOIN bedrock_internal.relation_column(content_hash.relation) AS c ON c.name = u.name
                WHERE u.used <> 'skip') AS k
          GROUP BY k.part) AS p;
END;
COMMENT ON FUNCTION bedrock_internal.content_hash(regclass, text) IS
    'SQL that gives, for a line of the alias l, a hash of all columns that are read; while its sum over a payer and '
    'month is the same, no line has changed';

-- Who reads a source turns row security off, as a part of it is no bill. That is about the source: of the extension's
-- own tables a loader sees all by his scope.
CREATE OR REPLACE FUNCTION bedrock_internal.read_since(source text, period date, mark text) RETURNS pg_snapshot
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET row_security = on
AS $$
BEGIN
    RETURN (SELECT CASE WHEN bool_and(q.reading_mark IS NOT DISTINCT FROM read_since.mark)
                        THEN (array_agg(q.read_snapshot ORDER BY pg_snapshot_xmax(q.read_snapshot)))[1] END
            FROM bedrock.period AS q
            WHERE q.source = read_since.source
              AND (read_since.period IS NULL OR q.billing_period = read_since.period));
END
$$;
COMMENT ON FUNCTION bedrock_internal.read_since(text, date, text) IS
    'snapshot of the earliest of the last refreshes of these periods of a source (NULL: all), all under this mark; '
    'NULL: there was none, or under another mark';

CREATE OR REPLACE FUNCTION bedrock_internal.source_periods(source text, period date DEFAULT NULL,
    OUT payer_account_id text, OUT billing_period date, OUT lines bigint, OUT content numeric, OUT fresh boolean,
        OUT reading_mark text,
    OUT read_snapshot pg_snapshot, OUT no_month timestamptz, OUT regions bigint[], OUT seen pg_snapshot,
        OUT elsewhere bigint) RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET timezone = 'UTC'
        SET max_parallel_workers_per_gather = 0
    SET row_security = off
AS $$
DECLARE
    relation regclass := bedrock_internal.source_relation(source_periods.source);
    payer text;
    start_of_period text;
    conditions text;
    since pg_snapshot;
    has_versions boolean := bedrock_internal.has_row_versions(relation);
    now_at pg_snapshot := pg_current_snapshot();
    fresh_rows text := 'NULL::boolean';
    mark text;
    key_value text := 'NULL::text';
    key_column record;
BEGIN
    SELECT max(l.expression) FILTER (WHERE l.field = 'payer_account_id'),
        max(l.expression) FILTER (WHERE l.field = 'billing_period_start'),
           -- Lines of other providers are never read, so they are no change.
           concat_ws(' AND ', max(format('bedrock_internal.provider_is_aws(%s)', l.expression))
               FILTER (WHERE l.field = 'provider' AND s.format = 'focus'),
                     CASE WHEN source_periods.period IS NOT NULL THEN bedrock_internal.source_period_predicate(
                         source_periods.source, source_periods.period, false) END)
    INTO payer, start_of_period, conditions
    FROM bedrock_internal.source_layout(source_periods.source) AS l, bedrock.source AS s
        WHERE s.source = source_periods.source;

    -- The partition key by which a period is read, held against the period of every line: it is looked for without the
    -- key.
    SELECT c.name, c.ref, CASE WHEN c.type IN ('text', 'varchar', 'bpchar') THEN 'text'
        ELSE c.type END AS type INTO key_column
    FROM bedrock_internal.relation_column(relation) AS c
    JOIN bedrock.source AS s ON s.period_column = c.name
    WHERE s.source = source_periods.source AND s.period_column <> bedrock_internal.period_start_column(s.source);
    IF FOUND THEN
        key_value := format('%s::%s', key_column.ref, key_column.type);
    END IF;

    mark := bedrock_internal.reading_mark(source_periods.source);
    IF has_versions THEN
        since := bedrock_internal.read_since(source_periods.source, source_periods.period, mark);
        IF since IS NULL THEN
            fresh_rows := 'true';
        ELSE
            -- A row version is new where its transaction was not finished in that snapshot. Transaction ids of a row
            -- have 32 bits: it is the last one with these before now, and a little later, for subtransactions of this
            -- transaction lie beyond what its snapshot knows of.
            fresh_rows := format(
                '(CASE WHEN l.xmin::text::bigint < 3 THEN false ELSE %1$s - (%1$s - l.xmin::text::bigint) %% '
                '4294967296 >= %2$s'
                ' OR %1$s - (%1$s - l.xmin::text::bigint) %% 4294967296 = ANY (%3$L::bigint[]) END)',
                pg_snapshot_xmax(now_at)::text::bigint + 16777216, pg_snapshot_xmax(since),
                (SELECT coalesce(array_agg(x::text), '{}') FROM pg_snapshot_xip(since) AS x));
        END IF;
    END IF;

    RETURN QUERY EXECUTE format(
        'SELECT coalesce(payer, ''''), date_trunc(''month'', start_of_period AT TIME ZONE ''UTC'')::date, '
        'sum(lines)::bigint, sum(content), bool_or(%1$s),'
        ' %2$L::text, (SELECT bedrock_internal.reading_snapshot()), min(start_of_period) FILTER (WHERE NOT '
        'bedrock_internal.is_billing_month(start_of_period)),'
        ' array_agg(DISTINCT region) FILTER (WHERE region IS NOT NULL), (SELECT pg_current_snapshot()), %5$s'
        ' FROM bedrock_internal.sum_by_keys(%3$L, 5, %4$s) AS l'
        ' (payer text, start_of_period timestamptz, key_value %6$s, xmin xid, region bigint,'
        ' lines bigint, content numeric)'
        ' GROUP BY 1, 2',
        fresh_rows, mark,
        CASE WHEN has_versions THEN
            format('SELECT 1::bigint, %s, %s, %s, %s, bedrock_internal.row_region(l.ctid), NULL::numeric FROM %s '
                'AS l%s', payer, start_of_period, key_value,
                   CASE WHEN since IS NULL THEN 'NULL::xid' ELSE 'l.xmin' END, relation, CASE
                       WHEN conditions = '' THEN '' ELSE ' WHERE ' || conditions END)
        ELSE
            -- Summed where the rows are: a remote server or the nodes of a cluster can do it. By the raw columns, since
            -- what is made of them need not be known there.
            format('SELECT g.lines, g.payer, g.start_of_period, %s, NULL::xid, NULL::bigint, g.content'
                   ' FROM (SELECT %s AS payer, %s AS start_of_period, count(*) AS lines, sum(%s) AS content%s FROM %s '
                   'AS l%s GROUP BY 1, 2%s) AS g',
                   CASE WHEN key_column.name IS NULL THEN key_value ELSE 'g.key_value' END, payer, start_of_period,
                   bedrock_internal.content_hash(relation, (SELECT s.format FROM bedrock.source AS s
                       WHERE s.source = source_periods.source)),
                   CASE WHEN key_column.name IS NOT NULL THEN format(', %s AS key_value', key_value) END,
                   relation, CASE WHEN conditions = '' THEN '' ELSE ' WHERE ' || conditions END,
                   CASE WHEN key_column.name IS NOT NULL THEN ', 5' END)
        END, relation::oid,
        CASE WHEN key_column.name IS NULL THEN 'NULL::bigint'
             ELSE format('(sum(lines) FILTER (WHERE %s IS DISTINCT FROM to_char(start_of_period AT TIME '
                 'ZONE ''UTC'', ''YYYY-MM'')))::bigint',
                         bedrock_internal.key_month('key_value', key_column.type::regtype)) END,
        coalesce(key_column.type, 'text'));
END
$$;
COMMENT ON FUNCTION bedrock_internal.source_periods(text, date) IS
    'periods of an attached source, with their lines and what shows a change: fresh (rows were written since the '
    'last refresh; NULL: no row versions), content (sum of hashes, only without row versions), reading_mark and '
    'read_snapshot for the next time. billing_period NULL: lines that state none; no_month: a start that is not a '
    'billing month (NULL: none); regions (bedrock_internal.row_region), as seen by the snapshot seen; elsewhere: '
    'lines whose partition key names another month (NULL: none)';

CREATE OR REPLACE FUNCTION bedrock_internal.refuse_older(source text, called text, delivered timestamptz) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    loaded record;
BEGIN
    SELECT p.billing_period, p.delivered_at INTO loaded
    FROM bedrock.period AS p
    JOIN bedrock_period AS n ON n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period
    WHERE p.source = refuse_older.source AND p.delivered_at > refuse_older.delivered
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('%s is older than what is loaded of %s', called,
                to_char(loaded.billing_period, 'YYYY-MM')),
            DETAIL = format('It was delivered %s, the loaded one %s.', refuse_older.delivered, loaded.delivered_at),
            HINT = 'To load it all the same, use force => true.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refuse_older(text, text, timestamptz) IS
    'raises an error where a newer delivery of a payer and period in bedrock_period is loaded already';

CREATE OR REPLACE FUNCTION bedrock_internal.report_progress(message text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF clock_timestamp() > statement_timestamp() + interval '3 seconds' THEN
        RAISE NOTICE '%', message;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.report_progress(text) IS
    'raises a NOTICE where the command of the client has run for more than three seconds';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_source(entry bedrock.source, wanted_period date, forced boolean,
    delivery bedrock_internal.delivery DEFAULT NULL)
    RETURNS TABLE (source text, payer_account_id text, billing_period date, action text, lines bigint, cost numeric,
        seconds numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    checked record;
    locked bigint;
    began timestamptz := clock_timestamp();
    rules_before text := bedrock_internal.rules_version();
    loaded boolean := entry.relation IS NULL;
    -- What was never read has no period to be left out: it is read at once, without looking what is in it first, unless
    -- that is what the next refresh compares with.
    whole boolean := loaded OR wanted_period IS NULL AND bedrock_internal.has_row_versions(to_regclass(entry.relation))
                               AND NOT EXISTS (SELECT FROM bedrock.period AS p WHERE p.source = entry.source);
    changed date[] := '{}'::date[];
    busy date[] := '{}'::date[];
    months_made boolean;
    mark text;
    snapshot pg_snapshot;
BEGIN
    -- Payers and periods that the source has, and (lines NULL) those that are gone from it: what becomes of each.
    IF to_regclass('pg_temp.bedrock_period') IS NOT NULL THEN
        DROP TABLE pg_temp.bedrock_period;
    END IF;
    IF whole THEN
        -- Before it is read: what is written meanwhile is new the next time. Files are known by their names, sizes and
        -- times.
        IF NOT loaded THEN
            mark := bedrock_internal.reading_mark(entry.source);
            snapshot := bedrock_internal.reading_snapshot();
        END IF;
        PERFORM bedrock_internal.stage_source(entry.source, NULL);
        CREATE TEMP TABLE bedrock_period ON COMMIT DROP AS
        SELECT p.*, NULL::bigint[] AS regions, NULL::pg_snapshot AS seen, NULL::bigint AS elsewhere, false AS replaced
        FROM bedrock_internal.staged_periods(mark, snapshot) AS p;
    ELSE
        CREATE TEMP TABLE bedrock_period ON COMMIT DROP AS
        SELECT p.*, false AS replaced FROM bedrock_internal.source_periods(
            entry.source, date_trunc('month', wanted_period)::date) AS p;
    END IF;

    -- A line belongs to the bill of its billing period; without one it would be in no bill.
    SELECT sum(p.lines) AS lines INTO checked FROM bedrock_period AS p WHERE p.billing_period IS NULL;
    IF checked.lines IS NOT NULL THEN
        RAISE not_null_violation USING
            MESSAGE = format('%s lines of source "%s" have no billing period', checked.lines, entry.source),
            DETAIL = format('Column %s of %s is NULL or empty there.',
                            (SELECT quote_ident(l.column_name) FROM bedrock_internal.source_layout(entry.source) AS l
                                WHERE l.field = 'billing_period_start'),
                            coalesce(entry.relation, 'the export')),
            HINT = CASE WHEN loaded THEN 'Copy the export from the bucket again: AWS states the billing period in '
                'every line.'
                        ELSE 'Correct or delete these lines, or attach a view that leaves them out.' END;
    END IF;

    SELECT p.no_month AS start INTO checked FROM bedrock_period AS p WHERE p.no_month IS NOT NULL ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE invalid_datetime_format USING
            MESSAGE = format('source "%s" has lines whose billing period is no month', entry.source),
            DETAIL = format('Column %s of %s has %s UTC there. A billing period begins on the first of a month at '
                '00:00 UTC, from 2006 to next year.',
                            (SELECT quote_ident(l.column_name) FROM bedrock_internal.source_layout(entry.source) AS l
                                WHERE l.field = 'billing_period_start'),
                            coalesce(entry.relation, 'the export'), checked.start AT TIME ZONE 'UTC'),
            HINT = 'Correct these lines; where times were moved by a time zone, read them as UTC.';
    END IF;

    -- A partition key that does not state the billing period of every line finds not all of them: from now on the start
    -- alone does.
    IF EXISTS (SELECT FROM bedrock_period AS p WHERE p.elsewhere > 0) THEN
        UPDATE bedrock.source AS s SET period_column = bedrock_internal.period_start_column(s.source)
            WHERE s.source = entry.source;
    END IF;

    IF loaded AND NOT forced THEN
        PERFORM bedrock_internal.refuse_older(entry.source, delivery.file, delivery.delivered_at);
    END IF;

    -- The first lock for each source: who waits for it holds nothing of this source yet.
    months_made := bedrock_internal.add_fact_partitions(ARRAY(SELECT DISTINCT p.billing_period
        FROM bedrock_period AS p));

    -- A row that exists is not inserted again: that would wait for the session that works on it.
    INSERT INTO bedrock.period (source, payer_account_id, billing_period)
    SELECT entry.source, p.payer_account_id, p.billing_period FROM bedrock_period AS p
    WHERE NOT EXISTS (SELECT FROM bedrock.period AS q WHERE q.source = entry.source
        AND q.payer_account_id = p.payer_account_id AND q.billing_period = p.billing_period)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING;

    -- The insert waits for a detachment under way: then there is nothing left to refresh.
    IF NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = entry.source) THEN
        DELETE FROM bedrock.period AS p WHERE p.source = entry.source;
        IF months_made THEN
            PERFORM bedrock_internal.index_fact_partitions();
        END IF;
        RETURN;
    END IF;

    IF loaded THEN
        -- A load replaces what it brings, payer by payer, and waits for another load of the same.
        PERFORM FROM bedrock.period AS p
        WHERE p.source = entry.source
          AND EXISTS (SELECT FROM bedrock_period AS n WHERE n.payer_account_id = p.payer_account_id
              AND n.billing_period = p.billing_period)
        ORDER BY p.payer_account_id, p.billing_period FOR UPDATE;
        changed := ARRAY(SELECT DISTINCT n.billing_period FROM bedrock_period AS n);
    ELSE
        -- A period that another refresh is at work on is left to it.
        FOR checked IN SELECT p.billing_period, count(*) AS payers FROM bedrock.period AS p
                     WHERE p.source = entry.source AND (wanted_period IS NULL
                         OR p.billing_period = date_trunc('month', wanted_period)::date)
                     GROUP BY p.billing_period ORDER BY p.billing_period LOOP
            SELECT count(*) INTO locked FROM (
                SELECT FROM bedrock.period AS p WHERE p.source = entry.source
                    AND p.billing_period = checked.billing_period
                FOR UPDATE SKIP LOCKED) AS l;
            IF locked < checked.payers THEN
                busy := busy || checked.billing_period;
            ELSIF forced OR EXISTS (
                SELECT FROM bedrock.period AS p
                LEFT JOIN bedrock_period AS n
                    ON n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period
                WHERE p.source = entry.source AND p.billing_period = checked.billing_period
                  AND (p.lines IS NULL OR n.payer_account_id IS NULL OR n.lines <> p.lines
                       OR p.rules_version IS DISTINCT FROM rules_before
                       OR n.fresh
                       OR n.fresh IS NULL AND (n.content IS DISTINCT FROM p.content_sum
                                               OR n.reading_mark IS DISTINCT FROM p.reading_mark))) THEN
                changed := changed || checked.billing_period;
            END IF;
        END LOOP;
    END IF;

    -- The bills to be replaced. Of an attached relation every payer of a period that changed, also one that is gone
    -- from it.
    IF NOT loaded THEN
        INSERT INTO bedrock_period (payer_account_id, billing_period)
        SELECT p.payer_account_id, p.billing_period FROM bedrock.period AS p
        WHERE p.source = entry.source AND p.billing_period = ANY (changed)
          AND NOT EXISTS (SELECT FROM bedrock_period AS n
                          WHERE n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period);
    END IF;
    UPDATE bedrock_period AS n SET replaced = true WHERE n.billing_period = ANY (changed);

    IF cardinality(changed) > 0 THEN
        -- Who waited here for another first reading reads again, as that may have seen more.
        IF NOT whole OR NOT loaded AND EXISTS (SELECT FROM bedrock.period AS p WHERE p.source = entry.source
            AND p.lines IS NOT NULL) THEN
            IF whole THEN
                PERFORM bedrock_internal.stage_source(entry.source, changed);
            ELSE
                -- The rows of a period that was loaded at once are side by side: only that part is read.
                PERFORM bedrock_internal.stage_source(entry.source, changed,
                    (SELECT array_agg(DISTINCT r.region)
                     FROM bedrock_period AS n CROSS JOIN unnest(n.regions) AS r (region)
                     WHERE n.billing_period = ANY (changed)),
                    (SELECT n.seen FROM bedrock_period AS n LIMIT 1));
            END IF;
        END IF;
        -- A fact is of a day, also where it is never placed by it.
        SELECT nullif(sum(k.undated_lines), 0) AS lines INTO checked FROM bedrock_line_key AS k WHERE k.kept;
        IF checked.lines IS NOT NULL THEN
            RAISE invalid_datetime_format USING
                MESSAGE = format('%s lines of source "%s" have no day of usage', checked.lines, entry.source),
                DETAIL = format('Column %s of %s is empty, infinity or -infinity there.',
                                (SELECT quote_ident(l.column_name) FROM bedrock_internal.source_layout(entry.source)
                                    AS l WHERE l.field = 'usage_start'),
                                coalesce(entry.relation, 'the export')),
                HINT = CASE WHEN loaded THEN 'Copy the export from the bucket again: AWS states the start of usage in '
                    'every line.'
                            ELSE 'Correct or delete these lines, or attach a view that leaves them out.' END;
        END IF;
        PERFORM bedrock_internal.report_progress(format('source "%s": %s lines read, facts of %s month(s) follow',
            entry.source, (SELECT sum(p.lines) FROM bedrock_period AS p WHERE p.replaced), cardinality(changed)));
        PERFORM bedrock_internal.stage_lines(entry.source);
        PERFORM bedrock_internal.add_dimensions();
        PERFORM bedrock_internal.replace_facts(entry.source);
        PERFORM bedrock_internal.report_progress(format(
            'source "%s": facts of %s month(s) written, their check follows', entry.source, cardinality(changed)));
        PERFORM bedrock_internal.check_conservation(entry.source);
        -- What a doctor would read all of it for.
        IF NOT loaded AND entry.format = 'focus' THEN
            delivery.left_out := (SELECT coalesce(jsonb_agg(to_jsonb(o)), '[]')
                FROM bedrock_internal.lines_left_out(entry.source) AS o);
        END IF;
    END IF;

    IF months_made THEN
        PERFORM bedrock_internal.index_fact_partitions();
    END IF;

    INSERT INTO bedrock.load_log (source, file, files, format, payer_account_id, billing_period, action, lines,
        bedrock_lines, cost, cost_before, unrecognized, seconds)
    SELECT entry.source, delivery.file, delivery.files, entry.format, p.payer_account_id, p.billing_period,
           CASE WHEN t.lines IS NULL THEN 'removed' WHEN p.lines IS NULL THEN 'loaded'
                WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, coalesce(p.unblended_cost, p.net_unblended_cost))
                     IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.cost) THEN 'restated' ELSE 'replaced' END,
           coalesce(t.lines, 0), coalesce(t.bedrock_lines, 0), t.cost,
           coalesce(p.unblended_cost, p.net_unblended_cost), u.dimensions,
           round(extract(epoch FROM clock_timestamp() - coalesce(delivery.began, began)), 3)
    FROM bedrock.period AS p
    JOIN bedrock_period AS x ON x.payer_account_id = p.payer_account_id AND x.billing_period = p.billing_period
        AND x.replaced
    LEFT JOIN (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines,
                      sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost
               FROM bedrock_internal.bills_of(entry.source) AS b GROUP BY 1, 2) AS t ON t.payer = p.payer_account_id
                   AND t.period = p.billing_period
    LEFT JOIN LATERAL (SELECT count(DISTINCT d.dimension_id) AS dimensions
                       FROM bedrock_internal.bills_of(entry.source) AS b
                       JOIN bedrock.fact_month AS f ON f.bill_id = b.bill_id AND f.billing_period = p.billing_period
                       JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
                       WHERE b.period = p.billing_period AND b.payer = p.payer_account_id
                         AND (d.model_basis = 'unresolved' OR d.usage_group = 'other' OR d.charge_category = 'unknown'
                             OR d.bedrock_basis = 'probable')) AS u ON true
    WHERE p.source = entry.source;

    UPDATE bedrock.period AS p
    SET lines = t.lines, bedrock_lines = t.bedrock_lines, unblended_cost = t.unblended_cost,
        net_unblended_cost = t.net_unblended_cost, is_final = t.is_final, refreshed_at = clock_timestamp(),
        restated_at = CASE WHEN p.is_final AND ROW(p.lines, p.bedrock_lines, p.unblended_cost, p.net_unblended_cost)
                                         IS DISTINCT FROM ROW(t.lines, t.bedrock_lines, t.unblended_cost,
                                             t.net_unblended_cost)
                           THEN clock_timestamp() ELSE p.restated_at END,
        net_filled = f.net_filled, resource_recorded = f.resource_recorded, principal_recorded = f.principal_recorded,
        tags_recorded = f.tags_recorded
    FROM (SELECT b.payer, b.period, sum(b.lines)::bigint AS lines, sum(b.bedrock_lines)::bigint AS bedrock_lines,
                 sum(b.unblended_cost) AS unblended_cost, sum(b.net_unblended_cost) AS net_unblended_cost,
                 bool_and(b.is_final) AS is_final
          FROM bedrock_internal.bills_of(entry.source) AS b GROUP BY 1, 2) AS t
    LEFT JOIN bedrock_internal.period_flags(cardinality(changed) > 0) AS f ON f.payer = t.payer AND f.period = t.period,
    bedrock_period AS x
    WHERE p.source = entry.source AND x.replaced AND x.payer_account_id = p.payer_account_id
        AND x.billing_period = p.billing_period
      AND p.payer_account_id = t.payer AND p.billing_period = t.period;

    DELETE FROM bedrock.period AS p USING bedrock_period AS x
    WHERE p.source = entry.source AND x.payer_account_id = p.payer_account_id AND x.billing_period = p.billing_period
      AND x.lines IS NULL;

    -- What this refresh proved about products holds for the periods it read; the others are read by it next time.
    UPDATE bedrock.period AS p
    SET reading_mark = n.reading_mark, read_snapshot = n.read_snapshot, content_sum = n.content,
        rules_version = r.version,
        delivered_at = delivery.delivered_at, keep = delivery.keep, files = delivery.files,
        left_out = coalesce(delivery.left_out, CASE WHEN NOT loaded THEN p.left_out END)
    FROM bedrock_period AS n
    CROSS JOIN (SELECT true AS now_read, bedrock_internal.rules_version() AS version
        UNION ALL SELECT false, rules_before) AS r
    WHERE p.source = entry.source AND n.payer_account_id = p.payer_account_id AND n.billing_period = p.billing_period
        AND p.billing_period <> ALL (busy)
      AND r.now_read = (p.billing_period = ANY (changed));

    RETURN QUERY
    SELECT entry.source, a.payer_account_id, a.billing_period,
           CASE WHEN a.billing_period = ANY (busy) THEN 'busy' WHEN a.billing_period <> ALL (changed) THEN 'unchanged'
                WHEN p.lines IS NULL THEN 'removed' ELSE 'refreshed' END,
           p.lines, coalesce(p.unblended_cost, p.net_unblended_cost), round(
               extract(epoch FROM clock_timestamp() - began), 3)
    FROM bedrock_period AS a
    LEFT JOIN bedrock.period AS p ON p.source = entry.source AND p.payer_account_id = a.payer_account_id
        AND p.billing_period = a.billing_period
    ORDER BY a.billing_period, a.payer_account_id;
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_source(bedrock.source, date, boolean, bedrock_internal.delivery) IS
    'brings facts and bill totals up to date with one source: an attached one, except periods that another session '
    'works on, or the lines of a load under way. delivery: the load, which is stored with the periods and in the '
    'load log; NULL: an attached source';

CREATE OR REPLACE FUNCTION bedrock_internal.raise_work_mem() RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before text := current_setting('work_mem');
BEGIN
    PERFORM set_config('work_mem', s.setting || s.unit, true)
    FROM pg_settings AS s
    WHERE s.name = 'maintenance_work_mem' AND s.setting::bigint > (SELECT w.setting::bigint FROM pg_settings AS w
        WHERE w.name = 'work_mem');
    RETURN before;
END
$$;
COMMENT ON FUNCTION bedrock_internal.raise_work_mem() IS
    'raises work_mem to maintenance_work_mem until the transaction ends, for the groups of a bill, and returns what '
    'it was';

CREATE OR REPLACE FUNCTION bedrock_internal.finish_refresh(touched boolean, list_costs bedrock_internal.price_book,
    ownership bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    dimensions bigint;
    may_check boolean := touched;
BEGIN
    IF touched THEN
        PERFORM bedrock_internal.choose_active_sources();
        PERFORM bedrock_internal.analyze_tables(
            '{bedrock.fact,bedrock.fact_month,bedrock.bill_total,bedrock.attribution}');
    END IF;
    dimensions := bedrock_internal.refresh_dimensions();
    PERFORM bedrock_internal.store_list_cost(dimensions > 0 OR list_costs IS NULL, list_costs);
    PERFORM bedrock_internal.refresh_invocation_dimensions();
    -- Ownership that is changed while these look at the bill is as one that is changed after them.
    IF may_check THEN
        may_check := bedrock_internal.run_checks('bill');
    END IF;
    -- At the very end, as who changes ownership waits from here on; with it is what somebody may be writing too.
    PERFORM bedrock_internal.finish_ownership(touched OR dimensions > 0, ownership);
    IF may_check THEN
        PERFORM bedrock_internal.run_checks('owners');
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.finish_refresh(boolean, bedrock_internal.price_book, bigint) IS
    'finishes a refresh or load once sources are read: active sources, statistics, dimensions, owners (ownership: '
    'bedrock_internal.ownership_version() before), list costs (since the book list_costs; NULL: in any case), '
    'dimensions of invocation logs, checks of what was planned';

CREATE OR REPLACE FUNCTION bedrock_internal.log_failure(source text, sqlstate text, message text, seconds numeric)
    RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    -- A source that can be read again is logged, whether or not anything changed meanwhile.
    INSERT INTO bedrock.load_log (source, format, action, seconds, sqlstate, message)
    SELECT s.source, s.format, CASE WHEN log_failure.sqlstate IS NULL THEN 'unchanged' ELSE 'failed' END,
           log_failure.seconds, log_failure.sqlstate, log_failure.message
    FROM bedrock.source AS s
    WHERE s.source = log_failure.source
      AND (log_failure.sqlstate IS NOT NULL
           OR (SELECT g.action FROM bedrock.load_log AS g WHERE g.source = s.source ORDER BY g.load_id DESC LIMIT 1) =
               'failed');
END;
COMMENT ON FUNCTION bedrock_internal.log_failure(text, text, text, numeric) IS
    'inserts into bedrock.load_log that a source could not be refreshed, and why; sqlstate NULL: that it could, '
    'where the last row is a failure';

CREATE OR REPLACE FUNCTION bedrock_internal.explain_no_lines(source text, period date) RETURNS text
    LANGUAGE sql
BEGIN ATOMIC
    SELECT coalesce('no line of AWS: ' || string_agg(format('%s lines of %s', o.lines, o.provider), ', '
        ORDER BY o.lines DESC, o.provider),
                    'no line' || CASE WHEN explain_no_lines.period IS NULL THEN ''
                    ELSE ' in ' || to_char(explain_no_lines.period, 'YYYY-MM') END)
    FROM (SELECT l.provider, sum(l.lines) AS lines FROM bedrock_internal.lines_left_out(explain_no_lines.source) AS l
        WHERE explain_no_lines.period IS NULL GROUP BY 1) AS o;
END;
COMMENT ON FUNCTION bedrock_internal.explain_no_lines(text, date) IS
    'why a source, or a period of it, has no line to read: it has none, or they are of other providers';

-- The server's error of a cast names neither column nor relation. Each text column is read alone, with the rights with
-- which the whole was.
CREATE OR REPLACE FUNCTION bedrock_internal.unreadable_column(source text, OUT column_name text, OUT wanted text,
    OUT message text) RETURNS record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET row_security = off
AS $$
#variable_conflict use_column
DECLARE
    relation regclass := bedrock_internal.source_relation(unreadable_column.source);
    field record;
    detailed text;
BEGIN
    FOR field IN
        SELECT l.column_name, l.type, l.expression
        FROM bedrock_internal.source_layout(unreadable_column.source) AS l
        JOIN bedrock_internal.relation_column(relation) AS r ON r.name = l.column_name
        WHERE l.type IN ('numeric', 'timestamptz') AND r.type IN ('text', 'varchar', 'bpchar')
        ORDER BY r.ordinal
    LOOP
        BEGIN
            PERFORM FROM bedrock_internal.sum_by_keys(
                format('SELECT count(%s) FROM %s AS l', field.expression, relation), 0, relation) AS f (lines bigint);
        EXCEPTION WHEN data_exception THEN
            column_name := field.column_name;
            wanted := CASE field.type WHEN 'numeric' THEN 'number' ELSE 'time' END;
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL;
            message := concat_ws('. ', message, nullif(detailed, ''));
            RETURN;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.unreadable_column(text) IS
    'first text column of an attached source with a value that is not what is wanted of it (number, time), with the '
    'error of the server, which names the value; NULL: there is none';

CREATE OR REPLACE FUNCTION bedrock_internal.refresh_sources(wanted_source text, wanted_period date, forced boolean)
    RETURNS TABLE (source text, billing_period date, action text, lines bigint, cost numeric, seconds numeric,
        message text, sqlstate text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    entry bedrock.source;
    entries bedrock.source[] := ARRAY(SELECT s FROM bedrock.source AS s
                                      WHERE s.relation IS NOT NULL AND (
                                          wanted_source IS NULL OR s.source = wanted_source) ORDER BY s.rank);
    done record;
    began timestamptz;
    state text;
    failure text;
    detailed text;
    hint text;
    first_state text;
    failures text[] := '{}'::text[];
    touched boolean := false;
    list_costs bedrock_internal.price_book;
    context text;
    bad_column text;
    bad_type text;
    bad_value text;
    ownership bigint := bedrock_internal.ownership_version();
    work_mem_before text := bedrock_internal.raise_work_mem();
BEGIN
    IF wanted_source IS NOT NULL AND NOT EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = wanted_source) THEN
        RAISE undefined_object USING MESSAGE = format('there is no source "%s"', wanted_source),
            HINT = 'Look for its name in bedrock.source, or attach its relation with bedrock.attach.';
    END IF;

    -- No relation is there to read: a row of each call says where new lines come from.
    IF wanted_source IS NOT NULL AND cardinality(entries) = 0 THEN
        RETURN QUERY SELECT wanted_source, date_trunc('month', wanted_period)::date, 'unchanged', NULL::bigint,
            NULL::numeric, 0::numeric, format('source "%s" is loaded from files; bedrock.load_cur(path, name => %1$L) '
                'loads new ones', wanted_source), NULL::text;
    END IF;

    -- What a source that was never read will bring is not known: a session that may create partitions after
    -- working on another source locks before, or it and a load of the same months would wait for each other.
    IF cardinality(entries) > 1 AND EXISTS (SELECT FROM unnest(entries) AS e
        WHERE NOT EXISTS (SELECT FROM bedrock.period AS p WHERE p.source = e.source)) THEN
        LOCK TABLE ONLY bedrock.fact IN SHARE UPDATE EXCLUSIVE MODE;
    END IF;
    IF cardinality(entries) > 0 AND bedrock_internal.add_recent_partitions() THEN
        PERFORM bedrock_internal.index_fact_partitions();
    END IF;

    -- What is written now uses the current price book, which is stored at the end.
    list_costs := (bedrock_internal.update_list_cost(false, NULL)).taken;
    FOREACH entry IN ARRAY entries LOOP
        -- One that was detached while others were refreshed is none.
        CONTINUE WHEN wanted_source IS NULL AND NOT EXISTS (SELECT FROM bedrock.source AS s
            WHERE s.source = entry.source);
        began := clock_timestamp();
        state := NULL;
        failure := NULL;
        -- What a source did before it failed is taken back, and nothing of the others.
        BEGIN
            -- Grouped: the source is read and checked to its end before its first row is returned.
            FOR done IN SELECT r.billing_period, min(r.action) FILTER (WHERE r.action <> 'removed') AS action,
                sum(r.lines)::bigint AS lines,
                               sum(r.cost) AS cost, max(r.seconds) AS seconds
                        FROM bedrock_internal.refresh_source(entry, wanted_period, forced) AS r
                            GROUP BY r.billing_period ORDER BY r.billing_period LOOP
                touched := touched OR coalesce(done.action NOT IN ('busy', 'unchanged'), true);
                RETURN QUERY SELECT entry.source, done.billing_period, coalesce(done.action, 'removed'), done.lines,
                    done.cost, done.seconds, NULL::text, NULL::text;
            END LOOP;
            -- A source that has nothing to read has a row too; one that was detached meanwhile has none.
            IF NOT FOUND AND EXISTS (SELECT FROM bedrock.source AS s WHERE s.source = entry.source) THEN
                RETURN QUERY SELECT entry.source, date_trunc('month', wanted_period)::date, 'empty', 0::bigint,
                    NULL::numeric,
                                    round(extract(epoch FROM clock_timestamp() - began), 3),
                                        bedrock_internal.explain_no_lines(entry.source, wanted_period), NULL::text;
            END IF;
        EXCEPTION WHEN OTHERS OR assert_failure OR query_canceled THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, failure = MESSAGE_TEXT, detailed = PG_EXCEPTION_DETAIL,
                hint = PG_EXCEPTION_HINT,
                context = PG_EXCEPTION_CONTEXT;
            bad_column := NULL;
            IF state LIKE '22%' THEN
                SELECT u.column_name, u.wanted, u.message INTO bad_column, bad_type, bad_value
                FROM bedrock_internal.unreadable_column(entry.source) AS u;
            END IF;
            IF bad_column IS NOT NULL THEN
                failure := format('column "%s" of %s has a value that is no %s', bad_column, entry.relation,
                    bad_type);
                detailed := bad_value;
                hint := 'Correct these lines, or attach a view that leaves them out.';
            END IF;
            -- The error of the only one is the error of the call. A cancel or timeout of this server is one of the
            -- whole; that of another server, which a foreign table brings, is one of the source.
            IF cardinality(entries) = 1 OR state = '57014' AND strpos(context, 'remote SQL command:') = 0 THEN
                IF bad_column IS NOT NULL THEN
                    RAISE USING ERRCODE = state, MESSAGE = failure, DETAIL = detailed, HINT = hint;
                END IF;
                RAISE;
            END IF;
            first_state := coalesce(first_state, state);
            failures := failures || format('source "%s": %s', entry.source, failure);
            failure := concat_ws(E'\n', failure, nullif(detailed, ''), nullif(hint, ''));
            RAISE WARNING USING MESSAGE = format('source "%s" is not refreshed: %s', entry.source, failure);
            RETURN QUERY SELECT entry.source, NULL::date, 'failed', NULL::bigint, NULL::numeric,
                                round(extract(epoch FROM clock_timestamp() - began), 3), failure, state;
        END;
        PERFORM bedrock_internal.log_failure(entry.source, state, failure,
            round(extract(epoch FROM clock_timestamp() - began), 3));
    END LOOP;
    IF cardinality(failures) = cardinality(entries) AND first_state IS NOT NULL THEN
        RAISE USING ERRCODE = first_state, MESSAGE = format('none of %s sources can be refreshed',
            cardinality(entries)),
            DETAIL = array_to_string(failures, E'\n'), HINT = 'Refresh one of them by its name to see what to do: '
                'SELECT * FROM bedrock.refresh(''NAME'').';
    END IF;

    PERFORM bedrock_internal.drop_delivery();
    IF touched THEN
        PERFORM bedrock_internal.report_progress('all sources are read; owners, list prices and checks follow');
    END IF;
    PERFORM bedrock_internal.finish_refresh(touched, list_costs, ownership);
    PERFORM set_config('work_mem', work_mem_before, true);
END
$$;
COMMENT ON FUNCTION bedrock_internal.refresh_sources(text, date, boolean) IS
    'body of bedrock.refresh; sqlstate: of the error of a source that failed';

-- PL/pgSQL lets no argument share its name with a result column; SQL does.
CREATE OR REPLACE FUNCTION bedrock.refresh(source text DEFAULT NULL, period date DEFAULT NULL,
    force boolean DEFAULT false,
    OUT source text, OUT billing_period date, OUT action text, OUT lines bigint, OUT cost numeric, OUT seconds numeric,
        OUT message text) RETURNS SETOF record
    LANGUAGE sql
BEGIN ATOMIC
    SELECT r.source, r.billing_period, r.action, r.lines, r.cost, r.seconds, r.message
        FROM bedrock_internal.refresh_sources($1, $2, $3) AS r;
END;
COMMENT ON FUNCTION bedrock.refresh(text, date, boolean) IS
    'brings bedrock.spend up to date with the attached sources (source and period: only these; force: also unchanged '
    'periods), and returns a row for each source and billing period: action refreshed, unchanged, removed, busy '
    '(another session works on it), empty (no line to read) or failed, with lines and cost of the whole bill. '
    'A source that is loaded from files, named, gives one row whose message says so. '
    'Periods that changed are replaced and checked to the last digit; one source that fails leaves the others alone, '
    'and it is an error only where none is left. Reads sources with the rights of the caller';
