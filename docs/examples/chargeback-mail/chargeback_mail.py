#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Mails to each payer what he pays of a billing period, as CSV.

One file for each owner (or workload, department ...) of bedrock.chargeback, or of the posted statement where there is one.
Together the files are the bill, to the last digit, else nothing is sent. Python's own library, psql and sendmail are all
it needs; psql finds the database by PGHOST, PGSERVICE and their kin. README.md says how to install it.
"""
import argparse
import csv
import datetime
import decimal
import email.headerregistry
import email.message
import email.policy
import email.utils
import fcntl
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

PAYERS = ['owner', 'workload', 'customer', 'department', 'element1', 'element2', 'element3', 'element4']
COLUMNS = ['billing_period', 'version', 'payer_account_id', 'account_id', 'workload', 'owner', 'element_path', 'customer',
           'department', 'charge_category', 'cost_metric', 'charge_kind', 'origin', 'method_id', 'allocation_key', 'ratio',
           'cost', 'currency', 'chargeable']
NUMBERS = {'ratio', 'cost'}

# Everything in one snapshot. Numbers as text: no digit is lost on the way.
ROWS = """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT jsonb_build_object('what', 'statement', 'version', max(version), 'metric', max(metric), 'is_final', bool_and(is_final),
                          'through', bedrock.data_through(:'period'),
                          'is_complete', bedrock.data_through(:'period') >= (date :'period' + interval '1 month')::date - 1)
FROM bedrock.statement WHERE billing_period = :'period';
SELECT jsonb_build_object('what', 'bill', 'currency', currency, 'cost', sum(ai_cost)::text)
FROM bedrock.spend_monthly WHERE billing_period = :'period' GROUP BY currency;
SELECT to_jsonb(r) || jsonb_build_object('what', 'row', 'version', s.version, 'cost', r.cost::text, 'ratio', r.ratio::text)
FROM bedrock.statement AS s JOIN bedrock.statement_row AS r USING (statement_id)
WHERE s.billing_period = :'period' ORDER BY s.version, r.line;
SELECT to_jsonb(r) || jsonb_build_object('what', 'row', 'version', 0, 'cost', r.cost::text, 'ratio', r.ratio::text)
FROM bedrock.chargeback(:'period') AS r
WHERE NOT EXISTS (SELECT FROM bedrock.statement WHERE billing_period = :'period')
ORDER BY r.owner, r.workload, r.account_id, r.charge_category, r.charge_kind, r.cost;
COMMIT;
"""
# Whoever inserts the row sends the mail.
CLAIM = """
INSERT INTO chargeback_mail.sent (billing_period, payer_by, payer, version, recipient, message_id)
VALUES (:'period', :'by', :'payer', :'version', :'recipient', :'message_id')
ON CONFLICT DO NOTHING RETURNING true;
"""
KEY = "WHERE billing_period = :'period' AND payer_by = :'by' AND payer = :'payer' AND version = :'version'"
SENT = f'UPDATE chargeback_mail.sent SET sent_at = now() {KEY};'
NOT_SENT = f'DELETE FROM chargeback_mail.sent {KEY} AND sent_at IS NULL;'
STATE = f"SELECT CASE WHEN sent_at IS NULL THEN 'cut off' ELSE 'sent' END FROM chargeback_mail.sent {KEY};"


class Failed(Exception):
    pass


def ask(sql, **values):
    """The lines that psql prints; values are quoted by psql."""
    command = ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1']
    for name, value in values.items():
        command += ['-v', f'{name}={value}']
    done = subprocess.run(command, input=sql, capture_output=True, encoding='utf-8',
                          env={**os.environ, 'PGCLIENTENCODING': 'UTF8'})
    if done.returncode:
        raise Failed(done.stderr.strip())
    return done.stdout.splitlines()


def plain(text):
    """A text without control characters: for a subject, a name, a line of the report."""
    return ''.join(c if c.isprintable() else ' ' for c in text)


def cell(column, value):
    """What is written into the CSV. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    if value is None:
        return ''
    if column in NUMBERS or isinstance(value, (bool, int)):
        return str(value)
    return "'" + value if re.match(r'\s*[=+\-@\t\r\n]', value) else value


