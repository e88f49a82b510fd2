-- The road of a line: read into memory, its key judged, its amounts by the cost rules, facts, parts of bills, control sums.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA road;
SET search_path = road, public;

CREATE FUNCTION read_lines(query text) RETURNS TABLE (key integer, lines bigint, grain text, price_stated boolean, net_given boolean, undated bigint,
    payer text, type text, reservation text, what text, who text)
    LANGUAGE sql AS $$
    SELECT r.bedrock_key, r.bedrock_lines, r.bedrock_grain, r.bedrock_price_stated, r.bedrock_net_given, r.bedrock_undated, r.payer, r.type, r.reservation, r.what, r.who
    FROM bedrock_internal.read_relation(query, 0, '{key,month,key,key,key,principal,usage_start,usage_end,amount,amount,amount,amount,amount,amount}',
             '{payer_account_id,billing_period_start,line_item_type,reservation_arn,"",iam_principal,usage_start,usage_end,usage_amount,unblended_cost,net_unblended_cost,public_on_demand_cost,savings_plan_total_commitment,savings_plan_used_commitment}', false)
         AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint,
               payer text, month timestamptz, type text, reservation text, what text, who text, starts timestamptz, ends timestamptz,
               usage numeric, unblended numeric, net numeric, public numeric, total numeric, used numeric)
    ORDER BY 1
$$;
CREATE TABLE line (payer text, month timestamptz, type text, reservation text, what text, who text, starts timestamptz, ends timestamptz,
    usage numeric, unblended numeric, net numeric, public numeric, total numeric, used numeric);
INSERT INTO line VALUES
    -- Two sessions of one role on one day; another day; a free line; a line of a day; one without a caller.
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-03 17:00', '2026-11-03 18:00', 2, 1.5, 1.25, 3, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s2', '2026-11-03 18:00', '2026-11-03 19:00', 4, 3.5, 3.25, 7, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-03 19:00', '2026-11-03 20:00', 8, 0.5, 0.25, 1, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-04 17:00', '2026-11-04 18:00', 16, 5, 5, 5, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-04 17:00', '2026-11-04 18:00', 32, 0, NULL, 0, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-04 17:00', '2026-11-04 18:00', 64, 9, NULL, 0, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', '2026-11-05', '2026-11-06', 128, 20, NULL, 20, NULL, NULL),
    ('p', '2026-11-01', 'Usage', NULL, 'x', NULL, '2026-11-05', '2026-11-05 01:00', 256, 40, NULL, 40, NULL, NULL),
    -- Rules: a commitment unused in part, a fee of a reservation, a discount without a net amount, a credit.
    ('p', '2026-11-01', 'SavingsPlanRecurringFee', NULL, NULL, NULL, '2026-11-01', '2026-12-01', 1, 100, 90, NULL, 100, 70.5),
    ('p', '2026-11-01', 'Fee', 'arn:aws:ec2::r', NULL, NULL, '2026-11-01', '2026-12-01', 1, 300, NULL, NULL, NULL, NULL),
    ('p', '2026-11-01', 'EdpDiscount', NULL, NULL, NULL, '2026-11-01', '2026-12-01', 1, -7, NULL, NULL, NULL, NULL),
    ('q', '2026-11-01', 'Credit', '', NULL, NULL, NULL, NULL, NULL, -2, NULL, NULL, NULL, NULL);

-- Usage is dimension 70, billed by day 71; all else makes no fact.
CREATE FUNCTION judged() RETURNS text LANGUAGE sql AS $f$ SELECT $q$
    SELECT key, CASE payer WHEN 'p' THEN 7 ELSE 8 END, CASE WHEN type = 'Usage' THEN CASE grain WHEN 'day' THEN 71 ELSE 70 END ELSE 0 END, CASE WHEN type = 'Usage' THEN 1 ELSE 2 END,
           type, reservation <> '' IS TRUE, type = 'Usage', price_stated OR type <> 'Usage', type = 'EdpDiscount', 3, CASE grain WHEN 'hour' THEN 1000 ELSE 0 END, 0 FROM key$q$ $f$;
