#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# A private PostgreSQL in a folder: cluster.sh start DIR STAGE | stop DIR | env DIR | running DIR
# It listens on a unix socket only and finds the extension in STAGE, where `cmake --install` put it (DESTDIR).
# BEDROCK_SETTINGS: further lines of its configuration.
set -euo pipefail

command=${1:?start, stop, env or running}
mkdir -p "${2:?folder of the cluster}"
dir=$(cd "$2" && pwd)
stage=${3:-}
bin=$(pg_config --bindir)
data=$dir/data
port=5432

# A socket path may have 107 bytes; a deep checkout gets its socket under the temporary folder.
socket=$dir
if [ ${#socket} -gt 80 ]; then
    socket=${TMPDIR:-/tmp}/bedrock_cost-$(printf '%s' "$dir" | cksum | cut -d' ' -f1)
fi

# PostgreSQL refuses to run as root. It then runs as the user postgres, who keeps the right to pass through folders
# (a checkout below /root) where root's capabilities allow that.
as_owner=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    if setpriv --inh-caps=+dac_override --ambient-caps=+dac_override true 2>/dev/null; then
        as_owner+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
    fi
fi

# A machine that went down leaves the file, and the number may be another program's by now, or another server's: ours works
# in its folder.
running() {
    local pid
    [ -f "$data/postmaster.pid" ] && pid=$(head -n 1 "$data/postmaster.pid") || return 1
    "${as_owner[@]}" test "/proc/$pid/cwd" -ef "$data"
}

start() {
    running && return
    install -d -m 700 "$socket"
    # It has its name when it is complete, and what has that name is never removed: somebody's bill may be in it.
    if [ ! -d "$data" ]; then
        rm -rf "$data.new"
        install -d -m 700 "$data.new"
        [ -z "${as_owner[*]}" ] || chown "$owner" "$data.new"
        (cd / && "${as_owner[@]}" "$bin/initdb" -D "$data.new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
            --no-sync >"$dir/initdb.log" 2>&1) || { cat "$dir/initdb.log" >&2; exit 1; }
        mv -T "$data.new" "$data"
    fi
    [ -z "${as_owner[*]}" ] || chown "$owner" "$socket"
    cat >"$data/private.conf" <<CONF
listen_addresses = ''
port = $port
unix_socket_directories = '$socket'
unix_socket_permissions = 0700
extension_destdir = '$stage'
max_connections = 50
shared_buffers = '512MB'
work_mem = '64MB'
maintenance_work_mem = '256MB'
max_wal_size = '4GB'
fsync = ${BEDROCK_FSYNC:-off}
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
max_prepared_transactions = 4
${BEDROCK_SETTINGS:-}
CONF
    grep -q private.conf "$data/postgresql.conf" || echo "include 'private.conf'" >>"$data/postgresql.conf"
    [ -z "${as_owner[*]}" ] || chown "$owner" "$data/private.conf"
    touch "$dir/server.log" && { [ -z "${as_owner[*]}" ] || chown "$owner" "$dir/server.log"; }
    (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$data" -l "$dir/server.log" -w -t 60 start >/dev/null) ||
        { tail -n 20 "$dir/server.log" >&2; exit 1; }
}

stop() {
    running || return 0
    (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null)
    [ "$socket" = "$dir" ] || rmdir "$socket" 2>/dev/null || true
}

case $command in
    start) start ;;
    stop) stop ;;
    running) running ;;
    env) printf 'export PGHOST=%q PGPORT=%s PGUSER=postgres\n' "$socket" "$port" ;;
    *) echo "cluster.sh: unknown command $command" >&2; exit 2 ;;
esac
