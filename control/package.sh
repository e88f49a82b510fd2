#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Packages of what is committed: package.sh CHECKOUT deb|deb-indep|pgxn|source [OUT]
#   deb        Debian packages, for the PostgreSQL that this release of Debian has
#   deb-indep  the one of them that has nothing to compile
#   pgxn       the archive for PGXN
#   source     the folder that either is made from
# Version, description, license and changes stand once, in CMakeLists.txt, LICENSE and CHANGELOG.md.
set -Eeuo pipefail
shopt -s inherit_errexit
export LC_ALL=C.UTF-8
. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"
trap 'printf "error: package.sh, line %s: code %s of: %s\n" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR

checkout=$(cd "${1:?checkout}" && pwd -P)
kind=${2:?deb, deb-indep, pgxn or source}
out=${3:-$checkout/.run/package}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# Another kind beside this one has its own.
work=$out/$kind.build
git=(git -C "$checkout" -c safe.directory="$checkout")

# ---- what is packaged -----------------------------------------------------------------------------------------------

rm -rf --one-file-system "$work"
mkdir -p "$work/tree"
if commit=$("${git[@]}" rev-parse --short HEAD 2>/dev/null) && [ "$("${git[@]}" rev-parse --show-toplevel)" = "$checkout" ]; then
    [ -z "$("${git[@]}" status --porcelain --untracked-files=no)" ] ||
        step "packaging commit $commit; changes that are not committed are not in it"
    "${git[@]}" archive HEAD | tar -x -C "$work/tree"
    SOURCE_DATE_EPOCH=$("${git[@]}" log -1 --format=%ct)
else
    # An unpacked archive: what lies there, but for what is built.
    tar -C "$checkout" --exclude=./.run --exclude=./build --exclude=./.git -c . | tar -x -C "$work/tree"
    SOURCE_DATE_EPOCH=$(find "$work/tree" -type f -printf '%Ts\n' | sort -n | tail -n 1)
fi
export SOURCE_DATE_EPOCH
rm -rf "$work/tree/.ci"
version=$(sed -n 's/^project(bedrock_cost VERSION \([0-9.]*\) .*/\1/p' "$work/tree/CMakeLists.txt")
description=$(sed -n 's/^project(.* DESCRIPTION "\(.*\)"$/\1/p' "$work/tree/CMakeLists.txt")
[ -n "$version" ] && [ -n "$description" ] || die "CMakeLists.txt says neither version nor description where they stood"
heading=$(sed -n 's/^## //p' "$work/tree/CHANGELOG.md" | head -n 1)
[[ $heading =~ ^([0-9.]+)\ \((unreleased|[0-9]{4}-[0-9]{2}-[0-9]{2})\)$ ]] && [ "${BASH_REMATCH[1]}" = "$version" ] ||
    die "CHANGELOG.md begins with \"$heading\", and CMakeLists.txt has version $version: it wants \"## $version (unreleased)\" or a day"
released=${BASH_REMATCH[2]}
tree=$work/bedrock_cost-$version
mv "$work/tree" "$tree"
# What pgxn and pg_buildext call.
cp "$tree/control/pgxs.mk" "$tree/Makefile"

# ---- Debian -----------------------------------------------------------------------------------------------------------

# The package of a commit before a release gives way to the release, and that to the same of a newer Debian.
debian_version() {
    local upstream=$version id number
    [ "$released" != unreleased ] || upstream+=~$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S)
    id=$(. /etc/os-release && echo "$ID") number=$(. /etc/os-release && echo "${VERSION_ID:-}")
    printf '%s-1+%s%s\n' "$upstream" "${id/#debian/deb}" "$number"
}

# changes DISTRIBUTION MAINTAINER: the changes of this version as Debian writes them.
changes() {
    local day=$released
    [ "$day" != unreleased ] || day=@$SOURCE_DATE_EPOCH
    printf 'bedrock-cost (%s) %s; urgency=medium\n\n' "$(debian_version)" "$1"
    awk '/^## / { if (n++) exit; next } /^- / { if (item) print item; item = $0; next } /^ / { sub(/^ +/, " "); item = item $0 } END { print item }' \
        "$tree/CHANGELOG.md" |
        while IFS= read -r item; do fold -s -w 74 <<<"${item#- }" | sed -e '1s/^/  * /' -e '2,$s/^/    /' -e 's/ *$//'; done
    printf '\n -- %s  %s\n' "$2" "$(date -u -R -d "$day")"
}

make_debian() {
    local debian=$tree/debian
    cp -r "$tree/control/debian" "$debian"
    changes "$(. /etc/os-release && echo "${VERSION_CODENAME:-unstable}")" "$(sed -n 's/^Maintainer: //p' "$debian/control.in")" >"$debian/changelog"
    {
        sed "s/@COPYRIGHT@/$(sed -n 's/^Copyright (c) //p' "$tree/LICENSE")/" "$debian/copyright.in"
        sed -e '1,/^Copyright/d' "$tree/LICENSE" | sed -e 1d -e 's/^$/./' -e 's/^/ /'
    } >"$debian/copyright"
    rm "$debian/copyright.in"
    cp "$debian/control.in" "$debian/control"
    (cd "$tree" && pg_buildext updatecontrol)
}

build_deb() { # build_deb BINARY|INDEP
    local log=$out/$kind.log
    for program in dpkg-buildpackage dh pg_buildext; do
        command -v $program >/dev/null || die "there is no $program here: apt-get install debhelper postgresql-server-dev-all"
    done
    make_debian
    step "building $(cd "$tree" && dh_listpackages ${2:+"$2"} | paste -sd ' ') $(debian_version) ($log)"
    : >"$log"
    # CDPATH and PG variables of who calls are not the package's.
    (cd "$tree" && logged "$log" env -u CDPATH -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE -u PGOPTIONS -u MAKEFLAGS \
        dpkg-buildpackage --no-sign "--build=$1" --no-pre-clean) ||
        { tail -n 40 "$log" >&2; die "the build of the package failed ($log)"; }
    keep "$work"/*.deb
}

# ---- PGXN -------------------------------------------------------------------------------------------------------------

make_meta() {
    local status=stable
    [ "$released" != unreleased ] || status=unstable
    sed -e "s/@PROJECT_VERSION@/$version/g" -e "s/@PROJECT_DESCRIPTION@/$description/g" -e "s/@RELEASE_STATUS@/$status/g" \
        "$tree/control/META.json.in" >"$tree/META.json"
}

build_pgxn() {
    local archive=bedrock_cost-$version.zip
    step "making $archive"
    make_meta
    rm -rf "$tree"/.[a-z]*
    (cd "$work" && find "bedrock_cost-$version" -type f | LC_ALL=C sort >files &&
        cmake -E tar cf "$archive" --format=zip "--mtime=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')" --files-from=files)
    keep "$work/$archive"
}

# ---- result -----------------------------------------------------------------------------------------------------------

keep() { # keep FILE...: into OUT, with its size
    local file
    for file; do
        mv "$file" "$out/"
        printf '%6s kB  %s\n' $(($(stat -c %s "$out/${file##*/}") / 1024)) "$out/${file##*/}"
    done
    rm -rf --one-file-system "$work"
}

case $kind in
    deb) build_deb binary ;;
    deb-indep) build_deb all -i ;;
    pgxn) build_pgxn ;;
    source) make_debian; make_meta; rm -rf "$out/source"; mv "$tree" "$out/source"; rm -rf "$work"; echo "$out/source" ;;
    *) die "package.sh makes no $kind" ;;
esac
