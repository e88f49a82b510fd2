#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What people meet in a terminal of 80 columns: ./run ask, the completion of ./run, its exit codes, psql without settings.
# What ./run ask shows is held against bedrock.answer, bedrock.ask and plain SQL, asked here by psql.
set -euo pipefail
shopt -s inherit_errexit
q() { PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
fail() { printf '%s\n' "$*"; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: expected \"$3\", got \"$2\""; echo "ok: $1"; }
status_of() { # status_of COMMAND...: its exit code; what it says in $dir/out and $dir/err
    local status=0
    "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
    echo "$status"
}
in_terminal() { # in_terminal COLUMNS COMMAND: prints what a terminal shows
    TERM=xterm timeout 300 script -qec "stty cols $1 rows 24; $2" /dev/null </dev/null | tr -d '\r'
}
fits() { # fits COLUMNS FILE
    local wide
    wide=$(grep -nE "^.{$(($1 + 1))}" "$2" || true)
    [ -z "$wide" ] || fail "wider than $1 columns: $wide"
}
export LC_ALL=C.UTF-8 PGDATABASE=bedrock_demo
dir=$OUTPUT_DIR/files run=$SOURCE_DIR/run
rm -rf "$dir"; mkdir -p "$dir"

# ---- a question of the demo's bill, in each form -----------------------------------------------------------------------

# Rows of the first table in a file, its cells behind │ and without what fills the columns; a record is no row.
rows_of() { sed -n '/^┌/,/^└/ { /^│/p }' "$1" | sed '1d; s/^│ *//; s/ *│$//; s/ *│ */│/g'; }
in_terminal 80 "PGUSER=acme_finance '$run' ask cost by team in august --rows 5" >"$dir/terminal"
fits 80 "$dir/terminal"
is 'its id and title come first' "$(sed '/^$/,$d' "$dir/terminal" | xargs -d '\n' | tr -s ' ')" \
    "$(q -c "SELECT question_id || ': ' || question FROM bedrock.question WHERE question_id = 'Q013'")"
grep -q "'2026-08-01'::date AS period" "$dir/terminal" || fail 'the SQL is not shown'
is 'the table' "$(rows_of "$dir/terminal")" \
    "$(PGUSER=acme_finance q -F │ -c "SELECT a ->> 'team', a ->> 'cost_center', a ->> 'billed_cost', a ->> 'usage_cost', a ->> 'share_pct', a ->> 'currency'
        FROM bedrock.answer('Q013', '{\"period\": \"2026-08-01\"}') AS a LIMIT 5")"
is 'and how many rows there are' "$(tail -n 1 "$dir/terminal")" "the first 5 of $(q -c "SELECT count(*) FROM bedrock.answer('Q013', '{\"period\": \"2026-08-01\"}')") rows: --rows 0 prints all, --csv too"
in_terminal 120 "'$run' ask Q052 --rows 3" >"$dir/wide"
fits 120 "$dir/wide"
[ "$(wc -L <"$dir/wide")" -gt 90 ] || fail 'a wider terminal is not used'
# Answers of few and of many columns, of short and of long lines of SQL.
for id in Q001 Q013 Q014 Q067; do
    "$run" ask $id --rows 3 >"$dir/piped"
    fits 80 "$dir/piped"
    for number in $(q -c "SELECT trim_scale((c.value #>> '{}')::numeric) FROM (SELECT * FROM bedrock.answer('$id') LIMIT 3) AS a (r), json_each(a.r) AS c WHERE json_typeof(c.value) = 'number'"); do
        grep -E "│ *$number(\.?0+)? *│" "$dir/piped" >/dev/null || fail "$id has no $number in one piece: $(cat "$dir/piped")"
    done
done
LC_ALL=C "$run" ask Q013 >"$dir/ascii"
! LC_ALL=C grep -q '[^ -~]' "$dir/ascii" || fail 'not plain ASCII where the locale has no more'
grep -q '^+--' "$dir/ascii" || fail 'no table without UTF-8'

# For programs: standard output has the answer alone, and amounts are exact.
sql=$(q -c "SELECT sql FROM bedrock.ask('Q013')")
"$run" ask Q013 --json >"$dir/json" 2>"$dir/err"
is 'JSON is the exact answer' "$(q -v a="$(cat "$dir/json")" <<<"SELECT md5((:'a'::jsonb)::text)")" "$(q -c "SELECT md5(jsonb_agg(to_jsonb(q))::text) FROM ($sql) AS q")"
[ ! -s "$dir/err" ] || fail "it says more: $(cat "$dir/err")"
"$run" ask cost by team in Q3 --csv >"$dir/csv" 2>"$dir/err"
is 'CSV is the exact answer' "$(md5sum <"$dir/csv")" "$(q --csv -P tuples_only=off -c "$sql" | md5sum)"
is 'what was not used of the words is on standard error' "$(cat "$dir/err")" 'note: not narrowed to q3'
is 'money in CSV is not rounded' "$("$run" ask Q001 --csv | awk -F, 'NR == 2 { print $2 }')" "$(q -c "SELECT sum(line_item_unblended_cost) FROM cur WHERE bill_billing_period_start_date = '2026-09-01' AND line_item_line_item_type = 'Usage' AND (line_item_product_code ILIKE '%bedrock%' OR product ->> 'product_name' ILIKE '%bedrock%')")"
"$run" ask Q013 --month 2026-08 --sql >"$dir/sql"
is 'long SQL is cut' "$("$run" ask Q091 | grep 'lines more')" \
    "... $(q -c "SELECT array_length(string_to_array(sql, E'\n'), 1) - 20 FROM bedrock.ask('Q091')") lines more: --sql prints them all"
is 'the SQL alone' "$(cat "$dir/sql")" "${sql/bedrock.latest_period()/\'2026-08-01\'::date}"
is 'any parameter' "$("$run" ask Q019 --param top=3 --json | tr '}' '\n' | grep -c resource_kind)" 3
is 'the list of what words find' "$("$run" ask --list cost by team | grep -o 'Q[0-9]*' | tr '\n' ' ')" "$(q -c "SELECT string_agg(question_id, ' ') FROM bedrock.ask('cost by team')") "
is 'the list of all' "$("$run" ask --list | grep -c '│ Q[0-9]')" "$(q -c "SELECT count(DISTINCT question_id) FROM bedrock.question")"
is 'as another role' "$("$run" ask Q001 --as acme_owner --csv)" "$(PGUSER=acme_owner "$run" ask Q001 --csv)"
is 'who sees less' "$(PGUSER=acme_owner "$run" ask Q013 --csv | wc -l)" 2

# Bars: as long as their amounts, in whole blocks; what is not 0 has one at the least.
blocks() { rows_of "$2" | { grep -F "$1" | grep -o "$3" || true; } | wc -l; } # blocks ROW FILE BLOCK
"$run" ask Q023 --chart --rows 7 >"$dir/chart"
fits 80 "$dir/chart"
is 'what the chart draws' "$(rows_of "$dir/chart" | sed 's/│█*$//')" \
    "$(q -c "SELECT concat(a ->> 'month', ', ', a ->> 'path', ', ', a ->> 'currency', '│', a ->> 'billed_cost') FROM bedrock.answer('Q023') AS a LIMIT 7")"
mapfile -t amounts < <(q -c "SELECT a ->> 'billed_cost' FROM bedrock.answer('Q023') AS a LIMIT 7" | sort -rg)
longest=$(blocks "│${amounts[0]}│" "$dir/chart" █)
[ "$longest" -ge 20 ] || fail "the longest bar has $longest blocks"
for amount in "${amounts[@]:1}"; do
    is "the bar of $amount" "$(blocks "│$amount│" "$dir/chart" █)" "$(q -c "SELECT ceil($longest * $amount / ${amounts[0]})")"
done
is 'short labels' "$("$run" ask Q134 --chart | grep -c RECORD)" 0
! LC_ALL=C "$run" ask Q023 --chart | LC_ALL=C grep -q '[^ -~]' || fail 'a chart is not plain ASCII where the locale has no more'

# ---- answers with what is odd in them ------------------------------------------------------------------------------------

# Questions as if they were shipped, which only the owner of the table can write.
dropdb --if-exists terminal_test; createdb -T bedrock_demo terminal_test
export PGDATABASE=terminal_test
q -o /dev/null <<'SQL'
INSERT INTO bedrock.question (question_id, question, sql, answer_columns, builtin)
SELECT t.id, t.question, t.sql, (SELECT jsonb_agg(jsonb_build_object('name', c, 'unit', CASE c WHEN 'cost' THEN 'money' END))
                                 FROM regexp_split_to_table(t.columns, ' ') AS c), true
FROM (VALUES
    ('T1', 'zebras', 'name cost currency', $$SELECT * FROM (VALUES ('a', 10.5, 'USD'), ('b', -30, 'USD'), ('c', NULL, 'USD'), ('d', 0, 'USD'), ('e', 7, 'EUR')) v (name, cost, currency)$$),
    ('T2', 'giraffes', 'n name', 'SELECT g AS n, repeat(chr(97 + g % 26), 3) AS name FROM generate_series(1, 3000) AS g'),
    ('T3', E'hip\x1b[31mpos', 'text long longer n', $$SELECT E'red \x1b[31m\u009b1m\nand more' AS text, repeat('word ', 100) AS long, repeat('x', 300) AS longer, 1.10 AS n$$),
    ('T4', 'lions', 'n', 'SELECT 1 / 0 AS n'),
    ('T5', 'tigers', 'n name', 'SELECT 1 AS n, ''a'' AS name WHERE false'),
    ('T6', 'gnus', 'question_id', 'DELETE FROM bedrock.question RETURNING question_id'),
    ('T7', 'apes', 'n text m', $$SELECT 12345678901234567890.12 AS n, repeat('word ', 30) AS text, 98765432109876543210 AS m$$),
    ('T9', 'ibexes', 'tokens ratio pct price none cost', $$SELECT * FROM (VALUES
        (28927650216.000000, 1.9960918778271134, 33.81, 0.00000123456789, NULL::numeric, 12.00),
        (0.000000, 0.07579891803514753309, 5.00, -123456.7891, NULL, 3.00),
        (12.000000, NULL, 99.80, 0, NULL, 0.50)) AS v (tokens, ratio, pct, price, none, cost)$$),
    ('T8', 'emus', 'n', $$SELECT (E'\x1b[31m' || random())::integer AS n$$)) AS t (id, question, columns, sql);
SQL
"$run" ask zebras --chart >"$dir/chart"
# Of EUR and USD each has a scale of its own; what is below zero is drawn otherwise, what is not known is not drawn.
is 'bars below zero, unknown, none, of two currencies' "$(rows_of "$dir/chart" | sed -E 's/█+/█/; s/░+/░/')" 'a, USD│10.50│█
b, USD│-30.00│░
c, USD│-│
d, USD│0.00│
e, EUR│7.00│█'
whole=$(blocks 'b, USD' "$dir/chart" ░)
is 'their lengths' "$(blocks 'a, USD' "$dir/chart" █) $(blocks 'e, EUR' "$dir/chart" █)" "$(q -c "SELECT ceil($whole * 10.5 / 30)") $whole"
is 'a chart of words' "$(status_of "$run" ask zebras --column name) $(cat "$dir/err")" '2 error: --column: the answer has no numbers in name'
is 'nor does it begin' "$(wc -c <"$dir/out")" 0
is 'a chart of nothing there is' "$(status_of "$run" ask zebras --column nosuch) $(head -n 1 "$dir/err") $(wc -c <"$dir/out")" '2 error: --column: the answer has no column nosuch 0'
"$run" ask zebras >"$dir/table"
is 'a table says what is not known, and each currency' "$(rows_of "$dir/table")" "$(q -P null=- -F │ -c "SELECT a ->> 'name', a ->> 'cost', a ->> 'currency' FROM bedrock.answer('T1') AS a")"
is 'thousands of rows' "$("$run" ask giraffes | tail -n 1)" 'the first 50 of 3000 rows: --rows 0 prints all, --csv too'
"$run" ask giraffes --rows 0 >"$dir/table"
is 'all of them' "$(rows_of "$dir/table" | grep -c '^[0-9]*│[a-z][a-z][a-z]$')" 3000
is 'all of them as CSV' "$("$run" ask giraffes --csv | wc -l)" 3001
"$run" ask T3 >"$dir/odd"
fits 80 "$dir/odd"
no_control() { ! LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1" || fail "a control character reaches the terminal: $1"; }
no_control "$dir/odd"
rows_of "$dir/odd" >"$dir/rows"
is 'long values are whole' "$(tr -cd w <"$dir/rows" | wc -c) $(tr -cd x <"$dir/rows" | wc -c)" '100 301'
grep -q '│1\.1$' "$dir/rows" || fail "a number is not as it should be: $(cat "$dir/rows")"
# Digits that nobody reads are left out, but none of an amount; programs get them all.
"$run" ask ibexes >"$dir/table"
is 'numbers for people' "$(rows_of "$dir/table")" '28927650216│1.99609│33.81│0.00000123457│-│12.00
0│0.0757989│5.00│-123456.79│-│3.00
12│-│99.80│0.00│-│0.50'
is 'and for programs' "$("$run" ask ibexes --csv | sed -n 2p)" '28927650216.000000,1.9960918778271134,33.81,0.00000123456789,,12.00'
"$run" ask ibexes --column ratio >"$dir/chart"
is 'in a chart too' "$(rows_of "$dir/chart" | sed 's/│█*$//')" '-│1.99609
-│0.0757989
-│-'
"$run" ask T7 >"$dir/numbers"
fits 80 "$dir/numbers"
for number in 12345678901234567890.12 98765432109876543210; do
    [ "$(grep -cE "│ *$number *│" "$dir/numbers")" = 1 ] || fail "a number is broken: $(cat "$dir/numbers")"
done
is 'an answer without rows' "$("$run" ask tigers | tail -n 2 | xargs)/$("$run" ask tigers --json)/$("$run" ask tigers --csv)" "(0 rows) the bill has $(q -c "SELECT to_char(min(bill_billing_period_start_date), 'YYYY-MM') || ' to ' || to_char(max(bill_billing_period_start_date), 'YYYY-MM') FROM cur")/[]/n,name"
is 'an error of the server' "$(status_of "$run" ask lions) $(cat "$dir/err")" '1 ERROR:  division by zero'
for form in '' --csv --json --chart; do
    is "it only reads $form" "$(status_of "$run" ask gnus $form) $(q -c 'SELECT count(*) > 100 FROM bedrock.question')" '1 t'
done

# ---- what somebody else may have written ---------------------------------------------------------------------------------

# Whoever loads may store questions. Their SQL is not run, and is never input of psql.
before=$(q -c 'SELECT count(*) FROM bedrock.question')
q -o /dev/null -v file="$dir/owned" <<'SQL'
INSERT INTO bedrock.question (question_id, question, sql, answer_columns, builtin)
SELECT v.id, v.question || E'\x1b]0;title\x07', v.sql, '[{"name": "n"}]', v.builtin
FROM (VALUES ('S1', 'wombats', E'SELECT 1 AS n\n\\! touch ' || :'file' || E'\n', false),
             ('S2', 'koalas', 'SELECT 1 AS n; COMMIT; DELETE FROM bedrock.question WHERE NOT builtin', false),
             ('S3', 'dingos', E'SELECT 1 AS n -- \x1b[8m hidden \x1b[0m', false),
             ('Q001', 'quolls', 'SELECT 0 AS n', false),
             -- As a database would have it that is not to be trusted at all.
             ('S4', 'echidnas', E'SELECT 1 AS n\n\\! touch ' || :'file' || E'\n', true),
             ('S5', 'numbats', E'SELECT :\'words\' AS n\n\\o ' || :'file' || E'\n', true)) AS v (id, question, sql, builtin);
SQL
for id in S1 S2 S3; do
    for form in '' --csv --json --chart; do
        is "not shipped: $id $form" "$(status_of "$run" ask $id $form) $(wc -c <"$dir/out") $(cat "$dir/err")" \
            "1 0 error: the question $id is not a shipped one: somebody wrote it, and it is not run
Its SQL, to be read before you run it yourself: ./run ask $id --sql"
    done
done
is 'its SQL is for reading' "$("$run" ask S2 --sql)" 'SELECT 1 AS n; COMMIT; DELETE FROM bedrock.question WHERE NOT builtin'
is 'with nothing hidden' "$("$run" ask S3 --sql)" 'SELECT 1 AS n -- ?[8m hidden ?[0m'
for id in S4 S5; do
    for form in '' --csv --json --chart; do is "no input of psql: $id $form" "$(status_of "$run" ask $id $form)" 1; done
done
is 'a shipped question is not replaced' "$("$run" ask Q001 --csv)" "$(PGDATABASE=bedrock_demo "$run" ask Q001 --csv)"
is 'words find the shipped one first' "$(q -c "UPDATE bedrock.question SET keywords = 'cost by team' WHERE question_id = 'S2'"; "$run" ask cost by team --json | md5sum)" "$("$run" ask Q013 --json | md5sum)"
for arguments in S4 'spend by zodiac sign' '--list wombats' T8; do
    status_of "$run" ask $arguments >/dev/null
    no_control "$dir/out"; no_control "$dir/err"
done
[ ! -e "$dir/owned" ] || fail 'a stored question ran a program'
is 'and nothing is deleted' "$(q -c 'SELECT count(*) FROM bedrock.question')" $((before + 6))
export PGDATABASE=bedrock_demo

# ---- exit codes -------------------------------------------------------------------------------------------------------

is 'words that nothing asks' "$(status_of "$run" ask spend by zodiac sign) $(head -n 1 "$dir/err") $(grep -c '^  Q' "$dir/err") $(wc -c <"$dir/out")" '3 error: no question asks this: spend by zodiac sign 3 0'
is 'words without a meaning' "$(status_of "$run" ask xyzzy) $(tail -n 1 "$dir/err")" '3 All of them: ./run ask --list'
is 'an id that is none' "$(status_of "$run" ask Q999)" 3
is 'a parameter that is none' "$(status_of "$run" ask Q019 --param nope=1) $(head -n 1 "$dir/err")" '1 ERROR:  question Q019 has no parameter "nope"'
is 'a role that is none' "$(status_of "$run" ask Q019 --as nobody_here) $(cat "$dir/err")" '1 ERROR:  role "nobody_here" does not exist'
is 'a database that is none' "$(status_of "$run" ask Q019 --database none_here) $(grep -o 'database "none_here" does not exist' "$dir/err")" '1 database "none_here" does not exist'
is 'a server that is none' "$(PGHOST=$dir status_of "$run" ask Q019) $(head -n 1 "$dir/err" | grep -o '^error: connection')" '1 error: connection'
is 'a database without the extension' "$(status_of "$run" ask Q019 --database postgres) $(head -n 1 "$dir/err" | cut -d. -f1)" \
    '1 error: the database postgres has no extension bedrock_cost'
for option in --as --month --column --database --rows --param; do
    is "a value of nothing: $option" "$(status_of "$run" ask Q001 $option '') $(head -n 1 "$dir/err") $(wc -c <"$dir/out")" "2 error: $option needs a value 0"
done
is 'words that are not UTF-8' "$(status_of "$run" ask $'caf\xe9') $(head -n 1 "$dir/err")" '2 error: the arguments are not UTF-8'
misused=('ask' 'ask Q001 --as none' 'ask Q001 --month 2026-9' 'ask Q001 --month 2026-13' 'ask --csv --json Q001' 'ask Q001 --cvs' 'ask Q001 --rows' 'ask Q001 --rows many' 'ask Q001 --param top' 'demo --fast' 'psql a b' 'start now' 'stop now'
    'build all' 'reference now' 'clean all' 'completion' 'completion fish' 'load' 'load --tabel x' 'load --to' 'load --partial all x' 'dashboard --port' 'package deb a b' 'dance')
for arguments in "${misused[@]}"; do
    is "misused: $arguments" "$(status_of "$run" $arguments) $(head -n 1 "$dir/err" | grep -o '^error: ')" '2 error: '
done
is 'nobody misuses bench' "$(status_of "$SOURCE_DIR/bench/run.sh" "$BINARY_DIR" "$BINARY_DIR" many)" 2
is 'a load of no file' "$(status_of "$run" load "$dir/nofile")" 1
for command in $("$run" completion words ''); do
    grep -qiE '^exit codes?:? .*0' <<<"$("$run" "$command" --help)" || fail "./run $command --help does not tell its exit codes"
done

# ---- the private server ------------------------------------------------------------------------------------------------

# A copy of the checkout, as it is once built. Nothing of it runs but what ./run ask starts, and stops.
copy=$dir/copy
mkdir -p "$copy"
cp -r "$run" "$SOURCE_DIR/control" "$SOURCE_DIR/sql" "$copy/"
DESTDIR=$copy/.run/stage cmake --install "$BINARY_DIR" >/dev/null
alone() { env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE "$@"; }
server() { "$copy/control/cluster.sh" "$@" "$copy/.run/cluster"; }
trap 'server stop' EXIT
is 'no bill yet' "$(status_of alone "$copy/run" ask Q126) $(cat "$dir/err")" '1 error: there is no bill yet: ./run demo makes one, ./run load FILE... loads yours'
is 'the server is stopped' "$(status_of server running)" 1
is 'nor for psql' "$(status_of alone "$copy/run" psql) $(cat "$dir/err")" '1 error: there is no bill yet: ./run demo makes one, ./run load FILE... loads yours'
is 'a database that is not there' "$(status_of alone "$copy/run" psql demo) $(head -n 1 "$dir/err")" '2 error: there is no database demo. There are: postgres'
"$copy/control/cluster.sh" start "$copy/.run/cluster" "$copy/.run/stage"
(eval "$(server env)"; createdb bedrock; q -d bedrock -c 'CREATE EXTENSION bedrock_cost')
alone "$copy/run" completion words psql '' >"$dir/databases"
is 'its databases' "$(tr '\n' ' ' <"$dir/databases")" 'bedrock '
is 'one that runs is asked and goes on' "$(alone "$copy/run" ask Q001 --csv | wc -l) $(status_of server running)" '1 0'
# psql of ./run wraps what is wider than the terminal.
echo "SELECT repeat('word ', 60) AS a, repeat('word ', 60) AS b" >"$dir/query"
in_terminal 80 "env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE '$copy/run' psql bedrock <'$dir/query'" >"$dir/psql"
fits 80 "$dir/psql"
is 'psql wraps, and loses nothing' "$(grep -v '(1 row)' "$dir/psql" | tr -cd w | wc -c)" 120
server stop
is 'one that does not is started and stopped' "$(alone "$copy/run" ask Q001 --json) $(status_of server running)" '[] 1'

# Whose bill: the user's own once there is one, and it is said where the demo's is there too.
into() { local database=$1; shift; (eval "$(server env)"; q -d "$database" "$@"); }
"$copy/control/cluster.sh" start "$copy/.run/cluster" "$copy/.run/stage"
into postgres -c 'CREATE DATABASE demo TEMPLATE bedrock'
chosen() { echo 'SELECT current_database()' | alone "$copy/run" psql 2>"$dir/err" | sed -n 3p | tr -d ' '; }
is 'nothing loaded: of the demo' "$(chosen) $(cat "$dir/err")" 'demo '
into bedrock -c "INSERT INTO bedrock.source (source, format, format_version, rank) VALUES ('mine', 'cur2', '2.0', 1)"
is 'then of the own bill' "$(chosen) $(cat "$dir/err")" "bedrock note: of your bill, database bedrock; of the demo's: ./run psql demo"
alone "$copy/run" ask Q126 --csv >/dev/null 2>"$dir/err"
is 'so does ask' "$(cat "$dir/err")" "note: of your bill, database bedrock; of the demo's: --database demo"
alone "$copy/run" ask Q126 --csv --database demo >/dev/null 2>"$dir/err"
is 'but where it is named' "$(cat "$dir/err")" ''

# Of two at once, from nothing on, each has its answer; the last stops the server, unless it is to stay.
alone "$copy/run" stop
rm -rf "$copy/.run/cluster"
for seconds in 1 3 5; do
    echo "SELECT 'slept', pg_sleep($seconds)" | alone "$copy/run" psql postgres >"$dir/at_once.$seconds" 2>&1 &
    pids[seconds]=$!
done
for seconds in 1 3 5; do
    wait "${pids[seconds]}" || fail "of three at once: $(cat "$dir/at_once.$seconds")"
    grep slept "$dir/at_once.$seconds" >/dev/null || fail "cut off: $(cat "$dir/at_once.$seconds")"
    is "$seconds s: it runs as long as it is used" "$(status_of server running)" $((seconds / 5))
done
echo "SELECT pg_sleep(60)" | alone "$copy/run" psql postgres >"$dir/at_once" 2>&1 &
pids[0]=$!
until [ "$(into postgres -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(60)'" 2>/dev/null)" = 1 ]; do sleep 0.2; done
is 'stop says that it is in use' "$(alone "$copy/run" stop 2>&1)" 'note: another ./run uses the private server: its connections are cut'
status=0; wait "${pids[0]}" || status=$?
is 'and stops it' "$status $(status_of server running)" '2 1'

# Killed when the server is up: what is loaded then stays. What initdb has not ended is made anew.
cluster=$copy/.run/cluster killed=$dir/killed
rm -rf "$cluster"; mkdir -p "$killed" "$cluster/data.new/base"; chmod 777 "$killed"
printf '#!/bin/sh\necho %q\n' "$killed" >"$killed/pg_config"
ln -s "$(pg_config --bindir)/initdb" "$killed/initdb"
printf '#!/bin/sh\n%q/pg_ctl "$@"\ntouch %q/up\nsleep 60\n' "$(pg_config --bindir)" "$killed" >"$killed/pg_ctl"
chmod -R a+rX "$dir"; chmod +x "$killed/pg_config" "$killed/pg_ctl"
PATH=$killed:$PATH setsid "$copy/control/cluster.sh" start "$cluster" "$copy/.run/stage" >"$dir/out" 2>&1 &
pids[0]=$!
until [ -e "$killed/up" ]; do kill -0 "${pids[0]}" 2>/dev/null || fail "$(cat "$dir/out")"; sleep 0.1; done
kill -KILL -- -"${pids[0]}"
into postgres -c 'CREATE TABLE loaded AS SELECT 42 AS n'
server stop
"$copy/control/cluster.sh" start "$cluster" "$copy/.run/stage"
is 'what was loaded is there' "$(into postgres -c 'SELECT n FROM loaded')" 42
server stop
# The number in a file that a crash left may be another server's by now.
printf '%s\n' "$(q -c 'SHOW data_directory' | xargs -I{} head -n 1 {}/postmaster.pid)" >"$cluster/data/postmaster.pid"
is 'another server is not taken for ours' "$(status_of server running) $(status_of server stop) $(q -c 'SELECT 1')" '1 0 1'
rm "$cluster/data/postmaster.pid"

# ---- psql as it is -------------------------------------------------------------------------------------------------------

in_terminal 80 "PAGER=cat psql -X -c 'SELECT * FROM bedrock.doctor_text'" >"$dir/doctor"
fits 80 "$dir/doctor"
is 'every check that is not ok is there' "$(sed -nE 's/^ (info|warning|error) ([a-z_0-9]+): .*/\1 \2/p' "$dir/doctor" | sort)" \
    "$(q -c "SELECT DISTINCT status || ' ' || check_name FROM bedrock.doctor() WHERE status <> 'ok'" | sort)"
is 'with all it says' "$(q -c "SELECT count(*) FROM bedrock.doctor() AS d WHERE d.status <> 'ok' AND strpos((SELECT regexp_replace(string_agg(t.line, ' '), ' ', '', 'g') FROM bedrock.doctor_text AS t), replace(coalesce(d.fix, ''), ' ', '')) = 0
    AND d.fix = (SELECT min(o.fix) FROM bedrock.doctor() AS o WHERE o.check_name = d.check_name AND o.status = d.status)")" 0

# ---- what the demo ends with -----------------------------------------------------------------------------------------------

sed -n '/^next_steps()/,/^TEXT/p' "$run" | sed -n 's/^  \(\.\/run.*\)/\1/p' >"$dir/next"
fits 78 "$dir/next"
[ "$(wc -l <"$dir/next")" -ge 3 ] || fail 'the demo does not say what to do next'
while IFS= read -r line; do
    command=$(sed -E 's/ {2,}.*//' <<<"$line")
    case $command in
        *' ask '*) (cd "$SOURCE_DIR" && eval "$command" </dev/null >"$dir/out") || fail "it does not work: $command"
                   [ "$(grep -c █ "$dir/out")" -gt 5 ] || fail "$command: $(cat "$dir/out")" ;;
        *) grep -q '^usage: ' <<<"$("$run" "$(cut -d' ' -f2 <<<"$command")" --help)" || fail "no such command: $command" ;;
    esac
    echo "ok: $command"
