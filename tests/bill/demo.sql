-- SPDX-License-Identifier: PostgreSQL
-- The answers ./run demo prints: questions of the catalogue, each run as the catalogue has it.
\set QUIET on
\pset border 2
\pset linestyle unicode
\pset footer off
\pset null ''
SET client_min_messages = warning;

\echo
\echo '==== bedrock.spend holds every cent of the bill once, with every dimension ===='
\set ECHO queries
SELECT billing_period, charge_category, round(sum(unblended_cost), 2) AS unblended, round(sum(net_unblended_cost), 2) AS net, currency
FROM bedrock.spend_monthly WHERE billing_period >= '2026-08-01' GROUP BY 1, 2, 5 ORDER BY 1, 3 DESC;
\set ECHO none

\set id Q023
\ir question.sql
\set id Q025
\ir question.sql
\set id Q009
\ir question.sql
\set id Q011
\ir question.sql
\set id Q013
\ir question.sql
\set id Q037
\ir question.sql
\set id Q072
\ir question.sql

\echo
\echo '==== The logs beside the bill: what is billed and what is estimated stand in columns of their own ===='
\set id Q161
\ir question.sql
\set id Q130
\ir question.sql
\set id Q046
\ir question.sql

\echo
\echo '==== What the doctor finds on this bill ===='
\pset format wrapped
\pset columns 160
\set ECHO queries
SELECT status, "check", detail, fix FROM bedrock.doctor() WHERE status <> 'ok';
