#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# One bill in three formats, FOCUS with the usage type in SkuMeter as AWS writes it and, as "bare", without. Loaded apart, CUR 2.0, legacy CUR and FOCUS agree in every column of bedrock.spend both formats
# have, by day, account and usage. Loaded together they count once: the first as it is, the others on superseded.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }

load() {
    local format=$1 database=$2 files
    mapfile -t files < <(find "$OUTPUT_DIR/$format" -name '*.csv.gz' | sort)
    PGDATABASE=$database "$SOURCE_DIR/control/load.sh" --table "${format/bare/focus}" "${files[@]}" >"$OUTPUT_DIR/load.$format" 2>&1 || fail "$(cat "$OUTPUT_DIR/load.$format")"
}
raw() {
    case $1 in
        cur2) q -d "$2" -c 'SELECT count(*), sum(line_item_unblended_cost) FROM cur2' ;;
        legacy) q -d "$2" -c 'SELECT count(*), sum("lineItem/UnblendedCost") FROM legacy' ;;
        focus | bare) q -d "$2" -c 'SELECT count(*), sum("BilledCost") FROM focus' ;;
    esac
}
for format in cur2 legacy focus bare; do
    rm -rf "${OUTPUT_DIR:?}/$format"
    option=()
    [ $format != bare ] || option=(--no-sku-meter)
    "$BINARY_DIR/tests/bill/make_bill" --format "${format/bare/focus}" --gzip --out "$OUTPUT_DIR/$format" "${option[@]}" >/dev/null
    dropdb --if-exists "formats_$format"
    createdb -T bedrock_template "formats_$format"
    load $format "formats_$format"
    held=$(q -d "formats_$format" -c 'SELECT sum(lines), sum(coalesce(unblended_cost, net_unblended_cost)) FROM bedrock.bill_total')
    [ "$(raw $format "formats_$format")" = "$held" ] || fail "$format: the table has $(raw $format "formats_$format"), the bill totals $held"
    [ "$(q -d "formats_$format" -c "SELECT count(*) FROM bedrock.doctor() WHERE status = 'error'")" = 0 ] || fail "$format: the doctor has errors"
done

# ---- apart: one file a column and database, summed by day and account ------------------------------------------------

key='billing_period usage_date account_id'
# What CUR and FOCUS both state of every line of usage.
stated='charge_grain payer_account_id account_name billing_entity invoicing_entity invoice_id is_final region charge_type charge_category charge_description product_name sku operation
    resource_id resource_type via_profile profile_kind profile_id profile_name profile_suffix project_id project_name geo_prefix pricing_unit currency list_cost_basis
    attribution_rule workload owner claim_id element1 element2 element3 element4 element_path expected expected_reason evidence_trust
    application customer workflow engineer lines usage_amount net_unblended_cost net_amortized_cost public_on_demand_cost list_cost bedrock_basis'
# What is read from the usage type, or without one from the description of a Marketplace line.
metered='usage_group pricing_model provider model_id model_name model_family model_basis token_kind modality cache_ttl tier long_context custom_model ai_region_type request_path control_layer endpoint tokens agentcore_component'
# The usage type itself, and what a description says of it in part.
typed='usage_type routing'
# FOCUS has none of these.
unfocused='product_code legal_entity unblended_cost blended_cost amortized_cost'
# Labels that tags of callers and accounts feed too, which CUR 2.0 alone has.
labels='team project environment cost_center department tag_owner'
# CUR 2.0 alone has callers; which owner signal is strongest and what kind of traffic it is follows from them.
callers='iam_principal principal_kind principal_name principal_session principal_key user_email user_identifier permission_set caller_class attribution_kind traffic_class tags'
# Names of the metric and the source themselves.
own='source ai_cost cost_metric dimension_id usage_hour'

for column in $(q -d formats_cur2 -c "SELECT attname FROM pg_attribute WHERE attrelid = 'bedrock.spend'::regclass AND attnum > 0"); do
    [[ " $key $stated $metered $typed $unfocused $labels $callers $own " =~ [[:space:]]${column}[[:space:]] ]] || fail "column $column of bedrock.spend is compared nowhere"
done

