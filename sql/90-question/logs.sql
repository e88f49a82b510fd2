-- Questions that invocation logs answer: requests, callers, loops. What they cost is an estimate and never added to the
-- bill. Percentiles, minutes and hours come from single requests, so they reach back as far as those are kept.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q038', 'Leaderboard: caller, department, model, requests, input, output, est. cost.', 'FinOps Leader',
'Callers (IAM principal)', 'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'leaderboard top callers requests ranking who',
$c$rank: place by est_cost; where it is not known by tokens; NULL: (not logged)
iam_caller: e-mail address of the session, else role or user with all its sessions; (none): not logged with the request;
  (not logged): tokens that are billed and in no log
department: label of the registry or of requestMetadata, else the one department that the bill knows of the caller;
  (untagged): none
model
requests: requests in the logs, failed ones among them
input_tokens: input tokens, cached ones left out
output_tokens: output tokens
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price, or (not logged)
logged_pct: percent of the input and output tokens billed of caller and model in the month that the logs have; NULL:
  none are billed, as where the bill names no callers
currency: USD, as the price book$c$,
$q$
, billed AS MATERIALIZED (
    SELECT coalesce(s.user_email, s.principal_key, '(none)') AS iam_caller, s.principal_key, s.department,
           s.model_name AS model,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'input') AS input_tokens,
           sum(s.tokens) FILTER (WHERE s.token_kind = 'output') AS output_tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4),
belongs AS (
    SELECT s.principal_key, min(s.department) AS department
    FROM bedrock.spend_monthly AS s
    WHERE s.principal_key IS NOT NULL AND s.department <> '(untagged)'
    GROUP BY 1
    HAVING count(DISTINCT s.department) = 1),
called AS MATERIALIZED (
    SELECT coalesce(r.user_email, r.principal_key, '(none)') AS iam_caller,
           coalesce(nullif(r.department, '(untagged)'), b.department, '(untagged)') AS department,
           coalesce(r.model_name, r.model) AS model,
           sum(r.requests)::bigint AS requests, sum(r.input_tokens)::bigint AS input_tokens,
           sum(r.output_tokens)::bigint AS output_tokens,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END
               AS est_cost
    FROM bedrock.request_day AS r
    LEFT JOIN belongs AS b ON b.principal_key = r.principal_key
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2, 3),
covered AS (
    SELECT c.*, l.tokens AS logged_tokens, b.tokens AS billed_tokens
    FROM called AS c
    JOIN (SELECT k.iam_caller, k.model, sum(coalesce(k.input_tokens, 0) + coalesce(k.output_tokens, 0)) AS tokens
          FROM called AS k GROUP BY 1, 2) AS l
        ON l.iam_caller = c.iam_caller AND l.model = c.model
    LEFT JOIN (SELECT k.iam_caller, k.model, sum(coalesce(k.input_tokens, 0) + coalesce(k.output_tokens, 0)) AS tokens
               FROM billed AS k GROUP BY 1, 2) AS b
        ON b.iam_caller = c.iam_caller AND b.model = c.model),
missing AS (
    SELECT b.model, greatest(b.input_tokens - coalesce(l.input_tokens, 0), 0) AS input_tokens,
           greatest(b.output_tokens - coalesce(l.output_tokens, 0), 0) AS output_tokens
    FROM (SELECT k.model, coalesce(sum(k.input_tokens), 0) AS input_tokens,
                 coalesce(sum(k.output_tokens), 0) AS output_tokens FROM billed AS k GROUP BY 1) AS b
    LEFT JOIN (SELECT k.model, sum(k.input_tokens) AS input_tokens, sum(k.output_tokens) AS output_tokens
               FROM called AS k GROUP BY 1) AS l ON l.model = b.model)
SELECT rank() OVER (ORDER BY c.est_cost DESC NULLS LAST,
                    coalesce(c.input_tokens, 0) + coalesce(c.output_tokens, 0) DESC) AS rank,
       c.iam_caller, c.department, c.model, c.requests, c.input_tokens, c.output_tokens, c.est_cost,
       bedrock_internal.logged_pct(c.logged_tokens, c.billed_tokens) AS logged_pct, 'USD' AS currency
FROM covered AS c
UNION ALL
SELECT NULL, '(not logged)', '(untagged)', m.model, NULL, m.input_tokens::bigint, m.output_tokens::bigint, NULL, 0,
       'USD'
