#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Tries the committed checkout on a bare Debian 13: `./run demo` and `./run test`, as an ordinary user and as root, each on
# a machine of its own below FOLDER, made from nothing by debootstrap.
#   portability.sh CHECKOUT FOLDER [demo|test|user|root|--keep]... [-- CTEST ARGUMENTS]
# The host gives its package mirror, proxy and certificates, as its own apt has them; nothing of it is changed, except that
# debootstrap is installed where it is missing. All mounts are this process's own and go with it.
set -Eeuo pipefail
shopt -s inherit_errexit

release=trixie
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
step() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
trap 'printf "error: portability.sh, line %s: code %s of: %s\n" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR

[ "$(id -u)" = 0 ] || die "a machine in a folder is made and entered by root: sudo ./run portability"
command -v apt-get >/dev/null || die "this needs a Debian or a relative of it: apt tells where packages come from"

# Mounts and processes in there end with this script, also where it is killed.
if [ "${BEDROCK_UNSHARED:-}" != yes ]; then
    unshare --mount --pid --ipc --uts --fork --kill-child true 2>/dev/null ||
        die "this machine lets nobody make mounts of his own (a container without that right?)"
    BEDROCK_UNSHARED=yes exec unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc "${BASH_SOURCE[0]}" "$@"
fi

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
        *) die "unknown argument $1: demo, test, user, root, --keep, or -- and arguments of ctest" ;;
    esac
    shift
