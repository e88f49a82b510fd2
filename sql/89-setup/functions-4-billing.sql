-- What makes a bill tell more: the export, tags and their activation, budgets of AWS.

-- The columns that are read, of those that CUR 2.0 has by itself or with the two switches.
CREATE OR REPLACE FUNCTION bedrock_internal.setup_export_columns() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'bill_bill_type, bill_billing_entity, bill_billing_period_end_date, bill_billing_period_start_date, '
           'bill_invoice_id, bill_invoicing_entity, bill_payer_account_id, bill_payer_account_name, cost_category, '
           'discount, discount_bundled_discount, discount_total_discount, identity_line_item_id, '
           'identity_time_interval, line_item_blended_cost, line_item_currency_code, line_item_iam_principal, '
           'line_item_legal_entity, line_item_line_item_description, line_item_line_item_type, '
           'line_item_net_unblended_cost, line_item_operation, line_item_product_code, line_item_resource_id, '
           'line_item_tax_type, line_item_unblended_cost, line_item_usage_account_id, line_item_usage_account_name, '
           'line_item_usage_amount, line_item_usage_end_date, line_item_usage_start_date, line_item_usage_type, '
           'line_item_user_identifier, pricing_public_on_demand_cost, pricing_term, pricing_unit, product, '
           'product_product_family, product_region_code, product_servicecode, product_sku, '
           'reservation_effective_cost, reservation_net_effective_cost, '
           'reservation_net_unused_amortized_upfront_fee_for_billing_period, '
           'reservation_net_unused_recurring_fee, reservation_reservation_a_r_n, '
           'reservation_unused_amortized_upfront_fee_for_billing_period, reservation_unused_recurring_fee, '
           'resource_tags, savings_plan_amortized_upfront_commitment_for_billing_period, '
           'savings_plan_net_amortized_upfront_commitment_for_billing_period, '
           'savings_plan_net_recurring_commitment_for_billing_period, savings_plan_net_savings_plan_effective_cost, '
           'savings_plan_recurring_commitment_for_billing_period, savings_plan_savings_plan_a_r_n, '
           'savings_plan_savings_plan_effective_cost, savings_plan_total_commitment_to_date, '
           'savings_plan_used_commitment, tags';
COMMENT ON FUNCTION bedrock_internal.setup_export_columns() IS
    'columns of the CUR 2.0 export that bedrock.setup_script makes: all that bedrock.attach reads';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_export_with_principal(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    objects text := format('arn:aws:s3:::%s/*', a ->> 'bucket');
    query text := format('SELECT %s FROM COST_AND_USAGE_REPORT', bedrock_internal.setup_export_columns());
    policy text := format($json${
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
      "Effect": "Allow",
      "Principal": {"Service": ["billingreports.amazonaws.com", "bcm-data-exports.amazonaws.com"]},
      "Action": ["s3:PutObject", "s3:GetBucketPolicy"],
      "Resource": [%1$s, %2$s],
      "Condition": {
        "StringLike": {
          "aws:SourceAccount": %3$s,
          "aws:SourceArn": [%4$s, %5$s]
        }
      }
    }
  ]
}$json$, to_json('arn:aws:s3:::' || (a ->> 'bucket')), to_json(objects), to_json(a ->> 'account_id'),
        to_json(format('arn:aws:cur:us-east-1:%s:definition/*', a ->> 'account_id')),
        to_json(format('arn:aws:bcm-data-exports:us-east-1:%s:export/*', a ->> 'account_id')));
