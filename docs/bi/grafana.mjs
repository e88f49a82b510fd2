// SPDX-License-Identifier: PostgreSQL
// Prints docs/grafana.json: node docs/bi/grafana.mjs >docs/grafana.json. The queries are here, where they can be read;
// what the dashboard shows and how it is used is said in docs/bi.md.
//
// Grafana puts the variables and macros into the text of a query:
// - ${account} and the others that take several values become quoted literals, 'a','b', by the data source's own rule,
//   which doubles apostrophes and leaves the rest as it is. ${...:sqlstring} does the same for one value; it is not for
//   names, as it writes a backslash before a double quote, which PostgreSQL takes for a part of the value.
// - Where All is chosen the variable is its custom all value, put in as it is: '(all)'. A list of all values would
//   grow with the bill.
// - $__timeFilter(usage_date) compares days with the days of the range, first and last day included; $__timeTo() is the
//   literal of its end. An argument of a macro ends with the first closing bracket.
// - Days are cut by date_trunc, not by $__timeGroup, for which a month has 30 days and a week begins on Thursday.

const datasource = { type: 'grafana-postgresql-datasource', uid: '${DS_POSTGRESQL}' };
// What can be chosen: a column, and the name under which its NULL is shown and chosen.
const choice = {
    currency: ['s.currency', '(not stated)'],
    account: ['s.account_id', '(not stated)'],
    team: ['s.team'],
    model: ['s.model_name', '(no model)'],
    workload: ['s.workload'],
};
const shown = ([column, absent]) => absent ? `coalesce(${column}, '${absent}')` : column;
// The column is compared by itself, of which the planner has statistics; what is about NULL is decided before.
const is = ([column, absent], values) => `${column} IN (${values})` +
    (absent ? ` OR '${absent}' IN (${values}) AND ${column} IS NULL` : '');
const inCurrency = `(${is(choice.currency, '${currency:sqlstring}')})`;
const among = name => `('(all)' IN (\${${name}}) OR ${is(choice[name], `\${${name}}`)})`;
const filters = ['account', 'team', 'model', 'workload'].map(among).join('\n  AND ');
const usage = `s.charge_category = 'usage' AND s.charge_grain <> 'period' AND $__timeFilter(s.usage_date)
  AND ${inCurrency}
  AND ${filters}`;
const requests = `${usage}
  AND s.request_path <> 'not_inference'`;
const time = 'date_trunc(${bucket:sqlstring}, s.usage_date::timestamp)';

// The first rows by cost, and one for all others, so that the sum stays that of all.
const top = 10;

// name: what the amounts are of. The names that cost most in the whole range keep theirs.
function series(title, question, about, name, { where = requests, value = 's.ai_cost', unit, h = 9, w = 12 } = {}) {
    return {
        kind: 'timeseries', title, question, about, unit, w, h,
        sql: `WITH amount AS (
  SELECT ${time} AS time, ${name} AS name, sum(${value}) AS value
  FROM bedrock.spend AS s
  WHERE ${where.replaceAll('\n', '\n  ')}
  GROUP BY 1, 2),
first AS (SELECT name FROM amount GROUP BY name ORDER BY sum(value) DESC NULLS LAST, name LIMIT ${top})
SELECT a.time, CASE WHEN f.name IS NULL THEN '(other)' ELSE f.name END AS metric, sum(a.value) AS value
FROM amount AS a LEFT JOIN first AS f ON f.name = a.name
GROUP BY 1, 2
ORDER BY 1, 2`,
    };
}

function table(title, question, about, sql, { w = 24, h = 9 } = {}) {
    return { kind: 'table', title, question, about, sql, w, h };
}

function number(title, question, about, value, { unit, decimals, where = usage, w = 6 } = {}) {
    return {
        kind: 'stat', title, question, about, unit, decimals, w, h: 4,
        sql: `SELECT ${value} AS value\nFROM bedrock.spend AS s\nWHERE ${where}`,
    };
}

// A question answers for a month: that of the end of the range, or the latest with data where the range ends later.
const month = "jsonb_build_object('period', least($__timeTo()::date, bedrock.latest_period()))";
function answer(title, question, about, columns, { args = month, where, select = '*', ...size } = {}) {
    return table(title, question, about, `SELECT ${select}
FROM bedrock.answer_records('${question}', ${args}) AS s (
  ${columns})${where ? `\nWHERE ${where}` : ''}`, size);
}

const all = 'All variables apply.';
const cost = 'Billed cost of usage, in the currency chosen: no tax, fee, credit or estimate is in it.';
const ofMonth = 'Of the month in which the range ends. Only the currency applies.';

