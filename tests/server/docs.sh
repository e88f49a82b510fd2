#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# README.md and every page of docs/, run as a reader would: each block in the order of its page, on a database with the
# bill of September of Acme, an invented company; once where the table your_cur_table has types, once where all its
# columns are text. A page's database is its own.
#
# For who writes a page. The language of a block says what the test does with it:
#   ```sql       psql runs it, in the page's database
#   ```sh        bash runs it in the checkout; psql and ./run find the page's database
#   ```crontab   the command of each line is run; ```ini (a systemd unit) each ExecStart=
#   ```output    what the block before it printed, line by line; a line "..." stands for any number of lines
#   ```text      nothing
# A comment in a line of its own before a block says more; several may stand there, and readers do not see them:
#   <!-- not run: REASON -->   it is not run. Page and reason stand in the list not_run below, else the test fails
#   <!-- as: ROLE -->          it is run as this role, which a block above has made; else as the superuser
#   <!-- fails: MESSAGE -->    it must fail, and say so
#   <!-- before: SQL -->       run first by the superuser: what the page takes for granted
# At the beginning of the database of a page, your_cur_table is attached and refreshed, the company's profiles are
# imported and its logs loaded. A page that shows these steps says <!-- begins: empty -->: there is the table, and
# nothing else. What stands for a reader's own (paths, roles, the database) is replaced by what the test has: the list
# replacements below.
set -euo pipefail
shopt -s inherit_errexit
. "$SOURCE_DIR/tests/server/docs_blocks.sh"
q() { PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
bill=$BINARY_DIR/tests/bill/make_bill
dir=$OUTPUT_DIR/files
rm -rf "$dir"; mkdir -p "$dir/offers"

# ---- what is not run, and what is replaced ---------------------------------------------------------------------------

not_run=(
    'README.md: the test demo does what it does'
    'README.md: the test install builds and installs'
    'docs/dashboard.md: the test dashboard builds, serves and reads it'
    'docs/dashboard.md: the test dashboard builds, serves and reads it'
    'docs/dashboard.md: the test dashboard builds, serves and reads it'
    'docs/mcp.md: the test mcp installs it'
    'docs/ownership.md: the test demo runs it'
    'docs/packages.md: the test package.debian builds and installs them'
    'docs/packages.md: the test package.debian builds and installs them'
    'docs/packages.md: the test package.debian installs it with pgxn'
    'docs/packages.md: the test container builds and runs the images'
    'docs/packages.md: the test dashboard builds, serves and reads it'
    'docs/refresh.md: the test schedule has a pg_cron'
    'docs/refresh.md: the test schedule has a pg_cron'
    'docs/scaling.md: the test fdw runs it on a coordinator'
    'docs/scaling.md: the test fdw runs it on a coordinator'
    'docs/scaling.md: the test fdw runs it on a coordinator'
    'docs/scaling.md: the test fdw runs it on two servers with lines'
    'docs/upgrading.md: the tests source_restore and upgrade dump and restore'
)

# A pattern of sed, and what it becomes; one after the other, so longer ones stand above. Roles are of the whole server,
# where other tests have theirs: each becomes one whose name begins with docs_.
replacements=(
    "/srv/exports/acme|$dir/export"
    "/srv/offers|$dir/offers"
    "/srv/logs|$dir/logs"
    "/srv/profiles|$dir/profiles"
    '\<export-00001.csv.gz export-00002.csv.gz\>|@export_files@'
    '\<bi\>|docs_bi'
    '\<reporting\>|docs_reporting'
    '\<monthly_reporting\>|docs_monthly'
    '\<ai_client\>|docs_ai_client'
    '\<nightly\>|docs_loader'
    '\<anna\>|docs_anna'
    '\<ben\>|docs_ben'
    '\<acme_dashboard\>|docs_dashboard'
    '\<hr_dashboard\>|docs_hr_dashboard'
    '\<hr_portal_team\>|docs_team'
    '\<hr_app\>|docs_app'
    '-d DATABASE\>|-d @database@'
    "/var/lib/grafana/dashboards|$dir"
)

# ---- databases to begin with -----------------------------------------------------------------------------------------

"$bill" --format cur2 --gzip --period 2026-09 --out "$dir/export" >/dev/null
"$bill" --logs "$dir/logs" >/dev/null
"$bill" --profiles "$dir/profiles" >/dev/null
cp "$SOURCE_DIR/tests/corpus/price_list.json" "$dir/offers/AmazonBedrock.json"
chmod -R a+rX "$dir"

drop_roles() {
    local role
    for role in $(q -d postgres -c "SELECT rolname FROM pg_roles WHERE rolname LIKE 'docs\_%'"); do
        q -d postgres -c "DROP ROLE $role"
    done
}
anew() { dropdb --if-exists "$1"; createdb -T "$2" "$1"; }
for database in $(q -d postgres -c "SELECT datname FROM pg_database WHERE datname LIKE 'docs\_%'"); do
    dropdb "$database"
done
drop_roles

anew docs_typed bedrock_template
PGDATABASE=docs_typed "$SOURCE_DIR/control/load.sh" --table your_cur_table "$dir"/export/data/*/*.csv.gz \
    >"$dir/out" 2>&1 || fail "$(cat "$dir/out")"
PGDATABASE=docs_typed "$SOURCE_DIR/tests/bill/import_profiles.sh" "$dir/profiles"
q -d docs_typed -o /dev/null -c "SELECT bedrock.set_setting('invocation_metadata_keys', 'user')" \
    -c "SELECT FROM bedrock.load_invocations('$dir/logs')" -c 'SELECT FROM bedrock.refresh()'
anew docs_text docs_typed
# Every column as text, as a COPY of the file or a foreign table over it gives.
q -d docs_text -o /dev/null <<'SQL'
SELECT FROM bedrock.detach('your_cur_table');
SELECT format('ALTER TABLE your_cur_table %s', string_agg(format('ALTER %I TYPE text', attname), ', ' ORDER BY attnum))
FROM pg_attribute WHERE attrelid = 'your_cur_table'::regclass AND attnum > 0 AND NOT attisdropped \gexec
SELECT FROM bedrock.attach('your_cur_table');
SELECT FROM bedrock.refresh();
SQL
for kind in typed text; do
    anew docs_${kind}_empty bedrock_template
    q -d docs_${kind}_empty -o /dev/null -f <(pg_dump -d docs_$kind -t public.your_cur_table)
done

# ---- a page ----------------------------------------------------------------------------------------------------------

: >"$dir/not_run"

# run_block LANGUAGE FILE ROLE DATABASE: what is printed goes to $dir/printed.
run_block() {
    local language=$1 file=$2
    local -x PGUSER=${3:-$PGUSER} PGDATABASE=$4 PSQL_PAGER=''
    case $language in
        sql) psql -X -v ON_ERROR_STOP=1 -f "$file" ;;
        sh) (cd "$SOURCE_DIR" && bash -euo pipefail "$file") ;;
        crontab) bash -euo pipefail <(sed -E '/^#/d; s/^([^ ]+ +){5}//' "$file") ;;
        ini) bash -euo pipefail <(sed -n 's/^ExecStart=//p' "$file") ;;
    esac >"$dir/printed" 2>&1 </dev/null
}

# run_page PAGE KIND: in the database docs_page_KIND.
run_page() {
    local page=$1 kind=$2 database=docs_page_$2 at pair state status ran=0 shown=0 last=no
    local number line language reason role fails before
    local export_files=("$dir"/export/data/*/*.csv.gz) blocks=$dir/blocks substitute=()
    state=$(sed -n 's/^<!-- begins: \(.*\) -->$/_\1/p' "$SOURCE_DIR/$page")
    [[ $state =~ ^(_empty)?$ ]] || fail "$page begins with what nobody knows: $state"
    anew "$database" "docs_$kind$state"
    # A copy of a database is read again, as one that is restored.
    [ -n "$state" ] || q -d "$database" -o /dev/null -c 'SELECT FROM bedrock.refresh()'
    for pair in "${replacements[@]}"; do substitute+=(-e "s|${pair%%|*}|${pair#*|}|g"); done
    substitute+=(-e "s|@database@|$database|g" -e "s|@export_files@|${export_files[*]}|g")
    rm -rf "$blocks"; mkdir -p "$blocks"
    blocks_of "$SOURCE_DIR/$page" "$blocks" >"$dir/list" || fail "$page cannot be read"
    while IFS=$'\x1f' read -r number line language reason role fails before; do
        at="$kind, $page:$line"
        case $language in
            text) continue ;;
            output)
                # What a block printed that is not run here is another test's.
                [ "$last" != no ] || fail "$at: output of what?"
                [ "$last" = ran ] || continue
                same_output "$blocks/$number" "$dir/printed" >"$dir/difference" || fail "$at: $(cat "$dir/difference")"
                shown=$((shown + 1))
                continue
                ;;
            sql | sh | crontab | ini) ;;
            *) fail "$at: blocks of language $language are unknown" ;;
        esac
        if [ -n "$reason" ]; then
            [ "$kind" != typed ] || printf '%s: %s\n' "$page" "$reason" >>"$dir/not_run"
            last='not run'
            continue
        fi
        role=$(sed "${substitute[@]}" <<<"$role")
        sed "${substitute[@]}" "$blocks/$number" >"$dir/block"
        [ -z "$before" ] || q -d "$database" -o /dev/null -c "$(sed "${substitute[@]}" <<<"$before")"
        status=0
        run_block "$language" "$dir/block" "$role" "$database" || status=$?
        if [ -n "$fails" ]; then
            [ $status != 0 ] && grep -qF -- "$fails" "$dir/printed" ||
                fail "$at does not fail with \"$fails\": $(tail -n 5 "$dir/printed")"
        else
            # The status of psql is that of its last command.
            [ $status = 0 ] && ! grep -qE '^(psql:[^ ]* )?(ERROR|error|FATAL):' "$dir/printed" ||
                fail "$at fails: $(tail -n 5 "$dir/printed")"
        fi
        ran=$((ran + 1)) last=ran
    done <"$dir/list"
    echo "ok: $page on $kind columns: $ran blocks run, $shown outputs as shown"
    ! grep -q '^CREATE ROLE bi ' "$SOURCE_DIR/$page" || [ "$kind" != typed ] || check_roles "$database"
    dropdb "$database"
    drop_roles
}

