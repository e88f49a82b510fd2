# SPDX-License-Identifier: PostgreSQL
# Bare Debian machines in folders, made from nothing by debootstrap; scripts read it with `.`, as root.
# The host gives its package mirror, proxy and certificates, as its own apt has them; nothing of it is changed, except that
# debootstrap is installed where it is missing. All mounts are the script's own and go with it.
# shellcheck shell=bash

export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"

# Mounts and processes in there end with the script, also where it is killed: on_its_own COMMAND "$@"
on_its_own() {
    [ "$(id -u)" = 0 ] || die "a machine in a folder is made and entered by root: sudo $1"
    command -v apt-get >/dev/null || die "this needs a Debian or a relative of it: apt knows where packages come from"
    shift
    [ "${BEDROCK_UNSHARED:-}" != yes ] || return 0
    unshare --mount --pid --ipc --uts --fork --kill-child true 2>/dev/null ||
        die "this machine lets nobody make mounts of his own (a container without that right?)"
    BEDROCK_UNSHARED=yes exec unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc "${BASH_SOURCE[1]}" "$@"
}

# ---- what the host's apt knows ------------------------------------------------------------------------------------------

# The archives of the host's own Debian, in whose place the release stands: SITE SUITE.
archives() { # archives RELEASE
    apt-get indextargets --format '$(SITE) $(RELEASE) $(ORIGIN) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk -v release="$1" '$3 == "Debian" && $4 == "main" {
            suite = $2
            if (suite ~ /-security$/) suite = release "-security"
            else if (suite ~ /-updates$/) suite = release "-updates"
            else if (suite ~ /-backports/) next
            else suite = release
            if (!seen[suite]++) print $1, suite
        }'
}

proxies() {
    local name proxy
    for name in http https; do
        proxy=$(apt-config shell proxy "Acquire::$name::Proxy" | sed -n "s/^proxy='\(.*\)'$/\1/p")
        if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then export "${name}_proxy=$proxy"; fi
    done
}

# ---- the bare machine ---------------------------------------------------------------------------------------------------

# Made once: make_base RELEASE FOLDER. It lies in FOLDER/base.
make_base() {
    local release=$1 folder=$2 listed mirror
    mkdir -p "$folder"
    listed=$(archives "$release")
    [ -n "$listed" ] || { apt-get -qq update && listed=$(archives "$release"); }
    mirror=${BEDROCK_MIRROR:-$(awk -v release="$release" '$2 == release { print $1; exit }' <<<"$listed")}
    [ -n "$mirror" ] || die "apt of this machine names no mirror of Debian: BEDROCK_MIRROR=<address of one> and the same again"
    proxies
    awk '{ print "deb", $1, $2, "main" }' <<<"${listed:-$mirror $release}" >"$folder/sources.list"
    [ ! -f "$folder/base.ok" ] || return 0
    command -v debootstrap >/dev/null || {
        step "installing debootstrap"
        apt-get -qq update
        apt-get -qq install -y --no-install-recommends debootstrap >/dev/null
    }
    step "making a bare Debian ($release) in $folder/base"
    rm -rf --one-file-system "$folder/base"
    : >"$folder/base.log"
    logged "$folder/base.log" debootstrap --variant=minbase "$release" "$folder/base" "$mirror" ||
        { tail -n 20 "$folder/base.log" >&2; die "debootstrap failed ($folder/base.log)"; }
    rm -rf "$folder"/base/var/cache/apt/archives/*.deb "$folder"/base/var/lib/apt/lists/*
    touch "$folder/base.ok"
}

home_of() { chroot "$1" getent passwd "$2" | cut -d: -f6; }

certificate_file=/etc/host-certificates.crt

# A copy of FOLDER/base in FOLDER/NAME, with the user `ordinary` and the host's way to packages; one that is there is kept.
make_machine() { # make_machine FOLDER NAME
    local dir=$1/$2 certificates=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt} file
    if [ ! -x "$dir/usr/bin/apt-get" ]; then
        rm -rf --one-file-system "$dir"
        cp -a --reflink=auto "$1/base" "$dir"
        chroot "$dir" useradd --create-home --shell /bin/bash ordinary
    fi
    cp "$1/sources.list" "$dir/etc/apt/sources.list"
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
}

leave_machine() { umount -R "$1"/{proc,dev/shm,dev/pts} 2>/dev/null || true; }
remove_machine() { leave_machine "$1"; rm -rf --one-file-system "$1"; }

# The committed checkout, in a user's home. Only what changed gets a new time, so that a machine that is kept builds no
# more than that.
put_checkout() { # put_checkout CHECKOUT DIR USER
    local checkout=$1 dir=$2 user=$3 to new=$2/tmp/checkout
    to=$dir$(home_of "$dir" "$user")/bedrock_cost
    mkdir -p "$new" "$to"
    git -C "$checkout" -c safe.directory="$checkout" archive HEAD | tar -x -C "$new"
    (cd "$to" && find . \( -path ./.run -o -path ./.git \) -prune -o -type f -print0 |
        while IFS= read -r -d '' file; do [ -e "$new/$file" ] || rm "$file"; done)
    (cd "$new" && find . -type f -print0 | while IFS= read -r -d '' file; do
        cmp -s "$file" "$to/$file" || cp --parents --preserve=mode "$file" "$to/"
    done)
    rm -rf "$new"
    [ "$user" = root ] || chroot "$dir" chown -R "$user": "${to#"$dir"}"
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

# What ./run COMMAND tells an ordinary user to say as root is said, word for word.
follow_advice() { # follow_advice DIR USER COMMAND LOG
    local dir=$1 user=$2 command=$3 log=$4 line
    if inside "$dir" "$user" "./run $command" >"$log" 2>&1 </dev/null; then
        die "./run $command passed on a bare machine without a package missing: that cannot be"
    fi
    sed -n 's/^    sudo //p' "$log" >"$log.advice"
    [ -s "$log.advice" ] || { tail -n 5 "$log" >&2; die "./run $command did not say what $user has to install"; }
    while IFS= read -r line; do
        logged "$log" inside "$dir" root "$line" || { tail -n 20 "$log" >&2; die "its advice does not work: $line"; }
    done <"$log.advice"
}

# Names of the processes that run in there.
processes_of() {
    local pid
    for pid in /proc/[0-9]*; do [ "$(readlink "$pid/root" 2>/dev/null)" != "$1" ] || cat "$pid/comm"; done | sort -u | tr '\n' ' '
}
