-- The price book: what AWS asks in public, what the user negotiated, what price lists publish, what the bill showed.
-- Shipped rows (builtin) are replaced at every install and update; rows of the user win over them, also over later
-- versions.

CREATE TABLE bedrock.price (
    model_id text NOT NULL CHECK (model_id <> ''),
    region text NOT NULL DEFAULT '*' CHECK (region <> ''),
    routing text NOT NULL DEFAULT '*' CHECK (routing IN ('regional', 'global', '*')),
    tier text NOT NULL DEFAULT 'standard' CHECK (tier <> ''),
    token_kind text NOT NULL CHECK (token_kind <> ''),
    cache_ttl text CHECK (cache_ttl IN ('5m', '30m', '1h')),
    modality text CHECK (modality <> ''),
    long_context_above bigint CHECK (long_context_above >= 0),
    endpoint text CHECK (endpoint IN ('bedrock-runtime', 'bedrock-mantle')),
    unit text NOT NULL DEFAULT '1M tokens' CHECK (unit <> ''),
    usd numeric NOT NULL CHECK (usd >= 0 AND usd < 1000000 AND scale(usd) <= 12),
    valid daterange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(valid)),
    announced_on date,
    billed_from date,
    as_of date,
    doubtful boolean NOT NULL DEFAULT false,
    usage_type text,
    source text,
    note text,
    origin text NOT NULL CHECK (origin IN ('shipped', 'price_list', 'offer', 'user')),
    builtin boolean NOT NULL DEFAULT false CHECK (builtin = (origin = 'shipped')),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (NOT isempty(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    CHECK (valid @> billed_from),
    closed_by name,
    close_reason text
);
CREATE INDEX price_model ON bedrock.price (model_id);
SELECT pg_extension_config_dump('bedrock.price', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.price IS
    'the price book in US dollars: valid are the days of a price, recorded is when the book had it. The user''s price '
    'wins over an offer of the account, that over a price list, that over the shipped price; then the stated region '
    'over *, then the later first day. Nothing is derived: batch, flex, priority, cache and global prices are rows of '
    'their own. bedrock.price_of reads it; bedrock.set_price and bedrock.apply_price_list write it';
COMMENT ON COLUMN bedrock.price.model_id IS 'model id without geography prefix';
COMMENT ON COLUMN bedrock.price.region IS 'region that is called; *: the source names none, or every region';
COMMENT ON COLUMN bedrock.price.routing IS
    'regional: in the region and through a profile of a geography; global: through a global profile; *: both';
COMMENT ON COLUMN bedrock.price.tier IS
    'standard, batch, flex, priority, latency_optimized; provisioned_*, reserved_*, *_extended_access';
COMMENT ON COLUMN bedrock.price.token_kind IS
    'input, output, cache_read, cache_write; or what else is metered: image, model_unit_hour, input_tpm, '
    'video_second_720p';
COMMENT ON COLUMN bedrock.price.cache_ttl IS
    'how long a cache write is kept: 5m, 30m, 1h; NULL: not stated, or no cache write';
COMMENT ON COLUMN bedrock.price.modality IS 'speech, image, audio, video; NULL: text, or not stated';
COMMENT ON COLUMN bedrock.price.long_context_above IS
    'the long-context price: it holds for the whole request when its input, cached tokens included, is above so many '
    'tokens; NULL: the price below';
COMMENT ON COLUMN bedrock.price.endpoint IS
    'bedrock-runtime or bedrock-mantle, where the list has a SKU for each; NULL: both';
COMMENT ON COLUMN bedrock.price.unit IS
    'what usd buys: 1M tokens, 1K tokens, image, model unit hour, hour per 1K TPM, second, 1000 requests, 1000 queries';
COMMENT ON COLUMN bedrock.price.usd IS 'US dollars a unit; 0 is free';
COMMENT ON COLUMN bedrock.price.valid IS
    'days (UTC) the price is used for; (,): no other price is known, it is taken for all days. The first day is a day '
    'of the bill where billed_from has it; else the price is known to be a later one than another, and no better day';
COMMENT ON COLUMN bedrock.price.announced_on IS 'day the price was announced; it decides nothing. NULL: not known';
COMMENT ON COLUMN bedrock.price.billed_from IS
    'first day (UTC) the price is known to be billed: stated by who asks it, or seen in a bill. From it on the price '
    'is dated (bedrock.price_of). NULL: not known';
COMMENT ON COLUMN bedrock.price.as_of IS
    'listed on: day the source saw the price, which is not its first day; NULL: not stated';
COMMENT ON COLUMN bedrock.price.doubtful IS 'true: a zero that probably means not sold; it prices nothing';
COMMENT ON COLUMN bedrock.price.usage_type IS 'usage type of the SKU in the price list; NULL: not from a price list';
COMMENT ON COLUMN bedrock.price.source IS 'where the price was read; NULL: not stated';
COMMENT ON COLUMN bedrock.price.note IS 'what else is to be known; NULL: nothing';
COMMENT ON COLUMN bedrock.price.origin IS
    'shipped; price_list: a public list or offer of AWS; offer: the offer your account has, which may be private, so '
    'it takes no discount and is no list price; user';
COMMENT ON COLUMN bedrock.price.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.price.recorded IS 'when the book held the row; without an end: it still does';
COMMENT ON COLUMN bedrock.price.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.price.closed_by IS
    'role whose change closed recorded; NULL: still held, or a price list or offer replaced it';
COMMENT ON COLUMN bedrock.price.close_reason IS 'why it did, the note of the change; NULL: not stated, or still held';

CREATE TABLE bedrock.price_discount (
    model_id text CHECK (model_id <> ''),
    provider text CHECK (provider <> ''),
    percent numeric NOT NULL CHECK (percent BETWEEN 0 AND 100 AND scale(percent) <= 4),
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    note text,
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (NOT isempty(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    CHECK (num_nonnulls(model_id, provider) = 1),
    closed_by name,
    close_reason text
);
SELECT pg_extension_config_dump('bedrock.price_discount', '');
COMMENT ON TABLE bedrock.price_discount IS
    'discounts in percent off shipped prices and price lists, of a model or all models of a provider; that of the '
    'model replaces that of its provider, and a price of the user takes none. bedrock.set_discount writes it';
COMMENT ON COLUMN bedrock.price_discount.model_id IS 'model the discount is for; NULL: a provider';
COMMENT ON COLUMN bedrock.price_discount.provider IS 'provider the discount is for, as in bedrock.model; NULL: a model';
COMMENT ON COLUMN bedrock.price_discount.percent IS 'percent off, 0 to 100';
COMMENT ON COLUMN bedrock.price_discount.valid IS 'days (UTC) it holds';
COMMENT ON COLUMN bedrock.price_discount.note IS 'what else is to be known; NULL: nothing';
COMMENT ON COLUMN bedrock.price_discount.recorded IS 'when the book held the row; without an end: it still does';
COMMENT ON COLUMN bedrock.price_discount.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.price_discount.closed_by IS 'role whose change closed recorded; NULL: still held';
COMMENT ON COLUMN bedrock.price_discount.close_reason IS
    'why it did, the note of the change; NULL: not stated, or still held';

CREATE TABLE bedrock.effective_price (
    billing_period date NOT NULL,
    currency text,
    model_id text NOT NULL,
    region text,
    routing text,
    tier text,
    token_kind text NOT NULL,
    cache_ttl text,
    modality text,
    long_context boolean,
    custom_model boolean,
    endpoint text,
    tokens numeric NOT NULL CHECK (tokens > 0),
    net_cost numeric NOT NULL,
    usd numeric CHECK (usd >= 0 AND usd < 1000000 AND scale(usd) <= 12),
    observed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE NULLS NOT DISTINCT (model_id, billing_period, currency, region, routing, tier, token_kind, cache_ttl,
                               modality, long_context,
                               custom_model, endpoint)
);
SELECT pg_extension_config_dump('bedrock.effective_price', '');
COMMENT ON TABLE bedrock.effective_price IS
    'observed unit prices, used by estimated_cost with basis => effective: the rows of bedrock.billed_price when '
    'bedrock.observe_unit_prices ran';
COMMENT ON COLUMN bedrock.effective_price.observed_at IS 'when bedrock.observe_unit_prices wrote the row';

CREATE TABLE bedrock.price_list (
    offer_code text NOT NULL,
    version text NOT NULL,
    region text NOT NULL DEFAULT '*',
    published_at timestamptz,
    format text NOT NULL CHECK (format IN ('json', 'csv')),
    file text,
    rates bigint NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    loaded_by name NOT NULL DEFAULT session_user,
    PRIMARY KEY (offer_code, version, region)
);
SELECT pg_extension_config_dump('bedrock.price_list', '');
COMMENT ON TABLE bedrock.price_list IS
    'versions of AWS''s price lists that bedrock.load_price_list read; a version never changes, and all are kept';
COMMENT ON COLUMN bedrock.price_list.offer_code IS
    'AmazonBedrock, AmazonBedrockService or AmazonBedrockFoundationModels';
COMMENT ON COLUMN bedrock.price_list.version IS 'version as AWS names it, a UTC stamp';
COMMENT ON COLUMN bedrock.price_list.region IS 'the one region the file is about; *: several';
COMMENT ON COLUMN bedrock.price_list.published_at IS 'publication date as stated; NULL: not stated';
COMMENT ON COLUMN bedrock.price_list.format IS 'json or csv';
COMMENT ON COLUMN bedrock.price_list.file IS 'file it was read from; NULL: given as text';
COMMENT ON COLUMN bedrock.price_list.rates IS 'rates it has';
COMMENT ON COLUMN bedrock.price_list.loaded_at IS 'when it was loaded';
COMMENT ON COLUMN bedrock.price_list.loaded_by IS 'role that loaded it';

CREATE TABLE bedrock.price_list_rate (
    offer_code text NOT NULL,
    version text NOT NULL,
    list_region text NOT NULL,
    sku text NOT NULL,
    rate_code text NOT NULL,
    usage_type text NOT NULL,
    service_name text,
    model_name text,
    region text,
    unit text NOT NULL,
    usd numeric NOT NULL,
    begin_range text,
    end_range text,
    effective_date date,
    description text,
    PRIMARY KEY (offer_code, version, list_region, sku, rate_code),
    FOREIGN KEY (offer_code, version, list_region) REFERENCES bedrock.price_list ON DELETE CASCADE
);
SELECT pg_extension_config_dump('bedrock.price_list_rate', '');
COMMENT ON TABLE bedrock.price_list_rate IS
    'rates of the loaded price lists as published: on-demand terms in US dollars. bedrock.price_list_difference shows '
    'what they are prices of';
COMMENT ON COLUMN bedrock.price_list_rate.offer_code IS 'offer of the list';
COMMENT ON COLUMN bedrock.price_list_rate.version IS 'version of the list';
COMMENT ON COLUMN bedrock.price_list_rate.list_region IS 'region of the list, as in bedrock.price_list';
COMMENT ON COLUMN bedrock.price_list_rate.sku IS 'SKU';
COMMENT ON COLUMN bedrock.price_list_rate.rate_code IS 'rate code, unique in the list';
COMMENT ON COLUMN bedrock.price_list_rate.usage_type IS 'usage type, what the rate is known by';
COMMENT ON COLUMN bedrock.price_list_rate.service_name IS
    'service name; of Marketplace models it names the model; NULL: none';
COMMENT ON COLUMN bedrock.price_list_rate.model_name IS
    'model or titanModel attribute; newer rates leave it empty: NULL';
COMMENT ON COLUMN bedrock.price_list_rate.region IS 'region code; NULL: none stated';
COMMENT ON COLUMN bedrock.price_list_rate.unit IS
    'unit as published; it is not always the unit of the price, which the usage type decides';
COMMENT ON COLUMN bedrock.price_list_rate.usd IS 'US dollars as published';
COMMENT ON COLUMN bedrock.price_list_rate.begin_range IS 'usage from which the rate holds; NULL: not stated';
COMMENT ON COLUMN bedrock.price_list_rate.end_range IS 'usage up to which it holds, Inf: any; NULL: not stated';
COMMENT ON COLUMN bedrock.price_list_rate.effective_date IS
    'effective date as published: the first of a month at republication, not the day a price changed; NULL: none';
COMMENT ON COLUMN bedrock.price_list_rate.description IS
    'description as published; it does not always fit the unit, which counts; NULL: none';

-- Estimates keep the book in memory and must know when it changes, for every session and every snapshot. The row is
-- changed in the transaction that changes a price, so a snapshot sees both or none; a value is never given twice,
-- also where a transaction is rolled back.
CREATE SEQUENCE bedrock.price_version_seq;
SELECT pg_extension_config_dump('bedrock.price_version_seq', '');
COMMENT ON SEQUENCE bedrock.price_version_seq IS 'versions of the price book';
CREATE TABLE bedrock.price_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL
);
INSERT INTO bedrock.price_version (version) VALUES (nextval('bedrock.price_version_seq'));
-- The row is made at installation; a restore changes it by the rows it brings.
SELECT pg_extension_config_dump('bedrock.price_version', 'WHERE false');
COMMENT ON TABLE bedrock.price_version IS
    'one row: the version of all tables that estimated_cost reads, changed by triggers on them';
COMMENT ON COLUMN bedrock.price_version.only_row IS 'true: there is one row';
COMMENT ON COLUMN bedrock.price_version.version IS 'another value after every change';

CREATE FUNCTION bedrock_internal.price_rows_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'bedrock' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'bedrock_internal.price_rows_changed is for tables of schema bedrock alone';
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE bedrock.price_version SET version = nextval('bedrock.price_version_seq');
    ELSIF EXISTS (SELECT FROM changed) THEN
        UPDATE bedrock.price_version SET version = nextval('bedrock.price_version_seq');
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_rows_changed() IS
    'trigger: gives bedrock.price_version a new value when a statement changed rows of a table that '
    'estimated_cost reads';

-- A profile that a bill made known has no model and changes no price: a refresh need not wait for another one here.
CREATE FUNCTION bedrock_internal.price_profile_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'bedrock' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'bedrock_internal.price_profile_changed is for tables of schema bedrock alone';
    END IF;
    IF EXISTS (SELECT FROM changed WHERE model_id IS NOT NULL) THEN
        UPDATE bedrock.price_version SET version = nextval('bedrock.price_version_seq');
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION bedrock_internal.price_profile_changed() IS
    'trigger: like bedrock_internal.price_rows_changed, for rows of bedrock.profile that name a model';

CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.price REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.price FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.price_discount REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.price_discount REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.price_discount REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.price_discount FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.effective_price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.effective_price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.effective_price REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.effective_price FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.model REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.model REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.model REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.model FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.model_alias REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.model_alias REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.model_alias REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.model_alias FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.system_profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.system_profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.system_profile REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.system_profile FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_profile_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.profile REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.profile REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_profile_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.profile FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();
-- The regions that a price of every region is for.
CREATE TRIGGER price_version_insert AFTER INSERT ON bedrock.region REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.region REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.region REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.region FOR EACH STATEMENT EXECUTE FUNCTION
    bedrock_internal.price_rows_changed();

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
    'prices in US dollars of meters without a model: guardrail text units, web search, AgentCore. A row of the user '
    'wins over shipped ones, then the stated region over *, then the later first day; bedrock.meter_cost reads it';
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
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_update AFTER UPDATE ON bedrock.meter_price REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_delete AFTER DELETE ON bedrock.meter_price REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
CREATE TRIGGER price_version_truncate AFTER TRUNCATE ON bedrock.meter_price
    FOR EACH STATEMENT EXECUTE FUNCTION bedrock_internal.price_rows_changed();
