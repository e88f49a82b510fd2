CREATE TABLE bedrock.bill_total (
    bill_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    payer_account_id text NOT NULL,
    account_id text,
    billing_period date NOT NULL,
    billing_entity text,
    legal_entity text,
    invoicing_entity text,
    invoice_id text,
    charge_category text NOT NULL,
    currency text,
    cost_metric text NOT NULL,
    is_final boolean NOT NULL,
    is_final_basis text NOT NULL,
    superseded boolean NOT NULL DEFAULT false,
    lines bigint NOT NULL,
    unblended_cost numeric,
    blended_cost numeric,
    net_unblended_cost numeric,
    amortized_cost numeric,
    net_amortized_cost numeric,
    public_on_demand_cost numeric,
    bedrock_lines bigint NOT NULL,
    bedrock_unblended_cost numeric,
    bedrock_net_unblended_cost numeric,
    last_usage_date date,
    high_session_roles text[],
    other_ai jsonb CHECK (jsonb_typeof(other_ai) = 'object')
);
SELECT pg_extension_config_dump('bedrock.bill_total', '');
COMMENT ON TABLE bedrock.bill_total IS
    'bill totals: all lines of a source, Bedrock or not, by account, period, entities, invoice, category and currency, '
    'and how much of each is Bedrock. Compare them with the invoice; bedrock.spend has its bill columns from here';
COMMENT ON COLUMN bedrock.bill_total.bill_id IS 'internal key';
COMMENT ON COLUMN bedrock.bill_total.source IS 'name of the source';
COMMENT ON COLUMN bedrock.bill_total.payer_account_id IS 'payer account; empty where the source names none';
COMMENT ON COLUMN bedrock.bill_total.account_id IS 'usage account; NULL: not stated';
COMMENT ON COLUMN bedrock.bill_total.billing_period IS 'first day of the month the bill is for';
COMMENT ON COLUMN bedrock.bill_total.billing_entity IS 'AWS or AWS Marketplace; NULL: not stated';
COMMENT ON COLUMN bedrock.bill_total.legal_entity IS 'seller of the services; NULL: not stated';
COMMENT ON COLUMN bedrock.bill_total.invoicing_entity IS 'issuer of the invoice; NULL: not stated';
COMMENT ON COLUMN bedrock.bill_total.invoice_id IS 'invoice; NULL: not invoiced yet, or not stated';
COMMENT ON COLUMN bedrock.bill_total.charge_category IS
    'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.bill_total.currency IS 'currency of every amount of the row; NULL: not stated';
COMMENT ON COLUMN bedrock.bill_total.cost_metric IS 'which metric ai_cost carries in this source and period';
COMMENT ON COLUMN bedrock.bill_total.is_final IS
    'whether payer, period and billing entity are final: the period has ended and every row has an invoice id, or, '
    'where the source has no invoice ids, ended more than 15 days ago';
COMMENT ON COLUMN bedrock.bill_total.is_final_basis IS 'invoice or age';
COMMENT ON COLUMN bedrock.bill_total.superseded IS
    'true: another source is active for this account and period; these amounts are not part of bedrock.spend';
COMMENT ON COLUMN bedrock.bill_total.lines IS 'lines of the bill';
COMMENT ON COLUMN bedrock.bill_total.unblended_cost IS 'as billed; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.bill_total.blended_cost IS 'as billed; NULL: the source has none';
COMMENT ON COLUMN bedrock.bill_total.net_unblended_cost IS 'after discounts';
COMMENT ON COLUMN bedrock.bill_total.amortized_cost IS
    'commitments spread over their use; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.bill_total.net_amortized_cost IS 'amortized after discounts';
COMMENT ON COLUMN bedrock.bill_total.public_on_demand_cost IS
    'at public prices, only of lines that state it; NULL: none does';
COMMENT ON COLUMN bedrock.bill_total.bedrock_lines IS 'lines that are Bedrock''s';
COMMENT ON COLUMN bedrock.bill_total.bedrock_unblended_cost IS 'unblended cost of those';
COMMENT ON COLUMN bedrock.bill_total.bedrock_net_unblended_cost IS 'net unblended cost of those';
COMMENT ON COLUMN bedrock.bill_total.last_usage_date IS
    'last day (UTC) with Bedrock usage that is billed by hour or day; NULL: none is, or no usage';
