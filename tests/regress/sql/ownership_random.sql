-- Every cent has one owner after any change, and what breaks a policy is not expected: random claims, hierarchy, rules, policies and redeliveries, each followed by a look at all lines.
-- What is expected is worked out line by line over the raw table, by the rules alone and by none of the functions under test.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA rnd;
-- Two months, three roles in two accounts, two profiles, a project; usage by hour, and credits and fees by month, with and without a resource.
CREATE TABLE rnd.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, k.account AS line_item_usage_account_id, m.start AS bill_billing_period_start_date,
       d.day AS line_item_usage_start_date, d.day + CASE WHEN k.by_month THEN interval '1 month' ELSE interval '1 hour' END AS line_item_usage_end_date,
       k.type AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code, 'AWS'::text AS bill_billing_entity, 'Amazon Bedrock'::text AS product_product_name,
       k.usage_type AS line_item_usage_type, round(((k.n * 37 + extract(day FROM d.day) * 11) % 101 / 7)::numeric, 10) AS line_item_unblended_cost,
       CASE k.n % 9 WHEN 0 THEN 'EUR' ELSE 'USD' END AS line_item_currency_code, k.principal AS line_item_iam_principal, k.resource AS line_item_resource_id,
       jsonb_build_object('resourceTags/user:team', k.team) AS tags
FROM unnest('{2026-03-01Z,2026-04-01Z}'::timestamptz[]) AS m (start),
     (SELECT row_number() OVER () AS n, CASE WHEN r.by_month THEN CASE WHEN r.role IS NULL THEN 'Credit' ELSE 'Fee' END ELSE 'Usage' END AS type, a.account,
             'arn:aws:sts::' || a.account || ':assumed-role/' || r.role || '/s' AS principal, 'arn:aws:bedrock' || replace(r.resource, '#', a.account) AS resource,
             CASE WHEN r.role = 'batch' THEN 'NovaMicro-input-tokens' WHEN length(r.role) = 3 THEN 'USE1-NovaLite-input-tokens' ELSE 'USE1-NovaLite-output-tokens' END AS usage_type, CASE WHEN a.account < '3' THEN r.team END AS team, r.by_month
      FROM unnest('{111122223333,444455556666}'::text[]) AS a (account),
           (VALUES ('app', NULL, 'Blue', false), ('app', ':us-east-1:#:application-inference-profile/rand00000001', 'Red', false),
                   ('app', '-mantle:us-east-1:#:project/rand00000003', NULL, false), ('etl', ':us-east-1:#:application-inference-profile/rand00000002', 'Blue', false),
                   ('batch', NULL, 'Red', false), (NULL, ':us-east-1:#:application-inference-profile/rand00000001', NULL, false), (NULL, NULL, NULL, false),
                   (NULL, ':us-east-1:#:application-inference-profile/rand00000001', 'Red', true), ('etl', ':us-east-1:#:application-inference-profile/rand00000002', 'Blue', true),
                   (NULL, NULL, 'Blue', true)) AS r (role, resource, team, by_month)) AS k,
     LATERAL generate_series(m.start, m.start + CASE WHEN k.by_month THEN interval '0' ELSE interval '29 days' END, '3 days') AS d (day);
SELECT source FROM bedrock.attach('rnd.cur', line_item => false) \gset
SELECT count(*) AS periods FROM bedrock.refresh('cur') \gset

-- Place of a workload on a day, element by element.
CREATE FUNCTION rnd.place(workload text, day date, OUT owner text, OUT path text) LANGUAGE plpgsql AS $$
DECLARE
    above text;
    named text;
BEGIN
    SELECT w.owner, w.element INTO owner, above FROM bedrock.workload AS w WHERE w.workload = place.workload AND upper_inf(w.recorded) AND w.valid @> place.day;
    WHILE above IS NOT NULL LOOP
        SELECT e.element_name, e.parent INTO named, above FROM bedrock.element AS e WHERE e.element = above AND upper_inf(e.recorded) AND e.valid @> place.day;
        path := concat_ws(' / ', named, path);
        named := NULL;
    END LOOP;
END $$;
-- The claim of a kind on an identity that holds on all of these days.
CREATE FUNCTION rnd.claimed(kind text, of text, days daterange) RETURNS text LANGUAGE sql
    AS $$SELECT c.workload || '|claim:' || kind FROM bedrock.claim AS c WHERE c.identity_kind = kind AND c.identity = of AND upper_inf(c.recorded) AND c.valid @> days$$;
