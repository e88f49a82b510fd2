#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/chargeback-mail: each payer gets his rows and nobody else's, once; the files together are the bill; what a
# spreadsheet would run is text; a mail that is not taken is sent by the next run.
export STUB_MAIL="$OUTPUT_DIR/mails sent"
mkdir -p "$STUB_MAIL"
mailer() {
    PGUSER=chargeback_mailer "$PYTHON" "$EXAMPLES/chargeback-mail/chargeback_mail.py" --from 'Finanzen Ä <finops@acme.example>' \
        --recipients "$OUTPUT_DIR/recipients.csv" --sendmail "$SOURCE_DIR/tests/server/examples/sendmail" --out "$OUTPUT_DIR/$1" "${@:2}" >"$OUTPUT_DIR/log" 2>&1
}
mails() { find "$STUB_MAIL" -name '*.eml' | wc -l; }
dropdb --if-exists examples_mail
q -d postgres -c 'DROP ROLE IF EXISTS chargeback_mailer'
createdb -T bedrock_demo examples_mail
export PGDATABASE=examples_mail
q -c 'SELECT FROM bedrock.refresh()'
q -o /dev/null -f "$EXAMPLES/chargeback-mail/role.sql" -f "$EXAMPLES/chargeback-mail/role.sql"
# Names as people choose them: a workload that is a formula, an owner with a comma, quotes and umlauts.
q -o /dev/null <<'SQL'
SELECT bedrock.set_workload('=1+1', owner => E'Zo\u00eb \u00c5str\u00f6m, "Team"', valid_from => '2026-06-01', reason => 'test');
SELECT bedrock.claim_identity('prod-report-generator-role', '=1+1', '2026-06-01', reason => 'test');
SELECT bedrock.set_workload('@batch', owner => '+cmd', valid_from => '2026-06-01', reason => 'test');
SELECT bedrock.claim_identity('batch-enrichment-role', '@batch', '2026-06-01', reason => 'test');
SQL
printf 'payer,name,address\n"Zoë Åström, ""Team""","Åström, Zoë",zoe@acme.example\n+cmd,,ops@acme.example\n+cmd,,second@acme.example\n' >"$OUTPUT_DIR/recipients.csv"

# ---- a month that is not complete ---------------------------------------------------------------------------------------------

# The lines of the last two days of usage come later.
q -o /dev/null <<'SQL'
CREATE TABLE later AS SELECT * FROM cur WHERE line_item_usage_start_date >= '2026-09-29 00:00Z';
DELETE FROM cur WHERE line_item_usage_start_date >= '2026-09-29 00:00Z';
SELECT FROM bedrock.refresh();
SQL
mailer early --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
is 'a month that is not complete is waited for' "$(mails) $(q -c 'SELECT count(*) FROM chargeback_mail.sent') $(cat "$OUTPUT_DIR/log")" \
    '0 0 2026-09 is not complete (last complete day: 2026-09-28) and no statement is posted: nothing is written or sent'
[ ! -e "$OUTPUT_DIR/early" ] || fail "files were written: $(ls "$OUTPUT_DIR/early")"
q -o /dev/null -c 'INSERT INTO cur SELECT * FROM later' -c 'SELECT FROM bedrock.refresh()'

# ---- a dry run --------------------------------------------------------------------------------------------------------------

mailer dry --period 2026-09 --dry-run || fail "$(cat "$OUTPUT_DIR/log")"
is 'a dry run sends and notes nothing' "$(mails) $(q -c 'SELECT count(*) FROM chargeback_mail.sent')" '0 0'
# A run for other payers, and files of its user's own: what is there afterwards is the last run's.
mkdir "$OUTPUT_DIR/dry/bedrock-2026-09-notes"
touch "$OUTPUT_DIR/dry/"{bedrock-2026-08-001-hr.csv,bedrock-2026-09-notes.csv,bedrock-2026-09-001-hr.csv.bak}
mailer dry --period 2026-09 --dry-run --by department || fail "$(cat "$OUTPUT_DIR/log")"
mailer dry --period 2026-09 --dry-run || fail "$(cat "$OUTPUT_DIR/log")"
is 'files of another period, and of somebody else, stay' "$(cd "$OUTPUT_DIR/dry" && ls -d ./*2026-08* ./*notes* ./*.bak | paste -sd ' ')" \
    './bedrock-2026-08-001-hr.csv ./bedrock-2026-09-001-hr.csv.bak ./bedrock-2026-09-notes ./bedrock-2026-09-notes.csv'
