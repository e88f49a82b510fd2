-- SPDX-License-Identifier: PostgreSQL
-- The table bill: as many lines of a CUR 2.0 export as the psql variable "rows" says, the same ones every time, over as
-- many billing periods as "periods" says (4). Its combinations are those of cur_line (rows.sql): each is at work for
-- a stretch of days, in some hours of each: services nearly around the clock, people a few hours. So a line of a day
-- recurs every hour with other amounts, as in a real bill.
\if :{?rows}
\else
    \set rows 1000000
\endif
\if :{?periods}
\else
    \set periods 4
\endif
SET client_min_messages = warning;
SET work_mem = '256MB';

CREATE FUNCTION pg_temp.share(n bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, salt) & 4503599627370495) / 4503599627370496.0::float8;

DROP TABLE IF EXISTS bill;
CREATE UNLOGGED TABLE bill (
    bill_billing_period_start_date timestamptz,
    bill_payer_account_id text,
    bill_invoice_id text,
    bill_invoicing_entity text,
    bill_billing_entity text,
    line_item_usage_account_id text,
    line_item_usage_account_name text,
    line_item_usage_start_date timestamptz,
    line_item_usage_end_date timestamptz,
    line_item_line_item_type text,
    line_item_line_item_description text,
    line_item_legal_entity text,
    line_item_product_code text,
    product jsonb,
    product_region_code text,
    product_sku text,
    line_item_usage_type text,
    line_item_operation text,
    line_item_resource_id text,
    line_item_iam_principal text,
    line_item_currency_code text,
    pricing_unit text,
    pricing_term text,
    tags jsonb,
    resource_tags jsonb,
    line_item_usage_amount numeric,
    line_item_unblended_cost numeric,
    line_item_blended_cost numeric,
    line_item_net_unblended_cost numeric,
    pricing_public_on_demand_cost numeric
) WITH (autovacuum_enabled = off);

INSERT INTO bill
WITH combination AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY line_item_usage_account_id, line_item_product_code, line_item_resource_id, line_item_usage_type,
                                       line_item_iam_principal, tags) AS c, d.*
    FROM (SELECT DISTINCT line_item_usage_account_id, line_item_product_code, bill_billing_entity, product_name, line_item_resource_id,
                          line_item_usage_type, line_item_iam_principal, tags, pricing_unit FROM cur_line) AS d
), busy AS MATERIALIZED (
    -- Hours a day: people 3 to 8, everything else 12 to 24. Lines in all: a quarter more than wanted, skewed.
    SELECT c.*, w.hours, greatest(1, ceil(5 * :rows::float8 / count(*) OVER () * pg_temp.share(c.c, 1) ^ 3 / w.hours))::int AS days
    FROM combination AS c
    CROSS JOIN LATERAL (SELECT (CASE WHEN line_item_iam_principal LIKE '%AWSReservedSSO%' THEN 3 + 6 * pg_temp.share(c.c, 2)
                                     ELSE 12 + 13 * pg_temp.share(c.c, 2) END)::int AS hours) AS w
), hour AS (
    SELECT b.c, d.day, h.hour, b.c * 1000003 + d.day * 24 + h.hour AS n
    FROM busy AS b
    CROSS JOIN LATERAL (SELECT (floor(:periods * 30 * pg_temp.share(b.c, 3))::int + i) % (:periods * 30) AS day
                        FROM generate_series(1, least(b.days, :periods * 30)) AS i) AS d
    CROSS JOIN LATERAL (SELECT (floor(24 * pg_temp.share(b.c, 4))::int + i) % 24 AS hour FROM generate_series(1, least(b.hours, 24)) AS i) AS h
    ORDER BY hashint8extended(b.c * 1000003 + d.day * 24 + h.hour, 5) LIMIT :rows
), line AS (
    SELECT b.*, h.n, p.period, p.period + interval '1 day' * (h.day % 30) + interval '1 hour' * h.hour AS start,
           round((0.05 + 90 * pg_temp.share(h.n, 6) ^ 3)::numeric, 4) AS amount,
           round((0.000004 + 0.03 * pg_temp.share(h.n, 7) ^ 4)::numeric, 10) AS cost,
           format('%s used in %s', b.line_item_usage_type, b.line_item_usage_account_id) AS described
    FROM hour AS h
    JOIN busy AS b ON b.c = h.c
    CROSS JOIN LATERAL (SELECT timestamptz '2026-03-01Z' AT TIME ZONE 'UTC' + interval '1 month' * (h.day / 30) AS period) AS p
)
SELECT period AT TIME ZONE 'UTC', '111122220000', 'INV-' || to_char(period, 'YYYYMM'), 'Amazon Web Services, Inc.', bill_billing_entity,
       line_item_usage_account_id, 'account ' || right(line_item_usage_account_id, 4), start AT TIME ZONE 'UTC',
       (start + interval '1 hour') AT TIME ZONE 'UTC', 'Usage', described,
       CASE bill_billing_entity WHEN 'AWS' THEN 'Amazon Web Services, Inc.' ELSE 'Anthropic, PBC' END, line_item_product_code,
       jsonb_build_object('product_name', product_name, 'servicecode', line_item_product_code),
       CASE split_part(line_item_usage_type, '-', 1) WHEN 'USE1' THEN 'us-east-1' WHEN 'USW2' THEN 'us-west-2' WHEN 'EUC1' THEN 'eu-central-1' END,
       upper(left(md5(line_item_usage_type || line_item_product_code), 16)), line_item_usage_type,
       CASE WHEN pricing_unit = 'Hrs' THEN 'Usage' ELSE 'InvokeModelInference' END, line_item_resource_id,
       line_item_iam_principal, 'USD', pricing_unit, 'OnDemand', tags,
       (SELECT coalesce(jsonb_object_agg('user_' || substr(e.key, 14), e.value), '{}') FROM jsonb_each(tags) AS e WHERE e.key LIKE 'resourceTags/%'),
       amount, cost, cost, round(cost * 0.93, 10), CASE bill_billing_entity WHEN 'AWS' THEN cost ELSE 0 END
FROM line
ORDER BY period, hashint8extended(n, 8);

VACUUM (FREEZE, ANALYZE) bill;
