-- Conventions, asked of the catalogs: every query lists what breaks one, and lists nothing.
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
SELECT count(*) > 50 AS members FROM member;

-- Every object has a COMMENT.
SELECT pg_describe_object(classid, objid, 0) AS without_comment FROM member m
WHERE obj_description(objid, classid::regclass::name) IS NULL
  AND classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
  -- Row and array types go with their relation or type.
  AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t WHERE t.oid = m.objid AND (t.typrelid <> 0 OR t.typelem <> 0 AND t.typcategory = 'A')))
  AND NOT (classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = m.objid AND c.relkind IN ('S', 'i', 'I')))
ORDER BY 1;

-- Every column of a table or view has one.
SELECT c.oid::regclass AS relation, a.attname AS column_without_comment
FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v', 'p')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE col_description(c.oid, a.attnum) IS NULL ORDER BY 1, a.attnum;

-- No COMMENT of the API, and nothing that a question means, names an inner object.
SELECT pg_describe_object(d.classoid, d.objoid, d.objsubid) AS names_an_inner_object
FROM member m JOIN pg_description d ON d.classoid = m.classid AND d.objoid = m.objid
CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) AS o
WHERE coalesce(o.schema, '') <> 'bedrock_internal' AND d.description ~ 'bedrock_internal' ORDER BY 1;
SELECT question_id AS names_an_inner_object FROM bedrock.question WHERE answer_columns::text ~ 'bedrock_internal'
    OR EXISTS (SELECT FROM jsonb_each(parameters) AS p WHERE p.value ->> 'meaning' ~ 'bedrock_internal') ORDER BY 1;
-- A question about money names the currency of its amounts, each row its own.
SELECT q.question_id AS money_without_currency FROM bedrock.question AS q, jsonb_array_elements(q.answer_columns) AS c WHERE q.builtin
GROUP BY 1 HAVING bool_or(c ->> 'unit' = 'money') AND NOT bool_or(c ->> 'name' = 'currency') ORDER BY 1;
-- Nor does what the doctor, a suggestion or a hint advises; and the functions it names are there.
CREATE FUNCTION pg_temp.inner_names(code text) RETURNS SETOF text LANGUAGE sql
    AS $$SELECT l[1] FROM regexp_matches(regexp_replace(code, '--[^' || chr(10) || ']*', '', 'g'), $re$'((?:[^']|'')*)'$re$, 'g') AS l
         WHERE l[1] ~ 'bedrock_internal' AND l[1] !~ '^bedrock_internal\.\w+$'$$;
SELECT pg_temp.inner_names($$SELECT 'bedrock_internal.state', 'SELECT bedrock_internal.mend()' -- don't$$) AS advice;
CREATE TEMP VIEW advice AS
SELECT p.oid::regprocedure::text AS of, pg_get_functiondef(p.oid) AS code
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid WHERE p.proname LIKE 'doctor%'
UNION ALL
SELECT 'bedrock.unrecognized', pg_get_viewdef('bedrock.unrecognized')
UNION ALL
SELECT p.oid::regprocedure::text, h.parts[1]
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
CROSS JOIN LATERAL regexp_matches(p.prosrc, 'HINT = ([^;]*);', 'g') AS h (parts);
SELECT count(*) > 50 AS advices FROM advice;
SELECT a.of, n AS names_an_inner_object FROM advice AS a, LATERAL pg_temp.inner_names(a.code) AS n ORDER BY 1, 2;
SELECT DISTINCT a.of, n.parts[1] AS names_no_function
FROM advice AS a CROSS JOIN LATERAL regexp_matches(a.code, '\mbedrock\.(\w+)\(', 'g') AS n (parts)
WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'bedrock'::regnamespace AND p.proname = n.parts[1]) ORDER BY 1, 2;

