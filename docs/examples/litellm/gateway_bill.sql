-- SPDX-License-Identifier: PostgreSQL
-- What LiteLLM logged and what AWS billed, by day and model, with the cause of each difference. Run it in the
-- database that has the extension and LiteLLM's table "LiteLLM_SpendLogs" (or a foreign table or view of it), as a
-- superuser:
--     psql -v ON_ERROR_STOP=1 -f gateway_bill.sql
-- It may be run again. README.md says how to read the answer.
BEGIN;
CREATE SCHEMA IF NOT EXISTS gateway;

-- One row for each request, in the terms of the bill. "startTime" is UTC where it has no time zone; day is of UTC
-- whatever it has, and whatever the reader's own is. prompt_tokens has the cached tokens in it, which the bill has not;
-- a count that is too small shows a version of LiteLLM that left them out. spend is what LiteLLM's price list says, an
-- estimate in US dollars: a float, taken as the shortest number that is the same; NULL or '': not known.
CREATE OR REPLACE VIEW gateway.request WITH (security_invoker) AS
SELECT l.request_id, date '1970-01-01' + div(extract(epoch FROM l."startTime"), 86400)::integer AS day,
       l.model AS called, coalesce(l.custom_llm_provider, '') AS provider,
       CASE WHEN l.status = 'failure' THEN 'failed request'
            WHEN lower(l.cache_hit) = 'true' THEN 'answered by the gateway'
            WHEN coalesce(l.custom_llm_provider, '') !~ '^bedrock' THEN 'other provider'
            WHEN l.call_type ~ 'batch' THEN 'batch or provisioned' END AS cause,
       CASE WHEN l.prompt_tokens >= u.cache_read + u.cache_write THEN l.prompt_tokens - u.cache_read - u.cache_write
            ELSE l.prompt_tokens END::numeric AS input,
       l.completion_tokens::numeric AS output, u.cache_read::numeric AS cache_read,
       u.cache_write::numeric AS cache_write, nullif(l.spend::text, '')::numeric AS estimate
