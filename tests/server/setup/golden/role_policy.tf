# Gives a role a policy, for example one that denies models.
# Apply it with a provider of account 123456789012: the account of the role.

resource "aws_iam_role_policy" "bedrock_bedrockmodels" {
  name   = "BedrockModels"
  role   = "hr-portal"
  policy = <<JSON
{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Action": "bedrock:InvokeModel*",
            "Effect": "Deny",
            "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-*"
        }
    ]
}
JSON
}

# Then: Calls that it denies fail at once; questions Q105 and Q107 then show no new day.

