#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The dashboard, built from Acme's bill: as acme_finance, who sees all of it, each page in Chromium (dashboard.mjs); as
# acme_owner, who sees the HR portal, that nothing else is in what was built. It ends when it is told to.
set -euo pipefail
shopt -s inherit_errexit
fail() { printf '%s\n' "$*"; exit 1; }
export PGDATABASE=bedrock_demo
dashboard=$SOURCE_DIR/control/dashboard.sh
node "$SOURCE_DIR/tests/server/dashboard_currencies.mjs"
npm=$("$SOURCE_DIR/control/npm.sh" "$SOURCE_DIR/docs/dashboard" --include=optional)
rm -rf "$OUTPUT_DIR"
mkdir -p "$OUTPUT_DIR"
served='' reader=''
trap 'kill -TERM $served $reader 2>/dev/null || true' EXIT

# What is built asks nobody but the database: a connection of node is written down and refused. As on a new machine,
# nothing is there of builds before.
cat >"$OUTPUT_DIR/offline.cjs" <<'TEXT'
const {appendFileSync} = require("node:fs");
require("node:net").Socket.prototype.connect = function (...to) {
    appendFileSync(`${__dirname}/connections`, `${JSON.stringify(to)}\n`);
    this.destroy(new Error("no network"));
    return this;
};
TEXT
offline=(env NODE_OPTIONS="--require $OUTPUT_DIR/offline.cjs")
! "${offline[@]}" node -e 'fetch("http://127.0.0.1:65000/")' 2>"$OUTPUT_DIR/log" || fail 'node has connected'
grep -q '"port":"65000"' "$OUTPUT_DIR/connections" || fail 'a connection is not seen'
rm "$OUTPUT_DIR/connections"
rm -rf "$SOURCE_DIR/.run/dashboard/site"

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

serve "${offline[@]}" "$dashboard" --as acme_finance --port 0
[[ $url =~ ^http://127\.0\.0\.1:[0-9]+/$ ]] || fail "served at $url"
node "$SOURCE_DIR/tests/server/dashboard.mjs" "$npm" "$url" acme_finance \
    overview profiles models callers owners cache reconciliation doctor
# No other file than those of the folder, and to no page that gives this machine a name of its own.
asked() { [ "$(curl -s --path-as-is -o "$OUTPUT_DIR/body" -w '%{http_code}' "${@:2}")" = "$1" ] || fail "not $1: ${*:2}"; }
for path in ../log ..%2flog %2e%2e/log /etc/passwd nothing _observablehq _observablehq/; do asked 404 "$url$path"; done
for host in 127.0.0.1 localhost:3000 LOCALHOST '[::1]' '[::1]:80'; do asked 200 -H "Host: $host" "$url"; done
for host in evil.example evil.example:3000 127.0.0.1.evil.example localhost@evil.example '[::1]evil' 10.0.0.1; do
    asked 421 -H "Host: $host" "$url"
done
asked 421 --http1.0 -H 'Host:' "$url"
asked 200 -I "$url"
# A build beside it, as another role, changes nothing of what is served. It is killed once while it copies, as a machine
# that is lost would; the next one takes what was left.
site=$OUTPUT_DIR/site costs=$OUTPUT_DIR/site/costs
mkdir -p "$OUTPUT_DIR/fakes"
cat >"$OUTPUT_DIR/fakes/cp" <<TEXT
#!/bin/sh
# Copies a part of the pages into their folder; then it fails, or ends the build.
case "\$*" in
    *"$costs"*) "$(command -v cp)" -r "\$2/_observablehq" "\$3"; [ "\$FATE" != kill ] || kill -KILL "\$PPID"; exit 1 ;;
    *) exec "$(command -v cp)" "\$@" ;;
esac
TEXT
chmod +x "$OUTPUT_DIR/fakes/cp"
build() { "${offline[@]}" "$dashboard" --as "$1" --months 1 --build-only "$costs" >"$OUTPUT_DIR/log.build" 2>&1; }
build_but() { # build_but FATE EXIT_CODE ROLE
    local status=0
    PATH=$OUTPUT_DIR/fakes:$PATH FATE=$1 build "$3" || status=$?
    [ $status = "$2" ] || fail "$1: $status, $(cat "$OUTPUT_DIR/log.build")"
}
begun() { compgen -G "$costs/.dashboard.*" >"$OUTPUT_DIR/begun"; }
[ ! -e "$OUTPUT_DIR/connections" ] || fail "a build connected: $(cat "$OUTPUT_DIR/connections")"
index=$(curl -s "$url")
build_but kill 137 acme_owner 2>"$OUTPUT_DIR/killed"
begun || fail 'nothing was begun'
build acme_owner || fail "$(cat "$OUTPUT_DIR/log.build")"
! begun || fail "what a killed build left stays: $(cat "$OUTPUT_DIR/begun")"
[ -n "$index" ] && [ "$(cat "$costs/index.html")" != "$index" ] || fail 'two roles have the same pages'
[ "$(curl -s "$url")" = "$index" ] || fail 'what is served became what acme_owner sees'
stop 0
pages=("$SOURCE_DIR"/.run/dashboard/pages.*)
[ ! -e "${pages[0]}" ] || fail "left behind: ${pages[*]}"
echo 'ok: it is served on loopback, and ends when it is told to'

