#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The images are built and run, by podman: container.sh RELEASE. Nothing is pulled: the base image is a Debian made by
# debootstrap, with this machine's way to packages (control/machine.sh). The build needs the package mirror and the npm
# registry; what runs then has a network of its own that leads nowhere. All it makes lies in OUTPUT_DIR and goes, but for the
# bare Debian. Root alone can do this; code 77: not run.
set -Eeuo pipefail
shopt -s inherit_errexit
# shellcheck source=control/machine.sh
. "$SOURCE_DIR/control/machine.sh"
fail() { printf '%s\n' "$@"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
[ "$(id -u)" = 0 ] || { echo 'not run: root alone makes and enters images (sudo ./run test full -R container)'; exit 77; }
for program in podman crun debootstrap; do
    command -v $program >/dev/null || fail "this test needs $program: apt-get install --no-install-recommends podman crun debootstrap"
done
on_its_own 'ctest -R container' "$@"
renice -n 10 $$ >/dev/null

release=$1
work=$OUTPUT_DIR/$release
step "images of $release in $work"

# ---- podman without a trace ---------------------------------------------------------------------------------------------

# Where /sys/fs/cgroup is of both kinds, crun wants the newer one. This is the script's own view of it.
[ ! -d /sys/fs/cgroup/unified ] || mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup
mkdir -p "$work/podman"
cat >"$work/containers.conf" <<CONF
[containers]
cgroups = "disabled"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
CONF
export CONTAINERS_CONF=$work/containers.conf
podman() {
    command podman --root "$work/podman/storage" --runroot "$work/podman/run" --tmpdir "$work/podman/tmp" "$@" \
        2> >(grep -v 'healthchecks: unable to get systemd\|to \(add\|start\|remove\) healthchecks' >&2)
}

if [ "${BEDROCK_OFFLINE:-}" != yes ]; then
    # What a run that failed has left; its images are built upon.
    podman rm -fa -t 0 >/dev/null
    podman volume rm -fa >/dev/null
    rm -rf "$work/exports" "$work/august"
    make_base "$release" "$OUTPUT_DIR/machines/$release"
    if ! podman image exists "debian:$release-slim"; then
        make_machine "$OUTPUT_DIR/machines/$release" image
        leave_machine "$OUTPUT_DIR/machines/$release/image"
        tar -C "$OUTPUT_DIR/machines/$release/image" -c . |
            podman import --change "ENV NODE_EXTRA_CA_CERTS=$certificate_file" - "localhost/debian:$release-slim" >/dev/null
        rm -rf --one-file-system "$OUTPUT_DIR/machines/$release/image"
    fi
    for target in server client; do
        step "building the image $target"
        logged "$work/build.$target" podman build --network host --pull=never --format docker --isolation chroot \
            ${npm_config_registry:+--env npm_config_registry="$npm_config_registry"} \
            --build-arg "DEBIAN=$release" --ignorefile "$SOURCE_DIR/control/container/Dockerfile.dockerignore" \
            -f "$SOURCE_DIR/control/container/Dockerfile" --target $target -t "bedrock-$target" "$SOURCE_DIR" ||
            fail "$(tail -n 30 "$work/build.$target")"
    done
    BEDROCK_OFFLINE=yes exec unshare --net "${BASH_SOURCE[0]}" "$release"
fi
ip link set lo up

# ---- what is in the images ------------------------------------------------------------------------------------------------

run() { podman run --network host "$@"; }
for image in server client; do
    found=$(run --rm --entrypoint bash bedrock-$image -c 'for p in g++ gcc cc cmake ninja make npm; do command -v $p; done; true')
    is "no compiler in $image" "$found" ''
    is "$image does not run as root" "$(run --rm --entrypoint id bedrock-$image -u | sed 's/^[1-9][0-9]*$/no/')" no
    printf 'size of %s, %s: %s MB, of which the base image %s MB\n' "$image" "$release" \
        $(($(podman image inspect --format '{{.Size}}' bedrock-$image) / 1000000)) \
        $(($(podman image inspect --format '{{.Size}}' "localhost/debian:$release-slim") / 1000000))
done
is 'client reads Parquet' "$(run --rm --entrypoint bash bedrock-client -c 'cd "$BEDROCK_PARQUET" && node -e "require(\"@duckdb/node-api\")" && cat version')" \
    "$(sed -n 's/.*"@duckdb\/node-api": "\([^"]*\)".*/\1/p' "$SOURCE_DIR/control/parquet/package.json")"
