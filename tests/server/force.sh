#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Files that are not as AWS writes them. Each essential column left out in turn, read by the server and through a table: both
# give the same, or both name the column they cannot do without. Headers that are spelt or parted otherwise, and files of
# other providers.
set -euo pipefail
shopt -s inherit_errexit
q() { psql -X -At -v ON_ERROR_STOP=1 -d forced "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }

dropdb --if-exists forced; createdb -T bedrock_template forced
export PGDATABASE=forced
dir=$OUTPUT_DIR/files; rm -rf "$dir"; mkdir -p "$dir"
chmod a+rx "$OUTPUT_DIR" "$dir"
cur='bill_payer_account_id,line_item_usage_account_id,bill_billing_entity,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,product_product_name,line_item_usage_type,line_item_unblended_cost,line_item_currency_code,line_item_blended_cost,line_item_net_unblended_cost,line_item_usage_amount,pricing_unit,line_item_user_identifier'
# The second line is used in March and billed in April; its discount is in its net cost.
cat >"$dir/cur2.csv" <<CSV
$cur
1,11,AWS,2026-03-01T00:00:00.000Z,2026-03-05T10:00:00.000Z,2026-03-05T11:00:00.000Z,Usage,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,4,USD,3,,10,1K tokens,
1,11,AWS,2026-04-01T00:00:00.000Z,2026-03-31T10:00:00.000Z,2026-03-31T11:00:00.000Z,Usage,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,8,USD,6,7,20,1K tokens,
1,12,AWS,2026-04-01T00:00:00.000Z,2026-04-05T10:00:00.000Z,2026-04-05T11:00:00.000Z,Usage,AmazonEC2,Amazon EC2,BoxUsage,16,USD,16,16,1,Hrs,
CSV
focus='BillingAccountId,SubAccountId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,BillingCurrency,BilledCost,EffectiveCost,ProviderName,SkuMeter,PricingQuantity,PricingUnit'
cat >"$dir/focus.csv" <<CSV
$focus
1,11,2026-03-01T00:00:00.000Z,2026-03-05T00:00:00.000Z,2026-03-06T00:00:00.000Z,Usage,Amazon Bedrock,USD,4,3,AWS,USE1-NovaPro-input-tokens,10,1K tokens
1,11,2026-04-01T00:00:00.000Z,2026-03-31T00:00:00.000Z,2026-04-01T00:00:00.000Z,Usage,Amazon Bedrock,USD,8,7,AWS,USE1-NovaPro-input-tokens,20,1K tokens
1,12,2026-04-01T00:00:00.000Z,2026-04-05T00:00:00.000Z,2026-04-06T00:00:00.000Z,Usage,Amazon EC2,USD,16,16,AWS,BoxUsage,1,Hrs
CSV
# without FILE COLUMN...: the file without these columns
without() {
    local file=$1; shift
    awk -F, -v OFS=, -v names=" $* " 'NR == 1 { for (i = 1; i <= NF; i++) keep[i] = !index(names, " " $i " ") } { n = 0; for (i = 1; i <= NF; i++) if (keep[i]) printf "%s%s", (n++ ? "," : ""), $i; print "" }' "$dir/$file.csv"
}
# taken HOW FILE: what spend and bill totals have of the file, or the error
taken() {
    local how=$1 file=$2
    q -q -c "SELECT bedrock.detach(source) FROM bedrock.source" -c 'DROP TABLE IF EXISTS bill' >/dev/null 2>&1
    if [ "$how" = file ]; then q -q -c "SELECT FROM bedrock.load_cur('$file', name => 'bill', force => true)" >"$OUTPUT_DIR/said" 2>&1
    else "$SOURCE_DIR/control/load.sh" --table bill --force "$file" >"$OUTPUT_DIR/said" 2>&1; fi || { grep -q 'cannot be read without\|can be left out, by force' "$OUTPUT_DIR/said" || cat "$OUTPUT_DIR/said"; echo refused; return; }
    q -c "SELECT billing_period, cost_metric, charge_category, account_id, model_name, sum(lines), trim_scale(sum(coalesce(unblended_cost, net_unblended_cost))), trim_scale(sum(ai_cost)), trim_scale(sum(tokens)) FROM bedrock.spend GROUP BY 1, 2, 3, 4, 5 ORDER BY 1" \
      -c "SELECT 'bill', sum(lines), trim_scale(sum(coalesce(unblended_cost, net_unblended_cost))) FROM bedrock.bill_total" | tr '\n' ' '
}

# ---- each essential column left out in turn ------------------------------------------------------------------------------

whole='2026-03-01|unblended|usage|11|Nova Pro|1|4|4|10000 2026-04-01|unblended|usage|11|Nova Pro|1|8|8|20000 bill|3|28 '
is 'the whole file' "$(taken file "$dir/cur2.csv")" "$whole"
is 'through a table' "$(taken table "$dir/cur2.csv")" "$whole"
# What is known without the column, by hand: 4 and 8 for Bedrock, 16 for EC2; net 7 and 16, blended where there is no net.
expected() {
    case $1 in
        bill_payer_account_id | bill_billing_entity | product_product_name | line_item_currency_code | line_item_product_code) echo "$whole" ;;
        line_item_usage_account_id) echo "${whole//|11|/||}" ;;
        bill_billing_period_start_date) echo '2026-03-01|unblended|usage|11|Nova Pro|2|12|12|30000 bill|3|28 ' ;;
        line_item_usage_start_date | line_item_usage_end_date) echo refused ;;
        line_item_line_item_type) echo '2026-03-01|unblended|unknown|11|Nova Pro|1|4|4| 2026-04-01|unblended|unknown|11|Nova Pro|1|8|8| bill|3|28 ' ;;
        line_item_usage_type) echo '2026-03-01|unblended|usage|11||1|4|4| 2026-04-01|unblended|usage|11||1|8|8| bill|3|28 ' ;;
        line_item_unblended_cost) echo '2026-03-01|blended|usage|11|Nova Pro|1|3|3|10000 2026-04-01|net_unblended|usage|11|Nova Pro|1|7|7|20000 bill|3|26 ' ;;
    esac
}
for column in $(q -c "SELECT CASE WHEN candidates[1] LIKE '%->%' THEN candidates[2] ELSE candidates[1] END FROM bedrock_internal.source_field() WHERE format = 'cur2' AND essential"); do
    without cur2 "$column" >"$dir/narrow.csv"
    [ "$(head -n 1 "$dir/narrow.csv")" != "$cur" ] || fail "$column is not in the file"
    for how in file table; do is "without $column, by $how" "$(taken $how "$dir/narrow.csv")" "$(expected "$column")"; done
