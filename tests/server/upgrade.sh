#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# An updated installation is the same as a fresh one, and has the user's data. Walked are: this version over itself,
# every version whose install script is frozen in tests/upgrade/ to this one, and from each of them, with data of every
# kind, to a version that does not exist yet: the tree with changes of every kind. A version that is not frozen yet is
# walked as built.
set -euo pipefail
shopt -s inherit_errexit nullglob
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$@"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
# same NAME FILE FILE: no difference.
same() {
    diff "$2" "$3" >"$OUTPUT_DIR/difference" || fail "$1:" "$(head -n 40 "$OUTPUT_DIR/difference")"
    echo "ok: $1"
}
fresh() { dropdb --if-exists "$1"; createdb "$1"; }
snapshot() { q -d "$1" -f "$SOURCE_DIR/tests/server/snapshot.sql"; }
state() { q -d "$1" -f "$SOURCE_DIR/tests/server/upgrade_state.sql"; }
rm -rf "${OUTPUT_DIR:?}"; mkdir -p "$OUTPUT_DIR"

# ---- where the server finds scripts, and versions that are built from a changed tree ---------------------------------

# extension_destdir is Debian's; elsewhere the scripts lie where PostgreSQL is installed.
directory=$(q -d postgres -c "SELECT concat(current_setting('extension_destdir', true), c.setting, '/extension')
                              FROM pg_config() AS c WHERE c.name = 'SHAREDIR'")
this=$PROJECT_VERSION
again=$this.1
behind=0.0.1
next=$(awk -F. '{ print $1 "." $2 + 1 ".0" }' <<<"$this")
remove_scripts() {
    rm -f "$directory"/bedrock_cost--*"$again.sql" "$directory"/bedrock_cost--*"$next.sql" \
        "$directory/bedrock_cost--$behind"*.sql
    for script in "$SOURCE_DIR"/tests/upgrade/bedrock_cost--*.sql; do
        [ "$script" = "$SOURCE_DIR/tests/upgrade/bedrock_cost--$this.sql" ] || rm -f "$directory/$(basename "$script")"
    done
}
trap remove_scripts EXIT

# tree VERSION: a copy of the tree to change, with an empty step to VERSION.
tree() {
    rm -rf "$OUTPUT_DIR/tree"; mkdir "$OUTPUT_DIR/tree"
    cp -r "$SOURCE_DIR/sql" "$OUTPUT_DIR/tree/sql"
    cat >"$OUTPUT_DIR/tree/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.25)
project(bedrock_cost VERSION $1 LANGUAGES NONE)
set(PG_sharedir .)
add_subdirectory(sql)
CMAKE
    mkdir -p "$OUTPUT_DIR/tree/sql/upgrade"
    : >"$OUTPUT_DIR/tree/sql/upgrade/$this--$1.sql"
}
# build: the scripts of that tree, made as ours are, go where the server finds them, with those that are frozen; those
# that are shipped stay.
build() {
    { cmake -G Ninja -S "$OUTPUT_DIR/tree" -B "$OUTPUT_DIR/tree/build" && cmake --build "$OUTPUT_DIR/tree/build"; } \
        >"$OUTPUT_DIR/cmake" 2>&1 || fail "$(cat "$OUTPUT_DIR/cmake")"
    local script
    for script in "$OUTPUT_DIR"/tree/build/sql/bedrock_cost--*.sql "$SOURCE_DIR"/tests/upgrade/bedrock_cost--*.sql; do
        [ -e "$directory/$(basename "$script")" ] || cp "$script" "$directory/"
    done
}

# ---- the frozen scripts ----------------------------------------------------------------------------------------------

frozen=$SOURCE_DIR/tests/upgrade/bedrock_cost--$this.sql
built=$BINARY_DIR/sql/bedrock_cost--$this.sql
if [ -e "$frozen" ] && ! cmp -s "$frozen" "$built"; then
    fail "tests/upgrade/bedrock_cost--$this.sql is frozen, and the install script of $this is another by now." \
        "Where $this is not released yet, freeze it anew: cmake --build BUILD --target freeze" \
        "Where it is, raise VERSION in CMakeLists.txt and write sql/upgrade/$this--NEW.sql."
fi
# The other versions' scripts, and the names of all that are walked.
versions=()
for script in "$SOURCE_DIR"/tests/upgrade/bedrock_cost--*.sql; do
    version=$(basename "$script" .sql); version=${version#bedrock_cost--}
    [ "$version" = "$this" ] || versions+=("$version")
done
versions+=("$this")
# A step begins at a version that is frozen: only the version under development may still change.
for step in "$SOURCE_DIR"/sql/upgrade/*--*.sql; do
    version=$(basename "$step"); version=${version%%--*}
    [ -e "$SOURCE_DIR/tests/upgrade/bedrock_cost--$version.sql" ] ||
        fail "sql/upgrade/$(basename "$step") begins at a version that is not frozen in tests/upgrade"
done
[ ${#versions[@]} -gt 1 ] || fail 'no released version is walked'

# A symbol of the module never changes what it takes and gives, nor is one taken away: the catalog of an older version
# calls it until ALTER EXTENSION UPDATE. symbols DATABASE: one row a symbol and form.
symbols() {
    q -d "$1" <<'SQL'
SELECT DISTINCT p.prosrc,
       coalesce((SELECT string_agg(coalesce(p.proargmodes[a.n]::text, 'i') || ' ' || format_type(a.type, NULL), ', '
                                   ORDER BY a.n)
                 FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, n)), ''),
       CASE WHEN p.proretset THEN 'set of ' ELSE '' END || format_type(p.prorettype, NULL),
       CASE WHEN p.proisstrict THEN 'strict' END
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname = 'c'
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'bedrock_cost'
ORDER BY 1, 2, 3, 4;
SQL
}
nm -D --defined-only "$MODULE_DIR/bedrock_cost.so" | awk '{ print $3 }' | LC_ALL=C sort >"$OUTPUT_DIR/defined"
# broken OLD NEW: symbols of OLD that are gone from the module, and forms in NEW that OLD does not know of its symbols.
broken() {
    cut -d'|' -f1 "$1" | LC_ALL=C sort -u | LC_ALL=C comm -23 - "$OUTPUT_DIR/defined" | sed 's/^/gone: /'
    awk -F'|' 'NR == FNR { known[$1] = 1; form[$0] = 1; next } known[$1] && !form[$0] { print "changed: " $0 }' "$1" "$2"
}

# ---- this version over itself ----------------------------------------------------------------------------------------

fresh upgrade_fresh
q -d upgrade_fresh -c 'CREATE EXTENSION bedrock_cost'
snapshot upgrade_fresh >"$OUTPUT_DIR/fresh"
[ "$(wc -l <"$OUTPUT_DIR/fresh")" -gt 1000 ] || fail 'nothing is in the snapshot'
symbols upgrade_fresh >"$OUTPUT_DIR/symbols"
[ "$(wc -l <"$OUTPUT_DIR/symbols")" -gt 20 ] || fail 'no symbols are looked at'
is 'the module has every symbol that is called' "$(broken "$OUTPUT_DIR/symbols" "$OUTPUT_DIR/symbols")" ''
# What is looked for is found: a symbol with another argument, and one that is gone.
sed '0,/i text/s//i jsonb/' "$OUTPUT_DIR/symbols" >"$OUTPUT_DIR/other_symbols"
cmp -s "$OUTPUT_DIR/symbols" "$OUTPUT_DIR/other_symbols" && fail 'no symbol was changed'
grep -q '^changed: ' <<<"$(broken "$OUTPUT_DIR/symbols" "$OUTPUT_DIR/other_symbols")" || fail 'a changed symbol was not found'
{ cat "$OUTPUT_DIR/symbols"; echo 'bedrock_gone|text|text|'; } >"$OUTPUT_DIR/other_symbols"
is 'a symbol that is gone' "$(broken "$OUTPUT_DIR/other_symbols" "$OUTPUT_DIR/symbols")" 'gone: bedrock_gone'

tree "$again"
build
q -d upgrade_fresh -c "ALTER EXTENSION bedrock_cost UPDATE TO '$again'"
snapshot upgrade_fresh >"$OUTPUT_DIR/again"
same 'an update over itself changes nothing' "$OUTPUT_DIR/fresh" "$OUTPUT_DIR/again"

# The doctor tells of a database that is behind the package, and of one that is ahead of it.
told() { q -d "$1" -c "SELECT d.status, d.fix FROM bedrock.doctor() AS d WHERE d.\"check\" = 'version'"; }
is 'the doctor of a database ahead of its package' "$(told upgrade_fresh)" \
    "warning|Install the package of version $again or of a later one"
tree "$this"
rm "$OUTPUT_DIR"/tree/sql/upgrade/*--*.sql
: >"$OUTPUT_DIR/tree/sql/upgrade/$behind--$this.sql"
build
cp "$built" "$directory/bedrock_cost--$behind.sql"
fresh upgrade_behind
q -d upgrade_behind -c "CREATE EXTENSION bedrock_cost VERSION '$behind'"
is 'the doctor of a database behind its package' "$(told upgrade_behind)" 'warning|ALTER EXTENSION bedrock_cost UPDATE'
q -d upgrade_behind -c "$(told upgrade_behind | cut -d'|' -f2)"
is 'the doctor after what it says was done' "$(told upgrade_behind)" ''
dropdb upgrade_behind

# What was granted and revoked on the API stays, and what was granted on functions of bedrock_internal, which are made
# anew.
fresh upgrade_granted
q -d upgrade_granted <<'SQL'
CREATE EXTENSION bedrock_cost;
GRANT EXECUTE ON FUNCTION bedrock.price_of TO PUBLIC;
REVOKE EXECUTE ON FUNCTION is_bedrock(text, text, text), bedrock.try_jsonb(text) FROM PUBLIC;
GRANT SELECT ON bedrock.spend, bedrock.setting TO PUBLIC;
GRANT EXECUTE ON FUNCTION bedrock_internal.rules_version() TO pg_monitor WITH GRANT OPTION;
REVOKE USAGE ON SCHEMA bedrock_internal FROM PUBLIC;
SQL
snapshot upgrade_granted >"$OUTPUT_DIR/granted"
is 'grants are looked at' "$(diff "$OUTPUT_DIR/fresh" "$OUTPUT_DIR/granted" | grep -c '^>')" 7
q -d upgrade_granted -c "ALTER EXTENSION bedrock_cost UPDATE TO '$again'"
snapshot upgrade_granted >"$OUTPUT_DIR/again"
same 'grants stay' "$OUTPUT_DIR/granted" "$OUTPUT_DIR/again"
remove_scripts

# A function that the update brings is revoked where new ones are made with privileges, and there too grants stay.
fresh upgrade_default
q -d upgrade_default <<'SQL'
CREATE ROLE upgrade_analyst;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO upgrade_analyst;
CREATE EXTENSION bedrock_cost;
GRANT EXECUTE ON FUNCTION bedrock.price_of TO PUBLIC;
SQL
tree "$again"
mkdir "$OUTPUT_DIR/tree/sql/99-next"
cat >"$OUTPUT_DIR/tree/sql/99-next/functions.sql" <<'SQL'
CREATE FUNCTION bedrock.brought() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
COMMENT ON FUNCTION bedrock.brought() IS 'a function more';
SQL
build
q -d upgrade_default -c "ALTER EXTENSION bedrock_cost UPDATE TO '$again'"
is 'privileges of a function that an update brings' "$(q -d upgrade_default <<'SQL'
CREATE ROLE upgrade_nobody;
SELECT string_agg(concat_ws(' ', p.oid::regproc, has_function_privilege('upgrade_nobody', p.oid, 'EXECUTE'),
                            has_function_privilege('upgrade_analyst', p.oid, 'EXECUTE')), ', ' ORDER BY p.proname)
FROM pg_proc AS p WHERE p.pronamespace = 'bedrock'::regnamespace AND p.proname IN ('brought', 'price_of', 'detach');
SQL
)" 'bedrock.brought f t, bedrock.detach f t, bedrock.price_of t t'
dropdb upgrade_default
q -d postgres -c 'DROP ROLE upgrade_analyst, upgrade_nobody'
remove_scripts

# ---- the next version ------------------------------------------------------------------------------------------------
# Tables and a view have a column more, a setting and a table are new, names that are shipped are others, a helper that
# views and functions call is renamed, one gives another type; of the API functions and a view are renamed, and a function
# gives another type.

tree "$next"
cd "$OUTPUT_DIR/tree/sql"
# changed FILES... -- SED SCRIPT: what is to be changed is there.
changed() {
    local files=()
    while [ "$1" != -- ]; do files+=("$1"); shift; done; shift
    cat "${files[@]}" | cksum >"$OUTPUT_DIR/cksum"
    sed -i -E "$1" "${files[@]}"
    ! cat "${files[@]}" | cksum | cmp -s - "$OUTPUT_DIR/cksum" || fail "nothing was changed by $1"
}
changed [0-9]*/*.sql -- \
    's/\bbedrock_internal\.setting_value\b/bedrock_internal.value_of_setting/g; s/\bsetting_value\./value_of_setting./g'
# The view of attached sources calls these: one has another name, one gives another type.
changed [0-9]*/*.sql -- 's/\bbedrock_internal\.charge_grain\b/bedrock_internal.grain_of_charge/g'
changed [0-9]*/*.sql -- \
    '/CREATE .*FUNCTION bedrock_internal.described_usage_type\(/,/LANGUAGE/s/RETURNS text/RETURNS varchar/'
changed [0-9]*/*.sql -- 's/\bbedrock\.latest_period\b/bedrock.last_period/g; s/\blatest_period\./last_period./g'
changed [0-9]*/*.sql -- 's/\bbedrock\.usage_pattern\b/bedrock.usage_by_hour/g'
changed [0-9]*/*.sql -- 's/\bbedrock\.data_through\b/bedrock.billed_through/g; s/\bdata_through\./billed_through./g'
changed 96-schedule/functions.sql -- '/CREATE .*FUNCTION bedrock_internal.cron_field/,/LANGUAGE/s/RETURNS integer\[\]/RETURNS smallint[]/'
changed 96-schedule/functions.sql -- '/CREATE .*FUNCTION bedrock.unschedule_refresh\(/,/LANGUAGE/s/RETURNS boolean/RETURNS text/'
changed 60-spend/views.sql -- 's/^(       d.tag_owner)$/\1, upper(d.region) AS next_region/'
changed 30-catalogue/data.sql -- "s/'Nova Pro'/'Nova Pro 1'/; s/'Europe \(Frankfurt\)'/'Europe (Frankfurt am Main)'/"
mkdir 99-next
cat >99-next/tables.sql <<'SQL'
ALTER TABLE bedrock.profile ADD COLUMN next_note text;
COMMENT ON COLUMN bedrock.profile.next_note IS 'a column more; NULL: nothing';
ALTER TABLE bedrock.price ADD COLUMN next_note text DEFAULT 'none';
COMMENT ON COLUMN bedrock.price.next_note IS 'a column more';
CREATE TABLE bedrock_internal.next_table (next_column text);
SELECT pg_extension_config_dump('bedrock_internal.next_table', '');
COMMENT ON TABLE bedrock_internal.next_table IS 'a table more';
COMMENT ON COLUMN bedrock_internal.next_table.next_column IS 'its column; NULL: nothing';
SQL
cat >99-next/data.sql <<'SQL'
COMMENT ON COLUMN bedrock.spend.next_region IS 'a column more; NULL: no region';
INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at)
VALUES ('next_setting', '-infinity', '1', 'a setting more', true, '-infinity') ON CONFLICT DO NOTHING;
SQL
# The step has what tables.sql has more, and takes away what gives another type; all else goes by itself.
{ cat 99-next/tables.sql; echo 'DROP FUNCTION bedrock.unschedule_refresh();'; } >"upgrade/$this--$next.sql"
cd "$OUTPUT_DIR"
build

fresh upgrade_next
q -d upgrade_next -c "CREATE EXTENSION bedrock_cost VERSION '$next'"
snapshot upgrade_next >"$OUTPUT_DIR/next"
[ "$(diff "$OUTPUT_DIR/fresh" "$OUTPUT_DIR/next" | grep -c '^[<>]')" -gt 20 ] || fail 'the next version is no other'
# Rows that are shipped, of every table that has such.
shipped() {
    q -d "$1" <<'SQL'
SELECT c.oid::regclass, (xpath('//count/text()', x.x))[1], (xpath('//hash/text()', x.x))[1]
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'builtin' AND NOT a.attisdropped
CROSS JOIN LATERAL query_to_xml(format('SELECT count(*) AS count, md5(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C")) AS hash
                                        FROM %s AS t WHERE t.builtin', c.oid::regclass), true, true, '') AS x (x)
WHERE c.relkind = 'r' AND c.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace)
ORDER BY c.relname;
SQL
}
shipped upgrade_fresh >"$OUTPUT_DIR/shipped_fresh"
shipped upgrade_next >"$OUTPUT_DIR/shipped_next"
! cmp -s "$OUTPUT_DIR/shipped_fresh" "$OUTPUT_DIR/shipped_next" || fail 'the next version ships the same rows'

# ---- the walk --------------------------------------------------------------------------------------------------------

"$BINARY_DIR/tests/bill/make_bill" --format cur2 --gzip --period 2026-09 --out "$OUTPUT_DIR/bill" >/dev/null
chmod -R a+rX "$OUTPUT_DIR"
# A refresh and a load, also where nothing changed.
work() {
    q -d "$1" -c 'SELECT r.action FROM bedrock.refresh(force => true) AS r' \
        -c "SELECT l.action FROM bedrock.load_cur('$OUTPUT_DIR/bill', 'export', force => true) AS l" >"$OUTPUT_DIR/worked"
    [ "$(sort -u "$OUTPUT_DIR/worked" | paste -sd ' ')" = 'refreshed replaced' ] ||
        fail 'not all was read:' "$(cat "$OUTPUT_DIR/worked")"
}
# A dump restores the version that is the server's default; here that is to be the next one.
dump() { pg_dump -d "$1" | sed "s/^CREATE EXTENSION IF NOT EXISTS bedrock_cost WITH SCHEMA public/& VERSION '$next'/"; }
loader_refreshes() {
    q -d "$1" -c 'SET ROLE upgrade_loader' -c 'SELECT DISTINCT r.action FROM bedrock.refresh(force => true) AS r'
}
for old in "${versions[@]}"; do
    # The catalogs alone: to this version, and to the next.
    for to in "$this" "$next"; do
        as=$([ "$to" = "$this" ] && echo fresh || echo next)
        [ "$old" != "$to" ] || continue
        fresh upgrade_old
        q -d upgrade_old -c "CREATE EXTENSION bedrock_cost VERSION '$old'"
        symbols upgrade_old >"$OUTPUT_DIR/symbols_old"
        q -d upgrade_old -c "ALTER EXTENSION bedrock_cost UPDATE TO '$to'"
        symbols upgrade_old >"$OUTPUT_DIR/symbols_new"
        is "$old to $to: every symbol is what it was" "$(broken "$OUTPUT_DIR/symbols_old" "$OUTPUT_DIR/symbols_new")" ''
        snapshot upgrade_old >"$OUTPUT_DIR/updated"
        same "$old to $to: the catalogs of a fresh installation" "$OUTPUT_DIR/$as" "$OUTPUT_DIR/updated"
        shipped upgrade_old >"$OUTPUT_DIR/shipped"
        same "$old to $to: the shipped rows of a fresh installation" "$OUTPUT_DIR/shipped_$as" "$OUTPUT_DIR/shipped"
    done

    # With data. The module is this one; before the update the catalog is the old one.
    fresh upgrade_walk
    q -d postgres -c 'DROP ROLE IF EXISTS upgrade_reader, upgrade_loader'
    q -d upgrade_walk -c "CREATE EXTENSION bedrock_cost VERSION '$old'"
    q -d upgrade_walk -v bill="$OUTPUT_DIR/bill" -f "$SOURCE_DIR/tests/server/upgrade_data.sql" >"$OUTPUT_DIR/data"
    is "$old: there are a bill in a table, one in files, logs and prices" "$(q -d upgrade_walk <<'SQL'
SELECT (SELECT string_agg(DISTINCT s.source, ' ' ORDER BY s.source) FROM bedrock.spend AS s),
       (SELECT count(*) FROM bedrock.request), (SELECT count(*) FROM bedrock.price WHERE NOT builtin),
       mine.estimate(1000000);
SQL
)" 'export own|39|1|0.7'
    state upgrade_walk >"$OUTPUT_DIR/before"
    # 0.2.0 has nothing that writes workloads, and of the rows that count changes a dump takes none.
    is "$old: tables without rows of a user" \
        "$(sed -n 's/^rows of \(.*\)|0 .*/\1/p' "$OUTPUT_DIR/before" | paste -sd ' ')" \
        "$([ "$old" = 0.2.0 ] && echo bedrock.owner bedrock.price_version || echo bedrock.price_version bedrock_internal.ownership_change)"
    work upgrade_walk
    state upgrade_walk >"$OUTPUT_DIR/under"
    # When and how often it was read is kept.
    log='load_log|bedrock.period|bedrock_internal.state'
    same "$old under this module: refresh and load come to the same" \
        <(grep -vE "$log" "$OUTPUT_DIR/before") <(grep -vE "$log" "$OUTPUT_DIR/under")

    if [ "$old" = "$this" ]; then
        # An object of the user on a function that is renamed holds the update back, and nothing is changed.
        q -d upgrade_walk \
            -c 'CREATE VIEW mine.hours AS SELECT bedrock_internal.setting_value($$stale_after_hours$$) AS hours'
        ! q -d upgrade_walk -c "ALTER EXTENSION bedrock_cost UPDATE TO '$next'" 2>"$OUTPUT_DIR/refused" ||
            fail 'a function was taken from under a view'
        grep -q 'view mine.hours depends on function bedrock_internal.setting_value' "$OUTPUT_DIR/refused" ||
            fail 'the message is another' "$(cat "$OUTPUT_DIR/refused")"
        is 'an update that is refused changes nothing' "$(q -d upgrade_walk <<'SQL'
SELECT e.extversion, h.hours FROM pg_extension AS e, mine.hours AS h WHERE e.extname = 'bedrock_cost';
SQL
)" "$this|72"
        state upgrade_walk >"$OUTPUT_DIR/refused"
        same 'an update that is refused leaves all rows' "$OUTPUT_DIR/under" "$OUTPUT_DIR/refused"
        # A refresh that is at work is waited for.
        coproc at_work { psql -X -q -At -d upgrade_walk 2>&1; }
        echo "BEGIN; SELECT r.action FROM bedrock.refresh('own', '2026-08-01', force => true) AS r;" >&"${at_work[1]}"
        read -r action <&"${at_work[0]}"
        is 'a refresh at work' "$action" refreshed
        ! PGOPTIONS="${PGOPTIONS:-} -c lock_timeout=1s" q -d upgrade_walk -c 'DROP VIEW mine.hours' \
            -c "ALTER EXTENSION bedrock_cost UPDATE TO '$next'" 2>"$OUTPUT_DIR/refused" ||
            fail 'an update did not wait for a refresh'
        grep -q 'lock timeout' "$OUTPUT_DIR/refused" || fail 'the message is another' "$(cat "$OUTPUT_DIR/refused")"
        echo 'ROLLBACK; \q' >&"${at_work[1]}"
        wait "$at_work_PID"
        # One on a function that stays holds nothing back.
        q -d upgrade_walk \
            -c 'CREATE VIEW mine.gap AS SELECT bedrock_internal.cron_longest_gap($$@hourly$$) AS gap'
    fi

    # A session that used it before goes on.
    is "$old to $next: a session that updates" "$(q -d upgrade_walk <<SQL
PREPARE answers AS SELECT mine.estimate(1000000), (SELECT count(*) = count(s.cost_metric) FROM bedrock.spend AS s),
                          (SELECT count(*) > 0 FROM bedrock.doctor());
EXECUTE answers;
ALTER EXTENSION bedrock_cost UPDATE TO '$this';
EXECUTE answers;
ALTER EXTENSION bedrock_cost UPDATE TO '$next';
EXECUTE answers;
SQL
)" $'0.7|t|t\n0.7|t|t\n0.7|t|t'
    state upgrade_walk >"$OUTPUT_DIR/after"
    same "$old to $next: spend and all rows of the user" "$OUTPUT_DIR/under" "$OUTPUT_DIR/after"
    shipped upgrade_walk >"$OUTPUT_DIR/shipped"
    same "$old to $next, with data: the shipped rows" "$OUTPUT_DIR/shipped_next" "$OUTPUT_DIR/shipped"
    granted='^function|^relation|^schema'
    snapshot upgrade_walk >"$OUTPUT_DIR/updated"
    same "$old to $next, with data: the catalogs" \
        <(grep -vE "$granted" "$OUTPUT_DIR/next") <(grep -vE "$granted" "$OUTPUT_DIR/updated")
    is "$old to $next: nothing has its old name" "$(q -d upgrade_walk <<'SQL'
