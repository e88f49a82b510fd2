#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A Cost and Usage Report on another server, read through postgres_fdw with the option extensions 'bedrock_cost': the row
# functions over its text columns run over there, and the answers are those of the same rows at home. Then a report whose
# months lie on two other servers, as docs/scaling.md sets it up, word for word: sums come back, and no lines.
set -euo pipefail
shopt -s inherit_errexit
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
fail() { printf '%s\n' "$*"; exit 1; }
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
export PGDATABASE=fdw_hub

dropdb --if-exists fdw_hub; dropdb --if-exists fdw_remote
createdb -T bedrock_template fdw_hub
createdb -T bedrock_template fdw_remote
q -d fdw_remote <<'SQL'
CREATE TABLE cur (line_item_resource_id text, line_item_usage_type text, line_item_iam_principal text, pricing_unit text,
    line_item_product_code text, bill_billing_entity text, product jsonb, tags jsonb, line_item_usage_amount numeric, line_item_unblended_cost numeric);
INSERT INTO cur
SELECT CASE n % 4 WHEN 0 THEN 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p' || n % 40
                  WHEN 1 THEN 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0/team' || n % 20
                  WHEN 2 THEN 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0' END,
       CASE n % 3 WHEN 0 THEN 'USE1-NovaLite-input-tokens' WHEN 1 THEN 'EU-NovaLite-output-tokens-batch' ELSE 'USW2-MP:USW2_CacheReadInputTokenCount_Global-Units' END,
       CASE n % 5 WHEN 0 THEN 'arn:aws:sts::123456789012:assumed-role/role' || n % 30 || '/session' || n WHEN 1 THEN 'arn:aws:iam::123456789012:user/u' || n % 10 WHEN 2 THEN '' END,
       CASE n % 3 WHEN 2 THEN 'Units' ELSE '1K tokens' END, 'AmazonBedrock', 'AWS', '{"product_name": "Amazon Bedrock"}',
       CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN '{}' ELSE jsonb_build_object('user_team', 'team' || n % 7) END, n * 0.5, n * 0.01
FROM generate_series(1, 5000) n;
ANALYZE cur;
-- A tag is asked for over there: postgres_fdw ships no function whose only text is a constant.
CREATE VIEW cur_by_team AS SELECT bedrock_tag(tags, 'team') AS team, line_item_resource_id, line_item_unblended_cost FROM cur;
SQL
q <<SQL
CREATE EXTENSION postgres_fdw;
CREATE SERVER bill FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host '$PGHOST', port '$PGPORT', dbname 'fdw_remote', extensions 'bedrock_cost', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER bill OPTIONS (user '$PGUSER');
IMPORT FOREIGN SCHEMA public LIMIT TO (cur, cur_by_team) FROM SERVER bill INTO public;
SQL

failed=no
remote() { # remote PATTERN SELECT: the statement that is sent has the pattern
    local plan
    plan=$(q -c "EXPLAIN (VERBOSE, COSTS OFF) $2" | grep 'Remote SQL:')
    [[ $plan == *"$1"* ]] && return
    printf 'not sent to the other server: %s\n  %s\n' "$1" "$plan"
    failed=yes
}

# Every row function that gives a single value, as a condition and as a group. Those that read a resource id, a usage type
# or a principal are found in the catalog, so that a new one is asked for here too.
functions=$(q -c "SELECT p.proname || '|' || p.proargnames[1] FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    WHERE p.pronamespace = 'public'::regnamespace AND p.pronargs = 1 AND p.proargtypes[0] = 'text'::regtype AND p.proargnames[1] IN ('resource_id', 'usage_type', 'principal')
      AND p.prorettype IN ('text'::regtype, 'boolean'::regtype) ORDER BY 1")
[ "$(wc -l <<<"$functions")" -ge 15 ]
while IFS='|' read -r function argument; do
    case $argument in principal) column=line_item_iam_principal ;; *) column=line_item_$argument ;; esac
    call="public.$function($column)"
    remote "WHERE ((" "SELECT line_item_unblended_cost FROM cur WHERE $call IS NOT NULL"
    remote "$call" "SELECT line_item_unblended_cost FROM cur WHERE $call IS NOT NULL"
    remote "$call" "SELECT $call, sum(line_item_unblended_cost) FROM cur GROUP BY 1"
    remote "GROUP BY 1" "SELECT $call, sum(line_item_unblended_cost) FROM cur GROUP BY 1"
