-- Shipped rules of labels: which tag keys feed them, and which values are one; and of callers and traffic: who is a person,
-- what is production. Replaced whole at every install and update; rows of your own (builtin = false) stay and win.

DELETE FROM bedrock.label_rule WHERE builtin;
INSERT INTO bedrock.label_rule (label, tag_key, priority, builtin)
SELECT v.label, v.tag_key, v.priority, true
FROM (VALUES
    -- label, tag key, tried in this order
    ('application', 'application', 10),
    ('application', 'app', 20),
    ('application', 'application-name', 30),
    ('application', 'app-name', 40),
    ('project', 'project', 10),
    ('project', 'project-name', 20),
    ('team', 'team', 10),
    ('team', 'team-name', 20),
    ('customer', 'customer', 10),
    ('customer', 'customer-name', 20),
    ('customer', 'tenant', 30),
    ('customer', 'tenant-id', 40),
    ('customer', 'client', 50),
    ('environment', 'environment', 10),
    ('environment', 'env', 20),
    ('environment', 'stage', 30),
    ('workflow', 'workflow', 10),
    ('engineer', 'engineer', 10),
    ('engineer', 'developer', 20),
    ('use_case', 'use-case', 10),
    ('cost_center', 'cost-center', 10),
    ('cost_center', 'cost-centre', 20),
    ('department', 'department', 10),
    ('department', 'dept', 20)
) AS v (label, tag_key, priority);

DELETE FROM bedrock.label_value_rule WHERE builtin;
INSERT INTO bedrock.label_value_rule (label, value, canonical, builtin)
SELECT 'environment', v.value, v.canonical, true
FROM (VALUES
    ('prod', 'prod'), ('production', 'prod'), ('prd', 'prod'), ('live', 'prod'),
    ('staging', 'staging'), ('stage', 'staging'), ('stg', 'staging'),
    ('test', 'test'), ('testing', 'test'),
    ('dev', 'dev'), ('development', 'dev')
) AS v (value, canonical);

-- The seven keys that a published guide to tags of inference profiles starts from.
DELETE FROM bedrock.required_tag WHERE builtin;
INSERT INTO bedrock.required_tag (tag_key, note, builtin)
VALUES ('Project', NULL, true), ('Environment', 'prod, staging, dev', true), ('CostCenter', NULL, true),
    ('Department', NULL, true), ('Owner', 'a person or a group that answers for it', true),
    ('Region', 'where it is called from', true), ('Model', 'what it calls', true);

DELETE FROM bedrock.naming_rule WHERE builtin;
INSERT INTO bedrock.naming_rule (object, pattern, note, builtin)
SELECT v.object, '^[a-z0-9]+(-[a-z0-9]+)*$', 'lower case, words with hyphens between', true
FROM (VALUES ('application profile'), ('Bedrock project'), ('application'), ('project'), ('team')) AS v (object);

-- The words are those of software and of its trades, by which no person is called.
DELETE FROM bedrock.class_rule WHERE builtin;
INSERT INTO bedrock.class_rule (target, priority, attribute, pattern, class, note, builtin)
SELECT v.target, v.priority, v.attribute, replace(v.pattern, '<software>',
           'svc|services?|srv|bots?|robot|ci|cd|cicd|jenkins|github|gitlab|circleci|buildkite|terraform|ansible|airflow|dbt|etl|pipelines?|deploy(er|ment)?|automation'
           '|apps?|applications?|apis?|backend|frontend|servers?|workers?|runners?|jobs?|batch|cron|schedulers?|queue|consumer|producer|processor|indexer|crawler'
           '|scraper|loader|importer|exporter|ingest(er|ion)?|sync|webhooks?|integrations?|connector|gateway|proxy|agents?|lambda|ecs|eks|ec2|k8s|smtp'
           '|monitor(ing)?|system|machines?|no-?reply'), v.class, v.note, true
FROM (VALUES
    ('caller_class', 10, 'principal_kind', '^(sso|federated_user|root)$', 'human', 'somebody signed in'),
    ('caller_class', 20, 'principal_kind', '^api_key$', 'api_key', 'a Bedrock API key, whoever holds it'),
    ('caller_class', 30, 'principal_kind', '^service$', 'machine', 'a service of AWS'),
    ('caller_class', 40, 'user_email', '^([^@]*[-_.+])?(<software>)([-_.+0-9][^@]*)?@', 'machine', 'an address named like software'),
    ('caller_class', 50, 'user_email', '.', 'human', 'an address is a person''s: an identity provider stands behind the role'),
    ('caller_class', 60, 'principal_kind', '^(role|assumed_role)$', 'machine', 'a role whose session names nobody'),
    ('caller_class', 70, 'principal_path', '(^|/)(<software>)(/|$)', 'machine', 'an IAM user below a path of software'),
    ('caller_class', 80, 'principal_name', '(^|[-_.+@])(<software>)([-_.+@0-9]|$)', 'machine', 'an IAM user named like software'),
    ('caller_class', 90, 'principal_kind', '^iam_user$', 'human', 'an IAM user of any other name'),
    ('traffic_class', 10, 'workflow', 'coding', 'coding_assistant', NULL),
    ('traffic_class', 20, 'application', 'coding', 'coding_assistant', NULL),
    ('traffic_class', 30, 'tier', '^batch$', 'batch', NULL),
    ('traffic_class', 40, 'environment', '^prod$', 'production', NULL),
    ('traffic_class', 50, 'environment', '^(dev|test|staging)$', 'test', NULL)
) AS v (target, priority, attribute, pattern, class, note);

DELETE FROM bedrock.name_rule WHERE builtin;
INSERT INTO bedrock.name_rule (priority, pattern, application, note, builtin) VALUES
    (10, '^(aws|amazon)', NULL, 'a name that AWS gave', true),
    (20, '^(?:(?:prod|production|prd|stg|staging|dev|test|svc|app|bedrock)[-_.])*(.*?)'
         '(?:[-_.](?:prod|production|prd|stg|staging|dev|test|eu|us|apac|jp|global|ecs|eks|ec2|task|worker|lambda|function|service|svc|batch|api|job'
         '|execution|exec|profile|v?[0-9]+))*[-_. ]*(?:role)?$', E'\\1', 'without words for environment, geography, platform and kind around it', true);
