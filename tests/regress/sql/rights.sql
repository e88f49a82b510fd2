-- What belongs to others: a refresh of a superuser runs nothing of theirs with his rights, and row security makes no bill smaller.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE ROLE regress_alice;
CREATE ROLE regress_bob;
CREATE SCHEMA rights AUTHORIZATION regress_alice;
GRANT USAGE ON SCHEMA rights TO PUBLIC;
SET ROLE regress_alice;
CREATE TABLE rights.log (by name DEFAULT current_user, what text);
CREATE TYPE rights.kind AS ENUM ('Usage', 'Tax');
CREATE TABLE rights.cur AS
SELECT '100000000001'::text AS bill_payer_account_id, timestamptz '2026-03-01' AS bill_billing_period_start_date, 'AWS'::text AS bill_billing_entity,
       '10000000000' || n % 2 + 1 AS line_item_usage_account_id, 'Usage'::rights.kind AS line_item_line_item_type, 'AmazonBedrock'::text AS line_item_product_code,
       'USE1-NovaLite-input-tokens'::text AS line_item_usage_type, timestamptz '2026-03-01' + n * interval '1 hour' AS line_item_usage_start_date,
       timestamptz '2026-03-01' + (n + 1) * interval '1 hour' AS line_item_usage_end_date, 1000::numeric AS line_item_usage_amount, n::numeric AS line_item_unblended_cost,
       'USD'::text AS line_item_currency_code, 'Amazon Bedrock'::text AS product_product_name
