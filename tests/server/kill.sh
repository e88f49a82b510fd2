#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A refresh that is cancelled, terminated or killed at any point leaves the old state or the new one, and the next refresh
# completes. A killed backend takes the whole server down, so this test has one of its own.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }

own=$OUTPUT_DIR/own
"$SOURCE_DIR/tests/server/start.sh" "$own" "${MODULE_DIR:-$BINARY_DIR/extension/bedrock_cost}/bedrock_cost.so" "$BINARY_DIR" "${PGXS_TEST%/pgxs/src/test}"
trap '"$SOURCE_DIR/control/cluster.sh" stop "$own"; rm -rf "$own"' EXIT
eval "$("$SOURCE_DIR/control/cluster.sh" env "$own")"
up() { for _ in $(seq 300); do q -d killed -c 'SELECT 1' >/dev/null 2>&1 && return; sleep 0.1; done; fail 'the server does not come back'; }

rm -rf "$OUTPUT_DIR/bill"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-08 --out "$OUTPUT_DIR/bill" >/dev/null
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$OUTPUT_DIR/bill" >/dev/null
createdb -T bedrock_template killed
PGDATABASE=killed "$SOURCE_DIR/control/load.sh" --table cur "$OUTPUT_DIR"/bill/data/*/*.csv.gz >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
q -d killed -c 'SELECT * FROM bedrock.refresh()' >/dev/null

# Two deliveries to go to and fro between. The second brings combinations, principals and a profile that are new.
deliver() {
    case $1 in
        second) q -d killed -c "UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost + 1, line_item_operation = line_item_operation || 'Again', line_item_iam_principal = line_item_iam_principal || '9' WHERE bill_billing_period_start_date >= '2026-09-01'" >/dev/null ;;
        first) q -d killed -c "UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost - 1, line_item_operation = left(line_item_operation, -5), line_item_iam_principal = left(line_item_iam_principal, -1) WHERE bill_billing_period_start_date >= '2026-09-01'" >/dev/null ;;
    esac
}
state() {
    q -d killed <<'SQL'
SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)), trim_scale(sum(net_unblended_cost)), trim_scale(sum(tokens)), md5(string_agg(k, E'\n' ORDER BY k))
FROM (SELECT concat_ws('|', billing_period, usage_date, model_id, operation, iam_principal, team, sum(lines), trim_scale(sum(unblended_cost))) AS k,
             sum(lines) AS lines, sum(unblended_cost) AS unblended_cost, sum(net_unblended_cost) AS net_unblended_cost, sum(tokens) AS tokens
      FROM bedrock.spend GROUP BY billing_period, usage_date, model_id, operation, iam_principal, team) AS s;
SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)) FROM bedrock.spend_monthly;
SELECT count(*), sum(lines), trim_scale(sum(unblended_cost)), sum(bedrock_lines) FROM bedrock.bill_total;
SELECT billing_period, lines, trim_scale(unblended_cost), is_final FROM bedrock.period ORDER BY 1;
SQL
}
declare -A is
is[first]=$(state)
deliver second
begun=$(date +%s%N)
q -d killed -c 'SELECT * FROM bedrock.refresh()' >/dev/null
whole=$((($(date +%s%N) - begun) / 1000000))
is[second]=$(state)
[ "${is[first]}" != "${is[second]}" ]

at=second interrupted=0
# struck_down WHAT WAY PERCENT SQL: a statement that goes to the state $next and is struck down at a part of its time, $whole.
# The old state or the new one is left, and tables that agree.
struck_down() {
    local what=$1 way=$2 percent=$3 client pid now ended=0
    PGAPPNAME=victim psql -X -At -v ON_ERROR_STOP=1 -d killed -c "$4" >"$OUTPUT_DIR/victim" 2>&1 &
    client=$!
    sleep "$(printf '%d.%03d' $((whole * percent / 100000)) $((whole * percent / 100 % 1000)))"
    case $way in
        cancel) q -d postgres -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND backend_type = 'client backend'" >/dev/null ;;
        terminate) q -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND backend_type = 'client backend'" >/dev/null ;;
        kill)
            pid=$(q -d postgres -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'victim' AND backend_type = 'client backend'")
            [ -z "$pid" ] || kill -9 "$pid"
            ;;
    esac
    wait $client || ended=1
    interrupted=$((interrupted + ended))
    up
    now=$(state)
    if [ "$now" != "${is[$at]}" ] && [ "$now" != "${is[$next]}" ]; then fail "$what, $way at $percent %: neither the old state nor the new one: $now"; fi
    [ $ended = 0 ] || [ "$now" = "${is[$at]}" ] || echo "$what, $way at $percent %: it had committed"
    [ "$(q -d killed -c "SELECT status FROM bedrock.doctor() WHERE \"check\" = 'integrity'")" = ok ] || fail "$what, $way at $percent %: the tables disagree"
}
other_of() { if [ "$1" = first ]; then echo second; else echo first; fi; }

# strike WAY PERCENT: a refresh that is struck down.
strike() {
    next=$(other_of $at)
    deliver $next
    struck_down 'a refresh' "$1" "$2" 'SELECT * FROM bedrock.refresh(force => true)'
    q -d killed -c 'SELECT * FROM bedrock.refresh()' >"$OUTPUT_DIR/next" || fail "$1 at $2 %: the next refresh fails"
    [ "$(state)" = "${is[$next]}" ] || fail "$1 at $2 %: the next refresh ends elsewhere: $(state)"
    [ "$(q -d killed -c "SELECT string_agg(DISTINCT action, ' ') FROM bedrock.refresh()")" = unchanged ] || fail "$1 at $2 %: the refresh after the next still finds changes"
    at=$next
}

for percent in 2 20 35 50 65 80 95; do strike terminate $percent; done
for percent in 30 85; do strike cancel $percent; done
for percent in 10 45 75 90; do strike kill $percent; done
echo "$interrupted of 13 refreshes of $whole ms were struck down"
[ $interrupted -ge 8 ] || fail 'too few refreshes were struck down to prove anything'

# ---- the same of a load that the server reads itself --------------------------------------------------------------------

for delivery in first second; do
    rm -rf "${OUTPUT_DIR:?}/$delivery"; mkdir -p "$OUTPUT_DIR/$delivery"
    for file in "$OUTPUT_DIR"/bill/data/*/*.csv.gz; do
        if [ $delivery = first ]; then cp "$file" "$OUTPUT_DIR/first/"; else gzip -dc "$file" | head -n -3000 | gzip -1 >"$OUTPUT_DIR/second/${file##*/}"; fi
    done