done
tests=''
[ $# = 0 ] || tests=$(printf ' %q' "$@")
[ ${#commands[@]} -gt 0 ] || commands=(demo test)
[ ${#users[@]} -gt 0 ] || users=(user root)

# Everything a command says goes into a file; its last line is shown every ten seconds.
logged() { # logged FILE COMMAND...
    local file=$1 pid status=0 waited=0
    shift
    "$@" >>"$file" 2>&1 </dev/null &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        sleep 1
        waited=$((waited + 1))
        [ $((waited % 10)) != 0 ] || printf '    %4d s  %s\n' $waited "$(tail -n 1 "$file" | tr -d '\r' | cut -c1-66)" >&2
    done
    wait $pid || status=$?
    return $status
}

# ---- what the host's apt knows ------------------------------------------------------------------------------------------

# The archives of the host's own Debian, in whose place the new release stands: SITE SUITE.
sources() {
    apt-get indextargets --format '$(SITE) $(RELEASE) $(ORIGIN) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk -v release=$release '$3 == "Debian" && $4 == "main" {
            suite = $2
            if (suite ~ /-security$/) suite = release "-security"
            else if (suite ~ /-updates$/) suite = release "-updates"
            else if (suite ~ /-backports/) next
            else suite = release
            if (!seen[suite]++) print $1, suite
        }'
}
listed=$(sources)
[ -n "$listed" ] || { apt-get -qq update && listed=$(sources); }
mirror=${BEDROCK_MIRROR:-$(awk -v release=$release '$2 == release { print $1; exit }' <<<"$listed")}
[ -n "$mirror" ] || die "apt of this machine names no mirror of Debian: BEDROCK_MIRROR=<address of one> ./run portability"
for name in http https; do
    proxy=$(apt-config shell proxy "Acquire::$name::Proxy" | sed -n "s/^proxy='\(.*\)'$/\1/p")
    if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export "${name}_proxy=$proxy"; fi
done

# ---- the bare machine ---------------------------------------------------------------------------------------------------

if [ ! -f "$folder/base.ok" ]; then
    command -v debootstrap >/dev/null || {
        step "installing debootstrap"
        apt-get -qq update
        apt-get -qq install -y --no-install-recommends debootstrap >/dev/null
    }
    step "making a bare Debian 13 ($release) in $folder/base"
    rm -rf "$folder/base"
    : >"$folder/base.log"
    logged "$folder/base.log" debootstrap --variant=minbase $release "$folder/base" "$mirror" ||
        { tail -n 20 "$folder/base.log" >&2; die "debootstrap failed ($folder/base.log)"; }
    rm -rf "$folder"/base/var/cache/apt/archives/*.deb "$folder"/base/var/lib/apt/lists/*
    touch "$folder/base.ok"
fi

home_of() { chroot "$1" getent passwd "$2" | cut -d: -f6; }

certificate_file=/etc/host-certificates.crt

# A copy of it that has the host's way to packages and the committed checkout.
make_machine() { # make_machine DIR USER
    local dir=$1 user=$2 home certificates=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
    if [ $keep = no ] || [ ! -x "$dir/usr/bin/apt-get" ]; then
        rm -rf --one-file-system "$dir"
        cp -a --reflink=auto "$folder/base" "$dir"
        chroot "$dir" useradd --create-home --shell /bin/bash ordinary
    fi
    home=$(home_of "$dir" "$user")
    awk '{ print "deb", $1, $2, "main" }' <<<"$listed" >"$dir/etc/apt/sources.list"
    [ -s "$dir/etc/apt/sources.list" ] || echo "deb $mirror $release main" >"$dir/etc/apt/sources.list"
    apt-config dump Acquire::http Acquire::https Acquire::Retries Acquire::Check-Valid-Until Acquire::Check-Date |
        grep -v '""' >"$dir/etc/apt/apt.conf.d/90host" || true
    # Whoever reads the advice says yes.
    echo 'APT::Get::Assume-Yes "true";' >>"$dir/etc/apt/apt.conf.d/90host"
    for file in /etc/apt/auth.conf /etc/apt/auth.conf.d; do
        [ ! -e "$file" ] || cp -a "$file" "$dir/etc/apt/"
    done
    # Whom the host trusts, beside what the package ca-certificates may bring.
    if [ -f "$certificates" ]; then
        cp -L "$certificates" "$dir$certificate_file"
        echo "Acquire::https::CaInfo \"$certificate_file\";" >>"$dir/etc/apt/apt.conf.d/90host"
    fi
    cp -L /etc/resolv.conf /etc/hosts "$dir/etc/" 2>/dev/null || true
    # No service starts in there of its own accord, as in every image.
    printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
    chmod 755 "$dir/usr/sbin/policy-rc.d"
    mount -t proc proc "$dir/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$dir/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$dir/dev/pts" 2>/dev/null || true
    # Only what changed gets a new time, so that a machine that is kept builds no more than that.
    local new=$dir/tmp/checkout to=$dir$home/bedrock_cost
    mkdir -p "$new" "$to"
    git -C "$checkout" -c safe.directory="$checkout" archive HEAD | tar -x -C "$new"
    (cd "$to" && find . -path ./.run -prune -o -type f -print0 | while IFS= read -r -d '' file; do [ -e "$new/$file" ] || rm "$file"; done)
    (cd "$new" && find . -type f -print0 | while IFS= read -r -d '' file; do
        cmp -s "$file" "$to/$file" || cp --parents --preserve=mode "$file" "$to/"
    done)
    rm -rf "$new"
    [ "$user" = root ] || chroot "$dir" chown -R "$user": "$home/bedrock_cost"
}

inside() { # inside DIR USER COMMAND: in the checkout, with no more of the host's environment than its ways out
    local dir=$1 user=$2 home
    home=$(home_of "$1" "$2")
    chroot "$dir" setpriv --reuid="$user" --regid="$user" --init-groups env -i \
        HOME="$home" USER="$user" LOGNAME="$user" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
        NODE_EXTRA_CA_CERTS=$certificate_file \
        ${npm_config_registry:+npm_config_registry="$npm_config_registry"} \
        bash -c "cd ~/bedrock_cost 2>/dev/null; $3"
}

failed=no
: >"$folder/result"
try() { # try DIR USER COMMAND
    local dir=$1 user=$2 command=$3 log=$folder/$2.$3.log began=$SECONDS outcome=passed
    step "./run $command as $user ($log)"
    if [ "$user" != root ]; then
        # Who may not install is told what to say as root; that is said, word for word.
        if [ -f "$dir/advised.$command" ]; then
            : >"$log"
        elif inside "$dir" "$user" "./run $command" >"$log" 2>&1 </dev/null; then
            die "./run $command passed on a bare machine without a package missing: that cannot be"
        else
            sed -n 's/^    sudo //p' "$log" >"$log.advice"
            [ -s "$log.advice" ] || { tail -n 5 "$log" >&2; die "./run $command did not tell $user what to install"; }
            while IFS= read -r line; do
                logged "$log" inside "$dir" root "$line" || { tail -n 20 "$log" >&2; die "its advice does not work: $line"; }
            done <"$log.advice"
            touch "$dir/advised.$command"
        fi
    else
        : >"$log"
    fi
    [ "$command" = demo ] || command+=$tests
    logged "$log" inside "$dir" "$user" "./run $command" || outcome=FAILED failed=yes
    # `ctest` says how many; a demo leaves no process behind.
    printf '%-8s %-4s %s, %d s, %s MB%s\n' "$user" "$command" "$outcome" $((SECONDS - began)) \
        "$(du -sm --one-file-system "$dir" | cut -f1)" "$(sed -n 's/^\([0-9]*%\) tests passed, \(.*\)/; \1 passed, \2/p' "$log" | tail -n 1)" |
        tee -a "$folder/result" >&2
    [ "$outcome" != FAILED ] || tail -n 40 "$log" >&2
    left=$(for pid in /proc/[0-9]*; do [ "$(readlink "$pid/root" 2>/dev/null)" != "$dir" ] || cat "$pid/comm"; done | sort -u | tr '\n' ' ')
    [ -z "$left" ] || { printf '%s: ./run %s left processes behind: %s\n' "$user" "$command" "$left" | tee -a "$folder/result" >&2; failed=yes; }
}

for user in "${users[@]}"; do
    [ "$user" = root ] || user=ordinary
    dir=$folder/$user
    step "a bare Debian 13 for $user"
    make_machine "$dir" "$user"
    for command in "${commands[@]}"; do try "$dir" "$user" "$command"; done
    if [ "$user" = root ]; then
        {
            . "$dir/etc/os-release"
            printf '%s: ' "$PRETTY_NAME"
            chroot "$dir" dpkg-query -W -f '${Package} ${Version}, ' g++ cmake libfmt-dev libsimdjson-dev 'postgresql-1?'
            echo "commit $(git -C "$checkout" -c safe.directory="$checkout" rev-parse --short HEAD)"
        } >>"$folder/result"
    fi
    umount -R "$dir"/{proc,dev/shm,dev/pts} 2>/dev/null || true
    [ "$failed" = yes ] || [ $keep = yes ] || rm -rf --one-file-system "$dir"
done
cat "$folder/result"
[ "$failed" = no ]
