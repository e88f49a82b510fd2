-- The registry of application inference profiles and bedrock-mantle projects: the model of an opaque id, and for whom
-- it works. Dated twice: `valid` are the days a row is about, `recorded` is when the registry had it.

CREATE FUNCTION bedrock_internal.label_names() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['application', 'project', 'team', 'customer', 'environment', 'workflow', 'engineer', 'use_case',
                 'cost_center', 'department'];
COMMENT ON FUNCTION bedrock_internal.label_names() IS
    'the labels a profile carries; each is a column of bedrock.profile';

CREATE TABLE bedrock.label_rule (
    label text NOT NULL CHECK (label = ANY (bedrock_internal.label_names())),
    tag_key text NOT NULL CHECK (bedrock_internal.fold_name(tag_key) <> ''),
    priority integer,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (label, tag_key, builtin)
);
SELECT pg_extension_config_dump('bedrock.label_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.label_rule IS
    'tag keys that give a label: of those with a value the one of lowest priority wins. A row of the user wins over '
    'the shipped row of the label and tag key; bedrock.relabel_profiles applies changes to registered profiles';
COMMENT ON COLUMN bedrock.label_rule.label IS 'label: a column of bedrock.profile, application to department';
COMMENT ON COLUMN bedrock.label_rule.tag_key IS 'tag key; cost-center, CostCenter and cost_center are one';
COMMENT ON COLUMN bedrock.label_rule.priority IS
    'order in which keys are tried, lowest first; NULL: the key does not give the label (switches a shipped rule '
    'off)';
COMMENT ON COLUMN bedrock.label_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';

CREATE TABLE bedrock.label_value_rule (
    label text NOT NULL CHECK (label = ANY (bedrock_internal.label_names())),
    value text NOT NULL CHECK (bedrock_internal.fold_name(value) <> ''),
    canonical text CHECK (canonical <> ''),
    builtin boolean NOT NULL DEFAULT false,
    is_pattern boolean NOT NULL DEFAULT false CHECK (NOT is_pattern OR ('' ~* value) IS NOT NULL),
    PRIMARY KEY (label, value, builtin)
);
SELECT pg_extension_config_dump('bedrock.label_value_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.label_value_rule IS
    'spellings of a label value: production is prod; a value without a rule is kept as it is. A row of the user wins '
    'over the shipped row of the label and value, a value over patterns; case does not count, nor punctuation of a '
    'value';
COMMENT ON COLUMN bedrock.label_value_rule.label IS 'label the rule is for, as in bedrock.label_rule';
COMMENT ON COLUMN bedrock.label_value_rule.value IS 'value as found in a tag, or a pattern of such values';
COMMENT ON COLUMN bedrock.label_value_rule.canonical IS 'value to show; NULL: as found (switches a shipped rule off)';
COMMENT ON COLUMN bedrock.label_value_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.label_value_rule.is_pattern IS
    'true: value is a POSIX regular expression, ^prod(uction)?([-_].*)?$; of several that match the first one in the '
    'order of bytes decides. Error 2201B: not a regular expression';

-- One attribute a rule: the rules that look at a session alone are asked once a session, the others once a dimension.
CREATE TABLE bedrock.class_rule (
    target text NOT NULL CHECK (target IN ('caller_class', 'traffic_class')),
    priority integer NOT NULL CHECK (priority BETWEEN 1 AND 999999999),
    attribute text NOT NULL CHECK (attribute IN ('principal_kind', 'principal_name', 'principal_path',
        'principal_session', 'user_email', 'tag',
        'application', 'workflow', 'environment', 'profile_name', 'account_id', 'account_name', 'operation', 'tier')),
    tag_key text CHECK (bedrock_internal.fold_name(tag_key) <> ''),
    pattern text NOT NULL CHECK (('' ~* pattern) IS NOT NULL),
    class text NOT NULL CHECK (class ~ '^[a-z][a-z0-9_]*$'),
    note text,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (target, builtin, priority),
    CONSTRAINT tag_has_a_key CHECK ((attribute = 'tag') = (tag_key IS NOT NULL)),
    CONSTRAINT attribute_of_target CHECK (CASE target WHEN 'caller_class'
        THEN attribute IN ('principal_kind', 'principal_name', 'principal_path', 'principal_session', 'user_email',
        'tag')
                                                      ELSE attribute NOT IN ('principal_session', 'user_email') END),
    CONSTRAINT class_of_caller CHECK (target <> 'caller_class' OR class IN ('human', 'machine', 'api_key', 'unknown'))
);
SELECT pg_extension_config_dump('bedrock.class_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.class_rule IS
    'rules for caller_class and traffic_class of bedrock.spend and caller_class of bedrock.request: the first one '
    'that matches decides, rules of the user before shipped ones, each in the order of priority. bedrock.refresh '
    'applies changes to lines and requests that are loaded, without reading a source';
COMMENT ON COLUMN bedrock.class_rule.target IS 'what the rule decides: caller_class or traffic_class';
COMMENT ON COLUMN bedrock.class_rule.priority IS 'order in which rules are tried, lowest first';
COMMENT ON COLUMN bedrock.class_rule.attribute IS
    'attribute that is compared: principal_kind, principal_name, principal_path (IAM path; the ARN of an assumed '
    'role has none), principal_session and user_email (caller_class only), tag; for traffic_class also application, '
    'workflow, environment (tags, else the latest registry labels), profile_name, account_id, account_name, '
    'operation, tier';
COMMENT ON COLUMN bedrock.class_rule.tag_key IS
    'key of the tag, as bedrock_tag() takes it; NULL: not a rule about a tag. Logged requests have no tags, so such '
    'a rule never matches them';
COMMENT ON COLUMN bedrock.class_rule.pattern IS
    'POSIX regular expression that the attribute matches, ignoring case: ^svc-, (^|-)batch(-|$), or . for any value; '
    'an absent attribute never matches. Error 2201B: not a regular expression';
COMMENT ON COLUMN bedrock.class_rule.class IS
    'the class: for caller_class human, machine, api_key, unknown; for traffic_class coding_assistant, batch, '
    'production, test, unclassified, or a word of your own';
COMMENT ON COLUMN bedrock.class_rule.note IS 'why the rule exists; NULL: not stated';
COMMENT ON COLUMN bedrock.class_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';

CREATE TABLE bedrock.name_rule (
    priority integer NOT NULL CHECK (priority BETWEEN 1 AND 999999999),
    pattern text NOT NULL CHECK (('' ~* pattern) IS NOT NULL),
    application text CHECK (application <> ''),
    note text,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (builtin, priority)
);
SELECT pg_extension_config_dump('bedrock.name_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.name_rule IS
    'rules for the application that the name of an inference profile or IAM role suggests: the first one that '
    'matches decides, rules of the user before shipped ones, each in the order of priority. It is shown where no '
    'label is set, and decides no owner';
COMMENT ON COLUMN bedrock.name_rule.priority IS 'order in which rules are tried, lowest first';
COMMENT ON COLUMN bedrock.name_rule.pattern IS
    'POSIX regular expression that the name matches, ignoring case: ^svc-(.*)-prod$. Error 2201B: not a regular '
    'expression';
COMMENT ON COLUMN bedrock.name_rule.application IS E'the application: a name, in which \\1 is replaced by what '
    'the first parentheses of the pattern match; NULL: such names suggest none';
COMMENT ON COLUMN bedrock.name_rule.note IS 'why the rule exists; NULL: not stated';
COMMENT ON COLUMN bedrock.name_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';

-- No two rows of one ARN speak about the same day at the same time of knowledge. Core's GiST has range classes but none
-- for text: the ARN takes part as a range of one point, 63 bits of its hash. A collision would refuse a row, never mix
-- two.
CREATE TABLE bedrock.profile (
    profile_arn text NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    origin text NOT NULL CHECK (origin IN ('import', 'discovered', 'manual')),
    profile_kind text NOT NULL CHECK (profile_kind IN ('application', 'project')),
    profile_id text NOT NULL,
    profile_name text,
    account_id text,
    region text,
    model_id text,
    source_arn text,
    pool text,
    status text,
    description text,
    created_at timestamptz,
    tags jsonb CHECK (jsonb_typeof(tags) = 'object'),
    labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    application text,
    project text,
    team text,
    customer text,
    environment text,
    workflow text,
    engineer text,
    use_case text,
    cost_center text,
    department text,
    reason text,
    CONSTRAINT one_row_per_day EXCLUDE USING gist (
        int8range(hashtextextended(profile_arn, 0) >> 1, hashtextextended(profile_arn, 0) >> 1, '[]') WITH &&,
        valid WITH &&, recorded WITH &&)
);
CREATE INDEX profile_by_arn ON bedrock.profile (profile_arn);
SELECT pg_extension_config_dump('bedrock.profile', '');
COMMENT ON TABLE bedrock.profile IS
    'application inference profiles and bedrock-mantle projects, one row for each ARN, validity interval and time of '
    'knowledge; a change closes recorded and inserts a row. Now known: upper_inf(recorded); on a day: valid @> day. '
    'bedrock.profiles has today, bedrock.profile_as_of any day';
COMMENT ON COLUMN bedrock.profile.profile_arn IS 'ARN of the profile or project, as in line_item_resource_id';
COMMENT ON COLUMN bedrock.profile.valid IS 'validity interval in UTC days; [-infinity,): all days';
COMMENT ON COLUMN bedrock.profile.recorded IS 'when the registry had the row; without an end: it still has';
COMMENT ON COLUMN bedrock.profile.recorded_by IS 'role that recorded it';
COMMENT ON COLUMN bedrock.profile.origin IS
    'import: from an AWS or Terraform document; discovered: seen in billing data, nothing else known; manual: '
    'registered by hand';
COMMENT ON COLUMN bedrock.profile.profile_kind IS 'application (inference profile) or project (bedrock-mantle)';
COMMENT ON COLUMN bedrock.profile.profile_id IS 'id in the ARN, opaque';
COMMENT ON COLUMN bedrock.profile.profile_name IS 'its name in AWS; NULL: not known';
COMMENT ON COLUMN bedrock.profile.account_id IS 'account of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.profile.region IS 'region of the ARN; NULL: the ARN has none';
COMMENT ON COLUMN bedrock.profile.model_id IS
    'model it was copied from, as stated; NULL: not known, or a project, which may use any';
COMMENT ON COLUMN bedrock.profile.source_arn IS
    'what it was copied from, as stated: ARN or id of a foundation model or system-defined profile; NULL: not stated';
COMMENT ON COLUMN bedrock.profile.pool IS
    'routing inherited from the source: geography of a system-defined profile (us, eu, apac), global, or regional (a '
    'foundation model in one region); NULL: not known';
COMMENT ON COLUMN bedrock.profile.status IS 'state in AWS: ACTIVE; NULL: not stated';
COMMENT ON COLUMN bedrock.profile.description IS 'its description in AWS; NULL: none, or not stated';
COMMENT ON COLUMN bedrock.profile.created_at IS 'when it was created in AWS; NULL: not stated';
COMMENT ON COLUMN bedrock.profile.tags IS 'its tags, keys as written; {}: it has none; NULL: never stated';
COMMENT ON COLUMN bedrock.profile.labels IS
    'labels set by hand, which win over tags; a null: no label, whatever the tags are';
COMMENT ON COLUMN bedrock.profile.application IS
    'application; NULL: no label. Like every label: set by hand, else from tags by bedrock.label_rule';
COMMENT ON COLUMN bedrock.profile.project IS 'project (of the business); NULL: no label';
COMMENT ON COLUMN bedrock.profile.team IS 'team; NULL: no label';
COMMENT ON COLUMN bedrock.profile.customer IS 'customer or tenant; NULL: no label';
COMMENT ON COLUMN bedrock.profile.environment IS 'environment: prod, staging, dev; NULL: no label';
COMMENT ON COLUMN bedrock.profile.workflow IS 'workflow; NULL: no label';
COMMENT ON COLUMN bedrock.profile.engineer IS 'engineer it is for; NULL: no label';
COMMENT ON COLUMN bedrock.profile.use_case IS 'use case; NULL: no label';
COMMENT ON COLUMN bedrock.profile.cost_center IS 'cost center; NULL: no label';
COMMENT ON COLUMN bedrock.profile.department IS 'department; NULL: no label';
COMMENT ON COLUMN bedrock.profile.reason IS 'why it was recorded, as given to bedrock.set_label; NULL: not stated';