FROM missing AS m
WHERE m.input_tokens + m.output_tokens > 0
ORDER BY rank NULLS LAST, input_tokens DESC, iam_caller, model, department
$q$),

('Q039', 'User, app and estimated cost together in one query.', 'FinOps Leader', 'Callers (IAM principal)', 'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'user application estimate together',
$c$iam_caller: e-mail address of the session, else role or user with all its sessions; (none): not logged with the
  request; (not logged): tokens that are billed and in no log
app: of registry or requestMetadata; of (not logged) that of the bill
model
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price, or (not logged)
requests: requests in the logs, failed ones among them
tokens: input and output tokens, cached ones left out
logged_pct: percent of the input and output tokens billed of app and model in the month that the logs have; NULL: none
  are billed
currency: USD, as the price book$c$,
$q$
, billed AS MATERIALIZED (
    SELECT s.application, s.model_name AS model, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.token_kind IN ('input', 'output')
    GROUP BY 1, 2),
called AS MATERIALIZED (
    SELECT coalesce(r.user_email, r.principal_key, '(none)') AS iam_caller, r.application,
           coalesce(r.model_name, r.model) AS model,
           CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END
               AS est_cost,
           sum(r.requests)::bigint AS requests,
           (coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0))::bigint AS tokens
    FROM bedrock.request_day AS r
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2, 3),
logged AS (
    SELECT c.application, c.model, sum(c.tokens) AS tokens FROM called AS c GROUP BY 1, 2)
SELECT c.iam_caller, c.application AS app, c.model, c.est_cost, c.requests, c.tokens,
       bedrock_internal.logged_pct(l.tokens, b.tokens) AS logged_pct, 'USD' AS currency
FROM called AS c
JOIN logged AS l ON l.application = c.application AND l.model = c.model
LEFT JOIN billed AS b ON b.application = c.application AND b.model = c.model
UNION ALL
SELECT '(not logged)', b.application, b.model, NULL, NULL, (b.tokens - coalesce(l.tokens, 0))::bigint,
       bedrock_internal.logged_pct(l.tokens, b.tokens), 'USD'
FROM billed AS b
LEFT JOIN logged AS l ON l.application = b.application AND l.model = b.model
WHERE b.tokens > coalesce(l.tokens, 0)
ORDER BY est_cost DESC NULLS LAST, requests DESC NULLS LAST, tokens DESC, iam_caller, app, model
$q$),

('Q081', 'Cost per request, average tokens per request, p95 tokens.', 'Product Owner', 'Tokens, cache, unit cost',
'common',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'request average percentile unit cost',
$c$app: an application that is billed and in no log has a row, too
requests: requests in the logs that count tokens; NULL: none
cost_per_request: estimate by the price book, in US dollars; NULL: a part has no known price
avg_tokens: input and output tokens of a request, cached ones among them
p95_tokens: what 95 of 100 requests stay at or below
logged_pct: percent of the input and output tokens billed of the application in the month that these requests have;
  NULL: none are billed$c$,
$q$
, billed AS (
    SELECT s.application, sum(s.tokens) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
      AND s.token_kind IN ('input', 'output')
    GROUP BY 1),
asked AS (
    SELECT r.application, count(*) AS requests,
           CASE WHEN bool_and(r.est_cost IS NOT NULL) THEN sum(r.est_cost) / count(*) END AS cost_per_request,
           round(avg(t.tokens), 1) AS avg_tokens, percentile_disc(0.95) WITHIN GROUP (ORDER BY t.tokens) AS p95_tokens,
           sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0)) AS tokens
    FROM bedrock.request AS r
    CROSS JOIN LATERAL
        (SELECT coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0)
         + coalesce(r.cache_write_tokens, 0) AS tokens) AS t
    WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
      AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
      AND r.count_basis IS NOT NULL
    GROUP BY r.application)
SELECT coalesce(a.application, b.application) AS app, a.requests, a.cost_per_request, a.avg_tokens, a.p95_tokens,
       bedrock_internal.logged_pct(a.tokens, b.tokens) AS logged_pct
FROM asked AS a
FULL JOIN billed AS b ON b.application = a.application
ORDER BY requests DESC NULLS LAST, app
$q$),

