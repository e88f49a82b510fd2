# SPDX-License-Identifier: PostgreSQL
# A server of its own with pg_cron, whose database cron_test is empty but for bedrock_cost; a test reads this with `.`, as
# `own` has the folder, `look_every` the seconds between two looks, and `q` and `fail` are there. It ends with the test.
# shellcheck shell=bash
[ -f "$(pg_config --sharedir)/extension/pg_cron.control" ] ||
    fail 'this test needs pg_cron: apt-get install postgresql-15-cron, or -17- (./run test does it)'
cluster=$SOURCE_DIR/control/cluster.sh
eval "$("$cluster" env "$own")"
export PGDATABASE=cron_test BEDROCK_SETTINGS="shared_preload_libraries = 'pg_cron'
cron.database_name = 'cron_test'
cron.host = '$PGHOST'
max_worker_processes = 20
cron.use_background_workers = on"
"$SOURCE_DIR/tests/server/start.sh" "$own" "${MODULE_DIR:-$BINARY_DIR/extension/bedrock_cost}/bedrock_cost.so" "$BINARY_DIR" "${PGXS_TEST%/pgxs/src/test}"
trap '"$cluster" stop "$own"; rm -rf "$own"' EXIT
restart() { "$cluster" stop "$own"; "$cluster" start "$own" "$own/stage"; }
# wait_for CONDITION: until a query says t. A minute is the least that cron knows.
wait_for() {
    for _ in $(seq 300); do [ "$(q -c "SELECT coalesce((SELECT $1), false)")" != t ] || return 0; sleep "$look_every"; done
    q -x -c 'SELECT * FROM bedrock.schedule_log ORDER BY at DESC LIMIT 3' -c 'SELECT * FROM cron.job_run_details ORDER BY start_time DESC LIMIT 3'
    tail -n 20 "$own/server.log"
    fail "in vain waited for: $1"
}
createdb -T bedrock_template cron_test
# The launcher looks for its database at the start.
restart
q -o /dev/null -c 'CREATE EXTENSION pg_cron'
