#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Tries the committed checkout on a bare Debian 13: `./run demo` and `./run test`, as an ordinary user and as root, each on
# a machine of its own below FOLDER.
#   portability.sh CHECKOUT FOLDER [demo|test|user|root|--keep]... [-- CTEST ARGUMENTS]
set -Eeuo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"
trap 'printf "error: portability.sh, line %s: code %s of: %s\n" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR
on_its_own './run portability' "$@"

checkout=$(cd "${1:?checkout}" && pwd)
mkdir -p "${2:?folder}"
folder=$(cd "$2" && pwd)
shift 2
commands=() users=() keep=no
while [ $# -gt 0 ]; do
    case $1 in
        demo | test) commands+=("$1") ;;
        user | root) users+=("$1") ;;
        --keep) keep=yes ;;
        --) shift; break ;;
        *) printf 'error: portability knows no %s: demo, test, user, root, --keep, or -- and arguments of ctest\n' "$1" >&2
           exit 2 ;;
    esac
    shift
done
tests=''
[ $# = 0 ] || tests=$(printf ' %q' "$@")
[ ${#commands[@]} -gt 0 ] || commands=(demo test)
[ ${#users[@]} -gt 0 ] || users=(user root)

make_base trixie "$folder"
failed=no
: >"$folder/result"
try() { # try DIR USER COMMAND
    local dir=$1 user=$2 command=$3 log=$folder/$2.$3.log began=$SECONDS outcome=passed
    step "./run $command as $user ($log)"
    : >"$log"
    if [ "$user" != root ] && [ ! -f "$dir/advised.$command" ]; then
        follow_advice "$dir" "$user" "$command" "$log"
        touch "$dir/advised.$command"
    fi
    [ "$command" = demo ] || command+=$tests
    logged "$log" inside "$dir" "$user" "./run $command" || outcome=FAILED failed=yes
    # `ctest` says how many; a demo leaves no process behind.
    printf '%-8s %-4s %s, %d s, %s MB%s\n' "$user" "$command" "$outcome" $((SECONDS - began)) \
        "$(du -sm --one-file-system "$dir" | cut -f1)" "$(sed -n 's/^\([0-9]*%\) tests passed, \(.*\)/; \1 passed, \2/p' "$log" | tail -n 1)" |
        tee -a "$folder/result" >&2
    [ "$outcome" != FAILED ] || tail -n 40 "$log" >&2
    left=$(processes_of "$dir")
    [ -z "$left" ] || { printf '%s: ./run %s left processes behind: %s\n' "$user" "$command" "$left" | tee -a "$folder/result" >&2; failed=yes; }
}

for user in "${users[@]}"; do
    [ "$user" = root ] || user=ordinary
    dir=$folder/$user
    step "a bare Debian 13 for $user"
    [ $keep = yes ] || rm -rf --one-file-system "$dir"
    make_machine "$folder" "$user"
    put_checkout "$checkout" "$dir" "$user"
    for command in "${commands[@]}"; do try "$dir" "$user" "$command"; done
    if [ "$user" = root ]; then
        {
            . "$dir/etc/os-release"
            printf '%s: ' "$PRETTY_NAME"
            chroot "$dir" dpkg-query -W -f '${Package} ${Version}, ' g++ cmake libfmt-dev libsimdjson-dev 'postgresql-1?'
            echo "commit $(git -C "$checkout" -c safe.directory="$checkout" rev-parse --short HEAD)"
        } >>"$folder/result"
    fi
    if [ "$failed" = yes ] || [ $keep = yes ]; then leave_machine "$dir"; else remove_machine "$dir"; fi
done
cat "$folder/result"
[ "$failed" = no ]
