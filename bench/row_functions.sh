#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What the row functions cost on the table cur_line: row_functions.sh LINES DIR prints one table (Markdown); the single
# figures go to DIR.
# Connection from the environment; BENCH_ROUNDS scales the number of rounds (1 = at least 7 of each).
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
scale=${BENCH_ROUNDS:-1}
lines=$1 figures=$2/rows.figures
: >"$figures"

resource=line_item_resource_id
usage=line_item_usage_type
principal=line_item_iam_principal
all=$resource,$principal,tags

# ---- one attribution column -----------------------------------------------------------------------------------------

# The sums are asked for, or the planner would not compute them.
grouped() {
    echo "SELECT count(*), sum(cost)
          FROM (SELECT $1 AS key, sum(line_item_unblended_cost) AS cost FROM cur_line GROUP BY 1) AS g"
}

floor='GROUP BY line_item_resource_id'
query one "$floor" - - "$(grouped $resource)"
query one 'GROUP BY attribution_kind(resource_id)' "$floor" '≤ 1.05' "$(grouped "attribution_kind($resource)")"
query one 'GROUP BY attribution_kind(resource_id, principal, tags)' "$floor" '≤ 1.05' \
    "$(grouped "attribution_kind($all)")"
query one 'GROUP BY bedrock_profile_id(resource_id)' "$floor" '≤ 1.10' "$(grouped "bedrock_profile_id($resource)")"

# ---- five attributes at once ----------------------------------------------------------------------------------------

five() {
    echo "SELECT count(*), sum(cost)
          FROM (SELECT $2, profile, model, region, token_kind, sum(cost) AS cost
                FROM $1 GROUP BY 1, 2, 3, 4, 5) AS g"
}

ours='five attributes: the extension'
query five "$ours" - - "$(five with_extension kind)"
query five 'five attributes: split_part and LIKE' "$ours" '≥ 3' "$(five with_split_part kind)"
query five 'five attributes: LIKE fitted to this bill' "$ours" - "$(five with_fitted_like kind)"
query five 'five attributes: regular expressions' "$ours" '≥ 25' "$(five with_regex kind)"
ours='five attributes, kind without tags: the extension'
query five "$ours" - - "$(five with_extension kind_without_tags)"
query five 'five attributes, kind without tags: split_part and LIKE' "$ours" - \
    "$(five with_split_part kind_without_tags)"
query five 'five attributes, kind without tags: LIKE fitted to this bill' "$ours" - \
    "$(five with_fitted_like kind_without_tags)"

# ---- each function --------------------------------------------------------------------------------------------------

# Counting a column reads it and all before it; what the function costs is the difference.
counted() { query calls "count($1)" "count($2)" - "SELECT count(${3:-$1}) FROM cur_line"; }
column() { query calls "count($1)" - - "SELECT count($2) FROM cur_line"; }

column resource_id $resource
for f in bedrock_request_path bedrock_via_profile bedrock_profile_id bedrock_profile_suffix bedrock_geo_prefix \
    bedrock_model_id try_bedrock_arn bedrock_arn_parts attribution_kind; do
    counted "$f(resource_id)" resource_id "$f($resource)"
done
counted "split_part(resource_id, '/', 2)" resource_id "split_part($resource, '/', 2)"
counted "resource_id ~ 'application-inference-profile'" resource_id "$resource ~ 'application-inference-profile'"
column usage_type $usage
for f in bedrock_region bedrock_token_kind bedrock_usage_group bedrock_tier bedrock_routing bedrock_usage_parts; do
    counted "$f(usage_type)" usage_type "$f($usage)"
done
column principal $principal
for f in bedrock_principal_kind bedrock_principal_name bedrock_principal_session bedrock_principal_key \
    bedrock_principal_parts; do
    counted "$f(principal)" principal "$f($principal)"
done
counted 'attribution_kind(resource_id, principal)' principal "attribution_kind($resource, $principal)"
column tags tags
counted 'attribution_kind(resource_id, principal, tags)' tags "attribution_kind($all)"
counted "bedrock_tag(tags, 'team')" tags "bedrock_tag(tags, 'team')"
column product_name product_name
counted 'is_bedrock(product_code, billing_entity, product_name)' product_name \
    'is_bedrock(line_item_product_code, bill_billing_entity, product_name)'
column amount line_item_usage_amount
counted 'bedrock_tokens(amount, unit, usage_type)' amount "bedrock_tokens(line_item_usage_amount, pricing_unit, $usage)"

# ---- run ------------------------------------------------------------------------------------------------------------

open_session

# All forms give the same groups with the same sums, or their times say nothing.
for form in extension split_part fitted_like regex; do
    ask "CREATE TEMP TABLE $form AS SELECT kind, kind_without_tags, profile, model, region, token_kind, sum(cost)
         FROM with_$form GROUP BY 1, 2, 3, 4, 5, 6"
done
for form in split_part fitted_like regex; do
    ask "SELECT count(*) FROM ((TABLE extension EXCEPT ALL TABLE $form) UNION ALL
                               (TABLE $form EXCEPT ALL TABLE extension)) AS d"
    [ "$answer" = 0 ] || { echo "bench: with_extension and with_$form differ in $answer groups" >&2; exit 1; }
done
ask 'SELECT count(*) FROM extension'
groups=$answer

load_before=$(cut -d' ' -f1 /proc/loadavg)
run_section one $((21 * scale))
run_section calls $((9 * scale))
run_section five $((7 * scale))
load_after=$(cut -d' ' -f1 /proc/loadavg)

printf 'Five attributes make %s groups; they and their sums are the same in all forms, to the last digit.\n' "$groups"
printf 'Rounds: %d for one attribute, %d for five, %d for each function. Load average %s before, %s after.\n\n' \
    $((21 * scale)) $((7 * scale)) $((9 * scale)) "$load_before" "$load_after"
close_session
print_figures "$lines"