# What the roles bi and nightly can do, which a page has made.
check_roles() {
    local database=$1 change
    as() { local role=$1; shift; PGUSER=$role q -d "$database" "$@"; }
    # Every relation, but those that show the attached table itself, and who has which scope; every question; the doctor.
    as docs_bi <<'SQL' >"$dir/reader" || fail "a reader cannot read: $(cat "$dir/reader")"
SELECT format('SELECT count(*) AS %I FROM (SELECT FROM bedrock.%1$I LIMIT 1) AS r', relname) FROM pg_class
WHERE relnamespace = 'bedrock'::regnamespace AND relkind IN ('r', 'v', 'p', 'm')
    AND relname NOT IN ('line_item', 'cur2', 'scope') ORDER BY relname \gexec
SELECT count(*) FROM bedrock.question AS k, LATERAL (SELECT count(*) FROM bedrock.answer(k.question_id)) AS a
WHERE k.builtin;
SQL
    is 'nor is a check of the doctor left out' "$(as docs_bi -c "SELECT count(*) > 5,
        count(*) FILTER (WHERE detail LIKE '%could not be made%') FROM bedrock.doctor()")" 't|0'
    is 'a reader sees the bill' "$(as docs_bi -c 'SELECT sum(unblended_cost) FROM bedrock.spend')" \
        "$(q -d "$database" -c 'SELECT sum(unblended_cost) FROM bedrock.spend')"
    for change in 'SELECT bedrock.set_discount(99, provider => $$Anthropic$$)' 'DELETE FROM bedrock.fact' \
        'SELECT bedrock.detach($$your_cur_table$$)' 'SELECT bedrock.refresh(force => true)'; do
        if as docs_bi -c "$change" >"$dir/out" 2>&1; then fail "a reader may say: $change"; fi
        grep -q 'permission denied' "$dir/out" || fail "$change: $(cat "$dir/out")"
    done
    echo 'ok: a reader reads, and no more'
    q -d "$database" -c 'UPDATE your_cur_table SET line_item_unblended_cost = line_item_unblended_cost * 2'
    is 'a loader refreshes' "$(as docs_loader -c "SELECT action FROM bedrock.refresh('your_cur_table')")" refreshed
    as docs_loader -o /dev/null -c "SELECT bedrock.detach('your_cur_table')" \
        -c "SELECT bedrock.attach('your_cur_table')"
    is 'attaches' "$(as docs_loader -c "SELECT action FROM bedrock.refresh('your_cur_table')")" refreshed
    as docs_loader -c "CALL bedrock.refresh_scheduled('4 hours')" >/dev/null
    is 'on a schedule' \
        "$(q -d "$database" -c "SELECT action, \"by\" FROM bedrock.schedule_log ORDER BY at DESC LIMIT 1")" \
        'refreshed|docs_loader'
    roles_checked=yes
}
roles_checked=no