COMMENT ON COLUMN bedrock.bill_total.high_session_roles IS
    'ARNs, without session, of assumed roles that had more than a hundred sessions with this payer in this period, '
    'sessions of people not counted; bedrock.spend_monthly has one row for all sessions of such a role. NULL: none';
COMMENT ON COLUMN bedrock.bill_total.other_ai IS
    'AI services other than Bedrock among these lines, each with its unblended cost (FOCUS: net): {"Amazon SageMaker": '
    '12.5}; not part of bedrock.spend. NULL: none';

SELECT pg_extension_config_dump('bedrock.bill_total_bill_id_seq', '');

CREATE INDEX bill_total_period ON bedrock.bill_total (source, payer_account_id, billing_period);

CREATE INDEX bill_total_account ON bedrock.bill_total (account_id, billing_period);

CREATE TABLE bedrock.dimension (
    dimension_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash uuid NOT NULL UNIQUE,
    account_id text,
    account_name text,
    billing_entity text,
    legal_entity text,
    charge_type text,
    charge_class text,
    charge_description text,
    product_code text,
    product_name text,
    sku text,
    usage_type text,
    operation text,
    pricing_unit text,
    pricing_term text,
    currency text,
    resource_id text,
    principal text,
    user_identifier text,
    region_code text,
    tags jsonb,
    tags_raw text,
    charge_grain text NOT NULL,
    list_known boolean NOT NULL,
    resource_recorded boolean NOT NULL,
    principal_recorded boolean NOT NULL,
    parser integer NOT NULL DEFAULT 0,
    bedrock_basis text,
    charge_category text,
    usage_group text,
    pricing_model text,
    provider text,
    model_id text,
    model_name text,
    model_family text,
    model_basis text,
    token_kind text,
    modality text,
    cache_ttl text,
    tier text,
    routing text,
    ai_region_type text,
    geo_prefix text,
    endpoint text,
    long_context boolean,
    custom_model boolean,
    tokens_per_unit integer NOT NULL DEFAULT 0,
    region text,
    resource_type text,
    request_path text,
    via_profile boolean,
    profile_kind text,
    profile_id text,
    profile_suffix text,
    project_id text,
    control_layer text,
    principal_kind text,
    principal_name text,
    principal_key text,
    permission_set text,
    caller_class text,
    traffic_class text,
    attribution_kind text,
    agentcore_component text,
    caller_rule integer,
    tag_owner text
);
SELECT pg_extension_config_dump('bedrock.dimension', '');
COMMENT ON TABLE bedrock.dimension IS
    'one row for each distinct line key of all bills, that is all columns but amounts, days and sessions: the raw '
    'strings as billed, and what the parsers read out of them, once';
COMMENT ON COLUMN bedrock.dimension.dimension_id IS 'internal key, stable while the row exists';
COMMENT ON COLUMN bedrock.dimension.key_hash IS '128-bit hash of the raw columns, which identifies the row';
COMMENT ON COLUMN bedrock.dimension.account_id IS 'raw: usage account';
COMMENT ON COLUMN bedrock.dimension.account_name IS 'raw: its name; NULL: not stated';
COMMENT ON COLUMN bedrock.dimension.billing_entity IS 'raw: AWS or AWS Marketplace';
COMMENT ON COLUMN bedrock.dimension.legal_entity IS 'raw: legal entity';
COMMENT ON COLUMN bedrock.dimension.charge_type IS 'raw: line item type (FOCUS: ChargeCategory)';
COMMENT ON COLUMN bedrock.dimension.charge_class IS 'raw: FOCUS ChargeClass; NULL elsewhere';
COMMENT ON COLUMN bedrock.dimension.charge_description IS 'raw: line item description';
COMMENT ON COLUMN bedrock.dimension.product_code IS 'raw: product code';
COMMENT ON COLUMN bedrock.dimension.product_name IS 'raw: product name';
COMMENT ON COLUMN bedrock.dimension.sku IS 'raw: product SKU';
COMMENT ON COLUMN bedrock.dimension.usage_type IS
    'raw: usage type; FOCUS: x_UsageType, else SkuMeter where that is one; NULL: none';
