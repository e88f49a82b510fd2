#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Attached sources outside one session: the views over them survive pg_dump and a restore as they are, DROP TABLE .. CASCADE
# takes the views and leaves the extension, sessions attach and detach side by side, and uninstalling says what to detach.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }

dropdb --if-exists source_a; dropdb --if-exists source_b; dropdb --if-exists source_c
createdb -T bedrock_template source_a
q -d source_a >/dev/null <<'SQL'
CREATE SCHEMA bills;
CREATE TABLE bills.cur (
    bill_payer_account_id text, line_item_usage_account_id text, bill_billing_entity text, bill_billing_period_start_date timestamp,
    line_item_usage_start_date timestamp, line_item_usage_end_date timestamp, line_item_line_item_type text, line_item_product_code text,
    product jsonb, line_item_usage_type text, line_item_usage_amount double precision, pricing_unit text, line_item_unblended_cost double precision,
    line_item_currency_code text, line_item_resource_id text, line_item_iam_principal text, tags jsonb, resource_tags text
) PARTITION BY RANGE (bill_billing_period_start_date);
CREATE TABLE bills.cur_03 PARTITION OF bills.cur FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
INSERT INTO bills.cur
SELECT '111111111111', '222222222222', 'AWS', '2026-03-01', timestamp '2026-03-01' + n * interval '1 hour', timestamp '2026-03-01' + (n + 1) * interval '1 hour', 'Usage',
       'AmazonBedrock', '{"product_name": "Amazon Bedrock"}', 'USE1-NovaPro-input-tokens', n / 7.0, '1K tokens', n / 700.0, 'USD',
       'arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb' || n % 10 || 'g',
       'arn:aws:sts::222222222222:assumed-role/Chat/s' || n, jsonb_build_object('iamPrincipal/team', 't' || n % 3), '{"user_team": "x"}'
FROM generate_series(1, 500) n;
CREATE TABLE bills."Legacy ""CSV""" (
    "bill/PayerAccountId" text, "lineItem/UsageAccountId" text, "bill/BillingEntity" text, "bill/BillingPeriodStartDate" text, "lineItem/UsageStartDate" text,
    "lineItem/UsageEndDate" text, "lineItem/LineItemType" text, "lineItem/ProductCode" text, "product/ProductName" text, "lineItem/UsageType" text,
    "lineItem/UnblendedCost" text, "lineItem/CurrencyCode" text, "resourceTags/user:CostCenter" text, "costCategory/Charge type" text);
INSERT INTO bills."Legacy ""CSV""" VALUES ('111111111111', '222222222222', 'AWS', '2026-02-01T00:00:00Z', '2026-02-03T00:00:00Z', '2026-02-03T01:00:00Z',
    'Usage', 'AmazonBedrock', 'Amazon Bedrock', 'USE1-NovaPro-input-tokens', '0.000000000001', 'USD', '42', 'x');
SELECT bedrock.attach('bills.cur');
SELECT bedrock.attach('bills."Legacy ""CSV"""', 'legacy');
INSERT INTO bedrock.charge_category_map VALUES ('NewThing', 'fee');
CREATE VIEW bills.by_team AS SELECT bedrock_tag(tags, 'team') AS team, sum(unblended_cost) AS cost, sum(tokens) AS tokens FROM bedrock.line_item GROUP BY 1;
GRANT SELECT ON bedrock.line_item TO PUBLIC;
SQL

