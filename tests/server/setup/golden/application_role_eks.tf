# Makes a role for one application, which may call the models and profiles named.
# Apply it with a provider of account 123456789012, region eu-central-1: the account of the application.

resource "aws_iam_role" "bedrock_pods" {
  name               = "pods"
  assume_role_policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
  ]
}
JSON
  tags = {
  }
}

resource "aws_iam_role_policy" "bedrock_pods" {
  name   = "BedrockInvoke"
  role   = aws_iam_role.bedrock_pods.id
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": ["arn:aws:bedrock:*::foundation-model/anthropic.claude-haiku-*"]
    }
  ]
}
JSON
}

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

