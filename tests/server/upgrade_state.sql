-- SPDX-License-Identifier: PostgreSQL
-- What a user sees and has, as a row a thing with a hash of its rows. The first call keeps what there is and its columns:
-- a later version has more.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE TEMP TABLE thing (what text, query text);
INSERT INTO thing VALUES
    ('spend', 'TABLE bedrock.spend'), ('spend_monthly', 'TABLE bedrock.spend_monthly'),
    ('request', 'TABLE bedrock.request'), ('line_item', 'TABLE bedrock.line_item'), ('profiles', 'TABLE bedrock.profiles'),
    ('reconciliation', 'TABLE bedrock.reconciliation'),
    ('price_of', 'SELECT p.* FROM bedrock.price_of(''amazon.nova-pro-v1:0'', ''us-east-1'') AS p'),
    ('mine.by_team', 'TABLE mine.by_team'), ('mine.everything', 'TABLE mine.everything'),
    ('mine.months', 'TABLE mine.months'), ('mine.lines', 'TABLE mine.lines'), ('mine.arns', 'TABLE mine.arns'),
    ('mine.estimate', 'SELECT mine.estimate(1000000)'), ('mine.prices', 'SELECT mine.prices()');
-- The rows of every table that a dump takes along: the user's.
INSERT INTO thing
SELECT 'rows of ' || c.oid::regclass, format('SELECT t.* FROM %s AS t %s', c.oid::regclass, t.condition)
FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS t (oid, condition)
JOIN pg_class AS c ON c.oid = t.oid AND c.relkind IN ('r', 'p')
WHERE e.extname = 'bedrock_cost' AND c.oid IS DISTINCT FROM to_regclass('bedrock.residency_policy');
-- Which became policies of use with 0.3.0.
INSERT INTO thing
SELECT 'residency policies', format('SELECT p.policy, p.application, p.account_id, p.regions, p.note FROM %s AS p',
                                    coalesce(to_regclass('bedrock.residency_policy')::text,
                                             'bedrock.model_policy'));

CREATE FUNCTION pg_temp.columns_of(query text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    columns text[];
BEGIN
    EXECUTE format('SELECT ARRAY(SELECT jsonb_object_keys(to_jsonb(r)) FROM (%s LIMIT 1) AS r)', query) INTO columns;
    RETURN columns;
END
$$;
CREATE FUNCTION pg_temp.hash_of(query text, columns text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hash text;
BEGIN
    EXECUTE format('SELECT count(*) || '' '' || md5(coalesce(string_agg(md5(l.line), '''' ORDER BY md5(l.line)), ''''))
                    FROM (SELECT (SELECT string_agg(e.key || ''='' || e.value, '','' ORDER BY e.key COLLATE "C")
                                  FROM jsonb_each(to_jsonb(r)) AS e WHERE e.key = ANY ($1)) AS line
                          FROM (%s) AS r) AS l', query) INTO hash USING columns;
    RETURN hash;
END
$$;
SELECT to_regclass('mine.known') IS NULL AS first \gset
\if :first
CREATE TABLE mine.known AS SELECT t.what, pg_temp.columns_of(t.query) AS columns FROM thing AS t;
\endif
SELECT t.what, pg_temp.hash_of(t.query, k.columns) FROM thing AS t JOIN mine.known AS k USING (what)
ORDER BY t.what COLLATE "C";