-- A hint is an action: that an error changes nothing goes without saying, as everywhere in PostgreSQL.
SELECT p.oid::regprocedure FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid WHERE p.prosrc ~ 'HINT = [^;]*Nothing (was|is) ';
-- C functions of a row are parallel safe, and immutable but for those that read the price book or ask which node this is; one that gives a set reads tables, server_file... and read_ahead read files, row_number_of counts, end_load frees, raise_in_file raises.
SELECT p.oid::regprocedure AS unsafe FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname IN ('c', 'internal') AND NOT p.proretset AND p.proname !~ '^server_file|^row_number_of$|^read_ahead$|^end_load$|^raise_in_file$' AND (p.proparallel <> 's' OR p.provolatile <> CASE WHEN p.proname IN ('estimated_cost', 'price_numbers', 'on_coordinator', 'in_restricted_operation') THEN 's' ELSE 'i' END) ORDER BY 1;

-- The API: what schema bedrock has, at most 125 functions: those that load, ask and price, those that say who owns what
-- (claims, hierarchy, rules, access), those that charge it, and those that plan and steer it. Everything else is inner.
SELECT p.proname AS api FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.pronamespace = 'bedrock'::regnamespace GROUP BY 1 ORDER BY 1;
SELECT count(*) <= 125 AS fits FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.pronamespace = 'bedrock'::regnamespace;
SELECT c.oid::regclass AS inner_relation FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
WHERE c.relnamespace = 'bedrock_internal'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm') ORDER BY 1;

-- Functions of every other language pin their search_path or are parsed at creation. A procedure that commits can have no SET:
-- it may only call qualified functions, without an operator that another search_path could change.
SELECT p.oid::regprocedure AS search_path_not_pinned FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL
  AND NOT (p.prokind = 'p' AND p.prosrc ~ '\mCOMMIT;' AND regexp_replace(p.prosrc, ':=|bedrock(_internal)?\.\w+', '', 'g') !~ '[-+*/<>=~!@#%^&|`?.]')
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s = 'search_path=pg_catalog, pg_temp') ORDER BY 1;

-- What runs the long statements of the extension turns just-in-time compilation off, which takes longer than they do: refreshes, loads,
-- checks, answers and what they share with commands of ownership.
SELECT f.heavy AS compiled FROM unnest('{bedrock_internal.refresh_sources,bedrock_internal.load_deliveries,bedrock_internal.run_checks,
    bedrock_internal.rule_matches,bedrock_internal.validity_intervals,bedrock_internal.stage_source,bedrock.anomalies,bedrock.answer,
    bedrock.answer_records}'::text[]) AS f (heavy)
LEFT JOIN pg_proc p ON p.oid = to_regproc(f.heavy)
WHERE NOT coalesce('jit=off' = ANY (p.proconfig), false) ORDER BY 1;

-- A backslash stands in E'' and dollar-quoted strings alone: in a plain one it means something else where standard_conforming_strings is off.
CREATE FUNCTION pg_temp.plain_backslash(code text) RETURNS boolean LANGUAGE sql
    AS $$SELECT regexp_replace(regexp_replace(regexp_replace(code, E'[$](\\w+)[$].*?[$]\\1[$]', '', 'g'), E'--[^\n]*', '', 'g'), E'\\mE''(\\\\.|''''|[^''\\\\])*''(\\s*\n\\s*''(\\\\.|''''|[^''\\\\])*'')*', '', 'g') ~ E'\\\\'$$;
