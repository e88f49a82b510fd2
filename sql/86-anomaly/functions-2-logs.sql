-- What the invocation logs tell of loops and of callers that are not as they were: one definition for the questions
-- that list them and for the check that records them.

CREATE OR REPLACE FUNCTION bedrock_internal.request_bursts(first_day date, last_day date)
    RETURNS TABLE (app text, app_basis text, principal text, "from" timestamptz, "to" timestamptz, requests bigint,
                   pattern text, cost numeric, baseline bigint, model text, tokens numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH named AS MATERIALIZED (
        SELECT l.dimension_id, l.valid_from, l.valid_to, l.application,
               coalesce(d.principal_key, '(none)') AS principal, coalesce(d.model_name, d.model) AS model,
               l.profile_name,
               CASE WHEN d.principal_kind IN ('role', 'assumed_role') THEN d.principal_name END AS role_name,
               dense_rank()
                   OVER (ORDER BY l.application, coalesce(d.principal_key, '(none)'), coalesce(d.model_name, d.model))
                   AS number
        FROM bedrock.invocation_label AS l
        JOIN bedrock.invocation_dimension AS d ON d.dimension_id = l.dimension_id),
    busy AS MATERIALIZED (
        SELECT n.number
        FROM bedrock.invocation_day AS i
        JOIN named AS n ON n.dimension_id = i.dimension_id AND i.day BETWEEN n.valid_from AND n.valid_to
        WHERE i.day BETWEEN (SELECT request_bursts.first_day) AND (SELECT request_bursts.last_day)
        GROUP BY n.number, i.day
        HAVING sum(i.requests) >= bedrock_internal.setting_value('loop_requests')::bigint),
    counted AS MATERIALIZED (
        SELECT i.dimension_id, date_bin('1 hour', i.logged_at, '2000-01-01 00:00:00+00') AS hour, count(*) AS requests
        FROM bedrock.invocation AS i
        WHERE i.dimension_id IN (SELECT n.dimension_id FROM named AS n WHERE n.number IN (SELECT number FROM busy))
        GROUP BY 1, 2),
    hour AS MATERIALIZED (
        SELECT n.number, c.hour, sum(c.requests)::bigint AS requests
        FROM counted AS c
        JOIN named AS n ON n.dimension_id = c.dimension_id
            AND (c.hour AT TIME ZONE 'UTC')::date BETWEEN n.valid_from AND n.valid_to
        WHERE n.number IN (SELECT number FROM busy)
        GROUP BY 1, 2),
    usual AS (
        SELECT h.number, percentile_disc(0.5) WITHIN GROUP (ORDER BY h.requests) AS requests, count(*) AS hours
        FROM hour AS h
        GROUP BY 1),
    burst AS MATERIALIZED (
        SELECT n.application, n.profile_name, n.role_name, n.principal, n.model, h.hour, h.requests,
               CASE WHEN u.hours > 1 THEN u.requests END AS baseline,
               h.hour - row_number() OVER (PARTITION BY h.number ORDER BY h.hour) * interval '1 hour' AS run
        FROM hour AS h
        JOIN usual AS u ON u.number = h.number
        JOIN (SELECT m.number, m.application, m.principal, m.model, min(m.role_name) AS role_name,
                     CASE WHEN count(m.profile_name) = count(*) AND min(m.profile_name) = max(m.profile_name)
                              THEN min(m.profile_name) END AS profile_name
              FROM named AS m GROUP BY 1, 2, 3, 4) AS n ON n.number = h.number
        WHERE h.requests >= bedrock_internal.setting_value('loop_requests')::bigint
          AND (u.hours = 1 OR h.requests >= bedrock_internal.setting_value('loop_factor')::numeric * u.requests)
          AND h.hour >= (SELECT request_bursts.first_day::timestamp AT TIME ZONE 'UTC')
          AND h.hour < (SELECT (request_bursts.last_day + 1)::timestamp AT TIME ZONE 'UTC')),
    part AS (
        SELECT b.application, b.profile_name, b.role_name, b.principal, b.model, b.hour, b.run, b.requests, b.baseline,
               min(r.logged_at) AS first, max(r.logged_at) AS last, count(DISTINCT r.input_tokens) AS sizes,
               sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0)
                   + coalesce(r.cache_write_tokens, 0)) AS tokens,
               CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.count_basis IS NULL) THEN sum(r.est_cost) END AS cost
        FROM burst AS b
        JOIN bedrock.request AS r ON r.application = b.application AND coalesce(r.principal_key, '(none)') = b.principal
            AND coalesce(r.model_name, r.model) = b.model
                                 AND date_bin('1 hour', r.logged_at, '2000-01-01 00:00:00+00') = b.hour
        WHERE r.logged_at >= (SELECT min(hour) FROM burst)
          AND r.logged_at < (SELECT max(hour) + interval '1 hour' FROM burst)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9)
    SELECT coalesce(nullif(b.application, '(untagged)'), n.of_profile, n.of_role, '(untagged)') AS app,
           CASE WHEN b.application <> '(untagged)' THEN 'label' WHEN n.of_profile IS NOT NULL THEN 'profile name'
                WHEN n.of_role IS NOT NULL THEN 'role name' END AS app_basis,
           b.principal, b."from", b."to", b.requests, b.pattern, b.cost, b.baseline, b.model, b.tokens
    FROM (SELECT p.application, p.profile_name, p.role_name, p.principal, p.model, min(p.first) AS "from",
                 max(p.last) AS "to", sum(p.requests)::bigint AS requests,
                 CASE WHEN sum(p.sizes) * 10 <= sum(p.requests) THEN 'same size' ELSE 'many requests' END AS pattern,
                 CASE WHEN bool_and(p.cost IS NOT NULL) THEN sum(p.cost) END AS cost, min(p.baseline) AS baseline,
                 sum(p.tokens) AS tokens
          FROM part AS p
          GROUP BY p.application, p.profile_name, p.role_name, p.principal, p.model, p.run) AS b
    CROSS JOIN LATERAL (SELECT bedrock_internal.application_of_name(b.profile_name) AS of_profile,
                               bedrock_internal.application_of_name(b.role_name) AS of_role) AS n;
