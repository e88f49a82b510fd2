#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Twenty sessions claim, end and move at once: no deadlock, no day with two claims, no change lost, and every line has the
# owner that the claims say. A dump has all of it.
set -euo pipefail
q() { psql -X -q -At -v ON_ERROR_STOP=1 -d claims "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
sessions=20 calls=15
dropdb --if-exists claims
createdb -T bedrock_template claims
mkdir -p "$OUTPUT_DIR"

q -o /dev/null <<'SQL'
CREATE TABLE cur AS
SELECT '1'::text AS bill_payer_account_id, timestamptz '2026-03-01Z' AS bill_billing_period_start_date, 'AWS'::text AS bill_billing_entity,
       '111122223333'::text AS line_item_usage_account_id, 'Usage'::text AS line_item_line_item_type,
       'AmazonBedrock'::text AS line_item_product_code, 'Amazon Bedrock'::text AS product_product_name,
       'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, d AS line_item_usage_start_date,
       d + interval '1 hour' AS line_item_usage_end_date, 'USD'::text AS line_item_currency_code,
       r * 100 + extract(day FROM d) AS line_item_unblended_cost,
       format('arn:aws:sts::111122223333:assumed-role/role-%s/s', r) AS line_item_iam_principal
FROM generate_series(1, 8) AS r, generate_series(timestamptz '2026-03-01Z', '2026-03-31Z', '1 day') AS d;
SELECT FROM bedrock.attach('cur', line_item => false);
SELECT FROM bedrock.refresh();
SELECT bedrock.set_workload('w' || n) FROM generate_series(1, 4) AS n;
CREATE TABLE done (claim_id bigint, what text, day date);
-- What chance brings; refused is what a claim of another session forbids, and no other error.
CREATE FUNCTION chance() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    what text := (ARRAY['claim', 'claim', 'claim', 'end', 'move'])[ceil(random() * 5)];
    workload text := 'w' || ceil(random() * 4);
    day date := date '2026-03-01' + floor(random() * 30)::integer;
    last_day date := day + floor(random() * 10)::integer;
    id bigint := (SELECT c.claim_id FROM bedrock.claim AS c WHERE upper_inf(c.recorded) ORDER BY random() LIMIT 1);
BEGIN
    CASE what
        WHEN 'claim' THEN
            id := bedrock.claim_identity('role-' || ceil(random() * 8), workload, day, last_day, 'test');
        WHEN 'move' THEN
            id := bedrock.move_claim(id, workload, day, 'test');
        ELSE PERFORM bedrock.end_claim(id, day, 'test');
    END CASE;
    INSERT INTO done (claim_id, what, day) VALUES (id, what, day);
EXCEPTION WHEN exclusion_violation OR no_data_found OR invalid_parameter_value OR null_value_not_allowed THEN NULL;
END$$;
SQL

for ((s = 1; s <= sessions; s++)); do
    for ((c = 1; c <= calls; c++)); do echo 'SELECT chance();'; done |
        q -o /dev/null -f - 2>"$OUTPUT_DIR/error_$s" &
    pids[s]=$!
done
for ((s = 1; s <= sessions; s++)); do
    wait "${pids[s]}" || fail "session $s: $(cat "$OUTPUT_DIR/error_$s")"
done
is 'no error, no deadlock' "$(cat "$OUTPUT_DIR"/error_*)" ''
is 'much was done' "$(q -c "SELECT count(*) FILTER (WHERE what = 'claim') > 20, count(*) FILTER (WHERE what <> 'claim') > 5
    FROM done")" 't|t'
is 'no day has two claims' "$(q -c "SELECT count(*) FROM bedrock.claim AS a JOIN bedrock.claim AS b
    ON a.identity = b.identity AND a.valid && b.valid AND a.recorded && b.recorded AND a.ctid < b.ctid")" 0
is 'every claim made is there, and no other' "$(q -c "SELECT count(*) FROM
    (SELECT claim_id FROM done WHERE what <> 'end') AS d FULL JOIN (SELECT DISTINCT claim_id FROM bedrock.claim) AS c
    USING (claim_id) WHERE d.claim_id IS NULL OR c.claim_id IS NULL")" 0
is 'what was ended stays ended' "$(q -c "SELECT count(*) FROM done AS d JOIN bedrock.claim AS c USING (claim_id)
    WHERE d.what = 'end' AND upper_inf(c.recorded) AND upper(c.valid) > d.day + 1")" 0
is 'every line has the owner that the claims say' "$(q -c "SELECT count(*), count(*) FILTER (WHERE
    s.workload IS DISTINCT FROM coalesce(c.workload, '(unclaimed)') OR s.claim_id IS DISTINCT FROM c.claim_id)
    FROM bedrock.spend AS s LEFT JOIN bedrock.claim AS c
    ON c.identity = s.principal_key AND upper_inf(c.recorded) AND c.valid @> s.usage_date")" '248|0'
is 'and every cent one' "$(q -c 'SELECT sum(unblended_cost) FROM bedrock.spend')" \
    "$(q -c 'SELECT sum(line_item_unblended_cost) FROM cur')"

# A dump has all of it: what is known, what was, who changed it; and numbers of claims go on.
q -o /dev/null -c "SELECT bedrock.set_level(1, 'Unit'), bedrock.set_element('People', 1), bedrock.set_label('role-1', 'team', 'x'),
    bedrock.set_workload('w1', element => 'People'), bedrock.set_owner_rule('r', 'principal_name', '^role', 'w2')"
state() {
    q -d "$1" -c 'SELECT * FROM bedrock.audit ORDER BY at, object_kind, object' \
        -c 'SELECT * FROM bedrock.claims ORDER BY claim_id' -c 'SELECT * FROM bedrock.workloads ORDER BY workload' \
        -c 'SELECT * FROM bedrock.elements' -c "SELECT workload, element1, team, attribution_rule, sum(unblended_cost)
            FROM bedrock.spend GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
}
dropdb --if-exists claims_restored
createdb claims_restored
pg_dump -d claims | q -d claims_restored -o /dev/null -f -
state claims >"$OUTPUT_DIR/state"
state claims_restored | diff "$OUTPUT_DIR/state" - || fail 'a restored database has other claims'
is 'a restored database has the same claims, hierarchy and history' "$([ "$(wc -l <"$OUTPUT_DIR/state")" -gt 100 ] || echo few)" ''
is 'and goes on from there' "$(q -d claims_restored -c "SELECT bedrock.claim_identity('arn:aws:iam::111122223333:role/new', 'w1')
    > (SELECT max(claim_id) FROM bedrock.claim)")" t
dropdb claims_restored
dropdb claims
