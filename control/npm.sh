#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# npm.sh FOLDER [NPM OPTION...]: installs what FOLDER/package.json and package-lock.json name into .run/npm, once, and
# prints the folder that then has node_modules. Without a registry it says so; with what is there already it asks none.
# No script of a package is run. Optional packages are left out, but with --include=optional.
set -euo pipefail
shopt -s inherit_errexit
folder=$(cd "${1:?folder with a package.json}" && pwd)
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

needs() { command -v "$1" >/dev/null || die "$folder needs $1: apt-get install nodejs npm (node 18 or newer)"; }
needs node
# What is installed is known by what was asked for, so that another version never stands in for it.
asked=$(cat "$folder/package.json" "$folder/package-lock.json" | cksum | cut -d' ' -f1)
installed=$root/.run/npm/$(basename "$folder")-$asked
mkdir -p "$root/.run/npm"
exec {lock}>"$installed.lock"
flock "$lock"
if [ ! -e "$installed/complete" ]; then
    needs npm
    printf '==> fetching npm packages of %s (once)\n' "${folder#"$root"/}" >&2
    rm -rf "$installed"
    mkdir -p "$installed"
    cp "$folder/package.json" "$folder/package-lock.json" "$installed/"
    (cd "$installed" && npm ci --ignore-scripts --omit=optional --no-audit --no-fund --fetch-retries=2 --loglevel=error "$@") >"$installed/log" 2>&1 {lock}>&- ||
        { head -n 10 "$installed/log" >&2; die "npm could not fetch what $folder/package-lock.json names (above). It is needed once, with access to an npm registry"; }
    touch "$installed/complete"
fi
printf '%s\n' "$installed"