done <<<"$functions"
remote 'GROUP BY 1' 'SELECT attribution_kind(line_item_resource_id, line_item_iam_principal, tags), sum(line_item_unblended_cost) FROM cur GROUP BY 1'
remote 'public.attribution_kind(' 'SELECT attribution_kind(line_item_resource_id, line_item_iam_principal, tags), sum(line_item_unblended_cost) FROM cur GROUP BY 1'
remote 'sum(public.bedrock_tokens(' 'SELECT sum(bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type)) FROM cur'
remote 'WHERE (public.is_bedrock(' "SELECT line_item_unblended_cost FROM cur WHERE is_bedrock(line_item_product_code, bill_billing_entity, line_item_usage_type)"
remote 'public.try_bedrock_arn(' 'SELECT try_bedrock_arn(line_item_resource_id), sum(line_item_unblended_cost) FROM cur GROUP BY 1'
remote 'GROUP BY 1' 'SELECT team, sum(line_item_unblended_cost) FROM cur_by_team GROUP BY 1'
remote '@>' "SELECT line_item_unblended_cost FROM cur WHERE tags @> '{\"user_team\": \"team2\"}'"
[ "$failed" = no ]

# The same questions there and here give the same answers.
answers() {
    q -d "$1" <<'SQL'
SELECT bedrock_profile_id(line_item_resource_id), bedrock_request_path(line_item_resource_id), sum(line_item_unblended_cost) FROM cur GROUP BY 1, 2 ORDER BY 1, 2;
SELECT bedrock_principal_key(line_item_iam_principal), bedrock_token_kind(line_item_usage_type), sum(bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type)) FROM cur GROUP BY 1, 2 ORDER BY 1, 2;
SELECT attribution_kind(line_item_resource_id, line_item_iam_principal, tags), bedrock_tag(tags, 'team'), count(*) FROM cur GROUP BY 1, 2 ORDER BY 1, 2;
SELECT u::text, sum(line_item_unblended_cost) FROM cur, LATERAL bedrock_usage_parts(line_item_usage_type) u GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM cur WHERE is_bedrock(line_item_product_code, bill_billing_entity, product ->> 'product_name');
SELECT team, sum(line_item_unblended_cost) FROM cur_by_team GROUP BY 1 ORDER BY 1;
SQL
}
answers fdw_remote >"$OUTPUT_DIR/there"
answers fdw_hub >"$OUTPUT_DIR/here"
[ "$(wc -l <"$OUTPUT_DIR/there")" -gt 50 ]
diff "$OUTPUT_DIR/there" "$OUTPUT_DIR/here"
echo "sent to the other server: $(wc -l <<<"$functions") row functions of one text, attribution_kind, bedrock_tokens, is_bedrock, try_bedrock_arn"

# ---- months on two servers, one coordinator: docs/scaling.md ----------------------------------------------------------------

for database in fdw_home fdw_lines1 fdw_lines2 fdw_coordinator; do dropdb --if-exists $database; done
psql -X -q -d postgres -c 'DROP ROLE IF EXISTS fdw_bill_reader'
rm -rf "$OUTPUT_DIR/bill" "$OUTPUT_DIR/blocks"; mkdir -p "$OUTPUT_DIR/blocks"
for period in 2026-08 2026-09; do
    "$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period $period --out "$OUTPUT_DIR/bill" >/dev/null
done