('Q088', 'Latency and tokens per profile.', 'Cloud Engineer', 'Tokens, cache, unit cost', 'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'latency slow percentile performance profile',
$c$profile: name of the profile in the registry, else its ARN or id; for calls without a profile the model
invocation_count: requests in the logs
input_token_count: input tokens, cached ones left out
output_token_count: output tokens
latency_p50: milliseconds, the median of the requests that state them; without any, the latest p50 of CloudWatch; NULL:
  not known
latency_p95: the same, of 95 of 100 requests$c$,
$q$
SELECT coalesce(r.profile_name, r.profile_arn, r.model) AS profile, count(*) AS invocation_count,
       sum(r.input_tokens)::bigint AS input_token_count,
       sum(r.output_tokens)::bigint AS output_token_count,
       coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY r.latency_ms)::numeric, max(w.p50)) AS latency_p50,
       coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY r.latency_ms)::numeric, max(w.p95)) AS latency_p95
FROM bedrock.request AS r
LEFT JOIN
    (SELECT m.model, (array_agg(m.value ORDER BY m.measured_at DESC) FILTER (WHERE m.statistic = 'p50'))[1] AS p50,
                  (array_agg(m.value ORDER BY m.measured_at DESC) FILTER (WHERE m.statistic = 'p95'))[1] AS p95
           FROM bedrock.cloudwatch_metric AS m WHERE m.metric = 'InvocationLatency'
           GROUP BY m.model) AS w ON w.model = r.model
WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
  AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
GROUP BY 1
ORDER BY invocation_count DESC, profile
$q$),

('Q089', 'Peak tokens and requests per minute against the quota; throttles.', 'Cloud Engineer',
'Tokens, cache, unit cost', 'common',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'peak minute tpm rpm quota limit throttling',
$c$account
region
model
profile: profile that was called; NULL: none
peak_tpm: tokens of the busiest minute, cached reads left out
peak_rpm: requests of the busiest minute
quota_tpm: quota of the model on this path, bedrock.load_quotas; NULL: not loaded
pct: peak_tpm in percent of it
throttles: throttled requests of the log or of CloudWatch, whichever has more$c$,
$q$
-- A number replaces the names, which are long.
, called AS MATERIALIZED (
    SELECT d.dimension_id, d.account_id, d.region, coalesce(d.model_name, d.model) AS model, d.model_id, d.profile_arn,
           d.pool, d.model AS called,
           dense_rank()
               OVER (ORDER BY d.account_id, d.region, coalesce(d.model_name, d.model), d.model_id, d.profile_arn,
                     d.pool, d.model) AS number
    FROM bedrock.invocation_dimension AS d),
minute AS (
    SELECT c.number, date_bin('1 minute', i.logged_at, '2000-01-01 00:00:00+00') AS minute,
           count(*) AS requests,
           sum(coalesce(i.input_tokens::bigint, 0) + coalesce(i.cache_write_tokens::bigint, 0)
               + coalesce(i.output_tokens::bigint, 0)) AS tokens,
           count(*) FILTER (WHERE i.error_code ILIKE '%throttl%') AS throttles
    FROM bedrock.invocation AS i
    JOIN called AS c ON c.dimension_id = i.dimension_id
    WHERE i.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
      AND i.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
    GROUP BY 1, 2),
peak AS (
    SELECT c.account_id, c.region, c.model, c.model_id, c.profile_arn, c.pool, c.called, m.peak_tpm, m.peak_rpm,
           m.throttles
    FROM (SELECT n.number, max(n.tokens) AS peak_tpm, max(n.requests) AS peak_rpm, sum(n.throttles) AS throttles
          FROM minute AS n GROUP BY 1) AS m
    JOIN (SELECT DISTINCT d.number, d.account_id, d.region, d.model, d.model_id, d.profile_arn, d.pool, d.called
          FROM called AS d) AS c ON c.number = m.number)
SELECT p.account_id AS account, p.region, p.model, p.profile_arn AS profile, p.peak_tpm, p.peak_rpm, q.quota_tpm,
       round(100 * p.peak_tpm / nullif(q.quota_tpm, 0), 1) AS pct,
       greatest(p.throttles, w.throttles) AS throttles
FROM peak AS p
LEFT JOIN LATERAL (SELECT max(s.value) AS quota_tpm FROM bedrock.service_quota AS s
                   WHERE s.kind = 'tokens_per_minute' AND s.model_id = p.model_id AND s.account_id = p.account_id
                     AND s.region = p.region
                     AND s.scope = CASE p.pool WHEN 'global' THEN 'global' WHEN 'regional' THEN 'on_demand'
                                        ELSE 'cross_region' END) AS q ON true
LEFT JOIN LATERAL (SELECT sum(m.value) AS throttles FROM bedrock.cloudwatch_metric AS m
                   WHERE m.metric = 'InvocationThrottles' AND m.statistic = 'Sum' AND m.model = p.called
                     AND m.account_id IN ('', p.account_id) AND m.region IN ('', p.region)
                     AND m.measured_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
                     AND m.measured_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg))
                         AS w ON true