-- The first rule that holds on all of these days, whose value matches, for what is a workload on all of them.
CREATE FUNCTION rnd.ruled(role text, account text, team text, resource text, days daterange) RETURNS text LANGUAGE sql
    AS $$SELECT v.workload || '|rule:' || r.rule FROM bedrock.owner_rule AS r
         CROSS JOIN LATERAL (SELECT CASE r.attribute WHEN 'principal_name' THEN role WHEN 'account_id' THEN account WHEN 'team' THEN team WHEN 'tag' THEN team ELSE resource END AS value) AS a
         CROSS JOIN LATERAL (SELECT coalesce(r.workload, CASE WHEN r.pattern LIKE '%(%' THEN substring(a.value FROM '(?i)' || r.pattern) ELSE a.value END) AS workload) AS v
         WHERE upper_inf(r.recorded) AND r.valid @> days AND a.value ~* r.pattern
           AND (SELECT range_agg(w.valid) FROM bedrock.workload AS w WHERE w.workload = v.workload AND upper_inf(w.recorded)) @> days
         ORDER BY r.priority, r.rule COLLATE "C" LIMIT 1$$;
-- Whether a workload lies at an element or below it on a day.
CREATE FUNCTION rnd.lies_below(workload text, top text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    above text;
BEGIN
    SELECT w.element INTO above FROM bedrock.workload AS w WHERE w.workload = lies_below.workload AND upper_inf(w.recorded) AND w.valid @> lies_below.day;
    WHILE above <> top LOOP
        SELECT e.parent INTO above FROM bedrock.element AS e WHERE e.element = above AND upper_inf(e.recorded) AND e.valid @> lies_below.day;
    END LOOP;
    RETURN above IS NOT NULL;
END $$;
-- What a line of usage breaks on its day, policy by policy. No profile is registered, so nobody knows where a request is answered; a usage type
-- without a prefix states no region; no line states an operation, and all are on demand.
CREATE FUNCTION rnd.broken(workload text, account text, usage_type text, resource text, day date) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(policy || ': ' || finding, ', ' ORDER BY policy COLLATE "C", finding COLLATE "C")
    FROM (SELECT DISTINCT p.policy, CASE WHEN p.region IS NOT NULL AND l.region IS NULL THEN 'coverage not known' ELSE f.finding END AS finding
          FROM (SELECT CASE WHEN usage_type LIKE 'USE1-%' THEN 'us-east-1' END AS region, CASE WHEN usage_type LIKE '%Micro%' THEN 'Nova Micro' ELSE 'Nova Lite' END AS model) AS l
          CROSS JOIN bedrock.model_policy AS p
          CROSS JOIN LATERAL (VALUES (CASE WHEN l.model = ANY (p.denied_models) THEN 'model denied' WHEN l.model <> ALL (p.models) THEN 'model not allowed' END),
                                     (CASE WHEN NOT 'on_demand' = ANY (p.operations) THEN 'operation not known' END),
                                     (CASE WHEN p.request_paths IS NULL OR resource LIKE '%inference-profile%' THEN NULL WHEN resource IS NULL THEN 'path not known' ELSE 'path not allowed' END),
                                     (CASE WHEN p.regions = '{eu-%}' AND l.region = 'us-east-1' THEN 'called outside' WHEN p.regions IS NOT NULL THEN 'region not known' END)) AS f (finding)
          WHERE upper_inf(p.recorded) AND p.valid @> day AND f.finding IS NOT NULL AND coalesce(p.account_id, account) = account AND coalesce(p.workload, broken.workload) = broken.workload
            AND (p.element IS NULL OR rnd.lies_below(broken.workload, p.element, day)) AND (p.region IS NULL OR l.region IS NULL OR p.region = 'us-%')) AS b $$;
CREATE VIEW rnd.owned AS
SELECT l.period, l.day, l.usage_type, l.currency, split_part(l.owner, '|', 1) AS workload, split_part(l.owner, '|', 2) AS rule, p.owner, p.path, l.cost, l.type, l.account, l.resource
FROM (SELECT n.*, coalesce(rnd.claimed('resource', n.resource, n.days), rnd.claimed('project', n.resource, n.days), rnd.claimed('principal', n.key, n.days),
                           CASE WHEN n.type = 'Usage' OR n.resource IS NOT NULL OR n.key IS NOT NULL THEN rnd.ruled(n.role, n.account, n.team, n.resource, n.days) END,
                           CASE n.type WHEN 'Usage' THEN '(unclaimed)|unclaimed' ELSE '(not allocated)|charge:' || lower(n.type) END) AS owner
      FROM (SELECT (c.bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS period, (c.line_item_usage_start_date AT TIME ZONE 'UTC')::date AS day, c.line_item_usage_type AS usage_type,
                   c.line_item_currency_code AS currency, c.line_item_line_item_type AS type, c.line_item_usage_account_id AS account, c.line_item_resource_id AS resource,
                   bedrock_principal_key(c.line_item_iam_principal) AS key, split_part(c.line_item_iam_principal, '/', 2) AS role, c.tags ->> 'resourceTags/user:team' AS team,
                   daterange((c.line_item_usage_start_date AT TIME ZONE 'UTC')::date, CASE WHEN c.line_item_line_item_type = 'Usage' THEN (c.line_item_usage_start_date AT TIME ZONE 'UTC')::date + 1
                                                                                      ELSE (c.line_item_usage_end_date AT TIME ZONE 'UTC')::date END) AS days,
                   c.line_item_unblended_cost AS cost
            FROM rnd.cur AS c) AS n) AS l
CROSS JOIN LATERAL rnd.place(split_part(l.owner, '|', 1), l.day) AS p;
-- What is wrong, in three ways.
CREATE FUNCTION rnd.differences() RETURNS TABLE (what text, n bigint) LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE expected ON COMMIT DROP AS
    WITH owned AS MATERIALIZED (SELECT n.*, n.type = 'Usage' AS is_usage FROM rnd.owned AS n)
    SELECT o.*, CASE WHEN b.reason ~ '(denied|not allowed|outside)(,|$)' THEN false WHEN b.reason IS NULL AND o.workload NOT LIKE '(%' THEN true END AS expected, b.reason
    FROM owned AS o
    LEFT JOIN (SELECT u.*, rnd.broken(u.workload, u.account, u.usage_type, u.resource, u.day) AS reason
               FROM (SELECT DISTINCT n.workload, n.account, n.usage_type, n.resource, n.day FROM owned AS n WHERE n.is_usage) AS u) AS b
        ON o.is_usage AND ROW(b.workload, b.account, b.usage_type, coalesce(b.resource, ''), b.day) = ROW(o.workload, o.account, o.usage_type, coalesce(o.resource, ''), o.day);
    RETURN QUERY
    SELECT 'day', count(*) FROM (
        (SELECT period, day, usage_type, currency, workload, rule, owner, path, expected, reason, sum(cost) FROM expected GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
         EXCEPT SELECT billing_period, usage_date, s.usage_type, s.currency, s.workload, attribution_rule, s.owner, element_path, s.expected, expected_reason, sum(unblended_cost) FROM bedrock.spend AS s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
        UNION ALL
        (SELECT billing_period, usage_date, s.usage_type, s.currency, s.workload, attribution_rule, s.owner, element_path, s.expected, expected_reason, sum(unblended_cost) FROM bedrock.spend AS s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
         EXCEPT SELECT period, day, usage_type, currency, workload, rule, owner, path, expected, reason, sum(cost) FROM expected GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) AS d
    UNION ALL
    SELECT 'month', count(*) FROM (
        (SELECT period, usage_type, currency, workload, rule, owner, path, expected, reason, sum(cost) FROM expected GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
         EXCEPT SELECT billing_period, s.usage_type, s.currency, s.workload, attribution_rule, s.owner, element_path, s.expected, expected_reason, sum(ai_cost) FROM bedrock.spend_monthly AS s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9)
        UNION ALL
        (SELECT billing_period, s.usage_type, s.currency, s.workload, attribution_rule, s.owner, element_path, s.expected, expected_reason, sum(ai_cost) FROM bedrock.spend_monthly AS s GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
         EXCEPT SELECT period, usage_type, currency, workload, rule, owner, path, expected, reason, sum(cost) FROM expected GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9)) AS d
    UNION ALL
    -- Days that an interval has twice or not at all, and facts outside of theirs.
    SELECT 'interval', count(*) FROM (SELECT dimension_id, valid_from, valid_to, lead(valid_from) OVER (PARTITION BY dimension_id ORDER BY valid_from) AS next,
                                             row_number() OVER (PARTITION BY dimension_id ORDER BY valid_from) AS place FROM bedrock.attribution) AS i
    WHERE CASE WHEN next IS NULL THEN valid_to <> 'infinity' ELSE next <> valid_to + 1 END OR place = 1 AND valid_from <> '-infinity'
    UNION ALL
    SELECT 'fact', count(*) FROM bedrock.fact AS f LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id AND a.dimension_id = f.dimension_id AND f.usage_date BETWEEN a.valid_from AND a.valid_to
    WHERE a.attribution_id IS NULL;
    DROP TABLE expected;
END $$;
CREATE FUNCTION rnd.pick(VARIADIC of text[]) RETURNS text LANGUAGE sql AS $$SELECT of[1 + floor(random() * cardinality(of))::integer]$$;
CREATE FUNCTION rnd.day() RETURNS date LANGUAGE sql AS $$SELECT CASE WHEN random() < 0.15 THEN rnd.pick('-infinity', '2026-03-01', '2026-04-01')::date ELSE date '2026-02-20' + floor(random() * 75)::integer END$$;
CREATE FUNCTION rnd.known_claim() RETURNS bigint LANGUAGE sql AS $$SELECT claim_id FROM bedrock.claim WHERE upper_inf(recorded) ORDER BY random() LIMIT 1$$;
-- One change by the functions of the API. What they refuse changes nothing.
CREATE FUNCTION rnd.change() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    kind text := rnd.pick('claim', 'claim', 'claim', 'end', 'move', 'element', 'workload', 'workload', 'rule', 'rule', 'policy', 'policy', 'deliver');
    first_day date := rnd.day();
    last_day date := CASE WHEN random() < 0.5 THEN first_day + floor(random() * 50)::integer END;
    account text := rnd.pick('111122223333', '444455556666');
BEGIN
    IF NOT isfinite(first_day) THEN
        last_day := NULL;
    END IF;
    CASE kind
    WHEN 'claim' THEN
        PERFORM bedrock.claim_identity(rnd.pick('arn:aws:iam::' || account || ':role/app', 'arn:aws:iam::' || account || ':role/etl', 'arn:aws:sts::' || account || ':assumed-role/batch/x',
            'arn:aws:bedrock:us-east-1:' || account || ':application-inference-profile/rand00000001', 'arn:aws:bedrock:us-east-1:' || account || ':application-inference-profile/rand00000002',
            'arn:aws:bedrock-mantle:us-east-1:' || account || ':project/rand00000003'), rnd.pick('w1', 'w2', 'w3', 'app', 'Blue'), first_day, last_day, 'random');
    WHEN 'end' THEN
        PERFORM bedrock.end_claim(rnd.known_claim(), first_day, 'random');
    WHEN 'move' THEN
        PERFORM bedrock.move_claim(rnd.known_claim(), rnd.pick('w1', 'w2', 'w3', 'app', 'Blue'), first_day, 'random');
    WHEN 'element' THEN
        PERFORM bedrock.set_element(rnd.pick('c1', 'c2'), 3, rnd.pick('a1', 'a2', 'b1', 'b2'), rnd.pick('One', 'Two', 'Three'), first_day, last_day, 'random');
    WHEN 'workload' THEN
        PERFORM bedrock.set_workload(rnd.pick('w1', 'w2', 'w3', 'app', 'etl', 'Blue', 'Red'), rnd.pick('ann', 'bob', ''), rnd.pick('c1', 'c2', 'b1', 'a2', ''), valid_from => first_day, valid_to => last_day, reason => 'random');
    WHEN 'rule' THEN
        DECLARE
            attribute text := rnd.pick('principal_name', 'account_id', 'team', 'tag', 'resource_id');
        BEGIN
            PERFORM bedrock.set_owner_rule(rnd.pick('r1', 'r2', 'r3', 'r4'), attribute, rnd.pick('^(app|etl)$', 'blue', '^(.).*', '^1', 'rand0+(.)$', NULL), rnd.pick('w1', 'w2', NULL, NULL),
                floor(random() * 5)::integer, CASE attribute WHEN 'tag' THEN 'team' END, first_day, last_day, 'random');
        END;
    WHEN 'policy' THEN
        PERFORM bedrock.set_model_policy(rnd.pick('p1', 'p2', 'p3'), models => rnd.pick('{Nova Lite}', '{Nova Micro}', NULL, NULL)::text[], denied_models => rnd.pick('{Nova Lite}', NULL, NULL, NULL)::text[],
            operations => rnd.pick('{on_demand}', '{batch}', NULL, NULL)::text[], request_paths => rnd.pick('{application_profile}', NULL, NULL)::text[], regions => rnd.pick('{us-%}', '{eu-%}', NULL, NULL)::text[],
            workload => rnd.pick('w1', 'app', 'Blue', NULL, NULL, NULL), element => rnd.pick('a1', 'a2', 'b1', NULL, NULL, NULL, NULL), account_id => rnd.pick(account, NULL, NULL), region => rnd.pick('us-%', 'eu-%', NULL, NULL),
            valid_from => first_day, valid_to => last_day, reason => 'random');
    ELSE
        UPDATE rnd.cur SET line_item_unblended_cost = round((random() * 100)::numeric, 10) WHERE random() < 0.02;
        UPDATE rnd.cur SET line_item_iam_principal = rnd.pick('arn:aws:sts::111122223333:assumed-role/app/t', 'arn:aws:sts::444455556666:assumed-role/etl/t') WHERE random() < 0.01 AND line_item_line_item_type = 'Usage';
        PERFORM bedrock.refresh('cur');
    END CASE;
    RETURN kind;
EXCEPTION WHEN exclusion_violation OR invalid_parameter_value OR no_data_found OR dependent_objects_still_exist OR null_value_not_allowed OR object_in_use OR object_not_in_prerequisite_state OR check_violation THEN
    RETURN 'refused';
END $$;
SELECT setseed(0.16) \gset
SELECT count(*) FROM (VALUES (1, 'Business Unit'), (2, 'Portfolio'), (3, 'Department')) AS v (l, n), bedrock.set_level(l, n) \gset
SELECT count(bedrock.set_element(e, l, p, upper(e))) FROM (VALUES ('a1', 1, NULL), ('a2', 1, NULL), ('b1', 2, 'a1'), ('b2', 2, 'a2'), ('c1', 3, 'b1'), ('c2', 3, 'a2')) AS v (e, l, p) \gset
SELECT count(bedrock.set_workload(w, element => e)) FROM (VALUES ('w1', 'c1'), ('w2', 'c2'), ('w3', NULL), ('app', 'b1'), ('Blue', 'a1')) AS v (w, e) \gset
CREATE TABLE rnd.done (n integer, change text, what text, differences bigint);
CREATE PROCEDURE rnd.run(changes integer) LANGUAGE plpgsql AS $$
DECLARE
    kind text;
BEGIN
    FOR i IN 1 .. changes LOOP
        kind := rnd.change();
        INSERT INTO rnd.done SELECT i, kind, d.what, d.n FROM rnd.differences() AS d;
        COMMIT;
        EXIT WHEN EXISTS (SELECT FROM rnd.done AS d WHERE d.differences > 0);
    END LOOP;
END $$;
\set ECHO all

CALL rnd.run(200);
SELECT count(DISTINCT n) AS changes, count(DISTINCT n) FILTER (WHERE change <> 'refused') > 100 AS mostly_done, count(DISTINCT change) AS kinds FROM rnd.done;
SELECT * FROM rnd.done WHERE differences > 0;
-- The bill, to the last digit, and something of every kind.
SELECT s.billing_period, s.currency, s.cost = c.cost AS conserved
FROM (SELECT billing_period, currency, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1, 2) AS s
JOIN (SELECT (bill_billing_period_start_date AT TIME ZONE 'UTC')::date AS billing_period, line_item_currency_code AS currency, sum(line_item_unblended_cost) AS cost FROM rnd.cur GROUP BY 1, 2) AS c
    USING (billing_period, currency) ORDER BY 1, 2;
SELECT count(*) > 0 AS claimed FROM bedrock.spend WHERE attribution_rule LIKE 'claim:%';
SELECT count(*) > 5 AS policies, count(DISTINCT policy) AS names FROM bedrock.model_policy WHERE policy ~ '^p[123]$';

\set ECHO none
SELECT bedrock.detach('cur') \gset
TRUNCATE bedrock.claim, bedrock.owner_rule, bedrock.workload, bedrock.element, bedrock.hierarchy_level, bedrock.model_policy;
SELECT bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_rules()) \gset
DELETE FROM bedrock.owner WHERE owner_id > 1;
DROP SCHEMA rnd CASCADE;