SELECT to_regproc('bedrock_internal.setting_value'), to_regproc('bedrock_internal.charge_grain'),
       to_regproc('bedrock.latest_period'), to_regproc('bedrock.data_through'), to_regclass('bedrock.usage_pattern');
SQL
)" '||||'
    is "$old to $next: what is new answers" "$(q -d upgrade_walk <<'SQL'
SELECT bedrock_internal.value_of_setting('stale_after_hours'), bedrock.billed_through() > '2026-01-01',
       (SELECT count(*) > 0 FROM bedrock.usage_by_hour),
       (SELECT count(DISTINCT s.next_region) > 1 FROM bedrock.spend AS s);
SQL
)" '72|t|t|t'
    [ "$old" != "$this" ] || is 'a view on a function that stays' "$(q -d upgrade_walk -c 'TABLE mine.gap')" 01:00:00
    is "$old to $next: grants stay, and nothing more is granted" "$(q -d upgrade_walk <<'SQL'
SET ROLE upgrade_reader;
SELECT (SELECT count(*) > 0 FROM bedrock.spend), (SELECT count(*) > 0 FROM mine.by_team),
       (SELECT count(*) > 0 FROM bedrock.price_of('amazon.nova-pro-v1:0', 'us-east-1')),
       has_function_privilege('bedrock.utc_timestamp(text)', 'EXECUTE'),
       has_function_privilege('bedrock.refresh(text,date,boolean)', 'EXECUTE'),
       has_table_privilege('bedrock_internal.state', 'SELECT'),
       (SELECT has_function_privilege(p.oid, 'EXECUTE') FROM pg_proc AS p WHERE p.proname = 'set_price'),
       (SELECT has_function_privilege(p.oid, 'EXECUTE') FROM pg_proc AS p WHERE p.proname = 'billed_through'),
       has_table_privilege('bedrock.usage_by_hour', 'SELECT');
