#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Packages, as far as they are made without compiling: version and changes from the one place where they stand, the
# archive for PGXN and its META.json, and the package bedrock-cost, whose command loads a bill. The rest is the test
# package.debian.
set -euo pipefail
shopt -s inherit_errexit
fail() { printf '%s\n' "$@"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"
cd "$OUTPUT_DIR"

# ---- a checkout -------------------------------------------------------------------------------------------------------
# With this tree in one commit, beside what is not in it: packaged is what is committed.
mkdir checkout
files() { (cd "$SOURCE_DIR" && { git ls-files -co --exclude-standard 2>/dev/null || find . \( -path ./.run -o -path ./build -o -path ./.git \) -prune -o -type f -printf '%P\n'; }); }
files | while IFS= read -r file; do [ ! -e "$SOURCE_DIR/$file" ] || printf '%s\n' "$file"; done | LC_ALL=C sort >files
[ "$(wc -l <files)" -gt 500 ] || fail 'there are no files'
tar -C "$SOURCE_DIR" -c -T files | tar -x -C checkout
commit() { git -C checkout -c user.name=test -c user.email=test -c commit.gpgsign=false "$@" >/dev/null; }
commit init -q
commit add -A -f
GIT_COMMITTER_DATE='2026-11-30T12:00:00Z' commit commit -q -m test
echo '-- not committed' >>checkout/sql/privileges.sql
touch checkout/sql/not_committed.sql
package() { checkout/control/package.sh checkout "$@" >package.out 2>&1 || fail "package.sh $*:" "$(cat package.out)"; }

# ---- Debian: version, changes, license --------------------------------------------------------------------------------

package source "$OUTPUT_DIR"
says() { (cd source && dpkg-parsechangelog -S "$1"); }
version=$(says Version)
echo "version $version"
older() { dpkg --compare-versions "$1" lt "$2" || fail "$1 is not older than $2"; echo "ok: $1 gives way to $2"; }
[[ $version = "$PROJECT_VERSION"* ]] || fail "version $version, where CMakeLists.txt has $PROJECT_VERSION"
if grep -q unreleased <<<"$(grep -m 1 '^## ' "$SOURCE_DIR/CHANGELOG.md")"; then
    [[ $version = "$PROJECT_VERSION~20261130.120000-1+"* ]] || fail "an unreleased version is named as if it were released: $version"
    older "$version" "$PROJECT_VERSION-1+deb12"
fi
older "$PROJECT_VERSION-1+deb12" "$PROJECT_VERSION-1+deb13"
is 'the changes of this version, each one' "$(grep -c '^  \* ' source/debian/changelog)" \
    "$(awk '/^## / { n++ } n == 1 && /^- /' "$SOURCE_DIR/CHANGELOG.md" | wc -l)"
is 'the license, word for word' "$(sed -n 's/^ //p' source/debian/copyright | sed 's/^\.$//')" "$(sed '1,/^Copyright/d' "$SOURCE_DIR/LICENSE" | sed 1d)"
is 'one package for each server that Debian has' "$(sed -n 's/^Package: postgresql-\(.*\)-bedrock-cost$/\1/p' source/debian/control)" \
    "$(/usr/share/postgresql-common/supported-versions)"
# What an older server is told by cmake stands in the packages too.
least=$(sed -n 's/.*PG_MAJOR LESS \([0-9]*\).*/\1/p' "$SOURCE_DIR/extension/cmake/FindPostgreSQLServer.cmake")
is 'the oldest server of a package' "$(cat source/debian/pgversions)" "$least+"
is 'the oldest server of PGXN' "$(grep -c "\"PostgreSQL\": \"$least.0.0\"" source/META.json)" 2
# What README installs to build with is what the package is built with; the compiler is there anyway.
for package in $(sed -n 's/^apt-get install --no-install-recommends //p' "$SOURCE_DIR/README.md"); do
    [ "$package" = g++ ] || grep -qE "^ $package( .*)?,$" source/debian/control || fail "debian/control does not ask for $package, as README does"
done

# A version that CHANGELOG.md does not know is refused, and a released one is named so.
sed -i '0,/^## .*/s//## 9.9.9 (unreleased)/' checkout/CHANGELOG.md
commit commit -q -a -m other
if checkout/control/package.sh checkout source "$OUTPUT_DIR" >package.out 2>&1; then fail 'packaged with the changes of another version'; fi
grep -q 'error: CHANGELOG.md begins with "9.9.9 (unreleased)"' package.out || fail "$(cat package.out)"
sed -i "0,/^## .*/s//## $PROJECT_VERSION (2026-12-01)/" checkout/CHANGELOG.md
commit commit -q -a -m released
package source "$OUTPUT_DIR"
[[ $(says Version) =~ ^$PROJECT_VERSION-1\+[a-z]+[0-9.]*$ ]] || fail "a released version is named $(says Version)"
is 'the day of a release' "$(date -u -d "$(says Date)" +%F)" 2026-12-01
is 'a release on PGXN' "$(grep -o '"release_status": "[a-z]*"' source/META.json)" '"release_status": "stable"'
commit reset -q --hard HEAD~2

# ---- PGXN -------------------------------------------------------------------------------------------------------------

