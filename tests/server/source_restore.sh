#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A database with attached bills survives pg_dump and a restore: the same sources, lines, spend, registry and settings, and
# the next refresh goes on from there, without a key or a cent twice.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }

rm -rf "$OUTPUT_DIR/bill" "$OUTPUT_DIR/profiles"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-08 --out "$OUTPUT_DIR/bill" >/dev/null
"$BINARY_DIR/tests/bill/make_bill" --format focus --gzip --period 2026-08 --out "$OUTPUT_DIR/focus" >/dev/null
dropdb --if-exists restore_a; dropdb --if-exists restore_b; dropdb --if-exists restore_c
createdb -T bedrock_template restore_a
q -d restore_a -c 'CREATE SCHEMA bills' >/dev/null
PGDATABASE=restore_a "$SOURCE_DIR/control/load.sh" --table bills.cur "$OUTPUT_DIR"/bill/data/*/*.csv.gz >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
PGDATABASE=restore_a "$SOURCE_DIR/control/load.sh" --table focus "$OUTPUT_DIR"/focus/data/*/*.csv.gz >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
# Whatever a user may have entered, and a profile with a history.
q -d restore_a >/dev/null <<'SQL'
SELECT bedrock.set_setting('ai_cost_metric', 'net_unblended', '2026-08-01', 'agreed');
SELECT bedrock.set_setting('stale_after_hours', '72');
INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES ('Novelty', 'fee');
INSERT INTO bedrock.product (payer_account_id, product_code, proof) VALUES ('*', 'AmazonBedrockWebSearch', 'user');
INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES ('acme.zephyr', 'Acme', 'Zephyr', 'Zephyr');
SELECT bedrock.register_profile(min(resource_id), 'named', NULL, '{"team": "red"}') FROM bedrock.spend WHERE request_path = 'application_profile';
SELECT bedrock.register_profile(min(resource_id), 'named', NULL, '{"team": "blue"}', '2026-08-16') FROM bedrock.spend WHERE request_path = 'application_profile';
SELECT * FROM bedrock.refresh(force => true);
CREATE VIEW bills.by_team AS SELECT team, usage_date < '2026-08-16' AS earlier, sum(ai_cost) AS cost FROM bedrock.spend WHERE profile_name = 'named' GROUP BY 1, 2;
SQL
[ "$(q -d restore_a -c 'SELECT count(*) FROM bills.by_team')" = 2 ] || fail 'the history of the profile is missing'

state() {
    q -d "$1" <<'SQL'
SET timezone = 'UTC';
SELECT to_jsonb(s) FROM bedrock.source AS s ORDER BY rank;
SELECT to_jsonb(p) FROM bedrock.period AS p ORDER BY source, payer_account_id, billing_period;
SELECT count(*), sum(lines), md5(string_agg(s::text, E'\n' ORDER BY s::text)) FROM bedrock.spend AS s;
SELECT count(*), sum(lines), md5(string_agg(s::text, E'\n' ORDER BY s::text)) FROM bedrock.spend_monthly AS s;
SELECT count(*), md5(string_agg(b::text, E'\n' ORDER BY b::text)) FROM bedrock.bill_total AS b;
SELECT count(*), md5(string_agg(l::text, E'\n' ORDER BY l::text)) FROM bedrock.line_item AS l;
SELECT count(*), md5(string_agg(c::text, E'\n' ORDER BY c::text)) FROM bedrock.cur2 AS c;
SELECT count(*), md5(string_agg(u::text, E'\n' ORDER BY u::text)) FROM bedrock.unrecognized AS u;
SELECT count(*), md5(string_agg(p::text, E'\n' ORDER BY p::text)) FROM bedrock.profile AS p;
SELECT count(*), md5(string_agg(l::text, E'\n' ORDER BY l::text)) FROM bedrock.load_log AS l;
SELECT "check", status, regexp_replace(detail, '-?[0-9]+ hours ago', 'some hours ago') FROM bedrock.doctor();
SELECT setting.name, value FROM bedrock.setting WHERE NOT builtin ORDER BY 1, 2;
SELECT to_jsonb(s) FROM bedrock_internal.state AS s ORDER BY kind;
SELECT * FROM bills.by_team ORDER BY 1, 2;
SELECT i.inhparent::regclass, c.relname, pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid, 'pg_class'),
       (SELECT string_agg(pg_get_indexdef(x.indexrelid), '; ' ORDER BY x.indexrelid::regclass::text) FROM pg_index AS x WHERE x.indrelid = c.oid)
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE c.relnamespace = 'bedrock_internal'::regnamespace ORDER BY 2;
SELECT line_item_type FROM bedrock.charge_category_map WHERE NOT builtin;
SELECT model_id FROM bedrock.model WHERE NOT builtin;
SQL
}

