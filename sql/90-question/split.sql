-- The question that divides the cost of a caller that many share (bedrock.split_spend).

INSERT INTO bedrock.question (question_id, question, persona, section, level, parameters, keywords, answer_columns, sql,
                              builtin)
SELECT q.id, q.question, q.persona, q.section, q.level, p.parameters, q.keywords,
       bedrock_internal.question_columns(q.columns),
       coalesce(bedrock_internal.question_head(p.parameters) || E'\n', '') || btrim(q.sql, E' \n'), true
FROM (VALUES

('Q046', 'Split the gateway''s single role by its users.', 'FinOps Leader', 'Callers (IAM principal)', 'essential',
$p$period month = bedrock.latest_period(): any day of the month; the latest with data
role text = NULL: ARN of the role, or of a session of it; left out: every caller with more than one known user
by text = 'user': user, session or a key of requestMetadata, as bedrock.split_spend takes it$p$,
'shared role gateway split allocate per user session metadata tenant',
$c$role: role or user, one for all its sessions
user: user, session or value of the key; NULL: what could not be divided, outcome has the reason
tokens: their logged tokens, the basis of the division; NULL: stated by the bill, or not divided
share_pct: allocated_cost in percent of the cost of the role's usage in this currency; NULL where that is not above 0
allocated_cost: their part of the billed cost, in currency; the parts of a role sum to its cost to the last digit
evidence: field the user is read from; NULL: none
evidence_trust: billing, session_tag or request_metadata, which anybody may set; NULL: no user
outcome: billed (the bill names the user), split, not named (these requests name none), not logged, not in tokens, not
  by day
currency$c$,
$q$
, part AS (
    SELECT s.charge_category, s.principal_key, s.part, sum(s.logged_tokens) AS tokens, sum(s.cost) AS cost, s.evidence,
           s.evidence_trust, s.outcome, s.currency
    FROM bedrock.split_spend((SELECT role FROM arg), (SELECT by FROM arg), (SELECT period FROM arg)) AS s
    GROUP BY s.charge_category, s.principal_key, s.part, s.evidence, s.evidence_trust, s.outcome, s.currency)
SELECT p.principal_key AS role, p.part AS "user", p.tokens,
       round(100 * p.cost / CASE WHEN sum(p.cost) OVER whole > 0 THEN sum(p.cost) OVER whole END, 2) AS share_pct,
       p.cost AS allocated_cost, p.evidence, p.evidence_trust, p.outcome, p.currency
FROM part AS p
WHERE p.charge_category = 'usage' AND ((SELECT role FROM arg) IS NOT NULL OR p.principal_key IN (
    SELECT n.principal_key FROM part AS n WHERE n.charge_category = 'usage' GROUP BY n.principal_key
    HAVING count(DISTINCT n.part) > 1))
WINDOW whole AS (PARTITION BY p.principal_key, p.currency)
ORDER BY p.currency, sum(p.cost) OVER whole DESC, role, allocated_cost DESC, "user", p.outcome
$q$)

) AS q (id, question, persona, section, level, parameters, keywords, columns, sql)
CROSS JOIN LATERAL (SELECT bedrock_internal.question_parameters(q.parameters) AS parameters) AS p;