package pgxn "$OUTPUT_DIR"
mkdir pgxn
(cd pgxn && cmake -E tar xf "../bedrock_cost-$PROJECT_VERSION.zip")
is 'one folder in the archive' "$(ls pgxn)" "bedrock_cost-$PROJECT_VERSION"
cd "pgxn/bedrock_cost-$PROJECT_VERSION"
# Also where the checkout is an archive that was unpacked and packed once more.
{ grep -v '^\.' ../../files; printf '%s\n' META.json Makefile; } | LC_ALL=C sort -u >../expected
find . -type f -printf '%P\n' | LC_ALL=C sort >../found
diff ../expected ../found >../difference || fail 'the archive lacks files (<) or has others (>):' "$(head -n 20 ../difference)"
[ -x run ] && [ -x control/load.sh ] || fail 'a script of the archive cannot be run'
control_version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$BINARY_DIR/control/bedrock_cost.control")
faults() { node "$SOURCE_DIR/tests/server/package_meta.mjs" "$1" "$control_version"; }
is 'faults of META.json' "$(faults .)" ''
mkdir -p ../odd/control; touch ../odd/control/bedrock_cost.control.in ../odd/README.md
odd() { # odd SED FAULT: what must be found is
    sed "$1" META.json >../odd/META.json
    ! cmp -s META.json ../odd/META.json || fail "$1 changes nothing"
    grep -qF "$2" <<<"$(faults ../odd)" || fail "$1: \"$2\" was not found, but:" "$(faults ../odd)"
}
odd '/"name"/d' 'name is missing'
odd "s/\"version\": \"$control_version\"/\"version\": \"0.1\"/" 'has not three parts'
odd "s/\"version\": \"$control_version\"/\"version\": \"9.9.9\"/" 'which the control file has'
odd 's/"postgresql"/"PostgreSQL"/' 'license PostgreSQL'
odd 's/cost.control.in/cost.control/' 'there is no file'
echo 'ok: faults of a META.json are found'
# The scripts that it installs are those of this build; cmake finds everything that it names.
for target in all install uninstall installcheck clean; do
    make -n $target >../make 2>&1 || fail "$target, which pgxn or pg_buildext calls:" "$(cat ../make)"
done
cmake -S . -B build -DBEDROCK_TESTS=OFF >../cmake 2>&1 || fail "$(cat ../cmake)"
cmake --build build --target extension_sql >../cmake 2>&1 || fail "$(cat ../cmake)"
for script in build/sql/bedrock_cost--*.sql; do cmp "$script" "$BINARY_DIR/sql/${script##*/}"; done
cmp build/control/bedrock_cost.control "$BINARY_DIR/control/bedrock_cost.control"
echo 'ok: the archive gives the scripts of this build'
cd "$OUTPUT_DIR"

# ---- the package bedrock-cost -----------------------------------------------------------------------------------------

package deb-indep "$OUTPUT_DIR/debs"
deb=$(ls debs/*.deb)
is 'one package without anything compiled' "$deb" "debs/bedrock-cost_${version}_all.deb"
lintian --allow-root --fail-on error "$deb" || fail 'lintian has found errors'
dpkg-deb -x "$deb" installed
is 'what it has beside pages' "$(cd installed && find usr -type f -not -path 'usr/share/doc/*' | LC_ALL=C sort | paste -sd ' ')" \
    "$(printf 'usr/%s ' bin/bedrock-cost share/bedrock-cost/{load,load_invocations,load_prices}.sh share/bedrock-cost/parquet/{package-lock.json,package.json,read.mjs} \
        share/bedrock-cost/script.sh)usr/share/man/man1/bedrock-cost.1.gz"
(cd checkout && find README.md docs -type f) | LC_ALL=C sort >pages
(cd installed/usr/share/doc/bedrock-cost && find README.md docs -type f) | LC_ALL=C sort | diff pages - >difference ||
    fail 'pages that it lacks (<) or has without need (>)' "$(cat difference)"

command=$OUTPUT_DIR/installed/usr/bin/bedrock-cost
# From where nothing of the project is, by a name that leads to it, and without anything of a checkout.
ln -s "$command" linked
! grep -q '\./run' <<<"$("$command" load --help)" || fail 'it speaks of ./run'
is 'what it is called' "$(cd / && "$OUTPUT_DIR/linked" load --help | sed -n 1p | cut -d[ -f1)" 'usage: bedrock-cost load '
[ "$("$command" load --help | wc -L)" -le 80 ] || fail 'its help does not fit 80 columns'
status=0; "$command" lod >package.out 2>&1 || status=$?
is 'a word it does not know' "$status $(head -n 1 package.out)" '2 error: no command lod'
"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out bill >/dev/null
dropdb --if-exists package_test; createdb -T bedrock_template package_test
(cd / && "$command" load --table acme --to "dbname=package_test" "$OUTPUT_DIR/bill") >package.out 2>&1 || fail "$(cat package.out)"
is 'the bill is loaded, to the last cent' \
    "$(psql -X -q -At -d package_test -c 'SELECT (SELECT count(*) > 1000 FROM acme), (SELECT sum(t.unblended_cost) FROM bedrock.bill_total AS t) = (SELECT sum(a.line_item_unblended_cost) FROM acme AS a)')" 't|t'
dropdb package_test
