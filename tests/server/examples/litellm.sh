#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/litellm: each cause of a difference between gateway and bill is named, with its amounts to the last digit;
# all of the bill and all of the log are in the answer, each once.
dropdb --if-exists examples_litellm; createdb -T bedrock_demo examples_litellm
export PGDATABASE=examples_litellm
q -f "$SOURCE_DIR/tests/server/examples/spend_logs.sql"
q -c 'SELECT FROM bedrock.refresh()'
q -f "$EXAMPLES/litellm/gateway_bill.sql" -f "$EXAMPLES/litellm/gateway_bill.sql"
q -c "CREATE TABLE answer AS SELECT * FROM gateway.compare('2026-09-01', '2026-10-01', 'arn:aws:iam::555566667777:role/llm-gateway-role')"
is 'tokens of the raw lines are whole' "$(q -c 'SELECT count(*) FROM raw WHERE tokens IS NULL OR tokens % 1 <> 0 OR model IS NULL')" 0

# ---- each once -----------------------------------------------------------------------------------------------------------------

bedrock="(c.line_item_product_code LIKE 'AmazonBedrock%' OR c.line_item_product_code IN (SELECT line_item_product_code FROM cur WHERE product ->> 'product_name' LIKE '%(Amazon Bedrock Edition)%'))"
is 'all of the bill is there' "$(q -c 'SELECT currency, trim_scale(sum(billed_cost)) FROM answer WHERE billed_cost IS NOT NULL GROUP BY 1 ORDER BY 1')" \
    "$(q -c "SELECT line_item_currency_code, trim_scale(sum(line_item_unblended_cost)) FROM cur AS c WHERE $bedrock AND bill_billing_period_start_date = '2026-09-01' GROUP BY 1 ORDER BY 1")"
is 'all of the log is there' "$(q -c 'SELECT sum(requests), trim_scale(sum(estimate)) FROM answer')" "$(q -c 'SELECT count(*), trim_scale(sum(spend::text::numeric)) FROM "LiteLLM_SpendLogs"')"
is 'in US dollars, in euros and without a currency' "$(q -c "SELECT string_agg(DISTINCT coalesce(currency, 'not stated'), ' ') FROM answer WHERE billed_cost IS NOT NULL")" 'EUR USD not stated'
is 'what has no currency is compared with nothing' "$(q -c "SELECT DISTINCT cause FROM answer WHERE billed_cost IS NOT NULL AND currency IS NULL")" 'other currency'

# ---- cause by cause --------------------------------------------------------------------------------------------------------------

# cause NAME DAYS MODEL ESTIMATE COST: what the answer has of it, against sums over log and raw lines.
cause() { q -c "SELECT string_agg(DISTINCT to_char(day, 'MM-DD'), ' ' ORDER BY to_char(day, 'MM-DD')), trim_scale(sum(estimate)), trim_scale(sum(billed_cost)) FROM answer WHERE cause = '$1'"; }
logged() { q -c "SELECT trim_scale(sum(spend::text::numeric)) FROM \"LiteLLM_SpendLogs\" WHERE $1"; }
billed() { q -c "SELECT trim_scale(sum(cost)) FROM raw WHERE model = '$1' AND at::date IN ($2)"; }
both() { # both CAUSE MODEL DAY...
    local name=$1 model=$2 days; shift 2
    days=$(printf ",'2026-%s'" "$@")
    is "$name" "$(cause "$name")" "$*|$(logged "model_group = 'alias-$model' AND status = 'success' AND \"startTime\"::date IN (${days#,})")|$(billed "$model" "${days#,}")"
}
both 'cross-region premium' haiku 09-02
both price sonnet 09-03
both 'cache tokens not logged' sonnet 09-04
both 'day cut' sonnet 09-08 09-09
both 'failed requests' haiku 09-11
both tokens nova-2 "$(q -c "SELECT to_char(max(at), 'MM-DD') FROM raw WHERE model = 'nova-2'")"
is 'not logged' "$(cause 'not logged')" "09-10||$(billed haiku "'2026-09-10'")"
is 'failed request' "$(cause 'failed request')" '09-11|0|'
is 'other provider' "$(cause 'other provider')" '09-14|1.25|'
is 'model not known' "$(cause 'model not known')" '09-15|2.5|'
is 'answered by the gateway' "$(cause 'answered by the gateway')" '09-16|0.125|'
is 'not billed' "$(cause 'not billed')" '09-18|0.03125|'
is 'batch or provisioned' "$(cause 'batch or provisioned')" '09-21|0.5|7.125'
is 'other currency' "$(cause 'other currency')" '09-22 09-24||3.3125'
is 'not in tokens' "$(cause 'not in tokens')" '09-23||1.5'
is 'not billed yet' "$(cause 'not billed yet')" '10-01|0.75|'
outside() { q -c "SELECT trim_scale(sum(line_item_unblended_cost)) FROM cur AS c WHERE $bedrock AND bill_billing_period_start_date = '2026-09-01' AND $1"; }
sum_of() { q -c "SELECT trim_scale(sum(billed_cost)) FROM answer WHERE cause = '$1'"; }
is 'outside the gateway' "$(sum_of 'outside the gateway')" \
    "$(outside "line_item_line_item_type = 'Usage' AND line_item_iam_principal <> '' AND line_item_iam_principal NOT LIKE '%:assumed-role/llm-gateway-role/%'")"
