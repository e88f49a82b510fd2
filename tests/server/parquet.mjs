// SPDX-License-Identifier: PostgreSQL
// An export in CSV written as the Parquet file AWS would deliver: parquet.mjs IN.csv.gz OUT.parquet decimal|double
// decimal: every digit kept, times without a zone; double: numbers and times as AWS writes them.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
const require = createRequire(path.join(process.env.BEDROCK_PARQUET, 'package.json'));
const { DuckDBInstance } = require('@duckdb/node-api');
const [from, to, numbers] = process.argv.slice(2);
const db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
const quote = (name) => `"${name.replaceAll('"', '""')}"`;
await db.run("SET timezone = 'UTC'");
const columns = gunzipSync(readFileSync(from)).toString('utf8').split('\n', 1)[0].replaceAll('"', '').trim().split(',');
const text = columns.map((name) => `'${name}': 'VARCHAR'`).join(', ');
await db.run(`CREATE TABLE line AS SELECT * FROM read_csv('${from}', header = true, hive_partitioning = false, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${text}})`);
const all = async (name, condition) => (await db.runAndReadAll(`SELECT coalesce(bool_and(${condition}), false) FROM (SELECT ${quote(name)} AS v FROM line WHERE v <> '')`)).getRows()[0][0];
const list = [];
for (const name of columns) {
    let as = quote(name);
    if (/(cost|amount|quantity|factor|ratio|fee|commitment)$/i.test(name) && await all(name, "regexp_full_match(v, '-?[0-9.]+([eE][-+]?[0-9]+)?')")) as = `nullif(${as}, '')::${numbers === 'double' ? 'DOUBLE' : 'DECIMAL(38, 20)'}`;
    else if (/(date|start|end)$/i.test(name) && await all(name, "regexp_full_match(v, '[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z')")) as = `nullif(${as}, '')::TIMESTAMPTZ${numbers === 'double' ? '' : '::TIMESTAMP'}`;
    else if (await all(name, "v LIKE '{%}' AND json_valid(v) AND NOT contains(v, ':{') AND NOT contains(v, ':[')")) as = `from_json(nullif(${as}, ''), '"MAP(VARCHAR,${await all(name, "v = '{}' OR NOT contains(v, ':\"')") ? 'DOUBLE' : 'VARCHAR'})"')`;
    list.push(`${as} AS ${quote(name)}`);
}
await db.run(`COPY (SELECT ${list.join(', ')} FROM line) TO '${to}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 2048)`);
for (const [name, type] of (await db.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${to}', hive_partitioning = false)`)).getRows()) if (type !== 'VARCHAR') console.log(`${name} ${type}`);
