#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The FOCUS file of an attributed month: every column of the specification with its type, and with a value where it must
# have one (tests/corpus/focus_columns.tsv), columns of our own with x_, allocation columns that agree with each other, and
# amounts that are the bill's. Read as a bill of its own it comes to the same.
set -euo pipefail
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
dropdb --if-exists focus_export; createdb -T bedrock_template focus_export
export PGDATABASE=focus_export PGTZ=America/New_York PGDATESTYLE='SQL, DMY'
q >/dev/null <<'SQL'
SET datestyle = 'ISO, YMD';
CREATE TABLE cur AS
SELECT '100000000001' AS bill_payer_account_id, '100000000002' AS line_item_usage_account_id, '2026-05-01Z'::timestamptz AS bill_billing_period_start_date, 'AWS' AS bill_billing_entity,
       'INV1' AS bill_invoice_id, '2026-05-05 10:00Z'::timestamptz AS line_item_usage_start_date, '2026-05-05 11:00Z'::timestamptz AS line_item_usage_end_date, v.type AS line_item_line_item_type,
       'AmazonBedrock' AS line_item_product_code, 'Amazon Bedrock' AS product_product_name, v.ut AS line_item_usage_type, v.amount AS line_item_usage_amount, '1K tokens' AS pricing_unit,
       v.cost AS line_item_unblended_cost, 'USD' AS line_item_currency_code, 'text with "quotes", a comma' || E'\nand a line' AS line_item_line_item_description,
       'arn:aws:iam::100000000002:role/' || v.who AS line_item_iam_principal, CASE WHEN v.who IS NOT NULL THEN jsonb_build_object('resourceTags/team', 'T"1') END AS tags
FROM (VALUES ('search', 'Usage', 'USE1-NovaPro-input-tokens', 10, 60), ('chat', 'Usage', 'USE1-NovaPro-output-tokens', 30, 30.123456789012), ('gateway', 'Usage', 'USE1-NovaPro-input-tokens', 7, 10.01),
             (NULL, 'EdpDiscount', 'USE1-NovaPro-input-tokens', NULL, -7), (NULL, 'Refund', 'USE1-NovaPro-output-tokens', NULL, -3.33), (NULL, 'Tax', NULL, NULL, 9.99), (NULL, 'Credit', NULL, NULL, -5),
             (NULL, 'Fee', 'USE1-Guardrail-ContentPolicyUnitsConsumed', NULL, 4), (NULL, 'RIFee', NULL, NULL, 1), (NULL, 'Whatever', NULL, NULL, 2), ('nobody', 'Usage', 'USE1-NovaPro-input-tokens', 1, 1)) AS v (who, type, ut, amount, cost);