const rows = {
    Overview: [
        number('Usage (${currency})', 'Q001', `${cost} ${all}`, 'sum(s.ai_cost)', { decimals: 2 }),
        number('Through a profile (%)', 'Q023', `Percent of the cost of all inference. ${all}`,
            'round(100 * sum(CASE WHEN s.via_profile THEN s.ai_cost ELSE 0 END) / nullif(sum(s.ai_cost), 0), 2)',
            { unit: 'percent', decimals: 2, where: requests }),
        number('Tokens', 'Q001', `Tokens billed; usage that is not metered in tokens has none. ${all}`, 'sum(s.tokens)'),
        number('Nobody owns it (${currency})', 'Q177', `Billed cost of usage that no claim and no rule gives to a ` +
            `workload. ${all}`, "sum(CASE WHEN s.workload = '(unclaimed)' THEN s.ai_cost ELSE 0 END)", { decimals: 2 }),
        series('Through an inference profile or not (${currency})', 'Q023', `${cost} Inference only. ${all}`,
            "CASE WHEN s.via_profile THEN 'profile' WHEN NOT s.via_profile THEN 'no profile' ELSE 'not recorded' END"),
        series('By path of the request (${currency})', 'Q168', `${cost} Inference only. ${all}`, 's.request_path'),
    ],
    'Inference profiles': [
        series('By profile (${currency})', 'Q025', `${cost} Inference only. ${all}`,
            "coalesce(s.profile_name, '(no profile)')"),
        series('By kind of profile (${currency})', 'Q025', `${cost} Inference only. ${all}`, 's.profile_kind'),
    ],
    'Models and tokens': [
        series('By model (${currency})', 'Q009', `${cost} ${all}`, shown(choice.model), { where: usage }),
        series('By kind of token (${currency})', 'Q072', `${cost} ${all}`,
            "coalesce(s.token_kind, '(not metered in tokens)')", { where: usage }),
        series('Tokens by kind', 'Q072', `Tokens billed. ${all}`, 's.token_kind',
            { where: `${usage}\n  AND s.token_kind IS NOT NULL`, value: 's.tokens' }),
        table('Cost of a million tokens, by model', 'Q079', `Over the whole range; the models that cost most, and all ` +
            `others. cost_per_million is over the lines that have tokens; NULL: none. ${all}`,
            `WITH model AS (
  SELECT ${shown(choice.model)} AS model, sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
         sum(s.ai_cost) FILTER (WHERE s.tokens IS NOT NULL) AS token_cost
  FROM bedrock.spend AS s
  WHERE ${usage.replaceAll('\n', '\n  ')}
  GROUP BY 1),
first AS (SELECT model FROM model ORDER BY cost DESC NULLS LAST, model LIMIT 20)
SELECT CASE WHEN f.model IS NULL THEN '(other)' ELSE f.model END AS model, sum(m.cost) AS billed_cost,
       sum(m.tokens) AS tokens, sum(m.token_cost) * 1000000 / nullif(sum(m.tokens), 0) AS cost_per_million,
       \${currency:sqlstring} AS currency
FROM model AS m LEFT JOIN first AS f ON f.model = m.model
GROUP BY 1
ORDER BY 2 DESC NULLS LAST`, { w: 12 }),
    ],
    Callers: [
        series('By caller (${currency})', 'Q037', `${cost} A role and all its sessions are one caller. ${all}`,
            "coalesce(s.principal_key, '(no caller)')", { where: usage }),
        series('Past all profiles, by caller (${currency})', 'Q024', `${cost} Requests that name a model, not a ` +
            `profile or project (rogue spend). ${all}`, "coalesce(s.principal_key, '(no caller)')",
            { where: `${usage}\n  AND s.control_layer = 'direct'` }),
        series('By engineer (${currency})', 'Q026', `${cost} Inference only. ${all}`, 's.engineer'),
        series('By application (${currency})', 'Q006', `${cost} ${all}`, 's.application', { where: usage }),
    ],
    Owners: [
        series('By workload (${currency})', 'Q003', `${cost} ${all}`, 's.workload', { where: usage }),
        series('By team (${currency})', 'Q013', `${cost} ${all}`, 's.team', { where: usage }),
        table('Workloads and their owners', 'Q003', `Over the whole range; the workloads that cost most, and all ` +
            `others. An owner of a part of the range has a row of his own. ${all}`,
            `WITH owned AS (
  SELECT s.workload, s.owner, s.element_path, sum(s.ai_cost) AS cost
  FROM bedrock.spend AS s
  WHERE ${usage.replaceAll('\n', '\n  ')}
  GROUP BY 1, 2, 3),
ranked AS (SELECT o.*, row_number() OVER (ORDER BY o.cost DESC NULLS LAST, o.workload, o.element_path) <= 50 AS first
           FROM owned AS o)
SELECT CASE WHEN r.first THEN r.workload ELSE '(other)' END AS workload, CASE WHEN r.first THEN r.owner END AS owner,
       CASE WHEN r.first THEN r.element_path END AS element_path, sum(r.cost) AS billed_cost,
       round(100 * sum(r.cost) / nullif(sum(sum(r.cost)) OVER (), 0), 2) AS share_pct,
       \${currency:sqlstring} AS currency
FROM ranked AS r
GROUP BY 1, 2, 3
ORDER BY 4 DESC NULLS LAST`),
    ],
    'Budgets, forecast and alerts': [
        answer('Budgets', 'Q091', `What is billed, and the budget: usage, commitments and fees. The forecast is a ` +
            `column of its own. ${ofMonth}`,
            'budget_name text, scope text, budget numeric, actual numeric, pct numeric, forecast numeric,\n  ' +
            'forecast_pct numeric, low numeric, high numeric, status text, method text, data_through date,\n  ' +
            'first_day date, last_day date, other_spend text, currency text', { where: inCurrency }),
        answer('Forecast of the month', 'Q093', `to_date is billed; forecast, low and high are forecasts of it. ` +
            `Applications overlap the whole: never add them to it. ${ofMonth}`,
            'scope text, to_date numeric, forecast numeric, low numeric, high numeric, standing numeric,\n  ' +
            'logged numeric, logged_through date, undated numeric, method text, days_left integer,\n  ' +
            'data_through date, currency text', { where: inCurrency }),
        answer('Anomalies', 'Q100', `Of the 30 days before the end of the range, each judged by the 56 days before ` +
            `it. Currency and workload apply.`,
            'spike text, at date, kind text, excess_cost numeric, explanation text, coverage_pct numeric, cost numeric,\n  ' +
            'baseline numeric, above numeric, price_change numeric, volume_change numeric, mix_change numeric,\n  ' +
            'since date, feedback text, currency text',
            { args: "jsonb_build_object('as_of', least($__timeTo()::date, bedrock.data_through()))",
              where: `${inCurrency}\n  AND ('(all)' IN (\${workload}) OR s.spike IN (\${workload}))` }),
        answer('Open alerts', 'Q104', 'All that are open or acknowledged now, whatever the range. No variable applies: ' +
            'each amount has its currency in the same row.',
            'alert_id bigint, alert text, kind text, scope text, since date, amount numeric, planned numeric,\n  ' +
            'now numeric, owner text, assignee text, state text, note text, raised_at timestamptz, currency text',
            { args: "'{}'" }),
    ],
    Cache: [
        answer('Cache hit rate', 'Q073', 'Tokens read from the cache, of all input tokens. Of the month in which the ' +
            'range ends. Only the workload applies.',
            'workload text, application text, cache_read numeric, input numeric, cache_write numeric, hit_rate numeric,\n  ' +
            'threshold numeric, healthy boolean', { where: among('workload'), w: 12 }),
        answer('What caching saved', 'Q074', 'saved, write_premium and net_saving compare what was billed with what the ' +
            'same tokens would have cost as plain input; read_cost and write_cost are billed. Of the month in which the ' +
            'range ends. Currency and workload apply.',
            'workload text, application text, saved numeric, write_premium numeric, net_saving numeric,\n  ' +
            'saving_pct numeric, read_cost numeric, write_cost numeric, currency text',
            { where: `${inCurrency}\n  AND ${among('workload')}`, w: 12 }),
    ],
    'The bill': [
        table('Charges by category', 'Q136', 'Of the billing periods in the range, whole months: usage, fees, taxes, ' +
            'credits, refunds and discounts apart, never one sum. by_day is the part that has a day, which alone the ' +
            'panels above show. Currency and account apply.',
            `SELECT s.billing_period::timestamp AS month, s.charge_category, s.billing_entity, sum(s.ai_cost) AS amount,
       sum(s.ai_cost) FILTER (WHERE s.charge_grain <> 'period') AS by_day, \${currency:sqlstring} AS currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period BETWEEN date_trunc('month', $__timeFrom()::date::timestamp) AND $__timeTo()::date
  AND ${inCurrency}
  AND ${among('account')}
GROUP BY 1, 2, 3
ORDER BY 1 DESC, s.charge_category = 'usage' DESC, 2, 3`, { w: 12 }),
        answer('Reconciled with the logs', 'Q161', 'What is billed and logged of tokens, by what came out of comparing ' +
            'them. estimate is tokens at the price book, never a part of billed_cost. ' + ofMonth,
            'state text, finding text, cells bigint, billed_tokens numeric, logged_tokens numeric, billed_cost numeric,\n  ' +
            'share_pct numeric, estimate numeric, currency text', { where: inCurrency, w: 12 }),
        answer('How fresh the data is', 'Q127', 'Of the month in which the range ends. No variable applies.',
            'source text, billing_entity text, period date, data_through date, loaded_at timestamptz, age numeric,\n  ' +
            'is_final boolean', { w: 8 }),
        answer('Doctor', 'Q126', 'What is missing, and what to do, now. No variable applies.',
            '"check" text, status text, detail text, fix text', { args: "'{}'", w: 16 }),
    ],
};