COMMENT ON COLUMN bedrock.dimension.operation IS 'raw: operation';
COMMENT ON COLUMN bedrock.dimension.pricing_unit IS 'raw: unit of usage_amount';
COMMENT ON COLUMN bedrock.dimension.pricing_term IS 'raw: pricing term';
COMMENT ON COLUMN bedrock.dimension.currency IS 'raw: currency';
COMMENT ON COLUMN bedrock.dimension.resource_id IS 'raw: resource id; NULL: none on the line';
COMMENT ON COLUMN bedrock.dimension.principal IS
    'raw: IAM principal without the session of an assumed role; NULL: none on the line';
COMMENT ON COLUMN bedrock.dimension.user_identifier IS 'raw: IAM Identity Center user; NULL: none';
COMMENT ON COLUMN bedrock.dimension.region_code IS 'raw: region the product columns state; NULL: none';
COMMENT ON COLUMN bedrock.dimension.tags IS
    'raw: all tags with their original keys; {}: none on the line; NULL: the source and period record none';
COMMENT ON COLUMN bedrock.dimension.tags_raw IS
    'raw: a tag column that is no JSON, as it came; NULL: every one could be read';
COMMENT ON COLUMN bedrock.dimension.charge_grain IS 'hour, day or period: how long the line covers';
COMMENT ON COLUMN bedrock.dimension.list_known IS
    'whether the line states a public price: it is neither missing nor 0 on a usage line with cost';
COMMENT ON COLUMN bedrock.dimension.resource_recorded IS 'whether source and period record resource ids';
COMMENT ON COLUMN bedrock.dimension.principal_recorded IS 'whether source and period record IAM principals';
COMMENT ON COLUMN bedrock.dimension.parser IS
    'version of the parser that filled the columns below; refresh parses a row of an older one again';
COMMENT ON COLUMN bedrock.dimension.bedrock_basis IS
    'why the line counts as Bedrock: product, resource, proved (by another line of the payer), probable (its name '
    'contains Bedrock)';
COMMENT ON COLUMN bedrock.dimension.charge_category IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.usage_group IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.pricing_model IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.provider IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.model_id IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.model_name IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.model_family IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.model_basis IS
    'source of model_id: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about no model';
COMMENT ON COLUMN bedrock.dimension.token_kind IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.modality IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.cache_ttl IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.tier IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.routing IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.ai_region_type IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.geo_prefix IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.endpoint IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.long_context IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.custom_model IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.tokens_per_unit IS 'tokens of one unit of usage_amount; 0: not metered in tokens';
COMMENT ON COLUMN bedrock.dimension.region IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.resource_type IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.request_path IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.via_profile IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.profile_kind IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.profile_id IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.profile_suffix IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.project_id IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.control_layer IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.principal_kind IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.principal_name IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.principal_key IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.permission_set IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.caller_class IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.traffic_class IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.attribution_kind IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.agentcore_component IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.tag_owner IS 'see bedrock.spend';
COMMENT ON COLUMN bedrock.dimension.caller_rule IS
    'place of the rule that decided caller_class; a rule of the session that comes before it decides instead. NULL: no '
    'caller on the line';

SELECT pg_extension_config_dump('bedrock.dimension_dimension_id_seq', '');

-- By its hash: an id may be longer than a row of a btree.
CREATE INDEX dimension_resource ON bedrock.dimension USING hash (resource_id) WHERE resource_id IS NOT NULL;

CREATE INDEX dimension_principal ON bedrock.dimension (principal_key) WHERE principal_key IS NOT NULL;

