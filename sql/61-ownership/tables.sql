-- Who owns what: the hierarchy of an organisation, its workloads, claims on what bills name, and rules for the rest.
-- Every table has one form. `valid` are the days (UTC) a row is about, `recorded` is when it was known: a change closes
-- `recorded` and inserts rows, so that what was known at any time can be asked for. Now known: upper_inf(recorded).
-- Rows are written by functions only, which take bedrock_internal.lock_ownership() first; there are no triggers, which
-- a restore would fire. The exclusion constraints are what makes two owners of one day impossible; a text is compared
-- by its hash there, as an index of ranges of integers needs no other extension.

-- Every change writes this row, so that a transaction whose snapshot is older than the last change fails (40001) and
-- does not check what it may do against what was there before.
CREATE TABLE bedrock_internal.ownership_change (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    changes bigint NOT NULL DEFAULT 0
);
-- The row is the install script's: a dump has none of it.
SELECT pg_extension_config_dump('bedrock_internal.ownership_change', 'WHERE false');
INSERT INTO bedrock_internal.ownership_change (only_row) VALUES (true);
COMMENT ON TABLE bedrock_internal.ownership_change IS 'one row, which every change of ownership writes';
COMMENT ON COLUMN bedrock_internal.ownership_change.only_row IS 'true';
COMMENT ON COLUMN bedrock_internal.ownership_change.changes IS 'how many changes there were';

