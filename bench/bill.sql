-- SPDX-License-Identifier: PostgreSQL
-- The table bill, filled with what `make_export --columns narrow` writes (standard input): the columns of a CUR 2.0
-- export that matter here, hourly lines.
SET client_min_messages = warning;
DROP TABLE IF EXISTS bill;
CREATE UNLOGGED TABLE bill (
    bill_billing_entity text,
    bill_billing_period_start_date timestamptz,
    bill_invoice_id text,
    bill_invoicing_entity text,
    bill_payer_account_id text,
    line_item_blended_cost numeric,
    line_item_currency_code text,
    line_item_iam_principal text,
    line_item_legal_entity text,
    line_item_line_item_description text,
    line_item_line_item_type text,
    line_item_net_unblended_cost numeric,
    line_item_operation text,
    line_item_product_code text,
    line_item_resource_id text,
    line_item_unblended_cost numeric,
    line_item_usage_account_id text,
    line_item_usage_account_name text,
    line_item_usage_amount numeric,
    line_item_usage_end_date timestamptz,
    line_item_usage_start_date timestamptz,
    line_item_usage_type text,
    pricing_public_on_demand_cost numeric,
    pricing_term text,
    pricing_unit text,
    product jsonb,
    product_region_code text,
    product_sku text,
    resource_tags jsonb,
    tags jsonb
) WITH (autovacuum_enabled = off);
\copy bill FROM pstdin WITH (FORMAT csv, HEADER)
VACUUM (FREEZE, ANALYZE) bill;
