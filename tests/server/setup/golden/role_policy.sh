#!/usr/bin/env bash
# Gives a role a policy, for example one that denies models.
# Run it in account 123456789012: the account of the role.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

aws iam put-role-policy --role-name 'hr-portal' --policy-name 'BedrockModels' \
    --policy-document '{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Action": "bedrock:InvokeModel*",
            "Effect": "Deny",
            "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-*"
        }
    ]
}'
aws iam get-role-policy --role-name 'hr-portal' --policy-name 'BedrockModels'

# Then: Calls that it denies fail at once; questions Q105 and Q107 then show no new day.

