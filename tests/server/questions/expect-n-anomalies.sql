-- SPDX-License-Identifier: PostgreSQL
-- What is out of the ordinary, once more over the raw lines: sorted arrays in the place of ordered-set aggregates.
CREATE TABLE series_day AS
SELECT w.workload, d::date AS day, coalesce(l.cost, 0) AS cost, l.write_cost, l.writes, l.reads
FROM (SELECT workload, min(day) AS first FROM line WHERE usage AND by_day GROUP BY 1) w
JOIN generate_series(timestamp '2026-06-01', '2026-09-30', interval '1 day') d ON d >= w.first
LEFT JOIN (SELECT workload, day, sum(cost) AS cost, sum(cost) FILTER (WHERE kind = 'cache_write') AS write_cost, coalesce(sum(tokens) FILTER (WHERE kind = 'cache_write'), 0) AS writes,
                  coalesce(sum(tokens) FILTER (WHERE kind = 'cache_read'), 0) AS reads FROM line WHERE usage AND by_day GROUP BY 1, 2) l ON l.workload = w.workload AND l.day = d;
CREATE TABLE series_past AS
SELECT g.*, p.level[(cardinality(p.level) + 1) / 2] AS baseline, p.level, p.known, p.dearest
FROM series_day g
CROSS JOIN LATERAL (SELECT array_agg(s.cost ORDER BY s.cost) AS every, array_agg(s.cost ORDER BY s.cost) FILTER (WHERE extract(dow FROM s.day) = extract(dow FROM g.day)) AS same, count(*) AS known, greatest(max(s.cost), 0) AS dearest
                    FROM series_day s WHERE s.workload = g.workload AND s.day >= g.day - 56 AND s.day < g.day) a
CROSS JOIN LATERAL (SELECT CASE WHEN a.known < 14 THEN NULL WHEN cardinality(a.same) >= 4 THEN a.same ELSE a.every END AS level, a.known, a.dearest) p
WHERE g.day > '2026-08-31';
CREATE TABLE anomaly AS
SELECT workload AS spike, day AS at, 'spike' AS kind, cost - baseline AS excess_cost, cost, baseline, above
FROM series_past CROSS JOIN LATERAL (SELECT baseline + round(3.5 * greatest(1.4826 * (SELECT (array_agg(abs(x - baseline) ORDER BY abs(x - baseline)))[cardinality(level) / 2 + 1] FROM unnest(level) x), baseline / 10), 6) AS above) b
WHERE known >= 14 AND cost > above AND cost - baseline >= 25
UNION ALL
SELECT workload, day, 'new', cost, cost, NULL, NULL FROM series_past WHERE known < 14 AND cost >= 25 AND cost - coalesce(dearest, 0) >= 25 AND cost > 2 * coalesce(dearest, 0)
UNION ALL
SELECT workload, day, 'cache not read', write_cost, write_cost, NULL, NULL FROM series_past WHERE write_cost >= 25 AND reads < writes / 4;
INSERT INTO expected (question_id, args, sql) VALUES
('Q100', '{}', $$SELECT * FROM anomaly$$),
('Q100', '{"days": 7, "as_of": "2026-09-19"}', $$SELECT * FROM anomaly WHERE at BETWEEN '2026-09-13' AND '2026-09-19'$$),
('Q102', '{}', $$WITH w AS (SELECT *, day >= '2026-09-21' AS now FROM line WHERE usage AND by_day AND day BETWEEN '2026-09-14' AND '2026-09-27'),
    m AS (SELECT 'workload: ' || workload AS item, coalesce(sum(cost) FILTER (WHERE now), 0) AS a, coalesce(sum(cost) FILTER (WHERE NOT now), 0) AS b FROM w GROUP BY 1 ORDER BY abs(coalesce(sum(cost) FILTER (WHERE now), 0) - coalesce(sum(cost) FILTER (WHERE NOT now), 0)) DESC LIMIT 5),
    n AS (SELECT k.kind, k.value, min(day) AS first FROM line, LATERAL (VALUES ('new profiles', CASE WHEN path IN ('application_profile', 'system_profile') THEN split_part(rid, 'profile/', 2) END), ('new models', model), ('new callers', principal_key)) k (kind, value) WHERE usage AND by_day AND k.value IS NOT NULL GROUP BY 1, 2)
    SELECT item, a AS this_week, b AS last_week, a - b AS change, 'USD' AS currency, date '2026-09-21' AS week FROM (
        SELECT 'cost' AS item, sum(cost) FILTER (WHERE now) AS a, sum(cost) FILTER (WHERE NOT now) AS b FROM w
        UNION ALL SELECT * FROM m
        UNION ALL SELECT 'unclaimed', sum(cost) FILTER (WHERE now), sum(cost) FILTER (WHERE NOT now) FROM w WHERE workload = '(unclaimed)'
        UNION ALL SELECT 'untagged', sum(cost) FILTER (WHERE now), sum(cost) FILTER (WHERE NOT now) FROM w WHERE project || application || team = '(untagged)(untagged)(untagged)') x
    UNION ALL SELECT k, count(*) FILTER (WHERE first BETWEEN '2026-09-21' AND '2026-09-27'), count(*) FILTER (WHERE first BETWEEN '2026-09-14' AND '2026-09-20'), count(*) FILTER (WHERE first BETWEEN '2026-09-21' AND '2026-09-27') - count(*) FILTER (WHERE first BETWEEN '2026-09-14' AND '2026-09-20'), NULL, '2026-09-21'
        FROM (VALUES ('new profiles'), ('new models'), ('new callers')) v (k) LEFT JOIN n ON n.kind = k GROUP BY 1$$),