SQL
)" 't|t|t|t|t|f|f|f|t'
    # The reader could select from all tables, but not execute all functions; a loader could do all.
    is "$old to $next: a loader refreshes" "$(loader_refreshes upgrade_walk)" refreshed
    is "$old to $next: what a loader may not do" "$(q -d upgrade_walk <<'SQL'
SELECT pg_describe_object(d.classid, d.objid, 0)
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
LEFT JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p', 'v')
WHERE e.extname = 'bedrock_cost'
  AND (NOT has_function_privilege('upgrade_loader', p.oid, 'EXECUTE')
       OR NOT has_table_privilege('upgrade_loader', c.oid, 'INSERT'))
  -- What functions of the API alone write.
  AND NOT (c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy AS w WHERE w.polrelid = c.oid AND w.polcmd = '*')
           AND has_table_privilege('upgrade_loader', c.oid, 'SELECT'));
SQL
)" ''
    [ "$old" = "$this" ] || is "$old to $next: who could read and write before row security came" \
        "$(q -d upgrade_walk -c "SELECT s.role_name, s.scope_kind FROM bedrock.scope AS s
                                 WHERE s.role_name ~ '^upgrade_' ORDER BY 1, 2")" \
        $'upgrade_loader|all\nupgrade_loader|load\nupgrade_reader|all'

    # What is shipped changed: a refresh brings it in. Loads, labels and prices work on.
    work upgrade_walk
    q -d upgrade_walk >/dev/null <<'SQL'
