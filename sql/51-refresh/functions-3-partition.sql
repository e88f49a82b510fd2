-- Partitions of bedrock.fact and bedrock.fact_month: one a billing period, made when a refresh or load meets a month
-- for the first time. Attaching one takes a lock on the parent that no reader and no writer of facts waits for. Who
-- makes one beside it waits, until the other transaction ends: so it comes before anything that others could wait for.

CREATE OR REPLACE FUNCTION bedrock_internal.fact_partition(parent text, billing_period date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN parent || '_' || lpad(extract(year FROM billing_period)::text, 4, '0')
                  || '_' || lpad(extract(month FROM billing_period)::text, 2, '0');
COMMENT ON FUNCTION bedrock_internal.fact_partition(text, date) IS
    'name of the partition of fact or fact_month for a billing period, in schema bedrock_internal';

CREATE OR REPLACE FUNCTION bedrock_internal.require_fact_lock(called text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT bedrock_internal.holds_lock('bedrock.fact', 'ShareUpdateExclusiveLock') THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s needs a lock on bedrock.fact', called),
            DETAIL = 'Only a role that may write bedrock.fact can lock it, and may have its partitions created.',
            HINT = 'Have a role that may write bedrock.fact call bedrock.refresh().';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.require_fact_lock(text) IS
    'raises an error without the lock on bedrock.fact that only roles get who may write it';

-- Runs with the rights of the extension's owner, who owns the partitions. It can be granted together with everything
-- else: who holds the lock may write facts, and what is made is empty.
CREATE OR REPLACE FUNCTION bedrock_internal.make_fact_partitions(billing_periods date[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    entry record;
BEGIN
    PERFORM bedrock_internal.require_fact_lock('bedrock_internal.make_fact_partitions');

    FOR entry IN
        SELECT p.name AS parent, b.billing_period,
               'bedrock_internal.' || bedrock_internal.fact_partition(p.name, b.billing_period) AS partition,
               -- The rows of a month change with every delivery of it, all of them: with room for their next versions
               -- beside them a page keeps them for good, and no index entry is made.
               CASE p.name WHEN 'fact_month' THEN 45 ELSE 100 END AS fillfactor
        FROM unnest(billing_periods) AS b (billing_period)
        CROSS JOIN unnest('{fact,fact_month}'::text[]) AS p (name)
        ORDER BY b.billing_period, p.name
    LOOP
        -- By name: a snapshot of before does not show what another transaction has made meanwhile.
        CONTINUE WHEN to_regclass(entry.partition) IS NOT NULL;
        IF bedrock_internal.is_billing_month(entry.billing_period::timestamp AT TIME ZONE 'UTC') IS NOT TRUE THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('no billing period begins on %s', coalesce(entry.billing_period::text, 'NULL')),
                DETAIL = 'A billing period begins on the first of a month, from 2006 to next year.',
                HINT = 'Give the first day of a month.';
        END IF;
        EXECUTE format('CREATE TABLE %s (LIKE bedrock.%I INCLUDING STORAGE INCLUDING COMPRESSION) '
                       'WITH (fillfactor = %s)', entry.partition, entry.parent, entry.fillfactor);
        EXECUTE format('COMMENT ON TABLE %s IS ''a partition of bedrock.%I, to be read through it''',
                       entry.partition, entry.parent);
        -- Rows are read through the parent, by whose policies, today's or later ones, everyone sees what he may. By
        -- itself the partition shows none: it has no policy.
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', entry.partition);
        EXECUTE format('ALTER TABLE bedrock.%I ATTACH PARTITION %s FOR VALUES IN (%L)',
                       entry.parent, entry.partition, entry.billing_period);
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.make_fact_partitions(date[]) IS
    'creates the missing partitions of these billing periods, without indexes, for '
    'bedrock_internal.add_fact_partitions, with the rights of the owner of the extension; an error without the lock '
    'that bedrock_internal.require_fact_lock checks';

CREATE OR REPLACE FUNCTION bedrock_internal.lock_missing_months(billing_periods date[]) RETURNS date[]
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Not by to_regclass: the caller has no right on the schema of the partitions.
    missing date[] := ARRAY(
        SELECT b.billing_period FROM unnest(billing_periods) AS b (billing_period)
        WHERE (SELECT count(*) FROM pg_class AS c
               WHERE c.relnamespace = 'bedrock_internal'::regnamespace
                 AND c.relname IN (bedrock_internal.fact_partition('fact', b.billing_period),
                                   bedrock_internal.fact_partition('fact_month', b.billing_period))) < 2);
BEGIN
    IF cardinality(missing) > 0 THEN
        LOCK TABLE ONLY bedrock.fact IN SHARE UPDATE EXCLUSIVE MODE;
    END IF;
    RETURN missing;
END
$$;
COMMENT ON FUNCTION bedrock_internal.lock_missing_months(date[]) IS
    'those of these billing periods that have no partitions yet; if there is one, bedrock.fact is locked until the '
    'transaction ends, after other transactions that create partitions. Needs UPDATE, DELETE or TRUNCATE on '
    'bedrock.fact then';

CREATE OR REPLACE FUNCTION bedrock_internal.add_fact_partitions(billing_periods date[]) RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing date[] := bedrock_internal.lock_missing_months(billing_periods);
BEGIN
    IF cardinality(missing) = 0 THEN
        RETURN false;
    END IF;
    PERFORM bedrock_internal.make_fact_partitions(missing);
    RETURN true;
END
$$;
COMMENT ON FUNCTION bedrock_internal.add_fact_partitions(date[]) IS
    'creates the partitions of bedrock.fact and bedrock.fact_month that these billing periods need, and returns '
    'whether any was missing: bedrock_internal.index_fact_partitions follows once they are filled. Waits for other '
    'transactions that create partitions; needs UPDATE, DELETE or TRUNCATE on bedrock.fact';

-- Built when the facts are there: to sort them once costs a quarter of inserting them one by one.
CREATE OR REPLACE FUNCTION bedrock_internal.index_fact_partitions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_min_messages = error
    SET default_statistics_target = 10
AS $$
DECLARE
    partition regclass;
    command text;
BEGIN
    PERFORM bedrock_internal.require_fact_lock('bedrock_internal.index_fact_partitions');
    FOR partition, command IN
        -- Bills are found by their period. Usage is not: a bill may have days of other months.
        SELECT c.oid, string_agg(format('CREATE INDEX %I ON %s (%I)', c.relname || '_' || k.name, c.oid::regclass,
                                        k.name), '; ')
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        JOIN (VALUES ('bedrock.fact', 'dimension_id'), ('bedrock.fact', 'usage_date'),
                     ('bedrock.fact_month', 'dimension_id')) AS k (parent, name) ON k.parent::regclass = i.inhparent
        WHERE NOT c.relhasindex
        GROUP BY c.oid ORDER BY c.relname
    LOOP
        EXECUTE command;
        -- CREATE INDEX sets reltuples, by which alone the partition would seem to be analyzed.
        PERFORM bedrock_internal.analyze_table(partition);
    END LOOP;
    PERFORM bedrock_internal.analyze_tables('{bedrock.fact,bedrock.fact_month}');
END
$$;
COMMENT ON FUNCTION bedrock_internal.index_fact_partitions() IS
    'creates the indexes of new partitions of bedrock.fact and bedrock.fact_month and analyzes them, with the rights '
    'of the owner of the extension; an error without the lock that bedrock_internal.require_fact_lock checks';

CREATE OR REPLACE FUNCTION bedrock_internal.add_recent_partitions() RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.require_load();
    RETURN bedrock_internal.add_fact_partitions(ARRAY[
        date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month',
        date_trunc('month', now() AT TIME ZONE 'UTC')]::date[]);
END
$$;
COMMENT ON FUNCTION bedrock_internal.add_recent_partitions() IS
    'bedrock_internal.add_fact_partitions of the current and the last month (UTC), which new deliveries are of: '
    'refresh and load call it first, so that no two of them wait for each other at the start of a month';
