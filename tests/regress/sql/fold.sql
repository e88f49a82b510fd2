-- Lines summed by several sets of keys in one reading, against GROUP BY of the server itself.
CREATE TEMP TABLE line AS
SELECT n % 3 = 0 AS class, CASE WHEN n % 7 > 0 THEN repeat('k', n % 5) END AS a, nullif(n % 11, 3) > 5 AS b, date '2026-11-01' + n % 4 AS day,
       CASE n % 6 WHEN 0 THEN NULL WHEN 1 THEN jsonb '{}' WHEN 2 THEN jsonb 'null' ELSE jsonb_build_object('team', n % 13, 'long', repeat('x', 300 * (n % 2))) END AS tags,
       -- Up to 20 decimals and 13 digits before them are summed in 128 bits, everything else as numeric.
       CASE WHEN n % 5 > 0 THEN ((n - 1000) * 0.0000000000000000000137::numeric * 10::numeric ^ (n % 20))::numeric(40, 20) END AS amount,
       CASE n % 9 WHEN 0 THEN n * 1e-30 WHEN 1 THEN n * 1e40 WHEN 2 THEN -9999999999999.99999999999999999999 WHEN 3 THEN 10000000000000 WHEN 4 THEN 0.00 WHEN 5 THEN -0.5
           WHEN 6 THEN n::numeric WHEN 7 THEN NULL ELSE 12345678.90120 END AS cost
FROM generate_series(1, 3000) AS n;
-- Compressed and external values are keys as they are read.
ALTER TABLE line ALTER tags SET STORAGE EXTENDED;
INSERT INTO line SELECT true, repeat('long', 5000), NULL, date '2026-11-01', jsonb_build_object('team', repeat('y', 20000)), 1.10, 2.2 FROM generate_series(1, 3);

-- In the first set b and tags are stated once, and known by their number from then on.
CREATE TEMP TABLE given AS
SELECT * FROM bedrock.fold('SELECT class, 1::bigint, a, b, day, tags, amount, cost FROM line', '{t,f,t}', '{1212,1001,0010}', '{11,10,01}')
    AS f (set_number integer, number integer, states boolean, a text, b boolean, day date, tags jsonb, lines bigint, amount numeric, cost numeric);
SELECT set_number, count(*) AS rows, count(number) AS numbered, count(DISTINCT number) AS numbers, count(*) FILTER (WHERE states) AS states,
       bool_and(states OR b IS NULL AND tags IS NULL) AS stated_once FROM given GROUP BY 1 ORDER BY 1;
CREATE TEMP TABLE folded AS
SELECT g.set_number, g.a, s.b, g.day, s.tags, g.lines, g.amount, g.cost FROM given AS g JOIN given AS s ON s.number = g.number AND s.states
UNION ALL SELECT g.set_number, g.a, g.b, g.day, g.tags, g.lines, g.amount, g.cost FROM given AS g WHERE g.number IS NULL;
CREATE TEMP TABLE grouped AS
SELECT 0 AS set_number, a, b, day, tags, count(*) AS lines, sum(amount) AS amount, sum(cost) AS cost FROM line WHERE class GROUP BY a, b, day, tags
UNION ALL SELECT 1, a, NULL, NULL, tags, count(*), sum(amount), NULL FROM line WHERE NOT class GROUP BY a, tags
UNION ALL SELECT 2, NULL, NULL, day, NULL, count(*), NULL, sum(cost) FROM line WHERE class GROUP BY day;
SELECT set_number, count(*) AS groups, sum(lines) AS lines, count(amount) AS amounts, count(cost) AS costs FROM folded GROUP BY 1 ORDER BY 1;
-- As text, so that the number of decimals counts too.
SELECT count(*) AS differences FROM (
    (SELECT set_number, a, b, day, tags::text, lines, amount::text, cost::text FROM folded EXCEPT ALL SELECT set_number, a, b, day, tags::text, lines, amount::text, cost::text FROM grouped)
    UNION ALL
    (SELECT set_number, a, b, day, tags::text, lines, amount::text, cost::text FROM grouped EXCEPT ALL SELECT set_number, a, b, day, tags::text, lines, amount::text, cost::text FROM folded)) AS d;

-- A row may stand for several lines.
SELECT f.* FROM bedrock.fold('SELECT true, lines, amount FROM (VALUES (2::bigint, 1.5), (3, 2.25), (NULL, 1)) AS v (lines, amount)', '{t}', '{""}', '{1}') AS f (set_number integer, number integer, states boolean, lines bigint, sum numeric);

