// SPDX-License-Identifier: PostgreSQL
// grafana.mjs MODULES DASHBOARD: runs every query of the dashboard as Grafana would, for people who see all and who see a
// part, and holds what comes back against table "raw" (raw.sql) and against the answers of the questions.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const [modules, file] = process.argv.slice(2);
const pg = createRequire(`${modules}/`)('pg');
const dashboard = JSON.parse(readFileSync(file, 'utf8'));
// Types that have no parser of their own stay the server's text: no amount becomes a float here.
for (const oid of [20, 1082, 1114, 1184, 1700]) pg.types.setTypeParser(oid, text => text);

let checks = 0;
function fail(message) { console.log(message); process.exit(1); }
function is(what, found, expected) {
    if (found !== expected) fail(`${what}: expected ${expected}, got ${found}`);
    checks += 1;
}

// ---- what Grafana does to a query ------------------------------------------------------------------------------------

const variables = Object.fromEntries(dashboard.templating.list.map(v => [v.name, v]));
const doubled = text => text.replace(/'/g, "''");
// A value is a string, a list, or undefined: All.
function interpolate(sql, values) {
    return sql.replace(/\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)\b/g, (whole, braced, format, bare) => {
        const variable = variables[braced ?? bare];
        if (!variable) fail(`the dashboard has no variable ${whole}`);
        const value = values[variable.name];
        if (value === undefined) return variable.includeAll ? variable.allValue : fail(`${whole} has no value`);
        if (format === 'sqlstring') {
            return [value].flat().map(v => `'${v.replace(/'|"/g, c => c === "'" ? "''" : '\\"')}'`).join(',');
        }
        if (format) fail(`${whole}: a format that this test does not know`);
        // The data source's own rule.
        return variable.multi || variable.includeAll ? [value].flat().map(v => `'${doubled(v)}'`).join(',') : doubled(value);
    });
}
function expand(sql, { from, to }) {
    const expanded = sql.replace(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (whole, name, list) => {
        const args = list.split(',').map(a => a.trim());
        switch (name) {
            case '__timeFilter': return `${args[0]} BETWEEN '${from}' AND '${to}'`;
            case '__timeFrom': return `'${from}'`;
            case '__timeTo': return `'${to}'`;
            default: return fail(`Grafana's PostgreSQL data source has no macro ${whole} that this test knows`);
        }
    });
    return expanded;
}

// ---- the shape of the dashboard --------------------------------------------------------------------------------------

