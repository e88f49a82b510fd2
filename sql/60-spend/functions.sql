CREATE OR REPLACE FUNCTION bedrock_internal.may_have_tokens(tokens numeric, usage_group text, request_path text)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN tokens IS NOT NULL OR coalesce(usage_group, 'tokens') = 'tokens'
        AND request_path IS DISTINCT FROM 'not_inference';
COMMENT ON FUNCTION bedrock_internal.may_have_tokens(numeric, text, text) IS
    'whether a line of bedrock.spend is metered in tokens, or may be, as its unit is not stated: then its tokens are '
    'not known, and a total without them is too small. Arguments: columns of bedrock.spend';

CREATE OR REPLACE FUNCTION bedrock_internal.known_pct(known numeric, whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round(100 * coalesce(known, 0) / nullif(whole, 0), 2);
COMMENT ON FUNCTION bedrock_internal.known_pct(numeric, numeric) IS
    'tokens_known_pct of the questions and of bedrock.doctor(): percent that the cost with known tokens is of the cost '
    'of what may have tokens (bedrock_internal.may_have_tokens), with two digits. known NULL: nothing is known, 0 '
    'percent. NULL: nothing may have tokens, or its cost is 0';

CREATE OR REPLACE FUNCTION bedrock_internal.cost_in(metric text, unblended numeric, blended numeric,
    net_unblended numeric, amortized numeric, net_amortized numeric, otherwise numeric DEFAULT NULL) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE metric WHEN 'unblended' THEN unblended WHEN 'blended' THEN blended
                       WHEN 'net_unblended' THEN net_unblended WHEN 'amortized' THEN amortized
                       WHEN 'net_amortized' THEN net_amortized ELSE otherwise END;
COMMENT ON FUNCTION bedrock_internal.cost_in(text, numeric, numeric, numeric, numeric, numeric, numeric) IS
    'the one of these costs that a metric names; otherwise: of another metric';
