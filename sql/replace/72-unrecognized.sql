-- What the bills say and neither parsers nor catalogues could place: listed with the cost at stake, never guessed.

CREATE OR REPLACE VIEW bedrock.unrecognized WITH (security_invoker) AS
SELECT w.kind, w.value, sum(f.lines)::bigint AS lines, sum(f.ai_cost) AS cost, d.currency, min(b.billing_period) AS first_period,
       max(b.billing_period) AS last_period, min(w.suggestion) AS suggestion
FROM bedrock.dimension AS d
CROSS JOIN LATERAL (
    SELECT d.charge_category = 'usage' AS usage,
           d.charge_category = 'usage' AND coalesce(d.usage_group IN ('tokens', 'media', 'search_units'), false) AS inference,
           coalesce(d.region, nullif(d.region_code, 'global'), 'prefix ' || split_part(d.usage_type, '-', 1)) AS region,
           EXISTS (SELECT FROM bedrock.profile AS p WHERE p.profile_arn = d.resource_id AND upper_inf(p.recorded) AND p.origin <> 'discovered') AS registered,
           EXISTS (SELECT FROM bedrock.regions AS r WHERE r.region = d.region) AS region_known) AS seen
CROSS JOIN LATERAL (VALUES
    (seen.usage AND d.usage_type IS NOT NULL AND coalesce(d.usage_group, 'other') = 'other', 'usage_type', d.usage_type,
     'No meter of this name is known: the cost is kept, without tokens, tier or model. Look it up in the AWS price list; a later version of the extension reads new meters'),
    (seen.usage AND d.usage_type IS NULL AND d.usage_group IS NULL, 'no_usage_type', coalesce(d.product_name, d.product_code, d.charge_description, '(nothing)'),
     'The line has no usage type (FOCUS 1.2 has none): what was metered cannot be told. Attach a CUR 2.0 export of the same account beside it, and SELECT bedrock.prefer_source(''its name'')'),
    (d.bedrock_basis = 'probable', 'product', coalesce(d.product_code || ' / ' || d.product_name, d.product_code, d.product_name),
     format('The name says Bedrock, nothing proves it. If it is: INSERT INTO bedrock.product (payer_account_id, product_code, proof) VALUES (''*'', %L, ''user''), then SELECT * FROM bedrock.refresh(force => true)', d.product_code)),
    (seen.usage AND d.usage_group = 'tokens' AND d.token_kind IS NOT NULL AND d.tokens_per_unit = 0, 'unit', coalesce(d.pricing_unit, '(none)'),
     'A meter of tokens in a unit that is not known: its tokens are left out. Select pricing_unit in the export where it is missing; a unit is never guessed'),
    (seen.usage AND d.model_basis = 'unresolved', 'model',
     CASE WHEN d.billing_entity = 'AWS Marketplace' THEN coalesce(d.product_name, d.charge_description, d.product_code) ELSE coalesce(d.usage_type, d.product_name, d.product_code) END,
     CASE WHEN d.billing_entity = 'AWS Marketplace'
          THEN format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''product_name'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh()', d.product_name)
          ELSE format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''usage_type_token'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh(); lines of an application profile also resolve once it is imported',
                      (@extschema@.bedrock_usage_parts(d.usage_type)).model_token) END),
    (seen.usage AND d.model_id IS NOT NULL AND d.provider IS NULL, 'model_id', d.model_id,
     format('No catalogue has this model: provider, family and name are missing. INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES (%L, ...), then SELECT * FROM bedrock.refresh()', d.model_id)),
    (seen.usage AND seen.region IS NOT NULL AND NOT seen.region_known, 'region', seen.region,
     CASE WHEN d.region IS NULL THEN format('INSERT INTO bedrock.region (region, cur_prefix) VALUES (''the region'', %L), then SELECT * FROM bedrock.refresh()', split_part(d.usage_type, '-', 1))
          ELSE format('INSERT INTO bedrock.region (region, name) VALUES (%L, ''its name''), then SELECT * FROM bedrock.refresh()', d.region) END),
    (d.charge_category = 'unknown', 'charge_type', coalesce(d.charge_type, '(none)'),
     format('INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (%L, ''usage, fee, tax, credit, ...''), then SELECT * FROM bedrock.refresh(force => true)', d.charge_type)),
    (d.tags_raw IS NOT NULL, 'tag_map', left(d.tags_raw, 200),
     'The map of tags is no JSON object: its tags are not read, its text stays in bedrock.dimension.tags_raw. Load the file as AWS wrote it, or attach a view that makes JSON of the column'),
    (d.request_path IN ('application_profile', 'project') AND NOT seen.registered, CASE d.request_path WHEN 'project' THEN 'project' ELSE 'profile' END, d.resource_id,
     CASE d.request_path WHEN 'project'
          THEN format('The registry knows the project only from the bill: SELECT bedrock.import_profiles(document) with the project list of bedrock-mantle (GET /v1/organization/projects), or SELECT bedrock.register_profile(%L, ...)', d.resource_id)
          ELSE format('The registry knows the profile only from the bill: its name, source model and labels are missing. SELECT bedrock.import_profiles(document) with what these print: aws bedrock get-inference-profile --inference-profile-identifier %1$s; aws bedrock list-tags-for-resource --resource-arn %1$s', d.resource_id) END),
    (seen.inference AND d.request_path = 'none', 'resource', d.resource_id,
     'An inference line with a resource id that is no ARN of a Bedrock service: the way the request took cannot be told'),
    (d.principal_kind = 'unknown', 'principal', d.principal,
     'No form of IAM principal that is known: the caller has no kind and no name. Compare it with the ARN in CloudTrail')
) AS w (found, kind, value, suggestion)
JOIN bedrock.fact_month AS f ON f.dimension_id = d.dimension_id AND NOT f.standby
JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
WHERE w.found
GROUP BY w.kind, w.value, d.currency;
COMMENT ON VIEW bedrock.unrecognized IS
    'what neither parsers nor catalogues could place, by value and currency, with lines and cost at stake and what to do about it; nothing is guessed. A line may stand under several kinds: never sum over kinds';
COMMENT ON COLUMN bedrock.unrecognized.kind IS 'usage_type (no meter of this name is known), no_usage_type (FOCUS 1.2), product (probable: its name says Bedrock, nothing proves it), unit (of a token meter), model (unresolved), model_id (in no catalogue), region, charge_type (in no category), tag_map (no JSON object), profile and project (known from the bill alone), resource (no Bedrock ARN on an inference line), principal (no known form)';
COMMENT ON COLUMN bedrock.unrecognized.value IS 'the value as billed; a map of tags cut to 200 characters; (none): an empty one';
COMMENT ON COLUMN bedrock.unrecognized.lines IS 'CUR lines that have it';
COMMENT ON COLUMN bedrock.unrecognized.cost IS 'their cost in the metric of bedrock.spend.ai_cost, in currency';
COMMENT ON COLUMN bedrock.unrecognized.currency IS 'currency of cost; never sum over two';
COMMENT ON COLUMN bedrock.unrecognized.first_period IS 'first billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.last_period IS 'last billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.suggestion IS 'what to do: the statement that completes a catalogue, or what to switch on in AWS';
