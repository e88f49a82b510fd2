#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A login of each persona connects with psql, JDBC and node and sees its rows only; so it is after a dump and restore, and
# nobody sees what was restored who could not see it before. The same rules, path by path: tests/regress/sql/access.sql.
set -euo pipefail
shopt -s inherit_errexit
here=$SOURCE_DIR/tests/server/access
. "$SOURCE_DIR/tests/clients/proxy.sh"
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
roles='login_owner login_portfolio login_engineer login_finance login_finops login_executive login_loader login_admin
       login_reader login_bi login_nobody login_stranger'
# Group roles stay: they are of the whole server, where other tests have them too.
clean() {
    local name
    for name in access_one access_two access_three; do dropdb --if-exists "$name"; done
    for name in $roles; do q -d postgres -c "DROP ROLE IF EXISTS $name"; done
}
trap close_proxy EXIT
clean

# ---- a bill of 1 + 2 + 4 + 8, a line a workload and account, and who is who ------------------------------------------

createdb -T bedrock_template access_one
q -d access_one -o /dev/null <<'SQL'
CREATE TABLE cur AS
SELECT '100000000001'::text AS bill_payer_account_id, timestamp '2026-03-01' AS bill_billing_period_start_date,
       'AWS'::text AS bill_billing_entity, account AS line_item_usage_account_id, 'Usage'::text AS line_item_line_item_type,
       'AmazonBedrock'::text AS line_item_product_code, 'Amazon Bedrock'::text AS product_product_name,
       'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, timestamp '2026-03-02' AS line_item_usage_start_date,
       timestamp '2026-03-02 01:00' AS line_item_usage_end_date, 'USD'::text AS line_item_currency_code,
       'arn:aws:bedrock:us-east-1:' || account || ':application-inference-profile/' || profile AS line_item_resource_id,
       'arn:aws:sts::' || account || ':assumed-role/shared/' || profile AS line_item_iam_principal,
       cost::numeric AS line_item_unblended_cost, 1000 AS line_item_usage_amount
FROM (VALUES ('111111111111', 'hr', 1), ('111111111111', 'shop', 2), ('222222222222', 'risk', 4),
             ('222222222222', 'free', 8)) AS v (account, profile, cost);
SELECT FROM bedrock.attach('cur');
SELECT FROM bedrock.refresh();
SELECT bedrock.set_level(1, 'Unit'), bedrock.set_element('people', 1), bedrock.set_element('retail', 1);
SELECT bedrock.set_workload('hr', element => 'people'), bedrock.set_workload('shop', element => 'retail'),
       bedrock.set_workload('risk', element => 'retail');
SELECT bedrock.claim_identity(format('arn:aws:bedrock:us-east-1:%s:application-inference-profile/%s', a, w), w,
                              '2026-03-01', reason => 'test')
FROM (VALUES ('111111111111', 'hr'), ('111111111111', 'shop'), ('222222222222', 'risk')) AS v (a, w);
SELECT bedrock.create_roles();
SQL
for name in $roles; do q -d access_one -c "CREATE ROLE $name LOGIN"; done
q -d access_one -o /dev/null <<'SQL'
GRANT bedrock_product_owner TO login_owner, login_nobody;
GRANT bedrock_portfolio_manager TO login_portfolio;
GRANT bedrock_cloud_engineer TO login_engineer;
GRANT bedrock_finance TO login_finance;
GRANT bedrock_finops TO login_finops;
GRANT bedrock_executive TO login_executive;
GRANT bedrock_loader TO login_loader;
GRANT bedrock_admin TO login_admin;
GRANT bedrock_reader TO login_reader;
GRANT bedrock_analyst TO login_bi;
SELECT bedrock.grant_scope('login_owner', 'workload', 'hr'), bedrock.grant_scope('login_portfolio', 'element', 'retail'),
       bedrock.grant_scope('login_engineer', 'account', '111111111111'),
       bedrock.grant_scope('login_reader', 'workload', 'shop'), bedrock.grant_scope('login_bi', 'all');
SQL

# By hand: hr 1, shop 2 and risk 4 in retail, shop and hr in the account; the reader has months only; the stranger nothing.
denied=42501
cat >"$OUTPUT_DIR/expected" <<EXPECTED
login_owner 1 1 1
login_portfolio 6 6 2
login_engineer 3 3 2
login_finance 15 15 4
login_finops 15 15 4
login_executive 15 15 4
login_loader 15 15 4
login_admin 15 15 4
login_reader $denied 2 1
login_bi 15 15 4
login_nobody null null 0
login_stranger $denied $denied $denied
EXPECTED
queries=('SELECT sum(unblended_cost) FROM bedrock.spend' 'SELECT sum(unblended_cost) FROM bedrock.spend_monthly'
    'SELECT count(*) FROM bedrock.session WHERE session_id > 0')
