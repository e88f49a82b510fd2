-- Questions D: claims, hierarchy, who owns what and why; and B's question whether spend was supposed to happen.
-- Each shows what the caller may see; Q177 tells everybody what nobody owns.

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, 'Claims, hierarchy, chargeback', q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q028', 'Was this spend even supposed to happen?', 'FinOps Leader', 'essential', 'period',
'expected unexpected policy violation owner approved',
$c$workload
line: resource that is billed, else the role or user, else (none)
path: how the request reached the model
control_layer
expected: false: it breaks a policy of bedrock.model_policy; true: it has an owner and breaks none; NULL: nobody owns
  it, or it cannot be told
reason: policies that are broken and how, as bedrock.spend.expected_reason; NULL: none
cost
currency$c$,
$q$
SELECT s.workload, coalesce(s.resource_id, s.principal_key, '(none)') AS line, s.request_path AS path, s.control_layer,
       s.expected, s.expected_reason AS reason, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend_monthly AS s
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, 2, 3, 4, 5, 6, s.currency
ORDER BY s.currency, expected NULLS FIRST, cost DESC, line, path, reason
$q$),

('Q052', 'Which roles or profiles with spend are unclaimed, and who should claim them?', 'Portfolio Manager',
    'essential', '', 'unclaimed suggestion claim roles profiles owner missing | what is unclaimed',
$c$arn: identity to claim: resource or project, else the role or user with all its sessions
kind: resource, project or principal
name: its name: of the role, profile or project, else the end of the ARN
account: NULL: several, or not stated
billed_cost: cost of its usage of the latest month that nobody owns, in the metric of setting ai_cost_metric
first_seen: first day with usage that nobody owns
last_seen: last such day
suggested_workload: workload it may belong to; NULL: none fits, or several do
evidence: what the suggestion follows from
currency$c$,
$q$
SELECT s.identity AS arn, s.identity_kind AS kind, s.name, s.account_id AS account, s.cost AS billed_cost, s.first_seen,
       s.last_seen, s.suggested_workload, s.evidence, s.currency
FROM bedrock.claim_suggestion AS s
ORDER BY s.currency, billed_cost DESC NULLS LAST, arn
$q$),

('Q053', 'Is my claim active, since when, and what has it collected?', 'Product Owner', 'essential',
$p$workload text = NULL: claims of one workload; all that you may see where left out$p$,
'claim status pending active ended superseded | my claims | who claimed what',
$c$claim: number of the claim
arn: identity that is claimed
kind: resource, project or principal
workload
owner: who answers for the workload today
status: pending (no line of the bill has it yet), active, ended, superseded
valid_from: first day (UTC) whose spend it owns; NULL: no beginning
valid_to: last one; NULL: open
cost_since [money]: what it has collected, in the metric of setting ai_cost_metric; NULL: nothing yet
first_seen: first day with a line of it, claimed or not
last_seen: last one
currency$c$,
$q$
SELECT c.claim_id AS claim, c.identity AS arn, c.identity_kind AS kind, c.workload, c.owner, c.status, c.valid_from,
       c.valid_to, c.cost_since, c.first_seen, c.last_seen, c.currency
FROM bedrock.claims AS c
WHERE (SELECT workload FROM arg) IS NULL OR c.workload = (SELECT workload FROM arg)
ORDER BY c.workload, c.status, c.claim_id, c.currency
$q$),

('Q054', 'Can this ARN be claimed (is it in the data)?', 'Product Owner', 'essential',
$p$arn text = NULL: ARN or name; left out, the twenty that cost most and nobody owns$p$,
'claimable check arn found before claiming | can this arn be claimed',
$c$arn: as a claim would have it
kind: resource, project or principal
found: whether the bill has it
first_seen
last_seen
cost: of its usage in all data loaded
workload: workload that has claimed it; NULL: none that you may see
hint: what to do next
currency$c$,
$q$
, asked AS MATERIALIZED (
    SELECT a.arn FROM arg AS a WHERE a.arn IS NOT NULL
    UNION ALL
    (SELECT s.identity FROM bedrock.claim_suggestion AS s WHERE (SELECT arn IS NULL FROM arg)
     GROUP BY s.identity ORDER BY max(s.cost) DESC NULLS LAST, s.identity LIMIT 20))
SELECT c.identity AS arn, c.identity_kind AS kind, c.found, c.first_seen, c.last_seen, c.cost, c.workload, c.hint,
       c.currency
FROM asked AS a
CROSS JOIN LATERAL bedrock.check_identity(a.arn) AS c
ORDER BY c.currency, c.cost DESC NULLS LAST, arn
$q$),