-- One value at a time: every form numeric is stored in comes back digit by digit.
SELECT v, f.sum, f.sum::text = v AS same
FROM unnest(ARRAY['0', '0.00', '-0.1', '1', '10000', '9999.9999', '0.00000000000000000001', '-0.00000000000000000001', '0.000000000000000000001', '123456789012.12345678901234567890',
                  '9999999999999', '-10000000000000', '1000000000000000000000000000000', '1.50000000000000000000', 'NaN', 'Infinity', '-Infinity', '12e-5', '100.0100']) WITH ORDINALITY AS u (v, n)
CROSS JOIN LATERAL bedrock.fold(format('SELECT true, 1::bigint, %L::numeric', v), '{t}', '{""}', '{1}') AS f (set_number integer, number integer, states boolean, lines bigint, sum numeric)
ORDER BY n;
-- Sums beyond 128 bits.
SELECT f.* FROM bedrock.fold('SELECT true, 1::bigint, 9999999999999.99999999999999999999 * s FROM generate_series(1, 200000), (VALUES (1), (-1), (1)) AS v (s)', '{t}', '{""}', '{1}')
    AS f (set_number integer, number integer, states boolean, lines bigint, sum numeric);
SELECT f.* FROM bedrock.fold('SELECT true, 1::bigint, 1::numeric WHERE false', '{t}', '{""}', '{1}') AS f (set_number integer, number integer, states boolean, lines bigint, sum numeric);

-- What cannot be folded is an error.
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1::float8', '{t}', '{""}', '{1}') AS f (set_number integer, number integer, states boolean, lines bigint, sum numeric);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, uuid ''00000000-0000-0000-0000-000000000000''', '{t}', '{1}', '{""}') AS f (set_number integer, number integer, states boolean, u uuid, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1::text', '{t}', '{1}', '{""}') AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true', '{t,f}', '{""}', '{1}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('DROP TABLE line', '{t}', '{""}', '{""}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint; SELECT true, 1::bigint', '{t}', '{""}', '{""}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('SET work_mem = 64', '{t}', '{""}', '{""}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint', '{t}', '{""}', '{""}') AS f (set_number text, number integer, states boolean, lines bigint);

-- Numbers of rows: the same as those of GROUP BY, over every kind of column; NULL, empty and the next column are told apart.
SELECT count(*) AS rows, count(DISTINCT number) AS numbers, min(number), max(number), count(DISTINCT (number, a, b, day, class, tags::text)) AS pairs
FROM (SELECT bedrock.row_number_of(a, b, day, class, tags) AS number, a, b, day, class, tags FROM line) AS n;
SELECT count(*) AS groups FROM (SELECT a, b, day, class, tags::text FROM line GROUP BY 1, 2, 3, 4, 5) AS g;
SELECT n, bedrock.row_number_of(x, y) AS number
FROM (VALUES (1, 'a', 'b'), (2, 'ab', ''), (3, '', 'ab'), (4, NULL, 'ab'), (5, 'ab', NULL), (6, NULL, NULL), (7, 'a', 'b'), (8, NULL, 'ab'), (9, repeat('a', 10000), 'b'), (10, repeat('a', 10000), 'b')) AS v (n, x, y);
-- Each call of a statement counts for itself, and each run anew.
SELECT x, bedrock.row_number_of(x) AS one, bedrock.row_number_of(x % 2) AS other FROM generate_series(1, 4) AS x;
PREPARE numbered (integer) AS SELECT array_agg(bedrock.row_number_of(x)) FROM generate_series($1, $1 + 2) AS x;
EXECUTE numbered (1);
EXECUTE numbered (10);
SELECT bedrock.row_number_of(uuid '00000000-0000-0000-0000-000000000000');
SELECT bedrock.row_number_of(VARIADIC ARRAY['a', 'b']);

-- A principal without its session: the parts say the same.
SELECT p, bedrock.principal_without_session(p) AS identity
FROM unnest(ARRAY['arn:aws:sts::111122223333:assumed-role/app/session-1', 'arn:aws:sts::111122223333:assumed-role/app/', 'arn:aws:sts::111122223333:assumed-role/app',
                  'arn:aws:iam::111122223333:user/path/anna', 'arn:aws:iam::111122223333:root', 'nobody/at/all', '', NULL]) AS p;
SELECT count(*) AS differences
FROM (SELECT format('arn:aws:sts::111122223333:assumed-role/%s/%s', md5(n::text), repeat('s', n)) AS p FROM generate_series(0, 70) AS n) AS s
CROSS JOIN LATERAL bedrock_principal_parts(p) AS q
WHERE bedrock.principal_without_session(p) IS DISTINCT FROM CASE WHEN q.session IS NULL THEN p ELSE left(p, -1 - length(q.session)) END;
SELECT * FROM bedrock.fold('SELECT true, 1::bigint', '{t}', '{x}', '{""}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint', '{t,t}', '{1,11}', '{1,1}') AS f (set_number integer, number integer, states boolean, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1, 1', '{t}', '{11}', '{""}', '1') AS f (set_number integer, number integer, states boolean, a integer, b integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, now()', '{t}', '{2}', '{""}', '4') AS f (set_number integer, number integer, states boolean, a timestamptz, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1', '{t}', '{1}', '{""}', '1') AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1', '{t}', '{1}', '{""}', '0') AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1', '{t,t}', '{2,2}', '{"",""}', '0') AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1', '{t}', '{2}', '{""}', keep => 1) AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1', '{t}', '{1}', '{""}', keep => 0) AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1, 2', '{t}', '{21}', '{""}', keep => 0) AS f (set_number integer, number integer, states boolean, a integer, b integer, lines bigint);
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, 1, 1', '{t}', '{1}', '{""}', fed => '0') AS f (set_number integer, number integer, states boolean, a integer, lines bigint);
SELECT * FROM bedrock.kept_groups('{1}');

