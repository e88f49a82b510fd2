#!/usr/bin/env bash
# Tags profiles, projects and other Bedrock resources.
# Run it in account 123456789012, region us-east-1: the account of the resources.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# Tags that are there keep their values, but those named here.
result=$(for arn in 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem' 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_u5ohxk75k3ehgtswbmcc'; do
    aws resourcegroupstaggingapi tag-resources --region 'us-east-1' --resource-arn-list "$arn" --output json \
        --tags '{"Project": "HR Portal", "map-migrated": "migABC123"}' || exit 1
done)
printf "%s\n" "$result"
case $result in *'"ErrorCode"'*) exit 1 ;; esac

# Then: The keys must be active cost allocation tags (kind activate_tags); then question Q119 counts them.

