-- SPDX-License-Identifier: PostgreSQL
-- What bedrock.ask, bedrock.answer and bedrock.project_costs promise beside the numbers; lists what they do not keep.

-- Every question is the first found by its own words, and the only one by its id.
SELECT 'not found by its words', q.question_id, (SELECT string_agg(a.question_id, ' ') FROM (SELECT a.question_id FROM bedrock.ask(q.question) a LIMIT 3) a)
FROM bedrock.question q WHERE (SELECT a.question_id FROM bedrock.ask(q.question) a LIMIT 1) IS DISTINCT FROM q.question_id;
SELECT 'not found by its words in another order', q.question_id
FROM bedrock.question q
WHERE q.question_id NOT IN (SELECT a.question_id FROM bedrock.ask((SELECT string_agg(w, ' ' ORDER BY md5(w)) FROM regexp_split_to_table(upper(q.question), '\W+') w)) a LIMIT 3);
SELECT 'not found by its id alone', q.question_id FROM bedrock.question q WHERE (SELECT array_agg(a.question_id) FROM bedrock.ask(lower(' ' || q.question_id || ' ')) a) <> ARRAY[q.question_id];
SELECT 'words find the wrong question', w.words, a.question_id
FROM (VALUES ('spend by model', 'Q009'), ('rogue', 'Q024'), ('cache hit rate', 'Q073'), ('invoice', 'Q134'), ('API keys', 'Q047'), ('residency', 'Q036'), ('environ', 'Q012'),
             ('profile limit', 'Q033'), ('how fresh', 'Q127'), ('credits and refunds', 'Q136')) w (words, id)
LEFT JOIN LATERAL (SELECT a.question_id FROM bedrock.ask(w.words) a LIMIT 1) a ON true WHERE a.question_id IS DISTINCT FROM w.id;
-- As people say it, with what the words narrow it to.
CREATE TABLE phrasing (words text, id text, args jsonb DEFAULT '{}');
INSERT INTO phrasing (words, id) VALUES
    ('report card', 'Q070'), ('what must be done', 'Q180'), ('open tasks', 'Q180'), ('approve spend', 'Q103'), ('return on investment', 'Q083'), ('onboarding', 'Q148'), ('maturity', 'Q149'), ('cut over date', 'Q181'), ('profile churn', 'Q182'),
    ('who is spending the most', 'Q003'), ('top spenders', 'Q003'), ('biggest spenders', 'Q003'),
    ('total bedrock cost', 'Q001'), ('spend by team', 'Q013'), ('show me the cost per team, please', 'Q013'),
    ('spend by cost owner', 'Q013'), ('cost center charges', 'Q013'), ('spend by model', 'Q009'),
    ('model breakdown', 'Q009'), ('which models cost the most', 'Q009'), ('spend by region', 'Q010'),
    ('cost by tag project', 'Q011'), ('spend by project', 'Q011'), ('cost by environment', 'Q012'),
    ('prod vs dev spend', 'Q012'), ('spend by application', 'Q006'), ('cost per app', 'Q006'),
    ('cost by account', 'Q016'), ('spend by iam principal', 'Q037'), ('cost per caller', 'Q037'),
    ('spend by user', 'Q037'), ('cost by role', 'Q037'), ('how much of the bill is bedrock', 'Q021'),
    ('spend per engineer per day', 'Q027'), ('are the prices right', 'Q132'), ('spend by service tier', 'Q018'),
    ('monthly total spend', 'Q020'), ('input vs output token costs', 'Q072'), ('is caching worth it', 'Q074'),
    ('forecast for the month', 'Q093'), ('are we over budget', 'Q091'), ('untagged spend', 'Q120'),
    ('tag coverage', 'Q119'), ('what changed since last month', 'Q004'), ('why did costs go up', 'Q004'),
    ('does the bill match the invoice', 'Q134'), ('spend on guardrails', 'Q017'), ('runaway loop last night', 'Q099'),
    ('provisioned throughput break even', 'Q087'), ('should we use batch', 'Q086'), ('is the month final', 'Q127'),
    ('latency', 'Q088'), ('split gateway cost by user', 'Q046'), ('estimate versus bill', 'Q130'),
    ('effective discount by model', 'Q138'), ('savings opportunities', 'Q163'),
    ('can we use haiku instead of opus', 'Q085'), ('residency violations', 'Q036'), ('price changes', 'Q133'),
    ('new callers', 'Q050');