CREATE TABLE bedrock.session (
    session_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    iam_principal text,
    principal_session text,
    user_email text,
    caller_class text,
    caller_rule integer,
    UNIQUE (iam_principal)
);
SELECT pg_extension_config_dump('bedrock.session', 'WHERE session_id <> 0');
COMMENT ON TABLE bedrock.session IS
    'one row for each distinct IAM principal with the session of an assumed role, and one without session for each '
    'role with many sessions. Row 0: no principal';
COMMENT ON COLUMN bedrock.session.session_id IS 'internal key; 0: the line has no principal';
COMMENT ON COLUMN bedrock.session.iam_principal IS
    'raw: the ARN as billed, or that of a role without its sessions; NULL in row 0, which is also used for text longer '
    'than an ARN can be (2,048 bytes; bedrock.dimension.principal has it)';
COMMENT ON COLUMN bedrock.session.principal_session IS 'session name of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.session.user_email IS 'session or name where it is an e-mail address; NULL: it is not';
COMMENT ON COLUMN bedrock.session.caller_class IS
    'class by the first rule about sessions and e-mail addresses that matches; NULL: none does';
COMMENT ON COLUMN bedrock.session.caller_rule IS 'place of that rule among all rules; NULL: none';

SELECT pg_extension_config_dump('bedrock.session_session_id_seq', '');
INSERT INTO bedrock.session (session_id) VALUES (0);

CREATE TABLE bedrock.owner (
    owner_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    workload text NOT NULL,
    owner text,
    element1 text,
    element2 text,
    element3 text,
    element4 text,
    element_path text
);
SELECT pg_extension_config_dump('bedrock.owner', 'WHERE owner_id > 1');
COMMENT ON TABLE bedrock.owner IS
    'workloads with owner and place in the hierarchy, one row for each that they had on any day. Row 0 is '
    '(unclaimed): usage that no claim or rule owns; row 1 is (not allocated): such charges that are no usage';
COMMENT ON COLUMN bedrock.owner.owner_id IS 'internal key';
COMMENT ON COLUMN bedrock.owner.workload IS 'name of the workload';
COMMENT ON COLUMN bedrock.owner.owner IS 'who is responsible for it; NULL: not set';
COMMENT ON COLUMN bedrock.owner.element1 IS 'first level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.owner.element2 IS 'second level; NULL: not placed';
COMMENT ON COLUMN bedrock.owner.element3 IS 'third level; NULL: not placed';
COMMENT ON COLUMN bedrock.owner.element4 IS 'fourth level; NULL: not placed';
COMMENT ON COLUMN bedrock.owner.element_path IS 'all levels from the top, separated by " / "; NULL: not placed';

SELECT pg_extension_config_dump('bedrock.owner_owner_id_seq', '');
INSERT INTO bedrock.owner (owner_id, workload) VALUES (0, '(unclaimed)'), (1, '(not allocated)');
ALTER TABLE bedrock.owner ALTER COLUMN owner_id RESTART WITH 2;

CREATE TABLE bedrock.attribution (
    attribution_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dimension_id integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    owner_id integer NOT NULL,
    claim_id bigint,
    attribution_rule text NOT NULL,
    evidence_trust text,
    expected boolean,
    expected_reason text,
    profile_name text,
    project_name text,
    team text NOT NULL,
    application text NOT NULL,
    project text NOT NULL,
    environment text NOT NULL,
    cost_center text NOT NULL,
    department text NOT NULL,
    customer text NOT NULL,
    workflow text NOT NULL,
    engineer text NOT NULL,
    UNIQUE (dimension_id, valid_from),
    CHECK (valid_from <= valid_to)
);
SELECT pg_extension_config_dump('bedrock.attribution', '');
COMMENT ON TABLE bedrock.attribution IS
    'one row for each dimension and validity interval in which its owner and labels do not change; the intervals of a '
    'dimension cover all days. Facts point here, so that a change of labels or owners moves facts and reads no source';
