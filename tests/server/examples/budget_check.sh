#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/budget-check: an application's role with what the page grants and no more; twenty sessions at once get what
# fits and not a cent more; what is not known, misspelt or without a price is told apart; what the bill has counts once.
dropdb --if-exists examples_budget
q -d postgres -c 'DROP ROLE IF EXISTS examples_app, examples_sharer, examples_other'
createdb -T bedrock_demo examples_budget
export PGDATABASE=examples_budget
# A bill that lags: it ends with 24 September.
q <<'SQL'
CREATE TABLE later AS SELECT * FROM cur WHERE line_item_usage_start_date >= '2026-09-25';
DELETE FROM cur WHERE line_item_usage_start_date >= '2026-09-25';
SELECT FROM bedrock.refresh();
CREATE ROLE examples_app LOGIN;
SQL
q -o /dev/null -v app=examples_app -f "$EXAMPLES/budget-check/budget_guard.sql"
q -o /dev/null -v app=examples_app -f "$EXAMPLES/budget-check/budget_guard.sql"
budget=customer-insights-Bedrock-Monthly-Budget
app() { PGUSER=${role:-examples_app} q "$@"; }
refused() { # refused NAME PATTERN SQL
    app -c "$3" >"$OUTPUT_DIR/out" 2>&1 && fail "$1: not refused"
    grep -q -- "$2" "$OUTPUT_DIR/out" || fail "$1: $(cat "$OUTPUT_DIR/out")"
    echo "ok: $1"
}
refused 'without a scope it sees no budget' "role \"examples_app\" sees no budget" "SELECT budget_guard.reserve('$budget', 1, '2026-09-27')"
q -o /dev/null -c "SELECT bedrock.grant_scope('examples_app', 'workload', 'customer-insights')"

# Room by the lines of the bill themselves.
spent=$(q -c "SELECT sum(ai_cost) FROM bedrock.spend WHERE workload = 'customer-insights' AND billing_period = '2026-09-01' AND charge_category IN ('usage', 'fee', 'commitment_fee', 'commitment_offset')")
is 'the bill ends with 24 September' "$(q -c "SELECT data_through FROM bedrock.budget_status WHERE budget = '$budget'")" 2026-09-24
room=$(q -c "SELECT trim_scale(12000 - $spent)")
each=$(q -c "SELECT div($room * 100, 7.5) / 100")

# ---- twenty at once -----------------------------------------------------------------------------------------------------------

cat >"$OUTPUT_DIR/crowd.py" <<'PY'
import collections, pathlib, sys, threading, time
sys.path.insert(0, sys.argv[1])
import ask_model, psycopg
budget, each = sys.argv[2], sys.argv[3]
answers, barrier = collections.Counter(), threading.Barrier(20)
def one():
    with psycopg.connect(autocommit=True) as connection:
        barrier.wait()
        with connection.transaction():
            answer, = connection.execute('SELECT answer FROM budget_guard.reserve(%s, %s, %s)', (budget, each, '2026-09-27')).fetchone()
            time.sleep(0.01)
        answers[answer] += 1
threads = [threading.Thread(target=one) for _ in range(20)]
[t.start() for t in threads]
[t.join() for t in threads]
print(*sorted(answers.items()))
PY
is 'of twenty sessions at once seven fit, by the bill and what the others reserved' \
    "$(PGUSER=examples_app "$PYTHON" "$OUTPUT_DIR/crowd.py" "$EXAMPLES/budget-check" "$budget" "$each")" "('no', 13) ('yes', 7)"
reserve() { app -c "SELECT answer FROM budget_guard.reserve('$budget', $1, '$2')"; }
left=$(q -c "SELECT $room - 7 * $each")
is 'a cent more than what is left does not fit' "$(reserve "$left + 0.01" 2026-09-27)" no
is 'what is left fits to the last digit' "$(reserve "$left" 2026-09-27)" yes
is 'then nothing fits' "$(reserve 0.000000001 2026-09-27)" no
app -o /dev/null -c "SELECT budget_guard.settle(min(reservation_id), $each - 0.25) FROM budget_guard.reservation WHERE estimate = $each"
is 'a request that cost less than reserved leaves room' "$(reserve 0.26 2026-09-27) $(reserve 0.25 2026-09-27)" 'no yes'