done
chmod -R a+rX "$OUTPUT_DIR"
dropdb killed; createdb -T bedrock_template killed
load_of() {
    printf "SELECT * FROM bedrock.load_cur(ARRAY[%s], name => 'bill', force => true)" "$(printf "'%s'\n" "$OUTPUT_DIR/$1"/*.csv.gz | paste -sd,)"
}
q -d killed -c "$(load_of first)" >/dev/null
is[first]=$(state)
begun=$(date +%s%N)
q -d killed -c "$(load_of second)" >/dev/null
whole=$((($(date +%s%N) - begun) / 1000000))
is[second]=$(state)
[ "${is[first]}" != "${is[second]}" ]
at=second interrupted=0
for way in 'kill 2' 'terminate 5' 'kill 10' 'cancel 20' 'kill 30' 'terminate 45' 'kill 60' 'kill 80'; do
    percent=${way#* } way=${way% *} next=$(other_of $at)
    struck_down 'a load' "$way" "$percent" "$(load_of $next)"
    q -d killed -c "$(load_of $next)" >"$OUTPUT_DIR/next" || fail "a load, $way at $percent %: the next one fails"
    [ "$(state)" = "${is[$next]}" ] || fail "a load, $way at $percent %: the next one ends elsewhere: $(state)"
    at=$next
done
echo "$interrupted of 8 loads of $whole ms were struck down"
[ $interrupted -ge 4 ] || fail 'too few loads were struck down to prove anything'