('Q055', 'Why is this spend not on my workload?', 'Product Owner', 'essential',
$p$period
workload text = NULL: whose spend is missed; left out, what nobody owns$p$,
'missing spend reason before claim date ended profile wins not claimed '
    '| why is this spend not on a workload',
$c$line: resource that is billed, else the role or user, else (none)
owner: workload that has it
reason: before_claim_date, ended, profile_wins (another claim comes first) or not_claimed
detail: the claim it comes near to, with its day
cost
first_day: first day of that reason
last_day: last one
currency$c$,
$q$
, reason AS MATERIALIZED (
    SELECT w.dimension_id, w.valid_from, w.valid_to, w.owner, w.reason, w.detail
    FROM arg AS a
    CROSS JOIN LATERAL bedrock_internal.why_not_owned(a.workload) AS w
    WHERE a.workload IS NULL OR w.claim_id IS NOT NULL)
SELECT coalesce(s.resource_id, s.principal_key, '(none)') AS line, r.owner, r.reason, r.detail, sum(s.ai_cost) AS cost,
       min(s.usage_date) AS first_day, max(s.usage_date) AS last_day, s.currency
FROM bedrock.spend AS s
JOIN reason AS r ON r.dimension_id = s.dimension_id AND s.usage_date BETWEEN r.valid_from AND r.valid_to
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
GROUP BY 1, r.owner, r.reason, r.detail, s.currency
ORDER BY s.currency, cost DESC, line, r.reason, r.detail
$q$),

('Q056', 'Is any spend claimed twice, and who wins?', 'FinOps Leader', 'essential', 'period',
'double claim overlap conflict profile principal precedence',
$c$line: resource that is billed
principal: role or user that called it
profile_claim: workload whose claim is on the resource or project
principal_claim: workload whose claim is on the principal
winner: workload that the cost is counted for, once
cost
currency$c$,
$q$
SELECT s.resource_id AS line, s.principal_key AS principal, r.workload AS profile_claim, p.workload AS principal_claim,
       s.workload AS winner, sum(s.ai_cost) AS cost, s.currency
FROM bedrock.spend AS s
JOIN bedrock.claim AS r ON r.identity = s.resource_id AND r.identity_kind <> 'principal' AND upper_inf(r.recorded)
    AND r.valid @> s.usage_date
JOIN bedrock.claim AS p ON p.identity = s.principal_key AND p.identity_kind = 'principal' AND upper_inf(p.recorded)
    AND p.valid @> s.usage_date
WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.charge_grain <> 'period'
GROUP BY 1, 2, 3, 4, 5, s.currency
ORDER BY s.currency, cost DESC, line, principal
$q$),

('Q057', 'Does every cent land exactly once?', 'FinOps Leader', 'essential', '',
'conservation sum attributed unattributed allocated unallocated equals bill every cent once '
'| unallocated cost | does the bill agree with what was allocated',
$c$period
billed [money]: Bedrock charges of the bill, unblended (sources without it: net); NULL: not yours to see
attributed [money]: those that a workload owns
unattributed [money]: usage that nobody owns
not_allocated [money]: other charges that no claim owns: tax, credits, discounts
difference: billed less the other three
currency$c$,
$q$
WITH landed AS (
    SELECT s.billing_period, s.currency,
           sum(coalesce(s.unblended_cost, s.net_unblended_cost)) FILTER (WHERE s.workload !~ E'^\\(') AS attributed,
           sum(coalesce(s.unblended_cost, s.net_unblended_cost)) FILTER (WHERE s.workload = '(unclaimed)')
               AS unattributed,
           sum(coalesce(s.unblended_cost, s.net_unblended_cost)) FILTER (WHERE s.workload = '(not allocated)')
               AS not_allocated
    FROM bedrock.spend_monthly AS s
    GROUP BY 1, 2),
bill AS (
    SELECT b.billing_period, b.currency,
           sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)) AS billed
    FROM bedrock.bill_total AS b
    WHERE NOT b.superseded AND b.bedrock_lines > 0
    GROUP BY 1, 2)
