#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# An updated installation is the same as a fresh one: catalogs and comments of every old version after ALTER EXTENSION
# UPDATE, of a database restored from a dump, and of a fresh CREATE EXTENSION are compared. tests/upgrade/ holds the
# install script of each released version; "0.0.0" is the empty beginning, so that the path is walked from the first
# release on.
set -euo pipefail
q() { psql -X -At -v ON_ERROR_STOP=1 "$@"; }

snapshot() { q -d "$1" -f "$SOURCE_DIR/tests/server/snapshot.sql"; }

dropdb --if-exists upgrade_fresh; createdb upgrade_fresh
q -d upgrade_fresh -c 'CREATE EXTENSION bedrock_cost'
snapshot upgrade_fresh >"$OUTPUT_DIR/fresh"
[ "$(wc -l <"$OUTPUT_DIR/fresh")" -gt 100 ]

# The re-runnable part over a fresh installation changes nothing: that is what an update from the last version runs.
directory=$(dirname "$(find "$OUTPUT_DIR/../plain/stage" -name 'bedrock_cost.control')")
cp "$BINARY_DIR/sql/replace.sql" "$directory/bedrock_cost--$PROJECT_VERSION--$PROJECT_VERSION.again.sql"
q -d upgrade_fresh -c "ALTER EXTENSION bedrock_cost UPDATE TO '$PROJECT_VERSION.again'"
snapshot upgrade_fresh | diff "$OUTPUT_DIR/fresh" -

# What was granted and revoked meanwhile stays.
dropdb --if-exists upgrade_granted; createdb upgrade_granted
q -d upgrade_granted <<'SQL'
CREATE EXTENSION bedrock_cost;
GRANT EXECUTE ON FUNCTION bedrock_internal.rules_version() TO PUBLIC;
REVOKE EXECUTE ON FUNCTION is_bedrock(text, text, text), bedrock.try_jsonb(text) FROM PUBLIC;
GRANT SELECT ON bedrock.spend, bedrock.setting TO PUBLIC;
SQL
snapshot upgrade_granted >"$OUTPUT_DIR/granted"
[ "$(diff "$OUTPUT_DIR/fresh" "$OUTPUT_DIR/granted" | grep -c '^>')" = 5 ]
q -d upgrade_granted -c "ALTER EXTENSION bedrock_cost UPDATE TO '$PROJECT_VERSION.again'"
snapshot upgrade_granted | diff "$OUTPUT_DIR/granted" -

# A function that the update brings is revoked where new ones are made with privileges, and there too grants stay.
dropdb --if-exists upgrade_default; createdb upgrade_default
q -d upgrade_default <<'SQL'
CREATE ROLE upgrade_analyst;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO upgrade_analyst;
CREATE EXTENSION bedrock_cost;
GRANT EXECUTE ON FUNCTION bedrock_internal.rules_version() TO PUBLIC;
SQL
{
    cat "$SOURCE_DIR/sql/guard.sql"
    echo "CREATE FUNCTION bedrock.brought() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';"
    cat "${replace[@]}"
} >"$directory/bedrock_cost--$PROJECT_VERSION--$PROJECT_VERSION.again.sql"
q -d upgrade_default -c "ALTER EXTENSION bedrock_cost UPDATE TO '$PROJECT_VERSION.again'"
[ "$(q -d upgrade_default <<'SQL'
CREATE ROLE upgrade_nobody;
SELECT string_agg(concat_ws(' ', f, has_function_privilege('upgrade_nobody', f, 'EXECUTE'), has_function_privilege('upgrade_analyst', f, 'EXECUTE')), ', ' ORDER BY f::text)
FROM unnest('{bedrock.brought(),bedrock_internal.rules_version(),bedrock.detach(text)}'::regprocedure[]) AS f;
SQL
)" = 'CREATE ROLE
bedrock.brought() f t, bedrock.detach(text) f t, bedrock_internal.rules_version() t t' ]
dropdb upgrade_default
q -d postgres -c 'DROP ROLE upgrade_analyst, upgrade_nobody'
rm "$directory/bedrock_cost--$PROJECT_VERSION--$PROJECT_VERSION.again.sql"

for script in "$SOURCE_DIR"/tests/upgrade/bedrock_cost--*.sql; do
    [ -e "$script" ] || continue
    old=$(basename "$script" .sql); old=${old#bedrock_cost--}
    cp "$script" "$directory/"
    dropdb --if-exists upgrade_old; createdb upgrade_old
    q -d upgrade_old -c "CREATE EXTENSION bedrock_cost VERSION '$old'" -c 'ALTER EXTENSION bedrock_cost UPDATE'
    rm "$directory/$(basename "$script")"
    snapshot upgrade_old | diff "$OUTPUT_DIR/fresh" -
done

dropdb --if-exists upgrade_restored; createdb upgrade_restored
pg_dump -d upgrade_fresh | sed "s/VERSION '[^']*'//" | q -d upgrade_restored >/dev/null
snapshot upgrade_restored | diff "$OUTPUT_DIR/fresh" -
echo "fresh = updated = restored: $(wc -l <"$OUTPUT_DIR/fresh") catalog rows"