BEGIN
    IF bedrock_internal.setup_partition(a ->> 'bucket_region') <> 'aws' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('callers of Bedrock are not in the exports of this partition (%s)',
                             bedrock_internal.setup_partition(a ->> 'bucket_region')),
            HINT = 'AWS has them in commercial regions only. Profiles and projects, with tags, are there: kind '
                   'create_profile.';
    END IF;
    IF form = 'terraform' THEN
        RETURN format($hcl$
# A bucket has one policy: where it has another, put the statement into that.
resource "aws_s3_bucket_policy" "bedrock_export" {
  bucket = %1$s
  policy = %2$s
}

resource "aws_bcmdataexports_export" "bedrock" {
  depends_on = [aws_s3_bucket_policy.bedrock_export]

  export {
    name = %3$s
    data_query {
      query_statement = %4$s
      table_configurations = {
        COST_AND_USAGE_REPORT = {
          TIME_GRANULARITY                      = %5$s
          INCLUDE_RESOURCES                     = "TRUE"
          INCLUDE_IAM_PRINCIPAL_DATA            = "TRUE"
          INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY = "FALSE"
          INCLUDE_SPLIT_COST_ALLOCATION_DATA    = "FALSE"
        }
      }
    }
    destination_configurations {
      s3_destination {
        s3_bucket = %1$s
        s3_prefix = %6$s
        s3_region = %7$s
        s3_output_configurations {
          overwrite   = "OVERWRITE_REPORT"
          format      = "TEXT_OR_CSV"
          compression = "GZIP"
          output_type = "CUSTOM"
        }
      }
    }
    refresh_cadence {
      frequency = "SYNCHRONOUS"
    }
  }
}
$hcl$, bedrock_internal.setup_hcl(a ->> 'bucket'), bedrock_internal.setup_hcl_document(policy),
            bedrock_internal.setup_hcl(a ->> 'name'), bedrock_internal.setup_hcl(query),
            bedrock_internal.setup_hcl(a ->> 'granularity'), bedrock_internal.setup_hcl(a ->> 'prefix'),
            bedrock_internal.setup_hcl(a ->> 'bucket_region'));
    END IF;
    RETURN format($bash$
# The bucket is one of yours. The column of callers fills going forward only.
aws s3api head-bucket --bucket %1$s
%2$s
export_document=%3$s
arn=$(aws bcm-data-exports list-exports --region us-east-1 --query 'Exports[].[ExportName, ExportArn]' --output text |
    NAME=%4$s awk -F "\t" '$1 == ENVIRON["NAME"] && !n++ { print $2 }')
if [ -z "$arn" ]; then
    aws bcm-data-exports create-export --region us-east-1 --export "$export_document"
else
    # Where AWS refuses to change an export from before it offered callers: delete-export, then run this again.
    aws bcm-data-exports update-export --region us-east-1 --export-arn "$arn" --export "$export_document"
fi
$bash$, bedrock_internal.setup_shell(a ->> 'bucket'),
        bedrock_internal.setup_bucket_policy(a ->> 'bucket', ARRAY[objects], policy),
        bedrock_internal.setup_shell(format($json${
  "Name": %1$s,
  "DataQuery": {
    "QueryStatement": %2$s,
    "TableConfigurations": {
      "COST_AND_USAGE_REPORT": {
        "TIME_GRANULARITY": %3$s,
        "INCLUDE_RESOURCES": "TRUE",
        "INCLUDE_IAM_PRINCIPAL_DATA": "TRUE",
        "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
        "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE"
      }
    }
  },
  "DestinationConfigurations": {
    "S3Destination": {
      "S3Bucket": %4$s,
      "S3Prefix": %5$s,
      "S3Region": %6$s,
      "S3OutputConfigurations": {
        "OutputType": "CUSTOM",
        "Format": "TEXT_OR_CSV",
        "Compression": "GZIP",
        "Overwrite": "OVERWRITE_REPORT"
      }
    }
  },
  "RefreshCadence": {"Frequency": "SYNCHRONOUS"}
}$json$, to_json(a ->> 'name'), to_json(query), to_json(a ->> 'granularity'), to_json(a ->> 'bucket'),
            to_json(a ->> 'prefix'), to_json(a ->> 'bucket_region'))),
        bedrock_internal.setup_shell(a ->> 'name'));
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_export_with_principal(jsonb, text) IS
    'text of this kind of bedrock.setup_script. Error 22023: a partition whose bills name no callers';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_activate_tags(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Billing lists the tags of roles and users under this prefix.
    keys text[] := ARRAY(SELECT k.key FROM (
        SELECT r.key, 1 AS kind, r.number
        FROM jsonb_array_elements_text(a -> 'tag_keys') WITH ORDINALITY AS r (key, number)
        UNION ALL
        SELECT 'iamPrincipal/' || p.key, 2, p.number
        FROM jsonb_array_elements_text(a -> 'principal_tag_keys') WITH ORDINALITY AS p (key, number)) AS k
        ORDER BY k.kind, k.number);
BEGIN
    IF cardinality(keys) NOT BETWEEN 1 AND 20 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s keys to activate', cardinality(keys)),
            HINT = 'AWS takes 1 to 20 at once: tag_keys of resources, principal_tag_keys of roles and users.';
    END IF;
    IF form = 'terraform' THEN
        RETURN (SELECT string_agg(format($hcl$
resource "aws_ce_cost_allocation_tag" "%s_%s" {
  tag_key = %s
  status  = "Active"
}
$hcl$, bedrock_internal.setup_label(k.key), k.number, bedrock_internal.setup_hcl(k.key)), '' ORDER BY k.number)
                FROM unnest(keys) WITH ORDINALITY AS k (key, number));
    END IF;
    RETURN format($bash$
# A key that billing does not know yet is under Errors: make a call with it, wait up to 24 hours, run this again.
result=$(aws ce update-cost-allocation-tags-status --region us-east-1 --output json \
    --cost-allocation-tags-status %s)
printf "%%s\n" "$result"
case $result in *'"TagKey"'*) exit 1 ;; esac
$bash$, bedrock_internal.setup_shell((SELECT '[' || string_agg(format('{"TagKey": %s, "Status": "Active"}',
                                                                      to_json(k.key)), ', ' ORDER BY k.number) || ']'
                                      FROM unnest(keys) WITH ORDINALITY AS k (key, number))));
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_activate_tags(jsonb, text) IS
    'text of this kind of bedrock.setup_script. Error 22023: no key, or more than AWS takes at once';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_tags_for_terraform(what text, arns jsonb, tags jsonb)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format($hcl$
# Terraform tags a %s in its own block. Put this there: tags = merge(..., local.bedrock_tags), in %s
locals {
  bedrock_tags = %s
}
$hcl$, what, (SELECT string_agg(r.arn, ', ' ORDER BY r.number)
              FROM jsonb_array_elements_text(arns) WITH ORDINALITY AS r (arn, number)),
                  bedrock_internal.setup_hcl_tags(tags));