-- Lines are read, and what is asked for are statements of them: what they say, how long they last, and which amounts are absent,
-- zero or negative. Amounts of a statement tell themselves apart.
SET timezone = 'UTC';
CREATE VIEW statement_of_lines AS
SELECT f.number, f.what, f.who, f.begins, f.ends, f.a, f.b, f.c
FROM bedrock.fold($q$SELECT true, 1::bigint, what, who, begins, ends, a, b, c FROM (VALUES
    ('x'::text, 'p'::text, timestamptz '2026-11-03 00:00', timestamptz '2026-11-03 01:00', 1.5, 10.25, NULL::numeric), ('x', 'p', '2026-11-04', '2026-11-04 01:00', 2, 20, NULL),
    ('x', 'p', '2026-11-04', '2026-11-04 01:00', 4, 40, NULL), ('x', 'p', '2026-11-04', '2026-11-05', 8, 80, NULL), ('x', 'p', '2026-11-04', '2026-11-04 01:00', -16, 160, NULL),
    ('x', 'q', '2026-11-04', '2026-11-04 01:00', 32, 0, NULL), ('x', NULL, NULL, NULL, 64, NULL, 640), ('y', 'p', '2026-11-04', NULL, 1e30, 1, 1), ('y', 'p', '2026-11-04', NULL, 1e-25, 1, 1),
    ('y', 'p', '-infinity', 'infinity', NULL, NULL, NULL), ('left out', 'p', '2026-11-04', '2026-11-05', 1, 1, 1)) AS v (what, who, begins, ends, a, b, c)$q$,
    '{t}', '{2211}', '{111}', '0012')
    AS f (set_number integer, number integer, states boolean, what text, who text, begins timestamptz, ends timestamptz, lines bigint, a numeric, b numeric, c numeric);
BEGIN;
CREATE TEMP TABLE statement ON COMMIT DROP AS SELECT * FROM statement_of_lines;
SELECT * FROM statement ORDER BY number;
SAVEPOINT fed;
-- What is no sum of amounts.
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, number, what, 2 * a FROM statement', '{t}', '{2}', '{1}', fed => '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, sum numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, number, what, a / 3 FROM statement', '{t}', '{2}', '{1}', fed => '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, sum numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, number + 100, what, a FROM statement', '{t}', '{2}', '{1}', fed => '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, sum numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, number, what, a FROM statement', '{t}', '{2}', '{1}', fed => '1') AS f (set_number integer, number integer, states boolean, what text, lines bigint, sum numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, number, what, -a, a - c FROM statement$q$, '{t}', '{2}', '{11}', '0', '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, a numeric, b numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
-- One that its own query feeds to another fold.
SELECT * FROM bedrock.fold($q$SELECT true, s.lines, s.number, 'x'::text, 0::numeric FROM bedrock.fold('SELECT true, 1::bigint, number, what, a FROM statement', '{t}', '{2}', '{1}', fed => '0') AS s (set_number integer, number integer, states boolean, what text, lines bigint, a numeric)$q$,
    '{t}', '{2}', '{1}', fed => '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, a numeric);
ROLLBACK TO fed;
SELECT count(*) FROM statement_of_lines;
-- Each number is stated once, in whatever order the query gives statements. Minus a sum is a sum.
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, number, what, -a, c - b FROM statement WHERE what <> 'left out' ORDER BY number DESC$q$, '{t}', '{2}', '{11}', fed => '0')
    AS f (set_number integer, number integer, states boolean, what text, lines bigint, less_a numeric, c_less_b numeric) ORDER BY number;