ORDER BY pct DESC NULLS LAST, p.peak_tpm DESC, account, p.region, p.model, profile
$q$),

('Q099', 'Which application ran a loop last night and spent $40 on something trivial?', 'Cloud Engineer',
'Estimates, budgets, forecast, anomalies', 'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'loop runaway burst retry night spike agent',
$c$app: application of registry or requestMetadata, else what profile or role is named after; (untagged): none of these
app_basis: label, profile name or role name; NULL: (untagged)
principal: role or user with all its sessions; (none): not logged
from: first request of the burst (UTC hours that follow each other are one burst)
to: last request of the burst
requests: requests of the burst
pattern: same size (nine of ten requests or more have an input of the same few sizes), else many requests
cost: estimate by the price book, in US dollars; NULL: a part has no known price
baseline: requests of its usual hour: the median of all its other hours that have any in the logs kept; NULL: it has no
  other
model
tokens: all tokens of the burst
currency: USD, as the price book$c$,
$q$
SELECT b.app, b.app_basis, b.principal, b."from", b."to", b.requests, b.pattern, b.cost, b.baseline, b.model, b.tokens,
       'USD' AS currency
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.request_bursts(a.period, (a.period + interval '1 month')::date - 1) AS b
ORDER BY b.cost DESC NULLS LAST, b.tokens DESC, b.app, b.principal, b."from"
$q$),

('Q101', 'Is it a runaway job or prompt-injection abuse?', 'Security', 'Estimates, budgets, forecast, anomalies',
'essential',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs
days integer = 7: how many days are looked at, up to the last of the month that has logs; all logs before them are what
  is usual
factor numeric = 3: how many times its usual tokens a request must have to count as a jump
failed_pct numeric = 10: percent of failed requests from which on they are a signal$p$,
'runaway job prompt injection abuse attack stolen key security signal burst jump new region model guardrail errors',
$c$principal: role or user with all its sessions; (none): not logged
signals: request burst (an hour of settings loop_requests and loop_factor against its own median hour), tokens per
  request jump, new region, new model, new caller (nothing logged before), new principal kind (the first API key, user
  or role of an account that is logged already), failed requests (evidence: how many were denied or throttled),
  guardrail, new hours (10 requests, and a tenth of all, or more in hours of the day never used before, of a caller seen
  on 7 days or more), idle key (an IAM user or API key that was not used for 30 days before these)
finding: runaway job: request burst or failed requests and nothing else; abuse: tokens per request jump beside request
  burst, failed requests or guardrail; either: request burst or failed requests beside something new or a guardrail;
  new: a region, model, caller or kind of principal is new and nothing else; watch: a jump, a guardrail, new hours or
  an idle key and none of the others. A hint where to look first, no proof
requests: requests in the logs of these days, failed ones among them
busiest_hour: requests of the busiest hour that is a burst; NULL: none, or single requests are no longer kept
usual_hour: the median of its hours that have any, in the logs kept; NULL: busiest_hour is
tokens_per_request: all tokens of a request that did not fail; NULL: none counts tokens
tokens_before: the same before these days; NULL: nothing counted
tokens_per_request_jump: tokens_per_request / tokens_before; NULL: one of them is
new_region: regions called that it never called before; NULL: none
new_model: models called that it never called before; NULL: none
failed_requests: requests that state an error or count nothing
guardrail_requests: failed requests whose error names a guardrail; the records show no other intervention
score: number of signals
evidence: what each signal is read from, in the order of signals$c$,
$q$
SELECT c.principal, c.signals, c.finding, c.requests, c.busiest_hour, c.usual_hour, c.tokens_per_request,
       c.tokens_before, c.tokens_per_request_jump, c.new_region, c.new_model, c.failed_requests, c.guardrail_requests,
       c.score, c.evidence
FROM arg AS a
CROSS JOIN LATERAL bedrock_internal.caller_signals((a.period + interval '1 month')::date - 1, a.days, a.factor,
                                                   a.failed_pct) AS c
ORDER BY c.score DESC, c.requests DESC, c.principal
$q$),