is 'caller not stated' "$(sum_of 'caller not stated')" "$(outside "line_item_line_item_type = 'Usage' AND coalesce(line_item_iam_principal, '') = ''")"
is 'not usage' "$(sum_of 'not usage')" "$(outside "line_item_line_item_type <> 'Usage'")"
is 'all other days match, to a millionth' "$(q -c "SELECT count(*) > 50, bool_and(gateway_tokens = billed_tokens AND abs(estimate - billed_cost) <= 0.000001 * billed_cost) FROM answer WHERE cause = 'match'")" 't|t'
is 'and there is no other cause' "$(q -c "SELECT count(DISTINCT cause) FROM answer")" 20

# ---- a table that is declared another way --------------------------------------------------------------------------------------

# Of each cause one request without spend: its row has no estimate, never the sum of the others.
q -o /dev/null <<'SQL'
DROP SCHEMA gateway CASCADE;
ALTER TABLE "LiteLLM_SpendLogs" ALTER "startTime" TYPE timestamptz USING "startTime" AT TIME ZONE 'UTC', ALTER spend DROP DEFAULT, ALTER spend DROP NOT NULL,
    ALTER spend TYPE text;
SQL
q -f "$EXAMPLES/litellm/gateway_bill.sql"
again() { PGTZ=$1 q -c "CREATE TABLE $2 AS SELECT * FROM gateway.compare('2026-09-01', '2026-10-01', 'arn:aws:iam::555566667777:role/llm-gateway-role')"; }
for zone in UTC America/Los_Angeles Asia/Tokyo; do
    again "$zone" other
    is "a start with a time zone, read in $zone" "$(q -c '(TABLE answer EXCEPT ALL TABLE other) UNION ALL (TABLE other EXCEPT ALL TABLE answer)')" ''
    q -c 'DROP TABLE other'
done
q -o /dev/null <<'SQL'
UPDATE "LiteLLM_SpendLogs" SET spend = '' WHERE request_id = (SELECT min(request_id) FROM "LiteLLM_SpendLogs"
    WHERE model_group = 'alias-sonnet' AND "startTime" >= '2026-09-07 00:00Z' AND "startTime" < '2026-09-08 00:00Z');
UPDATE "LiteLLM_SpendLogs" SET spend = NULL WHERE request_id IN ('openai', 'twice');
SQL
again UTC unknown
is 'of a day whose requests do not all say spend the estimate is not known' \
    "$(q -c "SELECT string_agg(cause || ' ' || requests, ', ' ORDER BY cause) FROM unknown WHERE requests IS NOT NULL AND estimate IS NULL")" \
    "no estimate $(q -c "SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE model_group = 'alias-sonnet' AND \"startTime\" >= '2026-09-07 00:00Z' AND \"startTime\" < '2026-09-08 00:00Z'"), other provider 1, tokens $(q -c "SELECT count(*) FROM \"LiteLLM_SpendLogs\" WHERE model_group = 'alias-nova-2' AND \"startTime\" >= (SELECT max(at)::date::timestamp AT TIME ZONE 'UTC' FROM raw WHERE model = 'nova-2')")"
is 'and nothing else is another' "$(q -c "SELECT count(*), count(DISTINCT day) FROM (SELECT day, called, requests, gateway_tokens, billed_tokens, billed_cost, currency FROM answer
    EXCEPT ALL SELECT day, called, requests, gateway_tokens, billed_tokens, billed_cost, currency FROM unknown) AS d")" '0|0'
dropdb examples_litellm
