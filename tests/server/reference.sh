#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/reference.md says what the COMMENTs in the database say; ./run reference writes it anew. An object's topic is the
# folder of sql/ that makes it.
set -euo pipefail
created_in() {
    local kinds='FUNCTION|PROCEDURE|VIEW|TABLE|TYPE'
    (cd "$SOURCE_DIR/sql" && grep -roE "^CREATE (OR REPLACE )?($kinds) (@extschema@\.)?[a-z_.0-9]+" [0-9]*/) |
        sed -E -e 's|^([^/]+)/[^:]*:CREATE (OR REPLACE )?([A-Z]+) (@extschema@\.)?(.*)$|\1\t\3\t\5|' \
            -e 's|\tPROCEDURE\t|\tFUNCTION\t|'
}
{
    cat <<'HEAD'
# Reference

Every function, view, table and column of the extension, by topic. Written from its COMMENTs (`./run reference`); the
same texts stand in psql under `\df+ bedrock.*`, `\d+` and `\dT+`. Every function that takes a `resource_id text` also
takes it as `bedrock_arn`. What is in schema `bedrock_internal` is not described: it is not for use, and changes with
any version.

HEAD
    psql -X -q -v ON_ERROR_STOP=1 -d "${PGDATABASE:-bedrock_template}" -f <(
        echo 'CREATE TEMP TABLE created_in (topic text, kind text, name text);'
        echo 'COPY created_in FROM STDIN;'
        created_in
        echo '\.'
        cat "$SOURCE_DIR/tests/server/reference.sql")
} >"$OUTPUT_DIR/reference.md"
if grep -q '^## Of no topic' "$OUTPUT_DIR/reference.md"; then
    sed -n '/^## Of no topic/,$ s/^### //p' "$OUTPUT_DIR/reference.md"
    echo 'tests/server/reference.sql knows no topic of these'
    exit 1
fi
[ "${1:-}" = write ] && mkdir -p "$SOURCE_DIR/docs" && cp "$OUTPUT_DIR/reference.md" "$SOURCE_DIR/docs/reference.md"
diff "$SOURCE_DIR/docs/reference.md" "$OUTPUT_DIR/reference.md" ||
    { echo "docs/reference.md is stale: ./run reference"; exit 1; }