('Q128', 'Which account and region has spend but no invocation logs?', 'Cloud Engineer', 'Tags and quality of the data',
'essential', 'period', 'logging coverage gap missing logs switch on',
$c$account
region: region that was called
cost
billed_tokens: input and output tokens on the bill
logged_pct: percent of those billed there in all currencies that invocation logs have, of the same month; NULL: none
  are billed
hint: what to do; NULL: nothing
currency$c$,
$q$
, billed AS (
    SELECT s.account_id, s.region, s.currency, sum(s.ai_cost) AS cost,
           sum(s.tokens) FILTER (WHERE s.token_kind IN ('input', 'output')) AS tokens
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.usage_group = 'tokens'
    GROUP BY 1, 2, 3),
-- A log tells no currency: its tokens are held against those of all.
compared AS (
    SELECT b.account_id, b.region, b.currency, b.cost, b.tokens,
           round(100 * coalesce(l.tokens, 0)
                 / nullif(sum(b.tokens) OVER (PARTITION BY b.account_id, b.region), 0), 1) AS logged_pct
    FROM billed AS b
    LEFT JOIN bedrock_internal.logged_tokens((SELECT period FROM arg),
                                             (SELECT (period + interval '1 month')::date - 1 FROM arg)) AS l
        ON l.account_id = b.account_id AND l.region = b.region)
SELECT c.account_id AS account, c.region, c.cost, c.tokens AS billed_tokens, c.logged_pct,
       CASE WHEN c.logged_pct IS NULL THEN NULL
            WHEN c.logged_pct = 0
                THEN 'switch on model invocation logging in this account and region (aws bedrock '
                     'put-model-invocation-logging-configuration), or load its logs'
            WHEN c.logged_pct < 90
                THEN 'load the missing days, and mind that calls to bedrock-mantle are not logged' END AS hint,
       c.currency
FROM compared AS c
ORDER BY c.currency, c.logged_pct NULLS LAST, c.cost DESC, account, c.region
$q$),

('Q129', 'Do logged tokens match billed tokens?', 'FinOps Leader', 'Tags and quality of the data',
    'essential', 'period',
'reconcile logs bill gap difference match tokens',
$c$day
model
token_type: input, output, cache_read, cache_write
billed: tokens on the bill; NULL: none
logged: tokens in the logs; NULL: none, or not known
gap: billed less logged
finding: match (within 1 percent), not logged, partly logged, not billed (yet), logged more than billed$c$,
$q$
, billed AS (
    SELECT s.usage_date AS day, s.model_name AS model, s.token_kind AS token_type, sum(s.tokens) AS tokens
    FROM bedrock.spend AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
      AND s.token_kind IS NOT NULL
    GROUP BY 1, 2, 3),
logged AS (
    SELECT r.day, coalesce(r.model_name, r.model) AS model, k.token_type, sum(k.tokens) AS tokens
    FROM bedrock.request_day AS r
    CROSS JOIN LATERAL (VALUES ('input', r.input_tokens), ('output', r.output_tokens),
                        ('cache_read', r.cache_read_tokens), ('cache_write', r.cache_write_tokens))
        AS k (token_type, tokens)
    WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
    GROUP BY 1, 2, 3)
SELECT coalesce(b.day, l.day) AS day, coalesce(b.model, l.model) AS model,
       coalesce(b.token_type, l.token_type) AS token_type, b.tokens AS billed, l.tokens AS logged,
       coalesce(b.tokens, 0) - coalesce(l.tokens, 0) AS gap,
       CASE WHEN abs(coalesce(b.tokens, 0) - coalesce(l.tokens, 0)) <= 0.01 * coalesce(b.tokens, 0) THEN 'match'
            WHEN coalesce(l.tokens, 0) = 0 THEN 'not logged'
            WHEN coalesce(b.tokens, 0) = 0 THEN 'not billed' WHEN l.tokens < b.tokens THEN 'partly logged'
            ELSE 'logged more than billed' END AS finding
FROM billed AS b
FULL JOIN logged AS l ON l.day = b.day AND l.model IS NOT DISTINCT FROM b.model AND l.token_type = b.token_type
WHERE coalesce(b.tokens, 0) <> 0 OR coalesce(l.tokens, 0) <> 0
ORDER BY 1, 2, 3
$q$),