done
without cur2 line_item_unblended_cost line_item_net_unblended_cost line_item_blended_cost >"$dir/narrow.csv"
for how in file table; do is "without any cost, by $how" "$(taken $how "$dir/narrow.csv")" refused; done

whole='2026-03-01|net_unblended|usage|11|Nova Pro|1|4|4|10000 2026-04-01|net_unblended|usage|11|Nova Pro|1|8|8|20000 bill|3|28 '
expected() {
    case $1 in
        BillingAccountId | BillingCurrency | EffectiveCost) echo "$whole" ;;
        SubAccountId) echo "${whole//|11|/||}" ;;
        BillingPeriodStart) echo '2026-03-01|net_unblended|usage|11|Nova Pro|2|12|12|30000 bill|3|28 ' ;;
        ChargePeriodStart | ChargePeriodEnd | BilledCost) echo refused ;;
        ChargeCategory) echo '2026-03-01|net_unblended|unknown|11|Nova Pro|1|4|4| 2026-04-01|net_unblended|unknown|11|Nova Pro|1|8|8| bill|3|28 ' ;;
        ServiceName) echo 'bill|3|28 ' ;;
    esac
}
is 'FOCUS' "$(taken file "$dir/focus.csv")" "$whole"
for column in $(q -c "SELECT candidates[1] FROM bedrock_internal.source_field() WHERE format = 'focus' AND essential"); do
    without focus "$column" >"$dir/narrow.csv"
    for how in file table; do is "without $column, by $how" "$(taken $how "$dir/narrow.csv")" "$(expected "$column")"; done
done

# Two months whose lines say the same, but for their days: each is in the bill of its month, and the discount of February is
# in no net cost, as that column is filled nowhere in February. By hand: net 9 + 0, and 20 - 2.
cat >"$dir/months.csv" <<'CSV'
bill_payer_account_id,line_item_usage_account_id,bill_billing_entity,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,product_product_name,line_item_usage_type,line_item_unblended_cost,line_item_net_unblended_cost,line_item_currency_code
1,11,AWS,2026-01-31T23:00:00.000Z,2026-02-01T00:00:00.000Z,Usage,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,10,9,USD
1,11,AWS,2026-01-02T00:00:00.000Z,2026-01-02T01:00:00.000Z,EdpDiscount,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,-1,,USD
1,11,AWS,2026-02-01T00:00:00.000Z,2026-02-01T01:00:00.000Z,Usage,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,20,,USD
1,11,AWS,2026-02-02T00:00:00.000Z,2026-02-02T01:00:00.000Z,EdpDiscount,AmazonBedrock,Amazon Bedrock,USE1-NovaPro-input-tokens,-2,,USD
CSV
for how in file table; do
    taken $how "$dir/months.csv" >"$OUTPUT_DIR/taken"
    is "months without billing periods, by $how" "$(q -c "SELECT billing_period, sum(lines), sum(unblended_cost), sum(net_unblended_cost)
        FROM bedrock.spend GROUP BY 1 ORDER BY 1" | tr '\n' ' ')$(q -c 'SELECT billing_period, lines, unblended_cost, net_unblended_cost FROM bedrock.period ORDER BY 1' | tr '\n' ' ')" \
        '2026-01-01|2|9|9 2026-02-01|2|18|18 2026-01-01|2|9|9 2026-02-01|2|18|18 '
