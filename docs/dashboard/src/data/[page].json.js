// SPDX-License-Identifier: PostgreSQL
// The rows of the questions of a page, as JSON: asked with psql, so that every way of connecting that PostgreSQL's own
// clients know works here, in one connection and one snapshot. Amounts stay text, exact to the last digit.
import {spawnSync} from "node:child_process";
import {parseArgs} from "node:util";
import {pages} from "../components/pages.js";

const {page} = parseArgs({options: {page: {type: "string"}}}).values;
const began = Date.now();
const literal = (text) => `'${text.replaceAll("'", "''")}'`;

function ask(script) {
    const psql = spawnSync("psql", ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"], {
        input: `SET standard_conforming_strings = on; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n${script}\nCOMMIT;\n`,
        encoding: "utf8", maxBuffer: 1 << 30, stdio: ["pipe", "pipe", "pipe"]
    });
    if (psql.error || psql.status) {
        process.stderr.write(`error: page ${page}: ${psql.error?.message ?? psql.stderr}`);
        process.exit(1);
    }
    return psql.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

const asked = pages[page].answers;
const ids = asked.map(({id}) => id);
const args = new Map(asked.map((spec) => [spec.id, spec.args]));
// The months that the reader sees anything of, the latest first; and what the catalogue says of the questions.
const [{months}, about, ...questions] = ask(`
SELECT json_build_object('months', coalesce((SELECT json_agg(m ORDER BY m DESC) FROM (
    SELECT DISTINCT left(a ->> 'month', 7) AS m FROM bedrock.answer('Q020', '{"months": 120}') AS a
    ORDER BY m DESC LIMIT ${Number(process.env.DASHBOARD_MONTHS || 6)}) AS s), '[]'));
SELECT json_build_object('role', current_user, 'database', current_database(), 'asked_at',
    to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
SELECT json_build_object('id', question_id, 'question', question, 'columns', answer_columns,
    'monthly', coalesce(parameters -> 'period' ->> 'type' = 'month', false))
FROM bedrock.question WHERE builtin AND question_id IN (${ids.map(literal).join(", ")});`);

const byId = new Map(questions.map((q) => [q.id, q]));
for (const id of ids) if (!byId.has(id)) throw new Error(`the catalogue has no question ${id}`);
const calls = ids.flatMap((id) => (byId.get(id).monthly ? months : [null]).map((month) => ({id, month})));
// A row's values in the order of its columns, numbers as they are written.
const answers = ask(calls.map(({id, month}) => `
WITH a AS (SELECT a.answer, a.n FROM bedrock.answer('${id}', ${literal(JSON.stringify({...args.get(id), ...(month && {period: month})}))})
               WITH ORDINALITY AS a (answer, n))
SELECT json_build_object(
    'rows', coalesce((SELECT json_agg((SELECT json_object_agg(key, value #>> '{}') FROM json_each(a.answer)) ORDER BY a.n)
                      FROM a), '[]'),
    'numbers', coalesce((SELECT json_agg(DISTINCT key) FROM a, json_each(a.answer) WHERE json_typeof(value) = 'number'),
                        '[]'));`).join("\n"));
calls.forEach(({id, month}, i) => {
    const question = byId.get(id);
    question.numbers = [...new Set([...(question.numbers ?? []), ...answers[i].numbers])];
    (question.answers ??= {})[month ?? "now"] = answers[i].rows;
});

process.stdout.write(JSON.stringify({...about, months, questions: Object.fromEntries(byId)}));
process.stderr.write(`    ${page}: ${ids.length} questions, ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
