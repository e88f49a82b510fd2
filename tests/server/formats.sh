#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# One bill in three formats. Loaded apart, CUR 2.0, legacy CUR and FOCUS agree in every column of bedrock.spend that two of
# them have, by day, account and usage. Loaded together they count once: the first as it is, the others on standby.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }

for format in cur2 legacy focus; do
    rm -rf "$OUTPUT_DIR/$format"
    "$BINARY_DIR/tests/bill/make_bill" --format $format --gzip --out "$OUTPUT_DIR/$format" >/dev/null
    mapfile -t files < <(find "$OUTPUT_DIR/$format" -name '*.csv.gz' | sort)
    dropdb --if-exists "formats_$format"
    createdb -T bedrock_template "formats_$format"
    q -d "formats_$format" -c "SELECT 'CREATE TABLE IF NOT EXISTS'" >/dev/null
    PGDATABASE=formats_$format "$SOURCE_DIR/control/load.sh" --table "$format" "${files[@]}" >"$OUTPUT_DIR/load.$format" 2>&1 || { cat "$OUTPUT_DIR/load.$format"; exit 1; }
    q -d "formats_$format" -c "SELECT bedrock.attach('$format') WHERE NOT EXISTS (SELECT FROM bedrock.source)" -c 'SELECT * FROM bedrock.refresh()' >/dev/null
done

# The sums of a bill in its own table, by the columns alone.
raw() {
    case $1 in
        cur2) q -d "$2" -c "SELECT count(*), sum(line_item_unblended_cost) FROM cur2" ;;
        legacy) q -d "$2" -c 'SELECT count(*), sum("lineItem/UnblendedCost") FROM legacy' ;;
        focus) q -d "$2" -c 'SELECT count(*), sum("BilledCost") FROM focus' ;;
    esac
}
for format in cur2 legacy focus; do
    held=$(q -d formats_$format -c "SELECT sum(lines), sum(coalesce(unblended_cost, net_unblended_cost)) FROM bedrock.bill_total")
    [ "$(raw $format formats_$format)" = "$held" ] || { echo "$format: the frame holds $held, the table $(raw $format formats_$format)"; exit 1; }
    [ "$(q -d formats_$format -c "SELECT count(*) FROM bedrock.doctor() WHERE status = 'error'")" = 0 ]
done

# Every column of spend, and the formats that have it. What FOCUS 1.2 lacks it lacks: usage types, and what is read from
# them alone; callers; unblended and amortized cost; its own names of charges and pricing units.
names=(charge_type charge_category charge_description product_code product_name sku usage_type operation usage_group pricing_model provider model_id model_name model_family
       token_kind modality cache_ttl tier routing ai_region_type geo_prefix endpoint long_context custom_model resource_id resource_type request_path via_profile
       profile_kind profile_id profile_name profile_suffix project_id project_name control_layer traffic_class tags team application project environment
       cost_center department customer workflow engineer attribution_kind attribution_rule workload owner claim_id expected pricing_unit region account_id payer_account_id billing_entity legal_entity
       invoicing_entity invoice_id is_final currency list_cost_basis account_name iam_principal principal_kind principal_name principal_session principal_key user_email user_identifier permission_set caller_class
       evidence_trust element1 element2 element3 element4 element_path expected_reason cost_metric charge_grain)
# Grouped by day, account and the column, each amount that both have.
compare() {
    local one=$1 two=$2 amounts=$3 where=$4 column
    shift 4
    for column in "$@"; do
        for database in $one $two; do
            q -d "formats_$database" -c "SELECT billing_period, usage_date, account_id, $column, $amounts FROM bedrock.spend WHERE $where GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4::text COLLATE \"C\"" |
                sed -E 's/(\.[0-9]*[1-9])0+(\||$)/\1\2/g; s/\.0+(\||$)/\1/g' >"$OUTPUT_DIR/$database.$column"
        done
        if ! diff "$OUTPUT_DIR/$one.$column" "$OUTPUT_DIR/$two.$column" >"$OUTPUT_DIR/diff.$column"; then
            echo "$one and $two differ in $column:"; head -n 6 "$OUTPUT_DIR/diff.$column"; failed=yes
        fi
    done
}
without() { local skip=" $* " name; for name in "${names[@]}"; do [[ $skip == *" $name "* ]] || echo "$name"; done; }
failed=no
