#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# bedrock.schedule_refresh under a pg_cron of its own server: runs happen, both ways pg_cron has of running a job; a failing
# source is told by the doctor; two runs do not overlap; a job that was disabled, lost or cut off is told; unscheduled is gone.
# What is waited for are events, none of them has a time of its own.
set -euo pipefail
shopt -s inherit_errexit
q() { psql -X -At -v ON_ERROR_STOP=1 -d cron_test "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }

own=$OUTPUT_DIR/own look_every=0.5
. "$SOURCE_DIR/tests/server/cron_server.sh"
told() { q -c "SELECT status, detail FROM bedrock.doctor() WHERE \"check\" = 'scheduled_refresh' AND status <> 'info'" | sed 's/[0-9]*-[0-9]*-[0-9]* [0-9]*:[0-9]*/then/'; }
outcome() { printf "(SELECT l.action = '%s' FROM bedrock.schedule_log AS l WHERE l.action IN ('refreshed', 'failed') ORDER BY l.at DESC LIMIT 1)" "$1"; }

q -q <<'SQL'
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '2', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2025-03-01',
    line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_unblended_cost numeric DEFAULT 1, line_item_currency_code text DEFAULT 'USD');
INSERT INTO bill DEFAULT VALUES;
SELECT FROM bedrock.attach('bill', line_item => false);
SQL

# ---- one job, whoever orders it how often --------------------------------------------------------------------------------

job=$(q -c 'SELECT bedrock.schedule_refresh()')
is 'the job' "$(q -c "SELECT jobid, schedule, command, database, username, active FROM cron.job")" "$job|17 */4 * * *|CALL bedrock.refresh_scheduled('04:00:00')|cron_test|postgres|t"
is 'ordered again, it is the same job' "$(q -c "SELECT bedrock.schedule_refresh('0 6 * * 1-5')")" "$job"
is 'with the other schedule' "$(q -c 'SELECT schedule, command FROM cron.job')" "0 6 * * 1-5|CALL bedrock.refresh_scheduled('3 days')"
if q -c "SELECT bedrock.schedule_refresh('every now and then')" 2>"$OUTPUT_DIR/error"; then fail 'an expression nobody knows was taken'; fi
grep -q 'invalid schedule' "$OUTPUT_DIR/error" || fail "$(cat "$OUTPUT_DIR/error")"
is 'an expression nobody knows changes nothing' "$(q -c 'SELECT schedule FROM cron.job')|$(q -c "SELECT count(*) FROM bedrock.schedule_log")" '0 6 * * 1-5|2'
is 'nothing ran yet, nothing is wrong' "$(told)" ''

# ---- runs ----------------------------------------------------------------------------------------------------------------

# At the start of the server, which need not be waited for: once in a background worker, once over a connection.
is 'ordered for the start' "$(q -c "SELECT bedrock.schedule_refresh('@reboot')")" "$job"
restart
wait_for "$(outcome refreshed)"
is 'a run in a background worker' "$(q -c 'SELECT sum(unblended_cost) FROM bedrock.spend')|$(told)" '1|ok|the last scheduled refresh, then UTC by postgres, read 1 periods'
wait_for "EXISTS (SELECT FROM cron.job_run_details WHERE status = 'succeeded')"
q -q -c 'UPDATE bill SET line_item_unblended_cost = 2'
BEDROCK_SETTINGS=${BEDROCK_SETTINGS/%on/off} restart
wait_for "(SELECT count(*) = 2 FROM bedrock.schedule_log WHERE action = 'refreshed')"
is 'a run over a connection' "$(q -c 'SELECT sum(unblended_cost) FROM bedrock.spend')|$(told)" '2|ok|the last scheduled refresh, then UTC by postgres, read 1 periods'
is 'and in the log of pg_cron' "$(q -c "SELECT count(*) FROM cron.job_run_details WHERE status NOT IN ('succeeded', 'running', 'starting', 'connecting', 'sending')")" 0

# By the clock, and this time the source fails.
q -q -c 'UPDATE bill SET line_item_unblended_cost = 3' -c 'INSERT INTO bill (bill_billing_period_start_date) VALUES (NULL)'
often='* * * * *'
[ "$(q -c "SELECT split_part(extversion, '-', 1)::numeric >= 1.5 FROM pg_extension WHERE extname = 'pg_cron'")" = f ] || often='5 seconds'
q -c "SELECT bedrock.schedule_refresh('$often')" >/dev/null
wait_for "$(outcome failed)"
is 'what a failed run did is taken back' "$(q -c 'SELECT sum(unblended_cost) FROM bedrock.spend')" 2
[[ $(told) == 'error|the last scheduled refresh, then UTC by postgres, failed: 1 lines of source "bill" have no billing period'* ]] || fail "the doctor does not tell the failure: $(told)"
wait_for "EXISTS (SELECT FROM cron.job_run_details WHERE status = 'failed' AND return_message LIKE '%no billing period%')"
echo 'ok: a failure is told by the doctor and by pg_cron'
q -q -c 'DELETE FROM bill WHERE bill_billing_period_start_date IS NULL'

