# Makes a monthly cost budget of AWS for a project.
# Apply it with a provider of account 123456789012: the payer account, or the account of the project.

# Without an address (argument email) nobody is told when a threshold is crossed.
resource "aws_budgets_budget" "bedrock_projecta_bedrock_monthly_budget" {
  name         = "ProjectA-Bedrock-Monthly-Budget"
  budget_type  = "COST"
  limit_amount = "100"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "Service"
    values = ["Amazon Bedrock"]
  }
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:Project$ProjectA"]
  }
}

# Then: aws budgets describe-budgets shows it. AWS counts what it bills itself as Amazon Bedrock; models that are sold through AWS Marketplace are only in a budget here: bedrock.set_budget, question Q091.

