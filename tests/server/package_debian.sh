#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Packages on bare machines that debootstrap makes: package_debian.sh RELEASE
# On one, an ordinary user builds them with ./run package, and pgxn installs the archive. On another, which never had a
# compiler, a package of 0.2.0 is installed with a user's data, updated, used, removed and installed again.
# SOURCE_DIR: the checkout, whose commit is packaged; BINARY_DIR: its build; OUTPUT_DIR: where logs go. Root alone can
# make such machines; code 77: not run.
set -Eeuo pipefail
shopt -s inherit_errexit
. "$SOURCE_DIR/control/machine.sh"
[ "$(id -u)" = 0 ] || { echo "not run: root alone makes and enters machines in folders"; exit 77; }
on_its_own './run test full' "$@"
trap 'printf "error: package_debian.sh, line %s: code %s of: %s\n" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR
fail() { printf '%s\n' "$@"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }

release=$1
folder=$SOURCE_DIR/.run/packages/$release
log=$OUTPUT_DIR/log
mkdir -p "$OUTPUT_DIR" "$folder"
folder=$(cd "$folder" && pwd -P)
rm -rf "$OUTPUT_DIR"/*
: >"$log"
for machine in builder server; do rm -rf --one-file-system "$folder/$machine"; done
make_base "$release" "$folder"
# say MACHINE USER COMMAND: its output goes to the log, and shown is it where it fails.
say() { logged "$log" inside "$folder/$1" "$2" "$3" || { tail -n 30 "$log"; fail "$1, $2: $3"; }; }

# ---- built and checked by an ordinary user ----------------------------------------------------------------------------

builder=$folder/builder
make_machine "$folder" builder
put_checkout "$SOURCE_DIR" "$builder" ordinary
step "$release: packages by an ordinary user, who gets told what to install ($log)"
follow_advice "$builder" ordinary 'package deb' "$OUTPUT_DIR/advice"
say builder ordinary './run package'
is 'processes left behind' "$(processes_of "$builder")" ''
made=$builder/home/ordinary/bedrock_cost/.run/package
cp "$made"/*.deb "$made"/*.zip "$OUTPUT_DIR/"
cd "$OUTPUT_DIR"
extension_deb=$(ls postgresql-[0-9]*-bedrock-cost_*.deb) command_deb=$(ls bedrock-cost_*_all.deb)
major=$(sed 's/^postgresql-\([0-9]*\)-.*/\1/' <<<"$extension_deb")
is 'for the server of this Debian' "$major" "$(chroot "$builder" /usr/share/postgresql-common/supported-versions)"
ls -s --block-size=1K *.deb *.zip
lintian --allow-root --fail-on error --tag-display-limit 0 ./*bedrock-cost_*.deb || fail 'lintian has found errors'
# Its tests ran in the build, in a server that had the package's files.
grep -qE 'All [0-9]+ tests passed' "$made/deb.log" || fail "the build ran no test ($made/deb.log)"
field() { dpkg-deb -f "$1" "$2"; }
depends=$(field "$extension_deb" Depends)
[[ $depends =~ (^|, )postgresql-$major( |,|$) ]] && [[ $depends == *libsimdjson* && $depends == *libstdc++6* && $depends == *libisal2* ]] ||
    fail "the dependencies are not complete: $depends"
[[ $depends != *jit* && $depends != *-dev* ]] || fail "it depends on what it does not use: $depends"
echo "ok: depends on $depends"

step "$release: pgxn installs the archive"
say builder root 'apt-get install -qq --no-install-recommends pgxnclient'
zip=$(ls bedrock_cost-*.zip)
cp "$zip" "$builder/tmp/"
touch "$builder/tmp/before"
say builder root "cd /tmp && pgxn install --nosudo --pg_config /usr/lib/postgresql/$major/bin/pg_config ./$zip"
is 'pgxn installs what the package has' \
    "$(cd "$builder" && find usr/lib/postgresql usr/share/postgresql -newer tmp/before -type f | LC_ALL=C sort)" \
    "$(dpkg-deb -c "$extension_deb" | awk '{ print $6 }' | sed -n 's,^\./\(usr/\(lib\|share\)/postgresql/.*[^/]\)$,\1,p' | LC_ALL=C sort)"
# As the ordinary user, who then is superuser of a server of his own.
say builder ordinary "cd /tmp && pg_virtualenv -v $major pgxn check --pg_config /usr/lib/postgresql/$major/bin/pg_config ./$zip"
grep -q 'All .* tests passed' "$log" || fail "pgxn check ran no test"
say builder root "cd /tmp && pgxn uninstall --yes --nosudo --pg_config /usr/lib/postgresql/$major/bin/pg_config ./$zip"
is 'pgxn takes all of it away' "$(find "$builder"/usr/{lib,share}/postgresql -name 'bedrock_cost*')" ''
remove_machine "$builder"

# ---- a server that never had a compiler -------------------------------------------------------------------------------

# The package of 0.2.0: its frozen install script, without one that updates.
old=$folder/old
rm -rf "$old"
dpkg-deb -R "$extension_deb" "$old"
scripts=$old/usr/share/postgresql/$major/extension
rm "$scripts"/bedrock_cost--*.sql "$old/DEBIAN/md5sums"
cp "$SOURCE_DIR/tests/upgrade/bedrock_cost--0.2.0.sql" "$scripts/"
sed -i "s/^default_version = .*/default_version = '0.2.0'/" "$scripts/bedrock_cost.control"
sed -i 's/^Version: .*/Version: 0.2.0-1+old/' "$old/DEBIAN/control"
dpkg-deb --root-owner-group -b "$old" "$OUTPUT_DIR/old.deb" >>"$log"
rm -rf "$old"