SELECT bedrock.set_price('amazon.nova-pro-v1:0', 'input', 0.6, valid_from => '2027-01-01');
SELECT bedrock.set_label('arn:aws:bedrock:us-east-1:222222222222:application-inference-profile/06vsfs68yb4g',
                         'team', 'search', valid_from => '2026-09-20', reason => 'test');
CALL bedrock.refresh_scheduled();
REFRESH MATERIALIZED VIEW mine.months;
SQL
    is "$old to $next: a refresh brings what is shipped" "$(q -d upgrade_walk <<'SQL'
SELECT DISTINCT s.model_name FROM bedrock.spend AS s WHERE s.model_id = 'amazon.nova-pro-v1:0';
SQL
)" 'Nova Pro 1'
    is "$old to $next: the doctor finds nothing wrong" "$(q -d upgrade_walk <<'SQL'
SELECT d.check_name, d.detail FROM bedrock.doctor() AS d WHERE d.status = 'error';
SQL
)" ''

    state upgrade_walk >"$OUTPUT_DIR/after"
    fresh upgrade_restored
    dump upgrade_walk | q -d upgrade_restored >/dev/null
    state upgrade_restored >"$OUTPUT_DIR/restored"
    same "$old to $next: dumped and restored" "$OUTPUT_DIR/after" "$OUTPUT_DIR/restored"
    # What a dump takes for the extension's own is not granted there.
    is "$old to $next: a loader refreshes what was restored" "$(loader_refreshes upgrade_restored)" refreshed
    q -d upgrade_walk -c 'DROP OWNED BY upgrade_reader, upgrade_loader'
    q -d upgrade_restored -c 'DROP OWNED BY upgrade_reader, upgrade_loader'
done
dropdb upgrade_walk
q -d postgres -c 'DROP ROLE upgrade_reader, upgrade_loader'

fresh upgrade_restored
dump upgrade_next | q -d upgrade_restored >/dev/null
snapshot upgrade_restored >"$OUTPUT_DIR/restored"
same 'restored from a dump' "$OUTPUT_DIR/next" "$OUTPUT_DIR/restored"