# At home: both months in one table, and what they come to.
createdb -T bedrock_template fdw_home
PGDATABASE=fdw_home "$SOURCE_DIR/control/load.sh" --table your_cur_table "$OUTPUT_DIR"/bill/data/*/*.csv.gz \
    >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"

# Blocks of the page: "lines" is run on each server with lines, "coordinator" on the coordinator.
blocks_of "$SOURCE_DIR/docs/scaling.md" "$OUTPUT_DIR/blocks" >"$OUTPUT_DIR/list"
mapfile -t lines_blocks < <(awk -F '\x1f' '$4 ~ /runs it on two servers with lines/ { print $1 }' "$OUTPUT_DIR/list")
mapfile -t coordinator_blocks < <(awk -F '\x1f' '$4 ~ /runs it on a coordinator/ { print $1 }' "$OUTPUT_DIR/list")
[ "${#lines_blocks[@]} ${#coordinator_blocks[@]}" = '1 3' ] ||
    fail "docs/scaling.md: blocks for servers with lines ${#lines_blocks[@]}, for the coordinator ${#coordinator_blocks[@]}"
block() { # block NUMBER [SED EXPRESSION]: with the databases of this test
    local here="host '$PGHOST', port '$PGPORT', dbname 'fdw_lines\\1'"
    sed -e "s|host 'bills\([12]\)\.example\.com', dbname 'bills'|$here|" \
        -e 's/\<bill_reader\>/fdw_bill_reader/g' -e "${2:-}" "$OUTPUT_DIR/blocks/$1"
}

for n in 1 2; do
    createdb -T bedrock_template fdw_lines$n
    pg_dump -d fdw_home -s -t public.your_cur_table | q -d fdw_lines$n -o /dev/null
    month="SELECT * FROM your_cur_table WHERE bill_billing_period_start_date = '2026-0$((7 + n))-01Z'"
    q -d fdw_home -c "COPY ($month) TO STDOUT" |
        q -d fdw_lines$n -c 'COPY your_cur_table FROM STDIN'
    # Roles are of the whole server, which both databases are on.
    block "${lines_blocks[0]}" "s/2026_08/2026_0$((7 + n))/; $([ $n = 1 ] || echo '/^CREATE ROLE/d')" | q -d fdw_lines$n
    q -d fdw_lines$n -c 'ANALYZE your_cur_table'
done
createdb -T bedrock_template fdw_coordinator
export PGDATABASE=fdw_coordinator
block "${coordinator_blocks[0]}" | q
block "${coordinator_blocks[1]}" | q >"$OUTPUT_DIR/plan"

# The plan of the page: two servers at the same time, and what is sent there is condition, function, sum and groups.
sent='SELECT bill_billing_period_start_date, public.bedrock_profile_id(line_item_resource_id), sum(line_item_unblended_cost)'
sent+=' FROM public.cur_2026_MM'
sent+=' WHERE (public.is_bedrock(line_item_product_code, bill_billing_entity, product_product_name)) GROUP BY 1, 2'
[ "$(grep -o 'Remote SQL: .*' "$OUTPUT_DIR/plan")" = "Remote SQL: ${sent/MM/08}"$'\n'"Remote SQL: ${sent/MM/09}" ] &&
    [ "$(grep -c 'Async Foreign Scan' "$OUTPUT_DIR/plan")" = 2 ] || fail "$(cat "$OUTPUT_DIR/plan")"

# What the page says of plans: without the setting, without the partition key among the groups, with a condition on it.
remote_sql() { q -c "SET enable_partitionwise_aggregate = $1" -c "EXPLAIN (VERBOSE, COSTS OFF) $2" | grep -o 'Remote SQL: .*'; }
wherever="FROM cur WHERE is_bedrock(line_item_product_code, bill_billing_entity, product_product_name)"
summed="bedrock_profile_id(line_item_resource_id), sum(line_item_unblended_cost) $wherever"
expect() { [ "$(grep -c "$3" <<<"$2" || true)" = "$4" ] || fail "$1: $2"; }
period=bill_billing_period_start_date
plan=$(remote_sql off "SELECT $period, $summed GROUP BY 1, 2")
expect 'not partitionwise' "$plan" 'GROUP BY' 0
plan=$(remote_sql on "SELECT $summed GROUP BY 1")
expect 'no partition key' "$plan" 'GROUP BY' 0
expect 'the condition is sent all the same' "$plan" 'WHERE (public.is_bedrock(' 2
plan=$(remote_sql on "SELECT $period, team, sum(line_item_unblended_cost) $wherever GROUP BY 1, 2")
expect 'a tag of the view' "$plan" 'GROUP BY 1, 2' 2
plan=$(remote_sql on "SELECT $period, bedrock_tag(tags, 'team'), sum(line_item_unblended_cost) $wherever GROUP BY 1, 2")
expect 'a tag of a map' "$plan" 'GROUP BY' 0
september="AND $period = '2026-09-01 00:00:00Z'"
plan=$(remote_sql on "SELECT $period, $summed $september GROUP BY 1, 2")
expect 'September is asked' "$plan" 'cur_2026_09 WHERE .* GROUP BY 1, 2' 1
expect 'and no other month' "$plan" 'Remote SQL' 1

# The same rows as of the table at home.
month_answers() { # month_answers DATABASE TABLE PRODUCT_NAME TEAM
    q -d "$1" <<SQL
SET enable_partitionwise_aggregate = on;
CREATE TEMP VIEW bedrock_lines AS
SELECT *, $4 AS team_of_line FROM $2 WHERE is_bedrock(line_item_product_code, bill_billing_entity, $3);
SELECT p, sum(c), sum(n)
FROM (SELECT $period, bedrock_profile_id(line_item_resource_id), sum(line_item_unblended_cost), count(*)
      FROM bedrock_lines GROUP BY 1, 2) AS m (period, p, c, n) GROUP BY p ORDER BY p;
SELECT $period, bedrock_principal_key(line_item_iam_principal), bedrock_token_kind(line_item_usage_type),
       sum(bedrock_tokens(line_item_usage_amount, pricing_unit, line_item_usage_type)), sum(line_item_unblended_cost)
FROM bedrock_lines GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT $period, team_of_line, attribution_kind(line_item_resource_id, line_item_iam_principal, tags), count(*),
       sum(line_item_unblended_cost)
FROM bedrock_lines GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT bedrock_region(line_item_usage_type), count(*) FROM bedrock_lines
WHERE $period = '2026-09-01 00:00:00Z' AND bedrock_via_profile(line_item_resource_id) GROUP BY 1 ORDER BY 1;
SQL
}
same() { # same WHAT: the two files
    [ "$(wc -l <"$OUTPUT_DIR/home")" -gt "$2" ] || fail "$1: hardly a row"
    diff "$OUTPUT_DIR/home" "$OUTPUT_DIR/away" >"$OUTPUT_DIR/difference" || fail "$1: $(head -n 6 "$OUTPUT_DIR/difference")"
    echo "ok: $1"
}
month_answers fdw_home your_cur_table "product ->> 'product_name'" "bedrock_tag(tags, 'team')" >"$OUTPUT_DIR/home"
month_answers fdw_coordinator cur product_product_name team >"$OUTPUT_DIR/away"
same 'the same rows of months on two servers as of a table at home' 100

# Attached and refreshed, by a role that the servers with lines know as a reader: the same spend, row for row.
spend() { q -d "$1" -c "SELECT to_jsonb(s) - '{source,dimension_id}'::text[] FROM bedrock.spend AS s ORDER BY 1"; }
q -c 'ALTER DATABASE fdw_coordinator SET enable_partitionwise_aggregate = on'
block "${coordinator_blocks[2]}" | q >"$OUTPUT_DIR/refreshed"
[ "$(grep -c '|refreshed|' "$OUTPUT_DIR/refreshed")" = 2 ] || fail "$(cat "$OUTPUT_DIR/refreshed")"
spend fdw_home >"$OUTPUT_DIR/home"; spend fdw_coordinator >"$OUTPUT_DIR/away"
same 'the same spend' 1000
bill=$(q -c 'SELECT sum(unblended_cost) FROM bedrock.bill_total')
[ "$bill" = "$(q -d fdw_home -c 'SELECT sum(line_item_unblended_cost) FROM your_cur_table')" ] ||
    fail 'the bill is not the sum of its lines'
actions() {
    q -c "SELECT string_agg(concat_ws(' ', billing_period, action), ', ' ORDER BY billing_period) FROM bedrock.refresh()"
}
expect 'nothing changed' "$(actions)" '^2026-08-01 unchanged, 2026-09-01 unchanged$' 1
# A cent that moves from a line to another, over there: neither count nor sum of September tells, the lines do.
q -d fdw_lines2 -o /dev/null <<'SQL'
WITH two AS (SELECT min(ctid) AS one, max(ctid) AS other FROM your_cur_table WHERE line_item_product_code = 'AmazonBedrock')
UPDATE your_cur_table AS c
SET line_item_unblended_cost = line_item_unblended_cost + CASE WHEN c.ctid = t.one THEN 0.01 ELSE -0.01 END
FROM two AS t WHERE c.ctid IN (t.one, t.other)
SQL
expect 'a change over there' "$(actions)" '^2026-08-01 unchanged, 2026-09-01 refreshed$' 1
[ "$(q -c "SELECT count(*) FROM bedrock.doctor() WHERE check_name = 'row_age'")" = 1 ] ||
    fail 'the doctor does not say that rows tell no age'

# A managed database, which cannot have the extension: nothing of it is sent, and the answers are the same.
q -c 'ALTER SERVER bills1 OPTIONS (DROP extensions)' -c 'ALTER SERVER bills2 OPTIONS (DROP extensions)'
q -d fdw_lines2 -c "UPDATE your_cur_table SET line_item_unblended_cost = line_item_unblended_cost + 0.01
    WHERE ctid = (SELECT max(ctid) FROM your_cur_table WHERE line_item_product_code = 'AmazonBedrock')"
plan=$(remote_sql on "SELECT $period, $summed $september GROUP BY 1, 2")
expect 'nothing of the extension' "$plan" 'bedrock' 0
expect 'the month all the same' "$plan" "WHERE ((bill_billing_period_start_date = '2026-09-01" 1
expect 'refreshed without the extension' "$(actions)" '^2026-08-01 unchanged, 2026-09-01 refreshed$' 1
for database in fdw_home fdw_lines1 fdw_lines2 fdw_coordinator; do dropdb $database; done
PGDATABASE=postgres q -c 'DROP ROLE fdw_bill_reader'
