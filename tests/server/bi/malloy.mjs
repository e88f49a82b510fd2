// SPDX-License-Identifier: PostgreSQL
// malloy.mjs MODULES MODEL PAGE FOLDER: runs every view of the Malloy model, and the queries that its page shows, as somebody
// who sees all and as the owner of one workload, by the configuration of the page, which is written into FOLDER. The rows of
// a view are compared with SQL over bedrock.spend that the same person runs.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [modules, file, page, folder] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const malloy = require('@malloydata/malloy');
require('@malloydata/db-postgres');
const pg = require('pg');
for (const oid of [20, 1082, 1700]) pg.types.setTypeParser(oid, text => text);

let checks = 0;
function fail(message) { console.log(message); process.exit(1); }
function is(what, found, expected) {
    if (found !== expected) fail(`${what}: expected ${expected}, got ${found}`);
    checks += 1;
}

// Of each view: what it groups by, its exact amounts, and the rows they are of.
const cost = 'sum(ai_cost)::text AS cost_text, trim_scale(sum(tokens)) AS token_count';
const usage = "charge_category = 'usage'";
const views = {
    spend: {
        by_day: ['usage_date, currency', cost, `${usage} AND charge_grain <> 'period'`],
        by_profile: ['profile_kind, profile_name, currency', cost, `${usage} AND request_path <> 'not_inference'`],
        by_model_and_token_kind: ['model_name, token_kind, currency', cost, usage],
        by_caller: ['caller_class, principal_key, currency', cost, usage],
        past_profiles: ['caller_class, principal_key, currency', cost, `${usage} AND control_layer = 'direct'`],
        by_workload: ['workload, owner, currency', cost, usage],
    },
    spend_monthly: {
        by_charge_category: ['billing_period, charge_category, currency', 'sum(ai_cost)::text AS cost_text', 'true'],
        by_account: ['billing_period, account_id, currency',
            `sum(ai_cost) FILTER (WHERE ${usage})::text AS usage_cost_text, sum(ai_cost)::text AS cost_text`, 'true'],
    },
};
// Tokens are whole and few enough for a float; trim_scale drops the zeros that it does not have.
const text = value => value instanceof Date ? value.toISOString().slice(0, 10) : value === null ? null : String(value);
const inOrder = rows => rows.map(row => JSON.stringify(row)).sort();
// What the page shows after the import of the model.
const shown = readFileSync(page, 'utf8');
const queries = shown.match(/\nimport 'spend.malloy'\n\n([^]*?)```/)[1].split(/^(?=run:)/m);
const config = JSON.parse(shown.match(/```text\n(\{\n  "connections"[^]*?)```/)[1]);
const urlReader = { readURL: async url => readFileSync(url, 'utf8') };
// Malloy finds its configuration beside the model, as its command line and its extension do.
async function modelOf(username) {
    const here = pathToFileURL(`${folder}/${username}/`);
    mkdirSync(here, { recursive: true });
    writeFileSync(new URL('spend.malloy', here), readFileSync(file));
    const { PGHOST: host, PGPORT: port, PGDATABASE: databaseName } = process.env;
    const connections = { bedrock: { ...config.connections.bedrock, host, port: Number(port), databaseName, username } };
    is('names of connections', Object.keys(config.connections).join(), 'bedrock');
    writeFileSync(new URL('malloy-config.json', here), JSON.stringify({ ...config, connections }));
    const found = await malloy.discoverConfig(here, here, urlReader);
    is('warnings about the configuration', JSON.stringify(found.log), '[]');
    is('password', (await (await found.connections.lookupConnection('bedrock')).readConfig()).password, process.env.BEDROCK_BI_PASSWORD);
    return new malloy.Runtime({ config: found, urlReader }).loadModel(new URL('spend.malloy', here));
}

for (const user of ['acme_finance', 'acme_owner']) {
    const client = new pg.Client({ user });
    await client.connect();
    const model = await modelOf(user);
    const run = async query => (await model.loadQuery(query).run()).data.toObject();
    const sources = (await model.getModel()).explores;
    is('sources', sources.map(s => s.name).sort().join(), Object.keys(views).sort().join());
    for (const source of sources) {
        const names = source.allFields.filter(f => f.isQueryField()).map(f => f.name);
        is(`views of ${source.name}`, names.sort().join(), Object.keys(views[source.name]).sort().join());
        for (const [name, [groups, amounts, where]] of Object.entries(views[source.name])) {
            const query = `${source.name} -> ${name}`, at = `${query} as ${user}`;
            const expected = await client.query(`SELECT ${groups}, ${amounts} FROM bedrock.spend WHERE ${where} GROUP BY ${groups}`);
            const columns = expected.fields.map(f => f.name);
            const found = await run(`run: ${query}`);
            is(`${at}: rows`, found.length, expected.rows.length);
            const rows = inOrder(found.map(row => columns.map(c => text(row[c]))));
            inOrder(expected.rows.map(row => columns.map(c => row[c]))).forEach((row, n) => is(`${at}: row ${n}`, rows[n], row));
            // The float beside an exact amount is the nearest to it.
            for (const row of found) {
                for (const exact of columns.filter(c => c.endsWith('_text'))) {
                    const float = row[exact.replace(/_text$/, '')];
                    is(`${at}: ${exact} as a number`, float, row[exact] === null ? null : Number(row[exact]));
                }
            }
            // The owner's requests all have a profile.
            is(`${at}: is empty`, !found.length, user === 'acme_owner' && name === 'past_profiles');
        }
        // Two currencies, or nothing: no number.
        const [mixed] = await run(`run: ${source.name} -> { aggregate: cost, usage_cost_text }`);
        const [none] = await run(`run: ${source.name} -> { where: currency = 'none' aggregate: cost, usage_cost_text, token_count }`);
        is(`${source.name}: two currencies, and nothing`, JSON.stringify([...Object.values(mixed), ...Object.values(none)]),
            '[null,null,null,null,null]');
    }
    for (const query of queries) {
        if (!(await run(query)).length) fail(`as ${user}, nothing comes back: ${query}`);
        checks += 1;
    }
    await client.end();
}
console.log(`ok: ${Object.values(views).flatMap(Object.keys).length} views of the Malloy model, ${checks} comparisons`);