COMMENT ON FUNCTION bedrock_internal.setup_tags_for_terraform(text, jsonb, jsonb) IS
    'tags as Terraform text for the blocks of resources or roles (what) that are there, as it has no resource for tags '
    'alone';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_tag_resource(a jsonb, form text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE form WHEN 'terraform'
                    THEN bedrock_internal.setup_tags_for_terraform('resource', a -> 'resources', a -> 'tags')
        ELSE format($bash$
# Tags that are there keep their values, but those named here.
result=$(for arn in %s; do
    aws resourcegroupstaggingapi tag-resources --region %s --resource-arn-list "$arn" --output json \
        --tags %s || exit 1
done)
printf "%%s\n" "$result"
case $result in *'"ErrorCode"'*) exit 1 ;; esac
$bash$, (SELECT string_agg(bedrock_internal.setup_shell(r.arn), ' ' ORDER BY r.number)
         FROM jsonb_array_elements_text(a -> 'resources') WITH ORDINALITY AS r (arn, number)),
            bedrock_internal.setup_shell(a ->> 'region'),
            bedrock_internal.setup_shell((SELECT '{' || string_agg(format('%s: %s', to_json(t.key), to_json(t.value)),
                                                                   ', ' ORDER BY t.key COLLATE "C") || '}'
                                          FROM jsonb_each_text(a -> 'tags') AS t))) END;
