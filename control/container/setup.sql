-- SPDX-License-Identifier: PostgreSQL
-- Database, extension, roles and schedule of the server's image, at each start; what is there stays. By psql, which is
-- told :database, and in its environment the passwords and the schedule.
\getenv loader password_LOADER
\getenv dashboard password_DASHBOARD
\getenv schedule schedule
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

-- Logins; who has no password does not come in.
SELECT format('CREATE ROLE %I LOGIN', r.name)
FROM (VALUES ('loader', :'loader'), ('dashboard', :'dashboard')) AS r (name, password)
WHERE r.password <> '' AND to_regrole(r.name) IS NULL \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', r.name, nullif(r.password, ''))
FROM (VALUES ('loader', :'loader'), ('dashboard', :'dashboard')) AS r (name, password)
WHERE to_regrole(r.name) IS NOT NULL \gexec

\connect :"database"
CREATE EXTENSION IF NOT EXISTS bedrock_cost;
CREATE EXTENSION IF NOT EXISTS pg_cron;
SELECT bedrock.create_roles();
SELECT 'GRANT bedrock_finance TO dashboard' WHERE to_regrole('dashboard') IS NOT NULL \gexec
SELECT to_regrole('loader') IS NOT NULL AS has_loader \gset
\if :has_loader
GRANT bedrock_loader TO loader;
-- The lines of the bill are a table of its own.
CREATE SCHEMA IF NOT EXISTS loader AUTHORIZATION loader;
GRANT USAGE ON SCHEMA cron TO loader;
SET ROLE loader;
CREATE TABLE IF NOT EXISTS loader.loaded (
    folder text PRIMARY KEY, fingerprint text NOT NULL, loaded_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE loader.loaded IS 'Folders of exports as they were when the loader loaded them';
SELECT bedrock.unschedule_refresh() WHERE :'schedule' = '';
-- Ordered once: each order is an entry in bedrock.schedule_log.
SELECT bedrock.schedule_refresh(:'schedule')
WHERE :'schedule' <> ''
  AND NOT EXISTS (SELECT FROM cron.job AS j
                  WHERE j.username = current_user AND j.schedule = :'schedule'
                    AND j.command LIKE 'CALL bedrock.refresh_scheduled(%');
RESET ROLE;
\endif