const panels = dashboard.panels.filter(p => p.type !== 'row');
is('ids', new Set(dashboard.panels.map(p => p.id)).size, dashboard.panels.length);
is('an input of the import', dashboard.__inputs.length, 1);
const place = new Set();
for (const p of dashboard.panels) {
    for (let x = p.gridPos.x; x < p.gridPos.x + p.gridPos.w; x += 1) {
        for (let y = p.gridPos.y; y < p.gridPos.y + p.gridPos.h; y += 1) {
            if (place.has(`${x},${y}`) || x >= 24) fail(`${p.title} lies on another panel, or outside`);
            place.add(`${x},${y}`);
        }
    }
}
for (const holder of [...panels, ...panels.flatMap(p => p.targets), ...Object.values(variables).filter(v => v.type === 'query')]) {
    is(`data source of ${holder.title ?? holder.name ?? holder.refId}`, holder.datasource.uid, `\${${dashboard.__inputs[0].name}}`);
}
const title = p => p.title.replace(/ \(\$\{currency\}\)$/, '');
const isAnswer = p => /answer_records\(/.test(p.targets[0].rawSql);
const question = p => p.description.match(/^(Q\d{3})\. /)?.[1] ?? fail(`${p.title} names no question`);

// ---- queries ---------------------------------------------------------------------------------------------------------

const admin = new pg.Client();
await admin.connect();
const people = {};
for (const user of ['acme_finance', 'acme_owner', 'acme_engineer']) {
    people[user] = new pg.Client({ user });
    await people[user].connect();
    // As an application that is read only, and in a time zone that is not the bill's.
    await people[user].query("SET default_transaction_read_only = on; SET TimeZone = 'America/Los_Angeles'");
}
async function one(sql, args = []) { return (await admin.query({ text: sql, values: args, rowMode: 'array' })).rows[0][0]; }
async function run(user, sql, values, range) {
    const text = expand(interpolate(sql, values), range);
    if (text.includes('$')) fail(`not replaced: ${text}`);
    try {
        return await people[user].query({ text, rowMode: 'array' });
    } catch (error) {
        return fail(`${user}: ${error.message}\n${text}`);
    }
}
const numbers = [20, 1700], times = [1114, 1184], plain = [16, 20, 23, 25, 1082, 1114, 1184, 1700];
// A result, with columns by name, that has the types its format asks for.
async function read(user, p, values, range) {
    const [target, ...others] = p.targets;
    is(`queries of ${p.title}`, others.length, 0);
    const { rows, fields } = await run(user, target.rawSql, values, range);
    const names = fields.map(f => f.name);
    const at = `${p.title} as ${user} with ${JSON.stringify({ ...values, ...range })}`;
    for (const f of fields) if (!plain.includes(f.dataTypeID)) fail(`${at}: type ${f.dataTypeID} of ${f.name}`);
    if (p.type === 'timeseries') {
        is(`${at}: format`, target.format, 'time_series');
        is(`${at}: columns`, names.join(), 'time,metric,value');
        if (!times.includes(fields[0].dataTypeID) || fields[1].dataTypeID !== 25 || !numbers.includes(fields[2].dataTypeID)) {
            fail(`${at}: types ${fields.map(f => f.dataTypeID)}`);
        }
        if (rows.some(r => r[0] === null || r[1] === null)) fail(`${at}: a point without time or name`);
        if (rows.some((r, n) => n > 0 && r[0] < rows[n - 1][0])) fail(`${at}: not in the order of time`);
        is(`${at}: one value a name and time`, new Set(rows.map(r => JSON.stringify(r.slice(0, 2)))).size, rows.length);
        if (new Set(rows.map(r => r[1])).size > 11) fail(`${at}: more than ten names and the others`);
    } else {
        is(`${at}: format`, target.format, 'table');
        if (p.type === 'stat' && (rows.length !== 1 || names.join() !== 'value' || !numbers.includes(fields[0].dataTypeID))) {
            fail(`${at}: no number`);
        }
        if (rows.length > 200) fail(`${at}: ${rows.length} rows`);
    }
    return { names, rows, of: name => rows.map(r => r[names.indexOf(name)]) };
}
// Exact: numeric, by the server.
const total = list => one('SELECT sum(v)::text FROM unnest($1::numeric[]) AS v', [list]);
const same = (a, b) => one('SELECT $1::numeric IS NOT DISTINCT FROM $2::numeric', [a, b]);

// What the amounts of a panel are of: the lines of "raw", and what of them is added up.
const direct = "inference AND rid ~ ':(foundation-model|custom-model)/'";
const panelOf = {
    'Usage': ['usage', 'cost'], 'Tokens': ['usage', 'tokens'],
    'Through an inference profile or not': ['inference', 'cost'], 'By path of the request': ['inference', 'cost'],
    'By profile': ['inference', 'cost'], 'By kind of profile': ['inference', 'cost'],
    'By model': ['usage', 'cost'], 'By kind of token': ['usage', 'cost'], 'Tokens by kind': ['usage', 'tokens'],
    'Cost of a million tokens, by model': ['usage', 'cost'],
    'By caller': ['usage', 'cost'], 'Past all profiles, by caller': [direct, 'cost'],
    'By engineer': ['inference', 'cost'], 'By application': ['usage', 'cost'],
    'By workload': ['usage', 'cost'], 'By team': ['usage', 'cost'], 'Workloads and their owners': ['usage', 'cost'],
};
// Those whose query is their own, held against "raw" below; the other ones are answers.
const ownCheck = ['Through a profile (%)', 'Nobody owns it', 'Charges by category'];

const months = { from: '2026-06-01T00:00:00Z', to: '2026-09-30T23:59:59.999Z' };
const september = { from: '2026-09-01T00:00:00Z', to: '2026-09-30T23:59:59.999Z' };
// Days are whole: that of the beginning and that of the end.
const between = { from: '2026-09-02T13:00:00Z', to: '2026-09-05T07:00:00.5Z' };
const days = r => `day BETWEEN '${r.from.slice(0, 10)}' AND '${r.to.slice(0, 10)}'`;
const usd = { currency: 'USD', bucket: 'day' };
const oddTeam = `d'Arcy & "Sons"`;
const cases = [
    ['acme_finance', usd, months, "currency = 'USD'"],
    ['acme_finance', { ...usd, bucket: 'month' }, months, "currency = 'USD'"],
    ['acme_finance', { ...usd, bucket: 'week' }, september, "currency = 'USD'"],
    ['acme_finance', usd, between, "currency = 'USD'"],
    ['acme_finance', { ...usd, currency: 'EUR' }, september, "currency = 'EUR'"],
    ['acme_finance', { ...usd, account: ['222233334444'] }, september, "currency = 'USD' AND account = '222233334444'"],
    ['acme_finance', { ...usd, account: ['111122223333', '(not stated)'] }, september,
        "currency = 'USD' AND (account = '111122223333' OR account IS NULL)"],
    ['acme_finance', { ...usd, account: ['(not stated)'] }, september, "currency = 'USD' AND account IS NULL"],
    ['acme_finance', { ...usd, team: [oddTeam] }, september, "currency = 'USD' AND odd_team"],
    ['acme_finance', { ...usd, team: ['nobody', oddTeam], workload: ['hr-portal', "nobody's"] }, september, "currency = 'USD' AND odd_team"],
    ['acme_finance', { ...usd, workload: ['hr-portal'] }, september, "currency = 'USD' AND hr"],
    ['acme_finance', { ...usd, model: ['Claude Sonnet 4.5'], bucket: 'month' }, months,
        "currency = 'USD' AND (product ~ '^Claude Sonnet 4.5' OR ut ~ 'Claude4.5Sonnet')"],
    ['acme_owner', usd, september, "currency = 'USD' AND hr"],
    ['acme_engineer', usd, september, "currency = 'USD' AND account = '111122223333'"],
];
const known = new Map();
async function sumOfRaw(amount, of) {
    const sql = `SELECT sum(${amount})::text FROM raw WHERE usage AND by_day AND ${of}`;
    if (!known.has(sql)) known.set(sql, await one(sql));
    return known.get(sql);
}
for (const [user, values, range, predicate] of cases) {
    // An answer takes its time; the range and what is chosen change little of its query.
    const few = range !== between && (values === usd || values.workload?.length === 2);
    for (const p of panels.filter(q => few || !isAnswer(q))) {
        const [lines, amount] = panelOf[title(p)] ?? [];
        const at = `${p.title} as ${user} with ${JSON.stringify({ ...values, ...range })}`;
        const result = await read(user, p, values, range);
        if (!lines) continue;
        const expected = await sumOfRaw(amount, `(${lines}) AND ${days(range)} AND ${predicate}`);
        const found = await total(result.of(result.names.includes('billed_cost') ? 'billed_cost' : 'value'));
        if (!await same(found, expected)) fail(`${at}: ${found}, the raw lines have ${expected}`);
        checks += 1;
        if (user === 'acme_finance' && values === usd && range === months && p.type === 'timeseries' && new Set(result.of('metric')).size < 2) {
            fail(`${at}: nothing is told apart`);
        }
    }
}
for (const p of panels) {
    const ways = (title(p) in panelOf) + ownCheck.includes(title(p)) + isAnswer(p);
    is(`${p.title} is held against something`, ways, 1);
}

// A range without usage: nothing, which is not 0.
for (const p of panels.filter(q => title(q) in panelOf || ownCheck.includes(title(q)))) {
    const { rows } = await read('acme_finance', p, usd, { from: '2020-02-01T00:00:00Z', to: '2020-02-29T00:00:00Z' });
    if (p.type === 'stat') is(`${p.title} of no days`, rows[0][0], null);
    else is(`${p.title} of no days`, rows.length, 0);
}

// Three panels in more detail than their sum.
const named = name => panels.find(p => title(p) === name);
{
    const { rows } = await read('acme_finance', named('Through an inference profile or not'), { ...usd, bucket: 'month' }, months);
    for (const [, metric, value] of rows.filter(r => r[0].startsWith('2026-09'))) {
        const expected = await one(`SELECT sum(cost)::text FROM raw WHERE inference AND by_day AND currency = 'USD' AND month = '2026-09-01'
            AND coalesce(rid LIKE '%inference-profile/%', false) = $1`, [metric === 'profile']);
        if (!await same(value, expected)) fail(`${metric} in September: ${value}, not ${expected}`);
        checks += 1;
    }
}
{
    const { of } = await read('acme_finance', named('Through a profile (%)'), usd, september);
    const expected = await one(`SELECT round(100 * sum(cost) FILTER (WHERE rid LIKE '%inference-profile/%') / sum(cost), 2)::text
        FROM raw WHERE inference AND by_day AND currency = 'USD' AND month = '2026-09-01'`);
    is('percent through a profile', of('value')[0], expected);
}
{
    // The company's owners know of it: tests/bill/README.md.
    const { of } = await read('acme_finance', named('Nobody owns it'), usd, september);
    if (!await same(of('value')[0], '3800.00')) fail(`(unclaimed) in September: ${of('value')[0]}`);
    const { of: charge, names, rows } = await read('acme_finance', named('Charges by category'), usd, months);
    is('charges', charge('charge_category').filter(c => c === 'tax').length > 3, true);
    for (const row of rows) {
        const field = name => row[names.indexOf(name)];
        const of = `FROM raw WHERE currency = 'USD' AND month = $1::timestamp::date AND category = $2 AND entity = $3`;
        const args = [field('month'), field('charge_category'), field('billing_entity')];
        if (!await same(field('amount'), await one(`SELECT sum(cost)::text ${of}`, args))) fail(`${args}: ${field('amount')}`);
        if (!await same(field('by_day'), await one(`SELECT sum(cost)::text ${of} AND by_day`, args))) fail(`${args}: ${field('by_day')} by day`);
    }
    const expected = await one("SELECT sum(cost)::text FROM raw WHERE currency = 'USD'");
    if (!await same(await total(charge('amount')), expected)) fail('a charge is left out');
}

// A million tokens: of the lines with tokens, whatever group a model is in.
{
    const { names, rows } = await read('acme_finance', named('Cost of a million tokens, by model'), { ...usd, model: ['Claude Sonnet 4.5'] }, months);
    is('one model', rows.length, 1);
    const expected = await one(`SELECT (sum(cost) FILTER (WHERE tokens IS NOT NULL) * 1000000 / sum(tokens))::text FROM raw
        WHERE usage AND currency = 'USD' AND (product ~ '^Claude Sonnet 4.5' OR ut ~ 'Claude4.5Sonnet')`);
    if (!await same(rows[0][names.indexOf('cost_per_million')], expected)) fail('cost_per_million');
}

// ---- answers ---------------------------------------------------------------------------------------------------------

// A panel that shows an answer shows what the question says, no column and no row less.
for (const p of panels.filter(isAnswer)) {
    const shown = (await run('acme_finance', `SELECT to_jsonb(p)::text FROM (${p.targets[0].rawSql}) AS p`, usd, september)).rows.map(r => r[0]);
    const [, id, args] = expand(interpolate(p.targets[0].rawSql, usd), september).match(/answer_records\('(Q\d{3})', (.*?)\) AS s \(/);
    is(`question of ${p.title}`, id, question(p));
    const chosen = p.targets[0].rawSql.includes('${currency:sqlstring}') ? "a ->> 'currency' = 'USD'" : 'true';
    const answer = (await people.acme_finance.query({ rowMode: 'array',
        text: `SELECT a::jsonb::text FROM bedrock.answer('${id}', ${args}) AS a WHERE ${chosen}` })).rows.map(r => r[0]);
    is(`rows of ${p.title}`, shown.length, answer.length);
    shown.forEach((row, n) => is(`${p.title}, row ${n}`, row, answer[n]));
    if (!shown.length) fail(`${p.title} is empty`);
}
for (const p of panels) is(`${question(p)} of ${p.title} is in the catalogue`,
    await one('SELECT count(*)::int FROM bedrock.question WHERE question_id = $1 AND builtin', [question(p)]), 1);

// ---- variables -------------------------------------------------------------------------------------------------------

// The values that can be chosen are a partition of what is seen: one by one they come to all of it.
const stat = named('Usage');
for (const user of Object.keys(people)) {
    const currency = await run(user, variables.currency.query, {}, months);
    is(`currencies of ${user}`, currency.rows.map(r => r[0]).join(), 'USD,EUR');
    for (const name of ['account', 'team', 'model', 'workload']) {
        const { rows, fields } = await run(user, variables[name].query, usd, september);
        for (const f of fields) is(`type of ${f.name} of ${name}`, f.dataTypeID, 25);
        const valueAt = Math.max(0, fields.findIndex(f => f.name === '__value')), textAt = Math.max(0, fields.findIndex(f => f.name === '__text'));
        if (rows.some(r => r[valueAt] === null)) fail(`${name} has an option without a value`);
        is(`texts of ${name}`, new Set(rows.map(r => r[textAt])).size, rows.length);
        const parts = [];
        for (const row of rows) parts.push((await read(user, stat, { ...usd, [name]: [row[valueAt]] }, september)).rows[0][0]);
        const whole = (await read(user, stat, usd, september)).rows[0][0];
        if (!await same(await total(parts), whole)) fail(`${name} as ${user}: its values come to ${await total(parts)} of ${whole}`);
        checks += 1;
        const alone = (await read(user, stat, { ...usd, [name]: rows.map(r => r[valueAt]) }, september)).rows[0][0];
        if (!await same(alone, whole)) fail(`${name} as ${user}: all values chosen come to ${alone} of ${whole}`);
        if (user === 'acme_finance' && rows.length < 3) fail(`${name} has ${rows.length} values`);
    }
}
is('variables', Object.keys(variables).sort().join(), 'account,bucket,currency,model,team,workload');
console.log(`ok: ${panels.length} panels and ${Object.keys(variables).length} variables, ${checks} comparisons`);
await Promise.all([admin, ...Object.values(people)].map(c => c.end()));
