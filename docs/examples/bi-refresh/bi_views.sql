-- SPDX-License-Identifier: PostgreSQL
-- A materialized view of the spend for BI tools, in a schema of its own, with what makes it safe to grant: readers get
-- the view in front of it, which shows each of them the rows of his scope. Run it as a superuser:
--     psql -v ON_ERROR_STOP=1 -f bi_views.sql
-- It may be run again; what is kept is then computed again. README.md says more.
BEGIN;

-- Who refreshes: a loader, who sees everything, and owns the schema, since a materialized view has the rows that its
-- owner sees. A login without a password, for pg_cron wants one; SELECT on attached tables is granted to it as to any
-- loader.
SELECT bedrock.create_roles();
SELECT 'CREATE ROLE bi_owner LOGIN' WHERE to_regrole('bi_owner') IS NULL \gexec
GRANT bedrock_loader TO bi_owner;
-- Refreshes, and REFRESH MATERIALIZED VIEW CONCURRENTLY, make temporary tables, which PUBLIC may not everywhere.
SELECT format('GRANT TEMPORARY ON DATABASE %I TO bi_owner', current_database()) \gexec
CREATE SCHEMA IF NOT EXISTS bi AUTHORIZATION bi_owner;
SET LOCAL ROLE bi_owner;

-- ---- what is kept ---------------------------------------------------------------------------------------------------

-- Nobody is granted this one: row security does not apply to a materialized view. All columns by name, since an update
-- may add columns to bedrock.spend; currency and charge_category among them, since money of two currencies is never one
-- sum and usage, taxes and credits are never compared with each other.
DROP MATERIALIZED VIEW IF EXISTS bi.spend_day_kept CASCADE;
CREATE MATERIALIZED VIEW bi.spend_day_kept AS
SELECT billing_period, usage_date, charge_grain, account_id, workload, owner, element_path, project, cost_center,
       provider, model_name, token_kind, profile_name, charge_category, cost_metric, currency,
       sum(ai_cost) AS cost, sum(tokens) AS tokens, sum(lines) AS lines
FROM   bedrock.spend
GROUP  BY billing_period, usage_date, charge_grain, account_id, workload, owner, element_path, project, cost_center,
          provider, model_name, token_kind, profile_name, charge_category, cost_metric, currency;

-- REFRESH ... CONCURRENTLY wants a unique index on plain columns, without WHERE; NULL is a value here.
CREATE UNIQUE INDEX spend_day_kept_key ON bi.spend_day_kept
    (billing_period, usage_date, charge_grain, account_id, workload, owner, element_path, project, cost_center,
     provider, model_name, token_kind, profile_name, charge_category, cost_metric, currency) NULLS NOT DISTINCT;

-- ---- what is granted ------------------------------------------------------------------------------------------------

-- Runs as its owner, who may read what is kept; bedrock.my_scope() asks for the role that reads. A scope of kind
-- element (a part of the hierarchy) shows nothing here: who has one asks bedrock.spend, which knows the hierarchy of
-- each day.
CREATE VIEW bi.spend_day WITH (security_barrier) AS
WITH scope AS MATERIALIZED (SELECT s.scope_kind, s.value FROM bedrock.my_scope() AS s)
SELECT k.*
FROM   bi.spend_day_kept AS k
WHERE  EXISTS (SELECT FROM scope AS s WHERE s.scope_kind IN ('all', 'manage', 'load'))
   OR  k.account_id IN (SELECT s.value FROM scope AS s WHERE s.scope_kind = 'account')
   OR  k.workload IN (SELECT s.value FROM scope AS s WHERE s.scope_kind = 'workload');
COMMENT ON VIEW bi.spend_day IS
    'Amazon Bedrock spend by day as of bi.freshness, the rows of the reader''s scope. Group cost by currency';

-- When what is kept was computed, and how far the bill reached then.
CREATE TABLE IF NOT EXISTS bi.refreshed (at timestamptz NOT NULL, data_through date);
CREATE OR REPLACE VIEW bi.freshness AS
SELECT r.at AS refreshed_at, r.data_through FROM bi.refreshed AS r;

-- ---- what refreshes it ----------------------------------------------------------------------------------------------

-- The bill first, then what is kept of it: one command, for pg_cron, cron or systemd. It commits in between, so it is
-- called outside of a transaction block. An error of either is an error of the call, and what was kept stays.
CREATE OR REPLACE PROCEDURE bi.refresh(every interval DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
BEGIN
    CALL bedrock.refresh_scheduled(every);
    REFRESH MATERIALIZED VIEW CONCURRENTLY bi.spend_day_kept;
    DELETE FROM bi.refreshed;
    INSERT INTO bi.refreshed SELECT now(), bedrock.data_through();
END
$$;
COMMENT ON PROCEDURE bi.refresh(interval) IS
    'bedrock.refresh_scheduled, then the materialized views of schema bi. every: the longest time between two runs, '
    'after which the doctor reports that they are missing; NULL: not checked';
REVOKE ALL ON PROCEDURE bi.refresh(interval) FROM PUBLIC;
DELETE FROM bi.refreshed;
INSERT INTO bi.refreshed SELECT now(), bedrock.data_through();

-- Who may look: every group role; a BI tool is a member of one of them, bedrock_analyst for instance, and has a scope.
GRANT USAGE ON SCHEMA bi TO bedrock_analyst, bedrock_reader, bedrock_product_owner, bedrock_portfolio_manager,
    bedrock_cloud_engineer, bedrock_finance, bedrock_finops, bedrock_executive;
GRANT SELECT ON bi.spend_day, bi.freshness TO bedrock_analyst, bedrock_reader, bedrock_product_owner,
    bedrock_portfolio_manager, bedrock_cloud_engineer, bedrock_finance, bedrock_finops, bedrock_executive;
COMMIT;