# ---- a job that is lost or disabled, and one that is taken back -------------------------------------------------------------

q -q -c "SELECT FROM bedrock.schedule_refresh('0 6 1 1 *')" -c "UPDATE cron.job SET active = false"
grep -qxF "error|pg_cron's job bedrock.refresh is disabled" <<<"$(told)" || fail "a disabled job is not told: $(told)"
q -q -c "SELECT FROM cron.unschedule('bedrock.refresh')"
grep -qxF 'error|pg_cron has no job bedrock.refresh any more' <<<"$(told)" || fail "a lost job is not told: $(told)"
q -q -c "SELECT FROM bedrock.schedule_refresh('0 6 1 1 *')"
is 'unscheduled' "$(q -c 'SELECT bedrock.unschedule_refresh()')$(q -c 'SELECT count(*) FROM cron.job')$(told)" t0
is 'unscheduled again' "$(q -c 'SELECT bedrock.unschedule_refresh()')" f
wait_for "NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'CALL bedrock.refresh_scheduled%' AND pid <> pg_backend_pid())"
q -c 'CALL bedrock.refresh_scheduled()' >/dev/null
is 'a run by hand after it' "$(q -c 'SELECT sum(unblended_cost) FROM bedrock.spend')" 3

# ---- one at a time ---------------------------------------------------------------------------------------------------------

# The first run reads a view that waits for a lock of ours.
q -q -c "CREATE VIEW waits AS SELECT b.* FROM bill AS b, pg_advisory_xact_lock_shared(4711)" -c "SELECT FROM bedrock.attach('waits', line_item => false)"
mkfifo "$OUTPUT_DIR/gate"
psql -X -At -q -d cron_test <"$OUTPUT_DIR/gate" >"$OUTPUT_DIR/gate.out" & gate=$!
exec 4>"$OUTPUT_DIR/gate"; rm "$OUTPUT_DIR/gate"
echo 'SELECT pg_advisory_lock(4711);' >&4
wait_for "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted)"
q -c "CALL bedrock.refresh_scheduled('1 hour')" >"$OUTPUT_DIR/first" 2>&1 & first=$!
wait_for "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted)"
is 'a run at work' "$(told)" 'ok|a scheduled refresh is at work since then UTC'
q -c "CALL bedrock.refresh_scheduled('1 hour')" >"$OUTPUT_DIR/second" 2>&1 || fail "a second run fails: $(cat "$OUTPUT_DIR/second")"
is 'a second run skips' "$(q -c "SELECT count(*), min(message) FROM bedrock.schedule_log WHERE action = 'skipped' AND ended_at IS NOT NULL")" '1|another scheduled refresh is at work'
PGOPTIONS='-c client_min_messages=notice' q -c "CALL bedrock.refresh_scheduled('1 hour')" >"$OUTPUT_DIR/second" 2>&1
grep -q 'scheduled refresh skipped: another one is at work' "$OUTPUT_DIR/second" || fail "a skipped run does not say so: $(cat "$OUTPUT_DIR/second")"
is 'a run at work, others skipped' "$(told)" 'ok|a scheduled refresh is at work since then UTC'

# Cut off: its entry stays, and the doctor sees that nobody is behind it.
q -q -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL bedrock.refresh_scheduled%' AND pid <> pg_backend_pid()" >/dev/null
if wait $first; then fail 'a terminated run ends well'; fi
q -q -c "UPDATE bedrock.schedule_log SET at = at - interval '2 minutes'"
grep -q '^error|the last scheduled refresh, then UTC by postgres, was cut off' <<<"$(told)" || fail "a run that was cut off is not told: $(told)"
exec 4>&-
wait $gate
q -c "CALL bedrock.refresh_scheduled('1 hour')" >/dev/null
[[ $(told) == 'ok|the last scheduled refresh'* ]] || fail "after a run that ended well: $(told)"
echo 'ok: one at a time; a run that was cut off is told, and the next one ends well'

# ---- what the docs show of pg_cron -------------------------------------------------------------------------------------------

. "$SOURCE_DIR/tests/server/docs_blocks.sh"
rm -rf "$OUTPUT_DIR/blocks"; mkdir -p "$OUTPUT_DIR/blocks"
ran=0
for page in "$SOURCE_DIR"/README.md "$SOURCE_DIR"/docs/*.md; do
    [ "${page##*/}" != reference.md ] || continue
    while IFS=$'\x1f' read -r number line language reason _; do
        [ "$reason" = 'the test schedule has a pg_cron' ] || continue
        q -f "$OUTPUT_DIR/blocks/$number" >"$OUTPUT_DIR/out" 2>&1 || fail "$page:$line ($language) fails: $(cat "$OUTPUT_DIR/out")"
        ran=$((ran + 1))
    done < <(blocks_of "$page" "$OUTPUT_DIR/blocks")
done
[ $ran -gt 0 ] || fail 'no page shows pg_cron'
echo "ok: $ran blocks of the docs about pg_cron"