SELECT l.billing_period AS period, b.billed, coalesce(l.attributed, 0) AS attributed,
       coalesce(l.unattributed, 0) AS unattributed, coalesce(l.not_allocated, 0) AS not_allocated,
       b.billed - coalesce(l.attributed, 0) - coalesce(l.unattributed, 0) - coalesce(l.not_allocated, 0) AS difference,
       l.currency
FROM landed AS l
LEFT JOIN bill AS b ON b.billing_period = l.billing_period AND b.currency IS NOT DISTINCT FROM l.currency
ORDER BY period DESC, l.currency
$q$),

('Q058', 'Spend up the hierarchy: business unit, portfolio, department, workload.', 'Portfolio Manager', 'essential',
'period', 'hierarchy rollup drill down element tree '
    '| spend by business unit | how much does each business unit pay',
$c$level: name of the level the row is about; workload; all: everything you may see
element1
element2
element3
element4
workload: NULL: the row is about an element, with all below it
billed_cost
share_pct
currency$c$,
$q$
, spent AS (
    SELECT s.element1, s.element2, s.element3, s.element4, s.workload, s.currency, sum(s.ai_cost) AS cost
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
    GROUP BY 1, 2, 3, 4, 5, 6)
SELECT CASE p.place WHEN 0 THEN 'all' WHEN 5 THEN 'workload'
            ELSE coalesce((SELECT l.level_name FROM bedrock.hierarchy_level AS l
                           WHERE l.level = p.place AND upper_inf(l.recorded)), 'level ' || p.place) END AS level,
       p.element1, p.element2, p.element3, p.element4, p.workload, sum(s.cost) AS billed_cost,
       round(100 * sum(s.cost) / CASE WHEN max(t.cost) > 0 THEN max(t.cost) END, 2) AS share_pct, s.currency
FROM spent AS s
JOIN (SELECT a.currency, sum(a.cost) AS cost FROM spent AS a GROUP BY 1) AS t
    ON t.currency IS NOT DISTINCT FROM s.currency
CROSS JOIN LATERAL (
    VALUES (0, NULL, NULL, NULL, NULL, NULL, true),
           (1, s.element1, NULL, NULL, NULL, NULL, s.element1 IS NOT NULL),
           (2, s.element1, s.element2, NULL, NULL, NULL, s.element2 IS NOT NULL),
           (3, s.element1, s.element2, s.element3, NULL, NULL, s.element3 IS NOT NULL),
           (4, s.element1, s.element2, s.element3, s.element4, NULL, s.element4 IS NOT NULL),
           (5, s.element1, s.element2, s.element3, s.element4, s.workload, true))
    AS p (place, element1, element2, element3, element4, workload, is_there)
WHERE p.is_there
GROUP BY p.place, p.element1, p.element2, p.element3, p.element4, p.workload, s.currency
ORDER BY s.currency, p.element1 NULLS FIRST, p.element2 NULLS FIRST, p.element3 NULLS FIRST, p.element4 NULLS FIRST,
         p.place, billed_cost DESC, p.workload
$q$),

('Q059', 'Spending Management view for my scope.', 'Portfolio Manager', 'essential',
$p$period
estimates jsonb = '{}': estimates of the month by workload, as {"hr-portal": 14000}; left out: those stated
  with bedrock.set_estimate$p$,
'spending management overview my scope workloads estimate variance',
$c$element_path: NULL: not placed, or nobody's
workload
owner
month
billed_cost
change [money]
estimate [money]: as given in the parameter estimates, else as stated for the month in this currency, or derived from
  the tokens that were stated; NULL: none, or not known
variance: billed_cost less estimate
currency$c$,
$q$
, spent AS (
    SELECT s.workload, s.currency,
           max(s.element_path) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS element_path,
           max(s.owner) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS owner,
           sum(s.ai_cost) FILTER (WHERE s.billing_period = (SELECT period FROM arg)) AS cost,
           coalesce(sum(s.ai_cost) FILTER (WHERE s.billing_period < (SELECT period FROM arg)), 0) AS cost_before
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period BETWEEN ((SELECT period FROM arg) - interval '1 month')::date AND (SELECT period FROM arg)
      AND s.charge_category = 'usage'
    GROUP BY 1, 2)
SELECT s.element_path, s.workload, s.owner, (SELECT period FROM arg) AS month, s.cost AS billed_cost,
       s.cost - s.cost_before AS change, e.estimate, s.cost - e.estimate AS variance, s.currency
FROM spent AS s
LEFT JOIN (SELECT p.workload, p.currency, p.cost
           FROM arg AS a CROSS JOIN LATERAL bedrock_internal.estimate_parts(a.period) AS p
           WHERE p.token_kind = 'all') AS t ON t.workload = s.workload AND t.currency = s.currency
CROSS JOIN LATERAL (SELECT coalesce(((SELECT estimates FROM arg) ->> s.workload)::numeric, t.cost) AS estimate) AS e
WHERE s.cost IS NOT NULL
ORDER BY s.currency, s.element_path NULLS LAST, billed_cost DESC, s.workload
$q$),