FROM generate_series(1, 10) AS n;
-- What she would run as somebody else: it tells whose rights it has, and tries to have more.
CREATE FUNCTION rights.run(what text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO rights.log (what) VALUES (run.what);
    BEGIN
        EXECUTE 'RESET ROLE';
        INSERT INTO rights.log (what) VALUES (run.what || ', role reset');
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
        EXECUTE 'ALTER ROLE regress_alice SUPERUSER';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    PERFORM set_config('search_path', 'rights', false);
    RETURN true;
END$$;
RESET ROLE;
\set ECHO all

-- She has no right on schema bedrock. Her table is read as if by her.
SELECT source FROM bedrock.attach('rights.cur', line_item => false);
SELECT source, relation_owner, relation_kind FROM bedrock.source WHERE source = 'cur';
SELECT billing_period, action, lines, cost FROM bedrock.refresh('cur');
SELECT has_schema_privilege('regress_alice', 'bedrock', 'USAGE') AS has_rights, current_user = session_user AS caller;

-- She exchanges the table for a view: it is not read, by nobody.
SET ROLE regress_alice;
ALTER TABLE rights.cur RENAME TO cur_before;
CREATE VIEW rights.cur AS SELECT * FROM rights.cur_before WHERE rights.run('view');
RESET ROLE;
SELECT action FROM bedrock.refresh('cur');
SELECT finding, status, detail, fix FROM bedrock_internal.doctor_sources() WHERE finding = 'source_readable';
SELECT * FROM rights.log;
-- Attached again, by who looked at it: it runs, as her.
SELECT source FROM bedrock.attach('rights.cur', line_item => false);
SELECT billing_period, action, lines, cost FROM bedrock.refresh('cur');
SELECT status, detail FROM bedrock_internal.doctor_sources() WHERE finding = 'source_readable';
SELECT by, what, count(*) > 0 AS ran FROM rights.log GROUP BY 1, 2;
SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_alice';
SELECT current_setting('search_path') = 'rights' AS path_changed, current_user = session_user AS caller;
-- So does a cast of a type of hers, which a column of hers is read by.
SET ROLE regress_alice;
TRUNCATE rights.log;
CREATE FUNCTION rights.say(kind rights.kind) RETURNS varchar LANGUAGE sql VOLATILE AS $$SELECT enum_out(kind)::varchar FROM (SELECT rights.run('cast')) AS r$$;
CREATE CAST (rights.kind AS varchar) WITH FUNCTION rights.say(rights.kind);
CREATE TABLE rights.typed AS SELECT * FROM rights.cur_before;
RESET ROLE;
SELECT source FROM bedrock.attach('rights.typed', line_item => false);
SELECT billing_period, action, lines, cost FROM bedrock.refresh('typed');
SELECT by, what, count(*) > 0 AS ran FROM rights.log GROUP BY 1, 2;
SELECT bedrock.detach('typed');
DROP CAST (rights.kind AS varchar);
-- Every column as text, and a bill in FOCUS: what reads them is run by her, who has no right on it by name.
SET ROLE regress_alice;
SELECT format('CREATE TABLE rights.texts AS SELECT %s, ''{"user_team": "x"}''::text AS tags FROM rights.cur_before', string_agg(format('%I::text', attname), ', ' ORDER BY attnum)) AS command
FROM pg_attribute WHERE attrelid = 'rights.cur_before'::regclass AND attnum > 0 \gset
:command;
CREATE TABLE rights.focus AS
SELECT '100000000001'::text "BillingAccountId", '200000000011'::text "SubAccountId", 'Usage'::text "ChargeCategory", 'AmazonBedrock'::text "x_ServiceCode", 'Amazon Bedrock'::text "ServiceName",
       'USD'::text "BillingCurrency", '2026-05-01'::text "BillingPeriodStart", '2026-05-03'::text "ChargePeriodStart", '2026-05-04'::text "ChargePeriodEnd", '0.06'::text "BilledCost",
       0.06 "EffectiveCost", 'AWS'::text "ProviderName", 'INV-1'::text "InvoiceId", 1000 "ConsumedQuantity", '1K tokens'::text "ConsumedUnit", 'USE1-NovaLite-input-tokens'::text "SkuMeter",
       '{"team": "x"}'::text "Tags";
RESET ROLE;
SELECT source FROM unnest('{rights.texts,rights.focus}'::regclass[]) AS r, bedrock.attach(r, line_item => false);
SELECT source, action, lines, cost FROM bedrock.refresh() WHERE source IN ('texts', 'focus') ORDER BY 1;
SELECT source, action FROM bedrock.refresh() WHERE source IN ('texts', 'focus') ORDER BY 1;
SELECT status, detail FROM bedrock_internal.doctor_sources() WHERE finding = 'source_readable' ORDER BY 2;
SELECT bedrock.detach(s) FROM unnest('{texts,focus}'::text[]) AS s;

-- A plain error of hers ends nothing of the caller.
SET ROLE regress_alice;
CREATE OR REPLACE VIEW rights.cur AS SELECT * FROM rights.cur_before WHERE line_item_unblended_cost / (line_item_unblended_cost - 3) > -1000;
RESET ROLE;
SELECT action FROM bedrock.refresh('cur');
SELECT current_user = session_user AS caller;
-- Another owner is another relation, also of the same kind.
ALTER VIEW rights.cur OWNER TO regress_bob;
SELECT action FROM bedrock.refresh('cur');
SELECT bedrock.detach('cur');

-- Row security: who does not see all of it gets an error, and what is there stays.
DROP VIEW rights.cur;
ALTER TABLE rights.cur_before RENAME TO cur;
ALTER TABLE rights.cur ENABLE ROW LEVEL SECURITY;
CREATE POLICY part ON rights.cur FOR SELECT TO regress_bob USING (line_item_usage_account_id = '100000000001');
GRANT SELECT ON rights.cur TO regress_bob;
GRANT USAGE ON SCHEMA bedrock, bedrock_internal TO regress_bob;
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock, bedrock_internal TO regress_bob;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bedrock, bedrock_internal TO regress_bob;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA bedrock, bedrock_internal TO regress_bob;
SELECT bedrock.grant_scope('regress_bob', 'load');
SELECT source FROM bedrock.attach('rights.cur', line_item => false);
-- A superuser reads it as its owner, for whom there is no policy.
SELECT action, lines, cost FROM bedrock.refresh('cur');
UPDATE rights.cur SET line_item_unblended_cost = 2 * line_item_unblended_cost;
SET ROLE regress_bob;
SELECT count(*), sum(line_item_unblended_cost) FROM rights.cur;
SELECT action FROM bedrock.refresh('cur');
SELECT action FROM bedrock.refresh('cur', force => true);
SELECT detail, fix FROM bedrock_internal.doctor_sources() WHERE finding = 'source_readable';
SELECT bedrock.attach('rights.cur', line_item => false);
RESET ROLE;
SELECT sum(unblended_cost) AS cost, sum(lines) AS lines FROM bedrock.spend WHERE source = 'cur';
-- Forced on the owner too, it is an error for the superuser who reads as she does.
ALTER TABLE rights.cur FORCE ROW LEVEL SECURITY;
SELECT action FROM bedrock.refresh('cur');
ALTER TABLE rights.cur NO FORCE ROW LEVEL SECURITY;
ALTER ROLE regress_bob BYPASSRLS;
SET ROLE regress_bob;
SELECT action, lines, cost FROM bedrock.refresh('cur');
-- Who may change the registry has the views built, which are not his.
RESET ROLE;
CREATE TABLE rights.lines AS SELECT bill_payer_account_id, bill_billing_period_start_date, bill_billing_entity, line_item_usage_account_id, line_item_line_item_type::text, line_item_product_code,
    line_item_usage_type, line_item_usage_start_date, line_item_usage_end_date, line_item_unblended_cost, line_item_currency_code, product_product_name FROM rights.cur;
GRANT SELECT ON rights.lines TO PUBLIC;
SET ROLE regress_bob;
SELECT source FROM bedrock.attach('rights.lines');
SELECT bedrock.rebuild_views(), to_regclass('bedrock.line_item') IS NOT NULL AS there;
RESET ROLE;

-- A reader: three lines, which open nothing inner that changes anything, and one that opens rows.
CREATE ROLE regress_bi;
GRANT USAGE ON SCHEMA bedrock TO regress_bi;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock TO regress_bi;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock TO regress_bi;
SET ROLE regress_bi;
SELECT (SELECT count(*) FROM bedrock.spend) AS lines, (SELECT count(*) FROM bedrock.dimension) AS dimensions;
RESET ROLE;
SELECT bedrock.grant_scope('regress_bi', 'all');
SET ROLE regress_bi;
SELECT (SELECT count(*) FROM bedrock.spend) > 0 AS lines, (SELECT count(*) FROM bedrock.dimension) > 0 AS dimensions;
-- What policies call has the owner's rights, and refuses to tell what the session may not see.
SELECT p.oid::regprocedure AS may_call FROM pg_proc AS p
WHERE p.pronamespace = 'bedrock_internal'::regnamespace AND (p.prosecdef OR p.provolatile = 'v') AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1;
SELECT count(*) FROM bedrock_internal.state;
SELECT bedrock_internal.replace_views();
-- They are enough to read: each question, the doctor, prices.
DO $$
DECLARE
    asked text;
BEGIN
    FOR asked IN SELECT q.question_id FROM bedrock.question AS q ORDER BY 1 LOOP
        BEGIN
            PERFORM bedrock.answer(asked);
        EXCEPTION WHEN null_value_not_allowed THEN
            -- It asks for a name.
        END;
    END LOOP;
END
$$;
SELECT count(*) > 10 AS findings, count(*) FILTER (WHERE check_name = 'doctor') AS could_not_be_made FROM bedrock.doctor();
-- A source that he cannot read is none of his concern.
SELECT status, detail, fix FROM bedrock.doctor() WHERE check_name = 'source_readable' ORDER BY detail;
SELECT count(*) > 0 AS asked FROM bedrock.ask('which project drives costs');
SELECT count(*) > 0 AS priced FROM bedrock.price_of('amazon.nova-pro-v1:0', 'eu-west-1');
SELECT estimated_cost('amazon.nova-micro-v1:0', 1000, region => 'us-east-1', at => '2026-08-01');
RESET ROLE;
-- With all of the inner functions too, those that have other rights than his change nothing for him.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bedrock_internal TO regress_bi;
GRANT SELECT ON ALL TABLES IN SCHEMA bedrock_internal TO regress_bi;
SELECT p.oid::regprocedure AS of_owner FROM pg_proc AS p WHERE p.pronamespace = 'bedrock_internal'::regnamespace AND p.prosecdef AND p.provolatile = 'v' ORDER BY 1;
SELECT version FROM bedrock.price_version \gset
DROP VIEW bedrock.line_item;
SET ROLE regress_bi;
CREATE TEMP TABLE own (model_id text);
CREATE TRIGGER own_rows AFTER INSERT ON own REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER own_profile AFTER UPDATE ON own REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_profile_changed();
CREATE TRIGGER own_all AFTER TRUNCATE ON own FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
INSERT INTO own VALUES ('x');
UPDATE own SET model_id = 'x';
TRUNCATE own;
SELECT bedrock.rebuild_views();
SELECT bedrock_internal.replace_views();
-- Nor with a lock that he can have.
BEGIN;
LOCK TABLE bedrock.source IN ACCESS SHARE MODE;
SELECT bedrock_internal.replace_views();
ROLLBACK;
-- Nor months for facts, of which he may write none.
SELECT bedrock_internal.add_fact_partitions('{2007-05-01}');
SELECT bedrock_internal.make_fact_partitions('{2007-05-01}');
BEGIN;
LOCK TABLE bedrock.fact IN ACCESS SHARE MODE;
SELECT bedrock_internal.make_fact_partitions('{2007-05-01}');
ROLLBACK;
SELECT bedrock_internal.index_fact_partitions();
SELECT status, detail LIKE '%permission denied%' AS denied FROM bedrock_internal.doctor_sources() WHERE finding = 'line_item_view';
RESET ROLE;
SELECT version = :version AS same_version, to_regclass('bedrock.line_item') IS NULL AS still_gone FROM bedrock.price_version;
DROP TABLE own;
SELECT bedrock.revoke_scope('regress_bi', 'all');
DROP OWNED BY regress_bi;
DROP ROLE regress_bi;
SELECT bedrock.detach(source) FROM bedrock.source;
SELECT bedrock.revoke_scope('regress_bob', 'load');
DROP OWNED BY regress_bob;
DROP ROLE regress_bob;
DROP SCHEMA rights CASCADE;
DROP OWNED BY regress_alice;
DROP ROLE regress_alice;