# ---- all pages -------------------------------------------------------------------------------------------------------

pages=(README.md)
for page in "$SOURCE_DIR"/docs/*.md; do [ "${page##*/}" = reference.md ] || pages+=("docs/${page##*/}"); done
# docs.sh PAGE...: these pages only, for who writes them.
[ $# = 0 ] || pages=("$@")
for page in "${pages[@]}"; do
    for kind in typed text; do run_page "$page" "$kind"; done
done
sed 's/^/not run: /' "$dir/not_run"
if [ $# = 0 ]; then
    diff <(printf '%s\n' "${not_run[@]}" | sort) <(sort "$dir/not_run") >"$dir/difference" ||
        fail "not run and not in the list not_run (>), or the other way round (<): $(grep '^[<>]' "$dir/difference")"
    [ $roles_checked = yes ] || fail 'no page makes the role bi'
fi

# ---- links ----------------------------------------------------------------------------------------------------------

# The anchors of a page's headings, as GitHub makes them.
anchors_of() { sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9_ -]//g; s/ /-/g'; }
links=0
for page in "$SOURCE_DIR"/README.md "$SOURCE_DIR"/docs/*.md; do
    page=${page#"$SOURCE_DIR"/}
    while read -r link; do
        links=$((links + 1))
        file=${link%%#*}
        target=$SOURCE_DIR/$page
        [ -z "$file" ] || target=$(dirname "$SOURCE_DIR/$page")/$file
        [ -e "$target" ] || fail "$page: there is no $link"
        [ "$link" = "$file" ] || grep -qxF -- "${link#*#}" <(anchors_of "$target") ||
            fail "$page: there is no anchor $link"
    done < <(grep -oE '\]\([^) ]+\)' "$SOURCE_DIR/$page" | sed 's/^](//; s/)$//' | grep -v '^https\?:')
done
echo "ok: $links links lead somewhere"

# ---- names ----------------------------------------------------------------------------------------------------------

# What pages name in text as bedrock.something, or bedrock.relation.column, is there.
{
    # Settings are there once the module is.
    printf '%s\n' "DO 'BEGIN PERFORM bedrock_region(''USE1-x''); END';" 'CREATE TEMP TABLE named (name text);' \
        'COPY named FROM STDIN;'
    grep -hoE '\<bedrock(_internal)?\.[a-z_0-9]+(\.[a-z_0-9]+)?' "$SOURCE_DIR/README.md" \
        $(ls "$SOURCE_DIR"/docs/*.md | grep -v '/reference\.md$') | sort -u
    cat <<'SQL'
\.
SELECT n.name FROM named AS n
WHERE NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace
                  LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                  WHERE n.name IN (s.nspname || '.' || c.relname, s.nspname || '.' || c.relname || '.' || a.attname))
  AND NOT EXISTS (SELECT FROM pg_proc AS p JOIN pg_namespace AS s ON s.oid = p.pronamespace
                  WHERE n.name = s.nspname || '.' || p.proname)
  AND NOT EXISTS (SELECT FROM pg_settings AS g WHERE g.name = n.name)
ORDER BY n.name;
SQL
} | q -d docs_typed -f - >"$dir/names"
[ ! -s "$dir/names" ] || fail "pages name what is not there: $(tr '\n' ' ' <"$dir/names")"
echo 'ok: what pages name is there'

# ---- typed and text --------------------------------------------------------------------------------------------------

# The row functions, as a page has them, and the view say the same of both tables.
awk '/^SELECT bedrock_profile_id/ { found = 1 } found { print } found && /;$/ { exit }' \
    "$SOURCE_DIR/README.md" "$SOURCE_DIR"/docs/*.md >"$dir/row_functions.sql"
for query in "$(cat "$dir/row_functions.sql")" \
    "SELECT model_name, token_kind, sum(tokens), sum(unblended_cost) FROM bedrock.spend GROUP BY 1, 2"; do
    typed=$(q -d docs_typed -c "$query" | sort) text=$(q -d docs_text -c "$query" | sort)
    [ "$(wc -l <<<"$typed")" -gt 20 ] || fail "hardly an answer: $typed"
    is 'typed and text' "$(cksum <<<"$text")" "$(cksum <<<"$typed")"
done
for database in docs_{typed,text}{,_empty}; do dropdb "$database"; done
