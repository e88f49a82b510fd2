# Makes a role for one application, which may call the models and profiles named.
# Apply it with a provider of account 123456789012, region us-east-1: the account of the application.

resource "aws_iam_role" "bedrock_hr_portal_bedrock_role" {
  name               = "hr-portal-bedrock-role"
  assume_role_policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
  ]
}
JSON
  tags = {
    "team" = "hr"
  }
}

resource "aws_iam_role_policy" "bedrock_hr_portal_bedrock_role" {
  name   = "BedrockInvoke"
  role   = aws_iam_role.bedrock_hr_portal_bedrock_role.id
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"]
    },
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": "arn:aws:bedrock:*::foundation-model/*",
      "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem"]}}
    }
  ]
}
JSON
}

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