def totals(rows):
    """The sum of cost by currency, exactly; '' where the bill has no currency, as CSV has it."""
    result = {}
    for row in rows:
        if row['cost']:
            currency = row['currency'] or ''
            result[currency] = result.get(currency, 0) + decimal.Decimal(row['cost'])
    return result


def currency_name(currency):
    return currency or '(currency not stated)'


def money(sums):
    return ', '.join(f'{amount:,.2f} {currency_name(currency)}' for currency, amount in sorted(sums.items())) or 'nothing'


def recipients_of(path):
    """payer -> [(name, address)] of a CSV file with the columns payer, address and, if you like, name."""
    result = {}
    if path:
        with open(path, newline='', encoding='utf-8-sig') as file:
            for row in csv.DictReader(file):
                result.setdefault(row['payer'], []).append((row.get('name') or '', row['address']))
    return result


def addressees(payer, known):
    """Who gets it; a payer that is an e-mail address needs no row in the file."""
    result = known.get(payer) or ([('', payer)] if '@' in payer else [])
    for _, address in result:
        if not re.fullmatch(r'[A-Za-z0-9._%+][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*', address):
            raise Failed(f'{plain(payer)}: {plain(address)!r} is no e-mail address')
    return [email.headerregistry.Address(display_name=plain(name), addr_spec=address) for name, address in result]


def write_csv(path, rows):
    """Writes the file, and returns what a reader of it finds: the sums."""
    with open(path, 'w', newline='', encoding='utf-8-sig') as file:     # the mark tells Excel that it is UTF-8
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows([cell(column, row.get(column)) for column in COLUMNS] for row in rows)
    with open(path, newline='', encoding='utf-8-sig') as file:
        return totals(csv.DictReader(file))


def mail(options, payer, to, rows, path, message_id, statement):
    sums = totals(rows)
    message = email.message.EmailMessage(policy=email.policy.default.clone(cte_type='7bit'))
    message['From'] = options.sender
    message['To'] = to
    message['Subject'] = f'Amazon Bedrock {options.period:%Y-%m}: {money(sums)} for {plain(payer)}'
    message['Date'] = email.utils.localtime()
    message['Message-ID'] = message_id
    message['Auto-Submitted'] = 'auto-generated'
    kinds = {}
    for row in rows:
        kinds.setdefault(row['charge_kind'], []).append(row)
    if not statement['version']:
        state = 'No statement is posted yet, so these amounts may change.'
    else:
        state = f'As posted, version {statement["version"]}.'
        if not statement['is_final']:
            state += ' The bill was not final then: an adjustment may follow.'
    message.set_content('\n'.join(
        [f'Amazon Bedrock, billing period {options.period:%Y-%m}, {options.by} {plain(payer)}', '',
         f'    {"total":12} {money(sums)}', *(f'    {kind:12} {money(totals(part))}' for kind, part in sorted(kinds.items())), '',
         state, f'The rows are attached: {path.name}', '']))
    message.add_attachment(path.read_bytes(), maintype='text', subtype='csv', filename=path.name, params={'charset': 'utf-8'})
    return message.as_bytes()


