-- Every labelled string gives exactly the labelled parts, by the row of parts and by every single function.
\getenv corpus BEDROCK_CORPUS
\set usage_types :corpus '/usage_types.tsv'
\set arns :corpus '/arns.tsv'
\set principals :corpus '/principals.tsv'
\set hostile :corpus '/hostile.tsv'

CREATE TEMP TABLE usage_types (usage_type text, product_name text, pricing_unit text, region text, marketplace boolean, mantle boolean,
    model_token text, usage_group text, token_kind text, modality text, cache_ttl text, tier text, routing text, long_context boolean, custom_model boolean);
COPY usage_types FROM :'usage_types' WITH (FORMAT text, HEADER);
SELECT count(*) > 200 AS enough FROM usage_types;
SELECT usage_type, ROW(u.region, u.marketplace, u.mantle, u.model_token, u.usage_group, u.token_kind, u.modality, u.cache_ttl, u.tier, u.routing, u.long_context, u.custom_model) AS labelled, p AS found
FROM usage_types u, LATERAL bedrock_usage_parts(u.usage_type) p
WHERE ROW(u.region, u.marketplace, u.mantle, u.model_token, u.usage_group, u.token_kind, u.modality, u.cache_ttl, u.tier, u.routing, u.long_context, u.custom_model)
      IS DISTINCT FROM ROW(p.region, p.marketplace, p.mantle, p.model_token, p.usage_group, p.token_kind, p.modality, p.cache_ttl, p.tier, p.routing, p.long_context, p.custom_model)
   OR ROW(bedrock_region(usage_type), bedrock_usage_group(usage_type), bedrock_token_kind(usage_type), bedrock_tier(usage_type), bedrock_routing(usage_type))
      IS DISTINCT FROM ROW(p.region, p.usage_group, p.token_kind, p.tier, p.routing);

CREATE TEMP TABLE arns (arn text, valid boolean, partition text, service text, region text, account_id text, resource_type text, resource_id text,
    request_path text, profile_id text, profile_suffix text, geo_prefix text, model_id text);
COPY arns FROM :'arns' WITH (FORMAT text, HEADER);
SELECT count(*) > 100 AS enough FROM arns;
SELECT arn, p AS found FROM arns a, LATERAL bedrock_arn_parts(a.arn) p
WHERE ROW(a.valid, a.partition, a.service, a.region, a.account_id, a.resource_type, a.resource_id, a.request_path, a.profile_id, a.profile_suffix, a.geo_prefix, a.model_id)
      IS DISTINCT FROM ROW(p.valid, p.partition, p.service, p.region, p.account_id, p.resource_type, p.resource_id, p.request_path, p.profile_id, p.profile_suffix, p.geo_prefix, p.model_id)
   OR ROW(bedrock_request_path(arn), bedrock_profile_id(arn), bedrock_profile_suffix(arn), bedrock_geo_prefix(arn), bedrock_model_id(arn))
      IS DISTINCT FROM ROW(p.request_path, p.profile_id, p.profile_suffix, p.geo_prefix, p.model_id)
   OR bedrock_via_profile(arn) <> (p.request_path IN ('application_profile', 'system_profile'))
   OR (try_bedrock_arn(arn) IS NOT NULL) <> p.valid
   OR (attribution_kind(arn) = 'application_profile') <> (p.request_path = 'application_profile');

CREATE TEMP TABLE principals (principal text, kind text, partition text, account_id text, name text, path text, session text, email text, principal_key text);
COPY principals FROM :'principals' WITH (FORMAT text, HEADER);
SELECT count(*) > 60 AS enough FROM principals;
SELECT principal, p AS found FROM principals c, LATERAL bedrock_principal_parts(c.principal) p
WHERE ROW(c.kind, c.partition, c.account_id, c.name, c.path, c.session, c.email, c.principal_key)
      IS DISTINCT FROM ROW(p.kind, p.partition, p.account_id, p.name, p.path, p.session, p.email, p.principal_key)
   OR ROW(bedrock_principal_kind(principal), bedrock_principal_name(principal), bedrock_principal_session(principal), bedrock_principal_key(principal))
      IS DISTINCT FROM ROW(p.kind, p.name, p.session, p.principal_key);

-- Hostile strings: no error, nothing invented, a megabyte included.
CREATE TEMP TABLE hostile (parser text, string text, last_char_times integer, why text);
COPY hostile FROM :'hostile' WITH (FORMAT text, HEADER);
UPDATE hostile SET string = string || repeat(right(string, 1), last_char_times - 1) WHERE last_char_times > 1;
SELECT parser, count(*), max(length(string)) FROM hostile GROUP BY 1 ORDER BY 1;
SELECT why, bedrock_request_path(string), bedrock_profile_id(string), attribution_kind(string), try_bedrock_arn(string) IS NULL AS no_arn
FROM hostile WHERE parser = 'arn' AND (bedrock_request_path(string) <> 'none' OR bedrock_profile_id(string) IS NOT NULL);
SELECT why, p.kind, p.name, p.principal_key FROM hostile, LATERAL bedrock_principal_parts(string) p WHERE parser = 'principal' AND p.kind <> 'unknown' ORDER BY why COLLATE "C";
SELECT why, p.region, left(p.model_token, 20) AS model_token, p.usage_group, p.token_kind
FROM hostile, LATERAL bedrock_usage_parts(string) p WHERE parser = 'usage_type' ORDER BY why COLLATE "C";

-- Every string through every function, of its own kind or not: no error.
SELECT count(*) > 0 AS survived FROM (
    SELECT s, bedrock_arn_parts(s), bedrock_usage_parts(s), bedrock_principal_parts(s), is_bedrock(s, s, s), bedrock_tokens(1, s, s), attribution_kind(s, s), bedrock_tag(jsonb_build_object(s, s), s), bedrock.try_jsonb(s)
    FROM (SELECT string FROM hostile UNION ALL SELECT usage_type FROM usage_types UNION ALL SELECT arn FROM arns UNION ALL SELECT principal FROM principals) all_strings(s) OFFSET 0) called;
