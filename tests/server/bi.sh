#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What BI tools are given: the Grafana dashboard, the Malloy model.
set -euo pipefail
shopt -s inherit_errexit
here=$SOURCE_DIR/tests/server/bi
q() { PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
modules=$("$SOURCE_DIR/control/npm.sh" "$here")
rm -rf "$OUTPUT_DIR"; mkdir -p "$OUTPUT_DIR"
dropdb --if-exists bi_test; createdb -T bedrock_demo bi_test
export PGDATABASE=bi_test
q -o /dev/null -f "$here/raw.sql"

# ---- Grafana ---------------------------------------------------------------------------------------------------------

dashboard=$SOURCE_DIR/docs/grafana.json
node "$SOURCE_DIR/docs/bi/grafana.mjs" >"$OUTPUT_DIR/grafana.json"
diff "$dashboard" "$OUTPUT_DIR/grafana.json" >"$OUTPUT_DIR/difference" ||
    fail "docs/grafana.json is not what docs/bi/grafana.mjs prints: $(head -n 20 "$OUTPUT_DIR/difference")"
# A literal is checked for members that the type does not have; one wrong member shows that this check is made.
ln -s "$modules/node_modules" "$OUTPUT_DIR/node_modules"
{
    echo "import type { Dashboard } from '@grafana/schema';"
    echo 'type Exported = Dashboard & { __inputs: Record<"name" | "label" | "description" | "type" | "pluginId" | "pluginName", string>[] };'
    printf 'export const dashboard: Exported = %s;\n' "$(cat "$dashboard")"
    echo '// @ts-expect-error'
    echo "export const wrong: Dashboard = { ...dashboard, schemaVersion: '39' };"
} >"$OUTPUT_DIR/dashboard.ts"
node "$modules/node_modules/typescript/bin/tsc" --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext \
    "$OUTPUT_DIR/dashboard.ts" >"$OUTPUT_DIR/types" || fail "docs/grafana.json does not fit the schema: $(head -n 20 "$OUTPUT_DIR/types")"
echo 'ok: the dashboard fits the schema of Grafana'
node "$here/grafana.mjs" "$modules" "$dashboard"

# ---- Malloy ----------------------------------------------------------------------------------------------------------

BEDROCK_BI_PASSWORD=secret node "$here/malloy.mjs" "$modules" "$SOURCE_DIR/docs/bi/spend.malloy" "$SOURCE_DIR/docs/bi.md" "$OUTPUT_DIR/malloy"
dropdb bi_test
