-- What the account that calls models needs: access, logging, roles, profiles.

CREATE OR REPLACE FUNCTION bedrock_internal.setup_enable_model_access(a jsonb, form text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format($bash$
# Models of Amazon need no offer. Those of Anthropic need, once for the account, the form with what they are used for:
# console > Amazon Bedrock > Model catalog > a model of Anthropic, or aws bedrock put-use-case-for-model-access.
state() {
    aws bedrock get-foundation-model-availability --region %1$s --model-id "$1" \
        --query agreementAvailability.status --output text
}
for model in %2$s; do
    if [ "$(state "$model")" != AVAILABLE ]; then
        offer=$(aws bedrock list-foundation-model-agreement-offers --region %1$s --model-id "$model" \
            --query 'offers[0].offerToken' --output text)
        aws bedrock create-foundation-model-agreement --region %1$s --model-id "$model" --offer-token "$offer"
    fi
    printf "%%s: %%s\n" "$model" "$(state "$model")"
done
$bash$, bedrock_internal.setup_shell(a ->> 'region'),
        (SELECT string_agg(bedrock_internal.setup_shell(m.model), ' ' ORDER BY m.number)
         FROM jsonb_array_elements_text(a -> 'models') WITH ORDINALITY AS m (model, number)));
COMMENT ON FUNCTION bedrock_internal.setup_enable_model_access(jsonb, text) IS
    'text of this kind of bedrock.setup_script, as all functions setup_*(a jsonb, form text); a: arguments as '
    'bedrock_internal.setup_check_arguments gives them';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_enable_logging(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partition text := bedrock_internal.setup_partition(a ->> 'region');
    objects text := format('arn:%s:s3:::%s/%s/AWSLogs/%s/BedrockModelInvocationLogs/*', partition, a ->> 'bucket',
                           a ->> 'prefix', a ->> 'account_id');
    streams text := format('arn:%s:logs:%s:%s:log-group:%s:log-stream:aws/bedrock/modelinvocations', partition,
                           a ->> 'region', a ->> 'account_id', a ->> 'log_group');
    -- Roles are of the account and logging is of a region: each has a role of its own, so that none changes another's.
    role_arn text := format('arn:%s:iam::%s:role/%s', partition, a ->> 'account_id', a ->> 'role');
    label text := bedrock_internal.setup_label('logging-' || (a ->> 'region'));
    -- Only Bedrock, and only for this account and region.
    caller text := format('arn:%s:bedrock:%s:%s:*', partition, a ->> 'region', a ->> 'account_id');
    condition text := format('{"StringEquals": {"aws:SourceAccount": %s}, "ArnLike": {"aws:SourceArn": %s}}',
                             to_json(a ->> 'account_id'), to_json(caller));
    trust text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "sts:AssumeRole",
      "Condition": %s
    }
  ]
}$json$, condition);
    permissions text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": %s},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": %s}
  ]
}$json$, to_json(streams), to_json(objects));
    policy text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "BedrockInvocationLogs",
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "s3:PutObject",
      "Resource": %s,
      "Condition": %s
    }
  ]
}$json$, to_json(objects), condition);
BEGIN
    IF form = 'terraform' THEN
        RETURN format($hcl$
# Terraform does not look before it writes. Where aws bedrock get-model-invocation-logging-configuration --region %9$s
# prints a configuration, logging is on: load those logs instead of applying this, which would redirect them.
resource "aws_cloudwatch_log_group" "%10$s" {
  name              = %1$s
  retention_in_days = %2$s
}

resource "aws_iam_role" "%10$s" {
  name               = %3$s
  assume_role_policy = %4$s
}

resource "aws_iam_role_policy" "%10$s" {
  name   = "BedrockInvocationLogging"
  role   = aws_iam_role.%10$s.id
  policy = %5$s
}

# A bucket has one policy: where it has another, put the statement into that.
resource "aws_s3_bucket_policy" "%10$s" {
  bucket = %6$s
  policy = %7$s
}

resource "aws_bedrock_model_invocation_logging_configuration" "%10$s" {
  depends_on = [aws_iam_role_policy.%10$s, aws_s3_bucket_policy.%10$s]

  logging_config {
    text_data_delivery_enabled      = true
    image_data_delivery_enabled     = true
    embedding_data_delivery_enabled = true
    video_data_delivery_enabled     = true
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.%10$s.name
      role_arn       = aws_iam_role.%10$s.arn
      large_data_delivery_s3_config {
        bucket_name = %6$s
        key_prefix  = %8$s
      }
    }
    s3_config {
      bucket_name = %6$s
      key_prefix  = %8$s
    }
  }
}
$hcl$, bedrock_internal.setup_hcl(a ->> 'log_group'), a ->> 'retention_days', bedrock_internal.setup_hcl(a ->> 'role'),
            bedrock_internal.setup_hcl_document(trust), bedrock_internal.setup_hcl_document(permissions),
            bedrock_internal.setup_hcl(a ->> 'bucket'), bedrock_internal.setup_hcl_document(policy),
            bedrock_internal.setup_hcl(a ->> 'prefix'), a ->> 'region', label);
    END IF;
    RETURN format($bash$
# The bucket is one of yours, in this account and region. The logs hold prompts and answers: bedrock.load_invocations
# reads neither.
aws s3api head-bucket --bucket %1$s

# A region has one configuration: one that is there is left as it is.
there=$(aws bedrock get-model-invocation-logging-configuration --region %2$s --output text --query \
    'loggingConfig.[s3Config.bucketName, s3Config.keyPrefix, cloudWatchConfig.logGroupName, cloudWatchConfig.roleArn]')
ours=$(printf "%%s\t%%s\t%%s\t%%s" %1$s %10$s %3$s %11$s)
case $there in
    '' | None | "$ours") ;;
    *) printf "%%s\n" 'Logging is on in this region, to this bucket, prefix, log group, role:' "$there" \
           'Load those logs, or end that logging first. Nothing was changed.' >&2
       exit 1 ;;
