#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What bedrock.refresh and questions to bedrock.spend cost on the table bill: refresh.sh LINES DIR prints tables
# (Markdown); the single figures go to DIR.
# Connection from the environment; BENCH_ROUNDS scales the number of rounds (1 = 3 refreshes).
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
scale=${BENCH_ROUNDS:-1}
lines=$1 figures=$2/refresh.figures
: >"$figures"

# ---- refresh against the plain GROUP BY -----------------------------------------------------------------------------

# What anyone has to do who wants the bill by day and by everything a line says: the opponent.
plain="SELECT count(*), sum(cost), sum(amount), sum(lines)
FROM (SELECT bill_billing_period_start_date, bill_payer_account_id, bill_invoice_id, bill_invoicing_entity, bill_billing_entity,
             line_item_usage_account_id, line_item_usage_account_name, line_item_line_item_type, line_item_line_item_description,
             line_item_legal_entity, line_item_product_code, product ->> 'product_name', product_region_code, product_sku,
             line_item_usage_type, line_item_operation, line_item_resource_id, line_item_iam_principal, line_item_currency_code,
             pricing_unit, pricing_term, tags, resource_tags, (line_item_usage_start_date AT TIME ZONE 'UTC')::date,
             sum(line_item_unblended_cost) AS cost, sum(line_item_usage_amount) AS amount, count(*) AS lines
      FROM bill
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24) AS g"
fresh="TRUNCATE bedrock.fact, bedrock.fact_month, bedrock.bill_total, bedrock.period, bedrock.attribution, bedrock.dimension,
    bedrock.product, bedrock.profile; DELETE FROM bedrock.session WHERE session_id <> 0;
    DELETE FROM bedrock_internal.state WHERE kind = 'dimensions'"
refresh_of() { printf "SELECT count(*), count(*) FILTER (WHERE action = 'refreshed'), sum(lines) FROM bedrock.refresh(%s)" "$1"; }
base='plain GROUP BY of the raw columns, by day'
query refresh "$base" - - "$plain"
query refresh 'refresh, all new' "$base" '≤ 2.0' "$(refresh_of '')"
query refresh 'refresh, nothing changed' "$base" - "$(refresh_of '')"
# A line of the last period is written anew, as when AWS delivers it again.
query refresh - - - 'UPDATE bill SET line_item_unblended_cost = line_item_unblended_cost
    WHERE ctid = (SELECT ctid FROM bill WHERE bill_billing_period_start_date =
                      (SELECT max(bill_billing_period_start_date) FROM bill) LIMIT 1)'
query refresh 'refresh, one period changed' "$base" - "$(refresh_of '')"
query refresh 'refresh, forced: all replaced' "$base" - "$(refresh_of 'force => true')"

# ---- questions ------------------------------------------------------------------------------------------------------

# name, columns of bedrock.spend, the same of the raw table with the row functions
question() {
    local raw="by $1: row functions on the raw table" sum="SELECT count(*), sum(cost) FROM (SELECT"
    query ask "$raw" - - "$sum $3, sum(line_item_unblended_cost) AS cost FROM bill
        WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name')
           OR try_bedrock_arn(line_item_resource_id) IS NOT NULL GROUP BY $4) AS g"
    query ask "by $1: bedrock.spend" "$raw" '≤ 0.10' "$sum $2, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY $4) AS g"
    query ask "by $1: bedrock.spend_monthly" "$raw" '≤ 0.10' "$sum ${5:-$2}, sum(unblended_cost) AS cost FROM bedrock.spend_monthly GROUP BY $4) AS g"
}
model='bedrock_model_id(line_item_resource_id)'
question model model_id "$model" 1
question project project "bedrock_tag(tags, 'project')" 1
question principal principal_key 'bedrock_principal_key(line_item_iam_principal)' 1
question day usage_date "(line_item_usage_start_date AT TIME ZONE 'UTC')::date" 1 billing_period
question 'five attributes' 'attribution_kind, profile_id, model_id, region, token_kind' \
    "attribution_kind(line_item_resource_id, line_item_iam_principal, tags), bedrock_profile_id(line_item_resource_id), $model,
     bedrock_region(line_item_usage_type), bedrock_token_kind(line_item_usage_type)" '1, 2, 3, 4, 5'

# ---- memory ---------------------------------------------------------------------------------------------------------

# Leaves in $peak_mb what a session of its own takes beyond shared buffers to refresh a source from nothing.
peak_of_refresh() {
    sql -c "$fresh"
    measure_fresh "$(refresh_of "'$1'")"
}

# ---- run ------------------------------------------------------------------------------------------------------------

sql -o /dev/null -c "SELECT bedrock.attach('bill')"
load_before=$(cut -d' ' -f1 /proc/loadavg)
for ((round = 1; round <= ${BENCH_REFRESHES:-3} * scale; ++round)); do
    sql -c "$fresh" -c 'VACUUM bill'
    open_session
    run_section refresh 1 "$round"
    close_session
done
open_session
run_section ask "${BENCH_ASKS:-$((5 * scale))}"
ask "SELECT format('%s dimensions, %s sessions, %s facts (of a day) and %s of a month.', (SELECT count(*) FROM bedrock.dimension),
                   (SELECT count(*) FROM bedrock.session), (SELECT count(*) FROM bedrock.fact), (SELECT count(*) FROM bedrock.fact_month))"
close_session
printf 'Refresh and bedrock.spend: %s\n' "$answer"
printf 'Load average %s before, %s after.\n\n' "$load_before" "$(cut -d' ' -f1 /proc/loadavg)"
print_figures "$lines"

# Every line once, and every line four times: the same combinations.
peak_of_refresh bill
once=$peak_mb
sql -o /dev/null -c "SELECT bedrock.detach('bill')" \
    -c 'CREATE VIEW fourfold AS SELECT b.* FROM bill AS b, generate_series(1, 4)' -c "SELECT bedrock.attach('fourfold', line_item => false)"
peak_of_refresh fourfold
printf '\nPeak memory of a refresh beyond shared buffers: %d MB; of four times the lines with the same combinations: %d MB.\n' "$once" "$peak_mb"
sql -o /dev/null -c "SELECT bedrock.detach('fourfold')" -c 'DROP VIEW fourfold'