('Q064', 'If I claim this role from the 1st, who pays what?', 'FinOps Leader', 'advanced',
$p$period
known text = NULL: point in time that is compared with now; left out, when the transaction began$p$,
'what if simulation before after claim transaction rollback '
    '| what would it cost if I moved the claim',
$c$workload
before [money]: what it pays by what was known then, in currency; NULL: nothing
after [money]: what it pays now, in currency: claim in a transaction, ask, and roll back
delta: after less before
currency$c$,
$q$
SELECT c.workload, c.before, c.after, c.delta, c.currency
FROM arg AS a
CROSS JOIN LATERAL bedrock.compare_attribution(a.period, coalesce(a.known::timestamptz, now())) AS c
ORDER BY c.currency, abs(c.delta) DESC, c.workload
$q$),

('Q066', 'Show the trace of one workload: role, CUR, claim, hierarchy, answer.', 'Cloud Engineer', 'essential',
$p$period
workload text = NULL: the workload; all that you may see where left out$p$,
'trace attribution flow steps workload path',
$c$workload
step: role (something of it is claimed), CUR (the bill has it), claim (one is in force), hierarchy (it has a place),
  answer (cost of the month)
status: ok, missing, or by rule (nothing is claimed, and owner rules give it usage of the month)
evidence: what was found
hint: what to do; NULL: nothing$c$,
$q$
, known AS (
    SELECT w.workload, w.element_path FROM bedrock.workloads AS w
    WHERE (SELECT workload FROM arg) IS NULL OR w.workload = (SELECT workload FROM arg)),
claimed AS MATERIALIZED (
    SELECT c.workload, count(DISTINCT c.identity) AS identities, min(c.identity) AS identity,
           count(DISTINCT c.identity) FILTER (WHERE c.first_seen IS NOT NULL) AS seen, max(c.last_seen) AS last_seen,
           count(DISTINCT c.claim_id) FILTER (WHERE c.status = 'active') AS active,
           min(c.valid_from) FILTER (WHERE c.status = 'active') AS valid_from
    FROM bedrock.claims AS c
    WHERE c.status <> 'superseded'
    GROUP BY c.workload),
spent AS MATERIALIZED (
    SELECT s.workload, string_agg(s.amount, ', ' ORDER BY s.amount) AS amounts, max(s.rules) AS rules
    FROM (SELECT m.workload, concat_ws(' ', round(sum(m.ai_cost), 2)::text, m.currency) AS amount,
                 string_agg(DISTINCT m.attribution_rule, ', ' ORDER BY m.attribution_rule) AS rules
          FROM bedrock.spend_monthly AS m
          WHERE m.billing_period = (SELECT period FROM arg) AND m.charge_category = 'usage'
          GROUP BY m.workload, m.currency) AS s
    GROUP BY s.workload)
SELECT k.workload, t.step,
       CASE WHEN t.evidence IS NOT NULL THEN 'ok' WHEN t.place <= 3 AND s.rules IS NOT NULL THEN 'by rule'
            ELSE 'missing' END AS status,
       coalesce(t.evidence, CASE WHEN t.place <= 3 THEN s.rules END) AS evidence,
       CASE WHEN t.evidence IS NULL AND (t.place > 3 OR s.rules IS NULL) THEN t.hint END AS hint
FROM known AS k
LEFT JOIN claimed AS c ON c.workload = k.workload
LEFT JOIN spent AS s ON s.workload = k.workload
CROSS JOIN LATERAL (
    VALUES (1, 'role', CASE WHEN c.identities > 1 THEN c.identities || ' identities' ELSE c.identity END,
            'claim its role or application profile: bedrock.claim_identity'),
           (2, 'CUR', CASE WHEN c.seen > 0 THEN format('%s of %s on the bill, last on %s', c.seen, c.identities,
                                                       c.last_seen) END,
            'make a call with it, the bill has it within a day. Q125 tells whether the bill names callers'),
           (3, 'claim', CASE WHEN c.active > 0 THEN format('%s active, the first since %s', c.active, c.valid_from)
                        END, 'no claim is in force today'),
           (4, 'hierarchy', k.element_path, 'place it: bedrock.set_workload'),
           (5, 'answer', s.amounts || ' by ' || s.rules, 'no usage in this month is its own'))
    AS t (place, step, evidence, hint)
ORDER BY k.workload, t.place
$q$),

