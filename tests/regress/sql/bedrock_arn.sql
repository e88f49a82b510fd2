-- The type bedrock_arn keeps a well-formed Bedrock ARN byte for byte.
SELECT a::text FROM unnest(ARRAY[
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/06vsfs68yb4g',
    'arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0',
    'arn:aws:bedrock-agentcore:us-east-1:aws:browser/aws.browser.v1',
    'arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock-mantle:us-east-1:123456789012:project/default']::bedrock_arn[]) a;

-- Each bad input names the rule it breaks.
SELECT 'nope'::bedrock_arn;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::bedrock_arn;
SELECT 'arn:gcp:bedrock:us-east-1:123456789012:agent/A'::bedrock_arn;
SELECT 'arn:aws:s3:::bucket/key'::bedrock_arn;
SELECT 'arn:aws:bedrock:nowhere:123456789012:agent/A'::bedrock_arn;
SELECT 'arn:aws:bedrock:us-east-1:1234:agent/A'::bedrock_arn;
SELECT 'arn:aws:bedrock:us-east-1:123456789012:agent'::bedrock_arn;
SELECT 'arn:aws:bedrock:us-east-1:123456789012:agent/'::bedrock_arn;
SELECT 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/*'::bedrock_arn;
SELECT 'arn:aws:bedrock:us-east-1:${Account}:agent/A'::bedrock_arn;
SELECT ('arn:aws:bedrock:us-east-1:123456789012:agent/' || repeat('x', 3000))::bedrock_arn;
SELECT E'arn:aws:bedrock:us-east-1:123456789012:agent/A\n'::text::bedrock_arn;

-- The lenient form answers NULL.
SELECT try_bedrock_arn('nope') IS NULL AS nope, try_bedrock_arn(NULL) IS NULL AS absent,
       try_bedrock_arn('arn:aws:bedrock:us-east-1:123456789012:agent/A') AS good;

-- Text takes an ARN by assignment; the way back is an explicit cast.
CREATE TEMP TABLE plain (arn text);
INSERT INTO plain SELECT 'arn:aws:bedrock:us-east-1:123456789012:agent/A'::bedrock_arn;
SELECT arn::bedrock_arn, length(arn) FROM plain;
INSERT INTO plain VALUES ('junk');
SELECT arn::bedrock_arn FROM plain ORDER BY arn;

-- Every function of a resource id takes both types; a literal is text.
SELECT bedrock_profile_id(a::text) = bedrock_profile_id(a) AS id, bedrock_request_path(a) AS path, bedrock_via_profile(a) AS via,
       bedrock_geo_prefix(a) AS geo, bedrock_model_id(a) AS model, attribution_kind(a) AS kind, attribution_kind(a, NULL, NULL) AS kind3
FROM (VALUES ('arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0'::bedrock_arn)) v(a);
SELECT bedrock_request_path(NULL), bedrock_via_profile(NULL), bedrock_profile_id(NULL);