esac
trust=%5$s
if trusted=$(aws iam get-role --role-name %6$s --query Role.AssumeRolePolicyDocument --output json 2>/dev/null); then
    case $trusted in
        *%12$s*) ;;
        *) printf "%%s\n" 'The role is another: name one of its own for this region (argument role). It trusts:' \
               "$trusted" >&2
           exit 1 ;;
    esac
fi
%8$s
if [ -z "${trusted:-}" ]; then
    aws iam create-role --role-name %6$s --assume-role-policy-document "$trust" >/dev/null
fi
aws iam put-role-policy --role-name %6$s --policy-name BedrockInvocationLogging --policy-document %7$s

groups=$(aws logs describe-log-groups --region %2$s --log-group-name-prefix %3$s --query 'logGroups[].logGroupName' \
    --output text)
if ! grep -qFx -- %3$s <<<"$(tr "\t" "\n" <<<"$groups")"; then
    aws logs create-log-group --region %2$s --log-group-name %3$s
    aws logs put-retention-policy --region %2$s --log-group-name %3$s --retention-in-days %4$s
fi

if [ "$there" != "$ours" ]; then
    configuration=%9$s
    # A role that is new is known everywhere a few seconds later.
    tries=1
    until aws bedrock put-model-invocation-logging-configuration --region %2$s --logging-config "$configuration"; do
        [ "$tries" -lt 4 ] || exit 1
        tries=$((tries + 1))
        sleep 10
    done
