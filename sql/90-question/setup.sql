-- The question of what to run in AWS.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q150', 'Give me the AWS commands to switch this on.', 'Cloud Engineer', 'Access, operations, psql', 'essential',
$p$bucket text = 'your-bucket-{account}-{region}': your buckets for logs and exports, in the step's account and region
form text = 'aws-cli': aws-cli or terraform$p$,
'aws cli commands script terraform switch on enable activate logging export principal tags profiles setup set up',
$c$step: what it does, in the order in which it is best done
account: account to run it in; payer: the account that pays, where a bill has one
region: NULL: the same in all
script: text to run there; read it first. Made of the open tasks of bedrock.task; nothing is run here$c$,
$q$
, open AS (
    SELECT t.script_kind AS kind, t.script_arguments AS arguments
    FROM bedrock.task AS t
    WHERE upper_inf(t.recorded) AND t.state IN ('open', 'in progress', 'reopened') AND t.script_kind IS NOT NULL),
-- One script for twenty tags of a payer, which AWS takes at a time; one for all profiles of an account and region, and
-- for all that is given the same tags there.
step AS (
    SELECT CASE o.kind WHEN 'enable_logging' THEN 1 ELSE 2 END AS number, o.kind,
           o.arguments || jsonb_build_object(
               'bucket', replace(replace(a.bucket, '{account}', o.arguments ->> 'account_id'), '{region}',
                                 CASE o.kind WHEN 'enable_logging' THEN o.arguments ->> 'region'
                                             ELSE 'us-east-1' END)) AS arguments
    FROM open AS o CROSS JOIN arg AS a WHERE o.kind IN ('enable_logging', 'export_with_principal')
    UNION ALL
    SELECT 3, o.kind, jsonb_build_object('account_id', o.arguments -> 'account_id', 'region', o.arguments -> 'region',
                                         'profiles', jsonb_agg(DISTINCT p.profile))
    FROM open AS o
    CROSS JOIN LATERAL jsonb_array_elements(o.arguments -> 'profiles') AS p (profile)
    WHERE o.kind = 'create_profile'
    GROUP BY o.kind, o.arguments -> 'account_id', o.arguments -> 'region'
    UNION ALL
    SELECT 4, o.kind, o.arguments - 'resources' - 'principals' || jsonb_build_object(w.list, jsonb_agg(DISTINCT i.id))
    FROM open AS o
    CROSS JOIN LATERAL (SELECT CASE o.kind WHEN 'tag_role' THEN 'principals' ELSE 'resources' END) AS w (list)
    CROSS JOIN LATERAL jsonb_array_elements(o.arguments -> w.list) AS i (id)
    WHERE o.kind IN ('tag_resource', 'tag_role') AND o.arguments ? 'tags'
    GROUP BY o.kind, w.list, o.arguments - 'resources' - 'principals'
    UNION ALL
    SELECT 5, 'activate_tags', jsonb_build_object('account_id', b.payer_account_id, 'tag_keys',
                                                  jsonb_agg(k.key ORDER BY k.number))
    FROM (SELECT d.key, row_number() OVER (ORDER BY d.key) AS number
          FROM (SELECT DISTINCT e.key
                FROM open AS o
                CROSS JOIN LATERAL jsonb_array_elements_text(o.arguments -> 'tag_keys') AS e (key)
                WHERE o.kind = 'activate_tags') AS d) AS k
    CROSS JOIN (SELECT DISTINCT l.payer_account_id
                FROM bedrock.bill AS l
                WHERE l.has_bedrock AND NOT l.superseded AND l.billing_period = bedrock.latest_period()) AS b
    GROUP BY b.payer_account_id, (k.number - 1) / 20)
SELECT k.does AS step, s.arguments ->> 'account_id' AS account, s.arguments ->> 'region' AS region,
       bedrock_internal.setup_script_or_reason(s.kind, s.arguments, a.form) AS script
FROM step AS s
JOIN bedrock_internal.setup_kinds() AS k ON k.kind = s.kind
CROSS JOIN arg AS a
ORDER BY s.number, account, region, script
$q$),

('Q178', 'What happened in the last minutes, by application?', 'Cloud Engineer', 'Tokens, cache, unit cost', 'common',
$p$minutes integer = 15: so many minutes, up to 10080
as_of text = '': their end, as 2026-09-30 02:30Z; left out: the time of the latest request that is logged$p$,
'tail last minutes now live recent validate check logs latest requests just now | did my test call arrive',
$c$application: by registry or requestMetadata
model: its name
requests: requests in the logs, failed ones among them
failed: those of them with an error
tokens: input and output tokens, cached ones left out
est_cost: estimate by the price book, in US dollars; NULL: a part has no known price
latest: time of its latest request
logs_through: time of the latest request of all up to as_of; logs arrive about 90 seconds after a call
bill_through: last complete day of the bill (UTC), some days behind; NULL: no bill
currency: USD, as the price book$c$,
$q$
, span AS MATERIALIZED (
    SELECT l.logged_at AS logs_through, e.end_at, least(greatest(a.minutes, 1), 10080) * interval '1 minute' AS minutes
    FROM arg AS a
    CROSS JOIN LATERAL (SELECT nullif(a.as_of, '')::timestamptz AS as_of) AS g
    CROSS JOIN LATERAL (SELECT max(i.logged_at) AS logged_at FROM bedrock.invocation AS i
                        WHERE i.logged_at <= coalesce(g.as_of, 'infinity')) AS l
    CROSS JOIN LATERAL (SELECT coalesce(g.as_of, l.logged_at) AS end_at) AS e)
SELECT r.application, r.model_name AS model, count(*) AS requests, count(r.error_code) AS failed,
       (coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0))::bigint AS tokens,
       CASE WHEN bool_and(r.est_cost IS NOT NULL OR r.error_code IS NOT NULL) THEN sum(r.est_cost) END AS est_cost,
       max(r.logged_at) AS latest, s.logs_through, bedrock.data_through() AS bill_through,
       'USD' AS currency
FROM span AS s
JOIN bedrock.request AS r ON r.logged_at > s.end_at - s.minutes AND r.logged_at <= s.end_at
GROUP BY r.application, r.model_name, s.logs_through
ORDER BY requests DESC, application, model
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