done <"$dir/next"

# ---- completion ---------------------------------------------------------------------------------------------------------------

completed() { # completed WORD...: what bash offers for the last of them
    bash -c '
        . /usr/share/bash-completion/bash_completion
        cd "$0"
        eval "$(./run completion bash)"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        [[ $(complete -p ./run) =~ -F\ ([^\ ]+) ]]
        "${BASH_REMATCH[1]}" ./run "${@: -1}" "${@: -2:1}"
        printf "%s\n" "${COMPREPLY[@]}"' "$SOURCE_DIR" ./run "$@" | tr '\n' ' '
}
[ -e /usr/share/bash-completion/bash_completion ] || fail 'this test needs the package bash-completion'
is 'commands' "$(completed '' | tr ' ' '\n' | grep -v '^$' | sort | tr '\n' ' ')" "$(sed -n '/^case \$command in$/,$p' "$run" | sed -nE 's/^    ([a-z]+)\).*/\1/p' | sort -u | grep -v '^help$' | tr '\n' ' ')"
is 'a command' "$(completed de)" 'demo '
is 'options' "$(completed ask --c)" '--chart --column --csv '
is 'of another command' "$(completed load --f)" '--force '
is 'ids of questions' "$(completed ask Q | wc -w)" "$(q -c 'SELECT count(*) FROM bedrock.question WHERE builtin')"
is 'an id in small letters' "$(completed ask q02)" "$(q -c "SELECT string_agg(question_id, ' ' ORDER BY question_id) || ' ' FROM bedrock.question WHERE builtin AND question_id LIKE 'Q02_'")"
is 'databases' "$(completed ask Q001 --database bedrock_d)" 'bedrock_demo '
is 'roles' "$(completed ask Q001 --as acme_f)" 'acme_finance '
is 'nothing else' "$(completed ask Q001 --rows '')" ' '
# A shell that is typed into: Tab is pressed.
printf 'PS1=\ncd %q\neval "$(./run completion bash)"\n./run ask Q023 --sq\t | md5sum\nexit\n' "$SOURCE_DIR" >"$dir/keys"
INPUTRC=/dev/null timeout 60 script -qec 'bash --norc -i' /dev/null <"$dir/keys" >"$dir/typed" 2>&1 || true
grep -q "$("$run" ask Q023 --sql | md5sum | cut -c1-32)" "$dir/typed" || fail "Tab does not complete: $(cat "$dir/typed")"
echo 'ok: Tab in bash'
command -v zsh >/dev/null || fail 'this test needs the package zsh'
printf 'PS1=\ncd %q\neval "$(./run completion zsh)"\n./run ask Q023 --sq\t | md5sum\nexit\n' "$SOURCE_DIR" >"$dir/keys"
HOME=$dir timeout 60 script -qec 'zsh -f -i' /dev/null <"$dir/keys" >"$dir/typed" 2>&1 || true
grep -q "$("$run" ask Q023 --sql | md5sum | cut -c1-32)" "$dir/typed" || fail "Tab does not complete in zsh: $(cat -v "$dir/typed")"
echo 'ok: Tab in zsh'
dropdb terminal_test
