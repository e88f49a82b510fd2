-- Who pays what: how charges that nobody used and shared cost are divided, what was posted, and what money is compared
-- with. The tables that say how have the form of bedrock.claim: valid, recorded, and rows that are written by functions
-- only, under bedrock_internal.lock_ownership().

CREATE TABLE bedrock.charge_policy (
    charge_category text NOT NULL CHECK (charge_category IN ('commitment_offset', 'commitment_fee', 'fee', 'tax',
        'credit', 'refund', 'discount', 'adjustment', 'unknown')),
    policy text NOT NULL CHECK (policy IN ('follow', 'prorata', 'central')),
    builtin boolean NOT NULL DEFAULT false,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_policy_per_day EXCLUDE USING gist (
        int8range(hashtextextended(charge_category, 0) >> 1,
                  hashtextextended(charge_category, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&) WHERE (NOT builtin)
);
SELECT pg_extension_config_dump('bedrock.charge_policy', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.charge_policy IS
    'who pays charges that nobody used, that is workload (not allocated), by charge category: a row of the user wins '
    'over the shipped one. bedrock.set_charge_policy writes it';
COMMENT ON COLUMN bedrock.charge_policy.charge_category IS 'category, as in bedrock.spend; usage needs no policy';
COMMENT ON COLUMN bedrock.charge_policy.policy IS
    'follow: the owners of the usage of the same resource that can be claimed, else of the same principal, in payer, '
    'account and period, and where neither has usage as prorata; prorata: the owners of the usage of the same payer, '
    'account, period, product and, where the charge states one, usage type, by its cost; central: nobody, it stays '
    '(not allocated)';
COMMENT ON COLUMN bedrock.charge_policy.builtin IS 'true: shipped; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.charge_policy.valid IS 'billing periods, by their first day, that it is for';

CREATE TABLE bedrock.cost_split (
    origin text NOT NULL CHECK (origin <> '' AND octet_length(origin) <= 1024),
    method text NOT NULL CHECK (method IN ('proportional', 'even', 'fixed', 'tokens')),
    targets text[],
    ratios numeric[],
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT ratios_of_fixed CHECK ((method = 'fixed') = (ratios IS NOT NULL)
        AND (ratios IS NULL OR cardinality(ratios) = cardinality(targets))),
    CONSTRAINT one_split_per_day EXCLUDE USING gist (
        int8range(hashtextextended(origin, 0) >> 1,
                  hashtextextended(origin, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.cost_split', '');
COMMENT ON TABLE bedrock.cost_split IS
    'shared cost: a workload that works for others, such as a gateway, or (unclaimed), whose cost is split over other '
    'workloads. bedrock.set_cost_split writes it';
COMMENT ON COLUMN bedrock.cost_split.origin IS 'workload whose cost is split, or (unclaimed)';
COMMENT ON COLUMN bedrock.cost_split.method IS
    'key of the split: proportional (to the cost of the usage of each target), tokens (to its tokens), even (the same '
    'for each), fixed (ratios)';
COMMENT ON COLUMN bedrock.cost_split.targets IS
    'workloads that pay; NULL: all with usage in the period that are no origin of a split';
COMMENT ON COLUMN bedrock.cost_split.ratios IS 'share of each of targets, together 1; NULL: not fixed';
COMMENT ON COLUMN bedrock.cost_split.valid IS 'billing periods, by their first day, that it is for';

CREATE TABLE bedrock.exchange_rate (
    from_currency text NOT NULL CHECK (from_currency ~ '^[A-Z]{3}$'),
    to_currency text NOT NULL CHECK (to_currency ~ '^[A-Z]{3}$' AND to_currency <> from_currency),
    rate numeric NOT NULL CHECK (rate > 0 AND rate < 'Infinity'),
    source text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_rate_per_day EXCLUDE USING gist (
        int8range(hashtextextended(from_currency || to_currency, 0) >> 1,
                  hashtextextended(from_currency || to_currency, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.exchange_rate', '');
COMMENT ON TABLE bedrock.exchange_rate IS
    'exchange rates by day or month. No rate is derived from another: without a row an amount is not converted. '
    'bedrock.set_exchange_rate writes it';
COMMENT ON COLUMN bedrock.exchange_rate.from_currency IS 'currency of the bill: USD';
COMMENT ON COLUMN bedrock.exchange_rate.to_currency IS 'currency of the report: EUR';
COMMENT ON COLUMN bedrock.exchange_rate.rate IS 'units of to_currency for one of from_currency';
COMMENT ON COLUMN bedrock.exchange_rate.source IS 'where it is from: ECB reference rate; NULL: not stated';
COMMENT ON COLUMN bedrock.exchange_rate.valid IS 'days of use (UTC) it converts';

CREATE TABLE bedrock.fiscal_period (
    fiscal_period text NOT NULL CHECK (btrim(fiscal_period) <> '' AND octet_length(fiscal_period) <= 256),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_fiscal_period_per_day EXCLUDE USING gist (valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.fiscal_period', '');
COMMENT ON TABLE bedrock.fiscal_period IS
    'fiscal periods that are no calendar months, as those of a 4-4-5 calendar; days without one belong to the fiscal '
    'month that setting fiscal_year_first_month gives. bedrock.set_fiscal_period writes it';
COMMENT ON COLUMN bedrock.fiscal_period.fiscal_period IS 'its name: FY2026-P01';
COMMENT ON COLUMN bedrock.fiscal_period.valid IS 'its days';

CREATE TABLE bedrock.business_metric (
    metric text NOT NULL CHECK (btrim(metric) <> '' AND octet_length(metric) <= 256),
    workload text,
    customer text,
    value numeric NOT NULL CHECK (value < 'Infinity' AND value > '-Infinity'),
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT workload_or_customer CHECK ((workload IS NULL) <> (customer IS NULL)),
    CONSTRAINT days_of_one_month CHECK (
        date_trunc('month', lower(valid)::timestamp) = date_trunc('month', (upper(valid) - 1)::timestamp)),
    CONSTRAINT one_value_per_day EXCLUDE USING gist (
        int8range(hashtextextended(metric || coalesce(' of workload ' || workload, ' of customer ' || customer)
                                       || coalesce(' in ' || currency, ''), 0) >> 1,
                  hashtextextended(metric || coalesce(' of workload ' || workload, ' of customer ' || customer)
                                       || coalesce(' in ' || currency, ''), 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.business_metric', '');
COMMENT ON TABLE bedrock.business_metric IS
    'what a business counts by itself: tickets, documents, revenue, of a workload or a customer, by day or month. '
    'bedrock.set_business_metric writes it, bedrock.unit_cost divides by it';
COMMENT ON COLUMN bedrock.business_metric.metric IS 'what is counted: tickets, documents, revenue';
COMMENT ON COLUMN bedrock.business_metric.workload IS 'workload it belongs to; NULL: it is of a customer';
COMMENT ON COLUMN bedrock.business_metric.customer IS
    'customer it belongs to, as bedrock.spend.customer; NULL: it is of a workload';
COMMENT ON COLUMN bedrock.business_metric.value IS 'how many in these days; of money: the amount in currency';
COMMENT ON COLUMN bedrock.business_metric.currency IS 'currency of value; NULL: no money';
COMMENT ON COLUMN bedrock.business_metric.valid IS 'days (UTC) it is for, of one calendar month';

CREATE TABLE bedrock.statement (
    statement_id bigint PRIMARY KEY,
    billing_period date NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    posted_at timestamptz NOT NULL,
    posted_by name NOT NULL,
    reason text,
    metric text NOT NULL,
    policies jsonb NOT NULL,
    data_through date,
    is_final boolean NOT NULL,
    row_count bigint NOT NULL,
    row_hash text NOT NULL,
    UNIQUE (billing_period, version)
);
SELECT pg_extension_config_dump('bedrock.statement', '');
COMMENT ON TABLE bedrock.statement IS
    'posted chargeback statements: version 1 of a period has all of it, each later one what has changed since; '
    'together they are the bill. bedrock.post_statement writes them, nothing changes them, and '
    'bedrock.verify_statement proves it';
COMMENT ON COLUMN bedrock.statement.statement_id IS
    'number of the statement, in the order they were posted, without gap';
COMMENT ON COLUMN bedrock.statement.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.statement.version IS '1: the statement of the period; above: an adjustment of it';
COMMENT ON COLUMN bedrock.statement.posted_at IS 'when it was posted; ownership and policies are those known then';
COMMENT ON COLUMN bedrock.statement.posted_by IS 'role that posted it';
COMMENT ON COLUMN bedrock.statement.reason IS 'why, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.statement.metric IS
    'cost metric: ai (each bill in that of its ai_cost; statement_row.cost_metric says which), or one that all bills '
    'of the period have: unblended, blended, net_unblended, amortized, net_amortized. A later version has the same, '
    'or ai';
COMMENT ON COLUMN bedrock.statement.policies IS 'charge policies it was made by: {"tax": "central"}';
COMMENT ON COLUMN bedrock.statement.data_through IS 'last complete day of the data then; NULL: none was';
COMMENT ON COLUMN bedrock.statement.is_final IS 'whether the bill of the period was final then, as in bedrock.spend';
COMMENT ON COLUMN bedrock.statement.row_count IS 'rows of bedrock.statement_row';
COMMENT ON COLUMN bedrock.statement.row_hash IS
    'SHA-256, in hex, of the statement, its rows and the hash of the version before: what prints again is the same';

CREATE TABLE bedrock.statement_row (
    statement_id bigint NOT NULL,
    line integer NOT NULL CHECK (line > 0),
    billing_period date NOT NULL,
    payer_account_id text NOT NULL,
    currency text,
    account_id text,
    workload text NOT NULL,
    owner text,
    element1 text,
    element2 text,
    element3 text,
    element4 text,
    element_path text,
    customer text NOT NULL,
    department text NOT NULL,
    charge_category text NOT NULL,
    cost_metric text NOT NULL,
    charge_kind text NOT NULL CHECK (charge_kind IN ('direct', 'spread', 'shared', 'central', 'unallocated')),
    origin text,
    method_id text,
    allocation_key text,
    ratio numeric,
    cost numeric,
    chargeable boolean NOT NULL,
    PRIMARY KEY (statement_id, line)
);
SELECT pg_extension_config_dump('bedrock.statement_row', '');
CREATE INDEX statement_row_workload ON bedrock.statement_row USING hash (workload);
CREATE INDEX statement_row_origin ON bedrock.statement_row USING hash (origin) WHERE origin IS NOT NULL;
COMMENT ON TABLE bedrock.statement_row IS
    'rows of posted statements, as bedrock.chargeback gave them then; of an adjustment the differences. Everything is '
    'written out, so that nothing that happens later changes how they print';
COMMENT ON COLUMN bedrock.statement_row.statement_id IS 'statement, bedrock.statement';
COMMENT ON COLUMN bedrock.statement_row.line IS 'place in the statement, from 1';
COMMENT ON COLUMN bedrock.statement_row.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.statement_row.payer_account_id IS 'payer account; empty: not stated';
COMMENT ON COLUMN bedrock.statement_row.currency IS 'currency of cost; NULL: not stated';
COMMENT ON COLUMN bedrock.statement_row.account_id IS 'usage account that was billed; NULL: not stated';
COMMENT ON COLUMN bedrock.statement_row.workload IS 'who pays: a workload, (unclaimed) or (not allocated)';
COMMENT ON COLUMN bedrock.statement_row.owner IS 'who answered for the workload; NULL: nobody named';
COMMENT ON COLUMN bedrock.statement_row.element1 IS 'first level of the hierarchy then; NULL: not placed';
COMMENT ON COLUMN bedrock.statement_row.element2 IS 'second level; NULL: not placed';
COMMENT ON COLUMN bedrock.statement_row.element3 IS 'third level; NULL: not placed';
COMMENT ON COLUMN bedrock.statement_row.element4 IS 'fourth level; NULL: not placed';
COMMENT ON COLUMN bedrock.statement_row.element_path IS 'all levels from the top; NULL: not placed';
COMMENT ON COLUMN bedrock.statement_row.customer IS 'customer, as in bedrock.spend; (untagged): none';
COMMENT ON COLUMN bedrock.statement_row.department IS 'department, as in bedrock.spend; (untagged): none';
COMMENT ON COLUMN bedrock.statement_row.charge_category IS 'charge category of the billed lines';
COMMENT ON COLUMN bedrock.statement_row.cost_metric IS 'metric of cost: unblended, net_unblended and the others';
COMMENT ON COLUMN bedrock.statement_row.charge_kind IS
    'direct, spread, shared, central or unallocated, as bedrock.chargeback has it';
COMMENT ON COLUMN bedrock.statement_row.origin IS 'workload whose shared cost it is; NULL: not shared';
COMMENT ON COLUMN bedrock.statement_row.method_id IS
    'policy or split by which it was allocated: charge_policy/discount/prorata, cost_split/gateway/even; NULL: direct';
COMMENT ON COLUMN bedrock.statement_row.allocation_key IS
    'what the share is in proportion to: usage cost, tokens, workloads, ratio; NULL: not allocated';
COMMENT ON COLUMN bedrock.statement_row.ratio IS
    'share of what was allocated; NULL: direct, or more than one, or an adjustment';
COMMENT ON COLUMN bedrock.statement_row.cost IS
    'amount in currency; of an adjustment the difference; NULL: the source has none in this metric';
COMMENT ON COLUMN bedrock.statement_row.chargeable IS 'whether it could be charged: a workload with an owner';
