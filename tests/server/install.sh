#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The extension in databases that are not as it would have them: with functions and operators in its way, and with settings
# that change what SQL means and how values are written. It is the same extension there, and gives the same answers.
set -euo pipefail
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
export PGOPTIONS='-c client_min_messages=warning'
plain="$PGOPTIONS -c standard_conforming_strings=on -c quote_all_identifiers=off -c transform_null_equals=off -c array_nulls=on -c datestyle=ISO
    -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex -c timezone=UTC -c search_path="
snapshot() { PGOPTIONS=$plain q -d "$1" -f "$SOURCE_DIR/tests/server/snapshot.sql"; }

# ---- names -----------------------------------------------------------------------------------------------------------
# Before it there is a function of every name that the install script calls, and an operator of every name, for types near
# those of the real ones: where names were looked up in the schema the extension goes to, the nearer one would be taken.
dropdb --if-exists install_decoys; createdb install_decoys
grep -oE '\<[a-z_0-9]+ ?\(' "$BINARY_DIR/sql/bedrock_cost--$PROJECT_VERSION.sql" | tr -d ' (' | sort -u >"$OUTPUT_DIR/names"
q -d install_decoys -c 'CREATE TABLE used (name name)' -c "\\copy used FROM '$OUTPUT_DIR/names'"
q -d install_decoys <<'SQL'
CREATE TEMP TABLE near (type regtype, near regtype);
INSERT INTO near VALUES ('text', 'varchar'), ('text', 'name'), ('timestamptz', 'date'), ('timestamp', 'date'), ('timestamptz', 'timestamp'), ('numeric', 'integer'), ('numeric', 'bigint'),
    ('bigint', 'integer'), ('double precision', 'integer'), ('double precision', 'numeric'), ('anyelement', 'text'), ('anyelement', 'bigint'), ('anyarray', 'text[]'),
    ('anycompatiblearray', 'text[]'), ('anycompatible', 'text'), ('"any"', 'text'), ('"any"', 'bigint'), ('jsonb', 'text'), ('name', 'text'), ('text', 'text'), ('date', 'date'),
    ('numeric', 'numeric'), ('bigint', 'bigint'), ('integer', 'integer'), ('timestamptz', 'timestamptz'), ('jsonb', 'jsonb'), ('date', 'timestamptz');
CREATE TEMP TABLE made (kind text);
DO $$
DECLARE
    decoy record;
