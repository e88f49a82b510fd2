# SPDX-License-Identifier: PostgreSQL
# Sourced by tests whose clients speak TCP only, where the server listens on a unix socket. open_proxy joins the two on a
# free port of the loopback, $proxy_port, until close_proxy.
proxy=
open_proxy() {
    local ready=$OUTPUT_DIR/port n
    rm -f "$ready"
    node "$SOURCE_DIR/tests/clients/proxy.mjs" "$PGHOST/.s.PGSQL.$PGPORT" "$ready" &
    proxy=$!
    for ((n = 0; n < 100; n++)); do [ ! -e "$ready" ] || break; sleep 0.1; done
    proxy_port=$(cat "$ready")
}
close_proxy() { [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true; }
