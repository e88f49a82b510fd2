#!/usr/bin/env bash
# Makes application inference profiles with tags.
# Run it in account 123456789012, region eu-central-1: the account and region that call the model.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# profile NAME DESCRIPTION SOURCE TAGS: makes it, or tags the one of that name. Prints name and ARN.
profile() {
    local arn
    arn=$(aws bedrock list-inference-profiles --region 'eu-central-1' --type-equals APPLICATION \
        --query 'inferenceProfileSummaries[].[inferenceProfileName, inferenceProfileArn]' --output text |
        NAME=$1 awk -F "\t" '$1 == ENVIRON["NAME"] && !n++ { print $2 }')
    if [ -z "$arn" ]; then
        arn=$(aws bedrock create-inference-profile --region 'eu-central-1' --inference-profile-name "$1" --description "$2" \
            --model-source "$3" --tags "$4" --query inferenceProfileArn --output text)
    elif [ "$4" != '[]' ]; then
        aws bedrock tag-resource --region 'eu-central-1' --resource-arn "$arn" --tags "$4"
    fi
    printf "%s\t%s\n" "$1" "$arn"
}
profile 'app-gamma-claude-haiku' 'Gamma: claude haiku' \
    '{"copyFrom": "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0"}' \
    '[{"key": "app", "value": "gamma"}, {"key": "map-migrated", "value": "migABC123"}, {"key": "team", "value": "data-science"}]'
profile 'App Gamma_claude-haiku' 'App Gamma_claude-haiku' \
    '{"copyFrom": "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0"}' \
    '[]'

# Then: Give their ARNs as modelId. bedrock.import_profiles takes what "aws bedrock list-inference-profiles --type-equals APPLICATION" prints; bedrock.profile then has them, and question Q023 their share.

