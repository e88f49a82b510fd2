// SPDX-License-Identifier: PostgreSQL
// A Parquet file as the CSV that a Cost and Usage Report in CSV would be: read.mjs columns FILE | read.mjs csv FILE LABEL
// columns prints a line a column: name, tab, "jsonb" where it is a map, list or structure. csv writes the lines, and its
// progress to descriptor 3. Numbers keep every digit they have (DECIMAL), or the shortest text that is the same number (DOUBLE);
// times are UTC.
import { createRequire } from 'node:module';
import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [mode, file, label] = process.argv.slice(2);
const require = createRequire(path.join(process.env.BEDROCK_PARQUET, 'package.json'));
const quote = (name) => `"${name.replaceAll('"', '""')}"`;

// COPY opens its target by name; where the pipe has been closed at the other end, the other end says why.
process.stdout.on('error', () => process.exit(1));

try {
    const { DuckDBInstance } = await import(pathToFileURL(require.resolve('@duckdb/node-api')));
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB', temp_directory: '', autoinstall_known_extensions: 'false' });
    const db = await instance.connect();
    // A file name is no pattern, and BILLING_PERIOD=2026-11 in its path no column.
    const name = path.resolve(file).replace(/[*?[]/g, '[$&]').replaceAll("'", "''");
    const source = `read_parquet('${name}', hive_partitioning = false, binary_as_string = true)`;
    await db.run("SET timezone = 'UTC'");
    const columns = (await db.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRows().map(([column, type]) => ({ column, type }));
    const nested = (type) => /^(MAP|STRUCT|UNION)\(|\]$|^(JSON|VARIANT)$/.test(type);

    if (mode === 'columns') {
        const odd = columns.find(({ column }) => /[\t\n]/.test(column));
        if (odd) throw new Error(`a column name with a tab or line break: ${JSON.stringify(odd.column)}`);
        for (const { column, type } of columns) console.log(`${column}\t${nested(type) ? 'jsonb' : ''}`);
    } else {
        const iso = "'%Y-%m-%dT%H:%M:%S.%fZ'";
        const list = columns.map(({ column, type }) => {
            const value = quote(column);
            if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(timezone('UTC', ${value}), ${iso})`;
            if (type.startsWith('TIMESTAMP')) return `strftime(${value}::TIMESTAMP, ${iso})`;
            if (nested(type)) return `to_json(${value})::VARCHAR`;
            return `${value}::VARCHAR`;
        });
        const select = list.map((value, n) => `${value} AS ${quote(columns[n].column)}`).join(', ');
        await db.run('SET enable_progress_bar = true');
        await db.run('SET enable_progress_bar_print = false');
        await db.run('SET progress_bar_time = 0');
        let watched = true;
        try { fstatSync(3); } catch { watched = false; }
        const timer = watched && setInterval(() => {
            const { percentage } = db.progress;
            if (percentage >= 0) writeSync(3, `    ${label} ${path.basename(file)}: ${Math.floor(percentage)} %\n`);
        }, isatty(3) ? 1000 : 5000);
        try {
            await db.run(`COPY (SELECT ${select} FROM ${source}) TO '/dev/stdout' (FORMAT csv, HEADER)`);
        } finally {
            clearInterval(timer);
        }
    }
    db.closeSync();
} catch (error) {
    console.error(`parquet: ${String(error.message ?? error).split('\n')[0]}`);
    process.exitCode = 1;
}
