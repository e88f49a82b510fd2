-- What AWS calls a line, and the category it has here.

CREATE OR REPLACE VIEW bedrock.charge_categories WITH (security_invoker) AS
    SELECT DISTINCT ON (line_item_type) line_item_type, charge_category, builtin
    FROM bedrock.charge_category_map
    ORDER BY line_item_type, builtin;
COMMENT ON VIEW bedrock.charge_categories IS
    'category of each line type, one row a type: the user''s row of bedrock.charge_category_map where there is one, '
    'else the shipped one';
COMMENT ON COLUMN bedrock.charge_categories.line_item_type IS
    'line type of CUR, or charge category of FOCUS; Correction: the FOCUS charge class';
COMMENT ON COLUMN bedrock.charge_categories.charge_category IS
    'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.charge_categories.builtin IS 'whether the row is shipped';

CREATE OR REPLACE FUNCTION bedrock_internal.charge_category(line_item_type text, charge_class text DEFAULT NULL,
    format text DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN bedrock_internal.on_coordinator('bedrock_internal.charge_category',
                                            'Join the lines with bedrock.charge_categories: category.line_item_type = '
                                            'bedrock_internal.charge_key(charge_class, line_item_type).') THEN
               coalesce((SELECT c.charge_category FROM bedrock.charge_categories AS c
                         WHERE c.line_item_type = bedrock_internal.charge_key(
                             CASE WHEN coalesce(charge_category.format, 'focus') = 'focus'
                                 THEN charge_category.charge_class END, charge_category.line_item_type)), 'unknown')
                                 END;
END;
COMMENT ON FUNCTION bedrock_internal.charge_category(text, text, text) IS
    'category of a charge by bedrock.charge_categories: line type of CUR, or charge category and class of FOCUS; '
    'unknown where the map has no row, never NULL';