-- The first week of September: what is new since the first of all days. A Monday is reviewed with its Sunday.
('Q102', '{"as_of": "2026-09-06"}', $$SELECT 'cost' AS item, sum(cost) FILTER (WHERE day >= '2026-08-31') AS this_week, sum(cost) FILTER (WHERE day < '2026-08-31') AS last_week, date '2026-08-31' AS week FROM line WHERE usage AND by_day AND day BETWEEN '2026-08-24' AND '2026-09-06'$$),
('Q102', '{"as_of": "2026-09-05"}', $$SELECT 'cost' AS item, sum(cost) FILTER (WHERE day >= '2026-08-24') AS this_week, sum(cost) FILTER (WHERE day < '2026-08-24') AS last_week, date '2026-08-24' AS week FROM line WHERE usage AND by_day AND day BETWEEN '2026-08-17' AND '2026-08-30'$$),
('Q109', '{}', $$WITH f AS (SELECT model, min(day) AS first_seen FROM line WHERE usage AND model IS NOT NULL GROUP BY 1 HAVING min(period) = '2026-09-01')
    SELECT model, first_seen, (SELECT workload FROM september s WHERE s.model = f.model GROUP BY 1 ORDER BY sum(cost) DESC LIMIT 1) AS by, (SELECT sum(cost) FROM september s WHERE s.model = f.model) AS cost FROM f$$),