INSERT INTO phrasing (words, id) VALUES
    ('cost by customer', 'Q165'), ('tenant cost', 'Q165'), ('cost per department', 'Q164'), ('callers by calls', 'Q171'),
    ('aws commands to switch logging on', 'Q150'), ('terraform script', 'Q150'), ('last minutes by application', 'Q178'), ('kpi sheet', 'Q172'), ('agentcore cost', 'Q173'), ('principals without tags', 'Q170'), ('models in production', 'Q169'),
    ('share via profile by month', 'Q168'), ('cost by service', 'Q183'), ('cost by marketplace service', 'Q183'), ('cost explorer services', 'Q183');
INSERT INTO phrasing (words, id) VALUES
    ('who pays what', 'Q060'), ('chargeback', 'Q060'), ('showback', 'Q060'), ('what can we not charge back', 'Q061'),
    ('statement as posted', 'Q062'), ('what changed since we posted', 'Q063'), ('how are shared costs split', 'Q065'),
    ('margin per customer', 'Q068'), ('department split', 'Q069'), ('spend in euros', 'Q137'), ('fiscal months', 'Q137'),
    ('focus rows', 'Q140'), ('cost per ticket', 'Q082');
INSERT INTO phrasing (words, id) VALUES
    ('unclaimed roles', 'Q052'), ('what is unclaimed', 'Q052'), ('my claims', 'Q053'), ('can this arn be claimed', 'Q054'), ('why is this not on my workload', 'Q055'), ('double claims', 'Q056'),
    ('does every cent land exactly once', 'Q057'), ('spend up the hierarchy', 'Q058'), ('what if I claim this role', 'Q064'), ('trace of a workload', 'Q066'), ('explain this row', 'Q067'), ('audit log', 'Q071'),
    ('what does nobody own', 'Q177'), ('what may I see', 'Q141'), ('row security test', 'Q142'), ('stale rollups', 'Q143'), ('what did the load bring', 'Q144'), ('after a restore', 'Q145'), ('which questions can I ask', 'Q147'),
    ('spend by owner', 'Q003'), ('spend by business unit', 'Q058'), ('how much does each business unit pay', 'Q058'), ('what would it cost if I moved the claim', 'Q064'), ('who pays for the gateway', 'Q065'), ('who changed the owner', 'Q071'),
    ('map credits at risk', 'Q113'), ('map compliance tasks', 'Q114'), ('how does map spend qualify', 'Q115'), ('stale map tags', 'Q116'), ('late map tags', 'Q117'), ('which map credits arrived', 'Q118'),
    ('open alerts', 'Q104'), ('who has the alert', 'Q104'), ('which budgets crossed a threshold', 'Q096'), ('am I over budget', 'Q091'), ('models against budget', 'Q094'),
    ('cost anomalies', 'Q100'), ('what is unusual', 'Q100'), ('weekly review', 'Q102'), ('what happened this week', 'Q102'),
    ('required tags', 'Q175'), ('which tag source wins', 'Q176'), ('tags that contradict the bill', 'Q112');
INSERT INTO phrasing (words, id) VALUES
    ('within my estimate', 'Q090'), ('tokens against estimate', 'Q090'), ('what tokens does my budget buy', 'Q092'), ('forecast accuracy', 'Q097'), ('recover overage with a better cache', 'Q077');
INSERT INTO phrasing (words, id) VALUES
    ('unapproved models', 'Q105'), ('models nobody approved', 'Q105'), ('which teams use which models', 'Q106'), ('large models in dev', 'Q107'), ('approved model in the wrong region', 'Q108'),
    ('models near end of life', 'Q110'), ('deprecated models', 'Q110'), ('deny policy for this workload', 'Q111');