CREATE FUNCTION callers() RETURNS text LANGUAGE sql AS $f$ SELECT $q$
    SELECT principal_number, CASE WHEN iam_principal LIKE '%/s1' THEN 11 ELSE 12 END FROM bedrock_internal.line_principals(ARRAY(SELECT key FROM key))$q$ $f$;

BEGIN;
SELECT * FROM read_lines('SELECT * FROM line');
-- All lines, raw, as they were added up one by one.
SELECT payer, month::date, type, reserved, lines, usage, unblended, net, public, total, used
FROM bedrock_internal.control_sums() AS c (payer text, month timestamptz, type text, class text, reserved boolean, lines bigint, usage numeric, unblended numeric, blended numeric, net numeric,
    net_amortized numeric, public numeric, sp numeric, sp_net numeric, total numeric, used numeric, r numeric, r_net numeric, u numeric, f numeric, u_net numeric, f_net numeric)
ORDER BY type, payer, net IS NULL, public;
SELECT sum(lines) AS lines, sum(usage) AS usage, sum(unblended) AS unblended, sum(net) AS net, sum(public) AS public, sum(total) AS total, sum(used) AS used
FROM bedrock_internal.control_sums() AS c (payer text, month timestamptz, type text, class text, reserved boolean, lines bigint, usage numeric, unblended numeric, blended numeric, net numeric,
    net_amortized numeric, public numeric, sp numeric, sp_net numeric, total numeric, used numeric, r numeric, r_net numeric, u numeric, f numeric, u_net numeric, f_net numeric);
SELECT count(*) AS lines, sum(usage) AS usage, sum(unblended) AS unblended, sum(net) AS net, sum(public) AS public, sum(total) AS total, sum(used) AS used FROM line;
-- Callers of keys that are asked for.
CREATE TEMP TABLE key ON COMMIT DROP AS SELECT * FROM read_lines('SELECT * FROM line');
SELECT * FROM bedrock_internal.line_principals(ARRAY(SELECT key FROM key)) ORDER BY 2;
SELECT * FROM bedrock_internal.line_principals(ARRAY(SELECT key FROM key WHERE who IS NULL));
-- They are of no file.
SELECT * FROM bedrock_internal.files_read();

SELECT * FROM bedrock_internal.write_facts('cur', judged(),
    $q$SELECT * FROM (VALUES (70, date '-infinity', date '2026-11-03', 701), (70, '2026-11-04', 'infinity', 702), (71, '-infinity', 'infinity', 711)) AS v (d, f, t, a)$q$, callers());
SELECT * FROM bedrock_internal.bill_parts() ORDER BY 1, 2;

