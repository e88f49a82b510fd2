-- Prices of what is metered without a model: guardrails, web search, AgentCore. A catalogue as those of models and
-- regions: shipped rows (builtin) are replaced at every install and update, a user's row wins over them.

CREATE TABLE bedrock.meter_price (
    meter text NOT NULL CHECK (meter <> ''),
    region text NOT NULL DEFAULT '*' CHECK (region <> ''),
    usage_type text CHECK (usage_type <> ''),
    usd numeric NOT NULL CHECK (usd >= 0 AND usd < 1000000 AND scale(usd) <= 12),
    units integer NOT NULL DEFAULT 1 CHECK (units > 0),
    unit text NOT NULL CHECK (unit <> ''),
    valid daterange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(valid)),
    announced_on date,
    billed_from date,
    as_of date,
    source text,
    note text,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (meter, region, valid, builtin),
    CHECK (valid @> billed_from)
);
CREATE INDEX meter_price_by_usage_type ON bedrock.meter_price (usage_type);
SELECT pg_extension_config_dump('bedrock.meter_price', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.meter_price IS
    'prices in US dollars of what is metered without a model: guardrail text units, web search, AgentCore. Natural key: meter, region, valid; a user''s row wins over shipped ones, then the stated region over *, then the later first day: read bedrock.meter_prices, or bedrock.meter_cost';
COMMENT ON COLUMN bedrock.meter_price.meter IS
    'name of the meter: guardrail_content, web_search, agentcore_runtime_vcpu';
COMMENT ON COLUMN bedrock.meter_price.region IS
    'region that is called; *: the source names none, or every commercial region';
COMMENT ON COLUMN bedrock.meter_price.usage_type IS
    'usage type of its lines in the bill, without the prefix of a region; NULL: not known, no line is priced by it';
COMMENT ON COLUMN bedrock.meter_price.usd IS 'US dollars for so many units; 0 is free';
COMMENT ON COLUMN bedrock.meter_price.units IS 'how many units usd buys';
COMMENT ON COLUMN bedrock.meter_price.unit IS
    'what the bill counts: text unit (1,000 characters), query, vCPU hour, GB hour, request, event';
COMMENT ON COLUMN bedrock.meter_price.valid IS
    'days (UTC) the price is used for; (,): no other price is known, it is taken for all days';
COMMENT ON COLUMN bedrock.meter_price.announced_on IS
    'day the price was announced; it decides nothing. NULL: not known';
COMMENT ON COLUMN bedrock.meter_price.billed_from IS
    'first day (UTC) the price is known to be billed; NULL: not known';
COMMENT ON COLUMN bedrock.meter_price.as_of IS
    'listed on: day the source saw the price, which is not its first day; NULL: not stated';
COMMENT ON COLUMN bedrock.meter_price.source IS 'where the price was read; NULL: not stated';
COMMENT ON COLUMN bedrock.meter_price.note IS 'what else is to be known; NULL: nothing';
COMMENT ON COLUMN bedrock.meter_price.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';

-- List costs of the bill are taken from here, too: bedrock.refresh_list_cost asks for the version.
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.meter_price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.meter_price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.meter_price REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.meter_price
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock.price_rows_changed();