rm -r "$OUTPUT_DIR/dry/"{*2026-08*,*notes*,*.bak}
payers=$(q -c "SELECT count(DISTINCT owner) FROM bedrock.chargeback('2026-09-01')")
is 'and writes a mail for each owner' "$(find "$OUTPUT_DIR/dry" -name '*.eml' | wc -l)" "$payers"
is 'and a file for each, and for what nobody pays, and none of the run before' "$(find "$OUTPUT_DIR/dry" -name '*.csv' | wc -l)" $((payers + 1))
is 'which nobody else may read' "$(find "$OUTPUT_DIR/dry" -printf '%m\n' | sort -u | tr '\n' ' ')" '600 700 '

# ---- sent -------------------------------------------------------------------------------------------------------------------

# What the raw lines say is the bill, by currency, and what each owner pays.
raw() {
    q -c "SELECT trim_scale(sum(line_item_unblended_cost)), line_item_currency_code FROM cur WHERE bill_billing_period_start_date = '$1' AND (line_item_product_code LIKE 'AmazonBedrock%'
        OR line_item_product_code IN (SELECT line_item_product_code FROM cur WHERE product ->> 'product_name' LIKE '%(Amazon Bedrock Edition)%')) GROUP BY 2 ORDER BY 2"
}
# check FOLDER PERIOD: reads every mail and file; prints the number of mails.
check() {
    q -c "SELECT jsonb_object_agg(coalesce(owner, ''), cost) FROM (SELECT owner, trim_scale(sum(cost))::text AS cost FROM $3 GROUP BY owner) AS o" >"$OUTPUT_DIR/expected"
    "$PYTHON" - "$OUTPUT_DIR/$1" "$STUB_MAIL" "$OUTPUT_DIR/expected" "$(raw "$2" | sed 's/|USD$//')" <<'PY'
import csv, decimal, email, email.policy, io, json, pathlib, sys
decimal.getcontext().prec = 100
folder, sent, expected, raw = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), json.load(open(sys.argv[3])), decimal.Decimal(sys.argv[4])
addresses = {'Zoë Åström, "Team"': ['zoe@acme.example'], '+cmd': ['ops@acme.example', 'second@acme.example']}
def undone(text):       # what was made harmless, as it was
    return text[1:] if text[:1] == "'" else text
def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'), newline='')))
def total(rows):
    return sum(decimal.Decimal(r['cost']) for r in rows)
everything = decimal.Decimal(0)
for path in folder.glob('*.csv'):
    rows = rows_of(path.read_bytes())
    assert {undone(r['owner']) for r in rows} == {undone(rows[0]['owner'])}, path
    assert {r['currency'] for r in rows} == {'USD'}
    assert total(rows) == decimal.Decimal(expected[undone(rows[0]['owner'])]), path
    everything += total(rows)
assert everything == raw, (everything, raw)
seen, ids = set(), set()
for path in sorted(sent.glob('*.eml')):
    data = path.read_bytes()
    assert b'\r' not in data and max(map(len, data.splitlines())) <= 998 and data.isascii(), path
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert not message.defects and message['MIME-Version'] == '1.0' and message['Date'].datetime
    arguments = path.with_suffix('.arguments').read_bytes().decode().split('\0')[:-1]
    assert arguments[:4] == ['-i', '-f', 'finops@acme.example', '--'], arguments
    assert message['From'].addresses[0].display_name == 'Finanzen Ä'
    attached = list(message.iter_attachments())
    assert len(attached) == 1 and attached[0].get_content_type() == 'text/csv' and attached[0].get_param('charset') == 'utf-8'
    content = attached[0].get_payload(decode=True)
    assert content == (folder / attached[0].get_filename()).read_bytes()
    rows = rows_of(content)
    owner = undone(rows[0]['owner'])
    assert owner and {undone(r['owner']) for r in rows} == {owner}
    assert arguments[4:] == [a.addr_spec for a in message['To'].addresses] == addresses.get(owner, [owner]), arguments
    assert owner in message['Subject'], message['Subject']
    assert f'{total(rows):,.2f} USD' in message['Subject'] and f'{total(rows):,.2f} USD' in message.get_body().get_content()
    for row in rows:
        for name, value in row.items():
            if name not in ('cost', 'ratio'):
                assert value[:1] not in tuple('=+-@\t\r'), (name, value)
    if owner.startswith('+'):
        assert rows[0]['owner'] == "'+cmd" and any(r['workload'] == "'@batch" for r in rows)
    assert owner not in seen and message['Message-ID'] not in ids
    seen.add(owner); ids.add(message['Message-ID'])
    if 'Zoë' in owner:
        assert any(r['workload'] == "'=1+1" for r in rows)
        assert message['To'].addresses[0].display_name == 'Åström, Zoë'
