#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The database bedrock_demo, with the bill of Acme as ./run demo loads it, for the tests that copy it.
set -euo pipefail
dropdb --if-exists bedrock_demo
createdb -T bedrock_template bedrock_demo
PGDATABASE=bedrock_demo "$SOURCE_DIR/tests/bill/load.sh" "$BINARY_DIR/tests/bill/make_bill" "$OUTPUT_DIR/bill" >"$OUTPUT_DIR/log" 2>&1 ||
    { cat "$OUTPUT_DIR/log"; exit 1; }
