#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/reference.md says what the COMMENTs in the database say; ./run reference writes it anew.
set -euo pipefail
{
    cat <<'HEAD'
# Reference

Written from the COMMENTs of the extension (`./run reference`); the same texts stand in psql under `\df+`, `\d+` and `\dT+`.
Every function that takes a `resource_id text` also takes it as `bedrock_arn`.

HEAD
    psql -X -q -d "${PGDATABASE:-bedrock_template}" -f "$SOURCE_DIR/tests/server/reference.sql"
} >"$OUTPUT_DIR/reference.md"
[ "${1:-}" = write ] && mkdir -p "$SOURCE_DIR/docs" && cp "$OUTPUT_DIR/reference.md" "$SOURCE_DIR/docs/reference.md"
diff "$SOURCE_DIR/docs/reference.md" "$OUTPUT_DIR/reference.md" ||
    { echo "docs/reference.md is stale: ./run reference"; exit 1; }