assert seen == set(expected) - {''}, seen ^ set(expected)
print(len(seen))
PY
}
echo 'second@acme.example' >"$STUB_MAIL/down"
status=0; mailer sent --period 2026-09 || status=$?
is 'a mail that is not taken is an error' "$status $(grep -c 'NOT SENT: sendmail did not take it: queue file write error' "$OUTPUT_DIR/log")" '1 1'
is 'and all others are sent' "$(mails)" $((payers - 1))
rm "$STUB_MAIL/down"
mailer sent --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
is 'the next run sends what is missing' "$(mails) $(grep -c ': was sent before' "$OUTPUT_DIR/log")" "$payers $((payers - 1))"
is 'each mail has the rows of its owner, and the files are the bill' "$(check sent 2026-09-01 "bedrock.chargeback('2026-09-01')")" "$payers"
grep -q "^nobody: .*: not mailed, has no address" "$OUTPUT_DIR/log" || fail "what nobody pays is not told: $(cat "$OUTPUT_DIR/log")"
mailer sent --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
is 'again nothing is sent' "$(mails)" "$payers"
status=0; (flock 9; mailer sent --period 2026-09) 9>"$OUTPUT_DIR/sent/.lock" || status=$?
is 'one run at a time writes into a folder' "$status $(grep -c 'another run is at work in' "$OUTPUT_DIR/log") $(find "$OUTPUT_DIR/sent" -name '*.csv' | wc -l)" "1 1 $((payers + 1))"

# ---- two runs at once, statements, an adjustment, a run that was cut off ------------------------------------------------------

