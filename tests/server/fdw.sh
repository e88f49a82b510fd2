#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A Cost and Usage Report on another server, read through postgres_fdw with the option extensions 'bedrock_cost': the row
# functions over its text columns run over there, and the answers are those of the same rows at home.
set -euo pipefail
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
