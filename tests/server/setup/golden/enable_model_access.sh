#!/usr/bin/env bash
# Accepts the offer of models that others sell, so that they can be called.
# Run it in account 123456789012, region us-east-1: the account that calls the models.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# Models of Amazon need no offer. Those of Anthropic need, once for the account, the form with what they are used for:
# console > Amazon Bedrock > Model catalog > a model of Anthropic, or aws bedrock put-use-case-for-model-access.
state() {
    aws bedrock get-foundation-model-availability --region 'us-east-1' --model-id "$1" \
        --query agreementAvailability.status --output text
}
for model in 'anthropic.claude-haiku-4-5-20251001-v1:0' 'meta.llama3-1-70b-instruct-v1:0'; do
    if [ "$(state "$model")" != AVAILABLE ]; then
        offer=$(aws bedrock list-foundation-model-agreement-offers --region 'us-east-1' --model-id "$model" \
            --query 'offers[0].offerToken' --output text)
        aws bedrock create-foundation-model-agreement --region 'us-east-1' --model-id "$model" --offer-token "$offer"
    fi
    printf "%s: %s\n" "$model" "$(state "$model")"
done

# Then: aws bedrock get-foundation-model-availability says AVAILABLE; question Q066 shows the first cost.

