#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Runs a command with the environment of a cluster: in_cluster.sh DIR COMMAND...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
eval "$("$here/../../control/cluster.sh" env "$1")"
shift
export PGOPTIONS='-c client_min_messages=warning'
mkdir -p "$OUTPUT_DIR"
exec "$@"
