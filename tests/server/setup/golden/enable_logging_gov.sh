#!/usr/bin/env bash
# Switches on model invocation logging: log group, role, bucket policy, both destinations.
# Run it in account 123456789012, region us-gov-west-1: once for each account and region that calls models.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# The bucket is one of yours, in this region. The logs hold prompts and answers: bedrock.load_invocations reads neither.
aws s3api head-bucket --bucket 'acme-bedrock-logs'

aws logs describe-log-groups --region 'us-gov-west-1' --log-group-name-prefix '/acme/bedrock' --query 'logGroups[].logGroupName' \
    --output text | tr "\t" "\n" | grep -Fx -- '/acme/bedrock' >/dev/null ||
    aws logs create-log-group --region 'us-gov-west-1' --log-group-name '/acme/bedrock'
aws logs put-retention-policy --region 'us-gov-west-1' --log-group-name '/acme/bedrock' --retention-in-days 30

trust='{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "sts:AssumeRole",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:*"}}
    }
  ]
}'
aws iam get-role --role-name 'AcmeBedrockLogs' >/dev/null 2>&1 ||
    aws iam create-role --role-name 'AcmeBedrockLogs' --assume-role-policy-document "$trust" >/dev/null
aws iam update-assume-role-policy --role-name 'AcmeBedrockLogs' --policy-document "$trust"
aws iam put-role-policy --role-name 'AcmeBedrockLogs' --policy-name BedrockInvocationLogging --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/acme/bedrock:log-stream:aws/bedrock/modelinvocations"},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws-us-gov:s3:::acme-bedrock-logs/logs/bedrock/AWSLogs/123456789012/BedrockModelInvocationLogs/*"}
  ]
}'

# A bucket has one policy: one that is there is not replaced.
policy='{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "BedrockInvocationLogs",
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "s3:PutObject",
      "Resource": "arn:aws-us-gov:s3:::acme-bedrock-logs/logs/bedrock/AWSLogs/123456789012/BedrockModelInvocationLogs/*",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:*"}}
    }
  ]
}'
if current=$(aws s3api get-bucket-policy --bucket 'acme-bedrock-logs' --query Policy --output text 2>&1); then
    case $current in
        *'"arn:aws-us-gov:s3:::acme-bedrock-logs/logs/bedrock/AWSLogs/123456789012/BedrockModelInvocationLogs/*"'*) ;;
        *) printf "%s\n" 'The bucket has a policy: add this statement to it, then run this again.' "$policy" >&2
           exit 1 ;;
    esac
else
    case $current in
        *NoSuchBucketPolicy*) aws s3api put-bucket-policy --bucket 'acme-bedrock-logs' --policy "$policy" ;;
        *) printf "%s\n" "$current" >&2
           exit 1 ;;
    esac
fi

# A role that is new is known everywhere a few seconds later.
configuration='{
  "cloudWatchConfig": {
    "logGroupName": "/acme/bedrock",
    "roleArn": "arn:aws-us-gov:iam::123456789012:role/AcmeBedrockLogs",
    "largeDataDeliveryS3Config": {"bucketName": "acme-bedrock-logs", "keyPrefix": "logs/bedrock"}
  },
  "s3Config": {"bucketName": "acme-bedrock-logs", "keyPrefix": "logs/bedrock"},
  "textDataDeliveryEnabled": true,
  "imageDataDeliveryEnabled": true,
  "embeddingDataDeliveryEnabled": true,
  "videoDataDeliveryEnabled": true
}'
tries=1
until aws bedrock put-model-invocation-logging-configuration --region 'us-gov-west-1' --logging-config "$configuration"; do
    [ "$tries" -lt 4 ] || exit 1
    tries=$((tries + 1))
    sleep 10
done
aws bedrock get-model-invocation-logging-configuration --region 'us-gov-west-1'

# Then: After a call and about 90 seconds: objects in the bucket. Load them with bedrock.load_invocations; row invocation_logging of bedrock.doctor() and question Q128 then name this account and region no more.