done
q -c 'SELECT FROM bedrock.refresh()' >/dev/null
is 'and nothing to do the second time' "$(q -c 'SELECT string_agg(DISTINCT action, $$ $$) FROM bedrock.refresh()')" unchanged

# ---- names and separators --------------------------------------------------------------------------------------------------

sed -e '1s/\([A-Z]\)/_\L\1/g' -e '1s/^_//' -e '1s/,_/,/g' "$dir/focus.csv" >"$dir/snake.csv"
grep -q '^billing_account_id,sub_account_id,.*,pricing_unit$' <<<"$(head -n 1 "$dir/snake.csv")" || fail "$(head -n 1 "$dir/snake.csv")"
for how in file table; do is "names in snake_case, by $how" "$(taken $how "$dir/snake.csv")" "$whole"; done
tr ',' ';' <"$dir/cur2.csv" >"$dir/semicolons.csv"
q -c "SELECT FROM bedrock.load_cur('$dir/semicolons.csv')" >"$OUTPUT_DIR/said" 2>&1 && fail 'a file with semicolons is loaded'
grep -q 'one column, whose name is a whole header with semicolons' "$OUTPUT_DIR/said" || fail "$(cat "$OUTPUT_DIR/said")"
[ "$(wc -c <"$OUTPUT_DIR/said")" -lt 900 ] || fail "$(cat "$OUTPUT_DIR/said")"
"$SOURCE_DIR/control/load.sh" "$dir/semicolons.csv" >"$OUTPUT_DIR/said" 2>&1 && fail 'a file with semicolons is loaded'
grep -q 'with semicolons, bars or tabs' "$OUTPUT_DIR/said" || fail "$(cat "$OUTPUT_DIR/said")"
echo 'ok: semicolons are told'

# ---- whose lines they are ------------------------------------------------------------------------------------------------------

# 1.4 has no ProviderName; a line of Azure and one that tells nothing are in the file.
cat >"$dir/mixed.csv" <<CSV
${focus/ProviderName/ServiceProviderName},InvoiceIssuerName
1,11,2026-03-01T00:00:00.000Z,2026-03-05T00:00:00.000Z,2026-03-06T00:00:00.000Z,Usage,Amazon Bedrock,USD,4,3,AWS,USE1-NovaPro-input-tokens,10,1K tokens,Amazon Web Services
1,11,2026-03-01T00:00:00.000Z,2026-03-05T00:00:00.000Z,2026-03-06T00:00:00.000Z,Usage,Virtual Machines,USD,1000,1000,Microsoft,D2 v3,1,Hrs,Microsoft
1,11,2026-03-01T00:00:00.000Z,2026-03-05T00:00:00.000Z,2026-03-06T00:00:00.000Z,Usage,Something,USD,50,50,,,1,Hrs,
CSV
# What the lines of a file cost is not kept where they are not read.
for how in file table; do
    cost_of() { [ $how = file ] || printf '%s' "$1"; }
    is "other providers, by $how" "$(taken $how "$dir/mixed.csv")" '2026-03-01|net_unblended|usage|11|Nova Pro|1|4|4|10000 bill|1|4 '
    is "are told, by $how" "$(q -c "SELECT finding, status, detail FROM bedrock_internal.doctor_findings() WHERE finding IN ('other_providers', 'provider_not_stated') ORDER BY 1" | tr '\n' ' ')" \
        "other_providers|info|bill: 1 lines of other providers are left out: Microsoft 1$(cost_of ', 1000.00 USD') provider_not_stated|error|bill: 1 lines$(cost_of ', 50.00 USD,') do not state their provider and are left out "
done
grep -v 'Amazon' "$dir/mixed.csv" >"$dir/azure.csv"
q -q -c "SELECT bedrock.detach(source) FROM bedrock.source" >/dev/null
q -c "SELECT FROM bedrock.load_cur('$dir/azure.csv')" >"$OUTPUT_DIR/said" 2>&1 && fail 'a file without a line of AWS is loaded'
grep -q 'azure.csv has no line of AWS' "$OUTPUT_DIR/said" && grep -q '1 lines of (not stated), 1 lines of Microsoft' "$OUTPUT_DIR/said" || fail "$(cat "$OUTPUT_DIR/said")"
is 'a file without a line of AWS leaves nothing' "$(q -c 'SELECT count(*) FROM bedrock.source')" 0
dropdb forced