fi
aws bedrock get-model-invocation-logging-configuration --region %2$s
$bash$, bedrock_internal.setup_shell(a ->> 'bucket'), bedrock_internal.setup_shell(a ->> 'region'),
        bedrock_internal.setup_shell(a ->> 'log_group'), a ->> 'retention_days', bedrock_internal.setup_shell(trust),
        bedrock_internal.setup_shell(a ->> 'role'), bedrock_internal.setup_shell(permissions),
        bedrock_internal.setup_bucket_policy(a ->> 'bucket', ARRAY[objects, caller], policy),
        bedrock_internal.setup_shell(format($json${
  "cloudWatchConfig": {
    "logGroupName": %1$s,
    "roleArn": %2$s,
    "largeDataDeliveryS3Config": {"bucketName": %3$s, "keyPrefix": %4$s}
  },
  "s3Config": {"bucketName": %3$s, "keyPrefix": %4$s},
  "textDataDeliveryEnabled": true,
  "imageDataDeliveryEnabled": true,
  "embeddingDataDeliveryEnabled": true,
  "videoDataDeliveryEnabled": true
}$json$, to_json(a ->> 'log_group'), to_json(role_arn), to_json(a ->> 'bucket'), to_json(a ->> 'prefix'))),
        bedrock_internal.setup_shell(a ->> 'prefix'), bedrock_internal.setup_shell(role_arn),
        bedrock_internal.setup_shell(to_json(caller)::text));
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_enable_logging(jsonb, text) IS
    'text of this kind of bedrock.setup_script: CloudWatch Logs and S3, as Bedrock documents the two. The role is of '
    'one region, BedrockInvocationLoggingRole-REGION by default; logging that is on already is left as it is';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_application_role(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partition text := bedrock_internal.setup_partition(a ->> 'region');
    -- The pods of EKS pass tags on, and instances of China have a principal of their own.
    service text := CASE a ->> 'service' WHEN 'lambda' THEN '"lambda.amazonaws.com"'
                                         WHEN 'ecs-tasks' THEN '"ecs-tasks.amazonaws.com"'
                                         WHEN 'eks' THEN '"pods.eks.amazonaws.com"'
                                         ELSE CASE partition WHEN 'aws-cn' THEN '"ec2.amazonaws.com.cn"'
                                                             ELSE '"ec2.amazonaws.com"' END END;
    trust text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": %s}, "Action": %s}
  ]
}$json$, service,
         CASE a ->> 'service' WHEN 'eks' THEN '["sts:AssumeRole", "sts:TagSession"]' ELSE '"sts:AssumeRole"' END);
    profiles jsonb := (SELECT jsonb_agg(r.arn ORDER BY r.number)
                       FROM jsonb_array_elements_text(a -> 'resources') WITH ORDINALITY AS r (arn, number)
                       WHERE r.arn LIKE '%:%inference-profile/%');
    -- A call through a profile is also a call of the model behind it, in each region that the profile may choose.
    permissions text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": %s
    }%s
  ]
}$json$, bedrock_internal.setup_list(a -> 'resources'),
        CASE WHEN profiles IS NULL THEN '' ELSE format($json$,
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": "arn:%s:bedrock:*::foundation-model/*",
      "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": %s}}
    }$json$, partition, bedrock_internal.setup_list(profiles)) END);
    role text := bedrock_internal.setup_shell(a ->> 'role');
BEGIN
    IF form = 'terraform' THEN
        RETURN format($hcl$
resource "aws_iam_role" "%1$s" {
  name               = %2$s
  assume_role_policy = %3$s
  tags = %4$s
}

resource "aws_iam_role_policy" "%1$s" {
  name   = "BedrockInvoke"
  role   = aws_iam_role.%1$s.id
  policy = %5$s
}
%6$s$hcl$, bedrock_internal.setup_label(a ->> 'role'), bedrock_internal.setup_hcl(a ->> 'role'),
            bedrock_internal.setup_hcl_document(trust), bedrock_internal.setup_hcl_tags(a -> 'tags'),
            bedrock_internal.setup_hcl_document(permissions),
            CASE a ->> 'service' WHEN 'ec2' THEN format($hcl$
resource "aws_iam_instance_profile" "%1$s" {
  name = aws_iam_role.%1$s.name
  role = aws_iam_role.%1$s.name
}
$hcl$, bedrock_internal.setup_label(a ->> 'role')) ELSE '' END);
    END IF;
    RETURN format($bash$
# One role for one application: a role that many use has no single owner. Its policy BedrockInvoke becomes this one.
if trusted=$(aws iam get-role --role-name %1$s --query Role.AssumeRolePolicyDocument --output json 2>/dev/null); then
    case $trusted in
        *%6$s*) ;;
        *) printf "%%s\n" 'A role of this name is there and is not of this service: name another. It trusts:' \
               "$trusted" >&2
           exit 1 ;;
    esac
else
    aws iam create-role --role-name %1$s --assume-role-policy-document %2$s >/dev/null
fi
aws iam put-role-policy --role-name %1$s --policy-name BedrockInvoke --policy-document %3$s
%4$s%5$saws iam get-role --role-name %1$s --query Role.Arn --output text
$bash$, role, bedrock_internal.setup_shell(trust), bedrock_internal.setup_shell(permissions),
        CASE a -> 'tags' WHEN '{}' THEN ''
             ELSE format(E'aws iam tag-role --role-name %s --tags %s\n', role,
                         bedrock_internal.setup_shell(bedrock_internal.setup_tags(a -> 'tags', 'Key', 'Value'))) END,
        CASE a ->> 'service' WHEN 'ec2' THEN format($bash$
aws iam get-instance-profile --instance-profile-name %1$s >/dev/null 2>&1 || {
    aws iam create-instance-profile --instance-profile-name %1$s >/dev/null
    aws iam add-role-to-instance-profile --instance-profile-name %1$s --role-name %1$s
}
$bash$, role) ELSE '' END,
        bedrock_internal.setup_shell(service));
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_application_role(jsonb, text) IS
    'text of this kind of bedrock.setup_script; resources ["*"]: the role may call every model';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_source_arn(region text, account text, source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    prefix text := format('arn:%s:bedrock:%s:', bedrock_internal.setup_partition(region), region);
    system_profile text;
BEGIN
    IF source LIKE 'arn:%' THEN
        RETURN source;
    END IF;
    -- A system profile of that name, or the one of the model in this region: of the geography before the global one.
    SELECT p.profile_id INTO system_profile
    FROM bedrock.system_profiles AS p
    JOIN bedrock.system_profile_regions AS r ON r.profile_id = p.profile_id
    WHERE r.source_region = setup_source_arn.region AND setup_source_arn.source IN (p.profile_id, p.model_id)
    ORDER BY p.profile_id = setup_source_arn.source DESC, p.pool = 'global', p.profile_id LIMIT 1;
    IF FOUND THEN
        RETURN prefix || account || ':inference-profile/' || system_profile;
    ELSIF EXISTS (SELECT FROM bedrock.models AS m WHERE m.model_id = setup_source_arn.source) THEN
        RETURN prefix || ':foundation-model/' || source;
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = format('profiles.source: "%s" is no model and no system profile of %s', left(source, 160), region),
        HINT = format('SELECT * FROM bedrock.answer(''Q174'', ''{"region": "%s"}'') lists them; or name the full ARN.',
                      region);
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_source_arn(text, text, text) IS
    'ARN that a profile is copied from: source itself where it is one, the system profile of that id or of that model '
    'in the region, or the foundation model. Error 22023: neither is known there';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_create_profile(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    profile record;
    body text := '';
    labels text[] := ARRAY[]::text[];
BEGIN
    IF form <> 'terraform' THEN
        body := format($bash$
# profile NAME DESCRIPTION SOURCE TAGS: makes it, or tags the one of that name. Prints name and ARN.
profile() {
    local arn
    arn=$(aws bedrock list-inference-profiles --region %1$s --type-equals APPLICATION \
        --query 'inferenceProfileSummaries[].[inferenceProfileName, inferenceProfileArn]' --output text |
        NAME=$1 awk -F "\t" '$1 == ENVIRON["NAME"] && !n++ { print $2 }')
    if [ -z "$arn" ]; then
        arn=$(aws bedrock create-inference-profile --region %1$s --inference-profile-name "$1" --description "$2" \
            --model-source "$3" --tags "$4" --query inferenceProfileArn --output text)
    elif [ "$4" != '[]' ]; then
        aws bedrock tag-resource --region %1$s --resource-arn "$arn" --tags "$4"
    fi
    printf "%%s\t%%s\n" "$1" "$arn"
}
$bash$, bedrock_internal.setup_shell(a ->> 'region'));
    END IF;
    FOR profile IN
        SELECT p.profile ->> 'name' AS name, coalesce(p.profile ->> 'description', p.profile ->> 'name') AS description,
               bedrock_internal.setup_source_arn(a ->> 'region', a ->> 'account_id', p.profile ->> 'source') AS source,
               p.profile -> 'tags' AS tags
        FROM jsonb_array_elements(a -> 'profiles') WITH ORDINALITY AS p (profile, number) ORDER BY p.number LOOP
        IF form = 'terraform' THEN
            labels := labels || bedrock_internal.setup_label(profile.name);
            body := body || format($hcl$
resource "aws_bedrock_inference_profile" "%1$s" {
  name        = %2$s
  description = %3$s
  model_source {
    copy_from = %4$s
  }
  tags = %5$s
}
$hcl$, labels[cardinality(labels)] || CASE WHEN labels[cardinality(labels)] = ANY (labels[:cardinality(labels) - 1])
                                           THEN '_' || cardinality(labels) ELSE '' END,
                bedrock_internal.setup_hcl(profile.name), bedrock_internal.setup_hcl(profile.description),
                bedrock_internal.setup_hcl(profile.source), bedrock_internal.setup_hcl_tags(profile.tags));
        ELSE
            body := body || format(E'profile %s %s \\\n    %s \\\n    %s\n', bedrock_internal.setup_shell(profile.name),
                                   bedrock_internal.setup_shell(profile.description),
                                   bedrock_internal.setup_shell(format('{"copyFrom": %s}', to_json(profile.source))),
                                   bedrock_internal.setup_shell(bedrock_internal.setup_tags(profile.tags, 'key',
                                                                                            'value')));
        END IF;
    END LOOP;
    RETURN body;
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_create_profile(jsonb, text) IS
    'text of this kind of bedrock.setup_script; sources are looked up in bedrock.system_profiles and bedrock.models';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_role_policy(a jsonb, form text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE form WHEN 'terraform' THEN format($hcl$
resource "aws_iam_role_policy" "%s" {
  name   = %s
  role   = %s
  policy = %s
}
$hcl$, bedrock_internal.setup_label(a ->> 'name'), bedrock_internal.setup_hcl(a ->> 'name'),
            bedrock_internal.setup_hcl(a ->> 'role'),
            bedrock_internal.setup_hcl_document(jsonb_pretty(a -> 'document')))
        ELSE format($bash$
aws iam put-role-policy --role-name %1$s --policy-name %2$s \
    --policy-document %3$s
aws iam get-role-policy --role-name %1$s --policy-name %2$s
$bash$, bedrock_internal.setup_shell(a ->> 'role'), bedrock_internal.setup_shell(a ->> 'name'),
            bedrock_internal.setup_shell(jsonb_pretty(a -> 'document'))) END;
COMMENT ON FUNCTION bedrock_internal.setup_role_policy(jsonb, text) IS
    'text of this kind of bedrock.setup_script: an inline policy of a role, which replaces the one of the same name';
