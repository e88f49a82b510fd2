#!/usr/bin/env bash
# Tags IAM roles and users that call Bedrock.
# Run it in account 123456789012: the account of the roles.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

aws iam tag-role --role-name 'hr-portal' \
    --tags '[{"Key": "team", "Value": "hr"}]'
aws iam tag-user --user-name 'alice' \
    --tags '[{"Key": "team", "Value": "hr"}]'

# Then: The keys must be active cost allocation tags of IAM principals (kind activate_tags, principal_tag_keys); row iam_principal_tags of bedrock.doctor() is then ok.