SELECT pg_temp.plain_backslash('SELECT ''\d''') AS plain, pg_temp.plain_backslash($$SELECT E'\\d it''s \\'' -- \d$$) AS escaped;
SELECT p.oid::regprocedure AS plain_backslash FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.prosqlbody IS NULL AND pg_temp.plain_backslash(p.prosrc) ORDER BY 1;
SELECT question_id AS plain_backslash FROM bedrock.question WHERE pg_temp.plain_backslash(sql) ORDER BY 1;

-- An INSERT names its columns, for a later version's table has more; or it inserts a whole row of the table's own type, which
-- has them too. Parsed bodies name them by themselves.
CREATE FUNCTION pg_temp.without_columns(code text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT m[1]
    FROM regexp_matches(code, E'(INSERT\\s+INTO\\s+([\\w.%$"]+)(?:\\s+AS\\s+\\w+)?\\s+((?!AS\\M)[^\\s(][^;]{0,60}))', 'gi') AS m
    WHERE code !~* (E'\\m' || coalesce(substring(m[3] FROM E'^SELECT (\\w+)[.][*]$'), '-') || ' ' || m[2] || ';') $$;
SELECT pg_temp.without_columns('INSERT INTO a SELECT 1; INSERT INTO a AS t VALUES (1); INSERT INTO a (b) SELECT 1; INSERT INTO a AS t (b) SELECT 1; '
                               'DECLARE r a; INSERT INTO a SELECT r.*; INSERT INTO c SELECT r.*; INSERT INTO %s TABLE d');
SELECT p.oid::regprocedure, pg_temp.without_columns(p.prosrc) AS without_columns
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid ORDER BY 1;

-- SECURITY DEFINER always pins it.
SELECT p.oid::regprocedure AS definer_not_pinned FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.prosecdef AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s = 'search_path=pg_catalog, pg_temp') ORDER BY 1;

-- Every table and sequence is dumped with its rows.
SELECT c.oid::regclass AS not_dumped FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
CROSS JOIN pg_extension e
WHERE e.extname = 'bedrock_cost' AND c.relkind IN ('r', 'p', 'S') AND c.oid <> ALL (coalesce(e.extconfig, '{}')) ORDER BY 1;

-- A dumped table has no row trigger: on a restore it would fire and lose the user's rows.
SELECT t.tgrelid::regclass AS row_trigger_on FROM member m JOIN pg_trigger t ON m.classid = 'pg_class'::regclass AND t.tgrelid = m.objid
WHERE NOT t.tgisinternal AND t.tgtype & 1 = 1 ORDER BY 1;

-- State has types: no function takes a text column of a period or of what the extension keeps for itself apart, or for another type.
CREATE FUNCTION pg_temp.parsed_state(code text) RETURNS SETOF text LANGUAGE sql
    AS $$SELECT m[1] FROM (SELECT string_agg(DISTINCT a.attname, '|') AS names FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
                           WHERE (c.oid = 'bedrock.period'::regclass OR c.relnamespace = 'bedrock_internal'::regnamespace AND c.relkind = 'r')
                             AND a.attnum > 0 AND a.atttypid = 'text'::regtype) AS c,
         regexp_matches(code, '(split_part\(\w+\.(?:' || c.names || ')\M|\.(?:' || c.names || ')\)?::(?:json|pg_snapshot|timestamp|date|numeric|bigint|integer|boolean)\w*)', 'g') AS m$$;
SELECT * FROM pg_temp.parsed_state($$SELECT p.reading_mark::jsonb ->> 'a', split_part(s.catalogues, '/', 1), (s.public_prices)::numeric, s.catalogues = p.rules_version, p.keep::text, d.tags::jsonb$$) AS parsed;
SELECT p.oid::regprocedure AS parses_state, f AS where FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql'), LATERAL pg_temp.parsed_state(pg_get_functiondef(p.oid)) AS f ORDER BY 1, 2;

-- Columns of public views have one of seven types; a jsonb is a set of tags or labels, what columns mean, rows before and after a change, or what else is known of an alert.
SELECT c.oid::regclass AS view, a.attname, format_type(a.atttypid, a.atttypmod)
FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'v'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE a.atttypid NOT IN ('text'::regtype, 'numeric'::regtype, 'bigint'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype)
  AND NOT (a.atttypid = 'jsonb'::regtype AND a.attname IN ('tags', 'labels', 'answer_columns', 'before', 'after', 'detail'))
  -- The key that facts refer to.
  AND (c.relname, a.attname) NOT IN (('bill', 'bill_id'), ('own_scope', 'token')) ORDER BY 1, 2;

-- Public views run with the rights of whoever asks, but for those that leave what is no amount of what row security hides.
SELECT c.oid::regclass AS not_security_invoker FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
WHERE c.relkind = 'v' AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false) ORDER BY 1;

-- Nothing of the API is granted to PUBLIC beyond what knows only its arguments. In bedrock_internal everybody may execute what runs
-- with the caller's rights and changes nothing: functions of the API call it there with the rights of who calls them. And what
-- policies call, which asks itself who the session is; and as the one listed here does.
SELECT p.oid::regprocedure AS granted_to_public FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.pronamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace) AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee = 0))
  AND (p.prosecdef OR p.provolatile = 'v' OR p.provolatile <> 'i' AND p.pronamespace = 'bedrock'::regnamespace)
  AND NOT (p.pronargs = 1 AND p.provolatile = 's' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid))