COMMENT ON FUNCTION bedrock_internal.setup_tag_resource(jsonb, text) IS
    'text of this kind of bedrock.setup_script; for Terraform, which has no resource for tags alone, the tags';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_tag_role(a jsonb, form text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE form WHEN 'terraform'
                    THEN bedrock_internal.setup_tags_for_terraform('role', a -> 'principals', a -> 'tags')
        ELSE (SELECT E'\n' || string_agg(format(E'aws iam tag-%1$s --%1$s-name %2$s \\\n    --tags %3$s\n',
                                                split_part(split_part(r.arn, ':', 6), '/', 1),
                                                bedrock_internal.setup_shell(regexp_replace(r.arn, '^.*/', '')),
                                                bedrock_internal.setup_shell(
                                                    bedrock_internal.setup_tags(a -> 'tags', 'Key', 'Value'))),
                                         '' ORDER BY r.number)
              FROM jsonb_array_elements_text(a -> 'principals') WITH ORDINALITY AS r (arn, number)) END;
COMMENT ON FUNCTION bedrock_internal.setup_tag_role(jsonb, text) IS
    'text of this kind of bedrock.setup_script; for Terraform, which has no resource for tags alone, the tags';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_budget(a jsonb, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := bedrock_internal.setup_check_value(
        'name', 'budget', to_jsonb(coalesce(nullif(a ->> 'name', ''), (a ->> 'project') || '-Bedrock-Monthly-Budget')));
    tag text := format('user:%s$%s', a ->> 'tag_key', a ->> 'project');
    silent text := CASE a -> 'email' WHEN '[]'
                       THEN E'\n# Without an address (argument email) nobody is told when a threshold is crossed.'
                       ELSE '' END;
    region text := CASE a ->> 'currency' WHEN 'CNY' THEN 'cn-northwest-1' ELSE 'us-east-1' END;
BEGIN
    IF form = 'terraform' THEN
        RETURN format($hcl$%7$s
resource "aws_budgets_budget" "%1$s" {
  name         = %2$s
  budget_type  = "COST"
  limit_amount = %3$s
  limit_unit   = %4$s
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "Service"
    values = ["Amazon Bedrock"]
  }
  cost_filter {
    name   = "TagKeyValue"
    values = [%5$s]
  }
%6$s}
$hcl$, bedrock_internal.setup_label(name), bedrock_internal.setup_hcl(name), bedrock_internal.setup_hcl(a ->> 'amount'),
            bedrock_internal.setup_hcl(a ->> 'currency'), bedrock_internal.setup_hcl(tag),
            CASE a -> 'email' WHEN '[]' THEN '' ELSE (SELECT string_agg(format($hcl$
  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = %s
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = [%s]
  }
$hcl$, t.threshold, (SELECT string_agg(bedrock_internal.setup_hcl(e.email), ', ' ORDER BY e.number)
                     FROM jsonb_array_elements_text(a -> 'email') WITH ORDINALITY AS e (email, number))), ''
                ORDER BY t.number) FROM jsonb_array_elements_text(a -> 'thresholds') WITH ORDINALITY
                    AS t (threshold, number)) END, silent);
    END IF;
    RETURN format($bash$%6$s
budget=%1$s
# Of a budget that is there, who is told of which thresholds stays as it is.
if aws budgets describe-budget --region %2$s --account-id %3$s --budget-name %4$s >/dev/null 2>&1; then
    aws budgets update-budget --region %2$s --account-id %3$s --new-budget "$budget"
else
    aws budgets create-budget --region %2$s --account-id %3$s --budget "$budget" \
        --notifications-with-subscribers %5$s
fi
$bash$, bedrock_internal.setup_shell(format($json${
  "BudgetName": %s,
  "BudgetType": "COST",
  "TimeUnit": "MONTHLY",
  "BudgetLimit": {"Amount": %s, "Unit": %s},
  "CostFilters": {"Service": ["Amazon Bedrock"], "TagKeyValue": [%s]}
}$json$, to_json(name), to_json(a ->> 'amount'), to_json(a ->> 'currency'), to_json(tag))),
        bedrock_internal.setup_shell(region), bedrock_internal.setup_shell(a ->> 'account_id'),
        bedrock_internal.setup_shell(name),
        bedrock_internal.setup_shell(CASE a -> 'email' WHEN '[]' THEN '[]' ELSE (
            SELECT E'[\n' || string_agg(format($json$  {
    "Notification": {
      "NotificationType": "ACTUAL",
      "ComparisonOperator": "GREATER_THAN",
      "Threshold": %s,
      "ThresholdType": "PERCENTAGE"
    },
    "Subscribers": [%s]
  }$json$, t.threshold, (SELECT string_agg(format('{"SubscriptionType": "EMAIL", "Address": %s}', to_json(e.email)),
                                           ', ' ORDER BY e.number)
                         FROM jsonb_array_elements_text(a -> 'email') WITH ORDINALITY AS e (email, number))), E',\n'
                ORDER BY t.number) || E'\n]'
            FROM jsonb_array_elements_text(a -> 'thresholds') WITH ORDINALITY AS t (threshold, number)) END), silent);
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_budget(jsonb, text) IS
    'text of this kind of bedrock.setup_script: by default {project}-Bedrock-Monthly-Budget of 100 USD';