# ---- the application ------------------------------------------------------------------------------------------------------------

sonnet='us.anthropic.claude-sonnet-4-6'
ask() { PGUSER=examples_app "$PYTHON" "$EXAMPLES/budget-check/ask_model.py" "$@" >"$OUTPUT_DIR/out" 2>&1; }
status=0; ask $budget $sonnet us-east-1 1000 2000 2026-09-27 || status=$?
is 'the application is told' "$status $(grep -c "^over budget: $budget has no room" "$OUTPUT_DIR/out")" '1 1'
app -o /dev/null -c "SELECT budget_guard.settle(max(reservation_id), 0) FROM budget_guard.reservation"
ask $budget $sonnet us-east-1 1000 2000 2026-09-27 || fail "$(cat "$OUTPUT_DIR/out")"
is 'what it used is settled' "$(cut -d ' ' -f 1 "$OUTPUT_DIR/out") $(q -c "SELECT settled, estimate = estimated_cost('$sonnet', 1000, 1000, region => 'us-east-1') FROM budget_guard.reservation ORDER BY reservation_id DESC LIMIT 1")" 'yes t|t'
cat >"$OUTPUT_DIR/fails.py" <<'PY'
import sys
sys.path.insert(0, sys.argv[1])
import ask_model, psycopg
def broken(*arguments):
    raise TimeoutError
with psycopg.connect(autocommit=True) as connection:
    try:
        ask_model.ask(connection, sys.argv[2], sys.argv[3], 'us-east-1', 1000, 2000, '2026-09-27', call=broken)
    except TimeoutError:
        print(connection.info.transaction_status.name)
PY
is 'a request that fails keeps its reservation, and no transaction open' \
    "$(PGUSER=examples_app "$PYTHON" "$OUTPUT_DIR/fails.py" "$EXAMPLES/budget-check" $budget $sonnet | tail -n 1) $(q -c "SELECT settled, estimate = estimated_cost('$sonnet', 1000, 2000, region => 'us-east-1') FROM budget_guard.reservation ORDER BY reservation_id DESC LIMIT 1")" 'IDLE f|t'
status=0; ask $budget some-model us-east-1 1000 2000 2026-09-27 || status=$?
is 'a model without a price is an error' "$status $(grep -c 'a reservation needs an estimate' "$OUTPUT_DIR/out")" '1 1'
ask $budget $sonnet us-east-1 1000 2000 2026-10-02 || fail "$(cat "$OUTPUT_DIR/out")"
is 'before there is a bill of the month it goes on, and says so' "$(grep -c 'is not known to have room: going on' "$OUTPUT_DIR/out") $(tail -n 1 "$OUTPUT_DIR/out" | cut -d ' ' -f 1)" '1 unknown'
is 'until reservations alone are more than the budget' "$(reserve 11999 2026-10-02) $(reserve 1 2026-10-02)" 'unknown no'
refused 'a misspelt budget is an error' 'sees no budget "custmer' "SELECT budget_guard.reserve('custmer-insights', 1)"
refused 'a snapshot of a whole transaction is refused' 'needs a transaction of its own' "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT budget_guard.reserve('$budget', 1)"

# ---- other applications: one with the same budget, one with another ----------------------------------------------------------

all() { q -c 'SELECT count(*), sum(estimate), count(*) FILTER (WHERE settled) FROM budget_guard.reservation'; }
first=$(q -c "SELECT min(reservation_id) FROM budget_guard.reservation WHERE NOT settled")
q -o /dev/null -c 'CREATE ROLE examples_sharer LOGIN' -c 'CREATE ROLE examples_other LOGIN' -c "SELECT bedrock.set_budget('hr a month', 1000000, 'workload', 'hr-portal')" \
    -c "SELECT bedrock.grant_scope('examples_sharer', 'workload', 'customer-insights'), bedrock.grant_scope('examples_other', 'workload', 'hr-portal')"
