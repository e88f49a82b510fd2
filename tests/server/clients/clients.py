# SPDX-License-Identifier: PostgreSQL
# clients.py CLIENT < PLAN: asks what plan.sql planned through psycopg, sqlalchemy or odbc, connected by PGHOST, PGPORT,
# PGUSER and PGDATABASE, and prints the answers as COPY does.
import datetime
import decimal
import json
import os
import re
import sys
import warnings

MEANING = {
    'text': str,
    'numeric': decimal.Decimal,
    'bigint': int,
    'integer': int,
    'boolean': lambda t: t in ('t', 'true'),
    'date': datetime.date.fromisoformat,
    # Python before 3.11 wants the zone with minutes.
    'timestamp with time zone': lambda t: datetime.datetime.fromisoformat(re.sub(r'([+-]\d\d)$', r'\1:00', t)),
}


def array_text(values):
    def item(v):
        plain = v and not re.search(r'[{}",\\\s]', v) and v.upper() != 'NULL'
        return 'NULL' if v is None else v if plain else '"' + re.sub(r'(["\\])', r'\\\1', v) + '"'
    return '{' + ','.join(map(item, values)) + '}'


def text(value):
    """The text of psql for what the driver made of it, each Python type once."""
    kind = type(value)
    if value is None:
        return r'\N'
    if kind is bool:
        out = 't' if value else 'f'
    elif kind is decimal.Decimal:
        out = format(value, 'f')
    elif kind is datetime.datetime:
        assert value.tzinfo or client == 'odbc', 'a time without its zone'
        out = (value.astimezone(datetime.timezone.utc) if value.tzinfo else value).strftime('%Y-%m-%d %H:%M:%S+00')
    elif kind is datetime.date:
        out = value.isoformat()
    elif kind is dict or kind is list and json_columns:
        out = json.dumps(value, ensure_ascii=False)
    elif kind is list:
        out = array_text(value)
    else:
        assert kind in (str, int), f'no type for a bill: {kind}'
        out = str(value)
    for plain, escaped in (('\\', '\\\\'), ('\t', '\\t'), ('\n', '\\n'), ('\r', '\\r')):
        out = out.replace(plain, escaped)
    return out


def by_psycopg():
    import psycopg
    connection = psycopg.connect(autocommit=True)

    def ask(kind, relation, name, kind_of_value, sql, value):
        cursor = connection.execute(sql.replace('= ?', '= %s'), [value] if value is not None else None)
        return [c.type_code for c in cursor.description], cursor.fetchall()
    return ask, {3802}


def by_sqlalchemy():
    import sqlalchemy as sa
    warnings.simplefilter('error', sa.exc.SAWarning)
    engine = sa.create_engine('postgresql+psycopg2://')
    connection = engine.connect().execution_options(isolation_level='AUTOCOMMIT')
    inspector = sa.inspect(engine)
    # Every public view: a type that SQLAlchemy does not know is a warning.
    views = inspector.get_view_names(schema='bedrock')
    for view in views:
        assert inspector.get_columns(view, schema='bedrock'), view
    assert 'spend' in views and len(views) > 20, views
    tables = {}

    def ask(kind, relation, name, kind_of_value, sql, value):
        if kind == 'columns':
            return [], [(c['name'], c['comment']) for c in inspector.get_columns(relation, schema='bedrock')]
        if kind == 'total':
            return [], connection.execute(sa.text(sql)).fetchall()
        if relation not in tables:
            tables[relation] = sa.Table(relation, sa.MetaData(), autoload_with=engine, schema='bedrock').alias('s')
        table = tables[relation]
        where = sa.text(re.search(r' WHERE (.*?)( AND [^ ]* = \?| ORDER BY|$)', sql)[1])
        if kind == 'read':
            query = sa.select(table).where(where).order_by(sa.text('s::text COLLATE "C"'))
        else:
            column = sa.cast(table.c[name], sa.Text) if '::text' in sql else table.c[name]
            query = sa.select(column, sa.func.count()).where(where, column == value).group_by(column)
        return [isinstance(c.type, sa.JSON) for c in query.selected_columns], connection.execute(query).fetchall()
    return ask, {True}


def by_odbc():
    import pyodbc
    connection = pyodbc.connect('DRIVER={PostgreSQL Unicode};SERVER=' + os.environ['PGHOST'] + ';PORT='
                                + os.environ['PGPORT'] + ';DATABASE=' + os.environ['PGDATABASE'] + ';UID='
                                + os.environ['PGUSER'], autocommit=True)
    booleans = {}

    def ask(kind, relation, name, kind_of_value, sql, value):
        cursor = connection.cursor()
        # The driver says of a boolean that it is a text, 0 or 1, unless BoolsAsChar=0 is asked for.
        if relation not in booleans:
            booleans[relation] = {c.column_name for c in cursor.columns(schema='bedrock', table=relation)
                                  if c.type_name == 'bool'}
        cursor.execute(sql, [value] if value is not None else [])
        names = [name if c[0] == 'value' else c[0] for c in cursor.description]
        return [], [[v == '1' if n in booleans[relation] and v is not None else v for n, v in zip(names, row)]
                    for row in cursor.fetchall()]
    return ask, set()


client = sys.argv[1]
ask, json_types = {'psycopg': by_psycopg, 'sqlalchemy': by_sqlalchemy, 'odbc': by_odbc}[client]()
for line in sys.stdin:
    kind, relation, name, type_name, sql, value = line.rstrip('\n').split('\t')
    # psycopg has no way of its own to ask for columns, and the ODBC driver leaves out their COMMENTs.
    if kind == 'columns' and client != 'sqlalchemy':
        continue
    print('#', kind, relation, name)
    value = MEANING[type_name](bytes.fromhex(value).decode()) if kind == 'filter' else None
    types, rows = ask(kind, relation, name, type_name, sql, value)
    for row in rows:
        cells = []
        for n, cell in enumerate(row):
            json_columns = n < len(types) and types[n] in json_types
            cells.append(text(cell))
        print('\t'.join(cells))
