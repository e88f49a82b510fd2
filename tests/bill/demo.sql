-- SPDX-License-Identifier: PostgreSQL
-- The answers ./run demo prints: questions of the catalogue, each run as the catalogue has it, on 80 columns. show_sql:
-- their SQL too (./run demo --sql).
\set QUIET on
\if :{?show_sql}
\else
\set show_sql no
\endif
\pset border 2
\pset linestyle unicode
\pset footer off
\pset null ''
SET client_min_messages = warning;

\echo
\echo 'September 2026 of Acme''s bill. Amounts are US dollars, rounded here and exact in'
\echo 'bedrock.spend; tokens are millions; of long answers the first 12 rows.'
\echo

\echo 'bedrock.spend: every cent of the bill once, with every dimension'
\if :show_sql
\set ECHO queries
\endif
SELECT to_char(billing_period, 'YYYY-MM') AS month, charge_category, round(sum(unblended_cost), 2) AS unblended,
       round(sum(net_unblended_cost), 2) AS net
FROM bedrock.spend_monthly WHERE billing_period >= '2026-08-01' GROUP BY 1, 2 ORDER BY 1, 3 DESC;
\set ECHO none

\set id Q023
\set columns 'to_char(month, ''YYYY-MM'') AS month, path, round(billed_cost, 2) AS billed_cost, share_pct, round(tokens / 1e6, 1) AS "tokens (M)"'
\ir question.sql
\set id Q025
\set columns 'left(profile_name, 26) AS profile_name, replace(profile_kind, ''_profile'', '''') AS kind, left(model, 18) AS model, round(billed_cost, 2) AS billed_cost'
\ir question.sql
\set id Q009
\set columns 'left(model_name, 26) AS model_name, round(billed_cost, 2) AS billed_cost, round(tokens / 1e6, 1) AS "tokens (M)", round(cost_per_million, 2) AS cost_per_million'
\ir question.sql
\set id Q011
\set columns 'left(project, 24) AS project, round(billed_cost, 2) AS billed_cost, round(change, 2) AS change, share_of_change_pct'
\ir question.sql
\set id Q013
\set columns 'left(team, 20) AS team, left(cost_center, 12) AS cost_center, round(billed_cost, 2) AS billed_cost, round(usage_cost, 2) AS usage_cost, share_pct'
\ir question.sql
\set id Q037
\set columns 'left(role, 30) AS role, left(session, 20) AS session, round(billed_cost, 2) AS billed_cost'
\ir question.sql
\set id Q072
\set columns 'token_type, round(tokens / 1e6, 1) AS "tokens (M)", round(cost, 2) AS cost, share_pct, round(cost_per_million, 2) AS cost_per_million'
\ir question.sql

\echo 'Who owns it: claims, owner rules and the hierarchy (tests/bill/ownership.sql)'
\echo
\set id Q057
\set columns 'to_char(period, ''YYYY-MM'') AS month, round(billed, 2) AS billed, round(attributed, 2) AS attributed, round(unattributed, 2) AS unattributed, round(not_allocated, 2) AS not_allocated, difference::int AS diff'
\ir question.sql
\set id Q058
\set columns 'level, coalesce(workload, element4, element3, element2, element1, '''') AS name, round(billed_cost, 2) AS billed_cost, share_pct'
\ir question.sql
\set id Q052
\set columns 'left(name, 28) AS unclaimed, account, round(billed_cost, 2) AS billed_cost, suggested_workload AS suggested'
\ir question.sql

\echo 'What is planned, and how it stands (tests/bill/plans)'
\echo
\set id Q090
\set columns 'left(workload, 17) AS workload, token_type, round(ratio, 2) AS ratio, round(overage, 2) AS overage, cache_rate, round(recoverable, 2) AS recoverable'
\ir question.sql
\set id Q091
\set columns 'left(budget_name, 34) AS budget_name, round(budget, 2) AS budget, round(actual, 2) AS actual, pct, left(status, 14) AS status'
\ir question.sql
\set id Q105
\set columns 'left(workload, 16) AS workload, left(model, 18) AS model, first_use, round(cost, 2) AS cost, left(policy, 13) AS policy'
\ir question.sql
\set id Q113
\set columns 'to_char(quarter, ''YYYY "Q"Q'') AS quarter, round(qualifying, 2) AS qualifying, round(at_risk, 2) AS at_risk, round(not_eligible, 2) AS not_eligible, workloads_to_fix'
\ir question.sql
\set id Q180
\set columns 'kind, left(coalesce(workload, account, ''''), 17) AS workload, round(cost, 2) AS cost, left(action, 26) AS action'
\ir question.sql

\echo 'The logs beside the bill: what is billed and what is estimated stand apart'
\echo
\set id Q161
\set columns 'state, left(finding, 26) AS finding, cells, round(billed_cost, 2) AS billed_cost, round(estimate, 2) AS estimate'
\ir question.sql
\set id Q130
\set columns 'left(model, 20) AS model, round(estimated, 2) AS estimated, round(billed, 2) AS billed, lpad(compared_pct || ''%'', 8) AS compared, round(ratio, 3) AS ratio, left(cause, 13) AS cause'
\ir question.sql
\set id Q046
\set columns 'left(regexp_replace(role, ''.*/'', ''''), 20) AS role, left("user", 16) AS "user", round(allocated_cost, 2) AS allocated_cost, left(outcome, 14) AS outcome'
\ir question.sql

\echo 'What the doctor finds on this bill, the most urgent at the end:'
\echo
\pset format unaligned
\pset tuples_only on
TABLE bedrock.doctor_text;