# In a folder below another one, as a web server has it, which may have a name.
serve env DASHBOARD_HOSTS='costs.example, other.example' node "$SOURCE_DIR/docs/dashboard/serve.mjs" "$site" 0
for host in costs.example Other.example:443 localhost; do asked 200 -H "Host: $host" "${url}costs/"; done
for host in costs.example.evil.example ''; do asked 421 -H "Host: $host" "${url}costs/"; done
node "$SOURCE_DIR/tests/server/dashboard.mjs" "$npm" "${url}costs/" acme_owner overview owners

# Names that acme_owner has no right to: of all workloads, accounts, callers, profiles and people, those that are not in
# what she sees. A plain word, such as a team's name, is looked for as a whole value.
named() {
    PGUSER=$1 psql -X -q -At -v ON_ERROR_STOP=1 -c "
        SELECT DISTINCT n FROM bedrock.spend AS s CROSS JOIN LATERAL (VALUES (workload), (application), (team), (owner), (account_id),
            (account_name), (principal_key), (principal_name), (principal_session), (user_email), (engineer), (profile_id),
            (profile_name), (project_id), (project_name)) AS v (n) WHERE length(n) > 1 AND n NOT LIKE '(%)'
        UNION SELECT principal_key FROM bedrock.request_day WHERE principal_key <> ''" | LC_ALL=C sort
}
named postgres >"$OUTPUT_DIR/names.all"
named acme_owner >"$OUTPUT_DIR/names.own"
LC_ALL=C comm -23 "$OUTPUT_DIR/names.all" "$OUTPUT_DIR/names.own" | sed -E 's/^[A-Za-z]+$/"&"/' >"$OUTPUT_DIR/names.foreign"
# What of it the pages have. grep ends with 1 where it finds nothing, and with 2 where it could not look.
foreign() { grep -rhoFwf "$OUTPUT_DIR/names.foreign" "$costs" --include='*.html' --include='*.json' || [ $? = 1 ]; }
found=$(foreign | sort -u)
[ -z "$found" ] || fail "acme_owner's pages have what is not hers: $found"
grep -rqF 'hr-portal' "$costs/_file" || fail "acme_owner's own workload is not there"
hosts=$(grep -rhoE "(src|href)=[\"']?https?:[^\"' >]*" "$costs" --include='*.html' || [ $? = 1 ])
[ -z "$hosts" ] || fail "pages name other hosts: $hosts"
# The rest is the same whoever sees it.
code() { (cd "$costs" && find . -type f ! -path './_file/*' ! -name '*.html' ! -name .htaccess | sort); }
code=$(code)
odd=$(grep -vE '\.[0-9a-f]{8}\.(js|css)$' <<<"$code" || [ $? = 1 ])
[ -z "$odd" ] || fail "names that do not tell their content cannot lie beside those of before: $odd"
echo 'ok: acme_owner has what is hers, in a folder that any web server takes'

# Filled anew, with what acme_finance sees, while it is read. A build that fails at the last moment leaves the pages of
# before. Files come and go under the server's hands, and it lives.
listed() { (cd "$costs" && find . -type f -exec cksum {} + | sort); }
touch "$costs/.htaccess" "$costs/_file/data/stale.json"
before=$(listed)
node "$SOURCE_DIR/tests/server/dashboard_reader.mjs" "$url" "$site" costs/ >"$OUTPUT_DIR/reader" &
reader=$!
build_but fail 1 acme_finance
grep -qF 'the pages in it are those of before' "$OUTPUT_DIR/log.build" || fail "$(cat "$OUTPUT_DIR/log.build")"
[ "$(listed)" = "$before" ] && ! begun || fail 'a build that failed changed the pages'
build acme_finance || fail "$(cat "$OUTPUT_DIR/log.build")"
kill -TERM $reader
wait $reader || fail "a reader met: $(cat "$OUTPUT_DIR/reader")"
reader=''
cat "$OUTPUT_DIR/reader"
stop 0
[ -e "$costs/.htaccess" ] && [ ! -e "$costs/_file/data/stale.json" ] && ! begun || fail 'the wrong files went'
[ "$(find "$costs/_file" -type f | wc -l)" = 8 ] || fail "data of before are left: $(ls "$costs/_file/data")"
[ "$(code)" = "$code" ] || fail 'what is not from a database is another for another role'
# The search above finds what is there.
for name in 444455556666 customer-insights '"docflow"' marco.weiss@acme.example; do
    grep -Fx -- "$name" <(foreign) >"$OUTPUT_DIR/planted" || fail "acme_finance's pages do not have $name"
done
[ ! -e "$OUTPUT_DIR/connections" ] || fail "a build connected: $(cat "$OUTPUT_DIR/connections")"
echo 'ok: pages change at once, or stay'

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