asked() { local role query; for role in $roles; do for query in "${queries[@]}"; do printf '%s\t%s\n' "$role" "$query"; done; done; }
# answers COMMAND...: of the client that reads the questions, a line a role.
answers() { asked | "$@" | paste -d' ' - - - | paste -d' ' <(printf '%s\n' $roles) -; }
by_psql() {
    local role query
    while IFS=$'\t' read -r role query; do
        { PGUSER=$role psql -X -q -At -P null=null -v VERBOSITY=sqlstate -d "$1" -c "$query" 2>&1 </dev/null || true; } |
            sed 's/^ERROR:  //'
    done
}
sees() { # sees NAME COMMAND...
    local name=$1; shift
    answers "$@" >"$OUTPUT_DIR/seen"
    diff "$OUTPUT_DIR/expected" "$OUTPUT_DIR/seen" >"$OUTPUT_DIR/difference" || fail "$name: $(cat "$OUTPUT_DIR/difference")"
    echo "ok: $name"
}
sees 'psql: each persona sees its rows only' by_psql access_one

# ---- JDBC and node ---------------------------------------------------------------------------------------------------

command -v java >/dev/null || fail 'this test needs java: ./run test installs it'
jdbc=/usr/share/java/postgresql.jar
[ -e $jdbc ] || fail "this test needs $jdbc: apt-get install libpostgresql-jdbc-java (./run test does it)"
modules=$("$SOURCE_DIR/control/npm.sh" "$SOURCE_DIR/tests/clients")
sees 'node: each persona sees its rows only' node "$here/ask.mjs" "$modules" access_one
open_proxy
sees 'JDBC: each persona sees its rows only' java -cp $jdbc "$here/Ask.java" "$proxy_port" access_one

# ---- what a login may not become -------------------------------------------------------------------------------------

refused() { # refused NAME ROLE DATABASE SQLSTATE STATEMENT
    local out
    out=$(PGUSER=$2 psql -X -q -At -v VERBOSITY=sqlstate -v ON_ERROR_STOP=1 -d "$3" -c "$5" 2>&1) && fail "$1: $out"
    is "$1" "$out" "ERROR:  $4"
}
refused 'no SET ROLE' login_owner access_one 42501 'SET ROLE login_finance'
refused 'no set_config of the role' login_owner access_one 42501 "SELECT set_config('role', 'bedrock_finance', false)"
refused 'no session authorization' login_owner access_one 42501 'SET SESSION AUTHORIZATION login_finance'
refused 'no change of scope' login_owner access_one 42501 "SELECT bedrock.grant_scope('login_owner', 'all')"
refused 'no change of scope as finance' login_finance access_one 42501 "SELECT bedrock.grant_scope('login_finance', 'load')"
refused 'no posting' login_finance access_one 42501 "SELECT bedrock.post_statement('2026-03-01')"
refused 'no load by who manages' login_finops access_one 42501 'SELECT * FROM bedrock.refresh()'
refused 'no scope without managing' login_loader access_one 42501 "SELECT bedrock.grant_scope('login_bi', 'load')"
is 'an administrator grants' \
    "$(PGUSER=login_admin q -d access_one -c "SELECT bedrock.grant_scope('login_nobody', 'workload', 'shop')" \
        -c "SELECT bedrock.revoke_scope('login_nobody', 'workload', 'shop')" | paste -sd ' ')" ' t'
is 'a loader loads' "$(q -d access_one -c 'GRANT SELECT ON cur TO login_loader' &&
    PGUSER=login_loader q -d access_one -c 'SELECT action FROM bedrock.refresh(force => true)')" refreshed

# ---- dumped, restored, installed again -------------------------------------------------------------------------------

createdb access_two
pg_dump -d access_one | q -d access_two -o /dev/null
sees 'restored: each persona sees its rows only' by_psql access_two
is 'policies are those of the script' "$(q -d access_two -c "SELECT count(*) > 50 FROM pg_policies WHERE schemaname = 'bedrock'")" t
pg_dump -d access_one >"$OUTPUT_DIR/dump.sql"
! grep 'CREATE POLICY\|^ALTER TABLE bedrock\..* ENABLE ROW LEVEL SECURITY' "$OUTPUT_DIR/dump.sql" || fail 'a dump has policies of the extension'
# Months of facts are tables of their own, which nobody reads but through their parent: a dump keeps that.
is 'a dump keeps what shields each month' "$(grep -c '^ALTER TABLE bedrock_internal.fact_.* ENABLE ROW LEVEL SECURITY' "$OUTPUT_DIR/dump.sql")" \
    "$(q -d access_one -c "SELECT count(*) FROM pg_class WHERE relnamespace = 'bedrock_internal'::regnamespace AND relispartition AND relkind = 'r'")"
echo 'ok: a dump has no policy'
refused 'a persona dumps nothing of others' login_owner access_one 42501 'SET row_security = off; SELECT count(*) FROM bedrock.fact'
# Where the roles are not granted anything, as on another server, nobody sees anything by a name alone.
createdb access_three
pg_dump -x -d access_one | q -d access_three -o /dev/null
is 'restored without grants' "$(by_psql access_three <<<$'login_finance\tSELECT count(*) FROM bedrock.spend')" $denied
q -d access_two -c 'DROP EXTENSION bedrock_cost CASCADE' -c 'CREATE EXTENSION bedrock_cost' -o /dev/null
is 'installed again, nobody has a scope' "$(q -d access_two -c 'SELECT count(*) FROM bedrock.scope')" 0
is 'nor a grant' "$(by_psql access_two <<<$'login_finance\tSELECT count(*) FROM bedrock.spend')" $denied
clean