FROM "LiteLLM_SpendLogs" AS l
CROSS JOIN LATERAL (
    SELECT coalesce((l.metadata #>> '{additional_usage_values,cache_read_input_tokens}')::bigint, 0) AS cache_read,
           coalesce((l.metadata #>> '{additional_usage_values,cache_creation_input_tokens}')::bigint, 0) AS cache_write
) AS u;
COMMENT ON VIEW gateway.request IS
    'requests of LiteLLM: tokens as a bill counts them, estimate in US dollars; cause: why the bill cannot have it, '
    'NULL: it should';

-- All of the bill and all of the log, each line and each request in one row. gateway_* and estimate are LiteLLM's,
-- billed_* the bill's: nothing adds them up.
CREATE OR REPLACE FUNCTION gateway.compare(first_day date, last_day date, gateway_role text)
    RETURNS TABLE (day date, model_id text, called text, cause text, requests bigint, gateway_tokens numeric,
                   estimate numeric, billed_tokens numeric, billed_cost numeric, currency text)
    LANGUAGE sql STABLE
AS $$
WITH log AS MATERIALIZED (
    SELECT r.* FROM gateway.request AS r WHERE r.day BETWEEN compare.first_day AND compare.last_day),
-- The catalogue knows models as LiteLLM writes them, and profiles that are registered.
name AS MATERIALIZED (
    SELECT n.called, m.model_id
    FROM (SELECT DISTINCT l.called FROM log AS l WHERE coalesce(l.cause, 'failed request') = 'failed request') AS n
    LEFT JOIN LATERAL (SELECT p.model_id FROM bedrock.price_of(n.called) AS p LIMIT 1) AS p ON true
    LEFT JOIN bedrock.models AS m ON m.model_id = p.model_id),
asked AS (
    SELECT l.day, n.model_id, l.called, coalesce(l.cause, CASE WHEN n.model_id IS NULL THEN 'model not known' END)
               AS cause, count(*) AS requests, sum(l.input) AS input, sum(l.output) AS output,
           sum(l.cache_read) AS cache_read, sum(l.cache_write) AS cache_write,
           CASE WHEN count(l.estimate) = count(*) THEN sum(l.estimate) END AS estimate
    FROM log AS l LEFT JOIN name AS n USING (called)
    GROUP BY 1, 2, 3, 4),
line AS (
    SELECT s.usage_date AS day, s.model_id, s.currency, s.token_kind, s.cache_ttl, s.region, s.routing, s.tier,
           s.long_context, s.tokens, s.ai_cost AS cost,
           CASE WHEN s.charge_category <> 'usage' OR s.charge_grain = 'period' THEN 'not usage'
                WHEN s.principal_key IS NULL THEN 'caller not stated'
                WHEN s.principal_key <> compare.gateway_role THEN 'outside the gateway'
                WHEN s.pricing_model IN ('batch', 'provisioned', 'reserved', 'customization', 'custom_model_import')
                    THEN 'batch or provisioned'
                WHEN s.model_id IS NULL OR s.token_kind IS NULL OR s.tokens IS NULL THEN 'not in tokens'
                WHEN s.currency IS DISTINCT FROM 'USD' THEN 'other currency' END AS cause
    FROM bedrock.spend AS s WHERE s.usage_date BETWEEN compare.first_day AND compare.last_day),
-- What can be compared: one cell for each day and model.
gateway_cell AS (
    SELECT a.day, a.model_id, string_agg(a.called, ', ' ORDER BY a.called) AS called, sum(a.requests) AS requests,
           sum(a.input) AS input, sum(a.output) AS output, sum(a.cache_read) AS cache_read,
           sum(a.cache_write) AS cache_write,
           CASE WHEN count(a.estimate) = count(*) THEN sum(a.estimate) END AS estimate
    FROM asked AS a WHERE a.cause IS NULL GROUP BY a.day, a.model_id),
bill_cell AS (
    SELECT l.day, l.model_id, coalesce(sum(l.tokens) FILTER (WHERE l.token_kind = 'input'), 0) AS input,
           coalesce(sum(l.tokens) FILTER (WHERE l.token_kind = 'output'), 0) AS output,
           coalesce(sum(l.tokens) FILTER (WHERE l.token_kind = 'cache_read'), 0) AS cache_read,
           coalesce(sum(l.tokens) FILTER (WHERE l.token_kind = 'cache_write'), 0) AS cache_write, sum(l.cost) AS cost
    FROM line AS l WHERE l.cause IS NULL GROUP BY l.day, l.model_id),
cell AS (
    SELECT day, model_id, g.called, g.requests, g.estimate,
           g.input + g.output + g.cache_read + g.cache_write AS gateway_tokens,
           b.input + b.output + b.cache_read + b.cache_write AS billed_tokens,
           b.cost, g.requests IS NOT NULL AS is_logged, b.cost IS NOT NULL AS is_billed,
           coalesce(g.input, 0) - coalesce(b.input, 0) AS more_input,
           coalesce(g.output, 0) - coalesce(b.output, 0) AS more_output,
           coalesce(g.cache_read, 0) - coalesce(b.cache_read, 0) AS more_read,
           coalesce(g.cache_write, 0) - coalesce(b.cache_write, 0) AS more_write,
           g.cache_read + g.cache_write = 0 AND b.cache_read + b.cache_write > 0 AND g.output = b.output
               AND g.input IN (b.input, b.input + b.cache_read + b.cache_write) AS cache_lost
    FROM gateway_cell AS g FULL JOIN bill_cell AS b USING (day, model_id)),
differing AS (
    SELECT c.*, c.day - row_number() OVER (PARTITION BY c.model_id ORDER BY c.day)::integer AS run
    FROM cell AS c
    WHERE (c.more_input, c.more_output, c.more_read, c.more_write) <> (0, 0, 0, 0) AND c.cache_lost IS NOT TRUE),
-- Days in a row that differ, and together do not: requests about midnight, or a clock that is not UTC.
cut AS (
    SELECT d.model_id, d.run FROM differing AS d GROUP BY d.model_id, d.run
    HAVING (sum(d.more_input), sum(d.more_output), sum(d.more_read), sum(d.more_write)) = (0, 0, 0, 0)),
-- What the billed tokens cost by the price book, in the routing that was billed, and in the global one; NULL: not
-- known.
priced AS (
    SELECT l.day, l.model_id,
           sum(book.cost) FILTER (WHERE book.routing = 'billed') AS billed_routing,
           sum(book.cost) FILTER (WHERE book.routing = 'global') AS global_routing,
           count(*) FILTER (WHERE book.cost IS NULL) AS unknown
    FROM (SELECT l.day, l.model_id, l.region, l.routing, l.tier, l.long_context,
                 sum(l.tokens) FILTER (WHERE l.token_kind = 'input') AS input,
                 sum(l.tokens) FILTER (WHERE l.token_kind = 'output') AS output,
                 sum(l.tokens) FILTER (WHERE l.token_kind = 'cache_read') AS cache_read,
                 sum(l.tokens) FILTER (WHERE l.token_kind = 'cache_write' AND l.cache_ttl IS DISTINCT FROM '1h')
                     AS write,
                 sum(l.tokens) FILTER (WHERE l.token_kind = 'cache_write' AND l.cache_ttl = '1h') AS write_1h
          FROM line AS l
          WHERE l.cause IS NULL AND (l.day, l.model_id) IN (
              SELECT c.day, c.model_id FROM cell AS c
              WHERE (c.more_input, c.more_output, c.more_read, c.more_write) = (0, 0, 0, 0)
                AND abs(c.estimate - c.cost) > 0.000001 * c.cost)
          GROUP BY 1, 2, 3, 4, 5, 6) AS l
    CROSS JOIN LATERAL (
        SELECT v.routing, estimated_cost(l.model_id, l.input, l.output, l.cache_read, l.write, l.write_1h, l.region,
                                         v.value, l.tier, l.day::timestamp AT TIME ZONE 'UTC', l.long_context, 'list')
                   AS cost
        FROM (VALUES ('billed', l.routing), ('global', 'global')) AS v (routing, value)) AS book
    GROUP BY 1, 2),
judged AS (
    SELECT c.*, CASE
        -- The same tokens: it is the price, if anything. A millionth is what floats may lose.
        WHEN c.is_logged AND c.is_billed
             AND (c.more_input, c.more_output, c.more_read, c.more_write) = (0, 0, 0, 0) THEN CASE
            WHEN c.estimate IS NULL THEN 'no estimate'
            WHEN abs(c.estimate - c.cost) <= 0.000001 * c.cost THEN 'match'
            WHEN p.unknown = 0 AND p.billed_routing <> p.global_routing
                 AND abs(c.cost - p.billed_routing) <= 0.000001 * c.cost
                 AND abs(c.estimate - p.global_routing) <= 0.000001 * c.cost THEN 'cross-region premium'
            ELSE 'price' END
        WHEN c.cache_lost THEN 'cache tokens not logged'
        WHEN c.day > t.through OR t.through IS NULL THEN 'not billed yet'
        WHEN cut.run IS NOT NULL THEN 'day cut'
        WHEN NOT c.is_billed THEN 'not billed'
        WHEN NOT c.is_logged THEN 'not logged'
        WHEN greatest(c.more_input, c.more_output, c.more_read, c.more_write) <= 0
             AND EXISTS (SELECT FROM asked AS a
                         WHERE a.cause = 'failed request' AND a.day = c.day AND a.model_id = c.model_id)
            THEN 'failed requests'
        ELSE 'tokens' END AS cause
    FROM cell AS c
    CROSS JOIN (SELECT bedrock.data_through() AS through) AS t
    LEFT JOIN priced AS p USING (day, model_id)
    LEFT JOIN differing AS d USING (day, model_id)
    LEFT JOIN cut ON cut.model_id = d.model_id AND cut.run = d.run)
SELECT j.day, j.model_id, j.called, j.cause, j.requests, j.gateway_tokens, j.estimate, j.billed_tokens, j.cost,
       CASE WHEN j.is_billed THEN 'USD' END
FROM judged AS j
UNION ALL
SELECT a.day, a.model_id, a.called, a.cause, a.requests, a.input + a.output + a.cache_read + a.cache_write, a.estimate,
       NULL, NULL, NULL
FROM asked AS a WHERE a.cause IS NOT NULL
UNION ALL
SELECT l.day, l.model_id, NULL, l.cause, NULL, NULL, NULL, sum(l.tokens), sum(l.cost), l.currency
FROM line AS l WHERE l.cause IS NOT NULL GROUP BY l.day, l.model_id, l.cause, l.currency
$$;
COMMENT ON FUNCTION gateway.compare(date, date, text) IS
    'LiteLLM''s log compared with the bill, by day (UTC) and model, with the cause; gateway_role: principal_key of '
    'the role that LiteLLM calls Bedrock with. estimate is LiteLLM''s, in US dollars, billed_cost the bill''s, in '
    'currency; NULL: that side has nothing, or does not say. Each request and each line of the bill is in one row';
COMMIT;