pg_dump -d restore_a >"$OUTPUT_DIR/dump.sql"
createdb restore_b
q -d restore_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
pg_dump -Fc -d restore_a -f "$OUTPUT_DIR/dump.custom"
createdb restore_c
pg_restore --exit-on-error -j 2 -d restore_c "$OUTPUT_DIR/dump.custom"
state restore_a >"$OUTPUT_DIR/a"; state restore_b >"$OUTPUT_DIR/b"; state restore_c >"$OUTPUT_DIR/c"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/b" || fail 'restored from text, the database differs'
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/c" || fail 'restored by pg_restore, the database differs'

# A refresh there cannot compare its row versions with those of another server: it reads once, comes to the same, and rests.
amounts() { q -d "$1" -c "SELECT source, usage_date, model_id, team, sum(lines), sum(ai_cost), sum(tokens) FROM bedrock.spend GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"; }
amounts restore_a >"$OUTPUT_DIR/amounts"
[ "$(q -d restore_b -c "SELECT string_agg(DISTINCT action, ' ') FROM bedrock.refresh()")" = refreshed ] || fail 'the first refresh after the restore trusts the row versions of another database'
amounts restore_b | diff "$OUTPUT_DIR/amounts" - || fail 'the refresh after the restore comes to something else'
[ "$(q -d restore_b -c "SELECT string_agg(DISTINCT action, ' ') FROM bedrock.refresh()")" = unchanged ] || fail 'the refresh after that one still finds changes'
# So it is in another cluster, where the database has its name and transactions have other numbers.
other=$OUTPUT_DIR/cluster stage=$(q -d postgres -c 'SHOW extension_destdir')
trap '"$SOURCE_DIR/control/cluster.sh" stop "$other"' EXIT
BEDROCK_FSYNC=off "$SOURCE_DIR/control/cluster.sh" start "$other" "$stage"
(
    eval "$("$SOURCE_DIR/control/cluster.sh" env "$other")"
    dropdb --if-exists restore_a
    createdb restore_a
    q -d restore_a -f "$OUTPUT_DIR/dump.sql" >/dev/null
    state restore_a | diff "$OUTPUT_DIR/a" - || fail 'restored in another cluster, the database differs'
    actions() { q -d restore_a -c "SELECT string_agg(DISTINCT action, ' ') FROM bedrock.refresh()"; }
    [ "$(actions)" = refreshed ] || fail 'the first refresh in another cluster trusts the row versions of this one'
    amounts restore_a | diff "$OUTPUT_DIR/amounts" - || fail 'the refresh in another cluster comes to something else'
    [ "$(actions)" = unchanged ] || fail 'the second refresh in another cluster still finds changes'
) || exit 1
# New combinations, principals and bills get keys of their own. The same lines, wherever each database has put its rows.
for database in restore_a restore_c; do
    q -d $database >/dev/null <<'SQL'
CREATE TEMP TABLE later AS SELECT c.* FROM bills.cur AS c WHERE line_item_product_code = 'AmazonBedrock' ORDER BY c::text COLLATE "C" LIMIT 100;
UPDATE later SET line_item_operation = 'AfterRestore', line_item_iam_principal = 'arn:aws:iam::111122223333:user/after'
WHERE ctid = ANY (ARRAY(SELECT ctid FROM later ORDER BY ctid LIMIT 50));
INSERT INTO bills.cur TABLE later;
SELECT * FROM bedrock.refresh();
SQL
    amounts $database >"$OUTPUT_DIR/after.$database"
    [ "$(q -d $database -c "SELECT status FROM bedrock.doctor() WHERE \"check\" = 'integrity'")" = ok ] || fail "$database: the tables disagree"
    [ "$(q -d $database -c "SELECT sum(lines) > 0 FROM bedrock.spend WHERE operation = 'AfterRestore'")" = t ] || fail "$database: the new lines are missing"
done
diff "$OUTPUT_DIR/after.restore_a" "$OUTPUT_DIR/after.restore_c" || fail 'the same delivery gives something else after the restore'

# The extension goes, and all months of its tables with it; installed again it is empty, and the same refresh fills it.
q -d restore_c -c 'DROP VIEW bills.by_team, bedrock.line_item, bedrock.cur2' -c 'DROP EXTENSION bedrock_cost' >/dev/null
[ "$(q -d restore_c -c "SELECT count(*) FROM pg_class WHERE relname LIKE 'fact%'")" = 0 ] || fail 'months stay behind the extension'
q -d restore_c -c 'CREATE EXTENSION bedrock_cost' -c "SELECT bedrock.set_setting('ai_cost_metric', 'net_unblended', '2026-08-01', 'agreed')" >/dev/null
[ "$(q -d restore_c -c 'SELECT count(*) FROM bedrock.fact')" = 0 ] || fail 'an extension just installed has facts'
q -d restore_c -c "SELECT bedrock.attach(r) FROM (VALUES ('bills.cur'::regclass), ('focus')) AS r (r)" -c 'SELECT * FROM bedrock.refresh()' >/dev/null
of_bill="SELECT usage_date, usage_type, operation, sum(lines), sum(ai_cost) FROM bedrock.spend GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
diff <(q -d restore_a -c "$of_bill") <(q -d restore_c -c "$of_bill") || fail 'installed anew, the same bill gives something else'
