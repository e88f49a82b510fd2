#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/: each example runs as it is shipped, from a folder with a space in its name. examples.sh [NAME...]
set -euo pipefail
shopt -s inherit_errexit
export EXAMPLES=$SOURCE_DIR/docs/examples PYTHON=/usr/bin/python3 TOP=$OUTPUT_DIR
q() { PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
export -f q fail is
[ $# -gt 0 ] || set -- s3_nightly bi_refresh chargeback_mail budget_check litellm
for example; do
    echo "==> $example"
    export OUTPUT_DIR="$TOP/$example of a test"
    rm -rf "$OUTPUT_DIR"; mkdir -p "$OUTPUT_DIR"
    bash -euo pipefail -O inherit_errexit "$SOURCE_DIR/tests/server/examples/$example.sh"
done
