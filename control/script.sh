# SPDX-License-Identifier: PostgreSQL
# What the loading scripts share; they read it with `.`.
# shellcheck shell=bash

# Nothing is paged: a pager waits for somebody, and a script has nobody.
export PSQL_PAGER=
exec 3>&2

die() { printf 'error: %s\n' "$*" >&2; exit 1; }
misused() { printf 'error: %s\n' "$1" >&2; usage >&2; exit 2; }
# An error ends with its place in a file, where it has one: what called what in the server is of no use to who loads it.
up_to_place() { sed -u -E '/^CONTEXT:  file /,${ /^CONTEXT:  file /!d }; /^(CONTEXT:  )?(PL\/pgSQL function|SQL statement|SQL function) /,$d'; }
literal() { printf "'%s'" "${1//\'/\'\'}"; }

# Who presses Ctrl-C hears of that, and not of the line of a file that psql was at; psql gets the signal too, and its
# transaction is rolled back. A script that ends cleans up in `cleanup`.
interrupted=no interruption='interrupted; nothing was loaded'
trap 'interrupted=yes' INT TERM
cleanup() { :; }
finish() {
    local status=$?
    cleanup
    if [ $interrupted = yes ] && [ $status != 0 ]; then
        printf '%s\n' "$interruption" >&3
        exit 130
    fi
}
trap finish EXIT
go_on() { [ $interrupted = no ] || exit 130; }

# attended COMMAND...: runs it, and every five seconds says that it is still at work, while there is no file $being_told
# whose maker says more.
being_told=
attended() {
    local pid status=0 waited=0
    go_on
    "$@" <&0 &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        sleep 0.2 || true
        waited=$((waited + 1))
        [ $((waited % 25)) != 0 ] || [ -e "$being_told" ] || printf '    still at work, %d s\n' $((waited / 5)) >&3
    done
    wait $pid || status=$?
    [ $interrupted = no ] || [ $status = 0 ] || exit 130
    return $status
}
