# Tags profiles, projects and other Bedrock resources.
# Apply it with a provider of account 123456789012, region us-east-1: the account of the resources.

# Terraform tags a resource in its own block. Put this there: tags = merge(..., local.bedrock_tags), in arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/k1c3lwu20lem, arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_u5ohxk75k3ehgtswbmcc
locals {
  bedrock_tags = {
    "Project" = "HR Portal"
    "map-migrated" = "migABC123"
  }
}

# Then: The keys must be active cost allocation tags (kind activate_tags); then question Q119 counts them.

