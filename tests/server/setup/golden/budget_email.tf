# Makes a monthly cost budget of AWS for a project.
# Apply it with a provider of account 123456789012: the payer account, or the account of the project.

resource "aws_budgets_budget" "bedrock_a" {
  name         = "A"
  budget_type  = "COST"
  limit_amount = "2500.50"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "Service"
    values = ["Amazon Bedrock"]
  }
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:team$ProjectA"]
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 50
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["finops@example.com", "a@example.com"]
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = ["finops@example.com", "a@example.com"]
  }
}

# Then: aws budgets describe-budgets shows it. AWS counts what it bills itself as Amazon Bedrock; models that are sold through AWS Marketplace are only in a budget here: bedrock.set_budget, question Q091.

