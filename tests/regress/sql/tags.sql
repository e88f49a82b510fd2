-- bedrock_tag: one logical tag, whichever source carries it.

-- Precedence: resource tag, IAM principal, user attribute, account, cost category.
SELECT n, bedrock_tag(tags::jsonb, 'team') FROM (VALUES
    (1, '{"costCategory/team":"cc", "accountTag/team":"acct", "userAttribute/team":"ua", "iamPrincipal/team":"iam", "user_team":"res"}'),
    (2, '{"costCategory/team":"cc", "accountTag/team":"acct", "userAttribute/team":"ua", "iamPrincipal/team":"iam"}'),
    (3, '{"costCategory/team":"cc", "accountTag/team":"acct", "userAttribute/team":"ua"}'),
    (4, '{"costCategory/team":"cc", "accountTag/team":"acct"}'),
    (5, '{"costCategory/team":"cc"}'),
    (6, '{"user_team":"", "iamPrincipal/team":"iam"}'),
    (7, '{}'), (8, '[]'), (9, '"text"'), (10, 'null')) v(n, tags) ORDER BY n;

-- A key with a prefix asks for one source.
SELECT bedrock_tag(t, 'iamPrincipal/team') AS iam, bedrock_tag(t, 'accountTag/team') AS account, bedrock_tag(t, 'costCategory/team') AS absent
FROM (VALUES ('{"accountTag/team":"acct", "iamPrincipal/team":"iam", "user_team":"res"}'::jsonb)) v(t);

-- Every spelling of the resource tag CostCenter meets the same question.
SELECT key, bedrock_tag(jsonb_build_object(key, 'x'), 'CostCenter') AS found, bedrock_tag(jsonb_build_object(key, 'x'), 'cost-center') AS found_too
FROM unnest(ARRAY['user_cost_center', 'user:CostCenter', 'resourceTags/user:CostCenter', 'resourceTags/CostCenter', 'CostCenter', 'COST_CENTER', 'iamPrincipal/cost-center', 'user_costs_center']) key;

-- The exact key beats a folded one; among folded ones the bytewise smallest key wins.
SELECT bedrock_tag('{"user_Team":"folded", "user_team":"exact"}', 'team') AS exact, bedrock_tag('{"user_team_":"b", "user_TEAM":"a"}', 'team') AS smallest;

-- Scalars of FOCUS tags are values; null and nested values are none.
SELECT bedrock_tag('{"a":true, "b":null, "c":12.50, "d":{"x":1}}', k) FROM unnest(ARRAY['a', 'b', 'c', 'd']) k;
