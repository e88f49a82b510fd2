#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The dashboard of docs/dashboard: built from the database that the environment of psql (PGHOST, PGSERVICE, PGUSER, ...)
# names, into a folder of static files, and served on 127.0.0.1. docs/dashboard.md says more.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/.run/dashboard
. "$root/control/progress.sh"
say() { printf '%s\n' "$*" >&2; }

help() {
    cat <<'TEXT'
usage: ./run dashboard [--as ROLE] [--database DB] [--port N] [--months N]
                       [--build-only DIR | --pictures]
Builds pages of figures from the running database and serves them on 127.0.0.1
until Ctrl-C. From the private server, where neither PGHOST nor PGSERVICE is
set: of your bill, where ./run load loaded one (database bedrock), else of the
demo's (database demo, as acme_finance).
  --as ROLE         connect as this role: the pages show what it sees
  --database DB     another database
  --port N          default 3000; 0 takes a free one
  --months N        how many months, the latest first, may be chosen (6)
  --build-only DIR  write the pages into DIR, for a web server of yours
  --pictures        write the pictures of docs/images anew
Exit code 0: done, or ended by Ctrl-C; 1: it failed, and says why; 2: misused.
TEXT
}
misused() { say "error: $*"; help >&2; exit 2; }

# From `run`: --check only looks at the options; --private: the server is the private one.
check_only=no private=no as='' port=3000 months=6 folder='' pictures=no
case ${1:-} in
    --check) check_only=yes; shift ;;
    --private) private=yes; shift ;;
esac
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) help; exit ;;
        --pictures) pictures=yes; shift; continue ;;
        --as | --database | --port | --months | --build-only) [ $# -gt 1 ] && [ -n "$2" ] || misused "$1 needs a value" ;;
        *) misused "dashboard knows no $1" ;;
    esac
    case $1 in
        --as) as=$2 ;;
        --database) export PGDATABASE=$2 ;;
        --port) [[ $2 =~ ^[0-9]{1,5}$ ]] && [ "$2" -le 65535 ] || misused "--port takes a number up to 65535"; port=$2 ;;
        --months) [[ $2 =~ ^[1-9][0-9]{0,2}$ ]] || misused "--months takes a number from 1 to 999"; months=$2 ;;
        --build-only) folder=$2 ;;
    esac
    shift 2
done
[ -z "$folder" ] || [ $pictures = no ] || misused "--build-only or --pictures, not both"
# Nothing of anybody's is overwritten: a folder is empty, or has a dashboard that was built before, be it in part.
if [ -n "$folder" ] && [ -n "$(ls -A "$folder" 2>/dev/null)" ] && [ ! -d "$folder/_observablehq" ] &&
    [ -z "$(compgen -G "$folder/.dashboard.*")" ]; then
    misused "$folder is not empty, and holds no dashboard"
fi
[ $check_only = no ] || exit 0
[ -n "$as" ] || [ $private = no ] || [ "${PGDATABASE:-}" != demo ] || as=acme_finance
[ -z "$as" ] || export PGUSER=$as

# What is started or made here ends with it.
pages='' coming=''
trap '[ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null || true; rm -rf "$pages" "$coming"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
seen=$(psql -X -At -c "SELECT current_user || ' sees database ' || current_database() FROM bedrock.question LIMIT 1" 2>&1) ||
    die "cannot ask the database: $seen
  ./run demo makes the database demo and its logins. Elsewhere the role needs what a persona has: docs/security.md"
packages=$("$root/control/npm.sh" "$root/docs/dashboard" --include=optional)
# Figures are for those who may see them: not for every user of this machine.
install -d -m 700 "$work"
exec {lock}>"$work/lock"
flock -n "$lock" || { say "waiting for another build of the dashboard"; flock "$lock"; }
step "building the pages: $seen"
# In a folder of its own: the tree stays as it is, and what was bundled of the packages is kept for the next time.
site=$work/site
mkdir -p "$site"
[ "$(cat "$site/packages" 2>/dev/null)" = "$packages" ] || rm -rf "$site/src/.observablehq"
find "$site" -mindepth 1 -maxdepth 1 ! -name src -exec rm -rf {} +
mkdir -p "$site/src"
find "$site/src" -mindepth 1 -maxdepth 1 ! -name .observablehq -exec rm -rf {} +
rm -rf "$site"/src/.observablehq/cache/{data,_npm}
# The framework asks a registry for the version of each library that its own can load, which no page here does. It takes any
# version whose folder is in its cache, so a build needs no network. Its list is in libraries.js, and react for JSX.
libraries=$(grep -oE '"npm:(@[a-z-]+/)?[a-z0-9.-]+' "$packages/node_modules/@observablehq/framework/dist/libraries.js")
for library in $libraries react react-dom; do mkdir -p "$site/src/.observablehq/cache/_npm/${library#*npm:}@0.0.0"; done
cp -r "$root/docs/dashboard/src/." "$site/src"
cp "$root"/docs/dashboard/{observablehq.config.js,package.json} "$site"
ln -s "$packages/node_modules" "$site/node_modules"
printf '%s\n' "$packages" >"$site/packages"
build() {
    cd "$site"
    exec node "$packages/node_modules/@observablehq/framework/dist/bin/observable.js" build >"$work/log" {lock}>&-
}
export OBSERVABLE_TELEMETRY_DISABLE=true DASHBOARD_MONTHS=$months
run_child build || die "the pages could not be built (above, and $work/log)"
# The framework names no language, and keeps people from zooming in.
find "$site/dist" -name '*.html' -exec sed -i 's/^<html>/<html lang="en">/; s/, maximum-scale=1"/"/' {} +

# Into a folder that is being read. All of it is copied first, within the folder: there it can be written, and is moved
# without being copied again. Names of files other than pages tell their content, so new ones lie beside the old, and each
# page changes at once. What no page needs any more goes last. A run that is killed leaves pages that work.
fill() {
    local file files
    rm -rf "$folder"/.dashboard.*
    coming=$(mktemp -d "$folder/.dashboard.XXXXXX") && cp -r "$site/dist/." "$coming" ||
        die "cannot write to $folder (above): the pages in it are those of before"
    files=$(cd "$coming" && find . -type f ! -name '*.html' && find . -type f -name '*.html')
    while IFS= read -r file; do
        mkdir -p "$folder/$(dirname "$file")"
        mv -f "$coming/$file" "$folder/$file"
    done <<<"$files"
    files=$(cd "$folder" && find . -type f \( -path './_*' -o -regex '\./[^/]*\.html' \))
    while IFS= read -r file; do
        [ -e "$site/dist/$file" ] || rm -f "$folder/$file"
    done <<<"$files"
    find "$folder" -mindepth 1 -type d -path "$folder/_*" -empty -delete
    rm -rf "$coming"
}
if [ -n "$folder" ]; then
    mkdir -p "$folder"
    fill
    say "The dashboard is in $folder: $(find "$site/dist" -type f | wc -l) files for any web server."
    exit
fi
# The next build, which may be another role's, writes the same folder: what is shown of this one is a copy.
pages=$(mktemp -d "$work/pages.XXXXXX")
cp -r "$site/dist/." "$pages"
flock -u "$lock"
if [ $pictures = yes ]; then
    run_child node "$root/docs/dashboard/pictures.mjs" "$packages" "$pages" "$root/docs/images"
    exit
fi
# Whoever ends it now ends what is done.
trap 'exit 0' INT TERM
say "Ctrl-C ends it."
run_child node "$root/docs/dashboard/serve.mjs" "$pages" "$port"