ORDER BY 1;

-- What policies call lasts: an update makes it anew only where it is no part of a policy.
SELECT p.oid::regprocedure AS not_lasting FROM pg_depend d JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
WHERE d.classid = 'pg_policy'::regclass AND (p.prosqlbody IS NULL OR NOT p.prosecdef AND p.proname <> 'own_tokens' OR p.proparallel <> 's') ORDER BY 1;
-- Whoever may see a table with policies by his scope alone sees no other that tells as much: every table that names an account, a
-- resource, a principal or a workload, or has a cost, has row security.
SELECT c.oid::regclass AS without_row_security, string_agg(a.attname, ' ' ORDER BY a.attnum) AS has
FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'p')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'bedrock'::regnamespace AND NOT c.relrowsecurity AND a.attname ~ 'account_id|cost|principal|workload|element|identity|profile_arn|resource_id|owner' GROUP BY 1 ORDER BY 1;

-- Every plpgsql function passes plpgsql_check. Refresh works on temporary tables of its own: they are there behind a refresh.
-- What a dynamic statement returns cannot be known, so its columns count as set.
CREATE EXTENSION plpgsql_check;
BEGIN;
CREATE TABLE cur AS SELECT '1'::text AS bill_payer_account_id, '1'::text AS line_item_usage_account_id, '2026-08-01Z'::timestamptz AS bill_billing_period_start_date,
    '2026-08-01Z'::timestamptz AS line_item_usage_start_date, '2026-08-01 01:00Z'::timestamptz AS line_item_usage_end_date, 'Usage'::text AS line_item_line_item_type,
    'AmazonBedrock'::text AS line_item_product_code, 'AWS'::text AS bill_billing_entity, 'Amazon Bedrock'::text AS product_product_name,
    'USE1-NovaMicro-input-tokens'::text AS line_item_usage_type, 1.5 AS line_item_unblended_cost, 'USD'::text AS line_item_currency_code;
SELECT source FROM bedrock.attach('cur');
SELECT source, action FROM bedrock.refresh();
SELECT bedrock_internal.stage_intervals('{}');
-- What it keeps is no setting: those are the listed ones, and the user's.
SELECT name AS not_listed FROM bedrock.setting EXCEPT SELECT name FROM bedrock.setting WHERE builtin;
SELECT kind FROM bedrock_internal.state WHERE kind NOT LIKE 'anomalies%' ORDER BY 1;
SAVEPOINT named;
SELECT bedrock.set_setting('state.list_cost', 'none');
ROLLBACK TO named;
-- What a load or refresh drops at its end.
CREATE TEMP TABLE bedrock_header AS SELECT FROM cur;
CREATE TEMP TABLE bedrock_read (bedrock_lines bigint, bedrock_key integer, bedrock_seen pg_snapshot);
-- What a load of invocation logs or metrics stages.
CREATE TEMP TABLE bedrock_invocation AS SELECT * FROM bedrock_internal.read_invocations('{}');
CREATE TEMP TABLE bedrock_invocation_stated AS SELECT * FROM bedrock_invocation;
CREATE TEMP TABLE bedrock_metric (id text, metric text, model text, statistic text, period integer, measured_at timestamptz, value numeric);
-- pg_cron's, as far as dynamic statements name it: newer releases of plpgsql_check look there too.
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigint, jobname text, database text, username text, active boolean);
CREATE FUNCTION cron.unschedule(job bigint) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION cron.schedule(name text, schedule text, command text) RETURNS bigint LANGUAGE sql RETURN 1;
SELECT p.oid::regprocedure AS function, f AS complaint
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql',
LATERAL plpgsql_check_function(p.oid, fatal_errors => false, performance_warnings => false, extra_warnings => true) f
WHERE p.prorettype <> 'trigger'::regtype AND f !~ 'OUT variable .* is maybe unmodified|cannot to determine result of dynamic SQL|"found" is shadowed|Local auto variable shadows' ORDER BY 1, 2;
ROLLBACK;
DROP EXTENSION plpgsql_check;
