#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Prices of the user survive pg_dump and a restore, and the shipped book being replaced under them.
set -euo pipefail
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }

dropdb --if-exists price_a; dropdb --if-exists price_b; dropdb --if-exists price_c; dropdb --if-exists price_d
createdb -T bedrock_template price_a
q -d price_a -v content="$(cat "$SOURCE_DIR/tests/corpus/price_list.json")" >/dev/null <<'SQL'
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'input', 0.7, valid_from => '2026-01-01', note => 'contract');
SELECT bedrock.set_price('anthropic.claude-haiku-4-5', 'input', 0.6, valid_from => '2026-07-01');
SELECT bedrock.set_discount(15, provider => 'Amazon', valid_from => '2026-01-01');
SELECT count(*) FROM bedrock.load_price_list_text(:'content', 'price_list.json');
SELECT bedrock.apply_price_list(offer_code, version) FROM bedrock.price_list;
SQL

state() {
    q -d "$1" <<'SQL'
SELECT model_id, token_kind, usd, valid, recorded, recorded_by, origin, source, note FROM bedrock.price WHERE NOT builtin ORDER BY recorded, valid, model_id;
SELECT * FROM bedrock.price_discount;
SELECT offer_code, version, rates, (SELECT sum(r.usd) FROM bedrock.price_list_rate r WHERE (r.offer_code, r.version) = (l.offer_code, l.version)) FROM bedrock.price_list l ORDER BY 1;
SELECT count(*), sum(usd) FROM bedrock.price WHERE builtin;
SELECT estimated_cost('anthropic.claude-haiku-4-5', 1000, region => 'us-east-1', at => '2026-06-01'), estimated_cost('anthropic.claude-haiku-4-5', 1000, region => 'us-east-1', at => '2026-08-01'),
       estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', at => '2026-08-01');
SELECT count(*) FROM bedrock.price_version;
SQL
}

state price_a >"$OUTPUT_DIR/a"
[ "$(wc -l <"$OUTPUT_DIR/a")" -gt 8 ]
grep -qx '0.0007|0.0006|0.00002975' "$OUTPUT_DIR/a" || { cat "$OUTPUT_DIR/a"; exit 1; }

pg_dump -d price_a >"$OUTPUT_DIR/dump.sql"
createdb price_b
q -d price_b -f "$OUTPUT_DIR/dump.sql" >/dev/null
state price_b | diff "$OUTPUT_DIR/a" -
pg_dump -Fc -d price_a -f "$OUTPUT_DIR/dump.custom"
createdb price_c
pg_restore --exit-on-error -d price_c "$OUTPUT_DIR/dump.custom"
state price_c | diff "$OUTPUT_DIR/a" -

# What an update runs, in a session that has read the book: the shipped rows come again, the user's stay.
q -d price_a >"$OUTPUT_DIR/again" <<SQL
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', at => '2026-08-01');
UPDATE bedrock.price SET usd = usd * 2 WHERE builtin;
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', at => '2026-08-01');
\i $SOURCE_DIR/sql/70-price/data.sql
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', at => '2026-08-01');
SQL
diff "$OUTPUT_DIR/again" - <<'SQL'
0.00002975
0.0000595
0.00002975
SQL
state price_a | diff "$OUTPUT_DIR/a" -

