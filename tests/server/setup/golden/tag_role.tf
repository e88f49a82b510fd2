# Tags IAM roles and users that call Bedrock.
# Apply it with a provider of account 123456789012: the account of the roles.

# Terraform tags a role in its own block. Put this there: tags = merge(..., local.bedrock_tags), in arn:aws:iam::123456789012:role/service-role/hr-portal, arn:aws:iam::123456789012:user/alice
locals {
  bedrock_tags = {
    "team" = "hr"
  }
}

# Then: The keys must be active cost allocation tags of IAM principals (kind activate_tags, principal_tag_keys); row iam_principal_tags of bedrock.doctor() is then ok.