('Q151', 'Who floods us with tiny requests?', 'Cloud Engineer', 'Estimates, budgets, forecast, anomalies', 'advanced',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs
tokens integer = 200: a request of fewer tokens is tiny
requests integer = 50: so many of them in an hour are a flood$p$,
'tiny small requests flood polling health check chatty',
$c$app: application of registry or requestMetadata, else what profile or role is named after; (untagged): none of these
principal: role or user with all its sessions; (none): not logged
model
hours: hours with a flood
requests: tiny requests in them
avg_tokens: tokens of such a request, cached ones among them
worst_hour: hour (UTC) with most of them$c$,
$q$
, hour AS (
    SELECT r.application, coalesce(r.principal_key, '(none)') AS principal, coalesce(r.model_name, r.model) AS model,
           date_trunc('hour', r.logged_at, 'UTC') AS hour,
           CASE WHEN count(r.profile_name) = count(*) AND min(r.profile_name) = max(r.profile_name)
                    THEN min(r.profile_name) END AS profile_name,
           min(r.principal_name) FILTER (WHERE r.principal_kind IN ('role', 'assumed_role')) AS role_name,
           count(*) AS requests, sum(t.tokens) AS tokens
    FROM bedrock.request AS r
    CROSS JOIN LATERAL
        (SELECT coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0) + coalesce(r.cache_read_tokens, 0)
         + coalesce(r.cache_write_tokens, 0) AS tokens) AS t
    WHERE r.logged_at >= (SELECT period::timestamp AT TIME ZONE 'UTC' FROM arg)
      AND r.logged_at < (SELECT (period + interval '1 month') AT TIME ZONE 'UTC' FROM arg)
      AND r.count_basis IS NOT NULL AND t.tokens < (SELECT tokens FROM arg)
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= (SELECT requests FROM arg))
SELECT coalesce(nullif(f.application, '(untagged)'), bedrock_internal.application_of_name(f.profile_name),
                bedrock_internal.application_of_name(f.role_name), '(untagged)') AS app,
       f.principal, f.model, f.hours, f.requests, f.avg_tokens, f.worst_hour
FROM (SELECT h.application, h.principal, h.model, min(h.role_name) AS role_name,
             CASE WHEN count(h.profile_name) = count(*) AND min(h.profile_name) = max(h.profile_name)
                      THEN min(h.profile_name) END AS profile_name, count(*) AS hours,
             sum(h.requests)::bigint AS requests, round(sum(h.tokens) / sum(h.requests), 1) AS avg_tokens,
             (array_agg(h.hour ORDER BY h.requests DESC, h.hour))[1] AS worst_hour
      FROM hour AS h
      GROUP BY 1, 2, 3) AS f
ORDER BY f.requests DESC, app, f.principal, f.model
$q$),

('Q152', 'Which requests were answered outside the regions our policy allows?', 'Security', 'Models and policy',
'advanced',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'residency policy gdpr region inference cross-region left outside',
$c$policy: name in bedrock.model_policy, of a policy about regions that is in force on the day of the request
app
account
region: region that was called
inference_region: region that answered, of the log, else of CloudTrail; NULL: stated by neither
pool: regions that may answer
finding: called outside, answered outside, may be answered outside (the pool is wider than the policy, and the
  record does not state the region)
model
requests: requests in the logs that are kept
last_seen: time of the last of them
request_id: id of the last of them$c$,
$q$
SELECT f.policy, j.application AS app, j.account_id AS account, j.region, j.inference_region, j.pool, f.finding,
       j.model, sum(j.requests)::bigint AS requests, max(j.last_seen) AS last_seen,
       (array_agg(j.request_id ORDER BY j.last_seen DESC, j.request_id))[1] AS request_id
FROM bedrock_internal.requests_by_residency((SELECT period FROM arg)) AS j
CROSS JOIN LATERAL unnest(j.policies, j.findings) AS f (policy, finding)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY f.policy, requests DESC, app, account, j.region, j.inference_region, j.pool, j.model
$q$),

