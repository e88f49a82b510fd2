-- A legacy table with a column for each of many tags.
\set ECHO none
CREATE SCHEMA wide;
SET search_path = wide, public;
SET client_min_messages = warning;
SELECT format($$CREATE TABLE cur ("bill/PayerAccountId" text, "bill/BillingPeriodStartDate" timestamptz, "bill/BillingEntity" text, "lineItem/UsageAccountId" text,
    "lineItem/LineItemType" text, "lineItem/ProductCode" text, "lineItem/UsageType" text, "lineItem/UsageStartDate" timestamptz, "lineItem/UsageEndDate" timestamptz,
    "lineItem/UsageAmount" numeric, "lineItem/UnblendedCost" numeric, "lineItem/CurrencyCode" text, "lineItem/ResourceId" text, "product/ProductName" text, %s)$$,
    string_agg(format('"resourceTags/user:t%s" text', n), ', ' ORDER BY n)) FROM generate_series(1, 300) AS n
\gexec
\set ECHO all
INSERT INTO cur ("bill/PayerAccountId", "bill/BillingPeriodStartDate", "bill/BillingEntity", "lineItem/UsageAccountId", "lineItem/LineItemType", "lineItem/ProductCode",
    "lineItem/UsageType", "lineItem/UsageStartDate", "lineItem/UsageEndDate", "lineItem/UsageAmount", "lineItem/UnblendedCost", "lineItem/CurrencyCode", "product/ProductName",
    "resourceTags/user:t1", "resourceTags/user:t150", "resourceTags/user:t300")
SELECT '111122223333', '2026-10-01 00:00+00', 'AWS', '111122223333', 'Usage', 'AmazonBedrock', 'USE1-NovaLite-input-tokens', timestamptz '2026-10-02 00:00+00' + n * interval '1 hour',
       timestamptz '2026-10-02 01:00+00' + n * interval '1 hour', 1000, 0.06, 'USD', 'Amazon Bedrock', 'one', CASE WHEN n % 2 = 0 THEN 'even' END, CASE n WHEN 5 THEN 'five' END
FROM generate_series(1, 100) AS n;
SELECT source FROM bedrock.attach('cur');
SELECT billing_period, action, lines, cost FROM bedrock.refresh();
SELECT tags, sum(lines) AS lines, sum(unblended_cost) AS cost FROM bedrock.spend GROUP BY 1 ORDER BY 2;
SELECT count(*) AS lines, sum("lineItem/UnblendedCost") AS cost FROM cur;
SELECT bedrock.detach('cur');
DROP SCHEMA wide CASCADE;
