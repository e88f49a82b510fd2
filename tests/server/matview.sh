#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A user's materialized view on top of bedrock.spend (docs/refresh.md): it equals a plain SUM over the raw lines before
# and after a redelivery, survives dump and restore, and is in no update's way. Readers: tests/isolation/specs/matview.spec.
set -euo pipefail
shopt -s inherit_errexit
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
same() { diff "$2" "$3" >"$OUTPUT_DIR/difference" || fail "$1: $(head -n 6 "$OUTPUT_DIR/difference")"; [ -s "$2" ] || fail "$1: nothing there"; echo "ok: $1"; }

# The recipe is what is tested.
sed -n '/^CREATE MATERIALIZED VIEW/,/^```$/ { /^```$/q; p }' "$SOURCE_DIR/docs/refresh.md" >"$OUTPUT_DIR/recipe.sql"
grep -q '^CREATE UNIQUE INDEX' "$OUTPUT_DIR/recipe.sql" || fail 'docs/refresh.md has no recipe'

rm -rf "$OUTPUT_DIR/bill"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-08 --out "$OUTPUT_DIR/bill" >/dev/null
for database in a b c; do dropdb --if-exists matview_$database; done
createdb -T bedrock_template matview_a
PGDATABASE=matview_a "$SOURCE_DIR/control/load.sh" --table cur "$OUTPUT_DIR"/bill/data/*/*.csv.gz >"$OUTPUT_DIR/load" 2>&1 || fail "$(cat "$OUTPUT_DIR/load")"
q -q -d matview_a -f "$OUTPUT_DIR/recipe.sql"

# The raw lines themselves, by what every line states; tax and discounts of a Marketplace product state its code alone.
raw() {
    q -d "$1" -c "SELECT (line_item_usage_start_date AT TIME ZONE 'UTC')::date, line_item_usage_account_id, line_item_currency_code, trim_scale(sum(line_item_unblended_cost)), count(*)
        FROM cur WHERE line_item_product_code LIKE 'AmazonBedrock%'
            OR line_item_product_code IN (SELECT line_item_product_code FROM cur WHERE product ->> 'product_name' LIKE '%(Amazon Bedrock Edition)%')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
}
kept() { q -d "$1" -c "SELECT usage_date, account_id, currency, trim_scale(sum(cost)), sum(lines) FROM spend_by_team GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"; }
equal() { raw "$2" >"$OUTPUT_DIR/raw"; kept "$2" >"$OUTPUT_DIR/kept"; same "$1" "$OUTPUT_DIR/raw" "$OUTPUT_DIR/kept"; }
equal 'as loaded' matview_a

# A redelivery: costs that rose, lines that went, lines that came, a day and an account that are new.
q -q -d matview_a <<'SQL'
UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost * 1.37 WHERE line_item_usage_account_id = (SELECT min(line_item_usage_account_id) FROM cur WHERE line_item_product_code = 'AmazonBedrock');
DELETE FROM cur WHERE line_item_usage_start_date >= '2026-08-20' AND line_item_usage_start_date < '2026-08-21';
INSERT INTO cur SELECT * FROM cur WHERE line_item_product_code = 'AmazonBedrock' LIMIT 500;
UPDATE cur SET line_item_usage_account_id = '999988887777' WHERE ctid = ANY (ARRAY(SELECT ctid FROM cur WHERE line_item_product_code = 'AmazonBedrock' ORDER BY ctid DESC LIMIT 100));
SQL
raw matview_a >"$OUTPUT_DIR/raw"; kept matview_a >"$OUTPUT_DIR/kept"
if diff -q "$OUTPUT_DIR/raw" "$OUTPUT_DIR/kept" >/dev/null; then fail 'the redelivery changed nothing'; fi
refresh() { q -q -d "$1" -c 'SELECT FROM bedrock.refresh()' -c 'REFRESH MATERIALIZED VIEW CONCURRENTLY spend_by_team' >/dev/null; }
refresh matview_a
equal 'after a redelivery' matview_a
# Every way to group is the same as asking the view.
every() { q -d "$1" -c "SELECT r::text FROM $2 AS r ORDER BY 1"; }
spend="(SELECT usage_date, account_id, team, model_name, charge_category, currency, sum(unblended_cost) AS cost, sum(tokens) AS tokens, sum(lines) AS lines FROM bedrock.spend GROUP BY 1, 2, 3, 4, 5, 6)"
every matview_a "$spend" >"$OUTPUT_DIR/spend"; every matview_a spend_by_team >"$OUTPUT_DIR/rows"
same 'row by row' "$OUTPUT_DIR/spend" "$OUTPUT_DIR/rows"

# Dump and restore, in text and custom format, with parallel jobs.
pg_dump -d matview_a >"$OUTPUT_DIR/dump.sql"
createdb matview_b
q -q -d matview_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
pg_dump -Fc -d matview_a -f "$OUTPUT_DIR/dump.custom"
createdb matview_c
pg_restore --exit-on-error -j 2 -d matview_c "$OUTPUT_DIR/dump.custom"
for database in matview_b matview_c; do
    every $database spend_by_team >"$OUTPUT_DIR/restored"
    same "$database has the same rows" "$OUTPUT_DIR/rows" "$OUTPUT_DIR/restored"
    q -q -d $database -c "UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost + 1 WHERE line_item_product_code = 'AmazonBedrock'"
    refresh $database
    equal "$database goes on from there" $database
done

# An update replaces our views below it, also by one that has a column more.
directory=$(dirname "$(find "$(q -d postgres -c 'SHOW extension_destdir')" -name 'bedrock_cost.control')")
script=$directory/bedrock_cost--$PROJECT_VERSION--$PROJECT_VERSION.matview.sql
trap 'rm -f "$script"' EXIT
perl -0pe 's/(VIEW bedrock\.spend WITH .*?)(\nFROM bedrock\.fact AS f\n)/$1, b.bill_id::bigint AS one_more$2/s' "$BINARY_DIR/sql/replace.sql" >"$script"
grep -q one_more "$script"
q -q -d matview_c -c "ALTER EXTENSION bedrock_cost UPDATE TO '$PROJECT_VERSION.matview'"
[ "$(q -d matview_c -c 'SELECT count(one_more) > 0 FROM bedrock.spend')" = t ] || fail 'the update did not replace bedrock.spend'
q -q -d matview_c -c "DELETE FROM cur WHERE line_item_usage_account_id = '999988887777'"
refresh matview_c
equal 'after an update of the extension' matview_c

# Sources come and go below it.
q -q -d matview_c -c "SELECT bedrock.detach('cur')" -c 'REFRESH MATERIALIZED VIEW CONCURRENTLY spend_by_team' >/dev/null
[ "$(q -d matview_c -c 'SELECT count(*) FROM spend_by_team')" = 0 ] || fail 'a detached source is still in the view'
q -q -d matview_c -c "SELECT FROM bedrock.attach('cur')"
refresh matview_c
equal 'detached and attached again' matview_c
