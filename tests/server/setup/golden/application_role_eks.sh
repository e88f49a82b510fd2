#!/usr/bin/env bash
# Makes a role for one application, which may call the models and profiles named.
# Run it in account 123456789012, region eu-central-1: the account of the application.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# One role for one application: a role that many use has no single owner. Its policy BedrockInvoke becomes this one.
if trusted=$(aws iam get-role --role-name 'pods' --query Role.AssumeRolePolicyDocument --output json 2>/dev/null); then
    case $trusted in
        *'"pods.eks.amazonaws.com"'*) ;;
        *) printf "%s\n" 'A role of this name is there and is not of this service: name another. It trusts:' \
               "$trusted" >&2
           exit 1 ;;
    esac
else
    aws iam create-role --role-name 'pods' --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
  ]
}' >/dev/null
fi
aws iam put-role-policy --role-name 'pods' --policy-name BedrockInvoke --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": ["arn:aws:bedrock:*::foundation-model/anthropic.claude-haiku-*"]
    }
  ]
}'
aws iam get-role --role-name 'pods' --query Role.Arn --output text

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