is 'no node in server' "$(run --rm --entrypoint bash bedrock-server -c 'command -v node || echo none')" none

# ---- a server -------------------------------------------------------------------------------------------------------------

mkdir -p "$work/secrets"
for name in loader dashboard; do printf 'pass of %s\n' $name >"$work/secrets/$name"; done
exports=$work/exports
mkdir -p "$exports/bill"
# A month, and a chunk beside it that its manifest does not name.
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$exports/bill" >/dev/null
lines=$(zcat "$exports"/bill/data/*/acme-00001.csv.gz | /usr/bin/python3 -c 'import csv, sys; print(sum(1 for _ in csv.reader(sys.stdin)) - 1)')
cp "$exports"/bill/data/*/acme-00001.csv.gz "$exports/bill/data/BILLING_PERIOD=2026-09/acme-00002.csv.gz"
chmod -R a+rX "$exports"
podman volume create data >/dev/null
if run --rm -v data:/var/lib/postgresql -e REFRESH_SCHEDULE=@daily bedrock-server >"$work/out" 2>&1; then fail 'a schedule without a loader started'; fi
is 'a schedule without a loader is refused' "$(grep -c 'REFRESH_SCHEDULE needs the role loader' "$work/out")" 1
start() {
    run -d --name db --shm-size 256m -v data:/var/lib/postgresql -v "$work/secrets:/run/secrets:ro" -e REFRESH_SCHEDULE='* * * * *' \
        -e LOADER_PASSWORD_FILE=/run/secrets/loader -e DASHBOARD_PASSWORD_FILE=/run/secrets/dashboard bedrock-server >/dev/null
    for _ in $(seq 120); do
        ! podman healthcheck run db >/dev/null 2>&1 || return 0
        [ "$(podman inspect --format '{{.State.Running}}' db)" = true ] || break
        sleep 1
    done
    fail 'the server is not healthy:' "$(podman logs db 2>&1 | tail -n 20)"
}
superuser() { podman exec db psql -X -q -At -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
q() { run --rm -e PGPASSWORD="pass of $1" --entrypoint psql bedrock-client -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$1" -d bedrock -c "$2"; }
start
is 'the extension is there' "$(superuser bedrock "SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'")" "$PROJECT_VERSION"
is 'process 1 is the server' "$(podman exec db cat /proc/1/comm)" postgres
for role in loader postgres; do
    ! PGPASSWORD=wrong run --rm -e PGPASSWORD --entrypoint psql bedrock-client -h 127.0.0.1 -U $role -d bedrock -c '' >/dev/null 2>&1 || fail "a wrong password opens to $role"
done

# ---- loader and schedule, as compose.yaml has them ---------------------------------------------------------------------------

loader() { run "$@" -e PGHOST=127.0.0.1 -e PGDATABASE=bedrock -e PGUSER=loader -e PGPASSWORD_FILE=/run/secrets/loader \
    -e INTERVAL=2 -v "$work/secrets/loader:/run/secrets/loader:ro" -v "$exports:/exports:ro" bedrock-client loader.sh; }
loader -d --name loader >/dev/null
wait_for() { # wait_for SECONDS WHAT QUERY
    for _ in $(seq "$1"); do [ "$(q loader "$3")" != t ] || { echo "ok: $2"; return; }; sleep 1; done
    fail "in vain waited for: $2" "$(podman logs loader 2>&1 | tail -n 20)" "$(podman logs db 2>&1 | tail -n 20)"
}
wait_for 300 'the loader loads what is there' "SELECT count(*) = 1 FROM loader.loaded"
raw=$(q loader 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur')
is 'what its manifest names' "${raw%|*}" "$lines"
is 'the bill' "$(q loader 'SELECT sum(lines), sum(unblended_cost) FROM bedrock.bill_total')" "$raw"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-08 --out "$work/august" >/dev/null
chmod -R a+rX "$work/august"
cp -a "$work"/august/* "$exports"/bill/
wait_for 300 'and what is new' "SELECT count(*) = 2 FROM loader.loaded"
wait_for 130 'the schedule runs' "SELECT count(*) > 0 FROM bedrock.schedule_log WHERE action = 'refreshed' AND ended_at IS NOT NULL"
began=$SECONDS
podman stop -t 60 loader >/dev/null
[ $((SECONDS - began)) -lt 20 ] || fail 'the loader does not hear that it should stop'
podman rm loader >/dev/null
raw=$(q loader 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur')

# ---- dashboard ----------------------------------------------------------------------------------------------------------

run -d --name pages -e PGHOST=127.0.0.1 -e PGDATABASE=bedrock -e PGUSER=dashboard -e PGPASSWORD_FILE=/run/secrets/dashboard \
    -e INTERVAL=5 -v "$work/secrets/dashboard:/run/secrets/dashboard:ro" bedrock-client pages.sh >/dev/null
built() { podman logs pages 2>&1 | grep -c '^==> building the pages' || true; }
page() { podman exec pages node -e "fetch('http://127.0.0.1:3000/$1').then(r => r.text()).then(t => console.log(t))" 2>/dev/null || true; }
for _ in $(seq 300); do [[ $(page '') != *'<html'* ]] || break; sleep 1; done
[[ $(page '') == *'<html'* ]] || fail 'there is no dashboard:' "$(podman logs pages 2>&1 | tail -n 30)"
echo 'ok: the dashboard is served'
is 'once' "$(built)" 1
superuser bedrock "SELECT bedrock.set_budget('all of it', 1000, attribute => 'all')" >/dev/null
for _ in $(seq 180); do [ "$(built)" = 1 ] || break; sleep 1; done
is 'and built again after a budget' "$(built)" 2
podman stop -t 30 pages >/dev/null
podman rm pages >/dev/null

# ---- stopped with a session open, and started again -------------------------------------------------------------------------

run -d --name open -e PGPASSWORD='pass of loader' --entrypoint psql bedrock-client -X -h 127.0.0.1 -U loader -d bedrock -c 'SELECT pg_sleep(600)' >/dev/null
podman stop -t 60 db >/dev/null
is 'stopped' "$(podman inspect --format '{{.State.ExitCode}}' db) $(podman logs db 2>&1 | tail -n 1 | sed 's/.*LOG: *//')" '0 database system is shut down'
podman rm -f -t 1 db open >/dev/null
start
is 'nothing is lost' "$(q loader 'SELECT count(*), sum(line_item_unblended_cost) FROM loader.cur')" "$raw"
is 'no recovery was needed' "$(podman logs db 2>&1 | grep -c 'not properly shut down' || true)" 0

# A volume of the previous version; process 1 hears SIGTERM too.
podman exec -i db sh -c 'cat >/tmp/old.sql' <"$SOURCE_DIR/tests/upgrade/bedrock_cost--0.2.0.sql"
podman exec --user 0 db sh -c 'cd /usr/share/postgresql/*/extension && cp /tmp/old.sql bedrock_cost--0.2.0.sql'
superuser postgres 'CREATE DATABASE old'
superuser old "CREATE EXTENSION bedrock_cost VERSION '0.2.0'"
podman kill --signal TERM db >/dev/null
podman wait db >"$work/status"
is 'stopped by SIGTERM' "$(cat "$work/status")" 0
podman rm db >/dev/null
start
is 'a volume of 0.2.0 is updated' "$(superuser old "SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'")" "$PROJECT_VERSION"
podman stop -t 60 db >/dev/null
podman rm db >/dev/null
podman rm -fa >/dev/null
podman rmi -fa >/dev/null
rm -rf --one-file-system "$work"
