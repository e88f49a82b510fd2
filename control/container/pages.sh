#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# pages.sh: builds the dashboard as the role PGUSER and serves it on port 3000; again after each load or refresh of the bill,
# each change that bedrock.audit shows (budgets, owners, prices, statements), and when a day ends. It looks every INTERVAL
# seconds (60). Pages that are there stay until new ones are.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
pages=${PAGES:-$HOME/pages}
. "$root/control/progress.sh"

server=''
stop() {
    trap '' TERM INT
    # shellcheck disable=SC2086
    kill $child $server 2>/dev/null || true
    exit 143
}
trap stop TERM INT

built=''
while true; do
    now=$(psql -X -At -c "SELECT current_date, (SELECT max(load_id) FROM bedrock.load_log), (SELECT max(at) FROM bedrock.audit)") ||
        now=$built
    if [ "$now" != "$built" ]; then
        # Inherited variables of psql say where.
        if run_child "$root/control/dashboard.sh" --build-only "$pages"; then
            built=$now
            [ -n "$server" ] || { node "$root/docs/dashboard/serve.mjs" "$pages" 3000 0.0.0.0 & server=$!; }
        else
            step "the pages could not be built (above); again in ${INTERVAL:-60} s"
        fi
    fi
    # A server that is gone ends the container, which is then started again.
    [ -z "$server" ] || kill -0 "$server" || exit 1
    run_child sleep "${INTERVAL:-60}"
done
