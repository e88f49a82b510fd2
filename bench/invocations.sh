#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What reading and loading invocation logs costs: invocations.sh FOLDER [RECORDS]. CPU time of the backend, medians of
# three rounds in turn, beside unpacking alone and PostgreSQL's own way: COPY of the lines and jsonb for the fields. Needs
# the connection of a superuser in the environment and a folder that server and script see.
set -euo pipefail
folder=$1 records=${2:-200000}
database=invocations_bench
q() { psql -X -q -At -v ON_ERROR_STOP=1 -d "$database" "$@"; }
dropdb --if-exists "$database"
createdb "$database"
q -c 'CREATE EXTENSION bedrock_cost'
rm -f "$folder"/invocations.json*
# A record of about two kilobytes: most of it is a prompt and an answer. Sixty callers, eight models, a month.
q -v file="$folder/invocations.json" -v records="$records" <<'SQL'
COPY (SELECT jsonb_build_object('schemaType', 'ModelInvocationLog', 'schemaVersion', '1.0', 'timestamp', to_char('2026-09-01'::timestamp + n * (interval '30 days' / :records), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'accountId', '111122223333', 'region', 'us-west-2', 'requestId', gen_random_uuid(), 'operation', 'Converse',
        'modelId', (ARRAY['anthropic.claude-sonnet-4-6', 'us.anthropic.claude-opus-4-7', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-lite-v1:0'])[1 + n % 4],
        'identity', jsonb_build_object('arn', format('arn:aws:sts::111122223333:assumed-role/Role%s/i-%s', n % 20, n % 60)), 'requestMetadata', jsonb_build_object('team', 't' || n % 5, 'trace', n),
        'input', jsonb_build_object('inputTokenCount', n % 5000, 'inputBodyJson', jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'user', 'content', repeat(md5(n::text) || ' "x" ', 20 + n % 20))))),
        'output', jsonb_build_object('outputTokenCount', n % 900, 'outputBodyJson', jsonb_build_object('content', repeat(md5(n::text), 10 + n % 20), 'usage', jsonb_build_object('cacheReadInputTokens', n % 70), 'metrics', jsonb_build_object('latencyMs', n % 3000))))
      FROM generate_series(1, :records) AS n) TO :'file' WITH (FORMAT csv, QUOTE E'\b', DELIMITER E'\t');
SQL
gzip -1 -c "$folder/invocations.json" >"$folder/invocations.json.gz"
chmod a+r "$folder"/invocations.json*

# Milliseconds of CPU that a statement costs its backend.
cpu() {
    q -v ON_ERROR_STOP=1 <<SQL | tail -n 1
CREATE OR REPLACE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE sql VOLATILE AS \$\$ SELECT split_part(pg_read_file('/proc/' || pg_backend_pid() || '/schedstat'), ' ', 1)::numeric / 1000000 \$\$;
$1;
SELECT pg_temp.cpu() AS before \gset
$2;
SELECT round(pg_temp.cpu() - :before);
SQL
}
empty='TRUNCATE bedrock.invocation, bedrock.invocation_day, bedrock.invocation_dimension, bedrock.invocation_label, bedrock.invocation_quarantine'
declare -A figures
for _ in 1 2 3; do
    figures[read]+="$(cpu 'SELECT 1' "SELECT count(*) FROM bedrock_internal.read_invocations(ARRAY['$folder/invocations.json'])") "
    figures[read_gzip]+="$(cpu 'SELECT 1' "SELECT count(*) FROM bedrock_internal.read_invocations(ARRAY['$folder/invocations.json.gz'])") "
    figures[load]+="$(cpu "$empty" "SELECT * FROM bedrock.load_invocations('$folder/invocations.json')") "
    figures[again]+="$(cpu 'SELECT 1' "SELECT * FROM bedrock.load_invocations('$folder/invocations.json')") "
    figures[jsonb]+="$(cpu 'CREATE TEMP TABLE line (line text)' "COPY line FROM '$folder/invocations.json' WITH (FORMAT csv, QUOTE E'\\b', DELIMITER E'\\t'); CREATE TEMP TABLE r AS SELECT j ->> 'requestId' AS id, (j ->> 'timestamp')::timestamptz AS at, j ->> 'modelId' AS model, j #>> '{identity,arn}' AS arn, (j #>> '{input,inputTokenCount}')::int AS input, (j #>> '{output,outputTokenCount}')::int AS output FROM (SELECT line::jsonb AS j FROM line OFFSET 0) AS l") "
done
bytes=$(stat -c %s "$folder/invocations.json")
printf '%s records, %s bytes\n' "$records" "$bytes"
for name in read read_gzip load again jsonb; do
    median=$(printf '%s\n' ${figures[$name]} | sort -n | sed -n 2p)
    printf '%-10s %8s ms CPU %10s records a second\n' "$name" "$median" "$((records * 1000 / median))"
done
dropdb "$database"
rm -f "$folder"/invocations.json*
