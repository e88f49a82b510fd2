#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The question catalogue on the demo bill: every shipped question against a computation of its own over the raw table, to
# the last digit (questions/expect-*.sql); a question without one fails. Then what bedrock.ask and bedrock.answer promise.
set -euo pipefail
bill=$BINARY_DIR/tests/bill/make_bill
tests=$SOURCE_DIR/tests/server/questions
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
mkdir -p "$OUTPUT_DIR"
rm -rf "$OUTPUT_DIR/bill" "$OUTPUT_DIR/profiles"
"$bill" --format cur2 --gzip --out "$OUTPUT_DIR/bill" >/dev/null
"$bill" --profiles "$OUTPUT_DIR/profiles" >/dev/null
dropdb --if-exists questions_test; createdb -T bedrock_template questions_test
export PGDATABASE=questions_test
"$SOURCE_DIR/control/load.sh" --table cur "$OUTPUT_DIR"/bill/data/*/*.csv.gz >"$OUTPUT_DIR/load.log" 2>&1 ||
    { cat "$OUTPUT_DIR/load.log"; exit 1; }

q -c 'CREATE TABLE doc (body jsonb)'
for document in "$OUTPUT_DIR"/profiles/{list-inference-profiles,get-resources,list-resources}_*.json; do
    q -v file="$document" <<'SQL'
\set body `cat :'file'`
INSERT INTO doc VALUES (:'body');
SQL
done
# A tag that was never activated: the registry has it, the bill does not.
q -c "UPDATE doc SET body = jsonb_insert(body, '{ResourceTagMappingList,0,Tags,0}', '{\"Key\": \"DataClass\", \"Value\": \"internal\"}')
      WHERE body ? 'ResourceTagMappingList'"
q -c 'SELECT count(*) FROM bedrock.import_profiles((SELECT jsonb_agg(body) FROM doc))' >/dev/null
# Tags that say another model and region than the bill, beside ones that say the same; and a role and its profile that differ.
q -c "UPDATE cur SET tags = tags || CASE rid WHEN 'hr-portal-prod-sonnet' THEN '{\"resourceTags/Model\": \"claude-sonnet-4\", \"resourceTags/Region\": \"us-west-2\"}'::jsonb
                                        WHEN 'ci-globex' THEN '{\"resourceTags/Model\": \"claude-sonnet-4-6\", \"resourceTags/Region\": \"us-east-1\"}'
                                        ELSE '{\"iamPrincipal/environment\": \"dev\"}' END
      FROM (SELECT p ->> 'inferenceProfileArn' AS arn, p ->> 'inferenceProfileName' AS rid FROM doc, jsonb_array_elements(body -> 'inferenceProfileSummaries') p) r
      WHERE line_item_resource_id = arn AND rid IN ('hr-portal-prod-sonnet', 'ci-globex', 'hr-portal-staging')"
# ./run load attaches and refreshes; a load that does not leaves it to us.
q -c "SELECT (bedrock.attach('cur')).source WHERE NOT EXISTS (SELECT FROM bedrock.source)" -c 'SELECT count(*) FROM bedrock.refresh()' >/dev/null
# Who owns what: the line of the demo, with the days before its claims.
q -o /dev/null -f "$SOURCE_DIR/tests/bill/ownership.sql"
for file in "$SOURCE_DIR"/tests/bill/plans/*.sql; do q -o /dev/null -f "$file"; done

# The server writes the logs it then loads.
install -d -m 777 "$OUTPUT_DIR/logs"
rm -f "$OUTPUT_DIR"/logs/* "$OUTPUT_DIR/wrong"
for file in "$SOURCE_DIR/tests/server/questions.sql" "$tests/logs.sql" "$tests"/expect-*.sql "$tests/compare.sql" "$tests/behaviour.sql"; do
    q -v folder="$OUTPUT_DIR/logs" -f "$file" >>"$OUTPUT_DIR/wrong" 2>"$OUTPUT_DIR/errors" ||
        { cat "$OUTPUT_DIR/wrong" "$OUTPUT_DIR/errors"; exit 1; }
done
[ ! -s "$OUTPUT_DIR/wrong" ] || { head -c 20000 "$OUTPUT_DIR/wrong"; exit 1; }
q -c "SELECT count(DISTINCT question_id) || ' questions, ' || count(*) || ' comparisons' FROM expected"