rm "$STUB_MAIL"/*
q -c "COPY (SELECT DISTINCT department, 'd' || dense_rank() OVER (ORDER BY department) || '@acme.example' FROM bedrock.chargeback('2026-08-01')) TO STDOUT (FORMAT csv)" |
    sed '1i payer,address' >"$OUTPUT_DIR/departments.csv"
pids=()
for folder in a b c; do
    PGUSER=chargeback_mailer "$PYTHON" "$EXAMPLES/chargeback-mail/chargeback_mail.py" --from finops@acme.example --period 2026-08 --by department \
        --recipients "$OUTPUT_DIR/departments.csv" --sendmail "$SOURCE_DIR/tests/server/examples/sendmail" --out "$OUTPUT_DIR/$folder" >"$OUTPUT_DIR/$folder.log" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || true; done      # one may find that another is at work
is 'of three runs at once one sends each mail' "$(mails)" "$(($(wc -l <"$OUTPUT_DIR/departments.csv") - 1))"

rm "$STUB_MAIL"/*
q -o /dev/null -c "SELECT bedrock.post_statement('2026-09-01', reason => 'month end')"
mailer posted --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
is 'a posted statement is sent once more' "$(check posted 2026-09-01 'bedrock.statement_row')" "$payers"
grep 'As posted, version 1' >/dev/null <("$PYTHON" -c 'import email, email.policy, glob, sys
print(email.message_from_bytes(open(glob.glob(sys.argv[1] + "/*.eml")[0], "rb").read(), policy=email.policy.default).get_body().get_content())' "$STUB_MAIL") || fail 'the mail does not say that it is posted'
rm "$STUB_MAIL"/*
q -o /dev/null -c "SELECT bedrock.claim_identity('legacy-summarizer-task-role', '=1+1', '2026-09-01', reason => 'forgotten')"
mailer changed --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
is 'a claim that is not posted changes nothing' "$(mails)" 0
q -o /dev/null -c "SELECT bedrock.post_statement('2026-09-01', reason => 'ticket 4712')"
changed=$(q -c "SELECT count(DISTINCT r.owner) FROM bedrock.statement_row AS r JOIN bedrock.statement AS s USING (statement_id) WHERE s.version = 2")
mailer adjusted --period 2026-09 || fail "$(cat "$OUTPUT_DIR/log")"
[ "$changed" -gt 0 ] && [ "$changed" -lt "$payers" ] || fail "the adjustment is of $changed owners"
is 'an adjustment is sent to whom it is about' "$(mails)" "$changed"
q -c "UPDATE chargeback_mail.sent SET sent_at = NULL WHERE payer = '+cmd'"
status=0; mailer adjusted --period 2026-09 || status=$?
is 'a run that was cut off is told, and sends nothing twice' "$status $(mails) $(grep -c 'was cut off here' "$OUTPUT_DIR/log")" "1 $changed 1"
# The bill itself changes after it was posted, and is not complete again: what is posted is sent.
q -c "DELETE FROM cur WHERE line_item_usage_start_date >= '2026-09-29 00:00Z'"
q -c 'SELECT FROM bedrock.refresh()'
mailer later --period 2026-09 --dry-run || fail "$(cat "$OUTPUT_DIR/log")"
grep -q 'the bill is another one than was posted' "$OUTPUT_DIR/log" || fail 'a bill that changed is not told'
is 'what is posted is sent, complete or not' "$(grep -c ': would go to ' "$OUTPUT_DIR/log") $(q -c "SELECT bedrock.data_through('2026-09-01')")" "$payers 2026-09-28"

# ---- lines without a currency ------------------------------------------------------------------------------------------------

q -c "UPDATE cur SET line_item_currency_code = NULL WHERE bill_billing_period_start_date = '2026-07-01' AND line_item_product_code = 'AmazonBedrock'
      AND line_item_usage_account_id = (SELECT min(line_item_usage_account_id) FROM cur WHERE line_item_product_code = 'AmazonBedrock')"
q -c 'SELECT FROM bedrock.refresh()'
mailer unstated --period 2026-07 --dry-run || fail "$(cat "$OUTPUT_DIR/log")"
files=$(sed -n "s/^[0-9]* files: \\([^ ]*\\) \\(.*\\), the bill: .*/SELECT trim_scale(\\1), '\\2';/p" "$OUTPUT_DIR/log" | q)
is 'lines without a currency are a sum of their own, and the files are the bill' "$(sort <<<"$files")" \
    "$(raw 2026-07-01 | sed 's/|$/|(currency not stated)/' | sort)"
is 'there are both' "$(cut -d '|' -f 2 <<<"$files" | sort | paste -sd ,)" '(currency not stated),USD'

# ---- what the role may -------------------------------------------------------------------------------------------------------

for statement in 'SELECT FROM bedrock.request' 'SELECT FROM bedrock.price' 'SELECT FROM bedrock.spend' 'SELECT FROM cur' "SELECT bedrock.post_statement('2026-08-01')" \
    "UPDATE chargeback_mail.sent SET recipient = ''"; do
    PGUSER=chargeback_mailer q -c "$statement" >"$OUTPUT_DIR/out" 2>&1 && fail "the role may: $statement"
    grep -q 'permission denied' "$OUTPUT_DIR/out" || fail "$statement: $(cat "$OUTPUT_DIR/out")"
done
echo 'ok: the role may nothing else'
status=0; mailer none --period 2020-01 || status=$?
is 'a period without a bill' "$status $(grep -c 'there is no bill of 2020-01' "$OUTPUT_DIR/log")" '1 1'
printf 'payer,address\nhr,-oQ/tmp@acme.example\n+cmd,"a@b.example, c@d.example"\n' >"$OUTPUT_DIR/recipients.csv"
status=0; mailer bad --period 2026-07 || status=$?
is 'an address that is none' "$status $(grep -c 'is no e-mail address' "$OUTPUT_DIR/log")" '1 1'
dropdb examples_mail
q -d postgres -c 'DROP ROLE chargeback_mailer'