-- What is wrong with what was judged. There are no facts then, nor any of before.
SAVEPOINT judged;
SELECT FROM bedrock_internal.write_facts('cur', judged(), $q$SELECT * FROM (VALUES (70, date '-infinity', date '2026-11-03', 701), (71, '-infinity', 'infinity', 711)) AS v (d, f, t, a)$q$, callers());
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('cur', judged(), $q$SELECT * FROM (VALUES (70, date '-infinity', date 'infinity', 701), (71, '-infinity', 'infinity', 711)) AS v (d, f, t, a)$q$, 'SELECT 0, 0 WHERE false');
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('cur', judged() || ' WHERE key <> 0', 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('cur', replace(judged(), 'SELECT key,', 'SELECT key + 1000,'), 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('cur', 'SELECT 1', 'SELECT 1', 'SELECT 1');
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('oracle', judged(), 'SELECT 1', 'SELECT 1');
ROLLBACK TO judged;
SELECT FROM bedrock_internal.write_facts('cur', judged(), 'SELECT 70, date ''-infinity'', NULL::date, 701', callers());
ROLLBACK TO judged;
SELECT * FROM bedrock_internal.line_principals('{1000}');
ROLLBACK TO judged;
SELECT * FROM bedrock_internal.bill_parts();
ROLLBACK TO judged;
-- Facts go with the subtransaction that made them, and stay where it is kept.
CREATE TEMP VIEW written AS SELECT * FROM bedrock_internal.write_facts('cur', judged(),
    $q$SELECT * FROM (VALUES (70, date '-infinity', date 'infinity', 701), (71, '-infinity', 'infinity', 711)) AS v (d, f, t, a)$q$, callers());
SAVEPOINT made;
SELECT sum(lines) AS lines FROM written;
ROLLBACK TO made;
SELECT * FROM bedrock_internal.bill_parts();
ROLLBACK TO made;
SELECT sum(lines) AS lines FROM written;
RELEASE made;
SELECT sum(lines) AS lines FROM bedrock_internal.bill_parts();
-- Nor is anything left of them by a run that is cancelled.
SAVEPOINT cancelled;
SET statement_timeout = 100;
SELECT count(*) FROM bedrock_internal.write_facts('cur', judged(),
    $q$SELECT 70, date '-infinity', date 'infinity', 701 + 0 * length(pg_sleep(60)::text)$q$, callers());
ROLLBACK TO cancelled;
SELECT * FROM bedrock_internal.bill_parts();
ROLLBACK;

-- Nothing is under way any more, nor behind a savepoint that was rolled back to.
SELECT * FROM bedrock_internal.bill_parts();
BEGIN;
SAVEPOINT before;
SELECT count(*) FROM read_lines('SELECT * FROM line');
ROLLBACK TO before;
SELECT * FROM bedrock_internal.line_principals('{}');
ROLLBACK;
BEGIN;
SELECT count(*) FROM read_lines('SELECT * FROM line');
SELECT bedrock_internal.end_load();
SELECT * FROM bedrock_internal.line_principals('{}');
ROLLBACK;
SELECT * FROM bedrock_internal.files_read();
BEGIN;
SELECT count(*) FROM read_lines('SELECT * FROM line');
SELECT * FROM bedrock_internal.bill_parts();
ROLLBACK;

-- A commitment of which the used part is missing has no cost rule: the error names the line type.
BEGIN;
CREATE TEMP TABLE key ON COMMIT DROP AS
SELECT * FROM read_lines($q$SELECT 'p'::text, timestamptz '2026-11-01', 'SavingsPlanRecurringFee'::text, NULL::text, NULL::text, NULL::text, timestamptz '2026-11-01', timestamptz '2026-12-01',
    1::numeric, 100::numeric, NULL::numeric, NULL::numeric, 100::numeric, NULL::numeric$q$);
SELECT FROM bedrock_internal.write_facts('cur', judged(), 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK;

-- Amounts and sums that 128 bits cannot hold are exact, and so is what the rules make of them: of the total the used
-- part is taken away, and usage with 25 decimals.
BEGIN;
CREATE TEMP TABLE key ON COMMIT DROP AS
SELECT * FROM read_lines($q$SELECT 'p'::text, timestamptz '2026-11-01', t, NULL::text, NULL::text, NULL::text, timestamptz '2026-11-03', timestamptz '2026-11-03 01:00', u, c, NULL::numeric, NULL::numeric, a, b
    FROM (VALUES ('Usage'::text, 1e-25, 1e40::numeric, NULL::numeric, NULL::numeric), ('Usage', 2, 2, NULL, NULL), ('Usage', 3e-25, -1e40, NULL, NULL),
                 ('SavingsPlanRecurringFee', 1, 1e40, 1e40, 1), ('SavingsPlanRecurringFee', 1, 5, 9999999999999.99999999999999999999, 1e-22)) AS v (t, u, c, a, b)$q$);
SELECT usage_amount, tokens, unblended_cost, net_unblended_cost, amortized_cost, ai_cost FROM bedrock_internal.write_facts('cur', judged(), 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
SELECT part, lines, unblended_cost, amortized_cost, net_amortized_cost FROM bedrock_internal.bill_parts() ORDER BY 1;
SELECT type, lines, usage, unblended, total, used
FROM bedrock_internal.control_sums() AS c (payer text, month timestamptz, type text, class text, reserved boolean, lines bigint, usage numeric, unblended numeric, blended numeric, net numeric,
    net_amortized numeric, public numeric, sp numeric, sp_net numeric, total numeric, used numeric, r numeric, r_net numeric, u numeric, f numeric, u_net numeric, f_net numeric) ORDER BY type;
ROLLBACK;
SELECT * FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, NULL::text, NULL::text, NULL::timestamptz, NULL::timestamptz, 'NaN'::numeric, 1::numeric, 1::numeric, 1::numeric, 1::numeric, 1::numeric$q$);

-- How long a line covers, and lines without a day.
SELECT what, grain, lines, undated FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, n, NULL::text, s, e, 1::numeric, 1::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric
    FROM (VALUES ('an hour'::text, timestamptz '2026-11-03 17:00+00', timestamptz '2026-11-03 18:00+00'), ('minutes', '2026-11-03 17:30+00', '2026-11-03 17:40+00'), ('nothing', '2026-11-03 17:30+00', '2026-11-03 17:30+00'),
      ('24 hours', '2026-11-03 17:00+00', '2026-11-04 17:00+00'), ('over new year', '1999-12-31 23:30+00', '2000-01-01 23:30+00'), ('a month', '2026-11-01 00:00+00', '2026-12-01 00:00+00'),
      ('no start', NULL, '2026-11-03 18:00+00'), ('no end', '2026-11-03 17:30+00', NULL), ('endless', '-infinity', 'infinity')) AS v (n, s, e)$q$) ORDER BY key;

-- The cost rules over amounts as they are given: usage, unblended, blended, net, net amortized, public, savings plan effective, its
-- net, total, used, reservation effective, its net, unused upfront, unused recurring, the net of both.
SELECT v.format, v.type, v.reserved, v.discount, m.*
FROM (VALUES (1, 'cur', 'Usage', false, false, '{1,10,11,9,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'::numeric[]),
             (2, 'cur', 'Usage', false, false, '{1,10,11,NULL,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (3, 'cur', 'SavingsPlanCoveredUsage', false, false, '{1,10,11,9,NULL,12,6,5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (4, 'cur', 'SavingsPlanCoveredUsage', false, false, '{1,10,11,9,NULL,12,6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (5, 'cur', 'SavingsPlanNegation', false, false, '{1,-10,-10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (6, 'cur', 'SavingsPlanUpfrontFee', false, false, '{1,10,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (7, 'cur', 'SavingsPlanRecurringFee', false, false, '{1,10,10,8,NULL,NULL,NULL,NULL,10,7,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (8, 'cur', 'SavingsPlanRecurringFee', false, false, '{1,10,10,8,NULL,NULL,NULL,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (9, 'cur', 'DiscountedUsage', false, false, '{1,0,0,NULL,NULL,12,NULL,NULL,NULL,NULL,4,3,NULL,NULL,NULL,NULL}'),
             (10, 'cur', 'RIFee', false, false, '{1,20,20,18,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,1,NULL,NULL}'),
             (11, 'cur', 'RIFee', false, false, '{1,20,20,18,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,1,NULL,0.5}'),
             (12, 'cur', 'RIFee', false, false, '{1,20,20,18,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (13, 'cur', 'Fee', true, false, '{1,20,20,18,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (14, 'cur', 'Fee', false, false, '{1,20,20,18,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (15, 'cur', 'EdpDiscount', false, true, '{1,-5,-5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (16, 'cur', 'EdpDiscount', false, false, '{1,-5,-5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (17, 'cur_without_unblended', 'Usage', false, false, '{1,NULL,11,9,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (18, 'cur_without_unblended', 'Usage', false, false, '{1,NULL,11,NULL,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (19, 'focus', 'Usage', false, false, '{1,NULL,NULL,9,8,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'),
             (20, 'oracle', 'Usage', false, false, '{1,NULL,NULL,9,8,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}')) AS v (n, format, type, reserved, discount, amounts)
CROSS JOIN LATERAL bedrock.cost_metrics(v.format, v.type, v.reserved, v.discount, v.amounts) AS m ORDER BY v.n;

-- What is asked for in a wrong way.
SELECT FROM bedrock_internal.read_relation('SELECT 1', 0, '{key}', '{}', false) AS r (a integer);
SELECT FROM bedrock_internal.read_relation('SELECT 1', 0, '{key}', '{""}', false)
    AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint, a text);
SELECT FROM bedrock_internal.read_relation('SELECT 1', 0, '{thing}', '{""}', false)
    AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint, a integer);
SELECT FROM bedrock_internal.read_relation('SELECT 1', 0, '{amount}', '{""}', false)
    AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint, a integer);
SELECT FROM bedrock_internal.read_relation('SELECT gen_random_uuid()', 0, '{key}', '{""}', false)
    AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint, a uuid);

-- More amounts than a line can have, and two beginnings of usage.
\set SHOW_CONTEXT never
DO $do$
BEGIN
    EXECUTE format('SELECT FROM bedrock_internal.read_relation(''SELECT %s'', 0, %L, %L, false) AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text,'
                   ' bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint%s)',
                   (SELECT string_agg('1.5::numeric', ', ') FROM generate_series(1, 65)), array_fill('amount'::text, '{65}'), array_fill(''::text, '{65}'),
                   (SELECT string_agg(format(', c%s numeric', n), '' ORDER BY n) FROM generate_series(1, 65) AS n));
END
$do$;
\set SHOW_CONTEXT errors
SELECT FROM bedrock_internal.read_relation('SELECT now(), now()', 0, '{usage_start,usage_start}', '{usage_start,usage_start}', false)
    AS r (bedrock_lines bigint, bedrock_key integer, bedrock_grain text, bedrock_price_stated boolean, bedrock_net_given boolean, bedrock_undated bigint, a timestamptz, b timestamptz);

-- What runs for a load may end it, or begin another one: then it is no more.
BEGIN;
CREATE TEMP TABLE key ON COMMIT DROP AS SELECT * FROM read_lines('SELECT * FROM line');
SELECT FROM bedrock_internal.write_facts('cur', judged() || ' CROSS JOIN (SELECT bedrock_internal.end_load()::text) AS ended', 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK;
BEGIN;
CREATE TEMP TABLE key ON COMMIT DROP AS SELECT * FROM read_lines('SELECT * FROM line');
SELECT FROM bedrock_internal.write_facts('cur', judged() || $q$ CROSS JOIN (SELECT count(*) FROM read_lines('SELECT * FROM road.line')) AS others$q$, 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK;
CREATE FUNCTION ends() RETURNS text LANGUAGE sql AS $f$ SELECT bedrock_internal.end_load()::text $f$;
SELECT FROM read_lines('SELECT payer, month, type, reservation, ends(), who, starts, ends, usage, unblended, net, public, total, used FROM line');
BEGIN;
CREATE TEMP TABLE key ON COMMIT DROP AS SELECT * FROM read_lines('SELECT * FROM line');
SELECT FROM bedrock_internal.write_facts('cur', judged() || ' UNION ALL ' || judged(), 'SELECT 70, date ''-infinity'', date ''infinity'', 701', callers());
ROLLBACK;

-- A zero with more decimals than are kept is no public price; nor is it one in a sum.
SELECT what, price_stated FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, w, NULL::text, NULL::timestamptz, NULL::timestamptz, 1::numeric, c, NULL::numeric, p, NULL::numeric, NULL::numeric
    FROM (VALUES ('zero of public cost'::text, 1::numeric, 0.0000000000000000000000000::numeric), ('a little', 1, 0.0000000000000000000000001), ('costs nothing', 0.0000000000000000000000000, 0)) AS v (w, c, p)$q$) ORDER BY 1;

-- Memory of a load has a limit.
SHOW bedrock.load_memory;
-- Too small; PostgreSQL 17 words it differently.
\set VERBOSITY sqlstate
SET bedrock.load_memory = '1MB';
\set VERBOSITY default
SET bedrock.load_memory = '16MB';
SELECT count(*) FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, md5(n::text) || repeat('x', 1000), NULL::text, NULL::timestamptz, NULL::timestamptz, 1::numeric, 1::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric
    FROM generate_series(1, 30000) AS n$q$);
-- Sums that 128 bits cannot hold count, too: 4,000 of them with 16,000 digits, of 8 kB each, where all else is small.
SELECT count(*) FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, n::text, NULL::text, NULL::timestamptz, NULL::timestamptz, 1::numeric, repeat('3', 16000)::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric
    FROM generate_series(1, 4000) AS n$q$);
SET bedrock.load_memory = '64MB';
SELECT count(*) FROM read_lines($q$SELECT 'p'::text, NULL::timestamptz, 'Usage'::text, NULL::text, n::text, NULL::text, NULL::timestamptz, NULL::timestamptz, 1::numeric, repeat('3', 16000)::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric
    FROM generate_series(1, 4000) AS n$q$);
RESET bedrock.load_memory;
DROP SCHEMA road CASCADE;
