-- Lines of a bill between a source and facts: read, grouped by line key, written as facts, checked.

CREATE OR REPLACE FUNCTION bedrock_internal.sum_by_keys(query text, keys integer, relation regclass DEFAULT 0)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_sum_by_keys' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION bedrock_internal.sum_by_keys(text, integer, regclass) IS
    'rows of a query summed by their keys, exactly and several times as fast as GROUP BY: the query gives the number '
    'of lines (bigint), so many keys, and amounts (numeric); the result, declared by the caller, has the keys, the '
    'lines and the sums (NULL: no value). Keys are equal bytewise. Runs with the rights of the caller; for a '
    'superuser and a relation (0: none) of a role that is none, with the rights of that role, in a '
    'security-restricted operation, and an error where the FROM clause is not that relation alone. Errors: more '
    'memory than the setting bedrock.load_memory';

-- A line key is what lines have in common in all columns but amounts, days and sessions of roles. Where no column
-- states the billing period, lines of two months have two keys. The times of a line key are those of one of its lines,
-- and its amounts are NULL.

CREATE OR REPLACE FUNCTION bedrock_internal.read_relation(query text, relation regclass, uses text[], fields text[],
    hourly boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_relation' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_relation(text, regclass, text[], text[], boolean) IS
    'reads the lines that a query over an attached relation gives into memory, for bedrock_internal.write_facts, '
    'bill_parts and control_sums until the transaction ends or other lines are read, and returns their line keys: '
    'all columns but amounts, days and sessions of roles. uses, fields: of each column, as in '
    'bedrock_internal.column_use. The result, declared by the caller, has the columns of '
    'bedrock_internal.line_key_columns(), then those of the query. Rights as of bedrock_internal.sum_by_keys. '
    'Errors: an amount that is not a number, more memory than bedrock.load_memory, sums that differ from their '
    'control sums';

CREATE OR REPLACE FUNCTION bedrock_internal.line_principals(keys integer[], OUT principal_number integer,
    OUT iam_principal text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_line_principals' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.line_principals(integer[]) IS
    'IAM principals, with their sessions, of the lines under way that have these line keys, each once, with its '
    'number in bedrock_internal.write_facts; no row where no column carries them alone';

-- keys gives, for each line key: its number, bill_id, dimension_id (0: not a line of Bedrock, no fact), the part of the
-- bill that it is summed in, line type, whether it has a reservation, is usage, has a known public price, is a discount
-- without net cost that net costs of other lines include, the metric of ai_cost (1 unblended, 2 blended,
-- 3 net unblended, 4 amortized, 5 net amortized), tokens of a unit (0: not metered in tokens), session_id where its
-- lines do not have their IAM principal. intervals gives dimension_id, first and last day, attribution_id; sessions the
-- number of the principal and session_id.

CREATE OR REPLACE FUNCTION bedrock_internal.write_facts(format text, keys text, intervals text, sessions text,
    OUT bill_id integer, OUT dimension_id integer, OUT attribution_id integer, OUT session_id integer,
    OUT usage_date date, OUT usage_hour timestamptz, OUT lines bigint, OUT usage_amount numeric, OUT tokens numeric,
    OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric, OUT amortized_cost numeric,
    OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric, OUT ai_cost numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_write_facts' LANGUAGE C STRICT ROWS 100000;
COMMENT ON FUNCTION bedrock_internal.write_facts(text, text, text, text) IS
    'facts of the lines under way, by the cost rules of the format (cur, cur_without_unblended, focus) and ordered '
    'by bill, dimension and day. keys, intervals, sessions: queries, run with the rights of the caller, that give '
    'the attributes of each line key, the validity intervals of dimensions, and the session_id of each principal '
    '(bedrock_internal.line_principals), as bedrock_internal.replace_facts writes them. Errors: no line is under '
    'way, a line that no cost rule covers';

CREATE OR REPLACE FUNCTION bedrock_internal.bill_parts(OUT bill_id integer, OUT part integer, OUT lines bigint,
    OUT usage_amount numeric, OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric,
    OUT amortized_cost numeric, OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric,
    OUT last_usage_date date) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_bill_parts' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.bill_parts() IS
    'sums of all lines under way, by bill and part as given to bedrock_internal.write_facts before; last_usage_date: '
    'of lines that make facts and are billed by hour or day (NULL: none)';

CREATE OR REPLACE FUNCTION bedrock_internal.control_sums() RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_control_sums' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.control_sums() IS
    'sums of each amount column of the lines under way, added line by line before grouping and by another reading of '
    'the digits, by payer, billing period, line type, charge class, reservation and which amounts are present. The '
    'result, declared by the caller, has the first four as the source has them (no billing period: first of the '
    'month of the usage), a boolean, the lines (bigint) and the amounts (numeric) in the order of '
    'bedrock.cost_metrics; NULL: absent';

CREATE OR REPLACE FUNCTION bedrock_internal.end_load() RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_end_load' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.end_load() IS 'frees the lines under way';

CREATE OR REPLACE FUNCTION bedrock.cost_metrics(format text, line_item_type text, has_reservation boolean,
    discount_in_net boolean, amounts numeric[],
    OUT usage_amount numeric, OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric,
    OUT amortized_cost numeric, OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric)
    AS 'MODULE_PATHNAME', 'bedrock_cost_metrics' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock.cost_metrics(text, text, boolean, boolean, numeric[]) IS
    'cost metrics of a line, or of the sums of lines of one type with the same amounts present, by the cost rules; '
    'all NULL: no rule covers it, or the format is unknown. amounts: usage, unblended, blended, net unblended, net '
    'amortized (FOCUS: EffectiveCost), public on-demand, savings plan effective and its net, total and used '
    'commitment, reservation effective and its net, unused amortized upfront fee, unused recurring fee and the net '
    'of both (NULL: absent); format: cur, cur_without_unblended (net, else blended is taken for it), focus; '
    'discount_in_net: a discount without net cost whose net column is filled';

CREATE OR REPLACE FUNCTION bedrock_internal.row_region(row_place tid) RETURNS bigint
    AS 'MODULE_PATHNAME', 'bedrock_row_region' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.row_region(tid) IS
    'number of the region of a relation that a row is in, of 1,024 blocks each, from 0';

CREATE OR REPLACE FUNCTION bedrock_internal.region_begin(region bigint) RETURNS tid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- There are no more blocks than 2^32 - 2.
    RETURN format('(%s,0)', least(region * 1024, 4294967294))::tid;
COMMENT ON FUNCTION bedrock_internal.region_begin(bigint) IS
    'tid before the first row of a region (bedrock_internal.row_region)';

-- Refresh: dimension and facts brought up to date with what a source holds now, one transaction, exact to the last
-- digit.

CREATE OR REPLACE FUNCTION bedrock_internal.rules_version() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT md5(concat_ws('/',
        (SELECT string_agg(concat_ws(' ', c.line_item_type, c.charge_category), ',' ORDER BY c.line_item_type)
            FROM bedrock.charge_categories AS c),
        (SELECT string_agg(concat_ws(' ', p.payer_account_id, p.product_code), ','
            ORDER BY p.payer_account_id, p.product_code) FROM bedrock.product AS p),
        (SELECT string_agg(concat_ws(' ', s.valid_from, s.value), ',' ORDER BY s.valid_from, s.recorded_at)
            FROM bedrock.setting AS s WHERE s.name = 'ai_cost_metric')));
END;
COMMENT ON FUNCTION bedrock_internal.rules_version() IS
    'version of charge categories, proved products and cost metric, by which facts and bill totals are made: refresh '
    'reads a period again when it changes';