('Q153', 'Which callers are new in the logs this week?', 'Security', 'Callers (IAM principal)', 'advanced',
$p$days integer = 7: how many days count as new, up to the last day with logs$p$,
'new principal first seen caller logs recent',
$c$principal: role or user with all its sessions
first_seen: first day with a request in all logs loaded
app
model
requests: requests in the logs
tokens: input and output tokens
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price
currency: USD, as the price book$c$,
$q$
SELECT r.principal_key AS principal, a.first_seen, r.application AS app, coalesce(r.model_name, r.model) AS model,
       sum(r.requests)::bigint AS requests,
       sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0))::bigint AS tokens,
       CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.requests = r.failed_requests) THEN sum(r.est_cost) END
           AS est_cost, 'USD' AS currency
FROM (SELECT d.principal_key, min(d.day) AS first_seen FROM bedrock.request_day AS d WHERE d.principal_key IS NOT NULL
      GROUP BY 1) AS a
JOIN bedrock.request_day AS r ON r.principal_key = a.principal_key
WHERE a.first_seen > (SELECT max(d.day) FROM bedrock.invocation_day AS d) - (SELECT days FROM arg)
GROUP BY 1, 2, 3, 4
ORDER BY requests DESC, principal, app, model
$q$),

('Q154', 'Which people call models directly from their laptops, by the logs?', 'Cloud Engineer',
'Callers (IAM principal)', 'advanced',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'developer laptop human person direct logs requests',
$c$principal: e-mail address of the session, else role or user with all its sessions
kind: kind of the principal; bedrock.class_rule decides who is a person
path: how the request reached the model; never an application profile
model
requests: requests in the logs
tokens: input and output tokens
last_seen: last day of them$c$,
$q$
SELECT coalesce(r.user_email, r.principal_key, r.iam_principal) AS principal, r.principal_kind AS kind,
       r.request_path AS path, coalesce(r.model_name, r.model) AS model,
       sum(r.requests)::bigint AS requests,
       sum(coalesce(r.input_tokens, 0) + coalesce(r.output_tokens, 0))::bigint AS tokens, max(r.day) AS last_seen
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
  AND r.caller_class = 'human' AND r.request_path <> 'application_profile'
GROUP BY 1, 2, 3, 4
ORDER BY tokens DESC, principal, path, model
$q$),

('Q155', 'Cache hit rate and output for each token of input, by application, in the logs?', 'Product Owner',
'Tokens, cache, unit cost', 'advanced',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'cache hit output input ratio logs verbose',
$c$app
requests: requests in the logs
cache_hit_rate: tokens read from the cache, of all input, over the requests whose cache tokens are known; NULL: known of
  none
output_to_input: output tokens for a token of input, cached ones among it; NULL: no input$c$,
$q$
SELECT r.application AS app, sum(r.requests)::bigint AS requests,
       sum(r.cache_read_tokens)
           / nullif(sum(r.cache_known_input_tokens) + sum(r.cache_read_tokens) + coalesce(sum(r.cache_write_tokens), 0),
                    0) AS cache_hit_rate,
       sum(r.output_tokens)
           / nullif(coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.cache_read_tokens), 0)
                    + coalesce(sum(r.cache_write_tokens), 0),
                    0) AS output_to_input
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY 1
ORDER BY requests DESC, app
$q$),

('Q156', 'Requests and tokens by application and day, from the logs.', 'Product Owner', 'Tokens, cache, unit cost',
'advanced',
$p$period month = bedrock_internal.logged_period(): any day of the month; the latest that has logs$p$,
'requests count daily application logs volume',
$c$day: day of the records (UTC)
app
requests: requests, failed ones among them
failed: those that state an error or count nothing
input
output
cache_read
cache_write$c$,
$q$
SELECT r.day, r.application AS app, sum(r.requests)::bigint AS requests, sum(r.failed_requests)::bigint AS failed,
       sum(r.input_tokens)::bigint AS input,
       sum(r.output_tokens)::bigint AS output, sum(r.cache_read_tokens)::bigint AS cache_read,
       sum(r.cache_write_tokens)::bigint AS cache_write
FROM bedrock.request_day AS r
WHERE r.day >= (SELECT period FROM arg) AND r.day < (SELECT period + interval '1 month' FROM arg)
GROUP BY 1, 2
ORDER BY r.day, requests DESC, app
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