for role in examples_sharer examples_other; do q -o /dev/null -v app=$role -f "$EXAMPLES/budget-check/budget_guard.sql"; done
before=$(all)
for role in examples_sharer examples_other; do
    is "$role sees nothing of another" "$(app -c 'SELECT count(*) FROM budget_guard.reservation')" 0
    refused "$role settles nothing of another" "role \"$role\" has no reservation $first" "SELECT budget_guard.settle($first, 0)"
    is "$role changes nothing of another" "$(app -c 'UPDATE budget_guard.reservation SET estimate = 0 RETURNING 1') $(all)" " $before"
    refused "$role reserves for nobody else" 'permission denied for table reservation' \
        "INSERT INTO budget_guard.reservation (budget, usage_date, estimate, role_name) VALUES ('$budget', '2026-09-27', 0, 'examples_app')"
done
role=examples_other
refused 'one with another budget reserves nothing of it' 'sees no budget' "SELECT budget_guard.reserve('$budget', 1, '2026-09-27')"
refused 'nor past the function' 'violates row-level security policy' "INSERT INTO budget_guard.reservation (budget, usage_date, estimate) VALUES ('$budget', '2026-09-27', 1)"
is 'its own it reserves' "$(app -c "SELECT answer FROM budget_guard.reserve('hr a month', 1, '2026-09-27')") $(app -c 'SELECT budget, role_name FROM budget_guard.reservation')" 'yes hr a month|examples_other'
unset role
left=$(q -c "SELECT $room - sum(estimate) FROM budget_guard.reservation WHERE budget = '$budget' AND usage_date <= '2026-09-30'")
is 'all that is left is reserved' "$(reserve "$left" 2026-09-27)" yes
role=examples_sharer
is 'one with the same budget shares its room' "$(reserve 0.01 2026-09-27)" no
unset role
app -o /dev/null -c "SELECT budget_guard.settle($first, 0)"
role=examples_sharer
is 'which the other one frees' "$(reserve 0.01 2026-09-27) $(q -c "SELECT role_name FROM budget_guard.reservation ORDER BY reservation_id DESC LIMIT 1")" 'yes examples_sharer'
unset role

# ---- the bill comes -----------------------------------------------------------------------------------------------------------

q -c 'INSERT INTO cur SELECT * FROM later' -c 'SELECT FROM bedrock.refresh()'
spent=$(q -c "SELECT sum(ai_cost) FROM bedrock.spend WHERE workload = 'customer-insights' AND billing_period = '2026-09-01' AND charge_category IN ('usage', 'fee', 'commitment_fee', 'commitment_offset')")
is 'days that are on the bill count once' "$(reserve "12000 - $spent + 0.01" 2026-09-30) $(reserve "12000 - $spent" 2026-09-30)" 'no yes'

# ---- what the role may, and needs ------------------------------------------------------------------------------------------------

refused 'it reads no line of the bill' 'permission denied' 'SELECT FROM bedrock.spend'
refused 'it takes no reservation away' 'permission denied' 'DELETE FROM budget_guard.reservation'
is 'it sees its own budget alone' "$(app -c 'SELECT budget FROM bedrock.budget_status')" "$budget"
for grant in 'EXECUTE ON FUNCTION bedrock.within_budget(text, numeric, date)' 'SELECT ON bedrock.budget_status' 'USAGE ON SCHEMA bedrock' 'INSERT (budget, usage_date, estimate) ON budget_guard.reservation' \
    'SELECT ON budget_guard.reservation' 'USAGE ON SCHEMA budget_guard' 'EXECUTE ON FUNCTION budget_guard.reserve(text, numeric, date)' \
    'EXECUTE ON FUNCTION budget_guard.open_estimate(text, date, date)'; do
    q -c "REVOKE $grant FROM examples_app"
    refused "it needs $grant" 'permission denied' "SELECT budget_guard.reserve('$budget', 0, '2026-09-30')"
    q -c "GRANT $grant TO examples_app"
done
printf 'took (ms) for 200 reservations in one session: '
{ echo '\timing on'; for _ in $(seq 200); do echo "SELECT budget_guard.reserve('$budget', 0, '2026-09-30');"; done; } | PGUSER=examples_app psql -X -At | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n | sed -n '100s/^/median /p'
dropdb examples_budget
q -d postgres -c 'DROP ROLE examples_app, examples_sharer, examples_other'
