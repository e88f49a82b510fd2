-- Rows summed by their keys, against GROUP BY of the server itself.
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

CREATE TEMP TABLE summed AS
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, class, a, b, day, tags, amount, cost FROM line', 5)
    AS f (class boolean, a text, b boolean, day date, tags jsonb, lines bigint, amount numeric, cost numeric);
CREATE TEMP TABLE grouped AS
SELECT class, a, b, day, tags, count(*) AS lines, sum(amount) AS amount, sum(cost) AS cost FROM line GROUP BY 1, 2, 3, 4, 5;
SELECT count(*) AS groups, sum(lines) AS lines, count(amount) AS amounts, count(cost) AS costs FROM summed;
-- As text, so that the number of decimals counts too.
SELECT count(*) AS differences FROM (
    (SELECT class, a, b, day, tags::text, lines, amount::text, cost::text FROM summed EXCEPT ALL SELECT class, a, b, day, tags::text, lines, amount::text, cost::text FROM grouped)
    UNION ALL
    (SELECT class, a, b, day, tags::text, lines, amount::text, cost::text FROM grouped EXCEPT ALL SELECT class, a, b, day, tags::text, lines, amount::text, cost::text FROM summed)) AS d;

-- A row may stand for several lines; without keys all rows are one group, and no row is none.
SELECT f.* FROM bedrock_internal.sum_by_keys('SELECT lines, amount FROM (VALUES (2::bigint, 1.5), (3, 2.25), (NULL, 1)) AS v (lines, amount)', 0) AS f (lines bigint, sum numeric);
SELECT f.* FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, 1::numeric WHERE false', 0) AS f (lines bigint, sum numeric);

-- One value at a time: every form numeric is stored in comes back digit by digit.
SELECT v, f.sum, f.sum::text = v AS same
FROM unnest(ARRAY['0', '0.00', '-0.1', '1', '10000', '9999.9999', '0.00000000000000000001', '-0.00000000000000000001', '0.000000000000000000001', '123456789012.12345678901234567890',
                  '9999999999999', '-10000000000000', '1000000000000000000000000000000', '1.50000000000000000000', 'NaN', 'Infinity', '-Infinity', '12e-5', '100.0100']) WITH ORDINALITY AS u (v, n)
CROSS JOIN LATERAL bedrock_internal.sum_by_keys(format('SELECT 1::bigint, %L::numeric', v), 0) AS f (lines bigint, sum numeric)
ORDER BY n;
-- Sums beyond 128 bits.
SELECT f.* FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, 9999999999999.99999999999999999999 * s FROM generate_series(1, 200000), (VALUES (1), (-1), (1)) AS v (s)', 0)
    AS f (lines bigint, sum numeric);

-- Memory of what is summed has the limit of a load: 100,000 keys of 300 bytes, 4,000 sums of 8 kB each that 128 bits
-- cannot hold, and the numbers of as many rows.
SET bedrock.load_memory = '16MB';
SELECT count(*) FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, repeat(''k'', 300) || n FROM generate_series(1, 100000) AS n', 1) AS f (k text, lines bigint);
SELECT count(*) FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, n, repeat(''3'', 16000)::numeric FROM generate_series(1, 4000) AS n', 1) AS f (k integer, lines bigint, sum numeric);
SELECT max(bedrock_internal.row_number_of(repeat('k', 300) || n)) FROM generate_series(1, 100000) AS n;
SET bedrock.load_memory = '64MB';
SELECT count(*) FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, repeat(''k'', 300) || n FROM generate_series(1, 100000) AS n', 1) AS f (k text, lines bigint);
SELECT count(*) FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, n, repeat(''3'', 16000)::numeric FROM generate_series(1, 4000) AS n', 1) AS f (k integer, lines bigint, sum numeric);
SELECT max(bedrock_internal.row_number_of(repeat('k', 300) || n)) FROM generate_series(1, 100000) AS n;
RESET bedrock.load_memory;

-- What cannot be summed is an error.
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, 1::float8', 0) AS f (lines bigint, sum numeric);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, 1::float8', 0) AS f (lines bigint, sum float8);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, uuid ''00000000-0000-0000-0000-000000000000''', 1) AS f (u uuid, lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint, 1::text', 1) AS f (a integer, lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint', 1) AS f (a integer, lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint', 2) AS f (a integer, lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint', -1) AS f (a integer, lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('DROP TABLE line', 0) AS f (lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SELECT 1::bigint; SELECT 1::bigint', 0) AS f (lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('WITH gone AS (DELETE FROM line RETURNING 1) SELECT count(*) FROM gone', 0) AS f (lines bigint);
SELECT * FROM bedrock_internal.sum_by_keys('SET work_mem = 64', 0) AS f (lines bigint);

-- Numbers of rows: the same as those of GROUP BY, over every kind of column; NULL, empty and the next column are told apart.
SELECT count(*) AS rows, count(DISTINCT number) AS numbers, min(number), max(number), count(DISTINCT (number, a, b, day, class, tags::text)) AS pairs
FROM (SELECT bedrock_internal.row_number_of(a, b, day, class, tags) AS number, a, b, day, class, tags FROM line) AS n;
SELECT count(*) AS groups FROM (SELECT a, b, day, class, tags::text FROM line GROUP BY 1, 2, 3, 4, 5) AS g;
SELECT n, bedrock_internal.row_number_of(x, y) AS number
FROM (VALUES (1, 'a', 'b'), (2, 'ab', ''), (3, '', 'ab'), (4, NULL, 'ab'), (5, 'ab', NULL), (6, NULL, NULL), (7, 'a', 'b'), (8, NULL, 'ab'), (9, repeat('a', 10000), 'b'), (10, repeat('a', 10000), 'b')) AS v (n, x, y);
-- Each call of a statement counts for itself, and each run anew.
SELECT x, bedrock_internal.row_number_of(x) AS one, bedrock_internal.row_number_of(x % 2) AS other FROM generate_series(1, 4) AS x;
PREPARE numbered (integer) AS SELECT array_agg(bedrock_internal.row_number_of(x)) FROM generate_series($1, $1 + 2) AS x;
EXECUTE numbered (1);
EXECUTE numbered (10);
SELECT bedrock_internal.row_number_of(uuid '00000000-0000-0000-0000-000000000000');
SELECT bedrock_internal.row_number_of(VARIADIC ARRAY['a', 'b']);

-- A principal without its session: the parts say the same.
SELECT p, bedrock_internal.principal_without_session(p) AS identity
FROM unnest(ARRAY['arn:aws:sts::111122223333:assumed-role/app/session-1', 'arn:aws:sts::111122223333:assumed-role/app/', 'arn:aws:sts::111122223333:assumed-role/app',
                  'arn:aws:iam::111122223333:user/path/anna', 'arn:aws:iam::111122223333:root', 'nobody/at/all', '', NULL]) AS p;
SELECT count(*) AS differences
FROM (SELECT format('arn:aws:sts::111122223333:assumed-role/%s/%s', md5(n::text), repeat('s', n)) AS p FROM generate_series(0, 70) AS n) AS s
CROSS JOIN LATERAL bedrock_principal_parts(p) AS q
WHERE bedrock_internal.principal_without_session(p) IS DISTINCT FROM CASE WHEN q.session IS NULL THEN p ELSE left(p, -1 - length(q.session)) END;
SELECT bedrock_internal.row_region('(0,1)'), bedrock_internal.row_region('(1023,7)'), bedrock_internal.row_region('(1024,1)'), bedrock_internal.region_begin(1), bedrock_internal.region_begin(99999999);
