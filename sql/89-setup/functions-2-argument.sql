-- What a script can be made of: its kinds, their arguments, and the rules of AWS that a value must obey.

CREATE OR REPLACE FUNCTION bedrock_internal.setup_kinds(
    OUT kind text, OUT terraform boolean, OUT does text, OUT place text, OUT verify text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT v.kind, v.terraform, v.does, v.place, v.verify
    FROM (VALUES
        ('enable_model_access', false, 'Accepts the offer of models that others sell, so that they can be called',
         'account %1$s, region %2$s: the account that calls the models',
         'aws bedrock get-foundation-model-availability says AVAILABLE; question Q066 shows the first cost'),
        ('enable_logging', true,
         'Switches on model invocation logging: log group, role, bucket policy, both destinations',
         'account %1$s, region %2$s: once for each account and region that calls models',
         'After a call and about 90 seconds: objects in the bucket. Load them with bedrock.load_invocations; row '
         'invocation_logging of bedrock.doctor() and question Q128 then name this account and region no more'),
        ('application_role', true, 'Makes a role for one application, which may call the models and profiles named',
         'account %1$s, region %2$s: the account of the application',
         'After a call and up to 24 hours, the role has a line in the bill: '
         'SELECT * FROM bedrock.check_identity(its ARN); then claim it'),
        ('create_profile', true, 'Makes application inference profiles with tags',
         'account %1$s, region %2$s: the account and region that call the model',
         'Give their ARNs as modelId. bedrock.import_profiles takes what "aws bedrock list-inference-profiles '
         '--type-equals APPLICATION" prints; bedrock.profile then has them, and question Q023 their share'),
        ('export_with_principal', true, 'Makes a CUR 2.0 export with resource ids and callers (IAM principals)',
         'account %1$s: the payer account',
         'Within 24 hours the first files arrive; load or attach them. Rows principal_column and '
         'iam_principal_populated of bedrock.doctor() are then ok'),
        ('activate_tags', true, 'Activates cost allocation tags, of resources and of IAM principals',
         'account %1$s: the payer account',
         'AWS shows a key up to 24 hours after its first tagged call and fills it 24 to 48 hours after its activation, '
         'going forward. Tell the doctor the day: bedrock.set_setting(''tags_activated_on'', ...). Row tags_activated '
         'of bedrock.doctor() is then gone'),
        ('tag_resource', true, 'Tags profiles, projects and other Bedrock resources',
         'account %1$s, region %2$s: the account of the resources',
         'The keys must be active cost allocation tags (kind activate_tags); then question Q119 counts them'),
        ('tag_role', true, 'Tags IAM roles and users that call Bedrock', 'account %1$s: the account of the roles',
         'The keys must be active cost allocation tags of IAM principals (kind activate_tags, principal_tag_keys); row '
         'iam_principal_tags of bedrock.doctor() is then ok'),
        ('role_policy', true, 'Gives a role a policy, for example one that denies models',
         'account %1$s: the account of the role',
         'Calls that it denies fail at once; questions Q105 and Q107 then show no new day'),
        ('budget', true, 'Makes a monthly cost budget of AWS for a project',
         'account %1$s: the payer account, or the account of the project',
         'aws budgets describe-budgets shows it. AWS counts what it bills itself as Amazon Bedrock; models that are '
         'sold through AWS Marketplace are only in a budget here: bedrock.set_budget, question Q091'))
        AS v (kind, terraform, does, place, verify);
END;
COMMENT ON FUNCTION bedrock_internal.setup_kinds() IS
    'kinds of bedrock.setup_script: whether it has a form for Terraform, what it does, who must run it where (%1$s: '
    'account, %2$s: region), how to see that it worked';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_arguments(
    OUT kind text, OUT argument text, OUT rule text, OUT many boolean, OUT fallback jsonb) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT v.kind, v.argument, v.rule, v.many, v.fallback::jsonb
    FROM (VALUES
        ('enable_model_access', 'account_id', 'account', false, NULL),
        ('enable_model_access', 'region', 'region', false, NULL),
        ('enable_model_access', 'models', 'model', true, NULL),
        ('enable_logging', 'account_id', 'account', false, NULL),
        ('enable_logging', 'region', 'region', false, NULL),
        ('enable_logging', 'bucket', 'bucket', false, NULL),
        ('enable_logging', 'prefix', 'prefix', false, '"invocations"'),
        ('enable_logging', 'log_group', 'log group', false, '"/aws/bedrock/invocations"'),
        ('enable_logging', 'retention_days', 'retention', false, '"90"'),
        ('enable_logging', 'role', 'role', false, '"BedrockInvocationLoggingRole-{region}"'),
        ('application_role', 'account_id', 'account', false, NULL),
        ('application_role', 'region', 'region', false, NULL),
        ('application_role', 'role', 'role', false, NULL),
        ('application_role', 'service', 'service', false, '"lambda"'),
        ('application_role', 'resources', 'callable', true, NULL),
        ('application_role', 'tags', 'tags', false, '{}'),
        ('create_profile', 'account_id', 'account', false, NULL),
        ('create_profile', 'region', 'region', false, NULL),
        ('create_profile', 'profiles', 'profiles', false, NULL),
        ('export_with_principal', 'account_id', 'account', false, NULL),
        ('export_with_principal', 'bucket', 'bucket', false, NULL),
        ('export_with_principal', 'bucket_region', 'region', false, '"us-east-1"'),
        ('export_with_principal', 'prefix', 'prefix', false, '"cur2"'),
        ('export_with_principal', 'name', 'export', false, '"bedrock-cost"'),
        ('export_with_principal', 'granularity', 'granularity', false, '"DAILY"'),
        ('activate_tags', 'account_id', 'account', false, NULL),
        ('activate_tags', 'tag_keys', 'tag key', true, '[]'),
        ('activate_tags', 'principal_tag_keys', 'tag key', true, '[]'),
        ('tag_resource', 'account_id', 'account', false, NULL),
        ('tag_resource', 'region', 'region', false, NULL),
        ('tag_resource', 'resources', 'resource', true, NULL),
        ('tag_resource', 'tags', 'tags', false, NULL),
        ('tag_role', 'account_id', 'account', false, NULL),
        ('tag_role', 'principals', 'principal', true, NULL),
        ('tag_role', 'tags', 'tags', false, NULL),
        ('role_policy', 'account_id', 'account', false, NULL),
        ('role_policy', 'role', 'role', false, NULL),
        ('role_policy', 'name', 'role', false, '"BedrockModels"'),
        ('role_policy', 'document', 'document', false, NULL),
        ('budget', 'account_id', 'account', false, NULL),
        ('budget', 'project', 'tag value', false, NULL),
        ('budget', 'name', 'budget', false, '""'),
        ('budget', 'tag_key', 'tag key', false, '"Project"'),
        ('budget', 'amount', 'amount', false, '"100"'),
        ('budget', 'currency', 'currency', false, '"USD"'),
        ('budget', 'thresholds', 'threshold', true, '["50", "80", "100"]'),
        ('budget', 'email', 'email', true, '[]')) AS v (kind, argument, rule, many, fallback);
END;
COMMENT ON FUNCTION bedrock_internal.setup_arguments() IS
    'arguments of each kind of bedrock.setup_script: the rule of bedrock_internal.setup_rules() that a value must '
    'obey, whether there may be many, and what stands for one that is left out (NULL: none may), where {region} is the '
    'argument region';

-- Names that begin with - would be read as options. The rest is what AWS states for each.
CREATE OR REPLACE FUNCTION bedrock_internal.setup_rules(OUT rule text, OUT pattern text, OUT says text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT v.rule, v.pattern, v.says
    FROM (VALUES
        ('account', '[0-9]{12}', 'An account id is twelve digits.'),
        ('region', '[a-z]{2}(-[a-z]+){1,2}-[0-9]', 'A region is a code such as eu-central-1 or us-gov-west-1.'),
        ('bucket', E'(?!xn--|sthree-|amzn-s3-demo-)(?!.*(\\.\\.|\\.-|-\\.))(?![0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$)'
                   '(?!.*(-s3alias|--ol-s3|--x-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]',
         'A bucket has 3 to 63 lower-case letters, digits, dots and hyphens, and is no IP address.'),
        ('prefix', '[A-Za-z0-9_.][A-Za-z0-9!_.*()-]*(/[A-Za-z0-9!_.*()-]+){0,20}',
         'A prefix is a path of letters, digits and !_.*()- without a slash at its ends.'),
        ('role', '[A-Za-z0-9+=,.@_][A-Za-z0-9+=,.@_-]{0,63}',
         'A name of IAM has 1 to 64 letters, digits and +=,.@_- and does not begin with a hyphen.'),
        ('log group', '(?!-)([A-Za-z0-9._/#-]{1,128}){1,4}',
         'A log group has 1 to 512 letters, digits and ._/#- and does not begin with a hyphen.'),
        ('retention', '1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653',
         'CloudWatch Logs keeps 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or more days, as its API lists them.'),
        ('model', '[A-Za-z0-9][A-Za-z0-9.:-]{0,139}', 'A model id is as anthropic.claude-haiku-4-5-20251001-v1:0.'),
        ('service', 'lambda|ecs-tasks|ec2|eks', 'Services are lambda, ecs-tasks, ec2 and eks.'),
        ('resource', 'arn:aws(-cn|-us-gov)?:bedrock(-mantle|-agentcore)?:[a-z0-9-]+:([0-9]{12})?:'
                     '[a-z-]+/[A-Za-z0-9._:/-]{1,255}',
         'Name the ARN of a Bedrock resource, arn:aws:bedrock:REGION:ACCOUNT:application-inference-profile/ID.'),
        ('callable', E'\\*|arn:aws(-cn|-us-gov)?:bedrock(-mantle|-agentcore)?:([a-z0-9-]+|\\*):([0-9]{12})?:'
                     '[a-z-]+/[A-Za-z0-9._:/*-]{1,255}',
         'Name the ARN of a profile or model, where * stands for any characters; "*" alone is every model.'),
        ('principal', 'arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:(role|user)/([A-Za-z0-9+=,.@_-]+/)*'
                      '[A-Za-z0-9+=,.@_][A-Za-z0-9+=,.@_-]{0,63}',
         'Name the ARN of an IAM role or user, arn:aws:iam::ACCOUNT:role/NAME; sessions have no tags to set.'),
        ('profile', '(?=.{1,64}$)([0-9a-zA-Z][ _-]?)+',
         'A profile''s name has 1 to 64 letters and digits, with single blanks, _ or - between them.'),
        ('description', '(?=.{1,200}$)([0-9a-zA-Z:.][ _-]?)+',
         'A description has 1 to 200 letters, digits, colons and dots, with single blanks, _ or - between them.'),
        ('source', 'arn:aws(-cn|-us-gov)?:bedrock:[a-z0-9-]+:([0-9]{12})?:(inference-profile|foundation-model)/'
                   '[A-Za-z0-9.:-]{1,140}|[A-Za-z0-9][A-Za-z0-9.:-]{0,139}',
         'A source is a model id, the id of a system profile, or the ARN of one of them.'),
        ('tag key', E'(?![aA][wW][sS]:)[^\\u0001-\\u001f!"#$%&''()*,;<>?\\\\^`{|}~\\[\\]\\u007f]{1,128}',
         'A tag key has 1 to 128 letters, digits, blanks and _.:/=+-@ and does not begin with aws:.'),
        ('tag value', E'([^\\u0001-\\u001f!"#$%&''()*,;<>?\\\\^`{|}~\\[\\]\\u007f]{0,128}){0,2}',
         'A tag value has up to 256 letters, digits, blanks and _.:/=+-@.'),
        ('export', '[0-9A-Za-z_][0-9A-Za-z!_.*''()-]{0,127}', 'An export''s name has letters, digits and !_.*''()-.'),
        ('granularity', 'DAILY|HOURLY', 'Granularities are DAILY and HOURLY.'),
        ('budget', E'|[^:\\\\\\u0001-\\u001f-][^:\\\\\\u0001-\\u001f]{0,99}',
         'A budget''s name has 1 to 100 characters without colon and backslash, and does not begin with a hyphen.'),
        ('amount', E'(?!0*(\\.0*)?$)[0-9]{1,12}(\\.[0-9]{1,2})?', 'An amount is above 0, as 100 or 99.50.'),
        ('currency', 'USD|CNY', 'AWS budgets are in USD, those of China in CNY.'),
        ('threshold', '(?!0+$)[0-9]{1,4}', 'A threshold is a percentage, as 80.'),
        ('email', E'[^[:space:]\\u0001-\\u001f@]{1,64}@[^[:space:]\\u0001-\\u001f@]{1,255}',
         'An address is as finops@example.com.')) AS v (rule, pattern, says);
END;
COMMENT ON FUNCTION bedrock_internal.setup_rules() IS
    'what AWS takes as a value: a regular expression for the whole of it, and the rule in words';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_check_value(argument text, rule text, value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stated record;
BEGIN
    SELECT r.pattern, r.says INTO STRICT stated
    FROM bedrock_internal.setup_rules() AS r WHERE r.rule = setup_check_value.rule;
    IF jsonb_typeof(value) IN ('string', 'number') AND value #>> '{}' ~ ('^(?:' || stated.pattern || ')$') THEN
        RETURN value #>> '{}';
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = format('argument %s: %s is no %s', argument, left(coalesce(value::text, 'NULL'), 160), rule),
        HINT = stated.says;
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_check_value(text, text, jsonb) IS
    'the text of a value that obeys a rule; argument: named in the error. Error 22023: it does not';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_check_tags(argument text, tags jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tag record;
BEGIN
    -- As AWS lists them.
    IF jsonb_typeof(tags) = 'array' THEN
        SELECT coalesce(jsonb_object_agg(coalesce(t.tag ->> 'key', t.tag ->> 'Key', ''),
                                         coalesce(t.tag -> 'value', t.tag -> 'Value')), '{}')
        INTO tags FROM jsonb_array_elements(tags) AS t (tag);
    END IF;
    IF jsonb_typeof(tags) IS DISTINCT FROM 'object' OR (SELECT count(*) > 50 FROM jsonb_object_keys(tags)) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('argument %s is no set of tags', argument),
            HINT = 'It has at most 50 keys with their values: {"team": "cto"}, or [{"key": "team", "value": "cto"}].';
    END IF;
    FOR tag IN SELECT t.key, t.value FROM jsonb_each(tags) AS t LOOP
        PERFORM bedrock_internal.setup_check_value(argument, 'tag key', to_jsonb(tag.key));
        PERFORM bedrock_internal.setup_check_value(argument, 'tag value', tag.value);
    END LOOP;
    RETURN tags;
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_check_tags(text, jsonb) IS
    'tags as {key: value}, where they are given so or as AWS lists them. Error 22023: AWS does not take them';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_check_profiles(profiles jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    profile jsonb;
    checked jsonb := jsonb_build_array();
    unknown text;
BEGIN
    IF jsonb_typeof(profiles) = 'object' THEN
        profiles := jsonb_build_array(profiles);
    END IF;
    IF jsonb_typeof(profiles) IS DISTINCT FROM 'array' OR profiles = '[]' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'argument profiles names no profile',
            HINT = 'It is a list as [{"name": "bank-haiku", "source": "anthropic.claude-haiku-4-5-20251001-v1:0", '
                   '"tags": {"app": "bank"}}].';
    END IF;
    FOR profile IN SELECT p.value FROM jsonb_array_elements(profiles) AS p (value) LOOP
        IF jsonb_typeof(profile) <> 'object' THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('argument profiles: %s is no profile', left(profile::text, 160)),
                HINT = 'A profile has name, source, and perhaps description and tags.';
        END IF;
        SELECT k.key INTO unknown FROM jsonb_object_keys(profile) AS k (key)
        WHERE k.key <> ALL ('{name,source,description,tags}') ORDER BY k.key LIMIT 1;
        IF unknown IS NOT NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('argument profiles: unknown key "%s"', left(unknown, 160)),
                HINT = 'A profile has name, source, and perhaps description and tags.';
        END IF;
        checked := checked || jsonb_build_array(jsonb_build_object(
            'name', bedrock_internal.setup_check_value('profiles.name', 'profile', profile -> 'name'),
            'source', bedrock_internal.setup_check_value('profiles.source', 'source', profile -> 'source'),
            'description', CASE WHEN profile ? 'description'
                                THEN bedrock_internal.setup_check_value('profiles.description', 'description',
                                                                        profile -> 'description') END,
            'tags', bedrock_internal.setup_check_tags('profiles.tags', coalesce(profile -> 'tags', '{}'))));
    END LOOP;
    RETURN checked;
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_check_profiles(jsonb) IS
    'profiles to make, as a list of name, source, description, tags. Error 22023: AWS would not take it';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_check_arguments(kind text, arguments jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    named text;
    row record;
    value jsonb;
    checked jsonb := jsonb_build_object();
    other text;
BEGIN
    IF jsonb_typeof(arguments) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'arguments are no JSON object', HINT = 'For example {"account_id": "123456789012"}.';
    END IF;
    SELECT string_agg(a.argument || CASE WHEN a.fallback IS NULL THEN '' ELSE ' (may be left out)' END, ', ')
    INTO named FROM bedrock_internal.setup_arguments() AS a WHERE a.kind = setup_check_arguments.kind;
    SELECT k.key INTO other FROM jsonb_object_keys(arguments) AS k (key)
    WHERE k.key NOT IN (SELECT a.argument FROM bedrock_internal.setup_arguments() AS a
                        WHERE a.kind = setup_check_arguments.kind) ORDER BY k.key LIMIT 1;
    IF other IS NOT NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s has no argument "%s"', kind, left(other, 160)), HINT = format('It has %s.', named);
    END IF;
    FOR row IN SELECT a.argument, a.rule, a.many, a.fallback FROM bedrock_internal.setup_arguments() AS a
               WHERE a.kind = setup_check_arguments.kind LOOP
        value := coalesce(nullif(arguments -> row.argument, 'null'),
                          replace(row.fallback::text, '{region}', coalesce(checked ->> 'region', ''))::jsonb);
        IF value IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('%s needs argument "%s"', kind, row.argument), HINT = format('It has %s.', named);
        END IF;
        CASE row.rule
            WHEN 'tags' THEN
                value := bedrock_internal.setup_check_tags(row.argument, value);
                IF value = '{}' AND row.fallback IS NULL THEN
                    RAISE invalid_parameter_value USING
                        MESSAGE = format('argument %s is empty', row.argument), HINT = 'Name at least one tag.';
                END IF;
            WHEN 'profiles' THEN
                value := bedrock_internal.setup_check_profiles(value);
            WHEN 'document' THEN
                IF jsonb_typeof(value) <> 'object' OR NOT value ? 'Statement' THEN
                    RAISE invalid_parameter_value USING
                        MESSAGE = format('argument %s is no policy', row.argument),
                        HINT = 'It is a document with Version and Statement.';
                END IF;
            ELSE
                IF row.many THEN
                    value := CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE jsonb_build_array(value) END;
                    IF value = '[]' AND row.fallback IS NULL THEN
                        RAISE invalid_parameter_value USING
                            MESSAGE = format('argument %s is empty', row.argument), HINT = 'Name at least one.';
                    END IF;
                    SELECT coalesce(jsonb_agg(bedrock_internal.setup_check_value(row.argument, row.rule, v.value)
                                              ORDER BY v.number), '[]')
                    INTO value FROM jsonb_array_elements(value) WITH ORDINALITY AS v (value, number);
                ELSE
                    value := to_jsonb(bedrock_internal.setup_check_value(row.argument, row.rule, value));
                END IF;
        END CASE;
        IF value = '""' AND row.fallback IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('argument %s is empty', row.argument), HINT = 'Give it a value.';
        END IF;
        checked := checked || jsonb_build_object(row.argument, value);
    END LOOP;
    IF checked -> 'tag_keys' = '[]' AND checked -> 'principal_tag_keys' = '[]' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s needs a key', kind), HINT = 'Name tag_keys or principal_tag_keys, or both.';
    END IF;
    RETURN checked;
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_check_arguments(text, jsonb) IS
    'all arguments of a kind of bedrock.setup_script, those left out as they are taken then. Error 22023: unknown, '
    'missing, or nothing that AWS takes';