CREATE TABLE bedrock.hierarchy_level (
    level integer NOT NULL CHECK (level BETWEEN 1 AND 20),
    level_name text NOT NULL CHECK (btrim(level_name) <> '' AND octet_length(level_name) <= 256),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_name_of_level EXCLUDE USING gist (int4range(level, level, '[]') WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.hierarchy_level', '');
COMMENT ON TABLE bedrock.hierarchy_level IS
    'levels of the hierarchy, from the top: business unit, portfolio, department. Their number, order and names are '
    'yours; bedrock.spend shows the first four as element1 to element4. bedrock.set_level writes it';
COMMENT ON COLUMN bedrock.hierarchy_level.level IS 'place from the top; 1: the first';
COMMENT ON COLUMN bedrock.hierarchy_level.level_name IS 'what an element of this level is called: Business Unit';
COMMENT ON COLUMN bedrock.hierarchy_level.recorded IS 'when the row was known; without an end: it still is';
COMMENT ON COLUMN bedrock.hierarchy_level.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.hierarchy_level.reason IS 'why, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.hierarchy_level.closed_by IS 'role whose change closed recorded; NULL: still known';
COMMENT ON COLUMN bedrock.hierarchy_level.close_reason IS 'why it did, as given; NULL: not stated, or still known';

CREATE TABLE bedrock.element (
    element text NOT NULL CHECK (btrim(element) <> '' AND octet_length(element) <= 1024),
    level integer NOT NULL CHECK (level BETWEEN 1 AND 20),
    element_name text NOT NULL CHECK (btrim(element_name) <> '' AND octet_length(element_name) <= 1024),
    parent text CHECK (parent <> element),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_parent_per_day EXCLUDE USING gist (
        int8range(hashtextextended(element, 0) >> 1, hashtextextended(element, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX element_by_id ON bedrock.element (element);
CREATE INDEX element_by_parent ON bedrock.element (parent) WHERE parent IS NOT NULL;
SELECT pg_extension_config_dump('bedrock.element', '');
COMMENT ON TABLE bedrock.element IS
    'elements of the hierarchy: business units, portfolios, departments, products, one row for each element, validity '
    'interval and time of knowledge. bedrock.set_element writes it';
COMMENT ON COLUMN bedrock.element.element IS 'its key, unique in the whole hierarchy; often its name';
COMMENT ON COLUMN bedrock.element.element_name IS 'its name as shown in bedrock.spend';
COMMENT ON COLUMN bedrock.element.parent IS 'element above it; NULL: it is at the top';
COMMENT ON COLUMN bedrock.element.valid IS 'validity interval in UTC days; [-infinity,): all days';

CREATE TABLE bedrock.workload (
    workload text NOT NULL CHECK (btrim(workload) <> '' AND workload !~ '^[(]' AND octet_length(workload) <= 1024),
    owner text CHECK (btrim(owner) <> ''),
    workload_type text NOT NULL DEFAULT 'AI Workload' CHECK (btrim(workload_type) <> ''),
    environment text CHECK (btrim(environment) <> ''),
    element text,
    labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_owner_per_day EXCLUDE USING gist (
        int8range(hashtextextended(workload, 0) >> 1, hashtextextended(workload, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX workload_by_name ON bedrock.workload (workload);
CREATE INDEX workload_by_element ON bedrock.workload (element) WHERE element IS NOT NULL;
SELECT pg_extension_config_dump('bedrock.workload', '');
COMMENT ON TABLE bedrock.workload IS
    'workloads: what spend is charged to, one row for each workload, validity interval and time of knowledge. '
    'bedrock.set_workload writes it';
COMMENT ON COLUMN bedrock.workload.workload IS 'its name, unique; it begins with no parenthesis, as (unclaimed) does';
COMMENT ON COLUMN bedrock.workload.owner IS 'who answers for it: a person or a group; NULL: nobody named';
COMMENT ON COLUMN bedrock.workload.workload_type IS 'kind of workload, AI Workload where none was given';
COMMENT ON COLUMN bedrock.workload.environment IS
    'environment: prod, staging, dev; it wins over registry labels and tags; NULL: theirs';
COMMENT ON COLUMN bedrock.workload.element IS 'element of the hierarchy it belongs to; NULL: not placed';
COMMENT ON COLUMN bedrock.workload.labels IS
    'labels of its spend, {"customer": "acme"}, keys as bedrock.label_rule.label; they win over tags and yield to '
    'registry labels of a profile';
COMMENT ON COLUMN bedrock.workload.valid IS 'validity interval in UTC days; [-infinity,): all days';

CREATE SEQUENCE bedrock.claim_claim_id_seq;
SELECT pg_extension_config_dump('bedrock.claim_claim_id_seq', '');
CREATE TABLE bedrock.claim (
    claim_id bigint NOT NULL,
    identity_kind text NOT NULL CHECK (identity_kind IN ('resource', 'project', 'principal')),
    identity text NOT NULL CHECK (identity <> '' AND octet_length(identity) <= 2048),
    workload text NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_claim_per_day EXCLUDE USING gist (
        int8range(hashtextextended(identity, 0) >> 1, hashtextextended(identity, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&),
    CONSTRAINT one_row_of_claim EXCLUDE USING gist (int8range(claim_id, claim_id, '[]') WITH &&, recorded WITH &&)
);
CREATE INDEX claim_by_identity ON bedrock.claim USING hash (identity);
CREATE INDEX claim_by_workload ON bedrock.claim (workload);
SELECT pg_extension_config_dump('bedrock.claim', '');
COMMENT ON TABLE bedrock.claim IS
    'claims: a workload owns what an identity spends, from a day on. One row for each claim and time of knowledge; two '
    'claims on one identity never overlap. bedrock.claim_identity, end_claim and move_claim write it; bedrock.claims '
    'has what is known now, with status and cost';
COMMENT ON COLUMN bedrock.claim.claim_id IS 'number of the claim, as in bedrock.spend.claim_id';
COMMENT ON COLUMN bedrock.claim.identity_kind IS
    'resource (application inference profile, custom model, agent or another Bedrock resource that can be tagged), '
    'project (bedrock-mantle) or principal; a line is owned by the first of them that is claimed on its day';
COMMENT ON COLUMN bedrock.claim.identity IS
    'ARN of the resource or project as billed, or bedrock_principal_key() of the principal: a role with all its '
    'sessions';
COMMENT ON COLUMN bedrock.claim.workload IS 'workload that owns it';
COMMENT ON COLUMN bedrock.claim.valid IS 'days (UTC) whose spend it owns';

CREATE FUNCTION bedrock_internal.rule_attributes() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['profile_name', 'project_name', 'resource_id', 'account_id', 'account_name', 'region',
                 'principal_name', 'principal_key', 'permission_set', 'user_identifier', 'traffic_class',
                 'usage_group', 'product_code', 'team', 'application', 'project', 'environment', 'cost_center',
                 'department', 'customer', 'workflow', 'engineer', 'tag'];
COMMENT ON FUNCTION bedrock_internal.rule_attributes() IS
    'what an owner rule can compare: columns of bedrock.spend, or a tag. None that sessions of one role differ in, as '
    'caller_class: they have one owner';

CREATE TABLE bedrock.owner_rule (
    rule text NOT NULL CHECK (btrim(rule) <> '' AND octet_length(rule) <= 256),
    priority integer NOT NULL,
    attribute text NOT NULL CHECK (attribute = ANY (bedrock_internal.rule_attributes())),
    tag_key text CHECK (bedrock_internal.fold_name(tag_key) <> ''),
    pattern text NOT NULL CHECK (('' ~* pattern) IS NOT NULL),
    workload text,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT tag_has_a_key CHECK ((attribute = 'tag') = (tag_key IS NOT NULL)),
    CONSTRAINT one_rule_per_day EXCLUDE USING gist (
        int8range(hashtextextended(rule, 0) >> 1, hashtextextended(rule, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.owner_rule', '');
COMMENT ON TABLE bedrock.owner_rule IS
    'rules that own what no claim owns: the first one by priority whose pattern matches an attribute of the line on '
    'its day. bedrock.set_owner_rule writes it';
COMMENT ON COLUMN bedrock.owner_rule.rule IS 'its name; bedrock.spend.attribution_rule shows rule:<name>';
COMMENT ON COLUMN bedrock.owner_rule.priority IS 'order in which rules are tried, lowest first, then by name';
COMMENT ON COLUMN bedrock.owner_rule.attribute IS
    'column of bedrock.spend that is compared, a label as registry and tags have it on that day, whoever the owner; '
    'tag: the tag tag_key';
COMMENT ON COLUMN bedrock.owner_rule.tag_key IS 'tag, as in bedrock_tag(tags, key); NULL: attribute is no tag';
COMMENT ON COLUMN bedrock.owner_rule.pattern IS 'regular expression that the value matches; case does not count';
COMMENT ON COLUMN bedrock.owner_rule.workload IS
    'workload that owns what matches; NULL: the one that is named by the first parenthesis of the pattern, or by the '
    'whole value where it has none. A name that is no workload on that day matches nothing';
COMMENT ON COLUMN bedrock.owner_rule.valid IS 'days (UTC) whose spend it owns';

CREATE TABLE bedrock.principal_label (
    principal_key text NOT NULL CHECK (principal_key <> '' AND octet_length(principal_key) <= 2048),
    labels jsonb NOT NULL CHECK (jsonb_typeof(labels) = 'object'),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT one_label_row_per_day EXCLUDE USING gist (
        int8range(hashtextextended(principal_key, 0) >> 1, hashtextextended(principal_key, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.principal_label', '');
COMMENT ON TABLE bedrock.principal_label IS
    'labels of IAM principals set by hand: the department of a role that carries no tag. They win over the tags of '
    'the principal; bedrock.set_label writes it';
COMMENT ON COLUMN bedrock.principal_label.principal_key IS 'the principal, by bedrock_principal_key()';
COMMENT ON COLUMN bedrock.principal_label.labels IS 'its labels, {"department": "Research"}';
COMMENT ON COLUMN bedrock.principal_label.valid IS 'validity interval in UTC days; [-infinity,): all days';