COMMENT ON COLUMN bedrock.attribution.attribution_id IS 'internal key';
COMMENT ON COLUMN bedrock.attribution.dimension_id IS 'row of bedrock.dimension';
COMMENT ON COLUMN bedrock.attribution.valid_from IS 'first day (UTC); -infinity: from the beginning';
COMMENT ON COLUMN bedrock.attribution.valid_to IS 'last day (UTC); infinity: no end';
COMMENT ON COLUMN bedrock.attribution.owner_id IS 'row of bedrock.owner';
COMMENT ON COLUMN bedrock.attribution.claim_id IS 'the claim that decided; NULL: none did';
COMMENT ON COLUMN bedrock.attribution.attribution_rule IS
    'what decided the owner: claim:resource, claim:project, claim:principal, rule:<name>, unclaimed, '
    'charge:<category>';
COMMENT ON COLUMN bedrock.attribution.evidence_trust IS
    'how far the evidence of the owner is trusted: billing, registry, session_tag, request_metadata; NULL: unclaimed';
COMMENT ON COLUMN bedrock.attribution.expected IS
    'false: usage that breaks a policy of bedrock.model_policy that is in force on its day; true: owned and breaks '
    'none; NULL: no owner and breaks none, or it cannot be told';
COMMENT ON COLUMN bedrock.attribution.expected_reason IS
    'the policies it breaks, and how: policy: model not allowed, model denied, operation not allowed, path not '
    'allowed, called outside, may be answered outside; or what is not known of it: model not known, operation not '
    'known, path not known, region not known, coverage not known (of an account or region that the line does not '
    'state); several separated by ", ". NULL: none';
COMMENT ON COLUMN bedrock.attribution.profile_name IS
    'name of the profile in the registry, else its id; NULL: no profile';
COMMENT ON COLUMN bedrock.attribution.project_name IS
    'name of the bedrock-mantle project in the registry, else its id; NULL: no project';
COMMENT ON COLUMN bedrock.attribution.team IS 'team; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.application IS 'application; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.project IS 'project; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.environment IS 'environment; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.cost_center IS 'cost center; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.department IS 'department; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.customer IS 'customer; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.workflow IS 'workflow; (untagged): set by none';
COMMENT ON COLUMN bedrock.attribution.engineer IS 'engineer; (untagged): set by none';

SELECT pg_extension_config_dump('bedrock.attribution_attribution_id_seq', '');

-- A partition a billing period, made by refresh (bedrock_internal.add_fact_partitions): a question about a month reads
-- that month, and replacing one touches no other. Their indexes are their own: those of the table would stand in a
-- restore's way, which attaches a partition to the table of the extension before it builds the partition's. What is
-- asked for most comes first.
CREATE TABLE bedrock.fact (
    billing_period date NOT NULL,
    usage_date date NOT NULL,
    bill_id integer NOT NULL,
    attribution_id integer NOT NULL,
    dimension_id integer NOT NULL,
    session_id integer NOT NULL,
    lines bigint NOT NULL,
    superseded boolean NOT NULL,
    ai_cost numeric,
    unblended_cost numeric,
    tokens numeric,
    usage_amount numeric,
    net_unblended_cost numeric,
    blended_cost numeric,
    amortized_cost numeric,
    net_amortized_cost numeric,
    public_on_demand_cost numeric,
    list_cost numeric,
    usage_hour timestamptz
) PARTITION BY LIST (billing_period);
SELECT pg_extension_config_dump('bedrock.fact', '');
COMMENT ON TABLE bedrock.fact IS
    'Bedrock lines summed by day (or hour, where the source is kept so), dimension, session and bill';
COMMENT ON COLUMN bedrock.fact.billing_period IS
    'first day of the month the bill is for, as bedrock.bill_total has it of bill_id; a partition a month';
COMMENT ON COLUMN bedrock.fact.usage_date IS 'day (UTC) the line begins';
COMMENT ON COLUMN bedrock.fact.bill_id IS 'row of bill_total: source, payer, period, entities, invoice';
COMMENT ON COLUMN bedrock.fact.attribution_id IS 'row of attribution: owner and labels';
COMMENT ON COLUMN bedrock.fact.dimension_id IS
    'row of dimension; repeated here, so that a question about it need not pass through attribution';
