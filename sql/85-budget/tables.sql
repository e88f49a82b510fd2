-- What may be spent, on anything that spend can be grouped by.

CREATE TABLE bedrock.budget (
    budget text NOT NULL CHECK (btrim(budget) <> '' AND octet_length(budget) <= 1024),
    attribute text NOT NULL,
    tag_key text,
    value text NOT NULL CHECK (octet_length(value) <= 2048),
    span text NOT NULL CHECK (span IN ('month', 'quarter', 'year', 'rolling')),
    rolling_days integer CHECK (rolling_days BETWEEN 1 AND 366),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    amount numeric NOT NULL CHECK (amount >= 0 AND amount < 1e15),
    thresholds numeric[] NOT NULL,
    forecast_thresholds numeric[] NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT tag_has_a_key CHECK ((attribute = 'tag') = (tag_key IS NOT NULL)),
    CONSTRAINT rolling_has_days CHECK ((span = 'rolling') = (rolling_days IS NOT NULL)),
    CONSTRAINT one_amount_per_day EXCLUDE USING gist (
        int8range(hashtextextended(budget, 0) >> 1, hashtextextended(budget, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX budget_by_name ON bedrock.budget (budget);
SELECT pg_extension_config_dump('bedrock.budget', '');
COMMENT ON TABLE bedrock.budget IS
    'budgets: what may be spent in a month, quarter, year or in rolling days, one row for each budget, validity '
    'interval and time of knowledge. bedrock.set_budget writes it, bedrock.budget_status has how they stand';
COMMENT ON COLUMN bedrock.budget.budget IS 'its name, unique';
COMMENT ON COLUMN bedrock.budget.attribute IS
    'what spend it is for: a column of bedrock.spend, tag, all, or element (an element of the hierarchy with '
    'everything below it, by the place of each day)';
COMMENT ON COLUMN bedrock.budget.tag_key IS 'tag where attribute is tag, as in bedrock_tag(tags, key); else NULL';
COMMENT ON COLUMN bedrock.budget.value IS
    'value of attribute: the workload, the key of the element; (all) where attribute is all, and as bedrock.spend has '
    'it, (unclaimed) or (untagged) too; (none): no value';
COMMENT ON COLUMN bedrock.budget.span IS
    'month; quarter or year, by setting fiscal_year_first_month; or rolling: the last rolling_days days';
COMMENT ON COLUMN bedrock.budget.rolling_days IS 'how many days a rolling span has; NULL: span is another';
COMMENT ON COLUMN bedrock.budget.currency IS 'currency of amount; spend in others is never compared with it';
COMMENT ON COLUMN bedrock.budget.amount IS 'what may be spent in a span';
COMMENT ON COLUMN bedrock.budget.thresholds IS 'percent of amount above which spend raises an alert; {}: none';
COMMENT ON COLUMN bedrock.budget.forecast_thresholds IS
    'percent of amount above which the forecast of the span raises an alert while spend is not; {}: none';
COMMENT ON COLUMN bedrock.budget.valid IS
    'validity interval in UTC days; [-infinity,): all days. A span has the amount of the last day that is known of it';

CREATE TABLE bedrock.budget_status (
    budget text PRIMARY KEY,
    attribute text NOT NULL,
    tag_key text,
    value text NOT NULL,
    span text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    currency text NOT NULL,
    amount numeric NOT NULL,
    actual numeric,
    forecast numeric,
    forecast_low numeric,
    forecast_high numeric,
    forecast_method text,
    status text NOT NULL,
    other_spend jsonb NOT NULL DEFAULT '{}',
    data_through date,
    cost_metric text,
    evaluated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Made of the bill again by the next refresh, or by bedrock.set_budget.
SELECT pg_extension_config_dump('bedrock.budget_status', '');
COMMENT ON TABLE bedrock.budget_status IS
    'how budgets stand in the span that runs, one row for each budget in force: written at the end of a refresh or '
    'load that brought lines, and by bedrock.set_budget. bedrock.within_budget reads it';
COMMENT ON COLUMN bedrock.budget_status.first_day IS 'first day (UTC) of the span';
COMMENT ON COLUMN bedrock.budget_status.last_day IS 'last day (UTC) of the span';
COMMENT ON COLUMN bedrock.budget_status.actual IS
    'ai_cost billed in it in currency: usage, commitments and fees, without tax, credits, refunds and discounts of '
    'their own; of rolling days, what is billed by day; 0: nothing in this currency; NULL: the span has no bill';
COMMENT ON COLUMN bedrock.budget_status.forecast IS
    'actual with the days left of the span, each as the same weekday in the 28 days before data_through; NULL: fewer '
    'than 14 days are known, or the days are rolling';
COMMENT ON COLUMN bedrock.budget_status.forecast_low IS
    'forecast with the cheapest of these weekdays for each day left; NULL as forecast';
COMMENT ON COLUMN bedrock.budget_status.forecast_high IS 'forecast with the dearest of them; NULL as forecast';
COMMENT ON COLUMN bedrock.budget_status.forecast_method IS
    'how forecast was found, as method of bedrock.forecast_month; NULL: no day is known, or the days are rolling';
COMMENT ON COLUMN bedrock.budget_status.status IS
    'over; will be over (by forecast); may be over (by forecast_high); within; within so far (no forecast); no data';
COMMENT ON COLUMN bedrock.budget_status.other_spend IS
    'what was billed in the span in other currencies, {"EUR": 12.5}, never compared with amount; {}: nothing';
COMMENT ON COLUMN bedrock.budget_status.data_through IS
    'last complete day (UTC) of the bill that it is made of: what was used since is not in it; NULL: none is';
COMMENT ON COLUMN bedrock.budget_status.cost_metric IS
    'metric that ai_cost carries in the bills of the span, several with commas between them; NULL: it has no bill';
COMMENT ON COLUMN bedrock.budget_status.evaluated_at IS
    'when this was found first: what a later refresh finds to be the same is not written again';
