CREATE TABLE bedrock.product (
    payer_account_id text NOT NULL,
    product_code text NOT NULL,
    product_name text,
    proof text NOT NULL,
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (payer_account_id, product_code)
);
SELECT pg_extension_config_dump('bedrock.product', '');
COMMENT ON TABLE bedrock.product IS
    'product codes that another line of the same payer proves to be of Bedrock: by a name with the suffix "(Amazon '
    'Bedrock Edition)", or by a Bedrock resource id on a Marketplace line. Rows of the user count as proved';
COMMENT ON COLUMN bedrock.product.payer_account_id IS 'payer whose lines have the code; ''*'': every payer';
COMMENT ON COLUMN bedrock.product.product_code IS 'line_item_product_code, a hash on Marketplace rows';
COMMENT ON COLUMN bedrock.product.product_name IS 'product name of the line that proved it; NULL: it had none';
COMMENT ON COLUMN bedrock.product.proof IS 'product_name, resource_id or user';
COMMENT ON COLUMN bedrock.product.first_seen IS 'when it was proved first';

-- Sources: the registry of attached tables, and the closed map from line types to charge categories.

CREATE TABLE bedrock.source (
    source text PRIMARY KEY CHECK (source <> ''),
    relation text UNIQUE,
    format text NOT NULL CHECK (format IN ('cur2', 'legacy', 'focus')),
    format_version text NOT NULL,
    mapping jsonb NOT NULL DEFAULT '{}',
    period_column text,
    rank integer NOT NULL,
    line_item boolean NOT NULL DEFAULT true,
    allow_monthly boolean NOT NULL DEFAULT false,
    forced boolean NOT NULL DEFAULT false,
    keep text NOT NULL DEFAULT 'day' CHECK (keep IN ('day', 'hour')),
    missing jsonb NOT NULL DEFAULT '{}',
    attached_at timestamptz NOT NULL DEFAULT now(),
    attached_by name NOT NULL DEFAULT session_user,
    relation_owner name,
    relation_kind text
);
SELECT pg_extension_config_dump('bedrock.source', '');
COMMENT ON TABLE bedrock.source IS
    'sources of bills, one row for each attached relation or loaded export. Written by bedrock.attach, detach and '
    'load_cur';
COMMENT ON COLUMN bedrock.source.source IS 'name of the source';
COMMENT ON COLUMN bedrock.source.relation IS
    'schema-qualified, quoted name of the relation, looked up on each use, so that a table may be dropped and '
    'created again; NULL: loaded from files';
COMMENT ON COLUMN bedrock.source.format IS
    'cur2 (CUR 2.0), legacy (Cost and Usage Report before it), focus (AWS FOCUS)';
COMMENT ON COLUMN bedrock.source.format_version IS
    'cur2: 2.0; legacy: csv or athena by the spelling of its columns, or "athena, or a part of CUR 2.0" where they '
    'are those of both; focus: 1.0, 1.2, 1.3 or 1.4 by the columns it has';
COMMENT ON COLUMN bedrock.source.mapping IS
    'columns that carry each field, as found at the attachment: field -> {"columns": [...], "type": ...}; the key '
    'tags has the columns of tags, unknown those that the format does not have. A field without a column is left out';
COMMENT ON COLUMN bedrock.source.period_column IS
    'column for a predicate on the billing period: the partition key where it states the period of every line, else '
    'the start of the billing period; NULL: there is none';
COMMENT ON COLUMN bedrock.source.rank IS 'order of attachment; where two sources overlap, the lower rank counts';
COMMENT ON COLUMN bedrock.source.line_item IS
    'whether bedrock.line_item and bedrock.cur2 show the source; false: nothing depends on its relation';
COMMENT ON COLUMN bedrock.source.allow_monthly IS
    'whether an export of MONTHLY granularity was accepted: its usage has no day';
COMMENT ON COLUMN bedrock.source.forced IS 'true: attached although essential columns are missing; see missing';
COMMENT ON COLUMN bedrock.source.keep IS 'grain of its facts: day, or hour (usage_hour of bedrock.spend)';
COMMENT ON COLUMN bedrock.source.missing IS
    'fields without a column at the attachment: field -> {"columns": candidates, "essential": ..., "fix": what to '
    'switch on, "instead": what is read in its place}';
COMMENT ON COLUMN bedrock.source.attached_at IS 'when it was first attached';
COMMENT ON COLUMN bedrock.source.attached_by IS 'login role that first attached it';
COMMENT ON COLUMN bedrock.source.relation_owner IS
    'owner of the relation at the attachment; with another owner it is not read until it is attached again. NULL: '
    'loaded from files';
COMMENT ON COLUMN bedrock.source.relation_kind IS
    'kind of the relation at the attachment: table, partitioned table, view, materialized view or foreign table; of '
    'another kind it is not read until it is attached again. NULL: loaded from files';

CREATE TABLE bedrock.charge_category_map (
    line_item_type text NOT NULL CHECK (line_item_type <> ''),
    charge_category text NOT NULL CHECK (charge_category IN ('usage', 'commitment_offset', 'commitment_fee', 'fee',
        'tax',
        'credit', 'refund', 'discount', 'adjustment', 'unknown')),
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (line_item_type, builtin)
);
SELECT pg_extension_config_dump('bedrock.charge_category_map', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.charge_category_map IS
    'charge category of each line type of CUR or charge category of FOCUS; a row of the user wins over the shipped '
    'row of the line_item_type: read bedrock.charge_categories. A type without a row is unknown';
COMMENT ON COLUMN bedrock.charge_category_map.line_item_type IS
    'line_item_line_item_type, or FOCUS ChargeCategory, as written; Correction: the FOCUS ChargeClass, whatever the '
    'category';
COMMENT ON COLUMN bedrock.charge_category_map.charge_category IS
    'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.charge_category_map.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