SELECT count(*) FROM statement_of_lines;
-- Rules look at a statement, sums are of its lines.
SELECT * FROM bedrock.fold($q$SELECT what = 'x', 1::bigint, number, what, who, begins::date, begins, CASE WHEN a < 0 THEN 'back' END, coalesce(b, c), a - b, 0::numeric, c FROM statement WHERE what <> 'left out'$q$,
    '{t,f}', '{00110,10101}', '{1111,1111}', fed => '00120')
    AS f (set_number integer, number integer, states boolean, what text, who text, day date, hour timestamptz, sign text, lines bigint, b_or_c numeric, a_less_b numeric, nothing numeric, c numeric)
ORDER BY set_number, day, hour;
-- They are taken in once, and by whoever asks first.
SELECT * FROM bedrock.fold('SELECT true, 1::bigint, number, what, a FROM statement', '{t}', '{2}', '{1}', fed => '0') AS f (set_number integer, number integer, states boolean, what text, lines bigint, sum numeric);
ROLLBACK;

-- Lines that tell their IAM principal: those that differ in the session of a role alone are one statement, which has one of them,
-- and each line keeps its own. Empty text is none.
BEGIN;
CREATE TEMP TABLE statement ON COMMIT DROP AS
SELECT f.number, f.what, f.who, f.a
FROM bedrock.fold($q$SELECT true, 1::bigint, what, who, a FROM (VALUES
    ('x'::text, 'arn:aws:sts::100000000002:assumed-role/Chat/s1'::text, 1::numeric), ('x', 'arn:aws:sts::100000000002:assumed-role/Chat/s2', 2), ('x', 'arn:aws:sts::100000000002:assumed-role/Chat/s2', 4),
    ('y', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', 8), ('x', 'arn:aws:sts::100000000002:assumed-role/Chat/s1', -16), ('x', 'arn:aws:sts::100000000002:assumed-role/Other/s1', 32),
    ('x', 'user', 64), ('x', '', 128), ('x', NULL, 256)) AS v (what, who, a)$q$, '{t}', '{21}', '{1}', '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
SELECT what, bedrock.principal_without_session(who) AS role, a, count(*) FROM statement GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SAVEPOINT read;
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, number, what, nullif(who, ''), a FROM statement$q$, '{t}', '{21}', '{1}', fed => '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric) ORDER BY number, who, a;
ROLLBACK TO read;
-- A session that is longer than that of the line its statement shows.
SELECT count(*) FROM bedrock.fold($q$SELECT true, 1::bigint, repeat('w', 3000), 'arn:aws:sts::100000000002:assumed-role/R/' || repeat('s', n), 1::numeric FROM unnest('{1,1900}'::integer[]) AS n$q$, '{t}', '{21}', '{1}', '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
SELECT length(what) AS what, length(who) AS who, a FROM bedrock.fold($q$SELECT true, 1::bigint, 0, repeat('w', 3000), 'arn:aws:sts::100000000002:assumed-role/R/s', 1::numeric$q$, '{t}', '{11}', '{1}', fed => '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
SELECT count(*) FROM bedrock.fold($q$SELECT true, 1::bigint, 'x'::text, 'y'::text, 1::numeric$q$, '{t}', '{11}', '{1}', '33')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
ROLLBACK TO read;
-- What the query makes of a principal must be what the lines say.
SELECT count(*) FROM bedrock.fold($q$SELECT true, 1::bigint, what, who, a FROM (VALUES ('x'::text, 'p'::text, 1::numeric)) AS v (what, who, a)$q$, '{t}', '{21}', '{1}', '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, 0, 'x'::text, 'P'::text, 1::numeric$q$, '{t}', '{21}', '{1}', fed => '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
ROLLBACK TO read;
-- Of lines that do not tell theirs, the statement does.
SELECT count(*) FROM bedrock.fold($q$SELECT true, 1::bigint, what, who, a FROM (VALUES ('x'::text, 'p'::text, 1::numeric)) AS v (what, who, a)$q$, '{t}', '{22}', '{1}', '00')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, 0, 'x'::text, 'P'::text, 1::numeric$q$, '{t}', '{21}', '{1}', fed => '03')
    AS f (set_number integer, number integer, states boolean, what text, who text, lines bigint, a numeric);
ROLLBACK;

-- A set that is kept: each number once, with the lines, the sums and the last day of its groups.
BEGIN;
SELECT * FROM bedrock.fold($q$SELECT true, 1::bigint, what, who, day, a, NULL::numeric, a, a, a, a, a FROM (VALUES ('x'::text, 'p'::text, date '2026-11-03', 1.5), ('x', 'q', '2026-11-04', 2), ('x', NULL, '2026-11-02', 4),
    ('x', 'p', '2026-11-03', 0.25), ('y', NULL, NULL, 1e30), ('y', 'r', NULL, 1)) AS v (what, who, day, a)$q$, '{t,t}', '{211,100}', '{1111111,0000000}', keep => 0)
    AS f (set_number integer, number integer, states boolean, what text, who text, day date, lines bigint, a numeric, b numeric, c numeric, d numeric, e numeric, f numeric, g numeric);
SAVEPOINT asked;
SELECT FROM bedrock.kept_facts($q$SELECT 1, 7, 70, 1000, 3, true, false, true, false, date '-infinity', date 'infinity', 701$q$, 'VALUES (1, 11)');
ROLLBACK TO asked;
SELECT * FROM bedrock.kept_principals('{1}');
SELECT number, usage_date, lines, usage_amount, unblended_cost, public_on_demand_cost FROM bedrock.kept_groups('{1,2}') ORDER BY 1, 2;
SELECT usage_date, usage_hour, bill_id, dimension_id, attribution_id, session_id, lines, usage_amount, tokens, unblended_cost, blended_cost, net_unblended_cost, amortized_cost, net_amortized_cost, public_on_demand_cost, list_cost, ai_cost
FROM bedrock.kept_facts($q$SELECT 1, 7, 70, 1000, 3, true, false, true, false, from_day, to_day, attribution FROM (VALUES (date '-infinity', date '2026-11-02', 701), ('2026-11-03', 'infinity', 702)) AS v (from_day, to_day, attribution)$q$,
    'VALUES (1, 11), (2, 12)');
SAVEPOINT kept;
SELECT FROM bedrock.kept_groups('{3}');
ROLLBACK TO kept;
SELECT FROM bedrock.kept_facts($q$SELECT 3, 7, 70, 1000, 3, true, false, true, false, date '-infinity', date 'infinity', 701$q$, 'VALUES (1, 11)');
ROLLBACK TO kept;
SELECT FROM bedrock.kept_facts('SELECT 1', 'VALUES (1, 11)');
ROLLBACK TO kept;
SELECT FROM bedrock.kept_facts($q$SELECT 1, 7, 70, 1000, 7, true, false, true, false, date '-infinity', date 'infinity', 701$q$, 'VALUES (1, 11)');
ROLLBACK TO kept;
SELECT FROM bedrock.kept_facts($q$SELECT 1, 7, 70, 1000, 3, true, false, true, false, date '2026-11-03', date 'infinity', 701$q$, 'VALUES (1, 11), (2, 12)');
ROLLBACK TO kept;
SELECT FROM bedrock.kept_facts($q$SELECT 1, 7, 70, 1000, 3, true, false, true, NULL::boolean, date '-infinity', date 'infinity', 701$q$, 'VALUES (1, 11)');
ROLLBACK;
SELECT * FROM bedrock.kept_principals('{1}');
SET datestyle = 'ISO';
-- The time of a line, cut to day or hour and grain.
SELECT v.s, v.e, bedrock.cut_usage_start(v.s, true) AS hour, bedrock.cut_usage_end(v.s, v.e, true) AS until, bedrock.cut_usage_start(v.s, false) AS day, bedrock.cut_usage_end(v.s, v.e, false) AS until_of_day
FROM (VALUES (timestamptz '2026-11-03 17:00+00', timestamptz '2026-11-03 18:00+00'), ('2026-11-03 17:30+00', '2026-11-03 17:40+00'), ('2026-11-03 17:00+00', '2026-11-04 17:00+00'),
      ('1999-12-31 23:30+00', '2000-01-01 23:30+00'), ('2026-11-01 00:00+00', '2026-12-01 00:00+00'), (NULL, '2026-11-03 18:00+00'), ('2026-11-03 17:30+00', NULL), ('-infinity', 'infinity')) AS v (s, e);
SELECT bedrock.row_region('(0,1)'), bedrock.row_region('(1023,7)'), bedrock.row_region('(1024,1)'), bedrock.region_begin(1), bedrock.region_begin(99999999);