measured() { [[ $1 = *_cost || $1 = lines || $1 = usage_amount || $1 = tokens ]]; }
# dump FORMAT CONDITION COLUMN...
dump() {
    local format=$1 condition=$2 column
    shift 2
    for column in "$@"; do
        printf '\\o %s\n' "$OUTPUT_DIR/$format.$column"
        if measured "$column"; then
            printf 'SELECT %s, charge_description, trim_scale(sum(%s)), sum(lines) FILTER (WHERE %s IS NOT NULL) FROM seen WHERE %s GROUP BY 1, 2, 3, 4;\n' "${key// /, }" "$column" "$column" "$condition"
        else
            printf 'SELECT %s, %s, sum(lines), trim_scale(sum(net_unblended_cost)) FROM seen WHERE %s GROUP BY 1, 2, 3, 4;\n' "${key// /, }" "$column" "$condition"
        fi
    done >"$OUTPUT_DIR/$format.sql"
    {
        echo "CREATE TEMP VIEW seen AS SELECT *, (SELECT string_agg(bedrock_internal.tag_identity(t.key) || '=' || t.value, ', ' ORDER BY bedrock_internal.tag_identity(t.key), t.value)
            FROM jsonb_each_text(tags) AS t WHERE bedrock_internal.tag_identity(t.key) LIKE 'resource/%') AS resource_tags FROM bedrock.spend;"
        cat "$OUTPUT_DIR/$format.sql"
    } | q -q -d "formats_$format"
    for column in "$@"; do LC_ALL=C sort -o "$OUTPUT_DIR/$format.$column" "$OUTPUT_DIR/$format.$column"; done
}
# same ONE TWO WHAT CONDITION COLUMN...
same() {
    local one=$1 two=$2 what=$3 condition=$4 column failed=no
    shift 4
    dump "$one" "$condition" "$@"
    dump "$two" "$condition" "$@"
    for column in "$@"; do
        [ -s "$OUTPUT_DIR/$one.$column" ] || fail "$what: $one has no line"
        if ! diff "$OUTPUT_DIR/$one.$column" "$OUTPUT_DIR/$two.$column" >"$OUTPUT_DIR/difference"; then
            printf '%s: %s and %s differ in %s:\n' "$what" "$one" "$two" "$column"
            head -n 6 "$OUTPUT_DIR/difference"
            failed=yes
        fi
    done
    [ $failed = no ] || exit 1
    printf '%s: %s and %s agree in %s columns\n' "$what" "$one" "$two" $#
}
stated_alike=${stated/account_name/}
# shellcheck disable=SC2086 # lists of names
{
    same cur2 legacy 'every line' true $stated_alike $metered $typed $unfocused resource_tags
    same legacy focus 'labels of every line' true $labels application customer workflow engineer
    same cur2 focus 'usage' "charge_category = 'usage'" $stated $metered $typed resource_tags
    same cur2 bare 'usage' "charge_category = 'usage'" $stated resource_tags
    same cur2 bare 'usage billed by Marketplace' "charge_category = 'usage' AND billing_entity = 'AWS Marketplace'" $metered
    same cur2 bare 'usage whose resource names the model' "charge_category = 'usage' AND resource_id ~ 'foundation-model/|:inference-profile/[a-z]+[.][^/]*$'" provider model_id model_name model_family
    same cur2 bare 'usage whose resource proves the path' "charge_category = 'usage' AND request_path IN ('application_profile', 'system_profile', 'foundation_model', 'project')" request_path control_layer via_profile
}

# ---- together: once --------------------------------------------------------------------------------------------------

dropdb --if-exists formats_all
createdb -T formats_cur2 formats_all
before=$(q -d formats_all -c 'SELECT sum(lines), sum(unblended_cost), sum(net_unblended_cost), sum(tokens) FROM bedrock.spend')
load legacy formats_all
load focus formats_all
spend() { q -d formats_all -c 'SELECT sum(lines), sum(unblended_cost), sum(net_unblended_cost), sum(tokens) FROM bedrock.spend'; }
[ "$(spend)" = "$before" ] || fail "three formats of one bill: $(spend), one: $before"
[ "$(q -d formats_all -c 'SELECT DISTINCT source FROM bedrock.spend UNION SELECT DISTINCT source FROM bedrock.spend_monthly')" = cur2 ]
[ "$(q -d formats_all -c 'SELECT sum(lines), sum(unblended_cost) FROM bedrock.bill_total WHERE NOT superseded')" = "$(raw cur2 formats_all)" ]
[ "$(q -d formats_all -c 'SELECT count(*), count(DISTINCT source) FROM (SELECT DISTINCT source, billing_period FROM bedrock.bill_total WHERE superseded) AS s')" = '8|2' ]
[ "$(q -d formats_all -c "SELECT count(*) FROM bedrock.doctor() WHERE \"check\" = 'overlap' AND status = 'warning'")" = 8 ]

# Another source from a month on: that month and the later ones are its own, the sums stay.
q -d formats_all -c "SELECT bedrock.prefer_source('focus', '2026-08-01')" >/dev/null
[ "$(q -d formats_all -c "SELECT string_agg(DISTINCT to_char(billing_period, 'MM') || ' ' || source, ', ') FROM bedrock.spend")" = '06 cur2, 07 cur2, 08 focus, 09 focus' ]
[ "$(q -d formats_all -c 'SELECT sum(net_unblended_cost), sum(lines) FROM bedrock.spend')" = "$(cut -d'|' -f3 <<<"$before")|$(cut -d'|' -f1 <<<"$before")" ]
# The next in line takes over from a source that leaves.
q -d formats_all -c "SELECT bedrock.detach('cur2')" >/dev/null
[ "$(q -d formats_all -c "SELECT string_agg(DISTINCT to_char(billing_period, 'MM') || ' ' || source, ', ') FROM bedrock.spend")" = '06 legacy, 07 legacy, 08 focus, 09 focus' ]
q -d formats_all -c "SELECT bedrock.detach('focus')" -c "SELECT bedrock.attach('cur2')" -c 'SELECT * FROM bedrock.refresh()' >/dev/null
[ "$(q -d formats_all -c "SELECT string_agg(DISTINCT source, ', '), sum(lines), sum(unblended_cost) FROM bedrock.spend")" = "legacy|$(cut -d'|' -f1,2 <<<"$before")" ]
[ "$(q -d formats_all -c "SELECT status FROM bedrock.doctor() WHERE \"check\" = 'integrity'")" = ok ]