BEGIN
    -- A function: its first argument, its last one or all of a type are of a nearer one.
    FOR decoy IN
        SELECT DISTINCT p.proname AS name, a.types
        FROM pg_proc AS p
        JOIN public.used AS u ON u.name = p.proname
        CROSS JOIN LATERAL (
            SELECT string_agg(format_type(CASE WHEN t.type = n.type AND (which.place IS NULL OR which.place = t.place) THEN n.near ELSE t.type END, -1), ', ' ORDER BY t.place) AS types,
                   bool_or(t.type = n.type AND n.type <> n.near AND (which.place IS NULL OR which.place = t.place)) AS nearer
            FROM near AS n
            CROSS JOIN (VALUES (NULL), (1), (p.pronargs::integer)) AS which (place)
            CROSS JOIN unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, place)
            GROUP BY n.type, n.near, which.place) AS a
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs BETWEEN 1 AND 4 AND p.prokind IN ('f', 'a') AND a.nearer
          AND a.types !~ 'any|internal|cstring|record'
    LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE sql IMMUTABLE AS ''SELECT NULL::text''', decoy.name, decoy.types);
            INSERT INTO made VALUES ('function');
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
    -- An operator between any two of these types that has none.
    FOR decoy IN
        SELECT DISTINCT o.oprname AS name, l.near AS l, r.near AS r
        FROM pg_operator AS o CROSS JOIN near AS l CROSS JOIN near AS r
        WHERE o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '||', '+', '-', '*', '/', '~', '~*', '~~', '->', '->>', '?', '@>', '&&') AND l.near <> '"any"'::regtype
          AND NOT EXISTS (SELECT FROM pg_operator AS e WHERE e.oprname = o.oprname AND e.oprleft = l.near AND e.oprright = r.near)
    LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION public.decoy(%1$s, %2$s) RETURNS boolean LANGUAGE sql IMMUTABLE AS ''SELECT false''; '
                       'CREATE OPERATOR public.%3$s (LEFTARG = %1$s, RIGHTARG = %2$s, FUNCTION = public.decoy)', decoy.l, decoy.r, decoy.name);
        INSERT INTO made VALUES ('operator');
    END LOOP;
END$$;
DO $$BEGIN IF (SELECT count(*) FILTER (WHERE kind = 'function') < 300 OR count(*) FILTER (WHERE kind = 'operator') < 300 FROM made) THEN RAISE 'too few decoys'; END IF; END$$;
DROP TABLE used;
SQL
# The server itself would take such a one: what follows can fail.
[ "$(q -d install_decoys -c "SELECT to_char(date '2026-03-01', 'YYYY'::text) IS NULL")" = t ]
q -d install_decoys -c 'CREATE EXTENSION bedrock_cost'
q -d install_decoys <<'SQL' >"$OUTPUT_DIR/depends"
WITH member AS (
    SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'),
-- A view depends on what its rule does.
own AS (
    SELECT m.classid, m.objid FROM member AS m
    UNION SELECT 'pg_rewrite'::regclass, r.oid FROM member AS m JOIN pg_rewrite AS r ON m.classid = 'pg_class'::regclass AND r.ev_class = m.objid
    UNION SELECT 'pg_attrdef'::regclass, a.oid FROM member AS m JOIN pg_attrdef AS a ON m.classid = 'pg_class'::regclass AND a.adrelid = m.objid
    UNION SELECT 'pg_constraint'::regclass, c.oid FROM member AS m JOIN pg_constraint AS c ON m.classid = 'pg_class'::regclass AND c.conrelid = m.objid
    UNION SELECT 'pg_class'::regclass, i.indexrelid FROM member AS m JOIN pg_index AS i ON m.classid = 'pg_class'::regclass AND i.indrelid = m.objid
    -- The columns of a composite type are those of a relation that goes with it.
    UNION SELECT 'pg_class'::regclass, t.typrelid FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid AND t.typrelid <> 0)
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || ' depends on ' || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM own AS o JOIN pg_depend AS d ON d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'n'
WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass)
  AND NOT EXISTS (SELECT FROM own AS m WHERE m.classid = d.refclassid AND m.objid = d.refobjid)
  -- Row types go with their relations, and arrays with what they are of.
  AND NOT EXISTS (SELECT FROM pg_type AS t LEFT JOIN pg_type AS e ON e.oid = t.typelem
                  JOIN own AS m ON m.classid = 'pg_class'::regclass AND m.objid IN (t.typrelid, e.typrelid) OR m.classid = 'pg_type'::regclass AND m.objid = t.typelem
                  WHERE d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid)
ORDER BY 1;
SQL
if [ -s "$OUTPUT_DIR/depends" ]; then echo 'the extension depends on what it found in its way:'; head -20 "$OUTPUT_DIR/depends"; exit 1; fi
snapshot bedrock_template >"$OUTPUT_DIR/snapshot"
[ "$(wc -l <"$OUTPUT_DIR/snapshot")" -gt 1000 ]
snapshot install_decoys | diff "$OUTPUT_DIR/snapshot" - | head -40
dropdb install_decoys

# ---- default privileges ----------------------------------------------------------------------------------------------
# Where functions and types are made with other privileges, more or fewer, everybody may use the same ones as elsewhere.
everybodys() {
    q -d "$1" <<'SQL'
SELECT pg_describe_object(d.classid, d.objid, 0)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
LEFT JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_type AS t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid AND t.typname = 'bedrock_arn'
CROSS JOIN LATERAL aclexplode(CASE WHEN p.oid IS NOT NULL THEN coalesce(p.proacl, acldefault('f', p.proowner))
                                   WHEN t.oid IS NOT NULL THEN coalesce(t.typacl, acldefault('T', t.typowner)) END) AS x
WHERE e.extname = 'bedrock_cost' AND x.grantee = 0
ORDER BY pg_describe_object(d.classid, d.objid, 0) COLLATE "C";
SQL
}
everybodys bedrock_template >"$OUTPUT_DIR/public"
[ "$(grep -c 'bedrock_internal' "$OUTPUT_DIR/public")" -gt 10 ]
grep -q '^type bedrock_arn$' "$OUTPUT_DIR/public"
dropdb --if-exists install_granted; createdb install_granted
q -d install_granted <<'SQL'
CREATE ROLE install_analyst;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO install_analyst;
CREATE EXTENSION bedrock_cost;
SQL
# The setting was at work: it reached every function.
[ "$(q -d install_granted -c "SELECT bool_and(has_function_privilege('install_analyst', oid, 'EXECUTE')) FROM pg_proc WHERE pronamespace = 'bedrock'::regnamespace")" = t ]
everybodys install_granted | diff "$OUTPUT_DIR/public" - | head -10
dropdb install_granted

createdb install_granted
q -d install_granted <<'SQL'
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
CREATE EXTENSION bedrock_cost;
CREATE FUNCTION closed() RETURNS integer LANGUAGE sql RETURN 1;
SQL
[ "$(q -d install_granted -c "SELECT has_function_privilege('install_analyst', 'closed()', 'EXECUTE')")" = f ]
everybodys install_granted | diff "$OUTPUT_DIR/public" - | head -10
# The lines of a reader, and what they open.
q -d install_granted -c "SELECT bedrock.grant_scope('install_analyst', 'all')" >/dev/null
q -d install_granted <<'SQL' >"$OUTPUT_DIR/reader"
GRANT USAGE ON SCHEMA bedrock TO install_analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO install_analyst;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO install_analyst;
SET ROLE install_analyst;
SELECT bedrock_tier('USE1-NovaPro-input-tokens-batch'), estimated_cost('amazon.nova-pro-v1:0', input_tokens => 1000, region => 'us-east-1') > 0;
SELECT count(*) FROM bedrock.spend;
SELECT count(*) > 0 FROM bedrock.price_of('amazon.nova-pro-v1:0', 'us-east-1');
SELECT count(*) FROM bedrock.doctor() AS d WHERE d.detail LIKE '%permission denied%';
SQL
[ "$(paste -sd ' ' "$OUTPUT_DIR/reader")" = 'batch|t 0 t 0' ]
dropdb install_granted; q -d postgres -c 'DROP ROLE install_analyst'

# ---- settings --------------------------------------------------------------------------------------------------------
dropdb --if-exists install_odd; createdb install_odd
while read -r setting; do q -d install_odd -c "ALTER DATABASE install_odd SET $setting"; done <<'SETTINGS'
standard_conforming_strings = off
escape_string_warning = on
backslash_quote = on
quote_all_identifiers = on
transform_null_equals = on
array_nulls = off
datestyle = 'SQL, DMY'
intervalstyle = sql_standard
extra_float_digits = -15
bytea_output = escape
timezone = 'Asia/Kolkata'
default_transaction_isolation = 'repeatable read'
search_path = ''
SETTINGS
q -d install_odd -c 'CREATE EXTENSION bedrock_cost SCHEMA public' 2>"$OUTPUT_DIR/warnings"
if [ -s "$OUTPUT_DIR/warnings" ]; then head -5 "$OUTPUT_DIR/warnings"; exit 1; fi
snapshot install_odd | diff "$OUTPUT_DIR/snapshot" - | head -40

# The same bill, attached and loaded, by the same steps.
dropdb --if-exists install_plain; createdb -T bedrock_template install_plain
for database in install_plain install_odd; do
    PGOPTIONS=$plain q -d $database <<'SQL'
CREATE SCHEMA "Finance";
CREATE TABLE "Finance"."Cur" (bill_payer_account_id text, bill_billing_period_start_date timestamptz, bill_billing_entity varchar(20), line_item_usage_account_id text,
    line_item_line_item_type char(20), line_item_product_code text, line_item_usage_type text, line_item_usage_start_date timestamptz, line_item_usage_end_date timestamptz,
    line_item_usage_amount double precision, line_item_unblended_cost numeric, line_item_currency_code text, product_product_name text, line_item_resource_id text, line_item_iam_principal text,
    tags jsonb);
INSERT INTO "Finance"."Cur"
SELECT '100000000001', m, 'AWS', '100000000001', 'Usage', 'AmazonBedrock', CASE n % 2 WHEN 0 THEN 'USE1-NovaLite-input-tokens' ELSE 'USE1-NovaLite-output-tokens' END,
       m + n * interval '1 hour', m + (n + 1) * interval '1 hour', 1000.1, n * 0.01, 'USD', 'Amazon Bedrock',
       CASE n % 3 WHEN 0 THEN 'arn:aws:bedrock:us-east-1:100000000001:application-inference-profile/p' || n % 4 END,
       'arn:aws:sts::100000000001:assumed-role/r' || n % 5 || '/s' || n, pg_catalog.jsonb_build_object('user_team', 'te\am' || n % 3, 'NULL', 'x')
FROM pg_catalog.generate_series(timestamptz '2026-01-01 00:00:00+00', '2026-02-01 00:00:00+00', '1 month') AS m, pg_catalog.generate_series(1, 300) AS n;
CREATE TABLE "Finance"."Text" AS
SELECT 'v' || line_item_usage_account_id AS line_item_usage_account_id, bill_payer_account_id, pg_catalog.to_char(bill_billing_period_start_date, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS bill_billing_period_start_date,
       bill_billing_entity, line_item_line_item_type::text, line_item_product_code, line_item_usage_type, pg_catalog.to_char(line_item_usage_start_date, 'YYYY-MM-DD HH24:MI:SS') AS line_item_usage_start_date,
       pg_catalog.to_char(line_item_usage_end_date, 'YYYY-MM-DD HH24:MI:SS') AS line_item_usage_end_date, line_item_usage_amount::text, line_item_unblended_cost::text, line_item_currency_code,
       product_product_name, tags::text
FROM "Finance"."Cur";
SQL
    # Under the settings of the database.
    q -d $database <<SQL >"$OUTPUT_DIR/work.$database"
SELECT a.* FROM bedrock.attach('"Finance"."Cur"') AS a;
SELECT a.* FROM bedrock.attach('"Finance"."Text"', keep => 'hour') AS a;
SELECT source, mapping::text FROM bedrock.source ORDER BY 1;
SELECT source, action, lines, cost FROM bedrock.refresh() ORDER BY source, billing_period;
UPDATE "Finance"."Cur" SET line_item_unblended_cost = line_item_unblended_cost + 1 WHERE bill_billing_period_start_date OPERATOR(pg_catalog.>) timestamptz '2026-01-20 00:00:00+00';
SELECT source, action, lines, cost FROM bedrock.refresh() ORDER BY source, billing_period;
\\copy (SELECT * FROM "Finance"."Text") TO '$OUTPUT_DIR/$database.csv' (FORMAT csv, HEADER)
SELECT action, lines, cost FROM bedrock.load_cur('$OUTPUT_DIR/$database.csv', name => 'loaded');
SELECT bedrock.set_price('amazon.nova-lite-v1:0', 'input', 0.1, region => 'us-east-1', valid_from => '2026-01-01');
SELECT source, action, lines, cost FROM bedrock.refresh(force => true) ORDER BY source, billing_period;
SELECT d.* FROM bedrock.doctor() AS d;
SELECT sum(unblended_cost), count(*), sum(tokens) FROM bedrock.line_item;
SELECT sum(line_item_unblended_cost), count(*) FROM bedrock.cur2;
SQL
    PGOPTIONS=$plain q -d $database -c 'SELECT * FROM bedrock.spend' | sort >"$OUTPUT_DIR/spend.$database"
    for question in $(q -d $database -c 'SELECT question_id FROM bedrock.question ORDER BY 1'); do
        q -d $database -c "SELECT '$question', a FROM bedrock.answer('$question') AS a" >>"$OUTPUT_DIR/work.$database" 2>&1 || echo "$question failed" >>"$OUTPUT_DIR/work.$database"
    done
done
grep -q 'loaded' "$OUTPUT_DIR/work.install_plain"
[ "$(wc -l <"$OUTPUT_DIR/spend.install_plain")" -gt 500 ]
diff "$OUTPUT_DIR/spend.install_plain" "$OUTPUT_DIR/spend.install_odd" | head -10
# But for when it was done, and names in answers that quote_all_identifiers quotes.
for database in install_plain install_odd; do
    sed -E 's/install_(plain|odd)//g; s/[0-9]+ hours ago/N hours ago/; s/"(age|at|duration|last_run|loaded_at)": ?[^,]*,//g; /^Q14[67]/s/\\"//g' "$OUTPUT_DIR/work.$database" >"$OUTPUT_DIR/answers.$database"
done
diff "$OUTPUT_DIR/answers.install_plain" "$OUTPUT_DIR/answers.install_odd" | head -40
dropdb install_odd; dropdb install_plain
echo "the same extension beside decoys and under odd settings: $(wc -l <"$OUTPUT_DIR/snapshot") catalog rows"
