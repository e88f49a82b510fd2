# Activates cost allocation tags, of resources and of IAM principals.
# Apply it with a provider of account 123456789012: the payer account.

resource "aws_ce_cost_allocation_tag" "bedrock_team_1" {
  tag_key = "team"
  status  = "Active"
}

resource "aws_ce_cost_allocation_tag" "bedrock_app_2" {
  tag_key = "app"
  status  = "Active"
}

resource "aws_ce_cost_allocation_tag" "bedrock_iamprincipal_team_3" {
  tag_key = "iamPrincipal/team"
  status  = "Active"
}

resource "aws_ce_cost_allocation_tag" "bedrock_iamprincipal_cost_center_4" {
  tag_key = "iamPrincipal/cost-center"
  status  = "Active"
}

# Then: AWS shows a key up to 24 hours after its first tagged call and fills it 24 to 48 hours after its activation, going forward. Tell the doctor the day: bedrock.set_setting('tags_activated_on', ...). Row tags_activated of bedrock.doctor() is then gone.