SELECT bedrock.attach('cur', line_item => false);
SELECT count(*) FROM bedrock.refresh();
SELECT bedrock.set_workload(w, w || '''s owner') FROM unnest('{search,chat,gateway}'::text[]) AS w;
SELECT bedrock.claim_identity('arn:aws:iam::100000000002:role/' || w, w, '2026-05-01', reason => 'test') FROM unnest('{search,chat,gateway}'::text[]) AS w;
SELECT bedrock.set_cost_split('gateway', 'proportional', '["search", "chat"]');
SQL
file=$OUTPUT_DIR/focus.csv
q -c "\\copy (SELECT * FROM bedrock.focus_export('2026-05-01')) TO '$file' WITH (FORMAT csv, HEADER)"

# The file as anybody would read it: text, an empty field is no value.
q -c "SELECT format('CREATE TABLE focus (%s)', string_agg(format('%I text', c), ', ')) FROM unnest(string_to_array('$(head -1 "$file")', ',')) AS c" | q -f -
q -c "\\copy focus FROM '$file' WITH (FORMAT csv, HEADER)"
q -c 'CREATE TABLE rule ("column" text, kind text, may_be_null boolean, since text)'
q -c "\\copy rule FROM '$SOURCE_DIR/tests/corpus/focus_columns.tsv' WITH (FORMAT csv, DELIMITER E'\\t', HEADER)"
q >"$OUTPUT_DIR/wrong" <<'SQL'
CREATE FUNCTION is_object(value text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN jsonb_typeof(value::jsonb) = 'object'; EXCEPTION WHEN invalid_text_representation THEN RETURN false; END $$;
CREATE VIEW cell AS SELECT f.n, c.key AS "column", c.value FROM (SELECT row_number() OVER () AS n, to_jsonb(focus) AS j FROM focus) AS f CROSS JOIN LATERAL jsonb_each_text(f.j) AS c;
SELECT 'a column of FOCUS is missing', r."column" FROM rule AS r WHERE NOT EXISTS (SELECT FROM cell AS c WHERE c."column" = r."column");
SELECT DISTINCT 'no column of FOCUS, and without x_', c."column" FROM cell AS c WHERE c."column" NOT LIKE 'x\_%' AND c."column" NOT IN (SELECT r."column" FROM rule AS r);
SELECT DISTINCT 'must have a value', c."column" FROM cell AS c JOIN rule AS r ON r."column" = c."column" WHERE c.value IS NULL AND NOT r.may_be_null;
SELECT DISTINCT 'is no ' || r.kind, c."column", c.value FROM cell AS c JOIN rule AS r ON r."column" = c."column"
WHERE NOT CASE r.kind WHEN 'decimal' THEN c.value ~ '^-?[0-9]+([.][0-9]+)?$' WHEN 'time' THEN c.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$' WHEN 'json' THEN is_object(c.value) ELSE true END;
SELECT DISTINCT 'no value of FOCUS', c."column", c.value FROM cell AS c
JOIN (VALUES ('ChargeCategory', '{Usage,Purchase,Tax,Credit,Adjustment}'::text[]), ('ChargeClass', '{Correction}'), ('ChargeFrequency', '{One-Time,Recurring,Usage-Based}'),
             ('PricingCategory', '{Standard,Dynamic,Committed,Other}'), ('ServiceCategory', '{AI and Machine Learning}')) AS v ("column", of) ON v."column" = c."column" WHERE c.value <> ALL (v.of);
-- Allocation: all of it or nothing; no resource for what could not be allocated; a usage unit where there is a quantity.
SELECT 'allocation columns disagree', * FROM focus WHERE ("AllocatedMethodId" IS NULL) <> ("AllocatedMethodDetails" IS NULL) OR ("AllocatedResourceId" IS NULL) <> ("AllocatedTags" IS NULL)
    OR "AllocatedMethodId" IS NULL AND "AllocatedResourceId" IS NOT NULL OR "x_ChargeKind" IN ('spread', 'shared') AND "AllocatedResourceId" IS NULL OR "x_ChargeKind" IN ('direct', 'central') AND "AllocatedMethodId" IS NOT NULL;
SELECT 'an element without ratio, or with another key', "AllocatedMethodDetails" FROM focus CROSS JOIN LATERAL jsonb_array_elements("AllocatedMethodDetails"::jsonb -> 'Elements') AS e
WHERE jsonb_typeof(e -> 'AllocatedRatio') <> 'number' OR (e ->> 'AllocatedRatio')::numeric NOT BETWEEN 0 AND 1 OR e ? 'UsageQuantity' AND NOT e ? 'UsageUnit' OR e - '{AllocatedRatio,UsageUnit,UsageQuantity}'::text[] <> '{}';
SELECT 'ratios of a charge do not sum to 1', "x_ChargeType", "SkuMeter" FROM focus WHERE "AllocatedMethodId" IS NOT NULL GROUP BY "x_ChargeType", "SkuMeter", "x_PrincipalId"
HAVING sum(("AllocatedMethodDetails"::jsonb #>> '{Elements,0,AllocatedRatio}')::numeric) <> 1 AND count(*) FILTER (WHERE "AllocatedMethodId" LIKE 'cost_split%') IN (0, count(*));
SELECT 'a model without a key of FOCUS', "SkuPriceDetails" FROM focus WHERE "SkuPriceDetails" IS NOT NULL AND NOT "SkuPriceDetails"::jsonb ?& '{ModelId,ModelFamily,ModelDeveloper,ModelVersion}';
SELECT 'no model' WHERE NOT EXISTS (SELECT FROM focus WHERE "SkuPriceDetails" IS NOT NULL);
SELECT 'nothing is allocated' WHERE (SELECT count(DISTINCT "x_ChargeKind") FROM focus) < 4;
-- The amounts are the bill's, to the last digit; amortized, the RIFee is what of it was not used: nothing is stated.
SELECT 'is not the bill', f.*, b.* FROM (SELECT sum("BilledCost"::numeric) AS billed, sum("EffectiveCost"::numeric) AS effective, sum("ConsumedQuantity"::numeric) AS quantity FROM focus) AS f,
    (SELECT sum(line_item_unblended_cost) AS cost, sum(line_item_usage_amount) AS quantity FROM cur) AS b WHERE f.billed <> b.cost OR f.effective <> b.cost - 1 OR f.quantity <> b.quantity;
SQL
[ ! -s "$OUTPUT_DIR/wrong" ] || { head -c 20000 "$OUTPUT_DIR/wrong"; exit 1; }

# Another organisation reads the file as its FOCUS bill.
q -c "SELECT bedrock.detach(source) FROM bedrock.source" -c "SELECT bedrock.attach('focus', 'theirs', line_item => false, allow_monthly => true)" \
    -c "SELECT count(*) FROM bedrock.refresh()" >/dev/null
format=$(q -c "SELECT format || ' ' || format_version FROM bedrock.source")
total=$(q -c "SELECT sum(net_unblended_cost) FROM bedrock.spend")
[ "$format" = "focus 1.3" ] || fail "the file is read as $format"
[ "$(q -c "SELECT $total = sum(line_item_unblended_cost) FROM cur")" = t ] || fail "read again it is $total"
echo "$(q -c 'SELECT count(*) FROM focus') rows, $(q -c 'SELECT count(*) FROM rule') columns of FOCUS"
dropdb focus_export
