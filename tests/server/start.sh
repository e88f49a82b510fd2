#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Stages the extension with a given module and starts a fresh cluster on it, with a template database that has it:
# start.sh DIR MODULE BUILD PKGLIBDIR
set -euo pipefail
dir=$1 module=$2 build=$3 pkglibdir=$4
cluster=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../control" && pwd)/cluster.sh

"$cluster" stop "$dir"
rm -rf "$dir"
mkdir -p "$dir/cluster"
DESTDIR=$dir/stage cmake --install "$build" >"$dir/install.log"
install -m 755 "$module" "$dir/stage$pkglibdir/bedrock_cost.so"
BEDROCK_FSYNC=off "$cluster" start "$dir" "$dir/stage"
eval "$("$cluster" env "$dir")"
psql -X -q -v ON_ERROR_STOP=1 -d postgres -c 'CREATE DATABASE bedrock_template'
psql -X -q -v ON_ERROR_STOP=1 -d bedrock_template -c 'CREATE EXTENSION bedrock_cost'
