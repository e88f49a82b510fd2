#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# pages.sh: builds the dashboard as the role PGUSER and serves it on port 3000; again after each load or refresh that
# changed something, and when a day ends. It looks every INTERVAL seconds (60). Pages that are there stay until new ones are.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
pages=${PAGES:-$HOME/pages}
. "$root/control/progress.sh"

children=()
stop() {
    trap '' TERM INT
    [ ${#children[@]} = 0 ] || kill "${children[@]}" 2>/dev/null || true
    exit 143
}
trap stop TERM INT
beside() { local status=0; "$@" & children[1]=$!; wait "${children[1]}" || status=$?; unset 'children[1]'; return $status; }

built=''
while true; do
    now=$(psql -X -At -c "SELECT current_date || ' ' || coalesce(max(load_id), 0) FROM bedrock.load_log") || now=$built
    if [ "$now" != "$built" ]; then
        # Inherited variables of psql say where.
        if beside "$root/control/dashboard.sh" --build-only "$pages"; then
            built=$now
            [ -n "${children[0]:-}" ] || { node "$root/docs/dashboard/serve.mjs" "$pages" 3000 0.0.0.0 & children[0]=$!; }
        else
            step "the pages could not be built (above); again in ${INTERVAL:-60} s"
        fi
    fi
    # A server that is gone ends the container, which is then started again.
    [ -z "${children[0]:-}" ] || kill -0 "${children[0]}" || exit 1
    beside sleep "${INTERVAL:-60}"
done
