#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The drivers that BI tools are made of meet every column of the relations that people read: psycopg, SQLAlchemy, ODBC,
# JDBC and node read, filter and group what psql says it is, value by value, as two people who see different parts of the
# bill. They run in a zone far from the server's, where a midnight is missing, so that a day which shifts is seen.
set -euo pipefail
shopt -s inherit_errexit
here=$SOURCE_DIR/tests/server/clients
. "$SOURCE_DIR/tests/clients/proxy.sh"
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
trap close_proxy EXIT
for needed in /usr/share/java/postgresql.jar /usr/bin/python3; do
    [ -e $needed ] || fail "this test needs $needed: ./run test installs it"
done
modules=$("$SOURCE_DIR/control/npm.sh" "$SOURCE_DIR/tests/clients")

# ---- what Acme's bill has nowhere: an hour, a user, an array, amounts that no float holds, text that trips --------------

dropdb --if-exists clients_test
createdb -T bedrock_demo clients_test
export PGDATABASE=clients_test
q -o /dev/null <<'SQL'
CREATE TEMP TABLE planted AS
SELECT f.tableoid AS part, f.ctid AS row, f.dimension_id, row_number() OVER (ORDER BY f.dimension_id) AS n
FROM bedrock.fact AS f JOIN bedrock.attribution AS a USING (attribution_id) JOIN bedrock.owner AS o USING (owner_id)
WHERE f.usage_date = '2026-08-10' AND o.workload = 'hr-portal' LIMIT 2;
UPDATE bedrock.fact AS f SET usage_hour = '2026-08-10 03:00+00', usage_amount = 98765432109876543210.0123456789,
       blended_cost = 0.0000000001, net_unblended_cost = -0.10
FROM planted AS p WHERE f.tableoid = p.part AND f.ctid = p.row;
UPDATE bedrock.dimension AS d
SET user_identifier = CASE p.n WHEN 1 THEN E'O''Brien \\ "x",\t{é} 😀\nNULL' ELSE '' END
FROM planted AS p WHERE p.dimension_id = d.dimension_id;
UPDATE bedrock.bill_total SET high_session_roles = '{plain,"two words","a\"b\\c,d",""}'
WHERE bill_id = (SELECT min(bill_id) FROM bedrock.bill_total);
SQL

# ---- as two people -----------------------------------------------------------------------------------------------------

by_psycopg() { /usr/bin/python3 "$here/clients.py" psycopg; }
by_sqlalchemy() { /usr/bin/python3 "$here/clients.py" sqlalchemy; }
by_odbc() { /usr/bin/python3 "$here/clients.py" odbc; }
by_jdbc() { java -cp /usr/share/java/postgresql.jar "$here/Clients.java" "$proxy_port"; }
by_node() { node "$here/clients.mjs" "$modules"; }
clients='psycopg sqlalchemy odbc jdbc node'
open_proxy

# person NAME CONDITION: what a superuser selects with CONDITION is what row security leaves of bedrock.spend.
person() {
    local -x PGUSER=$1 TZ=America/Santiago PGTZ=UTC
    local dir=$OUTPUT_DIR/$1 client running=() seen
    rm -rf "$dir"; mkdir -p "$dir"
    q -v expected_sql="$dir/expected.sql" -f "$here/plan.sql" >"$dir/plan"
    q -f "$dir/expected.sql" >"$dir/expected"
    PGUSER=postgres q -F $'\t' -c "SELECT count(*), sum(unblended_cost) FROM bedrock.spend WHERE $2" >"$dir/total"
    diff <(sed -n '/^# total/{n;p}' "$dir/expected") "$dir/total" || fail "$1 sees another part of the bill by psql"
    for client in $clients; do
        "by_$client" <"$dir/plan" >"$dir/$client" 2>"$dir/$client.errors" &
        running+=("$client:$!")
        # Two at a time: each has a server process beside it.
        [ ${#running[@]} -lt 2 ] || { finish "${running[0]}"; running=("${running[@]:1}"); }
    done
    for seen in "${running[@]}"; do finish "$seen"; done
}
finish() {
    local client=${1%%:*} got=$dir/expected
    wait "${1#*:}" || fail "$client, $PGUSER: $(tail -n 5 "$dir/$client.errors") at $(grep '^#' "$dir/$client" | tail -n 1)"
    # Names and COMMENTs of columns are asked of those that have a way of their own.
    case $client in
        psycopg | odbc | node) got=$dir/expected.values; awk '/^#/ { skip = /^# columns/ } !skip' "$dir/expected" >"$got" ;;
    esac
    cmp -s "$got" "$dir/$client" || fail "$client, $PGUSER, against psql: $(diff "$got" "$dir/$client" | head -n 20 | cut -c 1-400)"
    echo "ok: $client, $PGUSER: $(grep -c '^# filter' "$dir/$client") columns, $(grep -vc '^#' "$dir/$client") rows as in psql"
}
person acme_finance true
person acme_owner "workload = 'hr-portal'"

# ---- nothing was left out ----------------------------------------------------------------------------------------------

# Who sees everything meets a value in each column, so that no column is equal because it is empty.
empty=$(awk -F '\t' '/^#/ { split($0, h, " "); kind = h[2]; column = h[3] "." h[4]; if (kind == "filter") found[column] = 0; next }
    kind == "filter" { found[column] = 1 } END { for (c in found) if (!found[c]) print c }' "$OUTPUT_DIR/acme_finance/expected" | sort)
[ -z "$empty" ] || fail "columns without a value in the sample: $empty"
for relation in spend spend_monthly bill_total question; do
    [ "$(grep -c "^# filter $relation " "$OUTPUT_DIR/acme_owner/expected")" = "$(q -c "SELECT count(*) FROM information_schema.columns
        WHERE table_schema = 'bedrock' AND table_name = '$relation'")" ] || fail "$relation has columns that were not asked for"
done
# No type in a public view that a tool knows by name only.
odd=$(q -c "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, NULL)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'bedrock'::regnamespace AND c.relkind IN ('v', 'm') AND a.atttypid <> ALL
        ('{text,numeric,bigint,integer,boolean,date,timestamptz,jsonb}'::regtype[])")
[ -z "$odd" ] || fail "views with types that trip: $odd"
echo 'ok: every column has a value, and no view has a type that tools do not know'
dropdb clients_test
