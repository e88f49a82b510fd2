#!/usr/bin/env bash
# Switches on model invocation logging: log group, role, bucket policy, both destinations.
# Run it in account 123456789012, region us-east-1: once for each account and region that calls models.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# The bucket is one of yours, in this account and region. The logs hold prompts and answers: bedrock.load_invocations
# reads neither.
aws s3api head-bucket --bucket 'acme-bedrock-logs'

# A region has one configuration: one that is there is left as it is.
there=$(aws bedrock get-model-invocation-logging-configuration --region 'us-east-1' --output text --query \
    'loggingConfig.[s3Config.bucketName, s3Config.keyPrefix, cloudWatchConfig.logGroupName, cloudWatchConfig.roleArn]')
ours=$(printf "%s\t%s\t%s\t%s" 'acme-bedrock-logs' 'invocations' '/aws/bedrock/invocations' 'arn:aws:iam::123456789012:role/BedrockInvocationLoggingRole-us-east-1')
case $there in
    '' | None | "$ours") ;;
    *) printf "%s\n" 'Logging is on in this region, to this bucket, prefix, log group, role:' "$there" \
           'Load those logs, or end that logging first. Nothing was changed.' >&2
       exit 1 ;;
esac
trust='{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "sts:AssumeRole",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}
    }
  ]
}'
if trusted=$(aws iam get-role --role-name 'BedrockInvocationLoggingRole-us-east-1' --query Role.AssumeRolePolicyDocument --output json 2>/dev/null); then
    case $trusted in
        *'"arn:aws:bedrock:us-east-1:123456789012:*"'*) ;;
        *) printf "%s\n" 'The role is another: name one of its own for this region (argument role). It trusts:' \
               "$trusted" >&2
           exit 1 ;;
    esac
fi

# A bucket has one policy: one that is there is not replaced.
policy='{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "BedrockInvocationLogs",
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::acme-bedrock-logs/invocations/AWSLogs/123456789012/BedrockModelInvocationLogs/*",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}
    }
  ]
}'
if current=$(aws s3api get-bucket-policy --bucket 'acme-bedrock-logs' --query Policy --output text 2>&1); then
    for part in '"arn:aws:s3:::acme-bedrock-logs/invocations/AWSLogs/123456789012/BedrockModelInvocationLogs/*"' '"arn:aws:bedrock:us-east-1:123456789012:*"'; do
        case $current in
            *"$part"*) ;;
            *) printf "%s\n" 'The bucket has a policy: add this statement to it, then run this again.' "$policy" >&2
               exit 1 ;;
        esac
    done
else
    case $current in
        *NoSuchBucketPolicy*) aws s3api put-bucket-policy --bucket 'acme-bedrock-logs' --policy "$policy" ;;
        *) printf "%s\n" "$current" >&2
           exit 1 ;;
    esac
fi

if [ -z "${trusted:-}" ]; then
    aws iam create-role --role-name 'BedrockInvocationLoggingRole-us-east-1' --assume-role-policy-document "$trust" >/dev/null
fi
aws iam put-role-policy --role-name 'BedrockInvocationLoggingRole-us-east-1' --policy-name BedrockInvocationLogging --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock/invocations:log-stream:aws/bedrock/modelinvocations"},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-bedrock-logs/invocations/AWSLogs/123456789012/BedrockModelInvocationLogs/*"}
  ]
}'

groups=$(aws logs describe-log-groups --region 'us-east-1' --log-group-name-prefix '/aws/bedrock/invocations' --query 'logGroups[].logGroupName' \
    --output text)
if ! grep -qFx -- '/aws/bedrock/invocations' <<<"$(tr "\t" "\n" <<<"$groups")"; then
    aws logs create-log-group --region 'us-east-1' --log-group-name '/aws/bedrock/invocations'
    aws logs put-retention-policy --region 'us-east-1' --log-group-name '/aws/bedrock/invocations' --retention-in-days 90
fi

if [ "$there" != "$ours" ]; then
    configuration='{
  "cloudWatchConfig": {
    "logGroupName": "/aws/bedrock/invocations",
    "roleArn": "arn:aws:iam::123456789012:role/BedrockInvocationLoggingRole-us-east-1",
    "largeDataDeliveryS3Config": {"bucketName": "acme-bedrock-logs", "keyPrefix": "invocations"}
  },
  "s3Config": {"bucketName": "acme-bedrock-logs", "keyPrefix": "invocations"},
  "textDataDeliveryEnabled": true,
  "imageDataDeliveryEnabled": true,
  "embeddingDataDeliveryEnabled": true,
  "videoDataDeliveryEnabled": true
}'
    # A role that is new is known everywhere a few seconds later.
    tries=1
    until aws bedrock put-model-invocation-logging-configuration --region 'us-east-1' --logging-config "$configuration"; do
        [ "$tries" -lt 4 ] || exit 1
        tries=$((tries + 1))
        sleep 10
    done
fi
aws bedrock get-model-invocation-logging-configuration --region 'us-east-1'

# Then: After a call and about 90 seconds: objects in the bucket. Load them with bedrock.load_invocations; row invocation_logging of bedrock.doctor() and question Q128 then name this account and region no more.