server=$folder/server
make_machine "$folder" server
mkdir -p "$server/srv"
cp ./*.deb "$server/srv/"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$server/srv/bill" >>"$log"
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --period 2026-09 --out "$server/srv/export" >>"$log"
mkdir -p "$server/srv/tests/server" "$server/srv/tests/corpus"
cp "$SOURCE_DIR"/tests/server/upgrade_{data,state}.sql "$server/srv/tests/server/"
cp "$SOURCE_DIR/tests/corpus/price_list.json" "$server/srv/tests/corpus/"
chmod -R a+rX "$server/srv"
step "$release: installed on a machine without a compiler"
say server root 'apt-get update -qq'
say server root "apt-get install -qq --no-install-recommends /srv/old.deb"
for program in cc gcc g++ clang cmake make; do
    ! chroot "$server" sh -c "command -v $program" >/dev/null || fail "the server has $program: it cannot show that the package needs none"
done
# Debian made the cluster `main` and this starts it.
say server root "pg_ctlcluster $major main start"
q() { # q DATABASE SQL
    inside "$server" postgres "PGOPTIONS='-c client_min_messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 -d $1" <<<"$2"
}
version_of() { q "$1" "SELECT extversion FROM pg_extension WHERE extname = 'bedrock_cost'"; }
say server postgres 'createdb kept && psql -X -q -d kept -c "CREATE EXTENSION bedrock_cost"'
is 'CREATE EXTENSION of the old package' "$(version_of kept)" 0.2.0
say server postgres 'SOURCE_DIR=/srv psql -X -q -v ON_ERROR_STOP=1 -v bill=/srv/export -d kept -f /srv/tests/server/upgrade_data.sql'

state() { inside "$server" postgres "psql -X -q -At -v ON_ERROR_STOP=1 -d $1 -f /srv/tests/server/upgrade_state.sql"; }
state kept >before
[ "$(wc -l <before)" -gt 20 ] || fail 'the old database has no rows'
same() { diff "$2" "$3" >difference || fail "$1:" "$(head -n 20 difference)"; echo "ok: $1"; }

step "$release: updated"
say server root "apt-get install -qq --no-install-recommends /srv/$extension_deb /srv/$command_deb"
is 'the package that is installed' "$(chroot "$server" dpkg-query -W -f '${Version}' "postgresql-$major-bedrock-cost")" "$(field "$extension_deb" Version)"
is 'the database stays as it is until it is told' "$(version_of kept)" 0.2.0
state kept >under
same 'the old database under the new module' before under
say server postgres 'psql -X -q -v ON_ERROR_STOP=1 -d kept -c "ALTER EXTENSION bedrock_cost UPDATE"'
is 'ALTER EXTENSION UPDATE' "$(version_of kept)" "$PROJECT_VERSION"
state kept >after
same 'an update keeps spend, and all rows of the user' under after
is 'the doctor finds nothing wrong' "$(q kept "SELECT d.\"check\", d.detail FROM bedrock.doctor() AS d WHERE d.status = 'error'")" ''

step "$release: a bill is loaded with the command of the package"
say server postgres 'createdb acme && psql -X -q -d acme -c "CREATE EXTENSION bedrock_cost"'
is 'CREATE EXTENSION' "$(version_of acme)" "$PROJECT_VERSION"
say server postgres 'cd / && bedrock-cost load --table cur --to dbname=acme /srv/bill'
conserved='SELECT count(*) > 1000, (SELECT sum(t.unblended_cost) FROM bedrock.bill_total AS t) = sum(c.line_item_unblended_cost) FROM cur AS c'
is 'every cent of the bill' "$(q acme "$conserved")" 't|t'
answer="SELECT md5(bedrock.answer('Q023')::text)"
answered=$(q acme "$answer")
[[ $answered =~ ^[0-9a-f]{32} ]] || fail "Q023 has no answer: $answered"
facts='SELECT count(*), sum(f.unblended_cost) FROM bedrock.fact AS f'
kept=$(q acme "$facts")
[[ $kept =~ ^[1-9] ]] || fail "there are no facts: $kept"

# ---- removed, and installed again -------------------------------------------------------------------------------------

step "$release: removed, and installed again"
say server root "apt-get remove -qq postgresql-$major-bedrock-cost"
is 'files that stay' "$(cd "$server" && find usr/lib/postgresql usr/share/postgresql -name '*bedrock*')" ''
is 'tables are readable' "$(q acme "$facts")" "$kept"
is "the user's own table, too" "$(q acme 'SELECT count(*) > 1000 FROM cur')" t
! q acme "SELECT bedrock_profile_id('x')" >refused 2>&1 || fail 'a function of the module works without it'
grep -q 'could not access file "$libdir/bedrock_cost": No such file or directory' refused || fail 'the message is another:' "$(cat refused)"
inside "$server" postgres 'pg_dump -d acme' >dump.sql 2>refused || fail 'the database cannot be dumped:' "$(cat refused)"
grep -q '^COPY public.cur ' dump.sql || fail 'the dump has no bill'
cp dump.sql "$server/srv/"; chmod a+r "$server/srv/dump.sql"
say server root "apt-get install -qq --no-install-recommends /srv/$extension_deb"
is 'an answer, as before' "$(q acme "$answer")" "$answered"
say server postgres 'createdb restored && psql -X -q -v ON_ERROR_STOP=1 -d restored -f /srv/dump.sql'
# Facts are read again from the user's table, as after each restore.
q restored 'SELECT FROM bedrock.refresh()' >>"$log"
is 'the dump of then, restored' "$(q restored "$facts")" "$kept"
say server postgres 'psql -X -q -v ON_ERROR_STOP=1 -d acme -c "DROP EXTENSION bedrock_cost CASCADE"'
is "what DROP EXTENSION leaves: the user's table" "$(q acme 'SELECT count(*) > 1000 FROM cur')" t
say server root "pg_ctlcluster $major main stop"
remove_machine "$server"
echo "ok: Debian $release, PostgreSQL $major"
