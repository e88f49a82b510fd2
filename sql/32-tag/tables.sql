-- What tags there must be, and what names are to look like.

CREATE TABLE bedrock.required_tag (
    tag_key text NOT NULL CHECK (bedrock_internal.fold_name(tag_key) <> ''),
    required boolean NOT NULL DEFAULT true,
    note text,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tag_key, builtin)
);
SELECT pg_extension_config_dump('bedrock.required_tag', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.required_tag IS
    'tag keys that all usage is to carry; question Q175 tells how much does. A row of the user wins over the shipped '
    'row of the same key';
COMMENT ON COLUMN bedrock.required_tag.tag_key IS
    'tag key; CostCenter, cost-center and cost_center are one, and so are keys that give one label by '
    'bedrock.label_rule';
COMMENT ON COLUMN bedrock.required_tag.required IS 'false: the key is not required (switches a shipped row off)';
COMMENT ON COLUMN bedrock.required_tag.note IS 'why, or what values are meant; NULL: not stated';
COMMENT ON COLUMN bedrock.required_tag.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';

CREATE TABLE bedrock.naming_rule (
    object text NOT NULL CHECK (object IN ('application profile', 'Bedrock project', 'role', 'tag key', 'workload',
        'application', 'project', 'team', 'customer', 'environment', 'workflow', 'engineer', 'cost_center',
        'department')),
    pattern text NOT NULL CHECK (('' ~ pattern) IS NOT NULL),
    note text,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (object, pattern, builtin)
);
SELECT pg_extension_config_dump('bedrock.naming_rule', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.naming_rule IS
    'what names are to look like: a name that matches none of the rules of its object breaks the convention (question '
    'Q124). Rules of the user for an object take the place of all shipped ones for it';
COMMENT ON COLUMN bedrock.naming_rule.object IS
    'what is named: application profile, Bedrock project, role (of IAM), tag key, workload, or a label';
COMMENT ON COLUMN bedrock.naming_rule.pattern IS
    'POSIX regular expression that a good name matches, with case; . allows any. Error 2201B: not a regular expression';
COMMENT ON COLUMN bedrock.naming_rule.note IS 'the rule in words; NULL: not stated';
COMMENT ON COLUMN bedrock.naming_rule.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
