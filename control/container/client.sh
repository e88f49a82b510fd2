#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Entry point of the client's image: client.sh COMMAND... runs it once the database answers. PGHOST, PGUSER and PGDATABASE
# say where; the password stands in the file that PGPASSWORD_FILE names, or in PGPASSWORD.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../progress.sh"

if [ -n "${PGPASSWORD_FILE:-}" ]; then
    [ -r "$PGPASSWORD_FILE" ] || die "PGPASSWORD_FILE: $PGPASSWORD_FILE cannot be read by $(id -un) (uid $(id -u))"
    PGPASSWORD=$(<"$PGPASSWORD_FILE")
    export PGPASSWORD
fi
trap 'exit 143' TERM INT
waited=0
until pg_isready -q; do
    [ $((waited % 10)) != 0 ] || printf '    waiting for the database on %s, %d s\n' "${PGHOST:-this machine}" $waited >&2
    [ $waited -lt "${BEDROCK_WAIT:-600}" ] || die "no database answers on ${PGHOST:-this machine}"
    sleep 1 & wait $!
    waited=$((waited + 1))
done
trap - TERM INT
exec "$@"
