#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A month that AWS delivers anew every day: each delivery brings the month to date, and facts of days before are not written
# again. After thirty of them, without a VACUUM, and one more by force, facts and months take no more room than the last
# delivery loaded at once does.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }

rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR/data/BILLING_PERIOD=2026-06" "$OUTPUT_DIR/metadata/BILLING_PERIOD=2026-06"
printf '{"dataFiles":["s3://bucket/acme/data/BILLING_PERIOD=2026-06/acme-00001.csv"]}\n' \
    >"$OUTPUT_DIR/metadata/BILLING_PERIOD=2026-06/acme-Manifest.json"
file=$OUTPUT_DIR/data/BILLING_PERIOD=2026-06/acme-00001.csv

# deliver DAYS: 400 users of a model, each on two days of three with two lines; some begin late. A tax of the month so far,
# in each account.
deliver() {
    awk -v days="$1" 'BEGIN {
        print "line_item_usage_account_id,bill_payer_account_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,line_item_product_code,bill_billing_entity,product,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,line_item_blended_cost,line_item_currency_code,line_item_iam_principal"
        for (user = 0; user < 400; ++user)
            for (day = 1 + user % 7; day <= days; ++day)
                if ((user + day) % 3 > 0)
                    for (hour = user % 5; hour < user % 5 + 2; ++hour)
                        line(user, "Usage", day, hour, 1000 + user * day + hour, (1000 + user * day + hour) * 0.00006)
        for (user = 0; user < 5; ++user)
            line(user, "Tax", 1, 0, 1, days * (user + 1) / 100)
    }
    function line(user, type, day, hour, amount, cost) {
        printf "11112222333%d,999900001111,2026-06-01T00:00:00.000Z,2026-06-%02dT%02d:00:00.000Z,2026-06-%02dT%02d:00:00.000Z,%s,", user % 5, day, hour, day, hour + 1, type
        printf "AmazonBedrock,AWS,\"{\"\"product_name\"\":\"\"Amazon Bedrock\"\"}\",USE1-NovaMicro-%s-tokens,%d,%.8f,%.8f,USD,", (user % 2 ? "input" : "output"), amount, cost, cost
        printf "%s\n", (type == "Tax" ? "" : sprintf("arn:aws:iam::11112222333%d:user/user-%d", user % 5, user))
    }' >"$file"
    chmod -R a+rX "$OUTPUT_DIR"
}
load() { q -d "$1" -c "SELECT action, lines FROM bedrock.load_cur('$OUTPUT_DIR'$2)"; }
bytes() { q -d "$1" -c "SELECT sum(pg_total_relation_size(t.relid)) FROM unnest('{bedrock.fact,bedrock.fact_month}'::regclass[]) AS r, pg_partition_tree(r) AS t"; }
state() {
    q -d "$1" -c "SELECT count(*), md5(string_agg(k, E'\n' ORDER BY k)) FROM (SELECT (to_jsonb(s) - 'dimension_id')::text AS k FROM bedrock.spend AS s) AS s" \
        -c "SELECT count(*), md5(string_agg(k, E'\n' ORDER BY k)) FROM (SELECT (to_jsonb(s) - 'dimension_id')::text AS k FROM bedrock.spend_monthly AS s) AS s"
}

for database in redeliver redeliver_fresh; do dropdb --if-exists $database; createdb -T bedrock_template $database; done
# Nothing is vacuumed meanwhile.
for ((day = 1; day <= 30; ++day)); do
    deliver $day
    if [ $day = 16 ]; then
        q -d redeliver >/dev/null <<'SQL'
CREATE TABLE before AS SELECT f.tableoid AS partition, f.ctid AS place, f.xmin::text AS writer FROM bedrock.fact AS f JOIN bedrock.dimension AS d USING (dimension_id) WHERE d.charge_category = 'usage';
CREATE TABLE bill_before AS SELECT bill_id FROM bedrock.bill_total;
SQL
    fi
    load redeliver '' >>"$OUTPUT_DIR/loads"
    if [ $day = 1 ]; then
        q -d redeliver -c "SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off);', t.relid::regclass) FROM unnest('{bedrock.fact,bedrock.fact_month}'::regclass[]) AS r, pg_partition_tree(r) AS t WHERE t.isleaf" |
            q -d redeliver -f - >/dev/null
    elif [ $day = 16 ]; then
        untouched=$(q -d redeliver -c "SELECT count(*) > 1000, bool_and(f.ctid IS NOT NULL) FROM before AS b
            LEFT JOIN bedrock.fact AS f ON f.tableoid = b.partition AND f.ctid = b.place AND f.xmin::text = b.writer")
        [ "$untouched" = 't|t' ] || fail "facts of days before were written again: $untouched"
        [ "$(q -d redeliver -c 'SELECT count(*) FROM bill_before WHERE bill_id NOT IN (SELECT bill_id FROM bedrock.bill_total)')" = 0 ] ||
            fail 'a bill that is delivered again has another number'
    fi
done
[ "$(load redeliver '')" = "unchanged|$(($(wc -l <"$file") - 1))" ] || fail 'a delivery that did not change is read again'
[ "$(load redeliver ', force => true')" = "replaced|$(($(wc -l <"$file") - 1))" ] || fail 'by force it is not read'
load redeliver_fresh '' >/dev/null
diff <(state redeliver) <(state redeliver_fresh) || fail 'delivered day by day a month says something else'
[ "$(q -d redeliver -c "SELECT status FROM bedrock_internal.doctor_state() WHERE finding = 'integrity'")" = ok ] || fail 'the tables disagree'
grown=$(bytes redeliver) fresh=$(bytes redeliver_fresh)
echo "$(q -d redeliver -c 'SELECT count(*) FROM bedrock.fact') facts: $grown bytes after thirty deliveries, $fresh loaded at once"
[ $((grown * 10)) -le $((fresh * 12)) ] || fail "thirty deliveries take $grown bytes, the last one alone $fresh"
dropdb redeliver; dropdb redeliver_fresh
