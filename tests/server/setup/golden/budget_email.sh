#!/usr/bin/env bash
# Makes a monthly cost budget of AWS for a project.
# Run it in account 123456789012: the payer account, or the account of the project.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

budget='{
  "BudgetName": "A",
  "BudgetType": "COST",
  "TimeUnit": "MONTHLY",
  "BudgetLimit": {"Amount": "2500.50", "Unit": "USD"},
  "CostFilters": {"Service": ["Amazon Bedrock"], "TagKeyValue": ["user:team$ProjectA"]}
}'
# Of a budget that is there, who is told of which thresholds stays as it is.
if aws budgets describe-budget --region 'us-east-1' --account-id '123456789012' --budget-name 'A' >/dev/null 2>&1; then
    aws budgets update-budget --region 'us-east-1' --account-id '123456789012' --new-budget "$budget"
else
    aws budgets create-budget --region 'us-east-1' --account-id '123456789012' --budget "$budget" \
        --notifications-with-subscribers '[
  {
    "Notification": {
      "NotificationType": "ACTUAL",
      "ComparisonOperator": "GREATER_THAN",
      "Threshold": 50,
      "ThresholdType": "PERCENTAGE"
    },
    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "finops@example.com"}, {"SubscriptionType": "EMAIL", "Address": "a@example.com"}]
  },
  {
    "Notification": {
      "NotificationType": "ACTUAL",
      "ComparisonOperator": "GREATER_THAN",
      "Threshold": 100,
      "ThresholdType": "PERCENTAGE"
    },
    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "finops@example.com"}, {"SubscriptionType": "EMAIL", "Address": "a@example.com"}]
  }
]'
fi

# Then: aws budgets describe-budgets shows it. AWS counts what it bills itself as Amazon Bedrock; models that are sold through AWS Marketplace are only in a budget here: bedrock.set_budget, question Q091.

