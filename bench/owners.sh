#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What owners cost, on the table bill: questions with 10,000 claims and 10,000 elements against none, and what a change of
# ownership takes until bedrock.spend is right. owners.sh LINES DIR prints tables (Markdown); the single figures go to DIR.
# Connection from the environment; BENCH_ROUNDS scales the number of rounds (1 = 5 rounds).
set -euo pipefail

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bench/measure.sh"
scale=${BENCH_ROUNDS:-1}
lines=$1 figures=$2/owners.figures
: >"$figures"

# name, columns, view: the same question by the intervals of when nothing was claimed, and by those of now
question() {
    local text="SELECT sum(cost) FROM (SELECT $2, sum(unblended_cost) AS cost FROM %s.$3 GROUP BY $4) AS g"
    # shellcheck disable=SC2059
    query ask "by $1, nothing claimed" - - "$(printf "$text" unclaimed)"
    # shellcheck disable=SC2059
    query ask "by $1" "by $1, nothing claimed" '≤ 1.5' "$(printf "$text" bedrock)"
}
question workload workload spend 1
question 'workload and model' 'workload, model_id' spend '1, 2'
question 'the hierarchy, by month' 'element1, element2, element3, workload' spend_monthly '1, 2, 3, 4'
question day usage_date spend 1

sql -o /dev/null -c "SELECT bedrock.attach('bill', line_item => false)" -c 'SELECT count(*) FROM bedrock.refresh()' -c 'VACUUM ANALYZE'
role=$(sql -c "SELECT principal_key FROM bedrock.spend WHERE principal_kind = 'assumed_role' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
middle=$(sql -c "SELECT bedrock.latest_period() + 14")

# Each is taken back, so that every round finds the same.
change() { query change "$1" - - "BEGIN; $2; ROLLBACK"; }
change 'one claim: a role, from the middle of the last month' \
    "SELECT count(bedrock.claim_identity('$role', 'workload 1', '$middle', reason => 'bench')), (SELECT sum(unblended_cost) FROM bedrock.spend_monthly WHERE principal_key = '$role')"
change 'one claim: a role, on all days' "SELECT count(bedrock.claim_identity('$role', 'workload 1', '-infinity', reason => 'bench'))"
change 'an element with a thousand workloads moves' "SELECT bedrock.set_element('element 3', 2, 'element 1', valid_from => '$middle', reason => 'bench')"
change 'an owner rule' "SELECT bedrock.set_owner_rule('bench', 'team', '.', 'workload 2', valid_from => '-infinity', reason => 'bench')"
change 'who pays what: bedrock.compare_attribution' "SELECT count(*) FROM bedrock.compare_attribution('$middle')"

load_before=$(cut -d' ' -f1 /proc/loadavg)
# Claims on all days change intervals where they are, so that facts refer to the same ones before and after.
sql -o /dev/null <<'SQL'
CREATE SCHEMA unclaimed;
CREATE TABLE unclaimed.attribution (LIKE bedrock.attribution INCLUDING ALL);
CREATE TABLE unclaimed.owner (LIKE bedrock.owner INCLUDING ALL);
INSERT INTO unclaimed.attribution OVERRIDING SYSTEM VALUE TABLE bedrock.attribution;
INSERT INTO unclaimed.owner TABLE bedrock.owner;
DO $$
DECLARE
    view text;
BEGIN
    FOREACH view IN ARRAY '{spend,spend_monthly}'::text[] LOOP
        EXECUTE format('CREATE VIEW unclaimed.%I AS %s', view, regexp_replace(
            pg_get_viewdef(format('bedrock.%I', view)::regclass), 'bedrock\.(attribution|owner)', 'unclaimed.\1', 'g'));
    END LOOP;
END
$$;
SQL

# All roles, profiles and projects of the bill but the role that has most lines, and as many more as make 10,000.
sql -o /dev/null -v role="$role" <<'SQL'
SELECT bedrock.set_level(n, 'Level ' || n) FROM generate_series(1, 4) AS n;
INSERT INTO bedrock.element (element, level, element_name, parent, valid)
SELECT 'element ' || n, CASE WHEN n < 3 THEN 1 WHEN n < 13 THEN 2 WHEN n < 1013 THEN 3 ELSE 4 END, 'Element ' || n,
       'element ' || CASE WHEN n < 3 THEN NULL WHEN n < 13 THEN n % 3 WHEN n < 1013 THEN 3 + n % 10 ELSE 13 + n % 1000 END, '[-infinity,)'
FROM generate_series(0, 9999) AS n;
INSERT INTO bedrock.workload (workload, owner, element, valid)
SELECT 'workload ' || n, 'team ' || n % 100, 'element ' || 1013 + n % 8987, '[-infinity,)' FROM generate_series(1, 10000) AS n;
INSERT INTO bedrock.claim (claim_id, identity_kind, identity, workload, valid)
SELECT nextval('bedrock.claim_claim_id_seq'), i.kind, i.identity, 'workload ' || row_number() OVER (ORDER BY i.seen DESC, i.identity), '[-infinity,)'
FROM (SELECT true AS seen, 'principal' AS kind, principal_key AS identity FROM bedrock.dimension WHERE principal_key IS NOT NULL
        AND principal_key <> :'role'
      UNION SELECT true, 'resource', resource_id FROM bedrock.dimension WHERE request_path = 'application_profile'
      UNION SELECT true, 'project', project_id FROM bedrock.dimension WHERE project_id IS NOT NULL
      UNION ALL SELECT false, 'principal', 'arn:aws:iam::999999999999:role/pad-' || n FROM generate_series(1, 10000) AS n
      ORDER BY 1 DESC LIMIT 10000) AS i;
SELECT bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_rules());
VACUUM ANALYZE;
SQL
open_session
run_section ask "$((5 * scale))"
run_section change "$((5 * scale))"
ask "SELECT format('%s dimensions, %s intervals, %s facts; %s claims on what the bill has.', (SELECT count(*) FROM bedrock.dimension), (SELECT count(*) FROM bedrock.attribution),
                   (SELECT count(*) FROM bedrock.fact), (SELECT count(DISTINCT claim_id) FROM bedrock.attribution))"
close_session
printf 'Owners: %s\n' "$answer"
printf 'Load average %s before, %s after.\n\n' "$load_before" "$(cut -d' ' -f1 /proc/loadavg)"
print_figures "$lines"
sql -o /dev/null -c 'SET client_min_messages = warning' -c 'DROP SCHEMA unclaimed CASCADE' -c "SELECT bedrock.detach('bill')" \
    -c 'TRUNCATE bedrock.claim, bedrock.workload, bedrock.element, bedrock.hierarchy_level, bedrock.owner_rule' \
    -c 'SELECT bedrock_internal.refresh_ownership(bedrock_internal.dimensions_of_rules())' -c 'DELETE FROM bedrock.owner WHERE owner_id > 1'