state() {
    q -d "$1" <<'SQL'
SELECT count(*), sum(unblended_cost), md5(string_agg(l::text, ';' ORDER BY l::text)) FROM bedrock.line_item l;
SELECT count(*), md5(string_agg(c::text, ';' ORDER BY c::text)) FROM bedrock.cur2 c;
SELECT md5(pg_get_viewdef('bedrock.line_item'::regclass)), md5(pg_get_viewdef('bedrock.cur2'::regclass));
SELECT c.relname, c.reloptions, c.relacl, count(col_description(c.oid, a.attnum)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.oid IN ('bedrock.line_item'::regclass, 'bedrock.cur2'::regclass) GROUP BY 1, 2, 3 ORDER BY 1;
SELECT to_jsonb(s) - 'attached_at', s.attached_at AT TIME ZONE 'UTC' FROM bedrock.source s ORDER BY rank;
SELECT * FROM bedrock.charge_category_map ORDER BY 1, 3;
SELECT * FROM bills.by_team ORDER BY 1;
SELECT count(*) FROM pg_depend WHERE deptype = 'e' AND objid IN ('bedrock.line_item'::regclass, 'bedrock.cur2'::regclass);
SQL
}

pg_dump -d source_a >"$OUTPUT_DIR/dump.sql"
createdb source_b
q -d source_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
pg_dump -Fc -d source_a -f "$OUTPUT_DIR/dump.custom"
createdb source_c
pg_restore --exit-on-error -d source_c "$OUTPUT_DIR/dump.custom"
state source_a >"$OUTPUT_DIR/a"; state source_b >"$OUTPUT_DIR/b"; state source_c >"$OUTPUT_DIR/c"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/b"
diff "$OUTPUT_DIR/a" "$OUTPUT_DIR/c"
[ "$(sed -n 1p "$OUTPUT_DIR/a" | cut -d'|' -f1)" = 501 ]

# The restored registry builds the same views again, and the statements of a source still prune.
q -d source_b -c 'SELECT bedrock.rebuild_views()' >/dev/null
state source_b | diff "$OUTPUT_DIR/a" -
grep -q "^l.bill_billing_period_start_date >= '2026-03-01 00:00:00'::timestamp AND" <<<"$(q -d source_b -c "SELECT bedrock_internal.source_period_predicate('cur', '2026-03-01')")"

# The extension does not leave while views of its making stand on it, and says so; a detached one goes.
if q -d source_c -c 'DROP EXTENSION bedrock_cost' 2>"$OUTPUT_DIR/error"; then
    echo "the extension went and took nothing along"; exit 1
fi
grep -q 'view bedrock.line_item depends on' "$OUTPUT_DIR/error"
q -d source_c -c 'DROP VIEW bills.by_team' -c 'SELECT bedrock.detach(source) FROM bedrock.source' -c 'DROP EXTENSION bedrock_cost' >/dev/null
[ "$(q -d source_c -c 'SELECT count(*) FROM bills.cur')" = 500 ]

# DROP TABLE .. CASCADE takes the views, nothing of the extension.
members="SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'"
before=$(q -d source_b -c "$members")
q -d source_b -c 'DROP TABLE bills.cur CASCADE' 2>/dev/null
[ "$(q -d source_b -c "$members")" = "$before" ]
[ "$(q -d source_b -c "SELECT to_regclass('bedrock.line_item') IS NULL, count(*) FROM bedrock.source")" = 't|2' ]
[ "$(q -d source_b -c 'SELECT bedrock.rebuild_views()')" = 1 ]
[ "$(q -d source_b -c 'SELECT count(*) FROM bedrock.line_item')" = 1 ]

# An attached relation may be dropped and made again where the views leave it alone.
q -d source_b -c "SELECT bedrock.attach('bills.\"Legacy \"\"CSV\"\"\"', 'legacy', line_item => false)" >/dev/null
q -d source_b -c 'BEGIN' -c 'CREATE TABLE bills.again AS TABLE bills."Legacy ""CSV"""' -c 'DROP TABLE bills."Legacy ""CSV"""' \
    -c 'ALTER TABLE bills.again RENAME TO "Legacy ""CSV"""' -c 'COMMIT' >/dev/null
grep -q 'FROM bills."Legacy ""CSV""" AS l$' <<<"$(q -d source_b -c "SELECT bedrock_internal.source_select('legacy')")"

# Eight sessions attach, read and detach at once: no deadlock, and what is left is what was not detached.
for n in $(seq 8); do q -d source_a -c "CREATE TABLE bills.t$n AS TABLE bills.cur" >/dev/null; done
pids=()
for n in $(seq 8); do
    for _ in $(seq 5); do
        printf "SELECT bedrock.attach('bills.t%s') IS NULL;\nSELECT count(*) > 0 FROM bedrock.line_item;\nSELECT bedrock.detach('t%s');\n" "$n" "$n"
    done | { cat; [ "$n" -gt 4 ] || echo "SELECT bedrock.attach('bills.t$n') IS NULL;"; } |
        q -d source_a >/dev/null 2>"$OUTPUT_DIR/session.$n" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || { cat "$OUTPUT_DIR"/session.*; exit 1; }; done
[ "$(q -d source_a -c 'SELECT count(*), count(DISTINCT rank) FROM bedrock.source')" = '6|6' ]
[ "$(q -d source_a -c 'SELECT count(*) FROM bedrock.line_item')" = 2501 ]