let id = 0;
function panel(p, x, y) {
    id += 1;
    const bars = p.kind === 'timeseries';
    return {
        id, title: p.title, description: `${p.question}. ${p.about}`, type: p.kind, datasource,
        gridPos: { x, y, w: p.w, h: p.h },
        fieldConfig: {
            defaults: {
                ...(p.kind === 'table' ? {} : { unit: p.unit ?? 'locale', decimals: p.decimals ?? (bars ? 2 : 0) }),
                ...(bars ? { custom: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal' } } } : {}),
            },
            overrides: [],
        },
        ...(bars ? { options: {
            legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
            tooltip: { mode: 'multi', sort: 'desc' },
        } } : {}),
        ...(p.kind === 'stat' ? { options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
            colorMode: 'none', graphMode: 'none' } } : {}),
        targets: [{ refId: 'A', datasource, editorMode: 'code', rawQuery: true,
            format: bars ? 'time_series' : 'table', rawSql: p.sql }],
    };
}

const panels = [];
let y = 0;
for (const [title, content] of Object.entries(rows)) {
    id += 1;
    panels.push({ id, type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    let x = 0, h = 0;
    for (const p of content) {
        if (x + p.w > 24) { y += h; x = 0; h = 0; }
        panels.push(panel(p, x, y));
        x += p.w;
        h = Math.max(h, p.h);
    }
    y += h;
}

const options = (name, label, description, sql, several = true) => ({
    name, label, description, type: 'query', datasource, query: sql, refresh: 2, sort: 0, options: [],
    ...(several ? { multi: true, includeAll: true, allValue: "'(all)'", current: { text: ['All'], value: ['$__all'] } }
                : { multi: false, includeAll: false }),
});
// Months of the range, so that a name that is gone is not offered for ever.
const during = "s.billing_period BETWEEN date_trunc('month', $__timeFrom()::date::timestamp) AND $__timeTo()::date";
const seen = expression => `SELECT ${expression}
FROM bedrock.spend_monthly AS s
WHERE ${during} AND ${inCurrency}
GROUP BY 1
ORDER BY 1`;
const buckets = ['day', 'week', 'month'];

const dashboard = {
    __inputs: [{ name: 'DS_POSTGRESQL', label: 'PostgreSQL with bedrock_cost', description: '', type: 'datasource',
        pluginId: 'grafana-postgresql-datasource', pluginName: 'PostgreSQL' }],
    title: 'Amazon Bedrock spend',
    uid: 'bedrock-cost',
    description: 'Made by docs/bi/grafana.mjs of bedrock_cost. Each panel names a question of bedrock.question that ' +
        'answers the same of a month. Days are UTC.',
    tags: ['bedrock', 'cost'],
    schemaVersion: 39,
    timezone: 'utc',
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-90d', to: 'now' },
    templating: { list: [
        options('currency', 'Currency', 'Amounts of two currencies are never added: one is shown', `SELECT ${shown(choice.currency)}
FROM bedrock.spend_monthly AS s
GROUP BY 1
ORDER BY sum(s.lines) DESC`, false),
        // Grafana drops a second option of the same text, so the id is part of it.
        options('account', 'Account', 'Accounts that used the service', seen(`${shown(choice.account)} AS __value,
       concat_ws(' ', ${shown(choice.account)}, max(s.account_name)) AS __text`)),
        options('team', 'Team', '(untagged): nothing names a team', seen(shown(choice.team))),
        options('model', 'Model', '(no model): usage that is about no model, or does not state it', seen(shown(choice.model))),
        options('workload', 'Workload', '(unclaimed): nobody owns it', seen(shown(choice.workload))),
        { name: 'bucket', label: 'By', description: 'Length of a bar', type: 'custom', query: buckets.join(','), multi: false,
          includeAll: false, current: { text: 'day', value: 'day', selected: true },
          options: buckets.map(b => ({ text: b, value: b, selected: b === 'day' })) },
    ] },
    annotations: { list: [] },
    panels,
};
process.stdout.write(JSON.stringify(dashboard, null, 1) + '\n');