END;
COMMENT ON FUNCTION bedrock_internal.request_bursts(date, date) IS
    'bursts of requests that begin on these days (UTC) in the invocation logs: hours in which an application, caller '
    'and model has loop_requests requests or more, and loop_factor times its usual hour, the median of its hours that '
    'have any. Hours that follow each other are one burst. Columns as of question Q099';

CREATE OR REPLACE FUNCTION bedrock_internal.caller_signals(through date, days integer, factor numeric,
    failed_pct numeric)
    RETURNS TABLE (principal text, signals text, finding text, requests bigint, busiest_hour bigint, usual_hour bigint,
                   tokens_per_request numeric, tokens_before numeric, tokens_per_request_jump numeric, new_region text,
                   new_model text, failed_requests bigint, guardrail_requests bigint, score integer, evidence text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH span AS MATERIALIZED (
        SELECT max(d.day) AS last, max(d.day) - (SELECT caller_signals.days) AS before FROM bedrock.invocation_day AS d
        WHERE d.day <= (SELECT caller_signals.through)),
    part AS MATERIALIZED (
        SELECT coalesce(r.principal_key, '(none)') AS principal, r.account_id, r.principal_kind, r.region,
               coalesce(r.model_name, r.model) AS model, r.day > (SELECT before FROM span) AS recent,
               max(r.day) AS last_day, sum(r.requests) AS requests, sum(r.failed_requests) AS failed,
               sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0)
                   + coalesce(r.cache_write_tokens, 0)) AS tokens
        FROM bedrock.request_day AS r
        WHERE r.day <= (SELECT last FROM span)
        GROUP BY 1, 2, 3, 4, 5, 6),
    caller AS (
        SELECT p.principal, bool_and(p.recent) AS new_caller,
               max(p.last_day) FILTER (WHERE NOT p.recent) AS last_before,
               bool_and(p.principal_kind IN ('iam_user', 'api_key')) AS has_key,
               sum(p.requests) FILTER (WHERE p.recent)::bigint AS requests,
               sum(p.failed) FILTER (WHERE p.recent)::bigint AS failed,
               round(sum(p.tokens) FILTER (WHERE p.recent)
                     / nullif(sum(p.requests - p.failed) FILTER (WHERE p.recent), 0), 1) AS tokens_per_request,
               round(sum(p.tokens) FILTER (WHERE NOT p.recent)
                     / nullif(sum(p.requests - p.failed) FILTER (WHERE NOT p.recent), 0), 1) AS tokens_before
        FROM part AS p
        GROUP BY 1
        HAVING bool_or(p.recent)),
    news AS (
        SELECT n.principal, string_agg(n.name, ', ' ORDER BY n.name) FILTER (WHERE n.what = 'region') AS regions,
               string_agg(n.name, ', ' ORDER BY n.name) FILTER (WHERE n.what = 'model') AS models
        FROM (SELECT p.principal, w.what, w.name
              FROM part AS p
              CROSS JOIN LATERAL (VALUES ('region', p.region), ('model', p.model)) AS w (what, name)
              GROUP BY 1, 2, 3
              HAVING bool_and(p.recent)) AS n
        GROUP BY 1),
    -- The first of its kind in an account that has called before.
    kind AS (
        SELECT DISTINCT p.principal, k.account_id, k.principal_kind
        FROM (SELECT p.account_id, p.principal_kind, bool_and(p.recent) AS is_new,
                     bool_or(NOT bool_and(p.recent)) OVER (PARTITION BY p.account_id) AS account_known
              FROM part AS p
              GROUP BY p.account_id, p.principal_kind) AS k
        JOIN part AS p ON p.account_id IS NOT DISTINCT FROM k.account_id AND p.principal_kind = k.principal_kind
        WHERE k.is_new AND k.account_known),
    -- Counted by a number: names are long.
    called AS MATERIALIZED (
        SELECT d.dimension_id, coalesce(d.principal_key, '(none)') AS principal,
               dense_rank() OVER (ORDER BY coalesce(d.principal_key, '(none)')) AS number
        FROM bedrock.invocation_dimension AS d),
    counted AS MATERIALIZED (
        SELECT d.number, date_bin('1 hour', i.logged_at, '2000-01-01 00:00:00+00') AS hour, count(*) AS requests,
               count(*) FILTER (WHERE i.error_code ILIKE '%guardrail%') AS guarded,
               count(*) FILTER (WHERE i.error_code ILIKE '%accessdenied%') AS denied,
               count(*) FILTER (WHERE i.error_code ILIKE '%throttl%') AS throttled
        FROM bedrock.invocation AS i
        JOIN called AS d ON d.dimension_id = i.dimension_id
        WHERE i.logged_at < (SELECT (last + 1)::timestamp AT TIME ZONE 'UTC' FROM span)
        GROUP BY 1, 2),
    hour AS MATERIALIZED (
        SELECT d.principal, c.hour, extract(hour FROM c.hour AT TIME ZONE 'UTC')::integer AS of_day, c.requests,
               c.guarded, c.denied, c.throttled,
               c.hour >= (SELECT (before + 1)::timestamp AT TIME ZONE 'UTC' FROM span) AS recent
        FROM counted AS c
        JOIN (SELECT DISTINCT n.number, n.principal FROM called AS n) AS d ON d.number = c.number),
    pace AS (
        SELECT h.principal, count(*) AS hours, percentile_disc(0.5) WITHIN GROUP (ORDER BY h.requests) AS usual,
               max(h.requests) FILTER (WHERE h.recent) AS busiest,
               coalesce(sum(h.guarded) FILTER (WHERE h.recent), 0)::bigint AS guarded,
               coalesce(sum(h.denied) FILTER (WHERE h.recent), 0)::bigint AS denied,
               coalesce(sum(h.throttled) FILTER (WHERE h.recent), 0)::bigint AS throttled,
               count(DISTINCT (h.hour AT TIME ZONE 'UTC')::date) FILTER (WHERE NOT h.recent) AS days_before
        FROM hour AS h
        GROUP BY 1),
    -- Hours of the day in which the caller had never called before.
    odd AS (
        SELECT u.principal, sum(u.requests)::bigint AS requests,
               string_agg(u.of_day::text, ', ' ORDER BY u.of_day) AS hours
        FROM (SELECT h.principal, h.of_day, sum(h.requests) AS requests
              FROM hour AS h
              GROUP BY 1, 2
              HAVING bool_and(h.recent)) AS u
        GROUP BY 1),
    rated AS (
        SELECT c.*, n.regions, n.models, coalesce(p.guarded, 0) AS guarded, p.usual, p.busiest, p.denied, p.throttled,
               o.requests AS odd_requests, o.hours AS odd_hours,
               (SELECT k.principal_kind || ' in account ' || coalesce(k.account_id, '(none)') FROM kind AS k
                WHERE k.principal = c.principal ORDER BY 1 LIMIT 1) AS kinds,
               coalesce(p.busiest >= bedrock_internal.setting_value('loop_requests')::bigint
                        AND (p.hours = 1
                             OR p.busiest >= bedrock_internal.setting_value('loop_factor')::numeric * p.usual),
                        false) AS burst,
               coalesce(c.tokens_per_request >= (SELECT caller_signals.factor) * c.tokens_before, false) AS jump,
               100.0 * c.failed >= (SELECT caller_signals.failed_pct) * c.requests AND c.failed > 0 AS failing,
               -- Ten requests, and a tenth of all, of a caller that was seen on a week of days.
               coalesce(p.days_before >= 7 AND o.requests >= 10 AND o.requests * 10 >= c.requests, false) AS odd,
               coalesce(c.has_key AND c.last_before < (SELECT before FROM span) - 30, false) AS woken
        FROM caller AS c
        LEFT JOIN news AS n ON n.principal = c.principal AND NOT c.new_caller
        LEFT JOIN pace AS p ON p.principal = c.principal
        LEFT JOIN odd AS o ON o.principal = c.principal AND NOT c.new_caller)
    SELECT j.principal, s.signals,
           CASE WHEN j.jump AND (j.burst OR j.failing OR j.guarded > 0) THEN 'abuse'
                WHEN j.burst OR j.failing THEN CASE WHEN s.new OR j.guarded > 0 THEN 'either' ELSE 'runaway job' END
                WHEN j.jump OR j.guarded > 0 OR NOT s.new THEN 'watch' ELSE 'new' END,
           j.requests, CASE WHEN j.burst THEN j.busiest END, CASE WHEN j.burst THEN j.usual END,
           j.tokens_per_request, j.tokens_before, round(j.tokens_per_request / nullif(j.tokens_before, 0), 2),
           j.regions, j.models, j.failed, j.guarded, s.score, s.evidence
    FROM rated AS j
    CROSS JOIN LATERAL (
        SELECT string_agg(w.signal, ', ' ORDER BY w.place) AS signals, count(*)::integer AS score,
               string_agg(w.evidence, '; ' ORDER BY w.place) AS evidence, bool_or(w.place BETWEEN 3 AND 6) AS new
        FROM (VALUES
            (1, 'request burst', j.burst,
             format('%s requests in an hour, usually %s', j.busiest, j.usual)),
            (2, 'tokens per request jump', j.jump,
             format('%s tokens a request, %s before', j.tokens_per_request, j.tokens_before)),
            (3, 'new region', j.regions IS NOT NULL, 'first calls to ' || j.regions),
            (4, 'new model', j.models IS NOT NULL, 'first calls of ' || j.models),
            (5, 'new caller', j.new_caller, 'nothing logged before'),
            (6, 'new principal kind', j.kinds IS NOT NULL, 'first ' || j.kinds),
            (7, 'failed requests', j.failing,
             format('%s of %s failed (%s access denied, %s throttled)', j.failed, j.requests, coalesce(j.denied, 0),
                    coalesce(j.throttled, 0))),
            (8, 'guardrail', j.guarded > 0, format('a guardrail refused %s', j.guarded)),
            (9, 'new hours', j.odd, format('%s requests in hours (UTC) never used before: %s', j.odd_requests,
                                           j.odd_hours)),
            (10, 'idle key', j.woken, format('a key that was last used on %s', j.last_before)))
            AS w (place, signal, given, evidence)
        WHERE w.given) AS s
    WHERE s.score > 0;
END;
COMMENT ON FUNCTION bedrock_internal.caller_signals(date, integer, numeric, numeric) IS
    'what is not as it was with the callers of the last days of the invocation logs up to a day (UTC), against all '
    'logs before them. score: number of signals; evidence: what each is read from; a hint where to look first, no '
    'verdict. Columns as of question Q101';
