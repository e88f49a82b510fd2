#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The dashboard, built from Acme's bill: as acme_finance, who sees all of it, each page in Chromium (dashboard.mjs); as
# acme_owner, who sees the HR portal, that nothing else is in what was built. It ends when it is told to.
set -euo pipefail
shopt -s inherit_errexit
fail() { printf '%s\n' "$*"; exit 1; }
export PGDATABASE=bedrock_demo
dashboard=$SOURCE_DIR/control/dashboard.sh
npm=$("$SOURCE_DIR/control/npm.sh" "$SOURCE_DIR/docs/dashboard" --include=optional)
rm -rf "$OUTPUT_DIR"
mkdir -p "$OUTPUT_DIR"
served=''
trap '[ -z "$served" ] || kill -TERM "$served"' EXIT

# serve ARGUMENT...: url is then where it is served.
serve() {
    "$@" >"$OUTPUT_DIR/url" 2>"$OUTPUT_DIR/log" &
    served=$!
    for _ in $(seq 600); do
        url=$(grep '^http' "$OUTPUT_DIR/url") && return
        kill -0 "$served" 2>/dev/null || break
        sleep 0.2
    done
    cat "$OUTPUT_DIR/log"
    fail "not served: $*"
}
stop() {
    local status=0 below
    below=$(pgrep -P "$served" || true)
    kill -TERM "$served"
    wait "$served" || status=$?
    served=''
    [ "$1" = "$status" ] || fail "it ended with $status"
    [ -z "$below" ] || ! kill -0 $below 2>/dev/null || fail "a process is left: $below"
    ! curl -s -o "$OUTPUT_DIR/still" "$url" || fail "$url still answers"
}

serve "$dashboard" --as acme_finance --port 0
[[ $url =~ ^http://127\.0\.0\.1:[0-9]+/$ ]] || fail "served at $url"
node "$SOURCE_DIR/tests/server/dashboard.mjs" "$npm" "$url" acme_finance \
    overview profiles models callers owners cache reconciliation doctor
# No other file than those of the folder.
for path in ../log ..%2flog %2e%2e/log /etc/passwd nothing; do
    [ "$(curl -s --path-as-is -o "$OUTPUT_DIR/body" -w '%{http_code}' "$url$path")" = 404 ] || fail "$path is served"
done
# A build beside it, as another role, changes nothing of what is served.
site=$OUTPUT_DIR/site
index=$(curl -s "$url")
"$dashboard" --as acme_owner --months 1 --build-only "$site/costs" 2>"$OUTPUT_DIR/log.owner" || { cat "$OUTPUT_DIR/log.owner"; exit 1; }
[ -n "$index" ] && [ "$(cat "$site/costs/index.html")" != "$index" ] || fail 'two roles have the same pages'
[ "$(curl -s "$url")" = "$index" ] || fail 'what is served became what acme_owner sees'
stop 0
pages=("$SOURCE_DIR"/.run/dashboard/pages.*)
[ ! -e "${pages[0]}" ] || fail "left behind: ${pages[*]}"
echo 'ok: it is served on loopback, and ends when it is told to'

# In a folder below another one, as a web server has it.
serve node "$SOURCE_DIR/docs/dashboard/serve.mjs" "$site" 0
node "$SOURCE_DIR/tests/server/dashboard.mjs" "$npm" "${url}costs/" acme_owner overview owners
stop 0
grep -rq 'hr-portal' "$site" || fail "acme_owner's own workload is not there"
others=$(grep -rlE 'customer-insights|docflow|coding-assistant' "$site" || true)
[ -z "$others" ] || fail "acme_owner sees what is not hers: $others"
hosts=$(grep -rhoE "(src|href)=[\"']?https?:[^\"' >]*" "$site" --include='*.html' || true)
[ -z "$hosts" ] || fail "pages name other hosts: $hosts"
echo 'ok: acme_owner has what is hers, in a folder that any web server takes'

# What is asked wrongly is said, and changes nothing.
refused() {
    local status=0 code=$1 text=$2
    shift 2
    "$dashboard" "$@" >"$OUTPUT_DIR/log" 2>&1 || status=$?
    [ $status = "$code" ] && grep -qF -- "$text" "$OUTPUT_DIR/log" || fail "$*: $status, $(head -n 3 "$OUTPUT_DIR/log")"
}
refused 2 'a number up to 65535' --port 70000
refused 2 'knows no --nonsense' --nonsense
refused 2 'holds no dashboard' --build-only "$SOURCE_DIR/docs"
refused 1 'does not exist' --as nobody_there
echo 'ok: what is misused'
