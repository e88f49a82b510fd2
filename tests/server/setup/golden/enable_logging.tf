# Switches on model invocation logging: log group, role, bucket policy, both destinations.
# Apply it with a provider of account 123456789012, region us-east-1: once for each account and region that calls models.

# Terraform does not look before it writes. Where aws bedrock get-model-invocation-logging-configuration --region us-east-1
# prints a configuration, logging is on: load those logs instead of applying this, which would redirect them.
resource "aws_cloudwatch_log_group" "bedrock_logging_us_east_1" {
  name              = "/aws/bedrock/invocations"
  retention_in_days = 90
}

resource "aws_iam_role" "bedrock_logging_us_east_1" {
  name               = "BedrockInvocationLoggingRole-us-east-1"
  assume_role_policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "sts:AssumeRole",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}
    }
  ]
}
JSON
}

resource "aws_iam_role_policy" "bedrock_logging_us_east_1" {
  name   = "BedrockInvocationLogging"
  role   = aws_iam_role.bedrock_logging_us_east_1.id
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock/invocations:log-stream:aws/bedrock/modelinvocations"},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-bedrock-logs/invocations/AWSLogs/123456789012/BedrockModelInvocationLogs/*"}
  ]
}
JSON
}

# A bucket has one policy: where it has another, put the statement into that.
resource "aws_s3_bucket_policy" "bedrock_logging_us_east_1" {
  bucket = "acme-bedrock-logs"
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "BedrockInvocationLogs",
      "Effect": "Allow",
      "Principal": {"Service": "bedrock.amazonaws.com"},
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::acme-bedrock-logs/invocations/AWSLogs/123456789012/BedrockModelInvocationLogs/*",
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}
    }
  ]
}
JSON
}

resource "aws_bedrock_model_invocation_logging_configuration" "bedrock_logging_us_east_1" {
  depends_on = [aws_iam_role_policy.bedrock_logging_us_east_1, aws_s3_bucket_policy.bedrock_logging_us_east_1]

  logging_config {
    text_data_delivery_enabled      = true
    image_data_delivery_enabled     = true
    embedding_data_delivery_enabled = true
    video_data_delivery_enabled     = true
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.bedrock_logging_us_east_1.name
      role_arn       = aws_iam_role.bedrock_logging_us_east_1.arn
      large_data_delivery_s3_config {
        bucket_name = "acme-bedrock-logs"
        key_prefix  = "invocations"
      }
    }
    s3_config {
      bucket_name = "acme-bedrock-logs"
      key_prefix  = "invocations"
    }
  }
}

# Then: After a call and about 90 seconds: objects in the bucket. Load them with bedrock.load_invocations; row invocation_logging of bedrock.doctor() and question Q128 then name this account and region no more.

