#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Faults planted on the road of a line are found, by a load of files and by a refresh of a relation, and nothing is changed.
# The module of this cluster has a function that plants one in the core; a trigger plants one behind it.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 -d planted "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }

mkdir -p "$OUTPUT_DIR"
dropdb --if-exists planted
createdb -T bedrock_template planted
q -q <<'SQL'
CREATE FUNCTION public.plant_fault(fault integer) RETURNS void AS '$libdir/bedrock_cost', 'bedrock_plant' LANGUAGE C STRICT;
CREATE TABLE cur (bill_payer_account_id text, bill_billing_period_start_date timestamptz, bill_billing_entity text, line_item_usage_account_id text,
    line_item_line_item_type text, line_item_product_code text, line_item_usage_type text, line_item_usage_start_date timestamptz, line_item_usage_end_date timestamptz,
    line_item_usage_amount numeric, line_item_unblended_cost numeric, line_item_blended_cost numeric, line_item_net_unblended_cost numeric, line_item_currency_code text,
    product_product_name text, savings_plan_savings_plan_effective_cost numeric);
-- Bedrock and other services, one line a day and service; a line of a savings plan.
INSERT INTO cur
SELECT '111122223333', timestamptz '2026-03-01Z', 'AWS', '111122223333', 'Usage', CASE n % 3 WHEN 0 THEN 'AmazonEC2' ELSE 'AmazonBedrock' END, 'USE1-NovaLite-input-tokens',
       timestamptz '2026-03-01Z' + n * interval '8 hours', timestamptz '2026-03-01Z' + n * interval '8 hours' + interval '1 hour', n, n * 0.37, n * 0.36, n * 0.35, 'USD', 'Amazon', NULL
FROM generate_series(1, 90) AS n
UNION ALL
SELECT '111122223333', timestamptz '2026-03-01Z', 'AWS', '111122223333', 'SavingsPlanCoveredUsage', 'AmazonEC2', 'BoxUsage', timestamptz '2026-03-02Z', timestamptz '2026-03-02 01:00Z', 1, 5, 5, 5, 'USD', 'Amazon', 3.25;
SQL
q -q -c "SET timezone = 'UTC'; COPY cur TO '$OUTPUT_DIR/cur.csv' (FORMAT csv, HEADER)"
state() { q -c "SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(amortized_cost)) FROM bedrock.bill_total" \
            -c "SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(ai_cost)) FROM bedrock.spend"; }

# run ROAD FAULT: one of the two roads with a fault of the core (0: none).
run() {
    case $1 in
        load) command="SELECT count(*) FROM bedrock.load_cur('$OUTPUT_DIR/cur.csv', name => 'planted', force => true)" ;;
        refresh) command="SELECT count(*) FROM bedrock.refresh('cur', force => true)" ;;
    esac
    q -c "SELECT public.plant_fault($2)" -c "$command" -c "SELECT public.plant_fault(0)" >"$OUTPUT_DIR/out" 2>&1
}

q -q -c "SELECT bedrock.attach('cur')"
for road in load refresh; do
    # Sound lines pass, and are what a plain SUM says.
    run $road 0 || fail "$road without a fault: $(cat "$OUTPUT_DIR/out")"
    sound=$(state)
    expected=$(q -c "SELECT count(DISTINCT true), count(*), trim_scale(sum(line_item_unblended_cost)), trim_scale(sum(coalesce(savings_plan_savings_plan_effective_cost, line_item_unblended_cost))) FROM cur")
    [ "$(q -c "SELECT count(DISTINCT true), sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(amortized_cost)) FROM bedrock.bill_total WHERE NOT superseded")" = "$expected" ] ||
        fail "$road: $(state), expected $expected"
    for fault in 1:wrong_rule 2:dropped_line 3:doubled_line 4:misread_digit; do
        if run $road "${fault%%:*}"; then fail "$road with ${fault#*:} passes: $(cat "$OUTPUT_DIR/out")"; fi
        grep -Eq 'conservation is broken in source|and their sums differ after reading' "$OUTPUT_DIR/out" || fail "$road with ${fault#*:}: $(cat "$OUTPUT_DIR/out")"
        [ "$(state)" = "$sound" ] || fail "$road with ${fault#*:} changed something: $(state)"
    done
    # Behind the core: a fact that is lost, doubled, or has another amount, and a bill total that has another amount.
    for fault in 'fact:lost:RETURN NULL' 'fact:doubled:IF pg_trigger_depth() = 1 THEN INSERT INTO bedrock.fact SELECT NEW.*; END IF; RETURN NEW' \
                 'fact:changed:NEW.amortized_cost := NEW.amortized_cost + 0.00000001; RETURN NEW' 'fact:changed cost:NEW.ai_cost := NEW.ai_cost * 4; RETURN NEW' \
                 'fact_month:changed:NEW.ai_cost := NEW.ai_cost + 0.00000001; RETURN NEW' 'fact_month:lost:RETURN NULL' \
                 'bill_total:changed:NEW.blended_cost := NEW.blended_cost * 4; RETURN NEW'; do
        IFS=: read -r table what body <<<"$fault"
        body=${fault#"$table:$what:"}
        q -q -c "CREATE FUNCTION public.plant() RETURNS trigger LANGUAGE plpgsql AS \$f\$ BEGIN $body; END \$f\$" \
             -c "CREATE TRIGGER plant BEFORE INSERT ON bedrock.$table FOR EACH ROW $( [ "$table" = fact ] && echo "WHEN (NEW.usage_date = '2026-03-05')" ) EXECUTE FUNCTION public.plant()" \
             -c "DELETE FROM bedrock.fact; DELETE FROM bedrock.fact_month; DELETE FROM bedrock.bill_total"
        if run $road 0; then fail "$road with a row of $table $what passes: $(cat "$OUTPUT_DIR/out")"; fi
        grep -q 'conservation is broken in source' "$OUTPUT_DIR/out" || fail "$road with a row of $table $what: $(cat "$OUTPUT_DIR/out")"
        q -q -c "DROP FUNCTION public.plant() CASCADE"
        run $road 0 || fail "$road after a planted fault: $(cat "$OUTPUT_DIR/out")"
        [ "$(q -c "SELECT sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(amortized_cost)) FROM bedrock.bill_total WHERE NOT superseded" )" = "${expected#*|}" ] || fail "$road after a planted fault: $(state)"
    done
    q -q -c "SELECT bedrock.detach('planted')" 2>/dev/null || true
done
dropdb planted