('Q067', 'Explain this row.', 'Any owner', 'advanced',
$p$dimension_id integer = NULL: dimension_id of bedrock.spend; left out, that of the line that costs most in the month
day date = NULL: day (UTC); left out, the last one with spend
period$p$,
'explain why row line owner rule price source proof',
$c$step: line, resource, model, principal, claim, rule, owner, hierarchy, price, source
result: what it says: claims and rules won, lost, no_match and so on
detail: what it is about, in words$c$,
$q$
, chosen AS (
    SELECT coalesce(a.dimension_id, (
               SELECT s.dimension_id FROM bedrock.spend_monthly AS s
               WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage'
               GROUP BY s.dimension_id ORDER BY sum(s.ai_cost) DESC, s.dimension_id LIMIT 1)) AS dimension_id, a.day
    FROM arg AS a)
SELECT e.step, e.result, e.detail
FROM chosen AS c
CROSS JOIN LATERAL bedrock.explain(c.dimension_id, c.day) AS e
WHERE c.dimension_id IS NOT NULL
$q$),

('Q071', 'Who changed which claim, budget, price or policy, and when?', 'FinOps Leader', 'essential',
$p$days integer = 30: how many days back
kind text = NULL: claim, workload, element, level, rule, price, setting and so on; all where left out$p$,
'audit history changed who when log trail | who changed the owner',
$c$at: when it was recorded
who: role that changed it; NULL: not recorded
kind: claim, workload, element, level, rule, profile, price, setting, charge policy, statement and so on
object: which one
action: added, changed or ended
before: rows that the change replaced, as JSON; NULL: there were none
after: rows in their place; NULL: there are none
reason: as given; NULL: not stated$c$,
$q$
SELECT a.at, a.who, a.object_kind AS kind, a.object, a.action, a.before, a.after, a.reason
FROM bedrock.audit AS a
WHERE a.at > now() - make_interval(days => (SELECT days FROM arg))
  AND ((SELECT kind FROM arg) IS NULL OR a.object_kind = (SELECT kind FROM arg))
ORDER BY a.at DESC, kind, a.object
$q$),

('Q177', 'What do I see, and what does nobody own?', 'All', 'essential', 'period',
'unclaimed remainder nobody owns | unclaimed spend | how much is unclaimed',
$c$line: owned (what you see that has an owner), (unclaimed), or total (both)
billed_cost: cost of usage, in the metric of setting ai_cost_metric; (unclaimed) is that of the whole bill for everybody
workloads: how many workloads own it; NULL: none
identities: how many roles, profiles and other identities could be claimed; NULL: not of this line
currency$c$,
$q$
, owned AS (
    SELECT s.currency, sum(s.ai_cost) AS cost, count(DISTINCT s.workload) AS workloads
    FROM bedrock.spend_monthly AS s
    WHERE s.billing_period = (SELECT period FROM arg) AND s.charge_category = 'usage' AND s.workload <> '(unclaimed)'
    GROUP BY 1),
both_parts AS (
    SELECT 1 AS place, 'owned' AS line, o.cost, o.workloads, NULL::bigint AS identities, o.currency FROM owned AS o
    UNION ALL
    SELECT 2, '(unclaimed)', u.cost, NULL, u.identities, u.currency
    FROM arg AS a
    CROSS JOIN LATERAL bedrock.unclaimed_cost(a.period) AS u)
SELECT b.line, b.cost AS billed_cost, b.workloads, b.identities, b.currency
FROM (SELECT p.place, p.line, p.cost, p.workloads, p.identities, p.currency FROM both_parts AS p
      UNION ALL
      SELECT 3, 'total', sum(p.cost), sum(p.workloads)::bigint, sum(p.identities)::bigint, p.currency
      FROM both_parts AS p GROUP BY p.currency) AS b
ORDER BY b.currency, b.place
$q$)

) AS q (id, question, persona, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