# A session that has read the book meets an extension made anew, whose versions begin again.
q -d price_b >"$OUTPUT_DIR/anew" <<'SQL'
SELECT estimated_cost('anthropic.claude-haiku-4-5', 1000, region => 'us-east-1', at => '2026-08-01');
SET client_min_messages = error;
DROP EXTENSION bedrock_cost CASCADE;
CREATE EXTENSION bedrock_cost;
SELECT estimated_cost('anthropic.claude-haiku-4-5', 1000, region => 'us-east-1', at => '2026-08-01');
SQL
diff "$OUTPUT_DIR/anew" - <<'SQL'
0.0006
0.0011
SQL
# ./run load: through the server, and by a role that may read no file of it; plain and packed, JSON and CSV.
lists=$OUTPUT_DIR/lists
rm -rf "$lists"
mkdir -p "$lists"
cp "$SOURCE_DIR/tests/corpus/price_list.json" "$lists/answer.json"
gzip -nc "$lists/answer.json" >"$lists/answer.json.gz"
{
    printf '"FormatVersion","v1.0"\n"Publication Date","2026-11-05T00:00:00Z"\n"Version","20261105000000"\n"OfferCode","AmazonBedrock"\n'
    printf '"SKU","RateCode","TermType","Unit","PricePerUnit","Currency","usageType","serviceName","Region Code"\n'
    printf '"A","A.1","OnDemand","1K tokens","0.000035","USD","USE1-NovaMicro-input-tokens","Amazon Bedrock","us-east-1"\n'
} | gzip -n >"$lists/index.csv.gz"
{ head -c 60 "$lists/answer.json.gz"; } >"$lists/cut.json.gz"
chmod -R a+rX "$lists"
createdb -T bedrock_template price_d
loaded() { q -d price_d -c 'SELECT count(*), sum(rates), count(DISTINCT version) FROM bedrock.price_list'; }
PGDATABASE=price_d "$SOURCE_DIR/control/load.sh" "$lists/answer.json.gz" "$lists/index.csv.gz" >"$lists/out"
server=$(loaded) file=$(q -d price_d -c "SELECT DISTINCT file FROM bedrock.price_list WHERE format = 'csv'")
[ "$file" = "$(realpath "$lists/index.csv.gz")" ]
PGDATABASE=price_d "$SOURCE_DIR/control/load.sh" "$lists/answer.json" >"$lists/out"
grep -q unchanged "$lists/out"
! grep -q added "$lists/out" || { cat "$lists/out"; exit 1; }
q -d price_d -c "SELECT bedrock.delete_price_list(offer_code, version) FROM (SELECT DISTINCT offer_code, version FROM bedrock.price_list) l" >/dev/null
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
q -d price_d -c "$(loader_role price_client)"
trap 'q -d price_d -c "DROP OWNED BY price_client" -c "DROP ROLE price_client"' EXIT
client="dbname=price_d user=price_client"
! "$SOURCE_DIR/control/load.sh" --to "$client" "$lists/index.csv.gz" "$lists/cut.json.gz" >"$lists/out" 2>"$lists/error" || { echo "a list that is cut off was loaded"; exit 1; }
[ "$(loaded)" = "0||0" ]
# A line with a field too few: what is wrong, and where; by the server and by the client.
gzip -dc "$lists/index.csv.gz" | sed '6s/,"us-east-1"//' >"$lists/ragged.csv"; chmod a+r "$lists/ragged.csv"
for to in dbname=price_d "$client"; do
    ! "$SOURCE_DIR/control/load.sh" --to "$to" "$lists/ragged.csv" >"$lists/out" 2>"$lists/error" || { echo "a list with a field too few was loaded"; exit 1; }
    grep -q '8 fields where the header of the price list has 9' "$lists/error" && [ "$(tail -n 1 "$lists/error")" = "CONTEXT:  file $(realpath "$lists/ragged.csv"), line 6" ] ||
        { cat "$lists/error"; exit 1; }
done
! "$SOURCE_DIR/control/load.sh" --to "$client" "$lists/index.csv.gz" "$SOURCE_DIR/tests/corpus/arns.tsv" 2>"$lists/error" || { echo "a list and another file went together"; exit 1; }
grep -q 'load them apart' "$lists/error"
"$SOURCE_DIR/control/load.sh" --to "$client" "$lists/answer.json.gz" "$lists/index.csv.gz" >"$lists/out"
[ "$(loaded)" = "$server" ] || { echo "the client loads $(loaded), the server $server"; exit 1; }
# One statement with more model strings than the book in memory is to hold (64 MB of 96): it is begun anew meanwhile.
grown=$(q -d price_d <<'SQL'
CREATE FUNCTION pg_temp.resident() RETURNS integer LANGUAGE sql AS $$
    SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'VmRSS:\s+(\d+)')::integer / 1024 $$;
SELECT pg_temp.resident() AS before \gset
SELECT count(estimated_cost(repeat(n::text, 8000 / length(n::text)), 1)) AS priced FROM generate_series(1, 12000) AS n \gset
SELECT pg_temp.resident() - :before, :priced;
SQL
)
[ "${grown#*|}" = 0 ] && [ "${grown%|*}" -lt 80 ] || { echo "the price book grew by ${grown%|*} MB"; exit 1; }
echo "prices survive: $(grep -c . "$OUTPUT_DIR/a") lines of state"