def run(options):
    period = f'{options.period:%Y-%m-%d}'
    found = [json.loads(line) for line in ask(ROWS, period=period)]
    statement = next(f for f in found if f['what'] == 'statement')
    bill = totals(f for f in found if f['what'] == 'bill')
    rows = [f for f in found if f['what'] == 'row']
    version = statement['version'] or 0
    if not rows:
        raise Failed(f'there is no bill of {options.period:%Y-%m}')
    if not version and not statement['is_complete']:
        print(f'{options.period:%Y-%m} is not complete (last complete day: {statement["through"] or "none"}) and no statement is posted: '
              'nothing is written or sent')
        return

    payers = {}
    for row in rows:
        payers.setdefault(row[options.by], []).append(row)
    options.out.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.umask(0o077)
    # One run at a time writes into the folder. What an earlier one wrote of this period, for other payers perhaps, goes.
    lock = open(options.out / '.lock', 'w', encoding='utf-8')
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise Failed(f'another run is at work in {options.out}: try again when it is done') from problem
    for path in options.out.iterdir():
        if re.fullmatch(rf'bedrock-{options.period:%Y-%m}-\d{{3,}}-[a-z0-9-]*\.(csv|eml)', path.name):
            path.unlink()
    files, written = {}, {}
    for number, payer in enumerate(sorted(payers, key=lambda p: (p is None, p)), 1):
        name = re.sub(r'[^a-z0-9]+', '-', (payer or 'nobody').lower()).strip('-')[:60]
        files[payer] = options.out / f'bedrock-{options.period:%Y-%m}-{number:03}-{name}.csv'
        for currency, amount in write_csv(files[payer], payers[payer]).items():
            written[currency] = written.get(currency, 0) + amount
    for currency in sorted(written.keys() | bill.keys()):
        total, billed, name = written.get(currency, 0), bill.get(currency, 0), currency_name(currency)
        print(f'{len(files)} files: {total} {name}, the bill: {billed} {name}')
        if total != billed:
            if not version:
                raise Failed('the files are not the bill: nothing is sent')
            print(f'the bill is another one than was posted (metric {statement["metric"]}); bedrock.statement_change tells why')

    known, failed = recipients_of(options.recipients), 0
    for payer, path in files.items():
        line = f'{plain(payer) if payer else "nobody"}: {money(totals(payers[payer]))}, {path.name}'
        try:
            to = addressees(payer, known) if payer else []
            if not to:
                print(f'{line}: not mailed, has no address')
                continue
            # The last version that has a row of this payer: an adjustment of others is no news for him.
            key = dict(period=period, by=options.by, payer=payer, version=max(row['version'] for row in payers[payer]))
            digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32]
            message_id = f'<{digest}@{options.sender.addr_spec.rpartition("@")[2]}>'
            text = mail(options, payer, to, payers[payer], path, message_id, {**statement, 'version': key['version']})
            addresses = [address.addr_spec for address in to]
            if options.dry_run:
                path.with_suffix('.eml').write_bytes(text)
                print(f'{line}: would go to {", ".join(addresses)}')
                continue
            if not ask(CLAIM, recipient=', '.join(addresses), message_id=message_id, **key):
                if ask(STATE, **key) != ['sent']:
                    raise Failed('an earlier run was cut off here, or another is at work: see chargeback_mail.sent')
                print(f'{line}: was sent before')
                continue
            try:
                done = subprocess.run([options.sendmail, '-i', '-f', options.sender.addr_spec, '--', *addresses], input=text,
                                      capture_output=True)
                error = done.stderr.decode(errors='replace').strip() if done.returncode else None
            except OSError as problem:
                error = str(problem)
            if error is not None:
                ask(NOT_SENT, **key)        # the next run tries again
                raise Failed(f'sendmail did not take it: {error}')
            ask(SENT, **key)
            print(f'{line}: sent to {", ".join(addresses)}')
        except Failed as problem:
            failed += 1
            print(f'{line}: NOT SENT: {problem}', file=sys.stderr)
    if failed:
        raise Failed(f'{failed} mail(s) were not sent')


def main():
    today = datetime.date.today()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog='Exit status: 0 all are sent, by this run or before, or the month is not complete yet; '
                                            '1 something failed; 2 wrong use.')
    parser.add_argument('--period', type=lambda t: datetime.datetime.strptime(t, '%Y-%m').date(), metavar='YYYY-MM',
                        default=(today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1), help='default: last month')
    parser.add_argument('--by', choices=PAYERS, default='owner', help='who pays (default: owner)')
    parser.add_argument('--from', dest='sender', required=True, help='address of the sender')
    parser.add_argument('--recipients', help='CSV file: payer, address, name; a payer that is an address needs no row')
    parser.add_argument('--out', type=pathlib.Path, required=True,
                        help='folder for the files; those of the same period are replaced; nobody else may read it')
    parser.add_argument('--sendmail', default='/usr/sbin/sendmail', help='default: /usr/sbin/sendmail')
    parser.add_argument('--dry-run', action='store_true', help='write files and mails (.eml), send and note nothing')
    options = parser.parse_args()
    name, address = email.utils.parseaddr(options.sender)
    try:
        options.sender = email.headerregistry.Address(display_name=name, addr_spec=address)
    except (ValueError, email.errors.HeaderParseError, IndexError):
        parser.error(f'--from: {options.sender!r} is no address')
    decimal.getcontext().prec = 100
    try:
        run(options)
    except (Failed, OSError, KeyError) as problem:
        print(f'chargeback_mail: {problem}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
