#!/usr/bin/env bash
# Makes a CUR 2.0 export with resource ids and callers (IAM principals).
# Run it in account 123456789012: the payer account.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != '123456789012' ]; then
    printf "this is account %s, not %s\n" "$here" '123456789012' >&2
    exit 1
fi

# The bucket is one of yours. The column of callers fills going forward only.
aws s3api head-bucket --bucket 'acme-cur'

# A bucket has one policy: one that is there is not replaced.
policy='{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
      "Effect": "Allow",
      "Principal": {"Service": ["billingreports.amazonaws.com", "bcm-data-exports.amazonaws.com"]},
      "Action": ["s3:PutObject", "s3:GetBucketPolicy"],
      "Resource": ["arn:aws:s3:::acme-cur", "arn:aws:s3:::acme-cur/*"],
      "Condition": {
        "StringLike": {
          "aws:SourceAccount": "123456789012",
          "aws:SourceArn": ["arn:aws:cur:us-east-1:123456789012:definition/*", "arn:aws:bcm-data-exports:us-east-1:123456789012:export/*"]
        }
      }
    }
  ]
}'
if current=$(aws s3api get-bucket-policy --bucket 'acme-cur' --query Policy --output text 2>&1); then
    for part in '"arn:aws:s3:::acme-cur/*"'; do
        case $current in
            *"$part"*) ;;
            *) printf "%s\n" 'The bucket has a policy: add this statement to it, then run this again.' "$policy" >&2
               exit 1 ;;
        esac
    done
else
    case $current in
        *NoSuchBucketPolicy*) aws s3api put-bucket-policy --bucket 'acme-cur' --policy "$policy" ;;
        *) printf "%s\n" "$current" >&2
           exit 1 ;;
    esac
fi

export_document='{
  "Name": "bedrock-cost",
  "DataQuery": {
    "QueryStatement": "SELECT bill_bill_type, bill_billing_entity, bill_billing_period_end_date, bill_billing_period_start_date, bill_invoice_id, bill_invoicing_entity, bill_payer_account_id, bill_payer_account_name, cost_category, discount, discount_bundled_discount, discount_total_discount, identity_line_item_id, identity_time_interval, line_item_blended_cost, line_item_currency_code, line_item_iam_principal, line_item_legal_entity, line_item_line_item_description, line_item_line_item_type, line_item_net_unblended_cost, line_item_operation, line_item_product_code, line_item_resource_id, line_item_tax_type, line_item_unblended_cost, line_item_usage_account_id, line_item_usage_account_name, line_item_usage_amount, line_item_usage_end_date, line_item_usage_start_date, line_item_usage_type, line_item_user_identifier, pricing_public_on_demand_cost, pricing_term, pricing_unit, product, product_product_family, product_region_code, product_servicecode, product_sku, reservation_effective_cost, reservation_net_effective_cost, reservation_net_unused_amortized_upfront_fee_for_billing_period, reservation_net_unused_recurring_fee, reservation_reservation_a_r_n, reservation_unused_amortized_upfront_fee_for_billing_period, reservation_unused_recurring_fee, resource_tags, savings_plan_amortized_upfront_commitment_for_billing_period, savings_plan_net_amortized_upfront_commitment_for_billing_period, savings_plan_net_recurring_commitment_for_billing_period, savings_plan_net_savings_plan_effective_cost, savings_plan_recurring_commitment_for_billing_period, savings_plan_savings_plan_a_r_n, savings_plan_savings_plan_effective_cost, savings_plan_total_commitment_to_date, savings_plan_used_commitment, tags FROM COST_AND_USAGE_REPORT",
    "TableConfigurations": {
      "COST_AND_USAGE_REPORT": {
        "TIME_GRANULARITY": "DAILY",
        "INCLUDE_RESOURCES": "TRUE",
        "INCLUDE_IAM_PRINCIPAL_DATA": "TRUE",
        "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
        "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE"
      }
    }
  },
  "DestinationConfigurations": {
    "S3Destination": {
      "S3Bucket": "acme-cur",
      "S3Prefix": "cur2",
      "S3Region": "us-east-1",
      "S3OutputConfigurations": {
        "OutputType": "CUSTOM",
        "Format": "TEXT_OR_CSV",
        "Compression": "GZIP",
        "Overwrite": "OVERWRITE_REPORT"
      }
    }
  },
  "RefreshCadence": {"Frequency": "SYNCHRONOUS"}
}'
arn=$(aws bcm-data-exports list-exports --region us-east-1 --query 'Exports[].[ExportName, ExportArn]' --output text |
    NAME='bedrock-cost' awk -F "\t" '$1 == ENVIRON["NAME"] && !n++ { print $2 }')
if [ -z "$arn" ]; then
    aws bcm-data-exports create-export --region us-east-1 --export "$export_document"
else
    # Where AWS refuses to change an export from before it offered callers: delete-export, then run this again.
    aws bcm-data-exports update-export --region us-east-1 --export-arn "$arn" --export "$export_document"
fi

# Then: Within 24 hours the first files arrive; load or attach them. Rows principal_column and iam_principal_populated of bedrock.doctor() are then ok.

