#!/usr/bin/env bash
# Makes a role for one application, which may call the models and profiles named.
# Run it in account 123456789012, region us-east-1: the account of the application.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# One role for one application: a role that many use has no single owner. Its policy BedrockInvoke becomes this one.
if trusted=$(aws iam get-role --role-name 'hr-portal-bedrock-role' --query Role.AssumeRolePolicyDocument --output json 2>/dev/null); then
    case $trusted in
        *'"lambda.amazonaws.com"'*) ;;
        *) printf "%s\n" 'A role of this name is there and is not of this service: name another. It trusts:' \
               "$trusted" >&2
           exit 1 ;;
    esac
else
    aws iam create-role --role-name 'hr-portal-bedrock-role' --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
  ]
}' >/dev/null
fi
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

