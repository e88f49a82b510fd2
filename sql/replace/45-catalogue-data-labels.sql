-- Shipped rules of labels: which tag keys feed them, and which values are one. Replaced whole at every install and update;
-- rows of your own (builtin = false) stay and win.

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

