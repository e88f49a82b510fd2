#!/usr/bin/env bash
# Makes a role for one application, which may call the models and profiles named.
# Run it in account 123456789012, region us-east-1: the account of the application.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# One role for one application: a role that many use has no single owner. Its trust policy becomes this one.
trust='{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
  ]
}'
aws iam get-role --role-name 'hr-portal-bedrock-role' >/dev/null 2>&1 ||
    aws iam create-role --role-name 'hr-portal-bedrock-role' --assume-role-policy-document "$trust" >/dev/null
aws iam update-assume-role-policy --role-name 'hr-portal-bedrock-role' --policy-document "$trust"
aws iam put-role-policy --role-name 'hr-portal-bedrock-role' --policy-name BedrockInvoke --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"]
    },
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": "arn:aws:bedrock:*::foundation-model/*",
      "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem"]}}
    }
  ]
}'
aws iam tag-role --role-name 'hr-portal-bedrock-role' --tags '[{"Key": "team", "Value": "hr"}]'
aws iam get-role --role-name 'hr-portal-bedrock-role' --query Role.Arn --output text

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