('Q109', '{"period": "2026-06"}', $$SELECT NULL AS model WHERE false$$),
-- Who is half of the increase, and what.
('Q041', '{"period": "2026-09"}', $$WITH r AS (SELECT coalesce(email, principal_key, '(none)') AS principal, CASE WHEN (email IS NOT NULL OR principal_kind IN ('sso', 'federated_user') OR principal_kind = 'iam_user' AND principal_key NOT LIKE '%user/search-indexer') THEN 'human' WHEN principal_kind = 'api_key' THEN 'api_key' WHEN principal IS NULL THEN 'none' ELSE 'machine' END AS class,
           application, sum(CASE WHEN period = '2026-09-01' THEN cost ELSE -cost END) AS increase FROM line WHERE usage AND period >= '2026-08-01' GROUP BY 1, 2, 3 HAVING sum(CASE WHEN period = '2026-09-01' THEN cost ELSE -cost END) > 0),
    s AS (SELECT r.*, round(100 * (SELECT sum(increase) FROM r p WHERE p.principal = r.principal) / (SELECT sum(increase) FROM r), 2) AS of_principal, round(100 * (SELECT sum(increase) FROM r p WHERE p.application = r.application) / (SELECT sum(increase) FROM r), 2) AS of_application FROM r)
    SELECT principal, application, increase, of_principal AS principal_share_pct, of_application AS application_share_pct,
           CASE WHEN of_principal >= 50 AND principal <> '(none)' THEN CASE class WHEN 'human' THEN 'one power user' WHEN 'machine' THEN 'one machine' ELSE 'one caller' END WHEN of_application >= 50 AND application <> '(untagged)' THEN 'one application' END AS answer FROM s$$);
UPDATE expected SET subset = true WHERE question_id IN ('Q102') OR question_id = 'Q109' AND args IN ('{}', '{"period": "2026-06"}');
-- Of the first month nothing is new; a week has one row a fixed item and currency.
SELECT 'Q109', 'new in the first month', a FROM bedrock.answer('Q109', '{"period": "2026-06-01"}') a;
SELECT 'Q109', 'new, and there before', a FROM bedrock.answer('Q109') a WHERE a ->> 'model' IN (SELECT model FROM line WHERE usage AND period < '2026-09-01');
SELECT 'Q102', 'rows', count(*), string_agg(a ->> 'item', ', ') FROM bedrock.answer('Q102') a HAVING count(*) <> 1 + 5 + 2 + 3 + 3 + 1 OR count(DISTINCT a ->> 'item') <> count(*);
-- Days without logs: of accounts that have logged before, in the week.
SELECT 'Q102', 'days without logs', a FROM bedrock.answer('Q102') a WHERE a ->> 'item' = 'days without logs' AND (a ->> 'this_week')::int <>
    (SELECT count(*) FROM (SELECT DISTINCT account, day FROM line WHERE usage AND tokens > 0 AND day BETWEEN '2026-09-21' AND '2026-09-27') b WHERE account IN (SELECT l.account FROM logged l WHERE l.day < b.day) AND (account, day) NOT IN (SELECT account, day FROM logged));
-- The parts of a change sum to it, to the last digit.
SELECT 'Q100', 'price, volume and mix are not the excess', q FROM exact('Q100') q WHERE q ->> 'kind' <> 'cache not read' AND ((q ->> 'price_change')::numeric + (q ->> 'volume_change')::numeric + (q ->> 'mix_change')::numeric = (q ->> 'excess_cost')::numeric) IS NOT TRUE;
SELECT 'Q004', 'price, volume and mix are not the change', q FROM exact('Q004') q WHERE ((q ->> 'price_change')::numeric + (q ->> 'volume_change')::numeric + (q ->> 'mix_change')::numeric = (q ->> 'change')::numeric) IS NOT TRUE;
SELECT 'Q004', 'the parts of all drivers of a kind', q.kind FROM (SELECT q ->> 'driver_kind' AS kind, sum((q ->> 'price_change')::numeric + (q ->> 'volume_change')::numeric + (q ->> 'mix_change')::numeric) AS change FROM exact('Q004') q GROUP BY 1) q
WHERE q.change <> 42000 - (SELECT sum(cost) FROM august);
-- The night of the loop is a spike of its workload, and what explains it is the model and the input tokens it wasted.
SELECT 'Q100', 'the loop is not explained', string_agg(a::text, E'\n') FROM bedrock.answer('Q100') a
HAVING count(*) FILTER (WHERE a ->> 'spike' = 'ticket-triage' AND a ->> 'at' = '2026-09-30' AND (a ->> 'excess_cost')::numeric BETWEEN 40 AND 41 AND a ->> 'explanation' ~ 'model_name = Claude Haiku 3.5 ') <> 1;
