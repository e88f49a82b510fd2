# Makes a role for one application, which may call the models and profiles named.
# Apply it with a provider of account 123456789012, region cn-north-1: the account of the application.

resource "aws_iam_role" "bedrock_batch" {
  name               = "batch"
  assume_role_policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com.cn"}, "Action": "sts:AssumeRole"}
  ]
}
JSON
  tags = {
  }
}

resource "aws_iam_role_policy" "bedrock_batch" {
  name   = "BedrockInvoke"
  role   = aws_iam_role.bedrock_batch.id
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": ["*"]
    }
  ]
}
JSON
}

resource "aws_iam_instance_profile" "bedrock_batch" {
  name = aws_iam_role.bedrock_batch.name
  role = aws_iam_role.bedrock_batch.name
}

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

