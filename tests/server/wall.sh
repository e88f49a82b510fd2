#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What the module shows and what it asks for: wall.sh MODULE
set -euo pipefail
fail() { printf '%s\n' "$@"; exit 1; }

foreign=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -vE '^(Pg_magic_func|_PG_init|(pg_finfo_)?(bedrock_[a-z0-9_]+|try_bedrock_arn|is_bedrock|attribution_kind))$' || true)
[ -z "$foreign" ] || fail "the module shows more than its SQL functions:" "$foreign"

network=$(nm -D --undefined-only "$1" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -E '^(socket|connect|bind|listen|accept|accept4|send|sendto|sendmsg|recv|recvfrom|recvmsg|getaddrinfo|gethostby.*|res_.*|curl_.*|SSL_.*|PQ.*|popen|system|exec.*|fork|vfork|posix_spawn.*)$' || true)
[ -z "$network" ] || fail "the module can reach the network or start programs:" "$network"

constructors=$(nm -C "$1" | grep -E '_GLOBAL__sub_I|__static_initialization' || true)
[ -z "$constructors" ] || fail "the module runs constructors when it is loaded:" "$constructors"
echo "exports, network and constructors: clean"
