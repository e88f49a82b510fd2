-- Who sees what, on every path. Each line costs another power of two, so a sum tells which lines were seen.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
BEGIN;
TRUNCATE bedrock.fact, bedrock.fact_month, bedrock.bill_total, bedrock.attribution, bedrock.dimension, bedrock.period, bedrock.source, bedrock.load_log, bedrock.profile, bedrock.claim,
    bedrock.workload, bedrock.element, bedrock.hierarchy_level, bedrock.owner_rule, bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label, bedrock.scope;
DELETE FROM bedrock.session WHERE session_id <> 0;
DELETE FROM bedrock.owner WHERE owner_id > 1;
DELETE FROM bedrock.price WHERE NOT builtin;
ALTER SEQUENCE bedrock.claim_claim_id_seq RESTART;
CREATE SCHEMA access;
GRANT USAGE, CREATE ON SCHEMA access TO PUBLIC;
-- Sessions of the role shared call profiles of two workloads, and models; role risk is claimed from the third on.
CREATE TABLE access.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, timestamp '2026-03-01' AS bill_billing_period_start_date, 'AWS'::text AS bill_billing_entity, account AS line_item_usage_account_id,
       type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'Amazon Bedrock'::text AS product_product_name,
       CASE type WHEN 'Usage' THEN 'USE1-NovaLite-input-tokens' END AS line_item_usage_type, day AS line_item_usage_start_date, day + interval '1 hour' AS line_item_usage_end_date,
       'USD'::text AS line_item_currency_code, 'arn:aws:bedrock:us-east-1:' || resource AS line_item_resource_id, caller AS line_item_iam_principal, cost::numeric AS line_item_unblended_cost, 1000 AS line_item_usage_amount
FROM (VALUES
    ('111111111111', 'Usage', timestamp '2026-03-02', '111111111111:application-inference-profile/hrp', 'arn:aws:sts::111111111111:assumed-role/shared/s1', 1),
    ('111111111111', 'Usage', '2026-03-03', '111111111111:application-inference-profile/cip', 'arn:aws:sts::111111111111:assumed-role/shared/s2', 2),
    ('111111111111', 'Usage', '2026-03-04', '111111111111:application-inference-profile/cip', 'arn:aws:sts::111111111111:assumed-role/shared/s3', 4),
    ('222222222222', 'Usage', '2026-03-02', ':foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::222222222222:assumed-role/risk/r1', 8),
    ('222222222222', 'Usage', '2026-03-03', ':foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::222222222222:assumed-role/risk/r2', 16),
    ('111111111111', 'Usage', '2026-03-03', ':foundation-model/amazon.nova-lite-v1:0', 'arn:aws:sts::111111111111:assumed-role/shared/s4', 32),
    ('222222222222', 'Usage', '2026-03-05', ':foundation-model/amazon.nova-lite-v1:0', 'arn:aws:iam::222222222222:user/bob', 64),
    ('111111111111', 'Tax', '2026-03-01', NULL, NULL, 128),
    ('222222222222', 'Tax', '2026-03-01', NULL, NULL, 256)) AS v (account, type, day, resource, caller, cost);
SELECT source FROM bedrock.attach('access.cur', line_item => false) \g /dev/null
SELECT action FROM bedrock.refresh('cur') \g /dev/null
SELECT bedrock.set_price('amazon.nova-lite-v1:0', 'input', 7, valid_from => NULL) \g /dev/null
-- Five requests: of the profiles, of risk before and after its claim, of shared.
SELECT loaded FROM bedrock.load_invocation_text((
    SELECT string_agg(json_build_object('requestId', id, 'modelId', model, 'accountId', account, 'region', 'us-east-1', 'timestamp', day || 'T10:00:00Z',
        'identity', json_build_object('arn', 'arn:aws:sts::' || account || ':assumed-role/' || role), 'input', json_build_object('inputTokenCount', 1000000))::text, E'\n')
    FROM (VALUES ('q-hr', 'arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/hrp', '111111111111', '2026-03-02', 'shared/s1'),
                 ('q-ci', 'arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/cip', '111111111111', '2026-03-03', 'shared/s2'),
                 ('q-risk', 'amazon.nova-lite-v1:0', '222222222222', '2026-03-03', 'risk/r2'), ('q-early', 'amazon.nova-lite-v1:0', '222222222222', '2026-03-02', 'risk/r1'),
                 ('q-free', 'amazon.nova-lite-v1:0', '111111111111', '2026-03-03', 'shared/s9')) AS v (id, model, account, day, role)), 'logs') \g /dev/null
