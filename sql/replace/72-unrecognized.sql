-- What the bills say and neither parsers nor catalogues could place: listed with the cost at stake, never guessed.

-- What is to be said of a finding is said once for each dimension that has it: most have none.
CREATE OR REPLACE VIEW bedrock.unrecognized WITH (security_invoker) AS
SELECT said.kind, said.value, sum(f.lines)::bigint AS lines, sum(f.cost) AS cost, said.currency, min(f.first_period) AS first_period,
       max(f.last_period) AS last_period, min(said.suggestion) AS suggestion
FROM (
    SELECT d.dimension_id, d.currency,
           CASE w.kind WHEN 'registry' THEN CASE d.request_path WHEN 'project' THEN 'project' ELSE 'profile' END ELSE w.kind END AS kind,
           CASE w.kind
               WHEN 'usage_type' THEN d.usage_type
               WHEN 'no_usage_type' THEN coalesce(d.product_name, d.product_code, d.charge_description, '(nothing)')
               WHEN 'product' THEN coalesce(d.product_code || ' / ' || d.product_name, d.product_code, d.product_name)
               WHEN 'unit' THEN coalesce(d.pricing_unit, '(none)')
               WHEN 'model' THEN CASE WHEN d.billing_entity = 'AWS Marketplace' THEN coalesce(d.product_name, d.charge_description, d.product_code)
                                      ELSE coalesce(d.usage_type, d.product_name, d.product_code) END
               WHEN 'model_id' THEN d.model_id
               WHEN 'region' THEN coalesce(d.region, nullif(d.region_code, 'global'), 'prefix ' || split_part(split_part(d.usage_type, '-', 1), '_', 1))
               WHEN 'geo_prefix' THEN split_part(d.profile_id, '.', 1)
               WHEN 'charge_type' THEN coalesce(d.charge_type, '(none)')
               WHEN 'tag_map' THEN left(d.tags_raw, 200)
               WHEN 'principal' THEN d.principal
               ELSE d.resource_id END AS value,
           CASE w.kind
               WHEN 'usage_type' THEN
                   'No meter of this name is known: the cost is kept, without tokens, tier or model. Look it up in the AWS price list; a later version of the extension reads new meters'
               WHEN 'no_usage_type' THEN
                   'The line has no usage type (in FOCUS 1.2 and later SkuMeter has it): what was metered cannot be told. Select the column in the export, or attach a CUR 2.0 export of the same account beside it, and SELECT bedrock.prefer_source(''its name'')'
               WHEN 'product' THEN
                   format('The name says Bedrock, nothing proves it. If it is: INSERT INTO bedrock.product (payer_account_id, product_code, proof) VALUES (''*'', %L, ''user''), then SELECT * FROM bedrock.refresh(force => true)', d.product_code)
               WHEN 'unit' THEN
                   'A meter of tokens in a unit that is not known: its tokens are left out. Select pricing_unit in the export where it is missing; a unit is never guessed'
               WHEN 'model' THEN
                   CASE WHEN d.billing_entity = 'AWS Marketplace'
                        THEN format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''product_name'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh()', d.product_name)
                        ELSE format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''usage_type_token'', %L, ''the model''''s id''), then SELECT * FROM bedrock.refresh(); lines of an application profile also resolve once it is imported',
                                    (@extschema@.bedrock_usage_parts(d.usage_type)).model_token) END
               WHEN 'model_id' THEN
                   format('No catalogue has this model: provider, family and name are missing. SELECT * FROM bedrock.load_catalogue(path) with what aws bedrock list-foundation-models prints, or INSERT INTO bedrock.model (model_id, provider, model_family, model_name) VALUES (%L, ...), then SELECT * FROM bedrock.refresh()', d.model_id)
               WHEN 'region' THEN
                   CASE WHEN d.region IS NULL THEN format('INSERT INTO bedrock.region (region, cur_prefix) VALUES (''the region'', %L), then SELECT * FROM bedrock.refresh()', split_part(split_part(d.usage_type, '-', 1), '_', 1))
                        ELSE format('INSERT INTO bedrock.region (region, name) VALUES (%L, ''its name''), then SELECT * FROM bedrock.refresh()', d.region) END
               WHEN 'geo_prefix' THEN
                   format('A geography that is newer than this extension: the profile is AWS''s, where it may answer is not known. SELECT bedrock.import_profiles(document) with what aws bedrock list-inference-profiles prints, or INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix) VALUES (%L, %L, ''the geography'', %L) for each profile, then SELECT * FROM bedrock.refresh()',
                          d.profile_id, d.model_id, split_part(d.profile_id, '.', 1))
               WHEN 'charge_type' THEN
                   format('INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (%L, ''usage, fee, tax, credit, ...''), then SELECT * FROM bedrock.refresh(force => true)', d.charge_type)
               WHEN 'tag_map' THEN
                   'The map of tags is no JSON object: its tags are not read, its text stays in bedrock.dimension.tags_raw. Load the file as AWS wrote it, or attach a view that makes JSON of the column'
               WHEN 'registry' THEN
                   CASE d.request_path WHEN 'project'
                        THEN format('The registry knows the project only from the bill: SELECT bedrock.import_profiles(document) with the project list of bedrock-mantle (GET /v1/organization/projects), or SELECT bedrock.register_profile(%L, ...)', d.resource_id)
                        ELSE format('The registry knows the profile only from the bill: its name, source model and labels are missing. SELECT bedrock.import_profiles(document) with what these print: aws bedrock get-inference-profile --inference-profile-identifier %1$s; aws bedrock list-tags-for-resource --resource-arn %1$s', d.resource_id) END
               WHEN 'resource' THEN
                   CASE WHEN octet_length(d.resource_id) > 2048
                        THEN 'A resource id longer than an ARN can be (2,048 bytes): it is kept and nothing is read out of it. Compare it with the file AWS delivered'
                        ELSE 'An inference line with a resource id that is no ARN of a Bedrock service: the way the request took cannot be told' END
               ELSE 'No form of IAM principal that is known: the caller has no kind and no name. Compare it with the ARN in CloudTrail' END AS suggestion
    -- OFFSET: told once for each dimension, and those without a finding go before anything is unnested.
    FROM (SELECT d.*, array_remove(ARRAY[
                     CASE WHEN d.charge_category = 'usage' AND d.usage_type IS NOT NULL AND (coalesce(d.usage_group, 'other') = 'other' OR d.agentcore_component = 'other') THEN 'usage_type' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_type IS NULL AND d.usage_group IS NULL THEN 'no_usage_type' END,
                     CASE WHEN d.bedrock_basis = 'probable' THEN 'product' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_group = 'tokens' AND d.token_kind IS NOT NULL AND d.tokens_per_unit = 0 THEN 'unit' END,
                     CASE WHEN d.charge_category = 'usage' AND d.model_basis = 'unresolved' THEN 'model' END,
                     CASE WHEN d.charge_category = 'usage' AND d.model_id IS NOT NULL AND d.provider IS NULL THEN 'model_id' END,
                     CASE WHEN d.charge_category = 'usage' AND coalesce(d.region, nullif(d.region_code, 'global'), 'prefix ' || split_part(split_part(d.usage_type, '-', 1), '_', 1)) IS NOT NULL
                               AND NOT EXISTS (SELECT FROM bedrock.region AS r WHERE r.region = d.region) THEN 'region' END,
                     CASE WHEN d.request_path = 'system_profile' AND d.geo_prefix IS NULL THEN 'geo_prefix' END,
                     CASE WHEN d.charge_category = 'unknown' THEN 'charge_type' END,
                     CASE WHEN d.tags_raw IS NOT NULL THEN 'tag_map' END,
                     CASE WHEN d.request_path IN ('application_profile', 'project')
                               AND NOT EXISTS (SELECT FROM bedrock.profile AS p WHERE p.profile_arn = d.resource_id AND upper_inf(p.recorded) AND p.origin <> 'discovered') THEN 'registry' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_group IN ('tokens', 'media', 'search_units') AND d.request_path = 'none'
                               OR octet_length(d.resource_id) > 2048 THEN 'resource' END,
                     CASE WHEN d.principal_kind = 'unknown' THEN 'principal' END], NULL) AS kinds
          FROM bedrock.dimension AS d OFFSET 0) AS d
    CROSS JOIN LATERAL unnest(d.kinds) AS w (kind)
    WHERE d.kinds <> '{}') AS said
JOIN (SELECT m.dimension_id, sum(m.lines) AS lines, sum(m.ai_cost) AS cost, min(m.billing_period) AS first_period, max(m.billing_period) AS last_period
      FROM bedrock.fact_month AS m
      WHERE NOT m.standby
      GROUP BY m.dimension_id) AS f ON f.dimension_id = said.dimension_id
GROUP BY said.kind, said.value, said.currency;
COMMENT ON VIEW bedrock.unrecognized IS
    'what neither parsers nor catalogues could place, by value and currency, with lines and cost at stake and what to do about it; nothing is guessed. A line may stand under several kinds: never sum over kinds';
COMMENT ON COLUMN bedrock.unrecognized.kind IS 'usage_type (no meter of this name is known), no_usage_type (a FOCUS file without SkuMeter), product (probable: its name says Bedrock, nothing proves it), unit (of a token meter), model (unresolved), model_id (in no catalogue), region, geo_prefix (of a system profile, newer than the list), charge_type (in no category), tag_map (no JSON object), profile and project (known from the bill alone), resource (no Bedrock ARN on an inference line), principal (no known form)';
COMMENT ON COLUMN bedrock.unrecognized.value IS 'the value as billed; a map of tags cut to 200 characters; (none): an empty one';
COMMENT ON COLUMN bedrock.unrecognized.lines IS 'CUR lines that have it';
COMMENT ON COLUMN bedrock.unrecognized.cost IS 'their cost in the metric of bedrock.spend.ai_cost, in currency';
COMMENT ON COLUMN bedrock.unrecognized.currency IS 'currency of cost; never sum over two';
COMMENT ON COLUMN bedrock.unrecognized.first_period IS 'first billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.last_period IS 'last billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.suggestion IS 'what to do: the statement that completes a catalogue, or what to switch on in AWS';
