-- Lines of a bill between a source and facts: read, summed, judged, written.

CREATE OR REPLACE FUNCTION bedrock_internal.sum_by_keys(query text, keys integer, relation regclass DEFAULT 0)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_sum_by_keys' LANGUAGE C STABLE STRICT;
COMMENT ON FUNCTION bedrock_internal.sum_by_keys(text, integer, regclass) IS
    'the rows of a query summed by their keys, exactly and several times as fast as GROUP BY with sum(). The query '
    'gives a bigint (how many lines a row stands for), so many keys, and amounts (numeric); what is returned, in '
    'columns the caller declares, are the keys, the number of lines and the sums (NULL: no row had a value). Keys are '
    'the same where their bytes are. Runs the query with the rights of the caller; where he is a superuser and '
    'relation (0: none) belongs to a role that is none, with that role''s, and in a security-restricted operation, '
    'since what is read may run what its owner wrote. The relation is locked before the query is looked at, and is all '
    'that stands in its FROM: an error where another one has its name by then';

CREATE OR REPLACE FUNCTION bedrock_internal.read_relation(query text, relation regclass, uses text[], fields text[],
    hourly boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_relation' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_relation(text, regclass, text[], text[], boolean) IS
    'reads the lines that a query over an attached relation gives into memory, where they stay for '
    'bedrock_internal.write_facts, bedrock_internal.bill_parts and bedrock_internal.control_sums until the transaction '
    'ends or others are read, and returns their line keys. A line key is what lines say together in all columns but '
    'amounts and days; lines that differ in the session of a role alone have one, and lines of two months have two '
    'where no column states the billing period. uses, fields: of each column of the query, as '
    'bedrock_internal.column_use() gives them (field empty: none). Columns, which the caller declares: bedrock_lines '
    '(bigint), bedrock_key (integer: its number from 0), bedrock_grain (text: hour, day or period), '
    'bedrock_price_stated (boolean: whether its lines have a public cost other than 0, or cost nothing), '
    'bedrock_net_given (boolean: whether one of them has a net cost), bedrock_undated (bigint: lines without a finite '
    'start), then those of the query, with the times of one of its lines and without amounts (NULL). Rights as of '
    'bedrock_internal.sum_by_keys. Errors: an amount that is no number, more memory than the setting '
    'bedrock.load_memory, and lines whose sums after grouping differ from their control sums';

CREATE OR REPLACE FUNCTION bedrock_internal.line_principals(keys integer[], OUT principal_number integer,
    OUT iam_principal text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_line_principals' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.line_principals(integer[]) IS
    'the IAM principals, with their sessions, of the lines under way that have these line keys, each once, with the '
    'number by which bedrock_internal.write_facts knows it. No row where the source has no column for them alone';

CREATE OR REPLACE FUNCTION bedrock_internal.write_facts(format text, keys text, intervals text, sessions text,
    OUT bill_id integer, OUT dimension_id integer,
    OUT attribution_id integer, OUT session_id integer, OUT usage_date date, OUT usage_hour timestamptz,
        OUT lines bigint, OUT usage_amount numeric,
    OUT tokens numeric, OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric,
        OUT amortized_cost numeric,
    OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric, OUT ai_cost numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_write_facts' LANGUAGE C STRICT ROWS 100000;
COMMENT ON FUNCTION bedrock_internal.write_facts(text, text, text, text) IS
    'the facts that the lines under way are, ordered by bill, dimension and day; the amounts follow from the cost '
    'rules of the format (cur, cur_without_unblended, focus). keys: a query that gives, for each line key, its number, '
    'bill_id, dimension_id (0: no line of Bedrock, no fact), the part of the bill it is summed in, line type, whether '
    'it has a reservation, is usage, has a known public price, is a discount that net costs of other lines have in '
    'them where it has none, the metric that is ai_cost (1 unblended, 2 blended, 3 net unblended, 4 amortized, 5 net '
    'amortized), tokens of a unit (0: not metered in tokens) and session_id where its lines do not tell their IAM '
    'principal. intervals: dimension_id, first and last day, attribution_id. sessions: number of the principal '
    '(bedrock_internal.line_principals) and session_id. Runs the queries with the rights of the caller. Errors: no '
    'line is being loaded, a line that no cost rule covers';

CREATE OR REPLACE FUNCTION bedrock_internal.bill_parts(OUT bill_id integer, OUT part integer, OUT lines bigint,
    OUT usage_amount numeric, OUT unblended_cost numeric,
    OUT blended_cost numeric, OUT net_unblended_cost numeric, OUT amortized_cost numeric,
        OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric,
    OUT last_usage_date date) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_bill_parts' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.bill_parts() IS
    'what all lines under way add up to, by bill and part as they were given to bedrock_internal.write_facts, which '
    'comes first; last_usage_date is of lines that make facts and are billed by hour or day (NULL: none)';

CREATE OR REPLACE FUNCTION bedrock_internal.control_sums() RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_control_sums' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.control_sums() IS
    'each amount column of the lines under way, added up line by line before they were grouped, digit by digit and by '
    'another reading than that of the facts; by payer, billing period, line type, charge class, whether there is a '
    'reservation, and which amounts there are. Columns, which the caller declares: these four as the source has them '
    '(where no column states the billing period, the first of the month of the usage as timestamptz), a boolean, the '
    'number of lines (bigint), and the amounts (numeric) in the order of bedrock.cost_metrics; NULL: these lines '
    'have none';

CREATE OR REPLACE FUNCTION bedrock_internal.end_load() RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_end_load' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.end_load() IS 'frees the lines under way';

CREATE OR REPLACE FUNCTION bedrock.cost_metrics(format text, line_item_type text, has_reservation boolean,
    discount_in_net boolean, amounts numeric[],
    OUT usage_amount numeric, OUT unblended_cost numeric, OUT blended_cost numeric, OUT net_unblended_cost numeric,
        OUT amortized_cost numeric,
    OUT net_amortized_cost numeric, OUT public_on_demand_cost numeric)
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
    'number of the region of a relation in which a row lies: 1,024 blocks each, from 0';

CREATE OR REPLACE FUNCTION bedrock_internal.region_begin(region bigint) RETURNS tid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- There are no more blocks than 2^32 - 2.
    RETURN format('(%s,0)', least(region * 1024, 4294967294))::tid;
COMMENT ON FUNCTION bedrock_internal.region_begin(bigint) IS
    'place before the first row of a region of bedrock_internal.row_region()';

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
    'changes when the charge categories, the proved products or the cost metric change, by which facts and frame are '
    'made: refresh then reads also periods whose lines did not change';