INSERT INTO phrasing (words, id, args) VALUES
    ('how much did opus cost last month', 'Q009', '{"model": "Opus", "period": "2026-08-01"}'),
    ('how much did Claude Opus 4.7 cost in August', 'Q009', '{"model": "Claude Opus 4.7", "period": "2026-08-01"}'),
    ('top 5 users in september', 'Q037', '{"period": "2026-09-01"}'),
    ('can arn:aws:iam::444455556666:role/DocFlowRole be claimed', 'Q054', '{"arn": "arn:aws:iam::444455556666:role/DocFlowRole"}'),
    ('why is this spend not on workload policy-search', 'Q055', '{"workload": "policy-search"}'),
    ('why is this spend not on workload hr-portal', 'Q055', '{"workload": "hr-portal"}'),
    ('how much did we spend this month', 'Q001', '{"period": "2026-09-01"}'),
    ('What did we pay for Bedrock in August 2026?', 'Q001', '{"period": "2026-08-01"}'),
    ('how much did we spend last month', 'Q001', '{"period": "2026-08-01"}'),
    ('how much did we spend in july', 'Q001', '{"period": "2026-07-01"}'),
    ('total cost 2026-08', 'Q001', '{"period": "2026-08-01"}'),
    ('spend of team data-platform last month', 'Q013', '{"team": "data-platform", "period": "2026-08-01"}'),
    ('what does the marketing team spend', 'Q013', '{"team": "marketing"}'),
    ('cost per model last month', 'Q009', '{"period": "2026-08-01"}'),
    ('claude opus cost last month', 'Q009', '{"model": "Claude Opus", "period": "2026-08-01"}'),
    ('Sonnet spend in August', 'Q009', '{"model": "Sonnet", "period": "2026-08-01"}'),
    ('cost of Claude Haiku 4.5', 'Q009', '{"model": "Claude Haiku 4.5"}'),
    ('spend of account 200000000011', 'Q016', '{"account": "200000000011"}'),
    ('spend per account last month', 'Q016', '{"period": "2026-08-01"}'),
    ('where will we land this month', 'Q093', '{"period": "2026-09-01"}'),
    ('create a budget for project chatbot', 'Q095', '{"project": "chatbot"}'), ('models first used this month', 'Q109', '{"period": "2026-09-01"}'),
    ('variance of last month', 'Q098', '{"period": "2026-08-01"}'),
    ('deny policy for docflow', 'Q111', '{"workload": "docflow"}'), ('am I within my estimate for hr-portal', 'Q090', '{"workload": "hr-portal"}'),
    ('is hr-portal over budget', 'Q091', '{"workload": "hr-portal"}'), ('who is over budget', 'Q091', '{}'), ('which teams are over budget', 'Q091', '{}'),
    ('will we exceed the budget', 'Q091', '{}'), ('which budgets are exceeded', 'Q091', '{}'),
    ('unused profiles for 60 days', 'Q030', '{"days": 60}'), ('top 5 resources', 'Q019', '{"top": 5}');
INSERT INTO phrasing (words, id) VALUES
    ('spend by day', 'Q184'), ('daily spend', 'Q184'), ('total spend per day', 'Q184'), ('how much did we spend each day', 'Q184'), ('tokens per day', 'Q078'),
    ('month over month growth', 'Q020'), ('spend growth', 'Q004'), ('anomalies', 'Q100'), ('shared costs', 'Q065'), ('spend without tags by account', 'Q120'), ('is there waste', 'Q163'),
    ('chargeback per department', 'Q069'), ('chargeback statement per department', 'Q069'), ('what do we bill each department', 'Q069'), ('what do we charge each department', 'Q069'),
    ('chargeback by customer', 'Q060'), ('spend per department', 'Q164'),
    ('unallocated cost', 'Q057'), ('does the bill agree with what we were allocated', 'Q057'), ('which department overspent', 'Q091'), ('untagged spend total', 'Q120'), ('share of untagged spend', 'Q119');