CREATE ROLE access_hr LOGIN; CREATE ROLE access_ci LOGIN; CREATE ROLE access_shop LOGIN; CREATE ROLE access_retail LOGIN; CREATE ROLE access_bank LOGIN;
CREATE ROLE access_a LOGIN; CREATE ROLE access_b LOGIN; CREATE ROLE access_both LOGIN; CREATE ROLE access_finance LOGIN; CREATE ROLE access_finops LOGIN;
CREATE ROLE access_none LOGIN; CREATE ROLE access_reader LOGIN; CREATE ROLE access_nightly LOGIN; CREATE ROLE access_gone;
-- The statement's value as the role, or its error: code, message, detail, hint.
CREATE FUNCTION access.as_role(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; message text; detail text; hint text;
BEGIN
    PERFORM set_config('role', as_role.role, true);
    EXECUTE statement INTO answer;
    PERFORM set_config('role', 'none', true);
    RETURN coalesce(answer, '-');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', SQLSTATE || ' ' || message, nullif(detail, ''), nullif('HINT ' || hint, 'HINT '));
END$$;
\pset format unaligned
\pset fieldsep ' | '
\pset null '-'
\set ECHO all

-- Group roles are made when asked for, and again without harm. Nobody else may.
SELECT access.as_role('access_hr', 'SELECT bedrock.create_roles()');
DO $$BEGIN PERFORM bedrock.create_roles(); END$$;
SELECT rolname, rolcanlogin, rolinherit FROM pg_roles WHERE rolname ~ '^bedrock_' ORDER BY 1;
SELECT count(*) AS new_roles FROM bedrock.create_roles();
SELECT role_name, scope_kind, value FROM bedrock.scope WHERE role_name ~ '^bedrock_' ORDER BY 1, 2;
GRANT bedrock_product_owner TO access_hr, access_ci;
GRANT bedrock_portfolio_manager TO access_shop, access_retail, access_bank;
GRANT bedrock_cloud_engineer TO access_a, access_b, access_both;
GRANT bedrock_finance TO access_finance;
GRANT bedrock_finops TO access_finops;
GRANT bedrock_product_owner TO access_none;
GRANT bedrock_reader TO access_reader;
GRANT bedrock_loader TO access_nightly;
GRANT SELECT ON access.cur TO access_nightly;
GRANT SELECT ON bedrock.spend TO access_gone;

-- Who owns what: ci moves from Shop to Bank on the fourth.
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_level(2, 'Department');
SELECT bedrock.set_element('retail', 1, element_name => 'Retail'), bedrock.set_element('shop', 2, 'retail', 'Shop'), bedrock.set_element('bank', 1, element_name => 'Bank');
SELECT bedrock.set_workload('hr', element => 'shop'), bedrock.set_workload('ci', element => 'shop'), bedrock.set_workload('risk', element => 'bank');
SELECT bedrock.set_workload('ci', element => 'bank', valid_from => '2026-03-04', reason => 'moved');
SELECT count(bedrock.claim_identity(i, w, d, reason => 'test')) FROM (VALUES ('arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/hrp', 'hr', date '2026-03-01'),
    ('arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/cip', 'ci', '2026-03-01'), ('arn:aws:iam::222222222222:role/risk', 'risk', '2026-03-03')) AS v (i, w, d);
SELECT usage_date, workload, element_path, unblended_cost FROM bedrock.spend ORDER BY 4;

SELECT bedrock.set_business_metric('tickets', v, '2026-03-01', workload => w) FROM (VALUES ('hr', 100), ('risk', 7)) AS m (w, v) \g /dev/null
SELECT bedrock.post_statement('2026-03-01') IS NOT NULL AS posted;

-- Scope: what makes none is an error, also for who manages; and nobody else grants any.
SELECT access.as_role('access_finops', format('SELECT bedrock.grant_scope(%s)', a)) FROM unnest(ARRAY['''access_nobody'', ''all''', '''access_hr'', ''everything''', '''access_hr'', ''all'', ''hr''',
    '''access_hr'', ''workload''', '''access_hr'', ''workload'', ''hr portal''', '''access_hr'', ''element'', ''Shop''', '''access_hr'', ''account'', ''12''', 'NULL, ''all''', '''access_hr'', NULL']) AS a;
SELECT access.as_role(r, 'SELECT bedrock.grant_scope(''access_hr'', ''all'')') FROM unnest('{access_hr,access_finance,access_nightly,access_none}'::name[]) AS r;
SELECT access.as_role('access_hr', 'SELECT bedrock.revoke_scope(''access_ci'', ''workload'', ''ci'')');
SELECT count(access.as_role('access_finops', format('SELECT bedrock.grant_scope(%L, %L, %L)', r, k, v))) AS granted FROM (VALUES ('access_hr', 'workload', 'hr'), ('access_ci', 'workload', 'ci'),
    ('access_shop', 'element', 'shop'), ('access_retail', 'element', 'retail'), ('access_bank', 'element', 'bank'), ('access_a', 'account', '111111111111'), ('access_b', 'account', '222222222222'),
    ('access_both', 'account', '222222222222'), ('access_both', 'workload', 'hr'), ('access_reader', 'element', 'retail'), ('access_gone', 'all', ''), ('access_hr', 'workload', 'hr')) AS s (r, k, v);
SELECT count(*) FROM bedrock.scope WHERE role_name ~ '^access_';
-- A role that is dropped leaves a row without effect, and no error for others.
DROP OWNED BY access_gone;
DROP ROLE access_gone;

-- Every persona on every path. By hand: hr 1; ci 2 + 4; Shop 1 + 2; Bank 4 + 16; account 1...: 1 + 2 + 4 + 32 + 128; 2...: 8 + 16 + 64 + 256; both 1 + 344; all 511.
-- Who may claim is told the cost of what nobody owns of the role (8). Rows of a statement are of a month: those of a workload that lay below an element in all of it.
CREATE TABLE access.path (path text, query text);
INSERT INTO access.path VALUES ('spend', 'SELECT sum(unblended_cost) FROM bedrock.spend'), ('month', 'SELECT sum(unblended_cost) FROM bedrock.spend_monthly'),
    ('fact', 'SELECT sum(unblended_cost) FROM bedrock.fact'), ('fact_month', 'SELECT sum(unblended_cost) FROM bedrock.fact_month'),
    ('pattern', 'SELECT sum(unblended_cost) FROM bedrock.usage_pattern'), ('wide', 'SELECT sum((to_jsonb(s) ->> ''unblended_cost'')::numeric) FROM bedrock.spend AS s'),
    ('as_of', 'SELECT sum(unblended_cost) FROM bedrock.spend_as_of(''2026-03-01'', ''infinity'')'), ('chargeback', 'SELECT sum(cost) FROM bedrock.chargeback(''2026-03-01'')'),
    ('answer', 'SELECT sum((a ->> ''billed_cost'')::numeric) FROM bedrock.answer(''Q001'', ''{"period": "2026-03-01"}'') AS a'),
    ('requests', 'SELECT string_agg(request_id, '' '' ORDER BY request_id) FROM bedrock.request'), ('days', 'SELECT sum(requests) FROM bedrock.request_day'),
    ('sessions', 'SELECT string_agg(substring(iam_principal FROM ''[^/]*$''), '' '' ORDER BY iam_principal) FROM bedrock.session'), ('owners', 'SELECT string_agg(DISTINCT workload, '' '') FROM bedrock.owner'),
    ('workloads', 'SELECT string_agg(DISTINCT workload, '' '') FROM bedrock.workload'), ('elements', 'SELECT string_agg(DISTINCT element, '' '') FROM bedrock.element'),
    ('claims', 'SELECT string_agg(DISTINCT workload, '' '') FROM bedrock.claim'), ('audit', 'SELECT string_agg(DISTINCT object, '' '') FROM bedrock.audit WHERE object_kind = ''workload'''),
    ('profiles', 'SELECT string_agg(DISTINCT profile_id, '' '') FROM bedrock.profile'), ('totals', 'SELECT sum(unblended_cost) FROM bedrock.bill_total'), ('periods', 'SELECT sum(unblended_cost) FROM bedrock.period'),
    ('log', 'SELECT count(*) FROM bedrock.load_log WHERE source = ''cur'''), ('prices', 'SELECT count(*) FROM bedrock.price WHERE NOT builtin'),
    ('estimate', 'SELECT estimated_cost(''amazon.nova-lite-v1:0'', 1000000)'), ('latest', 'SELECT bedrock.latest_period()'), ('final', 'SELECT bool_or(is_final) IS NOT NULL FROM bedrock.spend WHERE source = ''cur'''),
    ('check', 'SELECT sum(cost) FROM bedrock.check_identity(''arn:aws:iam::222222222222:role/risk'')'), ('posted', 'SELECT sum(cost) FROM bedrock.statement_row'),
    ('changed', 'SELECT sum(restated) FROM bedrock.statement_change(''2026-03-01'')'), ('units', 'SELECT sum(units) FROM bedrock.unit_cost(''tickets'', ''2026-03-01'')'), ('metrics', 'SELECT sum(value) FROM bedrock.business_metric'),
    ('fresh', 'SELECT count(*) FROM bedrock.freshness WHERE source = ''cur'''), ('scope', 'SELECT count(*) FROM bedrock.scope');
SELECT p.path, string_agg(replace(r::text, 'access_', '') || ': ' || access.as_role(r, p.query), ', ' ORDER BY n) AS seen
FROM access.path AS p, unnest('{access_hr,access_ci,access_shop,access_retail,access_bank,access_a,access_b,access_both,access_finance,access_finops,access_nightly,access_none}'::name[]) WITH ORDINALITY AS t (r, n)
GROUP BY p.path, p.ctid ORDER BY p.ctid;
-- The reader has months and nothing else.
SELECT p.path, access.as_role('access_reader', p.query) AS seen FROM access.path AS p WHERE p.path IN ('month', 'spend', 'fact', 'requests', 'latest', 'workloads', 'totals');
SELECT access.as_role('access_reader', 'SELECT count(*) > 0 AND count(f.data_through) > 0 AND min(bedrock.data_through()) IS NOT NULL FROM bedrock.freshness AS f') AS how_fresh;
-- What is another's is no other than what is not there.
SELECT regexp_replace(access.as_role('access_hr', format('SELECT count(*) FROM bedrock.explain(%s)', n.id)), '[0-9]+$', 'N', 'n') AS explained
FROM (SELECT dimension_id AS id FROM bedrock.dimension WHERE resource_id ~ 'cip$' UNION ALL SELECT 2000000000) AS n;
SELECT r, access.as_role(r, 'SELECT string_agg(concat_ws(''/'', personas, scope_kind, value, lines, workloads, accounts), ''; '') FROM bedrock.my_scope()') AS my_scope
FROM unnest('{access_hr,access_shop,access_bank,access_both,access_finance,access_finops,access_none,access_reader}'::name[]) AS r;
-- What keeps scheduled refreshes and loads of logs apart is for who may write: nobody else can hold it and stop them.
CREATE FUNCTION access.hold(relation regclass) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', relation); RETURN true; END$$;
SELECT r, access.as_role(r, 'SELECT access.hold(''bedrock.schedule_log'')') AS schedule, access.as_role(r, 'SELECT access.hold(''bedrock.invocation_dimension'')') AS logs
FROM unnest('{access_hr,access_finance,access_finops,access_reader,access_nightly}'::name[]) AS r;
-- Lines of the bill are not for who reads what is loaded: that finance may not read them is no finding, that a loader may not is one.
SELECT r, access.as_role(r, 'SELECT concat_ws(''; '', status, detail, fix) FROM bedrock.doctor() WHERE check_name = ''source_readable''') AS source_readable FROM unnest('{access_finance,access_finops,access_nightly}'::name[]) AS r;
SAVEPOINT no_right;
REVOKE SELECT ON access.cur FROM access_nightly;
SELECT access.as_role('access_nightly', 'SELECT concat_ws(''; '', status, detail, fix) FROM bedrock.doctor() WHERE check_name = ''source_readable''') AS source_readable;
ROLLBACK TO SAVEPOINT no_right;
-- The answers of the catalogue are given to whoever sees a part.
SELECT count(*) > 50 AS questions, string_agg(q.question_id || ': ' || a, '; ') FILTER (WHERE a !~ '^[0-9]+$') AS not_answered
FROM bedrock.question AS q, LATERAL access.as_role('access_hr', format('SELECT count(*) FROM bedrock.answer(%L)', q.question_id)) AS a WHERE q.builtin;

-- An analyst sees what a persona of the same scope sees, by the paths above and in every answer of the catalogue, and may call nothing that changes anything.
CREATE ROLE access_bi LOGIN IN ROLE bedrock_analyst;
SELECT bedrock.grant_scope('access_bi', 'account', '222222222222');
CREATE FUNCTION access.unnamed(role name, query text) RETURNS text LANGUAGE sql
    RETURN regexp_replace(access.as_role(role, query), '\m(access_bi?|bedrock_analyst|bedrock_cloud_engineer)\M', 'ROLE', 'g');
CREATE TABLE access.seen AS
SELECT a.path, access.unnamed('access_bi', a.query) AS by_analyst, access.unnamed('access_b', a.query) AS by_engineer
FROM (SELECT p.path, p.query FROM access.path AS p
      UNION ALL SELECT q.question_id, format('SELECT jsonb_agg(a) FROM bedrock.answer(%L) AS a', q.question_id) FROM bedrock.question AS q WHERE q.builtin) AS a;
SELECT count(*) > 150 AS asked, count(*) FILTER (WHERE by_analyst ~ '^\[') > 50 AS has_rows, string_agg(path, ' ') FILTER (WHERE by_analyst ~ '^\w{5} ') AS refused,
       string_agg(path, ' ') FILTER (WHERE by_analyst <> by_engineer) AS differ FROM access.seen;
SELECT count(*) > 50 AS functions, string_agg(p.oid::regprocedure::text, ' ' ORDER BY p.oid::regprocedure::text COLLATE "C") FILTER (WHERE has_function_privilege('access_bi', p.oid, 'EXECUTE')) AS granted
FROM pg_proc AS p WHERE p.pronamespace = 'bedrock'::regnamespace AND p.provolatile = 'v';
SELECT string_agg(p.oid::regprocedure::text, ' ') AS reads_and_is_not_granted FROM pg_proc AS p
WHERE p.pronamespace = 'bedrock'::regnamespace AND p.provolatile <> 'v' AND NOT has_function_privilege('access_bi', p.oid, 'EXECUTE');
SELECT string_agg(c.oid::regclass::text, ' ') AS writes FROM pg_class AS c
WHERE c.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace)
  AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('access_bi', c.oid, 'USAGE, UPDATE')
           WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN has_table_privilege('access_bi', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege('access_bi', c.oid, 'INSERT, UPDATE') END;

-- A session of its own: copies, cursors, views, functions and operators of the user see the same rows.
SET SESSION AUTHORIZATION access_hr;
COPY (SELECT usage_date, unblended_cost FROM bedrock.spend) TO STDOUT;
COPY bedrock.attribution (valid_from, claim_id) TO STDOUT;
CREATE VIEW access.mine AS SELECT sum(unblended_cost) AS cost FROM bedrock.spend;
GRANT SELECT ON access.mine TO PUBLIC;
SELECT cost FROM access.mine;
-- Who leaks what a row has before it is filtered: a cheap function and an operator that tell, in a condition on every table and on the view.
CREATE TABLE access.told (what text);
CREATE FUNCTION access.tell(what text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$BEGIN INSERT INTO access.told (what) VALUES (tell.what); RETURN true; END$$;
CREATE FUNCTION access.tells(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$BEGIN INSERT INTO access.told (what) VALUES (a); RETURN true; END$$;
CREATE OPERATOR access.@@@ (LEFTARG = text, RIGHTARG = text, FUNCTION = access.tells);
SELECT count(*) FROM bedrock.spend WHERE access.tell(resource_id) AND access.tell(iam_principal) AND access.tell(unblended_cost::text) AND workload OPERATOR(access.@@@) '';
SELECT count(*) FROM bedrock.dimension WHERE access.tell(resource_id) AND principal OPERATOR(access.@@@) '';
SELECT count(*) FROM bedrock.session WHERE access.tell(iam_principal);
SELECT count(*) FROM bedrock.owner WHERE access.tell(workload);
SELECT count(*) FROM bedrock.claim WHERE access.tell(workload);
SELECT count(*) FROM bedrock.bill_total WHERE access.tell(unblended_cost::text);
SELECT count(*) FROM bedrock.bill AS b JOIN bedrock.fact AS f USING (bill_id) WHERE access.tell(f.unblended_cost::text);
SELECT string_agg(DISTINCT what, ' ' ORDER BY what) AS told FROM access.told;
-- Nor tokens of others.
SELECT count(*) AS own FROM bedrock_internal.own_scope WHERE access.tell('token ' || token);
SELECT count(DISTINCT what) AS told FROM access.told WHERE what ~ '^token';
-- Nor does an error, a constraint or a probe.
SELECT EXISTS (SELECT FROM bedrock.dimension WHERE resource_id ~ 'cip$') AS of_others, EXISTS (SELECT FROM bedrock.dimension WHERE resource_id ~ 'hrp$') AS own,
       (SELECT count(*) FROM pg_stats WHERE schemaname ~ '^bedrock' AND tablename ~ '^(fact|dimension|session|bill_total|claim)') AS statistics;
SAVEPOINT s;
SELECT sum(1 / (unblended_cost - 2)) FROM bedrock.spend;
\set VERBOSITY terse
SELECT bedrock.claim_identity('arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/cip', 'hr');
\set VERBOSITY default
ROLLBACK TO s;
SELECT bedrock.end_claim((SELECT min(claim_id) FROM bedrock.claim) + 1, '2026-03-03');
ROLLBACK TO s;
SELECT found, workload, cost FROM bedrock.check_identity('arn:aws:iam::222222222222:role/risk');
-- It cannot become another, nor ask as one.
SELECT set_config('role', 'access_finance', true);
ROLLBACK TO s;
SELECT bedrock_internal.tokens_of('access_finance');
ROLLBACK TO s;
SELECT count(*) FROM bedrock.scope;
ROLLBACK TO s;
SELECT bedrock_internal.sees_all(ARRAY[gen_random_uuid()]) AS all, cardinality(bedrock_internal.own_tokens()) AS own,
       (SELECT count(*) FROM bedrock_internal.visible_account(bedrock_internal.own_tokens())) AS accounts;
SELECT count(*) FROM bedrock_internal.scope_of('access_finance');
ROLLBACK TO s;
-- Partitions by themselves, writing, taking row security off: refused.
SELECT count(*) FROM bedrock_internal.fact_2026_03;
ROLLBACK TO s;
DELETE FROM bedrock.fact;
ROLLBACK TO s;
SET LOCAL row_security = off;
SELECT count(*) FROM bedrock.fact;
ROLLBACK TO s;
CREATE TEMP TABLE copied AS SELECT * FROM bedrock.spend;
SELECT count(*) FROM copied;
RESET SESSION AUTHORIZATION;
-- A view of somebody else shows the rows of who asks; a function that runs as another role, and what it keeps, those of that role.
SET SESSION AUTHORIZATION access_finance;
SELECT cost FROM access.mine;
CREATE FUNCTION access.total() RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER RETURN (SELECT sum(unblended_cost) FROM bedrock.spend);
CREATE MATERIALIZED VIEW access.kept AS SELECT sum(unblended_cost) AS cost FROM bedrock.spend;
GRANT SELECT ON access.kept TO access_hr;
SET SESSION AUTHORIZATION access_hr;
SELECT access.total() AS as_another, (SELECT cost FROM access.kept) AS materialized;
RESET SESSION AUTHORIZATION;

-- ANALYZE and autovacuum run code of the owner of a table in the session of a superuser: it sees what the owner sees, and asks as nobody.
CREATE SCHEMA access_trick AUTHORIZATION access_hr;
SET SESSION AUTHORIZATION access_hr;
CREATE TABLE access_trick.log (n integer GENERATED ALWAYS AS IDENTITY, what text);
CREATE FUNCTION access_trick.look() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    command text;
    result text;
BEGIN
    FOREACH command IN ARRAY ARRAY['SELECT sum(unblended_cost) FROM bedrock.spend', 'SELECT sum(cost) FROM bedrock.chargeback(''2026-03-01'')',
        'SELECT bedrock.grant_scope(''access_hr'', ''manage'')', 'SELECT bedrock.claim_identity(''arn:aws:iam::111111111111:role/unseen'', ''hr'')',
        'SELECT bedrock_internal.tokens_of(''access_finance'')', 'SELECT count(*) FROM bedrock.my_scope()'] LOOP
        BEGIN
            EXECUTE command INTO result;
        EXCEPTION WHEN OTHERS THEN
            result := SQLSTATE;
        END;
        INSERT INTO access_trick.log (what) VALUES (command || ': ' || result);
    END LOOP;
END$$;
CREATE FUNCTION access_trick.indexed(value integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF session_user <> 'access_hr' THEN PERFORM access_trick.look(); END IF;
    RETURN value;
END$$;
CREATE TABLE access_trick.t AS SELECT 1 AS n;
CREATE INDEX ON access_trick.t (access_trick.indexed(n));
RESET SESSION AUTHORIZATION;
ANALYZE access_trick.t;
SELECT l.what FROM access_trick.log AS l ORDER BY l.n;
-- What bedrock.answer runs is the extension's: a loader, who may write tables, can change no question that is shipped.
SELECT access.as_role('access_nightly', c) FROM unnest(ARRAY['WITH u AS (UPDATE bedrock.question SET sql = ''SELECT 1'' WHERE builtin RETURNING 1) SELECT count(*) FROM u',
    'WITH i AS (INSERT INTO bedrock.question (question_id, question, sql, builtin) VALUES (''Q900'', ''?'', ''SELECT 1'', true) RETURNING 1) SELECT count(*) FROM i']) AS c;

-- Members: by SET ROLE a session has the scope of that role, and without INHERIT only by it.
CREATE ROLE access_boss LOGIN NOINHERIT;
GRANT access_hr, access_bank TO access_boss;
SET SESSION AUTHORIZATION access_boss;
SET ROLE access_hr;
SELECT sum(unblended_cost) FROM bedrock.spend;
SET ROLE access_bank;
SELECT sum(unblended_cost) FROM bedrock.spend;
RESET ROLE;
SELECT cardinality(bedrock_internal.own_tokens());
RESET SESSION AUTHORIZATION;
ALTER ROLE access_boss INHERIT;
-- PostgreSQL 16 and later: what a role inherits is decided when it becomes a member.
REVOKE access_hr, access_bank FROM access_boss;
GRANT access_hr, access_bank TO access_boss;
SET SESSION AUTHORIZATION access_boss;
SELECT sum(unblended_cost) FROM bedrock.spend;
RESET SESSION AUTHORIZATION;
-- A prepared statement is planned for who runs it.
PREPARE total AS SELECT sum(unblended_cost) FROM bedrock.spend;
EXECUTE total;
SET ROLE access_ci;
EXECUTE total;
SET ROLE access_a;
EXECUTE total;
RESET ROLE;

-- What changes, changes at once: a claim that ends, an element that moves, a scope that is revoked.
SELECT access.as_role('access_finops', 'SELECT bedrock.set_element(''shop'', 2, ''bank'', valid_from => ''2026-03-01'', reason => ''moved'')');
SELECT r, access.as_role(r, 'SELECT sum(unblended_cost) FROM bedrock.spend') FROM unnest('{access_shop,access_retail,access_bank}'::name[]) AS r;
SELECT bedrock.revoke_scope('access_both', 'account', '222222222222'), bedrock.revoke_scope('access_both', 'account', '222222222222');
SELECT access.as_role('access_both', 'SELECT sum(unblended_cost) FROM bedrock.spend');

-- History is written by functions alone, and says who called them: neither FinOps nor a loader rewrites a price, discount or setting of the user.
SELECT access.as_role('access_finops', c) FROM unnest(ARRAY['SELECT bedrock.set_price(''amazon.nova-lite-v1:0'', ''output'', 5, note => ''agreed'')', 'SELECT bedrock.set_discount(5, model => ''amazon.nova-pro-v1:0'')',
    'SELECT bedrock.set_setting(''loop_requests'', ''60'')', 'SELECT bedrock.set_residency_policy(''eu'', ''{eu-%}'')']) AS c;
SELECT who, object_kind, action FROM bedrock.audit WHERE who ~ '^access_' AND object_kind IN ('price', 'discount', 'setting') ORDER BY at;
SELECT r, t, string_agg(access.as_role(r, format(c, t)), ', ') FROM unnest('{access_finops,access_nightly}'::name[]) AS r, unnest('{price,price_discount,setting}'::text[]) WITH ORDINALITY AS n (t, n),
    unnest(ARRAY['WITH u AS (UPDATE bedrock.%s SET note = ''forged'' WHERE recorded_by = ''access_finops'' RETURNING 1) SELECT count(*) FROM u', 'WITH d AS (DELETE FROM bedrock.%s WHERE recorded_by = ''access_finops'' RETURNING 1) SELECT count(*) FROM d']) AS c
GROUP BY r, t, n ORDER BY r, n;
SELECT access.as_role('access_nightly', 'WITH i AS (INSERT INTO bedrock.price (model_id, token_kind, usd, unit, origin, recorded_by) VALUES (''amazon.nova-lite-v1:0'', ''input'', 1, ''1M tokens'', ' || o || ', ''access_hr'') RETURNING 1) SELECT count(*) FROM i')
FROM unnest(ARRAY['''user''', '''price_list''']) AS o;
-- Who was granted the tables, as a release before did, sets them as before; EXECUTE alone, or a scope alone, is not enough.
CREATE ROLE access_old;
GRANT USAGE ON SCHEMA bedrock TO access_old;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO access_old;
SELECT access.as_role('access_old', 'SELECT bedrock.set_setting(''loop_requests'', ''70'')');
SELECT bedrock.grant_scope('access_old', 'load');
SELECT access.as_role('access_old', 'SELECT bedrock.set_discount(6, model => ''amazon.nova-pro-v1:0'')');
GRANT INSERT ON bedrock.price, bedrock.price_discount, bedrock.setting TO access_old;
SELECT access.as_role('access_old', 'SELECT bedrock.set_setting(''loop_requests'', ''70'')'), access.as_role('access_old', 'SELECT bedrock.set_price(''amazon.nova-lite-v1:0'', ''output'', NULL)');

-- An owner labels what a workload of his claims, and nothing else.
SELECT r, access.as_role(r, 'SELECT bedrock.set_label(''arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/hrp'', ''team'', ''people'')') FROM unnest('{access_hr,access_ci,access_finance}'::name[]) AS r;
-- Names are found in lines in sight; who knows the ARN, and has a scope, learns what nobody owns of it.
SELECT r, i, access.as_role(r, format('SELECT concat_ws('' '', found, cost, hint) FROM bedrock.check_identity(%L)', i)) FROM unnest('{access_hr,access_b,access_finance,access_none}'::name[]) AS r,
    unnest(ARRAY['shared', 'risk', 'arn:aws:iam::222222222222:role/risk']) AS i;

-- Loading: with the scope all is seen and conserved, also where a change of the registry or of a policy has dimensions read again; with the grants alone it is refused.
DO $$BEGIN EXECUTE (SELECT 'DROP TABLE ' || string_agg(c.oid::regclass::text, ', ') FROM pg_class AS c WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r'); END$$;
SELECT access.as_role('access_nightly', 'SELECT string_agg(action, '' '') FROM bedrock.refresh(''cur'', force => true)');
SELECT access.as_role('access_nightly', 'SELECT sum(unblended_cost) FROM bedrock.spend');
DELETE FROM bedrock.scope WHERE role_name = 'bedrock_loader';
SELECT access.as_role('access_nightly', c) FROM unnest(ARRAY['SELECT action FROM bedrock.refresh(''cur'', force => true)', 'SELECT bedrock.detach(''cur'')', 'SELECT bedrock.purge_invocations(1)',
    'SELECT source FROM bedrock.attach(''access.cur'', ''again'', line_item => false)', 'SELECT bedrock.set_price(''amazon.nova-lite-v1:0'', ''input'', 1)', 'WITH d AS (DELETE FROM bedrock.fact RETURNING 1) SELECT count(*) FROM d', 'WITH d AS (DELETE FROM bedrock.scope RETURNING 1) SELECT count(*) FROM d']) AS c;
SELECT sum(unblended_cost) FROM bedrock.spend;

-- A line that covers a month has the place of its first day, and so have those who see it. Workload app goes from North to South on 15 April. By hand: North has the
-- credits of March and April, -1 and -2, and 8 of the 14th; South that of May, -4, and 16 of the 15th. Workload late begins within April: 32 is North's.
CREATE TABLE access.credit AS
SELECT '100000000002'::text AS bill_payer_account_id, month AS bill_billing_period_start_date, 'AWS'::text AS bill_billing_entity, '333333333333'::text AS line_item_usage_account_id,
       type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'Amazon Bedrock'::text AS product_product_name, CASE type WHEN 'Usage' THEN 'USE1-NovaLite-input-tokens' END AS line_item_usage_type,
       day AS line_item_usage_start_date, day + CASE type WHEN 'Usage' THEN interval '1 hour' ELSE interval '1 month' END AS line_item_usage_end_date, 'USD'::text AS line_item_currency_code,
       'arn:aws:bedrock:us-east-1:333333333333:application-inference-profile/' || profile AS line_item_resource_id, NULL::text AS line_item_iam_principal, cost::numeric AS line_item_unblended_cost, 1000 AS line_item_usage_amount
FROM (VALUES (timestamp '2026-03-01', 'Credit', timestamp '2026-03-01', 'app', -1), ('2026-04-01', 'Credit', '2026-04-01', 'app', -2), ('2026-05-01', 'Credit', '2026-05-01', 'app', -4),
    ('2026-04-01', 'Usage', '2026-04-14', 'app', 8), ('2026-04-01', 'Usage', '2026-04-15', 'app', 16), ('2026-04-01', 'Usage', '2026-04-20', 'late', 32)) AS v (month, type, day, profile, cost);
SELECT source FROM bedrock.attach('access.credit', line_item => false) \g /dev/null
SELECT action FROM bedrock.refresh('credit') \g /dev/null
SELECT bedrock.set_element('north', 1), bedrock.set_element('south', 1), bedrock.set_element('team', 2, 'south');
SELECT bedrock.set_workload('app', element => 'north'), bedrock.set_workload('late', element => 'team', valid_from => '2026-04-10', reason => 'new');
SELECT bedrock.set_workload('app', element => 'south', valid_from => '2026-04-15', reason => 'moved');
-- Team is below North from April on, after all.
SELECT bedrock.set_element('team', 2, 'north', valid_from => '2026-04-01', reason => 'a slip');
SELECT count(bedrock.claim_identity('arn:aws:bedrock:us-east-1:333333333333:application-inference-profile/' || p, p, d, reason => 'test')) FROM (VALUES ('app', date '2026-03-01'), ('late', '2026-04-10')) AS v (p, d);
CREATE ROLE access_north LOGIN IN ROLE bedrock_portfolio_manager; CREATE ROLE access_south LOGIN IN ROLE bedrock_portfolio_manager; CREATE ROLE access_late LOGIN IN ROLE bedrock_product_owner;
SELECT bedrock.grant_scope('access_north', 'element', 'north'), bedrock.grant_scope('access_south', 'element', 'south'), bedrock.grant_scope('access_late', 'workload', 'late');
SELECT usage_date, workload, element_path, unblended_cost, array_remove(ARRAY(
    SELECT r FROM unnest('{access_north,access_south,access_late}'::name[]) AS r
    WHERE access.as_role(r, format('SELECT count(*) FROM bedrock.spend WHERE unblended_cost = %s', s.unblended_cost)) = '1'), NULL) AS seen_by
FROM bedrock.spend AS s WHERE source = 'credit' ORDER BY 1, 4;
-- Where the workload lies on days that are another's is not shown with it.
SELECT r, access.as_role(r, 'SELECT string_agg(concat_ws('' '', workload, element, valid), ''; '' ORDER BY workload, valid) FROM bedrock.workload') FROM unnest('{access_north,access_south,access_late}'::name[]) AS r;
-- Rows of months: of a workload that is its own on all days on which there is one. App in April is nobody's of a part.
SELECT statement_id IS NOT NULL AS posted FROM bedrock.post_statement('2026-04-01') AS statement_id;
SELECT r, m::date AS month, access.as_role(r, format('SELECT string_agg(workload || '' '' || cost, ''; '') FROM bedrock.chargeback(%L)', m)) AS chargeback,
       access.as_role(r, format('SELECT string_agg(workload || '' '' || cost, ''; '') FROM bedrock.statement_row WHERE billing_period = %L', m)) AS statement
FROM unnest('{access_north,access_south,access_late}'::name[]) WITH ORDINALITY AS r (r, n), generate_series(timestamp '2026-03-01', '2026-05-01', '1 month') AS m ORDER BY n, m;
-- Posted statements are proved to whom they are shown.
SELECT r, access.as_role(r, 'SELECT string_agg(concat_ws('' '', billing_period, version, ok), ''; '') FROM bedrock.verify_statement()') FROM unnest('{access_north,access_late,access_a,access_finance,access_none}'::name[]) AS r;
-- Elements above, as known now on the days that count: South was recorded above Team for these days too, and is no more.
SELECT r, access.as_role(r, 'SELECT string_agg(DISTINCT element, '' '' ORDER BY element) FROM bedrock.element') FROM unnest('{access_late,access_north,access_south}'::name[]) AS r;
ROLLBACK;
