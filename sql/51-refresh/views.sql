-- The distinct raw values of the bill as parsers, catalogues and rules read them.

DO $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW bedrock_internal.dimension_reading WITH (security_invoker) AS '
        || bedrock_internal.dimension_query('bedrock.dimension');
END
$$;
COMMENT ON VIEW bedrock_internal.dimension_reading IS
    'what today''s parsers and catalogues read out of the raw columns of each dimension, which refresh keeps in '
    'bedrock.dimension; the columns mean what those of bedrock.spend mean';
COMMENT ON COLUMN bedrock_internal.dimension_reading.tokens_per_unit IS
    'tokens of one unit of usage_amount; 0: not metered in tokens';
COMMENT ON COLUMN bedrock_internal.dimension_reading.caller_rule IS
    'place of the rule that decided caller_class, as in bedrock_internal.caller_rule; NULL: no caller on the line';
