#!/usr/bin/env bash
# Activates cost allocation tags, of resources and of IAM principals.
# Run it in account 123456789012: the payer account.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# A key that billing does not know yet is under Errors: make a call with it, wait up to 24 hours, run this again.
result=$(aws ce update-cost-allocation-tags-status --region us-east-1 --output json \
    --cost-allocation-tags-status '[{"TagKey": "team", "Status": "Active"}, {"TagKey": "app", "Status": "Active"}, {"TagKey": "iamPrincipal/team", "Status": "Active"}, {"TagKey": "iamPrincipal/cost-center", "Status": "Active"}]')
printf "%s\n" "$result"
case $result in *'"TagKey"'*) exit 1 ;; esac

# Then: AWS shows a key up to 24 hours after its first tagged call and fills it 24 to 48 hours after its activation, going forward. Tell the doctor the day: bedrock.set_setting('tags_activated_on', ...). Row tags_activated of bedrock.doctor() is then gone.