COMMENT ON COLUMN bedrock.fact.session_id IS 'row of session; 0: no principal';
COMMENT ON COLUMN bedrock.fact.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.fact.superseded IS
    'true: another source is active for this account and period; not part of bedrock.spend';
COMMENT ON COLUMN bedrock.fact.ai_cost IS 'cost in the metric of cost_metric';
COMMENT ON COLUMN bedrock.fact.unblended_cost IS 'as billed; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.fact.tokens IS 'tokens, usage lines only; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.fact.usage_amount IS 'in pricing_unit, usage lines only; NULL: other charges';
COMMENT ON COLUMN bedrock.fact.net_unblended_cost IS 'after discounts';
COMMENT ON COLUMN bedrock.fact.blended_cost IS 'as billed; NULL: the source has none';
COMMENT ON COLUMN bedrock.fact.amortized_cost IS 'commitments spread over their use; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.fact.net_amortized_cost IS 'amortized after discounts';
COMMENT ON COLUMN bedrock.fact.public_on_demand_cost IS 'at public prices; NULL: not stated';
COMMENT ON COLUMN bedrock.fact.list_cost IS
    'public_on_demand_cost, else tokens, or what is metered without a model, at the price book of the day; NULL: '
    'neither';
COMMENT ON COLUMN bedrock.fact.usage_hour IS 'hour the line begins; NULL: the source is kept by day';

CREATE TABLE bedrock.fact_month (
    billing_period date NOT NULL,
    bill_id integer NOT NULL,
    attribution_id integer NOT NULL,
    dimension_id integer NOT NULL,
    session_id integer NOT NULL,
    lines bigint NOT NULL,
    superseded boolean NOT NULL,
    ai_cost numeric,
    unblended_cost numeric,
    tokens numeric,
    usage_amount numeric,
    net_unblended_cost numeric,
    blended_cost numeric,
    amortized_cost numeric,
    net_amortized_cost numeric,
    public_on_demand_cost numeric,
    list_cost numeric
) PARTITION BY LIST (billing_period);
SELECT pg_extension_config_dump('bedrock.fact_month', '');
COMMENT ON TABLE bedrock.fact_month IS
    'fact without the day, and without the sessions of roles that have too many (high_session_roles of bill_total)';
COMMENT ON COLUMN bedrock.fact_month.billing_period IS
    'first day of the month the bill is for, as bedrock.bill_total has it of bill_id; a partition a month';
COMMENT ON COLUMN bedrock.fact_month.bill_id IS 'row of bill_total: source, payer, period, entities, invoice';
COMMENT ON COLUMN bedrock.fact_month.attribution_id IS 'row of attribution: owner and labels';
COMMENT ON COLUMN bedrock.fact_month.dimension_id IS
    'row of dimension; repeated here, so that a question about it need not pass through attribution';
COMMENT ON COLUMN bedrock.fact_month.session_id IS
    'row of session, that of the role where it has too many; 0: no principal';
COMMENT ON COLUMN bedrock.fact_month.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.fact_month.superseded IS
    'true: another source feeds this account and period; no part of bedrock.spend';
COMMENT ON COLUMN bedrock.fact_month.ai_cost IS 'the metric cost_metric names';
COMMENT ON COLUMN bedrock.fact_month.unblended_cost IS 'as billed; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.fact_month.tokens IS 'tokens, usage lines only; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.fact_month.usage_amount IS 'in pricing_unit, usage lines only; NULL: other charges';
COMMENT ON COLUMN bedrock.fact_month.net_unblended_cost IS 'after discounts';
COMMENT ON COLUMN bedrock.fact_month.blended_cost IS 'as billed; NULL: the source has none';
COMMENT ON COLUMN bedrock.fact_month.amortized_cost IS
    'commitments spread over their use; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.fact_month.net_amortized_cost IS 'amortized after discounts';
COMMENT ON COLUMN bedrock.fact_month.public_on_demand_cost IS 'at public prices; NULL: not stated';
COMMENT ON COLUMN bedrock.fact_month.list_cost IS
    'public_on_demand_cost, else tokens, or what is metered without a model, at the price book of the day; NULL: '
    'neither';
