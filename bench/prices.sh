#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What pricing logged requests costs, against the join of the price book in plain SQL: prices.sh [ROWS] prints a table
# (Markdown). Connection from the environment, in a database that has the extension; its table price_request is made anew.
# All forms must come to the same sum.
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
rows=${1:-300000}
rounds=$((3 * ${BENCH_ROUNDS:-1}))
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT

psql -X -q -v ON_ERROR_STOP=1 -v rows="$rows" <<'SQL'
SET client_min_messages = warning;
DROP TABLE IF EXISTS price_request, price_string, price_rate, price_wide;
CREATE UNLOGGED TABLE price_request AS
SELECT (ARRAY['us.anthropic.claude-sonnet-4-6', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', 'us.amazon.nova-lite-v1:0',
              'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-8', 'anthropic.claude-sonnet-4-5-20250929-v1:0'])[1 + n % 5] AS model,
       (n * 37) % 20000::numeric AS input, (n * 11) % 2000::numeric AS output, CASE WHEN n % 3 = 0 THEN 5000 ELSE 0 END::numeric AS cache_read,
       CASE WHEN n % 15 = 5 THEN 700 ELSE 0 END::numeric AS cache_write, (ARRAY['us-east-1', 'us-west-2'])[1 + n % 2] AS region,
       timestamptz '2026-07-01 00:00Z' + n * interval '10 seconds' AS at
FROM generate_series(1, :rows) AS n;
-- What the plain form is given for nothing: the model strings resolved, and the book with one row for all kinds.
CREATE UNLOGGED TABLE price_string AS
SELECT r.model, t.model_id, t.routing FROM (SELECT DISTINCT model FROM price_request) AS r, LATERAL bedrock_internal.price_targets(r.model) AS t;
CREATE UNLOGGED TABLE price_rate AS
SELECT p.model_id, p.region, p.routing, p.token_kind, p.usd / 1000000 AS usd, daterange(p.valid_from, p.valid_to, '[]') AS valid
FROM bedrock.prices AS p
WHERE p.tier = 'standard' AND p.long_context_above IS NULL AND coalesce(p.cache_ttl, '5m') = '5m' AND p.unit = '1M tokens' AND p.modality IS NULL AND p.region <> '*';
CREATE UNLOGGED TABLE price_wide AS
SELECT model_id, region, routing, valid, max(usd) FILTER (WHERE token_kind = 'input') AS input, max(usd) FILTER (WHERE token_kind = 'output') AS output,
       coalesce(max(usd) FILTER (WHERE token_kind = 'cache_read'), 0) AS cache_read, coalesce(max(usd) FILTER (WHERE token_kind = 'cache_write'), 0) AS cache_write
FROM price_rate GROUP BY 1, 2, 3, 4;
CREATE INDEX ON price_rate (model_id, region, routing, token_kind);
ANALYZE price_request, price_string, price_rate, price_wide;
SQL

query prices 'reading the columns alone' - - "SELECT sum(length(model) + input + output + cache_read + cache_write + length(region)) + count(at) FROM price_request"
query prices 'join on validity ranges, each kind by its index' - - "SELECT trim_scale(sum(r.input * i.usd + r.output * o.usd + r.cache_read * coalesce(c.usd, 0) + r.cache_write * coalesce(w.usd, 0)))
FROM price_request AS r
JOIN price_string AS s USING (model)
CROSS JOIN LATERAL (SELECT x.usd FROM price_rate AS x WHERE x.model_id = s.model_id AND x.region = r.region AND x.routing = s.routing AND x.token_kind = 'input' AND x.valid @> (r.at AT TIME ZONE 'UTC')::date) AS i
CROSS JOIN LATERAL (SELECT x.usd FROM price_rate AS x WHERE x.model_id = s.model_id AND x.region = r.region AND x.routing = s.routing AND x.token_kind = 'output' AND x.valid @> (r.at AT TIME ZONE 'UTC')::date) AS o
LEFT JOIN price_rate AS c ON c.model_id = s.model_id AND c.region = r.region AND c.routing = s.routing AND c.token_kind = 'cache_read' AND c.valid @> (r.at AT TIME ZONE 'UTC')::date
LEFT JOIN price_rate AS w ON w.model_id = s.model_id AND w.region = r.region AND w.routing = s.routing AND w.token_kind = 'cache_write' AND w.valid @> (r.at AT TIME ZONE 'UTC')::date"
query prices 'join on validity ranges, all kinds in one row' - - "SELECT trim_scale(sum(r.input * w.input + r.output * w.output + r.cache_read * w.cache_read + r.cache_write * w.cache_write))
FROM price_request AS r
JOIN price_string AS s USING (model)
JOIN price_wide AS w ON w.model_id = s.model_id AND w.region = r.region AND w.routing = s.routing AND w.valid @> (r.at AT TIME ZONE 'UTC')::date"
query prices 'estimated_cost' 'join on validity ranges, each kind by its index' '≥ 5 times faster' \
    "SELECT trim_scale(sum(estimated_cost(model, input, output, cache_read, cache_write, region => region, at => at))) FROM price_request"

open_session
run_section prices "$rounds"
answers=$(psql -X -At <<SQL
SELECT count(DISTINCT x) FROM (VALUES ((${texts[1]})), ((${texts[2]})), ((${texts[3]}))) AS v (x)
SQL
)
[ "$answers" = 1 ] || { echo "bench: the forms come to different sums" >&2; exit 1; }
close_session

printf '\n#### Pricing %s requests of a log\n\n| | CPU µs a row | wall µs a row |\n| --- | ---: | ---: |\n' "$rows"
sort -t $'\t' -k1,1n -k7,7n "$figures" | awk -F '\t' -v rows="$rows" '
    { n[$1]++; name[$1] = $3; cpu[$1, n[$1]] = $7; if (!($1 in wall) || $8 < wall[$1]) wall[$1] = $8; last = $1 }
    function median(i) { return cpu[i, int((n[i] + 1) / 2)] }
    END {
        for (i = 0; i <= last; ++i) printf "| %s | %.2f | %.2f |\n", name[i], median(i) / 1000 / rows, wall[i] / rows
        printf "\nThe join of the book takes %.1f times the CPU time of estimated_cost (target: at least 5), that of a book turned into one row for all kinds %.1f times.\n", median(1) / median(3), median(2) / median(3)
    }'
psql -X -q -c 'DROP TABLE price_request, price_string, price_rate, price_wide'
