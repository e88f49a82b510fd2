# Makes application inference profiles with tags.
# Apply it with a provider of account 123456789012, region eu-central-1: the account and region that call the model.

resource "aws_bedrock_inference_profile" "bedrock_app_gamma_claude_haiku" {
  name        = "app-gamma-claude-haiku"
  description = "Gamma: claude haiku"
  model_source {
    copy_from = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0"
  }
  tags = {
    "app" = "gamma"
    "map-migrated" = "migABC123"
    "team" = "data-science"
  }
}

resource "aws_bedrock_inference_profile" "bedrock_app_gamma_claude_haiku_2" {
  name        = "App Gamma_claude-haiku"
  description = "App Gamma_claude-haiku"
  model_source {
    copy_from = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0"
  }
  tags = {
  }
}

# Then: Give their ARNs as modelId. bedrock.import_profiles takes what "aws bedrock list-inference-profiles --type-equals APPLICATION" prints; bedrock.profile then has them, and question Q023 their share.

