#!/usr/bin/env bash
# Makes a role for one application, which may call the models and profiles named.
# Run it in account 123456789012, region cn-north-1: the account of the application.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# One role for one application: a role that many use has no single owner. Its trust policy becomes this one.
trust='{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com.cn"}, "Action": "sts:AssumeRole"}
  ]
}'
aws iam get-role --role-name 'batch' >/dev/null 2>&1 ||
    aws iam create-role --role-name 'batch' --assume-role-policy-document "$trust" >/dev/null
aws iam update-assume-role-policy --role-name 'batch' --policy-document "$trust"
aws iam put-role-policy --role-name 'batch' --policy-name BedrockInvoke --policy-document '{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      "Resource": "*"
    }
  ]
}'

aws iam get-instance-profile --instance-profile-name 'batch' >/dev/null 2>&1 || {
    aws iam create-instance-profile --instance-profile-name 'batch' >/dev/null
    aws iam add-role-to-instance-profile --instance-profile-name 'batch' --role-name 'batch'
}
aws iam get-role --role-name 'batch' --query Role.Arn --output text

# Then: After a call and up to 24 hours, the role has a line in the bill: SELECT * FROM bedrock.check_identity(its ARN); then claim it.