INSERT INTO phrasing (words, id, args) VALUES
    ('Bedrock cost per day in September', 'Q184', '{"period": "2026-09-01"}'), ('daily cost last month', 'Q184', '{"period": "2026-08-01"}'),
    ('anomalies this month', 'Q100', '{}'), ('what will this month cost', 'Q093', '{"period": "2026-09-01"}'), ('cost of hr-portal in August', 'Q006', '{"period": "2026-08-01", "workload": "hr-portal"}'),
    ('why is this month higher than last month', 'Q004', '{"period": "2026-09-01"}');
-- Each is asked once for all that is held against it.
CREATE TEMP TABLE asked AS SELECT p.number, p.words, p.id, p.args AS wanted, a.question_id, a.sql, a.rank, a.args, a.note, a.n
FROM (SELECT *, row_number() OVER () AS number FROM phrasing) p
LEFT JOIN LATERAL bedrock.ask(p.words) WITH ORDINALITY a (question_id, question, sql, rank, args, note, n) ON true;
SELECT 'a phrasing finds another question, or is read otherwise', a.words, a.question_id, a.rank, a.args, a.note
FROM asked a WHERE coalesce(a.n, 1) = 1 AND ((a.question_id, a.args) IS DISTINCT FROM (a.id, a.wanted) OR a.sql IS NULL);
SELECT 'more than five, or not by rank', a.words
FROM asked a GROUP BY a.number, a.words
HAVING count(*) > 5 OR array_agg(a.rank ORDER BY a.n) <> array_agg(a.rank ORDER BY a.rank DESC) OR bool_or(a.rank NOT BETWEEN 0 AND 1);
-- The SQL has the arguments in it, and gives what bedrock.answer gives with them.
CREATE FUNCTION rows_of(statement text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    rows jsonb;
BEGIN
    EXECUTE format(E'SELECT jsonb_agg(to_jsonb(q)) FROM (%s) q', statement) INTO rows;
    RETURN rows;
END
$$;
SELECT 'ask and answer differ', a.question_id, a.args
FROM asked a
WHERE a.n = 1 AND a.args <> '{}' AND a.question_id IN ('Q001', 'Q009', 'Q013', 'Q016')
  AND (SELECT jsonb_agg(cents(r, '{billed_cost,usage_cost,net_cost,other_charges}')) FROM jsonb_array_elements(rows_of(a.sql)) r)
      IS DISTINCT FROM (SELECT jsonb_agg(w::jsonb) FROM bedrock.answer(a.question_id, a.args) w);
SELECT 'Opus in August', a FROM bedrock.answer('Q009', '{"model": "Claude Opus", "period": "2026-08-01"}') a WHERE a ->> 'model_family' <> 'Opus';
SELECT 'what the question cannot take is not said', a.note FROM (SELECT * FROM bedrock.ask('input vs output token costs of account 200000000011') LIMIT 1) a
WHERE a.question_id <> 'Q072' OR a.note IS DISTINCT FROM 'not narrowed to account 200000000011';

SELECT 'an owner that is asked for by name', w.words, a.question_id, a.note
FROM (VALUES ('who is the owner of hr-portal', 'Q003'), ('who owns hr-portal', 'Q003'), ('who is responsible for hr-portal', 'Q003'), ('who changed the owner of hr-portal', 'Q071')) w (words, id)
LEFT JOIN LATERAL (SELECT * FROM bedrock.ask(w.words) LIMIT 1) a ON true
WHERE (a.question_id, a.note) IS DISTINCT FROM (w.id, 'not narrowed to workload hr-portal');
SELECT 'a word that was not used is not said', a.question_id, a.note FROM (SELECT * FROM bedrock.ask('deny policy for xyzzy') LIMIT 1) a WHERE (a.question_id, a.note) IS DISTINCT FROM ('Q111', 'words not used: xyzzy');
SELECT 'a phrase that was not used is not said', a.question_id, a.note FROM (SELECT * FROM bedrock.ask('cost by service without tags') LIMIT 1) a
WHERE (a.question_id, a.note) IS DISTINCT FROM ('Q183', 'words not used: without tags');
SELECT 'time or models that are left out are not said', w.words, a.question_id, a.args, a.note
FROM (VALUES ('spend by team in Q3', 'Q013', 'not narrowed to q3'), ('spend by model in 2025', 'Q009', 'not narrowed to 2025'),
             ('cost by region this year', 'Q010', 'not narrowed to this year'), ('next month''s forecast', 'Q093', 'not narrowed to next month'), ('cost per model of nova and sonnet', 'Q009', 'not narrowed to models Sonnet and Nova')) w (words, id, note)
LEFT JOIN LATERAL (SELECT * FROM bedrock.ask(w.words) LIMIT 1) a ON true WHERE (a.question_id, a.note) IS DISTINCT FROM (w.id, w.note) OR a.args <> '{}';
SELECT 'a month is refused' WHERE (SELECT json_agg(a)::text FROM bedrock.answer('Q001', '{"period": "2026-08"}') a)
    IS DISTINCT FROM (SELECT json_agg(a)::text FROM bedrock.answer('Q001', '{"period": "2026-08-31"}') a);

-- What no question asks: said, with the nearest and without SQL to run.
SELECT 'something is found for what nobody asks', w.words, a.question_id, a.rank
FROM (VALUES ('kubernetes cost by pod'), ('weather tomorrow'), ('azure openai spend'), ('spend by planet'), ('carbon emissions'), ('cpu utilisation of ec2'), ('employee salaries'),
             ('s3 storage cost'), ('gpu hours'), ('spend by zodiac sign'), ('latency by carrier')) w (words), LATERAL bedrock.ask(w.words) a
WHERE a.sql IS NOT NULL OR a.note <> 'no question asks this; this one is near';
SELECT 'not three near ones', count(*) FROM bedrock.ask('spend by zodiac sign') HAVING count(*) <> 3;

SELECT 'nothing does not find all', count(*) FROM bedrock.ask() HAVING count(*) <> (SELECT count(*) FROM bedrock.question);
SELECT 'nonsense finds something', a.question_id FROM bedrock.ask('xyzzy ''); DROP TABLE x; -- & | ! :* \') a WHERE a.sql IS NOT NULL LIMIT 1;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN sqlstate || ' ' || sqlerrm || ' / ' || hint;
END
$$;
CREATE TABLE mark (n int);
CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.mark VALUES (1); RETURN 1; END $$;
INSERT INTO bedrock.question (question_id, question, sql) VALUES ('mine', 'Where is the zebra?', 'SELECT 42 AS n');
INSERT INTO bedrock.question (question_id, question, sql, builtin, parameters, answer_columns) VALUES
    ('W1', 'w', 'SELECT public.writes() AS n', true, '{}', '[]'), ('W2', 'w', 'INSERT INTO public.mark VALUES (2) RETURNING n', true, '{}', '[]'),
    ('W3', 'w', 'WITH x AS (DELETE FROM public.mark RETURNING n) SELECT n FROM x', true, '{}', '[]'), ('W4', 'w', 'SELECT 1 AS n; DROP TABLE public.mark', true, '{}', '[]'),
    ('W5', 'w', 'SELECT nextval(''public.s'') AS n', true, '{}', '[]');
CREATE SEQUENCE s;
SELECT 'wrong error', e.statement, error_of(e.statement) FROM (VALUES
    ('SELECT * FROM bedrock.answer(''W1'')', '25006 %'), ('SELECT * FROM bedrock.answer(''W2'')', '42601 %'), ('SELECT * FROM bedrock.answer(''W3'')', '%'),
    ('SELECT * FROM bedrock.answer(''W4'')', '42601 %'), ('SELECT * FROM bedrock.answer(''W5'')', '25006 %'),
    ('SELECT * FROM bedrock.answer(''Q999'')', '22023 there is no question "Q999" / Shipped questions are Q001 to %'),
    ('SELECT * FROM bedrock.answer(NULL)', '22023 %'), ('SELECT * FROM bedrock.answer('''')', '22023 %'),
    ('SELECT * FROM bedrock.answer(''mine'')', '22023 question "mine" is not a shipped one%'),
    ('SELECT * FROM bedrock.answer(''Q001'', ''{"month": 1}'')', '22023 question Q001 has no parameter "month" / Its parameters: period (month: %'),
    ('SELECT * FROM bedrock.answer(''Q033'', ''{"x": 1}'')', '22023 question Q033 has no parameter "x" / It has none.'),
    ('SELECT * FROM bedrock.answer(''Q001'', ''{"period": "September"}'')', '22023 parameter "period" of question Q001 is no month: "September" / period (a month, YYYY-MM, or a day of it): %'),
    ('SELECT * FROM bedrock.answer(''Q001'', ''{"period": "2026-13-01"}'')', '22023 parameter "period"%'),
    ('SELECT * FROM bedrock.answer(''Q001'', ''{"period": []}'')', '22023 parameter "period"%'),
    ('SELECT * FROM bedrock.answer(''Q001'', ''[]'')', '22023 args is no JSON object / %'),
    ('SELECT * FROM bedrock.answer(''Q019'', ''{"top": "1; DROP TABLE mark"}'')', '22023 parameter "top" of question Q019 is no integer%'),
    ('SELECT * FROM bedrock.answer(''Q139'', ''{"projects": "hr-portal"}'')', '22023 parameter "projects" of question Q139 is no text[]: %'),
    ('SELECT * FROM bedrock.answer(''Q139'', ''{"metric": "gross"}'')', '22023 unknown metric "gross" / Metrics are unblended,%'),
    ('SELECT * FROM bedrock.project_costs(NULL, 30, NULL)', '22023 unknown metric%'), ('SELECT * FROM bedrock.project_costs(NULL, 0)', '22023 days must be 1 to 36600%'),
    ('SELECT * FROM bedrock.project_costs(NULL, 2147483647)', '22023 days must be 1 to 36600%'), ('SELECT * FROM bedrock.project_costs(as_of => ''-infinity'')', '22023 no bill is of -infinity%'),
    ('SELECT * FROM bedrock.project_costs(as_of => ''5874897-12-31'')', '22023 no bill is of 5874897-12-31%'),
    ('SELECT * FROM bedrock.project_costs(grain => ''week'')', '22023 unknown grain "week"%'), ('SELECT * FROM bedrock.project_costs(grain => NULL)', '22023 unknown grain%'),
    ('INSERT INTO bedrock.question (question_id, question, sql) VALUES ('''', ''x'', ''x'')', '23514 %')) e (statement, error)
WHERE error_of(e.statement) NOT LIKE e.error OR error_of(e.statement) = 'no error';
SELECT 'an answer wrote', count(*) FROM mark HAVING count(*) > 0;
DELETE FROM bedrock.question WHERE question_id LIKE 'W_';
SELECT 'a question of the user is not found' WHERE NOT EXISTS (SELECT FROM bedrock.ask('zebras') a WHERE a.question_id = 'mine');

-- A value is data, whatever it says; the caller's transaction goes on as it was.
SELECT 'a value is not bound', a FROM bedrock.answer('Q044', '{"team": "x'' OR true --", "model": "%"}') a;
BEGIN;
SELECT 'no answer' WHERE NOT EXISTS (SELECT FROM bedrock.answer('q001', '{"period": null}'));
INSERT INTO mark VALUES (3);
COMMIT;
BEGIN READ ONLY;
SELECT 'no answer in a read-only transaction' WHERE NOT EXISTS (SELECT FROM bedrock.answer('Q001', '{"period": "2026-08-31"}') a WHERE a ->> 'period' = '2026-08-01');
COMMIT;
SELECT 'transaction stayed read-only' WHERE (SELECT count(*) FROM mark) <> 1;
-- JSON in the order of the columns, money in cents; as records, too.
-- Each question is answered once for both.
CREATE TEMP TABLE answered AS SELECT q.question_id, q.answer_columns, a.n, a.a
FROM (SELECT * FROM bedrock.question WHERE builtin OFFSET 0) q, LATERAL bedrock.answer(q.question_id) WITH ORDINALITY a (a, n);
SELECT 'order of the columns is lost', q.question_id
FROM answered q CROSS JOIN LATERAL (SELECT q.a) a
WHERE q.n = 1 AND ARRAY(SELECT json_object_keys(a.a)) <> ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(q.answer_columns) WITH ORDINALITY x (c, n) ORDER BY n);
SELECT 'money with more than two decimals', q.question_id, c ->> 'name', a.a ->> (c ->> 'name')
FROM answered q CROSS JOIN LATERAL (SELECT q.a) a, jsonb_array_elements(q.answer_columns) c
WHERE c ->> 'unit' = 'money' AND scale((a.a ->> (c ->> 'name'))::numeric) > 2;
SELECT 'records differ from the answer' WHERE (
    SELECT jsonb_agg(to_jsonb(r)) FROM bedrock.answer_records('Q020') AS r (month date, model text, billed_cost numeric, tokens numeric, tokens_known_pct numeric, currency text))
    IS DISTINCT FROM (SELECT jsonb_agg(a::jsonb) FROM bedrock.answer('Q020') a);
SELECT 'order of the answer is lost' FROM (SELECT (a ->> 'rank')::int AS rank, n FROM bedrock.answer('Q012') WITH ORDINALITY x (a, n)) r HAVING bool_or(rank <> n);

-- Every shipped text is one SELECT: as a subquery it stands, and a view can be made of it.
DO $$
DECLARE
    q bedrock.question;
BEGIN
    FOR q IN SELECT * FROM bedrock.question WHERE builtin ORDER BY question_id LOOP
        EXECUTE format('CREATE TEMP VIEW plain AS %s', q.sql);
        DROP VIEW plain;
        -- What literals and comments say is no statement.
        IF regexp_replace(q.sql, '''[^'']*''|--[^\n]*', '', 'g') ~ ';' OR q.sql ~ '\$1' OR (q.parameters <> '{}') <> (q.sql LIKE 'WITH arg AS (SELECT %') THEN
            RAISE EXCEPTION '% is not plain', q.question_id;
        END IF;
    END LOOP;
END
$$;

-- A database without data has answers too: none, and no error.
BEGIN;
DELETE FROM bedrock.fact; DELETE FROM bedrock.fact_month; DELETE FROM bedrock.bill_total; DELETE FROM bedrock.period; DELETE FROM bedrock.dimension;
SELECT 'error without data', q.question_id, e.error FROM bedrock.question q, LATERAL error_of(format('SELECT count(*) FROM bedrock.answer(%L)', q.question_id)) e (error)
WHERE q.builtin AND e.error <> 'no error';
ROLLBACK;

-- The product that only says Bedrock is inside the totals and marked there, to the last digit, by day and by month.
SELECT 'probable spend', v.view_name, v.lines, v.cost, raw.lines, raw.cost
FROM (SELECT 'spend' AS view_name, sum(s.lines) AS lines, sum(s.unblended_cost) AS cost FROM bedrock.spend s WHERE s.bedrock_basis = 'probable'
      UNION ALL
      SELECT 'spend_monthly', sum(s.lines), sum(s.unblended_cost) FROM bedrock.spend_monthly s WHERE s.bedrock_basis = 'probable') v
CROSS JOIN (SELECT count(*) AS lines, sum(line_item_unblended_cost) AS cost FROM cur WHERE line_item_product_code = 'AmazonBedrockWebSearch') raw
WHERE (v.lines, v.cost) IS DISTINCT FROM (raw.lines, raw.cost) OR raw.cost = 0;
SELECT 'spend without a basis', count(*) FROM bedrock.spend s WHERE s.bedrock_basis IS NULL OR s.bedrock_basis NOT IN ('product', 'resource', 'proved', 'probable') HAVING count(*) > 0;
SELECT 'model and its basis', s.model_id, s.model_basis FROM bedrock.spend s WHERE s.model_id IS NOT NULL AND s.model_basis IS NULL LIMIT 1;
